"""HTTP and websocket listeners on loopback, below any venue's protocol.

A `Listener` is one port on 127.0.0.1. It hands the venue the exact bytes of a request (raw path with its query, raw
body) and writes the exact bytes of the answer; in between it records the request at the gate and lets the planned wire
faults strike. Sockets on the same port are in `socket.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from email.utils import formatdate
from typing import Protocol

from aiohttp import web

from app.practice.exchange.clock import PracticeClock
from app.practice.exchange.errors import PracticeError
from app.practice.server.faults import WIRE_ACTIONS, Action, PlannedFault, Point
from app.practice.server.gate import Gate
from app.practice.server.messages import HttpReply, HttpRequest, Identity
from app.practice.server.socket import ServerSocketHandler, SocketSession

LOOPBACK = "127.0.0.1"

#: Seconds a server waits for handlers that are still busy when it stops.
_SHUTDOWN_S = 0.2


class HttpHandler(Protocol):
    """The venue's side of HTTP."""

    def identify(self, request: HttpRequest) -> Identity:
        """Say what the request is about, before anything is checked; must not fail on nonsense."""

    async def handle(self, request: HttpRequest) -> HttpReply:
        """Answer it."""


class Listener:
    """One port on loopback with an HTTP handler, socket handlers by path, or both.

    Args:
        name: for the control endpoint and the fault log.
        gate: None for a port that no fault reaches and no drill counts (the control endpoint).
        http: the HTTP handler; None answers 404.
        sockets: socket handlers by path; "*" takes every other path.
    """

    def __init__(
        self,
        name: str,
        gate: Gate | None,
        clock: PracticeClock,
        http: HttpHandler | None = None,
        sockets: Mapping[str, ServerSocketHandler] | None = None,
    ) -> None:
        self.name = name
        self._gate = gate
        self._clock = clock
        self._http = http
        self._sockets = dict(sockets or {})
        self._server: web.Server | None = None
        self._runner: web.ServerRunner | None = None
        self._site: web.TCPSite | None = None
        self._port = 0
        self._stopping = asyncio.Event()
        self.sessions: list[SocketSession] = []

    @property
    def url(self) -> str:
        """`http://127.0.0.1:port`, once started."""
        return f"http://{self._address()}"

    @property
    def ws_url(self) -> str:
        """`ws://127.0.0.1:port`, once started."""
        return f"ws://{self._address()}"

    async def start(self) -> None:
        """Listen on a free port."""
        self._stopping = asyncio.Event()
        self._server = web.Server(self._serve, access_log=None)
        self._runner = web.ServerRunner(self._server, shutdown_timeout=_SHUTDOWN_S)
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, LOOPBACK, 0)
        await self._site.start()
        self._port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Cut every connection and close the port."""
        self._stopping.set()
        self.cut()
        if self._runner is not None:
            await self._runner.cleanup()
        self._runner = self._server = self._site = None

    async def go_down(self) -> int:
        """Cut every connection and refuse new ones; how many there were. The address stays reserved for `come_up`."""
        if self._site is not None:
            await self._site.stop()
            self._site = None
        return self.cut()

    async def come_up(self) -> int:
        """Listen again on the same port; how many connections there are (none)."""
        if self._site is None and self._runner is not None:
            self._site = web.TCPSite(self._runner, LOOPBACK, self._port, reuse_address=True)
            await self._site.start()
        return len(self._transports())

    def cut(self) -> int:
        """Break every connection at once, as a network failure would; how many there were."""
        transports = self._transports()
        for transport in transports:
            transport.abort()
        return len(transports)

    def freeze(self) -> int:
        """Make every connection half-open: it stays, but nothing is read or written any more."""
        for session in self.sessions:
            session.freeze()
        transports = self._transports()
        for transport in transports:
            if isinstance(transport, asyncio.Transport):
                transport.pause_reading()
        return len(transports)

    def _transports(self) -> list[asyncio.Transport]:
        connections = [] if self._server is None else self._server.connections
        found = [getattr(connection, "transport", None) for connection in connections]
        return [transport for transport in found if isinstance(transport, asyncio.Transport)]

    def _address(self) -> str:
        if not self._port:
            raise PracticeError(f"Listener {self.name} has no address before it is started.")
        return f"{LOOPBACK}:{self._port}"

    # -- one request ---------------------------------------------------------------------------------------------------

    async def _serve(self, raw: web.BaseRequest) -> web.StreamResponse:
        request = HttpRequest(
            method=raw.method,
            raw_path=raw.raw_path,
            headers={name.lower(): value for name, value in raw.headers.items()},
            body=b"",
            received_ms=self._clock.now_ms(),
        )
        if request.headers.get("upgrade", "").lower() == "websocket":
            return await self._serve_socket(raw, request)
        request.body = await raw.read()
        if self._http is None:
            return self._response(HttpReply(404, b"", "text/plain"))
        if self._gate is None:
            return self._response(await self._http.handle(request))
        request.identity = self._http.identify(request)
        operation, order_id = request.identity.operation, request.identity.order_id
        text = f"{request.method} {request.raw_path} {request.body.decode('utf-8', 'replace')}".rstrip()
        request.planned = self._gate.received(self.name, operation, order_id, text)
        early = await self._strike(self._gate, Point.REQUEST_RECEIVED, request, raw)
        if early is not None:
            return early
        reply = await self._http.handle(request)
        late = await self._strike(self._gate, Point.BEFORE_REPLY, request, raw)
        return late if late is not None else self._response(reply)

    async def _serve_socket(self, raw: web.BaseRequest, request: HttpRequest) -> web.StreamResponse:
        handler = self._sockets.get(request.path) or self._sockets.get("*")
        if handler is None or self._gate is None:
            return self._response(HttpReply(404, b"", "text/plain"))
        refusal = handler.accept(request)
        if refusal is not None:
            return self._response(refusal)
        session = SocketSession(self.name, request, handler, self._gate, self._clock)
        self.sessions.append(session)
        try:
            return await session.run(raw)
        finally:
            self.sessions.remove(session)

    async def _strike(
        self, gate: Gate, point: Point, request: HttpRequest, raw: web.BaseRequest
    ) -> web.StreamResponse | None:
        """Carry out the planned wire faults; an answer that replaces the real one, or None to go on."""
        identity = request.identity
        for fault in gate.plan.take(point, identity.operation, identity.order_id, WIRE_ACTIONS):
            match fault.action:
                case Action.DELAY:
                    await self._clock.sleep(fault.integer("ms", 500))
                case Action.HTTP_STATUS:
                    return self._response(_status_reply(fault))
                case Action.DISCONNECT:
                    if raw.transport is not None:
                        raw.transport.abort()
                    return self._response(HttpReply(500))
                case Action.DROP | Action.HALF_OPEN:
                    await self._silence(raw, deaf=fault.action is Action.HALF_OPEN)
                    return self._response(HttpReply(500))
                case _:
                    continue
        return None

    async def _silence(self, raw: web.BaseRequest, *, deaf: bool) -> None:
        """Answer nothing until the client gives up or the server stops."""
        transport = raw.transport
        if deaf and isinstance(transport, asyncio.Transport):
            transport.pause_reading()
        while transport is not None and not transport.is_closing() and not self._stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), 0.02)
        if transport is not None:
            transport.abort()

    def _response(self, reply: HttpReply) -> web.Response:
        headers = {
            "Content-Type": reply.content_type,
            "Date": formatdate(self._clock.now_ms() / 1000, usegmt=True),
            "Server": "practice",
        }
        return web.Response(status=reply.status, body=reply.body, headers=headers)


def _status_reply(fault: PlannedFault) -> HttpReply:
    body = fault.text("body").encode()
    return HttpReply(fault.integer("status", 503), body, fault.text("content_type", "text/plain"))

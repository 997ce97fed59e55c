"""One websocket connection of a practice venue.

Everything sent goes through a queue and one writer, so `reply` and `push` are plain calls that a listener of the
exchange may make. Planned wire faults strike on the way: a message is dropped, late (overtaken by those after it),
doubled, swapped with the next one, or the connection is cut or goes silent with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiohttp import WSMsgType, web

from app.practice.exchange.clock import PracticeClock, Timer
from app.practice.server.faults import WIRE_ACTIONS, Action, Operation, Point
from app.practice.server.gate import FaultOrders, Gate
from app.practice.server.messages import HttpReply, HttpRequest, Identity
from app.practice.server.wire import Style, write_json


@dataclass(frozen=True, slots=True)
class SocketMessage:
    """One text message from the client."""

    text: str
    identity: Identity
    planned: FaultOrders
    received_ms: int


class ServerSocketHandler(Protocol):
    """The venue's side of a websocket path.

    Attributes:
        heartbeat_ms: how often the server sends a websocket ping frame; 0 for never.
    """

    heartbeat_ms: int

    def accept(self, request: HttpRequest) -> HttpReply | None:
        """Let the handshake through (None) or refuse it with an HTTP answer."""

    def opened(self, session: SocketSession) -> None:
        """A connection is open."""

    def identify(self, session: SocketSession, text: str) -> Identity:
        """Say what a message is about, before anything is checked; must not fail on nonsense."""

    async def message(self, session: SocketSession, message: SocketMessage) -> None:
        """Handle one message; the next one waits until this returns."""

    def closed(self, session: SocketSession) -> None:
        """The connection is gone, by whichever side."""


class BaseSocketHandler:
    """A handler that accepts everybody and does nothing; a venue overrides what it needs."""

    heartbeat_ms = 0

    def accept(self, request: HttpRequest) -> HttpReply | None:
        return None

    def opened(self, session: SocketSession) -> None:
        return None

    def closed(self, session: SocketSession) -> None:
        return None


@dataclass(frozen=True, slots=True)
class _Close:
    """The last thing in a queue: close with this code."""

    code: int
    reason: str


@dataclass(slots=True)
class _Held:
    """Messages that wait for another one to overtake them."""

    texts: list[str] = field(default_factory=list)
    timer: Timer | None = None


class SocketSession:
    """One connection.

    Attributes:
        request: the handshake.
        attributes: whatever the venue remembers about it (user, subscriptions).
        listener: the name of the listener it came in by.
    """

    def __init__(
        self, listener: str, request: HttpRequest, handler: ServerSocketHandler, gate: Gate, clock: PracticeClock
    ) -> None:
        self.listener = listener
        self.request = request
        self.attributes: dict[str, Any] = {}
        self._handler = handler
        self._gate = gate
        self._clock = clock
        self._queue: asyncio.Queue[str | _Close] = asyncio.Queue()
        self._held = _Held()
        self._frozen = False
        self._transport: asyncio.Transport | None = None
        self._open = False

    @property
    def is_open(self) -> bool:
        """Return True while something sent may still arrive."""
        return self._open and not self._frozen

    def reply(self, text: str, operation: str = Operation.OTHER, order_id: str = "") -> None:
        """Send an answer; wire faults planned for `before_reply` strike."""
        self._send(text, Point.BEFORE_REPLY, operation, order_id)

    def push(self, text: str, operation: str, order_id: str = "") -> None:
        """Send something nobody asked for; wire faults planned for `before_push` strike."""
        self._send(text, Point.BEFORE_PUSH, operation, order_id)

    def reply_json(
        self, value: object, operation: str = Operation.OTHER, order_id: str = "", decimals: Style = "number"
    ) -> None:
        """`reply` with JSON."""
        self.reply(write_json(value, decimals), operation, order_id)

    def push_json(self, value: object, operation: str, order_id: str = "", decimals: Style = "number") -> None:
        """`push` with JSON."""
        self.push(write_json(value, decimals), operation, order_id)

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close properly after everything queued has gone."""
        self._queue.put_nowait(_Close(code, reason))

    def abort(self) -> None:
        """Break the connection as a network failure would."""
        if self._transport is not None:
            self._transport.abort()

    def freeze(self) -> None:
        """Go half-open: the connection stays, but nothing is read or written any more."""
        self._frozen = True
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    # -- running -------------------------------------------------------------------------------------------------------

    async def run(self, raw: web.BaseRequest) -> web.WebSocketResponse:
        """Serve the connection until it ends."""
        socket = web.WebSocketResponse(compress=False, max_msg_size=1 << 22)
        await socket.prepare(raw)
        transport = raw.transport
        self._transport = transport if isinstance(transport, asyncio.Transport) else None
        self._open = True
        writer = asyncio.create_task(self._write(socket))
        beat = asyncio.create_task(self._beat(socket)) if self._handler.heartbeat_ms else None
        try:
            self._handler.opened(self)
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._received(str(message.data))
        finally:
            self._open = False
            for task in (writer, beat):
                if task is not None:
                    task.cancel()
            await asyncio.gather(*(task for task in (writer, beat) if task is not None), return_exceptions=True)
            if self._held.timer is not None:
                self._held.timer.cancel()
            self._handler.closed(self)
        return socket

    async def _received(self, text: str) -> None:
        if self._frozen:
            return
        identity = self._handler.identify(self, text)
        planned = self._gate.received(self.listener, identity.operation, identity.order_id, text)
        received_ms = self._clock.now_ms()
        faults = self._gate.plan.take(Point.REQUEST_RECEIVED, identity.operation, identity.order_id, WIRE_ACTIONS)
        for fault in faults:
            match fault.action:
                case Action.DELAY:
                    await self._clock.sleep(fault.integer("ms", 500))
                case Action.DROP:
                    return
                case Action.DISCONNECT:
                    self.abort()
                    return
                case Action.HALF_OPEN:
                    self.freeze()
                    return
                case _:
                    continue
        await self._handler.message(self, SocketMessage(text, identity, planned, received_ms))

    async def _write(self, socket: web.WebSocketResponse) -> None:
        while True:
            item = await self._queue.get()
            if self._frozen:
                continue
            try:
                if isinstance(item, _Close):
                    await socket.close(code=item.code, message=item.reason.encode())
                    return
                await socket.send_str(item)
            except ConnectionError:
                return

    async def _beat(self, socket: web.WebSocketResponse) -> None:
        while True:
            await asyncio.sleep(self._handler.heartbeat_ms / 1000)
            if not self._frozen:
                try:
                    await socket.ping()
                except ConnectionError:
                    return

    # -- sending -------------------------------------------------------------------------------------------------------

    def _send(self, text: str, point: Point, operation: str, order_id: str) -> None:
        if not self._open:
            return
        times = 1
        after: Callable[[], None] | None = None
        for fault in self._gate.plan.take(point, operation, order_id, WIRE_ACTIONS):
            match fault.action:
                case Action.DROP:
                    return
                case Action.DELAY:
                    self._clock.call_later(fault.integer("ms", 500), lambda: self._enqueue(text))
                    return
                case Action.DUPLICATE:
                    times = fault.integer("times", 2)
                case Action.REORDER:
                    self._hold(text, fault.integer("ms", 500))
                    return
                case Action.DISCONNECT if not fault.arguments.get("after"):
                    self.abort()
                    return
                case Action.DISCONNECT:
                    after = self.abort
                case Action.HALF_OPEN:
                    self.freeze()
                    return
                case _:
                    continue
        for _ in range(times):
            self._enqueue(text)
        self._let_go()
        if after is not None:
            # The writer needs its turns to put the message on the wire before the cut.
            self._clock.call_later(50, after)

    def _enqueue(self, text: str) -> None:
        if self._open:
            self._queue.put_nowait(text)

    def _hold(self, text: str, at_most_ms: int) -> None:
        self._held.texts.append(text)
        if self._held.timer is None:
            self._held.timer = self._clock.call_later(at_most_ms, self._let_go)

    def _let_go(self) -> None:
        """Send what was held back, now that something has overtaken it (or nothing came)."""
        if self._held.timer is not None:
            self._held.timer.cancel()
            self._held.timer = None
        for text in self._held.texts:
            self._enqueue(text)
        self._held.texts.clear()

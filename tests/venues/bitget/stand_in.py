"""A scripted Bitget: REST answers from a table, two real sockets on loopback. For faults a real venue seldom shows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import httpx
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from app.desk.desk import Desk
from app.desk.ids import Ids
from app.domain import events as ev
from app.domain.account import Account
from app.domain.market import LinkState
from app.domain.ports import Clock, Sink
from app.runtime.clock import SystemClock
from app.venues.bitget import VENUE
from app.venues.bitget.link.connector import BitgetConnector
from app.venues.transport.socket import SocketSettings
from tests.helpers.running import running
from tests.venues.bitget.samples import account, envelope, rest_row
from tests.venues.bitget.wire.test_rows import FUTURES_MARKET, SPOT_MARKET

Answer = tuple[int, bytes] | tuple[int, bytes, dict[str, str]] | Exception
Handler = Callable[[httpx.Request], Answer]

#: Short waits, so that a reconnect takes a moment and not a minute.
QUICK = SocketSettings(ping_every=None, ping_within=None, beat_every=0.05, first_delay=0.01, longest_delay=0.05)


class FakeBitget:
    """Answers by path; `routes` may be changed while it runs. `seen` holds every request in order."""

    def __init__(self) -> None:
        self.seen: list[httpx.Request] = []
        self.orders: list[dict[str, Any]] = [rest_row()]
        self.login: dict[str, Any] = {"event": "login", "code": 0}
        self.refused_topics: dict[str, int] = {}
        self.heard: list[str] = []
        self.tickers: list[str] = []
        self.logins = 0
        self.stirred = asyncio.Condition()
        self.private: ServerConnection | None = None
        self.public: ServerConnection | None = None
        self.routes: dict[str, Handler] = {
            "/api/v2/public/time": lambda _: (200, envelope({"serverTime": str(SystemClock().now() // 1_000_000)})),
            "/api/v3/market/instruments": self._instruments,
            "/api/v3/trade/unfilled-orders": self._open_orders,
            "/api/v3/account/assets": lambda _: (
                200,
                envelope({"assets": [{"coin": "USDT", "balance": "1000", "available": "900", "locked": "100"}]}),
            ),
            "/api/v3/account/info": lambda _: (200, envelope({"permType": "read-and-write", "permissions": []})),
            "/api/v3/trade/order-info": self._order_info,
            "/api/v3/trade/history-orders": lambda _: (200, envelope({"list": [], "cursor": None})),
            "/api/v3/trade/fills": lambda _: (200, envelope({"list": [], "cursor": None})),
        }

    def requests(self, path: str) -> list[httpx.Request]:
        """What was asked of one path."""
        return [request for request in self.seen if request.url.path == path]

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """The mock transport's handler; it gives others a turn, as a network would."""
        self.seen.append(request)
        await asyncio.sleep(0)
        handler = self.routes.get(request.url.path)
        answer: Answer = handler(request) if handler is not None else (404, b"not here")
        if isinstance(answer, Exception):
            raise answer
        headers = answer[2] if len(answer) > 2 else {}
        return httpx.Response(answer[0], content=answer[1], headers=headers)

    def _instruments(self, request: httpx.Request) -> Answer:
        category = request.url.params["category"]
        rows = {"SPOT": [SPOT_MARKET], "USDT-FUTURES": [FUTURES_MARKET]}.get(category, [])
        return 200, envelope(rows)

    def _open_orders(self, request: httpx.Request) -> Answer:
        category = request.url.params["category"]
        rows = [row for row in self.orders if row["category"] == category]
        cursor = request.url.params.get("cursor")
        if cursor is not None:
            # The cursor is the last id of the page before; what comes after it is older.
            ids = [row["orderId"] for row in rows]
            rows = rows[ids.index(cursor) + 1 :] if cursor in ids else []
        return 200, envelope({"list": rows, "cursor": rows[-1]["orderId"] if rows else None})

    def _order_info(self, request: httpx.Request) -> Answer:
        wanted = request.url.params["orderId"]
        for row in self.orders:
            if row["orderId"] == wanted:
                return 200, envelope(row)
        return 400, envelope(None, "25204", "Order does not exist")

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition on what the sockets heard holds."""
        async with self.stirred:
            await self.stirred.wait_for(condition)

    async def serve_private(self, connection: ServerConnection) -> None:
        """Login, subscriptions and heartbeats of the private socket."""
        self.private = connection
        with suppress(ConnectionClosed):
            async for message in connection:
                await self._private(connection, str(message))

    async def _private(self, connection: ServerConnection, text: str) -> None:
        self.heard.append(text)
        async with self.stirred:
            self.stirred.notify_all()
        if text == "ping":
            await connection.send("pong")
            return
        request = json.loads(text)
        if request["op"] == "login":
            self.logins += 1
            await connection.send(json.dumps(self.login))
            return
        for argument in request["args"]:
            code = self.refused_topics.get(argument["topic"])
            if code is None:
                await connection.send(json.dumps({"event": "subscribe", "arg": argument}))
            else:
                await connection.send(json.dumps({"event": "error", "arg": argument, "code": code, "msg": "no"}))

    async def serve_public(self, connection: ServerConnection) -> None:
        """Ticker subscriptions of the public socket."""
        self.public = connection
        with suppress(ConnectionClosed):
            async for message in connection:
                if message == "ping":
                    await connection.send("pong")
                    continue
                self.tickers.append(str(message))
                async with self.stirred:
                    self.stirred.notify_all()

    async def push(self, topic: str, rows: list[Any], at: int = 1742367838124) -> None:
        """Push rows of a topic to whoever is logged in."""
        assert self.private is not None
        message = {"action": "snapshot", "arg": {"instType": "UTA", "topic": topic}, "data": rows, "ts": at}
        await self.private.send(json.dumps(message))


class Watch:
    """The sink: keeps every event and lets a test wait for one."""

    def __init__(self) -> None:
        self.events: list[ev.Event] = []
        self._more = asyncio.Event()

    def __call__(self, event: ev.Event) -> None:
        self.events.append(event)
        self._more.set()

    def of(self, kind: type[Any]) -> list[Any]:
        """Every event of one kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition on what was seen holds; the test's own limit ends a wait in vain."""
        while not condition():
            self._more.clear()
            await self._more.wait()

    async def link(self, state: LinkState, times: int = 1) -> ev.LinkChanged:
        """Wait until the link has come to a state that often."""

        def found() -> list[ev.LinkChanged]:
            return [event for event in self.of(ev.LinkChanged) if event.state is state]

        await self.until(lambda: len(found()) >= times)
        return found()[times - 1]

    async def some(self, kind: type[Any], count: int = 1) -> Any:
        """Wait for the count-th event of a kind."""
        await self.until(lambda: len(self.of(kind)) >= count)
        return self.of(kind)[count - 1]


@asynccontextmanager
async def sockets(fake: FakeBitget) -> AsyncIterator[dict[str, str]]:
    """Serve the fake's two sockets; gives their addresses."""

    def port(server: Server) -> int:
        return int(next(iter(server.sockets)).getsockname()[1])

    async with (
        serve(fake.serve_private, "127.0.0.1", 0, close_timeout=0.1) as private,
        serve(fake.serve_public, "127.0.0.1", 0, close_timeout=0.1) as public,
    ):
        yield {
            "rest": "http://127.0.0.1:1",
            "private_ws": f"ws://127.0.0.1:{port(private)}/v3/ws/private",
            "public_ws": f"ws://127.0.0.1:{port(public)}/v3/ws/public",
        }


@asynccontextmanager
async def connected(
    fake: FakeBitget, *, up: bool = True, **changes: Any
) -> AsyncIterator[tuple[BitgetConnector, Watch]]:
    """Run a connector against the fake until the block ends."""
    watch = Watch()
    async with sockets(fake) as addresses:
        made: Account = account(**changes)
        made = replace(made, addresses={**addresses, **changes.get("addresses", {})})
        connector = BitgetConnector(
            made,
            watch,
            SystemClock(),
            jitter=lambda: 0.0,
            settings=QUICK,
            transport=httpx.MockTransport(fake.answer),
        )
        task = asyncio.create_task(connector.run())
        try:
            if up:
                await watch.link(LinkState.UP)
            yield connector, watch
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert task.cancelled(), task.exception()


@asynccontextmanager
async def desk_on(fake: FakeBitget, **changes: Any) -> AsyncIterator[Desk]:
    """Run the whole desk against the fake, its link up."""
    async with sockets(fake) as addresses:
        made = replace(account(**changes), addresses=addresses)

        def connect(each: Account, sink: Sink, clock: Clock) -> BitgetConnector:
            transport = httpx.MockTransport(fake.answer)
            return BitgetConnector(each, sink, clock, jitter=lambda: 0.0, settings=QUICK, transport=transport)

        desk = Desk([made], {"bitget": replace(VENUE, make=connect)}, SystemClock(), Ids())
        async with running(desk):
            yield desk

"""A small QFEX that behaves as told: the venue's side of a trade connection, and a connector that leads to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from decimal import Decimal
from typing import Any

import httpx
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from app.domain import events as ev
from app.domain.account import Account, Environment, Secret
from app.domain.market import LinkState
from app.runtime.clock import SystemClock
from app.venues.qfex import QfexConnector
from app.venues.qfex.link.pace import Pace
from app.venues.transport.socket import SocketSettings

Script = Callable[["Peer"], Awaitable[None]]

PACE = Pace(login_within=0.2, page_within=0.2, answer_within=0.2, head_start=0.2, watch_every=0.01, lists=50)


class Peer:
    """The venue's side of one trade connection."""

    def __init__(self, connection: ServerConnection) -> None:
        self.connection = connection

    async def hear(self) -> dict[str, Any]:
        return dict(json.loads(await self.connection.recv(), parse_float=Decimal))

    async def say(self, message: object) -> None:
        text = message if isinstance(message, str) else json.dumps(message, default=float)
        await self.connection.send(text)

    async def greet(self) -> None:
        """A good login and a confirmed subscription."""
        await self.hear()
        await self.say({"authenticated": True})
        for channel in (await self.hear())["params"]["channels"]:
            await self.say({"subscribed": channel})

    async def show(self, *rows: dict[str, Any]) -> None:
        """Answer one list."""
        for page in (list(rows), []) if rows else ([],):
            asked = await self.hear()
            assert asked["type"] == "get_user_orders"
            await self.say({"all_orders_response": {"orders": page}})


class Seen:
    """What the connector reported."""

    def __init__(self) -> None:
        self.events: list[ev.Event] = []
        self._came = asyncio.Event()

    def __call__(self, event: ev.Event) -> None:
        self.events.append(event)
        self._came.set()

    def all(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self._came.clear()
                await self._came.wait()

    async def link(self, state: LinkState, times: int = 1) -> str:
        """Wait until that state was reported so often; gives the last sentence."""
        found: list[ev.LinkChanged] = []

        def enough() -> bool:
            found[:] = [event for event in self.all(ev.LinkChanged) if event.state is state]
            return len(found) >= times

        await self.until(enough)
        return found[-1].text


def instruments(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"type": "refdata", "data": []})


@asynccontextmanager
async def trading(
    script: Script, pace: Pace = PACE, rest: Callable[[httpx.Request], httpx.Response] = instruments, **options: Any
) -> AsyncIterator[tuple[QfexConnector, Seen]]:
    """A connector whose trade socket leads to `script`; market data goes nowhere, `rest` stands for REST."""

    async def handle(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            await script(Peer(connection))
            await connection.wait_closed()

    async with serve(handle, "127.0.0.1", 0, **options) as server:
        port = server.sockets[0].getsockname()[1]
        url = f"ws://127.0.0.1:{port}"
        account = Account(
            "desk",
            "qfex",
            Environment.PRACTICE,
            {"trade_ws": url, "market_ws": "ws://127.0.0.1:1", "rest": "http://127.0.0.1:1"},
            {"public_key": Secret("qfex_pub_x"), "secret": Secret("s3cret")},
        )
        seen = Seen()
        connector = QfexConnector(
            account,
            seen,
            SystemClock(),
            pace=pace,
            settings=SocketSettings(first_delay=0.01, longest_delay=0.02),
            jitter=lambda: 0.0,
            transport=httpx.MockTransport(rest),
        )
        running = asyncio.create_task(connector.run())
        try:
            yield connector, seen
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

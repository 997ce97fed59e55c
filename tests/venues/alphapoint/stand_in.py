"""A gateway that answers from a script, over real sockets: for what no well-behaved exchange would do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from app.domain import events as ev
from app.domain.account import Account, Environment, Secret
from app.domain.market import LinkState
from app.runtime.clock import SystemClock
from app.venues.alphapoint.link.connector import AlphaPointConnector
from app.venues.transport.socket import SocketSettings
from tests.venues.alphapoint.samples import raw_instrument, raw_order

KEYS = {"api_key": "key-of-the-test", "secret": "secret-of-the-test", "user_id": "96"}
PATIENCE = 0.5

#: What a handler may answer: a payload, a whole frame as text, or nothing.
Reply = Any


#: No answer.
Silent = object()


class Raw(str):
    """A whole frame, sent as it is."""

    __slots__ = ()


class Gateway:
    """Answers each function from `answers`: a value, or a function of the payload. Records what came."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.frames: list[str] = []
        self.connections: list[ServerConnection] = []
        self.url = ""
        self.orders: list[dict[str, Any]] = [raw_order()]
        self.answers: dict[str, Any] = {
            "AuthenticateUser": {
                "Authenticated": True,
                "SessionToken": "token-of-the-test",
                "User": {"UserId": 96, "AccountId": 9, "OMSId": 1},
            },
            "GetAccountInfo": {"AccountId": 9, "RiskType": "Normal", "Frozen": False},
            "GetInstruments": [raw_instrument()],
            "SubscribeAccountEvents": {"Subscribed": True},
            "GetOpenOrders": lambda _: self.orders,
            "GetAccountPositions": [{"ProductSymbol": "BTC", "Amount": 3, "Hold": 1}],
            "GetAccountTrades": [],
            "SubscribeLevel1": {"InstrumentId": 8, "BestBid": 84000, "BestOffer": 84050, "LastTradedPx": 84020},
            "Ping": {"msg": "PONG"},
            "GetOrderStatus": self._status,
            "GetOrderHistory": [],
            "GetOrderHistoryByOrderId": [],
            "ModifyOrder": {"result": True, "errormsg": None, "errorcode": 0, "detail": None},
        }

    def _status(self, payload: dict[str, Any]) -> Any:
        for order in self.orders:
            if order["OrderId"] == payload["OrderId"]:
                return order
        return not_found()

    def sent(self, name: str) -> list[dict[str, Any]]:
        """The payloads of one function, in order."""
        return [payload for asked, payload in self.asked if asked == name]

    async def push(self, name: str, payload: Any) -> None:
        """Push an event to every connection, with a sequence number that means nothing."""
        for connection in self.connections:
            await connection.send(frame(3, 2, name, payload))

    async def handle(self, connection: ServerConnection) -> None:
        """One connection."""
        self.connections.append(connection)
        try:
            async for text in connection:
                assert isinstance(text, str)
                self.frames.append(text)
                asked = json.loads(text)
                payload = json.loads(asked["o"])
                self.asked.append((asked["n"], payload))
                answer = self.answers.get(asked["n"], failure(100, "Endpoint not found"))
                if callable(answer):
                    answer = answer(payload)
                if asyncio.iscoroutine(answer):
                    answer = await answer
                if answer is Silent:
                    continue
                await connection.send(answer if isinstance(answer, Raw) else frame(1, asked["i"], asked["n"], answer))
        except ConnectionClosed:
            return  # the client, or the test, hung up
        finally:
            self.connections.remove(connection)


def frame(kind: int, sequence: int, name: str, payload: Any) -> str:
    """A frame as the venue writes it."""
    inner = payload if isinstance(payload, str) else json.dumps(payload, default=str)
    return json.dumps({"m": kind, "i": sequence, "n": name, "o": inner})


def failure(code: int, text: str, detail: str | None = None) -> dict[str, Any]:
    """The generic refusal."""
    return {"result": False, "errormsg": text, "errorcode": code, "detail": detail}


def not_found() -> dict[str, Any]:
    """104."""
    return failure(104, "Resource Not Found")


class Desk:
    """Collects what the connector reports, and lets a test wait for it."""

    def __init__(self) -> None:
        self.events: list[ev.Event] = []
        self._news = asyncio.Event()

    def __call__(self, event: ev.Event) -> None:
        self.events.append(event)
        self._news.set()

    def of(self, kind: type[Any]) -> list[Any]:
        """The events of one kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, kind: type[Any], condition: Callable[[Any], bool] = lambda _: True, after: int = 0) -> Any:
        """The first event of that kind, from position `after` on, that meets a condition; waits for it."""
        while True:
            for event in self.events[after:]:
                if isinstance(event, kind) and condition(event):
                    return event
            self._news.clear()
            await self._news.wait()


def account(url: str, **changes: Any) -> Account:
    """The configured account."""
    switches = {"calls_per_minute": "1000", **changes.pop("switches", {})}
    credentials = {name: Secret(text) for name, text in {**KEYS, **changes.pop("credentials", {})}.items()}
    addresses = {"ws": url, **changes.pop("addresses", {})}
    return Account("ap", "alphapoint", Environment.PRACTICE, addresses, credentials, switches)


def connector(where: Account, desk: Desk, **changes: Any) -> AlphaPointConnector:
    """A connector with little patience."""
    options: dict[str, Any] = {
        "jitter": lambda: 0.0,
        "patience": PATIENCE,
        "settings": SocketSettings(beat_every=10.0, ping_every=None, ping_within=None, first_delay=0.02),
        **changes,
    }
    return AlphaPointConnector(where, desk, SystemClock(), **options)


@asynccontextmanager
async def serving(gateway: Gateway | None = None) -> AsyncIterator[Gateway]:
    """A gateway on loopback."""
    gateway = gateway or Gateway()
    async with serve(gateway.handle, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        gateway.url = f"ws://127.0.0.1:{port}/WSGateway/"
        yield gateway


@asynccontextmanager
async def running(made: AlphaPointConnector) -> AsyncIterator[None]:
    """The connector's run, cancelled in the end."""
    task = asyncio.create_task(made.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def up(desk: Desk) -> None:
    """Wait for the link."""
    await desk.until(ev.LinkChanged, lambda event: event.state is LinkState.UP)

"""A plain client for the tests: its own signer, httpx and websockets, nothing of the application's."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import websockets

from app.practice.exchange.clock import RealClock, Timer
from app.practice.exchange.orders import SimOrder
from app.practice.venues.bitget.server import BitgetServer
from app.practice.world import PracticeWorld

SPOT = "1312345680000471882"
MARGIN = "1312345640000471850"
PARTLY = "1312345650000471913"
PRESET = "1312345660000471877"
REDUCE_ONLY = "1312345620000471790"
RPI = "1312345670000471880"
COIN = "1312345630000471811"
COIN_CM = "1312345610000471733"
FILLED = "1312345600000471706"

MODIFY = "/api/v3/trade/modify-order"
BATCH = "/api/v3/trade/batch-modify-order"
INFO = "/api/v3/trade/order-info"

#: Work put off by so much waits until the test lets it happen.
HELD_MS = "600000"


class HeldClock(RealClock):
    """The real clock, except for work that the test holds back."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[Callable[[], None]] = []

    def call_later(self, delay_ms: int, work: Callable[[], None]) -> Timer:
        if delay_ms != int(HELD_MS):
            return super().call_later(delay_ms, work)
        self.held.append(work)
        return _Nothing()

    def release(self) -> None:
        """Let what was held happen, and what follows from it, in order."""
        while self.held:
            self.held.pop(0)()


class _Nothing:
    def cancel(self) -> None:
        """There is no timer."""


def sign(secret: str, prehash: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), prehash.encode(), hashlib.sha256).digest()).decode()


class Client:
    """Signs and sends; answers are parsed bodies."""

    def __init__(self, http: httpx.AsyncClient, server: BitgetServer) -> None:
        self.http, self.server = http, server
        self.status = 0

    async def call(self, method: str, target: str, body: object = None, **headers: str) -> dict[str, Any]:
        """`headers` replace the right ones, with _ for -; an empty one is left out."""
        secrets = self.server.credentials()
        text = "" if body is None else json.dumps(body, separators=(",", ":"))
        stamp = headers.get("ACCESS_TIMESTAMP") or str(time.time_ns() // 1_000_000)
        right = {
            "ACCESS_KEY": secrets["key"],
            "ACCESS_PASSPHRASE": secrets["passphrase"],
            "ACCESS_TIMESTAMP": stamp,
            "ACCESS_SIGN": sign(secrets["secret"], stamp + method + target + text),
            "Content_Type": "application/json",
        }
        sent = {name.replace("_", "-"): value for name, value in {**right, **headers}.items() if value}
        url = self.server.addresses()["rest"] + target.replace("#", "%23")
        answer = await self.http.request(method, url, content=text.encode(), headers=sent)
        self.status = answer.status_code
        return dict(json.loads(answer.text, parse_float=str))

    async def ok(self, method: str, target: str, body: object = None) -> Any:
        answer = await self.call(method, target, body)
        assert (self.status, answer["code"], answer["msg"]) == (200, "00000", "success"), answer
        assert isinstance(answer["requestTime"], int)
        return answer["data"]

    async def refused(self, method: str, target: str, body: object = None, **headers: str) -> str:
        answer = await self.call(method, target, body, **headers)
        assert self.status >= 400
        assert answer["data"] is None
        return str(answer["code"])

    async def get(self, path: str, **params: str) -> Any:
        query = "&".join(f"{name}={value}" for name, value in sorted(params.items()))
        return await self.ok("GET", f"{path}?{query}" if query else path)

    async def info(self, order_id: str) -> dict[str, Any]:
        return dict(await self.get(INFO, orderId=order_id))

    async def modify(self, order_id: str, **fields: object) -> Any:
        return await self.ok("POST", MODIFY, {"orderId": order_id, **fields})

    async def modify_refused(self, order_id: str, **fields: object) -> str:
        return await self.refused("POST", MODIFY, {"orderId": order_id, **fields})

    def truth(self, order_id: str) -> SimOrder:
        return self.server.exchange.order(order_id)

    def idle(self) -> bool:
        return self.server.amending.idle

    def release(self) -> None:
        clock = self.server.clock
        assert isinstance(clock, HeldClock)
        clock.release()


@asynccontextmanager
async def practice(**switches: str) -> AsyncIterator[Client]:
    """A quiet practice Bitget; modifications take hold after a moment unless a switch says otherwise."""
    world = PracticeWorld(1, ["bitget"], quiet=True, make_clock=HeldClock)
    async with world, httpx.AsyncClient(verify=False) as http:
        server = world.venues["bitget"]
        assert isinstance(server, BitgetServer)
        for name, value in {"engine_delay_ms": "5", "cancel_delay_ms": "5", **switches}.items():
            server.switches.set(name, value)
        yield Client(http, server)


async def until(check: Callable[[], bool]) -> None:
    """Wait for something that is sure to happen."""
    for _ in range(1000):
        if check():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never happened")


class Wire:
    """One websocket."""

    def __init__(self, socket: websockets.ClientConnection, server: BitgetServer) -> None:
        self.socket, self.server = socket, server

    async def send(self, **message: object) -> None:
        await self.socket.send(json.dumps(message))

    async def next(self) -> Any:
        text = await asyncio.wait_for(self.socket.recv(), 5)
        return text if text == "pong" else json.loads(text)

    async def until(self, **wanted: object) -> Any:
        """The next message with these values."""
        while True:
            found = await self.next()
            if isinstance(found, dict) and all(found.get(name) == value for name, value in wanted.items()):
                return found

    async def pushed(self, topic: str) -> Any:
        """`data` of the next push of a topic."""
        while True:
            found = await self.next()
            if isinstance(found, dict) and "data" in found and found["arg"]["topic"] == topic:
                return found["data"]

    async def settled(self) -> list[Any]:
        """Everything the server has queued for us so far: what comes before the answer to a ping."""
        await self.socket.send("ping")
        found = []
        while (message := await self.next()) != "pong":
            found.append(message)
        return found

    async def login(self, **changes: str) -> Any:
        secrets = self.server.credentials()
        stamp = changes.get("timestamp") or str(time.time_ns() // 1_000_000_000)
        row = {
            "apiKey": secrets["key"],
            "passphrase": secrets["passphrase"],
            "timestamp": stamp,
            "sign": sign(secrets["secret"], f"{stamp}GET/user/verify"),
        }
        await self.send(op="login", args=[{**row, **changes}])
        return await self.next()

    async def subscribe(self, *topics: str) -> None:
        """Subscribe to private topics; the answers are read, what follows them is not."""
        for topic in topics:
            await self.send(op="subscribe", args=[{"instType": "UTA", "topic": topic}])
            answer = await self.until(event="subscribe")
            assert answer["arg"] == {"instType": "UTA", "topic": topic}

    async def subscribe_public(self, kind: str, topic: str, symbol: str) -> None:
        arg = {"instType": kind, "topic": topic, "symbol": symbol}
        await self.send(op="subscribe", args=[arg])
        answer = await self.until(event="subscribe")
        assert answer["arg"] == arg


@asynccontextmanager
async def private(client: Client, *topics: str) -> AsyncIterator[Wire]:
    """A private socket, logged in and subscribed."""
    async with websockets.connect(client.server.addresses()["private_ws"], ping_interval=None) as socket:
        wire = Wire(socket, client.server)
        assert (await wire.login())["event"] == "login"
        await wire.subscribe(*topics)
        yield wire


@asynccontextmanager
async def public(client: Client) -> AsyncIterator[Wire]:
    """A public socket."""
    async with websockets.connect(client.server.addresses()["public_ws"], ping_interval=None) as socket:
        yield Wire(socket, client.server)

"""A plain client for the tests of the practice AlphaPoint, with a signer and frames of its own."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import httpx
import websockets

from app.practice.venues.alphapoint.server import AlphaPointServer
from app.practice.world import PracticeWorld

D = Decimal
OMS: dict[str, Any] = {"OMSId": 1}
ACCOUNT: dict[str, Any] = {"OMSId": 1, "AccountId": 9}

_nonces = itertools.count(1_700_000_000_000)


def sign(secret: str, prehash: str) -> str:
    """Lower-case hex HMAC-SHA256."""
    return hmac.new(secret.encode(), prehash.encode(), hashlib.sha256).hexdigest()


def login_of(api_key: str, secret: str, user_id: str, nonce: str = "") -> dict[str, str]:
    """The four fields of a signed login."""
    number = nonce or str(next(_nonces))
    signature = sign(secret, number + user_id + api_key)
    return {"APIKey": api_key, "Signature": signature, "UserId": user_id, "Nonce": number}


def decode(text: str) -> Any:
    """JSON with exact numbers."""
    return json.loads(text, parse_float=Decimal)


class Socket:
    """One websocket connection: replies are matched by number, events are kept."""

    def __init__(self, raw: websockets.ClientConnection) -> None:
        self.raw = raw
        self.events: list[tuple[str, Any]] = []
        self.log: list[tuple[int, str]] = []
        self._number = 0

    async def frame(self) -> dict[str, Any]:
        """The next frame, noted."""
        frame: dict[str, Any] = decode(str(await asyncio.wait_for(self.raw.recv(), 10)))
        assert set(frame) == {"m", "i", "n", "o"}
        assert isinstance(frame["o"], str)
        self.log.append((frame["m"], frame["n"]))
        if frame["m"] == 3:
            self.events.append((frame["n"], decode(frame["o"])))
        return frame

    async def send(self, name: str, payload: object, kind: int = 0) -> int:
        self._number += 2
        content = payload if isinstance(payload, str) else json.dumps(payload, default=str)
        await self.raw.send(json.dumps({"m": kind, "i": self._number, "n": name, "o": content}))
        return self._number

    async def reply(self, number: int) -> dict[str, Any]:
        """The frame that answers request `number`."""
        while True:
            frame = await self.frame()
            if frame["m"] in (1, 5) and frame["i"] == number:
                return frame

    async def call(self, name: str, payload: object = None) -> Any:
        """The decoded reply to one call."""
        frame = await self.reply(await self.send(name, payload if payload is not None else {}))
        assert (frame["m"], frame["n"]) == (1, name)
        return decode(frame["o"])

    async def error(self, name: str, payload: object) -> str:
        """The text of the error frame that answers one call."""
        frame = await self.reply(await self.send(name, payload))
        assert frame["m"] == 5
        return str(frame["o"])

    async def event(self, name: str, wanted: Callable[[Any], bool] = lambda row: True) -> Any:
        """The first event of that name that fits, already here or still to come; it is used up."""
        while True:
            for index, (seen, row) in enumerate(self.events):
                if seen == name and wanted(row):
                    del self.events[index]
                    return row
            await self.frame()


class Venue:
    """A running practice AlphaPoint and how to reach it."""

    def __init__(self, server: AlphaPointServer, http: httpx.AsyncClient, control: str) -> None:
        self.server = server
        self.http = http
        self.control = f"{control}/alphapoint"
        self.credentials = server.credentials()

    def login(self, nonce: str = "") -> dict[str, str]:
        found = self.credentials
        return login_of(found["api_key"], found["secret"], found["user_id"], nonce)

    @asynccontextmanager
    async def socket(self, login: dict[str, str] | None = None) -> AsyncIterator[Socket]:
        """A connection that is logged in."""
        async with self.anonymous() as socket:
            answer = await socket.call("AuthenticateUser", login or self.login())
            assert answer["Authenticated"] is True, answer
            yield socket

    @asynccontextmanager
    async def anonymous(self) -> AsyncIterator[Socket]:
        async with websockets.connect(self.server.addresses()["ws"], proxy=None) as raw:
            yield Socket(raw)

    async def post(self, name: str, payload: object, **headers: str) -> httpx.Response:
        url = self.server.addresses()["http"] + name
        return await self.http.post(url, content=json.dumps(payload, default=str), headers=headers)

    async def get(self, name: str, params: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        return await self.http.get(self.server.addresses()["http"] + name, params=params, headers=headers)

    def switch(self, **values: object) -> None:
        for name, value in values.items():
            self.server.switches.set(name, value)


@asynccontextmanager
async def practice(**switches: object) -> AsyncIterator[Venue]:
    """A quiet practice AlphaPoint."""
    world = PracticeWorld(1, ["alphapoint"], quiet=True)
    server = world.venues["alphapoint"]
    assert isinstance(server, AlphaPointServer)
    async with world, httpx.AsyncClient(trust_env=False) as http:
        venue = Venue(server, http, world.control_url)
        venue.switch(**switches)
        yield venue


def modify(order_id: int, quantity: str, instrument: int = 9, **more: object) -> dict[str, Any]:
    """The body of a ModifyOrder."""
    return {
        "OMSId": 1,
        "OrderId": order_id,
        "InstrumentId": instrument,
        "PreviousOrderRevision": 0,
        "Quantity": quantity,
        "AccountId": 9,
        **more,
    }


def ticket(**more: object) -> dict[str, Any]:
    """The body of a limit buy of 0.1 BTC at 90000."""
    return {
        "OMSId": 1,
        "AccountId": 9,
        "InstrumentId": 9,
        "ClientOrderId": 0,
        "Side": 0,
        "OrderType": 2,
        "TimeInForce": 1,
        "Quantity": "0.1",
        "LimitPrice": "90000",
        **more,
    }

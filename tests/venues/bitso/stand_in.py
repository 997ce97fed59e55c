"""A Bitso that answers whatever a test says, under a desk, without sockets: for replies no honest venue gives."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx

from app.desk.desk import Desk
from app.desk.ids import Ids
from app.desk.state import DeskState, Lineage
from app.domain import events as ev
from app.domain.account import Account, Environment, Secret
from app.domain.market import LinkState
from app.runtime.clock import SystemClock
from app.venues.bitso import VENUE, profile
from app.venues.bitso.link.connector import BitsoConnector
from app.venues.bitso.rules.rulebook import BitsoRulebook
from app.venues.common.face import VenueFace
from tests.helpers.watched_folds import watch_folds
from tests.venues.bitso.samples import draft

#: Guards against a hang; nothing is measured.
PATIENCE = 15.0

BOOK = {
    "book": "btc_usd",
    "minimum_price": "500",
    "maximum_price": "10000000",
    "minimum_amount": "0.00005",
    "maximum_amount": "500",
    "minimum_value": "5",
    "maximum_value": "10000000",
    "tick_size": "0.01",
}

Reply = httpx.Response | None


def row(oid: str = "a1", **changes: Any) -> dict[str, Any]:
    """An open buy of 1 BTC at 100,000 USD."""
    usual = {
        "book": "btc_usd",
        "oid": oid,
        "original_amount": "1",
        "unfilled_amount": "1",
        "original_value": "100000",
        "price": "100000",
        "side": "buy",
        "status": "open",
        "type": "limit",
        "time_in_force": "goodtillcancelled",
        "created_at": "2026-04-08T17:52:31+00:00",
        "updated_at": None,
    }
    return usual | changes


def success(payload: Any) -> httpx.Response:
    return httpx.Response(200, json={"success": True, "payload": payload})


def failure(status: int, code: str) -> httpx.Response:
    return httpx.Response(status, json={"success": False, "error": {"code": code, "message": "No."}})


def raw(body: str, status: int = 200, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, content=body.encode(), headers=named)


class FakeBitso:
    """Answers requests from rows that a test may change at any time.

    Attributes:
        rows: open orders as listed and looked up.
        books: of the venue.
        trades: executions by order id.
        reply: answers a request before anything else does, or gives None.
        heads: each request, as "GET /api/v3/balance".
        bodies: of modifications.
    """

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows: list[Any] = list(rows)
        self.books: list[Any] = [BOOK]
        self.trades: dict[str, list[Any]] = {}
        self.balances: list[Any] = [{"currency": "usd", "total": "900000", "available": "500000", "locked": "400000"}]
        self.reply: Callable[[httpx.Request], Reply] = lambda request: None
        self.heads: list[str] = []
        self.bodies: list[dict[str, str]] = []
        self.limit = 500

    async def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode()
        self.heads.append(f"{request.method} {path}")
        if request.method == "PATCH":
            self.bodies.append(json.loads(request.content))
        special = self.reply(request)
        if special is not None:
            return special
        return self.usual(request.method, path.split("?")[0].split("/")[3:], dict(request.url.params))

    def usual(self, method: str, parts: list[str], query: dict[str, str]) -> httpx.Response:
        match method, parts:
            case "GET", ["open_orders"]:
                book = query.get("book")
                rows = [each for each in self.rows if book is None or each["book"] == book]
                return success(rows[: self.limit])
            case "GET", ["orders"]:
                ids = query["oids"].split(",")
                return success([each for each in self.rows if isinstance(each, dict) and each.get("oid") in ids])
            case "GET", ["orders", oid]:
                rows = [each for each in self.rows if isinstance(each, dict) and each.get("oid") == oid]
                return success(rows) if rows else failure(404, "0312")
            case "GET", ["order_trades", oid]:
                return success(self.trades[oid]) if oid in self.trades else failure(400, "0378")
            case "GET", ["balance"]:
                return success({"balances": self.balances})
            case "GET", ["available_books"]:
                return success(self.books)
            case "GET", ["ticker"]:
                return success({"book": query["book"], "bid": "99000", "ask": "140000", "last": "100000"})
            case "PATCH", ["orders", oid]:
                return success({"oid": oid})
            case "DELETE", ["orders", oid]:
                self.rows = [each for each in self.rows if each["oid"] != oid]
                return success([oid])
            case _:
                return failure(404, "1400")

    def count(self, words: str) -> int:
        return sum(words in head for head in self.heads)


class DeskAtFake:
    """A desk on a fake Bitso.

    Attributes:
        fake: the venue. desk: the desk. connector: of its one account. seen: every event, in order.
    """

    def __init__(self, fake: FakeBitso, switches: dict[str, str] | None = None) -> None:
        self.fake = fake
        self.seen: list[ev.Event] = []
        account = Account(
            name="desk",
            venue="bitso",
            environment=Environment.PRACTICE,
            addresses={"rest": "http://127.0.0.1:1/api"},
            credentials={"api_key": Secret("k"), "secret": Secret("s")},
            switches=switches or {},
        )

        def make(account: Account, sink: Any, clock: Any) -> BitsoConnector:
            return BitsoConnector(account, sink, clock, transport=httpx.MockTransport(fake.answer))

        face = VenueFace(VENUE.profile, BitsoRulebook(), profile.NEEDS, make)
        self.desk = Desk([account], {"bitso": face}, SystemClock(), Ids())
        watch_folds(self.desk, before=self.seen.append)

    @property
    def connector(self) -> BitsoConnector:
        connector = self.desk._connectors["desk"]
        assert isinstance(connector, BitsoConnector)
        return connector

    @property
    def state(self) -> DeskState:
        return self.desk.state

    @property
    def link(self) -> LinkState:
        return self.state.accounts["desk"].link

    def row(self, order_id: str = "a1") -> Lineage:
        return self.desk.find(order_id)

    def events(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.seen if isinstance(event, kind)]

    def says(self, words: str) -> bool:
        return any(words in notice.text for notice in self.state.notices)

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        texts = [notice.text for notice in self.state.notices]
        assert await self.desk.wait(lambda _: condition(), PATIENCE), f"never came: {what}; {self.link} {texts}"

    async def lists(self, count: int = 2) -> None:
        """Wait for so many more lists."""
        before = len(self.events(ev.OpenOrdersListed))
        await self.until(lambda: len(self.events(ev.OpenOrdersListed)) >= before + count, "lists")

    def send(self, order_id: str = "a1", **values: str) -> str:
        lineage = self.row(order_id)
        prepared = self.desk.prepare(lineage.key, draft(lineage.order, **values))
        assert prepared.plan.verdict.ok, prepared.plan.verdict.problems
        return self.desk.send(prepared, confirmed=True)


@asynccontextmanager
async def at_fake(fake: FakeBitso, *, up: bool = True, **switches: str) -> AsyncIterator[DeskAtFake]:
    """Run a desk on a fake Bitso until the block ends."""
    world = DeskAtFake(fake, switches)
    running = asyncio.create_task(world.desk.run())
    try:
        if up:
            await world.until(lambda: world.link is LinkState.UP, "the link")
        yield world
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

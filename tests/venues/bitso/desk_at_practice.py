"""A desk on a quiet practice Bitso over real sockets, for the conformance tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.desk.desk import Desk
from app.desk.ids import Ids
from app.desk.state import DeskState, Lineage
from app.domain import events as ev
from app.domain.account import Account, Environment, Secret
from app.domain.amendment import Amendment
from app.domain.market import LinkState
from app.domain.order import OrderKind, OrderStatus
from app.domain.plan import Draft
from app.practice.venues.bitso.server import BitsoServer
from app.practice.world import PracticeWorld
from app.runtime.clock import SystemClock
from app.venues.bitso import VENUE
from tests.helpers.watched_folds import watch_folds
from tests.venues.bitso.samples import draft

#: Guards against a hang; nothing is measured.
PATIENCE = 20.0

#: The worked example: buy 1 BTC at 100,000 USD.
BUY = "qlbga6b600n3xta7"


class DeskAtPractice:
    """Starts the practice venue and a desk with one account on it.

    Attributes:
        desk: the desk. server: the practice venue. seen: every event the connector reported, in order.
    """

    def __init__(self, *, credentials: dict[str, str] | None = None, addresses: dict[str, str] | None = None) -> None:
        self.world = PracticeWorld(venues=["bitso"], quiet=True)
        server = self.world.venues["bitso"]
        assert isinstance(server, BitsoServer)
        self.server = server
        self.seen: list[ev.Event] = []
        self._credentials = credentials or {}
        self._addresses = addresses or {}
        self.switches: dict[str, str] = {}

    async def __aenter__(self) -> DeskAtPractice:
        await self.world.start()
        account = Account(
            name="desk",
            venue="bitso",
            environment=Environment.PRACTICE,
            addresses=self.server.addresses() | self._addresses,
            credentials={name: Secret(text) for name, text in (self.server.credentials() | self._credentials).items()},
            switches=self.switches,
        )
        self.desk = Desk([account], {"bitso": VENUE}, SystemClock(), Ids())
        self.connector = self.desk._connectors["desk"]
        watch_folds(self.desk, before=self.seen.append)
        self._running = asyncio.create_task(self.desk.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close_desk()
        await self.world.stop()

    async def close_desk(self) -> None:
        """End the desk as the window does; the venue goes on."""
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    @property
    def state(self) -> DeskState:
        return self.desk.state

    async def until(self, condition: Callable[[DeskState], bool], what: str) -> None:
        assert await self.desk.wait(condition, PATIENCE), f"never came: {what}; {self._where()}"

    async def up(self) -> DeskAtPractice:
        """Wait until the first complete list is in."""
        await self.link(LinkState.UP)
        return self

    async def link(self, state: LinkState) -> None:
        await self.until(lambda desk: desk.accounts["desk"].link is state, f"link {state.value}")

    def row(self, order_id: str) -> Lineage:
        return self.desk.find(order_id)

    async def row_when(self, order_id: str, condition: Callable[[Lineage], bool], what: str) -> Lineage:
        await self.until(lambda _: condition(self.row(order_id)), f"{order_id}: {what}")
        return self.row(order_id)

    def send(self, order_id: str, **values: str) -> str:
        """Send an amendment as a person would who confirms every caution; gives its id."""
        row = self.row(order_id)
        prepared = self.desk.prepare(row.key, draft(row.order, **values))
        assert prepared.plan.verdict.ok, prepared.plan.verdict.problems
        return self.desk.send(prepared, confirmed=True)

    async def amend(self, order_id: str, **values: str) -> Amendment:
        """Send an amendment and wait until evidence settles it."""
        amendment_id = self.send(order_id, **values)
        await self.until(lambda desk: desk.amendments[amendment_id].stage.is_settled, "a settled amendment")
        return self.state.amendments[amendment_id]

    def events(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.seen if isinstance(event, kind)]

    def stale_draft(self, order_id: str, **values: str) -> Draft:
        row = self.row(order_id)
        return draft(replace(row.order), **values)

    def _where(self) -> str:
        account = self.state.accounts["desk"]
        notices = [notice.text for notice in self.state.notices]
        outcomes = [(each.stage.value, each.outcome) for each in self.state.amendments.values()]
        return f"link {account.link.value} {account.link_text!r}, notices {notices}, amendments {outcomes}"


def by_kind(world: DeskAtPractice, kind: OrderKind, triggered: bool) -> str:
    """The id of the first row like that."""
    rows = world.state.lineages.values()
    return next(row.order.order_id for row in rows if row.order.kind is kind and row.order.triggered is triggered)


def of(world: DeskAtPractice, status: OrderStatus) -> str:
    """The id of the first row like that."""
    return next(row.order.order_id for row in world.state.lineages.values() if row.order.status is status)

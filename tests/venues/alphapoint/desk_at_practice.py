"""A desk on a quiet practice AlphaPoint over real sockets, for the conformance tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from app.desk.desk import Desk, Prepared
from app.desk.ids import Ids
from app.desk.state import DeskState, Lineage
from app.domain import events as ev
from app.domain.account import Account, Environment, Secret
from app.domain.amendment import Amendment, AmendmentStage
from app.domain.form import FieldName
from app.domain.market import LinkState
from app.domain.order import Order
from app.domain.plan import Draft
from app.domain.ports import Clock
from app.domain.profile import Profile
from app.practice.venues.alphapoint.server import AlphaPointServer
from app.practice.world import PracticeWorld
from app.runtime.clock import SystemClock
from app.venues.alphapoint import VENUE
from app.venues.alphapoint.link.connector import AlphaPointConnector, Sink
from app.venues.alphapoint.profile import NEEDS, PROFILE
from app.venues.alphapoint.rules.rulebook import AlphaPointRulebook
from app.venues.common.accounts import check
from app.venues.transport.socket import SocketSettings
from tests.helpers.watched_folds import watch_folds

#: Guards against a hang; nothing is measured.
PATIENCE = 20.0


class HastyVenue:
    """The venue with little patience; everything else is the real one."""

    @property
    def profile(self) -> Profile:
        return VENUE.profile

    @property
    def rulebook(self) -> AlphaPointRulebook:
        return VENUE.rulebook

    def connect(self, account: Account, sink: Sink, clock: Clock) -> AlphaPointConnector:
        check(account, PROFILE, NEEDS)
        settings = SocketSettings(beat_every=0.5, ping_every=None, ping_within=None, first_delay=0.05)
        return AlphaPointConnector(
            account, sink, clock, jitter=lambda: 0.0, patience=0.6, ping_within=0.3, settings=settings
        )


class DeskAtPractice:
    """Starts the practice venue and a desk with one account on it.

    Attributes:
        desk: the desk. server: the practice venue. seen: every event the connector reported, in order.
        switches: the account's own; set before entering.
    """

    def __init__(self, *, credentials: dict[str, str] | None = None, addresses: dict[str, str] | None = None) -> None:
        self.world = PracticeWorld(venues=["alphapoint"], quiet=True)
        server = self.world.venues["alphapoint"]
        assert isinstance(server, AlphaPointServer)
        self.server = server
        self.seen: list[ev.Event] = []
        self.switches: dict[str, str] = {"calls_per_minute": "400"}
        self._credentials = credentials or {}
        self._addresses = addresses or {}

    async def __aenter__(self) -> DeskAtPractice:
        await self.world.start()
        account = Account(
            name="desk",
            venue="alphapoint",
            environment=Environment.PRACTICE,
            addresses=self.server.addresses() | self._addresses,
            credentials={name: Secret(text) for name, text in (self.server.credentials() | self._credentials).items()},
            switches=self.switches,
        )
        self.desk = Desk([account], {"alphapoint": HastyVenue()}, SystemClock(), Ids())
        watch_folds(self.desk, before=self.seen.append)
        self._running = asyncio.create_task(self.desk.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        await self.world.stop()

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

    def prepare(self, order_id: str, route: str | None = None, **values: str) -> Prepared:
        """What a draft of number fields comes to."""
        row = self.row(order_id)
        typed = tuple((FieldName(name), Decimal(text)) for name, text in values.items())
        return self.desk.prepare(row.key, Draft(row.order, typed, route))

    def send(self, order_id: str, route: str | None = None, **values: str) -> str:
        """Send an amendment as a person would who confirms every caution; gives its id."""
        prepared = self.prepare(order_id, route, **values)
        assert prepared.plan.verdict.ok, prepared.plan.verdict.problems
        return self.desk.send(prepared, confirmed=True)

    async def amend(self, order_id: str, route: str | None = None, **values: str) -> Amendment:
        """Send an amendment and wait until evidence settles it."""
        return await self.settled(self.send(order_id, route, **values))

    async def settled(self, amendment_id: str) -> Amendment:
        await self.until(lambda desk: desk.amendments[amendment_id].stage.is_settled, "a settled amendment")
        return self.state.amendments[amendment_id]

    def events(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.seen if isinstance(event, kind)]

    def _where(self) -> str:
        account = self.state.accounts["desk"]
        notices = [notice.text for notice in self.state.notices]
        outcomes = [(each.stage.value, each.outcome) for each in self.state.amendments.values()]
        rows = [(row.ids, row.order.raw_status, row.order.remaining) for row in self.state.lineages.values()]
        return f"link {account.link.value} {account.link_text!r}, notices {notices}, {outcomes}, {rows}"


def stages(amendment: Amendment) -> list[AmendmentStage]:
    """The rungs an amendment has taken."""
    return [rung.stage for rung in amendment.rungs]


def by_client(world: DeskAtPractice, client_id: str) -> Order:
    """Our order of that client id, as the desk knows it."""
    rows = [row for row in world.state.lineages.values() if row.order.client_id == client_id]
    assert len(rows) == 1, rows
    return rows[0].order


async def received(world: DeskAtPractice, order_id: str, **values: str) -> str:
    """Send an amendment of the order and wait for its receipt; the effect is still out."""
    world.server.switches.set("effect_delay_ms", 300)
    amendment_id = world.send(order_id, **values)
    await world.until(lambda desk: desk.amendments[amendment_id].stage is AmendmentStage.ACKNOWLEDGED, "the receipt")
    return amendment_id

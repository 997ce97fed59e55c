"""A desk on a quiet practice QFEX over real sockets, for the conformance tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from app.desk.desk import Desk
from app.desk.ids import Ids
from app.desk.state import DeskState, Lineage
from app.domain import events as ev
from app.domain.account import Account, Environment, Secret
from app.domain.amendment import Amendment
from app.domain.evidence import SECOND
from app.domain.form import FieldName
from app.domain.market import LinkState
from app.domain.order import Order
from app.domain.plan import Draft
from app.domain.ports import Clock
from app.domain.profile import Profile
from app.practice.exchange.orders import TRADER, SimOrder
from app.practice.venues.qfex.server import QfexServer
from app.practice.world import PracticeWorld
from app.runtime.clock import SystemClock
from app.venues.qfex import VENUE
from app.venues.qfex.link.connector import QfexConnector
from app.venues.qfex.link.pace import Pace
from app.venues.qfex.rules.rulebook import QfexRulebook
from app.venues.transport.socket import SocketSettings

E = TypeVar("E")

#: Guards against a hang; nothing is measured.
PATIENCE = 20.0

NAME = "desk"

#: Everything quicker than at the venue, in the same proportions.
QUICK = Pace(
    answer_within=0.5,
    login_within=5.0,
    stale_after=0.6,
    recycle_after=1.2,
    watch_every=0.02,
    reference_retry=0.05,
    lists=50,
    lists_window=1.0,
)


class QuickRulebook(QfexRulebook):
    """The same rules; evidence may close an amendment sooner."""

    evidence = replace(
        QfexRulebook.evidence,
        settle_after=7 * SECOND // 10,
        probe_after=(5 * SECOND // 10, 8 * SECOND // 10),
        probe_every=SECOND,
        answer_within=5 * SECOND // 10,
    )


class QuickVenue:
    """QFEX with a quick pace; every event is noted on its way to the desk."""

    profile: Profile = VENUE.profile
    rulebook = QuickRulebook()

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.seen: list[ev.Event] = []
        self.connector: QfexConnector | None = None

    def connect(self, account: Account, sink: Callable[[ev.Event], None], clock: Clock) -> QfexConnector:
        def noted(event: ev.Event) -> None:
            self.seen.append(event)
            sink(event)

        settings = SocketSettings(first_delay=0.02, longest_delay=0.05, open_within=5.0)
        self.connector = QfexConnector(account, noted, clock, pace=self.pace, settings=settings, jitter=lambda: 0.0)
        return self.connector


class DeskAtPractice:
    """Starts the practice venue and a desk with one account on it.

    Attributes:
        desk: the desk. server: the practice venue.
    """

    def __init__(
        self,
        *,
        credentials: dict[str, str] | None = None,
        addresses: dict[str, str] | None = None,
        switches: dict[str, str] | None = None,
        pace: Pace = QUICK,
        **venue_switches: object,
    ) -> None:
        self.world = PracticeWorld(venues=["qfex"], quiet=True)
        server = self.world.venues["qfex"]
        assert isinstance(server, QfexServer)
        self.server = server
        server.switches.set("pulse_ms", 100)
        server.switches.set("bbo_ms", 50)
        for name, value in venue_switches.items():
            server.switches.set(name, value)
        self.venue = QuickVenue(pace)
        self._credentials, self._addresses, self._switches = credentials or {}, addresses or {}, switches or {}

    async def __aenter__(self) -> DeskAtPractice:
        await self.world.start()
        account = Account(
            name=NAME,
            venue="qfex",
            environment=Environment.PRACTICE,
            addresses=self.server.addresses() | self._addresses,
            credentials={name: Secret(text) for name, text in (self.server.credentials() | self._credentials).items()},
            switches=self._switches,
        )
        self.desk = Desk([account], {"qfex": self.venue}, SystemClock(), Ids())
        self._running = asyncio.create_task(self.desk.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        await self.world.stop()

    @property
    def state(self) -> DeskState:
        return self.desk.state

    @property
    def connector(self) -> QfexConnector:
        assert self.venue.connector is not None
        return self.venue.connector

    async def until(self, condition: Callable[[DeskState], object], what: str) -> None:
        assert await self.desk.wait(lambda desk: bool(condition(desk)), PATIENCE), (
            f"never came: {what}; {self._where()}"
        )

    async def link(self, state: LinkState) -> None:
        await self.until(lambda desk: desk.accounts[NAME].link is state, f"link {state.value}")

    async def up(self) -> DeskAtPractice:
        """Wait until the account is listed and everything around it is there."""
        await self.link(LinkState.UP)
        await self.until(lambda desk: desk.accounts[NAME].balances, "a balance")
        await self.until(lambda desk: len(desk.accounts[NAME].instruments) == 3, "instruments")
        await self.until(
            lambda desk: len([q for q in desk.accounts[NAME].quotes.values() if q.bid and q.mark and q.low_band]) == 3,
            "quotes",
        )
        return self

    # -- the venue's truth -----------------------------------------------------------------------------------------

    def theirs(self, order_id: str) -> SimOrder:
        """The order as the practice exchange has it, by its present id."""
        return self.server.exchange.order(order_id)

    def their_open(self) -> dict[str, SimOrder]:
        return {order.order_id: order for order in self.server.exchange.open_orders(TRADER)}

    def requests(self, operation: str) -> int:
        return len([seen for seen in self.server.gate.requests if seen.operation == operation])

    # -- orders by what they are -----------------------------------------------------------------------------------

    def find(self, symbol: str, side: str, kind: str = "LIMIT", *, partly: bool = False) -> Lineage:
        """The row of the starting book that is such an order."""
        found = [
            row
            for row in self.state.lineages.values()
            if (row.order.symbol, row.order.side.value, row.order.raw_kind) == (symbol, side, kind)
            and bool(row.order.filled) is partly
        ]
        assert len(found) == 1, found
        return found[0]

    def events(self, kind: type[E]) -> list[E]:
        return [event for event in self.venue.seen if isinstance(event, kind)]

    # -- amending --------------------------------------------------------------------------------------------------

    def draft(self, order: Order, **values: str) -> Draft:
        return Draft(order, tuple((FieldName(name), Decimal(text)) for name, text in values.items()))

    def send(self, row: Lineage, **values: str) -> str:
        """Send an amendment as a person would who confirms every caution; gives its id."""
        prepared = self.desk.prepare(row.key, self.draft(row.order, **values))
        assert prepared.plan.verdict.ok, prepared.plan.verdict.problems
        return self.desk.send(prepared, confirmed=True)

    async def settled(self, amendment_id: str) -> Amendment:
        await self.until(lambda desk: desk.amendments[amendment_id].stage.is_settled, "a settled amendment")
        return self.state.amendments[amendment_id]

    async def amend(self, row: Lineage, **values: str) -> Amendment:
        """Send an amendment and wait until evidence settles it."""
        return await self.settled(self.send(row, **values))

    def _where(self) -> str:
        account = self.state.accounts[NAME]
        notices = [notice.text for notice in self.state.notices]
        outcomes = [(each.stage.value, each.outcome) for each in self.state.amendments.values()]
        return f"link {account.link.value} {account.link_text!r}, notices {notices}, amendments {outcomes}"

"""A desk on the toy venue that keeps a journal, and that a test may end as a crash would and start again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.desk.desk import Desk
from app.desk.ids import Ids
from app.desk.journal.files import segments
from app.desk.journal.reading import rows
from app.desk.journal.replay import Folded, replay
from app.desk.journal.writer import Journal, Sizes
from app.domain import events as ev
from app.domain.account import Account, Environment, Secret
from app.domain.amendment import Amendment, Source
from app.domain.market import LinkState
from app.domain.order import Order
from app.domain.ports import Clock, Sink
from app.domain.profile import Document, Profile
from tests.helpers.paper_desk import PaperClock, PaperConnector, PaperVenue
from tests.helpers.toy_venue import ToyRulebook, amendment, order

PROFILE = Profile(
    name="toy",
    title="Toy",
    amends_per_window=10,
    window_s=1,
    limit_text="10 a second",
    needs_addresses=(("rest", "where it is"),),
    needs_credentials=(("secret", "the key's secret"),),
    documents=(Document("Toy API", "https://toy.example/api", "2026-11-21", "documented"),),
)


def account(name: str = "toy", environment: Environment = Environment.DEMO, secret: str = "s3cr3t-of-toy") -> Account:
    return Account(name, "toy", environment, {"rest": "http://127.0.0.1:1"}, {"secret": Secret(secret)})


class IdleConnector(PaperConnector):
    """Runs until it is cancelled, as a real one does."""

    async def run(self) -> None:
        await asyncio.Event().wait()


@dataclass(frozen=True)
class IdleVenue(PaperVenue):
    """The toy venue with connectors that stay."""

    def connect(self, account: Account, sink: Sink, clock: Clock) -> PaperConnector:
        self.connectors[account.name] = IdleConnector(account, sink, clock)
        return self.connectors[account.name]


@dataclass
class RecordedDesk:
    """A desk, its journal and its paper connectors; `start` again on the same path is the next session."""

    path: Path
    clock: PaperClock = field(default_factory=PaperClock)
    accounts: tuple[Account, ...] = (account(),)
    sizes: Sizes | None = None
    connectors: dict[str, PaperConnector] = field(default_factory=dict)
    everywhere: Callable[[], Sequence[Path]] | None = None

    def start(self) -> RecordedDesk:
        """Open the journal and the desk; the connectors stay idle until the test speaks for them."""
        venue = IdleVenue(PROFILE, ToyRulebook(), self.connectors)
        self.journal = Journal(self.path, self.sizes)
        self.ids = Ids()
        self.desk = Desk(
            self.accounts, {"toy": venue}, self.clock, self.ids, journal=self.journal, everywhere=self.everywhere
        )
        self.desk.read_only = False
        return self

    def happen(self, *events: ev.Event) -> None:
        for event in events:
            self.clock.pass_time(0.001)
            self.desk.dispatch(event)

    def up(self, *orders: Order) -> None:
        """The link comes up and the venue lists its orders."""
        listed = orders or (order(),)
        for name in {each.account for each in listed}:
            mine = tuple(each for each in listed if each.account == name)
            self.happen(
                ev.OpenOrdersListed(name, self.clock.now(), self.clock.now(), mine),
                ev.LinkChanged(name, self.clock.now(), LinkState.UP, "Connected."),
            )

    def intent(self, number: int = 1, price: str = "101", base: Order | None = None, despite: str = "") -> Amendment:
        """The person sends a price change; its number is also its request number.

        Args:
            despite: key of an amendment of another ticket that the person knows of.
        """
        known = base or self.desk.state.lineages["toy/o1"].order
        one = amendment(known, price, number, at=self.clock.now())
        if despite:
            self.desk._effects.despite[one.amendment_id] = frozenset({despite})
        self.happen(ev.AmendmentRequested(known.account, self.clock.now(), one))
        return one

    def push(self, each: Order, **changes: object) -> None:
        """The venue pushes an order."""
        seen = replace(each, **changes)  # type: ignore[arg-type]
        self.happen(ev.OrderSeen(seen.account, self.clock.now(), seen, Source.PUSH))

    def crash(self) -> None:
        """Let go of the file as the system does when the process is killed: what is on the disk is all there is."""
        self.journal.flush()
        self.journal.close()

    async def end(self) -> None:
        """End in order."""
        await self.desk.close()

    async def settle(self) -> None:
        """Let effects run until nothing is under way."""
        while self.desk._effects.tasks:
            await asyncio.gather(*self.desk._effects.tasks)

    def folded(self) -> Folded:
        """What a fold of the last segment gives, from its checkpoint on."""
        self.journal.flush()
        return replay(rows(segments(self.path)[-1], since_checkpoint=True), {"toy": ToyRulebook()})

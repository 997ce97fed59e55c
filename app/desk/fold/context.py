"""Values that the parts of the fold hand one another while one event is taken in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.desk.effects import Effect
from app.desk.state import AccountState, DeskState, Notice
from app.domain.amendment import Source
from app.domain.evidence import SECOND
from app.domain.order import Order
from app.domain.ports import Rulebook

#: After how long the same warning is given again, nanoseconds.
TOLD_AGAIN = 600 * SECOND


@dataclass(slots=True)
class FoldOutcome:
    """Results of one event: effects to run, rows touched, accounts touched.

    Attributes:
        proven: whether a row was proven anew and shows nothing else than before: who waits for that looks again.
    """

    effects: list[Effect] = field(default_factory=list)
    rows: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    proven: bool = False


@dataclass(slots=True)  # one is made for each event, and a frozen one takes three times as long to make
class FoldContext:
    """One event on its way into the state; nobody writes to it.

    Attributes:
        desk: the state, changed in place.
        account: the account the event speaks of.
        rules: its venue's rulebook.
        at: when the event happened, epoch ns.
        out: collects what the event leads to.
        source: what showed the order, where the event shows one.
        asked_at: when the question was asked that it answers, None for a message that nobody asked for.
        listed: the ids that stood beside it in a list.
        whole: whether that list had everything.
        orders: what it shows.
    """

    desk: DeskState
    account: AccountState
    rules: Rulebook
    at: int
    out: FoldOutcome
    source: Source = Source.APP
    asked_at: int | None = None
    listed: frozenset[str] = frozenset()
    whole: bool = False
    orders: tuple[Order, ...] = ()

    def showing(
        self,
        source: Source,
        asked_at: int | None,
        listed: Iterable[str] = (),
        *,
        whole: bool = False,
        orders: tuple[Order, ...] = (),
    ) -> FoldContext:
        """Return the same context for an event that shows orders."""
        return FoldContext(
            self.desk, self.account, self.rules, self.at, self.out, source, asked_at, frozenset(listed), whole, orders
        )

    def _told_lately(self) -> Iterator[Notice]:
        return (each for each in self.desk.notices if each.at > self.at - TOLD_AGAIN)

    def warn(self, text: str) -> None:
        """Put a serious notice about the account where a person will see it; lists say the same again and again."""
        if any((each.account, each.text) == (self.account.name, text) for each in self._told_lately()):
            return
        self.desk.notices.append(Notice(self.account.name, self.at, text, True))
        self.out.accounts.add(self.account.name)

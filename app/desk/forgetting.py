"""Decision of when orders that are over leave the state: some time after the last news of them, a part at a time.

The fold only carries it out. It is decided here, because what a person has not looked at, or has before them, stays,
and the record says when each left.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field

from app.desk.fold.forgetting import KEPT_AMENDMENTS, KEPT_FOR, last_news, may_leave, row_that_leaves, spare_amendments
from app.desk.state import DeskState
from app.domain import events as ev
from app.domain.evidence import SECOND
from app.domain.ports import Rulebook, Sink

#: How often it is seen to, and after how long a row that had to stay is looked at again, by the times of the events.
EVERY, AGAIN = 5 * SECOND, 60 * SECOND

#: How many rows leave at a time: it takes about a thousandth of a second.
MOST_AT_ONCE = 200

#: Beyond this many ended orders the oldest leave sooner, after this time.
KEPT_ENDED, KEPT_AT_LEAST = 2_000, 120 * SECOND

#: Returns the rows that have to stay, because somebody has not looked at them, or has them before their eyes.
Keeper = Callable[[], Container[str]]


@dataclass(slots=True)
class _Waiting:
    """Rows of one account that may leave.

    Attributes:
        ended: when there was last news of each ended order, the oldest first.
        staying: when each that had to stay was looked at, the oldest first.
        long: open rows with more amendments than are kept.
        next: the time of the next look.
    """

    ended: OrderedDict[str, int] = field(default_factory=OrderedDict)
    staying: OrderedDict[str, int] = field(default_factory=OrderedDict)
    long: OrderedDict[str, None] = field(default_factory=OrderedDict)
    next: int = 0

    def due(self, at: int) -> list[str]:
        """Take out the rows whose time has come."""
        due: list[str] = []
        spare = len(self.ended) - KEPT_ENDED
        while self.ended and len(due) < MOST_AT_ONCE:
            key = next(iter(self.ended))
            if at < self.ended[key] + (KEPT_FOR if len(due) >= spare else KEPT_AT_LEAST):
                break
            del self.ended[key]
            due.append(key)
        else:
            self.next = at + 1 if self.ended else self.next
        while self.staying and len(due) < 2 * MOST_AT_ONCE:
            key = next(iter(self.staying))
            if at < self.staying[key] + AGAIN:
                break
            del self.staying[key]
            due.append(key)
        return due

    def long_ones(self) -> list[str]:
        """Take out a part of the open rows with many amendments; each comes again with its next news."""
        return [self.long.popitem(last=False)[0] for _ in range(min(len(self.long), MOST_AT_ONCE))]


class Forgetting:
    """Ended orders of one desk. What an event of an account lets go is that account's.

    Attributes:
        keepers: name the rows that stay.
    """

    def __init__(self, state: Callable[[], DeskState], rules: Mapping[str, Rulebook], dispatch: Sink) -> None:
        """Look at nothing yet.

        Args:
            state: returns the desk's.
            rules: by account name.
            dispatch: takes the event that says which orders leave.
        """
        self.keepers: list[Keeper] = []
        self._state_of, self._rules, self._dispatch = state, rules, dispatch
        self._state: DeskState | None = None
        self._waiting: dict[str, _Waiting] = {}

    def note(self, rows: Iterable[str]) -> None:
        """Take in that an event touched these rows."""
        state = self._state_of()
        if state is not self._state:
            self._state = state
            self._waiting.clear()
            rows = sorted(state.lineages, key=lambda key: last_news(state, state.lineages[key]))
        for key in rows:
            lineage = state.lineages.get(key)
            if lineage is None:
                continue  # it left, or another row is the same order; either is met in its turn
            waiting = self._waiting.get(lineage.account)
            if waiting is None:
                waiting = self._waiting[lineage.account] = _Waiting()
            waiting.staying.pop(key, None)
            if not lineage.order.is_open:
                waiting.ended[key] = last_news(state, lineage)
                waiting.ended.move_to_end(key)
                continue
            waiting.ended.pop(key, None)
            if len(lineage.amendments) > KEPT_AMENDMENTS:
                waiting.long[key] = None

    def after(self, account: str, rows: Iterable[str], at: int) -> None:
        """Take in that an event of an account at that time touched these rows, and let go what may be let go."""
        self.note(rows)
        waiting = self._waiting.get(account)
        if waiting is None or waiting.next - EVERY <= at < waiting.next:
            return
        waiting.next = at + EVERY
        due, long = waiting.due(at), waiting.long_ones()
        if not due and not long:
            return
        state, policy = self._state_of(), self._rules[account].evidence
        kept = [keeper() for keeper in self.keepers]
        leaving: list[ev.ForgottenRow] = []
        for lineage in [state.lineages[key] for key in (*due, *long) if key in state.lineages]:
            key, is_kept = lineage.key, any(lineage.key in each for each in kept)
            if lineage.order.is_open:
                spare = () if is_kept else tuple(spare_amendments(state, lineage, policy, at))
                if spare:
                    leaving.append(ev.ForgottenRow(key, tuple(lineage.ids), spare, whole=False))
            elif not is_kept and may_leave(state, lineage, policy, at, KEPT_AT_LEAST):
                leaving.append(row_that_leaves(state, lineage))
            else:
                waiting.staying[key] = at
        if leaving:
            self._dispatch(ev.OrdersForgotten(account, at, tuple(leaving)))

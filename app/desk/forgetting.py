"""Decision of when orders that are over leave the state: some time after the last news of them, a part at a time.

The fold only carries it out. It is decided here, because what a person has not looked at, or has before them, stays,
and the record says when each left.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence

from app.desk.fold.forgetting import KEPT_AMENDMENTS, KEPT_FOR, last_news, may_leave, row_that_leaves, spare_amendments
from app.desk.state import DeskState, Lineage
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


Kept = Sequence[Container[str]]


def _is_kept(key: str, kept: Kept) -> bool:
    return any(key in each for each in kept)


class Forgetting:
    """Ended orders of one desk, those with the oldest news first.

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
        self._ended: OrderedDict[str, int] = OrderedDict()
        self._staying: OrderedDict[str, int] = OrderedDict()
        self._long: dict[str, None] = {}
        self._next = 0

    def note(self, rows: Iterable[str]) -> None:
        """Take in that an event touched these rows."""
        state = self._state_of()
        if state is not self._state:
            self._state = state
            self._ended.clear()
            self._staying.clear()
            self._long.clear()
            rows = sorted(state.lineages, key=lambda key: last_news(state, state.lineages[key]))
        for key in rows:
            self._staying.pop(key, None)
            lineage = state.lineages.get(key)
            if lineage is None or lineage.order.is_open:
                self._ended.pop(key, None)
                if lineage is not None and len(lineage.amendments) > KEPT_AMENDMENTS:
                    self._long[key] = None
            else:
                self._ended[key] = last_news(state, lineage)
                self._ended.move_to_end(key)

    def after(self, rows: Iterable[str], at: int) -> None:
        """Take in that an event at that time touched these rows, and let go what may be let go."""
        self.note(rows)
        if self._next - EVERY <= at < self._next:
            return
        self._next = at + EVERY
        due = self._due(at)
        if not due and not self._long:
            return
        kept = [keeper() for keeper in self.keepers]
        leaving: dict[str, list[ev.ForgottenRow]] = {}
        for key in due:
            self._leave_or_stay(key, at, kept, leaving)
        for lineage in self._long_ones(kept):
            spare = spare_amendments(self._state_of(), lineage, self._rules[lineage.account].evidence, at)
            if spare:
                row = ev.ForgottenRow(lineage.key, tuple(lineage.ids), tuple(spare), whole=False)
                leaving.setdefault(lineage.account, []).append(row)
        for account, gone in leaving.items():
            self._dispatch(ev.OrdersForgotten(account, at, tuple(gone)))

    def _leave_or_stay(self, key: str, at: int, kept: Kept, leaving: dict[str, list[ev.ForgottenRow]]) -> None:
        state = self._state_of()
        lineage = state.lineages.get(key)
        if lineage is None:
            return
        policy = self._rules[lineage.account].evidence
        if not _is_kept(key, kept) and may_leave(state, lineage, policy, at, KEPT_AT_LEAST):
            leaving.setdefault(lineage.account, []).append(row_that_leaves(state, lineage))
        else:
            self._staying[key] = at

    def _due(self, at: int) -> list[str]:
        """Take out the rows whose time has come."""
        due: list[str] = []
        spare = len(self._ended) - KEPT_ENDED
        while self._ended and len(due) < MOST_AT_ONCE:
            key = next(iter(self._ended))
            if at < self._ended[key] + (KEPT_FOR if len(due) >= spare else KEPT_AT_LEAST):
                break
            del self._ended[key]
            due.append(key)
        else:
            self._next = at + 1 if self._ended else self._next
        while self._staying and len(due) < 2 * MOST_AT_ONCE:
            key = next(iter(self._staying))
            if at < self._staying[key] + AGAIN:
                break
            del self._staying[key]
            due.append(key)
        return due

    def _long_ones(self, kept: Kept) -> list[Lineage]:
        """Take out a part of the open rows that have many amendments; each comes again with its next news."""
        keys = [key for key, _ in zip(list(self._long), range(MOST_AT_ONCE), strict=False)]
        for key in keys:
            del self._long[key]
        found = (self._state_of().lineages.get(key) for key in keys if not _is_kept(key, kept))
        return [each for each in found if each is not None and each.order.is_open]

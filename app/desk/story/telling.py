"""Telling of an order's story from a journal: folded again, row by row, and what each row made of the order is a line.

The fold is the one that made the rows of the window, so the story tells what the ticket knew, in its own words, and
when it knew it. Pure: records in, lines out; the same records give the same story.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from app.desk.journal import codec as codec
from app.desk.journal.chain import Row
from app.desk.journal.history import NONSENSE
from app.desk.journal.records import Session, SessionEnded
from app.desk.journal.replay import Folded, Folding, left_out
from app.desk.journal.store import CHECKPOINT
from app.desk.state import DeskState, Lineage
from app.domain import events as ev
from app.domain.amendment import Amendment, Source
from app.domain.instants import in_seconds
from app.domain.market import LinkState
from app.domain.money import tidy
from app.domain.order import Order
from app.domain.ports import Rulebook
from app.domain.terms import changed_terms

_SECOND = 1_000_000_000

#: Rows that make nothing of an order, and most of a journal.
UNNEEDED = frozenset(kind.__name__ for kind in (ev.WireSeen, ev.BalancesSeen, ev.QuoteSeen))

#: Words for what no venue and no person says, but the record itself.
TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened.

    Attributes:
        at: when, nanoseconds since 1970 UTC.
        who: who says so: a `Source` in its words, or `TICKET`.
        text: what, as one phrase.
        rows: numbers of the rows it stands in, the first of them the one that told it first.
    """

    at: int
    who: str
    text: str
    rows: tuple[int, ...]


@dataclass(slots=True)
class Story:
    """An order's story.

    Attributes:
        account: configured name. key: of its row.
        lines: what happened, in the order of the record.
        row: the order as the record tells it last, None where it never knew it; `at` when that row was written.
        amendments: all of them, as they were last, oldest first.
        link: state of the account's link at the end, None where the record does not tell; `link_at` since when.
        ended_at: when the ticket ended that wrote last, None while it runs or where it was killed.
        problems: a sentence on each row that cannot be read.
    """

    account: str
    key: str = ""
    lines: list[Line] = field(default_factory=list)
    row: Lineage | None = None
    at: int = 0
    amendments: dict[str, Amendment] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    link: LinkState | None = None
    link_at: int = 0
    ended_at: int | None = None


def tell(
    records: Iterable[Row],
    account: str,
    ids: Iterable[str],
    rulebooks: Mapping[str, Rulebook],
    at_row: Callable[[Row], None] = lambda row: None,
) -> Story:
    """Tell an order's story.

    Args:
        records: of its journal, in order, from a checkpoint or the very first one; those in `UNNEEDED` may be left out.
        account: it is on.
        ids: every order id it is known to have had.
        rulebooks: by venue name.
        at_row: called for each row; what it raises ends this.
    """
    return _Telling(account, tuple(ids), rulebooks).told(records, at_row)


class _Telling:
    def __init__(self, account: str, ids: tuple[str, ...], rulebooks: Mapping[str, Rulebook]) -> None:
        self._story, self._ids = Story(account), ids
        self._folding = Folding(rulebooks)
        #: The order before a row, and how many lines of its history were told.
        self._before: Order | None = None
        self._told = self._seen_at = 0
        self._unsettled: set[str] = set()

    def told(self, records: Iterable[Row], at_row: Callable[[Row], None]) -> Story:
        for row in records:
            at_row(row)
            try:
                self._folding.take(row)
            except NONSENSE as error:
                self._story.problems.append(left_out(row, error))
                continue
            self._of_ticket(row)
            lineage = self._found(self._folding.folded)
            if lineage is not None:
                self._of_order(row, lineage)
            elif self._before is not None and not self._before.is_open:
                break  # it ended, nothing of it is unresolved, and the ticket has forgotten it
        return self._story

    def _found(self, folded: Folded) -> Lineage | None:
        """The row of the order, of an account that was set aside too."""
        account = self._story.account
        for state in (folded.state, *(each.state for each in folded.parked.values() if each.party.name == account)):
            for each in self._ids:
                key = state.by_id.get((account, each))
                if key is not None and (found := state.lineages.get(key)) is not None:
                    self._take_amendments(state, found)
                    return found
        return None

    def _take_amendments(self, state: DeskState, lineage: Lineage) -> None:
        for name in lineage.amendments:
            if name in state.amendments:
                self._story.amendments[name] = state.amendments[name]

    # -- what a row made of the order ----------------------------------------------------------------------------------

    def _of_order(self, row: Row, lineage: Lineage) -> None:
        count = lineage.told_before + len(lineage.history)
        if self._before is None:
            self._begin(row, lineage, count)
        new = lineage.history[-(count - self._told) :] if count > self._told else []
        changes = self._changes(lineage) if new else ""
        for line in new:
            text = line.text
            if changes and line.source.value in _VENUE:
                text, changes = (text if changes in text else f"{changes}; {text}"), ""
            self._add(line.at, line.source.value, text, row)
        if not new and row.kind in _SHOWS and lineage.seen_at != self._seen_at:
            self._seen_again(row)
        self._of_unsettled(row, lineage)
        self._before, self._told, self._seen_at = lineage.order, count, lineage.seen_at
        self._story.row, self._story.key, self._story.at = lineage, lineage.key, row.at

    def _begin(self, row: Row, lineage: Lineage, count: int) -> None:
        """Tell the order as it is met first."""
        if row.kind == CHECKPOINT:
            # What is in it was told by rows before it, which may not be there any more.
            self._before = lineage.order
            text = f"the record goes on from what was known: {_state(lineage.order)}"
            self._add(lineage.seen_at, TICKET, text, row)
            self._told = count
        elif count == 0:
            self._add(row.at, lineage.source.value, f"first seen: {_state(lineage.order)}", row)
        self._before = lineage.order

    def _changes(self, lineage: Lineage) -> str:
        """The terms that differ from those before, old and new."""
        before, now = self._before, lineage.order
        if before is None or before is now:
            return ""
        pairs = ((term.label, term.shown(before), term.shown(now)) for term in changed_terms(before, now))
        return ", ".join(f"{label} {_number(old)} → {_number(new)}" for label, old, new in pairs)

    def _seen_again(self, row: Row) -> None:
        """Let a row that shows the same be evidence of what a venue said last."""
        last = self._story.lines[-1] if self._story.lines else None
        if last is not None and last.who in _VENUE and row.seq not in last.rows and len(last.rows) < _MOST_ROWS:
            self._story.lines[-1] = Line(last.at, last.who, last.text, (*last.rows, row.seq))

    def _of_unsettled(self, row: Row, lineage: Lineage) -> None:
        """Tell how long the outcome of an amendment was not known, once it is."""
        for name in lineage.amendments:
            amendment = self._story.amendments.get(name)
            if amendment is None:
                continue
            if amendment.is_open:
                self._unsettled.add(name)
            elif name in self._unsettled and amendment.rungs:
                self._unsettled.remove(name)
                took = _length(amendment.latest.at - amendment.rungs[0].at)
                text = f"{name} is settled, {took} after it was asked for: {amendment.outcome}"
                self._add(amendment.latest.at, TICKET, text, row)

    # -- what happened around it ---------------------------------------------------------------------------------------

    def _of_ticket(self, row: Row) -> None:
        """Sessions and links, from the moment on at which the order is known."""
        if row.kind == Session.__name__:
            self._story.link, self._story.ended_at = None, None  # it makes its links anew
            self._add(row.at, TICKET, "the ticket started", row)
        elif row.kind == SessionEnded.__name__:
            self._story.ended_at = row.at
            self._add(row.at, TICKET, "the ticket ended; what happens until it starts again is not seen", row)
        elif row.kind == ev.LinkChanged.__name__ and row.account == self._story.account:
            self._of_link(row)

    def _of_link(self, row: Row) -> None:
        event = codec.loads(ev.LinkChanged, row.body)
        was_up = self._story.link is LinkState.UP
        if event.state is LinkState.UP and not was_up:
            self._add(row.at, TICKET, "the link is up", row)
        elif event.state is not LinkState.UP and was_up:
            why = f": {event.text}" if event.text else ""
            self._add(row.at, TICKET, f"the link is down{why}; what happens meanwhile is not seen", row)
        self._story.link, self._story.link_at = event.state, row.at

    def _add(self, at: int, who: str, text: str, row: Row) -> None:
        if who == TICKET and not self._is_told_of(row):
            return
        self._story.lines.append(Line(at, who, text, (row.seq,)))

    def _is_told_of(self, row: Row) -> bool:
        """Return True while the order is known, and works or waits for an outcome, or what is told is that outcome."""
        if self._before is None:
            return False
        return self._before.is_open or bool(self._unsettled) or row.kind not in _AROUND


#: Rows about the ticket and its links.
_AROUND = frozenset(kind.__name__ for kind in (Session, SessionEnded, ev.LinkChanged))

#: Most rows that are named as evidence of one line.
_MOST_ROWS = 4

#: Who a venue speaks by.
_VENUE = frozenset(each.value for each in (Source.REPLY, Source.PUSH, Source.LOOKUP, Source.LISTING, Source.HISTORY))

#: Rows that show orders.
_SHOWS = frozenset(kind.__name__ for kind in (ev.OrderSeen, ev.OpenOrdersListed))


def needed(records: Iterable[Row], account: str) -> Iterator[Row]:
    """Leave out the rows that make nothing of an account's orders."""
    for row in records:
        if row.kind == CHECKPOINT or (row.kind not in UNNEEDED and row.account in (account, "")):
            yield row


def _state(order: Order) -> str:
    price = f" at {tidy(order.price)}" if order.price is not None else ""
    filled = f", {tidy(order.filled)} filled" if order.filled else ""
    return f"{order.status.value.replace('_', ' ')}, {tidy(order.unfilled)} left{price}{filled}"


def _length(nanoseconds: int) -> str:
    """A length of time as a person says it, in milliseconds where it is less than a second."""
    return in_seconds(nanoseconds / _SECOND) if nanoseconds >= _SECOND else f"{nanoseconds // 1_000_000} ms"


def _number(value: Decimal | None) -> str:
    return "none" if value is None else tidy(value)

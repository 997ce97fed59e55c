"""One amendment: all the records about it and about its order meanwhile, the session's rules, the clocks around it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.cli.journal.survey import Family
from app.cli.journal.words import order_in
from app.desk.journal import codec as codec
from app.desk.journal.chain import Row
from app.desk.journal.history import KnownAmendment
from app.desk.journal.reading import END, around, marks, nearest, rows, timeline
from app.desk.journal.records import ClockRead, LeftBehind, Party, RulesInForce, Session, SessionEnded, TakenOver
from app.desk.journal.store import CHECKPOINT, StoreError
from app.domain import events as ev
from app.domain.evidence import SECOND

#: Records that matter whatever they name: what became of the link, and when the ticket ran.
_ALWAYS = frozenset(kind.__name__ for kind in (ev.LinkChanged, Session, SessionEnded))

#: Records that matter if they name the order: what the venue showed of it, and what was said about it.
_OF_ORDERS = frozenset(
    kind.__name__
    for kind in (
        ev.OpenOrdersListed,
        ev.OrderSeen,
        ev.OrderMissing,
        ev.LookUpFailed,
        ev.FillSeen,
        ev.CancelRequested,
        ev.CancelAnswered,
        ev.Noticed,
        ev.WireSeen,
    )
)

#: Right before an intent stand the quote it was checked against and a clock reading.
_BEFORE_INTENT = 2

#: By how much our two clocks may run apart between two readings before one of them must have been set, in nanoseconds.
_SET = SECOND


@dataclass(frozen=True, slots=True)
class StoryRecord:
    """One row, and the file it stands in."""

    path: Path
    row: Row

    @property
    def body(self) -> Any:
        """Its content as it stands in the journal; its plain text if that is no JSON."""
        try:
            return json.loads(self.row.body, parse_float=str)
        except ValueError:
            return self.row.body


@dataclass(frozen=True, slots=True)
class Clocks:
    """The readings of the account's clocks around the moment an amendment was asked.

    Attributes:
        before, after: None where there is none.
        set_by: by how much our clock was set between the two, nanoseconds; 0 if it was not or that is not known.
    """

    before: ClockRead | None = None
    after: ClockRead | None = None
    set_by: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """Everything the journal holds about an amendment.

    Attributes:
        path: the first segment's file of the family that knows it best.
        records: in order.
        session: the one it was asked in, None where its record is gone or `unread`, which says why.
    """

    known: KnownAmendment
    path: Path
    records: tuple[StoryRecord, ...]
    session: Session | None = None
    unread: str = ""
    clocks: Clocks = Clocks()

    @property
    def party(self) -> Party | None:
        """The account as that session had it."""
        accounts = self.session.accounts if self.session is not None else ()
        return next((each for each in accounts if each.name == self.known.account), None)

    @property
    def rules(self) -> RulesInForce | None:
        """Rules that session went by at the account's venue."""
        party, rules = self.party, self.session.rules if self.session is not None else ()
        return next((each for each in rules if party is not None and each.profile.name == party.venue), None)


def story(families: Sequence[Family], known: KnownAmendment, path: Path) -> Story:
    """Gather everything about an amendment.

    Args:
        families: all of the journal; one ticket may have taken the amendment over from another.
        known: the amendment.
        path: the family that knows it best.
    """
    name = known.amendment.amendment_id
    parts = [part for each in families if (part := list(_records(each, known, sure=each.path == path)))]
    parts.sort(key=lambda part: part[0].row.at)
    records = tuple(record for part in parts for record in part)
    intents = (each for each in records if each.row.kind == ev.AmendmentRequested.__name__ and _names(each.row, name))
    asked = next(intents, None)
    if asked is None:
        return Story(known, path, records)
    segments = next(each.sources for each in families if asked.path in [one.path for one in each.segments])
    try:
        began = nearest(segments, Session.__name__, "", asked.row.seq)
        session = codec.loads(Session, began.body) if began is not None else None
        return Story(known, path, records, session, clocks=_clocks(segments, known.account, asked.row.seq))
    except (codec.CodecError, StoreError) as error:
        return Story(known, path, records, unread=f"The session's record cannot be read: {error}")


def _records(family: Family, known: KnownAmendment, *, sure: bool) -> Iterator[StoryRecord]:
    """The records of a family about an amendment, and about its order and its link until it was settled."""
    name, amendment = known.amendment.amendment_id, known.amendment
    mine = [row.seq for path in family.sources for row in (*_so_far(timeline(path, name)), *_handed_over(path, name))]
    if not mine and sure:
        # The list of mentions may have been changed, no hash covers it. The records themselves tell.
        everything = (row for path in family.sources for row in _so_far(rows(path)))
        mine = [row.seq for row in everything if row.kind != CHECKPOINT and _names(row, name)]
    if not mine:
        return
    first, last = min(mine), max(mine)
    until = amendment.latest.at if amendment.stage.is_settled and amendment.rungs else END
    order = order_in(known.ids)
    for path in family.sources:
        for row in _so_far(around(path, known.account, first - _BEFORE_INTENT, last, until)):
            quote = row.kind == ev.QuoteSeen.__name__ and row.seq < first
            about = row.kind in _OF_ORDERS and row.seq >= first and order.search(row.body)
            if quote or about or (row.kind in _ALWAYS and row.seq >= first) or _names(row, name):
                yield StoryRecord(family.shown(path), row)


def _handed_over(path: Path, name: str) -> Iterator[Row]:
    """The records by which an amendment passed from one family to another."""
    try:
        places = marks(path, (LeftBehind.__name__, TakenOver.__name__))
    except StoreError:
        return
    for seq, _ in places:
        yield from (row for row in _so_far(rows(path, first=seq, last=seq)) if _names(row, name))


def _so_far(source: Iterable[Row]) -> Iterator[Row]:
    """Rows as far as they can be read; the check of the chain says where that ends."""
    try:
        yield from source
    except StoreError:
        return


def _names(row: Row, amendment: str) -> bool:
    return f'"{amendment}"' in row.body


def _clocks(segments: Sequence[Path], account: str, seq: int) -> Clocks:
    before = nearest(segments, ClockRead.__name__, account, seq)
    after = nearest(segments, ClockRead.__name__, account, seq, after=True)
    first, second = (codec.loads(ClockRead, each.body) if each is not None else None for each in (before, after))
    if first is None or second is None or before is None or after is None:
        return Clocks(first, second)
    session = nearest(segments, Session.__name__, "", before.seq, after=True)
    if session is not None and session.seq < after.seq:
        return Clocks(first, second)  # the monotonic clock of another process may have begun elsewhere
    off = (second.at - first.at) - (second.monotonic - first.monotonic)
    return Clocks(first, second, off if abs(off) > _SET else 0)

"""Every amendment a journal ever knew, also those its state has forgotten since. Reads only, beside the writer.

A settled amendment leaves the state at the start of a session a day later, one of an ended practice venue sooner. So
the journal is folded up to each of these places, every time from the last checkpoint before it: what lies between the
last of them and the next checkpoint is in that checkpoint, and need not be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.desk.journal import codec as codec
from app.desk.journal.chain import Row
from app.desk.journal.reading import extent, marks, rows
from app.desk.journal.records import Session, TakenOver
from app.desk.journal.replay import Folded, FoldError, Folding, left_out
from app.desk.journal.store import CHECKPOINT, StoreError
from app.desk.state import Lineage
from app.domain import events as ev
from app.domain.amendment import Amendment
from app.domain.ports import Rulebook

#: Records after which the state may lack an amendment it had before.
_FORGETS = frozenset({Session.__name__, TakenOver.__name__})

#: Says by itself which amendments leave the state, and how they stood.
_LEFT = ev.OrdersForgotten.__name__

_INTENT = ev.AmendmentRequested.__name__

#: What folding records that somebody changed may come to, beside records that cannot be read.
NONSENSE = (LookupError, TypeError, ValueError, AttributeError)

LOST = "What became of it cannot be told: records it rests on are missing or cannot be read."


@dataclass(frozen=True, slots=True)
class KnownAmendment:
    """An amendment as the journal knew it last.

    Attributes:
        account: configured name.
        ids: every order id its order has had, oldest first.
    """

    amendment: Amendment
    account: str
    ids: tuple[str, ...]


def known(
    segments: Sequence[Path],
    rulebooks: Mapping[str, Rulebook],
    problems: list[str],
    at_row: Callable[[Row], None],
    *,
    thorough: bool = False,
) -> Iterator[KnownAmendment]:
    """The amendments of a family. One that comes a second time supersedes what came before.

    Args:
        segments: of the family, oldest first.
        rulebooks: by venue name.
        problems: takes one sentence for each row that cannot be read.
        at_row: called for each row that is folded.
        thorough: read every record, for a journal whose chain does not hold. An intent whose order the records do not
            know (any more) comes too, with `LOST` for its outcome.
    """
    if not thorough:
        try:
            yield from _told(_needed(segments), rulebooks, None, at_row)
        except (FoldError, StoreError):
            pass  # a checkpoint that cannot be read: all the records before it can tell what it would
        else:
            return
    yield from _told(_all(segments, problems), rulebooks, problems, at_row)


def _told(
    records: Iterable[Row],
    rulebooks: Mapping[str, Rulebook],
    problems: list[str] | None,
    at_row: Callable[[Row], None],
) -> Iterator[KnownAmendment]:
    folding = Folding(rulebooks)
    for row in records:
        at_row(row)
        forgets = row.kind in _FORGETS or row.kind == CHECKPOINT
        before = _held(folding.folded) if forgets else {}
        try:
            if problems is not None and row.kind == _INTENT:
                lost = codec.loads(ev.AmendmentRequested, row.body).amendment
                yield KnownAmendment(replace(lost, outcome=LOST), row.account, (lost.command.order.order_id,))
            if row.kind == _LEFT:
                for gone in codec.loads(ev.OrdersForgotten, row.body).rows:
                    yield from (KnownAmendment(each, row.account, gone.ids) for each in gone.amendments)
            folding.take(row)
        except NONSENSE as error:
            if problems is None:
                raise FoldError(left_out(row, error)) from error
            problems.append(left_out(row, error))
        if before:
            left = _held(folding.folded)
            yield from (_known(*each) for name, each in before.items() if name not in left)
    yield from (_known(*each) for each in _held(folding.folded).values())


def _held(folded: Folded) -> dict[str, tuple[Amendment, Lineage | None]]:
    """The amendments of a state, those of accounts that were set aside included, with their rows."""
    return {
        name: (each, state.lineages.get(each.lineage))
        for state in (folded.state, *(parked.state for parked in folded.parked.values()))
        for name, each in state.amendments.items()
    }


def _known(amendment: Amendment, lineage: Lineage | None) -> KnownAmendment:
    order = amendment.command.order
    return KnownAmendment(amendment, order.account, (order.order_id,) if lineage is None else tuple(lineage.ids))


def _needed(segments: Sequence[Path]) -> Iterator[Row]:
    """The records that have to be folded: from the last checkpoint up to each place where some are forgotten."""
    written = [path for path in segments if extent(path).records]
    for path in written:
        first, wanted = 0, 0
        alone: list[int] = []
        for seq, kind in marks(path, [CHECKPOINT, _LEFT, *_FORGETS]):
            if kind == _LEFT:
                alone.append(seq)
                continue
            if kind != CHECKPOINT:
                wanted = seq
                continue
            if wanted:
                yield from rows(path, first=first, last=wanted)
            yield from _few(path, [each for each in alone if each > wanted])
            first, wanted, alone = seq, 0, []
        if path is written[-1]:
            yield from rows(path, first=first)
            continue
        if wanted:
            yield from rows(path, first=first, last=wanted)
        yield from _few(path, [each for each in alone if each > wanted])


def _few(path: Path, numbers: Iterable[int]) -> Iterator[Row]:
    for seq in numbers:
        yield from rows(path, first=seq, last=seq)


def _all(segments: Sequence[Path], problems: list[str]) -> Iterator[Row]:
    """Every record that can be read."""
    for path in segments:
        try:
            yield from rows(path)
        except StoreError as error:
            problems.append(str(error))

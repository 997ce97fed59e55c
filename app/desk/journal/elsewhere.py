"""Amendments in other journals: those of tickets that run beside this one, or that ended without an outcome.

Reads only, beside whoever writes. An intent is on the disk before its first byte leaves, so whatever may have reached a
venue is seen here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.desk.journal import codec as codec
from app.desk.journal import files as files
from app.desk.journal.chain import Row
from app.desk.journal.history import NONSENSE
from app.desk.journal.reading import heads, rows
from app.desk.journal.replay import Folded, Folding
from app.desk.journal.store import StoreError, log_of, not_ours
from app.domain.amendment import Amendment
from app.domain.evidence import SECOND
from app.domain.ports import Rulebook

#: A file without a log that was changed longer ago than this, in nanoseconds, is not read again until it changes: by
#: then a further change gives it another time, however coarse the system's clock for files is.
STILL_AFTER = 2 * SECOND


@dataclass(frozen=True, slots=True)
class InFlight:
    """An amendment in a journal that this ticket does not write.

    Attributes:
        path: the first file of that journal.
        account: configured name there.
        marks: tell whether it is the same account as one here, whatever its name; see `marks_of`.
        ids: every order id its order has had.
    """

    path: Path
    account: str
    marks: frozenset[str]
    ids: tuple[str, ...]
    amendment: Amendment

    @property
    def key(self) -> str:
        """Text that no other amendment has: two tickets may give the same id."""
        return f"{self.amendment.amendment_id} {self.path}"

    def is_of(self, marks: frozenset[str], ids: Collection[str]) -> bool:
        """Return True if it is of the order with these ids on an account with these marks."""
        return not (marks.isdisjoint(self.marks) or set(ids).isdisjoint(self.ids))


def in_flight(
    journals: Iterable[Path],
    own: Path | None,
    rulebooks: Mapping[str, Rulebook],
    unread: list[str],
    words: Collection[str] = (),
    further: Iterable[Path] = (),
) -> list[InFlight]:
    """The amendments without an outcome in journals of these names.

    Args:
        journals: first files; those of the tickets that ran beside them are read too.
        own: the one that is left out, because this ticket writes it.
        rulebooks: by venue name.
        unread: takes one sentence for each journal that cannot be read.
        words: see `Elsewhere`.
        further: first files of further families.
    """
    paths = others(journals, own, further)
    read = Elsewhere(rulebooks, words).read(paths, unread)
    return [each for path in paths if path in read for each in _of(path, read[path]) if each.amendment.is_open]


def others(journals: Iterable[Path], own: Path | None, further: Iterable[Path] = ()) -> list[Path]:
    """First files of the journals of these names that have one, and of further families, without our own."""
    known = dict.fromkeys(each for path in journals for each in files.families(path.resolve()))
    known.update(dict.fromkeys(further))
    if own is not None:
        known.pop(own.resolve(), None)
    return list(known)


class Elsewhere:
    """Other journals, kept folded as far as they were read. To be used by one thread at a time."""

    def __init__(self, rulebooks: Mapping[str, Rulebook], words: Collection[str] = ()) -> None:
        """Read nothing yet.

        Args:
            rulebooks: by venue name.
            words: a journal whose sessions name none of these is not folded, for it is about other accounts; see
                `words_of`. Without any, all are.
        """
        self._rulebooks = rulebooks
        self._words = tuple(words)
        self._families: dict[Path, _Family] = {}

    def of(
        self,
        paths: Iterable[Path],
        marks: frozenset[str],
        ids: Collection[str],
        unread: list[str],
        at_row: Callable[[], None] = lambda: None,
    ) -> list[InFlight]:
        """All amendments of one order that these journals know, whatever became of them.

        Args:
            paths: their first files.
            marks: of the account; see `marks_of`.
            ids: every order id the order is known by.
            unread: takes one sentence for each journal that cannot be read.
            at_row: called for each row that is read; what it raises ends the reading.
        """
        read = self.read(paths, unread, at_row)
        known = (each for path, folded in read.items() for each in _of(path, folded))
        return [each for each in known if each.is_of(marks, ids)]

    def read(
        self, paths: Iterable[Path], unread: list[str], at_row: Callable[[], None] = lambda: None
    ) -> dict[Path, Folded]:
        """Read on where the last reading ended; see `of`.

        The first family of a name is read last. Its ticket may just now take over what another one of them left: what
        is gone there when it is read is here by then.
        """
        folded: dict[Path, Folded] = {}
        for path in reversed(list(paths)):
            family = self._families.setdefault(path, _Family(path, self._rulebooks, self._words))
            try:
                folded[path] = family.read(at_row)
            except (StoreError, OSError) as error:
                if files.segments(path):  # else its ticket has just taken it away again, so it had nothing in it
                    unread.insert(0, str(error))
            except NONSENSE as error:
                unread.insert(0, f"The journal {path} cannot be folded: {error}.")
        return folded


class _Family:
    """One other journal."""

    def __init__(self, path: Path, rulebooks: Mapping[str, Rulebook], words: Sequence[str]) -> None:
        self._path = path
        self._words = words
        self._rulebooks = rulebooks
        self._folding = Folding(rulebooks)
        self._segment: tuple[int, int] | None = None
        self._last: Row | None = None
        self._still: object = None

    def read(self, at_row: Callable[[], None]) -> Folded:
        """Fold what was written since the last reading."""
        segments = files.segments(self._path)
        shape, old = _shape(segments)
        if shape is not None and shape == self._still:
            return self._folding.folded
        self._still = None
        try:
            if not any(self._take(segment, at_row) for segment in reversed(segments)):
                self._begin(None)
        except BaseException:
            self._begin(None)  # a half of it is worth nothing
            raise
        self._still = shape if old else None
        return self._folding.folded

    def _take(self, segment: Path, at_row: Callable[[], None]) -> bool:
        """Fold a segment, or what was added to it; False if it has no row."""
        found = segment.stat()
        key = found.st_dev, found.st_ino
        if key == self._segment and self._last is not None:
            added = rows(segment, first=self._last.seq)
            if next(added, None) == self._last:
                self._fold(added, at_row)
                return True
        if self._words and not self._concerns_us(segment):
            self._begin(None)
            return True
        if why := not_ours(segment):
            raise StoreError(why)
        for records in (rows(segment, since_checkpoint=True), rows(segment)):
            self._begin(key)
            self._fold(records, at_row)
            if self._last is not None:
                return True
        return False

    def _concerns_us(self, segment: Path) -> bool:
        """Return True if a session of a segment names one of our accounts, or if nothing says whose they are."""
        named = [row.body.lower() for row in heads(segment)]
        return not named or any(word in body for body in named for word in self._words)

    def _begin(self, segment: tuple[int, int] | None) -> None:
        self._folding, self._segment, self._last = Folding(self._rulebooks), segment, None

    def _fold(self, records: Iterable[Row], at_row: Callable[[], None]) -> None:
        for row in records:
            at_row()
            with suppress(codec.CodecError):  # as a start on that journal does; it says so there
                self._folding.take(row)
            self._last = row


def _shape(segments: list[Path]) -> tuple[object, bool]:
    """Text that changes with the last segment, None while it has a log, and whether it is old enough to rely on."""
    if not segments or log_of(segments[-1]):
        return None, False
    found = segments[-1].stat()
    shape = str(segments[-1]), found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
    return shape, time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) > STILL_AFTER


def set_aside(path: Path, folded: Folded) -> list[InFlight]:
    """The amendments without an outcome of accounts that a journal has and its configuration does not."""
    aside = Folded(parked=folded.parked)
    return [each for each in _of(path, aside) if each.amendment.is_open]


def _of(path: Path, folded: Folded) -> Iterator[InFlight]:
    states = [(folded.state, party) for party in folded.parties.values()]
    states += [(parked.state, parked.party) for parked in folded.parked.values()]
    for state, party in states:
        for each in state.amendments.values():
            lineage = state.lineages[each.lineage]
            if lineage.account == party.name:
                yield InFlight(path, party.name, party.marks, tuple(lineage.ids), each)

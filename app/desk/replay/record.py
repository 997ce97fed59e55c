"""The record that is replayed: a copy of a journal's rows in one run, up to the first that does not hold."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from pathlib import Path

from app.desk.journal import codec as codec
from app.desk.journal.chain import Broken, Row, RowFault
from app.desk.journal.history import NONSENSE
from app.desk.journal.reading import index, rows, verify_family
from app.desk.journal.records import Party, Session, SessionEnded
from app.desk.journal.replay import Checkpoint
from app.desk.journal.salvage import salvage
from app.desk.journal.store import CHECKPOINT
from app.desk.replay.copying import NotReplayed, copied
from app.domain.profile import Profile

#: Kinds of rows that begin and end a session.
_ENDS = (Session.__name__, SessionEnded.__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the record: its number in the journal, its time (nanoseconds UTC), its kind, its account or ""."""

    seq: int
    at: int
    kind: str
    account: str


@dataclass(frozen=True, slots=True)
class Record:
    """A journal as it was when it was copied.

    Step 0 is before the first row; step k is after the k-th.

    Attributes:
        path: the journal's file, as it was named.
        steps: its rows, those before a broken one only.
        faults: a sentence on each thing that is wrong with the journal, the first of them ends `steps`.
        parties: the accounts of all its sessions, by name, each as the last session had it.
        profiles: what its sessions recorded of venues, by venue name.
    """

    path: Path
    steps: tuple[Step, ...]
    faults: tuple[str, ...]
    parties: Mapping[str, Party]
    profiles: Mapping[str, Profile]
    _parts: tuple[tuple[Path, int], ...]

    def rows(self, first: int, last: int) -> Iterator[Row]:
        """Rows number `first` to `last` of the steps, counted from 1 and both included.

        Raises:
            StoreError: if the copy cannot be read any more.
        """
        before = 0
        for path, count in self._parts:
            low, high = max(first, before + 1), min(last, before + count)
            if low <= high:
                yield from rows(path, first=self.steps[low - 1].seq, last=self.steps[high - 1].seq)
            before += count

    def step_at(self, moment: int) -> int:
        """The last step whose row was written at a moment or before; 0 if the moment is before all of them.

        A wall clock may have been set back. What counts is when a row was due: no earlier than the one before it.
        """
        times = list(accumulate((step.at for step in self.steps), max))
        return bisect_right(times, moment)

    def moment(self, step: int) -> int:
        """The time of a step, nanoseconds UTC: of its row, or of one beside it where that has none of its own."""
        place = max(step, 1) - 1
        if self.steps[place].kind != CHECKPOINT:
            return self.steps[place].at
        beside = chain(range(place - 1, -1, -1), range(place + 1, len(self.steps)))
        return next((self.steps[each].at for each in beside if self.steps[each].kind != CHECKPOINT), 0)

    @property
    def killed(self) -> bool:
        """Return True if the journal ends without the end of its last session: it was killed, or still runs."""
        kinds = (step.kind for step in reversed(self.steps))
        return next((kind for kind in kinds if kind in _ENDS), "") == Session.__name__


def read(path: Path, folder: Path, at_row: Callable[[int], None] = lambda done: None) -> Record:
    """Copy a journal and read all of it that holds.

    Args:
        path: its first segment, or a later one to begin there.
        folder: an empty place of our own for the copy; it must stay as long as the record is used.
        at_row: called for each row that is checked, with how many were; what it raises ends the reading.

    Raises:
        NotReplayed: if it is no journal, or nothing of it can be shown.
        OSError: if it cannot be read, or not be copied.
    """
    pairs = copied(path, folder, lambda: at_row(0))
    names = {copy: path for path, copy in pairs}
    counted = 0

    def passed(row: Row) -> None:
        nonlocal counted
        counted += 1
        at_row(counted)

    sources, faults, unread = list(names), [], ""
    broken = verify_family(sources, passed)
    damaged = next((source for source, each in broken if each.fault is RowFault.UNREADABLE), None)
    if damaged is not None:
        # Of that file what can be salvaged, and nothing of those after it.
        rescue = salvage(damaged, folder / f"of {damaged.stem}")
        faults = [f"{names[damaged].name}: {rescue.text}"]
        sources = sources[: sources.index(damaged)]
        if rescue.copy is not None:
            names[rescue.copy] = names[damaged]
            sources.append(rescue.copy)
        else:
            unread = faults[0]
        broken = verify_family(sources)
    steps, parts = _up_to(sources, broken)
    faults = [*(_named(names[source], each) for source, each in broken), *faults]
    if not steps:
        why = faults[0] if faults else f"{path} holds no row yet."
        if why != unread:  # which says so itself
            why = f"{why} Nothing of it can be shown; restore it from a backup, or name another."
        raise NotReplayed(why)
    if faults:
        faults = [f"{faults[0]} Shown is what comes before; it ends at row {steps[-1].seq}.", *faults[1:]]
    parties, profiles = _sessions(steps, parts)
    if not parties:
        raise NotReplayed(f"No session of a ticket is recorded in {path}, so there is nothing to show; name another.")
    return Record(path, tuple(steps), tuple(faults), parties, profiles, tuple(parts))


def _up_to(sources: Sequence[Path], broken: Sequence[tuple[Path, Broken]]) -> tuple[list[Step], list[tuple[Path, int]]]:
    """The steps before the first fault, and how many of them each file has."""
    first = broken[0] if broken else None
    steps: list[Step] = []
    parts: list[tuple[Path, int]] = []
    for source in sources:
        mine = [Step(*each) for each in index(source)]
        if first is not None and source == first[0]:
            mine = [each for each in mine if each.seq < first[1].seq]
        steps += mine
        parts.append((source, len(mine)))
        if first is not None and source == first[0]:
            break
    return steps, parts


def _named(path: Path, broken: Broken) -> str:
    return f"The record is broken in {path.name}: {broken.text}"


def _sessions(steps: Sequence[Step], parts: Sequence[tuple[Path, int]]) -> tuple[dict[str, Party], dict[str, Profile]]:
    """The accounts and the venues that the record names; a record of them that cannot be read names none."""
    parties: dict[str, Party] = {}
    profiles: dict[str, Profile] = {}
    before = 0
    for path, count in parts:
        for place in range(before, before + count):
            step = steps[place]
            opens = step.kind == CHECKPOINT and place == 0
            if not opens and step.kind != Session.__name__:
                continue
            for row in rows(path, first=step.seq, last=step.seq):
                try:
                    if opens:
                        parties.update(codec.loads(Checkpoint, row.body).folded.parties)
                        continue
                    session = codec.loads(Session, row.body)
                except NONSENSE:
                    continue
                parties.update({each.name: each for each in session.accounts})
                profiles.update({each.profile.name: each.profile for each in session.rules})
        before += count
    return parties, profiles

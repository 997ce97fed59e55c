"""The fold that is moved: by folding on, or from the nearest state before, kept on the way or by the journal. Pure.

The state after step k is what a fold of the first k rows gives, hash for hash, however it was reached.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from app.desk.journal.chain import Row
from app.desk.journal.history import NONSENSE
from app.desk.journal.replay import Folded, Folding, each_line, hash_of, left_out
from app.domain.ports import Rulebook

#: Rows between two states that are kept, at first; twice as many each time they hold more than there is room for.
SPACING = 500

#: Things (rows of the list, amendments, ids) that all states kept may hold together.
ROOM = 300_000

#: Rows that are folded between two looks at the clock by whoever moves it.
_PART = 50


class Player:
    """A fold of a record that can be moved to any step of it.

    Attributes:
        count: number of steps.
        position: how many rows are folded now; between two parts of a move, somewhere on the way.
        left_out: by row number, one sentence on each row that cannot be read and was left out so far.
    """

    def __init__(
        self,
        count: int,
        rows: Callable[[int, int], Iterator[Row]],
        rulebooks: Mapping[str, Rulebook],
        *,
        checkpoints: Collection[int] = (),
        spacing: int = SPACING,
        room: int = ROOM,
    ) -> None:
        """Begin before the first row.

        Args:
            count: how many rows there are.
            rows: gives those between two numbers, counted from 1, both included.
            rulebooks: by venue name.
            checkpoints: numbers of the rows that repeat the whole state: nothing before one of them is needed.
            spacing, room: see the constants.
        """
        self.count = count
        self.position = 0
        self.left_out: dict[int, str] = {}
        self._rows, self._rulebooks = rows, rulebooks
        self._spacing, self._room = spacing, room
        self._folding = Folding(rulebooks)
        self._kept: dict[int, Folded] = {0: Folded()}
        self._checkpoints = sorted(checkpoints)

    @property
    def folded(self) -> Folded:
        """Return the fold as it is now; it goes on changing with the next move, so take a copy of what is kept."""
        return self._folding.folded

    def hash(self) -> str:
        """Hash of the state, as the journal's own checkpoints have it."""
        return [*self.hashing()][-1]

    def hashing(self) -> Iterator[str]:
        """Work the hash of the state out, a part at a time; it must not be moved in between.

        Yields:
            "" after every few things in it, and the hash at last.
        """
        found: list[str] = []
        for line in each_line(self.folded.state):
            found.append(line)
            if len(found) % _PART == 0:
                yield ""
        yield hash_of(sorted(found))

    def moving(self, step: int) -> Iterator[int]:
        """Move to a step, a part at a time.

        Args:
            step: 0 to `count`; what is beyond is the nearest of them.

        Yields:
            The position, after every few rows. Who stops asking leaves it there, and may move it elsewhere.
        """
        step = max(0, min(step, self.count))
        self._begin(step)
        if self.position == step:
            return
        first = self.position + 1
        for row in self._rows(first, step):
            if not self._take(row) and self.position == first and first in self._checkpoints:
                self._checkpoints.remove(first)  # it does not tell what is before it after all
                self._folding, self.position = Folding(self._rulebooks), 0
                yield from self.moving(step)
                return
            if self.position % _PART == 0:
                yield self.position

    def move(self, step: int) -> None:
        """Move to a step at once."""
        for _ in self.moving(step):
            pass

    def _begin(self, step: int) -> None:
        """Start from the nearest state before the step, unless the fold itself is one and as near."""
        kept = _last(sorted(self._kept), step)
        place = max(kept, _last(self._checkpoints, step) - 1)
        if place <= self.position <= step:
            return
        # A checkpoint is folded like any row; what is there before it makes no difference.
        before = self._kept[kept].copied() if place == kept else Folded()
        self._folding, self.position = Folding.resumed(before, self._rulebooks), place

    def _take(self, row: Row) -> bool:
        """Fold a row; False if it cannot be read, which leaves it out, as a start on that journal does."""
        is_read = True
        try:
            self._folding.take(row)
        except NONSENSE as error:
            self.left_out[row.seq] = left_out(row, error)
            is_read = False
        self.folded.last_at = max(self.folded.last_at, row.at)
        self.position += 1
        if self.position % self._spacing == 0 and self.position not in self._kept:
            self._kept[self.position] = self.folded.copied()
            self._make_room()
        return is_read

    def _make_room(self) -> None:
        while len(self._kept) > 2 and sum(map(_size, self._kept.values())) > self._room:
            self._spacing *= 2
            self._kept = {place: each for place, each in self._kept.items() if place % self._spacing == 0}


def _last(places: Sequence[int], step: int) -> int:
    """The last of some places that is no later than a step, 0 if none is."""
    place = bisect_right(places, step)
    return places[place - 1] if place else 0


def _size(folded: Folded) -> int:
    state = folded.state
    return len(state.lineages) + len(state.amendments) + len(state.by_id) + len(state.wire)

"""Order of the rows of a list that may be long: each row has a place by the key it was put there with. Pure.

A place is found by halving and a row is put into it by moving pointers: of 100,000 rows a few can change without any
work on the others. A row whose value changed keeps its place until it is settled, and so does a new one at the end.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import count, groupby, islice
from typing import Any

from app.ui.orders.row import Column, OrderRow, SortKey

#: A key and its row: rank, value and lineage. No two are equal, so that rows are never compared.
Place = tuple[int, Any, str]
Entry = tuple[Place, OrderRow]

_VALUED, _VALUELESS, _AT_THE_END = 0, 1, 2


class _Down(str):
    """A text that sorts the other way round."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)

    def __gt__(self, other: str) -> bool:
        return str.__lt__(self, other)


class RowOrder:
    """Rows by their place.

    Attributes:
        entries: all rows, each with its key, in order.
    """

    def __init__(self, column: Column = Column.VENUE, *, descending: bool = False) -> None:
        self.column, self.descending = column, descending
        self.entries: list[Entry] = []
        self._places: dict[str, Place] = {}
        self._misplaced: set[str] = set()
        self._last = 0
        self._runs: list[list[Entry]] = []

    # -- reading -------------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, lineage: str) -> bool:
        return lineage in self._places

    def lacks(self, other: RowOrder) -> bool:
        """Return True if the other one is without a row of this one."""
        return not self._places.keys() <= other._places.keys()

    def row(self, position: int) -> OrderRow:
        """Return the row at a position."""
        return self.entries[position][1]

    def position(self, lineage: str) -> int | None:
        """Return where a lineage is, None if it is not here."""
        place = self._places.get(lineage)
        if place is None:
            return None
        position = self._at(lineage)
        return position if position < len(self.entries) and self.entries[position][0] == place else None

    @property
    def misplaced(self) -> int:
        """The number of rows that are not where their value belongs."""
        return len(self._misplaced)

    @property
    def taken(self) -> int:
        """The number of rows of a list that is being made, filtered ones left out."""
        return sum(map(len, self._runs))

    def key(self, row: OrderRow) -> Place:
        """Return the key by which a row belongs where it does."""
        value: SortKey = row.keys[self.column]
        if value is None:
            return _VALUELESS, 0, row.lineage
        if not self.descending:
            return _VALUED, value, row.lineage
        if isinstance(value, str):
            return _VALUED, _Down(value), row.lineage
        return _VALUED, value.copy_negate() if isinstance(value, Decimal) else -value, row.lineage

    def displaced(self) -> int:
        """Return how many rows would be elsewhere, were all of them where they belong."""
        wanted = sorted((self.key(row), row) for _, row in self.entries)
        return sum(1 for (_, now), (_, then) in zip(self.entries, wanted, strict=True) if now is not then)

    # -- changing ------------------------------------------------------------------------------------------------------

    def put_last(self, rows: Iterable[OrderRow]) -> None:
        """Add new rows at the end; `settle` takes them where they belong."""
        for row in rows:
            self._last += 1
            place = (_AT_THE_END, self._last, row.lineage)
            self._places[row.lineage] = place
            self._misplaced.add(row.lineage)
            self.entries.append((place, row))

    def change(self, position: int, row: OrderRow) -> bool:
        """Put another row of the same lineage in its stead; True if it belongs elsewhere now."""
        place = self.entries[position][0]
        self.entries[position] = (place, row)
        if self.key(row) == place:
            self._misplaced.discard(row.lineage)
            return False
        self._misplaced.add(row.lineage)
        return True

    def remove(self, first: int, last: int) -> None:
        """Take the rows of these positions out."""
        for _, row in self.entries[first : last + 1]:
            del self._places[row.lineage]
            self._misplaced.discard(row.lineage)
        del self.entries[first : last + 1]

    def stack(self, kept: list[Entry], others: Iterable[OrderRow]) -> None:
        """Show the kept rows and others below them, which have no place: for the moment in which a list is replaced."""
        places: Iterable[Place] = ((_AT_THE_END, number, "") for number in count())
        self.entries = kept + list(zip(places, others, strict=False))

    def is_settled(self) -> bool:
        """Return True if every row is where it belongs. A row may be misplaced and yet between the right neighbours."""
        return all(self._between(lineage) for lineage in self._misplaced)

    def _between(self, lineage: str) -> bool:
        position = self._at(lineage)
        here = self.key(self.entries[position][1])
        before = self.key(self.entries[position - 1][1]) if position else None
        after = self.key(self.entries[position + 1][1]) if position + 1 < len(self.entries) else None
        return (before is None or before < here) and (after is None or here < after)

    def settle(self, most: int) -> None:
        """Take rows where they belong, at most so many; the others go on waiting.

        The list is cut at their places and put together again: nothing is done with a row that stays.
        """
        moved = list(islice(self._misplaced, most))
        self._misplaced.difference_update(moved)
        positions = sorted(map(self._at, moved))
        rows = [self.entries[position][1] for position in positions]
        for first, last in reversed(list(runs(positions))):
            del self.entries[first : last + 1]
        coming = sorted(self._placed(row) for row in rows)
        merged: list[Entry] = []
        done = 0
        for entry in coming:
            position = bisect_left(self.entries, entry, done)
            merged += self.entries[done:position]
            merged.append(entry)
            done = position
        merged += self.entries[done:]
        self.entries = merged

    def _at(self, lineage: str) -> int:
        return bisect_left(self.entries, (self._places[lineage],))

    def _placed(self, row: OrderRow) -> Entry:
        place = self._places[row.lineage] = self.key(row)
        return place, row

    def take(self, rows: Iterable[OrderRow]) -> None:
        """Take rows of an order that is being made; runs of like length are merged, so that no step is a long one."""
        self._runs.append(sorted(map(self._placed, rows)))
        while len(self._runs) > 1 and len(self._runs[-1]) * 2 > len(self._runs[-2]):
            self.merge()

    def finish(self) -> None:
        """Merge what was taken in parts."""
        while self.merge():
            pass
        self.entries = self._runs.pop() if self._runs else []

    def merge(self) -> bool:
        """Merge two runs; False where there are none to merge."""
        if len(self._runs) < 2:
            return False
        last = self._runs.pop()
        self._runs[-1] += last
        self._runs[-1].sort()  # two runs in order: they are merged
        return True


def runs(positions: list[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last of every run of neighbours, of positions in order."""
    for _, run in groupby(enumerate(positions), key=lambda pair: pair[1] - pair[0]):
        neighbours = [position for _, position in run]
        yield neighbours[0], neighbours[-1]

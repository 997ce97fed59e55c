"""Order of the rows of a list that may be long: each row has a place by the key it was put there with. Pure.

A place is found by halving and a row is put into it by moving pointers: of 100,000 rows a few can change without any
work on the others. A row whose value changed keeps its place until it is settled, and so does a new one at the end.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import count, groupby, islice, repeat
from operator import itemgetter
from typing import Any

from app.ui.orders.row import Column, SortKey

#: Rank, value and lineage of a row. No two are equal.
Place = tuple[int, Any, str]

#: A row by its lineage, and what it sorts by.
Keyed = tuple[str, SortKey]

_VALUED, _VALUELESS, _AT_THE_END = 0, 1, 2
_VALUE, _LINEAGE = itemgetter(1), itemgetter(2)

#: One of so many rows is looked at to find out where runs are cut.
_SAMPLED = 32

#: So few rows are put into a long list one by one; of more the list is cut and put together again.
_FEW = 8


class _Down(str):
    """A text that sorts the other way round."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)

    def __gt__(self, other: str) -> bool:
        return str.__lt__(self, other)


class RowOrder:
    """Lineages by their place.

    Attributes:
        entries: the places of all rows, in order; the last part of each is the row's lineage.
    """

    def __init__(self, column: Column = Column.VENUE, *, descending: bool = False) -> None:
        self.column, self.descending = column, descending
        self.entries: list[Place] = []
        self._places: dict[str, Place] = {}
        self._misplaced: dict[str, Place] = {}
        self._last = 0
        self._runs: list[list[Place]] = []

    # -- reading -------------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, lineage: str) -> bool:
        return lineage in self._places

    @property
    def known(self) -> Mapping[str, Place]:
        """The place of each row by its lineage: of many rows this is asked sooner than the order itself."""
        return self._places

    def lacks(self, other: RowOrder) -> bool:
        """Return True if the other one is without a row of this one."""
        return len(self._places) > len(other._places) or not self._places.keys() <= other._places.keys()

    def lineage(self, position: int) -> str:
        """Return the lineage at a position."""
        return self.entries[position][2]

    def position(self, lineage: str) -> int | None:
        """Return where a lineage is, None if it is not here."""
        place = self._places.get(lineage)
        if place is None:
            return None
        position = bisect_left(self.entries, place)
        return position if position < len(self.entries) and self.entries[position] == place else None

    @property
    def misplaced(self) -> int:
        """The number of rows that are not where their value belongs."""
        return len(self._misplaced)

    def place(self, lineage: str, value: SortKey) -> Place:
        """Return where a row with that value belongs."""
        if value is None:
            return _VALUELESS, 0, lineage
        if not self.descending:
            return _VALUED, value, lineage
        if isinstance(value, str):
            return _VALUED, _Down(value), lineage
        return _VALUED, value.copy_negate() if isinstance(value, Decimal) else -value, lineage

    def displaced(self) -> int:
        """Return how many rows would be elsewhere, were all of them where they belong."""
        wanted = sorted(self._misplaced.get(place[2], place) for place in self.entries)
        return sum(1 for now, then in zip(self.entries, wanted, strict=True) if now[2] != then[2])

    def settled(self) -> RowOrder:
        """Return another one of the same rows, each of them where it belongs."""
        other = RowOrder(self.column, descending=self.descending)
        other.entries, other._last = self.entries.copy(), self._last
        other._places, other._misplaced = self._places.copy(), self._misplaced.copy()
        other.settle(len(self))
        return other

    def of(self, entries: list[Place]) -> RowOrder:
        """Return one by the same column of some of these rows, which are where they belong; takes the list over."""
        other = RowOrder(self.column, descending=self.descending)
        other.entries, other._last = entries, self._last
        if len(entries) == len(self.entries):
            other._places = self._places.copy()
        else:
            other._places = dict(zip(map(_LINEAGE, entries), entries, strict=True))
        return other

    # -- changing ------------------------------------------------------------------------------------------------------

    def put_last(self, rows: Iterable[Keyed]) -> None:
        """Add new rows at the end; `settle` takes them where they belong."""
        for lineage, value in rows:
            self._last += 1
            place = (_AT_THE_END, self._last, lineage)
            self._places[lineage] = place
            self._misplaced[lineage] = self.place(lineage, value)
            self.entries.append(place)

    def belongs(self, lineage: str, value: SortKey) -> int:
        """Return the position a new row is to be put at."""
        return bisect_left(self.entries, self.place(lineage, value))

    def put(self, position: int, lineage: str, value: SortKey) -> None:
        """Put a new row where it belongs."""
        place = self._places[lineage] = self.place(lineage, value)
        self.entries.insert(position, place)

    def change(self, lineage: str, value: SortKey) -> bool:
        """Take in what a row that is here sorts by now; True if it belongs elsewhere now. It stays where it is."""
        place = self.place(lineage, value)
        if place == self._places[lineage]:
            self._misplaced.pop(lineage, None)
            return False
        self._misplaced[lineage] = place
        return True

    def remove(self, first: int, last: int) -> None:
        """Take the rows of these positions out."""
        for _, _, lineage in self.entries[first : last + 1]:
            del self._places[lineage]
            self._misplaced.pop(lineage, None)
        del self.entries[first : last + 1]

    def stack(self, kept: list[Place], others: Iterable[str]) -> None:
        """Show the kept rows and others below them, which have no place: for the moment in which a list is replaced."""
        self.entries = [*kept, *zip(repeat(_AT_THE_END), count(), others)]

    def is_settled(self) -> bool:
        """Return True if every row is where it belongs. A row may be misplaced and yet between the right neighbours."""
        return all(self._between(lineage) for lineage in self._misplaced)

    def _between(self, lineage: str) -> bool:
        position = bisect_left(self.entries, self._places[lineage])
        here = self._wanted(position)
        before = self._wanted(position - 1) if position else None
        after = self._wanted(position + 1) if position + 1 < len(self.entries) else None
        return (before is None or before < here) and (after is None or here < after)

    def _wanted(self, position: int) -> Place:
        place = self.entries[position]
        return self._misplaced.get(place[2], place)

    def settle(self, most: int) -> None:
        """Take rows where they belong, at most so many; the others go on waiting.

        The list is cut at their places and put together again: nothing is done with a row that stays.
        """
        coming = sorted(islice(self._misplaced.values(), most))
        positions = sorted(bisect_left(self.entries, self._places[lineage]) for _, _, lineage in coming)
        for first, last in reversed(list(runs(positions))):
            del self.entries[first : last + 1]
        for place in coming:
            del self._misplaced[place[2]]
            self._places[place[2]] = place
        if len(coming) <= _FEW:
            for place in coming:
                self.entries.insert(bisect_left(self.entries, place), place)
            return
        merged: list[Place] = []
        done = 0
        for place in coming:
            position = bisect_left(self.entries, place, done)
            merged += self.entries[done:position]
            merged.append(place)
            done = position
        merged += self.entries[done:]
        self.entries = merged

    # -- making --------------------------------------------------------------------------------------------------------

    def take(self, rows: Iterable[Keyed]) -> None:
        """Take rows of an order that is being made."""
        run = [self.place(lineage, value) for lineage, value in rows]
        self._places.update(zip(map(_LINEAGE, run), run, strict=True))
        self._runs.append(_in_order(run))

    def finish(self, most: int) -> Iterator[None]:
        """Put together what was taken, about so many rows a step; all of it is there after the last step.

        The runs are cut at the same places, and what lies between two cuts is one step: however rows are spread, none
        is much longer than another.
        """
        apart = max(1, most // _SAMPLED)
        cuts = sorted(place for run in self._runs for place in run[_SAMPLED - 1 :: _SAMPLED])[apart - 1 :: apart]
        begun = [0] * len(self._runs)
        for cut in (*cuts, None):
            part: list[Place] = []
            for number, run in enumerate(self._runs):
                end = len(run) if cut is None else bisect_left(run, cut, begun[number])
                part += run[begun[number] : end]
                begun[number] = end
            part.sort()  # runs in order: they are merged
            self.entries += part
            if cut is not None:
                yield
        self._runs = []


def _in_order(run: list[Place]) -> list[Place]:
    """Return places sorted. To compare parts of one kind takes half the time of comparing whole places."""
    with_value = [place for place in run if place[0] == _VALUED]
    without = [place for place in run if place[0] != _VALUED]
    for places in (with_value, without):
        places.sort(key=_LINEAGE)
    with_value.sort(key=_VALUE)
    return with_value + without


def runs(positions: list[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last of every run of neighbours, of positions in order."""
    for _, run in groupby(enumerate(positions), key=lambda pair: pair[1] - pair[0]):
        neighbours = [position for _, position in run]
        yield neighbours[0], neighbours[-1]

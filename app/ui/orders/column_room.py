"""Room that the columns of the list ask for: as much as what was in sight needs, until it is given back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from app.ui.orders.row import COLUMNS, Column, OrderRow, column_widths

_ID_WIDTH = 86
_WIDEST = 240
_MOST_LEAST = 150
#: No content makes a column wider than this, in device-independent pixels: a venue's code can be any length.
_MOST = {Column.AMENDMENT: 166, Column.SYMBOL: 160, Column.TYPE: 110}

#: Texts remembered as measured; durations and codes make new ones all day.
_MOST_REMEMBERED = 10_000

_MEASURED = (
    Column.SYMBOL,
    Column.TYPE,
    Column.PRICE,
    Column.QUANTITY,
    Column.REMAINING,
    Column.FILLED,
    Column.ORDER,
    Column.AMENDMENT,
)


class Measures(Protocol):
    """Measures a cell, in device-independent pixels."""

    def wanted(self, row: OrderRow, column: Column) -> int:
        """Return the width in which a cell shows everything."""
        ...

    def least(self, row: OrderRow, column: Column) -> int:
        """Return the width in which a cell shows what must stay."""
        ...


class ColumnRoom:
    """Widths that the columns want, from what was in sight. They grow; none shrinks until the room is given back."""

    def __init__(self, measures: Measures) -> None:
        """Ask for no more than the columns' own least widths."""
        self._measures = measures
        self._remembered: set[tuple[Column, str | int]] = set()
        self._give_back()

    def _give_back(self) -> None:
        self._wants: dict[Column, int] = {Column.ORDER_ID: _ID_WIDTH}
        self._least: dict[Column, int] = {}
        self._fitting: list[OrderRow] = []
        self._remembered.clear()

    def widths(self, room: int) -> dict[Column, int]:
        """Share a width out among the columns that have a place in it."""
        return column_widths(room, self._wants, self._least)

    def grow(self, rows: Iterable[OrderRow]) -> bool:
        """Take in the rows in sight; return True if one of them needs more than all before it."""
        before, self._fitting = set(map(id, self._fitting)), list(rows)
        grown = [self._take_in(row) for row in self._fitting if id(row) not in before]
        return any(grown)

    def start_over(self, rows: Iterable[OrderRow]) -> bool:
        """Give back the room of what is not in sight any more; return True if that changes a width."""
        before = self._wants, self._least
        self._give_back()
        self.grow(rows)
        return before != (self._wants, self._least)

    def _take_in(self, row: OrderRow) -> bool:
        grown = False
        for column in _MEASURED:
            text = row.text(column)
            # Of numbers in a font of one width the length says enough, and measuring costs more than painting.
            seen = (column, len(text) if COLUMNS[column].right else text)
            if seen in self._remembered:
                continue
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered.add(seen)
            wanted = min(self._measures.wanted(row, column), _MOST.get(column, _WIDEST))
            least = min(self._measures.least(row, column), _MOST_LEAST)
            if wanted > self._wants.get(column, 0) or least > self._least.get(column, 0):
                self._wants[column] = max(wanted, self._wants.get(column, 0))
                self._least[column] = max(least, self._least.get(column, 0))
                grown = True
        return grown

"""Room of the columns: it grows with what was in sight, and is given back only when that is asked for."""

from __future__ import annotations

import pytest

from app.ui.orders import column_room
from app.ui.orders.column_room import ColumnRoom
from app.ui.orders.row import Column, OrderRow
from tests.ui.conftest import make_row

WIDE = 1600


class Letters:
    """Ten pixels a letter; told is what was measured."""

    def __init__(self) -> None:
        self.measured: list[tuple[Column, str]] = []

    def wanted(self, row: OrderRow, column: Column) -> int:
        self.measured.append((column, row.text(column)))
        return 10 * len(row.text(column))

    def least(self, row: OrderRow, column: Column) -> int:
        return 4 * len(row.text(column))


def test_a_column_grows_and_keeps_its_room_until_all_starts_over() -> None:
    room = ColumnRoom(Letters())
    room.grow([make_row("L1")])
    small = room.widths(WIDE)
    assert room.grow([make_row("L1", symbol="A" * 15)])
    wide = room.widths(WIDE)
    assert wide[Column.SYMBOL] > small[Column.SYMBOL]
    assert not room.grow([make_row("L1")]), "it does not shrink"
    assert room.widths(WIDE) == wide
    assert room.start_over([make_row("L1")])
    assert room.widths(WIDE) == small
    assert not room.start_over([make_row("L1")])


def test_no_symbol_takes_all_the_room() -> None:
    room = ColumnRoom(Letters())
    room.grow([make_row("L1", symbol="A" * 5_000)])
    assert sum(room.widths(WIDE).values()) == WIDE
    assert room.widths(WIDE)[Column.SYMBOL] < WIDE / 4


def test_a_row_that_stands_still_and_a_number_as_long_as_another_are_not_measured_again() -> None:
    letters = Letters()
    room = ColumnRoom(letters)
    row = make_row("L1", price="100.00")
    room.grow([row])
    before = len(letters.measured)
    room.grow([row])
    room.grow([make_row("L1", price="200.00")])
    assert len(letters.measured) == before
    room.grow([make_row("L1", price="2,000.00")])
    assert letters.measured[before:] == [(Column.PRICE, "2,000.00")]


def test_what_is_remembered_as_measured_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(column_room, "_MOST_REMEMBERED", 20)
    letters = Letters()
    room = ColumnRoom(letters)
    for number in range(100):
        room.grow([make_row("L1", symbol=f"S{number}")])
        assert len(room._remembered) <= 20
    assert (Column.SYMBOL, "S99 spot") in letters.measured

"""Places of rows in a long list: always in order, found by halving, whatever is put in, changed and taken out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.orders.row import Column
from app.ui.orders.row_order import Keyed, RowOrder, runs
from tests.ui.conftest import KeyedRow, make_row

D = Decimal


def row(name: int, price: int | None, symbol: str = "A") -> KeyedRow:
    made = make_row(f"L{name:03}", number=None if price is None else D(price))
    keys = list(made.keys)
    keys[Column.SYMBOL] = symbol
    return replace(made, keys=tuple(keys))


def shown(order: RowOrder) -> list[str]:
    return [lineage for _, _, lineage in order.entries]


def keyed(*rows: KeyedRow, column: Column = Column.PRICE) -> list[Keyed]:
    return [(each.lineage, each.keys[column]) for each in rows]


def wanted(rows: dict[str, KeyedRow], column: Column, *, descending: bool) -> list[str]:
    by_name = sorted(rows.values(), key=lambda each: each.lineage)
    with_value = [each for each in by_name if each.keys[column] is not None]
    with_value.sort(key=lambda each: each.keys[column], reverse=descending)  # type: ignore[arg-type, return-value]
    return [each.lineage for each in with_value] + [each.lineage for each in by_name if each.keys[column] is None]


PRICES = st.one_of(st.none(), st.integers(-5, 5))
STEPS = st.lists(st.tuples(st.integers(0, 15), PRICES, st.sampled_from("abc"), st.booleans()), max_size=40)


@given(STEPS, st.sampled_from([Column.PRICE, Column.SYMBOL]), st.booleans(), st.integers(1, 5))
def test_any_way_of_filling_gives_the_same_order(
    steps: list[tuple[int, int | None, str, bool]], column: Column, descending: bool, most: int
) -> None:
    order, rows = RowOrder(column, descending=descending), dict[str, KeyedRow]()
    for name, price, symbol, gone in steps:
        new = row(name, price, symbol)
        position = order.position(new.lineage)
        assert (position is None) == (new.lineage not in rows)
        if position is None:
            order.put_last(keyed(new, column=column))
            rows[new.lineage] = new
        elif gone:
            order.remove(position, position)
            del rows[new.lineage]
        else:
            order.change(new.lineage, new.keys[column])
            rows[new.lineage] = new
        order.settle(most)
        assert all(order.lineage(order.position(each) or 0) == each for each in rows)
    while order.misplaced:
        order.settle(most)
    assert shown(order) == wanted(rows, column, descending=descending)
    assert order.displaced() == 0
    for each in order.entries[::2]:
        position = order.belongs("new", rows[each[2]].keys[column])
        order.put(position, "new", rows[each[2]].keys[column])
        assert order.position("new") == position
        assert shown(order.settled()) == shown(order)
        order.remove(position, position)
    assert shown(order.of(order.entries[::2])) == shown(order)[::2]
    whole = RowOrder(column, descending=descending)
    for part in range(0, len(rows), most):
        whole.take(keyed(*list(rows.values())[part : part + most], column=column))
    steps_taken = sum(1 for _ in whole.finish(most))
    assert steps_taken <= len(rows)
    assert shown(whole) == shown(order)


def test_a_changed_row_keeps_its_place_until_it_is_settled() -> None:
    order = RowOrder(Column.PRICE)
    order.put_last(keyed(row(1, 1), row(2, 2), row(3, 3)))
    order.settle(9)
    assert order.change(*keyed(row(1, 9))[0])
    assert not order.is_settled()
    assert (shown(order)[0], order.position("L001"), order.misplaced) == ("L001", 0, 1)
    order.settle(9)
    assert shown(order) == ["L002", "L003", "L001"]
    assert not order.change(*keyed(row(1, 9))[0]), "the same value again"
    order.change(*keyed(row(1, 4))[0])
    assert order.is_settled(), "another value, and the same neighbours"


def test_a_row_without_a_place_is_not_found() -> None:
    order = RowOrder(Column.PRICE)
    order.put_last(keyed(row(1, 1), row(2, 2)))
    order.settle(9)
    order.stack(order.entries[:1], ["L007"])
    assert (order.position("L001"), order.position("L002"), order.position("L007")) == (0, None, None)


@pytest.mark.parametrize(
    "positions, found", [([], []), ([3], [(3, 3)]), ([0, 1, 2, 5, 7, 8], [(0, 2), (5, 5), (7, 8)])]
)
def test_neighbours_are_taken_together(positions: list[int], found: list[tuple[int, int]]) -> None:
    assert list(runs(positions)) == found

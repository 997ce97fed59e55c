"""The book against a matcher so naive that it is obviously right."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.practice.exchange.book import Book, BookError, BookFill
from app.practice.exchange.orders import SelfTrade, Side, TriggerSource

D = Decimal


@dataclass
class Naive:
    """Resting orders in arrival order; every match sorts them all anew."""

    resting: list[list[object]] = field(default_factory=list)

    def match(self, uid: int, side: Side, price: Decimal | None, quantity: Decimal) -> tuple[list[BookFill], Decimal]:
        fills = []
        while quantity > 0:
            sign = 1 if side is Side.BUY else -1
            reached = [
                row
                for row in self.resting
                if row[1] is side.opposite and (price is None or row[2] * sign <= price * sign)
            ]
            if not reached:
                break
            best = min(reached, key=lambda row: row[2] * sign)
            traded = min(quantity, best[3])
            fills.append(BookFill(best[0], uid, best[2], traded))
            quantity -= traded
            best[3] -= traded
            if not best[3]:
                self.resting.remove(best)
        return fills, quantity


sides = st.sampled_from(Side)
prices = st.integers(1, 12).map(lambda number: D(number) / 2)
quantities = st.integers(1, 30).map(lambda number: D(number) / 4)
steps = st.lists(
    st.tuples(
        st.sampled_from(["send", "market", "cancel", "reduce", "grow", "reprice"]),
        sides,
        prices,
        quantities,
        st.integers(0, 30),
    ),
    max_size=60,
)


@given(steps)
@settings(max_examples=150)
def test_it_trades_exactly_as_the_naive_matcher(script: list[tuple[str, Side, Decimal, Decimal, int]]) -> None:
    book, naive = Book("x"), Naive()
    for uid, (what, side, price, quantity, pick) in enumerate(script):
        if what in ("send", "market"):
            limit = price if what == "send" else None
            match = book.match(uid, "a", side, limit, quantity)
            fills, left = naive.match(uid, side, limit, quantity)
            assert list(match.fills) == fills
            assert match.remaining == left
            assert sum((fill.quantity for fill in fills), D(0)) + left == quantity
            if left and limit is not None:
                book.add(uid, "a", side, limit, left)
                naive.resting.append([uid, side, limit, left])
            continue
        if not naive.resting:
            continue
        row = naive.resting[pick % len(naive.resting)]
        known = int(str(row[0]))
        if what == "cancel":
            book.remove(known)
            naive.resting.remove(row)
        elif what == "reduce":
            row[3] = row[3] / 2
            book.resize(known, row[3], keep_place=False)
        elif what == "grow":
            naive.resting.remove(row)
            naive.resting.append([*row[:3], row[3] + quantity])
            book.resize(known, row[3] + quantity, keep_place=False)
        elif not book.would_cross(row[1], price):
            naive.resting.remove(row)
            naive.resting.append([row[0], row[1], price, row[3]])
            book.reprice(known, price, row[3])
    for side in Side:
        sign = -1 if side is Side.BUY else 1
        expected = [row for row in naive.resting if row[1] is side]
        expected.sort(key=lambda row: row[2] * sign)
        assert [(entry.uid, entry.price, entry.quantity) for entry in book.entries(side)] == [
            (row[0], row[2], row[3]) for row in expected
        ]
        for level in book.depth(side):
            rows = [row for row in expected if row[2] == level.price]
            assert level.quantity == sum(row[3] for row in rows)
            assert level.orders == len(rows)
    bid, ask = book.best(Side.BUY), book.best(Side.SELL)
    assert bid is None or ask is None or bid < ask


def three_bids() -> Book:
    book = Book("x")
    for uid in (1, 2, 3):
        book.add(uid, f"owner{uid}", Side.BUY, D(100), D(5))
    return book


def test_a_reduction_keeps_the_place_and_growth_loses_it() -> None:
    book = three_bids()
    book.resize(1, D(2), keep_place=False)
    assert (book.place(2).orders_ahead, book.place(2).quantity_ahead) == (1, D(2))
    book.resize(1, D(3), keep_place=False)
    assert [entry.uid for entry in book.queue(Side.BUY, D(100))] == [2, 3, 1]
    assert book.place(1).quantity_ahead == D(10)


def test_growth_may_be_told_to_keep_the_place() -> None:
    book = three_bids()
    book.resize(1, D(50), keep_place=True)
    assert [entry.uid for entry in book.queue(Side.BUY, D(100))] == [1, 2, 3]
    assert book.level(Side.BUY, D(100)).quantity == D(60)


def test_a_new_price_goes_to_the_back_even_when_it_comes_home() -> None:
    book = three_bids()
    book.reprice(1, D(101), D(5))
    assert book.best(Side.BUY) == D(101)
    book.reprice(1, D(100), D(5))
    assert [entry.uid for entry in book.queue(Side.BUY, D(100))] == [2, 3, 1]


@pytest.mark.parametrize(
    "rule, fills, cancelled", [(SelfTrade.ALLOW, [1, 2], []), (SelfTrade.CANCEL_MAKER, [2, 3], [1])]
)
def test_self_trade_prevention(rule: SelfTrade, fills: list[int], cancelled: list[int]) -> None:
    match = three_bids().match(9, "owner1", Side.SELL, D(99), D(7), rule)
    assert [fill.maker for fill in match.fills] == fills
    assert list(match.cancelled) == cancelled
    assert match.remaining == 0


def test_what_could_trade_is_counted_without_touching_anything() -> None:
    book = three_bids()
    book.add(4, "owner4", Side.BUY, D(90), D(5))
    assert book.fillable(Side.SELL, None, D(17)) == (D(17), D(1680))
    assert book.fillable(Side.SELL, D(95), D(17)) == (D(15), D(1500))
    assert book.fillable(Side.SELL, None, D(17), without="owner1") == (D(15), D(1450))
    assert [level.orders for level in book.depth(Side.BUY)] == [3, 1]


def test_stops_wake_from_the_side_where_they_stand() -> None:
    book = Book("x")
    book.add_stop(1, Side.BUY, D(110), TriggerSource.LAST)
    book.add_stop(2, Side.SELL, D(90), TriggerSource.LAST)
    book.add_stop(3, Side.SELL, D(110), TriggerSource.LAST, rising=True)
    book.add_stop(4, Side.SELL, D(110), TriggerSource.MARK, rising=True)
    assert book.triggered(TriggerSource.LAST, D(100)) == []
    assert book.triggered(TriggerSource.LAST, D(110)) == [1, 3]
    assert book.triggered(TriggerSource.LAST, D(90)) == [2]
    assert book.triggered(TriggerSource.MARK, D(111)) == [4]
    book.remove_stop(1)
    assert book.triggered(TriggerSource.LAST, D(120)) == [3]


def test_nonsense_is_refused() -> None:
    book = three_bids()
    with pytest.raises(BookError, match="rests already"):
        book.add(1, "a", Side.SELL, D(200), D(1))
    with pytest.raises(BookError, match="above zero"):
        book.add(7, "a", Side.SELL, D(200), D(0))
    with pytest.raises(BookError, match="does not rest"):
        book.remove(7)
    with pytest.raises(BookError, match="above zero"):
        book.resize(1, D(0), keep_place=True)

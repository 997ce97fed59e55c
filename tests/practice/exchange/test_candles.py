"""Candles: trades by spans of time, and one for the present even when nothing trades."""

from __future__ import annotations

from decimal import Decimal

from app.practice.exchange.candles import candles, candles_until
from app.practice.exchange.orders import ZERO, Execution, Fee, Side

D = Decimal
FREE = Fee(ZERO, "USD")


def traded(at_ms: int, price: str, quantity: str = "1") -> Execution:
    names = ("1", at_ms, at_ms * 1_000_000, "A", D(price), D(quantity), Side.BUY)
    return Execution(*names, 1, 2, "a", "b", "crowd", "crowd", FREE, FREE)


def test_a_candle_holds_the_trades_of_its_span() -> None:
    first, second = candles(
        [traded(1_000, "5"), traded(1_400, "9", "2"), traded(1_900, "4"), traded(4_000, "6")], 1_000
    )
    assert (first.start_ms, first.open, first.high, first.low, first.close) == (1_000, D(5), D(9), D(4), D(4))
    assert (first.volume, first.value, first.count) == (D(4), D(27), 3)
    assert (first.first_ms, first.last_ms) == (1_000, 1_900)
    assert (second.start_ms, second.count) == (4_000, 1)


def test_the_present_has_a_candle_without_a_trade() -> None:
    found = candles_until([traded(1_000, "5")], 1_000, D(7), 3_500)
    assert [(each.start_ms, each.close, each.count) for each in found] == [(1_000, D(5), 1), (3_000, D(7), 0)]
    assert len(candles_until([traded(3_100, "5")], 1_000, D(7), 3_500)) == 1
    assert [each.close for each in candles_until([], 1_000, D(7), 3_500)] == [D(7)]

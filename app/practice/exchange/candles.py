"""Candles: the public trades of an instrument, by spans of time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from app.practice.exchange.orders import ZERO, Execution


@dataclass(frozen=True, slots=True)
class Candle:
    """Trades of one span.

    Attributes:
        start_ms: beginning of the span, a multiple of its length.
        volume: in the base coin; `value` is the same in the quote coin.
        first_ms: time of the first trade, as `last_ms` of the last.
    """

    start_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = ZERO
    value: Decimal = ZERO
    count: int = 0
    first_ms: int = 0
    last_ms: int = 0


def candles(trades: Iterable[Execution], span_ms: int) -> list[Candle]:
    """Candles of trades that come oldest first; a span without a trade has none."""
    found: list[Candle] = []
    for each in trades:
        at = each.time_ns // 1_000_000
        start = at - at % span_ms
        if not found or found[-1].start_ms != start:
            found.append(Candle(start, each.price, each.price, each.price, each.price, first_ms=at))
        last = found[-1]
        found[-1] = Candle(
            start,
            last.open,
            max(last.high, each.price),
            min(last.low, each.price),
            each.price,
            last.volume + each.quantity,
            last.value + each.value,
            last.count + 1,
            last.first_ms,
            at,
        )
    return found


def candles_until(trades: Iterable[Execution], span_ms: int, price: Decimal, now_ms: int) -> list[Candle]:
    """Candles of trades up to now: the present span has one even if nothing traded in it, flat at `price`."""
    found = candles(trades, span_ms)
    start = now_ms - now_ms % span_ms
    if not found or found[-1].start_ms < start:
        found.append(Candle(start, price, price, price, price, first_ms=start, last_ms=start))
    return found

"""Ticker history and its events, and the summary of all markets.

A row is end, high, low, open, close, volume, bid, ask, instrument and begin of one interval, the times in milliseconds.
Source: AlphaPoint API documentation, "GetTickerHistory", "SubscribeTicker", "Summary", and the operator Notbank's own
client, read 2026-11-30. Bid and ask are those of now in every row: the past ones are not kept.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.practice.exchange.candles import candles_until
from app.practice.exchange.clock import PracticeClock
from app.practice.exchange.orders import ZERO
from app.practice.venues.alphapoint.directory import Directory
from app.practice.venues.alphapoint.errors import INVALID_REQUEST, generic
from app.practice.venues.alphapoint.fields import Payload
from app.practice.venues.alphapoint.rows import Row, Writer

_MOST_ROWS = 1000
_DEFAULT_INTERVAL_S = 60


class Tickers:
    """Reads intervals and summaries out of the exchange."""

    def __init__(self, writer: Writer, directory: Directory, clock: PracticeClock) -> None:
        self._writer = writer
        self._directory = directory
        self._clock = clock

    def asked(self, payload: Payload) -> tuple[str, int]:
        """Symbol and length in milliseconds of the intervals a request is about.

        Raises:
            ApiError: 100 for an interval that is none.
        """
        self._directory.check_oms(payload)
        seconds = payload.maybe_whole("Interval") or _DEFAULT_INTERVAL_S
        if seconds < 1:
            raise generic(INVALID_REQUEST, detail="Interval must be a number of seconds")
        return self._directory.instrument(payload).symbol, seconds * 1000

    def history(self, payload: Payload) -> list[list[Any]]:
        """`GetTickerHistory`, oldest first."""
        symbol, span = self.asked(payload)
        first, last = _moment(payload, "FromDate"), _moment(payload, "ToDate")
        rows = self.rows(symbol, span)
        return [row for row in rows if (first is None or row[0] > first) and (last is None or row[9] <= last)]

    def rows(self, symbol: str, span_ms: int) -> list[list[Any]]:
        """Every interval in which something traded, and the present one."""
        exchange = self._writer.exchange
        inside = self._writer.tape.inside(symbol)
        number = exchange.instrument(symbol).attributes["id"]
        found = candles_until(exchange.trades(symbol), span_ms, inside.last, self._clock.now_ms())
        return [
            [
                each.start_ms + span_ms,
                *(each.high, each.low, each.open, each.close, each.volume),
                *(inside.bid, inside.ask if inside.ask_size else ZERO),
                number,
                each.start_ms,
            ]
            for each in found[-_MOST_ROWS:]
        ]

    def summary(self, payload: Payload) -> list[Row]:
        """`Summary`: the day of every market."""
        exchange = self._writer.exchange
        found = []
        for each in exchange.instruments:
            inside, trades = self._writer.tape.inside(each.symbol), exchange.trades(each.symbol)
            prices = [done.price for done in trades] or [inside.last]
            change = (prices[-1] - prices[0]) / prices[0] * 100
            found.append(
                {
                    "TradingPairs": f"{each.base}_{each.quote}",
                    "LastPrice": inside.last,
                    "LowestAsk": inside.ask if inside.ask_size else ZERO,
                    "HighestBid": inside.bid,
                    "BaseVolume": sum((done.quantity for done in trades), ZERO),
                    "QuoteVolume": sum((done.value for done in trades), ZERO),
                    "PriceChangePercent24H": round(change, 4),
                    "HighestPrice24H": max(prices),
                    "LowestPrice24H": min(prices),
                }
            )
        return found


def _moment(payload: Payload, name: str) -> int | None:
    """A date in milliseconds, UTC unless it says otherwise; None when it is not there.

    Raises:
        ApiError: 100 for what is no date.
    """
    text = payload.text(name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise generic(INVALID_REQUEST, detail=f"{name} must be a date") from None

"""Public market data of a practice Bitget: instruments, tickers, order book, trades.

Every number is a text except the levels of the REST order book, which are JSON numbers. Source: Bitget unified account
documentation, "Market" pages, read 2026-11-21.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.practice.exchange.exchange import Exchange
from app.practice.exchange.orders import ZERO, Execution, Side, SimInstrument, TriggerSource
from app.practice.venues.bitget import errors as code
from app.practice.venues.bitget.errors import BitgetError, invalid
from app.practice.venues.bitget.markets import CATEGORIES, MARGIN, SPOT, listing_of, published

_MOST_LEVELS = 1000


class MarketData:
    """Reads the markets out of the exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._opened = {each.symbol: each.mid for each in exchange.instruments}

    def find(self, category: str, symbol: str) -> SimInstrument:
        """The market of that name.

        Raises:
            BitgetError: 25200 for an unknown category, 25100 for an unknown symbol.
        """
        if category not in CATEGORIES:
            raise invalid("category")
        found = [each for each in self._in(category) if listing_of(each).symbol == symbol]
        if not found:
            raise BitgetError(code.NO_SYMBOL)
        return found[0]

    def _in(self, category: str) -> list[SimInstrument]:
        shared = SPOT if category == MARGIN else category
        return [each for each in self._exchange.instruments if listing_of(each).category == shared]

    def _asked(self, params: Mapping[str, str]) -> tuple[str, list[SimInstrument]]:
        category = params.get("category", "")
        if category not in CATEGORIES:
            raise invalid("category")
        symbol = params.get("symbol")
        return category, [self.find(category, symbol)] if symbol else self._in(category)

    def instruments(self, params: Mapping[str, str]) -> list[dict[str, Any]]:
        """`GET /api/v3/market/instruments`."""
        category, found = self._asked(params)
        return [published(listing_of(each), category, trading=self._exchange.is_trading(each.symbol)) for each in found]

    def tickers(self, params: Mapping[str, str], now_ms: int) -> list[dict[str, Any]]:
        """`GET /api/v3/market/tickers`; the page offers no MARGIN."""
        category, found = self._asked(params)
        if category == MARGIN:
            raise invalid("category")
        return [{"category": category, **self.ticker(each), "ts": str(now_ms)} for each in found]

    def ticker(self, instrument: SimInstrument) -> dict[str, Any]:
        """One ticker, without its time."""
        key, listing = instrument.symbol, listing_of(instrument)
        book, last = self._exchange.book(key), self._exchange.price(key)
        opened = self._opened[key]
        trades = self._exchange.trades(key)
        prices = [opened, last, *(each.price for each in trades)]
        row: dict[str, Any] = {
            "symbol": listing.symbol,
            "lastPrice": last,
            "openPrice24h": opened,
            "highPrice24h": max(prices),
            "lowPrice24h": min(prices),
            "price24hPcnt": ((last - opened) / opened).quantize(Decimal("0.00001")),
            "volume24h": sum((each.quantity for each in trades), ZERO),
            "turnover24h": sum((listing.value(each.price, each.quantity) for each in trades), ZERO),
        }
        for name, side in (("bid1", Side.BUY), ("ask1", Side.SELL)):
            best = book.best(side)
            row[f"{name}Price"] = "" if best is None else best
            row[f"{name}Size"] = "" if best is None else book.level(side, best).quantity
        if listing.is_spot:
            return row
        mark = self._exchange.price(key, TriggerSource.MARK)
        return {**row, "markPrice": mark, "indexPrice": mark, "fundingRate": "0.0001", "openInterest": "52310.5"}

    def orderbook(self, params: Mapping[str, str], now_ms: int) -> dict[str, Any]:
        """`GET /api/v3/market/orderbook`; written with bare numbers by the caller."""
        instrument = self.find(params.get("category", ""), params.get("symbol", ""))
        limit = params.get("limit", "5")
        if not limit.isdigit() or not 1 <= int(limit) <= _MOST_LEVELS:
            raise invalid("limit")
        return {**self.levels(instrument, int(limit)), "ts": str(now_ms)}

    def levels(self, instrument: SimInstrument, limit: int | None) -> dict[str, Any]:
        """Both sides, best first."""
        book = self._exchange.book(instrument.symbol)
        return {
            name: [[level.price, level.quantity] for level in book.depth(side, limit)]
            for name, side in (("a", Side.SELL), ("b", Side.BUY))
        }

    def fills(self, params: Mapping[str, str]) -> list[dict[str, Any]]:
        """`GET /api/v3/market/fills`: the last public trades, newest first."""
        instrument = self.find(params.get("category", ""), params.get("symbol", ""))
        limit = params.get("limit", "100")
        if not limit.isdigit() or not 1 <= int(limit) <= 100:
            raise invalid("limit")
        return [trade_row(each) for each in reversed(self._exchange.trades(instrument.symbol))][: int(limit)]


def trade_row(done: Execution) -> dict[str, Any]:
    """One public trade over REST."""
    return {
        "execId": done.trade_id,
        "price": done.price,
        "size": done.quantity,
        "side": str(done.taker_side),
        "ts": str(done.time_ns // 1_000_000),
    }

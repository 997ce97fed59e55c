"""Public calls of a practice Bitso: books, prices, trades, candles, currencies.

Source: Bitso API documentation, "Public endpoints", read 2026-11-21; `catalogues` and `ohlc` are in no page at hand and
have the rows that public clients quote from them, read 2026-11-30.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from app.practice.exchange.candles import Candle, candles_until
from app.practice.exchange.errors import Refused
from app.practice.exchange.orders import Side
from app.practice.server.messages import HttpRequest
from app.practice.server.server import VenueServer
from app.practice.venues.bitso import errors as code
from app.practice.venues.bitso import rows
from app.practice.venues.bitso.errors import BitsoError, from_core
from app.practice.venues.bitso.push import Stream

_Handler = Callable[[HttpRequest], Any]

#: Lengths of a candle in seconds, as `time_bucket` has them.
_BUCKETS = frozenset({"60", "300", "900", "1800", "3600", "14400", "43200", "86400", "604800"})
_MONEY = {"mxn": "Mexican Pesos", "usd": "US Dollars"}
_COINS = {"btc": "Bitcoin", "eth": "Ether", "usdt": "USDT (Digital Dollars)"}


class Market:
    """Reads the books out of the exchange."""

    def __init__(self, server: VenueServer, stream: Stream) -> None:
        self._server = server
        self._exchange = server.exchange
        self._stream = stream
        self._calls: dict[str, _Handler] = {
            "available_books": self._available_books,
            "ticker": self._ticker,
            "order_book": self._order_book,
            "trades": self._trades,
            "ohlc": self._ohlc,
            "catalogues": self._catalogues,
        }

    def call(self, method: str, name: str) -> _Handler | None:
        """The public call of that name; None if there is none."""
        return self._calls.get(name) if method == "GET" else None

    def _available_books(self, request: HttpRequest) -> Any:
        policy = self._exchange.policy
        told = self._server.switches.choice("books_told")
        listed = [] if told == "none" else self._exchange.instruments
        found = [rows.available_book(each, policy.maker_rate, policy.taker_rate) for each in listed]
        return [{name: row[name] for name in row if told == "all" or name != "tick_size"} for row in found]

    def _ticker(self, request: HttpRequest) -> Any:
        book = request.params.get("book")
        if book is None:
            return [self._tick(each.symbol) for each in self._exchange.instruments]
        return self._tick(self.known(book))

    def _tick(self, symbol: str) -> rows.Row:
        book, last = self._exchange.book(symbol), self._exchange.price(symbol)
        return {
            "book": symbol,
            "ask": book.best(Side.SELL) or Decimal(0),
            "bid": book.best(Side.BUY) or Decimal(0),
            "last": last,
            "high": last,
            "low": last,
            "vwap": last,
            "volume": sum((each.quantity for each in self._exchange.trades(symbol)), Decimal(0)),
            "change_24": Decimal(0),
            "rolling_average_change": {"6": Decimal(0)},
            "created_at": rows.iso(self._server.clock.now_ns(), self._server.switches.choice("time_style")),
        }

    def _order_book(self, request: HttpRequest) -> Any:
        symbol = self.known(request.params.get("book", ""))
        book = self._exchange.book(symbol)
        result: dict[str, Any] = {
            "updated_at": rows.iso(self._server.clock.now_ns(), self._server.switches.choice("time_style")),
            "sequence": str(self._stream.sequence[symbol]),
        }
        merged = request.params.get("aggregate", "true").lower() == "true"  # clients in Python write True
        for name, side in (("bids", Side.BUY), ("asks", Side.SELL)):
            if merged:
                levels = book.depth(side, 50)
                result[name] = [{"book": symbol, "price": lvl.price, "amount": lvl.quantity} for lvl in levels]
            else:
                result[name] = [
                    {
                        "book": symbol,
                        "price": entry.price,
                        "amount": entry.quantity,
                        "oid": self._exchange.by_uid(entry.uid).order_id,
                    }
                    for entry in book.entries(side)
                ]
        return result

    def _trades(self, request: HttpRequest) -> Any:
        symbol = self.known(request.params.get("book", ""))
        limit = min(whole(request.params.get("limit", "25"), "limit"), 100)
        return [
            {
                "book": symbol,
                "created_at": rows.iso(each.time_ns, self._server.switches.choice("time_style")),
                "amount": each.quantity,
                "maker_side": str(each.taker_side.opposite),
                "price": each.price,
                "tid": int(each.trade_id),
            }
            for each in reversed(self._exchange.trades(symbol))
        ][:limit]

    def known(self, book: str) -> str:
        """The symbol of a book.

        Raises:
            BitsoError: 0301 for an unknown one.
        """
        try:
            return self._exchange.instrument(book).symbol
        except Refused as refused:
            raise from_core(refused) from None

    def _ohlc(self, request: HttpRequest) -> Any:
        params = request.params
        symbol = self.known(params.get("book", ""))
        bucket = params.get("time_bucket", "")
        if bucket not in _BUCKETS:
            raise BitsoError(code.FIELD_INVALID, f"The field time_bucket ({bucket}) is either invalid or missing")
        now = self._server.clock.now_ms()
        first, last = whole(params.get("start", "0"), "start"), whole(params.get("end", str(now)), "end")
        span = int(bucket) * 1000
        price = self._exchange.price(symbol)
        found = candles_until(self._exchange.trades(symbol), span, price, now)
        return [_candle(each) for each in found if first - span < each.start_ms <= last]

    def _catalogues(self, request: HttpRequest) -> Any:
        names = sorted({name for each in self._exchange.instruments for name in (each.base, each.quote)})
        metadata = [
            {
                "code": name,
                "full_name": _MONEY.get(name) or _COINS.get(name, name.upper()),
                "color": "02A630",
                "precision": 2 if name in _MONEY else 8,
                "display_ticker": name.upper(),
                "type": "fiat" if name in _MONEY else "crypto",
            }
            for name in names
        ]
        return {"currencies": {"metadata": metadata}}


def whole(text: str, name: str) -> int:
    """A whole number of a query.

    Raises:
        BitsoError: 0304 for anything else.
    """
    if not (text.isascii() and text.isdigit()):
        raise BitsoError(code.FIELD_INVALID, f"{name} takes a whole number.")
    return int(text)


def _candle(candle: Candle) -> rows.Row:
    traded = candle.volume > 0
    return {
        "bucket_start_time": candle.start_ms,
        "first_trade_time": candle.first_ms,
        "last_trade_time": candle.last_ms,
        "first_rate": candle.open,
        "last_rate": candle.close,
        "min_rate": candle.low,
        "max_rate": candle.high,
        "trade_count": candle.count,
        "volume": candle.volume,
        "vwap": rows.eight((candle.value / candle.volume).quantize(rows.EIGHT)) if traded else candle.close,
    }

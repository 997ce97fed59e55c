"""Public calls beside prices: coins, candles, funding, open interest.

Borrowing and funding are not modelled: the rate is a constant and nothing was ever paid. Source: Bitget documentation,
"Get Coin Info" (v2, which public clients call for unified accounts too) and the "Market" pages of the unified account,
and the rows that public clients quote from it, read 2026-11-30.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.practice.exchange.candles import candles_until
from app.practice.exchange.exchange import Exchange
from app.practice.venues.bitget.errors import invalid
from app.practice.venues.bitget.market_data import MarketData
from app.practice.venues.bitget.markets import listing_of

_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS
_DAY_MS = 24 * _HOUR_MS
_SPANS = {
    **{f"{count}m": count * _MINUTE_MS for count in (1, 3, 5, 15, 30)},
    **{f"{count}H": count * _HOUR_MS for count in (1, 2, 4, 6, 12)},
    **{f"{count}D": count * _DAY_MS for count in (1, 3, 7)},
}
MOST_CANDLES = 1000
_FUNDING_RATE = "0.0001"
_FUNDING_MS = 8 * _HOUR_MS
#: Coin to its chain; every other has one of its own name.
_CHAINS = {"USDT": "ERC20", "USDC": "ERC20"}


class Charts:
    """Reads what few clients ask for out of the exchange."""

    def __init__(self, exchange: Exchange, market: MarketData) -> None:
        self._exchange = exchange
        self._market = market

    def coins(self, params: Mapping[str, str]) -> list[dict[str, Any]]:
        """`GET /api/v2/spot/public/coins`."""
        listings = [listing_of(each) for each in self._exchange.instruments]
        names = sorted({name for each in listings if each.is_spot for name in (each.base, each.quote)} | {"USDC"})
        wanted = params.get("coin") or None
        return [
            {"coinId": str(number), "coin": coin, "transfer": "true", "chains": [_chain(coin)], "areaCoin": "no"}
            for number, coin in enumerate(names, 1)
            if wanted in (None, coin)
        ]

    def candles(self, params: Mapping[str, str], now_ms: int) -> list[list[Any]]:
        """`GET /api/v3/market/candles` and `history-candles`: time, open, high, low, close, volume, turnover."""
        instrument = self._market.find(params.get("category", ""), params.get("symbol", ""))
        span = _SPANS.get(params.get("interval", ""))
        if span is None:
            raise invalid("interval")
        limit = _whole(params, "limit", 100)
        if not 1 <= limit <= MOST_CANDLES:
            raise invalid("limit")
        first, last = _whole(params, "startTime", 0), _whole(params, "endTime", now_ms)
        price = self._exchange.price(instrument.symbol)
        found = candles_until(self._exchange.trades(instrument.symbol), span, price, now_ms)
        shown = [each for each in found if first - span < each.start_ms <= last][-limit:]
        return [
            [str(each.start_ms), each.open, each.high, each.low, each.close, each.volume, each.value] for each in shown
        ]

    def funding(self, params: Mapping[str, str], now_ms: int) -> list[dict[str, Any]]:
        """`GET /api/v3/market/current-fund-rate`."""
        return [
            {
                "symbol": symbol,
                "fundingRate": _FUNDING_RATE,
                "fundingRateInterval": "8",
                "nextUpdate": str(now_ms - now_ms % _FUNDING_MS + _FUNDING_MS),
                "minFundingRate": "-0.003",
                "maxFundingRate": "0.003",
            }
            for symbol in self._futures(params)
        ]

    def past_funding(self, params: Mapping[str, str], now_ms: int) -> dict[str, Any]:
        """`GET /api/v3/market/history-fund-rate`: the last dates at which funding was due, newest first."""
        symbols = self._futures(params)
        limit = _whole(params, "limit", 20)
        if not 1 <= limit <= 100:
            raise invalid("limit")
        last = now_ms - now_ms % _FUNDING_MS
        rows = [
            {"symbol": symbol, "fundingRate": _FUNDING_RATE, "fundingRateTimestamp": str(last - index * _FUNDING_MS)}
            for symbol in symbols
            for index in range(limit)
        ]
        return {"resultList": rows}

    def open_interest(self, params: Mapping[str, str], now_ms: int) -> dict[str, Any]:
        """`GET /api/v3/market/open-interest`: the number the ticker has."""
        category, symbol = params.get("category", ""), params.get("symbol", "")
        rows = self._market.tickers({"category": category, **({"symbol": symbol} if symbol else {})}, now_ms)
        if any("openInterest" not in row for row in rows):
            raise invalid("category")
        found = [{"symbol": row["symbol"], "openInterest": row["openInterest"]} for row in rows]
        return {"list": found, "ts": str(now_ms)}

    def _futures(self, params: Mapping[str, str]) -> list[str]:
        """The symbol asked for, which no category need go with.

        Raises:
            BitgetError: 25200 without a symbol or with one that is no future's.
        """
        symbol = params.get("symbol", "")
        listings = [listing_of(each) for each in self._exchange.instruments]
        if not any(each.symbol == symbol and not each.is_spot for each in listings):
            raise invalid("symbol")
        return [symbol]


def _chain(coin: str) -> dict[str, str]:
    return {
        "chain": _CHAINS.get(coin, coin),
        "needTag": "false",
        "withdrawable": "true",
        "rechargeable": "true",
        "withdrawFee": "0.0001",
        "extraWithdrawFee": "0",
        "depositConfirm": "1",
        "withdrawConfirm": "1",
        "minDepositAmount": "0.0001",
        "minWithdrawAmount": "0.001",
        "browserUrl": "",
        "contractAddress": "",
        "withdrawStep": "0",
        "withdrawMinScale": "8",
        "congestion": "normal",
    }


def _whole(params: Mapping[str, str], name: str, default: int) -> int:
    text = params.get(name) or str(default)
    if not (text.isascii() and text.isdigit()):
        raise invalid(name)
    return int(text)

"""ccxt's NDAX, an operator of AlphaPoint, at the practice AlphaPoint: REST, then the websockets of ccxt.pro."""

from __future__ import annotations

import asyncio
from typing import Any

import ccxt
import ccxt.pro
from at_practice import Calls, account, configuration

PAIR = "BTC/USD"


def at_practice(module: Any) -> Any:
    """The exchange with our address, keys and login, and nothing else changed."""
    addresses, keys = account("alphapoint")
    login = configuration()["practice"]["login"][0]
    exchange = module.ndax(
        {
            "apiKey": keys["api_key"],
            "secret": keys["secret"],
            "uid": keys["user_id"],
            "login": login["login"],
            "password": login["password"],
        }
    )
    for name in ("public", "private"):
        exchange.urls["api"][name] = addresses["http"].rstrip("/")
    if "ws" in exchange.urls["api"]:
        exchange.urls["api"]["ws"] = addresses["ws"]
    return exchange


def rest(calls: Calls) -> None:
    exchange = at_practice(ccxt)
    calls.ok("load_markets", PAIR in exchange.load_markets())
    calls.ok("fetch_currencies", "BTC" in exchange.fetch_currencies())
    calls.ok("fetch_ticker", exchange.fetch_ticker(PAIR)["last"] > 0)
    calls.ok("fetch_order_book", exchange.fetch_order_book(PAIR)["bids"])
    calls.ok("fetch_trades", exchange.fetch_trades(PAIR))
    calls.ok("fetch_ohlcv", exchange.fetch_ohlcv(PAIR, "1d")[-1][4] > 0)
    calls.ok("sign_in", exchange.sign_in()["SessionToken"])
    calls.ok("fetch_accounts", exchange.fetch_accounts())
    calls.ok("fetch_balance", exchange.fetch_balance()["BTC"]["total"] > 0)
    calls.ok("fetch_open_orders", exchange.fetch_open_orders(PAIR))
    calls.ok("fetch_orders", exchange.fetch_orders(PAIR))
    calls.ok("fetch_my_trades", exchange.fetch_my_trades(PAIR))
    calls.ok("fetch_ledger", exchange.fetch_ledger())
    one = exchange.create_order(PAIR, "limit", "buy", 0.01, 90000)["id"]
    calls.ok("create_order, fetch_order", exchange.fetch_order(one, PAIR)["amount"] == 0.01)
    new = exchange.edit_order(one, PAIR, "limit", "buy", 0.02, 90001)["id"]
    calls.ok("edit_order", new)
    exchange.cancel_order(new, PAIR)
    calls.ok("cancel_order")
    exchange.fetch_order_trades("6502", PAIR)
    calls.ok("fetch_order_trades")
    exchange.cancel_all_orders(PAIR)
    calls.ok("cancel_all_orders")


async def pro(calls: Calls) -> None:
    for watch in ("watch_ticker", "watch_order_book", "watch_trades", "watch_ohlcv"):
        exchange = at_practice(ccxt.pro)
        exchange.newUpdates = watch != "watch_ohlcv"  # its own list of candles cannot say which are new
        try:
            calls.ok(watch, await getattr(exchange, watch)(PAIR))
        finally:
            await exchange.close()


def main() -> None:
    calls = Calls()
    rest(calls)
    asyncio.run(pro(calls))
    calls.end()


main()

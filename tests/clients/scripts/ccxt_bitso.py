"""ccxt at the practice Bitso."""

from __future__ import annotations

import ccxt
from at_practice import Calls, account

BOOK = "BTC/USD"


def main() -> None:
    calls = Calls()
    addresses, keys = account("bitso")
    exchange = ccxt.bitso({"apiKey": keys["api_key"], "secret": keys["secret"]})
    exchange.urls["api"] = {"rest": addresses["rest"]}
    calls.ok("load_markets", BOOK in exchange.load_markets())
    calls.ok("fetch_currencies", exchange.currencies["BTC"]["precision"] == 1e-8)
    calls.ok("fetch_ticker", exchange.fetch_ticker(BOOK)["last"] > 0)
    calls.ok("fetch_order_book", exchange.fetch_order_book(BOOK)["asks"])
    calls.ok("fetch_trades", exchange.fetch_trades("BTC/MXN"))
    calls.ok("fetch_ohlcv", exchange.fetch_ohlcv("BTC/MXN", "1d")[-1][5] > 0)
    calls.ok("fetch_trading_fees", exchange.fetch_trading_fees()[BOOK]["taker"] > 0)
    calls.ok("fetch_balance", exchange.fetch_balance()["BTC"]["total"] > 0)
    calls.ok("fetch_open_orders", exchange.fetch_open_orders(BOOK))
    calls.ok("fetch_my_trades", exchange.fetch_my_trades("BTC/MXN"))
    one = exchange.create_order(BOOK, "limit", "buy", 0.01, 90000)["id"]
    order = exchange.fetch_order(one)
    calls.ok("create_order, fetch_order", (order["price"], order["amount"]) == (90000, 0.01))
    exchange.cancel_order(one, BOOK)
    calls.ok("cancel_order", one not in [each["id"] for each in exchange.fetch_open_orders(BOOK)])
    done = exchange.create_order(BOOK, "market", "buy", 0.01)["id"]
    calls.ok("fetch_order_trades", sum(each["amount"] for each in exchange.fetch_order_trades(done, BOOK)) == 0.01)
    calls.ok("fetch_ledger", {"trade", "fee"} <= {each["type"] for each in exchange.fetch_ledger()})
    both = [exchange.create_order(BOOK, "limit", "buy", 0.01, 90000 + n)["id"] for n in range(2)]
    calls.ok("cancel_orders", len(exchange.cancel_orders(both, BOOK)) == 2)
    exchange.cancel_all_orders()
    calls.ok("cancel_all_orders", not exchange.fetch_open_orders(BOOK))
    calls.end()


main()

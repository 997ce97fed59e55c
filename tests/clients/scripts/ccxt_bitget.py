"""ccxt at the practice Bitget: REST, then the websockets of ccxt.pro."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import ccxt
import ccxt.pro
from at_practice import Calls, account

SPOT, SWAP = "BTC/USDT", "BTC/USDT:USDT"


def at_practice(module: Any) -> Any:
    """The exchange with our address and keys, and nothing else changed."""
    addresses, keys = account("bitget")
    names = {"apiKey": keys["key"], "secret": keys["secret"], "password": keys["passphrase"]}
    exchange = module.bitget({**names, "options": {"uta": True}})
    for name, value in exchange.urls["api"].items():
        if isinstance(value, str):
            exchange.urls["api"][name] = addresses["rest"]
    sockets = exchange.urls["api"].get("ws")
    if sockets:
        sockets |= {"utaPublic": addresses["public_ws"], "utaPrivate": addresses["private_ws"]}
    return exchange


def rest(calls: Calls) -> None:
    exchange = at_practice(ccxt)
    calls.ok("load_markets", SPOT in exchange.load_markets() and SWAP in exchange.markets)
    calls.ok("fetch_currencies", "BTC" in exchange.currencies)
    calls.ok("fetch_time", exchange.fetch_time() > 0)
    calls.ok("fetch_ticker", exchange.fetch_ticker(SPOT)["last"] > 0)
    calls.ok("fetch_tickers", len(exchange.fetch_tickers()) > 0)
    calls.ok("fetch_order_book", exchange.fetch_order_book(SPOT)["bids"])
    exchange.fetch_trades(SPOT)
    calls.ok("fetch_trades")
    calls.ok("fetch_ohlcv", exchange.fetch_ohlcv(SPOT, "1m")[-1][4] > 0)
    calls.ok("fetch_funding_rate", exchange.fetch_funding_rate(SWAP)["fundingRate"] > 0)
    calls.ok("fetch_funding_rate_history", exchange.fetch_funding_rate_history(SWAP))
    calls.ok("fetch_open_interest", exchange.fetch_open_interest(SWAP)["openInterestAmount"] > 0)
    calls.ok("fetch_trading_fee", exchange.fetch_trading_fee(SPOT)["taker"] > 0)
    calls.ok("fetch_trading_fees", SPOT in exchange.fetch_trading_fees())
    calls.ok("fetch_balance", exchange.fetch_balance()["USDT"]["total"] > 0)
    calls.ok("fetch_positions", exchange.fetch_positions())
    calls.ok("fetch_my_trades", exchange.fetch_my_trades(SWAP))
    calls.ok("fetch_closed_orders", exchange.fetch_closed_orders(SWAP))
    exchange.fetch_canceled_orders(SPOT)
    calls.ok("fetch_canceled_orders")
    for symbol in (SPOT, SWAP):
        calls.ok("fetch_open_orders", exchange.fetch_open_orders(symbol))
    one = exchange.create_order(SPOT, "limit", "buy", 0.01, 59000)["id"]
    calls.ok("create_order", one)
    exchange.edit_order(one, SPOT, "limit", "buy", 0.02, 59100)
    for _ in range(100):
        order = exchange.fetch_order(one, SPOT)
        if order["price"] == 59100:
            break
        time.sleep(0.05)
    calls.ok("edit_order", (order["price"], order["amount"]) == (59100, 0.02))
    calls.ok("cancel_order", exchange.cancel_order(one, SPOT)["id"] == one)
    exchange.create_market_buy_order_with_cost(SPOT, 100)
    calls.ok("create_market_buy_order_with_cost", exchange.fetch_my_trades(SPOT))
    rows = [{"symbol": SPOT, "type": "limit", "side": "buy", "amount": 0.01, "price": 59000 + n} for n in range(2)]
    both = [each["id"] for each in exchange.create_orders(rows)]
    calls.ok("create_orders", len(both) == 2)
    exchange.cancel_orders(both, SPOT)
    calls.ok("cancel_orders")
    exchange.cancel_all_orders(SPOT)
    calls.ok("cancel_all_orders")


async def pro(calls: Calls) -> None:
    exchange = at_practice(ccxt.pro)
    try:
        await exchange.load_markets()
        calls.ok("watch_ticker", (await exchange.watch_ticker(SPOT))["last"] > 0)
        calls.ok("watch_order_book", (await exchange.watch_order_book(SPOT))["bids"])
        calls.ok("watch_trades", await exchange.watch_trades(SPOT))
        orders = asyncio.ensure_future(exchange.watch_orders(SWAP))
        balance = asyncio.ensure_future(exchange.watch_balance())
        trades = asyncio.ensure_future(exchange.watch_my_trades(SWAP))
        positions = asyncio.ensure_future(exchange.watch_positions([SWAP]))
        calls.ok("watch_balance", (await balance)["USDT"]["total"] > 0)
        for _ in range(100):
            await exchange.create_order(SWAP, "market", "buy", 0.001)
            done, _ = await asyncio.wait([orders, trades, positions], timeout=1)
            if len(done) == 3:
                break
        calls.ok("watch_orders", orders.result())
        calls.ok("watch_my_trades", trades.result())
        calls.ok("watch_positions", positions.result())
    finally:
        await exchange.close()


def main() -> None:
    calls = Calls()
    rest(calls)
    asyncio.run(pro(calls))
    calls.end()


main()

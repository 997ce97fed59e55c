"""bitso-py at the practice Bitso."""

from __future__ import annotations

from decimal import Decimal

import bitso
from at_practice import Calls, account

BOOK = "btc_usd"


def main() -> None:
    calls = Calls()
    addresses, keys = account("bitso")
    api = bitso.Api(keys["api_key"], keys["secret"])
    api.base_url = f"{addresses['rest']}/v3"
    calls.ok("available_books", BOOK in api.available_books().books)
    calls.ok("ticker", api.ticker(BOOK).last > 0)
    merged, single = api.order_book(BOOK), api.order_book(BOOK, aggregate=False)
    calls.ok("order_book", merged.bids and not any(each.oid for each in merged.bids))
    calls.ok("order_book(aggregate=False)", all(each.oid for each in single.bids))
    calls.ok("trades", api.trades("btc_mxn"))
    calls.ok("account_status", api.account_status().status == "active")
    calls.ok("balances", api.balances().btc.total > 0)
    calls.ok("fees", api.fees().btc_usd.fee_decimal > 0)
    calls.ok("open_orders", api.open_orders(BOOK))
    oid = api.place_order(book=BOOK, side="buy", order_type="limit", major="0.01", price="90000")["oid"]
    (order,) = api.lookup_order([oid])
    calls.ok("place_order, lookup_order", order.original_amount == Decimal("0.01"))
    calls.ok("cancel_order", api.cancel_order(oid) == [oid])
    done = api.place_order(book=BOOK, side="buy", order_type="market", major="0.01")["oid"]
    calls.ok("order_trades", sum(each.major for each in api.order_trades(done)) == Decimal("0.01"))
    calls.ok("user_trades", api.user_trades())
    calls.ok("ledger", {each.operation for each in api.ledger()} == {"trade", "fee"})
    calls.ok("ledger of fees", {each.operation for each in api.ledger("fees")} == {"fee"})
    calls.end()


main()

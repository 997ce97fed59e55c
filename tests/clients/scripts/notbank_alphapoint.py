"""notbank, the operator's own client, at the practice AlphaPoint: REST, then its websocket with events."""

from __future__ import annotations

import asyncio
import sys
import time
from decimal import Decimal
from typing import Any

from at_practice import Calls, account, behind_tls, soon
from notbank_python_sdk import requests_models as asks
from notbank_python_sdk.client_connection_factory import new_rest_client_connection, new_websocket_client_connection
from notbank_python_sdk.constants import MakerTaker, OrderType, Side, TimeInForce
from notbank_python_sdk.notbank_client import NotbankClient

BTCUSD, ACCOUNT = 9, 9
LEAST = Decimal("0.01")


def log_in(client: Any, calls: Calls) -> None:
    _, keys = account("alphapoint")
    answer = client.authenticate(asks.AuthenticateRequest(keys["api_key"], keys["secret"], keys["user_id"]))
    calls.ok("authenticate", answer.authenticated)


def read(client: Any, calls: Calls) -> None:
    """What both gateways answer alike."""
    calls.ok("ping", client.ping().msg == "PONG")
    calls.ok("get_user_accounts", client.get_user_accounts(asks.GetUserAccountsRequest()) == [ACCOUNT])
    calls.ok("get_instruments", len(client.get_instruments(asks.GetInstrumentsRequest())) == 3)
    calls.ok("get_instrument_by_symbol", client.get_instrument_by_symbol("BTCUSD").instrument_id == BTCUSD)
    calls.ok("get_products", len(client.get_products(asks.GetProductsRequest())) == 3)
    calls.ok("get_account_info", client.get_account_info(asks.GetAccountInfoRequest(ACCOUNT)).account_id == ACCOUNT)
    positions = client.get_account_positions(asks.GetAccountPositionsRequest(ACCOUNT))
    calls.ok("get_account_positions", all(each.total_day_transfer_notional == 0 for each in positions))
    calls.ok("get_user_info", client.get_user_info(asks.GetUserInfoRequest()).user_id == 96)
    calls.ok("get_user_permissions", client.get_user_permissions(asks.GetUserPermissionsRequest(96)))
    asked = (ACCOUNT, BTCUSD, Decimal(2), Decimal(90000), OrderType.LIMIT, MakerTaker.MAKER, Side.SELL)
    calls.ok("get_order_fee", client.get_order_fee(asks.GetOrderFeeRequest(*asked)).order_fee > 0)
    moves = client.get_account_transactions(asks.GetAccountTransactionsRequest(ACCOUNT))
    calls.ok("get_account_transactions", all(each.cr >= 0 and each.dr >= 0 for each in moves) and moves)
    calls.ok("get_summary", len(client.get_summary()) == 3)
    dates = ("2001-01-01", "2100-01-01")
    history = client.get_ticker_history(asks.GetTickerHistoryRequest(BTCUSD, 60, *dates))
    calls.ok("get_ticker_history", history[-1].close > 0)
    calls.ok("get_open_orders", client.get_open_orders(asks.GetOpenOrdersRequest(ACCOUNT)))
    calls.ok("get_order_history", client.get_order_history(asks.GetOrderHistoryRequest(ACCOUNT)))
    status = client.get_order_status(asks.GetOrderStatusRequest(6507, ACCOUNT))
    calls.ok("get_order_status", status.order_id == 6507)
    calls.ok("get_l2_snapshot", client.get_l2_snapshot(asks.GetL2SnapshotRequest(BTCUSD, 10)))
    calls.ok("get_last_trades", client.get_last_trades(asks.GetLastTradesRequest(BTCUSD)))
    calls.ok("get_level1", client.get_level1(asks.GetLevel1Request(BTCUSD)).best_bid > 0)


def until(client: Any, order_id: int, quantity: Decimal) -> None:
    """Wait for what a call only received: the order is open with that much left."""
    for _ in range(200):
        orders = client.get_open_orders(asks.GetOpenOrdersRequest(ACCOUNT))
        if any((each.order_id, each.quantity) == (order_id, quantity) for each in orders):
            return
        time.sleep(0.05)
    sys.exit(f"order {order_id} never had {quantity}")


def trade(client: Any, calls: Calls) -> None:
    market = client.get_instrument_by_symbol("BTCUSD")
    terms = (market, ACCOUNT, TimeInForce.GTC, Side.BUY, OrderType.LIMIT)
    one = client.send_order(asks.SendOrderRequest(*terms, quantity=LEAST, limit_price=Decimal(80000))).order_id
    calls.ok("send_order", one)
    until(client, one, LEAST)
    client.modify_order(asks.ModifyOrderRequest(one, BTCUSD, LEAST / 2, ACCOUNT))
    until(client, one, LEAST / 2)
    calls.ok("modify_order")
    new = client.cancel_replace_order(
        asks.CancelReplaceOrderRequest(
            one,
            order_type=OrderType.LIMIT,
            side=Side.BUY,
            account_id=ACCOUNT,
            instrument_id=BTCUSD,
            limit_price=Decimal(80001),
            time_in_force=TimeInForce.GTC,
            quantity=LEAST,
        )
    ).replacement_order_id
    calls.ok("cancel_replace_order", new)
    until(client, new, LEAST)
    client.cancel_order(asks.CancelOrderRequest(account_id=ACCOUNT, order_id=new))
    calls.ok("cancel_order")


async def listen(client: Any, calls: Calls) -> None:
    heard: dict[str, list[Any]] = {name: [] for name in ("order", "position", "level1", "level2", "trades", "ticker")}
    client.subscribe_account_events(
        asks.SubscribeAccountEventsRequest(ACCOUNT),
        order_handler=heard["order"].append,
        account_position_handler=heard["position"].append,
    )
    for name, subscribe, asked in (
        ("level1", client.subscribe_level_1, asks.SubscribeLevel1Request(instrument_id=BTCUSD)),
        ("level2", client.subscribe_level_2, asks.SubscribeLevel2Request(10, instrument_id=BTCUSD)),
        ("trades", client.subscribe_trades, asks.SubscribeTradesRequest(BTCUSD, 10)),
        ("ticker", client.subscribe_ticker, asks.SubscribeTickerRequest(BTCUSD, 60, 10)),
    ):
        subscribe(asked, heard[name].append, heard[name].append)
    await asyncio.to_thread(trade, client, calls)
    for name, events in heard.items():
        await soon(lambda events=events: len(events) > 1, f"events of {name}")
        calls.ok(f"events of {name}")


def main() -> None:
    calls = Calls()
    addresses, _ = account("alphapoint")
    http, socket = behind_tls(addresses["http"], addresses["ws"])
    client = NotbankClient(new_rest_client_connection(http))
    log_in(client, calls)
    read(client, calls)
    trade(client, calls)
    client.logout()
    calls.ok("logout")
    connection = new_websocket_client_connection(socket)
    client = NotbankClient(connection)
    connection.connect()
    log_in(client, calls)
    read(client, calls)
    asyncio.run(listen(client, calls))
    client.close()
    calls.end()


main()

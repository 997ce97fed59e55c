"""Rows as Bitget sends them, and the domain values the tests start from."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.domain.account import Account, Environment, Secret
from app.domain.amendment import Command
from app.domain.form import FieldName
from app.domain.market import Balance, Instrument, Quote
from app.domain.order import Order, OrderKind, OrderStatus, Side
from app.domain.plan import Draft, Surroundings, Terms
from app.venues.bitget.rules.checks import Asked
from app.venues.bitget.rules.rulebook import wire_fields
from app.venues.bitget.wire.signing import Keys

NOW = 1_700_000_000_000_000_000
ORDER_ID = "1234567890123456789"

KEYS = Keys(Secret("bg_TESTKEY0123456789"), Secret("s3cr3tS3CR3Ts3cr3tS3CR3T"), Secret("Passphrase1"))

SPOT_BTC = Instrument(
    symbol="BTCUSDT",
    base="BTC",
    quote="USDT",
    market="spot",
    tick=Decimal("0.01"),
    lot=Decimal("0.000001"),
    min_quantity=Decimal("0.000001"),
    min_value=Decimal("1"),
    status="online",
    attributes=(("buy_limit_price_ratio", "0.02"), ("category", "SPOT"), ("sell_limit_price_ratio", "0.02")),
)
PERP_BTC = replace(
    SPOT_BTC,
    market="perp",
    tick=Decimal("0.1"),
    lot=Decimal("0.0001"),
    min_quantity=Decimal("0.0001"),
    max_quantity=Decimal("1200"),
    min_value=Decimal("5"),
    attributes=(("buy_limit_price_ratio", "0.05"), ("category", "USDT-FUTURES"), ("sell_limit_price_ratio", "0.05")),
)


def order(**changes: Any) -> Order:
    """A working spot buy of 0.5 BTC at 60 000; `attributes` are merged over the usual ones."""
    attributes = {
        "category": "SPOT",
        "time_in_force": "gtc",
        "delegate_type": "normal",
        **dict(changes.pop("attributes", {})),
    }
    values: dict[str, Any] = {
        "account": "main",
        "order_id": ORDER_ID,
        "symbol": "BTCUSDT",
        "market": "spot",
        "side": Side.BUY,
        "kind": OrderKind.LIMIT,
        "quantity": Decimal("0.5"),
        "filled": Decimal("0"),
        "status": OrderStatus.WORKING,
        "price": Decimal("60000"),
        "raw_kind": "limit",
        "raw_status": "live",
        "client_id": "mine-1",
        **changes,
    }
    return Order(attributes=tuple(sorted(attributes.items())), **values)


def perp(**changes: Any) -> Order:
    """A working USDT-margined futures sell."""
    attributes = {"category": "USDT-FUTURES", **dict(changes.pop("attributes", {}))}
    return order(**{"market": "perp", "side": Side.SELL, **changes}, attributes=attributes)


def around(**changes: Any) -> Surroundings:
    """A calm market around the order: 59 900 bid, 60 100 offered, and money enough."""
    values: dict[str, Any] = {
        "now": NOW,
        "instrument": SPOT_BTC,
        "quote": Quote("BTCUSDT", "spot", Decimal("59900"), Decimal("60100"), Decimal("60000"), NOW),
        "balances": {
            "USDT": Balance("USDT", Decimal("100000"), Decimal("70000"), Decimal("30000"), NOW),
            "BTC": Balance("BTC", Decimal("2"), Decimal("1"), Decimal("1"), NOW),
        },
        **changes,
    }
    return Surroundings(**values)


def draft(base: Order, route: str | None = None, **values: Decimal | str) -> Draft:
    """A draft with values by field name; a text of digits is left a text, as a choice would be."""
    return Draft(base, tuple((FieldName(name), value) for name, value in values.items()), route)


def command(base: Order, price: str, quantity: str, on_failure: str = "keep", amendment_id: str = "a1") -> Command:
    """The command a plan for these terms becomes."""
    asked = Asked(Decimal(price), Decimal(quantity), on_failure, frozenset())
    target = Terms(price=Decimal(price), quantity=Decimal(quantity))
    return Command(amendment_id, 1, base, "modify", wire_fields(base, asked), target)


def account(**changes: Any) -> Account:
    """A practice account on addresses nobody listens at."""
    values: dict[str, Any] = {
        "name": "main",
        "venue": "bitget",
        "environment": Environment.PRACTICE,
        "addresses": {
            "rest": "http://127.0.0.1:1",
            "private_ws": "ws://127.0.0.1:1/v3/ws/private",
            "public_ws": "ws://127.0.0.1:1/v3/ws/public",
        },
        "credentials": {"key": KEYS.key, "secret": KEYS.secret, "passphrase": KEYS.passphrase},
        **changes,
    }
    return Account(**values)


def rest_row(**changes: Any) -> dict[str, Any]:
    """An open order as REST writes it."""
    return {
        "orderId": ORDER_ID,
        "clientOid": "mine-1",
        "category": "USDT-FUTURES",
        "symbol": "BTCUSDT",
        "orderType": "limit",
        "side": "buy",
        "price": "64000.5",
        "qty": "0.002",
        "amount": "0",
        "cumExecQty": "0",
        "cumExecValue": "0",
        "avgPrice": "0",
        "orderStatus": "live",
        "timeInForce": "gtc",
        "posSide": "long",
        "holdMode": "one_way_mode",
        "tradeSide": "open",
        "delegateType": "normal",
        "reduceOnly": "NO",
        "marginMode": "crossed",
        "stpMode": "none",
        "takeProfit": "",
        "stopLoss": None,
        "feeDetail": [{"feeCoin": "", "fee": None}],
        "createdTime": "1700000000000",
        "updatedTime": "1700000000100",
        **changes,
    }


def push_row(**changes: Any) -> dict[str, Any]:
    """The same order as the order channel writes it."""
    return {
        "orderId": ORDER_ID,
        "clientOid": "mine-1",
        "category": "usdt-futures",
        "symbol": "BTCUSDT",
        "orderType": "limit",
        "side": "buy",
        "price": "64000.5",
        "qty": "0.002",
        "amount": "0",
        "cumExecQty": "0",
        "cumExecValue": "0",
        "avgPrice": "0",
        "orderStatus": "new",
        "timeInForce": "gtc",
        "holdSide": "long",
        "holdMode": "one_way_mode",
        "tradeSide": "open",
        "reduceOnly": "no",
        "marginMode": "crossed",
        "marginCoin": "USDT",
        "leverage": "20",
        "totalProfit": "0",
        "feeDetail": [],
        "createdTime": "1700000000000",
        "updatedTime": "1700000000100",
        **changes,
    }


def envelope(data: Any, code: str | int = "00000", msg: str = "success") -> bytes:
    """A reply's body."""
    return json.dumps({"code": code, "msg": msg, "requestTime": 1700000000123, "data": data}).encode()

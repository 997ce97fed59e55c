"""Rows of a practice QFEX: orders, fills, positions and balances. All amounts are JSON numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from app.practice.exchange.exchange import Exchange
from app.practice.exchange.orders import TRADER, ZERO, Execution, SimInstrument, SimOrder
from app.practice.exchange.policy import MarginPolicy
from app.practice.venues.qfex.day import USER_ID

Row = dict[str, Any]
_NS = Decimal(1_000_000_000)


def seconds(time_ns: int) -> Decimal:
    """Unix seconds with their fraction, as the venue writes times."""
    return (Decimal(time_ns) / _NS).quantize(Decimal("0.0000001"))


def rfc3339(time_ns: int) -> str:
    """RFC 3339 with nanoseconds, as the market-data socket writes times."""
    whole, rest = divmod(time_ns, 1_000_000_000)
    return datetime.fromtimestamp(whole, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{rest:09d}Z"


def type_of(order: SimOrder) -> str:
    """The venue's order type."""
    stop_type = order.attributes.get("stop_type")
    if stop_type:
        return str(stop_type)
    if order.price is None:
        return "MARKET"
    return "ALO" if order.post_only else "LIMIT"


def left_of(order: SimOrder, order_id: str) -> Decimal:
    """Quantity not filled when the order last had this id; an order that was cancelled keeps it."""
    line = next((line for line in reversed(order.history) if line.order_id == order_id), None)
    return order.remaining if line is None else line.quantity - line.filled


def order_row(
    order: SimOrder,
    status: str,
    *,
    order_id: str | None = None,
    trade_id: str | None = None,
    left: Decimal | None = None,
) -> Row:
    """An `order_response`: no reduce-only, no previous id, no reason.

    `quantity_remaining` is what is not filled, also of an order that is cancelled or refused: public clients count the
    rest as filled.

    Args:
        left: that of the moment the row tells of; None for now.
    """
    price = order.stop if order.stop is not None and order.price is None else order.price
    return {
        "order_id": order_id or order.order_id,
        "symbol": order.symbol,
        "status": status,
        "quantity": order.quantity,
        "quantity_remaining": order.remaining if left is None else left,
        "price": price if price is not None else ZERO,
        "take_profit": order.attributes.get("take_profit", ZERO),
        "stop_loss": order.attributes.get("stop_loss", ZERO),
        "side": str(order.side).upper(),
        "type": type_of(order),
        "time_in_force": str(order.force).upper(),
        "user_id": USER_ID,
        "client_order_id": order.client_id,
        "update_time": seconds(order.updated_ns),
        "trade_id": trade_id,
    }


def refused_row(
    order_id: str,
    status: str,
    params: Mapping[str, Any],
    quantity: Decimal | None,
    price: Decimal | None,
    client_id: str = "",
    left: Decimal | None = None,
) -> Row:
    """An `order_response` to a command that came to no order.

    Args:
        left: what is not filled of the order that had the id; None for all, as there was none.
    """
    return {
        "order_id": order_id,
        "symbol": params.get("symbol"),
        "status": status,
        "quantity": quantity or ZERO,
        "quantity_remaining": (quantity or ZERO) if left is None else left,
        "price": price or ZERO,
        "side": params.get("side"),
        "type": params.get("order_type"),
        "time_in_force": params.get("order_time_in_force", "GTC"),
        "client_order_id": client_id,
        "trade_id": None,
    }


def fill_row(done: Execution, order: SimOrder) -> Row:
    """A `fill_response`; its names differ from an order's."""
    return {
        "trade_id": done.trade_id,
        "user_id": USER_ID,
        "symbol": done.symbol,
        "price": done.price,
        "quantity": done.quantity,
        "side": str(order.side).upper(),
        "aggressor_side": str(done.taker_side).upper(),
        "order_id": done.maker_order_id if done.is_maker(order.uid) else done.taker_order_id,
        "fee": done.fee_of(order.uid).amount,
        "order_type": type_of(order),
        "tif": str(order.force).upper(),
        "order_price": order.price if order.price is not None else ZERO,
        "client_order_id": order.client_id,
        "remaining_quantity": order.remaining,
        "take_profit": order.attributes.get("take_profit", ZERO),
        "stop_loss": order.attributes.get("stop_loss", ZERO),
        "execution_type": "NEW",
        "timestamp": seconds(done.time_ns),
        "realised_pnl": ZERO,
    }


def stop_row(order: SimOrder) -> Row:
    """A `stop_order_response` of a stop order that was cancelled; it has no status, and nothing is left of it."""
    return {
        "stop_order_id": order.order_id,
        "symbol": order.symbol,
        "price": order.stop,
        "quantity": Decimal(0),
        "direction": str(order.side).upper(),
        "stop_order_type": type_of(order),
        "client_order_id": order.client_id,
        "update_time": rfc3339(order.updated_ns),
    }


def position_row(exchange: Exchange, policy: MarginPolicy, symbol: str) -> Row:
    """A `position_response`; the position is signed."""
    held = policy.position(TRADER, symbol)
    mark = exchange.price(symbol)
    waiting = exchange.open_orders(TRADER, symbol)
    return {
        "id": f"{USER_ID}:{symbol}",
        "symbol": symbol,
        "position": held.quantity,
        "margin_alloc": exchange.ledger.lock_of(TRADER, "USD", ("position", symbol)),
        "realised_pnl": held.realised,
        "unrealised_pnl": (mark - held.average) * held.quantity,
        "net_funding": ZERO,
        "open_orders": Decimal(len(waiting)),
        "open_quantity": sum((order.remaining for order in waiting), ZERO),
        "leverage": Decimal(20),
        "initial_margin": policy.initial_margin,
        "maintenance_margin": Decimal("0.0333"),
        "average_price": held.average,
    }


def balance_row(exchange: Exchange, policy: MarginPolicy) -> Row:
    """A `balance_response`: one margin account in USD."""
    held = exchange.ledger.balance(TRADER, "USD")
    locks = exchange.ledger.locks(TRADER, "USD")
    position = sum((amount for key, amount in locks.items() if isinstance(key, tuple)), ZERO)
    realised = sum((each.realised for each in policy.positions(TRADER).values()), ZERO)
    profit = sum(
        (
            (exchange.price(symbol) - each.average) * each.quantity
            for symbol, each in policy.positions(TRADER).items()
            if each.quantity
        ),
        ZERO,
    )
    return {
        "id": USER_ID,
        "user_id": USER_ID,
        "deposit": held.total - realised,
        "realised_pnl": realised,
        "order_margin": held.locked - position,
        "position_margin": position,
        "unrealised_pnl": profit,
        "net_funding": ZERO,
        "available_balance": held.available,
    }


def refdata_row(instrument: SimInstrument, last: Decimal, *, active: bool) -> Row:
    """One row of `GET /refdata`; numbers are strings there."""
    facts = instrument.attributes
    return {
        "symbol": instrument.symbol,
        "clobPairId": str(sum(instrument.symbol.encode())),
        "base_asset": instrument.base,
        "quote_asset": instrument.quote,
        "margin_asset": instrument.quote,
        "status": "ACTIVE" if active else "INACTIVE",
        "product_category": facts["category"],
        "tick_size": instrument.tick,
        "lot_size": instrument.step,
        "min_price": facts["min_price"],
        "max_price": facts["max_price"],
        "min_quantity": facts["min_quantity"],
        "max_quantity": facts["max_quantity"],
        "order_types": ["LIMIT", "MARKET", "ALO"],
        "order_time_in_force": ["GTC", "IOC", "FOK"],
        "market_hours": facts["hours"],
        "underlier_price": last,
        "price_change_24h": ZERO,
        "default_max_leverage": 20,
    }

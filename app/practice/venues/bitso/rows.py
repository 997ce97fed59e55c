"""Rows of a practice Bitso: orders, trades and books. All decimals are strings."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from app.practice.exchange.exchange import Exchange
from app.practice.exchange.orders import TRADER, Execution, Force, Side, SimInstrument, SimKind, SimOrder, Status

Row = dict[str, Any]
EIGHT = Decimal("0.00000001")

_STATUS = {
    Status.PENDING: "queued",
    Status.UNTRIGGERED: "open",
    Status.WORKING: "open",
    Status.PARTIALLY_FILLED: "partially filled",
    Status.FILLED: "completed",
    Status.CANCELLED: "cancelled",
    Status.EXPIRED: "cancelled",
}
_FORCE = {Force.GTC: "goodtillcancelled", Force.IOC: "immediateorcancel", Force.FOK: "fillorkill"}


def iso(time_ns: int, style: str = "offset") -> str:
    """ISO 8601 with milliseconds; `style` offset `+00:00`, compact `+0000` or zulu `Z`, as the docs print."""
    moment = datetime.fromtimestamp(time_ns / 1_000_000_000, UTC)
    text = moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}"
    return text + {"offset": "+00:00", "compact": "+0000", "zulu": "Z"}[style]


def eight(value: Decimal) -> Decimal:
    """At least eight places, as the venue prints amounts."""
    return value.quantize(EIGHT) if value == value.quantize(EIGHT) else value


def status_text(order: SimOrder) -> str:
    """The venue's word for the order's state."""
    return _STATUS[order.status]


def open_order(order: SimOrder, style: str, *, value_known: bool) -> Row:
    """One row of `GET /v3/open_orders`: no stop, no trigger time, type always limit."""
    touched = order.updated_ns != order.created_ns
    return {
        "book": order.symbol,
        "oid": order.order_id,
        **({"origin_id": order.client_id} if order.client_id else {}),
        "original_amount": eight(order.quantity),
        "unfilled_amount": eight(order.remaining),
        "original_value": eight(order.value) if value_known else None,
        "price": order.price,
        "side": str(order.side),
        "status": status_text(order),
        "type": "limit",
        "time_in_force": "postonly" if order.post_only else _FORCE[order.force],
        "created_at": iso(order.created_ns, style),
        "updated_at": iso(order.updated_ns, style) if touched else None,
    }


def looked_up(order: SimOrder, style: str, *, value_known: bool) -> Row:
    """One row of `GET /v3/orders/{oid}`: with stop and trigger time."""
    row = open_order(order, style, value_known=value_known)
    row["type"] = "market" if order.kind in (SimKind.MARKET, SimKind.STOP_MARKET) else "limit"
    if order.stop is not None:
        row["stop"] = order.stop
        row["triggered_at"] = iso(order.triggered_ns, style) if order.triggered_ns is not None else None
    return row


def user_trade(done: Execution, order: SimOrder, instrument: SimInstrument, style: str) -> Row:
    """One of our executions: a buy has major + and minor -, a sell the reverse; `minor` is gross."""
    buys = order.side is Side.BUY
    due = done.fee_of(order.uid)
    maker_side = done.taker_side.opposite
    return {
        "book": done.symbol,
        "major": eight(done.quantity if buys else -done.quantity),
        "minor": eight(-done.value if buys else done.value),
        "price": done.price,
        "side": str(order.side),
        "maker_side": str(maker_side),
        "fees_amount": eight(due.amount),
        "fees_currency": due.currency,
        "major_currency": instrument.base,
        "minor_currency": instrument.quote,
        "tid": done.trade_id,
        "oid": done.maker_order_id if done.is_maker(order.uid) else done.taker_order_id,
        **({"origin_id": order.client_id} if order.client_id else {}),
        "created_at": iso(done.time_ns, style),
    }


def trades_of(exchange: Exchange, style: str, book: str | None = None) -> list[Row]:
    """Our executions, oldest first."""
    return [
        user_trade(done, order, exchange.instrument(done.symbol), style)
        for done, order in exchange.fills_of(TRADER)
        if book in (None, done.symbol)
    ]


def available_book(instrument: SimInstrument, maker: Decimal, taker: Decimal) -> Row:
    """One row of `GET /v3/available_books`. Flat rates are percent, the structure's are fractions."""
    limits = instrument.attributes
    names = ("minimum_amount", "maximum_amount", "minimum_price", "maximum_price", "minimum_value", "maximum_value")
    return {
        "book": instrument.symbol,
        "default_chart": "candle",
        "margin_enabled": False,
        **{name: limits[name] for name in names},
        "tick_size": instrument.tick,
        "fees": {
            "flat_rate": {"maker": maker * 100, "taker": taker * 100},
            "structure": [{"volume": "1000000", "maker": maker, "taker": taker}],
        },
    }

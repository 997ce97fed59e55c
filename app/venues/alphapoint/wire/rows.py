"""The venue's orders and executions as domain values.

Keys are read whatever their case, numbers from JSON numbers or texts, and unknown keys are ignored. Sources of the
shapes: AlphaPoint API documentation (https://alphapoint.github.io/slate, documented), replies recorded on NDAX in the
public sources of ccxt (client code), Notbank's own clients (client code); all read 2026-11-21.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.money import ZERO, exact
from app.domain.order import Fill, Order, OrderKind, OrderStatus, Side, TimeInForce
from app.venues.alphapoint.wire.values import (
    decimal_of,
    digits,
    flag,
    identity,
    maybe,
    order_number,
    plain_word,
    record,
    stated,
    stated_price,
    time_of,
    unless_zero,
    whole,
)
from app.venues.common.failures import Malformed
from app.venues.transport.jsonx import whole_or_none

#: States as the documents and every recorded reply write them; in other letters a word is one that nobody documented.
_STATES: dict[str, OrderStatus] = {
    "Working": OrderStatus.WORKING,
    "Rejected": OrderStatus.REJECTED,
    "Canceled": OrderStatus.CANCELLED,
    "Cancelled": OrderStatus.CANCELLED,
    "Expired": OrderStatus.EXPIRED,
    "FullyExecuted": OrderStatus.FILLED,
    "Fully Executed": OrderStatus.FILLED,
}
_STATE_NUMBERS = ("Unknown", "Working", "Rejected", "Canceled", "Expired", "FullyExecuted")

_KINDS: dict[str, OrderKind] = {
    "market": OrderKind.MARKET,
    "limit": OrderKind.LIMIT,
    "stopmarket": OrderKind.STOP_MARKET,
    "stoplimit": OrderKind.STOP_LIMIT,
    "trailingstopmarket": OrderKind.TRAILING_STOP,
    "trailingstoplimit": OrderKind.TRAILING_STOP,
}
_KIND_NUMBERS = (
    "Unknown",
    "Market",
    "Limit",
    "StopMarket",
    "StopLimit",
    "TrailingStopMarket",
    "TrailingStopLimit",
    "BlockTrade",
)
_STOPS = frozenset({OrderKind.STOP_LIMIT, OrderKind.STOP_MARKET, OrderKind.TRAILING_STOP})

#: Short is a sale; what may be done with it is the rulebook's business. “Unknown” is neither and cannot be shown.
_SIDES = {"buy": Side.BUY, "0": Side.BUY, "sell": Side.SELL, "1": Side.SELL, "short": Side.SELL, "2": Side.SELL}

#: Attribute of an order whose lasting facts the venue did not give, and the attributes that hold such facts.
SHORT = "short"
_LASTING = frozenset({"account_id", "orig_order_id", "peg", "is_quote", "is_locked_in", "revision"})

#: Bits of `OrderFlag` where it comes as a number (Notbank's Java client, client code).
_FLAG_BITS = ((1, "NoAccountRiskCheck"), (2, "AddedToBook"), (4, "RemovedFromBook"), (8, "PostOnly"))


def read_order(raw: Any, account: str, symbols: Mapping[int, str]) -> Order:
    """Read one order, from a list, a look-up, a history row or an event.

    `Quantity` is what remains; the total is that plus `QuantityExecuted`. `OrigQuantity` plays no part: whether a
    reduction rewrites it is not documented.

    Args:
        account: configured account's name. symbols: symbol by instrument id.

    Raises:
        Malformed: naming what is missing.
    """
    fields = record(raw, "An order")
    order_id = order_number(fields.get("orderid"))
    what = f"order {order_id}"
    side_word = str(fields.get("side"))
    side = _SIDES.get(plain_word(side_word))
    if side is None:
        raise Malformed(f"The side “{side_word}” of {what} is unknown")
    remaining = decimal_of(fields.get("quantity"), f"Quantity of {what}")
    executed = decimal_of(fields.get("quantityexecuted"), f"QuantityExecuted of {what}")
    if remaining < ZERO or executed < ZERO:
        raise Malformed(f"A quantity of {what} is below zero")
    instrument_id = whole(fields.get("instrument", fields.get("instrumentid")), f"Instrument of {what}")
    account_id = fields.get("account", fields.get("accountid"))
    if account_id is not None:
        whole(account_id, f"Account of {what}")
    raw_state = _named(fields.get("orderstate"), _STATE_NUMBERS)
    raw_kind = _named(fields.get("ordertype"), _KIND_NUMBERS)
    kind = _KINDS.get(plain_word(raw_kind), OrderKind.OTHER)
    flags = _flags(fields.get("orderflag"))
    status = _STATES.get(raw_state, OrderStatus.UNRECOGNISED)
    in_book = "addedtobook" in flags
    if status is OrderStatus.WORKING:
        if executed > ZERO:
            status = OrderStatus.PARTIALLY_FILLED
        elif kind in _STOPS and not in_book:
            status = OrderStatus.UNTRIGGERED
    price = stated_price(fields.get("price"), f"Price of {what}")
    shown = stated(fields.get("displayquantity"), f"DisplayQuantity of {what}")
    if shown is not None and shown < ZERO:
        raise Malformed(f"DisplayQuantity of {what} is below zero")
    with exact():
        total = remaining + executed
    return Order(
        account=account,
        order_id=order_id,
        symbol=symbols.get(instrument_id, str(instrument_id)),
        side=side,
        kind=kind,
        quantity=total,
        filled=executed,
        status=status,
        price=price if price != ZERO or kind is OrderKind.LIMIT else None,
        time_in_force=TimeInForce.UNKNOWN,  # no order object of this venue carries it
        raw_kind=raw_kind,
        raw_status=raw_state,
        filled_value=stated(fields.get("grossvalueexecuted"), f"GrossValueExecuted of {what}"),
        stop=unless_zero(stated_price(fields.get("stopprice"), f"StopPrice of {what}")),
        triggered=kind in _STOPS and in_book,
        display_quantity=shown if shown is not None and ZERO < shown < remaining else None,
        post_only=True if "postonly" in flags else None,
        average_price=unless_zero(stated(fields.get("avgprice"), f"AvgPrice of {what}")),
        client_id=identity(fields.get("clientorderid", fields.get("clorderid"))),
        created_at=time_of(fields.get("receivetimeticks"), fields.get("receivetime")),
        updated_at=time_of(fields.get("lastupdatedtimeticks"), fields.get("lastupdatedtime")),
        reason=_reason(fields),
        attributes=_attributes(fields, order_id, instrument_id, side_word),
    )


def sized(order: Order, known: Order | None) -> Order:
    """An order with the size it was for: once it has ended, `Quantity`, which is what remains, is 0.

    Args:
        order: as just read.
        known: the same order as it was read before; None if it never was, and then `OrigQuantity` tells.
    """
    if order.is_open:
        return order
    size = known.quantity if known is not None else maybe(order.attribute("orig_quantity"))
    return order if size is None or size <= order.quantity else replace(order, quantity=size)


def completed(order: Order, known: Order | None) -> Order:
    """A short event's order with the lasting facts of the order as last described in full.

    The order events of older versions lack the displayed quantity, the quote and block-trade flags and more (AlphaPoint
    documentation 3.x, documented); taking them for absent would unlock an iceberg or a quote.
    """
    if known is None or not order.attribute(SHORT) or known.attribute(SHORT):
        return order
    own = {name for name, _ in order.attributes}
    kept = [(name, text) for name, text in known.attributes if name in _LASTING and name not in own]
    shown = known.display_quantity
    return replace(
        order,
        stop=known.stop,
        triggered=known.triggered,
        display_quantity=shown if shown is not None and shown < order.unfilled else None,
        post_only=known.post_only,
        client_id=order.client_id or known.client_id,
        status=OrderStatus.UNTRIGGERED if known.status is OrderStatus.UNTRIGGERED and order.is_open else order.status,
        attributes=tuple([pair for pair in order.attributes if pair[0] != SHORT] + kept),
    )


def read_fill(raw: Any, account: str, symbols: Mapping[int, str], now: int) -> Fill:
    """Read one execution, from an `OrderTradeEvent` or a row of `GetAccountTrades`.

    Args:
        now: stands in where the row carries no time.

    Raises:
        Malformed: naming what is missing.
    """
    fields = record(raw, "A trade")
    order_id = order_number(fields.get("orderid"), "OrderId of a trade")
    trade_id = order_number(fields.get("tradeid"), "TradeId")
    side = _SIDES.get(plain_word(str(fields.get("side"))))
    if side is None:
        raise Malformed(f"The side of trade {trade_id} is unknown")
    instrument_id = whole(fields.get("instrumentid", fields.get("instrument")), "InstrumentId of a trade")
    at = time_of(fields.get("tradetime"), fields.get("tradetimems"))
    maker = plain_word(str(fields.get("makertaker", "")))
    return Fill(
        account=account,
        # Both sides of one trade carry its id; with the order's id it is unique to this leg.
        fill_id=f"{trade_id}-{order_id}",
        order_id=order_id,
        symbol=symbols.get(instrument_id, str(instrument_id)),
        side=side,
        price=decimal_of(fields.get("price"), "Price of a trade"),
        quantity=decimal_of(fields.get("quantity"), "Quantity of a trade"),
        at=now if at is None else at,
        value=maybe(fields.get("value")),
        fee=maybe(fields.get("fee")),
        maker={"maker": True, "taker": False}.get(maker),
    )


def _attributes(fields: Mapping[str, Any], order_id: str, instrument_id: int, side: str) -> tuple[tuple[str, str], ...]:
    """Return what the rulebook and the codec need beside the common fields; absent facts are left out."""
    original = identity(fields.get("origorderid"))
    found = {
        "instrument_id": str(instrument_id),
        "account_id": identity(fields.get("account", fields.get("accountid"))),
        "side": side,
        "change_reason": str(fields.get("changereason") or ""),
        "ticks": identity(fields.get("lastupdatedtimeticks")),
        "orig_quantity": digits(fields.get("origquantity")),
        "orig_order_id": original if original != order_id else "",
        "peg": str(fields.get("pegpricetype") or ""),
        "is_quote": "true" if flag(fields.get("isquote"), "IsQuote") else "",
        "is_locked_in": "true" if flag(fields.get("islockedin"), "IsLockedIn") else "",
        SHORT: "" if "isquote" in fields else "true",
        "revision": next(
            (
                identity(fields[key])
                for key in ("orderrevision", "revision", "previousorderrevision")
                if fields.get(key) is not None
            ),
            "",
        ),
    }
    return tuple((name, text) for name, text in found.items() if text)


def _named(value: Any, names: tuple[str, ...]) -> str:
    """An enumeration's word; replies carry words, but the documents' tables print numbers as well."""
    if isinstance(value, int) and not isinstance(value, bool):
        return names[value] if 0 <= value < len(names) else str(value)
    if value is None:
        return "Unknown"
    return (value if isinstance(value, str) else str(value))[:40] or "Unknown"


def _flags(value: Any) -> frozenset[str]:
    bits = whole_or_none(value)
    if bits is None:
        words = value.split(",") if isinstance(value, str) else ()
        return frozenset(plain_word(part) for part in words if part.strip())
    return frozenset(plain_word(name) for bit, name in _FLAG_BITS if bits & bit)


def _reason(fields: Mapping[str, Any]) -> str:
    for key in ("rejectreason", "cancelreason"):
        word = fields.get(key)
        if isinstance(word, str) and word.strip():
            return word.strip()
    return ""

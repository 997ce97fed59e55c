"""Door for orders: values that no order can have are turned away before anything believes them. Pure.

A reading that is well-formed can still be impossible: filled above the total, a negative price, another market under
the id of an order that is known. What fails here never becomes the state of a row and proves nothing of an amendment;
it is shown as unreadable, with its raw text.
"""

from __future__ import annotations

from decimal import Decimal
from operator import attrgetter

from app.domain.money import ZERO, exact, tidy
from app.domain.order import Fill, Order, OrderKind

#: Direct reads, each asked for after the one before, that must agree before they overrule what is known of an order.
AGREEING_READS = 3

#: Powers of ten beyond which a number is no price, size or value of an order.
LARGEST, SMALLEST = 30, -30

#: Share of the quantity by which the fills may exceed it: dust of a venue that computes in binary fractions.
DUST = Decimal("1e-9")

#: Kinds that cannot work without a limit price.
_PRICED = frozenset({OrderKind.LIMIT, OrderKind.STOP_LIMIT})

#: Texts of an order that are part of what it is; a venue leaves none of them empty.
_IDENTITY = (("order_id", "order id"), ("symbol", "symbol"))

#: Figures of an order, as (attribute, what a person reads).
_FIGURES = (
    ("quantity", "quantity"),
    ("filled", "filled quantity"),
    ("price", "price"),
    ("value", "value"),
    ("filled_value", "filled value"),
    ("stop", "stop price"),
    ("take_profit", "take profit"),
    ("stop_loss", "stop loss"),
    ("display_quantity", "display quantity"),
    ("average_price", "average price"),
)


_figures_of = attrgetter(*(name for name, _ in _FIGURES))
_LABELS = tuple(label for _, label in _FIGURES)


def why_implausible(order: Order, known: Order | None = None) -> str:
    """Return one clause on why an order cannot be as it was read, "" where it can.

    Args:
        order: as read.
        known: the same order as proven before, None if it is new. What identifies an order never changes: market,
            symbol and side; where they do, one of the two readings speaks of another order.
    """
    for name, label in _IDENTITY:
        if not getattr(order, name).strip():
            return f"it has no {label}"
    for value, label in zip(_figures_of(order), _LABELS, strict=True):
        text = "" if value is None else _impossible(value)
        if text:
            return f"its {label} {text}"
    if order.is_open and order.quantity == ZERO and order.kind in _PRICED:
        return "its quantity is 0 while it works"
    with exact():
        if order.filled > order.quantity and order.filled - order.quantity > order.quantity * DUST:
            return f"{tidy(order.filled)} of {tidy(order.quantity)} are said to be filled"
    if order.is_open and order.kind in _PRICED and order.price is None:
        return "it is an open limit order without a price"
    if order.price is not None and order.price == ZERO and order.kind in _PRICED:
        return "its price is 0"
    return why_another(order, known) if known is not None else ""


def _impossible(value: Decimal | None) -> str:
    if value is None or value == ZERO:
        return ""
    if not value.is_finite() or not SMALLEST <= value.adjusted() <= LARGEST:
        return "is beyond any sensible number"
    return f"is below zero ({tidy(value)})" if value < ZERO else ""


def why_another(order: Order, known: Order) -> str:
    """Return in which identifying fact two readings of one id differ, "" where they agree."""
    if order.account != known.account:
        return f"it is of account {order.account}, and {known.order_id} was of {known.account}"
    if order.symbol != known.symbol:
        return f"it is in {order.symbol}, and the order known by that id is in {known.symbol}"
    if order.market and known.market and order.market != known.market:
        return f"it is of the {order.market} market, and the order known by that id is of the {known.market} market"
    if order.side is not known.side:
        return f"it is a {order.side.value}, and the order known by that id is a {known.side.value}"
    return ""


def why_implausible_fill(fill: Fill, order: Order | None = None) -> str:
    """Return one clause on why an execution cannot be as it was read, "" where it can.

    Args:
        fill: as read.
        order: the order it happened on, as proven before; None where it is not known.
    """
    for name in ("quantity", "price"):
        value = getattr(fill, name)
        text = "is 0" if value == ZERO else _impossible(value)
        if text:
            return f"the {name} of an execution {text}"
    if order is not None and fill.symbol and fill.symbol != order.symbol:
        return f"an execution in {fill.symbol} is told of an order in {order.symbol}"
    if order is not None and fill.side is not order.side:
        return f"an execution of a {fill.side.value} is told of a {order.side.value} order"
    return ""

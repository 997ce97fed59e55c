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
    # Each order that comes in goes through here: one that is as it should be is found so with the fewest steps.
    if not order.order_id.strip():
        return "it has no order id"
    if not order.symbol.strip():
        return "it has no symbol"
    figures = _figures_of(order)
    for value in figures:
        # None and zero are both taken for false, and are most of them.
        if value and not (value.is_finite() and value > ZERO and SMALLEST <= value.adjusted() <= LARGEST):
            told = zip(_LABELS, map(_impossible, figures), strict=True)
            return next(f"its {label} {text}" for label, text in told if text)
    quantity, filled, price = figures[:3]
    is_priced, is_open = order.kind in _PRICED, order.is_open
    if is_priced and is_open and quantity == ZERO:
        return "its quantity is 0 while it works"
    if filled > quantity and not _is_dust(filled, quantity):
        return f"{tidy(filled)} of {tidy(quantity)} are said to be filled"
    if is_priced and is_open and price is None:
        return "it is an open limit order without a price"
    if is_priced and price is not None and price == ZERO:
        return "its price is 0"
    return why_another(order, known) if known is not None else ""


def _is_dust(filled: Decimal, quantity: Decimal) -> bool:
    with exact():
        return filled - quantity <= quantity * DUST


def _impossible(value: Decimal | None) -> str:
    if not value:
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
        text = _impossible(value) if value else "is 0"
        if text:
            return f"the {name} of an execution {text}"
    if order is not None and fill.symbol and fill.symbol != order.symbol:
        return f"an execution in {fill.symbol} is told of an order in {order.symbol}"
    if order is not None and fill.side is not order.side:
        return f"an execution of a {fill.side.value} is told of a {order.side.value} order"
    return ""

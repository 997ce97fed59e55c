"""Cells of a row: the words of one order's figures. They take any number a record may hold, and never raise."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from app.domain.market import Instrument, Quote
from app.domain.money import ZERO, exact, places
from app.domain.order import Order, OrderKind, Side, TimeInForce
from app.ui.look.numbers import grouped, is_odd, lengthened
from app.ui.look.texts import shortened


def at_scale(value: Decimal | None, step: Decimal | None) -> Decimal | None:
    """Return the number with at least the digits of its step, so that a column lines up. Nothing is cut."""
    if value is None or step is None or is_odd(value) or is_odd(step) or places(value) >= places(step):
        return value
    return lengthened(value, places(step))


def ranked(value: Decimal | None) -> Decimal | None:
    """Return the number to sort by; None for what is no number, which can be compared with none."""
    return None if value is None or value.is_nan() else value


def touch_bp(order: Order, quote: Quote | None) -> Decimal | None:
    """The order's price against the best opposite price, in basis points: what the market must move to reach it.

    None where either is not known, and for an order that has ended: no market reaches that any more.
    """
    if not order.is_open:
        return None
    reference = None if quote is None else (quote.ask if order.side is Side.BUY else quote.bid)
    if order.price is None or reference is None or is_odd(order.price) or is_odd(reference) or reference <= ZERO:
        return None
    try:
        with exact():
            return ((order.price - reference) / reference * 10_000).quantize(Decimal(1))
    except InvalidOperation:
        return None  # further away than sixty digits tell


def touch_words(bp: Decimal | None) -> str:
    """A distance short enough for its column: basis points near the market, percents away from it."""
    if bp is None:
        return ""
    if abs(bp) < 1000:
        return f"{grouped(bp, sign=True)} bp"
    with exact():
        return f"{grouped(lengthened(bp / 100, 1), sign=True)} %"


def kind_words(order: Order) -> str:
    """Order type and what limits it, as short as a column."""
    word = order.raw_kind if order.kind is OrderKind.OTHER and order.raw_kind else order.kind.value.capitalize()
    extra = []
    if order.post_only:
        extra.append("post")
    if order.reduce_only:
        extra.append("reduce")
    if not extra and order.kind is OrderKind.LIMIT and order.time_in_force is not TimeInForce.UNKNOWN:
        extra.append(order.time_in_force.value.upper())
    return shortened(" ".join([word, *extra]))


def steps(instrument: Instrument | None) -> tuple[Decimal | None, Decimal | None]:
    """Return tick and lot of a market, None where they are not known."""
    return (None, None) if instrument is None else (instrument.tick, instrument.lot)


def permille_filled(order: Order) -> int:
    """Return the filled part of the total, 0 to 1000; 0 where the figures are none that a market has."""
    if is_odd(order.quantity) or is_odd(order.filled) or order.quantity <= ZERO or order.filled <= ZERO:
        return 0
    with exact():
        return max(1, min(1000, int(order.filled / order.quantity * 1000)))

"""The arithmetic of a modification: an order's amount, value and lock after it. Exact, eight decimals, half up.

A buy locks and keeps its value, a sell locks and keeps its amount; whichever of price, major and minor is sent, the
rest is derived from `amount = value / price` and `value = amount × price`. The published examples ("Modify an Order",
https://docs.bitso.com/bitso-api/docs/modify-an-order, read 2026-11-21) are reproduced to the digit; for partly filled
orders nothing is documented, so both readings of a size are computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from app.domain.money import ZERO, exact, round_half_up
from app.domain.order import Order, OrderKind, Side
from app.venues.bitso.wire.vocabulary import PLACES


class SizeReading(Enum):
    """Meanings that a size sent for a partly filled order may have; without fills they are the same."""

    TOTAL = "the total, fills included"
    REMAINING = "what remains"


@dataclass(frozen=True, slots=True)
class Modification:
    """Numbers that a modification sends; None is not sent. Never both `major` and `minor`."""

    price: Decimal | None = None
    major: Decimal | None = None
    minor: Decimal | None = None
    stop: Decimal | None = None

    def __post_init__(self) -> None:
        if self.major is not None and self.minor is not None:
            raise ValueError("A modification takes major or minor, never both.")

    @property
    def is_sized(self) -> bool:
        """Return True where it sends an amount or a value."""
        return self.major is not None or self.minor is not None

    @property
    def is_empty(self) -> bool:
        """Return True where it sends nothing."""
        return self == Modification()


@dataclass(frozen=True, slots=True)
class Effect:
    """An order after a modification; None where it cannot be known.

    Attributes:
        price: as it would be.
        stop: as it would be.
        amount: total, fills included.
        remaining: amount without the fills.
        value: total in quote currency.
        locked_now: in the lock currency (quote for a buy, base for a sell).
        locked_after: in the same.
    """

    price: Decimal | None
    stop: Decimal | None
    amount: Decimal | None
    remaining: Decimal | None
    value: Decimal | None
    locked_now: Decimal | None
    locked_after: Decimal | None

    @property
    def delta(self) -> Decimal | None:
        """Return what is locked in addition; below zero what is released."""
        if self.locked_now is None or self.locked_after is None:
            return None
        with exact():
            return self.locked_after - self.locked_now


def q8(value: Decimal) -> Decimal:
    """Round to eight decimals, half up."""
    return round_half_up(value, PLACES)


def value_of(order: Order) -> Decimal | None:
    """Return the order's total value: the venue's own figure, else derived; None where there is neither."""
    if order.value is not None or order.price is None:
        return order.value
    with exact():
        return q8(order.quantity * order.price)


def spent(order: Order) -> Decimal | None:
    """Return the quote value of the fills; None where it is not known yet."""
    return ZERO if order.filled == ZERO else order.filled_value


def lock_of(order: Order) -> Decimal | None:
    """Return what the order locks now, in quote currency for a buy and in base for a sell; None where only Bitso knows.

    A buy that has been repriced locks its stored value, which may differ from amount × price in the last digits. After
    fills at other prices the two differ more, and the larger one is taken.
    """
    if order.side is Side.SELL:
        return order.remaining
    if order.price is None:
        return None
    with exact():
        by_price = q8(order.remaining * order.price)
        value, gone = order.value, spent(order)
        if value is None or gone is None:
            return by_price
        return value if order.filled == ZERO else max(value - gone, by_price)


def amount_for(order: Order, value: Decimal, price: Decimal) -> Decimal | None:
    """Return the total amount that makes an order's total value the one typed; None while its fills are not known."""
    gone = spent(order)
    if gone is None or price <= ZERO:
        return None
    with exact():
        return order.filled + q8((value - gone) / price)


def effect(order: Order, change: Modification, reading: SizeReading = SizeReading.TOTAL) -> Effect:
    """Return what the order would be after a change.

    Args:
        order: as it is.
        change: what is sent.
        reading: how a size is taken if the order is partly filled.
    """
    price = change.price if change.price is not None else order.price
    stop = change.stop if change.stop is not None else order.stop
    now = lock_of(order)
    gone = spent(order)
    with exact():
        if change.price is None and not change.is_sized:
            return Effect(price, stop, order.quantity, order.remaining, value_of(order), now, now)
        remaining = _remaining(order, change, reading, price, now)
        if remaining is None:
            return Effect(price, stop, None, None, None, now, None)
        rest = _rest(order, change, reading, price, now, remaining)
        value = gone + rest if gone is not None and rest is not None else None
        after = rest if order.side is Side.BUY else remaining
        return Effect(price, stop, order.filled + remaining, remaining, value, now, after)


def larger_delta(order: Order, change: Modification) -> Decimal | None:
    """Return what may be locked in addition under the costlier reading; None where it cannot be known."""
    deltas = [effect(order, change, reading).delta for reading in SizeReading]
    known = [delta for delta in deltas if delta is not None]
    return max(known) if known else None


def is_ambiguous(order: Order, change: Modification) -> bool:
    """Return True where the size sent has two readings."""
    return change.is_sized and order.filled > ZERO


def _remaining(
    order: Order, change: Modification, reading: SizeReading, price: Decimal | None, lock: Decimal | None
) -> Decimal | None:
    """Return what would remain to be filled."""
    whole = reading is SizeReading.TOTAL
    if change.major is not None:
        return change.major - order.filled if whole else change.major
    if price is None or price <= ZERO:
        return None
    if change.minor is not None:
        gone = spent(order) if whole else ZERO
        return None if gone is None else q8((change.minor - gone) / price)
    if order.side is Side.SELL:
        return order.remaining
    return None if lock is None else q8(lock / price)


def _rest(
    order: Order,
    change: Modification,
    reading: SizeReading,
    price: Decimal | None,
    lock: Decimal | None,
    remaining: Decimal,
) -> Decimal | None:
    """Return the value of what would remain."""
    if change.minor is not None:
        gone = spent(order) if reading is SizeReading.TOTAL else ZERO
        return None if gone is None else change.minor - gone
    if change.major is None and order.side is Side.BUY:
        return lock
    if price is None or order.kind is OrderKind.STOP_MARKET:
        return None
    return q8(remaining * price)

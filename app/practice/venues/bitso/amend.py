"""`PATCH /api/v4/orders`: what the body may hold, and what an order becomes by it.

The anchor rule, read off the documentation's worked examples: the side that is locked stays. A buy keeps its value and
a sell its amount when only the price changes; whatever `major` or `minor` says is taken, the other one is derived with
value = amount x price. Eight decimals, half up (of the usual roundings only half-up and half-even reproduce both worked
examples; which it is, is not documented). Source: "Modify an order", docs.bitso.com, read 2026-11-21. What a modify of
a partly filled order means is not documented: switch `partial_semantics`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from app.practice.exchange.orders import Change, Instrument, Kind, Side, SimOrder, Status
from app.practice.venues.bitso import errors as code
from app.practice.venues.bitso.errors import BitsoError

_NUMBER = re.compile(r"\d+(\.\d+)?", re.ASCII)
_FIELDS = ("price", "major", "minor", "stop")
_EIGHT = Decimal("0.00000001")


@dataclass(frozen=True, slots=True)
class Wish:
    """A modify request after its syntax was checked."""

    price: Decimal | None
    major: Decimal | None
    minor: Decimal | None
    stop: Decimal | None
    cancel: bool


def read(body: object) -> Wish:
    """Read the JSON body.

    Raises:
        BitsoError: 0372 wrong type, 0308 both amounts, 0360 nothing to change, 0361 unknown field, 0408 not above zero.
    """
    if not isinstance(body, Mapping):
        raise BitsoError(code.WRONG_TYPE, "The body must be a JSON object.")
    for name in body:
        if name not in (*_FIELDS, "cancel"):
            raise BitsoError(code.TOO_MANY_FIELDS, f"Unexpected field: {name}.")
    if "major" in body and "minor" in body:
        raise BitsoError(code.BOTH_AMOUNTS, "Specify either major or minor, never both.")
    if not any(name in body for name in _FIELDS):
        raise BitsoError(code.NO_FIELD, "Specify at least one of major, minor, price, stop.")
    numbers = {name: _number(name, body[name]) for name in _FIELDS if name in body}
    cancel = body.get("cancel", "0")
    if cancel not in ("0", "1", True, False):
        raise BitsoError(code.WRONG_TYPE, 'The field cancel takes "1" or "0".')
    return Wish(
        numbers.get("price"), numbers.get("major"), numbers.get("minor"), numbers.get("stop"), cancel in ("1", True)
    )


def _number(name: str, value: Any) -> Decimal:
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if isinstance(value, bool) or not _NUMBER.fullmatch(text):
        raise BitsoError(code.WRONG_TYPE, f"The field {name} must be a positive number.")
    number = Decimal(text)
    if number <= 0:
        raise BitsoError(code.NOT_POSITIVE, f"The field {name} must be non-zero and positive.")
    return number


def rounded(value: Decimal, side: Side, mode: str) -> Decimal:
    """Eight decimals by the switch `rounding`: half_up, or down for a buy and up for a sell."""
    if mode == "half_up":
        return value.quantize(_EIGHT, rounding=ROUND_HALF_UP)
    return value.quantize(_EIGHT, rounding=ROUND_FLOOR if side is Side.BUY else ROUND_CEILING)


def change_for(order: SimOrder, wish: Wish, instrument: Instrument, *, partial: str, rounding: str) -> Change:
    """What the order becomes.

    Args:
        partial: "total" (major and minor mean the whole order, fills included) or "remaining".

    Raises:
        BitsoError: 1005 not modifiable, 0407 precision, 0401-0406 and 0412/0413 outside the book's limits.
    """
    _check_state(order, wish)
    for name, value in (("price", wish.price), ("stop", wish.stop)):
        if value is not None and value % instrument.tick:
            raise BitsoError(code.PRECISION, f"Invalid precision: {name} must be a multiple of {instrument.tick}.")
    for name, value in (("major", wish.major), ("minor", wish.minor)):
        if value is not None and value % _EIGHT:
            raise BitsoError(code.PRECISION, f"Invalid precision: {name} takes at most eight decimals.")
    with localcontext() as context:
        context.prec = 60
        quantity, value = _derive(order, wish, partial, rounding)
    if quantity <= order.filled:
        raise BitsoError(code.MAJOR_LOW, "The amount must be above what is filled already.")
    _check_limits(wish, quantity, value, instrument)
    return Change(price=wish.price, quantity=quantity, value=value, stop=wish.stop, cause="modified")


def _check_state(order: SimOrder, wish: Wish) -> None:
    if not order.is_open or order.status is Status.PENDING:
        raise BitsoError(code.INVALID_OPERATION, "The order cannot be modified in its current status.")
    if order.kind is Kind.MARKET:
        raise BitsoError(code.INVALID_OPERATION, "Market orders cannot be modified.")
    if wish.price is not None and order.price is None:
        raise BitsoError(code.INVALID_OPERATION, "The order has no limit price to modify.")
    if wish.stop is not None and order.status is not Status.UNTRIGGERED:
        raise BitsoError(code.INVALID_OPERATION, "The stop can be modified on un-triggered stop orders only.")


def _derive(order: SimOrder, wish: Wish, partial: str, rounding: str) -> tuple[Decimal, Decimal]:
    """New total amount and new total value."""
    price = wish.price if wish.price is not None else order.price
    filled, spent = order.filled, order.filled_value
    left, left_value = order.remaining, order.value - spent
    if price is None:
        if wish.minor is not None:
            raise BitsoError(code.INVALID_OPERATION, "The order has no price to derive an amount from.")
        if wish.major is None:
            return order.quantity, order.value
        return wish.major if partial == "total" else filled + wish.major, order.value
    if wish.major is not None:
        left = wish.major - filled if partial == "total" else wish.major
        left_value = rounded(left * price, order.side, rounding)
    elif wish.minor is not None:
        left_value = wish.minor - spent if partial == "total" else wish.minor
        left = rounded(left_value / price, order.side, rounding)
    elif wish.price is not None and order.side is Side.BUY:
        left = rounded(left_value / price, order.side, rounding)
    elif wish.price is not None:
        left_value = rounded(left * price, order.side, rounding)
    return filled + left, spent + left_value


def _check_limits(wish: Wish, quantity: Decimal, value: Decimal, instrument: Instrument) -> None:
    limits = instrument.attributes
    checks = (
        (wish.price, "minimum_price", "maximum_price", code.PRICE_LOW, code.PRICE_HIGH),
        (wish.stop, "minimum_price", "maximum_price", code.STOP_LOW, code.STOP_HIGH),
        (quantity, "minimum_amount", "maximum_amount", code.MAJOR_LOW, code.MAJOR_HIGH),
        (value, "minimum_value", "maximum_value", code.MINOR_LOW, code.MINOR_HIGH),
    )
    for number, low, high, below, above in checks:
        if number is None:
            continue
        if number < limits[low]:
            raise BitsoError(below, f"{number} is below the book's {low} of {limits[low]}.")
        if number > limits[high]:
            raise BitsoError(above, f"{number} is above the book's {high} of {limits[high]}.")

"""Exact numbers: prices, quantities and balances are `Decimal` from the first byte read to the last byte written.

Nothing here rounds in silence. A value that does not lie on its tick is reported together with its nearest legal
neighbours, and the person chooses.
"""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)

ZERO = Decimal(0)
ONE = Decimal(1)

#: Digits enough for a 28-digit wire number times another one.
PRECISION = 60

_EXACT = Context(prec=PRECISION, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow])

_PLAIN = re.compile(r"\d+(?:\.\d*)?|\.\d+", re.ASCII)
_SIGNED = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)


#: Arithmetic of two numbers by the rules of `exact`, for what is done with each order that comes in: entering those
#: rules and leaving them costs more than the sum itself.
minus, times, remainder = _EXACT.subtract, _EXACT.multiply, _EXACT.remainder


class NumberError(ValueError):
    """A text that is not the number it should be; its message is one sentence for the person who typed it."""


def exact() -> AbstractContextManager[Context]:
    """Work with 60 significant digits, and fail loudly instead of producing NaN or infinity."""
    return localcontext(_EXACT)


def parse_typed(text: str) -> Decimal:
    """Read a number a person typed: digits and at most one decimal point, whatever the locale.

    No grouping, exponent or sign is accepted: "1,234.5" and "1.234,5" mean different numbers to different people.

    Raises:
        NumberError: with one sentence that says what to write instead.
    """
    stripped = text.strip()
    if not stripped:
        raise NumberError("Type a number.")
    if len(stripped) > 50:
        raise NumberError("That number is too long; use at most 50 characters.")
    if not _PLAIN.fullmatch(stripped):
        if "," in stripped:
            raise NumberError(f"“{stripped}” has a comma; write the number with a point and no grouping, like 1234.5.")
        if stripped[0] in "+-":
            raise NumberError(f"“{stripped}” has a sign; write the number itself, without + or -.")
        raise NumberError(f"“{stripped}” is not a number; use digits and one decimal point, like 1234.5.")
    return Decimal(stripped)


def parse_wire(text: str) -> Decimal:
    """Read a number a venue sent, as its exact digits; an exponent or a minus sign is allowed.

    Raises:
        NumberError: for anything else, "NaN" and "Infinity" included.
    """
    # Digits with at most one point are plain without a look at the pattern; that is most of what venues send.
    is_plain = text.isascii() and text.replace(".", "", 1).isdigit()
    if not is_plain and not _SIGNED.fullmatch(text):
        raise NumberError(f"“{text[:40]}” is not a finite number.")
    return Decimal(text)


def plain(value: Decimal) -> str:
    """Write the number's own digits, never an exponent (venues refuse `1E-8`).

    Raises:
        NumberError: for NaN or infinity.
    """
    if not value.is_finite():
        raise NumberError("Only finite numbers can be written.")
    return format(value, "f")


def tidy(value: Decimal) -> str:
    """Write the number without trailing zeros after the point: `0.3450000` is `0.345`, `100` stays `100`."""
    text = str(value)  # sooner than a format, and the same where it needs no exponent
    if "E" in text or "e" in text or not value.is_finite():
        text = plain(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_unit(value: Decimal, unit: str) -> str:
    """Write the number tidily with its unit behind it, if it has one: `0.5 BTC`."""
    return f"{tidy(value)} {unit}".rstrip()


def places(value: Decimal) -> int:
    """Digits after the point of the number as written (`0.010` has 3, `100` and `1E+2` have 0)."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise NumberError("Only finite numbers have decimal places.")
    return max(0, -exponent)


def is_multiple(value: Decimal, step: Decimal) -> bool:
    """Return True if `value` lies on the grid of `step`, exactly.

    Raises:
        NumberError: if the step is not above zero.
    """
    if step <= 0:
        raise NumberError("A step must be above zero.")
    with exact():
        return value % step == 0


def nearest_multiples(
    value: Decimal,
    step: Decimal,
    minimum: Decimal | None = None,
    maximum: Decimal | None = None,
) -> tuple[Decimal, ...]:
    """The legal values around `value`: the grid points next below and next above it, within the bounds.

    Returns:
        One value if `value` is legal already or lies outside a bound, two if it lies between grid points, none if no
        grid point lies within the bounds. Nearest first.
    """
    if step <= 0:
        raise NumberError("A step must be above zero.")
    with exact():
        lowest = (minimum / step).to_integral_value(ROUND_CEILING) * step if minimum is not None else None
        highest = (maximum / step).to_integral_value(ROUND_FLOOR) * step if maximum is not None else None
        if lowest is not None and highest is not None and lowest > highest:
            return ()
        below = (value / step).to_integral_value(ROUND_FLOOR) * step
        above = (value / step).to_integral_value(ROUND_CEILING) * step
        found: list[Decimal] = []
        for candidate in sorted({below, above}, key=lambda point: (abs(point - value), point)):
            bounded = candidate
            if lowest is not None:
                bounded = max(bounded, lowest)
            if highest is not None:
                bounded = min(bounded, highest)
            bounded = bounded.quantize(step) if places(step) >= places(bounded.normalize()) else bounded
            if bounded not in found:
                found.append(bounded)
        return tuple(found)


def round_half_up(value: Decimal, decimals: int) -> Decimal:
    """Quantise to `decimals` places, half away from zero: for *forecasting* what a venue computes, never for input."""
    with exact():
        return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def step_of(decimals: int) -> Decimal:
    """The grid step of a number with that many decimal places: 2 gives `0.01`."""
    return Decimal(1).scaleb(-decimals)

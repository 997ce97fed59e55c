"""Dust of binary fractions: QFEX's numbers are JSON numbers that went through them. Pure.

What is filled is a difference of two such numbers: 0.3 with 0.29999999999999993 left is an order that nobody touched.
Source: QFEX AsyncAPI description (numbers are doubles), read 2026-11-21 (documented); the traces are inferred from it.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from app.domain.money import ZERO, exact, minus, remainder, times

#: Share of a step within which a number is taken for the nearest multiple of it: far below half a step.
TRACE = Decimal("0.001")

#: Significant digits of a double that its arithmetic leaves alone whatever the market's step is, and the share of the
#: last of them that is dust.
_DIGITS, _DUST = 12, Decimal("0.05")

#: Steps beyond which a number is not laid on the grid: the quotient would be longer than any number of a market.
_MOST_STEPS = Decimal("1e20")


def on_grid(value: Decimal, step: Decimal | None, share: Decimal = TRACE) -> Decimal:
    """Return the nearest multiple of the step where the number is a trace away from it, else the number itself.

    Args:
        value: any number.
        step: of the grid, None where there is none.
        share: of a step, within which the number is a multiple of it.
    """
    if step is None or step <= ZERO or value == ZERO:
        return value
    with_room = abs(value) < times(step, _MOST_STEPS)
    if with_room and remainder(value, step) == ZERO:
        return value
    with exact():
        if abs(value) >= step * _MOST_STEPS:
            return value
        nearest = (value / step).to_integral_value(ROUND_HALF_EVEN) * step
        return nearest + ZERO if nearest != value and abs(value - nearest) <= step * share else value


def filled_of(quantity: Decimal, remaining: Decimal, lot: Decimal | None) -> Decimal:
    """Return what is filled of an order, without dust: below zero where more is left than there is.

    Args:
        quantity: above zero.
        remaining: as reported.
        lot: the market's step of quantities, None where it is not known.
    """
    filled = minus(quantity, remaining)
    if filled == ZERO:
        return filled
    last_digit = Decimal(1).scaleb(quantity.adjusted() + 1 - _DIGITS)
    return on_grid(on_grid(filled, last_digit, _DUST), lot)

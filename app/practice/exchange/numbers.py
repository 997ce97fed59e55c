"""The decimal context every sum of the practice exchange is made in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext

#: Digits enough for a 28-digit amount times another one, so that sums and products are exact.
PRECISION = 60

EIGHT_PLACES = Decimal("0.00000001")


def context() -> Context:
    """60 digits, half up, and no silent NaN or infinity."""
    return Context(prec=PRECISION, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow])


@contextmanager
def exact() -> Iterator[None]:
    """Compute in `context()`."""
    with localcontext(context()):
        yield


def floor_to(value: Decimal, step: Decimal) -> Decimal:
    """The multiple of `step` at or below a value that is not negative."""
    return (value // step) * step

"""Total and remaining: two ways to say the size of an order, of which a venue's request means one. Pure.

The other is its twin: they differ by what has filled, to the digit. A number typed as one of them stays what it is when
more fills; it is the other that follows, and with it what would be sent.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.domain.form import Field, FieldName, with_unit
from app.domain.money import ZERO, exact, is_multiple, tidy
from app.domain.order import Order
from app.domain.plausible import LARGEST, SMALLEST


def means_total(field: Field) -> bool:
    """Return True if a size counts what has filled already."""
    return field.meaning.startswith("total")


def twin_of(field: Field, order: Order) -> Field | None:
    """Return the field of the other way to say a size; None for a field that is no size, or says neither.

    Numbers that no order can have, which a record may hold all the same, have no twin.
    """
    total, filled = means_total(field), order.filled
    if field.name is not FieldName.QUANTITY or not (total or "remaining" in field.meaning):
        return None
    numbers = (filled, field.current, field.step, field.minimum, field.maximum)
    if not all(is_size(each) for each in numbers if isinstance(each, Decimal)):
        return None
    # Fills that lie beside the step move the twin's numbers off it as well; the venue's own field still checks them.
    step = field.step if field.step is not None and field.step > ZERO and is_multiple(filled, field.step) else None
    return replace(
        field,
        label=with_unit("Remaining" if total else "Total", field.unit),
        current=_shifted(field.current, filled, down=total) if order.is_open else _at_its_end(order, total),
        step=step,
        minimum=_shifted(field.minimum, filled, down=total),
        maximum=_shifted(field.maximum, filled, down=total),
        meaning="what remains, fills left out" if total else "total, fills included",
        hint="",
        derived=True,
    )


def as_twin(value: Decimal, field: Field, order: Order) -> Decimal:
    """Return a size of the venue's own field as its twin says it."""
    with exact():
        return value - order.filled if means_total(field) else value + order.filled


def from_twin(value: Decimal, field: Field, order: Order) -> Decimal:
    """Return a size that the twin says as the venue's own field has it."""
    with exact():
        return value + order.filled if means_total(field) else value - order.filled


def twin_problem(value: Decimal, field: Field, order: Order) -> str:
    """Return why a number typed as the twin comes to no size of this order, in one sentence; "" if it does."""
    if not is_size(value):
        return "That number is beyond any sensible size; write one that is not."
    if means_total(field):
        return "" if value > ZERO else "Remaining: it must be above zero; to end the order, cancel it."
    if value > order.filled:
        return ""
    return f"Total: {tidy(value)} is not above the {tidy(order.filled)} that has filled already."


def is_size(value: Decimal) -> bool:
    """Return True for a number that can be the size of an order, so that adding to it loses no digit."""
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and abs(exponent) <= -SMALLEST and value.adjusted() <= LARGEST - 1


def _at_its_end(order: Order, total: bool) -> Decimal:
    """The twin of an order that has ended: nothing remains, whatever was never filled."""
    return order.remaining if total else order.quantity


def _shifted(value: Decimal | str | None, filled: Decimal, *, down: bool) -> Decimal | None:
    if not isinstance(value, Decimal):
        return None
    with exact():
        return max(ZERO, value - filled) if down else value + filled

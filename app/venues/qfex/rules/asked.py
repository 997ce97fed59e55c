"""A draft as the terms that would be sent: what was typed, and the order's own for what was not."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.domain.form import FieldName
from app.domain.money import ZERO, exact, places
from app.domain.order import Order
from app.domain.plan import Draft
from app.domain.terms import own_terms
from app.venues.qfex.wire import vocabulary as words

#: A number with more digits before or after the point is a slip, and would leave the exact range of the arithmetic.
_MOST_DIGITS = 24

#: Terms that are sent, with what a person calls them, in the order of the form.
LABELS = {
    FieldName.PRICE: "Price",
    FieldName.QUANTITY: "Quantity",
    FieldName.TAKE_PROFIT: "Take profit",
    FieldName.STOP_LOSS: "Stop loss",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The four terms that would be sent, whatever was typed: what was not typed is the order's own, 0 is no exit.

    Attributes:
        changed: the fields whose number was typed and differs from the order's.
        reduce_only: the flag that identifies the order: its own where it is reported, else as declared, else False.
        declared: a person said it, because QFEX does not.
    """

    price: Decimal | None
    quantity: Decimal
    take_profit: Decimal
    stop_loss: Decimal
    changed: frozenset[FieldName]
    reduce_only: bool = False
    declared: bool = False

    def number(self, name: FieldName) -> Decimal | None:
        """Return the term of that name."""
        value: Decimal | None = getattr(self, name.value)
        return value

    def remaining(self, order: Order) -> Decimal:
        """Return what would be left to fill."""
        with exact():
            return max(ZERO, self.quantity - order.filled)


def asked_of(draft: Draft, order: Order) -> Asked:
    """Read a draft against the order as it is now."""
    own = {term.field: term.of_order(order) for term in own_terms() if term.field in LABELS}
    typed = {name: number for name in own if (number := draft.number(name)) is not None}
    terms = own | typed
    said = draft.choice(FieldName.REDUCE_ONLY) if order.reduce_only is None else None
    return Asked(
        price=terms[FieldName.PRICE],
        quantity=terms[FieldName.QUANTITY] or ZERO,
        take_profit=terms[FieldName.TAKE_PROFIT] or ZERO,
        stop_loss=terms[FieldName.STOP_LOSS] or ZERO,
        changed=frozenset(name for name, number in typed.items() if number != own[name]),
        reduce_only=said == words.YES if order.reduce_only is None else order.reduce_only,
        declared=said is not None,
    )


def absurd(draft: Draft) -> tuple[FieldName, ...]:
    """Return the fields whose number is too long to reckon with."""
    return tuple(
        name
        for name, value in draft.values
        if isinstance(value, Decimal)
        and (not value.is_finite() or value.adjusted() >= _MOST_DIGITS or places(value) > _MOST_DIGITS)
    )

"""The terms of an order, once: every field an amendment can ask for, and how each is read.

Whatever compares, tells or shows terms iterates `TERMS`, so that a new field is looked at everywhere from its first
day: the evidence that settles an amendment, the lines of a row's history, the sheet of what happened while away, the
rows, the journal's words and the promises of the simulation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.domain.form import FieldName
from app.domain.money import ZERO
from app.domain.order import Order
from app.domain.plan import Terms


@dataclass(frozen=True, slots=True)
class Term:
    """One term.

    Attributes:
        name: the attribute of `Order` and of `Terms` that holds it.
        field: the form's field it belongs to.
        label: what a person reads, lower case.
        absent_is_zero: where an order has none, that is the same as zero: asking for zero removes it.
        derived: follows from other terms and the fills of an order, so that a change of it is none of its own.
        is_price: counted in ticks, not in lots.
    """

    name: str
    field: FieldName
    label: str
    absent_is_zero: bool = False
    derived: bool = False
    is_price: bool = False

    def of_order(self, order: Order) -> Decimal | None:
        """Return the term as the order has it; None where it has none."""
        value: Decimal | None = getattr(order, self.name)
        return ZERO if value is None and self.absent_is_zero else value

    def of_terms(self, terms: Terms) -> Decimal | None:
        """Return the term as asked for; None where it is not asked for and not judged."""
        value: Decimal | None = getattr(terms, self.name)
        return value

    def shown(self, order: Order) -> Decimal | None:
        """Return the term for a person: None where the order has none, be it told as zero."""
        value = self.of_order(order)
        return None if self.absent_is_zero and value == ZERO else value


TERMS: tuple[Term, ...] = (
    Term("price", FieldName.PRICE, "price", is_price=True),
    Term("quantity", FieldName.QUANTITY, "quantity"),
    Term("remaining", FieldName.QUANTITY, "remaining", derived=True),
    Term("value", FieldName.VALUE, "value"),
    Term("stop", FieldName.STOP, "stop", is_price=True),
    Term("take_profit", FieldName.TAKE_PROFIT, "take profit", absent_is_zero=True, is_price=True),
    Term("stop_loss", FieldName.STOP_LOSS, "stop loss", absent_is_zero=True, is_price=True),
)


def own_terms() -> Iterator[Term]:
    """Yield the terms that an order has by itself, derived ones left out."""
    return (term for term in TERMS if not term.derived)


def changed_terms(before: Order, now: Order) -> tuple[Term, ...]:
    """Return the terms in which two states of an order differ; the fills are no term."""
    changed: list[Term] = []
    for term in TERMS:
        if term.derived:
            continue
        old, new = getattr(before, term.name), getattr(now, term.name)
        if (old is None and new is None) or old == new:
            continue  # so it is with most, and is seen so with the fewest steps
        # What is told as zero by the one may be told by the other as none.
        if not term.absent_is_zero or term.of_order(before) != term.of_order(now):
            changed.append(term)
    return tuple(changed)

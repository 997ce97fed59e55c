"""A draft as what it would send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.domain.form import FieldName
from app.domain.money import ZERO, tidy
from app.domain.order import Order, Side
from app.domain.plan import Draft, WireValue
from app.venues.bitso.rules.amounts import Modification, amount_for, value_of
from app.venues.bitso.rules.form import CANCEL_ORDER, KEEP_SPEND, is_native
from app.venues.bitso.wire import vocabulary as words

#: Numbers outside are no prices, amounts or values of any market, and would overflow the arithmetic.
SMALLEST = Decimal("1e-16")
LARGEST = Decimal("1e20")

#: Fields that take a number.
NUMBERS = (FieldName.PRICE, FieldName.QUANTITY, FieldName.VALUE, FieldName.STOP)


@dataclass(frozen=True, slots=True)
class Asked:
    """A draft as what it would send.

    Attributes:
        change: the numbers sent.
        cancels: the cancel flag is set.
        typed: the number fields that were set to something else than the order has.
    """

    change: Modification
    cancels: bool
    typed: dict[FieldName, Decimal]

    @property
    def cause(self) -> FieldName:
        """Return the field to which a resulting size is owed."""
        return next((name for name in (FieldName.QUANTITY, FieldName.VALUE) if name in self.typed), FieldName.PRICE)


def is_usable(number: Decimal) -> bool:
    """Return True for a number that can be reckoned with: zero, or one that a price or size could have."""
    return number.is_finite() and (number == ZERO or SMALLEST <= abs(number) <= LARGEST)


def restored(fields: Iterable[tuple[str, WireValue]], order: Order) -> Decimal | None:
    """Return the amount that is sent along as it is, so that a new price does not change it; None where none is.

    It would undo a change of the amount made elsewhere that was not seen.
    """
    major = next((value for name, value in fields if name == words.MAJOR), None)
    return major if isinstance(major, Decimal) and major == order.quantity else None


def restored_text(amount: Decimal) -> str:
    """Say what it means that the amount went along."""
    return f"the amount {tidy(amount)} goes along as it is, and undoes a change of it made elsewhere at that moment"


def asked_of(draft: Draft, switches: Mapping[str, str]) -> Asked:
    """Return what a draft would send; a number equal to the order's own counts as not typed."""
    order = draft.base
    current = {
        FieldName.PRICE: order.price,
        FieldName.QUANTITY: order.quantity,
        FieldName.VALUE: value_of(order),
        FieldName.STOP: order.stop,
    }
    typed: dict[FieldName, Decimal] = {}
    for name in NUMBERS:
        number = draft.number(name)
        if number is not None and is_usable(number) and number != current[name]:
            typed[name] = number
    price, quantity, value = (typed.get(name) for name in (FieldName.PRICE, FieldName.QUANTITY, FieldName.VALUE))
    keeps_spend = draft.choice(FieldName.WHEN_REPRICED) == KEEP_SPEND
    major, minor = quantity, None
    if value is not None and quantity is None:
        if is_native(switches):
            minor = value
        else:
            at = price if price is not None else order.price
            major = amount_for(order, value, at) if at is not None else None
    elif price is not None and quantity is None and order.side is Side.BUY and not keeps_spend:
        major = order.quantity
    if value is not None and major == order.quantity and price is None:
        # The typed value comes to the very amount the order has.
        major = None
    return Asked(
        change=Modification(price, major, minor, typed.get(FieldName.STOP)),
        cancels=draft.choice(FieldName.ON_FAILURE) == CANCEL_ORDER,
        typed=typed,
    )

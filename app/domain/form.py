"""The form: every field an order could have, which may change now, and why the others may not."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from app.domain.money import parse_typed
from app.domain.order import Order, OrderStatus
from app.domain.rules import Rule


class FieldName(StrEnum):
    """The common names of fields, the same for every venue."""

    PRICE = "price"
    QUANTITY = "quantity"
    VALUE = "value"
    STOP = "stop"
    TAKE_PROFIT = "take_profit"
    STOP_LOSS = "stop_loss"
    ON_FAILURE = "on_failure"
    WHEN_REPRICED = "when_repriced"
    REDUCE_ONLY = "reduce_only"


class QueuePlace(StrEnum):
    """Effect of a route on the order's place in the queue."""

    KEPT = "kept"
    LOST = "lost"
    UNKNOWN = "not documented"


class IdAfter(StrEnum):
    """Effect of a route on the order's id."""

    SAME = "same"
    NEW = "new"
    SAME_EXPECTED = "same expected, checked"


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a choice field: its common name, what a person reads, and what the venue writes for it."""

    value: str
    label: str
    warning: str = ""
    venue_value: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One line of the form.

    Attributes:
        name: common name; `venue_name` is what the venue calls it on the wire.
        label: what a person reads, such as "Amount (BTC)".
        editable: whether it may change now; if not, `reason` is one sentence and `rule` its source.
        current: the order's value now: a number, a choice, or None where the order has none.
        unit: currency or unit of a number, "" for a choice.
        step: grid a number must lie on; `minimum` and `maximum` are inclusive bounds, None where unbounded.
        choices: for a choice field; empty for a number.
        meaning: what the number means where venues differ: "total, fills included", "remaining" …
        hint: a note to show while it is editable, such as a caution.
        origin: one sentence on where `current` comes from, locked or not; "" where it is what the venue shows.
        clearable: whether 0 removes it (attached exits).
        derived: shown as computed from other fields unless typed.
        routes: names of the routes that can change it.
    """

    name: FieldName
    label: str
    venue_name: str
    editable: bool
    current: Decimal | str | None
    reason: str = ""
    rule: Rule | None = None
    unit: str = ""
    step: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: tuple[Choice, ...] = ()
    meaning: str = ""
    hint: str = ""
    origin: str = ""
    clearable: bool = False
    derived: bool = False
    routes: tuple[str, ...] = ()

    @property
    def is_choice(self) -> bool:
        """Return True if the field takes one of `choices` instead of a number."""
        return bool(self.choices)


@dataclass(frozen=True, slots=True)
class Route:
    """One way the venue offers to change this order.

    Attributes:
        name: stable name, such as "modify", "reduce" or "replace".
        label: what a person reads; `call` is the venue's own name of the call.
        offered: whether it can be used now; if not, `reason` says why.
        opt_in: whether it is off until a person chooses it for this amendment.
        queue: what it does to the place in the queue; `id_after` to the order id.
        warning: what a person must know before choosing it, "" if nothing.
        rule: source of these statements; `further` are rules about what else the route does.
    """

    name: str
    label: str
    call: str
    offered: bool
    queue: QueuePlace
    id_after: IdAfter
    opt_in: bool = False
    reason: str = ""
    warning: str = ""
    rule: Rule | None = None
    further: tuple[Rule, ...] = ()


#: Words of a lock that passes by itself.
_PATIENCE = re.compile(r"\b(?:try again in|wait) a moment\b|\bwait for (?:its|the venue's|\w+'s) (?:outcome|answer)\b")


@dataclass(frozen=True, slots=True)
class Form:
    """Fields that may be changed of one order now. Every field is there; a locked one says why.

    Attributes:
        order: the order the form was made for.
        fields: in the order of the tab walk.
        routes: default first.
        locked: one sentence where the whole order cannot be amended now, "" otherwise; `rule` its source.
    """

    order: Order
    fields: tuple[Field, ...]
    routes: tuple[Route, ...]
    locked: str = ""
    rule: Rule | None = None

    def field(self, name: FieldName) -> Field | None:
        """The field of that common name, or None where this venue has no such field."""
        return next((field for field in self.fields if field.name == name), None)

    def route(self, name: str | None) -> Route | None:
        """The route of that name; the default route for None."""
        if name is None:
            return next((route for route in self.routes if not route.opt_in), None)
        return next((route for route in self.routes if route.name == name), None)

    @property
    def editable(self) -> tuple[Field, ...]:
        """The fields that may change now, by any route."""
        return tuple(field for field in self.fields if field.editable)


def locked(form: Form, text: str) -> Form:
    """Return the form with nothing to change in it, and one sentence on why."""
    fields = tuple(replace(each, editable=False, reason=text, rule=None) for each in form.fields)
    return replace(form, fields=fields, locked=text, rule=None)


def passes_by_itself(text: str) -> bool:
    """Return True if the sentence of a lock asks for nothing but patience: later the same change may be sent."""
    return _PATIENCE.search(text) is not None


def with_unit(label: str, unit: str) -> str:
    """A field's label with its unit: "Price (USD)"; the bare label while the unit is not known."""
    return f"{label} ({unit})" if unit else label


def why_ended(status: OrderStatus) -> str:
    """Return why an order that has ended cannot be amended, as one sentence; "" for an order that has not."""
    match status:
        case OrderStatus.FILLED:
            return "The order is completely filled; nothing is left to amend."
        case OrderStatus.CANCELLED:
            return "The order is cancelled; nothing is left to amend."
        case OrderStatus.EXPIRED:
            return "The order has expired; nothing is left to amend."
        case OrderStatus.REJECTED:
            return "The order was rejected; there is nothing to amend."
        case OrderStatus.ENDED:
            return "The order has ended; nothing is left to amend."
        case _:
            return ""


class InputError(ValueError):
    """A wrong input; `field` names it and the message is one sentence that says what to do."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


def resolve_field(form: Form, name: str) -> Field:
    """Find a field by its common name or by the venue's own.

    Raises:
        InputError: naming the fields there are.
    """
    wanted = name.strip().lower()
    for field in form.fields:
        if wanted in (field.name.value, field.venue_name.lower()):
            return field
    names = ", ".join(field.name.value for field in form.fields)
    total = " A total is a wish for several orders; name them all." if wanted == "total" else ""
    raise InputError(name, f"There is no field “{name}” on this order; use one of {names}.{total}")


def read_value(field: Field, text: str) -> Decimal | str:
    """Read what a person typed into a field: a number, or one of its choices (by value or label).

    Raises:
        InputError: in one sentence, naming the field.
    """
    if field.is_choice:
        wanted = text.strip().lower()
        for choice in field.choices:
            if wanted in (choice.value.lower(), choice.label.lower(), choice.venue_value.lower() or choice.value):
                return choice.value
        options = ", ".join(choice.value for choice in field.choices)
        raise InputError(
            field.name.value,
            f"{field.label}: “{text}” is not a choice; use one of {options}.",
        )
    try:
        return parse_typed(text)
    except ValueError as error:
        raise InputError(field.name.value, f"{field.label}: {error}") from error

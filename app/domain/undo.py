"""Undo of an amendment: the draft that asks for the terms before it, and what does not come back with them. Pure.

An undo is a new amendment like any other: it is drafted, looked at and sent by hand. It is offered only while the order
still has the terms the amendment gave it; a fill is no change of those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.domain.amendment import Amendment, AmendmentStage, Command
from app.domain.form import Field, FieldName, Form, IdAfter, QueuePlace
from app.domain.money import ZERO, exact, tidy
from app.domain.order import Order
from app.domain.terms import own_terms
from app.domain.twins import means_total

Value = Decimal | str

#: Nothing came of these, so that the amendment before them is the last one there is to undo.
_WITHOUT_EFFECT = (AmendmentStage.REFUSED, AmendmentStage.NOT_APPLIED)

#: Choices that say how a change is made; the undo says its numbers itself.
_NOT_TAKEN_OVER = (FieldName.WHEN_REPRICED, FieldName.ON_FAILURE)


class UndoError(ValueError):
    """There is nothing to undo, or not any more; the message is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Inverse:
    """Draft of an undo.

    Attributes:
        values: what is to be asked for, by field.
        route: the route the amendment took.
        texts: what it undoes, and what cannot come back, a sentence each.
    """

    values: tuple[tuple[FieldName, Value], ...]
    route: str
    texts: tuple[str, ...]


def last_to_undo(amendments: Sequence[Amendment]) -> Amendment:
    """Return the amendment of an order that an undo is about: the last one that had an effect.

    Args:
        amendments: all that were sent for it, oldest first.

    Raises:
        UndoError: if there is none, or its outcome is not known.
    """
    if not amendments:
        raise UndoError("No amendment of this order was sent from here; there is nothing to undo.")
    for amendment in reversed(amendments):
        if amendment.is_open:
            raise UndoError("An amendment of this order is still under way; wait for its outcome, then undo it.")
        if amendment.stage is AmendmentStage.CONFIRMED:
            return amendment
        if amendment.stage not in _WITHOUT_EFFECT:
            break
    else:
        raise UndoError("No amendment of this order was confirmed; there is nothing to undo.")
    raise UndoError("The last amendment of this order did not come out as asked; type the terms you want instead.")


def inverse_of(amendment: Amendment, form: Form, *, unchanged: bool, old_fills: Decimal = ZERO) -> Inverse:
    """Return the draft that asks for the terms before an amendment.

    Args:
        amendment: a confirmed one.
        form: of the order as it is now.
        unchanged: whether the order still has the terms the amendment gave it.
        old_fills: size that filled under an earlier id after the amendment was sent.

    Raises:
        UndoError: if it cannot be drafted.
    """
    command, order = amendment.command, form.order
    if form.locked:
        raise UndoError(f"It cannot be undone now: {form.locked}")
    if not unchanged:
        since = _difference(command, order)
        raise UndoError(f"The order was changed since ({since}); type the terms you want instead.")
    with exact():
        fills = old_fills + (order.filled if command.id_after is IdAfter.NEW else order.filled - command.order.filled)
    values = [*_numbers(command, form, fills), *_choices(amendment, form)]
    if not any(isinstance(value, Decimal) for _, value in values):
        raise UndoError("The order has the terms from before that amendment already; there is nothing to undo.")
    for name, _ in values:
        field = form.field(name)
        if field is None or not field.editable:
            reason = field.reason if field is not None else "the venue offers no such field now."
            raise UndoError(f"It cannot be undone now: {reason}")
    asked = ((_words(name.value), _words(new), _words(old)) for name, old, new in amendment.asked)
    what = ", ".join(f"{name} {old} → {new}" for name, new, old in asked)
    texts = (f"Undo of {what}. Nothing is sent until you send it.", *_lasting(amendment, form, fills))
    return Inverse(tuple(values), command.route, texts)


def _numbers(command: Command, form: Form, fills: Decimal) -> list[tuple[FieldName, Value]]:
    """The terms that the amendment changed, as they were before; a size is given one way only."""
    numbers: list[tuple[FieldName, Value]] = []
    size = form.field(FieldName.QUANTITY)
    if size is not None and _size_changed(command):
        numbers.append((FieldName.QUANTITY, _size(command, form.order, size, fills)))
    for term in own_terms():
        asked, before = term.of_terms(command.target), term.of_order(command.order)
        if term.field is FieldName.QUANTITY or (term.field is FieldName.VALUE and size is not None):
            continue
        if asked is not None and before is not None and asked != before:
            numbers.append((term.field, before))
    return [(name, value) for name, value in numbers if value != _current(form, name)]


def _size_changed(command: Command) -> bool:
    target, order = command.target, command.order
    if target.remaining is not None:
        return target.remaining != order.remaining
    return target.quantity is not None and target.quantity != order.quantity


def _size(command: Command, order: Order, field: Field, fills: Decimal) -> Decimal:
    """The size from before, less what has filled since where the number is what remains."""
    with exact():
        remaining = command.order.remaining - fills
        if remaining <= ZERO:
            text = f"{tidy(fills)} filled since, of the {tidy(command.order.remaining)} that remained before"
            raise UndoError(f"The size cannot be undone: {text}.")
        return order.filled + remaining if means_total(field) else remaining


def _choices(amendment: Amendment, form: Form) -> list[tuple[FieldName, Value]]:
    """Choices that say what order it is: without them the venue might take it for another one."""
    choices: list[tuple[FieldName, Value]] = []
    for name, _, new in amendment.asked:
        field = form.field(name)
        if isinstance(new, str) and name not in _NOT_TAKEN_OVER and field is not None and field.current != new:
            choices.append((name, new))
    return choices


def _lasting(amendment: Amendment, form: Form, fills: Decimal) -> list[str]:
    """Sentences on what cannot come back."""
    texts, order = [], form.order
    route = form.route(amendment.command.route)
    place = route.queue if route is not None else QueuePlace.UNKNOWN
    if place is QueuePlace.LOST:
        texts.append("Its place in the queue was given up and does not come back.")
    elif place is QueuePlace.UNKNOWN:
        texts.append("Whether it kept its place in the queue is not documented; a lost one does not come back.")
    elif any(each.offered and each.queue is QueuePlace.LOST for each in form.routes):
        texts.append("Where this route cannot undo it, another one can, and loses the place in the queue.")
    if amendment.command.order.order_id != order.order_id:
        texts.append(f"The order id {amendment.command.order.order_id} does not come back.")
    if fills > ZERO:
        texts.append(f"What filled since stays filled: {tidy(fills)}.")
    return texts


def _difference(command: Command, order: Order) -> str:
    """Name a term that is no longer as asked."""
    for term in own_terms():
        asked, now = term.of_terms(command.target), term.of_order(order)
        if asked is not None and now != asked:
            return f"{term.label} {'none' if now is None else tidy(now)}, not the {tidy(asked)} that was asked for"
    return "its terms are not those that were asked for"


def _current(form: Form, name: FieldName) -> Decimal | str | None:
    field = form.field(name)
    return field.current if field is not None else None


def _words(value: Decimal | str | None) -> str:
    if value is None:
        return "none"
    return tidy(value) if isinstance(value, Decimal) else value.replace("_", " ")

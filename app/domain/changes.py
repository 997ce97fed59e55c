"""Changes written as `field=value`, read against one order's form. Pure.

The same words are read for one order and for many: `price=+3t` comes to another number on each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.domain.form import FieldName, Form, InputError, resolve_field
from app.domain.intent import Basis, typed_value
from app.domain.market import Quote
from app.domain.money import tidy


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes as the numbers they come to on one order.

    Attributes:
        values: the fields with their numbers or choices, as a draft has them.
        notes: for each wish that was no number, what it comes to and how, as one sentence.
        adjusted: those of the notes that tell of a number put on a step beside it.
    """

    values: tuple[tuple[FieldName, Decimal | str], ...]
    notes: tuple[str, ...] = ()
    adjusted: frozenset[str] = frozenset()


def read_changes(form: Form, quote: Quote | None, changes: Sequence[str]) -> Changes:
    """Read changes of the order a form was made for.

    Args:
        form: says which fields there are and where their numbers lie.
        quote: the market as it is, for wishes such as `join`; None where it is not known.
        changes: each as `field=value`, the field by its common name or the venue's.

    Raises:
        InputError: naming the field and what to write instead.
    """
    values: list[tuple[FieldName, Decimal | str]] = []
    notes: list[str] = []
    adjusted: set[str] = set()
    for change in changes:
        name, sign, value = change.partition("=")
        if not sign:
            raise InputError(name, f"“{change}” is not a change; write field=value, such as price=100.5.")
        field = resolve_field(form, name)
        if field.name in [known for known, _ in values]:
            raise InputError(name, f"{field.label} is given twice; give each field once.")
        drafted = dict(values).get(FieldName.PRICE, form.order.price)
        basis = Basis(form.order, quote, drafted if isinstance(drafted, Decimal) else None)
        number, intent = typed_value(field, value, basis)
        if intent is not None:
            notes.append(f"{field.label}: “{value}” is {tidy(intent.value)} ({intent.text}).")
            adjusted |= {notes[-1]} if intent.adjusted else set()
        values.append((field.name, number))
    return Changes(tuple(values), tuple(notes), frozenset(adjusted))

"""Form fields as every venue has them: units, grids and locks filled in from a market's rules. Pure.

A venue gives the result its own bounds, meaning, hint and routes with `dataclasses.replace`.
"""

from __future__ import annotations

from decimal import Decimal

from app.domain.form import Field, FieldName, with_unit
from app.domain.market import Instrument
from app.domain.rules import Rule

#: Sentence on why a field may not change now, and the rule it comes from.
Lock = tuple[str, Rule]


def price_field(
    name: FieldName,
    label: str,
    venue_name: str,
    current: Decimal | None,
    instrument: Instrument | None,
    lock: Lock | None,
    rule: Rule,
) -> Field:
    """Return a field in the quote currency, on the market's tick.

    Args:
        name: common name.
        label: for a person, without the unit.
        venue_name: the venue's name of it on the wire.
        current: the order's value now.
        instrument: the market's rules; None while they are not loaded.
        lock: stands against a change; None where it may change.
        rule: quoted where it may change.
    """
    unit, step = (instrument.quote, instrument.tick) if instrument else ("", None)
    return _field(name, with_unit(label, unit), venue_name, current, lock, rule, unit, step)


def size_field(
    name: FieldName,
    label: str,
    venue_name: str,
    current: Decimal | None,
    instrument: Instrument | None,
    lock: Lock | None,
    rule: Rule,
) -> Field:
    """Return a field in the base currency, on the market's lot; arguments as of `price_field`."""
    unit, step = (instrument.base, instrument.lot) if instrument else ("", None)
    return _field(name, with_unit(label, unit), venue_name, current, lock, rule, unit, step)


def choice_field(name: FieldName, label: str, venue_name: str, current: str, lock: Lock | None, rule: Rule) -> Field:
    """Return a field without unit and grid; its choices are the venue's to add. Arguments as of `price_field`."""
    return _field(name, label, venue_name, current, lock, rule, "", None)


def _field(
    name: FieldName,
    label: str,
    venue_name: str,
    current: Decimal | str | None,
    lock: Lock | None,
    rule: Rule,
    unit: str,
    step: Decimal | None,
) -> Field:
    reason, rule = lock or ("", rule)
    return Field(name, label, venue_name, not reason, current, reason, rule, unit, step)

"""Guards of a size that grows: by what factor, to what size and value. What adds no risk passes them. Pure."""

from __future__ import annotations

from decimal import Decimal

from app.desk.guards.change import Change, Finding, tiers
from app.domain.form import FieldName
from app.domain.limits import Limits
from app.domain.market import units_of
from app.domain.money import ZERO, exact, in_unit, tidy
from app.domain.plan import Caution, Problem, Surroundings


def sizes(change: Change, around: Surroundings, limits: Limits) -> list[Finding]:
    """Return what stands against a size or a value that grows; a sell that goes up is worth more and risks nothing."""
    if not change.known or change.reduces:
        return []
    return [*_growth(change, limits), *_size(change, around, limits), *_notional(change, around, limits)]


def _growth(change: Change, limits: Limits) -> list[Finding]:
    """Look at what the venue's request means, the total or what remains."""
    order = change.order
    for what, is_meant, new, old in (
        ("size", change.means_total, change.total, order.quantity),
        ("remaining size", change.means_remaining, change.remaining, order.remaining),
    ):
        if not is_meant or old <= ZERO or new <= old:
            continue
        with exact():
            factor = new / old
            passes = (factor > limits.soft_growth, limits.hard_growth is not None and factor > limits.hard_growth)
            shown = factor.quantize(Decimal("0.1"))
        text = f"Quantity: {tidy(new)} is {shown} times the order's {what} now"
        refusal = f"this account refuses more than {_number(limits.hard_growth)} times"
        if any(passes):
            return tiers(limits, "growth", passes, text, refusal, FieldName.QUANTITY)
    return []


def _size(change: Change, around: Surroundings, limits: Limits) -> list[Finding]:
    if not change.grows:
        return []
    base, _ = units_of(around.instrument)
    passes = tuple(each is not None and change.total > each for each in (limits.soft_size, limits.hard_size))
    hard = passes[1]
    text = f"Quantity: a size of {in_unit(change.total, base)} is above this account's limit of "
    text += in_unit((limits.hard_size if hard else limits.soft_size) or ZERO, base)
    return tiers(limits, "size", (passes[0], hard), text, "make it smaller", FieldName.QUANTITY)


def _notional(change: Change, around: Surroundings, limits: Limits) -> list[Finding]:
    if limits.soft_notional is None and limits.hard_notional is None:
        return []
    new, old = change.notional(), change.notional_now()
    _, quote = units_of(around.instrument)
    if new is None or old is None:
        if not change.grows:
            return []
        text = "Value: without a price nothing tells it, so this account's limit cannot be compared"
        if limits.hard_notional is not None:
            return [Problem(f"{text}; give the order a price.", FieldName.QUANTITY)]
        return [Caution(f"{text}.", FieldName.QUANTITY, confirm=True, limit="soft_notional")]
    if new <= old:
        return []
    passes = tuple(each is not None and new > each for each in (limits.soft_notional, limits.hard_notional))
    hard = passes[1]
    text = f"Value: {in_unit(new, quote)} would be left to trade, above this account's limit of "
    text += in_unit((limits.hard_notional if hard else limits.soft_notional) or ZERO, quote)
    field = FieldName.QUANTITY if change.grows else FieldName.PRICE
    return tiers(limits, "notional", (passes[0], hard), text, "make it smaller", field)


def _number(value: Decimal | None) -> str:
    return tidy(value) if value is not None else ""

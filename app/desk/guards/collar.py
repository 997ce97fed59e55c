"""Collar of a new price: how far it lies from the live market, and from the order's own price now. Pure."""

from __future__ import annotations

from decimal import Decimal

from app.desk.guards.change import Change, Finding, tiers
from app.domain.form import FieldName
from app.domain.limits import REFUSE, Limits
from app.domain.market import LinkState, Quote
from app.domain.money import ZERO, exact, tidy
from app.domain.plan import Caution, Problem, Surroundings

_SECOND = 1_000_000_000


def collar(change: Change, around: Surroundings, limits: Limits) -> list[Finding]:
    """Return what stands against a new price; where it cannot be compared it asks, or refuses if so set.

    Without a market price to compare with, one that only goes away from the market, at the same size or less, is told
    and not asked about.
    """
    if not change.prices or change.price is None:
        return []
    reference, missing = _reference(around, limits)
    if reference is not None:
        return [*_distance(change.price, reference, limits), *_change(change.price, change.order.price, limits)]
    text = f"Price: {missing}"
    moved = _change(change.price, change.order.price, limits)
    if change.reduces:
        return [Caution(f"{text}; nothing compares the new one.", FieldName.PRICE), *moved]
    if limits.without_reference == REFUSE:
        return [Problem(f"{text}, and this account refuses a new one then; wait for the market.", FieldName.PRICE)]
    text = f"{text} to compare with; check the number once more."
    return [Caution(text, FieldName.PRICE, confirm=True, limit="without_reference"), *moved]


def _reference(around: Surroundings, limits: Limits) -> tuple[Decimal | None, str]:
    """The mid of a live market; None and why there is none to go by."""
    quote: Quote | None = around.quote
    mid = quote.mid if quote is not None else None
    if quote is None or mid is None or not mid.is_finite() or mid <= ZERO:
        return None, "no live market price"
    if around.link is not LinkState.UP:
        return None, "no live market price while the link is not up"
    age = (around.now - quote.as_of) // _SECOND
    if age > limits.stale_after:
        return None, f"the last market price is {age} s old, no live one"
    return mid, ""


def _distance(price: Decimal, reference: Decimal, limits: Limits) -> list[Finding]:
    with exact():
        # The same slip up or down weighs the same: a third of the mid is as far away as three times it.
        away = max(price, reference) / min(price, reference) - 1 if price > ZERO else limits.hard_distance + 1
        shown = abs(price - reference) / reference
        most = tidy(limits.hard_distance + 1)
    where = "above" if price > reference else "below"
    text = f"Price: {tidy(price)} is {percent(shown)} % {where} the mid of {tidy(reference)}"
    refusal = f"the ticket refuses more than {most} times or below 1/{most} of it"
    passes = (away > limits.soft_distance, away > limits.hard_distance)
    return tiers(limits, "distance", passes, text, refusal, FieldName.PRICE)


def _change(price: Decimal, before: Decimal | None, limits: Limits) -> list[Finding]:
    if before is None or before <= ZERO:
        return []
    with exact():
        share = abs(price - before) / before
        passes = tuple(each is not None and share > each for each in (limits.soft_change, limits.hard_change))
        most = percent(limits.hard_change or ZERO)
    how = "more" if price > before else "less"
    text = f"Price: {tidy(price)} is {percent(share)} % {how} than the order's {tidy(before)}"
    refusal = f"this account refuses a change of more than {most} %"
    return tiers(limits, "change", (passes[0], passes[1]), text, refusal, FieldName.PRICE)


def percent(share: Decimal) -> str:
    """A share as percent, to a tenth."""
    with exact():
        return str((share * 100).quantize(Decimal("0.1")))

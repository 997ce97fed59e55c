"""Limits that stop a slip of the finger. They add to a venue's verdict; they never change a number.

Two tiers: a soft limit asks for one explicit confirmation, a hard limit cannot be passed in the ticket. A limit whose
reference is missing fails closed: it asks for confirmation instead of staying silent.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from decimal import Decimal

from app.desk.state import Doubt, Lineage
from app.desk.supervision import FAULTS, fault_text
from app.domain.form import FieldName, Form, locked
from app.domain.money import ZERO, exact, tidy
from app.domain.order import Order
from app.domain.plan import Caution, Draft, Plan, Problem, Surroundings, Verdict
from app.domain.ports import Rulebook

log = logging.getLogger("redline.desk")

#: Failures that were logged: row and sentence.
_SAID: set[tuple[str, str]] = set()
_SAID_AT_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The desk's own limits; each can be set in the configuration's `[limits]` table.

    Attributes:
        soft_distance: how far a new price may lie from the mid before a confirmation is asked: 0.5 is half as much
            again above it, or as far below by ratio (two thirds of it).
        hard_distance: the same, beyond which the ticket refuses: 2 is three times the mid, or a third of it.
        soft_growth: factor by which a quantity may grow before a confirmation is asked.
    """

    soft_distance: Decimal = Decimal("0.50")
    hard_distance: Decimal = Decimal("2")
    soft_growth: Decimal = Decimal("2")


def review(plan: Plan, order: Order, around: Surroundings, limits: Limits) -> Plan:
    """The plan with the desk's own problems and cautions added.

    Args:
        plan: the rulebook's plan.
        order: the order as it is now.
        around: its surroundings; the mid of `around.quote` is the reference price.
        limits: the limits in force.
    """
    problems = list(plan.verdict.problems)
    cautions = list(plan.verdict.cautions)
    price = plan.target.price if plan.target else plan.draft.number(FieldName.PRICE)
    if price is not None and price != order.price:
        reference = around.quote.mid if around.quote else None
        if reference is None or reference <= ZERO:
            text = "Price: no live market price to compare with; check the number once more."
            cautions.append(Caution(text, FieldName.PRICE, confirm=True))
        else:
            with exact():
                # The same slip up or down weighs the same: a third of the mid is as far away as three times it.
                away = max(price, reference) / min(price, reference) - 1 if price > ZERO else limits.hard_distance + 1
                shown = abs(price - reference) / reference
            where = "above" if price > reference else "below"
            text = f"Price: {tidy(price)} is {_percent(shown)} % {where} the mid of {tidy(reference)}"
            if away > limits.hard_distance:
                text += f"; the ticket refuses more than {tidy(limits.hard_distance + 1)} times or below 1/"
                text += f"{tidy(limits.hard_distance + 1)} of it."
                problems.append(Problem(text, FieldName.PRICE))
            elif away > limits.soft_distance:
                cautions.append(Caution(text + ".", FieldName.PRICE, confirm=True))
    cautions += _growth(plan, order, limits)
    verdict = replace(
        plan.verdict, problems=tuple(problems), cautions=tuple(cautions), checked=plan.verdict.checked + 2
    )
    return replace(plan, verdict=verdict)


def form_of(rules: Rulebook, lineage: Lineage, around: Surroundings) -> Form:
    """Return what may be changed of an order: nothing while it is in doubt, or where its rulebook fails."""
    try:
        form = rules.form(lineage.order, around)
    except FAULTS as error:
        text = f"What may be changed cannot be worked out ({fault_text(error)})."
        if is_first_time(lineage.key, text):
            log.exception("the form of %s failed", lineage.key)
        return Form(lineage.order, (), (), text)
    return locked(form, lock_text(lineage.doubt)) if lineage.doubt is not None else form


def plan_of(rules: Rulebook, lineage: Lineage, draft: Draft, around: Surroundings, limits: Limits) -> Plan:
    """Return a plan with the desk's limits; one problem where the order is in doubt or its rulebook fails."""
    if lineage.doubt is not None:
        return refused(draft, lock_text(lineage.doubt))
    try:
        return review(rules.plan(draft, around), lineage.order, around, limits)
    except FAULTS as error:
        text = f"What the change would do cannot be worked out ({fault_text(error)})."
        if is_first_time(lineage.key, text):
            log.exception("the plan of %s failed", lineage.key)
        return refused(draft, text)


def is_first_time(key: str, text: str) -> bool:
    """Return True if this was not said of this row before: a panel asks anew each second, one traceback is enough."""
    if (key, text) in _SAID:
        return False
    if len(_SAID) >= _SAID_AT_MOST:
        _SAID.clear()
    _SAID.add((key, text))
    return True


def lock_text(doubt: Doubt) -> str:
    """Return why an order may not be changed while a reading of it is not believed."""
    return f"The venue shows this order as it cannot be ({doubt.text}); it is locked until a later reading is readable."


def refused(draft: Draft, text: str) -> Plan:
    """Return the plan of a draft that cannot be sent for one reason that is no rule of its venue."""
    return Plan(draft, None, Verdict((Problem(text),), (), 1))


def _growth(plan: Plan, order: Order, limits: Limits) -> list[Caution]:
    """Ask about a size that grows a lot, whether the venue's request means the total or what remains."""
    if plan.target is None:
        return []
    for what, new, old in (
        ("size", plan.target.quantity, order.quantity),
        ("remaining size", plan.target.remaining, order.remaining),
    ):
        with exact():
            if new is None or old <= ZERO or new <= old * limits.soft_growth:
                continue
            factor = (new / old).quantize(Decimal("0.1"))
        text = f"Quantity: {tidy(new)} is {factor} times the order's {what} now."
        return [Caution(text, FieldName.QUANTITY, confirm=True)]
    return []


def _percent(share: Decimal) -> str:
    with exact():
        return str((share * 100).quantize(Decimal("0.1")))

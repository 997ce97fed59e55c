"""Forms and plans as the desk hands them out: a venue's own, with the desk's limits and what locks an order added.

Limits have two tiers: a soft one asks for one explicit confirmation, a hard one cannot be passed in the ticket. One
whose reference is missing fails closed: it asks for confirmation instead of staying silent.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from app.desk.fold.line import waiting_of
from app.desk.guards.review import review
from app.desk.guards.sending import recent
from app.desk.state import DeskState, Doubt, Lineage
from app.desk.supervision import FAULTS, fault_text
from app.domain.form import FieldName, Form, locked, why_ended
from app.domain.limits import Limits
from app.domain.plan import Draft, Plan, Problem, Surroundings, Verdict
from app.domain.ports import Rulebook

log = logging.getLogger("redline.desk")

#: Failures that were logged: row and sentence.
_SAID: set[tuple[str, str]] = set()
_SAID_AT_MOST = 1_000


def surroundings_of(state: DeskState, lineage: Lineage, now: int, switches: dict[str, str]) -> Surroundings:
    """Return everything around an order that its rulebook may look at, at a time in nanoseconds UTC."""
    account = state.accounts[lineage.account]
    market = (lineage.order.symbol, lineage.order.market)
    amended = dict.fromkeys(each.lineage for each in state.unsettled(lineage.account))
    return Surroundings(
        now=now,
        instrument=account.instruments.get(market),
        quote=account.quotes.get(market),
        balances=account.balances,
        link=account.link,
        amending=lineage.key in amended,
        waiting=waiting_of(state, lineage),
        rivals=tuple(state.lineages[key].order for key in amended if key != lineage.key),
        cancelling=lineage.cancelling,
        switches=switches,
    )


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


def plan_of(
    rules: Rulebook,
    lineage: Lineage,
    draft: Draft,
    around: Surroundings,
    limits: Limits,
    state: DeskState,
    ahead: int = 0,
) -> Plan:
    """Return a plan with the desk's limits; one problem where the order is in doubt or its rulebook fails.

    An order that has ended locks nothing and can come to nothing: its plan has no consequence.

    `ahead` counts other amendments of the account that are to leave before it.
    """
    if lineage.doubt is not None:
        return refused(draft, lock_text(lineage.doubt))
    try:
        lately = recent(state, lineage, limits, around.now, ahead)
        # Behind amendments that wait, the change is one of the terms that the order will have by then.
        order = lineage.order if around.waiting is None else rules.form(lineage.order, around).order
        plan = rules.plan(draft, around)
        if why := why_ended(lineage.order.status):
            return _of_ended(plan, why)
        return review(plan, order, around, limits, lately)
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


def _of_ended(plan: Plan, why: str) -> Plan:
    """The plan of a draft for an order that has ended, whatever it was when the draft was begun."""
    old = plan.draft.base.is_open  # what stands against the order of then says nothing about its end
    verdict = refused(plan.draft, why).verdict if old or plan.verdict.ok else plan.verdict
    return replace(plan, verdict=verdict, target=None, fields=(), consequence=None)


def refused(draft: Draft, text: str) -> Plan:
    """Return the plan of a draft that cannot be sent for one reason that is no rule of its venue."""
    return Plan(draft, None, Verdict((Problem(text),), (), 1))


def asked_of(plan: Plan, form: Form) -> tuple[tuple[FieldName, Any, Any], ...]:
    """The fields the person set, each with the value before, as the form showed it."""
    now = {field.name: field.current for field in form.fields}
    return tuple((name, now.get(name), value) for name, value in plan.draft.values)

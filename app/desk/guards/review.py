"""Review of a rulebook's plan by the desk's own guards: it adds to the verdict and never changes a number. Pure."""

from __future__ import annotations

from dataclasses import replace

from app.desk.guards.change import change_of
from app.desk.guards.collar import collar
from app.desk.guards.sending import Recent, sending
from app.desk.guards.sizes import sizes
from app.domain.limits import TIERS, Limits
from app.domain.order import Order
from app.domain.plan import Caution, Plan, Problem, Surroundings

#: Nothing was asked for lately.
NOTHING = Recent()


def review(plan: Plan, order: Order, around: Surroundings, limits: Limits, lately: Recent = NOTHING) -> Plan:
    """The plan with the desk's own problems and cautions added.

    Args:
        plan: the rulebook's plan.
        order: the order as it is now.
        around: its surroundings; the mid of `around.quote` is the reference price.
        limits: the limits in force.
        lately: what was asked for a moment ago.
    """
    change = change_of(plan, order)
    findings = [
        *collar(change, around, limits),
        *sizes(change, around, limits),
        *sending(plan, change, lately, limits, around.now),
    ]
    verdict = replace(
        plan.verdict,
        problems=(*plan.verdict.problems, *(each for each in findings if isinstance(each, Problem))),
        cautions=(*plan.verdict.cautions, *(each for each in findings if isinstance(each, Caution))),
        checked=plan.verdict.checked + _count(limits),
    )
    return replace(plan, verdict=verdict)


def _count(limits: Limits) -> int:
    """Number of the desk's own rules that were looked at."""
    in_force = sum(any(getattr(limits, name) is not None for name in tier) for tier in TIERS)
    return in_force + (limits.repeat_within is not None)

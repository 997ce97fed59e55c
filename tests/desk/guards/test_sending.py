"""Guards of sending: the same change again, and too many in a minute, from what the desk itself remembers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.desk.guards.change import change_of
from app.desk.guards.sending import Recent, asked_at, recent, sending
from app.desk.state import DeskState, Lineage
from app.domain.amendment import Amendment, AmendmentStage, Source
from app.domain.form import FieldName, IdAfter, QueuePlace, Route
from app.domain.limits import Limits
from app.domain.plan import Caution, Draft, Plan, Problem, Terms, Verdict
from app.domain.rules import Rule
from tests.helpers.toy_venue import RULE, T0, amendment, order

D = Decimal
SECOND = 1_000_000_000
RULED: Rule = RULE
ROUTE = Route("modify", "Amend in place", QueuePlace.KEPT, "", IdAfter.SAME, RULED)


def asked_for(number: int, at: int, price: str = "101", stage: AmendmentStage = AmendmentStage.REFUSED) -> Amendment:
    return replace(amendment(order(), price, number, at=at), stage=stage)


def state_of(*amendments: Amendment, other: Amendment | None = None) -> tuple[DeskState, Lineage]:
    """A desk that asked for these, and one of another account."""
    state = DeskState()
    own = Lineage("toy/o1", "toy", order(), ["o1"], T0, Source.PUSH)
    own.amendments = [each.amendment_id for each in amendments]
    state.lineages = {own.key: own, "b/o1": Lineage("b/o1", "b", order(), ["o1"], T0, Source.PUSH)}
    for each in (*amendments, *((replace(other, lineage="b/o1"),) if other else ())):
        state.amendments[each.amendment_id] = each
    return state, own


def plan_to(price: str, route: Route = ROUTE) -> Plan:
    base = order()
    fields = (("price", D(price)),)
    target = Terms(price=D(price), quantity=base.quantity)
    return Plan(Draft(base, ((FieldName.PRICE, D(price)),)), route, Verdict(), target, fields)


def said(plan: Plan, lately: Recent, limits: Limits, now: int = T0) -> list[Problem | Caution]:
    return sending(plan, change_of(plan, order()), lately, limits, now)


@pytest.mark.parametrize(
    "stage", [stage for stage in AmendmentStage if stage.is_settled], ids=lambda stage: str(stage.value)
)
def test_the_same_change_asks_whatever_became_of_the_first(stage: AmendmentStage) -> None:
    limits = Limits(repeat_within=D(10))
    state, own = state_of(asked_for(1, T0 - 4 * SECOND, stage=stage))
    (caution,) = said(plan_to("101"), recent(state, own, limits, T0), limits)
    assert isinstance(caution, Caution)
    assert (caution.confirm, caution.limit) == (True, "repeat_within")
    assert caution.text.startswith("The same change of this order was asked for 4 s ago (A1, which ")


@pytest.mark.parametrize(
    "price, at, route",
    [
        ("102", T0 - 4 * SECOND, ROUTE),  # another number
        ("101", T0 - 10 * SECOND, ROUTE),  # long ago
        ("101", T0 - 4 * SECOND, replace(ROUTE, name="replace")),  # another way
    ],
)
def test_another_change_does_not(price: str, at: int, route: Route) -> None:
    limits = Limits(repeat_within=D(10))
    state, own = state_of(asked_for(1, at))
    assert said(plan_to(price, route), recent(state, own, limits, T0), limits) == []


def test_an_earlier_one_than_the_last_counts_too() -> None:
    limits = Limits(repeat_within=D(10))
    state, own = state_of(asked_for(1, T0 - 4 * SECOND), asked_for(2, T0 - SECOND, "100.5"))
    assert len(said(plan_to("101"), recent(state, own, limits, T0), limits)) == 1


def test_without_the_limit_nothing_is_remembered() -> None:
    state, own = state_of(asked_for(1, T0))
    assert recent(state, own, Limits(), T0) == Recent()


def test_the_minute_counts_the_account_and_slides() -> None:
    limits = Limits(hard_per_minute=D(3))
    state, own = state_of(
        asked_for(1, T0 - 60 * SECOND),
        asked_for(2, T0 - 59 * SECOND),
        asked_for(3, T0 - SECOND),
        other=asked_for(4, T0),
    )
    lately = recent(state, own, limits, T0)
    assert lately.count == 2
    assert said(plan_to("101"), lately, limits) == []
    (problem,) = said(plan_to("101"), replace(lately, count=3), limits)
    assert isinstance(problem, Problem)
    assert "amendment 4 of this account within a minute; its limit is 3" in problem.text


def test_the_soft_rate_asks_only_of_what_adds_risk() -> None:
    limits = Limits(soft_per_minute=D(1))
    lately = Recent(1)
    (caution,) = said(plan_to("101"), lately, limits)
    assert isinstance(caution, Caution)
    assert caution.limit == "soft_per_minute"
    assert said(plan_to("99"), lately, limits) == [], "a buy that goes down adds no risk"


def test_a_plan_that_cannot_be_sent_is_not_counted() -> None:
    nothing = replace(plan_to("101"), target=None)
    assert said(nothing, Recent(9), Limits(hard_per_minute=D(1))) == []
    assert asked_at(replace(amendment(order()), rungs=())) == 0

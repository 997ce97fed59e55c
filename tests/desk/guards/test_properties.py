"""Promises of the guards for any change, any limits and any market."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from app.desk.guards.change import Change, change_of
from app.desk.guards.collar import collar
from app.desk.guards.review import review
from app.desk.guards.sizes import sizes
from app.domain.form import FieldName
from app.domain.limits import ASK, REFUSE, Limits
from app.domain.market import LinkState, Quote
from app.domain.order import Order, Side
from app.domain.plan import Caution, Draft, Plan, Problem, Surroundings, Terms, Verdict
from tests.helpers.toy_venue import T0, order

D = Decimal
SECOND = 1_000_000_000

NUMBERS = st.decimals(min_value=D("0.01"), max_value=D("100000"), places=2)
PERHAPS = st.none() | NUMBERS
LIMITS = st.builds(
    Limits,
    soft_distance=NUMBERS,
    hard_distance=NUMBERS,
    soft_growth=NUMBERS,
    hard_growth=PERHAPS,
    soft_change=PERHAPS,
    hard_change=PERHAPS,
    soft_size=PERHAPS,
    hard_size=PERHAPS,
    soft_notional=PERHAPS,
    hard_notional=PERHAPS,
    stale_after=NUMBERS,
    without_reference=st.sampled_from((ASK, REFUSE)),
)
SIDES = st.sampled_from(Side)
LIVE = st.builds(lambda mid: Quote("AB", "", mid, mid, None, T0), NUMBERS)
#: Markets that nothing can be compared with: none, an empty side, nought, too old, or behind a link that is not up.
NOT_LIVE = st.sampled_from(
    (
        (None, LinkState.UP),
        (Quote("AB", "", None, D(100), None, T0), LinkState.UP),
        (Quote("AB", "", D(100), None, None, T0), LinkState.UP),
        (Quote("AB", "", D(0), D(0), None, T0), LinkState.UP),
        (Quote("AB", "", D(-5), D(1), None, T0), LinkState.UP),
        (Quote("AB", "", D("NaN"), D(1), None, T0), LinkState.UP),
        (Quote("AB", "", D(100), D(100), None, T0 - 200_000 * SECOND), LinkState.UP),
        *((Quote("AB", "", D(100), D(100), None, T0), link) for link in LinkState if link is not LinkState.UP),
    )
)


def plan_for(resting: Order, price: Decimal | None, quantity: Decimal | None) -> Plan:
    """A plan that passed its venue."""
    typed = [(FieldName.PRICE, price), (FieldName.QUANTITY, quantity)]
    values = tuple((name, value) for name, value in typed if value is not None)
    return Plan(Draft(resting, values), None, Verdict(), Terms(price=price, quantity=quantity))


def asks_or_refuses(found: list[Problem | Caution]) -> bool:
    return any(isinstance(each, Problem) or each.confirm for each in found)


@given(LIMITS, SIDES, NUMBERS, NOT_LIVE)
def test_without_a_live_market_a_price_that_adds_risk_never_passes_in_silence(
    limits: Limits, side: Side, price: Decimal, market: tuple[Quote | None, LinkState]
) -> None:
    resting = order(side=side)
    plan = plan_for(resting, price, None)
    change = change_of(plan, resting)
    assume(change.prices and not change.reduces)
    found = collar(change, Surroundings(now=T0, quote=market[0], link=market[1]), limits)
    assert asks_or_refuses(found)
    if limits.without_reference == REFUSE:
        assert any(isinstance(each, Problem) for each in found)


@given(LIMITS, SIDES, NUMBERS, NUMBERS)
def test_a_price_beyond_the_hard_distance_is_always_refused(
    limits: Limits, side: Side, price: Decimal, mid: Decimal
) -> None:
    resting = order(side=side)
    assume(max(price, mid) > min(price, mid) * (limits.hard_distance + 1))
    assume(price != resting.price)
    around = Surroundings(now=T0, quote=Quote("AB", "", mid, mid, None, T0))
    assert not review(plan_for(resting, price, None), resting, around, limits).verdict.ok


@given(LIMITS, NUMBERS, NOT_LIVE | st.tuples(LIVE, st.just(LinkState.UP)))
def test_a_pure_cut_of_the_size_is_asked_about_nothing(
    limits: Limits, quantity: Decimal, market: tuple[Quote | None, LinkState]
) -> None:
    resting = order(quantity=D(100_000))
    around = Surroundings(now=T0, quote=market[0], link=market[1])
    verdict = review(plan_for(resting, None, quantity), resting, around, limits).verdict
    assert (verdict.problems, verdict.cautions) == ((), ())


@given(LIMITS, SIDES, NUMBERS, NUMBERS, st.none() | LIVE)
def test_what_adds_no_risk_is_never_asked_about_by_limits_of_growing(
    limits: Limits, side: Side, price: Decimal, quantity: Decimal, quote: Quote | None
) -> None:
    resting = order(side=side, quantity=D(500))
    plan = plan_for(resting, price, quantity)
    change = change_of(plan, resting)
    assume(change.reduces)
    found = sizes(change, Surroundings(now=T0, quote=quote), limits)
    # A sell's price away from the market is a higher one, and so the only way its value can grow.
    grows_in_value = (change.notional() or D(0)) > (change.notional_now() or D(0))
    assert found == [] or (side is Side.SELL and grows_in_value)


@given(LIMITS, NUMBERS, NUMBERS)
def test_a_larger_size_is_never_let_pass_where_a_smaller_one_is_refused(
    limits: Limits, one: Decimal, other: Decimal
) -> None:
    resting, around = order(), Surroundings(now=T0)
    small, large = min(one, other), max(one, other)
    problems = [
        any(
            isinstance(each, Problem)
            for each in sizes(change_of(plan_for(resting, None, size), resting), around, limits)
        )
        for size in (small, large)
    ]
    assert problems != [True, False]


@given(LIMITS, SIDES, PERHAPS, PERHAPS, st.none() | LIVE)
def test_a_review_adds_to_the_verdict_and_changes_nothing_else(
    limits: Limits, side: Side, price: Decimal | None, quantity: Decimal | None, quote: Quote | None
) -> None:
    resting = order(side=side)
    said = Verdict((Problem("The venue's own."),), (Caution("Its own, too."),), 7)
    plan = replace(plan_for(resting, price, quantity), verdict=said)
    after = review(plan, resting, Surroundings(now=T0, quote=quote), limits)
    assert all(getattr(after, each.name) == getattr(plan, each.name) for each in fields(Plan) if each.name != "verdict")
    assert after.verdict.problems[:1] == said.problems
    assert after.verdict.cautions[:1] == said.cautions
    for each in after.verdict.cautions[1:]:
        assert each.confirm == bool(each.limit), "a soft limit of ours has a name"
    for text in (each.text for each in (*after.verdict.problems, *after.verdict.cautions)):
        assert text.endswith(".")


def test_an_edit_of_another_field_is_never_taken_for_a_harmless_one() -> None:
    resting = order()
    for name in FieldName:
        plan = Plan(Draft(resting, ((name, D(1)),)), None, Verdict(), Terms(quantity=D(1)))
        harmless = name in (FieldName.PRICE, FieldName.QUANTITY, FieldName.VALUE, FieldName.WHEN_REPRICED)
        change: Change = change_of(plan, resting)
        assert change.reduces is harmless

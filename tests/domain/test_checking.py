"""What every rulebook checks of a draft, said with the venue's title."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.checking import Findings, check_state, check_values, meeting, offer
from app.domain.form import Choice, Field, FieldName, Form
from app.domain.market import LinkState, Quote
from app.domain.order import Order, OrderKind, OrderStatus, Side
from app.domain.plan import Caution, Draft, Problem, Surroundings
from app.domain.rules import Confidence, Rule

D = Decimal
RULE = Rule("somewhere.rule", "A rule.", "A page", "", "2026-11-21", Confidence.DOCUMENTED)
ORDER = Order(
    account="a",
    order_id="1",
    symbol="BTCUSD",
    side=Side.BUY,
    kind=OrderKind.LIMIT,
    quantity=D(2),
    filled=D(0),
    status=OrderStatus.WORKING,
    price=D(100),
)
FIELDS = (
    Field(FieldName.PRICE, "Price (USD)", "px", True, D(100)),
    Field(FieldName.STOP, "Stop", "stop", False, None, "it has none.", RULE),
    Field(
        FieldName.ON_FAILURE, "If it fails", "cancel", True, "keep", choices=(Choice("keep", "K"), Choice("drop", "D"))
    ),
)
FORM = Form(ORDER, FIELDS, ())
QUOTE = Quote("BTCUSD", "", bid=D("99.50"), ask=D(101), last=None, as_of=0)


def values_of(*values: tuple[FieldName, Decimal | str], form: Form = FORM, route: str | None = None) -> list[Problem]:
    """Check these values at a venue called Somewhere with one route, "modify"."""
    found = Findings()
    check_values(found, Draft(ORDER, values, route), form, "Somewhere", "modify", RULE)
    assert found.checked == 1
    assert not found.cautions
    return found.problems


def test_findings_come_out_in_the_order_they_were_made() -> None:
    found = Findings(checked=3)
    found.problem("One.", FieldName.PRICE, RULE, (D(1),))
    found.caution("Two.", None, RULE, confirm=True)
    found.problem("Three.")
    verdict = found.verdict()
    assert verdict.problems == (Problem("One.", FieldName.PRICE, RULE, (D(1),)), Problem("Three."))
    assert verdict.cautions == (Caution("Two.", None, RULE, confirm=True),)
    assert verdict.checked == 3
    assert not verdict.ok


def test_a_number_off_its_grid_is_named_with_its_legal_neighbours() -> None:
    found = Findings()
    found.off_grid("Price", FieldName.PRICE, D("100.40"), D("0.5"), RULE)
    text = "Price: 100.4 is not a multiple of 0.5; use 100.5 or 100."
    assert found.problems == [Problem(text, FieldName.PRICE, RULE, (D("100.5"), D(100)))]


def test_bounds_may_leave_nothing_to_offer() -> None:
    found = Findings()
    found.off_grid("Price", FieldName.PRICE, D("0.7"), D(1), RULE, least=D("0.2"), most=D("0.8"))
    assert found.problems[0].text.endswith("; no value is possible within the limits.")
    assert found.problems[0].nearest == ()


def test_an_open_order_on_a_link_that_is_up_has_no_problem() -> None:
    found = Findings()
    check_state(found, FORM, Surroundings(now=0), "Somewhere")
    assert (found.problems, found.checked) == ([], 2)


def test_a_lock_and_a_link_that_is_not_up_are_both_said() -> None:
    found = Findings()
    check_state(
        found, Form(ORDER, FIELDS, (), "It is over.", RULE), Surroundings(now=0, link=LinkState.STALE), "Somewhere"
    )
    assert found.problems == [
        Problem("It is over.", None, RULE),
        Problem("The connection to Somewhere is stale, so the order may have changed; wait until it is up."),
    ]


@pytest.mark.parametrize("route", [None, "modify"])
def test_fitting_values_by_the_one_route_are_no_problem(route: str | None) -> None:
    assert values_of((FieldName.PRICE, D(101)), (FieldName.ON_FAILURE, "drop"), route=route) == []


def test_another_route_is_refused() -> None:
    assert values_of(route="replace") == [Problem("Somewhere has no way “replace” to amend this order; use “modify”.")]


@pytest.mark.parametrize(
    "name, value, text",
    [
        (FieldName.VALUE, D(5), "A Somewhere order has no field “value”; leave it out."),
        (FieldName.STOP, D(5), "Stop cannot change here: it has none."),
        (FieldName.PRICE, "high", "Price (USD): write a number."),
        (FieldName.ON_FAILURE, "wait", "If it fails: use keep or drop."),
        (FieldName.ON_FAILURE, D(1), "If it fails: use keep or drop."),
    ],
)
def test_a_value_that_does_not_fit_is_one_problem_of_its_field(
    name: FieldName, value: Decimal | str, text: str
) -> None:
    (problem,) = values_of((name, value))
    assert (problem.text, problem.field) == (text, name)
    assert problem.rule == (RULE if name in (FieldName.VALUE, FieldName.STOP) else None)


def test_a_locked_order_does_not_repeat_its_lock_for_each_field() -> None:
    assert values_of((FieldName.STOP, D(5)), form=Form(ORDER, FIELDS, (), "It is over.")) == []


def test_an_offer_ends_a_sentence() -> None:
    assert offer((D("1.50"), D(2))) == "use 1.5 or 2"
    assert offer((D(2),)) == "use 2"
    assert offer(()) == "no value is possible within the limits"


@pytest.mark.parametrize(
    "price, side, words",
    [
        ("101", Side.BUY, "101 meets the best offer 101"),
        ("100.99", Side.BUY, ""),
        ("99.5", Side.SELL, "99.5 meets the best bid 99.5"),
        ("99.51", Side.SELL, ""),
    ],
)
def test_a_price_meets_the_touch_of_the_other_side(price: str, side: Side, words: str) -> None:
    assert meeting(D(price), side, QUOTE) == words


@given(
    price=st.decimals(0, 1000, places=2),
    bid=st.none() | st.decimals(0, 1000, places=2),
    ask=st.none() | st.decimals(0, 1000, places=2),
)
def test_whoever_buys_at_the_offer_or_sells_at_the_bid_meets_it(
    price: Decimal, bid: Decimal | None, ask: Decimal | None
) -> None:
    quote = Quote("X", "", bid, ask, None, 0)
    assert bool(meeting(price, Side.BUY, quote)) == (ask is not None and price >= ask)
    assert bool(meeting(price, Side.SELL, quote)) == (bid is not None and price <= bid)


def test_without_a_quote_nothing_is_met() -> None:
    assert meeting(D(1), Side.SELL, None) == ""

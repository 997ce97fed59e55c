"""The rulebook: locks, verdicts, the exact fields, consequences, claims."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.amendment import Command
from app.domain.evidence import SECOND, Finding
from app.domain.form import FieldName, IdAfter, QueuePlace
from app.domain.market import LinkState
from app.domain.order import Order, OrderStatus
from app.domain.plan import Draft
from app.domain.rules import Confidence, Rule
from app.venues.qfex import VENUE
from app.venues.qfex.rules import citations
from app.venues.qfex.rules.form import band_of
from tests.venues.qfex.samples import (
    APPLE,
    NEW,
    OLD,
    OTHER,
    USD,
    around,
    cautions,
    command,
    draft,
    lines,
    order,
    plan,
    problems,
)

D = Decimal
BOOK = VENUE.rulebook
FOUR = (FieldName.PRICE, FieldName.QUANTITY, FieldName.TAKE_PROFIT, FieldName.STOP_LOSS)


# -- the form --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["LIMIT", "ALO"])
def test_a_resting_order_offers_exactly_the_four_terms_and_what_identifies_it(kind: str) -> None:
    form = BOOK.form(order(type=kind, take_profit=D(210)), around())
    names = tuple(field.name for field in form.fields)
    assert names == tuple(field.name for field in form.editable) == (*FOUR, FieldName.REDUCE_ONLY)
    assert [field.venue_name for field in form.fields] == [
        "price", "quantity", "take_profit", "stop_loss", "reduce_only"
    ]  # fmt: skip
    assert [field.current for field in form.fields] == [D(201), D(1), D(210), None, "no"]
    assert [field.clearable for field in form.fields] == [False, False, True, True, False]
    assert (form.locked, form.rule) == ("", None)
    route = form.route(None)
    assert route is not None
    assert (route.call, route.offered, route.id_after) == ("modify_order", True, IdAfter.NEW)
    assert route.queue is QueuePlace.UNKNOWN
    assert {citations.QUEUE, citations.SPEED_BUMP, citations.ALL_FOUR} == set(route.further)


def test_the_form_knows_tick_lot_bounds_and_the_aggressive_edge_of_the_band() -> None:
    buy = BOOK.form(order(), around())
    price, quantity, profit, *_ = buy.fields
    assert (price.step, price.minimum, price.maximum, price.unit) == (D("0.05"), D("0.05"), D("222.20"), "USD")
    assert (quantity.step, quantity.minimum, quantity.maximum) == (D("0.001"), D("0.001"), D("100000"))
    assert (profit.step, profit.minimum, profit.maximum) == (D("0.05"), 0, None)
    sell = BOOK.form(order(side="SELL"), around(quote=None))
    assert (sell.fields[0].minimum, sell.fields[0].maximum) == (D("120"), None)
    bare = BOOK.form(order(), around(instrument=None, quote=None))
    assert [field.step for field in bare.fields] == [None] * 5
    assert band_of(None, None) == (None, None)


PARTIAL: dict[str, Any] = {"status": "FILLED", "quantity_remaining": D("0.6")}


@pytest.mark.parametrize(
    "changes, surroundings, words, rule",
    [
        (PARTIAL, {}, "partly filled (0.4 of 1)", citations.PARTIAL_FILL),
        ({"type": "STOP_LOSS"}, {}, "Stop orders", citations.STOP_ORDERS),
        ({"type": "TAKE_PROFIT"}, {}, "Stop orders", citations.STOP_ORDERS),
        ({"type": "MARKET"}, {}, "market order", citations.NOT_RESTING),
        ({"time_in_force": "IOC"}, {}, "An IOC order", citations.NOT_RESTING),
        ({"time_in_force": "FOK"}, {}, "An FOK order", citations.NOT_RESTING),
        ({"type": "TWAP"}, {}, "no way to amend this, a TWAP order", citations.ORDER_TYPE),
        ({}, {"amending": True}, "still unresolved", citations.ONE_IN_FLIGHT),
        ({}, {"cancelling": True}, "being cancelled", citations.ONE_IN_FLIGHT),
        ({}, {"rivals": (order(order_id=OTHER, price=D(150)),)}, OTHER, citations.RIVALS),
    ],
)
def test_locks_say_why_on_every_field_and_quote_their_rule(
    changes: dict[str, Any], surroundings: dict[str, Any], words: str, rule: Rule
) -> None:
    base, now = order(**changes), around(**surroundings)
    form = BOOK.form(base, now)
    assert words in form.locked
    assert form.rule is rule
    assert form.editable == ()
    assert {field.reason for field in form.fields} == {form.locked}
    assert {field.rule for field in form.fields} == {rule}
    route = form.route("modify")
    assert route is not None
    assert (route.offered, route.reason) == (False, form.locked)
    refused = BOOK.plan(draft(base, price="200"), now)
    assert form.locked in problems(refused)
    assert (refused.target, refused.fields) == (None, ())


def test_the_partly_filled_rule_states_the_conflict_between_the_documents() -> None:
    rule = citations.PARTIAL_FILL
    assert "Modify Order page" in rule.conflict
    assert "Enums page" in rule.conflict
    assert "stricter" in rule.conflict
    assert "Cancel" in rule.way_round


@pytest.mark.parametrize(
    "status, words",
    [
        (OrderStatus.FILLED, "completely filled"),
        (OrderStatus.CANCELLED, "cancelled"),
        (OrderStatus.PENDING, "not taken the order yet"),
        (OrderStatus.UNRECOGNISED, "not one this ticket knows"),
    ],
)
def test_states_that_lock(status: OrderStatus, words: str) -> None:
    assert words in BOOK.form(replace(order(), status=status), around()).locked


def test_stop_orders_show_their_trigger_and_size() -> None:
    form = BOOK.form(order(type="STOP_LOSS"), around())
    assert [(field.name, field.current) for field in form.fields] == [
        (FieldName.STOP, D(201)),
        (FieldName.QUANTITY, D(1)),
    ]


@pytest.mark.parametrize(
    "rival, locked",
    [
        ({"client_order_id": ""}, True),
        ({"client_order_id": "a"}, True),
        ({"client_order_id": "b"}, False),
        ({"client_order_id": "b", "side": "SELL"}, False),
        ({"side": "SELL"}, False),
        ({"symbol": "GOOG-USD"}, False),
        ({"type": "ALO"}, False),
    ],
)
def test_one_amendment_in_flight_per_shape_unless_client_ids_tell_them_apart(
    rival: dict[str, str], locked: bool
) -> None:
    base = order(client_order_id="a")
    form = BOOK.form(base, around(rivals=(order(order_id=OTHER, **rival),)))
    assert bool(form.locked) is locked


# -- the verdict -----------------------------------------------------------------------------------------------------


def test_a_good_draft_gives_target_and_wire_fields() -> None:
    made = plan(price="200.05", quantity="2")
    assert made.verdict.ok, made.verdict
    assert made.verdict.cautions == ()
    assert made.verdict.checked >= 15
    assert made.fields == (
        ("symbol", "AAPL-USD"),
        ("side", "BUY"),
        ("order_type", "LIMIT"),
        ("quantity", D(2)),
        ("price", D("200.05")),
        ("take_profit", D(0)),
        ("stop_loss", D(0)),
        ("reduce_only", False),
    )
    assert made.target is not None
    assert (made.target.price, made.target.quantity, made.target.remaining) == (D("200.05"), D(2), None)
    assert (made.target.take_profit, made.target.stop_loss) == (0, 0)


def test_reduce_only_follows_the_order_and_the_switch() -> None:
    assert ("reduce_only", True) in plan(order(reduce_only=True), price="200").fields
    assert ("reduce_only", False) in plan(order(reduce_only=False), price="200").fields
    omitted = plan(None, around(switches={"reduce_only": "omit"}), price="200")
    assert "reduce_only" not in dict(omitted.fields)


@pytest.mark.parametrize("values", [{}, {"price": "201.00"}, {"quantity": "1"}, {"take_profit": "0", "price": "201"}])
def test_nothing_changed_is_a_problem(values: dict[str, str]) -> None:
    assert "Nothing changes" in problems(plan(**values))[0]


def test_only_documented_rules_stop_a_draft() -> None:
    """What is inferred warns. Nothing changed is no rule of QFEX's: there is nothing to send."""
    closed = replace(APPLE, trading=False, status="INACTIVE", min_quantity=D("0.5"))
    drafts = (
        plan(price="200.03", quantity="1.0005", take_profit="210.01", stop_loss="190.04"),
        plan(price="0", quantity="0"),
        plan(price="222.25", quantity="100000.001"),
        plan(None, around(instrument=closed), quantity="0.4"),
        plan(order(type="ALO"), price="202.05"),
        plan(price="200.000000000000000001", take_profit="1", stop_loss="900"),
        plan(order(type="MARKET"), price="200"),
        plan(order(**PARTIAL), price="200"),
    )
    rules = {each.rule for made in drafts for each in made.verdict.problems if each.rule is not None}
    assert {each.confidence for each in rules} == {Confidence.DOCUMENTED}
    assert len(rules) >= 7


@pytest.mark.parametrize("link", [state for state in LinkState if state is not LinkState.UP])
def test_nothing_leaves_over_a_link_that_is_not_up(link: LinkState) -> None:
    assert link.value in problems(plan(None, around(link=link), price="200"))[0]


def test_wrong_fields_routes_and_kinds_of_values() -> None:
    base = order()
    assert "no field “value”" in problems(plan(base, value="5"))[0]
    assert "no way “replace”" in problems(BOOK.plan(Draft(base, (), "replace"), around()))[0]
    text = BOOK.plan(Draft(base, ((FieldName.PRICE, "high"),)), around())
    assert "Price (USD): write a number." in problems(text)


def test_margin_shortage_is_a_caution() -> None:
    made = plan(None, around(balances={"USD": replace(USD, available=D(5))}), quantity="2")
    assert made.verdict.ok
    assert "10.05 USD more margin" in cautions(made)[0]


numbers = st.decimals(min_value=0, max_value=10**30, allow_nan=False, allow_infinity=False) | st.decimals(
    min_value="0.0001", max_value=500, places=4
)


@given(
    values=st.dictionaries(st.sampled_from(FOUR), numbers | st.text(max_size=3), max_size=4),
    side=st.sampled_from(["BUY", "SELL"]),
    kind=st.sampled_from(["LIMIT", "ALO", "STOP_LOSS"]),
    filled=st.booleans(),
    loaded=st.booleans(),
)
def test_any_draft_gives_a_verdict_and_only_exact_numbers_on_their_grid_leave(
    values: dict[FieldName, Decimal | str], side: str, kind: str, filled: bool, loaded: bool
) -> None:
    base = order(side=side, type=kind, quantity_remaining=D("0.5") if filled else D(1))
    surroundings = around() if loaded else around(instrument=None, quote=None, balances={})
    made = BOOK.plan(Draft(base, tuple(values.items())), surroundings)
    assert made.verdict.ok == (made.target is not None) == bool(made.fields)
    if made.verdict.ok:
        sent = dict(made.fields)
        for name, step in (("price", APPLE.tick), ("take_profit", APPLE.tick), ("quantity", APPLE.lot)):
            assert step is not None
            value = sent[name]
            assert isinstance(value, Decimal)
            odd = {caution.field for caution in made.verdict.cautions if caution.rule is citations.EXIT_TICK}
            assert value % step == 0 or not loaded or FieldName(name) in odd
            told = {caution.field for caution in made.verdict.cautions if caution.rule is citations.EXACT_NUMBERS}
            assert Decimal(repr(float(value))) == value or FieldName(name) in told
    for problem in made.verdict.problems:
        assert problem.text.endswith((".", "!"))


# -- the consequence -------------------------------------------------------------------------------------------------


def test_the_consequence_tells_now_peak_and_after() -> None:
    made = plan(price="200", quantity="2")
    found = lines(made)
    assert (found["Price"].now, found["Price"].peak, found["Price"].after) == (D(201), "either", D(200))
    assert (found["Quantity"].peak, found["Quantity"].delta) == ("≤ 2", D(1))
    assert (found["Value"].now, found["Value"].peak, found["Value"].after) == (D(201), D(400), D(400))
    locked = found["Locked USD"]
    assert (locked.now, locked.peak, locked.after, locked.delta) == (D("10.05"), D(20), D(20), D("9.95"))
    free = found["Available USD"]
    assert (free.now, free.peak, free.after) == (D(800), D("790.05"), D("790.05"))
    assert "market's default 20×" in locked.note
    assert found["Place in queue"].after == "not documented"
    assert (found["Order id"].now, found["Order id"].after) == (OLD, "a new id")
    assert found["Reduce-only"].after == "sent as no"
    assert made.consequence is not None
    assert made.consequence.id_after is IdAfter.NEW
    assert "100 ms" in made.consequence.worst_case
    assert "1 AAPL at 201, worth 201 USD" in made.consequence.worst_case
    forecast = made.consequence.balance
    assert forecast is not None
    assert (forecast.delta, forecast.total, forecast.as_of) == (D("9.95"), D(1000), USD.as_of)


def test_the_margin_is_released_when_the_order_shrinks() -> None:
    forecast = plan(quantity="0.5").consequence
    assert forecast is not None
    assert forecast.balance is not None
    assert (forecast.balance.delta, forecast.balance.available_peak) == (D("-5.025"), D(800))
    assert forecast.balance.available_after == D("805.025")


def test_the_estimate_prefers_the_accounts_own_leverage_and_knows_when_only_the_venue_can_tell() -> None:
    mine = replace(APPLE, attributes=(*APPLE.attributes, ("leverage", "10")))
    assert lines(plan(None, around(instrument=mine), price="200"))["Locked USD"].now == D("20.1")
    short = replace(APPLE, attributes=(*APPLE.attributes, ("position", "-5")))
    covered = lines(plan(None, around(instrument=short), price="200"))["Locked USD"]
    assert (covered.now, covered.note) == (None, "the order works against a position; the venue decides")
    partly = replace(APPLE, attributes=(*APPLE.attributes, ("position", "-0.5")))
    assert "less for the 0.5" in lines(plan(None, around(instrument=partly), price="200"))["Locked USD"].note
    assert lines(plan(order(reduce_only=True), price="200"))["Locked USD"].now is None
    plain = replace(APPLE, attributes=())
    unknown = lines(plan(None, around(instrument=plain), price="200"))
    assert (unknown["Locked USD"].now, unknown["Available USD"].now) == (None, D(800))
    no_balance = lines(plan(None, around(balances={}), price="200"))
    assert (no_balance["Locked USD"].now, no_balance["Available USD"].now) == (D("10.05"), None)


def test_exits_and_reduce_only_in_the_consequence() -> None:
    base = order(take_profit=D(210), reduce_only=True)
    found = lines(plan(base, take_profit="0", stop_loss="190"))
    assert (found["Take profit"].now, found["Take profit"].after) == (D(210), "removed")
    assert (found["Stop loss"].now, found["Stop loss"].after) == (None, D(190))
    assert found["Reduce-only"].after == "sent as yes"
    kept = lines(plan(base, price="200"))
    assert kept["Take profit"].note == "sent again as it is"
    omitted = lines(plan(None, around(switches={"reduce_only": "omit"}), price="200"))
    assert "not sent" in omitted["Reduce-only"].note


# -- evidence --------------------------------------------------------------------------------------------------------


def result(**changes: Any) -> Order:
    """What the amendment 201 × 1 → 200 × 2 should lead to."""
    defaults = {
        "order_id": NEW, "status": "MODIFIED", "price": D("200.0"), "quantity": D("2.0"), "quantity_remaining": D("2.0")
    }  # fmt: skip
    return order(**{**defaults, **changes})


def test_judging_by_all_four_terms_under_the_old_and_the_new_id() -> None:
    sent = command()
    assert BOOK.judge(sent, result()).finding is Finding.APPLIED
    assert BOOK.judge(sent, result(order_id=OLD)).finding is Finding.APPLIED
    assert BOOK.judge(sent, order()).finding is Finding.UNCHANGED
    lost_exit = BOOK.judge(command(order(stop_loss=D(190)), price="200"), order(order_id=NEW, price=D(200)))
    assert lost_exit.finding is Finding.DIFFERENT
    assert [each.field for each in lost_exit.differences] == [FieldName.STOP_LOSS]
    assert BOOK.judge(sent, result(symbol="GOOG-USD")).finding is Finding.UNRELATED


@pytest.mark.parametrize(
    "changes, claimed",
    [
        ({}, True),
        ({"status": "ACK"}, True),
        ({"status": "FILLED", "quantity_remaining": D("0.5")}, True),
        ({"client_order_id": "anything"}, True),
        ({"time_in_force": None}, True),
        ({"order_id": OLD}, False),
        ({"symbol": "GOOG-USD"}, False),
        ({"side": "SELL"}, False),
        ({"type": "ALO"}, False),
        ({"time_in_force": "IOC"}, False),
        ({"price": D("200.05")}, False),
        ({"quantity": D("2.001")}, False),
        ({"take_profit": D(250)}, False),
        ({"stop_loss": D(150)}, False),
    ],
)
def test_an_unknown_order_is_claimed_by_shape_and_terms(changes: dict[str, Any], claimed: bool) -> None:
    assert BOOK.claims(command(), result(**changes)) is claimed


def test_client_ids_that_differ_are_two_orders() -> None:
    mine = command(order(client_order_id="a"), price="200", quantity="2")
    assert BOOK.claims(mine, result(client_order_id="a"))
    assert BOOK.claims(mine, result(client_order_id=""))
    assert not BOOK.claims(mine, result(client_order_id="b"))


def test_an_order_that_was_reported_as_new_is_never_claimed() -> None:
    added = replace(result(), attributes=(("added", "yes"),))
    assert not BOOK.claims(command(), added)


def test_the_policy_waits_for_the_speed_bump_and_ends_in_unknown_after_three_seconds() -> None:
    policy = BOOK.evidence
    assert policy.answer_within == 3 * SECOND == policy.probe_after[0]
    assert policy.settle_after > policy.answer_within


def test_a_command_carries_that_the_id_changes() -> None:
    sent: Command = command()
    assert sent.id_after is IdAfter.NEW
    assert "client_order_id" not in dict(sent.fields)

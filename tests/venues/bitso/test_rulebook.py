"""Every lock, every problem, every caution, and what is sent: Bitso's rules as a person meets them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.evidence import Finding
from app.domain.form import FieldName, IdAfter, QueuePlace, resolve_field
from app.domain.market import LinkState, Quote
from app.domain.money import is_multiple
from app.domain.order import Order, OrderKind, OrderStatus, Side
from app.domain.plan import Draft, Terms
from app.venues.bitso.codec import modify_body
from tests.venues.bitso.worlds import (
    BOOK,
    NOW,
    RULES,
    around,
    command,
    draft,
    line,
    order,
    partly,
    plan,
    stop_limit,
)

D = Decimal
ALL = {"price", "when_repriced", "quantity", "value", "stop", "on_failure"}


def locks(base: Order, **changes: Any) -> dict[str, str]:
    """The locked fields and their reasons."""
    form = RULES.form(base, around(**changes))
    assert {field.name.value for field in form.fields} == ALL
    for field in form.fields:
        assert field.rule is not None
        assert bool(field.reason) != field.editable
    return {field.name.value: field.reason for field in form.fields if not field.editable}


def problems(found: Any) -> list[str]:
    return [problem.text for problem in found.verdict.problems]


def cautions(found: Any) -> list[str]:
    return [caution.text for caution in found.verdict.cautions]


def confirms(found: Any) -> list[FieldName | None]:
    return [caution.field for caution in found.verdict.cautions if caution.confirm]


# -- form ----------------------------------------------------------------------------------------------------------


def test_a_working_buy_offers_all_but_the_stop() -> None:
    assert locks(order()) == {"stop": "Only an untriggered stop order has a stop price to change."}


def test_a_sell_has_nothing_to_choose_when_repriced() -> None:
    assert set(locks(order(Side.SELL))) == {"stop", "when_repriced"}


def test_an_untriggered_stop_limit_offers_its_stop() -> None:
    assert set(locks(stop_limit())) == {"when_repriced"}
    assert set(locks(stop_limit(Side.BUY))) == set()


def test_a_triggered_stop_is_a_limit_order() -> None:
    base = stop_limit(triggered=True, status=OrderStatus.WORKING)
    assert locks(base)["stop"] == "The stop has been triggered, so it cannot change any more."
    assert "price" not in locks(base)


def test_a_stop_that_executes_at_market_has_no_price() -> None:
    base = stop_limit(kind=OrderKind.STOP_MARKET, raw_kind="market", price=None)
    assert set(locks(base)) == {"price", "when_repriced", "value"}
    assert locks(base)["price"] == "This stop order executes at market and has no limit price."
    assert "value" not in locks(base, switches={"native_minor": "yes"})


def test_unread_stop_data_lock_the_stop_only() -> None:
    base = order(attributes=(("stop_read", "no"),))
    assert set(locks(base)) == {"stop"}
    assert "has not been read yet" in locks(base)["stop"]


def test_the_value_waits_for_the_executions_of_a_partly_filled_order() -> None:
    assert "executions" in locks(partly(filled_value=None))["value"]
    assert "value" not in locks(partly())


@pytest.mark.parametrize(
    "changes, words, rule",
    [
        ({"status": OrderStatus.FILLED}, "completely filled", "bitso.order.ended"),
        ({"status": OrderStatus.CANCELLED}, "cancelled", "bitso.order.ended"),
        ({"status": OrderStatus.PENDING, "raw_status": "queued"}, "queued", "bitso.order.queued"),
        ({"status": OrderStatus.UNRECOGNISED, "raw_status": "odd"}, "“odd”", "bitso.order.status"),
        ({"kind": OrderKind.MARKET, "price": None}, "market orders", "bitso.order.market"),
        ({"kind": OrderKind.OTHER, "raw_kind": "twap"}, "“twap”", "bitso.order.status"),
    ],
)
def test_an_order_that_cannot_be_amended_is_locked_whole(changes: dict[str, Any], words: str, rule: str) -> None:
    base = order(**changes)
    form = RULES.form(base, around())
    assert words in form.locked
    assert form.rule is not None
    assert form.rule.code == rule
    assert form.editable == ()
    assert not form.routes[0].offered
    assert set(locks(base).values()) == {form.locked}
    assert problems(plan(base, price="99000")) == [form.locked]


@pytest.mark.parametrize("changes, words", [({"amending": True}, "unresolved"), ({"cancelling": True}, "cancelled")])
def test_one_thing_at_a_time(changes: dict[str, bool], words: str) -> None:
    assert words in RULES.form(order(), around(**changes)).locked
    assert len(problems(plan(order(), around(**changes), price="99000"))) == 1


def test_fields_answer_to_the_venue_s_names_and_carry_the_book_s_limits() -> None:
    form = RULES.form(order(), around())
    assert [resolve_field(form, name).name.value for name in ("price", "major", "minor", "stop", "cancel")] == [
        "price",
        "quantity",
        "value",
        "stop",
        "on_failure",
    ]
    price = resolve_field(form, "price")
    assert (price.step, price.minimum, price.maximum, price.unit) == (D("0.01"), D(500), D(10000000), "USD")
    amount = resolve_field(form, "major")
    assert (amount.label, amount.current, amount.step, amount.unit) == ("Amount (BTC)", D(1), D("1E-8"), "BTC")
    value = resolve_field(form, "minor")
    assert (value.label, value.current, value.derived) == ("Value (USD)", D(100000), True)


def test_without_the_book_the_form_still_names_everything() -> None:
    form = RULES.form(order(), around(instrument=None))
    assert resolve_field(form, "major").label == "Amount (BTC)"
    assert problems(plan(order(), around(instrument=None), price="99000")) == [
        "The limits of btc_usd are not loaded yet; wait a moment or refresh."
    ]


def test_the_route_promises_nothing_that_is_not_documented() -> None:
    route = RULES.form(order(), around()).routes[0]
    assert (route.name, route.call) == ("modify", "PATCH /api/v4/orders/{oid}")
    assert (route.queue, route.id_after) == (QueuePlace.UNKNOWN, IdAfter.SAME_EXPECTED)


# -- the published examples ----------------------------------------------------------------------------------------


def test_example_buy_one_keep_spend() -> None:
    found = plan(order(), price="120000", when_repriced="keep_spend")
    assert found.fields == (("price", D(120000)),)
    assert found.target == Terms(price=D(120000), quantity=D("0.83333333"), value=D(100000))
    assert line(found, "Amount").after == D("0.83333333")
    assert line(found, "Value").after == D(100000)
    assert "99999.9996" in line(found, "Value").note
    balance = found.consequence.balance
    assert (balance.currency, balance.locked_now, balance.locked_peak, balance.locked_after) == (
        "usd",
        *[D(100000)] * 3,
    )
    assert (balance.delta, balance.available_after) == (D(0), D(42400))


def test_example_buy_two_price_and_amount() -> None:
    base = order(price=D(120000), quantity=D("0.83333333"))
    found = plan(base, price="130000", quantity="1")
    assert modify_body(found.fields) == {"price": "130000", "major": "1"}
    assert found.target == Terms(price=D(130000), quantity=D(1), value=D(130000))
    balance = found.consequence.balance
    assert (balance.locked_now, balance.locked_peak, balance.locked_after) == (D(100000), D(130000), D(130000))
    assert (balance.delta, balance.available_now, balance.available_peak) == (D(30000), D(42400), D(12400))
    assert balance.available_after == D(12400)
    assert (line(found, "Locked USD").delta, line(found, "Available USD").after) == (D(30000), D(12400))


def test_example_sell_one_price_alone() -> None:
    found = plan(order(Side.SELL), price="145000")
    assert found.fields == (("price", D(145000)),)
    found = plan(order(Side.SELL), around(quote=None), price="120000")
    assert found.target == Terms(price=D(120000), quantity=D(1), value=D(120000))
    balance = found.consequence.balance
    assert (balance.currency, balance.locked_now, balance.locked_after, balance.delta) == ("btc", D(1), D(1), D(0))


@pytest.mark.parametrize(
    "native, fields, value",
    [
        ("yes", {"price": "130000", "minor": "100000"}, "100000"),
        ("no", {"price": "130000", "major": "0.76923077"}, "100000.0001"),
    ],
)
def test_example_sell_two_price_and_value(native: str, fields: dict[str, str], value: str) -> None:
    base = order(Side.SELL, price=D(120000), value=D(120000))
    found = plan(base, around(quote=None, switches={"native_minor": native}), price="130000", value="100000")
    assert modify_body(found.fields) == fields
    assert found.target == Terms(price=D(130000), quantity=D("0.76923077"), value=D(value))
    balance = found.consequence.balance
    assert (balance.locked_after, balance.delta) == (D("0.76923077"), D("-0.23076923"))
    assert balance.available_after == D("2.23076923")
    told = [text for text in cautions(found) if text.startswith("Value: sent as an amount of 0.76923077")]
    assert len(told) == (0 if native == "yes" else 1)


def test_keep_quantity_is_the_default_of_a_buy() -> None:
    found = plan(order(), price="120000")
    assert modify_body(found.fields) == {"price": "120000", "major": "1"}
    assert found.consequence.balance.delta == D(20000)
    assert plan(order(), price="120000", when_repriced="keep_quantity").fields == found.fields


def test_the_lines_a_person_reads() -> None:
    found = plan(order(), price="120000")
    labels = [each.label for each in found.consequence.lines]
    assert labels == [
        "Price",
        "Amount",
        "Remaining",
        "Value",
        "Locked USD",
        "Available USD",
        "Place in queue",
        "Order id",
    ]
    assert (line(found, "Price").now, line(found, "Price").peak, line(found, "Price").after) == (
        D(100000),
        "either",
        D(120000),
    )
    assert line(found, "Place in queue").after == "not documented"
    assert line(found, "Order id").after == "same expected, checked"
    assert found.consequence.worst_case.endswith("at worst 2 BTC trades from now on.")
    assert plan(order(), price="120000", when_repriced="keep_spend").consequence.worst_case.endswith(
        "at worst 1 BTC trades from now on."
    )


def test_a_stop_has_its_line_and_locks_nothing_more() -> None:
    found = plan(stop_limit(), stop="91000")
    assert found.fields == (("stop", D(91000)),)
    assert found.target == Terms(stop=D(91000))
    assert line(found, "Stop").after == D(91000)
    assert found.consequence.balance.delta == 0
    assert "untriggered" in found.consequence.balance.note


# -- what stops a draft --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"price": "100000.00"},
        {"quantity": "1.0", "value": "100000"},
        {"when_repriced": "keep_spend"},
        {"on_failure": "keep"},
    ],
)
def test_nothing_changes(values: dict[str, str]) -> None:
    found = plan(order(), **values)
    assert problems(found) == ["Nothing changes: type something that differs from the order."]
    assert found.fields == ()
    assert found.target is None


def test_the_cancel_flag_never_goes_alone() -> None:
    found = plan(order(), on_failure="cancel")
    assert [problem.field for problem in found.verdict.problems] == [FieldName.ON_FAILURE]
    assert "never alone" in problems(found)[0]


def test_the_cancel_flag_is_sent_only_when_chosen() -> None:
    assert dict(plan(order(), price="99000").fields).get("cancel") is None
    assert dict(plan(order(), price="99000", on_failure="keep").fields).get("cancel") is None
    found = plan(order(), price="99000", on_failure="cancel")
    assert modify_body(found.fields) == {"price": "99000", "major": "1", "cancel": "1"}
    assert FieldName.ON_FAILURE in confirms(found)


def test_amount_and_value_never_go_together() -> None:
    found = plan(order(), quantity="0.5", value="40000")
    assert "not both" in problems(found)[0]
    assert found.fields == ()


@pytest.mark.parametrize("values", [{"quantity": "0.5"}, {"value": "40000"}])
def test_keep_spend_and_a_size_contradict_each_other(values: dict[str, str]) -> None:
    found = plan(order(), price="99000", when_repriced="keep_spend", **values)
    assert [problem.field for problem in found.verdict.problems] == [FieldName.WHEN_REPRICED]


@pytest.mark.parametrize(
    "name, typed, nearest",
    [
        ("price", "99999.994", ["99999.99", "100000.00"]),
        ("price", "0", ["500.00"]),
        ("price", "1.00", ["500.00"]),
        ("price", "99999999", ["10000000.00"]),
        ("quantity", "0.123456789", ["0.12345679", "0.12345678"]),
        ("value", "100.123456789", ["100.12345679", "100.12345678"]),
        ("quantity", "0.00001", ["0.00005"]),
        ("quantity", "501", ["500"]),
        ("value", "10000001", ["10000000"]),
    ],
)
def test_what_is_off_its_grid_or_bounds_is_never_rounded(name: str, typed: str, nearest: list[str]) -> None:
    found = plan(order(), around(switches={"native_minor": "yes"}), **{name: typed})
    problem = found.verdict.problems[0]
    assert problem.field == FieldName(name)
    assert [str(value) for value in problem.nearest] == nearest
    assert problem.rule is not None
    assert found.fields == ()


@pytest.mark.parametrize("name", ["quantity", "value"])
def test_a_size_of_nothing_is_no_size(name: str) -> None:
    assert "above zero" in problems(plan(order(), **{name: "0"}))[0]


def test_a_price_can_push_the_derived_amount_or_value_out_of_bounds() -> None:
    small = order(quantity=D("0.00006"), value=D(6))
    found = plan(small, price="130000", when_repriced="keep_spend")
    assert problems(found) == ["Price: the amount would be 0.00004615; Bitso takes at least 0.00005 here."]
    found = plan(order(Side.SELL, quantity=D("0.00006"), value=D(6)), around(quote=None), price="60000")
    assert problems(found) == ["Price: the value would be 3.6; Bitso takes at least 5 here."]


def test_a_value_that_comes_to_the_same_amount_says_so() -> None:
    found = plan(order(), value="100000.00001")
    assert [problem.field for problem in found.verdict.problems] == [FieldName.VALUE]
    assert "comes to the amount the order has already" in problems(found)[0]


def test_more_than_is_available_stops_a_draft() -> None:
    found = plan(order(), quantity="1.5")
    assert problems(found) == ["The change locks 50000 usd more, and 42400 usd is available."]
    assert plan(order(), quantity="1.424").verdict.ok
    sell = plan(order(Side.SELL), around(quote=None), quantity="3.00000001")
    assert problems(sell) == ["The change locks 2.00000001 btc more, and 2 btc is available."]
    assert plan(order(), quantity="0.5").verdict.ok


def test_an_unknown_balance_asks_and_an_old_one_is_told() -> None:
    found = plan(order(), around(balances={}), quantity="1.1")
    assert confirms(found) == [FieldName.QUANTITY]
    assert found.consequence.balance.available_now is None
    old = {name: replace(each, as_of=NOW - 20 * 10**9) for name, each in around().balances.items()}
    assert "was read 20 s ago" in cautions(plan(order(), around(balances=old), quantity="1.1"))[0]
    rival = around(rivals=(order(order_id="other"),))
    assert "Another amendment" in cautions(plan(order(), rival, quantity="1.1"))[0]
    assert plan(order(), around(rivals=(order(Side.SELL),)), quantity="1.1").verdict.cautions == ()


@pytest.mark.parametrize("state", [state for state in LinkState if state is not LinkState.UP])
def test_nothing_leaves_over_a_link_that_is_not_up(state: LinkState) -> None:
    found = plan(order(), around(link=state), price="99000")
    assert problems(found) == [
        f"The connection to Bitso is {state.value}, so the order may have changed; wait until it is up."
    ]


def test_locked_and_foreign_fields_and_routes_are_named() -> None:
    found = plan(order(), price="99000", stop="98000")
    assert problems(found) == ["Stop cannot change here: Only an untriggered stop order has a stop price to change."]
    foreign = RULES.plan(Draft(order(), ((FieldName.TAKE_PROFIT, D(1)),), "replace"), around())
    assert any("no field “take_profit”" in text for text in problems(foreign))
    assert any("no way “replace”" in text for text in problems(foreign))
    odd = RULES.plan(Draft(order(), ((FieldName.PRICE, "much"), (FieldName.ON_FAILURE, "maybe"))), around())
    assert problems(odd)[:2] == ["Price: write a number.", "If it fails: use keep or cancel."]


@pytest.mark.parametrize("number", ["1e-40", "1e40", "NaN", "Infinity"])
@pytest.mark.parametrize("name", ["price", "quantity", "value"])
def test_numbers_beyond_any_market_are_a_problem_and_no_crash(name: str, number: str) -> None:
    found = plan(order(), **{name: number})
    assert "far too small or too large" in problems(found)[0]


# -- what a person must know ---------------------------------------------------------------------------------------


def test_a_price_through_the_touch() -> None:
    found = plan(order(), price="140100", when_repriced="keep_spend")
    assert confirms(found) == [FieldName.PRICE]
    assert "would trade at once, and pay the taker fee of 0.65 %" in cautions(found)[0]
    assert confirms(plan(order(), price="140099.99", when_repriced="keep_spend")) == []
    assert confirms(plan(order(Side.SELL), price="140000")) == [FieldName.PRICE]
    assert confirms(plan(order(Side.SELL), price="140000.01")) == []


def test_a_post_only_order_through_the_touch_may_be_cancelled() -> None:
    found = plan(order(post_only=True), price="140100", when_repriced="keep_spend")
    assert confirms(found) == [FieldName.PRICE]
    assert "may cancel this post-only order" in cautions(found)[0]
    blind = plan(order(post_only=True), around(quote=None), price="120000", when_repriced="keep_spend")
    assert confirms(blind) == [FieldName.PRICE]
    empty = around(quote=Quote("btc_usd", "", D(1), None, None, NOW))
    assert confirms(plan(order(), empty, price="120000", when_repriced="keep_spend")) == []


def test_a_waiting_stop_does_not_meet_the_touch() -> None:
    assert confirms(plan(stop_limit(), price="90000")) == []


def test_a_size_of_a_partly_filled_order_needs_a_yes_and_the_larger_balance() -> None:
    found = plan(partly(), quantity="0.8")
    assert confirms(found) == [FieldName.QUANTITY]
    assert "It would leave 0.4 as the total, 0.8 as what remains." in cautions(found)[0]
    balance = found.consequence.balance
    assert (balance.locked_now, balance.locked_after, balance.locked_peak) == (D(60400), D(40000), D(80000))
    assert balance.available_peak == D(42400) - D(19600)
    found = plan(partly(), quantity="1.1")
    assert problems(found) == [
        "The change locks 49600 usd more if Bitso takes the size as what remains, and 42400 usd is available."
    ]


def test_a_partly_filled_order_cannot_become_smaller_than_its_fills() -> None:
    for typed in ("0.4", "0.3"):
        found = plan(partly(), quantity=typed)
        assert problems(found) == ["Amount: it is the total and must lie above the 0.4 filled already."]
    assert problems(plan(partly(), value="39600")) == [
        "Value: it is the total and must lie above the 39600 spent or received already."
    ]


def test_repricing_a_partly_filled_buy() -> None:
    keeps = plan(partly(), price="101000")
    assert modify_body(keeps.fields) == {"price": "101000", "major": "1"}
    assert confirms(keeps) == [FieldName.PRICE]
    spends = plan(partly(), price="101000", when_repriced="keep_spend")
    assert modify_body(spends.fields) == {"price": "101000"}
    assert confirms(spends) == []
    assert spends.target.value is None
    assert "is taken to stay" in cautions(spends)[0]


def test_a_value_of_a_partly_filled_order_is_converted_beyond_its_fills() -> None:
    found = plan(partly(), value="80000")
    assert modify_body(found.fields) == {"major": "0.804"}
    assert confirms(found) == [FieldName.VALUE]


def test_cancelling_on_failure_names_what_would_be_lost() -> None:
    found = plan(partly(), price="101000", when_repriced="keep_spend", on_failure="cancel")
    assert any("cancel the remaining 0.6" in text for text in cautions(found))


def test_a_stop_at_market_changes_behind_a_warning() -> None:
    base = stop_limit(kind=OrderKind.STOP_MARKET, raw_kind="market", price=None, value=None)
    found = plan(base, stop="91000")
    assert modify_body(found.fields) == {"stop": "91000"}
    assert confirms(found) == [FieldName.STOP]
    buy = replace(base, side=Side.BUY)
    found = plan(buy, quantity="2")
    assert modify_body(found.fields) == {"major": "2"}
    assert found.consequence.balance is None
    assert line(found, "Locked USD").after is None
    assert any("not documented, so the balance cannot be checked" in text for text in cautions(found))


# -- evidence ------------------------------------------------------------------------------------------------------


def test_the_terms_asked_for_confirm_to_the_last_digit_but_one() -> None:
    found = command(order(), plan(order(), price="120000", when_repriced="keep_spend"))
    seen = order(price=D(120000), quantity=D("0.83333334"))
    assert RULES.judge(found, seen).finding is Finding.APPLIED
    assert RULES.judge(found, replace(seen, quantity=D("0.83333336"))).finding is Finding.DIFFERENT
    assert RULES.judge(found, replace(seen, price=D("120000.01"))).finding is Finding.DIFFERENT
    assert RULES.judge(found, order()).finding is Finding.UNCHANGED
    assert RULES.judge(found, replace(seen, value=None)).finding is Finding.APPLIED


def test_what_was_sent_must_come_back_exactly() -> None:
    found = command(order(), plan(order(), quantity="1.00000001"))
    assert RULES.judge(found, order()).finding is Finding.UNCHANGED
    applied = order(quantity=D("1.00000001"), value=D("100000.001"))
    assert RULES.judge(found, applied).finding is Finding.APPLIED
    stop = command(stop_limit(), plan(stop_limit(), stop="90000.01"))
    assert RULES.judge(stop, stop_limit()).finding is Finding.UNCHANGED
    assert RULES.judge(stop, stop_limit(stop=D("90000.01"))).finding is Finding.APPLIED


def test_fills_in_flight_leave_derived_figures_unjudged() -> None:
    found = command(order(), plan(order(), price="120000", when_repriced="keep_spend"))
    seen = partly(price=D(120000), quantity=D("0.9"))
    assert RULES.judge(found, seen).finding is Finding.APPLIED
    assert RULES.judge(found, partly()).finding is Finding.UNCHANGED
    surroundings = around(quote=None, switches={"native_minor": "yes"})
    value = command(order(Side.SELL), plan(order(Side.SELL), surroundings, value="90000"))
    assert RULES.judge(value, partly(Side.SELL, value=None)).finding is Finding.UNRELATED


def test_an_amount_taken_as_what_remains_is_a_difference() -> None:
    found = command(partly(), plan(partly(), quantity="0.8"))
    assert RULES.judge(found, partly(quantity=D("0.8"), value=D(79600))).finding is Finding.APPLIED
    other = RULES.judge(found, partly(quantity=D("1.2")))
    assert other.finding is Finding.DIFFERENT
    assert "as what remains" in other.text


def test_an_unknown_order_is_claimed_by_its_client_id_alone() -> None:
    base = order(client_id="mine")
    found = command(base, plan(base, price="99000"))
    successor = replace(base, order_id="other", price=D(99000))
    assert RULES.claims(found, successor)
    assert not RULES.claims(found, replace(successor, client_id=""))
    assert not RULES.claims(found, replace(successor, client_id="yours"))
    assert not RULES.claims(found, replace(successor, symbol="eth_usd"))
    assert not RULES.claims(found, base)
    nameless = command(order(), plan(order(), price="99000"))
    assert not RULES.claims(nameless, order(order_id="other", price=D(99000)))


# -- for any numbers -----------------------------------------------------------------------------------------------

texts = st.decimals(0, 10**9, allow_nan=False, allow_infinity=False, places=9).map(lambda value: format(value, "f"))
bases = st.sampled_from(
    [
        order(),
        order(Side.SELL),
        partly(),
        partly(Side.SELL),
        partly(filled_value=None),
        stop_limit(),
        stop_limit(Side.BUY),
    ]
)
choices = st.sampled_from([None, "keep_spend", "keep_quantity"])


@given(bases, st.dictionaries(st.sampled_from(["price", "quantity", "value", "stop"]), texts), choices, st.booleans())
def test_whatever_is_typed_only_lawful_requests_come_out(
    base: Order, values: dict[str, str], reprice: str | None, native: bool
) -> None:
    if reprice is not None:
        values = values | {"when_repriced": reprice}
    surroundings = around(switches={"native_minor": "yes" if native else "no"})
    found = RULES.plan(draft(base, **values), surroundings)
    sent = dict(found.fields)
    assert bool(sent) == found.verdict.ok == (found.target is not None)
    if not sent:
        return
    assert modify_body(found.fields)
    assert not {"major", "minor"} <= sent.keys()
    assert ("minor" in sent) <= native
    assert BOOK.tick is not None
    assert BOOK.lot is not None
    for name, step in (("price", BOOK.tick), ("stop", BOOK.tick), ("major", BOOK.lot), ("minor", BOOK.lot)):
        if name in sent:
            number = sent[name]
            assert isinstance(number, Decimal)
            assert number > 0
            assert is_multiple(number, step)
            typed = {"major": "quantity", "minor": "value"}.get(name, name)
            if typed in values and name != "major":
                assert number == Decimal(values[typed])
    assert found.consequence is not None
    balance = found.consequence.balance
    assert balance is not None
    if balance.available_peak is not None:
        assert balance.available_peak >= 0
    assert balance.locked_peak >= max(balance.locked_now, balance.locked_after)

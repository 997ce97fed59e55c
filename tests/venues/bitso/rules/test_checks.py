"""What a draft comes to: the published examples, what stops it, what a person must know."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.form import FieldName
from app.domain.market import LinkState, Quote
from app.domain.order import OrderKind, Side
from app.domain.plan import Draft, Terms
from app.venues.bitso.wire.codec import modify_body
from tests.venues.bitso.samples import (
    NOW,
    RULES,
    around,
    cautions,
    confirms,
    line,
    order,
    partly,
    plan,
    problems,
    stop_limit,
)

D = Decimal


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
    assert problems(found) == []
    assert cautions(found)[0] == (
        "The change locks 49600 usd more if Bitso takes the size as what remains, and 42400 usd is available; Bitso "
        "may refuse."
    )


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

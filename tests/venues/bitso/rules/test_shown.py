"""Changes as they are shown, at their exact edges: consequences, notes, hints, and how long is waited."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.domain.evidence import MILLISECOND, SECOND
from app.domain.forecast import BALANCE_UNKNOWN
from app.domain.order import Order, OrderKind, Side
from app.venues.bitso.rules import citations
from app.venues.bitso.rules.amounts import Modification, effect
from app.venues.bitso.rules.consequence import balance_forecast, lock_currency
from app.venues.bitso.rules.form import form, quote_of
from app.venues.bitso.rules.gone import FIRST_WAIT, LATE_WAIT, SETTLED_AFTER, GoneOrders
from tests.venues.bitso.samples import (
    BOOK,
    RULES,
    around,
    line,
    order,
    partly,
    plan,
    stop_limit,
)

D = Decimal
NATIVE = {"native_minor": "yes"}


def stop_market(side: Side = Side.SELL, **changes: Any) -> Order:
    """An untriggered stop order that executes at market."""
    terms: dict[str, Any] = {"kind": OrderKind.STOP_MARKET, "raw_kind": "market", "price": None}
    return stop_limit(side, **(terms | changes))


def test_a_change_that_is_none_or_cannot_be_known_has_no_consequence() -> None:
    assert plan(order()).consequence is None
    assert plan(order(), on_failure="cancel").consequence is None
    unread = partly(filled_value=None)
    assert plan(unread, around(switches=NATIVE), value="90000").consequence is None
    for values in ({"price": "0"}, {"price": "0", "quantity": "0.5"}, {"price": "100500", "quantity": "0"}):
        assert plan(order(), **values).consequence is None


@pytest.mark.parametrize(
    "base, note",
    [
        (order(), ""),
        (stop_limit(Side.BUY), "what an untriggered stop locks is not documented"),
        (stop_limit(Side.BUY, triggered=True), ""),
    ],
)
def test_the_lock_of_a_waiting_stop_is_said_not_to_be_documented(base: Order, note: str) -> None:
    assert line(plan(base, quantity="1.1"), "Locked USD").note == note


@pytest.mark.parametrize(
    "side, values, note",
    [
        (Side.BUY, {"quantity": "0.9"}, "90000 usd if the size means what remains"),
        (Side.SELL, {"quantity": "0.9"}, "0.9 btc if the size means what remains"),
        (Side.BUY, {"price": "99000", "when_repriced": "keep_spend"}, ""),
    ],
)
def test_the_lock_by_the_other_reading_is_named(side: Side, values: dict[str, str], note: str) -> None:
    made = plan(partly(side), around(quote=None), **values)
    assert line(made, f"Locked {'USD' if side is Side.BUY else 'BTC'}").note == note


def test_a_lock_that_is_the_same_by_both_readings_is_told_once() -> None:
    after = effect(order(), Modification(major=D("1.1")))
    forecast = balance_forecast(order(), after, after, around())
    assert forecast is not None
    assert forecast.note == ""
    alone = balance_forecast(order(), after, None, around(balances={}))
    assert alone is not None
    assert alone.note == BALANCE_UNKNOWN


@pytest.mark.parametrize("quantity, peak", [("1.1", "≤ 1.1"), ("0.9", "≤ 1")])
def test_the_amount_is_at_most_the_larger_one(quantity: str, peak: str) -> None:
    assert line(plan(order(), quantity=quantity), "Amount").peak == peak


@pytest.mark.parametrize(
    "base, values, note",
    [
        # A buy repriced alone keeps its value to the digit, which is amount × price no more.
        (
            order(),
            {"price": "70000", "when_repriced": "keep_spend"},
            "kept and locked as it is; amount × price would be 100000.0001 USD",
        ),
        (order(), {"price": "50000", "when_repriced": "keep_spend"}, ""),
        (order(), {"price": "70000"}, ""),
        (order(), {"quantity": "0.33333333"}, ""),
        (order(Side.SELL), {"price": "150000.01"}, ""),
        (partly(), {"price": "70000", "when_repriced": "keep_spend"}, ""),
        (stop_market(Side.BUY), {"stop": "91000"}, ""),
    ],
)
def test_a_value_that_is_not_amount_times_price_says_so(base: Order, values: dict[str, str], note: str) -> None:
    assert line(plan(base, around(quote=None), **values), "Value").note == note


@pytest.mark.parametrize(
    "base, values, text",
    [
        (
            stop_limit(),
            {"stop": "91000"},
            "Until Bitso applies the change the old stop may trigger: at worst 1 BTC trades.",
        ),
        (
            stop_market(),
            {"quantity": "1.5"},
            "Until Bitso applies the change the old stop may trigger: at worst 1 BTC trades.",
        ),
        (
            stop_limit(),
            {"stop": "91000", "price": "150000"},
            "Until Bitso applies the change the old terms may fill: at worst 1 BTC trades from now on.",
        ),
        (
            partly(Side.SELL),
            {"quantity": "0.9"},
            "Until Bitso applies the change the old terms may fill; should it then take the size as what remains, at "
            "worst 1.5 BTC trades from now on.",
        ),
        (
            order(Side.SELL),
            {"quantity": "0.9"},
            "Until Bitso applies the change the old terms may fill; should it then take the size as what remains, at "
            "worst 1.9 BTC trades from now on.",
        ),
    ],
)
def test_the_worst_case_is_told_to_the_digit(base: Order, values: dict[str, str], text: str) -> None:
    made = plan(base, around(quote=None), **values).consequence
    assert made is not None
    assert made.worst_case == text


# -- the form and the rest -------------------------------------------------------------------------------------------


def test_currencies_are_those_of_the_book_else_of_its_name() -> None:
    bare = form(order(), around(instrument=None)).fields
    assert [each.unit for each in bare] == [each.unit for each in form(order(), around()).fields]
    assert (quote_of(order(), None), quote_of(order(), BOOK)) == ("USD", "USD")
    assert [lock_currency(order(side), None) for side in Side] == [lock_currency(order(side), BOOK) for side in Side]


def test_hints_are_for_orders_that_can_be_changed() -> None:
    def hints(base: Order, **state: Any) -> list[str]:
        return [each.hint for each in form(base, around(**state)).fields]

    kept = "Keep quantity sends price and amount, keep spend the price alone."
    sized = "Partly filled: whether Bitso means the total or the rest is not documented."
    only = "Post-only: a price through the market may cancel the order."
    assert hints(order()) == ["", kept, "", "", "", ""]
    assert hints(partly()) == ["", kept, sized, sized, "", ""]
    assert hints(partly(post_only=True)) == [only, kept, sized, sized, "", ""]
    assert hints(partly(post_only=True), amending=True) == [""] * 6


def test_a_size_that_is_not_certain_quotes_that_rule() -> None:
    assert [each.rule for each in form(partly(), around()).fields[2:4]] == [citations.PARTIAL] * 2
    assert [each.rule for each in form(order(), around()).fields[2:4]] == [citations.AMOUNT, citations.VALUE_AS_AMOUNT]


@pytest.mark.parametrize(
    "age, wait",
    [
        (0.0, FIRST_WAIT),
        (2.0, FIRST_WAIT),
        (3.0, 1.5),
        (2400.0, 1200.0),
        (2402.0, SETTLED_AFTER - 2402.0),
        (SETTLED_AFTER - 0.5, 0.5),
        (SETTLED_AFTER, LATE_WAIT),
    ],
)
def test_a_gone_order_is_asked_about_ever_less_often(age: float, wait: float) -> None:
    gone = GoneOrders()
    one = gone.missed(order(), 1, 100.0)
    gone.asked(one, 100.0 + age, final=False)
    assert one.due == 100.0 + age + wait
    assert one.is_settled(100.0 + SETTLED_AFTER)
    assert not one.is_settled(99.5 + SETTLED_AFTER)


def test_how_long_bitso_is_waited_for() -> None:
    policy = RULES.evidence
    assert policy.settle_after == 5 * SECOND
    assert policy.probe_after == tuple(each * MILLISECOND for each in (300, 800, 1500, 3000, 5200, 8000))
    assert (policy.probe_every, policy.answer_within, policy.reread_within) == (10 * SECOND, 10 * SECOND, 10 * SECOND)

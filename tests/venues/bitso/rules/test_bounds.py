"""Exact bounds of Bitso's checks and consequences: at a bound, one step beyond, and what then is said."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.form import FieldName
from app.domain.market import Balance, LinkState
from app.domain.order import Order, OrderKind, Side
from app.domain.plan import Surroundings
from app.venues.bitso.rules import citations
from app.venues.bitso.rules.amounts import Effect, Modification, SizeReading, amount_for, effect, lock_of, value_of
from tests.venues.bitso.samples import (
    BOOK,
    NOW,
    around,
    cautions,
    order,
    partly,
    plan,
    problems,
    stop_limit,
)

D = Decimal
NATIVE = {"native_minor": "yes"}


def stop_market(side: Side = Side.SELL, **changes: Any) -> Order:
    """An untriggered stop order that executes at market."""
    terms: dict[str, Any] = {"kind": OrderKind.STOP_MARKET, "raw_kind": "market", "price": None}
    return stop_limit(side, **(terms | changes))


@pytest.mark.parametrize(
    "base, surroundings, values, checked",
    [
        (order(), around(), {"price": "100500"}, 22),
        (order(), around(link=LinkState.DOWN), {"price": "100500"}, 15),
        (order(), around(), {"quantity": "1.1"}, 22),
        (order(), around(), {"price": "100500", "quantity": "1.1"}, 25),
        (order(), around(), {"price": "0"}, 15),
        (order(), around(), {}, 12),
        (order(), around(instrument=None), {"price": "100500"}, 22),
        (order(kind=OrderKind.MARKET), around(), {"price": "100500"}, 3),
    ],
)
def test_as_many_rules_are_said_to_be_checked_as_were_looked_at(
    base: Order, surroundings: Surroundings, values: dict[str, str], checked: int
) -> None:
    assert plan(base, surroundings, **values).verdict.checked == checked


@pytest.mark.parametrize(
    "changes, price, nearest",
    [
        ({}, "0.004", ("500.00",)),
        ({"min_price": None}, "0.004", ("0.01",)),
        ({"min_price": None}, "-1", ("0.01",)),
        ({"min_price": None, "tick": None}, "-1", ("0.00000001",)),
        ({}, "100000.004", ("100000.00", "100000.01")),
        ({}, "10000000.01", ("10000000.00",)),
        ({}, "499.99", ("500.00",)),
    ],
)
def test_the_nearest_legal_price_is_offered(changes: dict[str, Any], price: str, nearest: tuple[str, ...]) -> None:
    book = replace(BOOK, **changes)
    made = plan(stop_limit(), around(instrument=book), price=price)
    (found,) = [each for each in made.verdict.problems if each.field is FieldName.PRICE]
    assert found.nearest == tuple(D(each) for each in nearest)


@pytest.mark.parametrize(
    "stop, words",
    [
        ("100000.004", "Stop: 100000.004 is not a multiple of 0.01; Bitso may refuse it."),
        ("499.99", "Stop: 499.99 is below the 500 that is the least price here; Bitso may refuse it."),
        ("10000000.01", "Stop: 10000000.01 is above the 10000000 that is the largest price here; Bitso may refuse it."),
    ],
)
def test_a_stop_that_could_be_no_price_takes_a_consent(stop: str, words: str) -> None:
    made = plan(stop_limit(), stop=stop)
    assert made.verdict.ok
    assert made.fields == (("stop", D(stop)),)
    (found,) = made.verdict.cautions
    assert (found.text, found.field, found.confirm, found.rule) == (
        words,
        FieldName.STOP,
        True,
        citations.STOP_TICK,
    )


@pytest.mark.parametrize("stop", ["500", "10000000", "90000.01"])
def test_a_stop_that_could_be_a_price_takes_none(stop: str) -> None:
    assert plan(stop_limit(), stop=stop).verdict.cautions == ()
    (least,) = [each for each in plan(stop_limit(), stop="0").verdict.problems if each.field is FieldName.STOP]
    assert least.nearest == (D(500),)


@pytest.mark.parametrize("name", ["min_quantity", "min_value"])
def test_a_least_size_that_is_not_told_is_said(name: str) -> None:
    made = plan(order(), around(instrument=replace(BOOK, **{name: None})), price="99000")
    (found,) = made.verdict.cautions
    assert "least amount and value of btc_usd are not both known" in found.text
    assert (found.rule, found.confirm) == (citations.UNKNOWN_BOOK, False)


def test_a_price_that_leaves_nothing_of_a_kept_spend_is_told_as_such() -> None:
    tiny = order(quantity=D("0.0000001"), value=D("0.01"))
    for price, right in (("2000000", True), ("2000000.01", False), ("10000000", False)):
        free = around(instrument=replace(BOOK, min_quantity=None, min_value=None), quote=None)
        made = plan(tiny, free, price=price, when_repriced="keep_spend")
        assert problems(made) == (
            [] if right else ["Nothing of the order would remain; type a larger amount, or cancel the order."]
        )
        assert (made.consequence is not None) is right


def test_a_size_that_leaves_nothing_is_told_as_such() -> None:
    text = "Nothing of the order would remain; type a larger amount, or cancel the order."
    made = plan(partly(), around(), value="39600.00000001")
    assert problems(made) == [text]
    assert made.consequence is None
    native = plan(partly(), around(switches=NATIVE), value="39600.00000001")
    assert problems(native) == [text]
    assert native.consequence is None
    assert problems(plan(partly(), around(), value="39600")) == [
        "Value: it is the total and must lie above the 39600 spent or received already."
    ]
    assert problems(plan(partly(), around(), quantity="0.4")) == [
        "Amount: it is the total and must lie above the 0.4 filled already."
    ]
    assert problems(plan(partly(), around(), quantity="0.40000001")) == []


def test_an_order_without_fills_may_have_any_size_above_zero() -> None:
    assert problems(plan(order(), quantity="0.00005")) == []
    for name, label in (("quantity", "Amount"), ("value", "Value")):
        (text,) = problems(plan(order(), **{name: "0"}))
        assert text == f"{label}: it must be above zero; to take the order out of the market, cancel it."


def test_a_change_that_locks_no_more_needs_no_balance() -> None:
    for base, values in (
        (order(Side.SELL), {"price": "150500"}),
        (order(Side.SELL), {"quantity": "0.9"}),
        (order(), {"price": "90000", "when_repriced": "keep_spend"}),
    ):
        assert cautions(plan(base, around(balances={}, quote=None), **values)) == []
    more = plan(order(Side.SELL), around(balances={}, quote=None), quantity="1.00000001")
    assert cautions(more) == ["The change locks 0.00000001 btc more, and the balance is not known."]


@pytest.mark.parametrize(
    "available, rivals, problem, shared",
    [
        ("0.1", (), False, False),
        ("0.1", (order(Side.SELL, order_id="x"),), False, True),
        ("0.1", (order(order_id="x"),), False, False),
        ("0.09999999", (order(Side.SELL, order_id="x"),), True, False),
    ],
)
def test_all_that_is_available_may_be_locked_unless_a_rival_locks_too(
    available: str, rivals: tuple[Order, ...], problem: bool, shared: bool
) -> None:
    funds = {"btc": Balance("btc", D(3), D(available), D(1), NOW)}
    made = plan(order(Side.SELL), around(balances=funds, rivals=rivals, quote=None), quantity="1.1")
    assert len(problems(made)) == problem
    assert [text.startswith("Another amendment is unresolved") for text in cautions(made)] == [True] * shared


@pytest.mark.parametrize("price", ["0", "-1"])
def test_a_price_that_is_none_is_not_compared_with_the_touch(price: str) -> None:
    assert cautions(plan(order(Side.SELL), price=price)) == []


@pytest.mark.parametrize(
    "side, price, met",
    [("buy", "140099.99", False), ("buy", "140100", True), ("sell", "140000.01", False), ("sell", "140000", True)],
)
def test_a_price_that_meets_the_touch_trades_at_once(side: str, price: str, met: bool) -> None:
    made = plan(order(Side(side), price=D(139000 if side == "buy" else 141000)), price=price)
    assert [("pay the taker fee of 0.65 %" in text) for text in cautions(made)] == [True] * met


@pytest.mark.parametrize("side, word", [(Side.BUY, "offer"), (Side.SELL, "bid")])
def test_a_touch_nobody_knows_matters_to_a_post_only_order(side: Side, word: str) -> None:
    told = [f"The best {word} is not known; a post-only order that meets it may be cancelled."]
    assert cautions(plan(order(side, post_only=True), around(quote=None), price="150500")) == told
    assert cautions(plan(order(side), around(quote=None), price="150500")) == []


def test_the_two_readings_are_told_where_both_are_known() -> None:
    text = "Partly filled: Bitso does not document whether a size means the total or what remains."
    known = cautions(plan(partly(), quantity="0.9"))
    assert known[0] == f"{text} It would leave 0.5 as the total, 0.9 as what remains."
    unread = partly(filled_value=None)
    assert cautions(plan(unread, around(switches=NATIVE), value="90000"))[0] == text


def test_a_fill_is_spoken_of_only_where_there_is_one() -> None:
    keep = {"when_repriced": "keep_spend"}
    assert cautions(plan(order(), price="100500", **keep)) == []
    assert cautions(plan(partly(), price="100500", **keep)) == [
        "Partly filled: what remains locked is taken to stay, and the remaining amount follows the price."
    ]
    assert cautions(plan(partly(Side.SELL), price="150500")) == []
    assert cautions(plan(order(), price="100500", on_failure="cancel")) == [
        "If Bitso cannot process this, it will cancel the order."
    ]
    assert cautions(plan(partly(Side.SELL), price="150500", on_failure="cancel")) == [
        "If Bitso cannot process this, it will cancel the remaining 0.6."
    ]


# -- amounts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "now, after, delta", [("1", "3", D(2)), ("3", "1", D(-2)), (None, "1", None), ("1", None, None)]
)
def test_what_is_locked_in_addition_is_known_only_from_both(
    now: str | None, after: str | None, delta: Decimal | None
) -> None:
    locks = (D(each) if each else None for each in (now, after))
    assert Effect(None, None, None, None, None, *locks).delta == delta


def test_a_value_nobody_states_is_amount_times_price() -> None:
    base = order(value=None, quantity=D("0.123456789"), price=D("0.1"))
    assert value_of(base) == D("0.01234568")
    assert value_of(order(value=D(7))) == 7
    assert value_of(order(value=None, price=None)) is None


@pytest.mark.parametrize("price", ["0", "-1"])
def test_nothing_follows_from_a_price_that_is_none(price: str) -> None:
    assert amount_for(order(), D(5), D(price)) is None
    for change in (Modification(price=D(price)), Modification(price=D(price), minor=D(5))):
        after = effect(order(), change)
        assert (after.amount, after.remaining, after.locked_after) == (None, None, None)


def test_without_a_price_a_value_makes_no_amount() -> None:
    bought = stop_market(Side.BUY)
    assert effect(bought, Modification(minor=D(5))).remaining is None
    sized = effect(bought, Modification(major=D(2)))
    assert (sized.remaining, sized.value, sized.locked_after) == (2, None, None)
    priced = effect(stop_market(Side.BUY, price=D(5)), Modification(major=D(2)))
    assert priced.value is None, "a stop that executes at market has no price to reckon with"
    assert lock_of(bought) is None


@pytest.mark.parametrize("reading, remaining", [(SizeReading.TOTAL, "0.5"), (SizeReading.REMAINING, "0.9")])
def test_a_size_is_read_in_two_ways(reading: SizeReading, remaining: str) -> None:
    assert effect(partly(), Modification(major=D("0.9")), reading).remaining == D(remaining)


def test_an_order_of_a_kind_nobody_knows_asks_for_consent() -> None:
    odd = order(Side.SELL, kind=OrderKind.OTHER, raw_kind="odd")
    made = plan(odd, around(quote=None), quantity="0.9")
    assert [(each.confirm, "“odd”" in each.text) for each in made.verdict.cautions] == [(True, True)]
    repriced = plan(odd, around(quote=None), price="145000")
    assert repriced.verdict.ok, "it shows a price, so that may change"
    assert repriced.fields == (("price", D(145000)),)
    dear = plan(odd, around(quote=None), quantity="9")
    assert dear.verdict.ok, "what such an order locks is documented nowhere"
    assert any("may refuse" in each.text and each.rule is citations.LOCK_STOP for each in dear.verdict.cautions)

"""Exact bounds of QFEX's checks: a number at a bound is taken, one step beyond it is not; what stays is left alone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.form import FieldName
from app.domain.market import Instrument
from app.domain.money import ZERO
from app.domain.order import Order
from app.domain.plan import Draft, Plan, Surroundings
from app.venues.qfex.rules import citations
from app.venues.qfex.rules.asked import asked_of
from app.venues.qfex.rules.form import band_of
from app.venues.qfex.rules.rulebook import QfexRulebook
from tests.venues.qfex.samples import APPLE, QUOTE, around, draft, order

D = Decimal
BOOK = QfexRulebook()


def plan(base: Order | None = None, surroundings: Surroundings | None = None, **values: str) -> Plan:
    return BOOK.plan(draft(base or order(), **values), surroundings or around())


def on(**changes: Any) -> Surroundings:
    """A calm market whose instrument differs in this."""
    return around(instrument=replace(APPLE, **changes))


def told(made: Plan) -> list[tuple[str, tuple[Decimal, ...]]]:
    """Each problem with what it offers."""
    return [(each.text, each.nearest) for each in made.verdict.problems]


def cautioned(made: Plan, *, of: FieldName = FieldName.PRICE) -> list[str]:
    return [each.text for each in made.verdict.cautions if each.field is of]


@pytest.mark.parametrize(
    "base, surroundings, price, checked",
    [
        (order(), around(), "200", 20),
        (order(), around(instrument=None), "200", 20),
        (order(), around(), "1E+30", 4),
        (order(type="STOP_LOSS"), around(), "200", 3),
    ],
)
def test_as_many_rules_are_said_to_be_checked_as_were_looked_at(
    base: Order, surroundings: Surroundings, price: str, checked: int
) -> None:
    assert plan(base, surroundings, price=price).verdict.checked == checked


@pytest.mark.parametrize(
    "number, absurd",
    [
        ("1E+24", True),
        ("9" * 24, False),
        ("0." + "0" * 23 + "1", False),
        ("0." + "0" * 24 + "1", True),
        ("NaN", True),
        ("Infinity", True),
        ("-Infinity", True),
    ],
)
def test_a_number_too_long_to_reckon_with_is_all_that_is_said(number: str, absurd: bool) -> None:
    made = BOOK.plan(Draft(order(), ((FieldName.PRICE, D(number)), (FieldName.STOP_LOSS, "x"))), around())
    texts = [text for text, _ in told(made) if "write a number" not in text]
    assert (texts == ["Price: that number has far too many digits; shorten it."]) is absurd
    assert (made.consequence is None) is absurd
    assert not made.verdict.ok


def test_terms_that_stay_are_not_held_against_the_rules_of_today() -> None:
    base = order(price=D("201.03"), quantity=D("1.0005"), quantity_remaining=D("1.0005"), take_profit=D("210.01"))
    assert plan(base, stop_loss="190").verdict.ok
    assert plan(base, price="201.03", quantity="1.0005", stop_loss="190").verdict.ok


@pytest.mark.parametrize(
    "changes, values, field, nearest",
    [
        ({}, {"price": "0"}, FieldName.PRICE, ("0.05",)),
        ({}, {"price": "-1"}, FieldName.PRICE, ("0.05",)),
        ({"tick": None}, {"price": "0"}, FieldName.PRICE, ()),
        ({}, {"quantity": "-1"}, FieldName.QUANTITY, ("0.001",)),
        ({"min_quantity": D("0.5")}, {"quantity": "0"}, FieldName.QUANTITY, ("0.5",)),
        ({"min_quantity": None}, {"quantity": "0"}, FieldName.QUANTITY, ("0.001",)),
        ({"min_quantity": None, "lot": None}, {"quantity": "0"}, FieldName.QUANTITY, ()),
        ({}, {"take_profit": "-0.05"}, FieldName.TAKE_PROFIT, ("0.05",)),
        ({}, {"stop_loss": "-0.05"}, FieldName.STOP_LOSS, ("0.05",)),
    ],
)
def test_what_must_be_above_zero_offers_the_least_there_is(
    changes: dict[str, Any], values: dict[str, str], field: FieldName, nearest: tuple[str, ...]
) -> None:
    (problem,) = plan(None, on(**changes), **values).verdict.problems
    assert (problem.field, problem.nearest) == (field, tuple(D(each) for each in nearest))
    assert "it must be above zero" in problem.text
    assert problem.text.endswith("cancel it." if field is FieldName.QUANTITY else "above zero.")


def test_an_exit_of_zero_is_none_and_needs_no_step() -> None:
    base = order(take_profit=D(210), stop_loss=D(190))
    assert plan(base, take_profit="0", stop_loss="0").verdict.ok
    assert plan(None, on(tick=None, lot=None), price="200.03", quantity="1.0005").verdict.ok


@pytest.mark.parametrize(
    "quantity, offered",
    [("0.5", None), ("0.499", "0.5"), ("2", None), ("2.001", "2"), ("0.4995", "0.5"), ("2.0005", "2")],
)
def test_the_bounds_of_a_quantity_themselves_are_taken(quantity: str, offered: str | None) -> None:
    made = plan(None, on(min_quantity=D("0.5"), max_quantity=D(2)), quantity=quantity)
    assert {each.nearest for each in made.verdict.problems} == ({(D(offered),)} if offered else set())
    assert plan(None, on(min_quantity=None, max_quantity=None), quantity="0.001").verdict.ok


@pytest.mark.parametrize(
    "side, price, text, nearest",
    [
        ("BUY", "222.20", None, ()),
        ("BUY", "222.25", "Price: 222.25 is above the price band, which ends at 222.2; use 222.2.", ("222.20",)),
        ("SELL", "181.80", None, ()),
        ("SELL", "181.75", "Price: 181.75 is below the price band, which begins at 181.8; use 181.8.", ("181.80",)),
    ],
)
def test_the_aggressive_edge_of_the_band_itself_is_taken(
    side: str, price: str, text: str | None, nearest: tuple[str, ...]
) -> None:
    base = order(side=side, price=D(150) if side == "BUY" else D(250))
    assert told(plan(base, price=price)) == ([(text, tuple(D(each) for each in nearest))] if text else [])


@pytest.mark.parametrize(
    "side, price, beyond",
    [("BUY", "181.80", False), ("BUY", "181.75", True), ("SELL", "222.20", False), ("SELL", "222.25", True)],
)
def test_the_passive_edge_of_the_band_itself_needs_no_word(side: str, price: str, beyond: bool) -> None:
    made = plan(order(side=side), price=price)
    assert made.verdict.ok
    assert [text.endswith("QFEX may refuse it.") for text in cautioned(made)] == [True] * beyond


def test_an_edge_off_the_tick_offers_the_last_price_inside() -> None:
    quote = replace(QUOTE, high_band=D("222.22"), low_band=D("181.78"))
    (problem,) = plan(None, around(quote=quote), price="222.25").verdict.problems
    assert problem.nearest == (D("222.20"),)
    (problem,) = plan(order(side="SELL", price=D(210)), around(quote=quote), price="181.75").verdict.problems
    assert problem.nearest == (D("181.80"),)
    without = around(quote=quote, instrument=replace(APPLE, tick=None))
    assert plan(None, without, price="222.25").verdict.problems[0].nearest == (D("222.22"),)


@pytest.mark.parametrize(
    "low, high, instrument, band",
    [
        ("1", "2", APPLE, ("1", "2")),
        (None, "2", APPLE, ("120", "2")),
        ("1", None, APPLE, ("1", "310")),
        (None, None, APPLE, ("120", "310")),
        ("1", None, None, ("1", None)),
        (None, "2", None, (None, "2")),
    ],
)
def test_each_edge_is_the_live_one_where_there_is_one(
    low: str | None, high: str | None, instrument: Instrument | None, band: tuple[str | None, str | None]
) -> None:
    quote = replace(QUOTE, low_band=D(low) if low else None, high_band=D(high) if high else None)
    assert band_of(instrument, quote) == tuple(D(each) if each else None for each in band)
    assert band_of(instrument, None) == ((D(120), D(310)) if instrument else (None, None))


def test_only_a_changed_price_above_zero_is_compared_with_band_and_touch() -> None:
    for base in (order(price=D(250)), order(side="SELL", price=D(150))):
        for values in ({"quantity": "2"}, {"price": str(base.price), "quantity": "2"}):
            made = plan(base, **values)
            assert (made.verdict.problems, made.verdict.cautions) == ((), ())
        for price in ("0", "-1"):
            made = plan(base, price=price)
            assert [each.text for each in made.verdict.problems] == ["Price: it must be above zero."]
            assert made.verdict.cautions == ()


@pytest.mark.parametrize(
    "side, kind, price, met",
    [
        ("BUY", "LIMIT", "202.00", False),
        ("BUY", "LIMIT", "202.05", True),
        ("SELL", "LIMIT", "202.00", False),
        ("SELL", "LIMIT", "201.95", True),
    ],
)
def test_a_price_that_meets_the_touch_trades_at_once(side: str, kind: str, price: str, met: bool) -> None:
    made = plan(order(side=side, type=kind, price=D(150 if side == "BUY" else 250)), price=price)
    assert [each.confirm for each in made.verdict.cautions] == [True] * met


@pytest.mark.parametrize(
    "side, bid, ask, rule",
    [
        ("BUY", None, None, True),
        ("BUY", "201.95", None, False),
        ("SELL", None, "202.05", False),
        ("BUY", None, "250", False),
        ("SELL", "150", None, False),
    ],
)
@pytest.mark.parametrize("kind", ["LIMIT", "ALO"])
def test_a_market_with_one_side_is_one(side: str, bid: str | None, ask: str | None, rule: bool, kind: str) -> None:
    quote = replace(QUOTE, bid=D(bid) if bid else None, ask=D(ask) if ask else None)
    made = plan(order(side=side, type=kind), around(quote=quote), price="202.00")
    assert made.verdict.ok
    unchecked = [each for each in made.verdict.cautions if "is not checked" in each.text]
    assert len(unchecked) == rule
    for each in unchecked:
        assert each.rule is (citations.POST_ONLY if kind == "ALO" else None)


@pytest.mark.parametrize(
    "ask, tick, nearest",
    [("0.10", "0.05", ("0.05",)), ("0.05", "0.05", ()), ("0.10", None, ())],
)
def test_the_price_behind_the_touch_is_offered_where_there_is_one(
    ask: str, tick: str | None, nearest: tuple[str, ...]
) -> None:
    quote = replace(QUOTE, ask=D(ask), bid=None, low_band=None, high_band=None)
    market = replace(APPLE, tick=D(tick) if tick else None, min_price=None)
    (problem,) = plan(order(type="ALO"), around(instrument=market, quote=quote), price="0.20").verdict.problems
    assert (problem.rule, problem.nearest) == (citations.POST_ONLY, tuple(D(each) for each in nearest))


# -- exits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "side, name, right, wrong",
    [
        ("BUY", "take_profit", "201.05", "201"),
        ("BUY", "stop_loss", "200.95", "201"),
        ("SELL", "take_profit", "200.95", "201"),
        ("SELL", "stop_loss", "201.05", "201"),
    ],
)
def test_an_exit_at_the_price_itself_is_on_the_wrong_side(side: str, name: str, right: str, wrong: str) -> None:
    base = order(side=side)
    assert plan(base, **{name: right}).verdict.ok
    assert plan(base, **{name: right}).verdict.cautions == ()
    (caution,) = plan(base, **{name: wrong}).verdict.cautions
    where = "above" if (name == "take_profit") == (side == "BUY") else "below"
    assert (caution.field, caution.confirm) == (FieldName(name), False)
    assert f"201 is not {where} the price 201 of this {side.lower()} order; QFEX may refuse it." in caution.text
    beyond = "200.95" if where == "above" else "201.05"
    assert [each.confirm for each in plan(base, **{name: beyond}).verdict.cautions] == [True]


@pytest.mark.parametrize(
    "values, field",
    [({"price": "205"}, FieldName.PRICE), ({"price": "205", "take_profit": "204"}, FieldName.TAKE_PROFIT)],
)
def test_the_changed_one_of_price_and_exit_is_the_one_to_mend(values: dict[str, str], field: FieldName) -> None:
    base = order(take_profit=D(203))
    quote = replace(QUOTE, ask=D(300))
    (caution,) = plan(base, around(quote=quote), **values).verdict.cautions
    assert (caution.field, caution.rule, caution.confirm) == (field, citations.EXITS, True)


def test_a_pair_that_rested_oddly_is_pointed_out_at_its_exit() -> None:
    made = plan(order(take_profit=D(201), stop_loss=D(201)), quantity="2")
    assert made.verdict.ok
    assert len(cautioned(made, of=FieldName.TAKE_PROFIT)) == len(cautioned(made, of=FieldName.STOP_LOSS)) == 1


def test_exits_of_a_price_that_is_none_are_not_compared() -> None:
    made = plan(order(stop_loss=D(190)), price="0")
    assert [each.field for each in made.verdict.problems] == [FieldName.PRICE]
    assert made.verdict.cautions == ()


def test_every_term_must_come_through_a_binary_float() -> None:
    odd = D("9007199254740993")
    for name, values in (("quantity", {"quantity_remaining": odd}), ("take_profit", {}), ("stop_loss", {})):
        made = plan(order(**{name: odd}, **values), on(max_quantity=None), price="200")
        told = [each for each in made.verdict.cautions if each.rule is citations.EXACT_NUMBERS]
        assert [(each.field, each.confirm) for each in told] == [(FieldName(name), True)]


def test_what_would_be_left_is_never_below_zero() -> None:
    base = order(quantity_remaining=D("0.6"), status="FILLED")
    for quantity, left in (("0.3", ZERO), ("0.4", ZERO), ("0.5", D("0.1"))):
        assert asked_of(draft(base, quantity=quantity), base).remaining(base) == left


@pytest.mark.parametrize(
    "changes, values, told",
    [
        ({"tick": None}, {"price": "200"}, [(FieldName.PRICE, True)]),
        ({"tick": None}, {"take_profit": "210", "stop_loss": "190"}, [(FieldName.TAKE_PROFIT, True)]),
        ({"tick": None}, {"quantity": "2"}, []),
        ({"lot": None}, {"quantity": "2"}, [(FieldName.QUANTITY, True)]),
        ({"lot": None}, {"price": "200"}, []),
        ({"min_quantity": None, "max_quantity": None}, {"quantity": "2"}, [(FieldName.QUANTITY, False)]),
        ({"min_quantity": None}, {"quantity": "2"}, []),
        ({"max_quantity": None}, {"quantity": "2"}, []),
    ],
)
def test_what_the_market_does_not_tell_is_told(
    changes: dict[str, Any], values: dict[str, str], told: list[tuple[FieldName, bool]]
) -> None:
    made = plan(None, on(**changes), **values)
    unknown = [each for each in made.verdict.cautions if each.rule is citations.MARKET_RULES]
    assert [(each.field, each.confirm) for each in unknown] == told

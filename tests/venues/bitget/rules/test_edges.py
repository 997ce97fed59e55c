"""Exact edges of Bitget's checks: a number at a bound is taken, one step beyond it is not; what stays is left alone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.form import FieldName
from app.domain.market import Instrument, LinkState, Quote
from app.domain.money import ZERO
from app.domain.order import Order, OrderStatus, Side
from app.domain.plan import Plan, Problem
from app.venues.bitget.rules import citations
from app.venues.bitget.rules.checks import Asked
from app.venues.bitget.rules.rulebook import BitgetRulebook
from tests.venues.bitget.samples import NOW, PERP_BTC, SPOT_BTC, around, draft, order, perp

BOOK = BitgetRulebook()
D = Decimal


def plan(base: Order | None = None, surroundings: dict[str, Any] | None = None, **values: Decimal | str) -> Plan:
    return BOOK.plan(draft(base or order(), **values), around(**(surroundings or {})))


def market(**changes: Any) -> dict[str, Instrument]:
    return {"instrument": replace(SPOT_BTC, **changes)}


def quoted(*prices: str | None) -> dict[str, Quote]:
    """Surroundings with these bid, ask, last and mark."""
    bid, ask, last, mark = (D(each) if each is not None else None for each in prices)
    return {"quote": Quote("BTCUSDT", "spot", bid, ask, last, NOW, mark)}


def only(made: Plan) -> Problem:
    """The one problem there is."""
    (problem,) = made.verdict.problems
    return problem


def band(made: Plan) -> list[bool]:
    """Whether each caution of the band asks for consent."""
    return [each.confirm for each in made.verdict.cautions if each.rule is citations.BAND]


@pytest.mark.parametrize(
    "base, surroundings, price, checked",
    [
        (order(), {}, "59950", 19),
        (order(), {"link": LinkState.DOWN}, "59950", 19),
        (order(), {"instrument": None}, "59950", 19),
        (order(), {}, "1E+30", 5),
        (order(symbol="BTCUSD_CM"), {}, "59950", 3),
    ],
)
def test_as_many_rules_are_said_to_be_checked_as_were_looked_at(
    base: Order, surroundings: dict[str, Any], price: str, checked: int
) -> None:
    assert plan(base, surroundings, price=D(price)).verdict.checked == checked


@pytest.mark.parametrize("name", ["price", "quantity"])
def test_a_number_of_25_digits_is_a_slip_and_nothing_else_is_said_of_it(name: str) -> None:
    problem = only(plan(**{name: D("1000000000000000000000000.0000001")}))
    assert (problem.field, problem.text) == (FieldName(name), f"{name.capitalize()}: that number is far too large.")
    assert not [each for each in plan(**{name: D("9" * 24)}).verdict.problems if "far too large" in each.text]


def test_a_term_that_stays_is_not_held_against_the_rules_of_today() -> None:
    base = order(price=D("60000.005"), quantity=D("0.5000005"))
    assert plan(base, quantity=D("0.4"), price=base.price or ZERO).verdict.ok
    assert plan(base, price=D(59950), quantity=base.quantity).verdict.ok


@pytest.mark.parametrize(
    "changes, nearest",
    [
        ({"min_price": D("0.5")}, (D("0.5"),)),
        ({}, (D("0.01"),)),
        ({"tick": None}, ()),
        ({"tick": None, "min_price": D("0.5")}, (D("0.5"),)),
    ],
)
def test_the_least_price_is_offered_where_none_above_zero_was_typed(
    changes: dict[str, Any], nearest: tuple[Decimal, ...]
) -> None:
    problem = only(plan(None, market(**changes), price=ZERO))
    assert (problem.text, problem.nearest) == ("Price: it must be above zero.", nearest)


def test_the_highest_price_itself_is_taken() -> None:
    highest = market(max_price=D(60050))
    assert plan(None, highest, price=D(60050)).verdict.ok
    problem = only(plan(None, highest, price=D("60050.01")))
    assert (problem.text, problem.nearest, problem.field) == (
        "Price: at most 60050.",
        (D(60050),),
        FieldName.PRICE,
    )
    assert plan(None, market(tick=None), price=D("59950.001")).verdict.ok, "no tick is no rule"


@pytest.mark.parametrize(
    "quantity, text, nearest",
    [
        ("0.010", "", ()),
        ("0.009", "Quantity: Bitget takes at least 0.01 here.", (D("0.01"),)),
        ("1200", "", ()),
        ("1200.0001", "Quantity: Bitget takes at most 1200 here.", (D(1200),)),
        ("-0.1", "Quantity: it must be above zero; to take the order out of the market, cancel it.", (D("0.01"),)),
        ("0", "Quantity: it must be above zero; to take the order out of the market, cancel it.", (D("0.01"),)),
    ],
)
def test_the_bounds_of_a_quantity_themselves_are_taken(quantity: str, text: str, nearest: tuple[Decimal, ...]) -> None:
    bounded = {"instrument": replace(PERP_BTC, min_quantity=D("0.01"))}
    made = plan(perp(), bounded, quantity=D(quantity))
    assert [(each.text, each.nearest) for each in made.verdict.problems] == ([(text, nearest)] if text else [])


def test_a_quantity_below_zero_before_the_market_names_a_step_offers_nothing() -> None:
    assert only(plan(None, market(lot=None, min_quantity=None), quantity=D(-1))).nearest == ()
    assert plan(None, market(lot=None), quantity=D("0.40000001")).verdict.ok


@pytest.mark.parametrize(
    "changes, values, nearest",
    [
        # 0.5 × 2 is the minimum itself.
        ({}, {"price": "2"}, None),
        ({}, {"price": "1.99"}, ("2.00",)),
        ({"max_quantity": D("0.1")}, {"price": "1.99"}, ("2.00",)),
        ({"tick": None}, {"price": "1.99"}, ()),
        ({}, {"quantity": "0.000016"}, ("0.000017",)),
        ({"min_value": D("0.96")}, {"quantity": "0.000016"}, None),
        ({"min_value": D("0.9600001")}, {"quantity": "0.000016"}, ("0.000017",)),
        ({"lot": None}, {"quantity": "0.000016"}, ()),
        ({"max_quantity": D("0.000016")}, {"quantity": "0.000016"}, ()),
        ({"min_value": None}, {"quantity": "0.000001"}, None),
        # Where nothing was typed, the price is what may mend it.
        ({"min_value": D(30001)}, {}, ("60002.00",)),
        ({"min_value": D(30001), "tick": ZERO}, {}, ()),
    ],
)
def test_the_least_value_itself_is_taken_and_the_typed_number_is_what_mends_less(
    changes: dict[str, Any], values: dict[str, str], nearest: tuple[str, ...] | None
) -> None:
    made = plan(None, market(**changes), **{name: D(text) for name, text in values.items()})
    worth = [each for each in made.verdict.problems if each.rule is citations.MIN_VALUE]
    assert [each.nearest for each in worth] == ([] if nearest is None else [tuple(D(each) for each in nearest)])
    for each in worth:
        assert each.field is (FieldName.QUANTITY if "quantity" in values else FieldName.PRICE)
        assert each.text.endswith(f"; use {nearest[0].removesuffix('.00')}." if nearest else " USDT.")


def test_the_value_is_told_without_a_unit_where_the_market_names_none() -> None:
    assert only(plan(None, market(quote="", tick=None), price=D("1.99"))).text == (
        "Price × quantity is 0.995; Bitget wants at least 1."
    )


@pytest.mark.parametrize("values", [{"price": "0"}, {"price": "-1"}, {"quantity": "0"}, {"quantity": "-1"}])
def test_nothing_is_said_of_the_value_of_a_number_that_is_not_above_zero(values: dict[str, str]) -> None:
    problem = only(plan(**{name: D(text) for name, text in values.items()}))
    assert "above zero" in problem.text


@pytest.mark.parametrize(
    "side, price, quantity, larger",
    [
        # As many units as before for as much money as before.
        (Side.BUY, "75000", "0.4", False),
        (Side.BUY, "75000.01", "0.4", True),
        (Side.BUY, "50000", "0.5", False),
        (Side.BUY, "50000", "0.500001", True),
        (Side.SELL, "75000", "0.5", False),
        (Side.SELL, "75000", "0.500001", True),
    ],
)
def test_in_a_closing_market_an_order_may_stay_as_large_as_it_is(
    side: Side, price: str, quantity: str, larger: bool
) -> None:
    closing = {**market(trading=False, status="limit_open"), **quoted(None, None, "60000", None)}
    made = plan(order(side=side), closing, price=D(price), quantity=D(quantity))
    assert made.verdict.ok
    (told,) = [each for each in made.verdict.cautions if each.rule is citations.MARKET_STATE]
    assert told.confirm is larger
    assert told.text.endswith("may refuse to make the order larger." if larger else "may refuse the change.")


def test_only_what_is_left_of_a_buy_counts_in_a_closing_market() -> None:
    closing = market(trading=False, status="limit_open")
    base = order(filled=D("0.4"), status=OrderStatus.PARTIALLY_FILLED)
    for price, larger in ((66000, False), (66667, True)):
        told = plan(base, closing, price=D(price), quantity=D("0.49")).verdict.cautions
        assert [each.confirm for each in told if each.rule is citations.MARKET_STATE] == [larger]


@pytest.mark.parametrize(
    "status, words", [("", "not open"), ("OffLine", "OffLine"), ("restrictedAPI", "restrictedAPI")]
)
def test_a_market_that_is_shut_is_told_by_its_state(status: str, words: str) -> None:
    made = plan(None, market(trading=False, status=status), quantity=D("0.4"))
    (told,) = [each for each in made.verdict.cautions if each.rule is citations.MARKET_STATE]
    assert told.confirm is (status != "")
    assert words in told.text


@pytest.mark.parametrize(
    "prices, told",
    [
        (("59900", None, None, None), False),
        ((None, "60100", None, None), False),
        ((None, None, "60000", None), False),
        ((None, None, None, "60000"), True),
    ],
)
def test_one_price_of_the_market_is_enough_to_compare_with(prices: tuple[str | None, ...], told: bool) -> None:
    made = plan(None, quoted(*prices), price=D(59950))
    assert [each.text.startswith("No live market price") for each in made.verdict.cautions] == [True] * told


@pytest.mark.parametrize(
    "side, price, found",
    [
        (Side.BUY, "60978.20", []),
        (Side.BUY, "60978.21", [False]),
        (Side.BUY, "61302.00", [False]),
        (Side.BUY, "61302.01", [True]),
        (Side.SELL, "59018.20", []),
        (Side.SELL, "59018.19", [False]),
        (Side.SELL, "58702.00", [False]),
        (Side.SELL, "58701.99", [True]),
    ],
)
def test_the_edge_of_the_band_itself_is_near_it_and_not_beyond(side: Side, price: str, found: list[bool]) -> None:
    base = order(side=side, price=D(50000) if side is Side.BUY else D(70000))
    made = plan(base, price=D(price))
    assert band(made) == found
    for each in made.verdict.cautions:
        if each.rule is citations.BAND:
            where = f"2 % {'above' if side is Side.BUY else 'below'} the market"
            assert where in each.text


def test_a_price_of_zero_is_none_to_reckon_the_band_from() -> None:
    assert band(plan(None, quoted("60000", "60100", "0", "0"), price=D(60500))) == []
    assert band(plan(None, quoted("0", None, None, None), price=D(60500))) == []
    assert band(plan(None, market(attributes=(("category", "SPOT"),)), price=D(99999))) == []


def test_a_price_that_stays_or_is_none_is_not_compared_with_the_market() -> None:
    assert plan(order(price=D(99999)), quantity=D("0.4")).verdict.cautions == ()
    assert not [each for each in plan(price=ZERO).verdict.cautions if each.field is FieldName.PRICE]


def test_what_would_be_left_is_never_below_zero() -> None:
    base = order(filled=D("0.2"))
    for quantity, left in (("0.1", "0"), ("0.2", "0"), ("0.3", "0.1")):
        assert Asked(D(1), D(quantity), "keep", frozenset()).remaining(base) == D(left)

"""Exact bounds of AlphaPoint's checks, forms and consequences: at a bound, one step beyond, and what then is said."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.evidence import SECOND
from app.domain.form import FieldName
from app.domain.market import Balance
from app.domain.order import Order
from app.domain.plan import Consequence, Line, Plan, Surroundings
from app.venues.alphapoint.rules import citations
from app.venues.alphapoint.rules.form import UNDESCRIBED
from tests.venues.alphapoint.samples import NOW, RULES, around, draft, instrument, order, partly

D = Decimal
MARKET = instrument()
UNKNOWN_MARKET = replace(MARKET, attributes=(*MARKET.attributes, (UNDESCRIBED, "true")))


def reduce_to(quantity: str, base: Order | None = None, surroundings: Surroundings | None = None) -> Plan:
    return RULES.plan(draft(base or order(), "reduce", quantity=quantity), surroundings or around())


def replace_by(
    price: str, quantity: str = "1", base: Order | None = None, surroundings: Surroundings | None = None
) -> Plan:
    return RULES.plan(draft(base or order(), "replace", price=price, quantity=quantity), surroundings or around())


def told(made: Plan) -> list[tuple[str, tuple[Decimal, ...]]]:
    return [(each.text, each.nearest) for each in made.verdict.problems]


def shown(made: Plan) -> Consequence:
    assert made.consequence is not None
    return made.consequence


def line(made: Plan, label: str) -> Line:
    (found,) = [each for each in shown(made).lines if each.label == label]
    return found


@pytest.mark.parametrize(
    "made, checked",
    [
        (reduce_to("0.5"), 15),
        (reduce_to("0.5", order(), around(instrument=UNKNOWN_MARKET)), 15),
        (replace_by("84200"), 19),
        (replace_by("84200", "1E+30"), 4),
        (reduce_to("0.5", order(OrderType="Market")), 4),
        (reduce_to("0.5", order(), around(instrument=None)), 15),
    ],
)
def test_as_many_rules_are_said_to_be_checked_as_were_looked_at(made: Plan, checked: int) -> None:
    assert made.verdict.checked == checked


@pytest.mark.parametrize(
    "number, absurd", [("1E+21", True), ("1E+20", False), ("1E-20", False), ("1E-21", True), ("0E-40", False)]
)
def test_a_number_beyond_sense_is_all_that_is_said(number: str, absurd: bool) -> None:
    text = "That number is beyond any sensible size; write one that is not."
    for made in (reduce_to(number), replace_by("84200", number)):
        texts = [each for each, _ in told(made)]
        assert (texts == [text]) is absurd
        assert (text in texts) is absurd


@pytest.mark.parametrize("route", ["reduce", "replace"])
def test_a_market_without_rules_asks_for_consent_where_something_may_be_sent(route: str) -> None:
    values = {"quantity": "0.5"} if route == "reduce" else {"price": "84200"}
    made = RULES.plan(draft(order(), route, **values), around(instrument=UNKNOWN_MARKET))
    (told,) = [each for each in made.verdict.cautions if each.rule is citations.STEP]
    assert told.confirm
    assert told.text.startswith("The venue gives no rules for this market")
    for quiet in (around(), around(instrument=UNKNOWN_MARKET, amending=True), around(instrument=None)):
        texts = [each.text for each in RULES.plan(draft(order(), route, **values), quiet).verdict.cautions]
        assert not [each for each in texts if "gives no rules" in each]


def test_of_a_locked_order_only_its_lock_is_told() -> None:
    for made in (reduce_to("1", order(), around(amending=True)), replace_by("1", "0", order(), around(amending=True))):
        assert len(made.verdict.problems) == 1
        assert made.verdict.cautions == ()


def test_to_leave_nothing_is_told_once_and_nothing_else() -> None:
    base = partly("0.6", "0.4")
    for made in (reduce_to("0", base), replace_by("83000", "0", base), replace_by("84200", "-0.1", base)):
        assert [text for text, _ in told(made)] == [
            "Remaining: it must be above zero; to take the order out of the market, cancel it."
        ]
        assert not [each for each in made.verdict.cautions if "trade at once" in each.text]
        assert not [each for each in made.verdict.cautions if each.rule is citations.REMAINING]
        assert made.consequence is None


@pytest.mark.parametrize(
    "changes, bound", [({}, ("1000",)), ({"min_price": None}, ("0.01",)), ({"min_price": None, "tick": None}, ())]
)
def test_a_price_of_zero_offers_the_least_there_is(changes: dict[str, Any], bound: tuple[str, ...]) -> None:
    for price in ("0", "-1"):
        made = replace_by(price, "1", order(), around(instrument=replace(MARKET, **changes)))
        assert told(made) == [("Price: it must be above zero.", tuple(D(each) for each in bound))]
        assert not [each for each in made.verdict.cautions if "trade at once" in each.text or "collar" in each.text]
        assert made.consequence is None


def test_bounds_of_a_price_no_document_describes_take_a_consent() -> None:
    market = around(instrument=replace(MARKET, max_price=D(90000)))
    for price, where in (
        ("999.99", "999.99 is below the 1000 this market gives as its lowest"),
        ("90000.01", "90000.01 is above the 90000 this market gives as its highest"),
    ):
        made = replace_by(price, "1", order(), market)
        assert made.verdict.ok
        (word,) = [each for each in made.verdict.cautions if each.rule is citations.BANDS]
        assert (word.field, word.confirm) == (FieldName.PRICE, True)
        assert word.text.startswith(f"Price: {where}; the venue may refuse")
    for price in ("1000", "90000"):
        assert not [
            each for each in replace_by(price, "1", order(), market).verdict.cautions if "gives as" in each.text
        ]
    free = around(instrument=replace(MARKET, tick=None, min_price=None, max_price=None, lot=None, min_quantity=None))
    assert told(replace_by("84200.005", "1.00005", order(), free)) == []
    assert told(reduce_to("0.00001", order(), free)) == []


def test_every_replacement_warns_of_fills_on_the_way() -> None:
    for base in (order(), partly("0.6", "0.4")):
        rules = [each.rule for each in replace_by("84200", "1", base).verdict.cautions]
        assert citations.REPLACE_FILLS in rules


@pytest.mark.parametrize(
    "price, quantity, available, confirms",
    [
        # A sell holds what remains: the same amount needs nothing more, even where less than nothing is free.
        ("84200", "1", "-5", [False]),
        ("84200", "1.5", "0.5", [False]),
        ("84200", "1.5", "0.4999", [True]),
        ("84200", "1.5", "1.5", []),
        ("84200", "1.5", "1.4999", [False]),
    ],
)
def test_an_increase_that_is_not_free_asks_for_consent(
    price: str, quantity: str, available: str, confirms: list[bool]
) -> None:
    funds = {"BTC": Balance("BTC", D(9), D(available), D(1), NOW)}
    made = replace_by(price, quantity, order(), around(balances=funds))
    assert made.verdict.ok
    assert [each.confirm for each in made.verdict.cautions if each.rule is citations.REPLACE_FUNDS] == confirms


def test_the_field_that_was_typed_is_the_one_the_funds_are_missing_for() -> None:
    funds = around(balances={"BTC": Balance("BTC", D(1), D(0), D(1), NOW)})
    by_price = replace_by("84200", "1.5", order(), funds).verdict.cautions
    by_quantity = RULES.plan(draft(order(), "replace", quantity="1.5"), funds).verdict.cautions
    for told, field in ((by_price, FieldName.PRICE), (by_quantity, FieldName.QUANTITY)):
        assert [each.field for each in told if each.rule is citations.REPLACE_FUNDS] == [field]


# -- consequences ----------------------------------------------------------------------------------------------------


def labels(made: Plan) -> list[str]:
    return [each.label for each in shown(made).lines]


def test_what_is_not_known_is_left_out_of_the_lines() -> None:
    common = ["Price", "Remaining", "Executed", "Total", "Value"]
    ends = ["Place in queue", "Order id"]
    for made in (reduce_to("0.5"), replace_by("84200")):
        assert labels(made) == [*common, "Locked BTC", "Available BTC", *ends]
    for made in (reduce_to("0.5", None, around(balances={})), replace_by("84200", "1", None, around(balances={}))):
        assert labels(made) == [*common, "Locked BTC", *ends]
        assert line(made, "Locked BTC").note.endswith("; the balance is not known yet")
    for made in (reduce_to("0.5", None, around(instrument=None)), replace_by("1", "1", None, around(instrument=None))):
        assert labels(made) == [*common, *ends]
        assert shown(made).balance is None


def test_an_order_without_a_price_has_no_value() -> None:
    market = order(OrderType="Market", Price=0)
    assert market.price is None
    kept = RULES.plan(draft(market, "replace", quantity="2"), around())
    assert "Value" not in labels(kept)
    assert "Value" not in labels(RULES.plan(draft(market, "replace", price="84200"), around()))
    assert line(RULES.plan(draft(market, "reduce", quantity="0.5"), around()), "Price").after is None


@pytest.mark.parametrize("price, peak", [("84200", "either"), ("84110", D(84110))])
def test_the_price_is_either_only_where_it_changes(price: str, peak: object) -> None:
    assert line(replace_by(price, "1.5"), "Price").peak == peak


def test_place_and_id_change_with_a_replacement_alone() -> None:
    for made, changed in ((replace_by("84200"), True), (reduce_to("0.5"), False)):
        assert [line(made, each).changed for each in ("Place in queue", "Order id")] == [changed, changed]


def test_a_way_that_is_none_has_no_consequence() -> None:
    made = RULES.plan(draft(order(), "amend", quantity="0.5"), around())
    assert (made.route, made.consequence, made.target) == (None, None, None)


# -- the form --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "base, market, reason",
    [
        (order(), MARKET, ""),
        (order(), replace(MARKET, lot=None), ""),
        (partly("0.0011", "0"), MARKET, ""),
        (partly("0.001", "0"), MARKET, ""),
        (partly("0.0001", "0"), MARKET, "The remaining 0.0001 cannot be reduced further; cancel the order to end it."),
        (partly("0.001", "0"), replace(MARKET, lot=None), ""),
        (
            order(OrderType="Market"),
            MARKET,
            "An order is reduced while it rests in the book; this is a Market order.",
        ),
    ],
)
def test_the_reduction_is_offered_while_there_is_one(base: Order, market: Any, reason: str) -> None:
    reduction, replacement = RULES.form(base, around(instrument=market)).routes
    assert (reduction.reason, reduction.offered) == (reason, not reason)
    assert replacement.offered is ("Market" not in reason)


@pytest.mark.parametrize(
    "changes, least, most",
    [
        ({}, "0.01", None),
        ({"min_price": None}, "0.01", None),
        ({"max_price": D(90000)}, "0.01", None),
        ({"tick": None}, None, None),
    ],
)
def test_the_price_begins_at_the_step_that_is_documented(
    changes: dict[str, Any], least: str | None, most: str | None
) -> None:
    price = RULES.form(order(), around(instrument=replace(MARKET, **changes))).fields[0]
    assert (price.minimum, price.maximum) == (D(least) if least else None, D(most) if most else None)


def test_the_hint_tells_of_fills_where_there_are_any() -> None:
    assert RULES.form(order(), around()).fields[1].hint == (
        "What should remain: 1 now. More than that only by route “replace”."
    )
    assert RULES.form(partly("0.6", "0.4"), around()).fields[1].hint == (
        "What should remain: 0.6 now, after 0.4 executed of a total of 1. More than that only by route “replace”."
    )
    assert [each.hint for each in RULES.form(order(OrderType="Market"), around()).fields] == ["", "", ""]


@pytest.mark.parametrize(
    "peg, number", [("Last", 1), ("Bid", 2), ("Ask", 3), ("Mid_Point", 4), ("Unknown", 0), (None, 0)]
)
def test_the_peg_goes_along_as_its_number(peg: str | None, number: int) -> None:
    made = replace_by("84200", "1", order(PegPriceType=peg))
    fields = dict(made.fields)
    assert fields["PegPriceType"] == number
    assert (fields["OrderType"], fields["TimeInForce"], fields["Side"]) == (2, 1, 1)
    assert dict(replace_by("84200", "1", order(Side="Buy")).fields)["Side"] == 0
    for zero in ("DisplayQuantity", "StopPrice", "ReferencePrice", "OrderIdOCO"):
        assert fields[zero] == 0


def test_the_revision_goes_along_as_zero_unless_the_account_leaves_it_out() -> None:
    assert reduce_to("0.5").fields == (("PreviousOrderRevision", 0), ("Quantity", D("0.5")))
    assert reduce_to("0.5", None, around(switches={"revision_mode": " omit "})).fields == (("Quantity", D("0.5")),)


def test_how_long_the_venue_is_waited_for() -> None:
    policy = RULES.evidence
    assert policy.settle_after == policy.answer_within == 10 * SECOND
    assert policy.probe_after == tuple(each * SECOND // 10 for each in (3, 8, 20, 40, 70, 102))
    assert (policy.probe_every, policy.reread_within) == (30 * SECOND, 45 * SECOND)


# -- doubts ----------------------------------------------------------------------------------------------------------


def doubted(made: Plan, rule: object) -> list[bool]:
    """Whether each caution by this rule asks for consent."""
    return [each.confirm for each in made.verdict.cautions if each.rule is rule]


@pytest.mark.parametrize("number, doubt", [("9223372036.854775807", False), ("9223372036.854775808", True)])
def test_the_largest_number_of_the_venue_is_known_to_be_held(number: str, doubt: bool) -> None:
    free = around(instrument=replace(MARKET, tick=None, lot=None, max_price=None))
    assert doubted(replace_by(number, "1", None, free), citations.LARGEST) == [True] * doubt
    assert doubted(replace_by("84200", number, None, free), citations.LARGEST) == [True] * doubt
    assert doubted(reduce_to("1", partly(number, "0"), free), citations.LARGEST) == []


@pytest.mark.parametrize(
    "status, trading, by_reduction, by_replacement",
    [
        ("Running", True, [], []),
        ("Paused", False, [True], [True]),
        ("", False, [True], [True]),
        ("RunningPostOnly", True, [False], [True]),
    ],
)
def test_a_session_that_may_refuse_is_told(
    status: str, trading: bool, by_reduction: list[bool], by_replacement: list[bool]
) -> None:
    market = around(instrument=replace(MARKET, status=status, trading=trading))
    rule = citations.POST_ONLY_SESSION if status == "RunningPostOnly" else citations.SESSION
    assert doubted(reduce_to("0.5", None, market), rule) == by_reduction
    assert doubted(replace_by("84200", "1", None, market), rule) == by_replacement
    assert doubted(reduce_to("0.5", None, around(instrument=None)), citations.SESSION) == []


def test_a_market_without_a_step_is_told_where_it_matters() -> None:
    no_lot, no_tick = (around(instrument=replace(MARKET, **{name: None})) for name in ("lot", "tick"))
    assert doubted(reduce_to("0.5", None, no_lot), citations.STEP) == [True]
    assert doubted(reduce_to("1", None, no_lot), citations.STEP) == []
    assert doubted(replace_by("84200", "1", None, no_lot), citations.STEP) == []
    assert doubted(replace_by("84200", "1", None, no_tick), citations.STEP) == [True]
    assert doubted(replace_by("84110", "1.5", None, no_tick), citations.STEP) == []
    assert doubted(reduce_to("0.5", None, no_tick), citations.STEP) == []


def test_a_stop_order_is_not_replaced_and_says_by_which_rule() -> None:
    stop = order(OrderType="StopLimit", StopPrice=D(80000))
    made = RULES.plan(draft(stop, "replace", quantity="1.5"), around())
    assert [(each.rule, each.field) for each in made.verdict.problems] == [(citations.NOT_PLAIN, None)]
    assert made.verdict.problems[0].text.endswith("order; it is not replaced.")
    assert doubted(reduce_to("0.5", stop), citations.NOT_PLAIN) == [True]


@pytest.mark.parametrize("side, locked", [("Sell", ["Locked BTC"]), ("Buy", [])])
def test_what_a_market_order_holds_is_known_of_a_sell(side: str, locked: list[str]) -> None:
    made = RULES.plan(draft(order(Side=side, OrderType="Market", Price=0), "reduce", quantity="0.5"), around())
    assert [each for each in labels(made) if each.startswith("Locked")] == locked

"""Exits, the flag that identifies an order, and numbers that QFEX's binary floats carry unchanged."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.form import FieldName
from app.domain.order import Order
from app.domain.plan import Plan
from app.venues.qfex import VENUE
from app.venues.qfex.rules import checks, citations
from tests.venues.qfex.samples import APPLE, around, draft, lines, order, plan, problems

D = Decimal
BOOK = VENUE.rulebook


@pytest.mark.parametrize(
    "value, survives",
    [
        ("0.1", True),
        ("201.05", True),
        ("123456789012345", True),
        ("0.1000000000000000055511151231257827", False),
        ("9007199254740993", False),
        ("0.12345678901234568", True),
        ("0.123456789012345678", False),
        ("1E+400", False),
    ],
)
def test_what_survives_a_binary_float(value: str, survives: bool) -> None:
    assert checks.survives(Decimal(value)) is survives


@given(
    digits=st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1),
    places=st.integers(min_value=0, max_value=12),
)
def test_fifteen_digits_always_survive(digits: int, places: int) -> None:
    assert checks.survives(Decimal(digits).scaleb(-places))


def test_the_sample_of_qfex_own_page_can_be_sent() -> None:
    """A buy at 200 with its take-profit at 200: that is on the Modify Order page."""
    made = plan(price="200", quantity="2", take_profit="200", stop_loss="150")
    assert made.verdict.ok
    assert [(each.text, each.confirm, each.rule) for each in made.verdict.cautions] == [
        ("Take profit: 200 is not above the price 200 of this buy order; QFEX may refuse it.", False, citations.EXITS)
    ]
    sent = dict(made.fields)
    assert (sent["price"], sent["quantity"], sent["take_profit"], sent["stop_loss"]) == (200, 2, 200, 150)


@pytest.mark.parametrize(
    "side, values, field, words, confirm",
    [
        ("BUY", {"take_profit": "201"}, FieldName.TAKE_PROFIT, "201 is not above the price 201", False),
        ("BUY", {"take_profit": "200"}, FieldName.TAKE_PROFIT, "200 is not above the price 201", True),
        ("BUY", {"stop_loss": "201"}, FieldName.STOP_LOSS, "201 is not below the price 201", False),
        ("BUY", {"stop_loss": "205"}, FieldName.STOP_LOSS, "205 is not below the price 201", True),
        ("SELL", {"take_profit": "201"}, FieldName.TAKE_PROFIT, "201 is not below the price 201", False),
        ("SELL", {"take_profit": "201.05"}, FieldName.TAKE_PROFIT, "201.05 is not below the price 201", True),
        ("SELL", {"stop_loss": "200.95"}, FieldName.STOP_LOSS, "200.95 is not above the price 201", True),
    ],
)
def test_an_exit_on_the_other_side_is_pointed_out_and_can_be_sent(
    side: str, values: dict[str, str], field: FieldName, words: str, confirm: bool
) -> None:
    made = plan(order(side=side), **values)
    assert made.verdict.ok
    (caution,) = made.verdict.cautions
    assert words in caution.text
    assert (caution.field, caution.confirm, caution.rule) == (field, confirm, citations.EXITS)


def test_exits_of_a_sell_lie_the_other_way_round() -> None:
    sell = order(side="SELL", price=D(210))
    assert plan(sell, take_profit="205", stop_loss="215").verdict.cautions == ()


def test_moving_the_price_past_an_exit_is_told_at_the_price() -> None:
    base = order(price=D(201), stop_loss=D(195), take_profit=D(205))
    past = plan(base, price="194")
    assert [(each.field, each.confirm) for each in past.verdict.cautions] == [(FieldName.PRICE, True)]
    assert plan(base, price="195", stop_loss="0").verdict.cautions == ()
    assert plan(base, price="195", stop_loss="190").verdict.cautions == ()


def test_exits_that_rested_oddly_ask_for_no_consent() -> None:
    odd = plan(order(take_profit=D(199)), quantity="2")
    assert [(each.field, each.confirm) for each in odd.verdict.cautions] == [(FieldName.TAKE_PROFIT, False)]


def test_numbers_that_a_float_cannot_carry_take_a_consent() -> None:
    fine = replace(APPLE, tick=D("0.000000000000000001"), lot=D("0.000000000000000001"))
    made = plan(None, around(instrument=fine), price="200.000000000000000001")
    assert made.verdict.ok
    (caution,) = made.verdict.cautions
    assert "may read 200.000000000000000001 as another number" in caution.text
    assert (caution.rule, caution.confirm) == (citations.EXACT_NUMBERS, True)
    carried = plan(order(quantity=D("0.100000000000000001"), quantity_remaining=None), around(), price="200")
    assert any(caution.field is FieldName.QUANTITY and caution.confirm for caution in carried.verdict.cautions)


def declared(base: Order, word: str, **values: str) -> Plan:
    typed = draft(base, **values)
    return BOOK.plan(replace(typed, values=(*typed.values, (FieldName.REDUCE_ONLY, word))), around())


@pytest.mark.parametrize("word, flag", [("yes", True), ("no", False)])
def test_a_person_says_what_qfex_does_not_report(word: str, flag: bool) -> None:
    made = declared(order(), word, price="200")
    assert made.verdict.ok
    assert made.fields[-1] == ("reduce_only", flag)
    (caution,) = made.verdict.cautions
    assert f"“{word}” because you say so" in caution.text
    assert (caution.rule, caution.rule.read_on) == (citations.REDUCE_ONLY, "2026-11-30")
    assert lines(made)["Reduce-only"].after == f"sent as {word}"
    assert "as you say" in lines(made)["Reduce-only"].note


def test_what_qfex_reports_is_not_a_persons_to_say() -> None:
    for flag, word in ((True, "yes"), (False, "no")):
        line = BOOK.form(order(reduce_only=flag), around()).field(FieldName.REDUCE_ONLY)
        assert line is not None
        assert (line.editable, line.current) == (False, word)
        refused = declared(order(reduce_only=flag), "no" if flag else "yes", price="200")
        assert "cannot change" in problems(refused)[0]
        assert ("reduce_only", flag) in plan(order(reduce_only=flag), price="200").fields


def test_what_nobody_told_is_not_shown_as_no() -> None:
    """Locked or not: a partly filled order may be reduce-only too."""
    for known, label in ((None, "not said"), (False, "no")):
        for base in (order(reduce_only=known), order(reduce_only=known, quantity_remaining=D(1))):
            line = BOOK.form(base, around()).field(FieldName.REDUCE_ONLY)
            assert line is not None
            assert [each.label for each in line.choices if each.value == line.current] == [label]


def test_a_switch_that_leaves_it_out_locks_the_field() -> None:
    line = BOOK.form(order(), around(switches={"reduce_only": "omit"})).field(FieldName.REDUCE_ONLY)
    assert line is not None
    assert not line.editable
    assert "switch" in line.reason


def test_saying_that_it_is_reduce_only_is_no_change_by_itself_and_takes_no_other_word() -> None:
    assert "Nothing changes" in problems(declared(order(), "yes"))[0]
    assert "use no or yes" in problems(declared(order(), "maybe", price="200"))[0]

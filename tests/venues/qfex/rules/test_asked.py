"""A draft as the terms that would be sent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.domain.form import FieldName
from app.domain.plan import Draft
from app.venues.qfex.rules.asked import Asked, absurd, asked_of
from tests.venues.qfex.samples import draft, order

D = Decimal


def test_what_was_not_typed_is_the_orders_own() -> None:
    base = order(take_profit=D(210))
    asked = asked_of(draft(base, price="200", quantity="1"), base)
    assert asked == Asked(D(200), D(1), D(210), D(0), frozenset({FieldName.PRICE}))
    assert asked.remaining(replace(base, filled=D("0.25"))) == D("0.75")
    assert asked.remaining(replace(base, filled=D(2))) == 0


def test_the_flag_is_the_orders_own_else_what_a_person_says_else_no() -> None:
    for flag in (True, False):
        asked = asked_of(draft(order(reduce_only=flag)), order(reduce_only=flag))
        assert (asked.reduce_only, asked.declared) == (flag, False)
    said = Draft(order(), ((FieldName.REDUCE_ONLY, "yes"),))
    assert (asked_of(said, order()).reduce_only, asked_of(said, order()).declared) == (True, True)
    assert (asked_of(said, order(reduce_only=False)).reduce_only, asked_of(draft(order()), order()).declared) == (
        False,
        False,
    )


def test_numbers_beyond_any_sense() -> None:
    huge = draft(order(), price="1e24", quantity="1e23", take_profit="0." + "0" * 24 + "1")
    assert absurd(huge) == (FieldName.PRICE, FieldName.TAKE_PROFIT)

"""Amendments that wait at a venue: the states an order may be in, and the one it is to have."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.domain.plan import Terms, Waiting, with_terms
from tests.helpers.toy_venue import order


def test_states_go_from_what_is_shown_to_what_is_asked_for_last() -> None:
    asked = (Terms(price=Decimal(101)), Terms(quantity=Decimal(3)), Terms(price=Decimal(99), quantity=Decimal(3)))
    waiting = Waiting(order(), ("A1", "A2", "A3"), asked)
    assert [(each.price, each.quantity) for each in waiting.states()] == [(100, 2), (101, 2), (101, 3), (99, 3)]
    assert waiting.expected == waiting.states()[-1]
    assert waiting.states()[0] is waiting.shown


def test_terms_that_are_not_asked_for_stay() -> None:
    shown = order(filled=Decimal(1), stop=Decimal(90))
    assert with_terms(shown, Terms()) == shown
    changed = with_terms(shown, Terms(price=Decimal(98), quantity=Decimal(5), stop=Decimal(91)))
    assert changed == replace(shown, price=Decimal(98), quantity=Decimal(5), stop=Decimal(91))
    assert changed.remaining == 4

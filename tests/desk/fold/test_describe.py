"""The phrase that tells an order in its row's history."""

from __future__ import annotations

from decimal import Decimal as D  # noqa: N817

import pytest

from app.desk.fold.orders import describe
from app.domain.order import Order, OrderStatus
from app.domain.terms import TERMS, changed_terms
from tests.helpers.toy_venue import order

AT_100 = ", 2 left at 100"


@pytest.mark.parametrize("status", [each for each in OrderStatus if each is not OrderStatus.UNRECOGNISED])
def test_a_known_state_is_told_in_common_words(status: OrderStatus) -> None:
    told = describe(order(status=status, raw_status="THE_VENUES_OWN"))
    assert told == status.value.replace("_", " ") + AT_100


@pytest.mark.parametrize("raw, words", [("HELD_BY_DESK", "HELD_BY_DESK"), ("", "no state given")])
def test_a_state_nobody_knows_is_told_in_the_venues(raw: str, words: str) -> None:
    assert describe(order(status=OrderStatus.UNRECOGNISED, raw_status=raw)) == words + AT_100


@pytest.mark.parametrize(
    "shown, words",
    [
        (order(price=None), "working"),
        (order(price=D("0E+1")), "working, 2 left at 0"),
        (order(price=D("100.50"), quantity=D("2.000")), "working, 2 left at 100.5"),
        (order(filled=D("0.50")), "working, 1.5 left at 100, 0.5 filled"),
        (order(filled=D("0.00")), "working, 2 left at 100"),
        (order(filled=D(3)), "working, 0 left at 100, 3 filled"),
        (order(price=D("1E-8"), quantity=D("1E+3")), "working, 1000 left at 0.00000001"),
    ],
)
def test_what_is_left_and_what_is_filled_is_told(shown: Order, words: str) -> None:
    assert describe(shown) == words


def test_changed_terms_follow_in_the_order_of_the_table() -> None:
    before = order()
    now = order(price=D(101), quantity=D(3), value=D(303), stop=D("90.0"), take_profit=D(120), stop_loss=D("80.50"))
    told = describe(now, changed_terms(before, now))
    assert told == "working, 3 left at 101, stop 90, take profit 120, stop loss 80.5"
    back = describe(before, changed_terms(now, before))
    assert back == "working, 2 left at 100, no stop, no take profit, no stop loss"


def test_the_phrase_itself_has_price_quantity_and_value() -> None:
    assert describe(order(value=D(200)), [term for term in TERMS if not term.derived][:3]) == "working" + AT_100

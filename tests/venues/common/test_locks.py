"""Locks of a whole order as every venue has them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.order import OrderStatus
from app.domain.plan import Surroundings
from app.venues.common.locks import busy_lock, state_lock
from tests.helpers.toy_venue import RULE
from tests.venues.bitget.samples import order

STATES = replace(RULE, code="toy.states")


@pytest.mark.parametrize(
    "status,words,rule",
    [
        (OrderStatus.FILLED, "completely filled", RULE),
        (OrderStatus.UNRECOGNISED, "Toy reports the state “melted”", STATES),
        (OrderStatus.PENDING, "Toy has not taken the order yet", STATES),
    ],
)
def test_a_state_that_allows_nothing_says_why(status: OrderStatus, words: str, rule: object) -> None:
    lock = state_lock(replace(order(), status=status, raw_status="melted"), "Toy", RULE, STATES)
    assert lock is not None
    assert words in lock[0]
    assert lock[1] is rule


def test_a_working_order_with_nothing_under_way_is_free() -> None:
    assert state_lock(order(), "Toy", RULE, STATES) is None
    assert busy_lock(Surroundings(0), "Toy", RULE) is None


@pytest.mark.parametrize("state,words", [("amending", "Toy takes one at a time"), ("cancelling", "Toy's answer")])
def test_what_is_under_way_comes_first(state: str, words: str) -> None:
    lock = busy_lock(replace(Surroundings(0), **{state: True}), "Toy", RULE)
    assert lock is not None
    assert words in lock[0]

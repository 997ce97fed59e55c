"""Exact bounds of what is newest: equal times, the lag itself, how many are remembered, and what a row leaves out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.order import OrderStatus
from app.venues.bitget.rules.newest import LAG, Newest
from tests.venues.bitget.rules.test_newest import FIRST, later
from tests.venues.bitget.samples import order


def test_a_reply_may_lag_four_seconds() -> None:
    assert LAG == 4_000_000_000


def test_the_same_push_again_is_taken() -> None:
    newest = Newest()
    newest.admit(FIRST, 1, pushed_ms=20)
    assert newest.admit(FIRST, 2, pushed_ms=20) == FIRST
    assert newest.admit(FIRST, 3, pushed_ms=19) is None


def test_the_orders_longest_unheard_of_are_forgotten_beyond_five_thousand() -> None:
    newest = Newest()
    many = [order(order_id=str(number)) for number in range(5_001)]
    for each in many[:-1]:
        newest.admit(each, 1)
    newest.admit(many[0], 2)
    newest.admit(many[-1], 3)
    assert [each.order_id for each in many if newest.known(each) is None] == ["1"]


@pytest.mark.parametrize("mine, known, kept", [(None, True, True), (False, True, False), (True, None, True)])
def test_a_flag_that_is_told_wins_and_one_that_is_not_stays(
    mine: bool | None, known: bool | None, kept: bool | None
) -> None:
    newest = Newest()
    newest.admit(replace(FIRST, reduce_only=known), 1)
    assert newest.admit(replace(FIRST, reduce_only=mine), 2) == replace(FIRST, reduce_only=kept)


def test_a_word_is_kept_only_where_it_and_the_state_mean_the_same() -> None:
    newest = Newest()
    newest.admit(replace(FIRST, status=OrderStatus.CANCELLED, raw_status="cancelled"), 1)
    other = replace(FIRST, status=OrderStatus.CANCELLED, raw_status="canceled")
    assert newest.admit(other, 2) == other
    partly = later(FIRST, 5, filled=Decimal("0.1"), status=OrderStatus.PARTIALLY_FILLED, raw_status="new")
    newest = Newest()
    newest.admit(FIRST, 1)
    assert newest.admit(partly, 2) == partly


def test_a_row_without_a_time_is_no_older_than_what_is_known() -> None:
    newest = Newest()
    newest.admit(FIRST, 1)
    timeless = replace(FIRST, updated_at=None, price=Decimal(7))
    assert newest.admit(timeless, 2) == timeless
    assert newest.admit(FIRST, 3) == FIRST

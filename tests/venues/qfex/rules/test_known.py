"""Bookkeeping of orders by their ids."""

from __future__ import annotations

from decimal import Decimal

from app.venues.qfex.rules.known import KnownOrders
from tests.venues.qfex.samples import NEW, OLD, command, order

D = Decimal


def test_an_older_message_is_no_news_and_neither_is_one_of_an_order_that_ended() -> None:
    known = KnownOrders()
    known.push(order(update_time=D(1758208720)), 1)
    assert OLD in known
    assert NEW not in known
    assert not known.is_news(order(update_time=D(1758208710)))
    assert known.is_news(order(update_time=D(1758208730)))
    known.push(order(status="CANCELLED", update_time=D(1758208740)), 2)
    assert known.is_news(order(update_time=D(1758208750)))  # a listed row is open, whatever its status says


def test_a_list_takes_off_what_it_does_not_show_unless_that_was_pushed_since() -> None:
    known = KnownOrders()
    known.push(order(), 5)
    known.push(order(order_id=NEW), 15)
    known.remove_unlisted({}, 10)
    assert list(known.rows) == [NEW]


def test_the_result_of_an_unknown_amendment_replaces_what_a_whole_list_does_not_show_any_more() -> None:
    known = KnownOrders()
    known.push(order(), 5)
    known.add_stranger(NEW, 6)
    heir = order(order_id=NEW, price=D(199))
    assert known.replaced({NEW: heir}, 10).heirs == {OLD: heir}
    assert known.replaced({NEW: heir}, 11).heirs == {}, "a list that was asked for later has used it up"


def test_our_own_result_is_tied_to_its_amendment_and_replaces_nothing_here() -> None:
    known = KnownOrders()
    known.push(order(), 5)
    sent = known.inflight.add(command())
    assert known.replaced({NEW: order(order_id=NEW, price=D(200), quantity=D(2))}, 10).heirs == {}
    assert sent.tentative == NEW


def test_a_result_in_a_state_nobody_knows_replaces_nothing_until_a_list_says_more() -> None:
    known = KnownOrders()
    known.push(order(), 5)
    known.add_stranger(NEW, 6)
    assert known.replaced({NEW: order(order_id=NEW, price=D(199), status="HALTED")}, 10).heirs == {}
    heir = order(order_id=NEW, price=D(199))
    assert known.replaced({NEW: heir}, 11).heirs == {OLD: heir}

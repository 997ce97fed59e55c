"""What the trade socket says of orders, turned into events."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.order import OrderStatus
from tests.venues.qfex.reports_desk import Desk, fill, modified
from tests.venues.qfex.samples import NEW, OLD, OTHER, command, order, row

D = Decimal


@pytest.fixture
def desk() -> Desk:
    return Desk()


# -- amendments ------------------------------------------------------------------------------------------------------


def test_our_own_amendment_is_acknowledged_with_its_new_id_and_the_order_follows(desk: Desk) -> None:
    desk.reports.orders.inflight.add(command())
    desk.reports.order_response(modified())
    assert desk.kinds() == ["AmendmentWritten", "AmendmentAcknowledged", "OrderSeen"]
    acknowledged = desk.only(ev.AmendmentAcknowledged)
    assert (acknowledged.amendment_id, acknowledged.order_id) == ("A1", NEW)
    seen = desk.only(ev.OrderSeen)
    assert (seen.order.order_id, seen.replaces, seen.source) == (NEW, OLD, Source.PUSH)
    assert list(desk.reports.orders.rows) == [NEW]
    assert desk.reports.orders.inflight.of(OLD) == []
    assert desk.lists == 1, "a list shows whether it was that order that was replaced"


def test_an_amendment_that_keeps_its_id_is_followed_too(desk: Desk) -> None:
    desk.reports.orders.inflight.add(command())
    desk.reports.order_response(modified(OLD))
    assert desk.only(ev.AmendmentAcknowledged).order_id == OLD
    seen = desk.only(ev.OrderSeen)
    assert (seen.replaces, seen.order.price) == ("", D(200))


def test_somebody_elses_amendment_adds_no_row_and_asks_for_a_list(desk: Desk) -> None:
    desk.reports.order_response(modified())
    assert desk.events == []
    assert desk.lists == 1


def test_somebody_elses_amendment_with_other_terms_leaves_ours_waiting(desk: Desk) -> None:
    sent = desk.reports.orders.inflight.add(command())
    desk.reports.order_response(modified(price=D(199)))
    assert desk.kinds() == ["AmendmentRepliedOtherwise"], "what it says is said, and nothing follows from it"
    assert desk.lists == 1
    assert sent.waiting
    assert list(desk.reports.orders.rows) == [OLD]


def test_a_reply_that_differs_is_told_with_what_was_asked_and_what_it_says(desk: Desk) -> None:
    desk.reports.orders.inflight.add(command())
    desk.reports.order_response(modified(price=D("199.6")))
    desk.reports.order_response(modified(OLD, price=D("199.6")))
    told = [event.text for event in desk.events if isinstance(event, ev.AmendmentRepliedOtherwise)]
    sentence = "QFEX answered MODIFIED with price 199.6 instead of 200; "
    assert told == [f"{sentence}whether that is this change, the order has to show."] * 2


@pytest.mark.parametrize("differs", [{"side": "SELL"}, {"symbol": "TSLA-USD"}, {"time_in_force": "IOC"}])
def test_a_reply_of_another_shape_is_nobody_s_here(desk: Desk, differs: dict[str, str]) -> None:
    desk.reports.orders.inflight.add(command())
    desk.reports.order_response(modified(price=D("199.6"), **differs))
    assert "AmendmentRepliedOtherwise" not in desk.kinds()


def test_where_a_like_order_rests_beside_it_the_reply_may_be_its(desk: Desk) -> None:
    desk.reports.listed([row(), row(order_id=OTHER)], 1)
    desk.events.clear()
    desk.reports.orders.inflight.add(command())
    desk.reports.order_response(modified(price=D("199.6")))
    assert desk.events == []


def test_somebody_elses_amendment_under_a_known_id_shows_the_change(desk: Desk) -> None:
    desk.reports.order_response(modified(OLD, price=D(199)))
    seen = desk.only(ev.OrderSeen)
    assert seen.order.price == D(199)


def test_two_amendments_a_reply_cannot_tell_apart_are_left_to_the_list(desk: Desk) -> None:
    desk.reports.orders.inflight.add(command(order(client_order_id="a"), "A1", price="200", quantity="2"))
    other = order(order_id=OTHER, client_order_id="b")
    desk.reports.orders.inflight.add(command(other, "A2", price="200", quantity="2"))
    desk.reports.order_response(modified())
    assert desk.events == []
    assert desk.lists == 1


def test_a_fill_of_the_new_order_may_overtake_the_reply(desk: Desk) -> None:
    desk.reports.orders.inflight.add(command())
    desk.reports.fill(fill(NEW))
    assert desk.events == []  # nobody knows that id yet
    desk.reports.order_response(modified(status="FILLED", quantity_remaining=D(1), update_time=D("1758208771.6")))
    assert desk.kinds() == ["OrderSeen", "FillSeen"]
    assert desk.only(ev.OrderSeen).order.status is OrderStatus.PARTIALLY_FILLED
    desk.reports.order_response(modified())
    assert desk.only(ev.AmendmentAcknowledged).order_id == NEW
    # The reply is older than the fill and must not undo it.
    assert desk.only(ev.OrderSeen).order.filled == 1
    assert desk.reports.orders.rows[NEW].filled == 1


def test_a_reply_without_a_time_does_not_undo_a_fill_either(desk: Desk) -> None:
    desk.reports.orders.inflight.add(command())
    desk.reports.order_response(modified(status="FILLED", quantity_remaining=D(1), update_time=None))
    desk.reports.order_response(modified(update_time=None))
    assert desk.reports.orders.rows[NEW].filled == 1


def test_a_complete_fill_before_the_reply_is_not_undone(desk: Desk) -> None:
    desk.reports.orders.inflight.add(command())
    desk.reports.order_response(modified(status="FILLED", quantity_remaining=D(0), update_time=None))
    desk.reports.order_response(modified(update_time=None))
    assert desk.kinds() == ["OrderSeen", "AmendmentWritten", "AmendmentAcknowledged"]
    assert desk.reports.orders.rows == {}


def test_a_fill_after_the_reply(desk: Desk) -> None:
    desk.reports.orders.inflight.add(command())
    desk.reports.order_response(modified())
    desk.reports.fill(fill(NEW))
    desk.reports.order_response(modified(status="FILLED", quantity_remaining=D(1), update_time=D("1758208771.6")))
    assert desk.kinds() == ["AmendmentWritten", "AmendmentAcknowledged", "OrderSeen", "FillSeen", "OrderSeen"]


def test_a_fill_or_cancel_of_the_old_order_is_recorded_and_ours_keeps_waiting(desk: Desk) -> None:
    sent = desk.reports.orders.inflight.add(command())
    desk.reports.order_response(row(status="FILLED", quantity_remaining=D("0.5"), update_time=None))
    desk.reports.order_response(row(status="CANCELLED", quantity_remaining=D("0.5"), update_time=None))
    assert [event.order.status for event in desk.events if isinstance(event, ev.OrderSeen)] == [
        OrderStatus.PARTIALLY_FILLED,
        OrderStatus.CANCELLED,
    ]
    assert sent.waiting
    assert desk.reports.orders.rows == {}


def test_an_unknown_status_proves_nothing(desk: Desk) -> None:
    desk.reports.orders.inflight.add(command())
    desk.reports.order_response(row(status="MOON_PHASE", update_time=None))
    assert desk.kinds() == ["AmendmentWritten", "AmendmentUnanswered", "OrderSeen", "Noticed"]
    assert "MOON_PHASE" in desk.only(ev.AmendmentUnanswered).text
    seen = desk.only(ev.OrderSeen).order
    assert (seen.status, seen.raw_status) == (OrderStatus.UNRECOGNISED, "MOON_PHASE")
    assert desk.lists == 1
    desk.reports.listed([row()], desk.now())
    assert desk.reports.orders.rows[OLD].status is OrderStatus.WORKING


def test_an_unknown_status_of_an_unknown_order_makes_no_row(desk: Desk) -> None:
    desk.reports.order_response(row(order_id=OTHER, status="MOON_PHASE"))
    assert desk.kinds() == ["Noticed"]


# -- orders of others ------------------------------------------------------------------------------------------------


def test_a_new_order_of_another_session_is_shown_and_cannot_be_taken_for_a_result(desk: Desk) -> None:
    desk.reports.orders.inflight.add(command())
    desk.reports.order_response(modified(OTHER, status="ACK"))
    seen = desk.only(ev.OrderSeen)
    assert seen.order.order_id == OTHER
    assert desk.watched == {"AAPL-USD"}
    desk.reports.order_response(modified())
    # The new order is like ours: somebody may have amended that one. The list tells.
    desk.reports.listed([modified(), modified(OTHER, status="ACK")], desk.now())
    assert [event.replaces for event in desk.events if isinstance(event, ev.OrderSeen)] == ["", OLD]


def test_live_news_of_an_unknown_order_asks_for_a_list_and_dead_news_is_nothing(desk: Desk) -> None:
    desk.reports.order_response(row(order_id=OTHER, status="FILLED", quantity_remaining=D("0.5")))
    assert (desk.events, desk.lists) == ([], 1)
    desk.reports.order_response(row(order_id=OTHER, status="CANCELLED"))
    desk.reports.order_response(row(order_id=OTHER, status="FILLED", quantity_remaining=D(0)))
    assert (desk.events, desk.lists) == ([], 1)

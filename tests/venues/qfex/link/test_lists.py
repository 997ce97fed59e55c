"""What a list of open orders says, turned into events, and what executions do."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.plausible import AGREEING_READS
from app.venues.common.failures import Malformed
from tests.venues.qfex.reports_desk import Desk, fill, modified
from tests.venues.qfex.samples import NEW, NOW, OLD, OTHER, command, order, row

D = Decimal


@pytest.fixture
def desk() -> Desk:
    return Desk()


# -- lists and fills -------------------------------------------------------------------------------------------------


def test_a_list_replaces_what_is_known_but_not_what_was_pushed_since(desk: Desk) -> None:
    asked_at = desk.now()
    desk.reports.order_response(row(order_id=OTHER, update_time=D("1758208772")))
    desk.events.clear()
    desk.reports.listed([row(price=D(199), update_time=D("1758208773"))], asked_at)
    assert set(desk.reports.orders.rows) == {OLD, OTHER}
    assert desk.reports.orders.rows[OLD].price == D(199)
    listed = desk.only(ev.OpenOrdersListed)
    assert (listed.asked_at, listed.complete, len(listed.orders)) == (asked_at, True, 1)
    desk.reports.listed([], desk.now())
    assert desk.reports.orders.rows == {}


def test_a_row_that_cannot_be_read_is_told_by_its_id_and_is_not_absent(desk: Desk) -> None:
    desk.reports.listed([row(), {"order_id": "broken"}], desk.now())
    listed = desk.only(ev.OpenOrdersListed)
    assert (listed.complete, listed.unreadable) == (True, ("broken",))
    unreadable = desk.only(ev.OrderUnreadable)
    assert (unreadable.order_id, "broken" in unreadable.raw) == ("broken", True)
    assert desk.reports.looked_up(order(), [{"order_id": OLD}], NOW), "it is there, and nobody can say more"


@pytest.mark.parametrize("wrong", [{"side": "SELL"}, {"symbol": "GOOG-USD"}], ids=["side", "symbol"])
def test_what_was_listed_as_another_order_first_is_overruled_by_lists_that_agree(wrong: dict[str, str]) -> None:
    """Every true list after a wrong first one contradicts what is known; after a few of them the truth is told."""
    desk = Desk()
    desk.reports.listed([row(order_id=OTHER, **wrong)], desk.now())
    for _ in range(AGREEING_READS):
        desk.events.clear()
        desk.reports.listed([row(order_id=OTHER)], desk.now())
    (told,) = desk.only(ev.OpenOrdersListed).orders
    assert (told.side, told.symbol) == (order().side, order().symbol)
    desk.events.clear()
    desk.reports.order_response(row(order_id=OTHER, update_time=D("1758208799")))
    assert desk.only(ev.OrderSeen).order.side is order().side


@pytest.mark.parametrize("broken", [{"quantity": 1}, {"order_id": None}, None, 7, "x", [], {"order_id": ""}])
def test_a_row_without_a_readable_id_makes_the_list_incomplete(desk: Desk, broken: object) -> None:
    desk.reports.listed([row(), broken], desk.now())
    assert not desk.only(ev.OpenOrdersListed).complete
    with pytest.raises(Malformed, match="readable id"):
        desk.reports.looked_up(order(order_id=OTHER), [broken], NOW)
    assert desk.reports.looked_up(order(), [row(), broken], NOW), "one that is there is there"


def test_rows_with_nothing_left_are_not_open(desk: Desk) -> None:
    desk.reports.listed([row(quantity_remaining=D(0))], desk.now())
    assert desk.only(ev.OpenOrdersListed).orders == ()


def test_looking_an_order_up(desk: Desk) -> None:
    assert desk.reports.looked_up(order(), [row()], 5)
    seen = desk.only(ev.OrderSeen)
    assert (seen.source, seen.asked_at, seen.replaces) == (Source.LOOKUP, 5, "")
    desk.events.clear()
    assert not desk.reports.looked_up(order(), [], 5)
    assert desk.events == []


def test_a_look_up_shows_orders_nobody_knew_because_one_may_be_the_new_form(desk: Desk) -> None:
    sent = desk.reports.orders.inflight.add(command())
    desk.outcomes.unanswered(sent, "no answer")
    desk.events.clear()
    assert not desk.reports.looked_up(order(), [modified(status="ACK")], 5)
    seen = desk.only(ev.OrderSeen)
    assert (seen.order.order_id, seen.replaces) == (NEW, "")  # the desk asks the rulebook whose it is
    assert not seen.order.attribute("added")
    assert sent.tentative == NEW


def test_a_change_to_other_terms_than_asked_is_followed_once_the_old_id_is_gone(desk: Desk) -> None:
    sent = desk.reports.orders.inflight.add(command())
    desk.reports.order_response(modified(price=D("199.95")))
    desk.outcomes.unanswered(sent, "no answer")
    desk.events.clear()
    assert desk.reports.looked_up(order(), [modified(price=D("199.95"))], 5)
    seen = desk.only(ev.OrderSeen)
    assert (seen.order.order_id, seen.replaces) == (NEW, OLD)


def test_a_list_follows_such_a_change_before_it_is_reported(desk: Desk) -> None:
    desk.reports.orders.inflight.add(command())
    desk.reports.order_response(modified(price=D("199.95")))
    desk.reports.listed([modified(price=D("199.95"))], desk.now())
    assert desk.kinds() == ["AmendmentRepliedOtherwise", "OrderSeen", "OpenOrdersListed"]
    assert desk.only(ev.OrderSeen).replaces == OLD


def test_an_order_known_to_have_ended_was_not_replaced(desk: Desk) -> None:
    desk.reports.orders.inflight.add(command())
    desk.reports.order_response(modified(price=D("199.95")))
    desk.reports.order_response(row(status="CANCELLED", update_time=None))
    desk.events.clear()
    desk.reports.listed([modified(price=D("199.95"))], desk.now())
    assert desk.kinds() == ["OpenOrdersListed"]


def test_an_order_amended_by_another_session_is_followed_to_its_new_id(desk: Desk) -> None:
    desk.reports.order_response(modified(price=D(199)))
    desk.reports.listed([modified(price=D(199))], desk.now())
    seen = desk.only(ev.OrderSeen)
    assert (seen.order.order_id, seen.replaces) == (NEW, OLD)
    assert list(desk.reports.orders.rows) == [NEW]


def test_an_amendment_by_another_session_that_beats_ours_is_followed_after_our_refusal(desk: Desk) -> None:
    desk.reports.orders.inflight.add(command())
    desk.reports.order_response(modified(price=D(199)))
    desk.reports.order_response(row(status="CANNOT_MODIFY_NO_SUCH_ORDER"))
    desk.reports.listed([modified(price=D(199))], desk.now())
    assert desk.only(ev.OrderSeen).replaces == OLD


def test_a_list_asked_for_before_a_foreign_result_does_not_use_it_up(desk: Desk) -> None:
    asked_at = desk.now()
    desk.reports.order_response(modified(price=D(199)))
    desk.reports.listed([row()], asked_at)
    desk.events.clear()
    desk.reports.listed([modified(price=D(199))], desk.now())
    assert desk.only(ev.OrderSeen).replaces == OLD


def test_a_lost_connection_forgets_whose_result_it_might_have_been(desk: Desk) -> None:
    desk.reports.order_response(modified(price=D(199)))
    desk.outcomes.lost("It broke.")
    desk.reports.listed([modified(price=D(199))], desk.now())
    assert desk.kinds() == ["OpenOrdersListed"]


def test_our_lost_result_in_the_list_is_no_strangers(desk: Desk) -> None:
    desk.reports.orders.inflight.add(command())
    desk.reports.order_response(modified(OTHER, price=D(199)))
    desk.reports.listed([modified(), modified(OTHER, price=D(199))], desk.now())
    assert desk.kinds() == ["AmendmentRepliedOtherwise", "OpenOrdersListed"]  # the desk's own rule gives ours its row


def test_fills_of_known_orders_are_passed_on_and_broken_ones_are_malformed(desk: Desk) -> None:
    desk.reports.fill(fill(OLD))
    seen = desk.only(ev.FillSeen)
    assert (seen.fill.fill_id, seen.fill.fee_currency, seen.source) == ("t1", "USD", Source.PUSH)
    with pytest.raises(Malformed):
        desk.reports.fill({"trade_id": "t"})
    desk.reports.order_response({"status": "ACK"})
    assert desk.only(ev.OrderUnreadable).order_id == ""


def test_one_id_listed_as_two_different_orders_is_shown_as_that(desk: Desk) -> None:
    desk.reports.listed([row(order_id=OTHER), row(order_id=OTHER, side="SELL")], desk.now())
    listed = desk.only(ev.OpenOrdersListed)
    assert sorted(each.side.value for each in listed.orders) == ["buy", "sell"]


def test_a_refusal_that_a_list_settles_is_told_before_the_list(desk: Desk) -> None:
    desk.reports.orders.inflight.add(command())
    desk.reports.order_response(row(status="REJECTED"))
    assert desk.kinds() == []
    desk.reports.listed([row()], desk.now())
    assert desk.kinds() == ["AmendmentWritten", "AmendmentRefused", "OpenOrdersListed"]


def test_a_listed_order_in_a_state_nobody_knows_is_bound_to_nothing(desk: Desk) -> None:
    sent = desk.reports.orders.inflight.add(command())
    desk.reports.listed([modified(status="modified")], desk.now())
    assert desk.only(ev.OpenOrdersListed).orders[0].status.value == "unrecognised"
    assert (sent.tentative, sent.waiting) == ("", True)

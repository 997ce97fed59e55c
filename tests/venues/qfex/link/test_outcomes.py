"""Answers of the trade socket, placed: refusals, error frames, time-outs, cancels."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.domain import events as ev
from app.domain.order import OrderStatus
from app.venues.qfex.wire.answers import REFUSALS
from app.venues.qfex.wire.codec import ErrorFrame, Receipt, decode
from tests.venues.qfex.reports_desk import Desk, modified
from tests.venues.qfex.samples import NEW, OLD, OTHER, command, order, row

D = Decimal


@pytest.fixture
def desk() -> Desk:
    return Desk()


def refusal(status: str, **changes: Any) -> dict[str, Any]:
    """A refusal that names what `command()` asks for."""
    return row(**{"status": status, "price": D(200), "quantity": D(2), **changes})


@pytest.mark.parametrize("status", sorted(REFUSALS))
def test_every_refusing_status_under_the_old_id_is_a_certain_no(desk: Desk, status: str) -> None:
    desk.reports.orders.inflight.add(command())
    desk.reports.order_response(refusal(status))
    assert desk.kinds() == ["AmendmentWritten", "AmendmentRefused"]
    refused = desk.only(ev.AmendmentRefused)
    assert refused.code == status
    assert status in refused.text
    assert desk.limited == (status == "RATE_LIMITED")
    # A refusal says nothing about the order: it still rests as it was.
    assert desk.reports.orders.rows[OLD] == order()


def test_a_refusal_that_is_not_ours_changes_nothing(desk: Desk) -> None:
    sent = desk.reports.orders.inflight.add(command())
    desk.reports.order_response(row(order_id=OTHER, status="FAILED_MARGIN_CHECK"))
    desk.reports.order_response(row(order_id=OTHER, status="NO_SUCH_ORDER"))
    assert desk.events == []
    assert sent.waiting


def test_a_refusal_meant_for_another_session_does_not_hide_our_success(desk: Desk) -> None:
    desk.reports.orders.inflight.add(command())
    desk.reports.order_response(refusal("INVALID_TICK_SIZE_PRECISION_PRICE"))
    assert desk.only(ev.AmendmentRefused).amendment_id == "A1"
    desk.reports.order_response(modified())
    acknowledged = desk.only(ev.AmendmentAcknowledged)
    assert (acknowledged.amendment_id, acknowledged.order_id) == ("A1", NEW)
    seen = desk.only(ev.OrderSeen)
    assert (seen.order.order_id, seen.replaces) == (NEW, OLD)
    desk.reports.order_response(row(status="CANNOT_MODIFY_NO_SUCH_ORDER"))
    assert len(desk.kinds()) == 4, "what is refused under the old id now is nothing of ours"


def test_the_success_of_one_taken_for_refused_is_found_in_a_list_too(desk: Desk) -> None:
    desk.reports.orders.inflight.add(command())
    desk.reports.order_response(refusal("REJECTED"))
    desk.reports.listed([modified(status="ACK")], desk.now())
    seen = desk.only(ev.OrderSeen)
    assert (seen.order.order_id, seen.replaces) == (NEW, OLD)
    desk.reports.order_response(modified())
    assert desk.only(ev.AmendmentAcknowledged).order_id == NEW


def test_a_refusal_with_terms_that_we_did_not_ask_for_is_another_sessions(desk: Desk) -> None:
    sent = desk.reports.orders.inflight.add(command())
    desk.reports.order_response(row(status="INVALID_TICK_SIZE_PRECISION_PRICE", price=D("200.03")))
    assert (desk.events, desk.lists) == ([], 1)
    assert sent.waiting


def a_late_one_and_its_successor(desk: Desk) -> None:
    """A1 asked for 200 × 2 and was given up; A2 asks for 201 × 2 and waits."""
    late = desk.reports.orders.inflight.add(command())
    desk.outcomes.unanswered(late, "no answer")
    desk.reports.orders.inflight.add(command(amendment_id="A2", price="201", quantity="2"))
    desk.events.clear()


@pytest.mark.parametrize("status", ["REJECTED_FAILED_TO_PROCESS", "CANNOT_MODIFY_NO_SUCH_ORDER"])
def test_a_refusal_beside_a_late_one_of_the_same_order_does_not_tell_which(desk: Desk, status: str) -> None:
    a_late_one_and_its_successor(desk)
    desk.reports.order_response(row(status=status))
    unanswered = desk.only(ev.AmendmentUnanswered)
    assert (unanswered.amendment_id, status in unanswered.text) == ("A2", True)
    assert "AmendmentRefused" not in desk.kinds()
    assert desk.lists == 1
    desk.reports.order_response(modified(price=D(201)))
    assert desk.only(ev.AmendmentAcknowledged).amendment_id == "A2"
    assert desk.only(ev.OrderSeen).replaces == OLD
    assert desk.reports.orders.inflight.of(OLD) == []


@pytest.mark.parametrize("price, refused", [(D(200), "A1"), (D(201), "A2")])
def test_its_terms_may_tell_which(desk: Desk, price: Decimal, refused: str) -> None:
    a_late_one_and_its_successor(desk)
    desk.reports.order_response(row(status="REJECTED", price=price, quantity=D(2)))
    assert desk.only(ev.AmendmentRefused).amendment_id == refused
    left = [sent.command.amendment_id for sent in desk.reports.orders.inflight.of(OLD)]
    assert left == ["A2" if refused == "A1" else "A1"]


@pytest.mark.parametrize("price, refused", [(D(200), "A1"), (D("201.0"), "A2")])
def test_an_error_frames_echo_tells_which(desk: Desk, price: Decimal, refused: str) -> None:
    a_late_one_and_its_successor(desk)
    desk.outcomes.error(ErrorFrame("InvalidOrder", "", "modify_order", {"order_id": OLD, "price": price}))
    assert desk.only(ev.AmendmentRefused).amendment_id == refused


def test_an_echo_without_terms_beside_a_late_one_does_not_tell_which(desk: Desk) -> None:
    a_late_one_and_its_successor(desk)
    desk.outcomes.error(echo("InvalidOrder"))
    assert desk.only(ev.AmendmentUnanswered).amendment_id == "A2"
    assert desk.kinds() == ["AmendmentWritten", "AmendmentUnanswered"]


def test_an_echo_of_terms_that_we_did_not_ask_for_is_not_ours(desk: Desk) -> None:
    sent = desk.reports.orders.inflight.add(command())
    desk.outcomes.error(ErrorFrame("InvalidOrder", "", "modify_order", {"order_id": OLD, "price": D(199)}))
    assert desk.events == []
    assert sent.waiting


def test_a_second_copy_of_the_next_ones_answer_is_not_the_refused_ones_success(desk: Desk) -> None:
    desk.reports.orders.inflight.add(command())
    desk.reports.order_response(refusal("RATE_LIMITED"))
    desk.reports.orders.inflight.add(command(amendment_id="A2"))
    desk.reports.order_response(modified(OLD))
    desk.reports.order_response(modified(OLD))
    acknowledged = [event.amendment_id for event in desk.events if isinstance(event, ev.AmendmentAcknowledged)]
    assert acknowledged == ["A2", "A2"]


# -- error frames ----------------------------------------------------------------------------------------------------


def echo(code: str, order_id: str = OLD, request: str = "modify_order") -> ErrorFrame:
    return ErrorFrame(code, "words", request, {"order_id": order_id})


@pytest.mark.parametrize(
    "code", ["RateLimited", "InvalidJSONFormat", "InvalidParameter", "PermissionDenied", "InvalidOrder", "KycRequired"]
)
def test_an_error_frame_that_echoes_our_request_is_a_certain_no(desk: Desk, code: str) -> None:
    desk.reports.orders.inflight.add(command())
    desk.outcomes.error(echo(code))
    refused = desk.only(ev.AmendmentRefused)
    assert refused.code == code
    assert "words" in refused.text
    assert desk.limited == (code == "RateLimited")


@pytest.mark.parametrize("code", ["ServerError", "SomethingNew"])
def test_an_error_that_does_not_say_whether_it_was_applied_leaves_it_unknown(desk: Desk, code: str) -> None:
    sent = desk.reports.orders.inflight.add(command())
    desk.outcomes.error(echo(code))
    assert code in desk.only(ev.AmendmentUnanswered).text
    desk.reports.order_response(modified())  # it was applied after all
    assert desk.only(ev.AmendmentAcknowledged).order_id == NEW
    assert desk.reports.orders.inflight.of(OLD) == []
    assert not sent.waiting


def test_an_error_frame_about_another_order_is_not_ours(desk: Desk) -> None:
    sent = desk.reports.orders.inflight.add(command())
    desk.outcomes.error(echo("InvalidOrder", OTHER))
    assert desk.events == []
    assert sent.waiting


def test_an_error_frame_without_an_echo_leaves_everything_unknown(desk: Desk) -> None:
    desk.reports.orders.inflight.add(command())
    desk.outcomes.error(ErrorFrame("InvalidParameter", ""))
    assert desk.kinds() == ["Noticed", "AmendmentWritten", "AmendmentUnanswered"]


# -- time-outs and the end of a connection ---------------------------------------------------------------------------


def test_a_broken_connection_leaves_what_is_outstanding_unknown_and_once_only(desk: Desk) -> None:
    sent = desk.reports.orders.inflight.add(command())
    answers = desk.cancel(OLD)
    desk.outcomes.lost("It broke.")
    desk.outcomes.lost("It broke.")
    desk.outcomes.unanswered(sent, "late")
    assert desk.only(ev.AmendmentUnanswered).text == "It broke."
    assert answers == [(False, "It broke. Whether the cancel arrived is not known.")]


def test_a_refusal_after_the_time_out_proves_nothing_unless_it_names_what_was_asked(desk: Desk) -> None:
    sent = desk.reports.orders.inflight.add(command())
    desk.outcomes.unanswered(sent, "no answer")
    for _ in range(2):
        desk.reports.order_response(row(status="CANNOT_MODIFY_PARTIAL_FILL"))
    assert desk.kinds() == ["AmendmentWritten", "AmendmentUnanswered", "Noticed"]
    assert "CANNOT_MODIFY_PARTIAL_FILL" in desk.only(ev.Noticed).text
    assert desk.lists == 2
    desk.reports.order_response(row(status="REJECTED", price=D(200), quantity=D(2)))
    assert desk.only(ev.AmendmentRefused).amendment_id == "A1"


# -- cancels ---------------------------------------------------------------------------------------------------------


def test_cancels_are_answered_by_the_order_itself(desk: Desk) -> None:
    answers = desk.cancel(OLD)
    desk.reports.order_response(row(status="CANCELLED", update_time=None))
    assert answers == [(True, "")]
    assert desk.only(ev.OrderSeen).order.status is OrderStatus.CANCELLED


def test_a_cancel_of_a_filled_order_and_of_one_nobody_finds(desk: Desk) -> None:
    answers = desk.cancel(OLD)
    desk.reports.order_response(row(status="FILLED", quantity_remaining=D(0), update_time=None))
    assert answers == [(False, "The order was filled before QFEX could cancel it.")]
    gone = desk.cancel(OTHER)
    desk.reports.order_response({"order_id": OTHER, "status": "NO_SUCH_ORDER"})
    assert gone[0][0] is False
    assert "new id" in gone[0][1]
    assert desk.lists == 1


def test_cancels_refused_by_an_error_frame_and_stop_orders_by_receipt(desk: Desk) -> None:
    refused = desk.cancel(OLD)
    desk.outcomes.error(echo("RateLimited", OLD, "cancel_order"))
    assert refused[0][0] is False
    stop = desk.cancel("s")
    desk.outcomes.receipt(Receipt())
    assert stop == []
    desk.outcomes.receipt(Receipt("cancel_stop_order", {"stop_order_id": "s"}))
    assert stop == [(True, "")]


@pytest.mark.parametrize(
    "frame",
    [
        '{"ack":{}}',
        '{"ack":null}',
        '{"ack":true}',
        '{"ack_response":{}}',
        '{"type":"ack"}',
        '{"ack":"cancel_stop_order"}',
        '{"ack":{"stop_order_id":"s"}}',
        '{"ack":{"incoming_message":{"type":"cancel_stop_order","params":{"stop_order_id":"s"}}}}',
        '{"stop_order_response":{"stop_order_id":"s","symbol":"AAPL-USD","quantity":0}}',
    ],
)
def test_every_answer_to_the_cancel_of_the_only_stop_order(desk: Desk, frame: str) -> None:
    stop, plain = desk.cancel("s", stop=True), desk.cancel(OLD)
    desk.reports.take(decode(frame))
    assert (stop, plain) == ([(True, "")], [])
    assert desk.lists == 1, "a list shows what became of it"
    desk.reports.take(decode('{"ack":{}}'))
    assert len(stop) == 1
    assert plain == [], "an order that is no stop is not answered by a receipt"


def test_a_receipt_that_names_nothing_answers_none_of_two(desk: Desk) -> None:
    one, two = desk.cancel("s", stop=True), desk.cancel("t", stop=True)
    desk.reports.take(decode('{"ack":{}}'))
    assert (one, two) == ([], [])
    desk.reports.take(decode('{"stop_order_response":{"stop_order_id":"t"}}'))
    assert (one, two) == ([], [(True, "")])


@pytest.mark.parametrize(
    "frame, words",
    [
        ('{"stop_order_response":{"stop_order_id":"s","status":"PERMISSION_DENIED"}}', "PERMISSION_DENIED"),
        ('{"stop_order_response":{"stop_order_id":"s","status":"NO_SUCH_ORDER"}}', "finds no order s"),
        ('{"ack":{"error":"not yours"}}', "not yours"),
        ('{"ack":{"success":false,"error":"closed"}}', "closed"),
    ],
)
def test_a_stop_order_that_is_not_cancelled_is_told(desk: Desk, frame: str, words: str) -> None:
    stop = desk.cancel("s", stop=True)
    desk.reports.take(decode(frame))
    assert [taken for taken, _ in stop] == [False]
    assert words in stop[0][1]


def test_a_stop_order_that_another_session_changed_asks_for_a_list(desk: Desk) -> None:
    desk.reports.take(decode('{"stop_order_response":{"stop_order_id":"elsewhere","price":190}}'))
    assert (desk.lists, desk.events) == (1, [])

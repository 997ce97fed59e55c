"""Which amendment a MODIFIED reply belongs to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.domain.order import Order
from app.venues.qfex.rules.inflight import SentAmendments
from app.venues.qfex.rules.judge import RefusalMatch, match_echo, match_reply, successors
from tests.venues.qfex.samples import NEW, OLD, OTHER, command, order, row

D = Decimal


def modified(order_id: str = NEW, **changes: Any) -> Order:
    row = {"status": "MODIFIED", "price": D(200), "quantity": D(2), "quantity_remaining": D(2)}
    return order(order_id=order_id, **{**row, **changes})


@pytest.fixture
def flight() -> SentAmendments:
    return SentAmendments()


def test_an_unknown_id_with_the_shape_and_terms_is_the_result(flight: SentAmendments) -> None:
    sent = flight.add(command())
    assert flight.modified(modified(), known=False) is sent


def test_the_same_id_with_the_terms_is_the_result_too(flight: SentAmendments) -> None:
    sent = flight.add(command())
    assert flight.modified(modified(OLD), known=True) is sent
    assert flight.modified(modified(OLD, price=D(199)), known=True) is None


def test_a_known_id_is_somebody_elses(flight: SentAmendments) -> None:
    flight.add(command())
    assert flight.modified(modified(OTHER), known=True) is None


def test_other_terms_are_no_result(flight: SentAmendments) -> None:
    sent = flight.add(command())
    assert flight.modified(modified(price=D("200.05")), known=False) is None
    assert sent.waiting


def test_equal_rivals_cannot_be_told_apart_unless_client_ids_or_terms_differ(flight: SentAmendments) -> None:
    one = flight.add(command(order(client_order_id="a"), "A1", price="200", quantity="2"))
    two = flight.add(command(order(order_id=OTHER, client_order_id="b"), "A2", price="200", quantity="2"))
    assert flight.modified(modified(client_order_id="b"), known=False) is two
    assert flight.modified(modified(client_order_id="a"), known=False) is one
    assert flight.modified(modified(client_order_id=""), known=False) is None


def test_rivals_that_would_collide_are_named(flight: SentAmendments) -> None:
    sent = flight.add(command())
    assert flight.rival(order()) is sent
    assert flight.rival(order(order_id=OTHER)) is sent
    assert flight.rival(order(order_id=OTHER, side="SELL")) is None
    assert flight.rival(order(order_id=OTHER, type="ALO")) is None
    flight.give_up(sent)
    assert flight.rival(order()) is None


def test_a_fill_shown_first_ties_the_new_id_to_its_amendment(flight: SentAmendments) -> None:
    sent = flight.add(command())
    partly = modified(status="FILLED", quantity_remaining=D(1))
    assert flight.shown(partly)
    assert sent.tentative == NEW
    assert not flight.shown(modified(OTHER))  # it has its new id already
    assert flight.modified(modified(), known=True) is sent


def test_one_whose_new_id_was_shown_by_a_list_stands_in_nobodys_way(flight: SentAmendments) -> None:
    first = flight.add(command())
    assert flight.rival(modified()) is first
    assert flight.shown(modified())
    assert first.waiting
    assert flight.rival(modified()) is None
    # The next one asks for the very same terms; each reply can still be told.
    second = flight.add(command(order(order_id=NEW), "A2", price="200", quantity="2"))
    assert flight.modified(modified(OTHER), known=False) is second
    assert flight.modified(modified(), known=True) is first


def test_a_late_answer_is_still_recognised_and_a_waiting_one_comes_first(flight: SentAmendments) -> None:
    late = flight.add(command())
    assert flight.give_up(late)
    assert not flight.give_up(late)
    assert flight.waiting() == []
    assert flight.modified(modified(), known=False) is late
    waiting = flight.add(command(order(order_id=OTHER), "A2", price="200", quantity="2"))
    assert flight.modified(modified(), known=False) is waiting


def test_done_is_called_and_a_late_one_stays_beside_the_next_of_its_order(flight: SentAmendments) -> None:
    calls: list[str] = []
    first = flight.add(command(), lambda: calls.append("first"))
    flight.give_up(first)
    second = flight.add(command(amendment_id="A2"), lambda: calls.append("second"))
    assert flight.of(OLD) == [first, second]
    flight.refuse(second)
    assert flight.of(OLD) == [first]
    flight.settle(first)
    assert flight.of(OLD) == []
    assert calls == ["first", "second", "first"]


def test_a_result_is_the_waiting_ones_then_the_late_ones_and_the_refused_ones_last(flight: SentAmendments) -> None:
    refused, late, waiting = (flight.add(command(amendment_id=name)) for name in ("A1", "A2", "A3"))
    flight.refuse(refused)
    flight.give_up(late)
    for sent in (waiting, late, refused):
        assert flight.modified(modified(), known=False) is sent
        flight.settle(sent)


def test_a_refused_one_does_not_keep_another_orders_result_from_being_known(flight: SentAmendments) -> None:
    flight.refuse(flight.add(command()))
    other = flight.add(command(order(order_id=OTHER), "A2", price="200", quantity="2"))
    assert flight.shown(modified(status="FILLED", quantity_remaining=D(1)))
    assert other.tentative == NEW


def test_what_was_sent_for_an_id_that_is_gone_is_forgotten_unless_it_waits(flight: SentAmendments) -> None:
    flight.give_up(flight.add(command()))
    flight.refuse(flight.add(command(amendment_id="A2")))
    waiting = flight.add(command(amendment_id="A3"))
    flight.outlive(OLD)
    assert flight.of(OLD) == [waiting]
    flight.settle(waiting)
    assert flight.modified(modified(), known=False) is None


@pytest.mark.parametrize(
    "changes, match",
    [
        ({}, RefusalMatch.UNDECIDED),
        ({"price": D(0), "quantity": D(0), "take_profit": None, "stop_loss": "?"}, RefusalMatch.UNDECIDED),
        ({"price": D(200), "quantity": D(2)}, RefusalMatch.MATCHES),
        ({"price": "200.0", "quantity": None}, RefusalMatch.MATCHES),
        ({"price": D(200)}, RefusalMatch.UNDECIDED),  # half of the request, half of the order
        ({"price": D("200.03")}, RefusalMatch.DIFFERS),
        ({"quantity": D(3)}, RefusalMatch.DIFFERS),
        ({"price": D(200), "quantity": D(2), "stop_loss": D(180)}, RefusalMatch.DIFFERS),
    ],
)
def test_what_the_terms_of_a_refusing_reply_say(changes: dict[str, Any], match: RefusalMatch) -> None:
    assert match_reply(command(), row(**changes), order()) is match


def test_the_orders_own_terms_may_have_changed_since() -> None:
    moved = row(price=D("200.50"))
    assert match_reply(command(), moved, None) is RefusalMatch.DIFFERS
    assert match_reply(command(), moved, order(price=D("200.50"))) is RefusalMatch.UNDECIDED


@pytest.mark.parametrize(
    "changes, match",
    [
        ({}, RefusalMatch.MATCHES),
        ({"price": D("200.0"), "quantity": 2}, RefusalMatch.MATCHES),
        ({"price": None, "quantity": None, "take_profit": None, "stop_loss": None}, RefusalMatch.UNDECIDED),
        ({"price": D(201)}, RefusalMatch.DIFFERS),
        ({"side": "SELL"}, RefusalMatch.DIFFERS),
    ],
)
def test_what_the_echo_of_a_request_says(changes: dict[str, Any], match: RefusalMatch) -> None:
    assert match_echo(command(), {"order_id": OLD, **dict(command().fields), **changes}) is match


def test_only_so_many_late_ones_are_remembered(flight: SentAmendments) -> None:
    for number in range(150):
        base = order(order_id=f"id-{number}")
        flight.give_up(flight.add(command(base, f"A{number}", price="200", quantity="2")))
    assert flight.of("id-0") == []
    assert len(flight.of("id-149")) == 1


def test_what_replaced_what_is_told_only_where_shape_leaves_one_possibility() -> None:
    gone, heir = order(), modified(price=D(199))
    assert successors([gone], [heir]) == {OLD: heir}
    assert successors([gone], []) == {}
    assert successors([], [heir]) == {}
    assert successors([gone, order(order_id=OTHER)], [heir]) == {}
    assert successors([gone], [heir, modified("another", price=D(198))]) == {}
    sell = order(order_id=OTHER, side="SELL")
    assert successors([gone, sell], [heir]) == {OLD: heir}
    named = order(client_order_id="a")
    assert successors([named], [modified(client_order_id="b")]) == {}

"""Which amendment a MODIFIED reply belongs to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.domain.order import Order
from app.venues.qfex.inflight import InFlight
from app.venues.qfex.matching import successors
from tests.venues.qfex.samples import NEW, OLD, OTHER, command, order

D = Decimal


def modified(order_id: str = NEW, **changes: Any) -> Order:
    row = {"status": "MODIFIED", "price": D(200), "quantity": D(2), "quantity_remaining": D(2)}
    return order(order_id=order_id, **{**row, **changes})


@pytest.fixture
def flight() -> InFlight:
    return InFlight()


def test_an_unknown_id_with_the_shape_and_terms_is_the_result(flight: InFlight) -> None:
    sent = flight.add(command())
    assert flight.modified(modified(), known=False) is sent


def test_the_same_id_with_the_terms_is_the_result_too(flight: InFlight) -> None:
    sent = flight.add(command())
    assert flight.modified(modified(OLD), known=True) is sent
    assert flight.modified(modified(OLD, price=D(199)), known=True) is None


def test_a_known_id_is_somebody_elses(flight: InFlight) -> None:
    flight.add(command())
    assert flight.modified(modified(OTHER), known=True) is None


def test_other_terms_are_no_result(flight: InFlight) -> None:
    sent = flight.add(command())
    assert flight.modified(modified(price=D("200.05")), known=False) is None
    assert sent.waiting


def test_equal_rivals_cannot_be_told_apart_unless_client_ids_or_terms_differ(flight: InFlight) -> None:
    one = flight.add(command(order(client_order_id="a"), "A1", price="200", quantity="2"))
    two = flight.add(command(order(order_id=OTHER, client_order_id="b"), "A2", price="200", quantity="2"))
    assert flight.modified(modified(client_order_id="b"), known=False) is two
    assert flight.modified(modified(client_order_id="a"), known=False) is one
    assert flight.modified(modified(client_order_id=""), known=False) is None


def test_rivals_that_would_collide_are_named(flight: InFlight) -> None:
    sent = flight.add(command())
    assert flight.rival(order()) is sent
    assert flight.rival(order(order_id=OTHER)) is sent
    assert flight.rival(order(order_id=OTHER, side="SELL")) is None
    assert flight.rival(order(order_id=OTHER, type="ALO")) is None
    flight.give_up(sent)
    assert flight.rival(order()) is None


def test_a_fill_shown_first_ties_the_new_id_to_its_amendment(flight: InFlight) -> None:
    sent = flight.add(command())
    partly = modified(status="FILLED", quantity_remaining=D(1))
    assert flight.shown(partly)
    assert sent.tentative == NEW
    assert not flight.shown(modified(OTHER))  # it has its new id already
    assert flight.modified(modified(), known=True) is sent


def test_one_whose_new_id_was_shown_by_a_list_stands_in_nobodys_way(flight: InFlight) -> None:
    first = flight.add(command())
    assert flight.rival(modified()) is first
    assert flight.shown(modified())
    assert first.waiting
    assert flight.rival(modified()) is None
    # The next one asks for the very same terms; each reply can still be told.
    second = flight.add(command(order(order_id=NEW), "A2", price="200", quantity="2"))
    assert flight.modified(modified(OTHER), known=False) is second
    assert flight.modified(modified(), known=True) is first


def test_a_late_answer_is_still_recognised_and_a_waiting_one_comes_first(flight: InFlight) -> None:
    late = flight.add(command())
    assert flight.give_up(late)
    assert not flight.give_up(late)
    assert flight.waiting() == []
    assert flight.modified(modified(), known=False) is late
    waiting = flight.add(command(order(order_id=OTHER), "A2", price="200", quantity="2"))
    assert flight.modified(modified(), known=False) is waiting


def test_done_is_called_and_a_new_amendment_of_the_order_replaces_a_late_one(flight: InFlight) -> None:
    calls: list[str] = []
    first = flight.add(command(), lambda: calls.append("first"))
    flight.give_up(first)
    second = flight.add(command(amendment_id="A2"), lambda: calls.append("second"))
    assert flight.of(OLD) is second
    flight.settle(second)
    assert flight.of(OLD) is None
    assert calls == ["first", "first", "second"]


def test_only_so_many_late_ones_are_remembered(flight: InFlight) -> None:
    for number in range(150):
        base = order(order_id=f"id-{number}")
        flight.give_up(flight.add(command(base, f"A{number}", price="200", quantity="2")))
    assert flight.of("id-0") is None
    assert flight.of("id-149") is not None


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

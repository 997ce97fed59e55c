"""The books kept of sent amendments and of known orders, at their exact edges: how many, how old, and whose."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.domain.amendment import Command
from app.domain.order import Order
from app.venues.common.failures import Answer, Proof
from app.venues.qfex.rules.inflight import SentAmendments
from app.venues.qfex.rules.judge import RefusalMatch
from app.venues.qfex.rules.known import KnownOrders
from app.venues.qfex.wire.rows import read_order
from tests.venues.qfex.samples import ACCOUNT, NEW, OLD, OTHER, command, order, row

D = Decimal


def heir(order_id: str = NEW, **changes: Any) -> Order:
    """An order with the terms that `command()` asks for."""
    terms = {"status": "MODIFIED", "price": D(200), "quantity": D(2), "quantity_remaining": D(2)}
    return order(order_id=order_id, **{**terms, **changes})


def known_with(*orders: Order) -> KnownOrders:
    known = KnownOrders()
    for each in orders:
        known.push(each, 5)
    return known


def ended(**changes: Any) -> Order:
    return read_order(row(status="CANCELLED", **changes), ACCOUNT)


# -- sent amendments -------------------------------------------------------------------------------------------------


def test_a_hundred_amendments_are_remembered_and_of_more_the_oldest_late_one_goes() -> None:
    flight = SentAmendments()
    template = command()
    names = [f"A{number}" for number in range(101)]

    def add(name: str) -> None:
        flight.add(Command(name, 1, template.order, "modify", template.fields, template.target, template.id_after))

    for name in names[:100]:
        add(name)
    every = flight.of(OLD)
    assert len(every) == 100
    for late in every[5:7]:
        flight.give_up(late)
    add(names[100])
    assert [sent.command.amendment_id for sent in flight.of(OLD)] == [*names[:5], *names[6:]]


def test_no_amendment_that_waits_is_forgotten() -> None:
    flight = SentAmendments()
    for number in range(102):
        flight.add(command(amendment_id=f"A{number}"))
    assert len(flight.waiting()) == 102


def test_one_that_is_settled_waits_no_more() -> None:
    flight = SentAmendments()
    sent = flight.add(command())
    flight.settle(sent)
    assert (sent.waiting, flight.of(OLD), flight.waiting()) == (False, [], [])


@pytest.mark.parametrize(
    "first, second, meant, speaks",
    [
        (RefusalMatch.MATCHES, RefusalMatch.UNDECIDED, ["A1"], True),
        (RefusalMatch.UNDECIDED, RefusalMatch.MATCHES, ["A2"], True),
        (RefusalMatch.MATCHES, RefusalMatch.MATCHES, ["A1", "A2"], True),
        (RefusalMatch.UNDECIDED, RefusalMatch.DIFFERS, ["A1"], False),
        (RefusalMatch.UNDECIDED, RefusalMatch.UNDECIDED, ["A1", "A2"], False),
        (RefusalMatch.DIFFERS, RefusalMatch.DIFFERS, [], False),
    ],
)
def test_a_refusal_is_of_those_it_names_else_of_those_it_may_mean(
    first: RefusalMatch, second: RefusalMatch, meant: list[str], speaks: bool
) -> None:
    flight = SentAmendments()
    for name in ("A1", "A2"):
        flight.add(command(amendment_id=name))
    matches = {"A1": first, "A2": second}
    found, named = flight.may_refuse(OLD, lambda asked: matches[asked.amendment_id])
    assert ([sent.command.amendment_id for sent in found], named) == (meant, speaks)
    assert flight.may_refuse(OTHER, lambda _: first) == ([], False)


def test_what_an_id_was_taken_for_is_told() -> None:
    flight = SentAmendments()
    sent = flight.add(command())
    assert flight.shown_as(NEW) == []
    assert flight.shown(heir())
    assert (flight.shown_as(NEW), flight.shown_as(OTHER)) == ([sent], [])


def test_an_answered_one_waits_for_nothing_and_knows_its_answer_again() -> None:
    flight = SentAmendments()
    sent = flight.add(command())
    sent.held = Answer(Proof.REFUSED, "REJECTED", "no")
    sent.untied.add("x")
    flight.answered(sent, heir())
    assert (sent.answered, sent.waiting, sent.held, sent.untied, sent.is_open) == (True, False, None, set(), False)
    assert flight.waiting() == []
    assert flight.repeated(heir()) is sent.command
    for other in ({"price": D(150)}, {"status": "ACK"}, {"quantity_remaining": D(1)}, {"update_time": D(1758208780)}):
        assert flight.repeated(heir(**other)) is None
    assert flight.repeated(heir(OTHER)) is None


def test_the_answers_of_a_hundred_are_known_again() -> None:
    flight = SentAmendments()
    for number in range(100):
        flight.answered(flight.add(command(amendment_id=f"A{number}")), heir(f"N{number}"))
    assert flight.repeated(heir("N0")) is not None
    flight.answered(flight.add(command(amendment_id="A100")), heir("N100"))
    assert flight.repeated(heir("N0")) is None
    assert flight.repeated(heir("N1")) is not None
    assert flight.repeated(heir("N100")) is not None


def test_of_several_late_ones_of_one_order_the_newest_is_meant() -> None:
    flight = SentAmendments()
    old, new = (flight.add(command(amendment_id=name)) for name in ("A1", "A2"))
    for each in (old, new):
        flight.give_up(each)
    assert flight.modified(heir(), known=False) is new


# -- known orders ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "before, after, news",
    [
        ({"update_time": D(1758208720)}, {"update_time": D(1758208720)}, True),
        ({"update_time": D(1758208720)}, {"update_time": D(1758208719)}, False),
        # Of one time, or of none, the fills tell.
        ({"quantity_remaining": D("0.5")}, {"quantity_remaining": D("0.5")}, True),
        ({"quantity_remaining": D("0.5")}, {"quantity_remaining": D("0.6")}, False),
        ({"quantity_remaining": D("0.5")}, {"quantity_remaining": D("0.4")}, True),
        ({"quantity_remaining": D("0.5"), "update_time": None}, {"quantity_remaining": D("0.6")}, False),
        ({"quantity_remaining": D("0.5")}, {"quantity_remaining": D("0.6"), "update_time": None}, False),
        ({"quantity_remaining": D("0.5"), "update_time": None}, {"quantity_remaining": D("0.4")}, True),
    ],
)
def test_news_is_what_is_not_older_by_its_time_or_its_fills(
    before: dict[str, Any], after: dict[str, Any], news: bool
) -> None:
    assert known_with(order(**before)).is_news(order(**after)) is news


def test_an_end_with_fewer_fills_is_news() -> None:
    known = known_with(order(quantity_remaining=D("0.5")))
    assert known.is_news(ended(quantity_remaining=D("0.6")))


@pytest.mark.parametrize("asked_at, stays", [(4, True), (5, True), (6, False)])
def test_what_was_pushed_since_a_list_was_asked_for_stays(asked_at: int, stays: bool) -> None:
    known = known_with(order())
    known.remove_unlisted({}, asked_at)
    assert (OLD in known.rows) is stays
    known.keep(order(order_id=OTHER), 7)
    known.remove_unlisted({}, 8)
    assert OTHER not in known.rows, "what was only listed is not newer"


def test_an_end_is_taken_back_by_a_list_asked_for_after_it() -> None:
    for asked_at, alive in ((4, False), (5, False), (6, True)):
        known = known_with(order())
        known.push(ended(), 5)
        known.keep(order(), asked_at)
        assert known.is_news(order()) is alive


@pytest.mark.parametrize("told_at, replaced", [(9, False), (10, True), (11, True)])
def test_what_was_announced_since_the_list_was_asked_for_waits_for_the_next(told_at: int, replaced: bool) -> None:
    known = known_with(order())
    known.add_stranger(NEW, told_at)
    assert known.replaced({OLD: order()}, 10).heirs == {}
    assert known.replaced({NEW: heir()}, 20).heirs == ({OLD: heir()} if replaced else {})


def test_two_like_orders_that_are_gone_have_an_heir_each_once_ours_is_known() -> None:
    known = known_with(order(), order(order_id=OTHER))
    sent = known.inflight.add(command())
    known.inflight.give_up(sent)
    for each in (NEW, "N2"):
        known.add_stranger(each, 6)
    theirs = heir("N2", price=D(150))
    result = known.replaced({NEW: heir(), "N2": theirs}, 10)
    assert (result.heirs, result.made, result.untied) == ({OLD: heir(), OTHER: theirs}, {OLD: sent}, set())


def test_what_is_one_orders_heir_is_not_its_namesakes_too() -> None:
    known = known_with(order(), order(order_id=OTHER, client_order_id="a"))
    known.inflight.give_up(known.inflight.add(command()))
    known.add_stranger(NEW, 6)
    mine = heir(client_order_id="a")
    assert known.replaced({NEW: mine}, 10).heirs == {OLD: mine}


def test_of_two_that_may_have_made_it_the_one_that_is_gone_has() -> None:
    known = known_with(order(), order(order_id=OTHER))
    stays = known.inflight.add(command())
    goes = known.inflight.add(command(order(order_id=OTHER), "A2", price="200", quantity="2"))
    result = known.replaced({OLD: order(), NEW: heir()}, 10)
    assert (stays.tentative, goes.tentative) == ("", NEW)
    assert (result.heirs, result.untied) == ({}, {NEW})


def test_one_that_was_shown_already_takes_no_other_for_its_result() -> None:
    known = known_with(order())
    sent = known.inflight.add(command())
    known.inflight.give_up(sent)
    assert known.inflight.shown(heir())
    known.add_stranger("N2", 6)
    result = known.replaced({"N2": heir("N2")}, 10)
    assert (result.heirs, result.made) == ({}, {})


def test_an_order_that_was_reported_as_ended_has_no_heir() -> None:
    known = known_with(order())
    known.inflight.give_up(known.inflight.add(command()))
    known.push(ended(), 6)
    known.add_stranger(NEW, 6)
    assert known.replaced({NEW: heir()}, 10).heirs == {}


@pytest.mark.parametrize("pushed_at, gone", [(9, True), (10, False)])
def test_an_order_pushed_since_the_list_was_asked_for_is_not_gone(pushed_at: int, gone: bool) -> None:
    known = KnownOrders()
    known.push(order(), pushed_at)
    known.add_stranger(NEW, 6)
    assert known.replaced({NEW: heir()}, 10).heirs == ({OLD: heir()} if gone else {})

"""Edges of the matching: which refusal is whose, what replaced what, and when it may be said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.amendment import Command
from app.domain.evidence import MILLISECOND, Finding
from app.domain.order import Order, OrderStatus
from app.venues.common.failures import Answer, Proof
from app.venues.qfex.rules.inflight import BUMP, Sent, SentAmendments
from app.venues.qfex.rules.judge import RefusalMatch, claims, could_be, judge, match_reply, namesakes
from app.venues.qfex.rules.known import KnownOrders, as_untied
from tests.venues.qfex.samples import NEW, OLD, OTHER, command, order, row

D = Decimal
HELD = Answer(Proof.REFUSED, "REJECTED", "no")


def heir(order_id: str = NEW, **changes: Any) -> Order:
    """An order with the terms that `command()` asks for."""
    terms = {"status": "MODIFIED", "price": D(200), "quantity": D(2), "quantity_remaining": D(2)}
    return order(order_id=order_id, **{**terms, **changes})


# -- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked, changes, match",
    [
        # Only one term was asked for; the others are the order's own, and so is what the refusal names of them.
        ({"price": "200"}, {"price": D(200)}, RefusalMatch.MATCHES),
        ({"price": "200"}, {"price": D(201)}, RefusalMatch.UNDECIDED),
        ({"price": "200"}, {"price": D("200.05")}, RefusalMatch.DIFFERS),
        ({"quantity": "2"}, {"quantity": D(2)}, RefusalMatch.MATCHES),
        ({"quantity": "2"}, {"quantity": D(1)}, RefusalMatch.UNDECIDED),
        ({"quantity": "2"}, {"quantity": D("1.999")}, RefusalMatch.DIFFERS),
        ({"take_profit": "210"}, {"take_profit": D(210)}, RefusalMatch.MATCHES),
        ({"take_profit": "210"}, {"take_profit": D(0)}, RefusalMatch.UNDECIDED),
        ({"take_profit": "210"}, {"take_profit": D(211)}, RefusalMatch.DIFFERS),
        ({"stop_loss": "190"}, {"stop_loss": D(190)}, RefusalMatch.MATCHES),
        ({"stop_loss": "190"}, {"stop_loss": D(189)}, RefusalMatch.DIFFERS),
        # Zero says nothing of a price or a quantity.
        ({"price": "200"}, {"price": D(0), "quantity": D(0)}, RefusalMatch.UNDECIDED),
        ({"price": "200"}, {"price": D(200), "quantity": D(0)}, RefusalMatch.MATCHES),
        # What identifies the order.
        ({"price": "200"}, {"price": D(200), "side": "SELL"}, RefusalMatch.DIFFERS),
        ({"price": "200"}, {"price": D(200), "symbol": "GOOG-USD"}, RefusalMatch.DIFFERS),
        ({"price": "200"}, {"price": D(200), "type": "ALO"}, RefusalMatch.DIFFERS),
        ({"price": "200"}, {"price": D(200), "side": "", "symbol": None, "type": None}, RefusalMatch.MATCHES),
    ],
)
def test_what_a_refusal_names(asked: dict[str, str], changes: dict[str, Any], match: RefusalMatch) -> None:
    assert match_reply(command(**asked), row(**changes), order()) is match


def test_a_client_id_tells_a_refusal_only_where_both_are_known() -> None:
    named = command(order(client_order_id="a"), price="200")
    assert match_reply(named, row(price=D(200), client_order_id="b"), None) is RefusalMatch.DIFFERS
    assert match_reply(named, row(price=D(200), client_order_id="a"), None) is RefusalMatch.MATCHES
    assert match_reply(named, row(price=D(200), client_order_id=""), None) is RefusalMatch.MATCHES
    assert match_reply(command(price="200"), row(price=D(200), client_order_id="b"), None) is RefusalMatch.MATCHES


def test_a_term_that_is_the_orders_own_now_or_when_it_left_tells_nothing() -> None:
    now = order(price=D("200.50"))
    for price in (D(201), D("200.50")):
        assert match_reply(command(price="200"), row(price=price), now) is RefusalMatch.UNDECIDED
    assert match_reply(command(price="200"), row(price=D("200.45")), now) is RefusalMatch.DIFFERS


def test_nothing_is_looked_at_before_the_bump_is_over() -> None:
    assert BUMP == 100 * MILLISECOND
    sent = Sent(command())
    assert (sent.not_before, sent.answer_by) == (0, 0)
    sent.leaves(1000, 3000)
    assert (sent.not_before, sent.answer_by) == (1000 + BUMP, 4000)


def says(match: RefusalMatch) -> Callable[[Command], RefusalMatch]:
    return lambda _: match


@pytest.mark.parametrize("match", list(RefusalMatch))
def test_a_refusal_after_a_success_is_the_other_answer_unless_it_names_other_terms(match: RefusalMatch) -> None:
    flight = SentAmendments()
    sent = flight.add(command())
    assert flight.refused_beside(OLD, says(match)) is None, "it is open: that is no second answer"
    flight.answered(sent, heir())
    assert flight.refused_beside(OLD, says(match)) is (None if match is RefusalMatch.DIFFERS else sent)
    assert flight.refused_beside(OTHER, says(match)) is None
    flight.refuse(sent)
    assert flight.refused_beside(OLD, says(match)) is (sent if match is RefusalMatch.MATCHES else None)


def test_a_refusal_that_names_nothing_is_nobodys_where_two_may_be_meant() -> None:
    flight = SentAmendments()
    late, made = flight.add(command(amendment_id="A1")), flight.add(command(amendment_id="A2"))
    flight.give_up(late)
    flight.answered(made, heir())
    flight.outlive(OLD)
    assert (late.is_open, late.may_succeed) == (False, False)
    assert flight.refused_beside(OLD, says(RefusalMatch.UNDECIDED)) is None
    assert flight.refused_beside(OLD, says(RefusalMatch.MATCHES)) is made


@pytest.mark.parametrize(
    "asked_at, listed, taken",
    [
        (100, order(), True),
        (99, order(), False),  # an answer may still have come then
        (100, order(price=D(200), quantity=D(2)), False),
        (100, order(price=D("200.50")), False),
        (100, None, False),
    ],
)
def test_a_held_refusal_is_taken_once_a_list_shows_the_order_unchanged(
    asked_at: int, listed: Order | None, taken: bool
) -> None:
    flight = SentAmendments()
    sent = flight.add(command())
    sent.leaves(0, 100)
    rows = {OLD: listed} if listed is not None else {}
    assert flight.unchanged(rows, asked_at) == [], "nothing was held"
    sent.held = HELD
    assert flight.unchanged(rows, asked_at) == ([(sent, HELD)] if taken else [])
    flight.add(command(amendment_id="A2"))
    assert flight.unchanged(rows, asked_at) == [], "two may be meant"


# -- what replaced what ----------------------------------------------------------------------------------------------


def known_with(*orders: Order) -> KnownOrders:
    known = KnownOrders()
    for each in orders:
        known.push(each, 5)
    return known


def test_what_is_unknown_or_untied_claims_nothing() -> None:
    assert claims(command(), heir())
    assert could_be(command(), as_untied(heir()))
    assert not claims(command(), as_untied(heir()))
    odd = order(order_id=NEW, price=D(200), quantity=D(2), quantity_remaining=D(2), status="WHO_KNOWS")
    assert odd.status is OrderStatus.UNRECOGNISED
    assert not claims(command(), odd)
    assert as_untied(as_untied(heir())) == as_untied(heir())


def test_an_end_nobody_tells_of_does_not_tell_what_became_of_a_change() -> None:
    ended = replace(order(), status=OrderStatus.ENDED)
    assert judge(command(), ended).finding is Finding.UNTOLD
    assert judge(command(), replace(order(), status=OrderStatus.CANCELLED)).finding is Finding.UNCHANGED


@pytest.mark.parametrize(
    "changes, alike",
    [
        ({}, True),
        ({"price": D(150)}, True),
        ({"side": "SELL"}, False),
        ({"symbol": "GOOG-USD"}, False),
        ({"type": "ALO"}, False),
        ({"time_in_force": "IOC"}, False),
        ({"client_order_id": "other"}, True),
    ],
)
def test_another_order_that_could_have_become_it(changes: dict[str, Any], alike: bool) -> None:
    known = known_with(order(), order(order_id=OTHER, **changes))
    assert known.alike_beside(heir(), OLD) is alike
    assert known_with(order()).alike_beside(heir(), OLD) is False
    assert known_with(order(), heir()).alike_beside(heir(), OLD) is False


def test_the_list_tells_whose_an_announced_result_is() -> None:
    for gone, mine in ((OLD, True), (OTHER, False)):
        known = known_with(order(), order(order_id=OTHER))
        sent = known.inflight.add(command())
        known.add_stranger(NEW, 6)
        left = OTHER if gone == OLD else OLD
        listed = {NEW: heir(), left: order(order_id=left)}
        result = known.replaced(listed, 10)
        assert result.heirs == {gone: heir()}
        assert result.made == ({OLD: sent} if mine else {})
        assert result.untied == set()


def test_where_a_like_order_is_gone_too_ours_is_known_once_it_had_its_time() -> None:
    known = known_with(order(), order(order_id=OTHER))
    sent = known.inflight.add(command())
    for each in (NEW, "N2"):
        known.add_stranger(each, 6)
    listed = {NEW: heir(), "N2": heir("N2", price=D(150))}
    first = known.replaced(listed, 10)
    assert (first.heirs, first.untied) == ({}, {NEW})
    assert not known.replaced(listed, 11).heirs, "it may still be refused"
    known.inflight.give_up(sent)
    last = known.replaced(listed, 12)
    assert (last.heirs, last.made) == ({OLD: heir()}, {OLD: sent})


@pytest.mark.parametrize("spoiled_by", ["a break", "a held refusal", "a twin"])
def test_it_stays_untied_where_that_proves_nothing(spoiled_by: str) -> None:
    known = known_with(order(), order(order_id=OTHER))
    sent = known.inflight.add(command())
    listed = {NEW: heir(), "N2": heir("N2", price=D(200) if spoiled_by == "a twin" else D(150))}
    for each in listed:
        known.add_stranger(each, 6)
    known.replaced(listed, 10)
    known.inflight.give_up(sent)
    if spoiled_by == "a break":
        known.lost()
    if spoiled_by == "a held refusal":
        sent.held = HELD
    result = known.replaced(listed, 12)
    assert (result.heirs, result.made) == ({}, {})


def test_an_order_listed_beside_the_one_it_would_have_replaced_is_not_its_result() -> None:
    known = known_with(order())
    sent = known.inflight.add(command())
    result = known.replaced({OLD: order(), NEW: heir()}, 10)
    assert (result.heirs, result.untied, sent.tentative) == ({}, {NEW}, "")


def test_a_row_that_cannot_be_read_is_there_all_the_same() -> None:
    known = known_with(order())
    known.add_stranger(NEW, 6)
    assert known.replaced({NEW: heir()}, 10, {NEW, OLD}).heirs == {}
    known.add_stranger(NEW, 6)
    assert known.replaced({}, 10, {NEW}).heirs == {}
    assert known.replaced({NEW: heir()}, 12).heirs == {OLD: heir()}, "it could not be read before"


@pytest.mark.parametrize("asked_at, gone", [(5, False), (6, True)])
def test_what_was_pushed_when_the_list_was_asked_for_or_later_is_not_gone(asked_at: int, gone: bool) -> None:
    known = known_with(order())
    known.add_stranger(NEW, 4)
    assert bool(known.replaced({NEW: heir(price=D(199))}, asked_at).heirs) is gone


def test_after_a_break_a_client_id_of_two_alone_tells() -> None:
    mine, theirs = order(client_order_id="a"), order(order_id=OTHER)
    renamed = heir(client_order_id="a", price=D(150))
    known = known_with(mine, theirs)
    known.lost()
    assert known.replaced({NEW: renamed, "N2": heir("N2", price=D(140))}, 10).heirs == {OLD: renamed}
    assert namesakes([mine, order(order_id="x", client_order_id="a")], [renamed]) == {}
    assert namesakes([mine], [renamed, heir("N2", client_order_id="a")]) == {}
    assert namesakes([theirs], [heir()]) == {}, "no client id is none"
    assert namesakes([mine], [heir(client_order_id="a", side="SELL")]) == {}


@pytest.mark.parametrize("asked_at, newer", [(5, False), (6, True)])
def test_a_list_asked_for_after_the_last_push_wins_whatever_its_figures_say(asked_at: int, newer: bool) -> None:
    known = known_with(order(quantity_remaining=D("0.1"), update_time=D("4000000000")))
    known.keep(order(), asked_at)
    assert (known.rows[OLD].filled == 0) is newer

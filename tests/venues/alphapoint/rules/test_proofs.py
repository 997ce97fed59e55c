"""Proofs by one seen order, and the books of the two halves of a replacement, at their exact edges."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.evidence import SECOND, Finding
from app.domain.order import Order
from app.venues.alphapoint.rules.judge import OLD_LEG, STATES, changed_since, judge, why_another
from app.venues.alphapoint.rules.legs import Legs, Wanted
from tests.venues.alphapoint.samples import NOW, order, partly, reduction, replacement

D = Decimal
OLD = order()
SWAP = replacement(OLD, "84200", "1.5")
GONE = order(OrderState="Canceled", Quantity=0, CancelReason="UserModified", ChangeReason="UserModified")


def new_order(**changes: Any) -> Order:
    fields: dict[str, Any] = {
        "OrderId": 15068,
        "OrigOrderId": 15067,
        "ClientOrderId": SWAP.request_id,
        "Price": D(84200),
        "Quantity": D("1.5"),
    }
    return order(**{**fields, **changes})


def begun() -> Legs:
    """The old order is known, the replacement has left."""
    legs = Legs()
    legs.listed([OLD], NOW, complete=True)
    legs.began(SWAP, NOW)
    return legs


def marked(base: Order, **attributes: str) -> Order:
    kept = tuple(pair for pair in base.attributes if pair[0] not in attributes)
    return replace(base, attributes=(*kept, *attributes.items()))


# -- what changed since ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "now, text",
    [
        (OLD, ""),
        (order(Side="Buy"), why_another(order(Side="Buy"), OLD)),
        (order(OrderState="Expired"), "its state is Expired instead of Working"),
        (order(Quantity=D("0.9")), "remaining is 0.9 instead of 1, executed 0 instead of 0"),
        (partly("1", "0.4"), "remaining is 1 instead of 1, executed 0.4 instead of 0"),
        (order(LastUpdatedTimeTicks=637431761260054715), "it was updated"),
        (order(LastUpdatedTimeTicks=None), ""),
        (order(LastUpdatedTimeTicks=None, ChangeReason="UserModified"), "it was updated"),
        (order(LastUpdatedTimeTicks=None, ChangeReason=None), ""),
    ],
)
def test_what_changed_since_is_told_by_the_first_mark_that_differs(now: Order, text: str) -> None:
    assert changed_since(OLD, now) == text
    assert why_another(order(Side="Buy"), OLD)


# -- reductions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "base, asked, seen, finding, text",
    [
        (OLD, "0.5", partly("0.5", "0"), Finding.APPLIED, "Remaining is 0.5; the total is now 0.5."),
        (
            OLD,
            "0.5",
            partly("0.4", "0.1"),
            Finding.APPLIED,
            "Remaining is 0.4; 0.1 more filled while amending; the total is now 0.5.",
        ),
        (OLD, "0.5", partly("1", "0"), Finding.UNCHANGED, "The order still has 1 remaining."),
        (
            OLD,
            "0.5",
            partly("0.9", "0.1"),
            Finding.UNCHANGED,
            "The total is still 1; it filled further, and no reduction shows.",
        ),
        (
            OLD,
            "0.5",
            partly("1.1", "0"),
            Finding.DIFFERENT,
            "The total is 1.1, more than the 1 it was. Check the order.",
        ),
        (
            OLD,
            "0.5",
            partly("0.4999", "0"),
            Finding.DIFFERENT,
            "Remaining is 0.4999, less than the 0.5 requested. Check the order.",
        ),
        (
            OLD,
            "0.5",
            partly("0.5001", "0"),
            Finding.DIFFERENT,
            "Remaining is 0.5001: reduced, but not to the 0.5 requested. Check the order.",
        ),
        # Fills that went back explain no total, though it be the one asked for.
        (
            partly("0.5", "0.5"),
            "0.3",
            partly("0.4", "0.4"),
            Finding.DIFFERENT,
            "Remaining is 0.4: reduced, but not to the 0.3 requested. Check the order.",
        ),
    ],
)
def test_a_working_order_tells_by_its_total(base: Order, asked: str, seen: Order, finding: Finding, text: str) -> None:
    found = judge(reduction(base, asked), seen)
    assert (found.finding, found.text) == (finding, text)


@pytest.mark.parametrize(
    "filled, finding",
    [
        ("1", Finding.UNCHANGED),
        ("0.9999", Finding.APPLIED),
        ("0.5", Finding.APPLIED),
        ("0.4999", Finding.DIFFERENT),
        ("1.0001", Finding.DIFFERENT),
    ],
)
def test_a_filled_order_tells_by_what_was_executed(filled: str, finding: Finding) -> None:
    seen = order(OrderState="FullyExecuted", Quantity=0, QuantityExecuted=D(filled))
    assert judge(reduction(OLD, "0.5"), seen).finding is finding


@pytest.mark.parametrize(
    "states, finding",
    [
        ("", Finding.UNTOLD),
        ("1/0", Finding.UNCHANGED),
        ("1.1/0", Finding.UNTOLD),
        ("1.1/0 1/0", Finding.UNCHANGED),
        # Filled so far that less remains than was asked for: the total never fell.
        ("1/0 0.4/0.6", Finding.UNCHANGED),
        ("1/0 0.5/0", Finding.APPLIED),
        ("1/0 0.9/0.1 0.5/0.1", Finding.APPLIED),
        ("1/0 0.4/0.1", Finding.APPLIED),
        ("1/0 0.4999/0", Finding.DIFFERENT),
        ("1/0 0.5001/0", Finding.DIFFERENT),
    ],
)
def test_an_ended_order_tells_by_its_history(states: str, finding: Finding) -> None:
    ended = marked(GONE, **{STATES: states}) if states else GONE
    assert judge(reduction(OLD, "0.5"), ended).finding is finding


def test_an_old_half_in_a_state_nobody_knows_proves_nothing() -> None:
    found = judge(SWAP, order(OrderState="Melting"))
    assert (found.finding, "“Melting”" in found.text) == (Finding.UNRELATED, True)
    assert judge(reduction(OLD, "0.5"), order(OrderState="Melting")).finding is Finding.UNRELATED


@pytest.mark.parametrize(
    "seen, finding",
    [
        (order(), Finding.UNCHANGED),
        (order(Price=D(84111)), Finding.DIFFERENT),
        (order(Quantity=D("0.9")), Finding.DIFFERENT),
        (partly("0.6", "0.4"), Finding.UNCHANGED),
        (order(Side="Buy"), Finding.UNRELATED),
    ],
)
def test_an_old_half_that_works_tells_by_its_terms(seen: Order, finding: Finding) -> None:
    assert judge(SWAP, seen).finding is finding


# -- the two halves --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [-1, 0, 1, None])
def test_a_replacement_was_made_after_the_newest_time_that_is_known(ahead: int | None) -> None:
    made = SWAP.order.created_at
    assert made is not None
    legs = Legs()
    legs.began(SWAP, NOW, None if ahead is None else made + ahead)
    assert legs.wanted("15067") == Wanted(SWAP.request_id, max(made, made + (ahead or 0)), NOW + 10 * SECOND)
    timeless = replacement(order(ReceiveTime=None, ReceiveTimeTicks=None), "84200", "1.5")
    legs.began(timeless, NOW, None if ahead is None else ahead + 5)
    wanted = legs.wanted("15067")
    assert wanted is not None
    assert wanted.since == (None if ahead is None else ahead + 5)
    assert legs.wanted("7") is None


def test_a_reply_to_another_request_names_nothing_of_this_one() -> None:
    legs = begun()
    other = replacement(OLD, "84300", "1", request_id=5)
    legs.answered(other, "15099")
    assert legs.lacks_heir("15067")
    legs.see(order(OrderId=15099, OrigOrderId=0, Price=D(84300)), NOW + 1)
    assert legs.lacks_heir("15067"), "that order is another's"
    legs.answered(SWAP, "15099")
    assert not legs.lacks_heir("15067")
    Legs().answered(SWAP, "15099")
    legs.dropped(other)
    assert legs.wanted("15067") is not None
    legs.dropped(SWAP)
    assert legs.wanted("15067") is None
    legs.dropped(SWAP)


def test_an_heir_is_lacking_while_none_is_seen_of_one_that_was_asked_for() -> None:
    assert not Legs().lacks_heir("15067"), "none was asked for"
    legs = begun()
    assert legs.lacks_heir("15067")
    legs.see(new_order(), NOW + 1)
    assert not legs.lacks_heir("15067"), "it is held"


def test_an_order_is_known_open_or_ended() -> None:
    legs = Legs()
    assert not legs.knows("15067")
    legs.note(OLD)
    assert (legs.knows("15067"), legs.has_ended("15067")) == (True, False)
    legs.note(GONE)
    assert (legs.knows("15067"), legs.has_ended("15067")) == (True, True)


@pytest.mark.parametrize("price, ours", [(84200, True), (84300, False), (0, True)])
def test_a_rejected_order_names_its_price_unless_it_is_zero(price: int, ours: bool) -> None:
    legs = begun()
    found = legs.rejected(new_order(OrderState="Rejected", Price=D(price)))
    assert (found is not None) is ours
    assert begun().rejected(new_order()) is None


@pytest.mark.parametrize(
    "made, ended, later, one",
    [
        # Our times: to the settling time itself the two belong together.
        (None, None, 10 * SECOND, True),
        (None, None, 10 * SECOND + 1, False),
        # The venue's: within the settling time either way.
        (0, 10 * SECOND, 60 * SECOND, True),
        (0, 10 * SECOND + 100, 60 * SECOND, False),
        (10 * SECOND, 0, 60 * SECOND, True),
        # Where only one of them is told, ours count.
        (0, None, 60 * SECOND, False),
        (None, 0, 60 * SECOND, False),
        (0, None, 10 * SECOND, True),
    ],
)
def test_an_end_belongs_to_a_replacement_of_about_the_same_time(
    made: int | None, ended: int | None, later: int, one: bool
) -> None:
    epoch = 638_900_000_000_000_000

    def ticks(at: int | None) -> int | None:
        return None if at is None else epoch + at // 100

    new = new_order(ReceiveTimeTicks=ticks(made), ReceiveTime=None)
    gone = order(
        OrderState="Canceled",
        Quantity=0,
        ChangeReason="UserModified",
        LastUpdatedTimeTicks=ticks(ended),
        LastUpdatedTime=None,
    )
    legs = Legs()
    legs.listed([OLD], NOW, complete=True)
    legs.see(new, NOW)
    shown = legs.see(gone, NOW + later)
    assert [each.order.order_id for each in shown] == (["15068", "15067"] if one else ["15067"])
    assert legs.is_apart("15067") is not one


def test_a_half_is_marked_once() -> None:
    legs = begun()
    legs.see(GONE, NOW + 1)
    (shown,) = legs.see(new_order(), NOW + 2)
    (again,) = legs.see(shown.order, NOW + 3)
    assert [name for name, _ in again.order.attributes].count(OLD_LEG) == 1

"""Orders of one total leave all together or not at all, and what would be left is said."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.desk.batch.exposure import Change
from app.desk.batch.members import Ending, Member, Remark, Said
from app.desk.batch.together import left, left_as_proven, total_words, whole, why_not_all
from app.desk.state import Lineage
from app.domain.amendment import Source
from app.domain.order import OrderStatus
from app.domain.plan import Terms
from tests.helpers.toy_venue import order

D = Decimal


def member(name: str, remark: Remark, terms: Terms | None, *, sends: bool = True) -> Member:
    of = order(order_id=name, quantity=D("0.75"), filled=D(0))
    change = Change(of, terms) if sends else None
    return Member(f"toy/{name}", "toy", of, (Said(remark),), change=change)


def row(name: str, **changes: object) -> Lineage:
    of = order(order_id=name, **changes)
    return Lineage(f"toy/{name}", "toy", of, [name], 0, Source.LISTING)


CUT = member("best", Remark.SENDS, Terms(quantity=D("0.5")))
GONE = member("worst", Remark.LOSES_PLACE, None)
KEPT = member("kept", Remark.SAME, None, sends=False)


def test_what_would_be_left_counts_those_that_stay_as_they_are() -> None:
    assert left([CUT, GONE], [CUT, GONE]) == D("0.5")
    assert left([CUT, GONE], [CUT]) == D("1.25")
    assert left([CUT, GONE, KEPT], [CUT, GONE]) == D("1.25")
    assert left([member("a", Remark.SENDS, Terms(remaining=D("0.1")))], []) == D("0.75")


def test_a_part_of_a_total_does_not_leave() -> None:
    assert why_not_all([CUT, GONE, KEPT], [CUT, GONE]) == "", "what keeps all it has need not leave"
    assert why_not_all([CUT, GONE], [CUT]) == (
        "Of one total all leave or none: 1 of them asks first, and without it 1.25 would be left, not 0.5."
    )


def test_where_one_cannot_leave_the_others_are_held_back_and_say_why() -> None:
    stuck = member("stuck", Remark.BLOCKED, None, sends=False)
    held, same = whole([CUT, stuck])
    assert same is stuck
    assert held.verdict is Remark.HELD
    assert not held.sends
    assert held.text == "Of one total all leave or none, and stuck cannot: without it 1.5 stays."
    assert whole([CUT, GONE, KEPT]) == [CUT, GONE, KEPT]


def test_an_order_that_has_ended_holds_no_total_back() -> None:
    of = order(order_id="over", quantity=D("0.75"), status=OrderStatus.FILLED, filled=D("0.75"))
    over = Member("toy/over", "toy", of, (Said(Remark.BLOCKED, "It has ended; there is nothing to cancel."),))
    assert whole([CUT, over]) == [CUT, over]
    assert why_not_all([CUT, over], [CUT]) == ""


def test_what_is_left_is_told_as_proven_or_not_at_all() -> None:
    sent = [replace(CUT, ending=Ending.CONFIRMED), replace(GONE, ending=Ending.CANCELLED)]
    best = row("best", quantity=D("0.5"))
    worst = row("worst", quantity=D("0.75"), status=OrderStatus.CANCELLED)
    rows = {best.key: best, worst.key: worst}
    assert left_as_proven(sent, rows) == D("0.5")
    assert total_words(sent, rows) == "0.5 is left of all."
    worst.order = order(order_id="worst", quantity=D("0.75"))
    assert total_words(sent, rows) == "1.25 is left of all; 0.5 was asked for."
    for ending in (Ending.UNKNOWN, Ending.UNDER_WAY):
        assert left_as_proven([sent[0], replace(GONE, ending=ending)], rows) is None
    assert left_as_proven(sent, {best.key: best}) is None, "what is not listed is not proven to have ended"
    worst.stale = True
    assert total_words(sent, rows) == "What is left of all is not known yet; 0.5 was asked for."

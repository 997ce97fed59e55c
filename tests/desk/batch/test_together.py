"""Orders of one total leave all together or not at all, and what would be left is said."""

from __future__ import annotations

from decimal import Decimal

from app.desk.batch.exposure import Change
from app.desk.batch.members import Member, Remark, Said
from app.desk.batch.together import left, whole, why_not_all
from app.domain.plan import Terms
from tests.helpers.toy_venue import order

D = Decimal


def member(name: str, remark: Remark, terms: Terms | None, *, sends: bool = True) -> Member:
    of = order(order_id=name, quantity=D("0.75"), filled=D(0))
    change = Change(of, terms) if sends else None
    return Member(f"toy/{name}", "toy", of, (Said(remark),), change=change)


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
        "Of one total all leave or none: 1 of them asks first, and without it 1.25 would be left."
    )


def test_where_one_cannot_leave_the_others_are_held_back_and_say_why() -> None:
    stuck = member("stuck", Remark.BLOCKED, None, sends=False)
    held, same = whole([CUT, stuck])
    assert same is stuck
    assert held.verdict is Remark.HELD
    assert not held.sends
    assert held.text == "Of one total all leave or none, and stuck cannot: without it 1.5 stays."
    assert whole([CUT, GONE, KEPT]) == [CUT, GONE, KEPT]

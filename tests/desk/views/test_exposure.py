"""What is still to be traded if every amendment lands: exact, by side and currency, or not told at all."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.desk.views.exposure import exposure, in_turn, landed_value, worst_exposure
from app.domain import events as ev
from app.domain.order import Order, Side
from app.domain.plan import Terms
from tests.desk.views.test_attention import Bench
from tests.helpers.toy_venue import amendment, order

D = Decimal


def test_currencies_and_sides_are_never_added_up() -> None:
    bench = Bench()
    bench.market("toy", "AB", "a", "usd", "100")
    bench.market("two", "AB", "a", "mxn", "100")
    assert exposure(bench.state) == {}
    bench.amend(order("o1", quantity=D("0.1")), "100.1", 1)
    bench.amend(order("o2", quantity=D("0.2")), "100.1", 2)
    bench.amend(replace(order("o3"), side=Side.SELL), "101", 3)
    bench.amend(replace(order("o4"), account="two"), "101", 4)
    assert exposure(bench.state) == {
        (Side.BUY, "USD"): D("30.03"),
        (Side.SELL, "USD"): D(202),
        (Side.BUY, "MXN"): D(202),
    }
    bench.tell(ev.AmendmentRefused("two", bench.now, "A4", "1", "No."))
    assert (Side.BUY, "MXN") not in exposure(bench.state)


def test_a_sum_that_would_lack_a_part_is_not_told() -> None:
    bench = Bench()
    bench.market("toy", "AB", "a", "usd", "100")
    bench.amend(order("o1"), "101", 1)
    assert exposure(bench.state)
    bench.amend(replace(order("o2"), symbol="CD"), "101", 2)
    assert exposure(bench.state) == {}, "nobody told in which currency CD is paid"


@pytest.mark.parametrize(
    "target, now, value",
    [
        (Terms(price=D(101)), order(filled=D(1)), D(101)),
        (Terms(quantity=D(3)), order(filled=D(1)), D(200)),
        (Terms(quantity=D(1)), order(filled=D("1.5")), D(0)),
        (Terms(price=D(50), remaining=D(4)), order(), D(200)),
        (Terms(price=D(50), remaining=D(4)), order(filled=D(1)), None),
        (Terms(price=D(50), value=D(500)), order(), D(500)),
        (Terms(price=D(50), value=D(500)), order(filled=D(1), filled_value=D(60)), D(440)),
        (Terms(price=D(50), value=D(500)), order(filled=D(1)), None),
        (Terms(stop=D(90)), order(price=None, stop=D(80)), None),
    ],
)
def test_the_terms_asked_count_as_far_as_they_are_exactly_known(
    target: Terms, now: Order, value: Decimal | None
) -> None:
    made = amendment(order())
    assert landed_value(replace(made, command=replace(made.command, target=target)), now) == value


def test_several_amendments_of_one_order_count_once_by_the_last_and_at_worst_by_the_largest() -> None:
    bench = Bench()
    bench.market("toy", "AB", "a", "usd", "100")
    bench.amend(order("o1"), "103", 1)
    bench.amend(order("o1"), "101", 2)
    assert exposure(bench.state) == {(Side.BUY, "USD"): D(202)}
    assert worst_exposure(bench.state) == {(Side.BUY, "USD"): D(206)}
    bench.tell(ev.AmendmentRefused("toy", bench.now, "A1", "1", "No."))
    assert exposure(bench.state) == {(Side.BUY, "USD"): D(202)}
    assert worst_exposure(bench.state) == {(Side.BUY, "USD"): D(202)}


def test_two_ticks_up_and_half_the_size_behind_them_land_at_half_the_value() -> None:
    base = order(price=D("59840.00"), quantity=D("0.5"))
    bench = Bench()
    bench.market("toy", "AB", "a", "usd", "59840")
    asked = (Terms(D("59840.01"), D("0.5")), Terms(D("59840.03"), D("0.5")), Terms(D("59840.03"), D("0.25")))
    for number, target in enumerate(asked, start=1):
        made = bench.made(base, "1", number)
        bench.leaves(replace(made, command=replace(made.command, target=target)))
    assert exposure(bench.state) == {(Side.BUY, "USD"): D("14960.0075")}
    assert worst_exposure(bench.state) == {(Side.BUY, "USD"): D("29920.015")}


def test_the_terms_shown_are_the_worst_of_a_single_cut() -> None:
    bench = Bench()
    bench.market("toy", "AB", "a", "usd", "100")
    bench.amend(order("o1"), "99", 1)
    assert exposure(bench.state) == {(Side.BUY, "USD"): D(198)}
    assert worst_exposure(bench.state) == {(Side.BUY, "USD"): D(200)}


def test_what_a_later_one_leaves_out_is_as_an_earlier_one_asked() -> None:
    made = amendment(order())
    asked = [replace(made, command=replace(made.command, target=each)) for each in TURNS]
    assert [(each.command.target, landed_value(each, order())) for each in in_turn(asked)] == [
        (Terms(price=D(101)), D(202)),
        (Terms(price=D(101), quantity=D(3)), D(303)),
        (Terms(price=D(102), quantity=D(3)), D(306)),
        (Terms(price=D(102), remaining=D(1)), D(102)),
    ]


TURNS = (Terms(price=D(101)), Terms(quantity=D(3)), Terms(price=D(102)), Terms(remaining=D(1)))

"""Changes that this ticket did not ask for: told as such where that is certain, and claimed nowhere else."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.desk.fold.strangers import NOT_HERE
from app.domain import events as ev
from app.domain.evidence import SECOND
from app.domain.form import IdAfter
from app.domain.order import OrderStatus
from tests.desk.fold.test_reducer import Bench
from tests.helpers.toy_venue import amendment, order

D = Decimal


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.listed(order())
    return bench


def told(bench: Bench) -> tuple[str, str]:
    row = bench.row()
    return row.elsewhere, row.history[-1].text


def test_a_change_nobody_here_made_is_told_as_one(bench: Bench) -> None:
    bench.now += SECOND
    bench.seen(order(price=D("100.5"), quantity=D(3)))
    words = f"price 100 → 100.5, quantity 2 → 3, {NOT_HERE}"
    assert told(bench) == (words, f"{words}; working, 3 left at 100.5")
    assert bench.row().elsewhere_at == bench.now


@pytest.mark.parametrize(
    "changes",
    [
        {"filled": D(1), "status": OrderStatus.PARTIALLY_FILLED},
        {"stop": D(90)},
        {"value": D(500)},
        {"status": OrderStatus.CANCELLED, "price": D(99)},
    ],
)
def test_fills_ends_and_terms_that_were_not_told_before_are_no_change(bench: Bench, changes: dict[str, object]) -> None:
    bench.now += SECOND
    bench.seen(order(**changes))
    assert bench.row().elsewhere == ""


def test_so_is_one_that_gave_the_order_a_new_id(bench: Bench) -> None:
    bench.now += SECOND
    bench.seen(order("o2", price=D("100.5")), replaces="o1")
    assert bench.row("o2").ids == ["o1", "o2"]
    assert bench.row("o2").elsewhere == f"price 100 → 100.5, {NOT_HERE}"


def test_a_new_id_after_a_fill_tells_no_change_of_the_quantity(bench: Bench) -> None:
    bench.now += SECOND
    bench.seen(order(filled=D(1), status=OrderStatus.PARTIALLY_FILLED))
    bench.now += SECOND
    bench.seen(order("o2", price=D("100.5"), quantity=D(1)), replaces="o1")
    assert bench.row("o2").elsewhere == f"price 100 → 100.5, {NOT_HERE}", "some venues count what is left anew"


def test_our_own_change_under_a_new_id_is_ours(bench: Bench) -> None:
    bench.sent(amendment(order(), id_after=IdAfter.NEW))
    bench.now += 2
    bench.seen(order("o2", price=D(101)), replaces="o1")
    assert bench.row("o2").elsewhere == ""


def test_nothing_is_claimed_while_an_amendment_is_under_way(bench: Bench) -> None:
    bench.sent(amendment(order()))
    bench.now += 2
    bench.seen(order(price=D(102)))
    assert bench.row().elsewhere == ""


def test_nor_where_it_is_what_an_amendment_asked_for(bench: Bench) -> None:
    bench.sent(amendment(order()))
    bench.apply(ev.AmendmentRefused("toy", bench.now, "A1", "7", "No."))
    bench.now += 3_600 * SECOND
    bench.seen(order(price=D(101)))
    assert bench.row().elsewhere == "", "it was made after all"


def test_nor_just_after_one_was_settled(bench: Bench) -> None:
    bench.sent(amendment(order()))
    bench.now += 2
    bench.seen(order(price=D(101)))
    bench.now += 1
    bench.seen(order(price=D(101), quantity=D(3)))
    assert bench.row().elsewhere == "", "some venues tell a change in two steps"
    bench.now += 3_600 * SECOND
    bench.seen(order(price=D(99), quantity=D(3)))
    assert bench.row().elsewhere == f"price 101 → 99, {NOT_HERE}"

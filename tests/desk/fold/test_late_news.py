"""News that comes after an amendment was settled: late answers, and the end of an order that explains a refusal."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.desk.effects import LookUp, SendCancel
from app.domain import events as ev
from app.domain.amendment import AmendmentStage
from app.domain.evidence import SECOND
from app.domain.form import IdAfter
from app.domain.order import OrderStatus
from tests.desk.fold.test_reducer import Bench
from tests.helpers.toy_venue import T0, amendment, order


@pytest.fixture
def confirmed() -> Bench:
    """A bench whose amendment a push has confirmed before any answer came."""
    bench = Bench()
    bench.listed(order())
    bench.sent(amendment(order()))
    bench.now += 2
    bench.seen(order(price=Decimal(101)))
    return bench


@pytest.mark.parametrize(
    "late, noted",
    [
        (ev.AmendmentAcknowledged("toy", T0 + 9, "A1", note="accepted"), "late answer: accepted"),
        (ev.AmendmentRefused("toy", T0 + 9, "A1", "7", "No."), "late refusal: No."),
        (ev.AmendmentUnanswered("toy", T0 + 9, "A1", "no reply."), "no answer after all: no reply."),
    ],
)
def test_a_late_answer_is_noted_once_and_takes_nothing_back(confirmed: Bench, late: ev.Event, noted: str) -> None:
    outcome = confirmed.state.amendments["A1"].outcome
    for _ in range(2):
        confirmed.apply(late)
    assert confirmed.stage() is AmendmentStage.CONFIRMED
    assert confirmed.state.amendments["A1"].outcome == outcome
    assert [entry.text for entry in confirmed.row().history].count(noted) == 1
    late_rungs = [rung for rung in confirmed.state.amendments["A1"].rungs if rung.late]
    is_answer = not isinstance(late, ev.AmendmentUnanswered)
    assert [rung.count for rung in late_rungs] == [2] * is_answer, "each answer to our request stands on the ladder"
    assert confirmed.state.amendments["A1"].latest.stage is AmendmentStage.CONFIRMED


@pytest.mark.parametrize("seconds, told", [(1, True), (3600, False)])
def test_an_order_that_ended_about_when_its_change_was_refused_is_told_first(seconds: int, told: bool) -> None:
    bench = Bench()
    bench.listed(order())
    bench.sent(amendment(order()))
    bench.apply(ev.AmendmentRefused("toy", T0 + 5, "A1", "7", "Not possible."))
    bench.now += seconds * SECOND
    for _ in range(2):
        bench.seen(order(filled=Decimal(2), status=OrderStatus.FILLED))
    outcome = bench.state.amendments["A1"].outcome
    filled = "The order was filled (2) before the change took effect. "
    assert outcome == (f"{filled}Not possible." if told else "Not possible.")
    assert bench.stage() is AmendmentStage.REFUSED


def test_a_push_of_a_cancel_while_amending_is_looked_up_before_it_is_believed() -> None:
    bench = Bench()
    bench.listed(order())
    bench.sent(amendment(order()))
    bench.now += 2
    asked = bench.count(LookUp)
    bench.seen(order(status=OrderStatus.CANCELLED))
    assert (bench.row().order.status, bench.stage()) == (OrderStatus.WORKING, AmendmentStage.WRITTEN)
    assert bench.count(LookUp) == asked + 1
    bench.now += 1
    bench.seen(order(price=Decimal(101)), asked_at=bench.now)
    assert (bench.row().order.is_open, bench.stage()) == (True, AmendmentStage.CONFIRMED)


def test_a_look_up_that_shows_the_cancel_settles_it() -> None:
    bench = Bench()
    bench.listed(order())
    bench.sent(amendment(order()))
    for asked_at in (None, T0 + 9):
        bench.now += 4
        bench.seen(order(status=OrderStatus.CANCELLED), asked_at=asked_at)
    assert (bench.row().order.status, bench.stage()) == (OrderStatus.CANCELLED, AmendmentStage.OVERTAKEN)


def test_a_cancel_a_person_asked_for_is_believed_at_once() -> None:
    bench = Bench()
    bench.listed(order())
    bench.sent(amendment(order()))
    bench.apply(ev.CancelRequested("toy", T0 + 1, bench.row().key))
    bench.now += 2
    bench.seen(order(status=OrderStatus.CANCELLED))
    assert (bench.row().order.status, bench.stage()) == (OrderStatus.CANCELLED, AmendmentStage.OVERTAKEN)


def test_a_doubtful_end_under_a_new_id_is_looked_up_and_cancelled_under_that_id() -> None:
    bench = Bench()
    bench.listed(order())
    bench.sent(amendment(order(), id_after=IdAfter.NEW))
    bench.now += 2
    bench.seen(order("o2", price=Decimal(101), status=OrderStatus.CANCELLED))
    assert (bench.row().order.order_id, bench.row().target.order_id) == ("o1", "o2")
    bench.apply(ev.CancelRequested("toy", bench.now, bench.row().key))
    asked = [effect.order.order_id for effect in bench.effects if isinstance(effect, LookUp | SendCancel)]
    assert asked == ["o2", "o2"]


def test_an_order_a_person_cancelled_after_the_refusal_explains_nothing() -> None:
    bench = Bench()
    bench.listed(order())
    bench.sent(amendment(order()))
    bench.apply(ev.AmendmentRefused("toy", T0 + 5, "A1", "7", "Not possible."))
    bench.apply(ev.CancelRequested("toy", T0 + 6, bench.row().key))
    bench.now += 10
    bench.seen(order(status=OrderStatus.CANCELLED))
    assert bench.state.amendments["A1"].outcome == "Not possible."

"""Which orders may leave the state, and what is left of them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.desk.effects import LookUp
from app.desk.fold.forgetting import DAY, KEPT_AMENDMENTS, KEPT_FOR, may_leave, row_that_leaves, spare_amendments
from app.desk.fold.late_news import is_late_news as is_late_news
from app.desk.state import KEPT_GONE, KEPT_LINES, Doubt
from app.domain import events as ev
from app.domain.amendment import AmendmentStage, Source
from app.domain.evidence import SECOND
from app.domain.order import Fill, OrderStatus
from tests.desk.fold.test_reducer import Bench
from tests.helpers.toy_venue import T0, ToyRulebook, amendment, order

POLICY = ToyRulebook().evidence


def ended(status: OrderStatus = OrderStatus.CANCELLED) -> Bench:
    """A row whose order has ended."""
    bench = Bench()
    bench.listed(order())
    bench.now += SECOND
    bench.seen(order(status=status))
    return bench


def may(bench: Bench, at: int) -> bool:
    return may_leave(bench.state, bench.row(), POLICY, at)


def forget(bench: Bench, order_id: str = "o1") -> None:
    row = row_that_leaves(bench.state, bench.row(order_id))
    bench.apply(ev.OrdersForgotten("toy", bench.now, (row,)))


def test_an_ended_order_may_leave_some_time_after_the_last_news() -> None:
    bench = ended()
    assert not may(bench, bench.now + KEPT_FOR - 1)
    assert may(bench, bench.now + KEPT_FOR)


def test_an_open_order_never_does() -> None:
    bench = Bench()
    bench.listed(order())
    assert not may(bench, bench.now + 10 * DAY)


@pytest.mark.parametrize(
    "change",
    [{"cancelling": True}, {"doubt": Doubt(T0, Source.PUSH, "odd")}, {"ended": order()}],
    ids=lambda change: next(iter(change)),
)
def test_nothing_that_is_not_resolved_leaves(change: dict[str, object]) -> None:
    bench = ended()
    for name, value in change.items():
        setattr(bench.row(), name, value)
    assert not may(bench, bench.now + 10 * DAY)


def test_one_of_which_nobody_tells_how_it_ended_stays_a_day() -> None:
    bench = ended(OrderStatus.ENDED)
    assert not may(bench, bench.now + DAY - 1)
    assert may(bench, bench.now + DAY)


@pytest.mark.parametrize(
    "stage, missing, stays",
    [
        (AmendmentStage.UNKNOWN, "", 10 * DAY),
        (AmendmentStage.ACKNOWLEDGED, "", 10 * DAY),
        (AmendmentStage.OVERTAKEN, "whether it was made", DAY),
        (AmendmentStage.CONFIRMED, "", KEPT_FOR),
    ],
)
def test_an_amendment_without_its_outcome_keeps_its_row(stage: AmendmentStage, missing: str, stays: int) -> None:
    bench = Bench()
    bench.listed(order())
    bench.sent(amendment(order()))
    made = bench.state.amendments["A1"]
    bench.state.amendments["A1"] = replace(made, stage=stage, missing=missing)
    bench.row().order = order(status=OrderStatus.FILLED, filled=Decimal(2))
    assert not may(bench, bench.now + stays - SECOND)
    assert may(bench, bench.now + stays + SECOND) is (stays < 10 * DAY)


def test_an_amendment_that_may_still_land_keeps_its_row_for_the_venues_times() -> None:
    bench = ended()
    late = replace(amendment(order()), stage=AmendmentStage.NOT_APPLIED, written_at=bench.now)
    at = late.rungs[-1].at + KEPT_FOR
    bench.state.amendments["A1"] = late
    bench.row().amendments.append("A1")
    slow = replace(POLICY, answer_within=2 * KEPT_FOR)
    assert not may_leave(bench.state, bench.row(), slow, at + KEPT_FOR)
    assert may_leave(bench.state, bench.row(), slow, at + 3 * KEPT_FOR)


def test_what_was_forgotten_leaves_nothing_but_its_ids() -> None:
    bench = ended()
    bench.sent(amendment(order(), number=7))
    bench.state.amendments["A7"] = replace(bench.state.amendments["A7"], stage=AmendmentStage.CONFIRMED)
    forget(bench)
    state = bench.state
    assert not state.lineages
    assert not state.by_id
    assert not state.amendments
    assert state.gone == {("toy", "o1"): bench.now}
    assert state.highest_request == 7


def test_an_order_that_opened_again_meanwhile_is_not_forgotten() -> None:
    bench = ended()
    row = row_that_leaves(bench.state, bench.row())
    bench.row().order = order()
    bench.apply(ev.OrdersForgotten("toy", bench.now, (row,)))
    assert bench.row().order.is_open


def test_a_late_message_makes_no_new_row_and_is_asked_about() -> None:
    bench = ended()
    forget(bench)
    bench.seen(order(filled=Decimal(1)))
    assert not bench.state.lineages
    assert bench.effects[-1] == LookUp("toy", order(filled=Decimal(1)))
    bench.seen(order(status=OrderStatus.CANCELLED))
    assert bench.count(LookUp) == 1, "of its end nothing is asked"


def test_a_read_from_before_makes_no_row_and_one_from_after_does() -> None:
    bench = ended()
    forget(bench)
    bench.listed(order(), asked_at=bench.now - 1)
    assert not bench.state.lineages
    bench.seen(order(), asked_at=bench.now + 1)
    assert bench.row().order.is_open
    assert not bench.state.gone


def test_a_late_execution_waits_for_no_row() -> None:
    bench = ended()
    forget(bench)
    late = Fill("toy", "f1", "o1", "AB", order().side, Decimal(100), Decimal(1), T0)
    bench.apply(ev.FillSeen("toy", bench.now, late, Source.PUSH))
    assert not bench.state.accounts["toy"].unplaced


def test_an_execution_that_nobody_claims_waits_no_longer_than_a_row_stays() -> None:
    bench = ended()
    bench.apply(
        ev.FillSeen(
            "toy", bench.now, Fill("toy", "f", "x", "AB", order().side, Decimal(1), Decimal(1), T0), Source.PUSH
        )
    )
    assert bench.state.accounts["toy"].unplaced
    bench.now += KEPT_FOR + 1
    forget(bench)
    assert not bench.state.accounts["toy"].unplaced


def test_of_many_amendments_of_a_living_order_the_last_stay() -> None:
    bench = Bench()
    bench.listed(order())
    for number in range(1, KEPT_AMENDMENTS + 6):
        bench.sent(amendment(order(), number=number, at=bench.now))
        made = bench.state.amendments[f"A{number}"]
        bench.state.amendments[f"A{number}"] = replace(made, stage=AmendmentStage.CONFIRMED, missing="")
    at = bench.now + KEPT_FOR
    spare = spare_amendments(bench.state, bench.row(), POLICY, at)
    assert [each.amendment_id for each in spare] == [f"A{number}" for number in range(1, 6)]
    assert not spare_amendments(bench.state, bench.row(), POLICY, at - 1)
    row = ev.ForgottenRow("toy/o1", ("o1",), tuple(spare), whole=False)
    bench.apply(ev.OrdersForgotten("toy", at, (row,)))
    assert len(bench.row().amendments) == len(bench.state.amendments) == KEPT_AMENDMENTS


def test_ids_and_lines_are_bounded() -> None:
    bench = Bench()
    for number in range(KEPT_GONE + 5):
        bench.state.gone[("toy", f"x{number}")] = bench.now
    bench.apply(ev.OrdersForgotten("toy", bench.now + KEPT_FOR, ()))
    assert len(bench.state.gone) == KEPT_GONE + 5, "late news of each may still come"
    bench.apply(ev.OrdersForgotten("toy", bench.now + KEPT_FOR + 1, ()))
    assert len(bench.state.gone) == KEPT_GONE
    bench.listed(order())
    for cents in range(3 * KEPT_LINES):
        bench.seen(order(price=Decimal(cents + 101)))
    row = bench.row()
    assert len(row.history) == KEPT_LINES
    assert row.told_before == 2 * KEPT_LINES

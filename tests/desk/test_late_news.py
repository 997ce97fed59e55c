"""Answers that come after something else has settled an amendment: noted in the history, changing nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain import events as ev
from app.domain.amendment import AmendmentStage
from tests.desk.test_fold import Bench
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

"""Words for a row of the record."""

from __future__ import annotations

import pytest

from app.desk.journal.codec import EVENTS
from app.desk.replay.record import Step
from app.ui.replay.words import CUT_OFF, PASSED_OVER, event_words, step_words


@pytest.mark.parametrize("kind", [*EVENTS, "Session", "SessionEnded", "ClockRead", "Checkpoint", "LeftBehind"])
def test_every_kind_has_words(kind: str) -> None:
    words = event_words(Step(7, 0, kind, "Main"))
    assert words.endswith(" · Main")
    assert words[0].islower()
    assert kind not in words


def test_a_step_says_where_it_is() -> None:
    step = Step(90_001, 0, "AmendmentWritten", "Main")
    words = step_words(1_234, 100_000, step).replace("\u202f", "")
    assert words == "row 1234 of 100000 · amendment written · Main"
    ended = step_words(1_234, 1_234, step, cut_off=True)
    assert ended.endswith(f" · {CUT_OFF}")
    assert CUT_OFF not in step_words(1_233, 1_234, step, cut_off=True)
    assert step_words(0, 5, None) == "before the first of 5 rows"
    assert step_words(5, 5, Step(5, 0, "SessionEnded", "")) == "row 5 of 5 · the ticket ended in order"


def test_nothing_an_order_hangs_on_is_passed_over() -> None:
    assert {"AmendmentRequested", "OrderSeen", "FillSeen", "LinkChanged", "Noticed"}.isdisjoint(PASSED_OVER)

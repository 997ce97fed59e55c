"""Words for a row of the record."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.desk.journal.codec import EVENTS
from app.desk.replay.record import Step, read
from app.ui.look.numbers import dated
from app.ui.replay.words import CUT_OFF, PASSED_OVER, event_words, outside_words, step_words
from tests.helpers.toy_journal import toy_journal


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


async def test_a_moment_outside_the_record_is_told(tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    record = read(await toy_journal(tmp_path / "journal.db"), tmp_path / "copy")
    first, last = record.moment(1), record.moment(len(record.steps))
    assert outside_words(record, first - 1) == f"The record begins at {dated(first)}; shown is its first moment."
    assert outside_words(record, last + 1) == f"The record ends at {dated(last)}; shown is its last moment."
    assert {outside_words(record, moment) for moment in (first, (first + last) // 2, last)} == {""}


def test_nothing_an_order_hangs_on_is_passed_over() -> None:
    assert {"AmendmentRequested", "OrderSeen", "FillSeen", "LinkChanged", "Noticed"}.isdisjoint(PASSED_OVER)

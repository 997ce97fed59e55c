"""A moment that no calendar has ends nothing: it is said to be none."""

from __future__ import annotations

import pytest

from app.cli.shapes import when as cli_when
from app.domain.instants import NO_MOMENT, in_seconds, utc
from app.ui.look.numbers import clock, when


@pytest.mark.parametrize("value", [10**30, -(10**30), 253_402_300_800 * 10**9, 1_700_000_000_000_000 * 10**9])
def test_an_impossible_time_is_shown_as_that(value: int) -> None:
    assert utc(value) is None
    assert NO_MOMENT in str(cli_when(value))
    assert clock(value) == NO_MOMENT
    assert when(value, 0) == NO_MOMENT


@pytest.mark.parametrize("value", [253_402_300_799 * 10**9, -62_135_596_800 * 10**9, 0])
def test_the_rim_of_the_calendar_is_shown(value: int) -> None:
    assert utc(value) is not None
    assert clock(value)
    assert cli_when(value)


@pytest.mark.parametrize(
    "seconds, words", [(29.99994, "30 s"), (30, "30 s"), (0.5, "0.5 s"), (1.26, "1.3 s"), (119.951, "120 s")]
)
def test_what_a_clock_took_off_a_round_length_is_not_shown(seconds: float, words: str) -> None:
    assert in_seconds(seconds) == words

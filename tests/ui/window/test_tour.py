"""The tour's table: a mark for what came out as the venue said it would, and the same for a program."""

from __future__ import annotations

import json
from dataclasses import replace

from app.ui.window.tour import TourStop, as_json, summary

STOP = TourStop(
    account="toy",
    title="Price",
    order="o1",
    asked="price=101",
    expected="confirmed",
    stage="confirmed",
    outcome="Confirmed by a push.",
    seconds="0.4 s",
    pictures=("1.png", "2.png", "3.png"),
)


def test_a_stop_that_ended_otherwise_is_marked() -> None:
    other = replace(STOP, title="A longer step", stage="refused", outcome="Refused.")
    assert (STOP.as_expected, other.as_expected) == (True, False)
    head, first, second = summary([STOP, other]).splitlines()
    assert (first[0], second[0]) == ("✓", "✕")
    assert head.index("Outcome") == first.index("Confirmed by") == second.index("Refused.")
    assert [each["as_expected"] for each in json.loads(as_json([STOP, other]))] == [True, False]

"""The report on drills: a mark for each, what was seen instead, and the same for a program."""

from __future__ import annotations

import json

from app.cli import drill_report
from app.drills.checks.registry import Weighed
from app.drills.language import Expect
from app.drills.play import Played
from app.drills.scenarios import SCENARIOS

HELD = Played(6, "bitso", "", (Weighed(Expect("struck"), ""),), "", 0.51, None)
BROKEN = Played(17, "qfex", "twice", (Weighed(Expect("sent", {"times": 1}), "sent 2 times"),), "", 1.0, None)
NOT_HERE = [(3, "bitget", "It has no such message.")]


def test_what_did_not_hold_tells_what_was_seen() -> None:
    lines = drill_report.played([HELD, BROKEN], NOT_HERE).splitlines()
    assert lines[0] == f"✓  6  bitso       {SCENARIOS[6].title}  0.5 s"
    assert lines[1] == f"✕ 17  qfex        {SCENARIOS[17].title} (twice)  1.0 s"
    assert lines[2].strip() == "sent times=1: sent 2 times"
    assert lines[3].endswith("not producible: It has no such message.")
    assert lines[-1] == "1 of 2 drills held; 1 not producible on a venue."


def test_a_program_reads_the_same() -> None:
    document = json.loads(drill_report.played_json([HELD, BROKEN], NOT_HERE))
    assert (document["held"], document["played"]) == (1, 2)
    assert [each["held"] for each in document["drills"]] == [True, False]
    assert document["drills"][1]["checks"][0]["seen"] == "sent 2 times"
    listed = json.loads(drill_report.listing_json(("bitso",)))["drills"]
    assert [each["number"] for each in listed] == sorted(SCENARIOS)
    assert all(set(each["venues"]) == {"bitso"} for each in listed)

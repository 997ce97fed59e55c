"""`redline drill` as a process: it starts its own practice venues and tells in its exit code whether all held."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from app.drills.language import NotHere, drills_of
from app.drills.scenarios import SCENARIOS
from app.practice.world import find_venues
from tests.end_to_end.conftest import REDLINE, Done

#: Drills that are over in a second or two.
QUICK = (2, 6, 17)


def drill(folder: Path, *arguments: str) -> Done:
    command, around = [str(REDLINE), "drill", *arguments], {**os.environ, "TMPDIR": str(folder)}
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=folder, env=around)
    assert "Traceback" not in ended.stderr, ended.stderr
    return Done(ended.returncode, ended.stdout, ended.stderr)


@pytest.mark.parametrize("number", QUICK)
def test_a_drill_is_run_on_every_venue_that_has_it(tmp_path: Path, number: int) -> None:
    done = drill(tmp_path, str(number), "--json")
    told: dict[str, Any] = done.json
    assert done.code == 0, told
    assert done.err == ""
    assert {each["venue"] for each in told["drills"]} | {each["venue"] for each in told["not_producible"]} == set(
        find_venues()
    )
    assert told["held"] == told["played"] == len(told["drills"]) > 0
    for each in told["drills"]:
        assert (each["number"], each["title"]) == (number, SCENARIOS[number].title)
        assert each["held"] is True
        assert each["trouble"] is None
        assert {"struck", "sent_once"} <= {check["check"] for check in each["checks"]}
        assert each["amendment"]["ladder"][0]["stage"] == "draft"
    assert list(tmp_path.iterdir()) == [], "a drill leaves nothing behind"


def test_one_venue_can_be_chosen_and_a_person_reads_a_line(tmp_path: Path) -> None:
    venue = find_venues()[0]
    done = drill(tmp_path, "17", "--venue", venue)
    assert done.code == 0
    first, *_, last = done.out.strip().splitlines()
    assert first.startswith(f"✓ 17  {venue}")
    assert last == "1 of 1 drills held; 0 not producible on a venue."


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_drill_that_is_stopped_says_so_and_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    command, around = [str(REDLINE), "drill", "10"], {**os.environ, "TMPDIR": str(tmp_path)}
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=around)
    for _ in range(500):
        if any(tmp_path.rglob("*.db")):
            break
        time.sleep(0.02)
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (4, "")
    assert err == "redline: Interrupted; the drills were not played to the end.\n"
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_brought_about_is_told_and_is_no_success(tmp_path: Path) -> None:
    number, venue, reason = next(
        (number, venue, found.reason)
        for venue in find_venues()
        for number, found in drills_of(venue).items()
        if isinstance(found, NotHere)
    )
    done = drill(tmp_path, str(number), "--venue", venue, "--json")
    assert done.code == 2
    assert done.json["drills"] == []
    assert [(each["number"], each["reason"]) for each in done.json["not_producible"]] == [(number, reason)]
    assert reason in drill(tmp_path, str(number), "--venue", venue).out


def test_the_list_names_all_52_and_every_reason(tmp_path: Path) -> None:
    done = drill(tmp_path, "--list", "--json")
    assert done.code == 0
    assert [each["number"] for each in done.json["drills"]] == list(range(1, 53))
    for each in done.json["drills"]:
        assert set(each["venues"]) == set(find_venues())
        assert all(("reason" in here) != ("drills" in here) for here in each["venues"].values())
    listed = drill(tmp_path, "--list").out
    assert all(scenario.title in listed for scenario in SCENARIOS.values())


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        ((), "Name a drill by its number, or give --all or --list."),
        (("99",), "There is no drill 99; they are numbered 1 to 52."),
        (("6", "--all"), "Give a number or --all, not both."),
        (("6", "--venue", "nowhere"), "There is no practice venue “nowhere”"),
    ],
)
def test_a_wrong_command_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    done = drill(tmp_path, *arguments, "--json")
    assert done.code == 2
    assert sentence in done.err
    assert json.loads(done.out)["exit"] == 2

"""The tour as a process: the real window on practice venues of its own, pictures, a table, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from app.practice.world import find_venues
from tests.end_to_end.conftest import REDLINE
from tests.helpers.shots import ink

#: Guards against a hang; nothing is measured.
PATIENCE = 120.0

VENUES = set(find_venues())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the tour's own practice venues keep their files."""
    found = tmp_path / "temporary"
    found.mkdir()
    return found


def started(folder: Path, home: Path) -> subprocess.Popen[str]:
    """A tour that writes into a folder, on the platform of this test run."""
    command = [str(REDLINE), "tour", "--out", str(folder)]
    environment = os.environ | {"TMPDIR": str(home)}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, cwd=home.parent, stdout=pipe, stderr=pipe, text=True)


def until(condition: Callable[[], object], what: str) -> None:
    """Wait until something is so."""
    for _ in range(int(PATIENCE / 0.05)):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"never came: {what}")


def children(home: Path) -> list[str]:
    """The practice venues that still run for that tour."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = each.read_bytes().decode(errors="replace")
        except OSError:  # it ended while we looked
            continue
        if str(home) in words:
            found.append(words.replace("\0", " "))
    return found


def check_walk(folder: Path, home: Path) -> None:
    """Walk the tour and look at all it leaves."""
    tour = started(folder, home)
    out, err = tour.communicate(timeout=PATIENCE)
    assert tour.returncode == 0, out + err
    assert err == ""
    stops = json.loads((folder / "summary.json").read_text())
    table = (folder / "summary.txt").read_text()
    assert table.strip() in out, "the table is printed and kept"
    assert {stop["pictures"][0].split("-")[1] for stop in stops} == VENUES, "an amendment on each venue"
    assert all(stop["stage"] == stop["expected"] and stop["as_expected"] for stop in stops)
    assert [stop["expected"] for stop in stops].count("confirmed") >= len(VENUES)
    assert "refused" in {stop["expected"] for stop in stops}, "and one refusal"
    for stop in stops:
        assert stop["outcome"] in table
        assert stop["asked"] in table
    assert table.count("✓") == len(stops)

    pictures = sorted(folder.glob("*.png"))
    assert [picture.name for picture in pictures][1:] == [name for stop in stops for name in stop["pictures"]]
    seen = [QImage(str(picture)) for picture in pictures]
    for picture, image in zip(pictures, seen, strict=True):
        assert (image.width(), image.height()) >= (1600, 1000), picture.name
        assert ink(image) > 100, f"{picture.name} is empty"
    for before, after in zip(seen[1::3], seen[3::3], strict=True):
        assert before != after, "the amendment is seen"

    assert children(home) == []
    assert list(home.iterdir()) == []


def test_the_tour_ends_well_and_shows_every_venue(tmp_path: Path, home: Path) -> None:
    check_walk(tmp_path / "tour", home)


@pytest.mark.xvfb
def test_the_tour_ends_well_on_a_screen(tmp_path: Path, home: Path) -> None:
    assert os.environ.get("QT_QPA_PLATFORM") == "xcb"
    assert os.environ.get("DISPLAY")
    check_walk(tmp_path / "tour", home)


def test_the_practice_venues_end_with_a_window_that_is_killed(tmp_path: Path, home: Path) -> None:
    tour = started(tmp_path / "tour", home)
    until(lambda: list(home.glob("*/practice.toml")), "the practice venues")
    assert len(children(home)) == 1
    tour.send_signal(signal.SIGKILL)
    tour.communicate(timeout=PATIENCE)
    until(lambda: not children(home), "the end of the practice venues")


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path, home: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    tour = started(file / "tour", home)
    out, err = tour.communicate(timeout=PATIENCE)
    assert (tour.returncode, out) == (2, "")
    assert err.startswith("redline: ")
    assert "--out" in err
    assert err.count("\n") == 1

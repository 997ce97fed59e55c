"""The fuzz benchmark: its mutants are what they are called, it finds planted faults, and a small run finds none."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from app.practice.world import find_venues
from tests.benchmarks.fuzz_desk import why_insane
from tests.benchmarks.fuzz_mutants import FIGURES, IDS, SIDES, closed, mutant, opened
from tests.helpers.toy_venue import order

pytestmark = pytest.mark.sockets

ROWS = {
    "bitget": {
        "topic": "order",
        "data": [{"orderId": "7", "price": "1.5", "qty": "2", "cumExecQty": "0", "side": "buy"}],
    },
    "alphapoint": {"m": 3, "o": json.dumps({"OrderId": 7, "Price": 1.5, "Quantity": 2, "Side": "Buy"})},
}


@pytest.mark.parametrize("venue", ROWS)
def test_mutants_are_what_they_are_called(venue: str) -> None:
    text = json.dumps(ROWS[venue])
    kinds: set[str] = set()
    for seed in range(600):
        made = mutant(text, [text, "[1]"], venue, random.Random(seed))
        assert made == mutant(text, [text, "[1]"], venue, random.Random(seed)), "the seed says it all"
        kinds.add(made.kind)
        if made.kind == "no JSON":
            with pytest.raises((ValueError, RecursionError)):
                json.loads(made.text)
        elif made.kind == "poisoned":
            assert made.order_id == "7"
            assert made.note.split()[0] in FIGURES[venue] + SIDES[venue]
            assert IDS[venue] in made.text
            assert closed(opened(json.loads(made.text))) != ROWS[venue]
    assert kinds == {"no JSON", "poisoned", "other"}


def test_an_order_that_cannot_be_is_recognised() -> None:
    assert why_insane(order()) == ""
    for changes in (
        {"price": Decimal("NaN")},
        {"price": Decimal(-1)},
        {"quantity": Decimal("Infinity")},
        {"filled": Decimal(99)},
        {"order_id": ""},
        {"symbol": "\ud800"},
    ):
        assert why_insane(order(**changes)), changes


#: A fault planted in the reading path of a venue: what is no JSON leaves as an exception.
PLANTED = """
import sys
from app.venues.bitget.link.sockets import PrivateStream
from tests.benchmarks import fuzz
take = PrivateStream.frame
def frame(self, socket, text):
    if not text.endswith("}"):
        raise KeyError("planted")
    take(self, socket, text)
PrivateStream.frame = frame
sys.exit(fuzz.main())
"""


def run(repo_root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(repo_root)}
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=repo_root,
        env=environment,
        check=False,
        timeout=200,
    )


@pytest.mark.slow
def test_a_planted_fault_is_found(repo_root: Path) -> None:
    done = run(repo_root, "-c", PLANTED, "--venue", "bitget", "--messages", "300", "--processes", "1")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "KeyError: 'planted'" in done.stdout


#: A fault planted in the window: it cannot draw a row that was touched.
PLANTED_IN_WINDOW = """
import sys
from app.ui.orders.rows import DeskRows
from tests.benchmarks import fuzz
def note(self, key):
    raise KeyError("planted")
DeskRows.made = note
sys.exit(fuzz.main())
"""

#: The process of the window ends as by a fault of Qt.
ENDED = """
import os, sys
from app.ui.orders.view import OrderView
from tests.benchmarks import fuzz
OrderView.row_as_cells = lambda self: os.abort()
sys.exit(fuzz.main())
"""


@pytest.mark.slow
@pytest.mark.parametrize("planted, found", [(PLANTED_IN_WINDOW, "KeyError: 'planted'"), (ENDED, "1\n")])
def test_a_planted_fault_of_the_window_is_found(repo_root: Path, planted: str, found: str) -> None:
    small = ("--venue", "bitso", "--messages", "1000", "--processes", "1", "--window")
    done = run(repo_root, "-c", planted, *small)
    assert done.returncode == 1, done.stdout + done.stderr
    assert found in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("venue, more", [*((each, ()) for each in find_venues()), ("bitso", ("--window",))])
def test_a_small_run_finds_no_fault(venue: str, more: tuple[str, ...], repo_root: Path) -> None:
    count = "1000" if more else "300"
    done = run(
        repo_root, "-m", "tests.benchmarks.fuzz", "--venue", venue, "--messages", count, "--processes", "1", *more
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{venue:<11}{int(count):>10,}" in done.stdout

"""A few bugs planted where small tests must catch them; `python -m tests.simulation.planted` plants all of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.planted import IN_THE_FOLD, IN_THE_VENUES, PLANTED, misfits


@pytest.mark.slow
@pytest.mark.parametrize("some", ["Bitget: a code", "QFEX: any new", "a cut list"])
def test_a_planted_bug_is_caught(repo_root: Path, some: str) -> None:
    assert sum(some in each.name for each in PLANTED) == 1
    command = [sys.executable, "-m", "tests.simulation.planted", "--only", some]
    done = subprocess.run(command, cwd=repo_root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 of 1 caught" in done.stdout


def test_every_planted_bug_still_fits_the_code(repo_root: Path) -> None:
    assert misfits() == []
    assert all((repo_root / each.tests).exists() for each in PLANTED)
    assert len({each.name for each in PLANTED}) == len(PLANTED)
    assert len(IN_THE_VENUES) >= 20
    assert len(IN_THE_FOLD) >= 10

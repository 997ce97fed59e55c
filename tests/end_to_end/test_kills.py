"""A live ticket killed at random instants; `python -m tests.benchmarks.kills` does it two hundred times."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.kills import World


def test_killed_at_any_instant_nothing_is_lost_doubled_or_told_wrongly(tmp_path: Path, repo_root: Path) -> None:
    report = World(tmp_path, seed=7).run(4, repo_root)
    assert report.faults == []
    assert report.kills == 4
    assert report.intents >= report.requests > 0

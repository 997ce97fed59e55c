"""Each configuration has a journal of its own, in the user's state directory."""

from __future__ import annotations

import os
from pathlib import Path

from app.runtime.opening import journal_path


def test_one_journal_for_each_configuration(tmp_path: Path) -> None:
    state = Path(os.environ["XDG_STATE_HOME"]) / "redline"
    here, there = tmp_path / "a" / "desk.toml", tmp_path / "b" / "desk.toml"
    assert journal_path(here) == journal_path(tmp_path / "a" / "x" / ".." / "desk.toml")
    assert journal_path(here) != journal_path(there)
    assert journal_path(here).parent.parent == state
    assert journal_path(here).parent.name.startswith("desk-")

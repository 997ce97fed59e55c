"""Titles of commits say the area first and fit into one line of a log."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest


def refusal(root: Path, message: Path) -> str:
    """Return what the hook says of a message; empty where it lets it pass."""
    command = ["sh", str(root / "resources/commit-title.sh"), str(message)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


@pytest.mark.parametrize(
    "title, complaint",
    [
        ("venues: read both clocks once", ""),
        ("practice, simulation: undo the four circles of imports", ""),
        ("ui: show “–” where nothing is known, in any one of the rows", ""),
        ("Merge branch 'main'", ""),
        ("Read both clocks once", "area"),
        ("venues:read both clocks once", "area"),
        ("venues: " + "x" * 53, "61 characters"),
    ],
)
def test_a_title_has_an_area_and_sixty_characters(repo_root: Path, tmp_path: Path, title: str, complaint: str) -> None:
    message = tmp_path / "message"
    message.write_text(f"{title}\n\nWhy it was needed.\n", encoding="utf-8")
    answer = refusal(repo_root, message)
    assert complaint in answer
    assert bool(answer) is bool(complaint)

"""The way back into the program: a frozen one is its own interpreter, and its children are not taken for verbs."""

from __future__ import annotations

import multiprocessing
import runpy
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from app.runtime.own_door import own_door


def test_a_frozen_program_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert own_door() == [sys.executable, "-P", "-m", "app"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert own_door() == [sys.executable]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--multiprocessing-fork", "tracker_fd=5", "pipe_handle=7"),
        ("-B", "-S", "-I", "-c", "from multiprocessing.resource_tracker import main;main(4)"),
        ("--version",),
    ],
)
def test_the_door_lets_children_of_a_frozen_program_do_their_work_first(
    arguments: tuple[str, ...], repo_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def child() -> NoReturn:
        raise SystemExit(77)

    monkeypatch.setattr(multiprocessing, "freeze_support", child)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "argv", ["redline", *arguments])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(repo_root / "app/__main__.py"), run_name="__main__")
    assert ended.value.code == 77

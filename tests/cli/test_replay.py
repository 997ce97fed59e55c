"""Before the window of a replay: a file that is none is told on standard error, and no window opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.parser import read_arguments
from app.cli.replay import look
from tests.helpers.journals import made


def test_a_journal_is_let_through(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = made(tmp_path / "journal.db")
    assert look(read_arguments(["open", str(path)])) == 0
    assert capsys.readouterr() == ("", "")


def test_anything_else_is_told_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert look(read_arguments(["open", str(tmp_path / "none.db")])) == 2
    told = capsys.readouterr().err
    assert told.startswith("redline: There is no file ")
    assert told.count("\n") == 1


def test_a_moment_may_be_named() -> None:
    arguments = read_arguments(["open", "journal.db", "--at", "2026-11-21T09:30:05.120+01:00"])
    assert (arguments.file, arguments.at) == (Path("journal.db"), 1_795_249_805_120_000_000)
    assert read_arguments(["open", "journal.db"]).at is None

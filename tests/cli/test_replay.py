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


@pytest.mark.parametrize(
    "words,sentence",
    [
        ([], "No journal is named; write redline open FILE, such as redline open journal.db."),
        (["a.db", "b.db"], "“b.db” is one word too many; "),
        (["a.db", "--at", "2026-11-21", "09:30"], "“09:30” is one word too many; "),
    ],
)
def test_one_file_is_named(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        read_arguments(["open", *words])
    assert ended.value.code == 2
    if words:
        sentence += "name one journal, and put a time with a space in it in quotes."
    assert capsys.readouterr() == ("", f"redline: {sentence}\n")


def test_an_option_that_is_none_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read_arguments(["open", "a.db", "--foo"])
    assert "unrecognized arguments: --foo" in capsys.readouterr().err

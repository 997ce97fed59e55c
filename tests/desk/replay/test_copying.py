"""Copying a journal: no byte of it changes, it is of one moment, and what is no journal is refused in one sentence."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from pathlib import Path

import pytest

from app.desk.journal.reading import rows
from app.desk.journal.writer import Journal
from app.desk.replay import copying
from app.desk.replay.copying import NotReplayed, copied, refusal
from tests.helpers.journals import made, note, tampered
from tests.helpers.toy_journal import toy_journal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "copy"
    copy.mkdir()
    return copy


def prints(folder: Path) -> dict[str, tuple[str, int]]:
    """Hash of every file of a folder, and when it was changed."""
    return {
        each.name: (hashlib.sha256(each.read_bytes()).hexdigest(), each.stat().st_mtime_ns)
        for each in folder.iterdir()
        if each.is_file()
    }


async def test_nothing_of_a_closed_journal_changes(tmp_path: Path, folder: Path) -> None:
    path = await toy_journal(tmp_path / "journal.db")
    before = prints(tmp_path)
    assert "journal.db" in before
    ((_, copy),) = copied(path, folder)
    assert len(list(rows(copy))) > 20
    assert prints(tmp_path) == before


def test_beside_a_ticket_that_writes_it_all_that_was_written_is_copied(tmp_path: Path, folder: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    try:
        for number in range(50):
            journal.append(note(number))
        assert journal.flush()
        before = prints(tmp_path)
        assert before["journal.db-wal"][0] != hashlib.sha256(b"").hexdigest(), "there is a log"
        ((_, copy),) = copied(tmp_path / "journal.db", folder)
        assert [row.kind for row in rows(copy)].count("Noticed") == 50
        assert prints(tmp_path) == before
    finally:
        journal.close()


async def test_a_file_that_changes_meanwhile_is_copied_again(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await toy_journal(tmp_path / "journal.db")
    calls: list[Path] = []
    real = copying.cmp

    def changing(one: Path, two: Path, shallow: bool) -> bool:
        calls.append(one)
        return len(calls) > 2 and real(one, two, shallow=shallow)

    monkeypatch.setattr(copying, "cmp", changing)
    assert len(copied(path, folder)) == 1
    assert len(calls) == 3
    monkeypatch.setattr(copying, "cmp", lambda *_, **__: False)
    with pytest.raises(NotReplayed, match="written to without a pause"):
        copied(path, folder)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    assert refusal(path).startswith(f"There is no file {path};")
    with pytest.raises(NotReplayed, match="There is no file"):
        copied(path, tmp_path)


def test_a_folder_and_a_pipe_are_refused_unopened(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "is no regular file" in refusal(tmp_path / "pipe")


@pytest.mark.parametrize(
    "content,words",
    [
        (b"", "is an empty file"),
        (b"Salted__" + bytes(range(200, 0, -1)), "encrypted or packed"),
        (b"# README\n", "no journal of Redline"),
    ],
)
def test_what_is_no_journal_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "file.db"
    path.write_bytes(content)
    assert words in refusal(path)


def test_a_database_of_others_and_a_newer_journal_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE t(x)")
    db.close()
    assert "another program" in refusal(path)
    newer = made(tmp_path / "journal.db")
    tampered(newer, "PRAGMA user_version = 99")
    assert refusal(newer).endswith("(schema 99, this one reads up to 2); open it with that version.")


def test_the_systems_no_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(tmp_path / "journal.db")
    errors = iter([PermissionError(13, "Permission denied"), OSError(5, "Input/output error")])

    def refused(*_: object) -> None:
        raise next(errors)

    monkeypatch.setattr(Path, "open", refused)
    assert "may not be read by this user; ask its owner" in refusal(path)
    assert "cannot be read (input/output error)" in refusal(path)

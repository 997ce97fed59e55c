"""Only a regular file of ours or a free name becomes a journal; whatever else lies there stays as it is."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.desk.journal import store
from app.desk.journal.files import kept_under, segments
from app.desk.journal.kinds import kind_of
from app.desk.journal.reading import heads, rows, verify
from app.desk.journal.store import StoreError, not_ours
from app.desk.journal.writer import Journal, JournalError
from tests.helpers.journals import made


def _device(path: Path) -> None:
    """A device like /dev/null, with a name of its own."""
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("only root makes devices")


def _socket(path: Path) -> None:
    os.mknod(path, 0o600 | stat.S_IFSOCK)


def _linked(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def link(path: Path) -> None:
        make(path.with_name("thing"))
        path.symlink_to("thing")

    return link


def _empty_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.executescript("CREATE TABLE t(a); DROP TABLE t;")


THINGS: dict[str, Callable[[Path], object]] = {
    "folder": Path.mkdir,
    "pipe": os.mkfifo,
    "socket": _socket,
    "device": _device,
    "link to a device": _linked(_device),
    "link to a pipe": _linked(os.mkfifo),
    "link to a folder": _linked(Path.mkdir),
    "empty file": Path.touch,
    "link to an empty file": _linked(Path.touch),
    "empty database": _empty_database,
    "text": lambda path: path.write_text("Dear diary,"),
    "link to itself": lambda path: path.symlink_to(path.name),
    "link to no folder": lambda path: path.symlink_to("nowhere/journal.db"),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def everything(folder: Path) -> dict[str, tuple[object, ...]]:
    """Name, number, kind, size and times of all there is in a folder, links not followed."""
    found = ((each.name, each.lstat()) for each in folder.iterdir())
    return {name: (was.st_ino, was.st_mode, was.st_size, was.st_mtime_ns, was.st_rdev) for name, was in found}


@pytest.mark.parametrize("thing", THINGS)
def test_somebody_elses_is_refused_and_untouched(folder: Path, thing: str) -> None:
    path = folder / "journal.db"
    THINGS[thing](path)
    before = everything(folder)
    for _ in range(2):
        with pytest.raises(JournalError) as told:
            Journal(path)
        assert str(folder) in str(told.value)
        assert "--journal" in str(told.value)
        assert str(told.value).endswith("With --no-journal none is kept.")
        assert everything(folder) == before


@pytest.mark.parametrize("thing", [name for name in THINGS if "file" not in name])
def test_a_later_part_that_is_somebody_elses_is_refused_and_untouched(folder: Path, thing: str) -> None:
    path = made(folder / "journal.db")
    THINGS[thing](folder / "journal.0002.db")
    before = everything(folder)
    with pytest.raises(JournalError, match="--no-journal"):
        Journal(path)
    # SQLite keeps its index beside a journal that is read.
    assert {name: was for name, was in everything(folder).items() if name in before} == before


@pytest.mark.parametrize("thing", THINGS)
def test_a_second_ticket_passes_over_what_is_somebody_elses(folder: Path, thing: str) -> None:
    path = folder / "journal.db"
    THINGS[thing](folder / "journal-2.db")
    before = everything(folder)
    first, second = Journal(path), Journal(path)
    assert (first.path.name, second.path.name) == ("journal.db", "journal-3.db")
    second.close()
    first.close()
    assert {name: was for name, was in everything(folder).items() if name in before} == before


@pytest.mark.parametrize("thing", ["folder", "pipe", "device", "link to a device"])
def test_what_lies_where_the_lock_belongs_is_untouched(folder: Path, thing: str) -> None:
    THINGS[thing](folder / "journal.db.lock")
    before = everything(folder)
    with pytest.raises(JournalError, match=r"journal\.db\.lock, where the lock of a journal belongs, is a"):
        Journal(folder / "journal.db")
    assert everything(folder) == before


def test_a_lock_that_is_a_link_to_a_file_leaves_the_file_alone(folder: Path) -> None:
    (folder / "mine").write_text("mine")
    (folder / "journal.db.lock").symlink_to("mine")
    with pytest.raises(JournalError, match="cannot be written"):
        Journal(folder / "journal.db")
    assert (folder / "mine").read_text() == "mine"


def test_a_link_to_a_journal_is_that_journal(folder: Path) -> None:
    (folder / "far").mkdir()
    real = made(folder / "far" / "real.db")
    (folder / "near.db").symlink_to("far/real.db")
    journal = Journal(folder / "near.db")
    assert (journal.path, journal.fresh, journal.shared) == (real, False, False)
    journal.close()
    assert sorted(each.name for each in folder.iterdir()) == ["far", "near.db"]


def test_a_link_to_a_free_name_is_followed_and_stays(folder: Path) -> None:
    (folder / "far").mkdir()
    (folder / "near.db").symlink_to("middle.db")
    (folder / "middle.db").symlink_to("far/real.db")
    made(folder / "near.db")
    assert (folder / "near.db").is_symlink()
    assert (folder / "middle.db").is_symlink()
    assert verify(folder / "far" / "real.db") is None
    assert [each.name for each in segments(folder / "far" / "real.db")] == ["real.db"]


def test_a_name_that_was_taken_meanwhile_is_not_taken_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "journal.db"
    link = os.link
    monkeypatch.setattr(os, "link", lambda new, old: (path.write_text("mine"), link(new, old)))
    with pytest.raises(JournalError, match="cannot be written: File exists"):
        Journal(path)
    assert path.read_text() == "mine"
    assert sorted(each.name for each in folder.iterdir()) == ["journal.db", "journal.db.lock"]


def test_a_file_system_without_hard_links_will_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("no such thing here")

    monkeypatch.setattr(store.os, "link", refuse)
    made(folder / "journal.db")
    assert sorted(each.name for each in folder.iterdir()) == ["journal.db", "journal.db.lock"]
    assert verify(folder / "journal.db") is None


@pytest.mark.parametrize("thing", ["pipe", "device", "socket", "link to a pipe"])
def test_a_reader_opens_nothing_but_a_file(folder: Path, thing: str) -> None:
    path = folder / "journal.db"
    THINGS[thing](path)
    assert "cannot be read as a journal, it is a" in not_ours(path)
    with pytest.raises(StoreError):
        store.Store(path)


@pytest.mark.parametrize(
    "thing, words",
    [
        ("folder", "a folder"),
        ("pipe", "a named pipe"),
        ("socket", "a socket"),
        ("device", "a device"),
        ("link to a device", "a device"),
        ("link to itself", "a link that leads to itself"),
        ("link to no folder", "a link that leads nowhere"),
        ("text", ""),
    ],
)
def test_each_kind_is_told_by_its_name(folder: Path, thing: str, words: str) -> None:
    THINGS[thing](folder / "journal.db")
    assert kind_of(folder / "journal.db") == words
    assert kind_of(folder / "nothing") == ""


@pytest.mark.parametrize("part", ["journal.db-wal", "journal.db-shm"])
@pytest.mark.parametrize("thing", ["folder", "pipe", "device", "link to a device", "link to an empty file"])
@pytest.mark.parametrize("is_new", [True, False])
def test_what_lies_where_a_part_belongs_is_untouched(folder: Path, thing: str, part: str, is_new: bool) -> None:
    path = folder / "journal.db"
    if not is_new:
        made(path)
        for each in ("journal.db-wal", "journal.db-shm"):
            (folder / each).unlink(missing_ok=True)
    THINGS[thing](folder / part)
    before = everything(folder)
    with pytest.raises(JournalError, match=rf"{part}, where a part of the journal belongs, is a .*; move it away\."):
        Journal(path)
    if not is_new:
        assert "move it away" in not_ours(path)
    assert {name: was for name, was in everything(folder).items() if name != "journal.db.lock"} == {
        name: was for name, was in before.items() if name != "journal.db.lock"
    }


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir], ids=["a named pipe", "a folder"])
def test_what_is_no_file_is_never_opened_to_be_read(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """Under the name of another ticket's journal a pipe made every verb wait for ever, heedless of signals."""
    path = tmp_path / "j-2.db"
    make(path)
    assert heads(path) == []
    with pytest.raises(sqlite3.OperationalError, match="named pipe|folder"):
        store.reading(path)
    with pytest.raises(StoreError, match="cannot be read: a "):
        list(rows(path))
    (tmp_path / "x").mkdir()
    make(tmp_path / "x" / "journal.db")
    assert kept_under(tmp_path) == []

"""Only a regular file of ours or a free name becomes a journal; whatever else lies there stays as it is."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import stat
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.desk.journal import store
from app.desk.journal.chain import Row
from app.desk.journal.files import FamilyLock, kept_under, lock_of, remove, segments
from app.desk.journal.kinds import kind_of, odd_beside
from app.desk.journal.reading import heads, rows, verify
from app.desk.journal.replay import Folded
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
    with pytest.raises(JournalError, match=r"journal\.db\.lock, .*, is a link; move it away"):
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

    def slow(new: str, old: Path) -> None:
        if old == path:
            path.write_text("mine")
        link(new, old)

    monkeypatch.setattr(os, "link", slow)
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


PARTS = ["journal.db-wal", "journal.db-shm", "journal.db-journal", "journal.db.lock"]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("is_new", [True, False])
def test_a_file_of_somebody_beside_a_journal_is_never_written(folder: Path, part: str, is_new: bool) -> None:
    """SQLite takes what it cannot read there for a leftover of its own: it removes it, or writes over it."""
    path = folder / "journal.db"
    if not is_new:
        made(path)
    (folder / part).write_text("my precious notes")
    before = everything(folder)
    for _ in range(2):
        with pytest.raises(JournalError, match=rf"{part}[, ].* journal belongs.*; move it away, or choose .*--journal"):
            Journal(path)
    assert (folder / part).read_text() == "my precious notes"
    after = everything(folder)
    assert {name: was for name, was in after.items() if name in before} == before
    # SQLite keeps its own beside a journal that is read; beside a new one nothing is left, no lock either.
    assert set(after) == set(before) or not is_new


@pytest.mark.parametrize("part", ["journal.db-wal", "journal.db-journal"])
def test_a_file_of_somebody_beside_a_journal_is_left_alone_by_who_reads(folder: Path, part: str) -> None:
    path = made(folder / "journal.db")
    (folder / part).write_text("my precious notes")
    with pytest.raises(StoreError, match=r"somebody else's file; move it away"):
        list(rows(path))
    assert (folder / part).read_text() == "my precious notes"


def test_an_index_as_long_as_one_is_looked_into(folder: Path) -> None:
    path = made(folder / "journal.db")
    (folder / "journal.db-shm").write_bytes(b"precious" * 4096)
    with pytest.raises(JournalError, match=r"journal\.db-shm, .*somebody else's file"):
        Journal(path)
    assert (folder / "journal.db-shm").read_bytes() == b"precious" * 4096


def test_what_sqlite_left_of_a_removed_journal_is_given_to_no_other(folder: Path) -> None:
    path = folder / "journal.db"
    first = Journal(path)
    first.checkpoint(Folded())
    first.flush()
    log = (folder / "journal.db-wal").read_bytes()
    first.close()
    path.unlink()
    (folder / "journal.db-wal").write_bytes(log)
    second = Journal(path)
    assert [each.name for each in segments(path)] == ["journal.0002.db"]
    second.close()
    assert (folder / "journal.db-wal").read_bytes() == log


def test_an_oldest_part_goes_without_what_is_somebodys(folder: Path) -> None:
    path = made(folder / "journal.db")
    (folder / "journal.db-wal").write_text("mine")
    remove(path)
    assert (folder / "journal.db-wal").read_text() == "mine"
    assert not path.exists()


@pytest.mark.parametrize("end", ["-wal", "-shm", "-journal", ".lock"])
def test_names_of_what_lies_beside_a_journal_are_refused(folder: Path, end: str) -> None:
    for make in (lambda _: None, made):
        make(folder / "o.db")
        with pytest.raises(JournalError, match=rf"o\.db{end} is the name of what is kept beside a file o\.db; choose"):
            Journal(folder / f"o.db{end}")
    assert set(os.listdir(folder)) == {"o.db", "o.db.lock"}


def test_a_link_to_such_a_name_is_refused_too(folder: Path) -> None:
    (folder / "near.db").symlink_to("o.db-wal")
    with pytest.raises(JournalError, match=r"o\.db-wal is the name of"):
        Journal(folder / "near.db")
    assert os.listdir(folder) == ["near.db"]


def test_a_later_part_is_no_journal_of_its_own(folder: Path) -> None:
    path = made(folder / "journal.db")
    with pytest.raises(JournalError, match=r"journal\.0002\.db is the name of a later part of .*journal\.db; name "):
        Journal(folder / "journal.0002.db")
    assert [each.name for each in segments(path)] == ["journal.db"]


@pytest.mark.parametrize("to", ["nothing", "mine"])
def test_a_lock_that_is_a_link_makes_nothing(folder: Path, to: str) -> None:
    (folder / "mine").write_text("mine")
    (folder / "journal.db.lock").symlink_to(to)
    with pytest.raises(JournalError, match=r"journal\.db\.lock, .*, is a link; move it away"):
        Journal(folder / "journal.db")
    assert sorted(os.listdir(folder)) == ["journal.db.lock", "mine"]
    assert (folder / "mine").read_text() == "mine"


def test_an_empty_lock_of_an_early_version_is_taken(folder: Path) -> None:
    path = made(folder / "journal.db")
    lock_of(path).write_bytes(b"")
    Journal(path).close()
    assert lock_of(path).read_bytes().startswith(b"The lock of a journal")


def test_a_lock_that_was_removed_while_it_was_taken_is_no_lock(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(folder / "journal.db")
    flock = fcntl.flock

    def slow(file: int, how: int) -> None:
        flock(file, how)
        lock_of(path).unlink(missing_ok=True)

    with monkeypatch.context() as patched:
        patched.setattr(fcntl, "flock", slow)
        with pytest.raises(BlockingIOError, match="removed meanwhile"):
            FamilyLock(path)
    FamilyLock(path).release()


def test_a_new_file_needs_no_journal_of_sqlite_beside_it(folder: Path) -> None:
    """A kill while SQLite turned the file to a log left one that only who writes could read."""
    path = folder / "journal.db"
    seen: list[str] = []
    link = os.link

    def look(new: str, old: Path) -> None:
        link(new, old)
        with closing(sqlite3.connect(f"{old.as_uri()}?mode=ro", uri=True)) as db:
            seen.append(db.execute("PRAGMA journal_mode").fetchone()[0])

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(store.os, "link", lambda new, old: look(new, old) if old == path else link(new, old))
        made(path)
    assert seen == ["wal"]


def test_an_index_that_is_being_made_is_one(folder: Path) -> None:
    """Who reads beside a ticket that starts just then sees it so; it made an order's journals unreadable."""
    path = made(folder / "journal.db")
    for size in (0, 3, 4096):
        (folder / "journal.db-shm").write_bytes(bytes(size))
        assert odd_beside(path) == ""


@pytest.mark.parametrize("name", [":memory:", "file:x?mode=memory&cache=shared"])
def test_a_name_that_sqlite_reads_otherwise_is_a_file_like_any(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = made(Path(name))
    assert verify(path) is None
    assert len(list(rows(path))) > 10


def test_a_reading_that_is_left_in_its_midst_is_closed_by_any_thread(tmp_path: Path) -> None:
    """One begun beside the loop and given up was thrown away on it, with a traceback on the screen."""
    path, begun = made(tmp_path / "journal.db"), list[Iterator[Row]]()

    def begin() -> None:
        begun.append(iter(rows(path)))
        next(begun[0])

    thread = threading.Thread(target=begin)
    thread.start()
    thread.join()
    reading = begun.pop()
    assert isinstance(reading, Generator)
    reading.close()

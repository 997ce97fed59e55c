"""A journal that would not be found again: nothing leaves that is recorded nowhere, and it is said what happened."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.desk.desk import DeskError
from app.desk.journal import writer
from app.desk.journal.files import segments
from app.desk.journal.place import is_written
from app.desk.journal.reading import rows, verify_family
from app.desk.journal.replay import state_hash
from app.desk.journal.writer import Journal, JournalError, Sizes
from app.domain.amendment import AmendmentStage
from app.domain.plan import Draft
from tests.helpers.journals import made, note
from tests.helpers.recorded_desk import RecordedDesk
from tests.helpers.toy_venue import order


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.db"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch, announced_logs: object) -> None:
    monkeypatch.setattr(writer, "RETRY", 0.02)
    monkeypatch.setattr(writer, "LOOK_EVERY", 0.05)
    announced_logs.allow("recorded nowhere", 40)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Fault:
    """Something that happens to the file, what is said of it, and how a person undoes it, if they can."""

    do: Callable[[Path], object]
    says: str
    advice: str
    undo: Callable[[Path], object] | None = None


def log_of(path: Path) -> Path:
    return path.with_name("journal.db-wal")


def replace_by_copy(path: Path) -> None:
    path.rename(path.with_name("kept"))
    shutil.copy(path.with_name("kept"), path)


def overwrite(path: Path, at: int, bytes_: bytes) -> None:
    """Write into the middle of a file, later than it was written last."""
    before = path.stat()
    with path.open("r+b") as file:
        file.seek(at)
        file.write(bytes_)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 10_000_000))


FAULTS = {
    "folder removed": Fault(lambda path: shutil.rmtree(path.parent), "was removed", "Start Redline again."),
    "folder renamed": Fault(
        lambda path: path.parent.rename(path.parent.with_name("old")),
        "does not lie there any more (No such file or directory)",
        "Put it back, or start Redline again.",
        lambda path: path.parent.with_name("old").rename(path.parent),
    ),
    "file removed": Fault(lambda path: path.unlink(), "was removed", "Start Redline again."),
    "file replaced": Fault(
        replace_by_copy,
        "is another file now than the one that was opened",
        "Put it back, or start Redline again.",
        lambda path: path.with_name("kept").replace(path),
    ),
    "file linked": Fault(
        lambda path: path.with_name("other.db").hardlink_to(path),
        "was given a second name (a hard link)",
        "Remove that name, or start Redline again.",
        lambda path: path.with_name("other.db").unlink(),
    ),
    "file cut short": Fault(lambda path: os.truncate(path, 5000), "was cut short, from ", "Start Redline again."),
    "file emptied": Fault(lambda path: os.truncate(path, 0), "was cut short, from ", "Start Redline again."),
    "log removed": Fault(lambda path: log_of(path).unlink(), "was removed", "Start Redline again."),
    "log emptied": Fault(lambda path: os.truncate(log_of(path), 0), "was cut short, from ", "Start Redline again."),
    "log overwritten": Fault(
        lambda path: log_of(path).write_bytes(bytes(log_of(path).stat().st_size)),
        "was overwritten",
        "Start Redline again.",
    ),
    "log's first sums overwritten": Fault(
        lambda path: overwrite(log_of(path), 64, b"\xff" * 64), "was overwritten", "Start Redline again."
    ),
    "log's end overwritten": Fault(
        lambda path: overwrite(log_of(path), log_of(path).stat().st_size - 100, b"\xff"),
        "was overwritten",
        "Start Redline again.",
    ),
}

BY_NAME = [pytest.param(fault, id=name) for name, fault in FAULTS.items()]


async def sent_one(path: Path) -> RecordedDesk:
    """A ticket that has sent A1, which is confirmed."""
    ticket = RecordedDesk(path).start()
    ticket.up()
    ticket.intent(1, "101")
    await ticket.settle()
    ticket.push(order(), price=ticket.desk.state.amendments["A1"].command.target.price)
    await ticket.journal.durable()
    return ticket


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise TimeoutError


@pytest.mark.parametrize("fault", BY_NAME)
async def test_nothing_leaves_that_is_recorded_nowhere(path: Path, fault: Fault) -> None:
    ticket = await sent_one(path)
    fault.do(path)
    ticket.intent(2, "102")
    await ticket.settle()
    assert [each.amendment_id for each in ticket.connectors["toy"].sent] == ["A1"]
    one = ticket.desk.state.amendments["A2"]
    assert one.stage is AmendmentStage.NOT_APPLIED
    for words in (str(path), fault.says, "nothing is sent, because it would be recorded nowhere.", fault.advice):
        assert words in one.outcome
    assert ticket.desk.journal is not None
    assert f"Not sent. {ticket.desk.journal.failed}" == one.outcome, "the window shows it as long as it is so"
    assert ticket.desk.state.notices[-1].text == ticket.desk.journal.failed
    with pytest.raises(DeskError, match="recorded nowhere"):
        ticket.desk.send(ticket.desk.prepare("toy/o1", Draft(order())))
    await ticket.end()


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if fault.undo is not None])
async def test_what_is_put_back_goes_on_where_it_was(path: Path, name: str) -> None:
    fault = FAULTS[name]
    ticket = await sent_one(path)
    fault.do(path)
    ticket.intent(2, "102")
    await ticket.settle()
    assert fault.undo is not None
    fault.undo(path)
    await until(lambda: ticket.journal.failed == "")
    ticket.intent(3, "103")
    await ticket.settle()
    assert [each.amendment_id for each in ticket.connectors["toy"].sent] == ["A1", "A3"]
    assert state_hash(ticket.folded().state) == state_hash(ticket.desk.state)
    await ticket.end()
    assert verify_family(segments(path)) == []
    after = RecordedDesk(path, ticket.clock).start()
    stages = [after.desk.state.amendments[each].stage for each in ("A1", "A2", "A3")]
    assert stages == [AmendmentStage.CONFIRMED, AmendmentStage.NOT_APPLIED, AmendmentStage.UNKNOWN]
    after.crash()


@pytest.mark.parametrize("fault", BY_NAME)
async def test_the_next_start_goes_on(path: Path, fault: Fault) -> None:
    before = await sent_one(path)
    fault.do(path)
    before.intent(2, "102")
    await before.settle()
    await before.end()
    after = RecordedDesk(path, before.clock).start()
    after.up()
    after.intent(3, "103")
    await after.settle()
    assert [each.amendment_id for each in after.connectors["toy"].sent] == ["A3"]
    assert after.journal.failed == ""
    await after.end()
    later = RecordedDesk(path, before.clock).start()
    assert "A3" in later.desk.state.amendments
    later.crash()


@pytest.mark.parametrize("name", ["file replaced", "file linked", "log removed"])
async def test_what_was_recorded_before_is_still_there_for_the_next_start(path: Path, name: str) -> None:
    before = await sent_one(path)
    FAULTS[name].do(path)
    before.intent(2, "102")
    await before.settle()
    await before.end()
    after = RecordedDesk(path, before.clock).start()
    assert after.desk.recovered is not None
    assert after.desk.recovered.problems == ()
    assert after.desk.state.amendments["A1"].stage is AmendmentStage.CONFIRMED
    after.crash()


async def test_a_ticket_that_writes_nothing_notices_too(path: Path) -> None:
    ticket = await sent_one(path)
    path.parent.rename(path.parent.with_name("old"))
    await until(lambda: "does not lie there any more" in ticket.journal.failed)
    path.parent.with_name("old").rename(path.parent)
    await until(lambda: ticket.journal.failed == "")
    ticket.crash()


async def test_who_waits_is_told_after_the_commit_too(path: Path) -> None:
    journal = Journal(path)
    append = journal._store.append

    def renamed_meanwhile(entries: object) -> None:
        append(entries)  # type: ignore[arg-type]
        path.parent.rename(path.parent.with_name("old"))

    journal._store.append = renamed_meanwhile  # type: ignore[method-assign]
    with pytest.raises(JournalError, match="recorded nowhere"):
        await journal.durable(journal.append(note(1)))
    journal._store.append = append  # type: ignore[method-assign]
    path.parent.with_name("old").rename(path.parent)
    await journal.durable()
    assert [row.seq for row in rows(path)] == [1], "it was written once"
    journal.close()


async def test_a_new_segment_is_held_as_the_first_one_is(path: Path) -> None:
    ticket = RecordedDesk(path, sizes=Sizes(segment=30_000, total=10_000_000, checkpoint=10_000)).start()
    ticket.up()
    number = 0
    while len(segments(path)) < 2:
        number += 1
        ticket.happen(note(number, f"{number:0200}"))
        await ticket.journal.durable()
    path.parent.rename(path.parent.with_name("old"))
    for number in range(200):
        ticket.happen(note(number, f"{number:0200}"))
    ticket.intent(1)
    await ticket.settle()
    assert ticket.connectors["toy"].sent == []
    assert not path.parent.exists(), "none is begun beside the lost ones"
    path.parent.with_name("old").rename(path.parent)
    await ticket.journal.durable()
    ticket.intent(2)
    await ticket.settle()
    assert [each.amendment_id for each in ticket.connectors["toy"].sent] == ["A2"]
    await ticket.end()
    assert verify_family(segments(path)) == []


async def test_a_folder_may_be_a_link(path: Path, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    path.parent.symlink_to(tmp_path / "far")
    ticket = await sent_one(path)
    # Moved as a whole, and a link left where it was: the names lead to the same file.
    (tmp_path / "far").rename(tmp_path / "farther")
    path.parent.unlink()
    path.parent.symlink_to(tmp_path / "farther")
    ticket.intent(2, "102")
    await ticket.settle()
    assert [each.amendment_id for each in ticket.connectors["toy"].sent] == ["A1", "A2"]
    await ticket.end()


async def test_a_disk_that_became_read_only_sends_nothing(path: Path, announced_logs: object) -> None:
    announced_logs.expect("cannot be written", 40)  # type: ignore[attr-defined]
    ticket = await sent_one(path)
    ticket.journal._store._db.execute("PRAGMA query_only = ON")
    ticket.intent(2, "102")
    await ticket.settle()
    assert len(ticket.connectors["toy"].sent) == 1
    assert "readonly database" in ticket.desk.state.amendments["A2"].outcome
    ticket.journal._store._db.execute("PRAGMA query_only = OFF")
    await until(lambda: ticket.journal.failed == "")
    await ticket.end()


def test_the_lock_is_on_the_file_itself(path: Path) -> None:
    first = Journal(path)
    assert is_written(path)
    path.with_name("journal.db.lock").unlink()
    second = Journal(path)
    assert second.path.name == "journal-2.db"
    second.close()
    path.with_name("alias.db").hardlink_to(path)
    with pytest.raises(JournalError, match="1 running tickets write it"):
        Journal(path.with_name("alias.db"), exactly=True)
    path.with_name("alias.db").unlink()
    first.close()
    assert not is_written(path)
    Journal(path).close()


def test_a_second_name_from_before_the_start_is_no_trouble(path: Path) -> None:
    made(path).with_name("backup.db").hardlink_to(path)
    journal = Journal(path)
    journal.append(note(99))
    assert journal.flush()
    journal.close()


HARMLESS: dict[str, Callable[[Path], object]] = {
    "log touched": lambda path: overwrite(log_of(path), 0, b""),
    "file touched": lambda path: overwrite(path, 0, b""),
    "folded in by somebody else": lambda path: sqlite3.connect(path).execute("PRAGMA wal_checkpoint(PASSIVE)").close(),
    "index cut away": lambda path: os.truncate(path.with_name("journal.db-shm"), 0),
    "index cut short": lambda path: os.truncate(path.with_name("journal.db-shm"), 4096),
}


@pytest.mark.parametrize("name", HARMLESS)
async def test_what_costs_no_record_stops_nothing(path: Path, name: str) -> None:
    """Without its index, which SQLite maps, the system would end the process at the next write."""
    ticket = await sent_one(path)
    HARMLESS[name](path)
    ticket.intent(2, "102")
    await ticket.settle()
    assert [each.amendment_id for each in ticket.connectors["toy"].sent] == ["A1", "A2"]
    assert state_hash(ticket.folded().state) == state_hash(ticket.desk.state)
    await ticket.end()
    assert verify_family(segments(path)) == []


async def test_a_file_that_cannot_be_read_any_more_takes_no_record(path: Path) -> None:
    made(path, 200)
    ticket = RecordedDesk(path).start()
    ticket.up()
    await ticket.journal.durable()
    overwrite(path, 4096, b"\xff" * 30_000)
    ticket.intent(1)
    await ticket.settle()
    assert not ticket.connectors["toy"].sent
    assert f"The journal {path} was overwritten; nothing is sent" in ticket.desk.state.amendments["A1"].outcome
    await ticket.end()

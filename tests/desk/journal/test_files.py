"""Files that are something else, of another version, damaged or half made."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.desk.journal.chain import RowFault
from app.desk.journal.files import segments
from app.desk.journal.reading import rows, timeline, verify, verify_family
from app.desk.journal.replay import Folded, state_hash
from app.desk.journal.store import SCHEMA, Store
from app.desk.journal.writer import Journal, JournalError
from app.domain.amendment import AmendmentStage
from tests.helpers.journals import kept, made, tampered
from tests.helpers.recorded_desk import RecordedDesk, account


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.db"


def test_a_file_that_is_no_journal_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE recipes(name TEXT)")
    db.execute("CREATE TABLE record(seq, at, kind, account, body, hash)")
    db.commit()
    db.close()
    before = path.read_bytes()
    with pytest.raises(JournalError, match=r"is no journal of Redline; choose another file with --journal\."):
        Journal(path)
    assert path.read_bytes() == before
    path.write_text("Dear diary,")
    with pytest.raises(JournalError, match="is no journal of Redline"):
        Journal(path)
    assert path.read_text() == "Dear diary,"


def test_a_damaged_file_is_set_aside_and_said(path: Path) -> None:
    made(path, 2000)
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(os.urandom(40_000))
    journal = Journal(path)
    assert "journal.db" in journal.problem
    assert journal.fresh
    assert [each.name for each in segments(path)] == ["journal.db", "journal.0002.db"]
    journal.close()


def _emptied(path: Path) -> None:
    made(path).write_bytes(b"")


async def test_a_start_that_was_killed_before_its_first_record_is_no_trouble(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    Store(path).close()
    assert verify_family([path]) == []
    ticket = RecordedDesk(path).start()
    assert ticket.desk.recovered is not None
    assert ticket.desk.recovered.problems == ()
    ticket.crash()


async def test_an_emptied_file_is_said_and_made_anew(path: Path) -> None:
    _emptied(path)
    ((where, broken),) = verify_family([path])
    assert (where, broken.fault) == (path, RowFault.EMPTIED)
    ticket = RecordedDesk(path).start()
    assert ticket.desk.recovered is not None
    (problem,) = ticket.desk.recovered.problems
    assert problem.startswith(f"The journal {path} does not hold: It holds nothing, and a journal is never")
    assert ticket.desk.journal is not None
    assert (ticket.desk.journal.new, ticket.desk.journal.broken) == (False, problem)
    assert ticket.journal.check() == "", "the new file gets its first record after this, and is not blamed"
    ticket.crash()
    assert verify(path) is None
    again = RecordedDesk(path, ticket.clock).start()
    assert again.desk.recovered is not None
    assert again.desk.recovered.problems == ()
    again.crash()


def test_a_first_start_has_nothing_to_say(path: Path) -> None:
    journal = Journal(path)
    assert (journal.problem, journal.fresh, journal.check()) == ("", True, "")
    journal.close()


def test_an_emptied_file_whose_log_is_left_keeps_it(path: Path) -> None:
    made(path).write_bytes(b"")
    log = path.with_name("journal.db-wal")
    log.write_bytes(b"what was logged last")
    journal = Journal(path)
    assert "Its log still lies beside it. Keep the file" in journal.problem
    assert (journal.fresh, log.read_bytes(), path.stat().st_size) == (True, b"what was logged last", 0)
    journal.checkpoint(Folded())
    journal.close()
    assert [each.name for each in segments(path)] == ["journal.db", "journal.0002.db"]
    assert [(where.name, broken.fault) for where, broken in verify_family(segments(path))] == [
        ("journal.db", RowFault.EMPTIED)
    ]


def test_a_newer_schema_is_refused(path: Path) -> None:
    db = sqlite3.connect(made(path))
    db.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    db.close()
    with pytest.raises(JournalError, match="written by a newer Redline"):
        Journal(path)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match=r"cannot be written: .*Name another with --journal\."):
        Journal(tmp_path / "file" / "journal.db")


def test_schema_1_is_read_and_carried_on(path: Path) -> None:
    kept(path, "journal_v1.sql")
    hashes = [row.hash for row in rows(path)]
    assert [row.kind for row in timeline(path, "A3")] == ["AmendmentRequested", "AmendmentWritten"]
    ticket = RecordedDesk(path).start()
    stages = {key: each.stage for key, each in ticket.desk.state.amendments.items()}
    assert stages == {
        "A1": AmendmentStage.CONFIRMED,
        "A2": AmendmentStage.REFUSED,
        "A3": AmendmentStage.UNKNOWN,
    }
    assert str(ticket.desk.state.lineages["toy/o1"].order.price) == "101.0"
    assert ticket.desk.state.lineages["toy/o2"].order.raw_status == "not found"
    ticket.crash()
    assert verify(path) is None
    assert [row.hash for row in rows(path)][: len(hashes)] == hashes, "records are never rewritten"
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA,)
    told = [row.kind for row in timeline(path, "A3")]
    assert told == ["AmendmentRequested", "AmendmentWritten", "AmendmentUnanswered"]


def test_schema_2_is_read_with_its_checkpoint_and_the_account_set_aside(path: Path) -> None:
    """Fails when a shape in a checkpoint changed: then raise SCHEMA, migrate, and keep a text of the new schema too."""
    both = (account(), account("other"))
    ticket = RecordedDesk(kept(path, "journal_v2.sql"), accounts=both).start()
    assert ticket.desk.recovered is not None
    assert ticket.desk.recovered.problems == ()
    state = ticket.desk.state
    assert {key: each.stage.value for key, each in state.amendments.items()} == {
        "A1": "confirmed",
        "A2": "unknown",
        "A3": "unknown",
        "A4": "unknown",
    }
    assert state.lineages["toy/o1"].amendments == ["A1", "A3"]
    assert str(state.lineages["toy/o1"].fills["f1"].price) == "101.0"
    assert state.lineages["other/o1"].amendments == ["A2"]
    assert ticket.ids.next(0) == ("A5", 5)
    assert state_hash(ticket.folded().state) == state_hash(state)
    ticket.crash()


async def test_a_checkpoint_that_cannot_be_read_is_done_without(path: Path) -> None:
    before = RecordedDesk(path).start()
    before.up()
    before.intent()
    await before.settle()
    assert before.desk.recovered is not None
    before.journal.checkpoint(before.desk.recovered.folded)
    before.crash()
    tampered(path, """UPDATE record SET body = '{"shape":"of another time"}' WHERE kind = 'Checkpoint' AND seq > 1""")
    after = RecordedDesk(path, before.clock).start()
    assert after.desk.state.amendments["A1"].stage is AmendmentStage.UNKNOWN
    assert after.desk.recovered is not None
    assert "was edited" in after.desk.recovered.problems[0]
    assert "left out" in after.desk.recovered.problems[1]
    assert state_hash(after.folded().state) == state_hash(after.desk.state)
    after.crash()

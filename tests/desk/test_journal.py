"""The journal as a file: durable when it says so, append-only, one writer, whole across segments and kills."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.desk.fold import Checkpoint, Folded, replay, state_hash
from app.desk.journal import Journal, JournalError, Sizes
from app.desk.journal_chain import Fault
from app.desk.journal_codec import loads
from app.desk.journal_files import segments, sibling
from app.desk.journal_reading import rows, timeline, verify, verify_family
from app.desk.journal_store import SCHEMA, StoreError
from app.domain import events as ev
from app.domain.amendment import AmendmentStage
from tests.helpers.recorded_desk import RecordedDesk
from tests.helpers.toy_venue import T0, ToyRulebook, order

FIXTURES = Path(__file__).with_name("fixtures")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.db"


def note(number: int, text: str = "x") -> ev.Noticed:
    return ev.Noticed("toy", T0 + number, text)


def made(path: Path, count: int = 10) -> Path:
    """A closed journal of a checkpoint and some notices."""
    journal = Journal(path)
    journal.checkpoint(Folded())
    for number in range(count):
        journal.append(note(number))
    journal.close()
    return path


def tampered(path: Path, *statements: str) -> None:
    """Do to the file what somebody with an SQLite shell can do."""
    db = sqlite3.connect(path)
    for name in ("record_only_grows", "record_is_kept", "record_is_final"):
        db.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()


# -- writing ---------------------------------------------------------------------------------------------------------


async def test_a_durable_record_is_in_the_file(path: Path) -> None:
    journal = Journal(path)
    number = journal.append(note(1))
    await journal.durable(number)
    assert [row.body for row in rows(path)] == ['{"account":"toy","at":1700000000000000001,"text":"x","serious":true}']
    await journal.durable()
    journal.close()


async def test_many_waiters_share_a_commit_and_keep_their_order(path: Path) -> None:
    journal = Journal(path)
    commits = 0
    append = journal._store.append

    def counted(entries: object) -> None:
        nonlocal commits
        commits += 1
        append(entries)  # type: ignore[arg-type]

    journal._store.append = counted  # type: ignore[method-assign]
    numbers = [journal.append(note(each, str(each))) for each in range(500)]
    await asyncio.gather(*(journal.durable(each) for each in numbers))
    assert commits < 50
    assert [row.seq for row in rows(path)] == numbers == list(range(1, 501))
    assert [loads(ev.Noticed, row.body).text for row in rows(path)] == [str(each) for each in range(500)]
    journal.close()


def test_records_nobody_waits_for_are_written_too(path: Path) -> None:
    journal = Journal(path)
    journal.append(note(1))
    while not list(rows(path)):
        time.sleep(0.005)
    journal.close()


async def test_after_the_end_nothing_is_taken_and_nobody_waits(path: Path) -> None:
    journal = Journal(path)
    journal.append(note(1))
    journal.close()
    journal.close()
    assert journal.append(note(2)) == 1
    await journal.durable(1)
    with pytest.raises(JournalError, match="is closed"):
        await journal.durable(2)
    assert len(list(rows(path))) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record SET at = 0 WHERE seq = 2",
        "DELETE FROM record WHERE seq = 11",
        "INSERT INTO record VALUES (3, 0, 'x', 'x', '{}', x'00')",
        "INSERT OR REPLACE INTO record VALUES (3, 0, 'x', 'x', '{}', x'00')",
        "INSERT INTO record VALUES (99, 'soon', 'x', 'x', '{}', x'00')",
    ],
)
def test_the_file_refuses_all_but_growth(path: Path, statement: str) -> None:
    db = sqlite3.connect(made(path))
    with pytest.raises(sqlite3.IntegrityError):
        db.execute(statement)
    db.close()


def test_only_the_owner_can_read_it(path: Path) -> None:
    journal = Journal(path)
    journal.append(note(1))
    journal.flush()
    assert path.parent.stat().st_mode & 0o077 == 0
    assert [each.name for each in path.parent.iterdir() if each.stat().st_mode & 0o077] == []
    journal.close()


def test_every_commit_reaches_the_disk(path: Path) -> None:
    journal = Journal(path)
    asked = {
        name: journal._store._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
    }
    assert asked == {"journal_mode": "wal", "synchronous": 2}
    journal.close()


# -- one writer ------------------------------------------------------------------------------------------------------


def test_a_second_ticket_takes_a_file_of_its_own(path: Path) -> None:
    first, second, third = Journal(path), Journal(path), Journal(path)
    assert [each.path.name for each in (first, second, third)] == ["journal.db", "journal-2.db", "journal-3.db"]
    assert [each.shared for each in (first, second, third)] == [False, True, True]
    second.close()
    again = Journal(path)
    assert again.path == second.path
    with pytest.raises(JournalError, match="1 running tickets"):
        Journal(path, exactly=True)
    for each in (first, third, again):
        each.close()


async def test_what_a_second_ticket_left_open_is_taken_over_by_the_next_start(path: Path) -> None:
    window = RecordedDesk(path).start()
    window.up(order(), order("o2"))
    verb = RecordedDesk(path, window.clock).start()
    verb.up(order(), order("o2"))
    verb.intent(9, base=order("o2"))
    await verb.settle()
    verb.crash()
    window.crash()
    after = RecordedDesk(path, window.clock).start()
    one = after.desk.state.amendments["A9"]
    assert one.stage is AmendmentStage.UNKNOWN
    assert after.desk.state.lineages["toy/o2"].amendments == ["A9"]
    assert after.ids.next(0) == ("A10", 10)
    assert state_hash(after.folded().state) == state_hash(after.desk.state)
    after.crash()
    theirs = replay(rows(sibling(path, 2)), {"toy": ToyRulebook()})
    assert theirs.state.amendments == {}, "one journal answers for it, not two"
    again = RecordedDesk(path, window.clock).start()
    assert [each.amendment_id for each in again.desk.state.unsettled()] == ["A9"]
    again.crash()


async def test_a_row_with_an_open_amendment_here_waits_with_the_one_over_there(path: Path) -> None:
    window = RecordedDesk(path).start()
    verb = RecordedDesk(path, window.clock).start()
    for number, each in enumerate((window, verb), start=1):
        each.up()
        each.intent(number)
        await each.settle()
        each.crash()
    after = RecordedDesk(path, window.clock).start()
    assert set(after.desk.state.amendments) == {"A1"}
    after.clock.pass_time(60)
    after.up()
    assert not after.desk.state.unsettled()
    after.crash()
    later = RecordedDesk(path, window.clock).start()
    assert [each.amendment_id for each in later.desk.state.unsettled()] == ["A2"]
    later.crash()


# -- chain -----------------------------------------------------------------------------------------------------------


def test_an_untouched_chain_holds(path: Path) -> None:
    assert verify(made(path)) is None
    made(path)
    assert verify(path) is None
    assert verify_family(segments(path)) == []


@pytest.mark.parametrize(
    "statement, seq, fault",
    [
        ("UPDATE record SET body = replace(body, 'x', 'y') WHERE seq = 5", 5, Fault.EDITED),
        ("UPDATE record SET at = at + 1 WHERE seq = 4", 4, Fault.EDITED),
        ("UPDATE record SET kind = 'WireSeen' WHERE seq = 3", 3, Fault.EDITED),
        ("UPDATE record SET account = 'other' WHERE seq = 2", 2, Fault.EDITED),
        ("UPDATE record SET hash = zeroblob(32) WHERE seq = 6", 6, Fault.EDITED),
        ("UPDATE record SET body = zeroblob(9) WHERE seq = 7", 7, Fault.EDITED),
        ("DELETE FROM record WHERE seq IN (5, 6)", 5, Fault.MISSING),
        ("DELETE FROM record WHERE seq >= 10", 10, Fault.MISSING),
        ("DELETE FROM record WHERE seq <= 2", 1, Fault.MISSING),
    ],
)
def test_the_first_broken_row_and_what_is_wrong_with_it(path: Path, statement: str, seq: int, fault: Fault) -> None:
    tampered(made(path), statement)
    broken = verify(path)
    assert broken is not None
    assert (broken.seq, broken.fault) == (seq, fault)
    assert str(seq) in broken.text


@pytest.mark.parametrize("with_hash", [True, False])
def test_exchanged_rows_are_told_from_edited_ones(path: Path, with_hash: bool) -> None:
    columns = ["at", "kind", "account", "body", *(["hash"] if with_hash else [])]
    made(path)
    reader = sqlite3.connect(path)
    four, seven = (
        reader.execute(f"SELECT {', '.join(columns)} FROM record WHERE seq = {seq}").fetchone() for seq in (4, 7)
    )
    reader.close()
    tampered(path)
    db = sqlite3.connect(path)
    for seq, values in ((4, seven), (7, four)):
        db.execute(f"UPDATE record SET {', '.join(f'{name} = ?' for name in columns)} WHERE seq = {seq}", values)
    db.commit()
    db.close()
    broken = verify(path)
    assert broken is not None
    assert (broken.seq, broken.fault) == (4, Fault.REORDERED)
    assert broken.text == "Row 4 is out of order: its content was recorded as row 7."


async def test_a_broken_chain_is_shown_and_what_can_be_read_is_kept(path: Path) -> None:
    before = RecordedDesk(path).start()
    before.up()
    before.intent()
    await before.settle()
    before.crash()
    tampered(path, "UPDATE record SET body = replace(body, 'Connected', 'Confused') WHERE kind = 'LinkChanged'")
    after = RecordedDesk(path, before.clock).start()
    running = asyncio.create_task(after.desk.run())
    await asyncio.sleep(0)
    assert "does not hold: Row 4 was edited" in after.desk.state.notices[-1].text
    assert after.desk.state.amendments["A1"].stage is AmendmentStage.UNKNOWN
    assert state_hash(after.folded().state) == state_hash(after.desk.state)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [each.name for each in segments(path)] == ["journal.db", "journal.0002.db"]
    assert [(each.name, broken.seq) for each, broken in verify_family(segments(path))] == [("journal.db", 4)]
    # It was told once; the segment begun for it is whole.
    again = RecordedDesk(path, before.clock).start()
    assert again.desk.recovered is not None
    assert again.desk.recovered.problems == ()
    again.crash()


async def test_an_old_break_before_the_last_checkpoint_is_found_beside_the_work(path: Path) -> None:
    journal = Journal(path)
    journal.checkpoint(Folded())
    for number in range(200):
        journal.append(note(number))
    journal.checkpoint(Folded())
    journal.close()
    tampered(path, "UPDATE record SET at = 7 WHERE seq = 100")
    ticket = RecordedDesk(path).start()
    assert ticket.desk.recovered is not None
    assert ticket.desk.recovered.problems == ()
    running = asyncio.create_task(ticket.desk.run())
    await asyncio.sleep(0)
    await ticket.settle()
    assert "does not hold: Row 100 was edited" in ticket.desk.state.notices[-1].text
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_a_row_that_is_no_event_of_ours_is_left_out_and_named(path: Path) -> None:
    made(path)
    tampered(path, """UPDATE record SET body = '{"account":"toy"}' WHERE seq = 5""")
    problems: list[str] = []
    replay(rows(path), {}, problems)
    assert len(problems) == 1
    assert problems[0].startswith("Row 5 of the journal cannot be read and is left out")


# -- files that are something else -----------------------------------------------------------------------------------


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
    path.parent.mkdir()
    db = sqlite3.connect(path)
    db.executescript((FIXTURES / "journal_v1.sql").read_text())
    db.close()
    hashes = [row.hash for row in rows(path)]
    with pytest.raises(StoreError, match="mention"):
        list(timeline(path, "A3"))
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
    assert sqlite3.connect(path).execute("PRAGMA user_version").fetchone() == (SCHEMA,)
    told = [row.kind for row in timeline(path, "A3")]
    assert told == ["AmendmentRequested", "AmendmentWritten", "AmendmentUnanswered"]


# -- segments --------------------------------------------------------------------------------------------------------


SMALL = Sizes(segment=60_000, total=600_000, checkpoint=20_000)


async def test_segments_follow_each_other_and_lose_no_open_amendment(path: Path) -> None:
    ticket = RecordedDesk(path, sizes=SMALL).start()
    ticket.up(order(), order("o2"))
    ticket.intent(1)
    await ticket.settle()
    for number in range(8000):
        ticket.happen(note(number, f"{number:0100}"))
        if number % 100 == 0:
            await ticket.journal.durable()
            assert state_hash(ticket.folded().state) == state_hash(ticket.desk.state)
    ticket.journal.flush()
    found = segments(path)
    assert len(found) > 2
    assert found[0].name != "journal.db", "the oldest made room"
    assert sum(each.stat().st_size for each in found) < 2 * SMALL.total
    assert all(next(rows(each)).kind == "Checkpoint" for each in found)
    assert verify_family(found) == []
    # Every checkpoint on the way agrees with a fold of what came before it.
    folded = Folded()
    for each in found:
        first = loads(Checkpoint, next(rows(each)).body)
        assert state_hash(first.folded.state) == first.hash
        if each is not found[0]:
            assert state_hash(folded.state) == first.hash
        folded = replay(rows(each), {"toy": ToyRulebook()})
    ticket.crash()
    after = RecordedDesk(path, ticket.clock, sizes=SMALL).start()
    assert after.desk.state.amendments["A1"].stage is AmendmentStage.UNKNOWN
    assert after.desk.state.lineages["toy/o1"].amendments == ["A1"]
    assert after.ids.next(0) == ("A2", 2)
    after.crash()


async def test_a_row_taken_out_between_segments_is_missed(path: Path) -> None:
    ticket = RecordedDesk(path, sizes=SMALL).start()
    for number in range(2000):
        ticket.happen(note(number, f"{number:0100}"))
        if number % 100 == 0:
            await ticket.journal.durable()
    ticket.crash()
    older, newer = segments(path)[-2:]
    last = max(row.seq for row in rows(older))
    tampered(older, f"DELETE FROM record WHERE seq = {last}", f"UPDATE sqlite_sequence SET seq = {last - 1}")
    assert verify(older) is None, "by itself it looks whole"
    ((where, broken),) = verify_family(segments(path))
    assert (where, broken.fault) == (newer, Fault.MISSING)
    assert f"does not continue row {last - 1}" in broken.text


def test_a_start_interrupted_while_a_segment_was_made_goes_on_with_the_one_before(path: Path) -> None:
    made(path)
    half = path.with_name("journal.0002.db")
    half.touch()
    journal = Journal(path)
    assert not half.exists()
    assert (journal.problem, journal.fresh, len(journal.tail)) == ("", False, 11)
    journal.append(note(99))
    journal.close()
    assert verify(path) is None


# -- kills -----------------------------------------------------------------------------------------------------------

_CHILD = """
import asyncio, sys
from pathlib import Path
from app.desk.fold import Folded
from app.desk.journal import Journal, Sizes
from app.domain import events as ev
from tests.helpers.toy_venue import amendment, order

async def main(path, wire):
    journal = Journal(path, Sizes(30_000, 10_000_000, 10_000))
    if journal.fresh:
        journal.checkpoint(Folded())
    number = journal.written
    while True:
        number += 1
        await journal.durable(journal.append(ev.AmendmentRequested("toy", number, amendment(order(), number=number))))
        wire.write(f"A{number}\\n")
        wire.flush()
        if journal.wants_checkpoint:
            journal.checkpoint(Folded())

asyncio.run(main(Path(sys.argv[1]), open(sys.argv[2], "a")))
"""


def test_whatever_left_is_on_record_however_the_process_ended(path: Path, repo_root: Path) -> None:
    path.parent.mkdir()
    wire = path.with_name("wire")
    for rest in (0.0, 0.013, 0.05, 0.11):
        lines = wire.read_text().count("\n") if wire.exists() else 0
        child = subprocess.Popen([sys.executable, "-c", _CHILD, str(path), str(wire)], cwd=repo_root)
        while not wire.exists() or wire.read_text().count("\n") < lines + 20:
            assert child.poll() is None
            time.sleep(0.001)
        time.sleep(rest)
        child.send_signal(signal.SIGKILL)
        child.wait()
        recorded = {
            loads(ev.AmendmentRequested, row.body).amendment.amendment_id
            for each in segments(path)
            for row in rows(each)
            if row.kind == "AmendmentRequested"
        }
        left = wire.read_text().split()
        assert set(left) <= recorded
        assert len(left) == len(set(left))
        assert verify_family(segments(path)) == []

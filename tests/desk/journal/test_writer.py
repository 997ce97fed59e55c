"""The journal as a file: durable when it says so, append-only, one writer, whole across segments and kills."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.desk.journal.chain import RowFault
from app.desk.journal.codec import loads
from app.desk.journal.files import segments, sibling
from app.desk.journal.reading import rows, verify, verify_family
from app.desk.journal.replay import Checkpoint, Folded, replay, state_hash
from app.desk.journal.writer import Journal, JournalError, Sizes
from app.domain import events as ev
from app.domain.amendment import AmendmentStage
from tests.helpers.journals import made, note, tampered
from tests.helpers.recorded_desk import RecordedDesk
from tests.helpers.toy_venue import ToyRulebook, order


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.db"


# -- writing ---------------------------------------------------------------------------------------------------------


async def test_a_durable_record_is_in_the_file(path: Path) -> None:
    journal = Journal(path)
    number = journal.append(note(1))
    await journal.durable(number)
    begins = '{"account":"toy","at":1700000000000000001,"text":"x","serious":true,'
    assert [row.body[: len(begins)] for row in rows(path)] == [begins]
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
        each.intent(number, despite=f"A1 {path}")
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
    assert (where, broken.fault) == (newer, RowFault.MISSING)
    assert f"does not continue row {last - 1}" in broken.text


def test_a_start_interrupted_while_a_segment_was_made_goes_on_with_the_one_before(path: Path) -> None:
    made(path)
    half = path.with_name("journal.0002.db")
    half.touch()
    journal = Journal(path)
    assert not half.exists()
    assert (journal.fresh, len(journal.tail)) == (False, 11)
    assert "journal.0002.db does not hold: It holds nothing" in journal.problem
    journal.append(note(99))
    journal.close()
    assert verify(path) is None


# -- kills -----------------------------------------------------------------------------------------------------------

_CHILD = """
import asyncio, sys
from pathlib import Path
from app.desk.journal.replay import Folded
from app.desk.journal.writer import Journal, Sizes
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

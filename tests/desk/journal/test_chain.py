"""A changed, missing or exchanged row is found, named and shown; what can be read is kept."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from app.desk.journal import files as files
from app.desk.journal.chain import RowFault
from app.desk.journal.files import segments
from app.desk.journal.reading import rows, verify, verify_family
from app.desk.journal.replay import Folded, replay, state_hash
from app.desk.journal.writer import Journal, Sizes
from app.domain.amendment import AmendmentStage
from tests.helpers.journals import made, note, tampered
from tests.helpers.recorded_desk import RecordedDesk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.db"


def test_an_untouched_chain_holds(path: Path) -> None:
    assert verify(made(path)) is None
    made(path)
    assert verify(path) is None
    assert verify_family(segments(path)) == []


@pytest.mark.parametrize(
    "statement, seq, fault",
    [
        ("UPDATE record SET body = replace(body, 'x', 'y') WHERE seq = 5", 5, RowFault.EDITED),
        ("UPDATE record SET at = at + 1 WHERE seq = 4", 4, RowFault.EDITED),
        ("UPDATE record SET kind = 'WireSeen' WHERE seq = 3", 3, RowFault.EDITED),
        ("UPDATE record SET account = 'other' WHERE seq = 2", 2, RowFault.EDITED),
        ("UPDATE record SET hash = zeroblob(32) WHERE seq = 6", 6, RowFault.EDITED),
        ("UPDATE record SET body = zeroblob(9) WHERE seq = 7", 7, RowFault.EDITED),
        ("DELETE FROM record WHERE seq IN (5, 6)", 5, RowFault.MISSING),
        ("DELETE FROM record WHERE seq >= 10", 10, RowFault.MISSING),
        ("DELETE FROM record WHERE seq <= 2", 1, RowFault.MISSING),
    ],
)
def test_the_first_broken_row_and_what_is_wrong_with_it(path: Path, statement: str, seq: int, fault: RowFault) -> None:
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
    assert (broken.seq, broken.fault) == (4, RowFault.REORDERED)
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
    assert after.desk.lasting == [after.desk.state.notices[-1].text]
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


@pytest.mark.parametrize(
    "statement, says",
    [
        ("DELETE FROM record", "All its rows were taken out"),
        ("DELETE FROM record WHERE kind = 'Checkpoint'", "Row 1 is missing"),
    ],
)
async def test_a_segment_robbed_of_its_checkpoint_is_told_and_kept(path: Path, statement: str, says: str) -> None:
    """It is not what an interrupted start leaves behind, so the next start must not clear it away."""
    before = RecordedDesk(path).start()
    before.up()
    before.intent()
    await before.settle()
    before.crash()
    tampered(path, statement)
    left = len(list(rows(path)))
    assert [each.text for _, each in verify_family(segments(path))] != []
    after = RecordedDesk(path, before.clock).start()
    assert after.desk.recovered is not None
    assert says in after.desk.recovered.problems[0]
    assert [each.name for each in segments(path)] == ["journal.db", "journal.0002.db"]
    assert len(list(rows(path))) == left
    assert ("A1" in after.desk.state.amendments) is (left > 0), "what is left is worth having"
    after.crash()


def test_the_check_beside_the_work_goes_through_all_segments(path: Path) -> None:
    small = Sizes(segment=20_000, checkpoint=10_000)
    journal = Journal(path, small)
    journal.checkpoint(Folded())
    for number in range(900):
        journal.append(note(number, "x" * 100))
        if journal.wants_checkpoint:
            journal.checkpoint(Folded())
    journal.close()
    assert len(segments(path)) > 2
    tampered(path, "UPDATE record SET body = replace(body, 'xxx', 'yyy') WHERE seq = 6")
    again = Journal(path, small)
    assert again.problem == "", "what a start folds is whole"
    assert "journal.db does not hold: Row 6 was edited" in again.check()
    again.close()


def test_a_family_is_followed_past_what_cannot_be_read_or_was_removed(path: Path) -> None:
    small = Sizes(segment=20_000, checkpoint=10_000)
    journal = Journal(path, small)
    journal.checkpoint(Folded())
    for number in range(900):
        journal.append(note(number, "x" * 100))
        if journal.wants_checkpoint:
            journal.checkpoint(Folded())
            journal.flush()
    journal.close()
    first, second, third, *more = segments(path)
    assert more
    assert verify_family(segments(path)) == []
    tampered(third, "DELETE FROM record")
    with second.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * 8192)
    found = verify_family(segments(path))
    assert [(each, broken.fault) for each, broken in found] == [
        (second, RowFault.UNREADABLE),
        (third, RowFault.MISSING),
    ]
    assert "cannot be read: database disk image is malformed" in found[0][1].text
    files.remove(second)
    files.remove(third)
    found = verify_family(segments(path))
    assert [(each, broken.fault) for each, broken in found] == [(more[0], RowFault.MISSING)]
    files.remove(first)
    assert verify_family(segments(path)) == [], "the oldest may go"


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
    assert ticket.desk.lasting == [ticket.desk.state.notices[-1].text]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_a_row_that_is_no_event_of_ours_is_left_out_and_named(path: Path) -> None:
    made(path)
    tampered(path, """UPDATE record SET body = '{"account":"toy"}' WHERE seq = 5""")
    problems: list[str] = []
    replay(rows(path), {}, problems)
    assert len(problems) == 1
    assert problems[0].startswith("Row 5 of the journal cannot be read and is left out")

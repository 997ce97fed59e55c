"""The record that is replayed: all rows in one run, up to the first that does not hold, and what is wrong said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.desk.journal.files import segments
from app.desk.journal.reading import rows
from app.desk.journal.writer import Sizes
from app.desk.replay.copying import NotReplayed
from app.desk.replay.record import read
from app.domain.account import Environment
from tests.helpers.journals import made, tampered
from tests.helpers.toy_journal import toy_journal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "copy"
    copy.mkdir()
    return copy


async def journal(tmp_path: Path) -> Path:
    return await toy_journal(
        tmp_path / "journal.db", sessions=3, rounds=12, sizes=Sizes(segment=30_000, checkpoint=4_000)
    )


async def test_it_has_every_row_of_every_segment_in_order(tmp_path: Path, folder: Path) -> None:
    path = await journal(tmp_path)
    whole = [row for each in segments(path) for row in rows(each)]
    assert len(segments(path)) > 1
    record = read(path, folder)
    assert [step.seq for step in record.steps] == [row.seq for row in whole]
    assert list(record.rows(1, len(whole))) == whole
    middle = len(whole) // 2
    assert list(record.rows(middle, middle + 3)) == whole[middle - 1 : middle + 3]
    assert record.faults == ()
    assert not record.killed


async def test_its_accounts_come_from_the_journal_alone(tmp_path: Path, folder: Path) -> None:
    record = read(await journal(tmp_path), folder)
    (party,) = record.parties.values()
    assert (party.name, party.venue, party.environment) == ("toy", "toy", Environment.DEMO)
    assert record.profiles["toy"].title == "Toy"


async def test_a_later_segment_alone_tells_its_accounts_too(tmp_path: Path, folder: Path) -> None:
    later = segments(await journal(tmp_path))[-1]
    record = read(later, folder)
    assert record.steps[0].kind == "Checkpoint"
    assert list(record.parties) == ["toy"]


async def test_a_moment_is_found(tmp_path: Path, folder: Path) -> None:
    record = read(await journal(tmp_path), folder)
    assert record.step_at(record.steps[0].at - 1) == 0
    assert record.step_at(record.steps[-1].at) == len(record.steps)
    for place in (3, 17, len(record.steps)):
        step = record.step_at(record.steps[place - 1].at)
        assert step >= place
        assert record.steps[step - 1].at <= record.steps[place - 1].at


async def test_a_broken_chain_is_shown_up_to_the_row_that_is_named(tmp_path: Path, folder: Path) -> None:
    path = await toy_journal(tmp_path / "journal.db")
    tampered(path, "UPDATE record SET body = replace(body, 'Round 5', 'Round 6') WHERE body LIKE '%Round 5%'")
    row = next(each.seq for each in rows(path) if "Round 6" in each.body)
    record = read(path, folder)
    assert record.steps[-1].seq == row - 1
    assert record.faults[0].startswith(f"The record is broken in journal.db: Row {row} was edited")
    assert f"Shown is what comes before; it ends at row {row - 1}." in record.faults[0]


async def test_a_missing_row_ends_it_too(tmp_path: Path, folder: Path) -> None:
    path = await toy_journal(tmp_path / "journal.db")
    tampered(path, "DELETE FROM record WHERE seq = 20")
    record = read(path, folder)
    assert len(record.steps) == 19
    assert "Row 20 is missing." in record.faults[0]


async def test_of_a_file_that_is_cut_short_what_is_left_is_shown(tmp_path: Path, folder: Path) -> None:
    path = await toy_journal(tmp_path / "journal.db", rounds=60)
    os.truncate(path, path.stat().st_size * 2 // 3)
    record = read(path, folder)
    assert len(record.steps) > 10
    assert "The file is cut short" in record.faults[0]
    assert f"it ends at row {record.steps[-1].seq}." in record.faults[0]


def test_a_journal_without_a_session_has_nothing_to_show(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(NotReplayed, match="No session of a ticket is recorded in .*journal.db"):
        read(made(tmp_path / "journal.db"), folder)


async def test_what_is_raised_on_the_way_ends_the_reading(tmp_path: Path, folder: Path) -> None:
    path = await journal(tmp_path)

    def at_row(done: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read(path, folder, at_row)


async def test_a_journal_whose_ticket_was_killed_or_runs_says_so(tmp_path: Path, folder: Path) -> None:
    path = await toy_journal(tmp_path / "journal.db", sessions=3)
    record = read(path, folder)
    assert not record.killed
    tampered(path, f"DELETE FROM record WHERE seq = {record.steps[-1].seq}")
    again = folder / "again"
    again.mkdir()
    assert read(path, again).killed

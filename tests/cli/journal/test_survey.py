"""What stands in a journal: its families, its amendments, and which of them a person means."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from app.cli.journal.survey import Listed, NoJournal, amendments, checked, chosen, families, of_order
from app.desk.journal.chain import Row
from tests.cli.conftest import three
from tests.helpers.toy_venue import ToyRulebook


async def listed(path: Path, folder: Path, wanted: str = "") -> list[Listed]:
    await three(path)
    rows: list[Row] = []
    read = [checked(each, rows.append, folder) for each in families(path, folder)]
    assert [each.faults for each in read] == [()]
    assert len(rows) == sum(each.records for each in read) > 0
    problems: list[str] = []
    every = amendments(read, {"toy": ToyRulebook()}, problems, rows.append, wanted)
    assert problems == []
    return every


async def test_what_has_no_outcome_comes_first_then_the_newest(path: Path, tmp_path: Path) -> None:
    assert [each.name for each in await listed(path, tmp_path)] == ["A3", "A2", "A1"]


async def test_an_amendment_is_meant_by_its_id_its_beginning_or_its_end(path: Path, tmp_path: Path) -> None:
    every = await listed(path, tmp_path)
    assert [each.name for each in chosen(every, "A2")] == ["A2"]
    assert [each.name for each in chosen(every, "A")] == ["A3", "A2", "A1"]
    assert [each.name for each in chosen(every, "1")] == ["A1"]
    assert chosen(every, "x") == []


async def test_an_order_has_all_its_amendments(path: Path, tmp_path: Path) -> None:
    order = of_order(await listed(path, tmp_path, "o1"), "o1")
    assert order.ids == {"toy": ("o1",)}
    assert [each.name for each in order.amendments] == ["A3", "A2", "A1"]


def test_a_file_of_another_kind_is_no_journal(tmp_path: Path) -> None:
    assert families(tmp_path / "none.db", tmp_path) == []
    newer = tmp_path / "newer.db"
    with sqlite3.connect(newer) as database:
        database.execute("CREATE TABLE record (seq INTEGER)")
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(NoJournal):
        families(newer, tmp_path)

"""The fold that is moved: step k is what a fold of the first k rows gives, however it was reached."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.desk.journal.chain import Row
from app.desk.journal.replay import replay, state_hash
from app.desk.journal.store import CHECKPOINT
from app.desk.journal.writer import Sizes
from app.desk.replay.player import Player
from app.desk.replay.record import read
from tests.helpers.toy_journal import toy_journal
from tests.helpers.toy_venue import ToyRulebook

RULES = {"toy": ToyRulebook()}


@dataclass
class Rows:
    """Rows of a journal, and how many of them were asked for."""

    every: list[Row]
    asked: int = 0

    def between(self, first: int, last: int) -> Iterator[Row]:
        for row in self.every[first - 1 : last]:
            self.asked += 1
            yield row

    def checkpoints(self) -> list[int]:
        return [place for place, row in enumerate(self.every, 1) if row.kind == CHECKPOINT]


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    folder = tmp_path_factory.mktemp("journal")
    sizes = Sizes(segment=40_000, checkpoint=6_000)
    path = asyncio.run(toy_journal(folder / "journal.db", sessions=3, rounds=12, sizes=sizes))
    copy = folder / "copy"
    copy.mkdir()
    record = read(path, copy)
    found = Rows(list(record.rows(1, len(record.steps))))
    assert len(found.checkpoints()) > 3
    return found


def player(rows: Rows, spacing: int = 20, room: int = 10_000) -> Player:
    return Player(len(rows.every), rows.between, RULES, checkpoints=rows.checkpoints(), spacing=spacing, room=room)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(data=st.data())
def test_the_state_at_a_step_is_the_fold_of_the_rows_up_to_it(rows: Rows, data: st.DataObject) -> None:
    moved = player(rows, spacing=data.draw(st.integers(1, 60)), room=data.draw(st.sampled_from((0, 300, 10_000))))
    steps = st.integers(0, len(rows.every))
    for step in data.draw(st.lists(steps, min_size=1, max_size=6)):
        moved.move(step)
        assert moved.position == step
        assert moved.hash() == state_hash(replay(rows.every[:step], RULES).state)
    assert not moved.left_out


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(data=st.data())
def test_a_move_that_is_given_up_half_way_is_no_harm(rows: Rows, data: st.DataObject) -> None:
    moved = player(rows)
    for _ in range(4):
        parts = moved.moving(data.draw(st.integers(0, len(rows.every))))
        for _ in range(data.draw(st.integers(0, 2))):
            next(parts, None)
    assert moved.hash() == state_hash(replay(rows.every[: moved.position], RULES).state)


def test_no_move_folds_more_than_lies_between_two_checkpoints(rows: Rows) -> None:
    places = [*rows.checkpoints(), len(rows.every)]
    widest = max(after - before for before, after in zip(places, places[1:], strict=False))
    moved = player(rows, spacing=10_000)
    for step in (len(rows.every), 3, len(rows.every) // 2, len(rows.every) - 1):
        rows.asked = 0
        moved.move(step)
        assert rows.asked <= widest + 1


def test_a_step_on_folds_one_row(rows: Rows) -> None:
    moved = player(rows)
    moved.move(50)
    rows.asked = 0
    moved.move(51)
    assert rows.asked == 1


def test_what_is_beyond_the_record_is_its_end(rows: Rows) -> None:
    moved = player(rows)
    moved.move(10**9)
    assert moved.position == len(rows.every)
    moved.move(-3)
    assert moved.position == 0


def test_what_is_kept_is_bounded(rows: Rows) -> None:
    moved = player(rows, spacing=1, room=60)
    for step in range(len(rows.every)):
        moved.move(step)
    assert len(moved._kept) < 30


def test_a_row_that_cannot_be_read_is_left_out_and_told(rows: Rows) -> None:
    """As a start on that journal leaves it out; a checkpoint that cannot be read is no short cut either."""
    every = list(rows.every)
    last = rows.checkpoints()[-1]
    for place in (5, last):
        old = every[place - 1]
        every[place - 1] = Row(old.seq, old.at, old.kind, old.account, '{"at": 0.5}', old.hash)
    spoilt = Rows(every)
    moved = player(spoilt)
    moved.move(last + 3)
    problems: list[str] = []
    assert moved.hash() == state_hash(replay(every[: last + 3], RULES, problems).state)
    assert set(moved.left_out.values()) >= {problems[-1]}
    assert str(every[last - 1].seq) in problems[-1]

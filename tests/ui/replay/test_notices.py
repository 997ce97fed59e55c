"""Notices of a replay: those of the moment, none from after it, and what is wrong with the record always."""

from __future__ import annotations

from pathlib import Path

from app.desk.journal.reading import rows
from app.runtime.qtloop import QtLoop
from app.ui.look.theme import Theme
from app.ui.replay.notices import ReplayNotices
from tests.helpers.journals import tampered
from tests.helpers.replays import ShownReplay, shown
from tests.helpers.toy_journal import toy_journal


def last_said(at: ShownReplay, step: int) -> str:
    """The last sentence that was told up to a step."""
    bodies = [row.body for row in at.record.rows(1, step) if row.kind == "Noticed"]
    return bodies[-1].split('"text":"')[1].split('"')[0]


async def test_going_back_takes_away_what_was_not_said_yet(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with shown(theme, await toy_journal(tmp_path / "journal.db", sessions=1, rounds=9)) as at:
        assert isinstance(at.view.notices, ReplayNotices)
        for step in (len(at.record.steps), 30, 50, 30):
            await at.go(step)
            newest = at.view.banner.texts()[0]
            assert newest.endswith(last_said(at, step)), (step, newest)
        await at.go(2)
        assert at.view.banner.texts() == ()


async def test_what_is_wrong_with_the_record_stands_at_every_moment(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    path = await toy_journal(tmp_path / "journal.db")
    tampered(path, "UPDATE record SET body = replace(body, 'Round 5', 'Round 6') WHERE body LIKE '%Round 5%'")
    broken = next(row.seq for row in rows(path) if "Round 6" in row.body)
    async with shown(theme, path) as at:
        for step in (len(at.record.steps), 9, 1):
            await at.go(step)
            told = [text for text in at.view.banner.texts() if "The record is broken" in text]
            assert len(told) == 1
            assert f"it ends at row {broken - 1}." in told[0]
        assert at.scrubber.step == 1


async def test_a_lost_link_offers_no_way_to_mend_it(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with shown(theme, await toy_journal(tmp_path / "journal.db")) as at:
        assert at.view.notices._retry("toy") is None

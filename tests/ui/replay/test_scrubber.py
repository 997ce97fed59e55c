"""Moving a replay: keys and slider, the newest wish counts, the window is never held up, and the hash follows."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.desk.journal.replay import replay, state_hash
from app.runtime.qtloop import QtLoop
from app.ui.look.numbers import dated
from app.ui.look.theme import Theme
from app.ui.replay import scrubber as scrubbing
from app.ui.replay.bar import ReplayBar
from app.ui.replay.words import PASSED_OVER
from tests.helpers.replays import ShownReplay, shown, until
from tests.helpers.toy_journal import toy_journal
from tests.helpers.toy_venue import ToyRulebook


def bar_of(at: ShownReplay) -> ReplayBar:
    bar = at.scrubber.parent()
    assert isinstance(bar, ReplayBar)
    return bar


async def test_it_opens_at_the_end_and_tells_moment_row_and_hash(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with shown(theme, await toy_journal(tmp_path / "journal.db")) as at:
        count = len(at.record.steps)
        assert at.scrubber.step == count
        bar = bar_of(at)
        assert bar.moment.text() == dated(at.record.moment(count))
        assert bar.said.text() == f"row {count} of {count} · the ticket ended in order"
        folded = replay(at.record.rows(1, count), {"toy": ToyRulebook()})
        assert at.bar_hash() == f"state {state_hash(folded.state)[:12]}"


async def test_keys_go_from_event_to_event(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with shown(theme, await toy_journal(tmp_path / "journal.db")) as at:
        at.window.activateWindow()
        alt, count = Qt.KeyboardModifier.AltModifier, len(at.record.steps)
        QTest.keyClick(at.view.view, Qt.Key.Key_Home, alt)
        await at.rest()
        assert at.scrubber.step == 1
        seen = []
        for _ in range(12):
            QTest.keyClick(at.view.view, Qt.Key.Key_Right, alt)
            await at.rest()
            seen.append(at.scrubber.step)
        kinds = [at.record.steps[each - 1].kind for each in seen]
        assert seen == sorted(set(seen))
        assert PASSED_OVER.isdisjoint(kinds)
        QTest.keyClick(at.view.view, Qt.Key.Key_Left, alt)
        await at.rest()
        assert at.scrubber.step == seen[-2]
        QTest.keyClick(at.view.view, Qt.Key.Key_End, alt)
        await at.rest()
        assert at.scrubber.step == count


async def test_every_hash_is_that_of_the_fold_of_the_rows_up_to_it(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with shown(theme, await toy_journal(tmp_path / "journal.db")) as at:
        for step in (30, 12, 13, 44, 2):
            bar_of(at).slider.setValue(step)
            await at.rest()
            folded = replay(at.record.rows(1, step), {"toy": ToyRulebook()})
            assert at.bar_hash() == f"state {state_hash(folded.state)[:12]}"


async def test_of_many_wishes_the_newest_counts(
    qloop: QtLoop, theme: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(theme, await toy_journal(tmp_path / "journal.db", rounds=60)) as at:
        monkeypatch.setattr(scrubbing, "_TURN", 0.0)
        steps: list[int] = []
        at.scrubber.shown.connect(steps.append)
        for step in (1, 300, 5, 280):
            bar_of(at).slider.setValue(step)
        await at.rest()
        assert steps[-1] == at.scrubber.step == 280
        assert 300 not in steps


async def test_a_long_move_says_how_far_it_is_and_can_be_ended(
    qloop: QtLoop, theme: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(theme, await toy_journal(tmp_path / "journal.db", rounds=60)) as at:
        await at.go(3)
        before = at.bar_hash()
        monkeypatch.setattr(scrubbing, "_TURN", 0.0)
        monkeypatch.setattr(scrubbing, "_SAY_AFTER", -1.0)
        at.scrubber.go(len(at.record.steps))
        bar = bar_of(at)
        assert bar.said.text().startswith("on the way to row ")
        assert not bar.give_up.isHidden()
        bar.give_up.click()
        assert (at.scrubber.step, at.scrubber.moving, bar.slider.value()) == (3, False, 3)
        assert bar.give_up.isHidden()
        await at.go(3)
        await until(lambda: at.bar_hash() == before, "the hash of the step that is shown")


async def test_giving_up_shows_no_hash_of_another_step(
    qloop: QtLoop, theme: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(theme, await toy_journal(tmp_path / "journal.db", rounds=60)) as at:
        await at.go(3)
        monkeypatch.setattr(scrubbing, "_TURN", 0.0)
        at.scrubber.go(200)
        at.scrubber.give_up()
        at.scrubber.show_hash()
        assert at.bar_hash() == "state …"

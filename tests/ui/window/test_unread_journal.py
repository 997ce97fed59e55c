"""A journal that cannot be read: what is not known because of it is not called nothing."""

from __future__ import annotations

from pathlib import Path

from app.practice.world import PracticeWorld
from app.runtime.qtloop import QtLoop
from app.ui.detail.bottom_dock import Page
from app.ui.look.theme import Theme
from tests.helpers.toy_venue import amendment
from tests.ui.status.test_away_at_practice import session

UNTOLD = "What happened to this order before this start is not known: the journal could not be read whole."


async def test_what_an_unreadable_journal_held_is_called_unknown(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with PracticeWorld(venues=("bitso",), quiet=True) as world:
        async with session(theme, world, tmp_path) as at:
            await at.until(at.view.view.lineage, "an order")
            assert at.view.side.ladder.accessibleDescription() == "No amendment of this order yet."
        journal = tmp_path / "journal.db"
        journal.write_bytes(journal.read_bytes()[: journal.stat().st_size // 3])
        async with session(theme, world, tmp_path) as at:
            await at.until(lambda: at.desk.journal is not None and at.desk.journal.broken, "the fault")
            await at.until(at.view.view.lineage, "an order")
            await at.seen()
            story = at.view.side.story
            assert story.ladder.accessibleDescription() == UNTOLD
            assert UNTOLD not in story.history.text(), "once is enough"
            lineage = at.desk.state.lineages[at.view.view.lineage()]
            story.show_story(lineage, amendment(lineage.order, "1"), UNTOLD)
            assert UNTOLD in story.history.text(), "an amendment of this session says nothing of earlier ones"
            dock = at.view.dock
            dock.tabs.setCurrentIndex(Page.TIMELINE)
            assert dock.timeline.accessibleDescription() == UNTOLD
            dock.show_attention()
            (line,) = dock.attention.lines()
            assert line.what.text() == "Journal · what happened before this start may not be known"
            assert "journal.db" in line.missing.text()
            assert line.check.isHidden()
            assert line.cancel.isHidden()
            assert dock.tabs.tabText(Page.ATTENTION) == "Needs attention 1"
            assert "1 to check" in at.view.foot.unresolved.text()

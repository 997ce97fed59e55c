"""A journal somebody has changed: the window says so once, above the orders, and keeps saying it."""

from __future__ import annotations

from pathlib import Path

from app.domain.events import Noticed
from app.practice.world import PracticeWorld
from app.runtime.qtloop import QtLoop
from app.ui.look.theme import Theme
from tests.helpers.journals import tampered
from tests.helpers.ticket_at_practice import words_of
from tests.ui.status.test_away_at_practice import session


async def test_a_broken_chain_stays_in_sight_until_it_is_dismissed(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with PracticeWorld(venues=("bitget", "bitso"), quiet=True) as world:
        async with session(theme, world, tmp_path) as at:
            await at.seen()
            assert at.banner() == ()
        tampered(tmp_path / "journal.db", "UPDATE record SET at = at + 1 WHERE seq = 9")
        async with session(theme, world, tmp_path) as at:
            await at.until(at.banner, "a sentence")
            (told,) = at.banner()
            assert told.startswith(f"The journal {tmp_path / 'journal.db'} does not hold: Row 9 was edited")
            assert "redline journal" in told
            await at.until(lambda: at.view.foot.journal.text() == "journal broken", "the same in the foot")
            assert "Row 9 was edited" in at.view.foot.journal.toolTip()
            for number in range(6):
                at.desk.dispatch(Noticed("Bitso practice", at.desk.clock.now(), f"Something else {number}."))
            await at.until(lambda: len(at.banner()) == 4, "newer sentences")
            for _ in range(100):
                at.view.banner.tick()
            assert told in at.banner(), "newer sentences do not push it out, and it does not go by itself"
            assert told in words_of(at.view.banner)
            at.view.banner.dismiss(told)
            await at.seen()
            assert told not in at.banner()

"""A journal whose folder is renamed in mid-session: the window says so as long as it is so, and sends nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.desk.journal import writer
from app.practice.world import PracticeWorld
from app.runtime.qtloop import QtLoop
from app.ui.look.theme import Theme
from tests.ui.status.test_away_at_practice import session


async def test_a_lost_journal_is_said_until_it_is_back(
    qloop: QtLoop, theme: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, announced_logs: object
) -> None:
    monkeypatch.setattr(writer, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(writer, "RETRY", 0.05)
    announced_logs.expect("recorded nowhere", 40)  # type: ignore[attr-defined]
    kept = tmp_path / "kept"
    kept.mkdir()
    async with PracticeWorld(venues=("bitso",), quiet=True) as world, session(theme, world, kept) as at:
        await at.seen()
        kept.rename(tmp_path / "moved")
        await at.until(at.banner, "a sentence")
        (told,) = at.banner()
        assert f"The journal {kept / 'journal.db'} does not lie there any more" in told
        assert "recorded nowhere" in told
        await at.until(lambda: at.view.foot.journal.text() == "journal not written", "the same in the foot")
        for _ in range(100):
            at.view.banner.tick()
        assert at.banner() == (told,), "it does not go by itself"
        (tmp_path / "moved").rename(kept)
        await at.until(lambda: not at.banner(), "it to be unsaid")

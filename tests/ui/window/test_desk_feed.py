"""Between the desk and the screen: everything that is touched within one frame is handed over once."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.ui.window.desk_feed import DeskFeed
from tests.helpers.paper_desk import PaperDesk, bitso_buy


def test_a_frame_carries_all_that_was_touched_and_nothing_comes_after_the_stop(qtbot: QtBot) -> None:
    paper = PaperDesk("bitso")
    feed = DeskFeed(paper.desk)
    frames: list[tuple[frozenset[str], frozenset[str]]] = []
    feed.frame.connect(lambda rows, accounts: frames.append((rows, accounts)))
    key = bitso_buy(paper)
    paper.quote("bitso", "btc_usd", "119991", "120049")
    assert frames == []
    qtbot.waitUntil(lambda: bool(frames), timeout=1000)
    ((rows, accounts),) = frames
    assert key in rows
    assert accounts == {"bitso"}
    feed.flush()
    assert len(frames) == 1, "there was nothing more"
    feed.stop()
    feed.stop()
    paper.quote("bitso", "btc_usd", "119992", "120048")
    feed.flush()
    assert len(frames) == 1

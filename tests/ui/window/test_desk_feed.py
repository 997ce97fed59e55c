"""Between the desk and the screen: everything that is touched within one frame is handed over once."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.ui.window.desk_feed import MOST_ROWS, DeskFeed
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


def test_a_frame_takes_a_part_of_a_long_list_and_what_is_looked_at_first(qtbot: QtBot) -> None:
    paper = PaperDesk("bitso")
    feed = DeskFeed(paper.desk, first=lambda: ["r290", "elsewhere"])
    frames: list[frozenset[str]] = []
    feed.frame.connect(lambda rows, accounts: frames.append(rows))
    feed.touch(f"r{number}" for number in range(3 * MOST_ROWS - 5))
    assert feed.waiting == 3 * MOST_ROWS - 5
    qtbot.waitUntil(lambda: not feed.waiting)
    assert [len(rows) for rows in frames] == [MOST_ROWS, MOST_ROWS, MOST_ROWS - 5]
    assert "r290" in frames[0]
    assert "elsewhere" not in frozenset().union(*frames)
    assert len(frozenset().union(*frames)) == 3 * MOST_ROWS - 5
    feed.stop()

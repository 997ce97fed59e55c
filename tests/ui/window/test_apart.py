"""A part of the window that fails is told of once, and the others go on."""

from __future__ import annotations

import logging

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from app.domain.events import LinkChanged
from app.domain.market import LinkState
from app.runtime.errors import ErrorSink
from app.ui.window.apart import Apart
from tests.ui.window.test_window import Bench


def broken(*_: object) -> None:
    raise ValueError("broken")


def test_each_part_is_run_and_a_fault_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    sink, ran = ErrorSink(), []
    apart = Apart(sink)
    with caplog.at_level(logging.ERROR, "redline.errors"):
        for _ in range(3):
            apart.run({"the list": broken, "the foot": lambda: ran.append(1)})
        apart.run({"the foot": broken})
    assert len(ran) == 3
    assert [problem.sentence for problem in sink.problems] == [
        "the list may be old: broken",
        "the foot may be old: broken",
    ]


@pytest.mark.parametrize("part", ["foot", "side", "dock"])
def test_a_part_that_fails_each_time_stops_no_other(
    bench: Bench, part: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(getattr(bench.ticket, part), "refresh", broken)
    with caplog.at_level(logging.ERROR, "redline.errors"):
        bench.paper.happen(LinkChanged("bitso", bench.paper.clock.now(), LinkState.DOWN, "No route."))
        for _ in range(3):
            bench.look()
            bench.ticket.feed.tick.emit()
    assert "Bitso: No route." in bench.ticket.banner.texts()
    assert bench.ticket.top.strip.cards["bitso"].news.left == "down"
    assert bench.ticket.model.row_at(bench.ticket.model.position_of(bench.buy) or 0).stale
    names = [problem.sentence for problem in bench.sink.problems]
    assert len(names) == len(set(names)) == 1
    assert sum("may be old: broken" in text for text in bench.ticket.banner.texts()) == 1


def test_a_slot_of_a_timer_that_fails_reaches_the_sink_and_the_next_one_runs(
    bench: Bench, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[int] = []
    with caplog.at_level(logging.ERROR, "redline.errors"), bench.sink.installed():
        QTimer.singleShot(0, broken)
        QTimer.singleShot(1, lambda: ran.append(1))
        qtbot.waitUntil(lambda: bool(ran), timeout=1000)
    assert [problem.sentence for problem in bench.sink.problems] == ["window: broken"]
    assert bench.ticket.banner.texts() == ("Redline itself: window: broken",)

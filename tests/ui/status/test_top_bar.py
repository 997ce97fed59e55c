"""The top of the window: the most dangerous world is named first, and two switches hold sending back."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.domain.account import Environment, world_words
from app.ui.look.theme import Theme
from app.ui.status.top_bar import TopBar
from tests.helpers.paper_desk import PaperDesk


def test_live_stands_before_everything_else() -> None:
    assert world_words(set(Environment)) == "LIVE + DEMO + PRACTICE"
    assert world_words({Environment.PRACTICE}) == "PRACTICE"


@pytest.mark.parametrize("environment", list(Environment))
def test_the_badge_and_the_switches_follow_the_desk(qtbot: QtBot, theme: Theme, environment: Environment) -> None:
    paper = PaperDesk("bitso", environment=environment)
    bar = TopBar(paper.desk, {"bitso": "Bitso"}, theme, lambda _: 0)
    qtbot.addWidget(bar)
    bar.resize(1300, 60)
    assert bar.badge.text() == environment.value.upper()
    assert (theme.colours.sell in bar.badge.styleSheet()) is (environment is Environment.LIVE)
    with qtbot.waitSignal(bar.switches_changed):
        bar.stop.click()
    assert paper.desk.stopped
    assert bar.stop.text().startswith("Sending is stopped")
    paper.desk.stopped, paper.desk.read_only = False, not paper.desk.read_only
    bar.refresh()
    assert bar.stop.text().startswith("Stop sending")
    assert bar.read_only.isChecked() is paper.desk.read_only

"""The history of an order and the ladder: escaped, newest last, and both in sight in any height."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pytestqt.qtbot import QtBot

from app.desk.state import HistoryLine, Lineage
from app.domain.amendment import Source
from app.ui.detail.story_view import StoryView, history_lines
from app.ui.look.texts import coloured
from app.ui.look.theme import DARK, Theme
from tests.helpers.paper_desk import PaperDesk, bitso_buy
from tests.helpers.toy_venue import T0, amendment


def entries(count: int) -> list[HistoryLine]:
    return [HistoryLine(T0 + each, Source.PUSH, f"line <{each}>") for each in range(count)]


def test_texts_of_the_venue_are_escaped_and_only_the_newest_are_shown() -> None:
    text = coloured(history_lines(entries(70), DARK))
    assert "line &lt;69&gt;" in text
    assert "line &lt;9&gt;" not in text
    assert text.count("<br>") == 59


@pytest.mark.parametrize("words, ink", [("confirmed by a push", DARK.good), ("refused: E7", DARK.sell)])
def test_what_settled_something_is_marked(words: str, ink: str) -> None:
    assert history_lines([HistoryLine(T0, Source.REPLY, words)], DARK)[0][0] == ink


@pytest.fixture
def lineage() -> Lineage:
    paper = PaperDesk("bitso")
    lineage = paper.desk.state.lineages[bitso_buy(paper)]
    for _ in range(80):
        paper.change(lineage.key, price=lineage.order.price + Decimal(1))  # type: ignore[operator]
    return lineage


def test_a_long_history_leaves_the_ladder_its_room(qtbot: QtBot, theme: Theme, lineage: Lineage) -> None:
    view = StoryView(theme, beside=False)
    qtbot.addWidget(view)
    view.resize(320, 420)
    view.show()
    view.show_story(lineage, amendment(lineage.order), "")
    assert view.ladder_pane.height() + view.history_pane.height() < 420
    assert view.ladder_pane.height() >= min(view.ladder_pane.content_height(320), 240)


def test_what_is_not_known_of_earlier_stands_first(qtbot: QtBot, theme: Theme, lineage: Lineage) -> None:
    view = StoryView(theme, beside=True)
    qtbot.addWidget(view)
    view.show_story(lineage, amendment(lineage.order), "Nothing is known of before.")
    assert "Nothing is known of before.</span><br>" in view.history.text()
    view.show_story(lineage, None, "Nothing is known of before.")
    assert "Nothing is known of before." not in view.history.text(), "the ladder says it"

"""The column at the right: the order that is chosen, or how to choose one."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.domain.amendment import Source
from app.domain.events import LinkChanged, OrderUnreadable
from app.domain.market import LinkState
from app.domain.order import OrderStatus
from app.ui.detail.price_chart import ChartLevels
from app.ui.detail.quote_tape import QuoteTape
from app.ui.detail.side_panel import SidePanel
from app.ui.look.theme import Theme
from app.ui.orders.rows import DeskRows, DraftShown
from tests.helpers.paper_desk import D, PaperDesk, bitso_buy, resting


def test_it_shows_the_order_that_is_chosen(qtbot: QtBot, theme: Theme) -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    panel = SidePanel(paper.desk, DeskRows(paper.desk), QuoteTape(paper.desk.state), theme)
    qtbot.addWidget(panel)
    panel.resize(panel.width(), 900)
    panel.show()

    def texts() -> str:
        return "\n".join(label.text() for label in panel.findChildren(QLabel))

    panel.show_order("", None)
    assert "NO ORDER CHOSEN" in texts()
    panel.show_order(key, None)
    assert "BTC_USD · TOUCH AND ORDER" in texts()
    assert "qlbga6b600n3xta7" in texts()
    before = panel.history.text()
    paper.change(key, status=OrderStatus.CANCELLED)
    panel.refresh()
    assert panel.history.text() != before


def test_a_draft_moves_the_line_of_the_chart_and_reads_no_history(
    qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    panel = SidePanel(paper.desk, DeskRows(paper.desk), QuoteTape(paper.desk.state), theme)
    qtbot.addWidget(panel)
    panel.show()
    panel.show_draft(key, None)
    assert panel._id.text() == "qlbga6b600n3xta7", "another order is shown whole"
    drawn: list[ChartLevels] = []
    monkeypatch.setattr(panel.chart, "show_market", lambda track, levels: drawn.append(levels))
    monkeypatch.setattr(panel.story, "show_story", lambda *_: pytest.fail("no draft is in the history"))
    panel.show_draft(key, DraftShown(D("118000"), None))
    panel.show_draft(key, None)
    assert [levels.wish for levels in drawn] == [D("118000"), None]


def test_a_hidden_column_tells_of_the_right_order_and_its_story_when_it_is_shown(qtbot: QtBot, theme: Theme) -> None:
    paper, house = PaperDesk("bitso"), QWidget()
    qtbot.addWidget(house)
    key, other = bitso_buy(paper), paper.order(resting("bitso", "two", "eth_usd", "9.00", "1"))
    panel = SidePanel(paper.desk, DeskRows(paper.desk), QuoteTape(paper.desk.state), theme, house)
    paper.change(other, status=OrderStatus.CANCELLED)
    panel.show_order(key, None)
    house.show()
    panel.hide()
    panel.show_order(other, None)
    assert panel._id.text() == "two"
    told = panel.history.text()
    assert told, "another order is shown whole, story and all"
    panel.show_order(key, None)
    assert panel._id.text() == "qlbga6b600n3xta7"
    before = panel.history.text()
    assert before != told
    paper.change(key, status=OrderStatus.CANCELLED, order_id="qlbga6b600n3xta7")
    panel.refresh()
    assert panel.history.text() == before, "nobody sees it"
    panel.show()
    assert panel.history.text() not in (before, told)
    panel.show_order("", None)
    panel.hide()
    panel.show_order("", None)
    assert panel.history.text() == ""


def test_it_says_since_when_an_order_is_not_proven_and_what_was_not_believed(qtbot: QtBot, theme: Theme) -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    panel = SidePanel(paper.desk, DeskRows(paper.desk), QuoteTape(paper.desk.state), theme)
    qtbot.addWidget(panel)
    panel.show_order(key, None)
    box = panel.standing
    assert box.isHidden()
    paper.happen(LinkChanged("bitso", paper.clock.now(), LinkState.DOWN, "No route."))
    paper.clock.pass_time(53)
    panel.refresh()
    assert "53 s ago; read again as soon as the venue answers." in box.stale.text()
    assert box.doubt.isHidden()
    raw = '{"oid":"qlbga6b600n3xta7","note":"<b>"}'
    paper.happen(OrderUnreadable("bitso", paper.clock.now(), "qlbga6b600n3xta7", "its price is 0", raw, Source.LOOKUP))
    panel.refresh()
    assert box.doubt.text().startswith("Not believed: its price is 0 (look-up, ")
    assert box.raw.toPlainText() == raw
    assert not box.raw.isHidden()
    paper.happen(LinkChanged("bitso", paper.clock.now(), LinkState.UP, ""))
    paper.clock.pass_time(1)
    paper.change(key)
    panel.refresh()
    assert box.isHidden()

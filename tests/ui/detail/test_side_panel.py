"""The column at the right: the order that is chosen, or how to choose one."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.domain.order import OrderStatus
from app.ui.detail.quote_tape import QuoteTape
from app.ui.detail.side_panel import SidePanel
from app.ui.look.theme import Theme
from app.ui.orders.rows import DeskRows
from tests.helpers.paper_desk import PaperDesk, bitso_buy


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

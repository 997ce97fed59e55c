"""The flow layout: in a row while there is room, then in the next line."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.widgets.flow_layout import FlowLayout


def test_it_goes_on_in_the_next_line_when_the_row_is_full(qtbot: QtBot) -> None:
    house = QWidget()
    qtbot.addWidget(house)
    layout = FlowLayout(house, gap=6)
    parts = [QWidget() for _ in range(3)]
    for part in parts:
        part.setFixedSize(40, 20)
        layout.addWidget(part)
    assert (layout.heightForWidth(132), layout.heightForWidth(131), layout.heightForWidth(40)) == (20, 46, 72)
    assert layout.sizeHint().toTuple() == (132, 20)
    assert layout.minimumSize().toTuple() == (40, 20)
    house.resize(100, 100)
    house.show()
    assert [part.pos().toTuple() for part in parts] == [(0, 0), (46, 0), (0, 26)]
    parts[0].hide()
    assert layout.sizeHint().toTuple() == (86, 20), "what is hidden takes no room"
    assert layout.takeAt(7) is None

"""Two columns: below each other in a narrow panel, beside each other in a wide one."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.ui.widgets.two_columns import TwoColumns


def test_turning_puts_the_second_beside_the_first_and_gives_it_more_room(qtbot: QtBot) -> None:
    first, second = QLabel("first"), QLabel("second")
    both = TwoColumns((first,), (second,))
    qtbot.addWidget(both)
    both.resize(520, 300)
    both.show()

    def corner(label: QLabel) -> tuple[int, int]:
        place = label.mapTo(both, label.rect().topLeft())
        return place.x(), place.y()

    assert corner(second)[0] == corner(first)[0]
    assert corner(second)[1] > corner(first)[1]
    both.turn(beside=True)
    both.layout().activate()
    assert corner(second)[1] == corner(first)[1]
    assert corner(second)[0] > corner(first)[0]
    assert second.width() > first.width()

"""The line that names a panel's order: one line high whatever it says, and the reason that holds Send back."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.amend.name_line import NameLine
from app.ui.look.theme import Theme
from app.ui.orders.naming import OrderName

NAME = OrderName("buy 1 X (spot) at 2", "LIVE · V · account a", "7")


def test_it_is_one_line_high_and_nothing_below_moves(qtbot: QtBot, theme: Theme) -> None:
    line = NameLine()
    qtbot.addWidget(line)
    line.show_name(NAME)
    height = line.sizeHint().height()
    line.show_other("sell 1 Y (perp) at 3 · LIVE · V · account a · order 8 " * 20)
    line.resize(200, height)
    QApplication.processEvents()
    assert line.sizeHint().height() == height


def test_it_says_where_the_list_is_and_how_to_come_back(qtbot: QtBot, theme: Theme) -> None:
    line = NameLine()
    qtbot.addWidget(line)
    line.show_name(NAME)
    assert line.text() == "buy 1 X (spot) at 2 · LIVE · V · account a · order 7"
    assert line.why_not() == ""
    line.show_other("sell 1 Y · order 8")
    assert line.text().startswith("Not the selected order (F6 comes back): this amends buy 1 X")
    assert "order 8" in line.text()
    assert "F6" in line.why_not()
    assert "Nothing was sent" in line.back_words()
    line.show_other("")
    assert line.property("role") == "name"
    assert line.why_not() == ""

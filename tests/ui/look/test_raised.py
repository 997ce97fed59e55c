"""A raised surface: its edge and its body in the theme's colours, and in the other theme's once it is changed."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.ui.look.raised import Raised
from app.ui.look.theme import DARK, LIGHT, Theme


@pytest.mark.parametrize("edge", ["control", "warn"])
def test_the_edge_and_the_body_follow_the_theme(qtbot: QtBot, edge: str) -> None:
    theme = Theme(DARK)
    raised = Raised(theme, edge=edge, corner=0)
    qtbot.addWidget(raised)
    raised.resize(80, 60)
    raised.show()
    for colours in (DARK, LIGHT):
        theme.use(colours)
        image = raised.grab().toImage()
        assert image.pixelColor(40, 30) == QColor(colours.raised)
        assert image.pixelColor(40, 0) == QColor(getattr(colours, edge))
        assert image.pixelColor(0, 30) == QColor(getattr(colours, edge))

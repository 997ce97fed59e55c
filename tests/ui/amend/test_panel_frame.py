"""The ground of a panel: an accent edge at its left, and lines that begin below its name."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.amend.panel_frame import paint_ground
from app.ui.look.theme import PALETTES, Colours
from tests.helpers.shots import shoot

LEFT, RIGHT = QRect(10, 30, 100, 60), QRect(220, 30, 70, 60)


class Ground(QWidget):
    def __init__(self, colours: Colours, *, narrow: bool) -> None:
        super().__init__()
        self._colours, self._narrow = colours, narrow
        self.resize(300, 100)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_ground(self, self._colours, LEFT, RIGHT, narrow=self._narrow)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("colours", PALETTES.values(), ids=PALETTES)
def test_the_edge_ties_it_to_its_row_and_no_line_runs_through_the_name(
    qtbot: QtBot, colours: Colours, narrow: bool
) -> None:
    ground = Ground(colours, narrow=narrow)
    qtbot.addWidget(ground)
    image = shoot(ground)
    assert image.pixelColor(1, 50).name() == colours.accent.lower()
    line = LEFT.right() + 14
    assert image.pixelColor(line, 50).name() == colours.line.lower()
    assert image.pixelColor(line, 10).name() == colours.draft_area.lower()
    assert (image.pixelColor(RIGHT.left() - 15, 60).name() == colours.line.lower()) is not narrow

"""The frame of a number field: each state looks different, and nothing of it relies on the text."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.look.theme import Theme
from app.ui.widgets.decimal_frame import FrameLook, paint_frame, suffix_width


class Framed(QWidget):
    """Nothing but a frame."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme, self.look = theme, FrameLook()
        self.resize(180, 34)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_frame(self, self.look, self.theme.colours)

    def picture(self, look: FrameLook) -> QImage:
        self.look = look
        return self.grab().toImage()


@pytest.mark.parametrize(
    "look",
    [
        FrameLook(focused=True),
        FrameLook(edited=True),
        FrameLook(locked=True),
        FrameLook(wrong=True),
        FrameLook(suffix="usd"),
    ],
)
def test_every_state_can_be_told_from_a_plain_field(qtbot: QtBot, theme: Theme, look: FrameLook) -> None:
    framed = Framed(theme)
    qtbot.addWidget(framed)
    assert framed.picture(look) != framed.picture(FrameLook())


def test_the_words_at_the_right_take_the_room_they_need(theme: Theme) -> None:
    assert suffix_width("") == 0
    assert 0 < suffix_width("usd") < suffix_width("usd, derived")

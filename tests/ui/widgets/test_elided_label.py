"""Headings that do not fit are shortened with an ellipsis and say the whole in a tooltip; none is ever cut."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.ui.look.theme import Theme
from app.ui.widgets.elided_label import ElidedLabel, heading
from tests.helpers.shots import ink, shoot

LONG = "AMEND · POST /api/v3/trade/modify-order · NEW ORDER ID"


def test_a_text_that_fits_needs_no_tooltip(qtbot: QtBot, theme: Theme) -> None:
    label = heading("Balance · usdt")
    qtbot.addWidget(label)
    label.resize(300, 20)
    assert label.shown() == label.text() == "BALANCE · USDT"
    assert label.toolTip() == ""
    assert ink(shoot(label)) > 5


def test_a_text_that_does_not_fit_keeps_both_ends(qtbot: QtBot, theme: Theme) -> None:
    label = heading("", Qt.TextElideMode.ElideMiddle)
    qtbot.addWidget(label)
    label.show()
    label.resize(200, 20)
    label.setText(LONG)
    assert label.text() == LONG, "whoever asks gets the whole"
    assert label.toolTip() == LONG
    assert label.shown().startswith("AMEND")
    assert label.shown().endswith("ID")
    assert "…" in label.shown()
    label.resize(600, 20)
    assert label.toolTip() == ""
    assert label.shown() == LONG


def test_it_never_makes_its_neighbours_wider(qtbot: QtBot, theme: Theme) -> None:
    label = ElidedLabel(LONG)
    qtbot.addWidget(label)
    assert label.minimumSizeHint().width() < 40

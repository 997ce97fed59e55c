"""Label of a history: as high as Qt's own in every width, and laid out once a text."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.ui.detail.history_label import HistoryLabel
from app.ui.look.plain import InkLabel
from app.ui.look.theme import Theme

LINES = [("#aaaaaa", f"10:00:0{number}.000 push   price 118000 → 11900{number}") for number in range(8)]


def test_it_is_as_high_as_the_words_need_whatever_was_shown_before(qtbot: QtBot, theme: Theme) -> None:
    label, plain = HistoryLabel(), InkLabel()
    for each in (label, plain):
        qtbot.addWidget(each)
    for lines in (LINES, [*LINES, ("#aaaaaa", "confirmed " * 30)], LINES[:1], []):
        for each in (label, plain):
            each.show_lines(lines)
        assert label.text() == plain.text()
        for width in (400, 120, 400):
            assert label.heightForWidth(width) == QLabel.heightForWidth(plain, width)
    large = QFont(label.font())
    large.setPointSize(30)
    for each in (label, plain):
        each.show_lines(LINES)
        each.heightForWidth(300)
        each.setFont(large)
    assert label.heightForWidth(300) == QLabel.heightForWidth(plain, 300)


def test_a_width_is_laid_out_once_a_text(qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    real = InkLabel.heightForWidth

    def counted(self: InkLabel, width: int) -> int:
        asked.append(width)
        return real(self, width)

    monkeypatch.setattr(InkLabel, "heightForWidth", counted, raising=False)
    label = HistoryLabel()
    qtbot.addWidget(label)
    for _ in range(3):
        label.show_lines(LINES)
        label.heightForWidth(200)
        label.heightForWidth(300)
    assert asked == [200, 300]
    label.show_lines(LINES[1:])
    label.heightForWidth(200)
    assert asked == [200, 300, 200]


def test_a_word_without_end_asks_for_no_width(qtbot: QtBot, theme: Theme) -> None:
    label = HistoryLabel()
    qtbot.addWidget(label)
    label.show_lines([("#aaaaaa", "x" * 3_000)])
    assert label.minimumSizeHint().width() == 0
    assert label.sizeHint().width() <= 80 * label.fontMetrics().horizontalAdvance("0")
    label.show_lines(LINES)
    before = label.sizeHint()
    label.show_lines(LINES[:4])
    assert label.sizeHint().width() == before.width()
    assert label.sizeHint().height() == before.height() // 2

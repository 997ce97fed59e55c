"""Texts for Qt and the clipboard: whatever they hold, they can be encoded, and a venue's mark-up is no mark-up."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.ui.look.texts import copy, shortened, tip, writable


@pytest.mark.parametrize(
    "text, shown",
    [
        ("plain", "plain"),
        ("ä → 漢 😀", "ä → 漢 😀"),
        ("a\ud800b", "a\\ud800b"),
        ("\udfff", "\\udfff"),
        ("ä\udc80😀", "ä\\udc80😀"),
        ("\ud83d\ude00", "\\ud83d\\ude00"),
    ],
)
def test_half_a_pair_is_written_as_its_escape(qapp: QApplication, text: str, shown: str) -> None:
    assert writable(text) == shown
    copy(text)
    assert QGuiApplication.clipboard().text() == shown


def test_a_text_without_end_is_shortened() -> None:
    assert shortened("x" * 5000, 10) == "x" * 9 + "…"
    assert shortened("\ud800" * 3, 100) == "\\ud800" * 3


def test_mark_up_in_a_tooltip_is_text() -> None:
    assert tip("3 < 4") == "3 < 4"
    assert tip("<b>now</b>\nthen") == "&lt;b&gt;now&lt;/b&gt;<br>then"

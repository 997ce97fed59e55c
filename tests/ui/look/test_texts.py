"""Texts for Qt and the clipboard: whatever they hold, they can be encoded, and a venue's mark-up is no mark-up."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication, Qt, QTextDocument
from PySide6.QtWidgets import QApplication

from app.ui.look.texts import (
    coloured,
    copied_lines,
    copy,
    copy_lines,
    label_of,
    page,
    raw_page,
    shortened,
    tip,
    writable,
)


@pytest.mark.parametrize(
    "text, shown",
    [
        ("plain", "plain"),
        ("ä → 漢 😀", "ä → 漢 😀"),
        ("a\ud800b", "a\\ud800b"),
        ("\udfff", "\\udfff"),
        ("ä\udc80😀", "ä\\udc80😀"),
        ("\ud83d\ude00", "\\ud83d\\ude00"),
        ("a\nb\u202e", "a\\nb\\u202e"),
    ],
)
def test_what_is_not_seen_is_written_as_its_escape(qapp: QApplication, text: str, shown: str) -> None:
    assert writable(text) == shown
    copy(text)
    assert QGuiApplication.clipboard().text() == shown


def test_a_text_without_end_is_shortened() -> None:
    assert shortened("x" * 5000, 10) == "x" * 9 + "…"
    assert shortened("\ud800" * 3, 100) == "\\ud800" * 3


MARKUP = [
    "<b>now</b>", '<img src="file:///dev/zero">', "<!-- x", "&lt;b&gt; & <i>", "3 <4> 5", "<!doctype html>",
    "<?xml ?><a>", "&lt;", "a  b <u>", " <p>",
]  # fmt: skip


@pytest.mark.parametrize("text", MARKUP)
def test_mark_up_in_a_tooltip_is_text(qapp: QApplication, text: str) -> None:
    shown = tip(text, "then\nmore")
    document = QTextDocument()
    document.setHtml(shown) if Qt.mightBeRichText(shown) else document.setPlainText(shown)
    assert document.toPlainText() == f"{text}\nthen\\nmore"


def test_a_tooltip_is_as_it_is_where_nothing_can_be_taken_for_mark_up() -> None:
    assert tip("3 < 4", "", "5 > 2") == "3 < 4\n5 > 2"
    assert tip("") == ""


def test_a_part_of_a_page_never_makes_another_line() -> None:
    assert page("1. a\n2. b", "3. c") == "1. a\\n2. b\n3. c"
    assert raw_page('{\r\n"a": "\u202e"}') == '{\n"a": "\\u202e"}'


def test_the_text_of_a_button_is_no_key() -> None:
    assert label_of("A&B\n&&") == "A&&B\\n&&&&"


def test_inks_are_ours_and_words_are_words(qapp: QApplication) -> None:
    document = QTextDocument()
    document.setHtml(coloured([("#123456", '"><img src=x>'), ("red", "a\nb  c")]))
    assert document.toPlainText() == '"><img src=x>\na\\nb  c'


def test_a_row_is_copied_as_cells(qapp: QApplication) -> None:
    copy("=1+1", "a\tb\nc", "-0.5", "−120\u202f000")
    assert QGuiApplication.clipboard().text() == "'=1+1\ta\\tb\\nc\t-0.5\t-120000"


def test_a_selection_is_copied_as_a_cell_a_line(qapp: QApplication) -> None:
    assert copied_lines("=1\u2029b\n@c") == "'=1\nb\n'@c"
    copy_lines("+1+1")
    assert QGuiApplication.clipboard().text() == "'+1+1"


def test_what_is_spoken_is_bounded() -> None:
    assert writable("a" * 1_000_000) == f"{'a' * 3_999}…"

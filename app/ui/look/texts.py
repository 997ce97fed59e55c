"""Door for texts on their way to Qt and to the clipboard: what a venue or a file wrote is never markup or a formula.

Qt guesses whether a tooltip is HTML, drops half of a surrogate pair and leaves an error behind that breaks whatever
Python code happens to run next. What leaves here is plain, visible, and can be encoded.
"""

from __future__ import annotations

import html

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication, Qt
from PySide6.QtWidgets import QToolTip, QWidget

from app.domain.plain import cell, lines, one_line, tabbed

#: Characters of a text that are shown: to lay out a longer one holds the window up.
MOST = 600

_MOST_TIP = 2_000

#: Most characters that a screen reader is given of one thing: it reads them from the first to the last.
_MOST_SPOKEN = 4_000


def writable(text: str) -> str:
    """Return the text on one line, every character that is not seen as its escape: `a\\ud800` where that is in it.

    It is bounded as what a screen reader is given; what is laid out is `shortened`.
    """
    return one_line(text, _MOST_SPOKEN)


def shortened(text: str, most: int = MOST) -> str:
    """Return the text, writable and at most so many characters long."""
    return one_line(text, most)


def page(*parts: str, most: int = 200_000) -> str:
    """Return a text of several lines for a box that holds nothing else; a part never makes another line of ours."""
    return lines("\n".join(one_line(part, most) for part in parts), most)


def raw_page(text: str, most: int = 200_000) -> str:
    """Return a text of others with its own line ends, for a box that holds nothing but that text."""
    return lines(text, most)


def tip(*texts: str) -> str:
    """Return a tooltip of these lines: Qt would read a venue's `<b>` as a style, so it is escaped where it might."""
    text = "\n".join(one_line(text, _MOST_TIP) for text in texts if text)
    if not Qt.mightBeRichText(text):
        return text
    return f'<p style="white-space: pre-wrap">{html.escape(text)}</p>'


def show_tip(place: QPoint, widget: QWidget, *texts: str) -> None:
    """Show a tooltip of these lines at a place of the screen."""
    QToolTip.showText(place, tip(*texts), widget)


def label_of(button_text: str) -> str:
    """Return the text for a button, a tab or a menu: Qt would take an `&` out and make a key of what follows."""
    return one_line(button_text, MOST).replace("&", "&&")


def coloured(parts: list[tuple[str, str]]) -> str:
    """Return lines, each with the colour of its ink, for the one kind of label that has several inks."""
    style = '<span style="color: {}; white-space: pre-wrap">{}</span>'
    return "<br>".join(style.format(ink, html.escape(one_line(text))) for ink, text in parts)


def copy(*cells: str) -> None:
    """Put a row of cells on the clipboard."""
    QGuiApplication.clipboard().setText(tabbed(cells))


def copied_lines(text: str) -> str:
    """Return a selection of a box or a label as it goes to the clipboard: a cell a line."""
    return "\n".join(cell(line) for line in text.replace("\u2029", "\n").split("\n"))


def copy_lines(text: str) -> None:
    """Put a selection of a box or a label on the clipboard."""
    QGuiApplication.clipboard().setText(copied_lines(text))


def pasted() -> str:
    """Return what is on the clipboard."""
    return QGuiApplication.clipboard().text()

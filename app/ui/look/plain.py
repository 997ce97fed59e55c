"""Factory of everything that shows a text: labels, buttons, boxes of text and questions, plain whatever they are given.

Qt's own guess their format: an order id `<img src="file:///dev/zero">` would be loaded, an `&` would become a key, and
a question could be written by the one it is asked about. Nothing else in the window makes them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QFont, QKeyEvent, QKeySequence, QTextOption
from PySide6.QtWidgets import QLabel, QMenu, QMessageBox, QPlainTextEdit, QPushButton, QRadioButton, QWidget

from app.domain.account import REPLAY, Environment, replay_words, world_words
from app.ui.look.texts import MOST, coloured, copied_lines, copy_lines, label_of, page, shortened

#: Property of a window: the world, or worlds, its orders live in.
WORLD = "world"


class Label(QLabel):
    """Plain text, every character that is not seen as its escape; a text too long to lay out is shortened."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, role: str = "", wrap: bool = False) -> None:
        """Make a label.

        Args:
            text: what it says.
            parent: Qt's owner.
            role: its style.
            wrap: whether its text goes on in further lines where the width asks for it.
        """
        super().__init__(parent)
        super().setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("role", role)
        self.setWordWrap(wrap)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Take another text; a line end of it is written out."""
        self._put(shortened(text))

    def set_lines(self, *parts: str) -> None:
        """Take a text of several lines; none of them can make another."""
        self._put(page(*parts, most=MOST))

    def _put(self, text: str) -> None:
        if text != self.text():
            super().setText(text)

    def make_selectable(self) -> None:
        """Let it be selected with the pointer, and copied."""
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies what is selected, as a text that no table takes for a formula."""
        if event.matches(QKeySequence.StandardKey.Copy) and self.hasSelectedText():
            copy_lines(self.selectedText())
            event.accept()
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the copy where something is selected; Qt's own menu would copy it as it is."""
        if not self.hasSelectedText():
            event.ignore()
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        selected = self.selectedText()
        menu.addAction("Copy").triggered.connect(lambda: copy_lines(selected))
        menu.popup(event.globalPos())


class InkLabel(Label):
    """Lines of several colours. The words are plain as in every label; the colours are ours alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, role="mono", wrap=True)
        QLabel.setTextFormat(self, Qt.TextFormat.RichText)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)

    def show_lines(self, parts: list[tuple[str, str]]) -> None:
        """Show lines, each as (ink, text)."""
        self._put(coloured(parts))


class Button(QPushButton):
    """A button whose text is no key and no mark."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, role: str = "") -> None:
        super().__init__(label_of(text), parent)
        if role:
            self.setProperty("role", role)

    def setText(self, text: str) -> None:
        """Take another text."""
        super().setText(label_of(text))

    def text(self) -> str:
        """The text as it is read."""
        return super().text().replace("&&", "&")


class Pill(QRadioButton):
    """One word of a choice, spoken as one of several; its text is no key. All of it takes a click."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(label_of(text), parent)
        self.setProperty("role", "pill")

    def text(self) -> str:
        """The text as it is read."""
        return super().text().replace("&&", "&")

    def hitButton(self, place: QPoint) -> bool:
        """Count its frame as itself: Qt would count the word alone."""
        return self.rect().contains(place)


class PlainBox(QPlainTextEdit):
    """A box of text to read, select and copy, by keyboard too; a selection goes to the clipboard as cells."""

    def __init__(self, name: str, role: str, font: QFont, wrap: QTextOption.WrapMode) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setAccessibleName(shortened(name))
        self.setProperty("role", role)
        self.setFont(font)
        self.setWordWrapMode(wrap)

    def createMimeDataFromSelection(self) -> QMimeData:
        """Give the selection as a text in which no line is a formula."""
        data = QMimeData()
        data.setText(copied_lines(self.textCursor().selection().toPlainText()))
        return data


def _world_of(parent: QWidget, texts: Sequence[str]) -> tuple[str, bool]:
    """The world a question is about, and whether its texts name it: that of its orders, else that of the window."""
    words = set(re.findall(r"\b[A-Z]+\b", " ".join(texts)))
    named = world_words(each for each in Environment if each.value.upper() in words)
    of_window = str(parent.window().property(WORLD) or "")
    if not named or (REPLAY in of_window and REPLAY not in words):
        return of_window, False
    return replay_words(named, replayed=REPLAY in words), True


def question(parent: QWidget, title: str, text: str, *more: str) -> QMessageBox:
    """Return a question with Yes and No that offers No; it is the caller who opens it, without stopping anything.

    It names the world it is about, in its title and in its text: where the caller does not, that of the window.

    Args:
        parent: widget it belongs to.
        title: title of its window.
        text: the question.
        more: what else is to be known before it is answered, each thing on a line of its own.
    """
    world, is_named = _world_of(parent, (text, *more))
    if world and not is_named:
        more = (world, *more)
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(shortened(f"{title} — {world}" if world else title))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(shortened(text))
    box.setInformativeText(page(*more, most=MOST))
    for label in box.findChildren(QLabel):
        label.setTextFormat(Qt.TextFormat.PlainText)  # the box forgets the informative one
    box.setStandardButtons(QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No)
    box.setDefaultButton(QMessageBox.StandardButton.No)
    return box

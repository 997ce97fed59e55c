"""Page shown while there is no desk: that it is starting, or why it could not and what to do."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ui.look.plain import Button, Label
from app.ui.look.texts import writable
from app.ui.look.theme import text_font

_WIDEST = 640
_TITLE_PX = 20
_TEXT_PX = 15


class StartPage(QWidget):
    """One sentence in the middle; a failure also has a title, the file it is about, what to do, and two ways on.

    Signals:
        retry_wanted: the person has mended it.
        close_wanted: the person gives up.

    Attributes:
        seen: set once it has been painted.
    """

    retry_wanted = Signal()
    close_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.seen = asyncio.Event()
        self.setProperty("role", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title, self.said, self.file, self.advice = Label(), Label(), Label(), Label()
        self.title.setText("Redline could not start")
        self.title.setFont(text_font(_TITLE_PX, bold=True))
        self.file.setProperty("role", "mono")
        self.advice.setProperty("role", "dim")
        for label in (self.title, self.said, self.file, self.advice):
            label.setWordWrap(True)
        self.retry, self.close_button = Button("Try again"), Button("Close Redline")
        self.retry.setProperty("role", "send")
        self.retry.clicked.connect(self._retry)
        self.close_button.clicked.connect(self.close_wanted)
        self._buttons = QWidget()
        line = QHBoxLayout(self._buttons)
        line.setContentsMargins(0, 10, 0, 0)
        line.setSpacing(10)
        line.addWidget(self.retry)
        line.addWidget(self.close_button)
        line.addStretch(1)
        middle = QWidget()
        middle.setMaximumWidth(_WIDEST)
        middle.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(middle)
        column.setSpacing(12)
        for part in (self.title, self.said, self.file, self.advice, self._buttons):
            column.addWidget(part)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(middle, 100)
        across.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(40, 40, 40, 40)
        layout.addStretch(1)
        layout.addLayout(across)
        layout.addStretch(1)
        self.show_progress("Starting…")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and let those go on who waited for the first picture."""
        super().paintEvent(event)
        self.seen.set()

    def show_progress(self, text: str, *, can_close: bool = False) -> None:
        """Say what is going on; `can_close` offers to give it up, where it may take long."""
        for part in (self.title, self.file, self.advice, self._buttons):
            part.hide()
        self.retry.setVisible(False)
        self._buttons.setVisible(can_close)
        self.said.setFont(text_font())
        self.said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.said.setText(text)

    def _retry(self) -> None:
        self.show_progress("Starting…")
        self.retry_wanted.emit()

    def show_failure(self, text: str, file: str, advice: str, *, can_retry: bool) -> None:
        """Say why there is no desk.

        Args:
            text: the sentence. file: the path it is about, "" for none. advice: what to do.
            can_retry: whether trying again may help.
        """
        for label in (self.title, self.said, self.file, self.advice):
            label.make_selectable()  # not before: the first picture would wait for it
        self.said.setFont(text_font(_TEXT_PX))
        self.said.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.said.setText(text)
        self.file.setText(file)
        self.advice.setText(advice)
        self.setAccessibleName(writable(f"Redline could not start. {text}"))
        self.setAccessibleDescription(writable(" ".join(part for part in (file, advice) if part)))
        for part in (self.title, self.advice, self._buttons):
            part.show()
        self.file.setVisible(bool(file))
        self.retry.setVisible(can_retry)
        (self.retry if can_retry else self.close_button).setFocus()

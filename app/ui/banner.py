"""Sentences a person should read: what a venue or the program itself has to say, newest first.

Trouble stays until it is dismissed or over; anything else goes by itself.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.ui.theme import Theme, Tone

__all__ = ["Banner"]

_MOST = 3
_READ_AFTER = 40


class _Line(QWidget):
    dismissed = Signal()

    def __init__(self, passing: bool, text: str, tone: Tone, theme: Theme) -> None:
        super().__init__()
        self.passing, self.ticks = passing, 0
        self._tone, self._theme = tone, theme
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.label = QLabel(text)
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        close = QPushButton("Dismiss")
        close.setProperty("role", "pill")
        close.setAccessibleName(f"Dismiss: {text}")
        close.clicked.connect(self.dismissed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.addWidget(self.label, 1)
        layout.addWidget(close)
        self.paint_again()

    def paint_again(self) -> None:
        swatch = self._theme.colours.tone(self._tone)
        self.setStyleSheet(f"_Line {{ background: {swatch.fill}; border-bottom: 1px solid {swatch.border}; }}")
        self.label.setStyleSheet(f"color: {swatch.text}; font-size: 12px;")


class Banner(QWidget):
    """Up to three sentences of what happened, and every sentence of what still stands."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._lines: list[tuple[str, _Line]] = []
        self._standing: set[str] = set()
        self.setAccessibleName("Notices")
        theme.changed.connect(self._paint_again)
        self.hide()

    def tell(self, text: str, *, serious: bool = True, standing: bool = False) -> None:
        """Show a sentence; one that is shown already is not repeated.

        Args:
            text: the sentence.
            serious: whether it is trouble.
            standing: whether it tells of a state that lasts; newer sentences do not push it out.
        """
        if standing:
            self._standing.add(text)
        if any(shown == text for shown, _ in self._lines):
            return
        line = _Line(
            not serious, f"{'✕' if serious else '◌'}  {text}", Tone.BAD if serious else Tone.PENDING, self._theme
        )
        line.dismissed.connect(lambda: self.dismiss(text))
        self._lines.insert(0, (text, line))
        self._layout.insertWidget(0, line)
        passing = [shown for shown, _ in self._lines if shown not in self._standing]
        for old in passing[_MOST:]:
            self.dismiss(old)
        self.show()

    def tick(self) -> None:
        """Half a second passed: what is no trouble has been read after a while, unless the pointer is on it."""
        for text, line in list(self._lines):
            if line.passing and not line.underMouse():
                line.ticks += 1
                if line.ticks >= _READ_AFTER:
                    self.dismiss(text)

    def dismiss(self, text: str) -> None:
        """Take a sentence away."""
        self._standing.discard(text)
        for entry in [entry for entry in self._lines if entry[0] == text]:
            self._lines.remove(entry)
            self._layout.removeWidget(entry[1])
            entry[1].hide()
            entry[1].deleteLater()
        self.setVisible(bool(self._lines))

    def texts(self) -> tuple[str, ...]:
        """The sentences shown, newest first."""
        return tuple(text for text, _ in self._lines)

    def _paint_again(self) -> None:
        for _, line in self._lines:
            line.paint_again()

"""The keys of the window, in one table: what makes the shortcuts also makes the help."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from app.ui.look.plain import Label
from app.ui.look.texts import writable
from app.ui.look.theme import Theme


@dataclass(frozen=True, slots=True)
class Key:
    """One habit: the keys, where they work, what they do. `action` names a window shortcut, "" for all others."""

    keys: str
    where: str
    does: str
    action: str = ""


KEYS: tuple[Key, ...] = (
    Key("Up, Down", "list", "choose an order"),
    Key("F2, Enter", "list", "open the amend panel"),
    Key("Menu, Shift+F10", "list", "the menu of the selected order"),
    Key("Esc", "list", "show all orders again, whatever was searched or chosen"),
    Key("Up, Down", "number", "one tick; with Shift ten, with Ctrl a hundred"),
    Key("PgUp, PgDn", "number", "one percent"),
    Key("Ctrl+.", "panel", "nearest legal value"),
    Key("Ctrl+Enter", "panel", "send the amendment"),
    Key("Esc", "panel", "undo the field, then the draft, then close the panel"),
    Key("F1", "field", "the rule behind it"),
    Key("F5", "window", "look this order up at its venue now", "check"),
    Key("F6", "window", "go between the list, the panel and what is said over it", "pane"),
    Key("Ctrl+L", "window", "the confirmation ladder of this order, and back", "ladder"),
    Key("Ctrl+K", "window", "find an order", "search"),
    Key("Ctrl+R", "window", "list all orders again", "refresh"),
    Key("Ctrl+Shift+K", "window", "stop sending, or let it go on", "stop"),
    Key("Ctrl+Shift+L", "window", "light or dark", "theme"),
    Key("Ctrl+/", "window", "these keys", "keys"),
)


class KeyCard(QFrame):
    """The table of keys over the window; any key or click elsewhere closes it.

    Signals:
        closed: it was closed.
    """

    closed = Signal()

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Keys")
        self.setAccessibleDescription(writable(". ".join(f"{key.keys} in the {key.where}: {key.does}" for key in KEYS)))
        grid = QGridLayout(self)
        grid.setContentsMargins(20, 16, 20, 16)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(6)
        for row, key in enumerate(KEYS):
            for column, (text, role) in enumerate(((key.keys, "key"), (key.where, "small"), (key.does, "dim"))):
                label = Label(text)
                label.setProperty("role", role)
                grid.addWidget(label, row, column)
        self.hide()

    def show_card(self) -> None:
        """Show the card in the middle of the window."""
        self.adjustSize()
        window = self.window()
        self.move((window.width() - self.width()) // 2, (window.height() - self.height()) // 2)
        self.show()
        self.raise_()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Any key closes it and does nothing else."""
        self.hide()
        self.closed.emit()
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Going on working closes it."""
        super().focusOutEvent(event)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A raised card."""
        colours = self._theme.colours
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(colours.control), 1))
            painter.setBrush(QColor(colours.raised))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 8, 8)

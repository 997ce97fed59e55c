"""The keys of the window, in one table: what makes the shortcuts also makes the help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QWidget

from app.ui.look.plain import Label
from app.ui.look.raised import Raised
from app.ui.look.texts import writable
from app.ui.look.theme import Theme


@dataclass(frozen=True, slots=True)
class Key:
    """One habit: the keys, where they work, what they do. `action` names what can have another key, "" for the rest."""

    keys: str
    where: str
    does: str
    action: str = ""


KEYS: tuple[Key, ...] = (
    Key("Up, Down", "list", "choose an order"),
    Key("F2, Enter", "list", "open the amend panel"),
    Key("Ctrl+A, Shift+Up, Ctrl+Space", "list", "mark orders; F2 and Del are then about all of them"),
    Key("Del", "list", "cancel the selected order; it is asked first"),
    Key("Menu, Shift+F10", "list", "the menu of the selected order"),
    Key("Esc", "list", "show all orders again, whatever was searched or chosen"),
    Key("Up, Down", "number", "one tick; with Shift ten, with Ctrl a hundred"),
    Key("PgUp, PgDn", "number", "one percent"),
    Key("Alt+Up", "panel", "join: the best price on the order's own side", "join"),
    Key("Alt+Down", "panel", "improve: one tick better than that", "improve"),
    Key("Ctrl+.", "panel", "nearest legal value", "legal"),
    Key("Alt+R", "panel", "the next route, where the venue offers several", "route"),
    Key("Ctrl+Enter", "panel", "send the amendment", "send"),
    Key("Esc", "panel", "undo the field, then the draft, then close the panel"),
    Key("F1", "field", "the rule behind it"),
    Key("F5", "window", "look this order up at its venue now", "check"),
    Key("F6", "window", "go between the list, the panel and what is said over it", "pane"),
    Key("Ctrl+L", "window", "the confirmation ladder of this order, and back", "ladder"),
    Key("Ctrl+K", "window", "the palette: every action, order and ended order by its name", "palette"),
    Key("Ctrl+F", "window", "find an order in the list", "search"),
    Key("Ctrl+Shift+Z", "window", "draft the undo of the order's last amendment", "undo"),
    Key("Ctrl+R", "window", "list all orders again", "refresh"),
    Key("Ctrl+Shift+K", "window", "stop sending, or let it go on", "stop"),
    Key("Ctrl+Shift+L", "window", "light or dark", "theme"),
    Key("Alt+Left, Alt+Right, Alt+Home, Alt+End", "replay", "the event before, the next; the first row, the last"),
    Key("Ctrl+/", "window", "these keys", "keys"),
)


class Keymap:
    """The keys in force.

    Attributes:
        table: every key, those of the user's own in their places.
        path: the file that holds those; None where none is read.
        problems: what is wrong in it, a sentence each; what they are about has its default.
    """

    def __init__(
        self, own: Mapping[str, str] | None = None, path: Path | None = None, problems: tuple[str, ...] = ()
    ) -> None:
        """Take the keys of the table, and for some actions others, by the action's name."""
        own = own or {}
        self.table = tuple(replace(key, keys=own.get(key.action, key.keys)) for key in KEYS)
        self.path, self.problems = path, problems

    def keys(self, action: str) -> str:
        """Return the key of an action as a person reads it; "" where it has none."""
        return next((key.keys for key in self.table if action and key.action == action), "")

    def bind(self, action: str, widget: QWidget, slot: Callable[[], object], context: Qt.ShortcutContext) -> None:
        """Let an action's key do something in a widget; a key that is held down does it once."""
        for keys in both_enters(self.keys(action)):
            shortcut = QShortcut(keys, widget)
            shortcut.setContext(context)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(slot)


def signs(keys: str) -> str:
    """Return a key as it stands on a button: “Ctrl ⇧ K” for Ctrl+Shift+K."""
    names = {"Shift": "⇧", "Enter": "↵", "Return": "↵", "Up": "↑", "Down": "↓", "": "+"}
    return " ".join(names.get(part, part) for part in keys.replace("++", "+").split("+"))


def both_enters(keys: str) -> list[QKeySequence]:
    """Return a key as Qt's sequences: there are two keys called Enter, and both are meant."""
    head, _, last = keys.rpartition("+")
    if last.lower() not in ("enter", "return"):
        return [QKeySequence(keys)]
    return [QKeySequence(f"{head}+{name}".lstrip("+")) for name in ("Return", "Enter")]


#: Space between the lines of the card of keys.
_ROOMY, _CLOSE = 6, 1


class KeyCard(Raised):
    """The table of keys over the window; any key or click elsewhere closes it.

    Signals:
        closed: it was closed.
    """

    closed = Signal()

    def __init__(self, theme: Theme, window: QWidget, keys: Keymap | None = None) -> None:
        super().__init__(theme, window)
        table = (keys or Keymap()).table
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Keys")
        words = (f"{key.keys} in the {key.where}: {key.does}" for key in table)
        self.setAccessibleDescription(writable(". ".join(words)))
        self._table, self._grid = table, QGridLayout(self)
        self._grid.setHorizontalSpacing(14)
        self.hide()

    def _fill(self) -> None:
        """Make the lines, when they are shown for the first time."""
        for row, key in enumerate(self._table):
            for column, (text, role) in enumerate(((key.keys, "key"), (key.where, "small"), (key.does, "dim"))):
                label = Label(text)
                label.setProperty("role", role)
                self._grid.addWidget(label, row, column)

    def show_card(self) -> None:
        """Show the card in the middle of the window, its lines closer to each other where there is little room."""
        if not self._grid.count():
            self._fill()
        window = self.window()
        for spacing in (_ROOMY, _CLOSE):
            self._grid.setVerticalSpacing(spacing)
            self._grid.setContentsMargins(20, 2 * spacing + 4, 20, 2 * spacing + 4)
            self._grid.activate()
            self.adjustSize()
            if self.height() <= window.height():
                break
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

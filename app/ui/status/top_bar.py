"""The top of the window: which world this is, the accounts, the search, and the two switches that hold sending back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QWidget

from app.desk.desk import Desk
from app.domain.account import Environment, worlds
from app.ui.look.keymap import Keymap, signs
from app.ui.look.plain import Button, Label
from app.ui.look.texts import tip, writable
from app.ui.look.theme import Theme
from app.ui.status.venue_strip import VenueStrip

#: From this width on the accounts' cards have their full width and the search its own.
_ROOMY = 1240

#: Below it the cards say less than their names, and the switches a word each.
_TIGHT = 900

_SEARCH, _LEAST_SEARCH = 120, 64


class TopBar(QWidget):
    """Badge, strip, search, switches.

    Signals:
        searched: the search text changed.
        search_done: Enter in the search.
        account_chosen: a card of the strip was pressed.
        switches_changed: read-only, of the ticket or of an account, or stop was switched.
        said: a sentence for the banner: why a switch is not there.
    """

    searched = Signal(str)
    search_done = Signal()
    account_chosen = Signal(object)
    switches_changed = Signal()
    said = Signal(str)

    def __init__(
        self,
        desk: Desk,
        titles: dict[str, str],
        theme: Theme,
        unreadable: Callable[[str], int],
        keys: Keymap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Show everything; `unreadable` tells how many orders of an account cannot be read."""
        super().__init__(parent)
        self._desk, self._theme, self._keys = desk, theme, keys or Keymap()
        self.setProperty("role", "top")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(60)
        self.badge = Label()
        self.name_world()
        self.strip = VenueStrip(desk, titles, theme, unreadable)
        self.strip.chosen.connect(self.account_chosen)
        self.strip.switched.connect(self.switches_changed)
        self.search = QLineEdit()
        find = signs(self._keys.keys("search"))
        self.search.setPlaceholderText(writable(f"Find an order id, client id or symbol…   {find}"))
        self.search.setAccessibleName("Find an order")
        self.search.setClearButtonEnabled(True)
        self.search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.search.textChanged.connect(self.searched)
        self.search.returnPressed.connect(self.search_done)
        self.read_only = Button()
        self.read_only.setCheckable(True)
        self.read_only.setChecked(desk.read_only)
        self.read_only.setProperty("role", "hold")
        self.read_only.toggled.connect(self._set_read_only)
        self.stop = Button()
        self.stop.setCheckable(True)
        self.stop.setProperty("role", "danger")
        self.stop.toggled.connect(self._set_stopped)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 7, 12, 7)
        layout.setSpacing(10)
        # Whatever the width is, the two switches are whole; what stands between gives way, and is cut at last.
        between = QWidget()
        between.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        middle = QHBoxLayout(between)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(10)
        middle.addWidget(self.strip)
        middle.addWidget(self.search, 1)
        layout.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(between, 1)
        layout.addWidget(self.read_only)
        layout.addWidget(self.stop)
        if desk.refusal:
            # Nothing can be sent whatever they say, and a switch that does nothing would be a lie.
            self.read_only.hide()
            self.stop.hide()
        theme.changed.connect(self._paint_badge)
        self._word_switches()

    def name_world(self) -> None:
        """Say which world the accounts are of, in words and colour."""
        words = worlds(self._desk.accounts.values())
        self.badge.setText(words)
        self.badge.setAccessibleName(writable(f"Environment: {words.lower()}"))
        self._paint_badge()

    def refresh(self) -> None:
        """Show the accounts and switches as they are now."""
        self.strip.refresh()
        self.read_only.setChecked(self._desk.read_only)
        self.stop.setChecked(self._desk.stopped)

    def turn_read_only(self) -> None:
        """Switch read-only on or off, as the button does."""
        self._turn(self.read_only)

    def turn_stop(self) -> None:
        """Stop sending or let it go on, as the button does."""
        self._turn(self.stop)

    def _turn(self, switch: QPushButton) -> None:
        if self._desk.refusal:
            self.said.emit(self._desk.refusal)
        else:
            switch.toggle()

    def _set_read_only(self, on: bool) -> None:
        self._desk.read_only = on
        self._word_switches()
        self.switches_changed.emit()

    def _set_stopped(self, on: bool) -> None:
        self._desk.stopped = on
        self._word_switches()
        self.switches_changed.emit()

    def _word_switches(self) -> None:
        word = "Read-only on" if self.read_only.isChecked() else "Read-only off"
        self.read_only.setText(word if self.width() >= _TIGHT else "Read-only")
        self.read_only.setAccessibleName(writable(word))
        self.read_only.setToolTip("While on, nothing can be sent and nothing cancelled.")
        stopped = self.stop.isChecked()
        keys = f"   {signs(self._keys.keys('stop'))}" if self.width() >= _ROOMY else ""
        words = "Sending is stopped" if stopped else "Stop sending"
        short = "Stopped" if stopped else "Stop"
        self.stop.setText(f"{words}{keys}" if self.width() >= _TIGHT else short)
        self.stop.setAccessibleName(writable(words))
        what = "Press to let amendments leave again" if stopped else "Let no amendment leave"
        self.stop.setToolTip(tip(f"{what} ({self._keys.keys('stop')})."))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the accounts need the room more than the name of a key does."""
        super().resizeEvent(event)
        self._word_switches()
        tight = event.size().width() < _TIGHT
        self.strip.set_tight(tight)
        self.search.setMinimumWidth(_LEAST_SEARCH if tight else _SEARCH)

    def _paint_badge(self) -> None:
        """Fill it with the world's colour; that of a replay is an outline besides, so that no eye takes it for one."""
        colours = self._theme.colours
        there, edge = {account.environment for account in self._desk.accounts.values()}, "0"
        if self._desk.refusal:
            ink, paper, edge = colours.replay, colours.panel, f"2px dashed {colours.replay}"
        elif Environment.LIVE in there:
            ink, paper = colours.window, colours.sell
        elif Environment.DEMO in there:
            ink, paper = colours.window, colours.warn
        else:
            ink, paper = colours.on_accent, colours.accent
        self.badge.setStyleSheet(
            f"background: {paper}; color: {ink}; font-weight: 700; font-size: 11px; letter-spacing: 0.7px;"
            f"padding: 4px 9px; border: {edge}; border-radius: 4px;"
        )

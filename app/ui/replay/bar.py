"""The bar of a replay: the moment shown, the event at it, and the ways to another.

It stands between the top and the list from the first moment on and never changes its height, so no row moves for it.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QVBoxLayout, QWidget

from app.ui.look.plain import Button, Label
from app.ui.look.texts import tip, writable
from app.ui.widgets.elided_label import ElidedLabel

_HEIGHT = 64

#: What each button says and is called, its key, and what it does.
_WAYS = (
    ("first", "First", "Alt+Home", "Go to the first row of the record"),
    ("back", "◀ Back", "Alt+Left", "Go to the event before; raw messages and clock readings are passed over"),
    ("on", "Next ▶", "Alt+Right", "Go to the next event; raw messages and clock readings are passed over"),
    ("last", "Last", "Alt+End", "Go to the last row of the record"),
)


class ReplayBar(QWidget):
    """Buttons, slider, moment, event and hash.

    Signals:
        first, back, on, last: a button or its key was pressed.
        sought: the slider was moved; carries the step.
        given_up: a long move is to be ended.
    """

    first = Signal()
    back = Signal()
    on = Signal()
    last = Signal()
    sought = Signal(int)
    given_up = Signal()

    def __init__(self, count: int, parent: QWidget | None = None) -> None:
        """Show nothing yet of a record of so many rows."""
        super().__init__(parent)
        self.setProperty("role", "replay")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Replay")
        self.buttons: dict[str, Button] = {}
        upper = QHBoxLayout()
        upper.setSpacing(6)
        slots: dict[str, Callable[[], object]] = {
            "first": self.first.emit,
            "back": self.back.emit,
            "on": self.on.emit,
            "last": self.last.emit,
        }
        for name, words, keys, does in _WAYS:
            button = self.buttons[name] = Button(words, role="pill")
            button.setToolTip(tip(f"{does} ({keys})."))
            button.setAccessibleName(writable(does))
            button.clicked.connect(slots[name])
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(slots[name])
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, count)
        self.slider.setPageStep(max(1, count // 20))
        self.slider.setAccessibleName("Row of the record")
        self.slider.setToolTip("Drag to any moment of the record; with the arrow keys it goes row by row")
        self.slider.valueChanged.connect(self.sought)
        for name in ("first", "back", "on", "last"):
            upper.addWidget(self.buttons[name])
            if name == "back":
                upper.addWidget(self.slider, 1)
        self.moment, self.said, self.hash = Label(role="moment"), ElidedLabel(), Label(role="mono")
        self.said.setProperty("role", "small")
        self.said.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for label in (self.moment, self.hash):
            label.make_selectable()
        self.give_up = Button("Stop here", role="pill")
        self.give_up.setToolTip("Stay at the moment that is shown")
        self.give_up.clicked.connect(self.given_up)
        self.give_up.hide()
        lower = QHBoxLayout()
        lower.setSpacing(14)
        lower.addWidget(self.moment)
        lower.addWidget(self.said, 1)
        lower.addWidget(self.give_up)
        lower.addWidget(self.hash)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 5)
        layout.setSpacing(2)
        layout.addLayout(upper)
        layout.addLayout(lower)

    def show_step(self, step: int, moment: str, event: str) -> None:
        """Show a step: its number, its moment and what happened at it, in words."""
        self.put_slider(step)
        self.moment.setText(moment)
        self.moment.setAccessibleName(writable(f"Moment shown: {moment}"))
        self._tell(event)
        self.give_up.hide()
        count = self.slider.maximum()
        for name, can in (("first", step > 1), ("back", step > 1), ("on", step < count), ("last", step < count)):
            self.buttons[name].setEnabled(can)

    def put_slider(self, step: int) -> None:
        """Put the slider at a step, as if nobody had moved it."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(step)

    def show_way(self, words: str) -> None:
        """Say how far a long move is, and offer to end it; the moment shown is still the one before."""
        self._tell(words)
        self.give_up.show()

    def show_hash(self, digest: str) -> None:
        """Show the hash of the state; "" while it is not known."""
        self.hash.setText(f"state {digest[:12]}" if digest else "state …")
        self.hash.setToolTip(tip(f"SHA-256 of the state after this row: {digest}") if digest else "")
        self.hash.setAccessibleName(writable(f"State hash {digest}" if digest else "State hash not known yet"))

    def _tell(self, words: str) -> None:
        self.said.setText(words)
        self.said.setAccessibleName(writable(words))

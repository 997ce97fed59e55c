"""A choice between a few words, as a row of pills: arrows move between them, the chosen one is marked and spoken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSizePolicy, QWidget

from app.ui.look.plain import Button
from app.ui.look.plain import Pill as PillButton
from app.ui.look.texts import tip as as_tip
from app.ui.look.texts import writable
from app.ui.widgets.flow_layout import FlowLayout


@dataclass(frozen=True, slots=True)
class Pill:
    """One choice: its value, its word, and why it cannot be chosen ("" if it can)."""

    value: str
    label: str
    why_not: str = ""
    tip: str = ""


def pill_button(text: str, tip: str = "") -> QPushButton:
    """A small button in the style of a pill."""
    button = Button(text)
    button.setProperty("role", "pill")
    button.setAutoDefault(False)
    button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    button.setToolTip(as_tip(tip))
    return button


class ChoicePills(QWidget):
    """One of several choices.

    Signals:
        chosen: the person chose another value.
        wants_rule: F1 was pressed on a pill.
    """

    chosen = Signal(str)
    wants_rule = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = FlowLayout(self, gap=4)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.buttonClicked.connect(self._clicked)
        self._pills: tuple[Pill, ...] = ()
        self._buttons: dict[str, PillButton] = {}

    def offer(self, pills: Sequence[Pill], value: str) -> None:
        """Show these choices with one of them chosen. Says nothing."""
        if [(pill.value, pill.label) for pill in pills] != [(pill.value, pill.label) for pill in self._pills]:
            self._build(tuple(pills))
        self._pills = tuple(pills)
        for pill in pills:
            self._tell(self._buttons[pill.value], pill)
        button = self._buttons.get(value)
        if button is not None and not button.isChecked():
            button.setChecked(True)
        self._let_tab_in()

    def _build(self, pills: tuple[Pill, ...]) -> None:
        for old in self._buttons.values():
            self._group.removeButton(old)
            self._layout.removeWidget(old)
            old.deleteLater()
        self._pills, self._buttons = pills, {}
        for pill in pills:
            button = PillButton(pill.label)
            button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            button.installEventFilter(self)
            self._group.addButton(button)
            self._layout.addWidget(button)
            self._buttons[pill.value] = button
        self.set_name(self.accessibleName())

    @staticmethod
    def _tell(button: PillButton, pill: Pill) -> None:
        """Say whether a pill can be chosen, on the button there is: the focus may be on it."""
        button.setEnabled(not pill.why_not)
        button.setToolTip(as_tip(pill.why_not or pill.tip))
        button.setAccessibleDescription(writable(pill.why_not or pill.tip))

    def _let_tab_in(self) -> None:
        """Let Tab come to the chosen pill alone, from either side; the arrows go on from there."""
        able = [button for button in self._buttons.values() if button.isEnabled()]
        stop = next((button for button in able if button.isChecked()), able[0] if able else None)
        for button in self._buttons.values():
            policy = Qt.FocusPolicy.StrongFocus if button is stop else Qt.FocusPolicy.ClickFocus
            button.setFocusPolicy(policy)

    def stops(self) -> list[QWidget]:
        """Widgets that Tab may reach, in order: at any time the one that is chosen."""
        return list(self._buttons.values())

    def value(self) -> str:
        """The value chosen, "" if none is."""
        return next((value for value, button in self._buttons.items() if button.isChecked()), "")

    def button(self, value: str) -> PillButton:
        """The button of a value."""
        return self._buttons[value]

    def set_name(self, name: str) -> None:
        """Name the group, and every pill after it: a screen reader meets the pills one by one."""
        self.setAccessibleName(writable(name))
        for pill in self._pills:
            self._buttons[pill.value].setAccessibleName(writable(f"{name}: {pill.label}"))

    def _clicked(self) -> None:
        self._let_tab_in()
        self.chosen.emit(self.value())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """F1 asks for the rule; Enter chooses the pill and never anything else."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_F1:
                self.wants_rule.emit()
                return True
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain and isinstance(watched, PillButton):
                watched.click()
                return True
        return False

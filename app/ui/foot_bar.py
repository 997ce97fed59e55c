"""The bottom line: how many orders, what is unresolved, and how fresh what is shown is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.desk.attention import Attention
from app.desk.desk import Desk
from app.domain.market import LinkState
from app.ui.numbers import age, clock

__all__ = ["FootBar"]


class FootBar(QWidget):
    """The status line.

    Signals:
        theme_wanted: the other theme is asked for.
        attention_wanted: only what waits for a person is to be listed, or everything again.
    """

    theme_wanted = Signal()
    attention_wanted = Signal(bool)

    def __init__(self, desk: Desk, waiting: Attention, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._attention = desk, waiting
        self.setProperty("role", "foot")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(30)
        self.orders, self.waiting, self.fresh = QLabel(), QLabel(), QLabel()
        for label in (self.orders, self.waiting, self.fresh):
            label.setProperty("role", "small")
        self.unresolved = QPushButton()
        self.unresolved.setProperty("role", "pill")
        self.unresolved.setCheckable(True)
        self.unresolved.setToolTip("List only the orders that wait for you, and say what evidence they lack")
        self.unresolved.toggled.connect(self.attention_wanted)
        theme = QPushButton("Light / dark")
        theme.setProperty("role", "pill")
        theme.setToolTip("Change the theme (Ctrl+Shift+L)")
        theme.clicked.connect(self.theme_wanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 2, 12, 2)
        layout.setSpacing(18)
        for part in (self.orders, self.unresolved, self.waiting):
            layout.addWidget(part)
        layout.addStretch(1)
        layout.addWidget(self.fresh)
        layout.addWidget(theme)
        self.refresh()

    def refresh(self) -> None:
        """Count again."""
        state = self._desk.state
        count = sum(1 for lineage in state.lineages.values() if lineage.order.is_open)
        venues = len(state.accounts)
        listed = sum(1 for each in state.accounts.values() if each.listed_at or each.link is LinkState.UP)
        where = f"{venues} venue{'s' * (venues != 1)}"
        if listed < venues:
            where = f"{listed or 'none'} of {where} listed so far"
        self.orders.setText(f"{count} open order{'s' * (count != 1)} · {where}")
        self.count()
        self.fresh.setText(" · ".join(self._freshness()))

    def _freshness(self) -> list[str]:
        """How fresh what is shown is: of the account that has been silent longest, where one is not connected."""
        state, now = self._desk.state, self._desk.clock.now()
        seen = {name: account.listed_at for name, account in state.accounts.items()}
        for lineage in state.lineages.values():
            seen[lineage.account] = max(seen[lineage.account], lineage.seen_at)
        down = [name for name, account in state.accounts.items() if account.link is not LinkState.UP]
        parts = [f"not connected: {', '.join(down)}"] if down else []
        old = [(seen[name], name) for name in down if seen[name]]
        if old:
            at, name = min(old)
            parts.append(f"{name} as of {clock(at)}, {age(now - at)} ago")
        elif not down and any(seen.values()):
            parts.append(f"data as of {clock(max(seen.values()))}")
        return parts

    def count(self) -> None:
        """Count again what waits: amendments without an outcome, and what else is not as it should be."""
        unsettled, waiting = len(self._desk.state.unsettled()), self._attention.count()
        words = [f"{unsettled} unresolved"] if unsettled or not waiting else []
        if waiting > unsettled:
            words.append(f"{waiting - unsettled} to check")
        self.unresolved.setText(" · ".join(words))
        self.unresolved.setVisible(bool(waiting) or self.unresolved.isChecked())

    def show_waiting(self, rows: int) -> None:
        """Say how many rows would move, were they not held still."""
        self.waiting.setText(f"{rows} row{'s' * (rows != 1)} would move" if rows else "")

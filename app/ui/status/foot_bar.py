"""The bottom line: how many orders, what is unresolved, how fresh what is shown is, and what it rests on.

Where it does not fit, the least important part is left out; what is left is whole.
"""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from app.desk.desk import Desk
from app.desk.views.attention import Attention
from app.desk.views.coverage import incomplete_words, is_incomplete
from app.desk.views.exposure import exposure, worst_exposure
from app.domain.market import LinkState
from app.ui.look.keymap import Keymap
from app.ui.look.numbers import ago, clock, grouped
from app.ui.look.plain import Button, Label
from app.ui.look.texts import tip, writable
from app.ui.orders.rows import DeskRows
from app.ui.status.foot_texts import FootText, clock_words, exposure_words, journal_words
from app.ui.widgets.elided_label import ElidedLabel

_GAP = 18
_EDGE = 12


class FootBar(QWidget):
    """The status line.

    Signals:
        theme_wanted: the other theme is asked for.
        attention_wanted: only what waits for a person is to be listed, or everything again.
        all_wanted: every filter is to be taken back.
    """

    theme_wanted = Signal()
    all_wanted = Signal()
    attention_wanted = Signal(bool)

    def __init__(
        self,
        desk: Desk,
        rows: DeskRows,
        waiting: Attention,
        keys: Keymap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._rows, self._attention = desk, rows, waiting
        self.setProperty("role", "foot")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(30)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.orders, self.waiting, self.exposure = Label(), Label(), Label()
        self.clocks, self.journal, self.fresh = Label(), Label(), ElidedLabel()
        for label in (self.orders, self.waiting, self.exposure, self.clocks, self.journal, self.fresh):
            label.setProperty("role", "small")
        self.unresolved = Button()
        self.unresolved.setProperty("role", "pill")
        self.unresolved.setCheckable(True)
        self.unresolved.setToolTip("List only the orders that wait for you, and say what evidence they lack")
        self.unresolved.toggled.connect(self.attention_wanted)
        self.filtered = Button()
        self.filtered.setProperty("role", "hold pill")
        self.filtered.setToolTip("A filter hides orders. Press here, or Esc in the list, to show all of them")
        self.filtered.clicked.connect(self.all_wanted)
        self.filtered.hide()
        self.theme = Button("Light / dark")
        self.theme.setProperty("role", "pill")
        self.theme.setToolTip(tip(f"Change the theme ({(keys or Keymap()).keys('theme')})"))
        self.theme.clicked.connect(self.theme_wanted)
        self._backlog = 0
        self._fresh_short = ""
        self._fresh_long = ""
        layout = QHBoxLayout(self)
        layout.setContentsMargins(_EDGE, 2, _EDGE, 2)
        layout.setSpacing(_GAP)
        for part in (self.filtered, self.orders, self.unresolved, self.waiting, self.exposure):
            layout.addWidget(part)
        layout.addStretch(1)
        for part in (self.clocks, self.journal, self.fresh, self.theme):
            layout.addWidget(part)
        self.refresh()

    # -- showing -------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Count again, and look again at everything else."""
        state = self._desk.state
        self._count_orders()
        gaps = {self._rows.venue(name): incomplete_words(each) for name, each in state.accounts.items()}
        self.orders.setToolTip(tip(*(f"{venue}: {gap}" for venue, gap in gaps.items() if gap)))
        self._count()
        self._tell(self.exposure, exposure_words(exposure(state), worst_exposure(state)))
        self._tell(self.clocks, clock_words(self._desk.venues_ahead, self._rows.venue))
        self._tell(self.journal, journal_words(self._desk.journal, self._desk.refusal))
        self._fresh_long, self._fresh_short = self._freshness()
        self._fit()

    def show_backlog(self, rows: int) -> None:
        """Say how many rows are still to be shown of a list too long for one frame; 0 where all are."""
        if rows != self._backlog:
            self._backlog = rows
            self._count_orders()
            self._fit()

    def show_filter(self, shown: tuple[int, int] | None) -> None:
        """Say how many rows are shown of how many there are, while a filter may hide some; None where none is set."""
        words = (
            "" if shown is None else f"{grouped(Decimal(shown[0]))} of {grouped(Decimal(shown[1]))} shown · Esc: all"
        )
        if words != self.filtered.text() or self.filtered.isHidden() is bool(words):
            self.filtered.setText(words)
            self.filtered.setVisible(bool(words))
            self._fit()

    def _count_orders(self) -> None:
        state, count = self._desk.state, self._attention.open_orders
        venues = len(state.accounts)
        listed = sum(1 for each in state.accounts.values() if each.answered_at or each.link is LinkState.UP)
        where = f"{venues} venue{'s' * (venues != 1)}"
        if listed < venues:
            where = f"{listed or 'none'} of {where} listed so far"
        parts = [f"{grouped(Decimal(count))} open order{'s' * (count != 1)}", where]
        if self._backlog:
            parts = [f"{parts[0]} so far", f"{grouped(Decimal(self._backlog))} rows still to be shown", where]
        if unreadable := sum(self._attention.unreadable(name) for name in state.accounts):
            parts.append(f"{unreadable} unreadable")
        if incomplete := [self._rows.venue(name) for name, each in state.accounts.items() if is_incomplete(each)]:
            parts.append(f"{incomplete[0] if len(incomplete) == 1 else f'{len(incomplete)} lists'} incomplete")
        self.orders.setText(" · ".join(parts))

    @staticmethod
    def _tell(label: Label, text: FootText) -> None:
        words, behind = writable(text.words), tip(*text.tip.split("\n"))
        if label.text() != words:
            label.setText(words)
            label.setAccessibleName(words)
        if label.toolTip() != behind:
            label.setToolTip(behind)
            label.setAccessibleDescription(writable(text.tip.replace("\n", " ")))
        role = "problem" if text.trouble else "small"
        if label.property("role") != role:
            label.setProperty("role", role)
            label.style().unpolish(label)
            label.style().polish(label)

    def _freshness(self) -> tuple[str, str]:
        """Freshness of what is shown: of the account that has been silent longest, where one is not connected.

        Returns:
            All of it, and the same for a narrow window.
        """
        state, now = self._desk.state, self._desk.clock.now()
        seen = {name: max(each.answered_at, self._attention.seen_at(name)) for name, each in state.accounts.items()}
        ended = bool(self._desk.ended)
        down = [name for name, account in state.accounts.items() if ended or account.link is not LinkState.UP]
        if not down:
            text = f"data as of {clock(max(seen.values()))}" if any(seen.values()) else ""
            return text, text
        what = "not followed" if ended else "not connected"
        parts = [f"{what}: {', '.join(down)}"]
        short = [f"{len(down)} {what}"]
        old = [(seen[name], name) for name in down if seen[name]]
        if old:
            at, name = min(old)
            parts.append(f"{name} as of {clock(at)}, {ago(now - at)}")
            short.append(f"data from {ago(now - at)}")
        return " · ".join(parts), " · ".join(short)

    def count(self) -> None:
        """Count again what waits."""
        self._count()
        self._fit()

    def _count(self) -> None:
        """Amendments without an outcome, and what else is not as it should be."""
        unsettled, waiting = len(self._desk.state.unsettled()), self._attention.count()
        words = [f"{unsettled} unresolved"] if unsettled or not waiting else []
        if waiting > unsettled:
            words.append(f"{waiting - unsettled} to check")
        self.unresolved.setText(" · ".join(words))
        self.unresolved.setVisible(bool(waiting) or self.unresolved.isChecked())

    def show_waiting(self, rows: int) -> None:
        """Say how many rows would move, were they not held still."""
        self.waiting.setText(f"{rows} row{'s' * (rows != 1)} would move" if rows else "")
        self._fit()

    # -- fitting -------------------------------------------------------------------------------------------------------

    def _fit(self) -> None:
        """Show as much as there is room for: trouble and what waits always, the rest by its weight for a trader."""
        asked = [each for each in (self.filtered, self.unresolved) if not each.isHidden()]
        always: list[QWidget] = [self.orders, *asked]
        trouble = self.journal.property("role") == "problem"
        by_weight = (self.theme, self.exposure, self.waiting, self.clocks) if trouble else self._usual()
        if trouble:
            always.append(self.journal)
        room = self.width() - 2 * _EDGE - sum(part.sizeHint().width() + _GAP for part in always)
        metrics = self.fresh.fontMetrics()
        text = self._fresh_long
        if metrics.horizontalAdvance(text) > room:
            text = self._fresh_short
        self.fresh.setText(text)
        self.fresh.setVisible(bool(text))
        self.fresh.setToolTip("" if text == self._fresh_long else tip(self._fresh_long))
        self.fresh.setAccessibleName(writable(self._fresh_long))
        room -= self.fresh.sizeHint().width() if text else -_GAP
        self.journal.setVisible(trouble)
        for part in by_weight:
            wanted = part.sizeHint().width() + _GAP
            shown = bool(part.text()) and wanted <= room
            part.setVisible(shown)
            room -= wanted if shown else 0

    def _usual(self) -> tuple[Label | QPushButton, ...]:
        return self.theme, self.exposure, self.journal, self.waiting, self.clocks

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has room for more, or for less."""
        super().resizeEvent(event)
        self._fit()

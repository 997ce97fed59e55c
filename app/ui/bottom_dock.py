"""The dock below the list: timeline, messages, ids, rules, and what waits for a person. It folds to its tabs."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from app.desk.attention import Attention
from app.desk.desk import Desk
from app.desk.state import Lineage
from app.ui.attention_list import AttentionList
from app.ui.desk_rows import DeskRows
from app.ui.dock_texts import lineage_text, rules_text, wire_lines
from app.ui.quote_tape import QuoteTape
from app.ui.theme import SMALL_PX, Theme, number_font
from app.ui.timeline_view import TimelineView, moments

__all__ = ["BottomDock"]

_HEIGHT = 158
_NO_MESSAGES = "No message has named this order since the window opened."
_TIMELINE, _WIRE, _LINEAGE, _RULES, _ATTENTION = range(5)
_TABS = ("Timeline", "Wire", "Lineage", "Rules", "Needs attention")


class BottomDock(QWidget):
    """Everything about the current order that takes more room than a column.

    Signals:
        chosen: an entry of "needs attention" was taken; carries the lineage, "" for a whole account.
        said: a sentence for the banner.
    """

    chosen = Signal(str)
    said = Signal(str)

    def __init__(
        self,
        desk: Desk,
        rows: DeskRows,
        tape: QuoteTape,
        waiting: Attention,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._tape, self._waiting = desk, tape, waiting
        self._key = ""
        self.setProperty("role", "dock")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName("About this order")
        for word in _TABS:
            self.tabs.addTab(word)
        self.fold = QPushButton()
        self.fold.setProperty("role", "link")
        self.fold.setCheckable(True)
        self.fold.toggled.connect(self._folded)
        self.timeline = TimelineView(theme)
        self.wire, self.lineage, self.rules = (self._text(word) for word in _TABS[1:4])
        self.attention = AttentionList(desk, rows, waiting, theme)
        self.attention.row_wanted.connect(self.chosen)
        self.attention.said.connect(self.said)
        self.pages = QStackedWidget()
        self.pages.setFixedHeight(_HEIGHT)
        for page in (self.timeline, self.wire, self.lineage, self.rules, self.attention):
            self.pages.addWidget(page)
        bar = QWidget()
        bar.setProperty("role", "bar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        line = QHBoxLayout(bar)
        line.setContentsMargins(4, 0, 14, 0)
        line.addWidget(self.tabs)
        line.addStretch(1)
        line.addWidget(self.fold)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 1, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(self.pages)
        self.tabs.currentChanged.connect(self._page)
        self._folded(False)

    @staticmethod
    def _text(name: str) -> QPlainTextEdit:
        text = QPlainTextEdit()
        text.setReadOnly(True)
        text.setTabChangesFocus(True)
        text.setAccessibleName(name)
        text.setProperty("role", "record")
        text.setFont(number_font(SMALL_PX))
        text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        return text

    # -- showing ----------------------------------------------------------------------

    def show_order(self, key: str) -> None:
        """Make an order the one that is shown; "" for none."""
        self._key = key
        self.refresh()

    def refresh(self) -> None:
        """Bring the page in front up to date; the others wait until they are looked at."""
        self.count()
        if self.fold.isChecked():
            return
        page = self.tabs.currentIndex()
        if page == _ATTENTION:
            self.attention.refresh()
            return
        lineage = self._desk.state.lineages.get(self._key)
        if lineage is None:
            self.timeline.show_moments([], self._tape.track(("", "", "")))
            for text in (self.wire, self.lineage, self.rules):
                _put(text, "Choose an order.")
            return
        self._show_page(page, lineage)

    def _show_page(self, page: int, lineage: Lineage) -> None:
        state = self._desk.state
        match page:
            case 0:
                market = (lineage.account, lineage.order.symbol, lineage.order.market)
                shown = moments(state.last_amendment(lineage), lineage.history)
                self.timeline.show_moments(shown, self._tape.track(market))
            case 1:
                lines = wire_lines(state, lineage)
                _put(self.wire, "\n".join(lines) or _NO_MESSAGES, end=True)
            case 2:
                _put(self.lineage, lineage_text(state, lineage))
            case _:
                _put(self.rules, rules_text(self._desk.form(lineage.key)))

    def count(self) -> None:
        """Count again what waits, on the tab."""
        waiting = self._waiting.count()
        text = f"{_TABS[_ATTENTION]} {waiting}" if waiting else _TABS[_ATTENTION]
        if self.tabs.tabText(_ATTENTION) != text:
            self.tabs.setTabText(_ATTENTION, text)

    def show_attention(self) -> None:
        """Bring what waits to the front."""
        self.tabs.setCurrentIndex(_ATTENTION)
        self.fold.setChecked(False)
        self.refresh()

    # -- doing ------------------------------------------------------------------------

    def _page(self, page: int) -> None:
        self.pages.setCurrentIndex(page)
        self.fold.setChecked(False)
        self.refresh()

    def _folded(self, folded: bool) -> None:
        self.fold.setText("Show" if folded else "Hide")
        self.fold.setAccessibleName("Show the dock" if folded else "Hide the dock")
        self.pages.setVisible(not folded)
        self.refresh()


def _put(text: QPlainTextEdit, words: str, *, end: bool = False) -> None:
    """Show a text, keeping the reader's place; a log that is read at its end stays at its end."""
    if text.toPlainText() == words:
        return
    bar = text.verticalScrollBar()
    place, at_end = bar.value(), bar.value() == bar.maximum()
    text.setPlainText(words)
    bar.setValue(bar.maximum() if end and at_end else place)

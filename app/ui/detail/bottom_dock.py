"""The dock below the list: timeline, messages, ids, rules, and what waits for a person. It folds to its tabs.

In a narrow window, which has no side column, the ladder of the order is here too.
"""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from app.desk.desk import Desk
from app.desk.state import Lineage
from app.desk.views.attention import Attention
from app.ui.detail.attention_list import AttentionList
from app.ui.detail.dock_texts import lineage_lines, rules_lines, wire_lines
from app.ui.detail.quote_tape import QuoteTape
from app.ui.detail.story_view import StoryView
from app.ui.detail.timeline_view import TimelineView, moments
from app.ui.look.plain import Button, PlainBox
from app.ui.look.texts import label_of
from app.ui.look.texts import page as page_of
from app.ui.look.theme import SMALL_PX, Theme, number_font
from app.ui.orders.rows import DeskRows
from app.ui.widgets.elided_label import ElidedLabel

_HEIGHT = 158
_NO_MESSAGES = "No message has named this order since the window opened."


class Page(IntEnum):
    """The pages, in the order of their tabs."""

    LADDER = 0
    TIMELINE = 1
    WIRE = 2
    LINEAGE = 3
    RULES = 4
    ATTENTION = 5


_TABS = ("Ladder", "Timeline", "Wire", "Lineage", "Rules", "Needs attention")


class BottomDock(QWidget):
    """Everything about the current order that takes more room than a column.

    Signals:
        chosen: an entry of "needs attention" was taken; carries the lineage, "" for a whole account.
        said: a sentence for the banner.
    """

    chosen = Signal(object)
    said = Signal(object)

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
        self._desk, self._rows, self._tape, self._waiting = desk, rows, tape, waiting
        self._key = ""
        self.setProperty("role", "dock")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName("About this order")
        for word in _TABS:
            self.tabs.addTab(label_of(word))
        self.tabs.setTabVisible(Page.LADDER, False)
        self.tabs.setCurrentIndex(Page.TIMELINE)
        self.name = ElidedLabel()
        self.name.setProperty("role", "small")
        self.name.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.fold = Button()
        self.fold.setProperty("role", "link")
        self.fold.setCheckable(True)
        self.fold.toggled.connect(self._folded)
        self._low = self._was_folded = False
        self.story = StoryView(theme, beside=True)
        self.timeline = TimelineView(theme)
        self.wire, self.lineage, self.rules = (self._text(word) for word in _TABS[Page.WIRE : Page.ATTENTION])
        self.attention = AttentionList(desk, rows, waiting, theme)
        self.attention.row_wanted.connect(self.chosen)
        self.attention.said.connect(self.said)
        self.pages = QStackedWidget()
        self.pages.setFixedHeight(_HEIGHT)
        for page in (self.story, self.timeline, self.wire, self.lineage, self.rules, self.attention):
            self.pages.addWidget(page)
        bar = QWidget()
        bar.setProperty("role", "bar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        line = QHBoxLayout(bar)
        line.setContentsMargins(4, 0, 14, 0)
        line.addWidget(self.tabs)
        line.addWidget(self.name, 1)
        line.addWidget(self.fold)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 1, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(self.pages)
        self.pages.setCurrentIndex(Page.TIMELINE)
        self.tabs.currentChanged.connect(self._page)
        self.tabs.tabBarClicked.connect(self._clicked)
        self._folded(False)

    @staticmethod
    def _text(name: str) -> PlainBox:
        return PlainBox(name, "record", number_font(SMALL_PX), QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)

    # -- showing -------------------------------------------------------------------------------------------------------

    def show_order(self, key: str) -> None:
        """Make an order the one that is shown; "" for none."""
        self._key = key
        self.refresh()

    def refresh(self) -> None:
        """Bring the page in front up to date; the others wait until they are looked at."""
        self.count()
        name = self._rows.name(self._key)
        self.name.setText(name.sentence if name is not None else "")
        if self.fold.isChecked():
            return
        page = self.tabs.currentIndex()
        if page == Page.ATTENTION:
            self.attention.refresh()
            return
        lineage = self._desk.state.lineages.get(self._key)
        if lineage is None:
            self.story.show_story(None, None)
            self.timeline.show_moments([], self._tape.track(("", "", "")))
            for text in (self.wire, self.lineage, self.rules):
                _put(text, ["Choose an order."])
            return
        self._show_page(page, lineage)

    def _show_page(self, page: int, lineage: Lineage) -> None:
        state, untold = self._desk.state, self._rows.untold(lineage)
        match page:
            case Page.LADDER:
                self.story.show_story(lineage, state.spoken_amendment(lineage), untold)
            case Page.TIMELINE:
                market = (lineage.account, lineage.order.symbol, lineage.order.market)
                shown = moments(state.spoken_amendment(lineage), lineage.history)
                self.timeline.show_moments(shown, self._tape.track(market), untold)
            case Page.WIRE:
                lines = wire_lines(state, lineage)
                _put(self.wire, lines or [_NO_MESSAGES], end=True)
            case Page.LINEAGE:
                _put(self.lineage, lineage_lines(state, lineage))
            case _:
                _put(self.rules, rules_lines(self._desk.form(lineage.key)))

    def count(self) -> None:
        """Count again what waits, on the tab."""
        waiting = self._waiting.count()
        text = f"{_TABS[Page.ATTENTION]} {waiting}" if waiting else _TABS[Page.ATTENTION]
        if self.tabs.tabText(Page.ATTENTION) != text:
            self.tabs.setTabText(Page.ATTENTION, label_of(text))
            self.tabs.updateGeometry()

    def show_attention(self) -> None:
        """Bring what waits to the front."""
        self._bring(Page.ATTENTION)

    def show_ladder(self) -> None:
        """Bring the ladder to the front, and put the keyboard there."""
        self._bring(Page.LADDER)
        self.story.ladder_pane.setFocus()

    def _bring(self, page: int) -> None:
        self.tabs.setCurrentIndex(page)
        self.fold.setChecked(False)
        self.refresh()

    # -- fitting -------------------------------------------------------------------------------------------------------

    def hold_ladder(self, *, here: bool) -> None:
        """Have a ladder, or none because there is one beside the list. The timeline, which tells the same, yields."""
        if here == self.tabs.isTabVisible(Page.LADDER):
            return
        front = self.tabs.currentIndex()
        self.tabs.setTabVisible(Page.LADDER, here)
        self.tabs.updateGeometry()  # of a tab that is shown or hidden Qt tells nobody
        if front in (Page.LADDER, Page.TIMELINE):
            folded = self.fold.isChecked()
            self.tabs.setCurrentIndex(Page.LADDER if here else Page.TIMELINE)
            self.fold.setChecked(folded)

    def make_room(self, *, low: bool) -> None:
        """Fold to the tabs where the window is low, and be as before where it no longer is.

        Whoever unfolds it in a low window keeps it so.
        """
        if low == self._low:
            return
        self._low = low
        if low:
            self._was_folded = self.fold.isChecked()
        self.fold.setChecked(low or self._was_folded)

    # -- doing ---------------------------------------------------------------------------------------------------------

    def _clicked(self, page: int) -> None:
        """A click on the tab in front unfolds it; on another one that happens by its change."""
        if page == self.tabs.currentIndex():
            self.fold.setChecked(False)

    def _page(self, page: int) -> None:
        self.pages.setCurrentIndex(page)
        self.fold.setChecked(False)
        self.refresh()

    def _folded(self, folded: bool) -> None:
        self.fold.setText("Show" if folded else "Hide")
        self.fold.setAccessibleName("Show the dock" if folded else "Hide the dock")
        self.pages.setVisible(not folded)
        self.refresh()


def _put(text: PlainBox, lines: list[str], *, end: bool = False) -> None:
    """Show a text, keeping the reader's place; a log that is read at its end stays at its end."""
    words = page_of(*lines)
    if text.toPlainText() == words:
        return
    bar = text.verticalScrollBar()
    place, at_end = bar.value(), bar.value() == bar.maximum()
    text.setPlainText(words)
    bar.setValue(bar.maximum() if end and at_end else place)

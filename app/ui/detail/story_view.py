"""History of one order and the ladder of its last amendment, each with its own place and its own scroll bar.

A long history never pushes the ladder out of sight, and both stay at their newest line as long as nobody scrolls up.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.desk.state import HistoryLine, Lineage
from app.domain.amendment import Amendment, Source
from app.ui.detail.history_label import HistoryLabel
from app.ui.detail.ladder_view import LadderView
from app.ui.look.numbers import clock
from app.ui.look.texts import shortened, writable
from app.ui.look.theme import Colours, Theme
from app.ui.widgets.elided_label import heading

_SHOWN = 60

#: Said above them where there were more.
_EARLIER = "Earlier lines are not kept here; the journal has them, where one is kept."

_GAP = 8
#: The part of the room the ladder may take where both do not fit.
_LADDER_SHARE = 0.62


def history_lines(entries: list[HistoryLine], colours: Colours) -> list[tuple[str, str]]:
    """The history as lines of time, source and text, each with its ink; what settled something is marked."""
    lines = []
    for entry in entries[-_SHOWN:]:
        ink = colours.dim
        if entry.text.startswith("confirmed"):
            ink = colours.good
        elif entry.text.startswith(("refused", "not applied", "overtaken")):
            ink = colours.sell
        elif entry.text.startswith(("unknown", "not believed")):
            ink = colours.unknown
        elif entry.source is Source.YOU:
            ink = colours.text
        who = f"{_WHO.get(entry.source, entry.source.value):<6}"
        lines.append((ink, f"{clock(entry.at)} {who} {shortened(entry.text)}"))
    return lines


_WHO = {
    Source.REPLY: "venue",
    Source.PUSH: "push",
    Source.LOOKUP: "look",
    Source.LISTING: "list",
    Source.HISTORY: "hist",
}


class Pane(QScrollArea):
    """One text or drawing that scrolls by keyboard too and follows its own end."""

    def __init__(self, inside: QWidget, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._follows = True
        self.setProperty("role", "pane")
        self.setAccessibleName(writable(name))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        house = QWidget()
        column = QVBoxLayout(house)
        column.setContentsMargins(0, 0, 4, 0)
        column.addWidget(inside)
        column.addStretch(1)
        self.setWidget(house)
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._grown)
        bar.valueChanged.connect(self._moved)

    def content_height(self, width: int) -> int:
        """Height that all of it would have in that width."""
        house = self.widget()
        layout = house.layout() if house is not None else None
        return layout.heightForWidth(width - 2) + 2 if layout is not None else 0

    def follow(self) -> None:
        """Go to the newest line and stay there."""
        self._follows = True
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _grown(self, _: int, most: int) -> None:
        if self._follows:
            self.verticalScrollBar().setValue(most)

    def _moved(self, value: int) -> None:
        self._follows = value >= self.verticalScrollBar().maximum()


class StoryView(QWidget):
    """History and ladder, below each other or beside each other.

    Attributes:
        history: the label of the history. ladder: the rungs; `ladder_pane` is what a keyboard reaches.
    """

    def __init__(self, theme: Theme, *, beside: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._beside = theme, beside
        self._lineage: Lineage | None = None
        self._untold = ""
        self.history, self.ladder = HistoryLabel(), LadderView(theme)
        self.history.make_selectable()
        self.history.setAccessibleName("History of this order")
        self.ladder_pane = Pane(self.ladder, "Confirmation ladder of the last amendment")
        self.history_pane = Pane(self.history, "History of this order")
        title = heading("Confirmation ladder · last amendment")
        theme.changed.connect(self._show_history)
        if beside:
            self._build_beside(title)
        else:
            self._build_below(title)

    def _build_beside(self, title: QWidget) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 4)
        layout.setSpacing(20)
        for part, pane, share in (
            (title, self.ladder_pane, 2),
            (heading("This order"), self.history_pane, 1),
        ):
            column = QVBoxLayout()
            column.setSpacing(4)
            column.addWidget(part)
            column.addWidget(pane, 1)
            layout.addLayout(column, share)

    def _build_below(self, title: QWidget) -> None:
        self._title = title
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP)
        layout.addWidget(self.history_pane)
        layout.addWidget(title)
        layout.addWidget(self.ladder_pane)
        layout.addStretch(1)

    def show_story(self, lineage: Lineage | None, amendment: Amendment | None, untold: str = "") -> None:
        """Show an order's story; None for no order, or for one that never had an amendment.

        Args:
            lineage: the order. amendment: its last one.
            untold: one sentence where an earlier part of the story is not known.
        """
        other, self._lineage, self._untold = lineage is not self._lineage, lineage, untold
        if amendment is None:
            self._untold = ""  # the ladder says it
        self._show_history()
        self.ladder.show_amendment(amendment, untold)
        self._share()
        if other:
            self.ladder_pane.follow()
            self.history_pane.follow()

    def _show_history(self) -> None:
        colours = self._theme.colours
        parts = history_lines(self._lineage.history, colours) if self._lineage is not None else []
        if self._lineage is not None and (self._lineage.told_before or len(self._lineage.history) > _SHOWN):
            parts.insert(0, (colours.dim, _EARLIER))
        self.history.show_lines([(colours.unknown, self._untold), *parts] if self._untold else parts)

    def _share(self) -> None:
        """Below each other, both have the height they need, or the ladder most of what there is."""
        if self._beside:
            return
        width = self.width()
        room = self.height() - self._title.sizeHint().height() - 2 * _GAP
        ladder, history = self.ladder_pane.content_height(width), self.history_pane.content_height(width)
        if ladder + history > room:
            ladder = max(min(ladder, int(room * _LADDER_SHARE)), room - history)
            history = max(0, room - ladder)
        self.ladder_pane.setFixedHeight(max(0, ladder))
        self.history_pane.setFixedHeight(history)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size is shared out anew."""
        super().resizeEvent(event)
        self._share()

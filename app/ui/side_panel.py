"""The column at the right: the current order's market, its history and the ladder of its last amendment."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.desk.desk import Desk
from app.desk.state import Entry, Lineage
from app.domain.amendment import Amendment, Source
from app.ui.desk_rows import DraftShown
from app.ui.elided_label import heading
from app.ui.ladder_view import LadderView
from app.ui.numbers import clock
from app.ui.price_chart import ChartLevels, PriceChart
from app.ui.quote_tape import QuoteTape, Track
from app.ui.theme import Colours, Theme

__all__ = ["SidePanel", "history_html"]

_SHOWN = 60
_WIDTH = 354


def history_html(entries: list[Entry], colours: Colours) -> str:
    """The history as lines of time, source and text; what settled something is marked."""
    lines = []
    for entry in entries[-_SHOWN:]:
        ink = colours.dim
        if entry.text.startswith("confirmed"):
            ink = colours.good
        elif entry.text.startswith(("refused", "not applied", "overtaken")):
            ink = colours.sell
        elif entry.text.startswith("unknown"):
            ink = colours.unknown
        elif entry.source is Source.YOU:
            ink = colours.text
        text = html.escape(f"{clock(entry.at)} {_WHO.get(entry.source, entry.source.value):<6}").replace(" ", "&nbsp;")
        lines.append(f'<span style="color:{ink}">{text} {html.escape(entry.text)}</span>')
    return "<br>".join(lines)


_WHO = {
    Source.REPLY: "venue",
    Source.PUSH: "push",
    Source.LOOKUP: "look",
    Source.LISTING: "list",
    Source.HISTORY: "hist",
}


class SidePanel(QWidget):
    """Everything about the current order that is not for changing it.

    Signals:
        price_dragged: a chart line was dropped; carries the price as Decimal.
    """

    price_dragged = Signal(object)

    def __init__(self, desk: Desk, tape: QuoteTape, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._tape, self._theme = desk, tape, theme
        self._key = ""
        self._draft: DraftShown | None = None
        self.setProperty("role", "side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(_WIDTH)
        self._title = heading("No order chosen")
        self.chart = PriceChart(theme)
        self.chart.setFixedHeight(250)
        self.chart.price_dragged.connect(self.price_dragged)
        hint = QLabel("Alt-drag a line to draft a new price. Dropping never sends.")
        hint.setProperty("role", "why")
        hint.setWordWrap(True)
        self._id = QLabel()
        self._id.setProperty("role", "mono")
        self._id.setWordWrap(True)
        self._id.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.history = QLabel()
        self.history.setProperty("role", "mono")
        self.history.setWordWrap(True)
        self.history.setTextFormat(Qt.TextFormat.RichText)
        self.history.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.history.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.history.setAccessibleName("History of this order")
        self.ladder = LadderView(theme)
        inside = QWidget()
        story = QVBoxLayout(inside)
        story.setContentsMargins(0, 0, 4, 0)
        story.setSpacing(8)
        story.addWidget(heading("This order"))
        story.addWidget(self._id)
        story.addWidget(self.history)
        story.addSpacing(6)
        story.addWidget(heading("Confirmation ladder · last amendment"))
        story.addWidget(self.ladder)
        story.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(15, 12, 10, 12)
        layout.setSpacing(8)
        parts: tuple[QWidget, ...] = (self._title, self.chart, hint, self._rule())
        for part in parts:
            layout.addWidget(part)
        layout.addWidget(self._scrolled(inside), 1)
        theme.changed.connect(self.refresh)

    @staticmethod
    def _rule() -> QWidget:
        line = QWidget()
        line.setProperty("role", "line")
        line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        line.setFixedHeight(1)
        return line

    @staticmethod
    def _scrolled(inside: QWidget) -> QScrollArea:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        area.setWidget(inside)
        return area

    def show_order(self, key: str, draft: DraftShown | None) -> None:
        """Make an order the one that is shown; "" for none."""
        self._key, self._draft = key, draft
        self.refresh()

    def refresh(self) -> None:
        """Show the order as it is now."""
        lineage = self._desk.state.lineages.get(self._key)
        if lineage is None:
            self._title.setText("NO ORDER CHOSEN")
            self._id.setText("Choose an order with the arrow keys; F2 opens its amend panel.")
            self.history.setText("")
            self.ladder.show_amendment(None)
            self.chart.show_market(Track(), ChartLevels())
            return
        self._title.setText(f"{lineage.order.symbol} {lineage.order.market}".strip().upper() + " · TOUCH AND ORDER")
        self._id.setText(self._ids(lineage))
        text = history_html(lineage.history, self._theme.colours)
        if self.history.text() != text:
            self.history.setText(text)
        amendment = self._desk.state.last_amendment(lineage)
        self.ladder.show_amendment(amendment)
        self._show_chart(lineage, amendment)

    @staticmethod
    def _ids(lineage: Lineage) -> str:
        if len(lineage.ids) == 1:
            return lineage.order.order_id
        return " → ".join(lineage.ids)

    def _show_chart(self, lineage: Lineage, amendment: Amendment | None) -> None:
        if not self.isVisible():
            return
        order = lineage.order
        account = self._desk.state.accounts[lineage.account]
        instrument = account.instruments.get((order.symbol, order.market))
        wish, word = None, "draft"
        if amendment is not None and amendment.is_open:
            wish, word = amendment.command.target.price, "asked"
        elif self._draft is not None:
            wish = self._draft.price
        levels = ChartLevels(
            price=order.price,
            wish=wish if wish != order.price else None,
            wish_word=word,
            quantity=order.remaining,
            tick=instrument.tick if instrument is not None else None,
        )
        self.chart.show_market(self._tape.track((lineage.account, order.symbol, order.market)), levels)

"""The column at the right: the current order's market, its history and the ladder of its last amendment."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.desk.desk import Desk
from app.desk.state import Lineage
from app.domain.amendment import Amendment
from app.ui.detail.price_chart import ChartLevels, PriceChart
from app.ui.detail.quote_tape import QuoteTape, Track
from app.ui.detail.standing_box import StandingBox
from app.ui.detail.story_view import StoryView
from app.ui.look.plain import Label
from app.ui.look.theme import Theme
from app.ui.orders.rows import DeskRows, DraftShown
from app.ui.widgets.elided_label import heading

_WIDTH = 354

_DRAG = "Alt-drag a line to draft a new price. Dropping never sends."
_NO_LINE = "The order has ended; it stands in no book any more."
_NO_QUOTES = "A journal keeps no quotes but those that amendments were judged by."


class SidePanel(QWidget):
    """Everything about the current order that is not for changing it.

    Signals:
        price_dragged: a chart line was dropped; carries the price as Decimal.
    """

    price_dragged = Signal(object)

    def __init__(
        self, desk: Desk, rows: DeskRows, tape: QuoteTape, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._rows, self._tape, self._theme = desk, rows, tape, theme
        self._key = ""
        self._draft: DraftShown | None = None
        self.setProperty("role", "side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(_WIDTH)
        self._title = heading("No order chosen")
        self.chart = PriceChart(theme)
        self.chart.setFixedHeight(250)
        self.chart.price_dragged.connect(self.price_dragged)
        self._hint = Label(_NO_QUOTES if desk.refusal else _DRAG, role="why", wrap=True)
        self.name, self._id = Label(role="small", wrap=True), Label(role="mono", wrap=True)
        self._id.make_selectable()
        self.standing = StandingBox()
        self.story = StoryView(theme, beside=False)
        self.history, self.ladder = self.story.history, self.story.ladder
        layout = QVBoxLayout(self)
        layout.setContentsMargins(15, 12, 10, 12)
        layout.setSpacing(8)
        above: tuple[QWidget, ...] = (self._title, self.chart, self._hint, self._rule())
        for part in (*above, heading("This order"), self.name, self._id, self.standing):
            layout.addWidget(part)
        layout.addWidget(self.story, 1)
        theme.changed.connect(self.refresh)

    @staticmethod
    def _rule() -> QWidget:
        line = QWidget()
        line.setProperty("role", "line")
        line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        line.setFixedHeight(1)
        return line

    def show_order(self, key: str, draft: DraftShown | None) -> None:
        """Make an order the one that is shown; "" for none."""
        other = key != self._key
        if other:
            self.chart.let_go()
        self._key, self._draft = key, draft
        self._show(with_story=other or self._has_room())

    def show_draft(self, key: str, draft: DraftShown | None) -> None:
        """Show what is typed for an order; of the order that is shown nothing but the chart tells of that."""
        if key != self._key:
            self.show_order(key, draft)
            return
        self._draft = draft
        lineage = self._desk.state.lineages.get(self._key)
        if lineage is not None:
            self._show_chart(lineage, self._desk.state.spoken_amendment(lineage))

    def refresh(self) -> None:
        """Show the order as it is now; its story, where the window has no room for the column, as soon as it has."""
        self._show(with_story=self._has_room())

    def _has_room(self) -> bool:
        return self.isWindow() or not self.isHidden()

    def _show(self, *, with_story: bool) -> None:
        lineage = self._desk.state.lineages.get(self._key)
        if lineage is None:
            self._title.setText("NO ORDER CHOSEN")
            self.name.setText("")
            self._id.setText("Choose an order with the arrow keys; F2 opens its amend panel.")
            self.standing.show_standing(None, None, self._desk.clock.now())
            self.story.show_story(None, None)
            self.chart.show_market(Track(), ChartLevels())
            return
        self._title.setText(f"{lineage.order.symbol} {lineage.order.market}".strip().upper() + " · TOUCH AND ORDER")
        name = self._rows.name(self._key)
        self.name.set_lines(*((name.what, name.where) if name is not None else ()))
        self._id.setText(self._ids(lineage))
        doubt = lineage.doubt if lineage.order.is_open else None
        self.standing.show_standing(self._rows.stale(lineage), doubt, self._desk.clock.now())
        if not with_story:
            return  # to lay a history out that nobody sees costs more than to show a frame
        amendment = self._desk.state.spoken_amendment(lineage)
        self.story.show_story(lineage, amendment, self._rows.untold(lineage))
        self._show_chart(lineage, amendment)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while it was hidden."""
        super().showEvent(event)
        self.refresh()

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
            price=order.price if order.is_open else None,  # nothing stands in the book where an ended order was
            wish=wish if wish != order.price else None,
            wish_word=word,
            quantity=order.remaining,
            tick=instrument.tick if instrument is not None else None,
        )
        if not self._desk.refusal:
            self._hint.setText(_DRAG if order.is_open else _NO_LINE)
        self.chart.show_market(self._tape.track((lineage.account, order.symbol, order.market)), levels)

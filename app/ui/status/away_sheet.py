"""The sheet "while you were away": what became of orders while a link was lost or the ticket was closed.

It lies over the lower edge of the list, which can be scrolled on by as much, so that nothing moves for it; it takes no
focus and stops nothing. While somebody is at work in a panel or in the search it is folded to a strip.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from app.desk.views.away import Absence, AwayChange, AwayKind, AwayStep, Settling, Value
from app.domain.amendment import AmendmentStage
from app.ui.look.numbers import grouped, tidy_grouped, when
from app.ui.look.plain import Button, Label
from app.ui.look.raised import Raised
from app.ui.look.texts import writable
from app.ui.look.theme import Theme, Tone, text_font
from app.ui.orders.chip_line import ChipLine
from app.ui.orders.row import Chip
from app.ui.orders.rows import DeskRows
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.line_list import LineList

_MOST = 200
_CHIP = 134
_STRIP = 30
_LEAST = 90
#: The headings and a handful of rows stay in sight below it, in device-independent pixels.
_LEFT_TO_LIST = 190
_CHIPS = {
    AwayKind.VANISHED: Chip("?", "Not listed", Tone.UNKNOWN),
    AwayKind.UNKNOWN: Chip("?", "Unknown", Tone.UNKNOWN),
    AwayKind.ENDED: Chip("?", "Ended", Tone.UNKNOWN),
    AwayKind.FILLED: Chip("✓", "Filled", Tone.GOOD),
    AwayKind.CANCELLED: Chip("✕", "Cancelled", Tone.QUIET),
    AwayKind.EXPIRED: Chip("✕", "Expired", Tone.QUIET),
    AwayKind.REJECTED: Chip("✕", "Rejected", Tone.BAD),
    AwayKind.PART_FILLED: Chip("◐", "Part filled", Tone.NEUTRAL),
    AwayKind.CHANGED: Chip("→", "Changed", Tone.DRAFT),
    AwayKind.SETTLED: Chip("●", "Settled", Tone.NEUTRAL),
    AwayKind.NEW: Chip("+", "New", Tone.NEUTRAL),
}
_STAGES = {
    AmendmentStage.ACKNOWLEDGED: Chip("?", "Not confirmed", Tone.UNKNOWN),
    AmendmentStage.CONFIRMED: Chip("✓", "Confirmed", Tone.GOOD),
    AmendmentStage.REFUSED: Chip("✕", "Refused", Tone.BAD),
    AmendmentStage.NOT_APPLIED: Chip("✕", "Not applied", Tone.BAD),
    AmendmentStage.DIFFERENT: Chip("≠", "Came out different", Tone.BAD),
    AmendmentStage.OVERTAKEN: Chip("⊘", "Overtaken", Tone.BAD),
}


def change_words(change: AwayChange) -> tuple[str, str]:
    """A change as (the order, what happened to it: old → new)."""
    order = change.order
    market = f" {order.market}" if order.market else ""
    price = f" at {grouped(order.price)}" if order.price is not None else ""
    # What the chip says already is not said again.
    says_state = change.kind in (AwayKind.CHANGED, AwayKind.PART_FILLED, AwayKind.NEW)
    steps = [step for step in change.steps if step.label != "state" or says_state]
    parts = [", ".join(_step_words(step) for step in steps)]
    if not steps and change.steps:
        parts.append(f"It was {_value(change.steps[0].old)}")
    if order.reason and not order.is_open:
        parts.append(f"The venue's reason: {order.reason}")
    if change.kind is AwayKind.ENDED:
        parts.append("How it ended is not told; it is being looked up.")
    if change.kind is AwayKind.VANISHED:
        parts.append("Neither a fill nor a cancel is proven; it is being looked up.")
    if change.amendment is not None:
        parts.append(_amendment_words(change.amendment))
    since = [", ".join(_step_words(step) for step in change.since)] if change.since else []
    since += [_amendment_words(change.later)] if change.later is not None else []
    if since:
        parts.append("Since then: " + ". ".join(since))
    sentence = ". ".join(part.rstrip(".") for part in parts if part)
    sentence = sentence[:1].upper() + sentence[1:]
    return f"{order.side.value} {grouped(order.quantity)} {order.symbol}{market}{price}", f"{sentence}."


def _step_words(step: AwayStep) -> str:
    if step.old is not None:
        return f"{step.label} {_value(step.old)} → {_value(step.new)}"
    return _value(step.new) if step.label == "state" else f"{step.label} {_value(step.new)}"


def _value(value: Value) -> str:
    return "—" if value is None else tidy_grouped(value) if isinstance(value, Decimal) else value


def _amendment_words(settling: Settling) -> str:
    stage = settling.new.value.replace("_", " ")
    if settling.new.is_settled:
        return f"Your amendment ({settling.asked}): {settling.outcome}"
    # The outcome begins with the stage itself where that is all there is to say.
    outcome = settling.outcome.removeprefix(f"{stage.capitalize()}: ")
    return f"Your amendment ({settling.asked}) is still {stage}: {outcome}"


def _chip(change: AwayChange) -> Chip:
    if change.kind in (AwayKind.SETTLED, AwayKind.UNKNOWN) and change.amendment is not None:
        return _STAGES.get(change.amendment.new, _CHIPS[change.kind])
    return _CHIPS[change.kind]


class AwaySheet(Raised):
    """The sheet.

    Signals:
        row_wanted: a line was taken; carries the lineage.
        closed: the person has seen it; carries whether the focus was in it.
    """

    row_wanted = Signal(object)
    closed = Signal(bool)

    def __init__(self, rows: DeskRows, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent, edge="accent", corner=0)
        self._rows = rows
        self._width = self._room = 0
        self.setAccessibleName("While you were away")
        self.title = Label("While you were away")
        self.title.setFont(text_font(bold=True))
        self.count, self.since = ElidedLabel(), Label()
        self.since.setWordWrap(True)
        for label in (self.count, self.since):
            label.setProperty("role", "small")
        self.unfold, self.close_button = Button("Show"), Button("Close   Esc")
        for button in (self.unfold, self.close_button):
            button.setProperty("role", "pill")
            button.setAutoDefault(False)
        self.unfold.clicked.connect(lambda: self.fold(folded=False))
        self.close_button.setAccessibleName("Close “while you were away”")
        self.close_button.clicked.connect(self.close_sheet)
        self.lines: LineList[ChipLine, AwayChange] = LineList(self._new, self._show, _MOST)
        self.lines.chosen.connect(self.row_wanted)
        self.lines.grown.connect(self._put)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.title)
        head.addWidget(self.count, 1)
        head.addWidget(self.unfold)
        head.addWidget(self.close_button)
        self._layout = QVBoxLayout(self)
        self._layout.setSpacing(4)
        self._layout.addLayout(head)
        self._layout.addWidget(self.since)
        self._layout.addWidget(self.lines, 1)
        self._folded = False
        self.hide()

    # -- showing -------------------------------------------------------------------------------------------------------

    @property
    def folded(self) -> bool:
        """True while only the strip is shown."""
        return self._folded

    def show_reports(self, reports: Sequence[Absence], now: int, *, folded: bool) -> None:
        """Show what happened; nothing if nothing did. It takes no focus.

        Args:
            reports: one for each account.
            now: nanoseconds UTC.
            folded: whether it begins as a strip; one that is open already stays as it is.
        """
        changes = [change for report in reports for change in report.changes]
        if not changes:
            self._hide()
            return
        changes.sort(key=lambda each: (each.kind, each.account, each.order.symbol, each.key))
        self.lines.show_items([(change.key, change) for change in changes])
        count = f"{len(changes)} order{'s' * (len(changes) != 1)}"
        since = "; ".join(self._since(report, now) for report in reports)
        self.count.setText(count)
        self.since.setText(f"{since}.")
        self.setAccessibleDescription(writable(f"{count}. {since}."))
        if self.isHidden():
            self._folded = folded
            self.show()
        self.fold(folded=self._folded)

    def _since(self, report: Absence, now: int) -> str:
        venue, lost, back = self._rows.venue(report.account), when(report.lost_at, now), when(report.back_at, now)
        if report.restart:
            return f"{venue} since the last session {'broke off' if report.killed else 'ended'} at {lost}"
        return f"{venue} without a link from {lost} to {back}"

    def _new(self, change: AwayChange) -> ChipLine:
        return ChipLine(change.key, self._theme)

    def _show(self, line: ChipLine, change: AwayChange) -> None:
        order, text = change_words(change)
        line.show_words(_chip(change), f"{self._rows.venue(change.account)} · {order}", text)

    def fold(self, *, folded: bool) -> None:
        """Show the strip alone, or all of it."""
        self._folded = folded
        self.lines.setVisible(not folded)
        self.since.setVisible(not folded)
        self.unfold.setVisible(folded)
        edge = (12, 2, 12, 2) if folded else (12, 8, 12, 8)
        self._layout.setContentsMargins(*edge)
        self._put()

    def fit(self, width: int, room: int) -> None:
        """Take no more than its part of what it shares with the list.

        Args:
            width: of both. room: the height both have together.
        """
        if (width, room) != (self._width, self._room):
            self._width, self._room = width, room
            self._put()

    def _put(self) -> None:
        if self._folded:
            height = _STRIP
        else:
            edge, gap = self._layout.contentsMargins(), self._layout.spacing()
            inside = self._width - edge.left() - edge.right()
            head = self.close_button.sizeHint().height() + self.since.heightForWidth(inside) + 2 * gap
            wanted = edge.top() + head + self.lines.content_height(inside) + edge.bottom()
            height = max(_LEAST, min(wanted, self._room - _LEFT_TO_LIST))
        self.setFixedHeight(height)

    def take_focus(self) -> None:
        """Go to its first line, unfolding it."""
        self.fold(folded=False)
        first = next(iter(self.lines.lines()), None)
        (first or self.close_button).setFocus()

    def close_sheet(self) -> None:
        """The person has seen it."""
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self.isAncestorOf(focus)
        self._hide()
        self.closed.emit(had_focus)

    def _hide(self) -> None:
        self.hide()
        self.lines.show_items([])

    # -- Qt's side -----------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes it; nothing reaches what lies behind."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
        event.accept()

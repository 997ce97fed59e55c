"""List of what waits for a person, a line each: what it is, which evidence is missing, and what may help."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.desk.desk import Desk, DeskError
from app.desk.views.attention import Attention, Concern, Item
from app.domain.amendment import AmendmentStage
from app.domain.order import Order
from app.domain.plain import named
from app.ui.detail.dock_texts import asked_words
from app.ui.detail.standing_box import raw_text
from app.ui.look.numbers import age, clock, grouped, tidy_grouped
from app.ui.look.plain import Button, Label
from app.ui.look.texts import raw_page, shortened, writable
from app.ui.look.theme import Theme, Tone
from app.ui.orders.chip_label import ChipLabel
from app.ui.orders.chips import ELSEWHERE_CHIP, TWO_ORDERS_CHIP, amendment_chip, link_words, waiting_chip
from app.ui.orders.row import Chip
from app.ui.orders.rows import DeskRows
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.line_list import LineList, ListLine

_MOST = 40
_CHIP = 116
_NOTHING = "Nothing waits for you: every amendment is settled, every order is where its venue last showed it."
_CHIPS = {
    Concern.TWO_ORDERS: TWO_ORDERS_CHIP,
    Concern.NOT_FOUND: Chip("?", "Not found", Tone.UNKNOWN),
    Concern.UNREADABLE: Chip("✕", "Unreadable", Tone.BAD),
    Concern.ELSEWHERE: ELSEWHERE_CHIP,
    Concern.LIST: Chip("◌", "List incomplete", Tone.PENDING),
    Concern.JOURNAL: Chip("✕", "Journal", Tone.BAD),
}
#: What no evidence settles, but a look.
_LOOKED_AT = (Concern.OUTCOME, Concern.ELSEWHERE)

_ICONS = {Tone.BAD: "✕", Tone.PENDING: "◌", Tone.GOOD: "✓"}


def order_words(order: Order) -> str:
    """An order in a few words: side, size that remains (all of one that has ended), symbol, price."""
    price = f" at {grouped(order.price)}" if order.price is not None else ""
    size = order.remaining if order.is_open else order.quantity
    return f"{order.side.value} {grouped(size)} {named(order.symbol)}{price}"


class AttentionLine(ListLine):
    """One thing that waits.

    Signals:
        check_wanted: carries the line's key.
        cancel_wanted: the question was answered with yes; carries the line's key.
    """

    check_wanted = Signal(object)
    cancel_wanted = Signal(object)

    def __init__(self, key: str, theme: Theme, *, has_order: bool, can_check: bool = True) -> None:
        super().__init__(key)
        self.mark = ChipLabel(theme, _CHIP)
        self.what, self.missing = ElidedLabel(), Label()
        self.missing.setProperty("role", "small")
        self.missing.setWordWrap(True)
        self.figures, self.since = Label(), Label()
        for label in (self.figures, self.since):
            label.setProperty("role", "mono")
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.check = self._button("Check now", "pill")
        self.check.clicked.connect(lambda: self.check_wanted.emit(self.key))
        self.cancel = self._button("Cancel order…", "pill")
        if not has_order:
            self.cancel.hide()
        if not can_check:
            self.check.hide()
        self.cancel.clicked.connect(self._ask)
        self.show_raw = self._button("Raw text", "pill")
        self.show_raw.setCheckable(True)
        self.show_raw.hide()
        self.raw = raw_text("What the venue showed, as received")
        self.raw.hide()
        self.show_raw.toggled.connect(self.raw.setVisible)
        self.question = ElidedLabel()
        self.question.setProperty("role", "problem")
        self.keep, self.really = self._button("Keep the order", "pill"), self._button("Cancel it", "danger pill")
        self.keep.clicked.connect(self._answered)
        self.really.clicked.connect(lambda: self._answered(sure=True))
        self._build()

    @staticmethod
    def _button(text: str, role: str) -> QPushButton:
        button = Button(text)
        button.setProperty("role", role)
        button.setAutoDefault(False)
        return button

    def _build(self) -> None:
        self._numbers = QWidget()
        words, numbers = QVBoxLayout(), QVBoxLayout(self._numbers)
        numbers.setContentsMargins(0, 0, 0, 0)
        for column, labels in ((words, (self.what, self.missing)), (numbers, (self.figures, self.since))):
            column.setSpacing(1)
            for label in labels:
                column.addWidget(label)
        self._offer, self._asking = QWidget(), QWidget()
        for box, parts in (
            (self._offer, (self.show_raw, self.check, self.cancel)),
            (self._asking, (self.question, self.keep, self.really)),
        ):
            line = QHBoxLayout(box)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(8)
            for part in parts:
                line.addWidget(part)
        self.question.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._asking.hide()
        layout = QHBoxLayout()
        layout.setSpacing(10)
        layout.addWidget(self.mark)
        layout.addLayout(words, 1)
        layout.addWidget(self._numbers)
        layout.addWidget(self._offer)
        layout.addWidget(self._asking)
        below = QVBoxLayout(self)
        below.setContentsMargins(8, 4, 8, 4)
        below.setSpacing(4)
        below.addLayout(layout)
        below.addWidget(self.raw)

    def buttons(self) -> list[QPushButton]:
        """Raw text, Check and Cancel, or the two answers while it asks."""
        return [self.show_raw, self.check, self.cancel, self.keep, self.really]

    def ask_for_a_look(self, asks: bool) -> None:
        """Offer that it was looked at, in the place of a look-up: its outcome is known."""
        self.check.setText("Seen" if asks else "Check now")

    def show_raw_text(self, raw: str) -> None:
        """Offer the venue's own text where there is one."""
        raw = raw_page(raw)
        if self.raw.toPlainText() != raw:
            self.raw.setPlainText(raw)
        self.show_raw.setVisible(bool(raw))
        if not raw:
            self.show_raw.setChecked(False)

    def show_words(self, chip: Chip, what: str, missing: str, figures: str, since: str) -> None:
        """Show where it stands."""
        what, missing = shortened(what), shortened(missing)
        self.show_raw.setAccessibleName(f"Raw text: {what}")
        self.mark.show_chip(chip)
        self.what.setText(what)
        for label, text in ((self.missing, missing), (self.figures, figures), (self.since, since)):
            if label.text() != text:
                label.setText(text)
            label.setVisible(bool(text))
        self.setAccessibleName(what)
        parts = (chip.word, missing, figures, since)
        self.setAccessibleDescription(writable(". ".join(part.rstrip(".") for part in parts if part)))
        self.check.setAccessibleName(writable(f"{self.check.text()}: {what}"))
        self.cancel.setAccessibleName(f"Cancel order: {what}")

    def show_order(self, order: Order, name: str, *, cancelling: bool) -> None:
        """Fit the cancel button to the order, and the question to its whole name."""
        words = shortened(name)
        self.question.setText(f"Cancel {words}?")
        self.keep.setAccessibleName(f"Keep the order: {words}")
        self.really.setAccessibleName(f"Cancel it: {words}")
        may = order.is_open and not cancelling and not self.over
        if not may and self.asking:
            self._answered()
        self.cancel.setText("Cancelling…" if cancelling and order.is_open else "Cancel order…")
        if not may and self.cancel.hasFocus():
            self.setFocus()
        self.cancel.setEnabled(may)

    # -- asking --------------------------------------------------------------------------------------------------------

    @property
    def asking(self) -> bool:
        """True while it asks if the order is to be cancelled."""
        return not self._asking.isHidden()

    def _ask(self) -> None:
        """Ask in the line itself, in the place of its numbers; the answer that is offered keeps the order."""
        self._asking.show()
        self.keep.setFocus()
        self._offer.hide()
        self._numbers.hide()

    def _answered(self, _: bool = False, *, sure: bool = False) -> None:
        focus = self.keep.hasFocus() or self.really.hasFocus()
        self._offer.show()
        self._numbers.show()
        if focus:
            self.setFocus()
        self._asking.hide()
        if sure:
            self.cancel_wanted.emit(self.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc takes the question back."""
        if event.key() == Qt.Key.Key_Escape and self.asking:
            self._answered()
            event.accept()
            return
        super().keyPressEvent(event)


class AttentionList(LineList[AttentionLine, Item]):
    """All that waits.

    Signals:
        row_wanted: a line was taken; carries the lineage, "" for a whole account.
        said: a sentence for the banner.
    """

    row_wanted = Signal(object)
    said = Signal(object)

    def __init__(self, desk: Desk, rows: DeskRows, waiting: Attention, theme: Theme) -> None:
        super().__init__(self._new, self._show, _MOST)
        self._desk, self._rows, self._waiting, self._theme = desk, rows, waiting, theme
        self._items: dict[str, Item] = {}
        self.setAccessibleName("What needs attention")
        self.chosen.connect(self._chosen)

    def refresh(self) -> None:
        """Look again at what waits."""
        items = self._waiting.items()
        held = {key: item for key, item in self._items.items() if self.line(key) is not None}
        self._items = held | {item.key: item for item in items}
        self.show_items([(item.key, item) for item in items], _NOTHING)
        for line in self.lines():
            if line.over:
                self._show_over(line)

    def _new(self, item: Item) -> AttentionLine:
        line = AttentionLine(item.key, self._theme, has_order=bool(item.lineage), can_check=bool(item.account))
        line.check_wanted.connect(self._check)
        line.cancel_wanted.connect(self._cancel)
        return line

    def _show(self, line: AttentionLine, item: Item) -> None:
        now = self._desk.clock.now()
        what, wish = self._rows.venue(item.account) if item.account else "Journal", item.what
        line.ask_for_a_look(item.concern in _LOOKED_AT)
        if item.concern in (Concern.UNRESOLVED, Concern.OUTCOME):
            wish = asked_words(self._desk.state.amendments[item.key])
        if item.lineage:
            lineage = self._desk.state.lineages[item.lineage]
            what += f" · {order_words(lineage.order)}"
            name = self._rows.name(item.lineage)
            words = name.sentence if name is not None else order_words(lineage.order)
            line.show_order(lineage.order, words, cancelling=lineage.cancelling)
        looked = f" {item.probes} look-up{'s' * (item.probes != 1)} so far." if item.probes else ""
        risk = f"{tidy_grouped(item.at_risk)} {item.currency.upper()} at risk" if item.at_risk is not None else ""
        since = clock(item.since) if item.concern in _LOOKED_AT else f"for {age(now - item.since)}"
        # A venue's own sentence names it already.
        words = wish if not item.lineage and wish.startswith((what, item.account or what)) else f"{what} · {wish}"
        line.show_words(self._chip(item), words, item.missing + looked, risk, since)
        line.show_raw_text(item.raw)

    def _chip(self, item: Item) -> Chip:
        if item.concern is Concern.OUTCOME:
            return amendment_chip(self._desk.state.amendments[item.key], self._desk.clock.now())
        if item.stage is not None:
            return waiting_chip(item.stage)
        if item.concern is Concern.LINK:
            word, tone = link_words(self._desk.state.accounts[item.account].link)
            return Chip(_ICONS[tone], word.capitalize(), tone)
        return _CHIPS[item.concern]

    def _show_over(self, line: AttentionLine) -> None:
        """Show what became of it, for the one who is looking at it."""
        amendment = self._desk.state.amendments.get(line.key)
        if amendment is None or amendment.stage is AmendmentStage.UNKNOWN:
            line.show_words(Chip("✓", "Over", Tone.QUIET), line.what.text(), "This is over.", "", "")
            return
        chip = amendment_chip(amendment, self._desk.clock.now())
        line.show_words(chip, line.what.text(), amendment.outcome, "", clock(amendment.latest.at))

    # -- doing ---------------------------------------------------------------------------------------------------------

    def _chosen(self, key: str) -> None:
        item = self._items.get(key)
        if item is not None:
            self._waiting.look_at(key)
            self.row_wanted.emit(item.lineage)

    def _check(self, key: str) -> None:
        item = self._items[key]
        if item.concern in _LOOKED_AT:
            self._waiting.look_at(key)
            self.refresh()
            return
        try:
            if item.lineage:
                self._desk.check_now(item.lineage)
            else:
                self._desk.refresh(item.account)
        except DeskError as error:
            self.said.emit(str(error))

    def _cancel(self, key: str) -> None:
        try:
            self._desk.cancel(self._items[key].lineage)
        except DeskError as error:
            self.said.emit(str(error))

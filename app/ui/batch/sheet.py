"""The sheet of marked orders: one wish for all, a verdict for each, one key to send, an outcome for each afterwards.

It lies over the lower edge of the list, so that no row moves for it. Folded it is a strip that says how many orders are
marked and what can be done with them.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.desk.batch.cutting import TOTAL
from app.domain.form import FieldName
from app.domain.intent import words_for
from app.ui.amend.hold import TOO_SHORT, WORDS, Hold, SendButton
from app.ui.batch.lines import MemberShown
from app.ui.look.keymap import Keymap, signs
from app.ui.look.plain import Button, Label
from app.ui.look.raised import Raised
from app.ui.look.texts import tip, writable
from app.ui.look.theme import Theme, text_font
from app.ui.orders.chip_line import ChipLine
from app.ui.widgets.choice_pills import ChoicePills, Pill
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.line_list import LineList

#: Lines shown; what is more is counted.
_MOST = 200
_STRIP = 38
_LEAST = 200
#: Narrower than this there is no room for words beside the wish.
_HINT_FROM = 900
#: The headings and a handful of rows stay in sight above it, in device-independent pixels.
_LEFT_TO_LIST = 130

#: What may be asked of all, by the name in a change, and what a person reads.
FIELDS = ((FieldName.PRICE.value, "Price"), (FieldName.QUANTITY.value, "Quantity"), (TOTAL, "Total left of all"))

_HINTS = {
    FieldName.PRICE.value: words_for(FieldName.PRICE).removeprefix("Or type "),
    FieldName.QUANTITY.value: words_for(FieldName.QUANTITY).removeprefix("Or type "),
    TOTAL: "what remains of all together; the best places keep theirs.",
}


class BatchSheet(Raised):
    """The sheet.

    Signals:
        wish_changed: another wish, or another consent, is asked for.
        open_wanted: the strip was pressed; carries whether to cancel.
        send_wanted: send what may leave.
        stop_wanted: let nothing more leave.
        again_wanted: work the verdicts out again; after the outcome: for those that certainly did not change.
        row_wanted: a line was taken; carries the lineage.
        closed: it was closed; carries whether the marks go with it.
    """

    wish_changed = Signal()
    open_wanted = Signal(bool)
    send_wanted = Signal()
    stop_wanted = Signal()
    again_wanted = Signal()
    row_wanted = Signal(object)
    closed = Signal(bool)

    def __init__(self, theme: Theme, keys: Keymap | None = None, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent, edge="accent", corner=0)
        keys = keys or Keymap()
        self.send_key = signs(keys.keys("send"))
        self._width = self._room = 0
        self._folded, self._cancels, self._field = True, False, FIELDS[0][0]
        self._folded = True
        self.title, self.where = Label(), ElidedLabel()
        self.title.setFont(text_font(bold=True))
        self.where.setProperty("role", "small")
        self.amend, self.cancel = (
            Button("Amend…   F2", role="pill"),
            Button("Cancel…   Del", role="danger pill"),
        )
        self.close_button = Button("Close   Esc", role="pill")
        self.field, self.text = ChoicePills(), QLineEdit()
        self.nearest, self.consent = QCheckBox("Nearest value a venue takes"), QCheckBox()
        self.hint, self.problem, self.summary = Label(role="hint", wrap=True), Label(role="problem", wrap=True), Label()
        self.again, self.stop = Button("Work out again", role="pill"), Button("Stop the rest", role="pill")
        self.send = SendButton("Send")
        self.send.setProperty("role", "send")
        self.hold, self._hold_words = Hold(self.send), Label(role="hint", wrap=True)
        self.lines: LineList[ChipLine, MemberShown] = LineList(self._new, self._show, _MOST)
        self._build()
        self._connect()
        keys.bind("send", self, self.hold.press, Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.hide()

    def _build(self) -> None:
        self.field.offer([Pill(value, label) for value, label in FIELDS], FIELDS[0][0])
        self.field.setAccessibleName("Field to change of all marked orders")
        self.text.setAccessibleName("Wish for all marked orders")
        self.text.setMinimumWidth(150)
        self.lines.setMinimumHeight(44)
        self.text.setMaximumWidth(260)
        self.summary.setProperty("role", "dim")
        self.summary.setWordWrap(True)
        for button in (self.amend, self.cancel, self.close_button, self.again, self.stop, self.send):
            button.setAutoDefault(False)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.title)
        head.addWidget(self.where, 1)
        for button in (self.amend, self.cancel, self.close_button):
            head.addWidget(button)
        self._wish = QWidget()
        wish = QHBoxLayout(self._wish)
        wish.setContentsMargins(0, 0, 0, 0)
        wish.setSpacing(8)
        for part in (self.field, self.text):
            wish.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        wish.addWidget(self.hint, 1)
        wish.addWidget(self.nearest)
        self._end = QWidget()
        end = QHBoxLayout(self._end)
        end.setContentsMargins(0, 0, 0, 0)
        end.setSpacing(8)
        end.addWidget(self.summary, 1)
        end.addWidget(self.consent)
        for button in (self.again, self.stop, self.send):
            end.addWidget(button)
        self._layout = QVBoxLayout(self)
        self._layout.setSpacing(4)
        self._layout.addLayout(head)
        for widget in (self._wish, self.problem, self.lines, self._hold_words, self._end):
            self._layout.addWidget(widget, 1 if widget is self.lines else 0)

    def _connect(self) -> None:
        self.field.chosen.connect(self._field_changed)
        self.text.textChanged.connect(self.wish_changed)
        self.nearest.toggled.connect(self.wish_changed)
        self.consent.toggled.connect(self.wish_changed)
        self.amend.clicked.connect(lambda: self.open_wanted.emit(False))
        self.cancel.clicked.connect(lambda: self.open_wanted.emit(True))
        self.close_button.clicked.connect(self.leave)
        self.send.held_press.connect(self.send_wanted)
        self.hold.passed.connect(self.send_wanted)
        self.hold.broken.connect(lambda: self._hold_words.setText(TOO_SHORT))
        self.hold.began.connect(lambda: self._hold_words.setText(WORDS))
        self.stop.clicked.connect(self.stop_wanted)
        self.again.clicked.connect(self.again_wanted)
        self.lines.chosen.connect(self.row_wanted)
        self.lines.grown.connect(self._put)

    def _field_changed(self, value: str) -> None:
        self._field = value
        self.hint.setText(f"Type {_HINTS[value]}")
        self.text.setFocus()
        self.wish_changed.emit()

    def _new(self, shown: MemberShown) -> ChipLine:
        return ChipLine(shown.member.key, self._theme)

    @staticmethod
    def _show(line: ChipLine, shown: MemberShown) -> None:
        change = f"{shown.change} · " if shown.change else ""
        line.show_words(shown.chip, f"{change}{shown.name}", shown.text)

    # -- showing -------------------------------------------------------------------------------------------------------

    @property
    def folded(self) -> bool:
        """True while only the strip is shown."""
        return self._folded

    def change(self) -> str:
        """The wish as a change, such as `price=+3t`; "" while nothing is typed."""
        text = self.text.text().strip()
        return f"{self._field}={text}" if text else ""

    def show_strip(self, count: int) -> None:
        """Show how many orders are marked and what can be done; nothing if none is."""
        self.title.setText(f"{count} order{'s' * (count != 1)} marked")
        self.where.setText("")
        self.close_button.setText("Unmark   Esc")
        self._fold(folded=True)
        self.setVisible(bool(count))

    def show_wish(self, count: int, where: str, *, cancel: bool) -> None:
        """Open it for a wish, or for a cancel of all.

        Args:
            count: how many orders it is about.
            where: environments, venues and accounts they are of.
            cancel: whether they are to be cancelled.
        """
        self._cancels = cancel
        self.count(count, 0)
        self.where.setText(writable(where))
        self.close_button.setText("Close   Esc")
        self.send.setProperty("role", "danger" if cancel else "send")
        self.send.style().unpolish(self.send)
        self.send.style().polish(self.send)
        self._fold(folded=False)
        self.show()

    def count(self, count: int, ended: int) -> None:
        """Say how many orders it is about, and how many of those have ended since they were marked."""
        since = f", {ended} of them ended" if ended else ""
        self.title.setText(f"{'Cancel' if self._cancels else 'Amend'} {count} order{'s' * (count != 1)}{since}")

    def start(self, *, cancel: bool) -> None:
        """Begin anew, with the focus where the next key belongs: no key that comes by habit sends anything."""
        blockers = [QSignalBlocker(part) for part in (self.text, self.consent, self.nearest)]
        self.text.clear()
        self.consent.setChecked(False)
        self.nearest.setChecked(False)
        del blockers
        self.hint.setText(f"Type {_HINTS[self._field]}")
        (self.close_button if cancel else self.text).setFocus()

    def show_members(self, members: Sequence[MemberShown], none: str) -> None:
        """Show the orders, each with its verdict or what became of it."""
        self.lines.show_items([(shown.member.key, shown) for shown in members], none)

    def show_end(self, summary: str, problem: str, asking: int) -> None:
        """Say what it all comes to.

        Args:
            summary: counts, in one line.
            problem: why nothing can be sent, "" if something can.
            asking: how many orders ask for a consent.
        """
        self.summary.setText(summary)
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.consent.setText(
            f"Send the {asking} that ask first, too" if asking != 1 else "Send the one that asks first, too"
        )
        self.consent.setMinimumWidth(self.consent.sizeHint().width())  # its words are what is consented to
        self.consent.setVisible(bool(asking))
        self.setAccessibleDescription(writable(f"{summary} {problem}".strip()))

    def show_buttons(self, send: str, why_not: str, *, sending: bool, again: str) -> None:
        """Say what the buttons do.

        Args:
            send: text of the button that sends, "" where it has been sent.
            why_not: why it cannot be pressed, "" if it can.
            sending: whether a batch is under way.
            again: text of the button that begins again, "" where there is nothing to begin again.
        """
        self.send.setVisible(bool(send))
        self.send.setText(send)
        self.send.setEnabled(not why_not)
        self.send.setToolTip(tip(why_not))
        self.send.setAccessibleDescription(writable(why_not))
        self.close_button.setEnabled(not sending)
        if self.stop.hasFocus() and not sending:
            self.close_button.setFocus()
        self.stop.setVisible(sending)
        self.again.setVisible(bool(again))
        self.again.setText(again)
        self._wish.setVisible(bool(send) and not self._cancels)

    def must_hold(self, on: bool, of: object) -> None:
        """Say whether what would leave passes a limit, which a longer press of Send consents to.

        Args:
            on: whether it does.
            of: what would leave; another one needs a press of its own.
        """
        if self.hold.ask(on, of):
            self._hold_words.setText(WORDS if on else "")
        self._hold_words.setVisible(on)

    def _fold(self, *, folded: bool) -> None:
        self._folded = folded
        self.amend.setVisible(folded)
        self.cancel.setVisible(folded)
        self._wish.setVisible(not folded and not self._cancels)
        for part in (self.lines, self._end):
            part.setVisible(not folded)
        self._hold_words.setVisible(not folded and self.hold.needed)
        self.problem.setVisible(not folded and bool(self.problem.text()))
        self._layout.setContentsMargins(*((12, 2, 12, 2) if folded else (12, 8, 12, 8)))
        self._put()

    def fit(self, width: int, room: int) -> None:
        """Take no more than its part of what it shares with the list.

        Args:
            width: of both. room: the height both have together.
        """
        if (width, room) != (self._width, self._room):
            self._width, self._room = width, room
            self.hint.setVisible(width >= _HINT_FROM)
            self._put()

    def _put(self) -> None:
        height = _STRIP
        if not self._folded:
            inside = self._width - 24
            rest = sum(
                part.sizeHint().height() + 4
                for part in (self.close_button, self._wish, self.problem, self._hold_words, self._end)
                if not part.isHidden()
            )
            height = max(_LEAST, min(rest + self.lines.content_height(inside) + 22, self._room - _LEFT_TO_LIST))
        self.setFixedHeight(height)

    def has_focus(self) -> bool:
        """Return True while the keyboard is in it."""
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def leave(self) -> None:
        """Close it; the marks stay as long as it was more than a strip."""
        self.closed.emit(self._folded)

    # -- Qt's side -----------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes it; nothing reaches what lies behind."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        event.accept()

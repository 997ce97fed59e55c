"""One line of the amend panel: a label, the editor that fits the field, and everything there is to say about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from app.domain.form import Field, FieldName
from app.domain.intent import Basis, IntentError, read_intent, words_for
from app.domain.rules import Rule
from app.domain.terms import TERMS
from app.ui.amend.draft_keeper import FieldMoved, Value
from app.ui.look.keymap import Keymap
from app.ui.look.numbers import as_digits, common_places, grouped, with_places
from app.ui.look.plain import Button, Label
from app.ui.look.texts import tip, writable
from app.ui.look.theme import Theme
from app.ui.widgets.choice_pills import ChoicePills, Pill, pill_button
from app.ui.widgets.decimal_edit import DecimalEdit

LABEL_WIDTH = 100
#: In front of the reason of a lock, when a key or a paste met it.
_LOCKED = "Nothing was changed: "

_PRICES = {term.field for term in TERMS if term.is_price}


@dataclass(frozen=True, slots=True)
class FieldNews:
    """Everything to be said about a field now.

    Attributes:
        problem: why the draft cannot go, as far as this field is to blame.
        nearest: legal values to offer.
        caution: what a person must know.
        moved: what the venue did to it meanwhile.
        derived: the value it would get from what is typed elsewhere.
        reason: why it is locked, where that is not said once for the whole order.
    """

    problem: str = ""
    nearest: tuple[Decimal, ...] = ()
    caution: str = ""
    moved: FieldMoved | None = None
    derived: Decimal | None = None
    reason: str = ""


def note_label(role: str) -> Label:
    """A small wrapping label, hidden until it has something to say."""
    label = Label(role=role, wrap=True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    label.hide()
    return label


def say(label: Label, *texts: str) -> None:
    """Show texts in a note label, a line each, or hide it when there are none."""
    parts = [text for text in texts if text]
    label.set_lines(*parts)
    label.setVisible(bool(parts))


class FieldLine(QWidget):
    """A field.

    Signals:
        typed: the person changed it; carries the value (None if it is no number) and the sentence about that.
        take_wanted: the person gives up their value for the venue's.
        rule_wanted: the person asks for the rule behind it.
    """

    typed = Signal(object, str)
    take_wanted = Signal()
    rule_wanted = Signal()

    def __init__(self, field: Field, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = field.name
        self._field = field
        self._choice = ""
        self._news = FieldNews()
        self._refused = self._by_key = self._legal_key = ""
        self._label = Label(field.label)
        self._label.setProperty("role", "label")
        self._label.setWordWrap(True)
        self._label.setFixedWidth(LABEL_WIDTH)
        self.number = DecimalEdit(theme)
        self.pills = ChoicePills()
        self._why, self._hint = note_label("why"), note_label("hint")
        self._problem, self._caution, self._moved = note_label("problem"), note_label("caution"), note_label("moved")
        self._offers = QWidget()
        self._offer_row = QHBoxLayout(self._offers)
        self._offer_row.setContentsMargins(0, 0, 0, 0)
        self._offer_row.setSpacing(4)
        self._offers.hide()
        self._take = Button()
        self._take.setProperty("role", "link")
        self._take.hide()
        self._build()
        self._connect()
        self.update_field(field, FieldNews())

    def _build(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._label, 0, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self.number, 0, 1)
        grid.addWidget(self.pills, 0, 1)
        notes = (self._problem, self._offers, self._moved, self._take, self._caution, self._hint, self._why)
        for row, note in enumerate(notes, start=1):
            grid.addWidget(note, row, 1)
        self._label.setBuddy(self.number)

    def _connect(self) -> None:
        self.number.edited.connect(self._number_typed)
        self.number.refused.connect(self._refuse)
        self.number.acted.connect(partial(self._refuse, ""))
        self.number.wants_rule.connect(self.rule_wanted)
        self.pills.chosen.connect(self._choice_made)
        self.pills.wants_rule.connect(self.rule_wanted)
        self._take.clicked.connect(self.take_wanted)

    # -- what the person does ------------------------------------------------------------------------------------------

    def set_wishes(self, basis: Callable[[], Basis]) -> None:
        """Read wishes such as `+2t` beside numbers, from what `basis` gives at that moment."""
        self.number.set_wishes(lambda text: read_intent(text, self._field, basis()))

    def set_keys(self, keys: Keymap) -> None:
        """Tell the keys that put a wish or a legal value into it."""
        self._legal_key = f" ({keys.keys('legal')} takes the nearest)"
        if self.name in _PRICES:
            self._by_key = f"{keys.keys('join')} joins the best price, {keys.keys('improve')} is one tick better."

    def underline(self, why: str) -> None:
        """Underline the label, and say why."""
        font = self._label.font()
        font.setUnderline(True)
        self._label.setFont(font)
        self._label.setToolTip(tip(why))
        self._label.setAccessibleDescription(writable(why))

    def wish(self, word: str, basis: Basis) -> None:
        """Put in what a wish comes to from what is typed now, or say why it comes to nothing."""
        if self.number.isHidden():
            return
        if self.number.locked:
            self._refuse(f"{_LOCKED}{self._field.reason}")
            return
        typed = self.number.number()
        try:
            intent = read_intent(word, self._field if typed is None else replace(self._field, current=typed), basis)
        except IntentError as error:
            self._refuse(str(error))
            return
        if intent is not None:
            self.number.set_value(intent.value)

    def _number_typed(self, number: Decimal | None) -> None:
        self.typed.emit(number, "" if number is not None else self.number.problem())

    def _refuse(self, text: str) -> None:
        """Keep saying that a key or a paste was refused, whatever the market does, until the next key."""
        if text != self._refused:
            self._refused = text
            self._show_notes(self._field, self._news)

    def _choice_made(self, value: str) -> None:
        self._choice = value
        self.typed.emit(value, "")

    def offer_first(self) -> bool:
        """Take the nearest legal value, if one is on offer."""
        offers = self._news.nearest or self.number.nearest()
        if not offers or self.number.locked or self.number.isHidden():
            return False
        self.number.set_value(offers[0])
        return True

    def set_number(self, value: Decimal) -> None:
        """Put a number in as if it had been typed."""
        if not self.number.locked and not self.number.isHidden():
            self.number.set_value(value)

    # -- what is shown -------------------------------------------------------------------------------------------------

    @property
    def field(self) -> Field:
        """The field as it is now."""
        return self._field

    @property
    def rule(self) -> Rule | None:
        """The rule behind it."""
        return self._field.rule

    @property
    def editor(self) -> QWidget:
        """Widget that takes the focus."""
        if not self.number.isHidden():
            return self.number
        chosen = self.pills.value()
        return self.pills.button(chosen) if chosen else self.pills

    def stops(self) -> list[QWidget]:
        """Widgets that Tab may reach, in order."""
        return [self.number, *self._offers.findChildren(QPushButton), self._take, *self.pills.stops()]

    def restore(self, value: Value) -> None:
        """Show what the draft holds for this field; None shows the order's own value."""
        if self._field.is_choice:
            self._choice = value if isinstance(value, str) else ""
            self._show_choice()
        elif isinstance(value, Decimal):
            self.number.put_text(as_digits(value))
        else:
            self.number.show_derived(None)
            base = shown_value(self._field)
            self.number.put_text("" if base is None else as_digits(base))

    def update_field(self, field: Field, news: FieldNews) -> None:
        """Show the field as the venue's rules have it now. What is typed stays."""
        self._field, self._news = field, news
        if self._label.text() != field.label:
            self._label.setText(field.label)
        as_number = not field.is_choice or not field.editable
        self.number.setVisible(as_number)
        self.pills.setVisible(not as_number)
        if as_number:
            self._show_number(field, news)
        else:
            self._show_choice()
        self._show_notes(field, news)

    def _show_number(self, field: Field, news: FieldNews) -> None:
        edit = self.number
        edit.setAccessibleName(writable(field.label))
        if not field.editable:
            edit.set_base(shown_value(field))
            shown = None if isinstance(field.current, Decimal) else self._word(field)
            edit.set_suffix("locked")
            edit.set_locked(field.reason, shown)
            if field.origin:
                edit.setAccessibleDescription(writable(f"Locked. {field.reason} {field.origin}"))
            return
        edit.set_unlocked()
        edit.set_grid(field.step, field.minimum, field.maximum, clearable=field.clearable)
        edit.set_base(shown_value(field))
        edit.show_derived(news.derived)
        edit.mark_wrong(news.problem)
        edit.set_suffix(self._suffix(field, derived=edit.derived))
        edit.setToolTip(tip(field.meaning, words_for(field.name), self._by_key))
        parts = (field.meaning, news.problem, news.caution, self._moved_words(news.moved), field.origin, field.hint)
        edit.setAccessibleDescription(writable(". ".join(text.rstrip(".") for text in parts if text)))

    def _show_choice(self) -> None:
        field = self._field
        current = field.current if isinstance(field.current, str) else ""
        pills = [Pill(choice.value, choice.label, tip=choice.warning) for choice in field.choices]
        self.pills.offer(pills, self._choice or current)
        self.pills.set_name(field.label)

    @staticmethod
    def _word(field: Field) -> str:
        for choice in field.choices:
            if choice.value == field.current:
                return choice.label
        return str(field.current) if field.current else "—"

    @staticmethod
    def _suffix(field: Field, *, derived: bool) -> str:
        if derived:
            return "derived"
        if field.step is None:
            return field.unit
        return f"{'tick' if field.name in _PRICES else 'step'} {as_digits(field.step)}"

    def _show_notes(self, field: Field, news: FieldNews) -> None:
        if self._refused.startswith(_LOCKED) and self._refused != f"{_LOCKED}{field.reason}":
            self._refused = ""  # it was refused for a lock that is no more, or is another one now
        problem = news.problem
        say(self._problem, self._refused, problem if field.editable else "")
        self._show_offers(news.nearest if problem else ())
        say(self._moved, self._moved_words(news.moved))
        conflict = news.moved is not None and news.moved.conflict
        self._take.setVisible(conflict)
        if conflict and news.moved is not None:
            self._take.setText(f"Take the venue's {value_words(news.moved.now)}")
        say(self._caution, news.caution if field.editable else "")
        meant = self.number.meant()
        wish = f"= {grouped(meant.value)}  ({meant.text})" if meant is not None else ""
        say(self._hint, wish, field.origin, field.hint if field.editable else "")
        f1 = "  (F1: rule)" if field.rule is not None else ""
        say(self._why, news.reason + f1 if news.reason else "")

    def _show_offers(self, offers: tuple[Decimal, ...]) -> None:
        shown = [button.text() for button in self._offers.findChildren(QPushButton)]
        wanted = [grouped(value) for value in offers]
        if shown != wanted:
            while (item := self._offer_row.takeAt(0)) is not None:
                widget = item.widget()
                if widget is not None:
                    widget.setParent(None)
                    widget.deleteLater()
            for value in offers:
                button = pill_button(grouped(value), f"Put this legal value in{self._legal_key}")
                button.setAccessibleName(writable(f"{self._field.label}: use {as_digits(value)}"))
                button.clicked.connect(partial(self.set_number, value))
                self._offer_row.addWidget(button)
            if offers:
                self._offer_row.addStretch(1)
        self._offers.setVisible(bool(offers))

    @staticmethod
    def _moved_words(moved: FieldMoved | None) -> str:
        return "" if moved is None else f"Venue moved: {value_words(moved.was)} → {value_words(moved.now)}"


def shown_value(field: Field) -> Decimal | None:
    """The order's own value as the field shows it: a computed value loses the zeros that say nothing."""
    if not isinstance(field.current, Decimal):
        return None
    if field.name is FieldName.VALUE:
        return with_places(field.current, common_places(field.current))
    return field.current


def value_words(value: Value) -> str:
    """A number with its digits grouped, or a choice as it is."""
    return value if isinstance(value, str) else grouped(value)

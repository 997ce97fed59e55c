"""A field for exact numbers: typed as text, read as Decimal, stepped by ticks, never rounded.

Nothing that is typed is changed behind the trader's back: a character that does not belong is shown as a problem rather
than dropped (dropping it would turn "1e5" into 15). A wish such as `+2t` stands as the number it comes to until it is
committed, and as that number from then on. A whole paste that is not a number is refused with a sentence.
Leaving the field, or Enter in it, commits the field to the draft and does nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
    QValidator,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSpinBox, QSizePolicy, QWidget

from app.domain.intent import Intent, IntentError
from app.domain.money import NumberError, is_multiple, nearest_multiples, parse_typed, plain
from app.ui.look.numbers import as_digits, grouped, is_odd, strip_groups
from app.ui.look.texts import pasted, tip, writable
from app.ui.look.theme import Theme, number_font
from app.ui.widgets.decimal_frame import ARROW_WIDTH, FrameLook, paint_frame, suffix_width
from app.ui.widgets.decimal_steps import percent_step, tick_step, ticks_with

_KEYS = {
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Down: -1,
}
_MODIFIERS = (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)
_PAGES = {Qt.Key.Key_PageUp: 1, Qt.Key.Key_PageDown: -1}

_NO_STEP = "There is nothing to step from: no number stands here, or the market's step is not known. Type the number."


class DecimalEdit(QAbstractSpinBox):
    """One exact number.

    Signals:
        edited: the person changed the text; carries the number as Decimal, or None while it is not one.
        committed: Enter was pressed in the field.
        refused: a paste or a key was refused; carries the sentence that says why.
        acted: a key was pressed, or the pointer or the wheel did something: what was refused before has been read.
        wants_rule: F1 was pressed; the panel shows the field's rule.
    """

    edited = Signal(object)
    committed = Signal()
    refused = Signal(str)
    acted = Signal()
    wants_rule = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plain = ""
        self._base = ""
        self._at_focus = ""
        self._grouped_now = False
        self._derived = False
        self._tick: Decimal | None = None
        self._minimum: Decimal | None = None
        self._maximum: Decimal | None = None
        self._clearable = False
        self._wishes: Callable[[str], Intent | None] | None = None
        self._meant: Intent | None = None
        self._no_number = ""
        self._suffix = ""
        self._outside_problem = ""
        self._instead = "—"
        self._locked, self._reason = False, ""
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setFrame(False)
        self.setFont(number_font())
        self.setFixedHeight(30)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        line = self.lineEdit()
        line.setFrame(False)
        line.setFont(number_font())
        line.setMaxLength(60)
        line.textEdited.connect(self._typed)
        theme.changed.connect(self.update)

    # -- what the field is about ---------------------------------------------------------------------------------------

    def set_grid(
        self,
        tick: Decimal | None,
        minimum: Decimal | None = None,
        maximum: Decimal | None = None,
        *,
        clearable: bool = False,
    ) -> None:
        """Say which numbers are legal.

        Args:
            tick: the step numbers must lie on; None where the venue states none. One that no market has counts as
                none here, as do such bounds: the venue's own rules are what refuses then.
            minimum: smallest legal number, inclusive.
            maximum: largest legal number, inclusive.
            clearable: whether 0 is legal and removes the term.
        """
        self._tick = tick if tick is not None and not is_odd(tick) and tick > 0 else None
        self._minimum = minimum if minimum is not None and not is_odd(minimum) else None
        self._maximum = maximum if maximum is not None and not is_odd(maximum) else None
        self._clearable = clearable
        self.update()

    def set_wishes(self, read: Callable[[str], Intent | None]) -> None:
        """Read texts that are no numbers, such as `+2t`, with what gives None for no wish and raises IntentError."""
        self._wishes = read

    def set_suffix(self, text: str) -> None:
        """Words painted inside at the right: a unit, the tick, or "derived"."""
        self._suffix = writable(text)
        self._place_line()
        self.update()

    def set_base(self, value: Decimal | None) -> None:
        """The order's own value: what the field shows unless edited, and what Revert goes back to."""
        # "200" on the way to "200.40" is the same number as a base of "200.00"; it must not be tidied under the hand.
        typing = self.hasFocus() and self._plain != self._base
        keep = self.is_edited() or self._derived or typing
        self._base = "" if value is None else as_digits(value)
        if not keep and self._plain != self._base:
            self._put(self._base)
            self._at_focus = self._base
        self.update()

    def set_locked(self, reason: str, shown: str | None = None) -> None:
        """Make the field read-only. It keeps its place in the tab walk and says why it is locked.

        Args:
            reason: one sentence; it becomes the accessible description.
            shown: text to show instead of the number, for a field that is not one.
        """
        self._locked, self._reason = True, reason
        self.setReadOnly(True)
        self.setAccessibleDescription(writable(f"Locked. {reason}"))
        self.setToolTip(tip(reason))
        shown = writable(shown) if shown is not None else None
        if shown is not None and shown != self._plain:
            self._instead = shown
            self._put(shown)
        self._place_line()
        self.update()

    def set_unlocked(self) -> None:
        """Make the field editable again."""
        if not self._locked:
            return
        self._locked, self._reason = False, ""
        if self._plain == self._instead:
            self._put(self._base)
        self.setReadOnly(False)
        self.setAccessibleDescription("")
        self.setToolTip("")
        self._place_line()
        self.update()

    @property
    def locked(self) -> bool:
        """True while the field is read-only by rule."""
        return self._locked

    # -- reading and writing -------------------------------------------------------------------------------------------

    def text(self) -> str:
        """Text as it is typed."""
        return self._plain

    def meant(self) -> Intent | None:
        """Return the wish that is typed, as the number it came to; None where a number is."""
        return self._meant

    def number(self) -> Decimal | None:
        """The number typed, legal or not; None while the text is no number."""
        if self._meant is not None:
            return self._meant.value
        try:
            return parse_typed(self._plain)
        except NumberError:
            return None

    def value(self) -> Decimal | None:
        """The number typed if it is legal here, else None."""
        number = self.number()
        return number if number is not None and not self.problem() else None

    def set_value(self, value: Decimal | None) -> None:
        """Put a number in, digit for digit, as if it had been typed. Says so through `edited`."""
        self._put("" if value is None else as_digits(value))
        self.edited.emit(self.number())

    def show_derived(self, value: Decimal | None) -> None:
        """Show a number computed from other fields, until the person types one; None shows the order's own again.

        Nobody is told, and the field does not count as edited.
        """
        if self.is_edited() or self.hasFocus() and self._plain != self._base and not self._derived:
            return
        self._derived = value is not None
        text = self._base if value is None else as_digits(value)
        if text != self._plain:
            derived = self._derived
            self._put(text)
            self._derived, self._at_focus = derived, text
        self.update()

    @property
    def derived(self) -> bool:
        """True while the number shown is computed from other fields."""
        return self._derived

    def put_text(self, text: str) -> None:
        """Put a text in, without telling anybody: what a panel restores. Esc in the field goes no further back."""
        if text != self._plain:
            self._put(text)
        self._at_focus = text

    def is_edited(self) -> bool:
        """Return True if the text differs from the order's own value. `2.0` is the same number as `2`."""
        if self._locked or self._derived or self._plain == self._base:
            return False
        number = self.number()
        if number is None or not self._base:
            return True
        try:
            return number != Decimal(self._base)
        except InvalidOperation:
            return True  # the order's own value is none that can be written whole

    def revert(self) -> None:
        """Go back to the order's own value."""
        if self._plain != self._base or self._derived:
            self._put(self._base)
            self.edited.emit(self.number())

    def problem(self) -> str:
        """Sentence on what is wrong with the text; empty if nothing is."""
        if self._locked or self._derived or self._plain == self._base:
            return ""
        try:
            number = parse_typed(self._plain) if self._meant is None else self._meant.value
        except NumberError as error:
            return self._no_number or str(error)
        if self._clearable and number == 0:
            return ""
        if self._minimum is not None and number < self._minimum:
            return f"{self._plain} is below the minimum {grouped(self._minimum)}."
        if self._maximum is not None and number > self._maximum:
            return f"{self._plain} is above the maximum {grouped(self._maximum)}."
        if self._tick is not None and not is_multiple(number, self._tick):
            offers = " or ".join(grouped(near) for near in self.nearest())
            return f"{self._plain} is not on the step {plain(self._tick)}; the nearest are {offers}."
        return ""

    def mark_wrong(self, problem: str) -> None:
        """Mark the field for something its own grid does not know, such as a venue's rule."""
        if problem != self._outside_problem:
            self._outside_problem = problem
            self.update()

    def nearest(self) -> tuple[Decimal, ...]:
        """The legal numbers next to what is typed, nearest first; empty if it is legal or no number."""
        number = self.number()
        if number is None or self._tick is None:
            return ()
        nearest = nearest_multiples(number, self._tick, self._minimum, self._maximum)
        return () if nearest and nearest[0] == number else nearest

    def step_ticks(self, ticks: int) -> None:
        """Move by whole ticks, keeping the digits shown. From between two ticks the first step reaches the next."""
        if self._refuse_locked():
            return
        base = self.number() if self._plain else None
        moved = tick_step(base, ticks, self._tick, self._minimum, self._maximum)
        if moved is None:
            self.refused.emit(_NO_STEP)
            return
        self.set_value(moved)
        self.lineEdit().selectAll()

    def step_percent(self, percent: int) -> None:
        """Move by whole percents, to a legal number and at least one tick."""
        number = self.number()
        if self._refuse_locked():
            return
        if number is None:
            self.refused.emit(_NO_STEP)
            return
        self.set_value(percent_step(number, percent, self._tick, self._minimum, self._maximum))
        self.lineEdit().selectAll()

    # -- Qt's side -----------------------------------------------------------------------------------------------------

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        """Every text may stand; whether it is a legal number is told by `problem`."""
        ok = bool(self._plain) and not self.problem()
        return (QValidator.State.Acceptable if ok else QValidator.State.Intermediate), text, pos

    def fixup(self, text: str) -> str:
        """Nothing is ever repaired in silence."""
        return text

    def stepBy(self, steps: int) -> None:
        """Qt's own way to step, used by assistive technology."""
        self.step_ticks(steps)

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Both ways, unless locked."""
        if self._locked:
            return QAbstractSpinBox.StepEnabledFlag.StepNone
        return QAbstractSpinBox.StepEnabledFlag.StepUpEnabled | QAbstractSpinBox.StepEnabledFlag.StepDownEnabled

    def event(self, event: QEvent) -> bool:
        """Leave the key that would repeat what was typed to the window: it undoes what was sent."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Redo):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ticks, percents, paste, and the keys that must not reach Qt's own spin box."""
        self._show_plain()
        key = Qt.Key(event.key())
        if key not in _MODIFIERS:
            self.acted.emit()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in _KEYS:
            self.step_ticks(_KEYS[key] * ticks_with(event.modifiers()))
        elif key in _PAGES:
            self.step_percent(_PAGES[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if control:
                event.ignore()
                return
            self._settle()
            self._at_focus = self._plain
            self.lineEdit().selectAll()
            self.committed.emit()
        elif key == Qt.Key.Key_Escape:
            if self._locked or self._plain == self._at_focus:
                event.ignore()
                return
            self._put(self._at_focus)
            self.lineEdit().selectAll()
            self.edited.emit(self.number())
        elif key == Qt.Key.Key_F1:
            self.wants_rule.emit()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        elif self._locked and event.text().isprintable() and event.text() and not control:
            self._refuse_locked()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def paste(self) -> None:
        """Put the clipboard in, if the result is a number; otherwise say why not and change nothing."""
        if self._refuse_locked():
            return
        line = self.lineEdit()
        text = strip_groups(pasted())
        start = line.selectionStart() if line.hasSelectedText() else line.cursorPosition()
        end = start + len(line.selectedText())
        result = line.text()[:start] + text + line.text()[end:]
        try:
            parse_typed(result)
        except NumberError as error:
            self.refused.emit(f"Nothing was pasted: {error}")
            return
        line.insert(text)
        self._typed(line.text())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """One notch is one tick, only in the field that has the focus: scrolling the list must never change a price."""
        if not self.hasFocus() or self._locked:
            event.ignore()
            return
        self.acted.emit()
        notches = event.angleDelta().y() or event.angleDelta().x()
        if notches:
            self.step_ticks((1 if notches > 0 else -1) * ticks_with(event.modifiers()))
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the plain digits and remember them for Esc."""
        self._at_focus = self._plain
        self._show_plain()
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.MouseFocusReason:
            self.lineEdit().selectAll()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Group the digits again. Nothing is sent by leaving a field."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._settle()
            self._show_grouped()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The two arrows at the right step one tick, with the same multipliers as the keys."""
        if self._locked or event.position().x() < self.width() - ARROW_WIDTH:
            super().mousePressEvent(event)
            return
        self.acted.emit()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.step_ticks((1 if event.position().y() < self.height() / 2 else -1) * ticks_with(event.modifiers()))
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the text clear of what is painted at the right."""
        super().resizeEvent(event)
        self._place_line()

    def changeEvent(self, event: QEvent) -> None:
        """A new style or font moves the text; put it back."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._place_line()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Frame, tint, suffix and arrows; the text is the line edit's own."""
        look = FrameLook(
            focused=self.hasFocus(),
            edited=self.is_edited(),
            locked=self._locked,
            wrong=bool(self._outside_problem or self.problem()),
            suffix=self._suffix,
        )
        paint_frame(self, look, self._theme.colours)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _refuse_locked(self) -> bool:
        if self._locked:
            self.refused.emit(f"Nothing was changed: {self._reason}")
        return self._locked

    def _typed(self, text: str) -> None:
        self._plain = text.strip()
        self._derived = False
        self._meant, self._no_number = None, ""
        if self._wishes is not None:
            try:
                self._meant = self._wishes(self._plain)
            except IntentError as error:
                self._no_number = str(error)
        self.edited.emit(self.number())
        self.update()

    def _settle(self) -> None:
        """Put the number in the place of the wish it came to: from here on it is what was typed."""
        if self._meant is not None:
            self._put(as_digits(self._meant.value))
            self.edited.emit(self.number())

    def _put(self, text: str) -> None:
        self._plain = text
        self._meant, self._no_number = None, ""
        self._derived = False
        self._grouped_now = False
        self.lineEdit().setText(text)
        if not self.hasFocus():
            self._show_grouped()
        self.update()

    def _show_plain(self) -> None:
        if self._grouped_now:
            self._grouped_now = False
            self.lineEdit().setText(self._plain)

    def _show_grouped(self) -> None:
        number = self.number()
        if number is not None and not self._plain.endswith(".") and not self._plain.startswith("."):
            self._grouped_now = True
            self.lineEdit().setText(grouped(number))
            self.lineEdit().setCursorPosition(0)

    def _place_line(self) -> None:
        right = suffix_width(self._suffix) + (8 if self._locked else ARROW_WIDTH)
        self.lineEdit().setGeometry(9, 2, max(24, self.width() - 9 - right), self.height() - 4)

"""Box with the problems of a draft, the consent it needs, Send and Revert, and the last amendment's outcome."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.amendment import Amendment
from app.domain.plan import Caution
from app.ui.amend.field_line import note_label, say
from app.ui.amend.hold import TOO_SHORT, WORDS, Hold, SendButton
from app.ui.amend.session_consent import SessionConsent
from app.ui.look.keymap import signs
from app.ui.look.plain import Button
from app.ui.look.texts import tip, writable
from app.ui.orders.chips import amendment_chip
from app.ui.orders.naming import OrderName

_SEND, _HOLD, _REVERT = "Send amendment", "Hold to send", "Revert   Esc"

#: Pixels between Send and Revert, and the least width of either.
_GAP, _LEAST = 8, 60


class SendBox(QWidget):
    """The end of the panel.

    Signals:
        send_wanted: Send was pressed, held back or not; where a limit asks, it was held long enough or not at all.
        revert_wanted: Revert was pressed.
        keep_wanted: the typed values are to stand although the venue moved.
        consent_changed: the confirmation was given or taken back.

    Attributes:
        session: the consent that can be given for the session.
    """

    send_wanted = Signal()
    revert_wanted = Signal()
    keep_wanted = Signal()
    consent_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self._problems, self._cautions = note_label("problem"), note_label("caution")
        self._error, self._outcome = note_label("problem"), note_label("hint")
        self._conflict, self._held = note_label("moved"), note_label("caution")
        self.keep = Button("Keep my values")
        self.keep.setProperty("role", "pill")
        self.keep.hide()
        self.keep.clicked.connect(self.keep_wanted)
        self.consent = QCheckBox("I have read this; send it anyway")
        self.consent.hide()
        self._about = note_label("hint")
        self._name = OrderName("", "", "")
        self.consent.toggled.connect(self.consent_changed)
        self.session, self._prompt = SessionConsent(), note_label("caution")
        self._asked: tuple[str, ...] = ()
        self._standing: tuple[str, ...] = ()
        self._limit_texts = note_label("caution")
        self._said = self._held_back = ""
        self.send, self._key = SendButton(_SEND), "Ctrl+Enter"
        self.send.held_press.connect(self.send_wanted)
        self.send.setProperty("role", "send")
        self.send.setAutoDefault(False)
        self.send.setMinimumWidth(_LEAST)  # its words give way before the column does
        self.send.setAccessibleName("Send amendment")
        self.hold = Hold(self.send)
        self._hold_words = note_label("hint")
        self.hold.passed.connect(self.send_wanted)
        self.hold.broken.connect(lambda: self.show_error(TOO_SHORT))
        self.hold.began.connect(lambda: self.show_error(""))
        self.revert = Button(_REVERT)
        self.revert.setMinimumWidth(_LEAST)
        self.revert.setAutoDefault(False)
        self.revert.setAccessibleName("Revert")
        self.revert.clicked.connect(self.revert_wanted)
        self.tell_key(self._key)
        buttons = QHBoxLayout()
        buttons.setSpacing(_GAP)
        buttons.addWidget(self.send)
        buttons.addWidget(self.revert)
        buttons.addStretch(1)
        consents = (self._about, self.consent, self._prompt, self.session)
        notes = (self._conflict, self.keep, self._problems, self._cautions, *consents, self._held)
        for note in (*notes, self._limit_texts, self._hold_words):
            layout.addWidget(note)
        layout.addLayout(buttons)
        layout.addWidget(self._error)
        layout.addWidget(self._outcome)

    def tell_key(self, keys: str) -> None:
        """Say which key sends."""
        self._key = keys
        self._word_button()

    def stops(self) -> list[QWidget]:
        """Widgets that Tab may reach, in order."""
        return [self.keep, self.consent, self.session.check, self.send, self.revert]

    def show_name(self, name: OrderName) -> None:
        """Say which order this is about, wherever something is consented to."""
        self._name = name
        self._word_button()

    def _word_button(self) -> None:
        """Say on the buttons how they are pressed; in a narrow window with fewer words, rather than with cut ones."""
        words, key = _HOLD if self.hold.needed else _SEND, signs(self._key)
        first = words.split()[0]
        for send, revert in ((f"{words}   {key}", _REVERT), (f"{first}   {key}", _REVERT), (first, _REVERT.split()[0])):
            self.send.setText(send)
            self.revert.setText(revert)
            if self.send.sizeHint().width() + _GAP + self.revert.sizeHint().width() <= self.width():
                break
        how = "Hold to send" if self.hold.needed else "Send"
        self.send.setAccessibleName(writable(f"{how} amendment of {self._name.sentence}"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find room for the words of Send."""
        super().resizeEvent(event)
        self._word_button()

    def show_standing(self, problems: Sequence[str], cautions: Sequence[str], asks: Sequence[str]) -> None:
        """Show what stands against the draft as a whole.

        Args:
            problems: they stop it.
            cautions: they do not.
            asks: cautions that need one explicit consent; another set of them needs it anew.
        """
        say(self._problems, *problems)
        self._standing = tuple(problems)
        self._show_error()
        say(self._cautions, *cautions, *asks)
        if tuple(asks) != self._asked:
            self._asked = tuple(asks)
            self.prompt("")
            self.consent.blockSignals(True)
            self.consent.setChecked(False)
            self.consent.blockSignals(False)
        self.consent.setVisible(bool(asks))
        about = f"This is about {self._name.sentence}." if asks else ""
        say(self._about, about)
        self.consent.setAccessibleDescription(writable(" ".join((*asks, about))))

    @property
    def asked(self) -> tuple[str, ...]:
        """The cautions that ask for a consent now."""
        return self._asked

    def prompt(self, text: str) -> None:
        """Say below the consent what can be done there; "" for nothing. Other cautions take it away."""
        say(self._prompt, text)

    def show_limits(self, limits: Sequence[Caution], of: object) -> None:
        """Show the soft limits that the draft passes: a longer press of Send consents to them.

        Args:
            limits: what they say, and their names. Their figures may move with the market while Send is held, which
                changes nothing; another limit, or another request, does.
            of: what would be sent.
        """
        if self.hold.ask(bool(limits), (frozenset(each.limit for each in limits), of)):
            self._word_button()
        say(self._limit_texts, *(each.text for each in limits))
        about = f" This is about {self._name.sentence}." if limits and not self._asked else ""
        say(self._hold_words, f"{WORDS}{about}" if limits else "")

    def why_not_held(self) -> str:
        """Sentence on why a soft limit still stands against sending; "" if none does."""
        return WORDS if self.hold.needed and not self.hold.was_held else ""

    def show_conflict(self, text: str) -> None:
        """Say that the venue changed what is edited here, "" if it did not."""
        say(self._conflict, text)
        self.keep.setVisible(bool(text))

    def show_held(self, text: str) -> None:
        """Say what holds all sending back, "" if nothing does."""
        self._held_back = text
        self._show_error()

    def allow(self, why_not: str, *, can_revert: bool) -> None:
        """Let Send be pressed, or say why it cannot be."""
        self.send.setEnabled(not why_not)
        if why_not:
            self.hold.let_go()
        self.send.setToolTip(tip(why_not or (WORDS if self.hold.needed else f"Send this request ({self._key})")))
        self.send.setAccessibleDescription(writable(why_not or (WORDS if self.hold.needed else "")))
        self.revert.setEnabled(can_revert)

    def error_text(self) -> str:
        """Sentence said when sending was not possible; "" if none was."""
        return self._said

    def show_error(self, text: str) -> None:
        """Say why nothing was sent; what stands above the buttons already is not said twice."""
        self._said = text
        self._show_error()

    def _show_error(self) -> None:
        error = "" if self._said in self._standing else self._said
        say(self._error, error)
        say(self._held, self._held_back if error != self._held_back else "")

    def show_outcome(self, amendment: Amendment | None, now: int, before: str = "", after: str = "") -> None:
        """Say where the last amendment stands, in one sentence.

        Args:
            amendment: the amendment, None where there is none to speak of.
            now: nanoseconds UTC.
            before: a word in front of it, "" for none.
            after: a sentence behind it, "" for none.
        """
        if amendment is None:
            say(self._outcome, "")
            return
        chip = amendment_chip(amendment, now)
        role = {"bad": "problem", "unknown": "moved", "pending": "caution"}.get(chip.tone.value, "hint")
        if self._outcome.property("role") != role:
            self._outcome.setProperty("role", role)
            self._outcome.style().unpolish(self._outcome)
            self._outcome.style().polish(self._outcome)
        missing = f" Waiting for {amendment.missing}." if amendment.is_open and amendment.missing else ""
        # The chip has said the first word already.
        outcome = amendment.outcome.removeprefix("Unknown: ").removeprefix("Sent. ")
        words = f"{chip.text} · {outcome[:1].upper()}{outcome[1:]}{missing}"
        say(self._outcome, " ".join(each for each in (before, words, after) if each))

    @property
    def consented(self) -> bool:
        """Return True if the cautions that ask for it were consented to."""
        return not self._asked or self.consent.isChecked()

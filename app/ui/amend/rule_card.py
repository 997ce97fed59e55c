"""The rule behind a lock or a limit: what it says, where it was read, when, how sure we are, and the way round."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.rules import Rule
from app.ui.amend.field_line import note_label, say
from app.ui.look.plain import Label
from app.ui.look.raised import Raised
from app.ui.look.texts import writable
from app.ui.look.theme import Theme

_WIDTH = 400


class RuleCard(Raised):
    """A card over the window. Esc, or moving the focus away, closes it."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(theme, window, edge="accent", corner=7)
        self._back: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedWidth(_WIDTH)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(7)
        title = Label("RULE")
        title.setProperty("role", "heading")
        self._statement = Label(wrap=True)
        self._conflict, self._way = note_label("caution"), note_label("hint")
        self._source, self._address = note_label("why"), note_label("mono")
        self._address.make_selectable()
        self._code = note_label("mono")
        for part in (title, self._statement, self._conflict, self._way, self._source, self._address, self._code):
            layout.addWidget(part)
        self.hide()

    def show_rule(self, rule: Rule, near: QWidget) -> None:
        """Show a rule beside the widget it belongs to, and give it the focus until it is closed."""
        self._back = near
        self._statement.setText(rule.statement)
        say(self._conflict, f"The sources contradict each other: {rule.conflict}" if rule.conflict else "")
        say(self._way, f"What you can do: {rule.way_round}" if rule.way_round else "")
        say(self._source, f"{rule.document} · read {rule.read_on} · {rule.confidence.value}")
        say(self._address, rule.url)
        say(self._code, rule.code)
        self.setAccessibleName("Rule")
        parts = (self._statement, self._conflict, self._way, self._source)
        self.setAccessibleDescription(writable(" ".join(part.text() for part in parts if part.text())))
        layout = self.layout()
        assert layout is not None
        self.setFixedHeight(layout.heightForWidth(_WIDTH) if layout.hasHeightForWidth() else self.sizeHint().height())
        self._put_beside(near)
        self.show()
        self.raise_()
        self.setFocus()

    def _put_beside(self, near: QWidget) -> None:
        window = self.window()
        corner = near.mapTo(window, QPoint(near.width() + 12, 0))
        x = min(corner.x(), window.width() - self.width() - 12)
        y = min(corner.y(), window.height() - self.height() - 12)
        self.move(max(12, x), max(12, y))

    def close_card(self) -> None:
        """Hide the card and give the focus back."""
        back, self._back = self._back, None
        self.hide()
        if back is not None and back.isVisible():
            back.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc, Enter and F1 close it; nothing reaches what lies behind."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F1, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close_card()
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Whoever goes on working has read it."""
        super().focusOutEvent(event)
        self._back = None
        self.hide()

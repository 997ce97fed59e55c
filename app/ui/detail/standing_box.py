"""Box on what is not proven of an order now: since when it is not, and what was shown of it and not believed."""

from __future__ import annotations

from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.desk.state import Doubt
from app.desk.views.freshness import Staleness
from app.ui.amend.field_line import note_label, say
from app.ui.look.plain import Label, PlainBox
from app.ui.look.texts import raw_page
from app.ui.look.theme import SMALL_PX, number_font
from app.ui.orders.standing import doubt_words, stale_words

_RAW_HEIGHT = 76


def raw_text(name: str) -> PlainBox:
    """Make a field for a venue's own text: it can be read, selected and copied, by keyboard too, and means nothing."""
    text = PlainBox(name, "record", number_font(SMALL_PX), QTextOption.WrapMode.WrapAnywhere)
    text.setFixedHeight(_RAW_HEIGHT)
    return text


class StandingBox(QWidget):
    """The box; it is hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stale, self.doubt = note_label("caution"), note_label("problem")
        for label in (self.stale, self.doubt):
            label.make_selectable()
        self.raw = raw_text("What the venue showed, as received")
        self.raw.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        parts: tuple[Label | PlainBox, ...] = (self.stale, self.doubt, self.raw)
        for part in parts:
            layout.addWidget(part)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def show_standing(self, stale: Staleness | None, doubt: Doubt | None, now: int) -> None:
        """Show how an order stands.

        Args:
            stale: None while it is as fresh as promised.
            doubt: None while all that was read of it is believed.
            now: nanoseconds UTC.
        """
        words = stale_words(stale, now) if stale is not None else ""
        say(self.stale, words[:1].upper() + words[1:] + "." if words else "")
        say(self.doubt, doubt_words(doubt, now) if doubt is not None else "")
        raw = raw_page(doubt.raw) if doubt is not None else ""
        if self.raw.toPlainText() != raw:
            self.raw.setPlainText(raw)
        self.raw.setVisible(bool(raw))
        self.setVisible(stale is not None or doubt is not None)

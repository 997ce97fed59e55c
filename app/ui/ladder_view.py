"""The confirmation ladder of an amendment: each rung with its time and who says so, and the one still waited for."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.amendment import Amendment, AmendmentStage, Rung
from app.ui.chips import stage_words
from app.ui.theme import SMALL_PX, Theme, Tone, number_font, text_font

__all__ = ["LadderView", "rung_words"]

_LINE = 22
_TONES: dict[AmendmentStage, Tone] = {
    AmendmentStage.REFUSED: Tone.BAD,
    AmendmentStage.NOT_APPLIED: Tone.BAD,
    AmendmentStage.OVERTAKEN: Tone.BAD,
    AmendmentStage.UNKNOWN: Tone.UNKNOWN,
}
_MARKS = {Tone.GOOD: "✓", Tone.BAD: "✕", Tone.UNKNOWN: "?", Tone.PENDING: "◌"}


def rung_words(rung: Rung, began: int) -> tuple[str, str]:
    """A rung as (what and who says so, time since the write or the time it took)."""
    words = stage_words(rung.stage)
    if rung.note:
        words += f": {rung.note}"
    if rung.count > 1:
        words += f" ×{rung.count}"
    after = (rung.at - began) / 1_000_000
    if after <= 0:
        return words, ""
    return words, f"+{after:.1f} ms" if after < 100 else f"+{after / 1000:.2f} s"


class LadderView(QWidget):
    """The rungs, top down."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rungs: list[tuple[Tone, str, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Confirmation ladder")
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """One line a rung."""
        return QSize(300, max(1, len(self._rungs)) * _LINE)

    def minimumSizeHint(self) -> QSize:
        """The same height in any width."""
        return QSize(160, self.sizeHint().height())

    def show_amendment(self, amendment: Amendment | None) -> None:
        """Show an amendment's ladder; None says that there never was one."""
        rungs: list[tuple[Tone, str, str]] = []
        if amendment is not None:
            began = amendment.written_at or amendment.rungs[0].at
            for rung in amendment.rungs:
                if rung.stage is AmendmentStage.DRAFT:
                    continue
                words, after = rung_words(rung, began)
                rungs.append((_TONES.get(rung.stage, Tone.GOOD), words, after))
            if amendment.is_open:
                waiting = f"Waiting for {amendment.missing}" if amendment.missing else "Waiting for the venue"
                rungs.append((Tone.PENDING, waiting, f"{amendment.probes} look-ups" if amendment.probes else ""))
        if rungs != self._rungs:
            self._rungs = rungs
            self.setToolTip("\n".join(f"{words} {after}".strip() for _, words, after in rungs))
            spoken = [f"{_MARKS[tone]} {words} {after}".strip() for tone, words, after in rungs]
            self.setAccessibleDescription(". ".join(spoken) or "No amendment yet")
            self.updateGeometry()
            self.update()

    def rungs(self) -> list[str]:
        """The rungs in words."""
        return [words for _, words, _ in self._rungs]

    def paintEvent(self, event: QPaintEvent) -> None:
        """A mark, the words, the time."""
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = Qt.AlignmentFlag.AlignVCenter
        if not self._rungs:
            painter.setFont(text_font(SMALL_PX + 1))
            painter.setPen(QColor(colours.faint))
            painter.drawText(QRectF(0, 0, self.width(), _LINE), middle, "No amendment of this order yet.")
        words_font, time_font = text_font(SMALL_PX + 1), number_font(SMALL_PX)
        words_metrics, time_metrics = QFontMetricsF(words_font), QFontMetricsF(time_font)
        for row, (tone, words, after) in enumerate(self._rungs):
            top = row * _LINE
            swatch = colours.tone(tone)
            painter.setPen(QPen(QColor(swatch.text), 1.2))
            painter.setBrush(QColor(swatch.fill))
            painter.drawEllipse(QRectF(1, top + 4, 14, 14))
            painter.setFont(text_font(9, bold=True))
            painter.drawText(QRectF(1, top + 4, 14, 14), Qt.AlignmentFlag.AlignCenter, _MARKS[tone])
            used = time_metrics.horizontalAdvance(after) + 8 if after else 0
            room = self.width() - 22 - used
            painter.setFont(words_font)
            painter.setPen(QColor(colours.text if tone is not Tone.PENDING else swatch.text))
            shown = words_metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
            painter.drawText(QRectF(22, top, room, _LINE), middle, shown)
            painter.setFont(time_font)
            painter.setPen(QColor(colours.dim))
            painter.drawText(QRectF(0, top, self.width(), _LINE), Qt.AlignmentFlag.AlignRight | middle, after)
        painter.end()

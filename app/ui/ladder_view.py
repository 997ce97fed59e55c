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
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Confirmation ladder")
        self.setAccessibleDescription("No amendment yet")
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """As high as the words need in an ordinary column."""
        return QSize(300, self.heightForWidth(300))

    def minimumSizeHint(self) -> QSize:
        """One line a rung at least."""
        return QSize(160, max(1, len(self._rungs)) * _LINE)

    def hasHeightForWidth(self) -> bool:
        """Long words go on in the next line."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of all rungs in that width."""
        if not self._rungs:
            return _LINE
        return int(sum(self._height(words, after, width) for _, words, after in self._rungs)) + 2

    @staticmethod
    def _room(after: str, width: int) -> float:
        used = QFontMetricsF(number_font(SMALL_PX)).horizontalAdvance(after) + 8 if after else 0
        return max(60.0, width - 22 - used)

    def _height(self, words: str, after: str, width: int) -> float:
        box = QRectF(0, 0, self._room(after, width), 400)
        found = QFontMetricsF(text_font(SMALL_PX + 1)).boundingRect(box, Qt.TextFlag.TextWordWrap, words)
        return max(_LINE, found.height() + 8)

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
        top = 0.0
        for tone, words, after in self._rungs:
            swatch = colours.tone(tone)
            painter.setPen(QPen(QColor(swatch.text), 1.2))
            painter.setBrush(QColor(swatch.fill))
            painter.drawEllipse(QRectF(1, top + 4, 14, 14))
            painter.setFont(text_font(9, bold=True))
            painter.drawText(QRectF(1, top + 4, 14, 14), Qt.AlignmentFlag.AlignCenter, _MARKS[tone])
            height = self._height(words, after, self.width())
            painter.setFont(text_font(SMALL_PX + 1))
            painter.setPen(QColor(colours.text if tone is not Tone.PENDING else swatch.text))
            box = QRectF(22, top + 3, self._room(after, self.width()), height)
            painter.drawText(box, Qt.TextFlag.TextWordWrap, words)
            painter.setFont(number_font(SMALL_PX))
            painter.setPen(QColor(colours.dim))
            line = QRectF(0, top, self.width(), _LINE)
            painter.drawText(line, Qt.AlignmentFlag.AlignRight | middle, after)
            top += height
        painter.end()

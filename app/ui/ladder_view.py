"""The confirmation ladder of an amendment: each rung with its time and who says so, and the one still waited for."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.amendment import Amendment, AmendmentStage, Rung
from app.ui.chips import stage_words
from app.ui.numbers import clock
from app.ui.theme import SMALL_PX, Theme, Tone, number_font, text_font

__all__ = ["LadderView", "Step", "ladder_steps", "rung_words"]

_LINE = 22
_SOURCE = 15
_LEFT = 22
_TONES: dict[AmendmentStage, Tone] = {
    AmendmentStage.REFUSED: Tone.BAD,
    AmendmentStage.NOT_APPLIED: Tone.BAD,
    AmendmentStage.OVERTAKEN: Tone.BAD,
    AmendmentStage.UNKNOWN: Tone.UNKNOWN,
}
_MARKS = {Tone.GOOD: "✓", Tone.BAD: "✕", Tone.UNKNOWN: "?", Tone.PENDING: "◌", Tone.QUIET: "○"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the ladder as it is drawn.

    Attributes:
        tone: how it went; PENDING and QUIET are still to come.
        words: what happened, or what is waited for.
        source: who says so and when, or which evidence is missing.
        after: time since the request was written, or the look-ups made.
    """

    tone: Tone
    words: str
    source: str
    after: str = ""

    @property
    def spoken(self) -> str:
        """The whole step in one line."""
        return " · ".join(part for part in (f"{_MARKS[self.tone]} {self.words}", self.source, self.after) if part)


def rung_words(rung: Rung, began: int) -> tuple[str, str]:
    """A rung as (what happened, time since the write)."""
    words = stage_words(rung.stage)
    if rung.note:
        words += f": {rung.note}"
    if rung.count > 1:
        words += f" ×{rung.count}"
    after = (rung.at - began) / 1_000_000
    if after <= 0:
        return words, ""
    return words, f"+{after:.1f} ms" if after < 100 else f"+{after / 1000:.2f} s"


def ladder_steps(amendment: Amendment) -> list[Step]:
    """The ladder of an amendment: what is proven, by whom, and while it is open what is missing for the rest."""
    began = amendment.written_at or (amendment.rungs[0].at if amendment.rungs else 0)
    steps = []
    for rung in amendment.rungs:
        if rung.stage is AmendmentStage.DRAFT:
            continue
        words, after = rung_words(rung, began)
        steps.append(Step(_TONES.get(rung.stage, Tone.GOOD), words, f"{rung.source.value}, {clock(rung.at)}", after))
    return [*steps, *_missing(amendment)] if amendment.is_open else steps


def _missing(amendment: Amendment) -> list[Step]:
    """The steps that are still to come, each with the evidence it lacks."""
    found = []
    if amendment.written_at is None and amendment.stage is not AmendmentStage.UNKNOWN:
        found.append(Step(Tone.QUIET, "Not on the wire yet", "missing: the write to the socket"))
    if amendment.acknowledged_at is None:
        words = "No usable answer came" if amendment.stage is AmendmentStage.UNKNOWN else "No answer yet"
        found.append(Step(Tone.QUIET, words, "missing: the venue's answer to the request"))
    waiting = f"Waiting for {amendment.missing}" if amendment.missing else "Waiting for the venue"
    looked = f"{amendment.probes} look-up{'s' * (amendment.probes != 1)}" if amendment.probes else ""
    found.append(Step(Tone.PENDING, waiting, "missing: a look-up, list or push", looked))
    return found


class LadderView(QWidget):
    """The rungs, top down."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._steps: list[Step] = []
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
        """Two lines a step at least."""
        return QSize(160, max(_LINE, len(self._steps) * (_LINE + _SOURCE)))

    def hasHeightForWidth(self) -> bool:
        """Long words go on in the next line."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of all steps in that width."""
        if not self._steps:
            return _LINE
        return int(sum(self._height(step, width) for step in self._steps)) + 2

    @staticmethod
    def _words_height(step: Step, width: int) -> float:
        box = QRectF(0, 0, max(60.0, width - _LEFT), 400)
        found = QFontMetricsF(text_font(SMALL_PX + 1)).boundingRect(box, Qt.TextFlag.TextWordWrap, step.words)
        return max(_LINE - 6, found.height())

    def _height(self, step: Step, width: int) -> float:
        return 3 + self._words_height(step, width) + _SOURCE + 5

    def show_amendment(self, amendment: Amendment | None) -> None:
        """Show an amendment's ladder; None says that there never was one."""
        steps = ladder_steps(amendment) if amendment is not None else []
        if steps != self._steps:
            self._steps = steps
            self.setToolTip("\n".join(step.spoken for step in steps))
            self.setAccessibleDescription(". ".join(step.spoken for step in steps) or "No amendment yet")
            self.updateGeometry()
            self.update()

    def rungs(self) -> list[str]:
        """What happened and what is waited for, in words."""
        return [step.words for step in self._steps]

    def sources(self) -> list[str]:
        """Who says so, or which evidence is missing, step by step."""
        return [step.source for step in self._steps]

    def paintEvent(self, event: QPaintEvent) -> None:
        """A mark, the words, below them the source and the time."""
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = Qt.AlignmentFlag.AlignVCenter
        if not self._steps:
            painter.setFont(text_font(SMALL_PX + 1))
            painter.setPen(QColor(colours.faint))
            painter.drawText(QRectF(0, 0, self.width(), _LINE), middle, "No amendment of this order yet.")
        top = 0.0
        for step in self._steps:
            self._paint_step(painter, step, top)
            top += self._height(step, self.width())
        painter.end()

    def _paint_step(self, painter: QPainter, step: Step, top: float) -> None:
        colours = self._theme.colours
        swatch = colours.tone(step.tone)
        painter.setPen(QPen(QColor(swatch.text), 1.2))
        painter.setBrush(QColor(swatch.fill))
        painter.drawEllipse(QRectF(1, top + 4, 14, 14))
        painter.setFont(text_font(9, bold=True))
        painter.drawText(QRectF(1, top + 4, 14, 14), Qt.AlignmentFlag.AlignCenter, _MARKS[step.tone])
        ink = {Tone.PENDING: swatch.text, Tone.QUIET: colours.dim}.get(step.tone, colours.text)
        height, room = self._words_height(step, self.width()), self.width() - _LEFT
        painter.setFont(text_font(SMALL_PX + 1))
        painter.setPen(QColor(ink))
        painter.drawText(QRectF(_LEFT, top + 3, room, height), Qt.TextFlag.TextWordWrap, step.words)
        small = number_font(SMALL_PX - 1)
        metrics = QFontMetricsF(small)
        line = QRectF(_LEFT, top + 3 + height, room, _SOURCE)
        painter.setFont(small)
        painter.setPen(QColor(colours.faint))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, step.after)
        left = room - (metrics.horizontalAdvance(step.after) + 8 if step.after else 0)
        source = metrics.elidedText(step.source, Qt.TextElideMode.ElideRight, left)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, source)

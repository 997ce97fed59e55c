"""The confirmation ladder of an amendment: each rung with its time and who says so, and the one still waited for."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.amendment import Amendment, AmendmentStage, Rung, Source
from app.ui.look.numbers import clock, near
from app.ui.look.texts import shortened, tip, writable
from app.ui.look.theme import SMALL_PX, Theme, Tone, number_font, text_font
from app.ui.orders.chips import stage_words

_LINE = 22
_SOURCE = 15
_LEFT = 22
_GAP = 14
_HIGHEST = 10_000
#: The least width of the words if source and time stand beside them; with less they go below.
_WORDS_BESIDE = 180

_TONES: dict[AmendmentStage, Tone] = {
    AmendmentStage.REFUSED: Tone.BAD,
    AmendmentStage.NOT_APPLIED: Tone.BAD,
    AmendmentStage.DIFFERENT: Tone.BAD,
    AmendmentStage.OVERTAKEN: Tone.BAD,
    AmendmentStage.UNKNOWN: Tone.UNKNOWN,
}
#: Mark of an answer that came too late to change anything.
_LATE = "↷"
_TO_COME = {Tone.PENDING: "…", Tone.QUIET: ""}
_MARKS = {Tone.GOOD: "✓", Tone.BAD: "✕", Tone.UNKNOWN: "?", Tone.PENDING: "◌", Tone.QUIET: "○"}


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One step of the ladder as it is drawn.

    Attributes:
        tone: how it went; PENDING and QUIET are still to come.
        words: what happened, or what is waited for.
        source: who says so and when, or which evidence is missing.
        after: time since the request was written, or the look-ups made.
        late: whether it came after something else had settled the amendment, and so changed nothing.
    """

    tone: Tone
    words: str
    source: str
    after: str = ""
    late: bool = False

    @property
    def spoken(self) -> str:
        """The whole step in one line."""
        return " · ".join(part for part in (f"{self.mark} {self.words}", self.source, self.after) if part)

    @property
    def mark(self) -> str:
        """The sign in its disc."""
        return _LATE if self.late else _MARKS[self.tone]


def rung_words(rung: Rung, began: int) -> tuple[str, str]:
    """A rung as (what happened, time since the write)."""
    words = stage_words(rung.stage)
    if rung.late:
        words = f"Late, and without effect: {words.lower()}"
    if rung.note and rung.note.lower() != words.lower():
        words += f": {rung.note}"
    if rung.count > 1:
        words += f" ×{rung.count}"
    after = near(rung.at - began) / 1_000_000
    if after <= 0:
        return words, ""
    return words, f"+{after:.1f} ms" if after < 100 else f"+{after / 1000:.2f} s"


def ladder_steps(amendment: Amendment) -> list[LadderStep]:
    """The ladder of an amendment: what is proven, by whom, and while it is open what is missing for the rest."""
    began = amendment.written_at or (amendment.rungs[0].at if amendment.rungs else 0)
    steps = []
    for rung in amendment.rungs:
        if rung.stage is AmendmentStage.DRAFT:
            continue
        words, after = rung_words(rung, began)
        steps.append(
            LadderStep(
                Tone.QUIET if rung.late else _TONES.get(rung.stage, Tone.GOOD),
                shortened(words),
                f"{rung.source.value}, {clock(rung.at)}",
                after,
                rung.late,
            )
        )
    return [*steps, *_missing(amendment)] if amendment.is_open else steps


def _missing(amendment: Amendment) -> list[LadderStep]:
    """The steps that are still to come, each with the evidence it lacks."""
    steps = []
    if amendment.written_at is None and amendment.stage is not AmendmentStage.UNKNOWN:
        steps.append(LadderStep(Tone.QUIET, "Not on the wire yet", "missing: the write to the socket"))
    if amendment.replied and amendment.acknowledged_at is None:
        steps.append(LadderStep(Tone.UNKNOWN, shortened(amendment.replied), Source.REPLY.value))
    elif amendment.acknowledged_at is None:
        words = "No usable answer came" if amendment.stage is AmendmentStage.UNKNOWN else "No answer yet"
        steps.append(LadderStep(Tone.QUIET, words, "missing: the venue's answer to the request"))
    waiting = shortened(f"Waiting for {amendment.missing}") if amendment.missing else "Waiting for the venue"
    looked = f"{amendment.probes} look-up{'s' * (amendment.probes != 1)}" if amendment.probes else ""
    steps.append(LadderStep(Tone.PENDING, waiting, "missing: a look-up, list or push", looked))
    return steps


class LadderView(QWidget):
    """The rungs, top down; who says so and when stands beside the words where there is room, else below them."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._steps: list[LadderStep] = []
        self._sources_width = self._after_width = 0.0
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Confirmation ladder")
        self._nothing = _NOTHING
        self.setAccessibleDescription(_NOTHING)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """As high as the words need in an ordinary column."""
        return QSize(300, self.heightForWidth(300))

    def minimumSizeHint(self) -> QSize:
        """One line a step at least."""
        return QSize(160, max(_LINE, len(self._steps) * _LINE))

    def hasHeightForWidth(self) -> bool:
        """Long words go on in the next line."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of all steps in that width."""
        if not self._steps:
            box = QRectF(0, 0, max(60, width), _HIGHEST)
            metrics = QFontMetricsF(text_font(SMALL_PX + 1))
            return max(_LINE, int(metrics.boundingRect(box, Qt.TextFlag.TextWordWrap, self._nothing).height()) + 6)
        return int(sum(self._height(step, width) for step in self._steps)) + 2

    def beside(self, width: int) -> bool:
        """Return True if in that width each step's source and time stand beside its words."""
        return width - _LEFT - self._columns() >= _WORDS_BESIDE

    def _columns(self) -> float:
        """The width of the two columns beside the words, with the gaps before them."""
        return self._sources_width + self._after_width + 2 * _GAP

    def _words_room(self, width: int) -> float:
        return width - _LEFT - (self._columns() if self.beside(width) else 0)

    def _words_height(self, step: LadderStep, width: int) -> float:
        box = QRectF(0, 0, max(60.0, self._words_room(width)), _HIGHEST)
        bounds = QFontMetricsF(text_font(SMALL_PX + 1)).boundingRect(box, Qt.TextFlag.TextWordWrap, step.words)
        return max(_LINE - 6, bounds.height())

    def _height(self, step: LadderStep, width: int) -> float:
        words = self._words_height(step, width)
        return words + 6 if self.beside(width) else 3 + words + _SOURCE + 5

    def show_amendment(self, amendment: Amendment | None, untold: str = "") -> None:
        """Show an amendment's ladder; None says that there never was one, or, in `untold`, why that is not known."""
        nothing = shortened(untold) or _NOTHING
        if nothing != self._nothing:
            self._nothing = nothing
            self.setAccessibleDescription(nothing)
            self.updateGeometry()
            self.update()
        steps = ladder_steps(amendment) if amendment is not None else []
        if steps != self._steps:
            self._steps = steps
            advance = QFontMetricsF(_small()).horizontalAdvance
            self._sources_width = max((advance(step.source) for step in steps), default=0.0)
            self._after_width = max((advance(step.after) for step in steps), default=0.0)
            self.setToolTip(tip(*(step.spoken for step in steps)))
            self.setAccessibleDescription(writable(". ".join(step.spoken for step in steps) or nothing))
            self.updateGeometry()
            self.update()

    def rungs(self) -> list[str]:
        """Words for what happened and what is waited for."""
        return [step.words for step in self._steps]

    def sources(self) -> list[str]:
        """Source of each step, or the evidence that is missing."""
        return [step.source for step in self._steps]

    def paintEvent(self, event: QPaintEvent) -> None:
        """A mark, the words, beside or below them the source and the time."""
        colours = self._theme.colours
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if not self._steps:
                painter.setFont(text_font(SMALL_PX + 1))
                painter.setPen(QColor(colours.faint))
                painter.drawText(QRectF(self.rect()), _MIDDLE | Qt.TextFlag.TextWordWrap, self._nothing)
            top = 0.0
            for step in self._steps:
                self._paint_step(painter, step, top)
                top += self._height(step, self.width())

    def _paint_step(self, painter: QPainter, step: LadderStep, top: float) -> None:
        colours = self._theme.colours
        swatch = colours.tone(step.tone)
        pen = QPen(QColor(swatch.text), 1.2)
        if step.late:
            pen.setDashPattern([2.0, 1.6])
        painter.setPen(pen)
        painter.setBrush(QColor(swatch.fill))
        painter.drawEllipse(QRectF(1, top + 4, 14, 14))
        painter.setFont(text_font(9, bold=True))
        mark = step.mark if step.late else _TO_COME.get(step.tone, step.mark)
        painter.drawText(QRectF(1, top + 4, 14, 14), Qt.AlignmentFlag.AlignCenter, mark)
        ink = {Tone.PENDING: swatch.text, Tone.QUIET: colours.dim}.get(step.tone, colours.text)
        height, room = self._words_height(step, self.width()), self._words_room(self.width())
        painter.setFont(text_font(SMALL_PX + 1))
        painter.setPen(QColor(ink))
        painter.drawText(QRectF(_LEFT, top + 3, room, height), Qt.TextFlag.TextWordWrap, step.words)
        painter.setFont(_small())
        painter.setPen(QColor(colours.dim))
        if self.beside(self.width()):
            line = QRectF(_LEFT + room + _GAP, top + 3, self._columns() - _GAP, _LINE - 6)
            source = step.source
        else:
            line = QRectF(_LEFT, top + 3 + height, room, _SOURCE)
            metrics = QFontMetricsF(_small())
            left = room - (metrics.horizontalAdvance(step.after) + 8 if step.after else 0)
            source = metrics.elidedText(step.source, Qt.TextElideMode.ElideRight, left)
        painter.drawText(line, _MIDDLE | Qt.AlignmentFlag.AlignRight, step.after)
        painter.drawText(line, _MIDDLE | Qt.AlignmentFlag.AlignLeft, source)


_NOTHING = "No amendment of this order yet."
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


def _small() -> QFont:
    return number_font(SMALL_PX - 1)

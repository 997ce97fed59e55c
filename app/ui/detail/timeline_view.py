"""The last amendment of an order in swim lanes: you, the app, the wire, the venue, and the market beside them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.desk.state import HistoryLine
from app.domain.amendment import Amendment, AmendmentStage, Source
from app.ui.detail.quote_tape import Track
from app.ui.look.numbers import clock, near
from app.ui.look.texts import shortened, writable
from app.ui.look.theme import SMALL_PX, Theme, number_font, text_font
from app.ui.orders.chips import stage_words

LANES = ("you", "app", "wire", "venue", "market")
_LANE_OF = {Source.YOU: 0, Source.APP: 1, Source.WIRE: 2}
_VENUE = 3
_LEFT = 58.0
_NOTHING = "Nothing has happened to this order yet."
_LATE = 2_000_000_000
_NOT_MADE = frozenset(
    {AmendmentStage.REFUSED, AmendmentStage.NOT_APPLIED, AmendmentStage.DIFFERENT, AmendmentStage.OVERTAKEN}
)


@dataclass(frozen=True, slots=True)
class TimelineMoment:
    """One thing that happened: when (nanoseconds), in which lane, what, and how it is marked (`late` as a ring)."""

    at: int
    lane: int
    words: str
    kind: str = "plain"


def moments(amendment: Amendment | None, history: list[HistoryLine]) -> list[TimelineMoment]:
    """Moments to show: the rungs of the amendment and whatever else happened while it was under way."""
    if amendment is None or not amendment.rungs:
        return [_entry(entry) for entry in history[-12:]]
    begin, end = amendment.rungs[0].at, amendment.rungs[-1].at
    shown = []
    for rung in amendment.rungs:
        kind = "late" if rung.late else "plain"
        if rung.late:
            pass
        elif rung.stage is AmendmentStage.CONFIRMED:
            kind = "good"
        elif rung.stage in _NOT_MADE:
            kind = "bad"
        elif rung.stage is AmendmentStage.UNKNOWN:
            kind = "unknown"
        shown.append(
            TimelineMoment(
                near(rung.at),
                _LANE_OF.get(rung.source, _VENUE),
                f"{'late: ' * rung.late}{stage_words(rung.stage).lower()}",
                kind,
            )
        )
    others = [
        entry for entry in history if begin <= entry.at <= end + _LATE and entry.text.lower().startswith("filled")
    ]
    return sorted([*shown, *map(_entry, others)], key=lambda moment: moment.at)


def _entry(entry: HistoryLine) -> TimelineMoment:
    return TimelineMoment(near(entry.at), _LANE_OF.get(entry.source, _VENUE), shortened(entry.text.split(":")[0]))


class TimelineView(QWidget):
    """The lanes."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._moments: list[TimelineMoment] = []
        self._track = Track()
        self._nothing = _NOTHING
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Timeline of the last amendment")
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Five lanes."""
        return QSize(600, 150)

    def show_moments(self, shown: list[TimelineMoment], track: Track, untold: str = "") -> None:
        """Show what happened, over the market's touch at that time; `untold` is why nothing is known of that."""
        self._moments, self._track, self._nothing = shown, track, shortened(untold) or _NOTHING
        words = [f"{clock(moment.at)} {LANES[moment.lane]}: {moment.words}" for moment in shown]
        self.setAccessibleDescription(writable(". ".join(words) or self._nothing))
        self.update()

    def _span(self) -> tuple[int, int]:
        first, last = self._moments[0].at, self._moments[-1].at
        margin = max((last - first) // 12, 5_000_000)
        return first - margin, last + margin * 2

    def paintEvent(self, event: QPaintEvent) -> None:
        """Lanes, marks, the way between them, and how long it took."""
        colours = self._theme.colours
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            step = self.height() / len(LANES)
            painter.setFont(text_font(SMALL_PX))
            for lane, word in enumerate(LANES):
                y = step * (lane + 0.5)
                painter.setPen(QColor(colours.dim))
                painter.drawText(QRectF(12, y - 9, _LEFT, 18), Qt.AlignmentFlag.AlignVCenter, word)
                painter.setPen(QPen(QColor(colours.grid), 1))
                painter.drawLine(QPointF(_LEFT + 8, y), QPointF(self.width() - 12, y))
            if not self._moments:
                painter.setPen(QColor(colours.faint))
                between = QRectF(0, step * 1.5, self.width(), step)
                painter.drawText(between, Qt.AlignmentFlag.AlignCenter, self._nothing)
                return
            self._paint_market(painter, step)
            self._paint_moments(painter, step)

    def _x(self, at: float) -> float:
        first, last = self._span()
        return _LEFT + 14 + (at - first) / (last - first) * (self.width() - _LEFT - 150)

    def _paint_moments(self, painter: QPainter, step: float) -> None:
        colours = self._theme.colours
        inks = {"good": colours.good, "bad": colours.sell, "unknown": colours.unknown}
        points = [QPointF(self._x(moment.at), step * (moment.lane + 0.5)) for moment in self._moments]
        painter.setPen(QPen(QColor(colours.control), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for here, there in zip(points, points[1:], strict=False):
            painter.drawLine(here, QPointF(there.x(), here.y()))
            painter.drawLine(QPointF(there.x(), here.y()), there)
        painter.setFont(number_font(10))
        metrics = QFontMetricsF(number_font(10))
        taken: dict[tuple[int, float], float] = {}
        began = self._moments[0].at
        for moment, point in zip(self._moments, points, strict=True):
            ink = colours.accent if moment.lane == 0 else inks.get(moment.kind, colours.dim)
            painter.setPen(QPen(QColor(ink), 1.4) if moment.kind == "late" else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.window if moment.kind == "late" else ink))
            painter.drawEllipse(point, 4, 4)
            after = (moment.at - began) / 1_000_000
            words = moment.words + (f" +{after:.0f} ms" if 0 < after < 10_000 else "")
            painter.setPen(QColor(inks.get(moment.kind, colours.dim)))
            for drop in (-5.0, 13.0):
                # Above the lane, or below it where the words before still run; the spoken list has all of them.
                if taken.get((moment.lane, drop), 0.0) <= point.x():
                    painter.drawText(QPointF(point.x() + 8, point.y() + drop), words)
                    taken[moment.lane, drop] = point.x() + 14 + metrics.horizontalAdvance(words)
                    break

    def _paint_market(self, painter: QPainter, step: float) -> None:
        first, last = self._span()
        inside = [
            (at, (bid + ask) / 2)
            for at, bid, ask in zip(self._track.times, self._track.bids, self._track.asks, strict=True)
            if first <= at * 1e9 <= last
        ]
        if len(inside) < 2:
            return
        low, high = min(mid for _, mid in inside), max(mid for _, mid in inside)
        base, height = step * (len(LANES) - 0.2), step * 0.6
        path = QPainterPath()
        for number, (at, mid) in enumerate(inside):
            point = QPointF(self._x(at * 1e9), base - (mid - low) / ((high - low) or 1.0) * height)
            if number:
                path.lineTo(point)
            else:
                path.moveTo(point)
        painter.setPen(QPen(QColor(self._theme.colours.progress), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)

"""The balance an amendment touches, as three bars: now, at the peak while it is in flight, and after."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.money import ZERO
from app.domain.plan import BalanceForecast
from app.ui.look.numbers import ago, common_places, grouped, with_places
from app.ui.look.texts import tip, writable
from app.ui.look.theme import SMALL_PX, Theme, number_font, text_font

_LINE = 24
_LABEL = 40
_NUMBERS = 118


def bar_parts(forecast: BalanceForecast) -> list[tuple[str, float, float, float]]:
    """The three bars as (word, held, more, free), each part a share of the longest bar.

    `held` is what is locked now and stays locked, `more` what is locked beyond that, `free` what stays available.
    """
    rows = (
        ("now", forecast.locked_now, forecast.available_now),
        ("peak", forecast.locked_peak, forecast.available_peak),
        ("after", forecast.locked_after, forecast.available_after),
    )
    longest = max((locked + max(free or ZERO, ZERO) for _, locked, free in rows), default=ZERO)
    if longest <= ZERO:
        return [(word, 0.0, 0.0, 0.0) for word, _, _ in rows]

    def share(value: Decimal) -> float:
        return float(value / longest)

    return [
        (
            word,
            share(min(locked, forecast.locked_now)),
            share(max(ZERO, locked - forecast.locked_now)),
            share(max(free or ZERO, ZERO)),
        )
        for word, locked, free in rows
    ]


class BalanceBars(QWidget):
    """Three bars and what is locked at each."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._forecast: BalanceForecast | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Balance")
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Three lines."""
        return QSize(260, 3 * _LINE)

    def minimumSizeHint(self) -> QSize:
        """Keep the height in any width."""
        return QSize(180, 3 * _LINE)

    def show_forecast(self, forecast: BalanceForecast | None, now: int) -> None:
        """Show a forecast.

        Args:
            forecast: None where the venue's balance is not known.
            now: nanoseconds UTC, for the age of the balance.
        """
        self._forecast = forecast
        self.setVisible(forecast is not None)
        if forecast is not None:
            words = [
                f"{forecast.currency} locked now {grouped(forecast.locked_now)}",
                f"peak {grouped(forecast.locked_peak)}",
                f"after {grouped(forecast.locked_after)}",
                f"available after {grouped(forecast.available_after)}",
            ]
            if forecast.as_of is not None:
                words.append(f"read {ago(now - forecast.as_of)}")
            self.setAccessibleDescription(writable(", ".join(words)))
            self.setToolTip(tip(", ".join(words)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bars; short on balance is outlined, not only coloured."""
        forecast = self._forecast
        if forecast is None:
            return
        colours = self._theme.colours
        with QPainter(self) as painter:
            room = max(40.0, self.width() - _LABEL - _NUMBERS)
            locked = (forecast.locked_now, forecast.locked_peak, forecast.locked_after)
            digits = common_places(*locked)
            free = (forecast.available_now, forecast.available_peak, forecast.available_after)
            for row, (word, held, more, left) in enumerate(bar_parts(forecast)):
                top = row * _LINE
                painter.setFont(text_font(SMALL_PX))
                painter.setPen(QColor(colours.dim))
                painter.drawText(QRectF(0, top, _LABEL, _LINE), Qt.AlignmentFlag.AlignVCenter, word)
                x = float(_LABEL)
                for part, colour in ((held, colours.held), (more, colours.held_more), (left, colours.free)):
                    painter.fillRect(QRectF(x, top + 6, part * room, 12), QColor(colour))
                    x += part * room
                short = free[row]
                if short is not None and short < ZERO:
                    painter.setPen(QPen(QColor(colours.sell), 1.5))
                    painter.drawRect(QRectF(_LABEL, top + 5.5, room, 13))
                painter.setFont(number_font(SMALL_PX))
                painter.setPen(QColor(colours.changed if row and locked[row] != locked[0] else colours.text))
                area = QRectF(self.width() - _NUMBERS, top, _NUMBERS, _LINE)
                painter.drawText(
                    area,
                    Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                    grouped(with_places(locked[row], digits)),
                )

"""A small price chart of the current order's market: the touch, the order, and what is drafted or asked for.

pyqtgraph and numpy take a quarter of a second to import, so they are imported when the first chart is to be drawn, and
beside the window, which draws it once they are there. Pens are one pixel wide without antialiasing, which is 35 times
faster than anything thicker.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from app.domain.money import exact, places
from app.ui.detail.chart_library import is_brought
from app.ui.detail.quote_tape import Track
from app.ui.look.numbers import as_digits, common_places, grouped, is_odd, with_places
from app.ui.look.plain import Label
from app.ui.look.texts import writable
from app.ui.look.theme import Theme, number_font

_LABEL = 22
_AXIS = 24

#: Milliseconds between two looks for the library.
_LOOK = 20


@dataclass(frozen=True, slots=True)
class ChartLevels:
    """The prices to mark: the order's own, what is asked for or drafted, and the tick a dragged price lands on."""

    price: Decimal | None = None
    wish: Decimal | None = None
    wish_word: str = "draft"
    quantity: Decimal | None = None
    tick: Decimal | None = None


def on_tick(position: float, tick: Decimal | None) -> Decimal:
    """The tick next to a place on the chart. Only for a draft: what comes of it stands in the price field."""
    step = tick if tick is not None else Decimal("0.01")
    with exact():
        steps = (Decimal(repr(position)) / step).to_integral_value(ROUND_HALF_UP)
        return (steps * step).quantize(Decimal(1).scaleb(-places(step)))


def _drawable(price: Decimal | None) -> Decimal | None:
    return None if price is None or is_odd(price) else price


class PriceChart(QWidget):
    """The chart.

    Signals:
        price_dragged: a line was dropped; carries the price as Decimal. It is a draft, never an order.
    """

    price_dragged = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plot: Any = None
        self._items: dict[str, Any] = {}
        self._levels = ChartLevels()
        self._wanted: tuple[Track, ChartLevels] | None = None
        self._library = QTimer(self)
        self._library.setInterval(_LOOK)
        self._library.timeout.connect(self._show_wanted)
        self._stack = QStackedLayout(self)
        self._empty = Label("No prices yet.")
        self._empty.setProperty("role", "dim")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(self._empty)
        self.setAccessibleName("Price chart")
        theme.changed.connect(self._use_theme)

    def sizeHint(self) -> QSize:
        """As high as the side column can spare."""
        return QSize(326, 260)

    def minimumSizeHint(self) -> QSize:
        """Enough to see a line move."""
        return QSize(160, 120)

    def _make(self) -> None:
        import pyqtgraph

        from app.ui.detail.chart_line import DragLine, PriceAxis

        plot = pyqtgraph.PlotWidget(antialias=False)
        plot.setMenuEnabled(False)
        plot.setMouseEnabled(x=False, y=False)
        plot.hideButtons()
        plot.setFrameShape(plot.Shape.NoFrame)
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        item = plot.getPlotItem()
        item.hideAxis("left")
        axis = pyqtgraph.DateAxisItem(orientation="bottom")
        item.setAxisItems({"bottom": axis, "right": PriceAxis(orientation="right")})
        item.showAxis("right")
        item.showGrid(x=False, y=True, alpha=0.25)
        for side in ("right", "bottom"):
            item.getAxis(side).setStyle(tickFont=number_font(10), tickLength=-4)
        self._items = {
            "bid": plot.plot([], [], stepMode="right"),
            "ask": plot.plot([], [], stepMode="right"),
            "price": DragLine(self._dropped),
            "wish": DragLine(self._dropped),
        }
        plot.addItem(self._items["price"])
        plot.addItem(self._items["wish"])
        self._plot = plot
        self._stack.addWidget(plot)
        self._use_theme()

    def _use_theme(self) -> None:
        if self._plot is None:
            return
        import pyqtgraph

        colours = self._theme.colours
        self._plot.setBackground(colours.window)
        for side in ("right", "bottom"):
            axis = self._plot.getPlotItem().getAxis(side)
            axis.setPen(colours.line)
            axis.setTextPen(colours.dim)
        self._items["bid"].setPen(pyqtgraph.mkPen(colours.buy, width=1))
        self._items["ask"].setPen(pyqtgraph.mkPen(colours.sell, width=1))
        self._items["price"].dress(colours.accent, dashed=False)
        self._items["wish"].dress(colours.changed, dashed=True)

    def let_go(self) -> None:
        """End a drag that is under way: another order is shown from now on, and the price was meant for the old one."""
        if self._plot is not None:
            self._items["price"].let_go()
            self._items["wish"].let_go()

    def show_market(self, track: Track, levels: ChartLevels) -> None:
        """Draw a market's touch and the order's prices; the first time as soon as the library is there."""
        self._wanted = None
        if not track.times:
            self._empty.setText("No prices yet.")
            self._stack.setCurrentWidget(self._empty)
            return
        if self._plot is None:
            if not is_brought():
                self._empty.setText("The chart comes in a moment.")
                self._wanted = (track, levels)
                self._library.start()
                return
            self._make()
        # A price that no market has can be written beside the chart, and drawn nowhere.
        drawn = replace(levels, price=_drawable(levels.price), wish=_drawable(levels.wish))
        self._levels = drawn
        times, bids, asks = list(track.times), list(track.bids), list(track.asks)
        self._items["bid"].setData(times, bids)
        self._items["ask"].setData(times, asks)
        prices = [min(bids), max(asks)]
        for name, price, text in (
            ("price", drawn.price, self._words(drawn.quantity, drawn.price)),
            ("wish", drawn.wish, f"{drawn.wish_word} {grouped(drawn.wish)}"),
        ):
            self._items[name].show_at(None if price is None else float(price), text)
            if price is not None:
                prices.append(float(price))
        low, high = min(prices), max(prices)
        margin = (high - low) * 0.08 or abs(high) * 0.001 or 1.0
        self._plot.setYRange(low - margin, high + margin, padding=0)
        self._part_labels((high - low + 2 * margin) / max(1, self._plot.height() - _AXIS))
        self._plot.setXRange(times[0], max(times[-1], times[0] + 20), padding=0.02)
        self._stack.setCurrentWidget(self._plot)
        parts = [f"best bid {bids[-1]:g}, best offer {asks[-1]:g}"]
        if levels.price is not None:
            parts.append(f"order at {as_digits(levels.price)}")
        self.setAccessibleDescription(writable(", ".join(parts)))

    def _show_wanted(self) -> None:
        """Draw what was asked for last, if the library has come."""
        if self._wanted is None or is_brought():
            self._library.stop()
            if self._wanted is not None:
                self.show_market(*self._wanted)

    def _part_labels(self, per_pixel: float) -> None:
        """Labels stand above their lines; the lower of two lines that are close takes its own below."""
        price, wish = self._levels.price, self._levels.wish
        close = price is not None and wish is not None and abs(float(price - wish)) < _LABEL * per_pixel
        self._items["price"].label_below(close and price is not None and wish is not None and price < wish)
        self._items["wish"].label_below(close and price is not None and wish is not None and wish < price)

    @staticmethod
    def _words(quantity: Decimal | None, price: Decimal | None) -> str:
        if quantity is None:
            return grouped(price)
        return f"{grouped(with_places(quantity, common_places(quantity)))} @ {grouped(price)}"

    def _dropped(self, position: float) -> None:
        self.price_dragged.emit(on_tick(position, self._levels.tick))

"""Buttons for what is done most: a tick, the touch, the mid, half the size, a legal value. They only draft."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.domain.form import Field
from app.domain.market import Quote
from app.domain.money import ZERO, exact, is_multiple, places
from app.domain.order import Order, Side
from app.ui.look.numbers import is_odd
from app.ui.look.texts import writable
from app.ui.widgets.choice_pills import pill_button
from app.ui.widgets.flow_layout import FlowLayout


class Quick(StrEnum):
    """Action of a button."""

    TICK_DOWN = "−1 tick"
    TICK_UP = "+1 tick"
    JOIN = "join"
    MID = "mid"
    HALF = "½ size"
    LEGAL = "legal"


def own_touch(order: Order, quote: Quote | None) -> Decimal | None:
    """The best price on the order's own side."""
    if quote is None:
        return None
    return quote.bid if order.side is Side.BUY else quote.ask


def passive_mid(order: Order, quote: Quote | None, tick: Decimal | None) -> Decimal | None:
    """The mid; where it falls between two ticks, the one on the order's own side, which cannot cross."""
    mid = quote.mid if quote is not None else None
    if mid is None or is_odd(mid) or tick is None or is_odd(tick) or tick <= ZERO or is_multiple(mid, tick):
        return mid
    with exact():
        rounding = ROUND_FLOOR if order.side is Side.BUY else ROUND_CEILING
        return ((mid / tick).to_integral_value(rounding) * tick).quantize(Decimal(1).scaleb(-places(tick)))


def half_size(quantity: Decimal, step: Decimal | None) -> Decimal:
    """Half a quantity; where that falls between two steps, the lower one."""
    with exact():
        half = quantity / 2
        if step is None or is_odd(step) or is_odd(half) or step <= ZERO or is_multiple(half, step):
            return half
        return ((half / step).to_integral_value(ROUND_FLOOR) * step).quantize(Decimal(1).scaleb(-places(step)))


class QuickButtons(QWidget):
    """A row of buttons.

    Signals:
        wanted: one was pressed; carries the :class:`Quick`.
    """

    wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = FlowLayout(self, gap=4)
        self.setAccessibleName("Quick changes")
        self._buttons: dict[Quick, QPushButton] = {}
        tips = {
            Quick.TICK_DOWN: "Price one tick lower (Down in the price field)",
            Quick.TICK_UP: "Price one tick higher (Up in the price field)",
            Quick.JOIN: "Price of the best order on this side",
            Quick.MID: "Half-way between bid and offer, on this order's side of it",
            Quick.HALF: "Half the size, on a legal step",
            Quick.LEGAL: "Nearest legal value for the first field that needs one (Ctrl+.)",
        }
        for quick, tip in tips.items():
            button = pill_button(quick.value, tip)
            button.clicked.connect(lambda _=False, quick=quick: self.wanted.emit(quick))
            button.setAccessibleDescription(writable(tip))
            layout.addWidget(button)
            self._buttons[quick] = button

    def stops(self) -> list[QWidget]:
        """Widgets that Tab may reach, in order."""
        return list(self._buttons.values())

    def button(self, quick: Quick) -> QPushButton:
        """One of the buttons."""
        return self._buttons[quick]

    def fit(
        self, order: Order, price: Field | None, quantity: Field | None, quote: Quote | None, *, legal: bool
    ) -> None:
        """Name the touch after the order's side, and leave on only what can do something now."""
        buttons = self._buttons
        buttons[Quick.JOIN].setText("join bid" if order.side is Side.BUY else "join ask")
        priced = price is not None and price.editable
        buttons[Quick.TICK_DOWN].setEnabled(priced)
        buttons[Quick.TICK_UP].setEnabled(priced)
        buttons[Quick.JOIN].setEnabled(priced and own_touch(order, quote) is not None)
        buttons[Quick.MID].setEnabled(priced and quote is not None and quote.mid is not None)
        buttons[Quick.HALF].setEnabled(quantity is not None and quantity.editable)
        buttons[Quick.LEGAL].setEnabled(legal)

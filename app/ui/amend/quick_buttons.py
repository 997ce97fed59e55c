"""Buttons for what is done most: a tick, the touch, the mid, half the size, a legal value. They only draft."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.domain.form import Field
from app.domain.market import Quote
from app.domain.order import Order, Side
from app.ui.look.keymap import Keymap
from app.ui.look.texts import tip, writable
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
            Quick.LEGAL: "Nearest legal value for the first field that needs one",
        }
        for quick, text in tips.items():
            button = pill_button(quick.value)
            button.clicked.connect(lambda _=False, quick=quick: self.wanted.emit(quick))
            layout.addWidget(button)
            self._buttons[quick] = button
            self._tell(quick, text)

    def tell_keys(self, keys: Keymap) -> None:
        """Say which keys do the same."""
        self._tell(
            Quick.JOIN,
            f"Price of the best order on this side ({keys.keys('join')}; {keys.keys('improve')} is one tick better)",
        )
        self._tell(Quick.LEGAL, f"Nearest legal value for the first field that needs one ({keys.keys('legal')})")

    def _tell(self, quick: Quick, text: str) -> None:
        self._buttons[quick].setToolTip(tip(text))
        self._buttons[quick].setAccessibleDescription(writable(text))

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
        buttons[Quick.JOIN].setEnabled(priced and quote is not None and quote.own(order.side) is not None)
        buttons[Quick.MID].setEnabled(priced and quote is not None and quote.mid is not None)
        buttons[Quick.HALF].setEnabled(quantity is not None and quantity.editable)
        buttons[Quick.LEGAL].setEnabled(legal)

"""The menu of a row: amend, look up, copy, cancel. Cancelling asks first, and the answer that is offered is No."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QMessageBox

from app.desk.desk import Desk, DeskError
from app.domain.plain import named
from app.ui.look.numbers import as_digits
from app.ui.look.plain import question
from app.ui.look.texts import copy
from app.ui.orders.view import OrderView


class OrderMenu(QObject):
    """Actions on a row.

    Signals:
        amend_wanted: carries the lineage.
        said: a sentence for the banner.
    """

    amend_wanted = Signal(object)
    said = Signal(object)

    def __init__(self, desk: Desk, view: OrderView) -> None:
        super().__init__(view)
        self._desk, self._view = desk, view

    def show_at(self, place: QPoint) -> QMenu | None:
        """Show the menu of the row at a place of the list's viewport."""
        index = self._view.indexAt(place)
        if not index.isValid():
            return None
        key = self._view.order_model.row_at(index.row()).lineage
        lineage = self._desk.state.lineages[key]
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        amend = menu.addAction("Amend…   F2")
        amend.setEnabled(lineage.doubt is None)
        amend.triggered.connect(lambda: self.amend_wanted.emit(key))
        menu.addAction("Look up at the venue   F5").triggered.connect(lambda: self._try(self._desk.check_now, key))
        menu.addSeparator()
        menu.addAction("Copy order id").triggered.connect(lambda: copy(lineage.order.order_id))
        menu.addAction("Copy row   Ctrl C").triggered.connect(lambda: copy(*self._view.row_as_cells()))
        menu.addSeparator()
        cancel = menu.addAction("Cancel this order…")
        cancel.setEnabled(lineage.order.is_open)
        cancel.triggered.connect(lambda: self.ask_cancel(key))
        menu.popup(self._view.viewport().mapToGlobal(place))
        return menu

    def ask_cancel(self, key: str) -> QMessageBox:
        """Ask whether to cancel, without stopping anything else meanwhile."""
        order = self._desk.state.lineages[key].order
        price = f" at {as_digits(order.price)}" if order.price is not None else ""
        what = f"{order.side.value} {as_digits(order.remaining)} {named(order.symbol)}{price}"
        more = f"Order {named(order.order_id)}. Its place in the queue is lost."
        box = question(self._view, "Cancel order", f"Cancel {what}?", more)
        box.finished.connect(lambda answer: self._cancel(key) if answer == QMessageBox.StandardButton.Yes else None)
        box.open()
        return box

    def _cancel(self, key: str) -> None:
        self._try(self._desk.cancel, key)

    def _try(self, act: object, key: str) -> None:
        assert callable(act)
        try:
            act(key)
        except DeskError as error:
            self.said.emit(str(error))

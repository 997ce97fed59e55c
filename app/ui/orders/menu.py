"""The menu of a row: amend, look up, copy, cancel. Cancelling asks first, and the answer that is offered is No.

A replay offers what shows and copies, and nothing that acts.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox

from app.desk.desk import Desk, DeskError
from app.desk.holding import CANCELS_LEAVE
from app.ui.look.keymap import Keymap, signs
from app.ui.look.plain import question
from app.ui.look.texts import copy, label_of
from app.ui.orders.rows import DeskRows
from app.ui.orders.view import OrderView


class OrderMenu(QObject):
    """Actions on a row: all of one menu are about one and the same, which is the selected one and stands at its top.

    Signals:
        amend_wanted: carries the lineage.
        many_wanted: something for all marked orders; carries whether it is a cancel.
        said: a sentence for the banner.
    """

    amend_wanted = Signal(object)
    many_wanted = Signal(bool)
    said = Signal(object)

    def __init__(self, desk: Desk, rows: DeskRows, view: OrderView, keys: Keymap | None = None) -> None:
        super().__init__(view)
        self._desk, self._rows, self._view, self._keys = desk, rows, view, keys or Keymap()

    def show_at(self, place: QPoint) -> QMenu | None:
        """Show the menu of the row at a place of the list's viewport."""
        index = self._view.indexAt(place)
        if not index.isValid():
            return None
        return self.show_of(self._view.order_model.lineage_at(index.row()), place)

    def show_of(self, key: str, place: QPoint) -> QMenu | None:
        """Show the menu of an order at a place of the list's viewport, and make that order the selected one.

        Returns:
            None where the order is not listed, or a menu is open already.
        """
        name = self._rows.name(key)
        if name is None or QApplication.activePopupWidget() is not None or not self._view.choose(key):
            return None
        lineage = self._desk.state.lineages[key]
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(label_of(name.sentence)).setEnabled(False)
        menu.addSeparator()
        may_act = not self._desk.refusal
        amend = menu.addAction("Amend…   F2" if may_act and lineage.order.is_open else "Show its fields   F2")
        amend.setEnabled(lineage.doubt is None)
        amend.triggered.connect(lambda: self.amend_wanted.emit(key))
        if may_act:
            look_up = label_of(f"Look up at the venue   {signs(self._keys.keys('check'))}")
            menu.addAction(look_up).triggered.connect(lambda: self._try(self._desk.check_now, key))
        menu.addSeparator()
        menu.addAction("Copy order id").triggered.connect(lambda: self._copy_id(key))
        menu.addAction("Copy row   Ctrl C").triggered.connect(lambda: copy(*self._view.row_as_cells(key)))
        if may_act:
            self._offer_acts(menu, key)
        menu.popup(self._view.viewport().mapToGlobal(place))
        return menu

    def _offer_acts(self, menu: QMenu, key: str) -> None:
        """Offer what is done to all marked orders, and the cancel."""
        menu.addSeparator()
        marks = self._view.order_model.marks
        if key in marks and not marks.are_of(key):
            count = len(marks)
            menu.addAction(label_of(f"Amend the {count} marked orders…")).triggered.connect(
                lambda: self.many_wanted.emit(False)
            )
            menu.addAction(label_of(f"Cancel the {count} marked orders…")).triggered.connect(
                lambda: self.many_wanted.emit(True)
            )
            menu.addSeparator()
        cancel = menu.addAction("Cancel this order…   Del")
        cancel.setEnabled(self._desk.state.lineages[key].order.is_open)
        cancel.triggered.connect(lambda: self.ask_cancel(key))

    def _copy_id(self, key: str) -> None:
        copy(self._desk.state.lineages[key].order.order_id)

    def ask_cancel(self, key: str) -> QMessageBox | None:
        """Ask whether to cancel, without stopping anything else meanwhile; None where there is no such order.

        What cannot be cancelled is refused at once: nobody is to consent to nothing.
        """
        name = self._rows.name(key)
        if name is None:
            return None
        if why_not := self._desk.why_no_cancel(key):
            self.said.emit(why_not)
            return None
        more = [name.where, f"Order {name.order_id}", "Its place in the queue is lost."]
        if count := len(self._desk.state.open_amendments(self._desk.lineage(key))):
            them = f"{count} amendments of it have" if count > 1 else "An amendment of it has"
            more.append(f"{them} no outcome yet; the cancel takes none of that back.")
        if self._desk.stopped:
            more.append(CANCELS_LEAVE)
        box = question(self._view, "Cancel order", f"Cancel {name.what}?", *more)
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

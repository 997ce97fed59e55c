"""The order list: a table whose rows are orders, driven by keys and pointer, that never sends anything itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.ui.look.texts import copy, show_tip
from app.ui.look.theme import Theme
from app.ui.orders.column_room import ColumnRoom
from app.ui.orders.delegate import ROW_HEIGHT, OrderDelegate
from app.ui.orders.model import OrderModel
from app.ui.orders.row import COLUMNS, Column, OrderRow

_HEADER_HEIGHT = 30
_MENU_INSET = 24

#: The columns of what the venue said, which may not be so any more.
_PROVEN = (Column.PRICE, Column.QUANTITY, Column.REMAINING, Column.FILLED, Column.ORDER)

#: Keys that open what a row, or all marked ones, can be amended in.
_OPENS = (Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter)

_WITH = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.ShiftModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


class OrderView(QTableView):
    """Open orders, one a row.

    Signals:
        chosen: the current order changed; carries its lineage, "" for none.
        amend_wanted: F2, Enter or a double click; carries the lineage and the column it happened in.
        resized: the columns were given new widths.
        menu_wanted: the menu of an order is asked for; carries its lineage and the place, in the viewport's
            coordinates.
        many_wanted: something for all marked orders is asked for; carries whether it is a cancel.
        cancel_wanted: the cancel of the current order is asked for; carries its lineage.

    Attributes:
        keeps_marks: tells whether going to another row takes no marks back.
    """

    chosen = Signal(object)
    amend_wanted = Signal(object, int)
    resized = Signal()
    menu_wanted = Signal(object, QPoint)
    many_wanted = Signal(bool)
    cancel_wanted = Signal(object)

    def __init__(self, model: OrderModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._orders = model
        self._editing = False
        self._hovering = self._filling = self._in_use = self._over_panel = False
        self._note: Callable[[str], str] = str
        self._fits: Callable[[str], bool] = lambda lineage: True
        self.keeps_marks: Callable[[], bool] = lambda: False
        self._covered = self._held_room = 0
        self._pressed = ""
        self.setModel(model)
        self._delegate = OrderDelegate(model, theme, self)
        self._room = ColumnRoom(self._delegate)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName("Open orders")
        self.setAccessibleDescription("Arrow keys choose an order; F2 or Enter opens its amend panel.")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        # One that comes and goes would move everything that is aligned to the right, panels too.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self._set_headers()
        model.set_visible(self.visible_rows)
        theme.changed.connect(self.viewport().update)
        model.marks.changed.connect(self.viewport().update)
        for sign in (model.flushed, model.layoutChanged, self.verticalScrollBar().valueChanged):
            sign.connect(self._measure)
        self._measure()

    def _set_headers(self) -> None:
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(ROW_HEIGHT)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        columns = self.horizontalHeader()
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setMinimumSectionSize(20)
        columns.setFixedHeight(_HEADER_HEIGHT)
        columns.setHighlightSections(False)
        columns.setSectionsClickable(True)
        columns.setSortIndicatorShown(True)
        columns.setSortIndicator(Column.VENUE, Qt.SortOrder.AscendingOrder)
        columns.setAccessibleName("Columns")
        self.setSortingEnabled(True)

    # -- what the window asks ------------------------------------------------------------------------------------------

    @property
    def order_model(self) -> OrderModel:
        """The model with its own types."""
        return self._orders

    def set_note(self, note: Callable[[str], str]) -> None:
        """Say how to find out since when a row is not proven, by its lineage; it changes with time alone."""
        self._note = note

    def set_fits(self, fits: Callable[[str], bool]) -> None:
        """Say which of the rows listed are meant by all of them: one that is only pinned is not."""
        self._fits = fits

    def visible_rows(self) -> range:
        """The rows that can be seen now, from the first to the last."""
        height, count = self.viewport().height(), self._orders.rowCount()
        if not count or height <= 0:
            return range(0)
        first, last = self.rowAt(0), self.rowAt(height - 1)
        # While rows go, the headers may still count them.
        return range(max(0, first), min(last if last >= 0 else count, count - 1) + 1)

    @property
    def covered(self) -> int:
        """Height at the lower edge that something lies over, in device-independent pixels."""
        return self._covered

    def is_in_sight(self) -> bool:
        """Return True if the current row can be seen, nothing lying over it."""
        row = self.visualRect(self.currentIndex())
        return row.isValid() and row.top() >= 0 and row.top() + ROW_HEIGHT <= self.viewport().height() - self._covered

    def set_covered(self, height: int) -> None:
        """Say how much of the lower edge is covered; the list can be scrolled on by so much, and no row moves."""
        if height != self._covered:
            self._held_room = max(self._held_room, self._covered) if self._hovering else 0
            self._covered = height
            self.updateGeometries()

    def lineage(self) -> str:
        """The current order's lineage, "" for none."""
        index = self.currentIndex()
        return self._orders.lineage_at(index.row()) if index.isValid() else ""

    @property
    def filling(self) -> bool:
        """True while venues list their orders for the first time."""
        return self._filling

    @property
    def in_use(self) -> bool:
        """True as soon as a person has pressed a key or a button in the list, or an order was chosen for them."""
        return self._in_use

    def choose(self, lineage: str) -> bool:
        """Make an order the current one; False if it is not listed."""
        self._in_use = True
        index = self._orders.index_of(lineage)
        if not index.isValid():
            return False
        self.setCurrentIndex(index)
        return True

    def set_editing(self, editing: bool) -> None:
        """Hold the rows still while a panel is open; once it has closed, columns need no room for what was typed."""
        closes, self._editing = self._editing and not editing, editing
        self._hold()
        if closes and self._room.start_over(map(self._orders.row_at, self.visible_rows())):
            self._share()

    def set_filling(self, filling: bool) -> None:
        """Let rows find their place under the pointer while venues list their orders for the first time."""
        if filling != self._filling:
            self._filling = filling
            self._hold()

    def _hold(self) -> None:
        wanted = self._editing or (self._hovering and not self._filling)
        if wanted != self._orders.frozen:
            self._orders.freeze(wanted)
        self._orders.hold(self._hovering or self._over_panel)

    def set_over_panel(self, over: bool) -> None:
        """Say whether the pointer is on a panel, whose place hangs on the rows above it."""
        self._over_panel = over
        self._hold()

    # -- Qt's side -----------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width out among the columns; the current row stays in sight if it was."""
        top = self.rowViewportPosition(self.currentIndex().row())
        seen = 0 <= top < event.oldSize().height()
        super().resizeEvent(event)
        self._share()
        if seen and not self._editing and event.size().height() < event.oldSize().height():
            self.scrollTo(self.currentIndex())

    def updateGeometries(self) -> None:
        """Leave room below the last row for what lies over the list."""
        bar = self.verticalScrollBar()
        place = bar.value()
        super().updateGeometries()
        if below := max(self._covered, self._held_room):
            room = self.viewport().height() - below
            bar.setMaximum(max(bar.maximum(), self.verticalHeader().length() - room, 0))
            bar.setValue(place)

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Bring a row into sight, above what lies over the list."""
        super().scrollTo(index, hint)
        below = self.visualRect(index).top() + ROW_HEIGHT - (self.viewport().height() - self._covered)
        if index.isValid() and below > 0 and self._covered:
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() + below)

    def _share(self) -> None:
        widths = self._room.widths(self.viewport().width())
        for column in Column:
            shown = column in widths
            self.setColumnHidden(column, not shown)
            if shown:
                self.setColumnWidth(column, widths[column])
        self.resized.emit()

    def _measure(self, *_: object) -> None:
        if self._room.grow(map(self._orders.row_at, self.visible_rows())):
            self._share()

    def viewportEvent(self, event: QEvent) -> bool:
        """A tooltip is for what a cell cannot show; elsewhere it would only be in the way."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self.indexAt(event.pos())
            if index.isValid():
                column = Column(index.column())
                row = self._orders.row_at(index.row())
                show_tip(event.globalPos(), self.viewport(), *self.tooltip(row, column).split("\n"))
                return True
        return super().viewportEvent(event)

    def tooltip(self, row: OrderRow, column: Column) -> str:
        """Return what a cell cannot show: its text's rest, and since when the row is not proven; "" if nothing."""
        cut = self._delegate.elided(row, column, self.columnWidth(column))
        note = self._note(row.lineage) if row.stale and column in _PROVEN else ""
        return "\n".join(text for text in (row.tooltip(column) if cut or note else "", note) if text)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell which order is the current one."""
        super().selectionChanged(selected, deselected)
        # When the current row goes its neighbour is chosen first, and then the old one is taken back.
        self.chosen.emit(self.lineage() if self.selectionModel().hasSelection() else "")

    def selectionCommand(
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """A click below the last row keeps the selection: the list always has a current order to act on."""
        if not index.isValid():
            return QItemSelectionModel.SelectionFlag.NoUpdate
        return super().selectionCommand(index, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 and Enter open the panel, Shift+F10 the menu; Ctrl+C copies the row. No key here sends anything.

        Ctrl+A, Ctrl+Space and Shift with the arrows mark orders; F2, Enter and Delete are about those that are marked.
        """
        self._in_use = True
        if self._mark_by_key(event):
            event.accept()
            return
        none, keypad = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier
        key, plain_key = event.key(), event.modifiers() in (none, keypad)
        if plain_key and key in _OPENS:
            self._want_amend(self.currentIndex())
        elif key == Qt.Key.Key_Delete and plain_key and self.currentIndex().isValid():
            self.cancel_wanted.emit(self.lineage())
        elif key == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            self._want_menu(self.currentIndex(), QPoint(), by_pointer=False)
        elif event.matches(QKeySequence.StandardKey.Copy) and self.currentIndex().isValid():
            copy(*self.row_as_cells())
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _mark_by_key(self, event: QKeyEvent) -> bool:
        """Do what a key does to marks, or to what is marked; False if it has nothing to do with them."""
        marks, key, held = self._orders.marks, event.key(), event.modifiers() & _WITH
        arrow = key in (Qt.Key.Key_Up, Qt.Key.Key_Down)
        if (key in _OPENS or key == Qt.Key.Key_Delete) and not held:
            if marks.all_ended:
                # It was pressed for what was marked. That is said, and the current order is not met in its place.
                self.many_wanted.emit(key == Qt.Key.Key_Delete)
                return True
            marks.leave_ended()
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.mark_all()
        elif key == Qt.Key.Key_Space and held == Qt.KeyboardModifier.ControlModifier and self.lineage():
            marks.toggle(self.lineage())
        elif arrow and held == Qt.KeyboardModifier.ShiftModifier and self.currentIndex().isValid():
            begun = self.lineage()
            row = self.currentIndex().row() + (1 if key == Qt.Key.Key_Down else -1)
            if 0 <= row < self._orders.rowCount():
                self.setCurrentIndex(self._orders.index(row, 0))
            marks.mark_range(self.lineage(), begun, self._orders.lineages())
        elif held or not marks:
            return False
        elif key == Qt.Key.Key_Escape and not self.keeps_marks():
            marks.clear()
        elif key == Qt.Key.Key_Delete or (key in _OPENS and not marks.are_of(self.lineage())):
            self.many_wanted.emit(key == Qt.Key.Key_Delete)
        else:
            if arrow or key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End):
                self._leave_marks()
            return False
        return True

    def mark_all(self) -> None:
        """Mark every order listed that is not there for being pinned alone."""
        self._orders.marks.mark_all(lineage for lineage in self._orders.lineages() if self._fits(lineage))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The pointer asks for the menu of the row below it, a key for that of the selected row."""
        by_pointer = event.reason() == QContextMenuEvent.Reason.Mouse
        self._want_menu(self.indexAt(event.pos()) if by_pointer else self.currentIndex(), event.pos(), by_pointer)
        event.accept()

    def _want_menu(self, index: QModelIndex, place: QPoint, by_pointer: bool) -> None:
        if index.isValid():
            row = self.visualRect(index)
            below = QPoint(max(0, row.left()) + _MENU_INSET, row.top() + ROW_HEIGHT)
            self.menu_wanted.emit(self._orders.lineage_at(index.row()), place if by_pointer else below)

    def row_as_cells(self, lineage: str = "") -> list[str]:
        """A row, a cell a column, and at the end the world it is of: the current one, or that of a lineage."""
        position = self._orders.position_of(lineage) if lineage else self.currentIndex().row()
        if position is None:
            return []
        row = self._orders.row_at(position)
        return [*(row.text(column) for column in range(len(COLUMNS))), row.world]

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Outline the current row."""
        super().focusInEvent(event)
        self._delegate.focused = True
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keyboard is elsewhere; the current row stays marked, without its outline."""
        super().focusOutEvent(event)
        self._delegate.focused = False
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a row; with Ctrl or Shift mark it, or all from the current one to it.

        The row is the one that was under the pointer when the button went down, whatever choosing it moves: Qt's own
        way chooses by a rectangle, which is of another row once a part below the list went and the list scrolled.
        """
        self._in_use = True
        index, held = self.indexAt(event.position().toPoint()), event.modifiers() & _WITH
        self._pressed = self._orders.lineage_at(index.row()) if index.isValid() else ""
        if not index.isValid():
            super().mousePressEvent(event)
            return
        marks, before = self._orders.marks, self.lineage()
        self._choose_in_place(index)
        if event.button() != Qt.MouseButton.LeftButton:
            pass  # a menu may be asked for; the marks are what it is about
        elif held == Qt.KeyboardModifier.ControlModifier:
            marks.toggle(self._pressed)
        elif held == Qt.KeyboardModifier.ShiftModifier:
            marks.mark_range(self._pressed, before, self._orders.lineages())
        else:
            self._leave_marks()
        event.accept()

    def _choose_in_place(self, index: QModelIndex) -> None:
        """Make a row the current one where it is: what is pointed at is not scrolled away."""
        self.setAutoScroll(False)
        self.setCurrentIndex(index)
        self.setAutoScroll(True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Choose nothing while a button is held: a hand that slips a row further is not a wish."""
        if event.buttons():
            event.accept()
            return
        super().mouseMoveEvent(event)

    def _leave_marks(self) -> None:
        """Take the marks back, because another row is gone to; not while something is being made of them."""
        if not self.keeps_marks():
            self._orders.marks.clear()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the panel at the field of the cell. It never sends, cancels or changes anything.

        It is of the row that the first of the two clicks chose, although the list may have scrolled since.
        """
        if event.button() == Qt.MouseButton.LeftButton:
            column = self.columnAt(event.position().toPoint().x())
            self._want_amend(self._orders.index_of(self._pressed).siblingAtColumn(column))
        event.accept()

    def _want_amend(self, index: QModelIndex) -> None:
        if index.isValid():
            self.amend_wanted.emit(self._orders.lineage_at(index.row()), index.column())

    def enterEvent(self, event: QEnterEvent) -> None:
        """No row moves under the pointer."""
        self._hovering = True
        self._hold()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Rows may move again, unless a panel is open."""
        self._hovering = False
        self._hold()
        if self._held_room:
            self._held_room = 0
            self.updateGeometries()
        super().leaveEvent(event)

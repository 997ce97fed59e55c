"""The order list's model: it owns order, filter and identity of the rows.

Changes are collected and put on the screen once a frame, and only rows that can be seen are announced: 20,000 updates
a second then cost a tenth of one core. Sorting and filtering happen here, on Python values. A proxy model would take a
whole core for the same work and lose the selection (measured). A list of 100,000 rows is filled, filtered and sorted
in parts, each in a turn of the event loop of its own.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from app.ui.orders.marks import Marks
from app.ui.orders.row import COLUMNS, Column, OrderRow
from app.ui.orders.row_order import RowOrder, runs

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_FRAME_MS = 16
_RESORT_MS = 500

#: Rows that are made, filtered or sorted in one turn of the event loop.
MOST_MADE, MOST_ARRANGED = 200, 2_000

#: Rows whose places are counted one by one while the list is frozen.
_COUNTED = 5_000

_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ALIGN = int(Qt.ItemDataRole.TextAlignmentRole)
_TOOL_TIP = int(Qt.ItemDataRole.ToolTipRole)
_SPOKEN = int(Qt.ItemDataRole.AccessibleTextRole)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class OrderModel(QAbstractTableModel):
    """Rows by lineage.

    Signals:
        flushed: a frame's changes are on the screen; carries the set of lineages.
        waiting: the number of rows that would move, were the order not frozen; 0 when none.
    """

    flushed = Signal(object)
    waiting = Signal(int)

    def __init__(self, source: Callable[[str], OrderRow | None], parent: QObject | None = None) -> None:
        """Make an empty list.

        Args:
            source: gives the row of a lineage as it is now, or None where it should not be listed.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._source = source
        self._all: dict[str, OrderRow] = {}
        self._order = RowOrder()
        self._dirty: dict[str, None] = {}
        self._filter: Callable[[OrderRow], bool] | None = None
        self._visible: Callable[[], range] | None = None
        self._frozen = self._holding = False
        self._leaving: dict[str, None] = {}
        self._sort_due = False
        self._next: RowOrder | None = None
        self._to_arrange: Iterator[OrderRow] = iter(())
        self._frame = self._timer(_FRAME_MS, self.flush)
        self._resort = self._timer(_RESORT_MS, self._resort_now)
        self._turn = self._timer(0, self._arrange_part)
        #: Those that one wish for several orders is meant for.
        self.marks = Marks(self.position_of, self, has_ended=self._has_ended)
        self.rowsRemoved.connect(self.marks.prune)

    def _timer(self, milliseconds: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    # -- what changes --------------------------------------------------------------------------------------------------

    def touch(self, lineages: Iterable[str]) -> None:
        """Say that these lineages changed. Cheap; the work is done once a frame."""
        self._dirty.update(dict.fromkeys(lineages))
        if self._dirty and not self._frame.isActive():
            self._frame.start()

    def flush(self) -> None:
        """Put everything that changed on the screen now, or as much of it as one turn takes."""
        self._frame.stop()
        if not self._dirty or self._next is not None:
            return
        dirty = set(islice(self._dirty, MOST_MADE))
        for lineage in dirty:
            del self._dirty[lineage]
        gone: list[int] = []
        new: list[OrderRow] = []
        changed: list[int] = []
        for lineage in dirty:
            row = self._source(lineage)
            position = self._order.position(lineage)
            if row is None:
                self._all.pop(lineage, None)
            else:
                self._all[lineage] = row
            listed = row is not None and self._passes(row)
            if position is None:
                if listed and row is not None:
                    new.append(row)
            elif not listed and self._holding:
                self._leaving[lineage] = None
            elif not listed or row is None:
                gone.append(position)
            elif row != self._order.row(position):
                changed.append(position)
                self._sort_due |= self._order.change(position, row)
            else:
                self._order.change(position, row)
        self._announce(changed)
        self._remove(gone)
        self._insert(new)
        if self._dirty:
            self._frame.start()
        if self._sort_due:
            if new and not self._frozen:
                self._resort_now()
            elif not self._resort.isActive():
                self._resort.start()
        self.flushed.emit(dirty)

    def _announce(self, changed: list[int]) -> None:
        on_screen = self._visible() if self._visible is not None else range(len(self._order))
        last = len(COLUMNS) - 1
        for position in changed:
            if position in on_screen:
                self.dataChanged.emit(self.index(position, 0), self.index(position, last), [_DISPLAY])

    def _remove(self, gone: list[int]) -> None:
        for first, last in reversed(list(runs(sorted(gone)))):
            self._take_out(first, last)

    def _take_out(self, first: int, last: int) -> None:
        self.beginRemoveRows(_ROOT, first, last)
        self._order.remove(first, last)
        self.endRemoveRows()

    def _insert(self, new: list[OrderRow]) -> None:
        if not new:
            return
        new.sort(key=lambda row: row.lineage)
        first = len(self._order)
        self.beginInsertRows(_ROOT, first, first + len(new) - 1)
        self._order.put_last(new)
        self.endInsertRows()
        self._sort_due = True

    # -- order and filter ----------------------------------------------------------------------------------------------

    def set_filter(self, passes: Callable[[OrderRow], bool] | None) -> None:
        """Show only rows that pass; None shows all."""
        self._filter = passes
        self._arrange()

    @property
    def filtered(self) -> bool:
        """True while rows may be hidden by a filter."""
        return self._filter is not None

    def _passes(self, row: OrderRow) -> bool:
        return self._filter is None or self._filter(row)

    def freeze(self, frozen: bool) -> None:
        """Hold the order of the rows still, so that none moves under the pointer or the typing hands."""
        self._frozen = frozen
        if not frozen:
            self.waiting.emit(0)
            if self._sort_due:
                self._resort_now()

    def hold(self, holding: bool) -> None:
        """Let no row go while the pointer is on the list: those below would move up under it."""
        self._holding = holding
        if not holding and self._leaving:
            self.touch(self._leaving)
            self._leaving.clear()

    @property
    def frozen(self) -> bool:
        """True while the order of the rows is held still."""
        return self._frozen

    @property
    def known(self) -> int:
        """The number of rows there are, hidden ones too."""
        return len(self._all)

    @property
    def arranging(self) -> bool:
        """True while a list by another filter or column is being made, and another one is still shown."""
        return self._next is not None

    def first(self, fits: Callable[[OrderRow], bool]) -> str:
        """Return the lineage of the first row shown that fits; "" where none does."""
        return next((row.lineage for _, row in self._order.entries if fits(row)), "")

    @property
    def unfinished(self) -> int:
        """The number of rows that are still to be made or arranged."""
        return len(self._dirty) + (0 if self._next is None else max(1, len(self._all) - self._next.taken))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column because the trader asked: at once, frozen or not; a long list in parts."""
        self._arrange(RowOrder(Column(column), descending=order == Qt.SortOrder.DescendingOrder))

    def _resort_now(self) -> None:
        """Sort again because values changed."""
        if not self._sort_due or self._next is not None:
            return
        if self._frozen:
            self.waiting.emit(self._order.displaced() if len(self._order) <= _COUNTED else self._order.misplaced)
            return
        self._resort.stop()
        if self._order.misplaced <= MOST_MADE and self._order.is_settled():
            self._order.settle(MOST_MADE)
        else:
            self._move(lambda: self._order.settle(MOST_ARRANGED))
        self._sort_due = self._order.misplaced > 0
        if self._sort_due:
            self._resort.start()

    def _move(self, change: Callable[[], object]) -> None:
        """Change the order of the rows; what Qt holds on to stays with its row."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        lineages = [self._order.row(index.row()).lineage for index in before]
        change()
        after = []
        for lineage, index in zip(lineages, before, strict=True):
            position = self._order.position(lineage)
            after.append(QModelIndex() if position is None else self.index(position, index.column()))
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _arrange(self, order: RowOrder | None = None) -> None:
        """Make the list anew from all rows, by another column or filter; what is shown stays until that is done."""
        known = self._order if self._next is None else self._next
        self._next = RowOrder(known.column, descending=known.descending) if order is None else order
        self._to_arrange = iter(list(self._all.values()))
        self._arrange_part()

    def _arrange_part(self) -> None:
        if self._next is None:
            return
        part = list(islice(self._to_arrange, MOST_ARRANGED))
        if part:
            self._next.take(row for row in part if self._passes(row))
        if len(part) < MOST_ARRANGED and (len(self._all) <= MOST_ARRANGED or not self._next.merge()):
            self._take_over(self._next)
        else:
            gc.freeze()
            self._turn.start()

    def _take_over(self, order: RowOrder) -> None:
        """Show the list that was made: first what goes is taken out, then what comes is put in."""
        self._turn.stop()
        self._next, self._sort_due = None, False
        self._resort.stop()
        order.finish()
        kept = self._order.entries
        gone: list[OrderRow] = []
        if self._order.lacks(order):
            gone = [row for _, row in kept if row.lineage not in order]
            kept = [entry for entry in kept if entry[1].lineage in order]
        new = [row for _, row in order.entries if row.lineage not in self._order] if order.lacks(self._order) else []
        if gone:
            self._move(lambda: self._order.stack(kept, gone))
            self.beginRemoveRows(_ROOT, len(kept), len(self._order) - 1)
            self._order.stack(kept, ())
            self.endRemoveRows()
        if new:
            self.beginInsertRows(_ROOT, len(kept), len(kept) + len(new) - 1)
            self._order.stack(kept, new)
            self.endInsertRows()
        if any(now is not then for (_, now), (_, then) in zip(self._order.entries, order.entries, strict=True)):
            self._move(lambda: self._become(order))
        else:
            self._become(order)
        self.flushed.emit({row.lineage for row in new[:MOST_MADE]})
        if self._dirty:
            self._frame.start()

    def _become(self, order: RowOrder) -> None:
        self._order = order

    # -- reading -------------------------------------------------------------------------------------------------------

    def set_visible(self, visible: Callable[[], range]) -> None:
        """Say how to find out which rows can be seen; all are taken to be until then."""
        self._visible = visible

    def row_at(self, position: int) -> OrderRow:
        """The row at a position."""
        return self._order.row(position)

    def position_of(self, lineage: str) -> int | None:
        """Position at which a lineage is listed now; None if it is not."""
        return self._order.position(lineage)

    def _has_ended(self, lineage: str) -> bool:
        position = self.position_of(lineage)
        return position is not None and self.row_at(position).ended

    def index_of(self, lineage: str, column: int = 0) -> QModelIndex:
        """The index of a lineage's cell; invalid if it is not listed."""
        position = self._order.position(lineage)
        return QModelIndex() if position is None else self.index(position, column)

    def lineages(self) -> tuple[str, ...]:
        """The lineages listed, in the order shown."""
        return tuple(row.lineage for _, row in self._order.entries)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Number of rows listed."""
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """Number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: _Index, role: int = _DISPLAY) -> Any:
        """A cell for everybody but the delegate, which reads the row itself."""
        if not index.isValid() or index.row() >= len(self._order):
            return None
        row, column = self._order.row(index.row()), index.column()
        if role in (_DISPLAY, _TOOL_TIP):
            return row.text(column)
        if role == _ALIGN:
            return _RIGHT if COLUMNS[column].right else _LEFT
        if role == _SPOKEN:
            marked = ", marked" * (row.lineage in self.marks)
            return f"{row.spoken}{marked}" if column == 0 else f"{COLUMNS[column].title}: {row.text(column)}"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        """The headings."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        spec = COLUMNS[section]
        if role == _DISPLAY:
            return spec.title
        if role == _ALIGN:
            return _RIGHT if spec.right else _LEFT
        if role == _TOOL_TIP:
            return spec.meaning or None
        return None

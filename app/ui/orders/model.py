"""The order list's model: it owns order, filter and identity of the rows.

Changes are collected and put on the screen once a frame, and only rows that can be seen are announced: 20,000 updates
a second then cost a tenth of one core. Sorting and filtering happen here, on Python values. A proxy model would take a
whole core for the same work and lose the selection (measured).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import groupby
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

from app.ui.orders.row import COLUMNS, Column, OrderRow, SortKey

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_FRAME_MS = 16
_RESORT_MS = 500

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
        self._rows: list[OrderRow] = []
        self._position: dict[str, int] = {}
        self._dirty: set[str] = set()
        self._filter: Callable[[OrderRow], bool] | None = None
        self._visible: Callable[[], range] | None = None
        self._sort_column, self._descending = Column.VENUE, False
        self._frozen = False
        self._sort_due = False
        self._frame = self._timer(_FRAME_MS, self.flush)
        self._resort = self._timer(_RESORT_MS, self._resort_now)

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
        self._dirty.update(lineages)
        if self._dirty and not self._frame.isActive():
            self._frame.start()

    def flush(self) -> None:
        """Put everything that changed on the screen now."""
        self._frame.stop()
        if not self._dirty:
            return
        dirty, self._dirty = self._dirty, set()
        gone: list[int] = []
        new: list[OrderRow] = []
        changed: list[int] = []
        for lineage in dirty:
            row = self._source(lineage)
            position = self._position.get(lineage)
            if row is None:
                self._all.pop(lineage, None)
            else:
                self._all[lineage] = row
            listed = row is not None and self._passes(row)
            if position is None:
                if listed and row is not None:
                    new.append(row)
            elif not listed or row is None:
                gone.append(position)
            else:
                before, self._rows[position] = self._rows[position], row
                if before != row:
                    changed.append(position)
                    self._sort_due |= before.keys[self._sort_column] != row.keys[self._sort_column]
        self._announce(changed)
        self._remove(gone)
        self._insert(new)
        if self._sort_due:
            if new and not self._frozen:
                self._resort_now()
            elif not self._resort.isActive():
                self._resort.start()
        self.flushed.emit(dirty)

    def _announce(self, changed: list[int]) -> None:
        on_screen = self._visible() if self._visible is not None else range(len(self._rows))
        last = len(COLUMNS) - 1
        for position in changed:
            if position in on_screen:
                self.dataChanged.emit(self.index(position, 0), self.index(position, last), [_DISPLAY])

    def _remove(self, gone: list[int]) -> None:
        gone.sort(reverse=True)
        for _, run in groupby(enumerate(gone), key=lambda pair: pair[0] + pair[1]):
            positions = [position for _, position in run]
            first, last = positions[-1], positions[0]
            self.beginRemoveRows(_ROOT, first, last)
            del self._rows[first : last + 1]
            self._renumber()
            self.endRemoveRows()

    def _insert(self, new: list[OrderRow]) -> None:
        if not new:
            return
        new.sort(key=lambda row: row.lineage)
        first = len(self._rows)
        self.beginInsertRows(_ROOT, first, first + len(new) - 1)
        self._rows.extend(new)
        self._renumber()
        self.endInsertRows()
        self._sort_due = True

    def _renumber(self) -> None:
        self._position = {row.lineage: position for position, row in enumerate(self._rows)}

    # -- order and filter ----------------------------------------------------------------------------------------------

    def set_filter(self, passes: Callable[[OrderRow], bool] | None) -> None:
        """Show only rows that pass; None shows all."""
        self._filter = passes
        self._dirty.update(self._all)
        self.flush()

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

    @property
    def frozen(self) -> bool:
        """True while the order of the rows is held still."""
        return self._frozen

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column because the trader asked: at once, frozen or not."""
        self._sort_column, self._descending = Column(column), order == Qt.SortOrder.DescendingOrder
        self._put_in_order(self._in_order())

    def _resort_now(self) -> None:
        """Sort again because values changed."""
        if not self._sort_due:
            return
        wanted = self._in_order()
        if self._frozen:
            self.waiting.emit(sum(1 for now, then in zip(self._rows, wanted, strict=True) if now is not then))
            return
        self._put_in_order(wanted)

    def _in_order(self) -> list[OrderRow]:
        column = self._sort_column
        with_key: list[tuple[Decimal | int | str, str, OrderRow]] = []
        without: list[OrderRow] = []
        for row in self._rows:
            key: SortKey = row.keys[column]
            if key is None:
                without.append(row)
            else:
                with_key.append((key, row.lineage, row))
        with_key.sort(key=lambda item: item[1])
        with_key.sort(key=lambda item: item[0], reverse=self._descending)
        without.sort(key=lambda row: row.lineage)
        return [row for _, _, row in with_key] + without

    def _put_in_order(self, wanted: list[OrderRow]) -> None:
        self._sort_due = False
        self._resort.stop()
        if all(now is then for now, then in zip(self._rows, wanted, strict=True)):
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        lineages = [self._rows[index.row()].lineage for index in before]
        self._rows = wanted
        self._renumber()
        after = [
            self.index(self._position[lineage], index.column()) for lineage, index in zip(lineages, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    # -- reading -------------------------------------------------------------------------------------------------------

    def set_visible(self, visible: Callable[[], range]) -> None:
        """Say how to find out which rows can be seen; all are taken to be until then."""
        self._visible = visible

    def row_at(self, position: int) -> OrderRow:
        """The row at a position."""
        return self._rows[position]

    def position_of(self, lineage: str) -> int | None:
        """Position at which a lineage is listed now; None if it is not."""
        return self._position.get(lineage)

    def index_of(self, lineage: str, column: int = 0) -> QModelIndex:
        """The index of a lineage's cell; invalid if it is not listed."""
        position = self._position.get(lineage)
        return QModelIndex() if position is None else self.index(position, column)

    def lineages(self) -> tuple[str, ...]:
        """The lineages listed, in the order shown."""
        return tuple(row.lineage for row in self._rows)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Number of rows listed."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """Number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: _Index, role: int = _DISPLAY) -> Any:
        """A cell for everybody but the delegate, which reads the row itself."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row, column = self._rows[index.row()], index.column()
        if role in (_DISPLAY, _TOOL_TIP):
            return row.text(column)
        if role == _ALIGN:
            return _RIGHT if COLUMNS[column].right else _LEFT
        if role == _SPOKEN:
            return row.spoken if column == 0 else f"{COLUMNS[column].title}: {row.text(column)}"
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

"""The order list's model: it owns order, filter and identity of the rows.

Changes are collected and put on the screen once a frame. Of a row that cannot be seen only what it is sorted and
filtered by is known; its texts are made when it comes into sight, and made again when it changed meanwhile. Sorting and
filtering happen here, on Python values: a proxy model would take a whole core for the same work and lose the selection
(measured). A list of 100,000 rows is filled, filtered and sorted in parts, each in a turn of the event loop of its own.
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
from app.ui.orders.row import COLUMNS, Column, OrderRow, gone_row
from app.ui.orders.row_order import Keyed, Place, RowOrder, runs
from app.ui.orders.source import RowSource

#: Gives those of many places that a filter passes.
Sift = Callable[[list[Place]], list[Place]]

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_FRAME_MS = 16
_RESORT_MS = 500

#: Time between two parts of the rows that find their places again, in milliseconds.
_NEXT_SORT_MS = 50

#: Rows that are looked at again, and that are filtered or sorted, in one turn of the event loop.
MOST_MADE, MOST_ARRANGED = 1_000, 4_000

#: Rows that find their places in one turn, and so few of new ones that each is put there by itself.
_MOST_SETTLED, _FEW_NEW = 2_000, 8

#: Rows whose texts are kept: more than the highest screen shows.
MOST_KEPT = 500

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

    def __init__(self, source: RowSource, parent: QObject | None = None) -> None:
        """Make an empty list.

        Args:
            source: tells of each lineage as it is now.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._source = source
        self._order = RowOrder()
        self._all = self._order  # hidden rows too: another one exactly while a filter is set
        self._made: dict[str, OrderRow] = {}
        self._dirty: dict[str, None] = {}
        self._filter: Callable[[str], bool] | None = None
        self._sift: Sift | None = None
        self._visible: Callable[[], range] | None = None
        self._frozen = self._holding = False
        self._leaving: dict[str, None] = {}
        self._sort_due = False
        self._job: Iterator[int] | None = None
        self._to_arrange = 0
        self._wanted = (self._order.column, False)
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

    def touch_seen(self) -> None:
        """Say that time has passed: what is seen is looked at again, and the texts of all other rows are forgotten."""
        seen = self._seen()
        self._made = {lineage: row for lineage, row in self._made.items() if lineage in seen}
        self.touch(seen)

    def flush(self) -> None:
        """Put everything that changed on the screen now, or as much of it as one turn takes."""
        self._frame.stop()
        if not self._dirty or self._job is not None:
            return
        dirty = list(islice(self._dirty, MOST_MADE))
        for lineage in dirty:
            del self._dirty[lineage]
        seen, changed, gone, new = self._seen(), list[int](), list[int](), list[Keyed]()
        for lineage in dirty:
            is_here = lineage in self._order
            if not self._take_in(lineage):
                if not is_here:
                    continue
                if self._holding:
                    self._leaving[lineage] = None
                else:
                    gone.append(self._order.position(lineage) or 0)
                continue
            value = self._source.key(lineage, self._order.column)
            if not is_here:
                new.append((lineage, value))
                continue
            self._sort_due |= self._order.change(lineage, value)
            before = self._made.pop(lineage, None)
            if lineage in seen and before != self._row(lineage):
                changed.append(seen[lineage])
        self._announce(changed)
        self._remove(gone)
        self._insert(new)
        if self._dirty:
            self._frame.start()
        if self._sort_due:
            if len(new) > _FEW_NEW and not self._frozen:
                self._resort_now()
            elif not self._resort.isActive():
                self._resort.start(_RESORT_MS)
        self.flushed.emit(set(dirty))

    def _take_in(self, lineage: str) -> bool:
        """Keep the list of all rows up to date, where it is another one; False where a lineage is not to be shown."""
        listed = self._source.listed(lineage)
        if self._all is self._order:
            return listed
        if listed:
            value = self._source.key(lineage, self._all.column)
            if lineage in self._all:
                self._all.change(lineage, value)
            else:
                self._all.put_last([(lineage, value)])
        elif (position := self._all.position(lineage)) is not None and not (self._holding and lineage in self._order):
            self._all.remove(position, position)
        return listed and self._filter is not None and self._filter(lineage)

    def _announce(self, changed: list[int]) -> None:
        last = len(COLUMNS) - 1
        for position in changed:
            self.dataChanged.emit(self.index(position, 0), self.index(position, last), [_DISPLAY])

    def _remove(self, gone: list[int]) -> None:
        for first, last in reversed(list(runs(sorted(gone)))):
            self._take_out(first, last)

    def _take_out(self, first: int, last: int) -> None:
        for _, _, lineage in self._order.entries[first : last + 1]:
            self._made.pop(lineage, None)
        self.beginRemoveRows(_ROOT, first, last)
        self._order.remove(first, last)
        self.endRemoveRows()

    def _insert(self, new: list[Keyed]) -> None:
        """Put new rows in: a few where they belong, more of them at the end, from where they are sorted in together."""
        if not new:
            return
        if len(new) <= _FEW_NEW and not self._frozen:
            for lineage, value in new:
                position = self._order.belongs(lineage, value)
                self.beginInsertRows(_ROOT, position, position)
                self._order.put(position, lineage, value)
                self.endInsertRows()
            return
        new.sort(key=lambda each: each[0])
        first = len(self._order)
        self.beginInsertRows(_ROOT, first, first + len(new) - 1)
        self._order.put_last(new)
        self.endInsertRows()
        self._sort_due = True

    # -- order and filter ----------------------------------------------------------------------------------------------

    def set_filter(
        self, passes: Callable[[str], bool] | None, *, narrower: bool = False, sift: Sift | None = None
    ) -> None:
        """Show only rows that pass; None shows all.

        Args:
            passes: tells of a lineage that is listed whether it is shown.
            narrower: whether it passes nothing that the filter before it did not; only what is shown is looked at then.
            sift: gives those of many places whose lineages pass, where that takes less than to ask for each.
        """
        before, self._filter, self._sift = self._filter, passes, sift
        if passes is not None and sift is None:
            self._sift = lambda places: [place for place in places if passes(place[2])]
        self._arrange(narrower=narrower and before is not None and passes is not None and self._job is None)

    @property
    def filtered(self) -> bool:
        """True while rows may be hidden by a filter."""
        return self._filter is not None

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
        return self._job is not None

    def first(self, fits: Callable[[str], bool]) -> str:
        """Return the first lineage shown that fits; "" where none does."""
        return next((lineage for _, _, lineage in self._order.entries if fits(lineage)), "")

    @property
    def unfinished(self) -> int:
        """The number of rows that are still to be looked at or arranged."""
        return len(self._dirty) + (0 if self._job is None else max(1, self._to_arrange))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column because the trader asked: at once, frozen or not; a long list in parts."""
        self._wanted = (Column(column), order == Qt.SortOrder.DescendingOrder)
        self._arrange()

    def _resort_now(self) -> None:
        """Sort again because values changed."""
        if not self._sort_due or self._job is not None:
            return
        if self._frozen:
            self.waiting.emit(self._order.displaced() if len(self._order) <= _COUNTED else self._order.misplaced)
            return
        self._resort.stop()
        if self._order.misplaced <= MOST_MADE and self._order.is_settled():
            self._order.settle(MOST_MADE)
        else:
            self._move(lambda: self._order.settle(_MOST_SETTLED))
        self._sort_due = self._order.misplaced > 0
        if self._sort_due:
            self._resort.start(_NEXT_SORT_MS)

    def _move(self, change: Callable[[], object]) -> None:
        """Change the order of the rows; what Qt holds on to stays with its row."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        lineages = [self._order.lineage(index.row()) for index in before]
        change()
        after = []
        for lineage, index in zip(lineages, before, strict=True):
            position = self._order.position(lineage)
            after.append(QModelIndex() if position is None else self.index(position, index.column()))
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _arrange(self, *, narrower: bool = False) -> None:
        """Make the list anew, by another column or filter; what is shown stays until that is done."""
        self._job = self._arranged(narrower)
        self._arrange_part()

    def _arrange_part(self) -> None:
        if self._job is None:
            return
        left = next(self._job, None)
        if left is not None:
            self._to_arrange = left
            gc.freeze()
            self._turn.start()

    def _arranged(self, narrower: bool) -> Iterator[int]:
        """Do the work of `_arrange` part by part, and show the list; yields how many rows are left.

        Nothing else changes a list meanwhile: what was touched waits.
        """
        whole = self._all
        if self._wanted != (whole.column, whole.descending):
            whole, rest = RowOrder(self._wanted[0], descending=self._wanted[1]), self._all.entries
            for begun in range(0, len(rest), MOST_ARRANGED):
                if begun:
                    yield len(rest) - begun
                part = rest[begun : begun + MOST_ARRANGED]
                whole.take((lineage, self._source.key(lineage, whole.column)) for _, _, lineage in part)
            for _ in whole.finish(MOST_ARRANGED):
                yield 0
        elif whole is self._order:
            whole = whole.settled()  # what is shown stays as it is until the new list is there
        else:
            whole.settle(len(whole))
        order = whole
        if self._sift is not None:
            if narrower:
                order = self._order.settled() if self._order.misplaced else self._order
            entries, kept = order.entries, list[Place]()
            for begun in range(0, len(entries), MOST_ARRANGED):
                if begun:
                    yield len(entries) - begun
                kept += self._sift(entries[begun : begun + MOST_ARRANGED])
            if not (narrower and len(kept) == len(entries)):
                order = order.of(kept)
        is_long = len(order) + len(self._order) > MOST_ARRANGED
        if is_long:
            yield 0
        kept, gone, new = self._order.entries, list[str](), list[str]()
        if kept != order.entries:
            if self._order.lacks(order):
                known = order.known
                gone = [place[2] for place in kept if place[2] not in known]
                kept = [place for place in kept if place[2] in known]
            if is_long:
                yield 0
            if order.lacks(self._order):
                known = self._order.known
                new = [place[2] for place in order.entries if place[2] not in known]
            if is_long:
                yield 0
        self._job = None
        self._take_over(order, whole, kept, gone, new)

    def _take_over(self, order: RowOrder, whole: RowOrder, kept: list[Place], gone: list[str], new: list[str]) -> None:
        """Show the list that was made: first what goes is taken out, then what comes is put in."""
        self._turn.stop()
        self._all, self._sort_due = whole, False
        self._resort.stop()
        if gone:
            self._move(lambda: self._order.stack(kept, gone))
            self.beginRemoveRows(_ROOT, len(kept), len(self._order) - 1)
            self._order.stack(kept, ())
            self.endRemoveRows()
        if new:
            self.beginInsertRows(_ROOT, len(kept), len(kept) + len(new) - 1)
            self._order.stack(kept, new)
            self.endInsertRows()
        if self._order.entries != order.entries:
            self._move(lambda: self._become(order))
        else:
            self._become(order)
        self.flushed.emit(set(new[:MOST_MADE]))
        if self._dirty:
            self._frame.start()

    def _become(self, order: RowOrder) -> None:
        self._order = order

    # -- reading -------------------------------------------------------------------------------------------------------

    def set_visible(self, visible: Callable[[], range]) -> None:
        """Say how to find out which rows can be seen; all are taken to be until then."""
        self._visible = visible

    def _seen(self) -> dict[str, int]:
        """Return the rows that can be seen, with their positions."""
        count = len(self._order)
        positions = range(count) if self._visible is None else self._visible()
        return {self._order.lineage(position): position for position in positions if position < count}

    def row_at(self, position: int) -> OrderRow:
        """The row at a position, with its texts: made now, where it was not seen since it changed."""
        return self._row(self._order.lineage(position))

    def _row(self, lineage: str) -> OrderRow:
        row = self._made.get(lineage)
        if row is None:
            row = self._source.row(lineage)
            if row is None:
                self.touch((lineage,))
                return gone_row(lineage)
            if len(self._made) >= MOST_KEPT:
                del self._made[next(iter(self._made))]
            self._made[lineage] = row
        return row

    def lineage_at(self, position: int) -> str:
        """The lineage at a position."""
        return self._order.lineage(position)

    def position_of(self, lineage: str) -> int | None:
        """Position at which a lineage is listed now; None if it is not."""
        return self._order.position(lineage)

    def _has_ended(self, lineage: str) -> bool:
        return lineage in self._order and self._source.ended(lineage)

    def index_of(self, lineage: str, column: int = 0) -> QModelIndex:
        """The index of a lineage's cell; invalid if it is not listed."""
        position = self._order.position(lineage)
        return QModelIndex() if position is None else self.index(position, column)

    def lineages(self) -> tuple[str, ...]:
        """The lineages listed, in the order shown."""
        return tuple([lineage for _, _, lineage in self._order.entries])

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
        row, column = self.row_at(index.row()), index.column()
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

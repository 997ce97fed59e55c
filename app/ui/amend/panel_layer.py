"""The layer that holds amend panels below their rows.

A widget put *inside* a table is not in the accessibility tree, so a screen reader could never reach it. This layer is
the table's sibling, lies exactly over its viewport, and is masked to the panels, so that every click elsewhere reaches
the table. The row below which a panel hangs is made tall enough for it, and the panel follows its row wherever
scrolling, sorting or new rows take it. (Measured: opening 10 ms, a scroll frame with one panel open 6.6 ms.)
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPersistentModelIndex, QPoint, QRect, Signal
from PySide6.QtGui import QEnterEvent, QHideEvent, QRegion
from PySide6.QtWidgets import QApplication, QWidget

from app.ui.amend.panel_frame import PanelFrame
from app.ui.orders.delegate import ROW_HEIGHT
from app.ui.orders.view import OrderView

_MARGIN = 8


def _head_of(panel: QWidget) -> int:
    """Height of what stays at the upper edge of a panel and lies over the rest of it."""
    return panel.head_height if isinstance(panel, PanelFrame) else 0


@dataclass(slots=True)
class _Place:
    """Place a panel hangs at, its part that matters most, and whether it is kept in view: until it is scrolled away."""

    index: QPersistentModelIndex
    panel: QWidget
    vital: QWidget
    height: int = 0
    width: int = 0
    kept: bool = True


class PanelLayer(QWidget):
    """Panels by lineage.

    Attributes:
        above: what lies over the panels too; None for nothing.

    Signals:
        orphaned: the row of an open panel left the list; carries the lineage. The panel is hidden, not destroyed.
    """

    orphaned = Signal(object)

    def __init__(self, view: OrderView) -> None:
        """Lay the layer over `view`, which must have a parent already."""
        house = view.parentWidget()
        if house is None:
            raise ValueError("The table needs a parent before a layer can lie beside it.")
        super().__init__(house)
        self._house = house
        self._view = view
        self._places: dict[str, _Place] = {}
        self._placing = self._revealing = False
        self.above: QWidget | None = None
        self.setAccessibleName("Amend panels")
        self.hide()
        view.viewport().installEventFilter(self)
        view.installEventFilter(self)
        view.resized.connect(self.place)
        view.verticalScrollBar().valueChanged.connect(self._scrolled)
        view.horizontalScrollBar().valueChanged.connect(self.place)
        view.verticalScrollBar().rangeChanged.connect(self.place)
        model = view.order_model
        for signal in (model.layoutChanged, model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self.place)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)

    # -- opening and closing -------------------------------------------------------------------------------------------

    def open(self, lineage: str, panel: QWidget, vital: QWidget | None = None) -> bool:
        """Hang a panel below its row and scroll it into view.

        Args:
            lineage: the row.
            panel: what hangs below it.
            vital: the part of the panel to keep in view where the whole of it does not fit; the panel itself if None.

        Returns:
            False if the lineage is not listed.
        """
        index = self._view.order_model.index_of(lineage)
        if not index.isValid():
            return False
        self.close_panel(lineage)
        panel.setParent(self)
        self._places[lineage] = _Place(QPersistentModelIndex(index), panel, vital or panel)
        panel.installEventFilter(self)
        self.place()
        panel.show()
        self.reveal(lineage)
        self.place()
        return True

    def close_panel(self, lineage: str) -> QWidget | None:
        """Take a panel away and give its row its own height back. The panel lives on, hidden."""
        place = self._places.pop(lineage, None)
        if place is None:
            return None
        place.panel.removeEventFilter(self)
        focus = QApplication.focusWidget()
        had_focus = focus is not None and place.panel.isAncestorOf(focus)
        place.panel.hide()
        if place.index.isValid():
            self._view.setRowHeight(place.index.row(), ROW_HEIGHT)
        self.place()
        if had_focus:
            self._view.setFocus()
        return place.panel

    def reveal(self, lineage: str) -> None:
        """Scroll a panel into view again, after the person did something that made it grow."""
        place = self._places.get(lineage)
        if place is not None:
            self.place()
            self._revealing = True
            try:
                self._show_row(place)
            finally:
                self._revealing = False
            place.kept = True

    def panel(self, lineage: str) -> QWidget | None:
        """The open panel of a lineage."""
        place = self._places.get(lineage)
        return place.panel if place else None

    def open_lineages(self) -> tuple[str, ...]:
        """The lineages whose panels are open."""
        return tuple(self._places)

    # -- placing -------------------------------------------------------------------------------------------------------

    def place(self, *_: object) -> None:
        """Put every panel below its row, and the layer exactly over the table's viewport."""
        if self._placing:
            return
        self._placing = True
        try:
            self._place_all()
        finally:
            self._placing = False

    def _place_all(self) -> None:
        viewport = self._view.viewport()
        corner = viewport.mapTo(self._house, QPoint(0, 0))
        self.setGeometry(QRect(corner, viewport.size()))
        lost = [lineage for lineage, place in self._places.items() if not place.index.isValid()]
        for lineage in lost:
            place = self._places.pop(lineage)
            place.panel.removeEventFilter(self)
            place.panel.hide()
        region = QRegion()
        for place in self._places.values():
            region += self._place_one(place, viewport.width())
        if region.isEmpty():
            self.hide()
        else:
            self.setMask(region)
            self.show()
            self.raise_()
            if self.above is not None:
                self.above.raise_()
        for lineage in lost:
            self.orphaned.emit(lineage)

    def _place_one(self, place: _Place, width: int) -> QRect:
        panel = place.panel
        height = panel.heightForWidth(width) if panel.hasHeightForWidth() else panel.sizeHint().height()
        height = max(height, panel.minimumSizeHint().height())
        if place.width == width:
            # Notes come and go while a person works; the rows below must not jump with each of them.
            height = max(height, place.height)
        place.width = width
        if height != place.height or self._view.rowHeight(place.index.row()) != ROW_HEIGHT + height:
            place.height = height
            self._view.setRowHeight(place.index.row(), ROW_HEIGHT + height)
        top = self._view.rowViewportPosition(place.index.row()) + ROW_HEIGHT
        box = QRect(0, top, width, height)
        panel.setGeometry(box)
        if isinstance(panel, PanelFrame):
            panel.pin_head(-top)
        return box.intersected(self.rect())

    def _show_row(self, place: _Place) -> None:
        """Scroll so that the row and its panel can be seen; where not all of it fits, its vital part.

        A field in use comes before the vital part, and that before the row.
        """
        # The table takes its new height into the scroll bar's range a moment later; without that it stops too early.
        self._view.updateGeometries()
        top = self._view.rowViewportPosition(place.index.row())
        bottom = top + ROW_HEIGHT + place.height
        bar, room = self._view.verticalScrollBar(), self._room()
        if bottom - top > room:
            layout = place.panel.layout()
            if layout is not None:
                layout.activate()
            last = top + ROW_HEIGHT + self._bottom_in(place.panel, place.vital) + _MARGIN
            move = max(top, last - room)
            focus = QApplication.focusWidget()
            if focus is not None and place.panel.isAncestorOf(focus):
                above = _head_of(place.panel) + _MARGIN
                move = min(move, top + ROW_HEIGHT + focus.mapTo(place.panel, QPoint(0, 0)).y() - above)
            bar.setValue(bar.value() + move)
        elif bottom > room:
            bar.setValue(bar.value() + bottom - room)
        elif top < 0:
            bar.setValue(bar.value() + top)

    def _is_whole(self, place: _Place) -> bool:
        top = self._view.rowViewportPosition(place.index.row())
        return top >= 0 and top + ROW_HEIGHT + place.height <= self._room()

    def _room(self) -> int:
        return max(0, self._view.viewport().height() - self._view.covered)

    def _scrolled(self) -> None:
        self.place()
        if self._revealing:
            return
        for place in self._places.values():
            place.kept = self._is_whole(place)

    def keep_in_view(self) -> None:
        """The list became smaller, or is covered: show a panel again that was in view before."""
        for lineage, place in tuple(self._places.items()):
            if place.kept and not self._is_whole(place):
                self.reveal(lineage)

    @staticmethod
    def _bottom_in(panel: QWidget, part: QWidget) -> int:
        return 0 if part is panel else part.mapTo(panel, QPoint(0, part.height())).y()

    def _follow_focus(self, _: QWidget | None, now: QWidget | None) -> None:
        """Keep the field that has the focus in view when the walk goes below the edge."""
        if now is None or not self.isAncestorOf(now):
            return
        box = QRect(now.mapTo(self, QPoint(0, 0)), now.size())
        bar = self._view.verticalScrollBar()
        head = next((_head_of(each.panel) for each in self._places.values() if each.panel.isAncestorOf(now)), 0)
        if box.bottom() > self._room():
            bar.setValue(bar.value() + box.bottom() - self._room() + _MARGIN)
        elif box.top() < head:
            bar.setValue(bar.value() + box.top() - head - _MARGIN)

    def enterEvent(self, event: QEnterEvent) -> None:
        """The pointer is on a panel."""
        self._view.set_over_panel(True)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """It has gone."""
        self._view.set_over_panel(False)
        super().leaveEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """There is no pointer on what cannot be seen."""
        super().hideEvent(event)
        self._view.set_over_panel(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the table's size and the panels' own wish for room."""
        kind = event.type()
        wanted = (QEvent.Type.LayoutRequest,) if self._is_panel(watched) else (QEvent.Type.Resize, QEvent.Type.Move)
        if kind in wanted:
            before = {lineage: place.height for lineage, place in self._places.items()}
            self.place()
            focus = QApplication.focusWidget()
            for lineage, place in self._places.items():
                grown = 0 < before.get(lineage, 0) < place.height
                if grown and focus is not None and place.panel.isAncestorOf(focus):
                    self.reveal(lineage)
            if watched is self._view.viewport() and kind == QEvent.Type.Resize:
                self.keep_in_view()
        return False

    def _is_panel(self, watched: QObject) -> bool:
        return any(place.panel is watched for place in self._places.values())

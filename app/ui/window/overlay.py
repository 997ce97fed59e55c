"""Place of what is said over the list: at its lower edge, on top of it, so that no row and no button moves for it.

The list can be scrolled on by as much as is covered, so that its last rows can be seen as well.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.amend.panel_layer import PanelLayer
from app.ui.orders.view import OrderView

#: A part that is shown while all of this is hidden hears no more of it than the two of the parent.
_KINDS = frozenset({QEvent.Type.LayoutRequest, QEvent.Type.ShowToParent, QEvent.Type.HideToParent, QEvent.Type.Resize})


class Overlay(QWidget):
    """Holds the parts, one below the other; it is as high as they are."""

    def __init__(self, area: QWidget, view: OrderView, layer: PanelLayer, *parts: QWidget) -> None:
        """Lay the parts over the area that holds the list and the layer of its panels."""
        super().__init__(area)
        self._area, self._view, self._layer, self._parts = area, view, layer, parts
        self._placing = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in parts:
            layout.addWidget(part)
            part.installEventFilter(self)
        area.installEventFilter(self)
        layer.above = self
        self.hide()

    def place(self) -> None:
        """Lie at the lower edge, as high as what is to be shown."""
        layout = self.layout()
        if self._placing or layout is None:
            return
        self._placing = True
        shown = [part for part in self._parts if not part.isHidden()]
        width = self._area.width()
        wanted = layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()
        height = min(wanted, self._area.height()) if shown else 0
        self.setGeometry(0, self._area.height() - height, width, height)
        self.setVisible(bool(shown))
        self.raise_()
        grown, seen = height > self._view.covered, self._view.is_in_sight()
        self._view.set_covered(height)
        if grown and not self._area.underMouse():
            # Nobody points at anything there: what the person is at may come up from below.
            self._layer.keep_in_view()
            if seen and not self._layer.open_lineages():
                self._view.scrollTo(self._view.currentIndex())
        self._placing = False

    def event(self, event: QEvent) -> bool:
        """Take the height of parts that changed theirs: of that only the layout hears in time, and this from it."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.place()
        return done

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow what is said, and the room there is."""
        if event.type() in _KINDS and (watched is not self._area or event.type() == QEvent.Type.Resize):
            self.place()
        return False

"""Panes of the window: which of them the keyboard goes to next, and which of them there is room for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QWidget

from app.ui.amend.panel_host import PanelHost
from app.ui.amend.panel_layer import PanelLayer
from app.ui.detail.bottom_dock import BottomDock
from app.ui.detail.side_panel import SidePanel
from app.ui.orders.view import OrderView
from app.ui.status.away_sheet import AwaySheet

_SIDE_FROM = 1240
_DOCK_FROM = 760
_DOCK_BESIDE_PANEL_FROM = 900


class Panes:
    """The list, its panels, what is said over it, the side column and the dock."""

    def __init__(
        self,
        house: QWidget,
        view: OrderView,
        layer: PanelLayer,
        panels: PanelHost,
        sheet: AwaySheet,
        side: SidePanel,
        dock: BottomDock,
        attention: Callable[[], bool],
    ) -> None:
        """Look after the parts of `house`; `attention` tells whether only what waits for a person is listed."""
        self._house, self._view, self._layer, self._panels = house, view, layer, panels
        self._sheet, self._side, self._dock, self._attention = sheet, side, dock, attention
        self._ladder = False

    def next_pane(self) -> None:
        """Go from the list into the open panel, from there to what is said over the list, and back."""
        focus = QApplication.focusWidget()
        in_panel = focus is not None and self._layer.isAncestorOf(focus)
        if self._panels.open_lineage and self._view.hasFocus():
            self._panels.open(self._panels.open_lineage)
        elif self._sheet.isVisible() and (in_panel or self._view.hasFocus()):
            self._sheet.take_focus()
        else:
            self._view.setFocus()

    def show_ladder(self) -> None:
        """Go to the ladder of the current order, wherever this window has it; from there, back to the list."""
        pane = self._ladder_pane()
        if pane.hasFocus():
            self.leave_ladder()
        elif not self._side.isHidden():
            pane.setFocus()
        else:
            self._ladder = True
            self.fit_dock()
            self._dock.show_ladder()

    def _ladder_pane(self) -> QWidget:
        return (self._dock if self._side.isHidden() else self._side).story.ladder_pane

    def leave_ladder(self) -> None:
        """Go back to the list."""
        self._ladder = False
        self.fit_dock()
        self._view.setFocus()

    @property
    def at_ladder(self) -> bool:
        """True while the keyboard is in the ladder."""
        return self._ladder_pane().hasFocus()

    def resized(self, width: int) -> None:
        """The list needs its width more than the side column does."""
        beside = width >= _SIDE_FROM
        self._side.setVisible(beside)
        self._dock.hold_ladder(here=not beside)
        self.fit_dock()

    def turned(self) -> None:
        """A panel needs the room more than a ladder that was asked for before, and more than the sheet."""
        self._ladder = False
        if self._panels.open_lineage:
            self._sheet.fold(folded=True)
        self.fit_dock()

    def fit_dock(self) -> None:
        """In a low window the list needs its height more than the dock does, and an open panel more than both.

        Then the dock is folded to its tabs, or hidden beside a panel, unless a part of it is asked for.
        """
        wanted, height, panel = self._attention() or self._ladder, self._house.height(), bool(self._panels.open_lineage)
        low = not wanted and height < (_DOCK_BESIDE_PANEL_FROM if panel else _DOCK_FROM)
        hidden = panel and not wanted and height < _DOCK_FROM
        before = (self._dock.isHidden(), self._dock.fold.isChecked())
        self._dock.make_room(low=low)
        self._dock.setVisible(not hidden)
        layout = self._house.layout()
        if before != (self._dock.isHidden(), self._dock.fold.isChecked()) and layout is not None:
            layout.activate()

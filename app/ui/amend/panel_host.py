"""Opens and closes amend panels below their rows. One is open at a time; a panel with a draft keeps it while hidden."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from app.desk.desk import Desk, DeskError
from app.domain.form import FieldName
from app.domain.undo import UndoError
from app.ui.amend.draft_keeper import Value
from app.ui.amend.habits import Habits
from app.ui.amend.panel_layer import PanelLayer
from app.ui.amend.undoing import inverse_now
from app.ui.look.keymap import Keymap
from app.ui.look.theme import Theme
from app.ui.orders.row import Column
from app.ui.orders.rows import DeskRows, DraftShown
from app.ui.orders.view import OrderView

if TYPE_CHECKING:  # imported when the window has been started, or one is opened
    from app.ui.amend.panel import AmendPanel

_REFRESH_MS = 40
_FIELD_OF = {
    Column.PRICE: FieldName.PRICE,
    Column.TOUCH: FieldName.PRICE,
    Column.QUANTITY: FieldName.QUANTITY,
    Column.REMAINING: FieldName.QUANTITY,
}


class PanelHost(QObject):
    """The panels of one list.

    Signals:
        said: a sentence for the banner, on what a person just did.
        noted: one on what happened by itself.
        drafted: a draft changed; carries the lineage.
        sent: an amendment left; carries the lineage.
        turned: a panel is about to open, or has closed; the room for it may be needed or be free again.
        rule_wanted: carries the rule and the widget it belongs to.
    """

    said = Signal(object)
    noted = Signal(object)
    drafted = Signal(object)
    sent = Signal(object)
    turned = Signal()
    rule_wanted = Signal(object, object)

    def __init__(
        self, desk: Desk, rows: DeskRows, view: OrderView, layer: PanelLayer, theme: Theme, keys: Keymap | None = None
    ) -> None:
        super().__init__(view)
        self._desk, self._rows, self._view, self._layer, self._theme = desk, rows, view, layer, theme
        self._keys, self.habits = keys or Keymap(), Habits(self)
        self.habits.changed.connect(self.refresh)
        self._panels: dict[str, AmendPanel] = {}
        self._open = ""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_REFRESH_MS)
        self._soon.timeout.connect(self.refresh)
        layer.orphaned.connect(self._orphaned)
        view.chosen.connect(self._chosen)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)

    # -- opening and closing -------------------------------------------------------------------------------------------

    @property
    def open_lineage(self) -> str:
        """The lineage whose panel is open, "" for none."""
        return self._open

    def panel(self, lineage: str) -> AmendPanel | None:
        """The panel of a lineage, open or holding a draft."""
        return self._panels.get(lineage)

    def open(self, lineage: str, column: int | None = None) -> AmendPanel | None:
        """Open a lineage's panel and put the focus into the field of that column."""
        if lineage != self._open and not self._show(lineage):
            return None
        self._view.choose(lineage)
        panel = self._panels[lineage]
        panel.focus_field(_FIELD_OF.get(Column(column)) if column is not None else None)
        return panel

    def _show(self, lineage: str) -> bool:
        panel = self._panels.get(lineage)
        if panel is None:
            try:
                panel = self._make(lineage)
            except DeskError as error:
                self.said.emit(str(error))
                return False
        if self._open:
            self._close(self._open)
        self._rows.pinned.add(lineage)
        self._open = lineage
        self.turned.emit()
        if not self._layer.open(lineage, panel, panel.box):
            self._open = ""
            self._rows.pinned.discard(lineage)
            self.turned.emit()
            self.said.emit("That order is not in the list now; clear the search to see it.")
            return False
        panel.walk_after(self._view)
        self._view.choose(lineage)
        panel.show_other(self._other(self._view.lineage()))  # it may have been hidden while the list was elsewhere
        self._view.set_editing(True)
        panel.refresh()
        self._layer.reveal(lineage)
        return True

    def _make(self, lineage: str) -> AmendPanel:
        from app.ui.amend.panel import AmendPanel

        panel = AmendPanel(lineage, self._desk, self._theme, self._layer, self.habits, self._keys)
        panel.close_wanted.connect(self.close)
        panel.dropped.connect(self._dropped)
        panel.back_wanted.connect(self.open)
        panel.drafted.connect(self._drafted)
        panel.sent.connect(self._sent)
        panel.rule_wanted.connect(self.rule_wanted)
        self._panels[lineage] = panel
        return panel

    def close(self, lineage: str) -> None:
        """Close a panel and go to its row. A draft in it is kept and shown on the row; without one the panel goes."""
        self._close(lineage)
        self._view.choose(lineage)

    def _close(self, lineage: str) -> None:
        if lineage == self._open:
            self._open = ""
            self._view.set_editing(False)
        self._layer.close_panel(lineage)
        self._rows.pinned.discard(lineage)
        self._drop_if_empty(lineage)
        self._touch(lineage)
        self.turned.emit()

    def _drop_if_empty(self, lineage: str) -> None:
        panel = self._panels.get(lineage)
        if panel is not None and not panel.keeper.dirty:
            del self._panels[lineage]
            self._rows.drafts.pop(lineage, None)
            panel.hide()
            panel.deleteLater()

    def _orphaned(self, lineage: str) -> None:
        if lineage == self._open:
            self._open = ""
            self._view.set_editing(False)
        self._rows.pinned.discard(lineage)
        self._drop_if_empty(lineage)
        self.turned.emit()

    def undo(self, lineage: str) -> None:
        """Open an order's panel with the inverse of its last amendment drafted, or say in one sentence why not."""
        if not lineage:
            self.said.emit("Choose an order first; the undo is of its last amendment.")
            return
        if self._desk.refusal:
            self.said.emit(self._desk.refusal)
            return
        panel = self._panels.get(lineage)
        try:
            if panel is None or not panel.keeper.dirty:
                inverse_now(self._desk, lineage)  # nothing opens for what there is not
            panel = self.open(lineage)
            if panel is not None:
                panel.draft_inverse()
        except (UndoError, DeskError) as error:
            self.said.emit(str(error))

    # -- the open panel and the row that is selected ------------------------------------------------------------------

    def _chosen(self, lineage: str) -> None:
        """Another row was selected: the open panel says so, and holds Send back until the person is back in it."""
        panel = self._panels.get(self._open)
        if panel is not None:
            panel.show_other(self._other(lineage))

    def _other(self, lineage: str) -> str:
        if lineage == self._open:
            return ""
        name = self._rows.name(lineage)
        return name.sentence if name is not None else "no order"

    def _follow_focus(self, _: QWidget | None, now: QWidget | None) -> None:
        """Whoever goes into the open panel is at its order."""
        panel = self._panels.get(self._open)
        if panel is not None and now is not None and panel.isAncestorOf(now) and self._view.lineage() != self._open:
            self._view.choose(self._open)

    # -- what changes --------------------------------------------------------------------------------------------------

    def touched(self, rows: frozenset[str], accounts: frozenset[str]) -> None:
        """The desk learnt something; look again soon if it concerns the open panel, or the end of a drafted order."""
        for key in rows & self._rows.drafts.keys() - {self._open}:
            if key in self._panels and not self._desk.state.lineages[key].order.is_open:
                self._panels[key].refresh()  # its draft goes, and that is said
                self._drop_if_empty(key)
        if not self._open or self._soon.isActive():
            return
        lineage = self._desk.state.lineages.get(self._open)
        if self._open in rows or (lineage is not None and lineage.account in accounts):
            self._soon.start()

    def tick(self) -> None:
        """Show the ages in the open panel as they are now."""
        panel = self._panels.get(self._open)
        if panel is not None:
            panel.tick()

    def refresh(self) -> None:
        """Bring the open panel up to date."""
        self._soon.stop()
        panel = self._panels.get(self._open)
        if panel is not None:
            panel.refresh()
            panel.show_other(self._other(self._view.lineage()))

    def _drafted(self, lineage: str, shown: DraftShown | None) -> None:
        before = self._rows.drafts.get(lineage)
        if shown is None:
            self._rows.drafts.pop(lineage, None)
        else:
            self._rows.drafts[lineage] = shown
        if before != shown:
            self._touch(lineage)
            self.drafted.emit(lineage)

    def _dropped(self, lineage: str, words: str) -> None:
        """Say in the banner that the draft of a panel that is not open is gone; an open one says it itself."""
        name = self._rows.name(lineage)
        if lineage != self._open and name is not None:
            self.noted.emit(f"{name.what}: {words}")

    def _sent(self, lineage: str, _: str) -> None:
        self._touch(lineage)
        self._layer.reveal(lineage)
        self.sent.emit(lineage)

    def _touch(self, lineage: str) -> None:
        self._view.order_model.touch((lineage,))

    def bring_back(
        self,
        lineage: str,
        typed: Mapping[FieldName, Decimal | str],
        stood_on: Mapping[FieldName, Value],
        route: str | None,
    ) -> bool:
        """Put a draft of an earlier session on its row, behind a panel that is not open; False where one is typed."""
        if lineage in self._panels:
            return False
        try:
            panel = self._make(lineage)
        except DeskError:
            return False
        panel.hide()
        panel.keeper.put_back(typed, stood_on, route)
        panel.fields.restore(dict(panel.keeper.draft.values))
        panel.refresh()
        self._drop_if_empty(lineage)
        return lineage in self._panels

    def draft(self, lineage: str) -> DraftShown | None:
        """Draft that is typed for a lineage and not sent."""
        return self._rows.drafts.get(lineage)

    def drafts(self) -> tuple[str, ...]:
        """The lineages with something typed and not sent."""
        return tuple(self._rows.drafts)

"""Commands of the window: what the palette offers beside orders, and what becomes of an entry that is taken.

An action on an order is about the one that was selected when the palette opened. If the list is at another one by then,
nothing is done, and that is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal

from app.desk.desk import Desk
from app.ui.amend.panel_host import PanelHost
from app.ui.look.keymap import Keymap
from app.ui.orders.rows import DeskRows
from app.ui.orders.view import OrderView
from app.ui.window.order_search import OrderSearch
from app.ui.window.palette import CommandPalette, Entry, fitting

Act = Callable[[], object]

#: Words, and the key as it is shown, of actions that have none in the table of keys.
WITHOUT_KEY: Mapping[str, tuple[str, str]] = {
    "amend": ("amend this order", "F2"),
    "cancel": ("cancel this order; it is asked first", "Del"),
    "copy_id": ("copy the order id", ""),
    "mark_all": ("mark all orders shown", "Ctrl+A"),
    "cancel_shown": ("cancel all orders shown; each is named first", ""),
    "read_only": ("read-only on or off", ""),
    "consents": ("take back every consent given for this session", ""),
    "keys_file": ("your own keys: make their file and say where it is", ""),
    "show_all": ("show all orders again", "Esc"),
}

#: Actions that are about the selected order.
ABOUT_ORDER = frozenset({"amend", "cancel", "copy_id", "check", "undo", "ladder"})

#: What a replay, which cannot act, does not offer.
_ACTS_OUT = frozenset(
    {"cancel", "cancel_shown", "mark_all", "check", "undo", "refresh", "stop", "read_only", "consents"}
)

#: The key of the palette itself, and the one that sends: neither is offered in it.
_LEFT_OUT = frozenset({"palette", "send"})


class Commands(QObject):
    """The palette and what stands in it.

    Signals:
        order_wanted: an order was taken; carries its lineage.
        said: a sentence for the banner.
    """

    order_wanted = Signal(object)
    said = Signal(str)

    def __init__(
        self,
        desk: Desk,
        rows: DeskRows,
        view: OrderView,
        panels: PanelHost,
        keys: Keymap,
        palette: CommandPalette,
    ) -> None:
        super().__init__(palette)
        self._desk, self._rows, self._view, self._panels, self._keys = desk, rows, view, panels, keys
        self.palette = palette
        self._search = OrderSearch(desk, rows.venue, self)
        self._acts: dict[str, Act] = {}
        self._texts: dict[str, tuple[str, str]] = {}
        self._on_order: frozenset[str] = frozenset()
        self._about = self._text = ""
        palette.typed.connect(self._look)
        palette.chosen.connect(self._take)
        self._search.advanced.connect(self._show)

    def offer(self, acts: Mapping[str, Act], texts: Mapping[str, tuple[str, str]], on_order: frozenset[str]) -> None:
        """Take the actions of the window.

        Args:
            acts: what each does, by its name; the words of one with a key stand in the table of keys.
            texts: words, and the key as it is shown, of those without a key of the table.
            on_order: names of those that are about the selected order.
        """
        self._acts, self._texts, self._on_order = dict(acts), dict(texts), on_order
        if self._desk.refusal:
            self._acts = {name: act for name, act in acts.items() if name not in _ACTS_OUT}
            self._texts["amend"] = ("show the fields of this order", "F2")

    def open(self) -> None:
        """Open the palette, or close it."""
        self._about = self._view.lineage()
        name = self._rows.name(self._about)
        self.palette.open(f"About {name.sentence}" if name is not None else "No order is selected.")

    def _actions(self) -> list[Entry]:
        acts = {**self._acts, **self._panel_acts()}
        words = {key.action: (key.does, key.keys) for key in self._keys.table if key.action}
        entries = []
        for name in [name for name in acts if name not in _LEFT_OUT]:
            does, keys = words.get(name) or self._texts[name]
            if self._about or name not in self._on_order:
                entries.append(Entry("action", name, f"{does[:1].upper()}{does[1:]}", keys))
        return entries

    def _panel_acts(self) -> Mapping[str, Act]:
        """Return what can be done in the open panel, where it is that of the order in question."""
        if self._desk.refusal:
            return {}
        panel = self._panels.panel(self._panels.open_lineage)
        return panel.commands() if panel is not None and self._panels.open_lineage == self._about else {}

    def _look(self, text: str) -> None:
        self._text = text
        self._search.look_for(text)
        self._show()

    def _show(self) -> None:
        entries = fitting(self._actions(), self._text)
        for kind, keys in (("order", self._search.open), ("ended", self._search.ended)):
            names = ((key, self._rows.name(key)) for key in keys)
            entries += [Entry(kind, key, name.sentence) for key, name in names if name is not None]
        self.palette.show_entries(entries, looking=self._search.looking)

    def _take(self, entry: Entry) -> None:
        self._search.stop()
        if entry.kind != "action":
            self.order_wanted.emit(entry.name)
            return
        acts = {**self._acts, **self._panel_acts()}
        on_order = entry.name in self._on_order or entry.name not in self._acts
        if entry.name not in acts or (on_order and self._view.lineage() != self._about):
            self.said.emit("The list is at another order by now; nothing was done. Open the palette again.")
            return
        acts[entry.name]()

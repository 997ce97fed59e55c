"""Everything in the window once there is a desk: strip, list with its panels, side column, foot."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desk.desk import Desk, DeskError
from app.desk.views.attention import Attention
from app.desk.views.away import AwayWatch
from app.domain.form import FieldName
from app.domain.market import LinkState
from app.domain.plain import named
from app.domain.rules import Rule
from app.runtime.errors import ErrorSink, UnhandledProblem
from app.ui.amend.panel_host import PanelHost
from app.ui.amend.panel_layer import PanelLayer
from app.ui.amend.rule_card import RuleCard
from app.ui.batch.host import BatchHost
from app.ui.batch.sheet import BatchSheet
from app.ui.detail.bottom_dock import BottomDock
from app.ui.detail.quote_tape import QuoteTape
from app.ui.detail.side_panel import SidePanel
from app.ui.look.keymap import KeyCard, Keymap
from app.ui.look.keymap_file import write_template
from app.ui.look.texts import copy
from app.ui.look.theme import Theme
from app.ui.orders.menu import OrderMenu
from app.ui.orders.model import OrderModel
from app.ui.orders.rows import DeskRows
from app.ui.orders.view import OrderView
from app.ui.status.away_sheet import AwaySheet
from app.ui.status.banner import Banner
from app.ui.status.foot_bar import FootBar
from app.ui.status.notices import Notices
from app.ui.status.top_bar import TopBar
from app.ui.window.apart import Apart
from app.ui.window.commands import ABOUT_ORDER, WITHOUT_KEY, Commands
from app.ui.window.desk_feed import MOST_ROWS, DeskFeed
from app.ui.window.empty_note import EmptyNote
from app.ui.window.empty_words import why_empty
from app.ui.window.kept_rows import keep_rows
from app.ui.window.overlay import Overlay
from app.ui.window.palette import CommandPalette
from app.ui.window.panes import Panes
from app.ui.window.row_filter import RowFilter
from app.ui.window.shown_rows import ShownRows

_COUNTED_EACH_FRAME = 500
_COMING = (LinkState.CONNECTING, LinkState.SYNCING)


class DeskView(QWidget):
    """The ticket.

    Signals:
        theme_wanted: the other theme is asked for.
    """

    theme_wanted = Signal()

    def __init__(
        self, desk: Desk, theme: Theme, sink: ErrorSink, parent: QWidget | None = None, keys: Keymap | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._theme, self._keys = desk, theme, keys or Keymap()
        self.setProperty("role", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.apart = Apart(sink)
        self.rows = DeskRows(desk)
        self.waiting = Attention(desk.state, self.rows.both_legs, self.rows.gap)
        self.rows.asks_for_a_look = self.waiting.asks_for_a_look
        self.away = AwayWatch(desk)
        self._away_shown = 0
        self.filter = RowFilter(desk, self.rows)
        self._shown = ShownRows(desk, self.rows, self.filter, self.apart)
        self.model = OrderModel(self._shown, self)
        self._tape = QuoteTape(desk.state)
        self._enter_due, self._before_search, self._recalled = False, "", ""
        titles = {name: self.rows.venue(name) for name in desk.accounts}
        self.top = TopBar(desk, titles, theme, self.waiting.unreadable, self._keys)
        self.banner = Banner(theme, desk.clock.now)
        self.notices = Notices(desk, self.rows, self.banner)
        self.list_area = QWidget()
        self.view = OrderView(self.model, theme, self.list_area)
        self.view.set_note(self.rows.note)
        self.layer = PanelLayer(self.view)
        self.empty = EmptyNote(
            self.list_area, self.view, lambda: why_empty(desk, self.rows.venue, self.filter, self.model.known)
        )
        self.side = SidePanel(desk, self.rows, self._tape, theme)
        self.dock = BottomDock(desk, self.rows, self._tape, self.waiting, theme)
        self.foot = FootBar(desk, self.rows, self.waiting, self._keys)
        self.panels = PanelHost(desk, self.rows, self.view, self.layer, theme, self._keys)
        self.menu = OrderMenu(desk, self.rows, self.view, self._keys)
        self.sheet = AwaySheet(self.rows, theme)
        self.many = BatchHost(desk, self.rows, self.view, BatchSheet(theme, self._keys))
        self.overlay = Overlay(self.list_area, self.view, self.layer, self.banner, self.many.sheet, self.sheet)
        palette = CommandPalette(theme, self, self.list_area, self.view)
        self.commands = Commands(desk, self.rows, self.view, self.panels, self._keys, palette)
        self.empty.above = self.overlay
        self.panes = Panes(
            self, self.view, self.layer, self.panels, self.sheet, self.side, self.dock, lambda: self.filter.attention
        )
        self.rule_card, self.key_card = RuleCard(theme, self), KeyCard(theme, self, self._keys)
        self.feed = DeskFeed(desk, self, self._seen_first)
        self._build()
        self._connect()
        self._shortcuts()
        keep_rows(desk, self.waiting, self.model, self.layer.open_lineages)
        self._forget_sink = sink.listen(self._unhandled)
        self.destroyed.connect(self._forget_sink)
        self._first_look()

    def _build(self) -> None:
        inside = QVBoxLayout(self.list_area)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.view)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.list_area, 1)
        left.addWidget(self.dock)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addLayout(left, 1)
        middle.addWidget(self.side)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top)
        layout.addLayout(middle, 1)
        layout.addWidget(self.foot)

    def _connect(self) -> None:
        self.feed.frame.connect(self._frame)
        self.feed.tick.connect(self._tick)
        self.view.chosen.connect(self._chosen)
        self.view.amend_wanted.connect(self.panels.open)
        self.view.resized.connect(self._fit_sheet)
        self.view.menu_wanted.connect(self.menu.show_of)
        self.view.cancel_wanted.connect(self.menu.ask_cancel)
        self.view.set_fits(self.filter.matches)
        self.menu.many_wanted.connect(self.many.open)
        self.many.said.connect(self._say)
        self.many.sheet.row_wanted.connect(self._go_to)
        self.menu.amend_wanted.connect(self.panels.open)
        self.menu.said.connect(self._say)
        self.panels.said.connect(self._say)
        self.panels.noted.connect(self.banner.tell)
        self.panels.drafted.connect(self._drafted)
        self.panels.turned.connect(self.panes.turned)
        self.panels.rule_wanted.connect(self._show_rule)
        self.dock.chosen.connect(self._go_to)
        self.dock.said.connect(self._say)
        self.sheet.row_wanted.connect(self._go_to)
        self.sheet.closed.connect(self._sheet_closed)
        self.side.price_dragged.connect(self._draft_price)
        self.model.waiting.connect(self.foot.show_waiting)
        self.model.flushed.connect(self._list_made)
        self.top.searched.connect(self._searched)
        self.top.search_done.connect(self._search_done)
        self.top.account_chosen.connect(self._account_chosen)
        self.top.switches_changed.connect(self.panels.refresh)
        self.top.said.connect(self._say)
        self.foot.attention_wanted.connect(self._attention_only)
        self.foot.all_wanted.connect(self.show_all)
        self.foot.theme_wanted.connect(self.theme_wanted)
        self.key_card.closed.connect(self.view.setFocus)
        self.commands.order_wanted.connect(self._recall)
        self.commands.said.connect(self._say)

    def _shortcuts(self) -> None:
        actions: dict[str, Callable[[], object]] = {
            "check": self.check_now,
            "pane": self.panes.next_pane,
            "ladder": self.panes.show_ladder,
            "palette": self.commands.open,
            "search": self.find_order,
            "undo": self.undo,
            "refresh": self.refresh_all,
            "stop": self.top.turn_stop,
            "theme": self.theme_wanted.emit,
            "keys": self.key_card.show_card,
        }
        for action, slot in actions.items():
            self._keys.bind(action, self, slot, Qt.ShortcutContext.WindowShortcut)
        actions["amend"] = lambda: self.panels.open(self.view.lineage())
        actions["cancel"] = lambda: self.menu.ask_cancel(self.view.lineage())
        actions["copy_id"] = lambda: copy(self._desk.lineage(self.view.lineage()).order.order_id)
        actions["read_only"] = self.top.turn_read_only
        actions["show_all"] = self.show_all
        actions["consents"] = self._take_consents_back
        actions["mark_all"] = self.view.mark_all
        actions["cancel_shown"] = self.many.cancel_shown
        if self._keys.path is not None:
            actions["keys_file"] = partial(self._show_keys_file, self._keys.path)
        self.commands.offer(actions, WITHOUT_KEY, ABOUT_ORDER)

    # -- what the desk says --------------------------------------------------------------------------------------------

    def _first_look(self) -> None:
        self.view.set_filling(self._filling())
        self.feed.touch(self._desk.state.lineages)
        self.feed.flush()
        self._frame(frozenset(), frozenset(self._desk.accounts))

    def _seen_first(self) -> list[str]:
        """Return the rows a person is looking at: the current one, then all that can be seen."""
        seen = [self.model.lineage_at(row) for row in self.view.visible_rows()]
        return [key for key in (self.view.lineage(), *seen) if key]

    def _frame(self, rows: frozenset[str], accounts: frozenset[str]) -> None:
        # The feed has waited a frame already; the model need not wait another.
        self.waiting.touch(rows)
        self.filter.touch(rows)
        self.model.touch(rows)
        parts: dict[str, Callable[[], object]] = {
            "the journal": self._journal,  # before the notices, which tell of it once an account
            "the notices": lambda: self.notices.refresh(accounts),
            "the list": lambda: self._flush(accounts),
            "the chart": lambda: self._record(accounts),
            "the venues": self.top.strip.refresh,
            "the dock": self.dock.count,
            "the sheet": self._show_away,
            "the panel": lambda: self.panels.touched(rows, accounts),
        }
        if len(self._desk.state.lineages) <= _COUNTED_EACH_FRAME:
            parts["the foot"] = self.foot.refresh
        self.apart.run(parts)
        if self.view.lineage() in rows:
            self.apart.run({"the side column": self.side.refresh, "the dock": self.dock.refresh})
        self.keep_first()
        self.empty.refresh()
        self._show_backlog()

    def keep_first(self) -> None:
        """There is always a chosen order: the first one, as long as nobody chose and venues still list theirs."""
        early = self.view.filling and not self.view.in_use
        if self.model.rowCount() and (early or not self.view.selectionModel().hasSelection()):
            self.view.setCurrentIndex(self.model.index(0, 0))

    def _show_backlog(self) -> None:
        backlog = self.feed.waiting + self.model.unfinished
        self.foot.show_backlog(backlog if backlog > MOST_ROWS else 0)

    def _record(self, accounts: frozenset[str]) -> None:
        for account in accounts:
            self._tape.record(account)

    def _flush(self, accounts: frozenset[str]) -> None:
        if accounts:
            self.view.set_filling(self._filling())
        self.model.flush()

    def _filling(self) -> bool:
        """Return True while a venue is about to list its orders for the first time."""
        accounts = self._desk.state.accounts.values()
        return any(not each.answered_at and (each.link in _COMING or not each.link_at) for each in accounts)

    def _tick(self) -> None:
        """Ages and distances to the market move without any event of their row: what is seen is redone; rows leave."""
        self.model.touch_seen()
        self.model.touch(self._shown.due(self._desk.clock.now()))
        self._show_backlog()
        self.apart.run(
            {
                "the notices": self.notices.follow_desk,
                "the venues": self.top.strip.refresh,
                "the banner": self.banner.tick,
                "the journal": self._journal,
                "the foot": self.foot.refresh,
                "the side column": self.side.refresh,
                "the dock": self.dock.refresh,
                "the marked orders": self.many.refresh,
                "the panel": self.panels.tick,
            }
        )

    def _show_away(self) -> None:
        """Say what happened while a link was lost, as soon as it is known and as often as more of it becomes known."""
        if self.away.version == self._away_shown:
            return
        self._away_shown = self.away.version
        busy = bool(self.panels.open_lineage) or self.top.search.hasFocus()
        self._fit_sheet()
        self.sheet.show_reports(self.away.reports(), self._desk.clock.now(), folded=busy)

    def _journal(self) -> None:
        if self.notices.follow_journal():
            self.panels.refresh()

    def _say(self, text: str) -> None:
        self.banner.answer(text, serious=text != self._desk.refusal)  # that a replay cannot act is no trouble

    def _unhandled(self, problem: UnhandledProblem) -> None:
        self.banner.tell(f"Redline itself: {problem.sentence}")

    # -- what the person does ------------------------------------------------------------------------------------------

    def _chosen(self, lineage: str) -> None:
        if self._recalled not in ("", lineage, self.panels.open_lineage):
            self.rows.pinned.discard(self._recalled)
            self.model.touch((self._recalled,))
            self._recalled = ""
        self.apart.run(
            {
                "the side column": lambda: self.side.show_order(lineage, self.panels.draft(lineage)),
                "the dock": lambda: self.dock.show_order(lineage),
            }
        )

    def _go_to(self, lineage: str) -> None:
        if not lineage:
            return
        if not self.view.choose(lineage):
            self.show_all()
            if not self.view.choose(lineage):
                self.banner.tell("That order has ended and is not listed any more.", serious=False)
        self.view.setFocus()

    def _recall(self, lineage: str) -> None:
        """Go to an order by its name; one that left the list is back in it until another is chosen."""
        known = self._desk.state.lineages.get(lineage)
        if known is not None and not self.rows.listed(known):
            self._recalled = lineage
            self.rows.pinned.add(lineage)
            self.model.touch((lineage,))
            self.model.flush()
        self._go_to(lineage)

    def _take_consents_back(self) -> None:
        markets = ", ".join(self.panels.habits.take_back())
        words = (
            f"Losing the place is asked about again in {markets}." if markets else "No consent of this session stands."
        )
        self.banner.tell(words, serious=False)

    def _show_keys_file(self, path: Path) -> None:
        self.banner.tell(write_template(path), serious=False)

    def _sheet_closed(self, had_focus: bool) -> None:
        self.away.dismiss()
        self._away_shown = self.away.version
        if had_focus:
            self.view.setFocus()

    def _drafted(self, lineage: str) -> None:
        if lineage == self.view.lineage():
            self.side.show_draft(lineage, self.panels.draft(lineage))

    def _draft_price(self, price: Decimal) -> None:
        panel = self.panels.open(self.view.lineage())
        line = panel.fields.lines.get(FieldName.PRICE) if panel is not None else None
        if line is not None:
            line.set_number(price)

    def _show_rule(self, rule: Rule, near: QWidget) -> None:
        self.rule_card.show_rule(rule, near)

    def check_now(self) -> None:
        """Look the current order up at its venue."""
        try:
            if self.view.lineage():
                self._desk.check_now(self.view.lineage())
        except DeskError as error:
            self._say(str(error))

    def undo(self) -> None:
        """Draft the undo of the selected order's last amendment."""
        self.panels.undo(self.view.lineage())

    def refresh_all(self) -> None:
        """List every account's orders again."""
        try:
            for account in self._desk.accounts:
                self._desk.refresh(account)
        except DeskError as error:
            self._say(str(error))

    def start_over(self) -> None:
        """Forget what the views remember of other moments: the desk stands at another one."""
        self.waiting.start_over()
        self._tape.start_over()

    def find_order(self) -> None:
        """Go to the search."""
        self.top.search.setFocus()
        self.top.search.selectAll()

    def _searched(self, text: str) -> None:
        text = text.strip().lower()
        if text and not self.filter.search:
            self._before_search = self.view.lineage()
        narrower = bool(self.filter.search) and self.filter.search in text
        self.filter.search, self._enter_due = text, False
        self._filter(narrower=narrower)

    def _search_done(self) -> None:
        """Choose the first match. A row that is shown because it is pinned is none; without a match nothing changes."""
        self._enter_due = self.model.arranging
        if self._enter_due:
            return  # a long list is still being looked through
        match = self.model.first(self.filter.matches) if self.filter.search else self.view.lineage()
        if self.view.choose(match):
            self.view.setFocus()
        else:
            text = named(self.top.search.text())
            self.banner.tell(f"No order fits {text}; no other one was chosen.", serious=False)

    def _list_made(self) -> None:
        self.keep_first()
        if self._enter_due:
            self._search_done()
        self._count_shown()

    def _leave_search(self) -> None:
        """Take the search back, and go to the order that was chosen before it."""
        self.top.search.clear()
        self.view.choose(self._before_search)
        self.view.setFocus()

    def _account_chosen(self, account: str) -> None:
        self.filter.account = "" if account == self.filter.account else account
        self._filter()

    def _attention_only(self, on: bool) -> None:
        if on:
            self.dock.show_attention()
        self.filter.attention = on
        self.panes.fit_dock()
        self._filter()

    def show_all(self) -> None:
        """Take every filter back; the chosen order stays chosen and comes into sight."""
        self.filter.account = ""
        self.top.search.clear()
        self.foot.unresolved.setChecked(False)
        self._filter()
        self.view.scrollTo(self.view.currentIndex())

    def _filter(self, *, narrower: bool = False) -> None:
        self.top.strip.show_chosen(self.filter.account)
        self.model.set_filter(self._shown.passing(), narrower=narrower, sift=self._shown.sift())
        self.empty.refresh()

    def _count_shown(self) -> None:
        shown = (self.model.rowCount(), self.model.known) if self.model.filtered else None
        self.foot.show_filter(shown)

    def _fit_sheet(self) -> None:
        self.sheet.fit(self.list_area.width(), self.list_area.height())
        self.many.sheet.fit(self.list_area.width(), self.list_area.height())

    # -- Qt's side -----------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves the search or the ladder; in the list it takes the filters back; then it closes the sheet, or goes
        back to the open panel."""
        if event.key() == Qt.Key.Key_Escape:
            if self.top.search.hasFocus():
                self._leave_search()
            elif self.filter.active and (self.view.hasFocus() or self.top.strip.has_focus()):
                self.show_all()
            elif self.sheet.isVisible():
                self.sheet.close_sheet()
            elif self.panes.at_ladder:
                self.panes.leave_ladder()
            elif self.panels.open_lineage:
                self.panels.open(self.panels.open_lineage)
            event.accept()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The list needs its width more than the side column does."""
        super().resizeEvent(event)
        self.panes.resized(event.size().width())
        self.commands.palette.fit()

    def stop(self) -> None:
        """Listen to nothing any more; the window is about to go."""
        self.feed.stop()
        self.away.stop()
        self._forget_sink()

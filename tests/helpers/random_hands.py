"""Random hands on the real window over a paper desk, and what must hold after each of their steps.

The rule: what is sent, opened, drafted, asked about or cancelled belongs to the order whose row is selected and which
the panel names. What a person could see before a step decides which order that may be; the window is not asked.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QWidget

from app.runtime.errors import ErrorSink
from app.runtime.lifecycle import Lifecycle
from app.ui.amend.panel import AmendPanel
from app.ui.look.theme import Theme
from app.ui.orders.row import Column
from app.ui.window.main_window import MainWindow
from tests.helpers.random_market import RandomMarket

Key, Mod = Qt.Key, Qt.KeyboardModifier
_NONE, _CONTROL, _SHIFT, _ALT = Mod.NoModifier, Mod.ControlModifier, Mod.ShiftModifier, Mod.AltModifier
_LEFT, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton

#: Pressed wherever the keyboard is, with how often.
KEYS: tuple[tuple[int, Key, Qt.KeyboardModifier], ...] = (
    (9, Key.Key_Down, _NONE), (9, Key.Key_Up, _NONE), (9, Key.Key_F2, _NONE), (4, Key.Key_Return, _NONE),
    (5, Key.Key_Escape, _NONE), (4, Key.Key_F6, _NONE), (3, Key.Key_Tab, _NONE), (2, Key.Key_Backtab, _SHIFT),
    (9, Key.Key_Return, _CONTROL), (2, Key.Key_Home, _NONE), (2, Key.Key_End, _NONE), (2, Key.Key_PageDown, _NONE),
    (3, Key.Key_7, _NONE), (2, Key.Key_Space, _NONE), (1, Key.Key_Period, _CONTROL), (1, Key.Key_L, _CONTROL),
    (1, Key.Key_V, _CONTROL), (1, Key.Key_C, _CONTROL), (1, Key.Key_F5, _NONE), (2, Key.Key_K, _CONTROL),
    (1, Key.Key_F, _CONTROL), (1, Key.Key_Up, _ALT), (1, Key.Key_Down, _ALT), (1, Key.Key_R, _ALT),
    (1, Key.Key_Z, _CONTROL | _SHIFT), (1, Key.Key_A, _CONTROL), (2, Key.Key_Space, _CONTROL),
    (2, Key.Key_Down, _SHIFT), (1, Key.Key_Up, _SHIFT), (1, Key.Key_Delete, _NONE),
)  # fmt: skip

#: What reprices the order at hand by one step.
AMENDING = ((Key.Key_F2, _NONE), (Key.Key_Up, _NONE), (Key.Key_Return, _CONTROL))

#: What moves all marked orders by a step, or cancels them.
MARKING = ((Key.Key_Down, _SHIFT), (Key.Key_A, _CONTROL), (Key.Key_Space, _CONTROL))
AMENDING_ALL = (
    (Key.Key_F2, _NONE), (Key.Key_Plus, _NONE), (Key.Key_1, _NONE), (Key.Key_T, _NONE), (Key.Key_Return, _CONTROL),
)  # fmt: skip
CANCELLING_ALL = ((Key.Key_Delete, _NONE), (Key.Key_Return, _CONTROL))

SIZES = ((1600, 1000), (1300, 800), (1000, 700), (860, 520))


class WrongOrder(AssertionError):
    """Something belongs to another order than the one that is selected and named."""


class Hands:
    """Somebody who does anything at all.

    Attributes:
        done: the last steps, the newest last.
        sent, cancelled, opened: how often an amendment or a cancel left, and a panel was opened.
    """

    def __init__(self, seed: int, theme: Theme) -> None:
        self.dice = random.Random(seed)
        self.market = RandomMarket(self.dice)
        self.desk = self.market.paper.desk
        self.window = MainWindow(theme, ErrorSink(), Lifecycle())
        self.window.show()
        self._wake()
        self.window.setUpdatesEnabled(False)  # nobody looks at the pixels; what is shown is asked for in words
        self.ticket = self.window.attach(self.desk)
        self.view, self.panels = self.ticket.view, self.ticket.panels
        self.done: list[str] = []
        self.sent = self.cancelled = self.opened = 0
        self._known: set[str] = set()
        self._agreed: set[str] = set()
        self._batch: object = None
        self._many: set[str] = set()
        self._to_press: list[tuple[Key, Qt.KeyboardModifier]] = []
        self._acts: dict[Callable[[], None], int] = {
            self.press: 46, self.search: 5, self.click: 12, self.double_click: 4, self.right_click: 3,
            self.menu_by_key: 5, self.sort: 2, self.filter: 2, self.happens: 16, self.time_passes: 2, self.resize: 1,
        }  # fmt: skip

    def close(self) -> None:
        """Let go of the window."""
        self.ticket.stop()
        self.window.close()
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _wake(self) -> None:
        """Have the keyboard in this window, which a menu or a question takes for a while."""
        if QApplication.activeWindow() is not self.window:
            self.window.activateWindow()
            QApplication.processEvents()

    # -- what can be seen ----------------------------------------------------------------------------------------------

    def selected(self) -> str:
        """Lineage of the row that is marked, as the table paints it."""
        rows = self.view.selectionModel().selectedRows()
        self.must(len(rows) <= 1, "two rows are marked")
        return self.ticket.model.row_at(rows[0].row()).lineage if rows else ""

    def id_of(self, key: str) -> str:
        """The order's id now."""
        return self.desk.state.lineages[key].order.order_id if key else ""

    def named(self) -> str:
        """Lineage that the open panel names and nothing contradicts; "" for none."""
        panel = self.open_panel()
        if panel is None or "Not the selected" in panel.name.text():
            return ""
        return next(
            (key for key in self.desk.state.lineages if panel.name.text().endswith(f"order {self.id_of(key)}")), ""
        )

    def open_panel(self) -> AmendPanel | None:
        """The panel that can be seen."""
        shown = [each for each in self.ticket.layer.findChildren(AmendPanel) if each.isVisible()]
        self.must(len(shown) <= 1, "two panels are open")
        return shown[0] if shown else None

    def must(self, holds: bool, what: str) -> None:
        """Raise with the way here, unless it holds."""
        if not holds:
            raise WrongOrder(f"{what}; the last steps: {' · '.join(self.done[-12:])}")

    # -- a step --------------------------------------------------------------------------------------------------------

    async def step(self) -> None:
        """Do anything, let it settle, and look whether everything belongs to the right order."""
        act = self.dice.choices(list(self._acts), list(self._acts.values()))[0]
        selected, named = self.selected(), self.named()
        drafts = {key: self.ticket.rows.drafts[key] for key in self.panels.drafts()}
        told = self.told_of_many()
        self.done = [*self.done[-30:], act.__name__]
        act()
        self._answer_palette(selected)
        await self._settle()
        self._check_many(told)
        self._check_sent(selected if selected == named else "")
        self._check_drafts(drafts)
        self._check_shown()

    async def _settle(self) -> None:
        self.ticket.feed.flush()
        self.ticket.model.flush()
        QApplication.sendPostedEvents()
        self._wake()
        for _ in range(3):
            await asyncio.sleep(0)
        self.ticket.feed.flush()
        self.ticket.model.flush()
        if self.panels._soon.isActive():
            self.panels.refresh()

    def _check_sent(self, allowed: str) -> None:
        """Whatever left in this step belongs to the order that was selected and named before it."""
        state = self.desk.state
        for name in state.amendments.keys() - self._known:
            key = state.amendments[name].lineage
            right = (bool(allowed) and key == allowed) or key in self._many
            self.must(right, f"sent for {key}, while {allowed or 'none'} was to be sent")
            self.sent += 1
        self._known = set(state.amendments)
        for connector in self.market.paper.connectors.values():
            for order_id in connector.cancelled:
                self.must(order_id in self._agreed, f"cancelled {order_id}, to which nobody said yes")
                self.cancelled += 1
            connector.cancelled.clear()

    def told_of_many(self) -> set[str]:
        """Lineages that the sheet of marked orders names on its lines; none while it is a strip or hidden."""
        sheet = self.ticket.many.sheet
        if not sheet.isVisible() or sheet.folded:
            return set()
        names = [line.order.text() for line in sheet.lines.lines() if not line.over]
        own = {f"order {self.id_of(key)}": key for key in self.desk.state.lineages}
        return {key for ends, key in own.items() if any(name.endswith(ends) for name in names)}

    def marked(self) -> set[str]:
        """Lineages whose row says that it is marked."""
        model, role = self.ticket.model, Qt.ItemDataRole.AccessibleTextRole
        rows = range(model.rowCount())
        return {
            model.row_at(row).lineage for row in rows if str(model.data(model.index(row, 0), role)).endswith("marked")
        }

    def _check_many(self, told: set[str]) -> None:
        """A batch that began in this step is of orders that were named before it; the sheet is of the marked ones."""
        many = self.ticket.many
        if many.batch is not None and many.batch is not self._batch:
            members = {member.key for member in many.batch.members}
            self.must(members <= told, f"a batch of {members}, while {told} were named")
            self._many |= members
            self._agreed |= {each for key in members for each in self.desk.state.lineages[key].ids}
        self._batch = many.batch
        now = self.told_of_many()
        self.must(many.batch is not None or now <= self.marked(), f"the sheet names {now}, marked are {self.marked()}")

    def _check_drafts(self, before: dict[str, object]) -> None:
        """A draft that is new or other belongs to the row that is selected."""
        for key in self.panels.drafts():
            if self.ticket.rows.drafts[key] != before.get(key) and key != self.panels.open_lineage:
                self.must(False, f"a draft of {key} changed, while {self.panels.open_lineage} is open")

    def _check_shown(self) -> None:
        """Row, side column, dock and panel tell of one order, or say that they do not."""
        key, panel = self.selected(), self.open_panel()
        current = self.view.currentIndex()
        self.must(not key or current.isValid(), "a row is marked and none is current")
        self.must(not current.isValid() or self.view.lineage() == key, "the current row is not the marked one")
        self.must(bool(key) or not self.ticket.model.rowCount(), "rows are listed and none is marked")
        if key:
            ends = f"order {self.id_of(key)}"
            self.must(self.ticket.dock.name.text().endswith(ends), f"the dock tells {self.ticket.dock.name.text()}")
            self.must(self.id_of(key) in self.ticket.side._id.text(), "the side column tells another order")
        if panel is None:
            return
        focus, own = QApplication.focusWidget(), self.id_of(panel.lineage)
        self.must(own in panel.name.text(), f"the panel of {own} is called {panel.name.text()}")
        apart = "Not the selected order" in panel.name.text()
        self.must(apart is (key != panel.lineage), f"the panel of {own} does not say that the list is at {key}")
        self.must(not apart or not panel.box.send.isEnabled(), "Send is free while the list is at another order")
        self.must(not apart or focus is None or not panel.isAncestorOf(focus), "the keyboard is in another panel")
        wire = panel.wire.text.toPlainText()
        self.must("/amend/" not in wire or wire.split("/amend/")[1].split()[0] == own, f"{own} would send {wire}")

    # -- by key --------------------------------------------------------------------------------------------------------

    def press(self) -> None:
        """Press a key wherever the keyboard is; often the next one of those that amend an order."""
        if not self._to_press and self.dice.random() < 0.3:
            self._to_press = list(AMENDING)
        elif not self._to_press and self.dice.random() < 0.1:
            self.view.setFocus()
            self._to_press = [
                self.dice.choice(MARKING),
                *self.dice.choice((AMENDING_ALL, AMENDING_ALL, CANCELLING_ALL)),
            ]
        if self._to_press and self.dice.random() < 0.9:
            self._key(*self._to_press.pop(0))
            return
        _, key, modifier = self.dice.choices(KEYS, [each[0] for each in KEYS])[0]
        self._key(key, modifier)

    def _key(self, key: Key, modifier: Qt.KeyboardModifier = _NONE) -> None:
        focus = QApplication.focusWidget() or self.view
        selected, at_list, marked = self.selected(), focus is self.view, self.marked()
        self.done.append(f"{key.name}@{type(focus).__name__}")
        open_before = self.panels.open_lineage
        lasting = {each for each in marked if self.desk.state.lineages[each].order.is_open}
        QTest.keyClick(focus, key, modifier)
        plain = at_list and modifier == _NONE
        if plain and key in (Key.Key_F2, Key.Key_Return, Key.Key_Delete) and marked and not lasting:
            asked = [each for each in self.view.findChildren(QMessageBox) if each.isVisible()]
            self.must(not asked, f"{key.name} on {marked}, which have ended, asked {[each.text() for each in asked]}")
            self.must(self.panels.open_lineage == open_before, f"{key.name} on ended marks opened another panel")
        elif at_list and key == Key.Key_Delete and selected and not marked:
            self._answer(self.id_of(selected))
        elif plain and key in (Key.Key_F2, Key.Key_Return) and lasting - {selected}:
            self.must(self.ticket.many.sheet.isVisible(), f"{key.name} on {marked} opened no sheet")
        elif plain and key in (Key.Key_F2, Key.Key_Return) and selected:
            now = self.panels.open_lineage
            self.must(now in ("", selected), f"{key.name} on {selected} opened {now}")
            self.opened += now == selected

    def search(self) -> None:
        """Search for a part of an id, a symbol or nonsense, and press Enter."""
        order = self.dice.choice(list(self.desk.state.lineages.values())).order
        text = self.dice.choice((order.order_id, order.order_id[-4:], order.symbol, order.client_id, "nowhere"))
        self.done.append(f"for {text!r}")
        self.ticket.find_order()
        self.ticket.top.search.setText(text)
        self._key(Key.Key_Return)
        if text and self.view.hasFocus():
            lineage = self.desk.state.lineages[self.selected()]
            words = (*lineage.ids, lineage.order.client_id, lineage.order.symbol, lineage.order.market, lineage.account)
            found = any(text.lower() in word.lower() for word in words) or text.lower() in self._venue_of(lineage.key)
            self.must(found, f"Enter after “{text}” chose {lineage.key}")
        if self.dice.random() < 0.5:
            self._key(Key.Key_F2)

    def _venue_of(self, key: str) -> str:
        return self.ticket.rows.venue(self.desk.state.lineages[key].account).lower()

    def menu_by_key(self) -> None:
        """Ask for the menu by the Menu key or by Shift+F10."""
        if not self.view.hasFocus():
            self.view.setFocus()
        selected = self.selected()
        if self.dice.random() < 0.5:
            QTest.keyClick(self.view, Key.Key_F10, _SHIFT)
        else:
            place = self.view.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle).center()
            reason, there = QContextMenuEvent.Reason.Keyboard, self.view.mapToGlobal(place)
            QApplication.sendEvent(self.view, QContextMenuEvent(reason, place, there))
        self._use_menu(selected)

    def _use_menu(self, key: str) -> None:
        """Take any action of the menu that is open; all of them are about the order of that lineage."""
        menu = QApplication.activePopupWidget()
        if not isinstance(menu, QMenu):
            return
        own = self.id_of(key)
        actions = {action.text().split("  ")[0]: action for action in menu.actions() if action.isEnabled()}
        taken = self.dice.choice([text for text in actions if text])
        self.done.append(f"menu {taken}")
        menu.close()
        self.must(
            menu.actions()[0].text().endswith(f"order {own}"), f"the menu of {own} is of {menu.actions()[0].text()}"
        )
        self.must(self.selected() == key, f"the menu is of {key}, the list at {self.selected()}")
        if self.dice.random() < 0.2:
            self.happens()
        actions[taken].trigger()
        if taken.startswith("Copy"):
            self.must(own in QGuiApplication.clipboard().text(), f"{taken} of {own} copied another order")
        elif " marked " in taken:
            return
        elif taken.startswith("Amend"):
            self.must(self.panels.open_lineage in ("", key), f"Amend of {key} opened {self.panels.open_lineage}")
        elif taken.startswith("Cancel"):
            self._answer(own)

    def _answer_palette(self, selected: str) -> None:
        """Answer what the palette asks: it is about the order that was selected."""
        if any(box.isVisible() for box in self.view.findChildren(QMessageBox)):
            self._answer(self.id_of(selected))

    def _answer(self, own: str) -> None:
        boxes = self.view.findChildren(QMessageBox)
        if not boxes:
            # What cannot be cancelled is refused without a question.
            keys = [key for key, row in self.desk.state.lineages.items() if row.order.order_id == own]
            assert any(map(self.desk.why_no_cancel, keys)), f"the cancel of {own} asked nothing"
            return
        box = boxes[-1]
        self.must(f"Order {own}\n" in box.informativeText(), f"asked to cancel {box.informativeText()}, not {own}")
        yes = self.dice.random() < 0.5
        self._agreed |= {own} if yes else set()
        box.button(QMessageBox.StandardButton.Yes if yes else QMessageBox.StandardButton.No).click()

    # -- by pointer ----------------------------------------------------------------------------------------------------

    def _point(self) -> QPoint:
        area = self.ticket.list_area if self.dice.random() < 0.85 else self.window
        inside = QPoint(self.dice.randrange(area.width()), self.dice.randrange(area.height()))
        return area.mapTo(self.window, inside)

    def _row_below(self, point: QPoint) -> str:
        """Lineage of the row that is seen at a point; "" where something else is."""
        if self.window.childAt(point) is not self.view.viewport():
            return ""
        index = self.view.indexAt(self.view.viewport().mapFrom(self.window, point))
        return self.ticket.model.row_at(index.row()).lineage if index.isValid() else ""

    def _mouse(self, what: Callable[..., None], point: QPoint, held: Qt.KeyboardModifier = _NONE) -> QWidget:
        target = self.window.childAt(point) or self.window
        what(target, _LEFT, held, target.mapFrom(self.window, point))
        return target

    def click(self) -> None:
        """Click anywhere; on a row it selects that row and no other."""
        point = self._point()
        row = self._row_below(point)
        held = self.dice.choices((_NONE, _CONTROL, _SHIFT), (8, 1, 1))[0]
        target = self._mouse(QTest.mouseClick, point, held)
        self.done.append(f"{held.name} on {type(target).__name__}")
        self.must(not row or self.selected() == row, f"a click on {row} selected {self.selected()}")
        self.desk.stopped = self.desk.read_only = False
        self.ticket.top.refresh()

    def double_click(self) -> None:
        """Click twice at one place; the second click meets the row of the first."""
        point, before = self._point(), self.panels.open_lineage
        row = self._row_below(point)
        self._mouse(QTest.mouseClick, point)
        if self.dice.random() < 0.3:
            self.happens()
            self.ticket.feed.flush()
            self.ticket.model.flush()
        self._mouse(QTest.mouseDClick, point)
        now = self.panels.open_lineage
        self.must(not row or now in (before, row, ""), f"a double click on {row} opened {now}")
        self.desk.stopped = self.desk.read_only = False
        self.ticket.top.refresh()

    def right_click(self) -> None:
        """Ask for the menu of a row by pointer."""
        point = self._point()
        row = self._row_below(point)
        if not row:
            return
        viewport = self.view.viewport()
        place = viewport.mapFrom(self.window, point)
        QTest.mouseClick(viewport, _RIGHT, _NONE, place)
        reason, there = QContextMenuEvent.Reason.Mouse, viewport.mapToGlobal(place)
        QApplication.sendEvent(viewport, QContextMenuEvent(reason, place, there))
        self._use_menu(row)

    # -- the window and the world --------------------------------------------------------------------------------------

    def sort(self) -> None:
        """Sort by any column."""
        order = self.dice.choice((Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder))
        self.view.sortByColumn(self.dice.choice(list(Column)), order)

    def filter(self) -> None:
        """Press a venue's card, the foot's filter, or take all of them back."""
        what = self.dice.randrange(3)
        if what == 0:
            self.dice.choice(list(self.ticket.top.strip.cards.values())).click()
        elif what == 1:
            self.ticket.foot.unresolved.toggle()
        else:
            self.ticket.show_all()

    def happens(self) -> None:
        """Let a venue say something."""
        self.done.append(self.market.anything())

    def time_passes(self) -> None:
        """Let time pass, now and then so long that ended orders go, and let the rows find their places."""
        self.market.paper.clock.pass_time(self.dice.choice((1, 5, 70)))
        self.ticket.feed.tick.emit()
        self.ticket.model._resort_now()
        QApplication.processEvents()

    def resize(self) -> None:
        """Make the window another one."""
        self.window.resize(*self.dice.choice(SIZES))
        QApplication.processEvents()

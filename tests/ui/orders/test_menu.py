"""The menu of a row: it acts on the row under the pointer, and cancelling asks first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from app.domain.amendment import Source
from app.domain.events import OrderUnreadable
from app.domain.order import OrderStatus
from app.ui.orders.menu import OrderMenu
from app.ui.orders.view import OrderView
from tests.helpers.paper_desk import resting
from tests.ui.window.test_window import Bench


@pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)
def test_it_is_about_the_row_under_the_pointer(bench: Bench, qtbot: QtBot) -> None:
    menu: OrderMenu = bench.ticket.menu
    assert menu.show_at(QPoint(10, 5000)) is None
    place = bench.ticket.view.visualRect(bench.ticket.model.index_of(bench.buy)).center()
    shown = menu.show_at(place)
    assert shown is not None
    actions = {action.text(): action for action in shown.actions()}
    actions["Copy order id"].trigger()
    assert QGuiApplication.clipboard().text() == "qlbga6b600n3xta7"
    with qtbot.waitSignal(menu.amend_wanted) as wanted:
        actions["Amend…   F2"].trigger()
    assert wanted.args == [bench.buy]
    shown.close()


def shown_menu() -> QMenu:
    """The menu that is open; it is closed again, its actions can still be read and triggered."""
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.close()
    return menu


def by_key(view: OrderView) -> None:
    """Ask for the menu as the window system does for the Menu key: a place in the *view's* coordinates."""
    place = view.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle).center()
    QApplication.sendEvent(view, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, view.mapToGlobal(place)))


def by_shift_f10(view: OrderView) -> None:
    QTest.keyClick(view, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)


@pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)
@pytest.mark.parametrize("ask", [by_key, by_shift_f10])
def test_by_key_it_is_about_the_selected_row_wherever_the_pointer_is(
    bench: Bench, ask: Callable[[OrderView], None]
) -> None:
    view, model = bench.ticket.view, bench.ticket.model
    view.setFocus()
    for key in model.lineages():
        view.choose(key)
        ask(view)
        order = bench.paper.desk.state.lineages[key].order
        menu = shown_menu()
        actions = {action.text(): action for action in menu.actions()}
        assert order.order_id in menu.actions()[0].text(), "it names its order"
        actions["Copy order id"].trigger()
        assert QGuiApplication.clipboard().text() == order.order_id
        actions["Copy row   Ctrl C"].trigger()
        assert order.order_id in QGuiApplication.clipboard().text()
        actions["Cancel this order…   Del"].trigger()
        box = view.findChildren(QMessageBox)[-1]
        assert f"Order {order.order_id}\n" in box.informativeText()
        box.reject()
        box.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert view.lineage() == key


@pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)
def test_by_pointer_it_is_about_the_row_there_which_becomes_the_selected_one(bench: Bench) -> None:
    view = bench.ticket.view
    view.choose(bench.sell)
    place = view.visualRect(bench.ticket.model.index_of(bench.qfex)).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, view.viewport().mapToGlobal(place))
    QApplication.sendEvent(view.viewport(), event)
    assert "8888-4444" in shown_menu().actions()[0].text()
    assert view.lineage() == bench.qfex


@pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)
def test_its_row_stays_its_row_whatever_is_sorted_meanwhile(bench: Bench) -> None:
    view = bench.ticket.view
    view.setFocus()
    view.choose(bench.buy)
    by_shift_f10(view)
    view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    bench.paper.order(resting("alphapoint", "1", "AAA", "1.00", "1.0000"))
    bench.look()
    {action.text(): action for action in shown_menu().actions()}["Amend…   F2"].trigger()
    assert bench.ticket.panels.open_lineage == bench.buy


async def test_cancelling_offers_no_and_cancels_on_yes_alone(bench: Bench) -> None:
    bench.paper.desk.read_only = False
    cancelled = bench.paper.connectors["bitso"].cancelled
    for button, wanted in ((QMessageBox.StandardButton.No, []), (QMessageBox.StandardButton.Yes, ["qlbga6b600n3xta7"])):
        box = bench.ticket.menu.ask_cancel(bench.buy)
        assert box is not None
        assert box.text() == "Cancel buy 0.83333333 btc_usd (the venue's one market) at 120000.00?"
        more = box.informativeText().split("\n")
        assert more[:2] == ["PRACTICE · Bitso · account bitso", "Order qlbga6b600n3xta7"]
        assert box.defaultButton() is box.button(QMessageBox.StandardButton.No)
        box.button(button).click()
        await asyncio.sleep(0.05)
        assert cancelled == wanted


@pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)
def test_an_unreadable_order_may_be_cancelled_and_not_amended(bench: Bench) -> None:
    now = bench.paper.clock.now()
    bench.paper.happen(OrderUnreadable("bitso", now, "qlbga6b600n3xta7", "it has no symbol", "{}", Source.LOOKUP))
    bench.look()
    place = bench.ticket.view.visualRect(bench.ticket.model.index_of(bench.buy)).center()
    shown = bench.ticket.menu.show_at(place)
    assert shown is not None
    actions = {action.text(): action.isEnabled() for action in shown.actions()}
    assert not actions["Amend…   F2"]
    assert actions["Cancel this order…   Del"]
    shown.close()


@pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)
def test_an_order_that_has_ended_is_looked_at_and_not_amended(bench: Bench) -> None:
    bench.paper.change(bench.buy, status=OrderStatus.CANCELLED)
    bench.look()
    shown = bench.ticket.menu.show_of(bench.buy, QPoint(3, 3))
    assert shown is not None
    actions = {action.text(): action.isEnabled() for action in shown.actions()}
    assert actions["Show its fields   F2"]
    assert "Amend…   F2" not in actions
    assert not actions["Cancel this order…   Del"]
    shown.close()

"""The menu of a row: it acts on the row under the pointer, and cancelling asks first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.domain.amendment import Source
from app.domain.events import OrderUnreadable
from app.runtime.qtloop import QtLoop
from app.ui.look.theme import Theme
from app.ui.orders.menu import OrderMenu
from tests.ui.window.test_window import Bench


@pytest.fixture
def bench(qtbot: QtBot, theme: Theme, qloop: QtLoop) -> Iterator[Bench]:
    bench = Bench(qtbot, theme)
    yield bench
    bench.ticket.stop()
    bench.life.allow_close()


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


async def test_cancelling_offers_no_and_cancels_on_yes_alone(bench: Bench) -> None:
    bench.paper.desk.read_only = False
    cancelled = bench.paper.connectors["bitso"].cancelled
    for button, wanted in ((QMessageBox.StandardButton.No, []), (QMessageBox.StandardButton.Yes, ["qlbga6b600n3xta7"])):
        box = bench.ticket.menu.ask_cancel(bench.buy)
        assert "Cancel buy 0.83333333 btc_usd at 120000.00?" in box.text()
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
    assert actions["Cancel this order…"]
    shown.close()

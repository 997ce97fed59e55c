"""A window that is narrow, low, or both: what yields to what, and the ladder that can always be reached."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from app.domain.events import OpenOrdersListed
from app.ui.amend.send_box import SendBox
from app.ui.detail.bottom_dock import Page
from app.ui.look.theme import text_font
from app.ui.orders.row import Column
from tests.helpers.paper_desk import resting
from tests.ui.window.test_window import Bench

D = Decimal


def test_a_narrow_window_keeps_the_list_and_the_panel(bench: Bench) -> None:
    bench.window.resize(900, 620)
    QApplication.processEvents()
    assert bench.ticket.side.isHidden()
    bench.open(bench.buy)
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    assert panel.width() == bench.ticket.view.viewport().width()


def test_in_a_low_window_the_dock_makes_room_for_a_panel(bench: Bench) -> None:
    bench.window.resize(1600, 860)
    QApplication.processEvents()
    dock = bench.ticket.dock
    assert dock.pages.isVisible()
    bench.open(bench.buy)
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    assert dock.pages.isHidden()
    assert dock.tabs.isVisible()
    bottom = panel.box.send.mapTo(bench.ticket.layer, QPoint(0, panel.box.send.height())).y()
    assert bottom <= bench.ticket.layer.height()
    bench.ticket.foot.unresolved.setChecked(True)
    assert dock.pages.isVisible(), "it was asked for"
    bench.ticket.foot.unresolved.setChecked(False)
    assert dock.pages.isHidden()
    bench.ticket.panels.close(bench.buy)
    assert dock.pages.isVisible()


def test_in_a_narrow_window_the_switches_leave_the_accounts_their_room(bench: Bench) -> None:
    top = bench.ticket.top
    top.stop.click()
    top.read_only.click()
    for width, keys in ((960, False), (1600, True)):
        bench.window.resize(width, 620)
        QApplication.processEvents()
        assert ("Ctrl" in top.stop.text()) is keys
        assert top.stop.width() >= top.stop.sizeHint().width()
        for card in top.strip.cards.values():
            title, left = (text_font(12, bold=True), 33), (text_font(11), 19)
            for text, (font, beside) in ((card.news.title, title), (card.news.left, left)):
                assert QFontMetricsF(font).horizontalAdvance(text) <= card.width() - beside, text


async def test_what_waits_can_be_seen_in_a_low_window_too(bench: Bench) -> None:
    bench.window.resize(900, 560)
    QApplication.processEvents()
    assert bench.ticket.dock.tabs.isVisible()
    assert bench.ticket.dock.pages.isHidden()
    now = bench.paper.clock.now() + 1
    bench.paper.happen(OpenOrdersListed("qfex", now, now, ()))
    bench.look()
    bench.ticket.foot.unresolved.click()
    assert bench.ticket.dock.attention.isVisible()
    assert bench.ticket.view.viewport().height() > 90
    bench.ticket.foot.unresolved.click()
    assert bench.ticket.dock.pages.isHidden()
    await bench.paper.desk.close()


async def send(bench: Bench, price: str) -> None:
    bench.open(bench.buy)
    bench.price(bench.buy, price)
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    panel.send()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    bench.look()


async def test_a_narrow_window_has_the_ladder_in_its_dock(bench: Bench) -> None:
    dock = bench.ticket.dock
    assert not dock.tabs.isTabVisible(Page.LADDER), "it stands beside the list"
    await send(bench, "119000")
    bench.window.resize(960, 900)
    QApplication.processEvents()
    assert bench.ticket.side.isHidden()
    assert dock.story.isVisible(), "it takes the timeline's place"
    bench.look()
    assert dock.story.ladder.rungs()[-1].startswith("Waiting for")
    assert "price 120000" in dock.story.history.text()
    dock.tabs.setCurrentIndex(Page.WIRE)
    bench.window.resize(1600, 1000)
    QApplication.processEvents()
    assert dock.tabs.currentIndex() == Page.WIRE
    assert bench.ticket.side.ladder.isVisible()
    await bench.paper.desk.close()


async def test_the_ladder_is_a_key_away_in_every_window(bench: Bench) -> None:
    await send(bench, "119000")
    dock = bench.ticket.dock
    for size in ((960, 540), (1600, 1000)):
        bench.window.resize(*size)
        QApplication.processEvents()
        bench.ticket.view.setFocus()
        bench.key_into(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        story = dock.story if bench.ticket.side.isHidden() else bench.ticket.side.story
        assert story.ladder_pane.hasFocus()
        assert story.ladder.isVisible()
        assert story.ladder.rungs()[-1].startswith("Waiting for")
        bench.key_into(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        assert bench.ticket.view.hasFocus()
        bench.key_into(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        bench.key_into(Qt.Key.Key_Escape)
        assert bench.ticket.view.hasFocus()
    await bench.paper.desk.close()


def test_a_ladder_asked_for_gives_way_to_a_panel(bench: Bench) -> None:
    bench.window.resize(960, 540)
    QApplication.processEvents()
    dock = bench.ticket.dock
    bench.key_into(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert dock.story.isVisible()
    bench.open(bench.buy)
    assert dock.isHidden()
    bench.key_into(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert dock.story.isVisible()
    bench.key_into(Qt.Key.Key_Escape)
    assert dock.isHidden()
    bench.ticket.panels.close(bench.buy)
    assert dock.tabs.isVisible()
    assert dock.pages.isHidden()
    tab = dock.tabs.tabRect(Page.LADDER).center()
    bench.qtbot.mouseClick(dock.tabs, Qt.MouseButton.LeftButton, pos=tab)
    assert dock.story.isVisible(), "a click on the tab in front unfolds it"


def test_a_long_history_leaves_the_ladder_in_sight(bench: Bench) -> None:
    bench.ticket.view.choose(bench.buy)
    for number in range(60):
        bench.paper.change(bench.buy, price=D(120000 + number))
    bench.look()
    QApplication.processEvents()
    story = bench.ticket.side.story
    assert story.history_pane.verticalScrollBar().maximum() > 0
    assert story.history_pane.verticalScrollBar().value() == story.history_pane.verticalScrollBar().maximum()
    assert story.ladder_pane.height() >= story.ladder.heightForWidth(story.ladder.width())
    assert story.rect().contains(story.ladder_pane.geometry())


@pytest.mark.parametrize("width", [860, 1024, 1300])
def test_the_word_for_the_market_is_never_cut(bench: Bench, width: int) -> None:
    key = bench.paper.order(resting("bitget", "1204718825", "BTCUSDT", "59840.00", "0.5", market="perp"))
    bench.window.resize(width, 700)
    bench.look()
    view = bench.ticket.view
    row = bench.ticket.model.row_at(bench.ticket.model.position_of(key) or 0)
    assert QFontMetricsF(text_font()).horizontalAdvance("BTCUSDT perp") + 12 <= view.columnWidth(Column.SYMBOL)
    assert "perp" in row.tooltip(Column.SYMBOL)


def test_the_name_of_the_order_stays_in_sight_wherever_its_panel_is_scrolled_to(bench: Bench) -> None:
    for number in range(30):
        bench.paper.order(resting("qfex", f"more-{number}", "AAPL-USD", "199.00", "1.000"))
    bench.window.resize(860, 520)
    bench.look()
    bench.open(bench.buy)
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    bar = bench.ticket.view.verticalScrollBar()
    row = bar.value() + bench.ticket.view.rowViewportPosition(bench.ticket.model.index_of(bench.buy).row())
    for place in (row, row + 60, row + 150, row + 260):
        bar.setValue(place)
        QApplication.processEvents()
        top = panel.name.mapTo(bench.ticket.layer, QPoint(0, 0)).y()
        assert top >= 0, place
        assert top + panel.name.height() <= bench.ticket.layer.height()
        assert panel.childAt(panel.mapFrom(bench.ticket.layer, QPoint(200, max(top, 2)))) in (
            panel.name,
            panel.name.parentWidget(),
        )
    for stop in panel.fields.stops():
        if stop.isVisible() and stop.isEnabled():
            bench.ticket.view.setFocus()
            bar.setValue(row + 150)
            stop.setFocus()
            QApplication.processEvents()
            place_of = stop.mapTo(bench.ticket.layer, QPoint(0, 0)).y()
            name = panel.name.mapTo(bench.ticket.layer, QPoint(0, 0)).y() + panel.name.height()
            assert place_of >= name, "what has the keyboard is not below the name"


def test_the_words_of_send_are_whole_at_every_width(bench: Bench) -> None:
    for width in (784, 860, 1000, 1140, 1160, 1300, 1600):
        for key in (bench.buy, bench.sell, bench.qfex):
            bench.window.resize(width, 900)
            bench.look()
            bench.open(key)
            bench.look()
            panel = bench.ticket.panels.panel(key)
            assert panel is not None
            send, revert = panel.box.send, panel.box.revert
            assert send.width() >= send.sizeHint().width(), (width, key)
            assert revert.geometry().right() <= panel.box.rect().right(), (width, key)
    send, box = panel.box.send, SendBox()
    bench.qtbot.addWidget(box)
    assert send.text() == "Send amendment   Ctrl ↵"
    box.show()
    for room, words in ((220, ("Send   Ctrl ↵", "Revert   Esc")), (170, ("Send", "Revert"))):
        box.resize(room, 80)
        QApplication.processEvents()
        assert (box.send.text(), box.revert.text()) == words, "rather than cut"
        assert box.send.width() >= box.send.sizeHint().width()
        assert box.revert.width() >= box.revert.sizeHint().width()
        assert box.send.accessibleName() != ""

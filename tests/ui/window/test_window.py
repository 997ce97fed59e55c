"""The whole window on a paper desk: list, panels, search, notices, switches, cards and its ending."""

from __future__ import annotations

import asyncio
import logging
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from app.domain.account import Environment
from app.domain.events import LinkChanged, Noticed
from app.domain.form import FieldName
from app.domain.market import LinkState
from app.domain.order import OrderStatus, Side
from app.runtime.errors import ErrorSink
from app.runtime.lifecycle import Lifecycle
from app.runtime.qtloop import QtLoop
from app.ui.look.theme import LIGHT, Theme
from app.ui.orders.row import Column
from app.ui.window.desk_view import DeskView
from app.ui.window.main_window import MainWindow
from tests.helpers.paper_desk import PaperDesk, bitso_buy, resting

D = Decimal


class Bench:
    """A window with a handful of orders."""

    def __init__(self, qtbot: QtBot, theme: Theme) -> None:
        self.qtbot, self.theme = qtbot, theme
        self.paper = PaperDesk()
        self.buy = bitso_buy(self.paper)
        self.sell = self.paper.order(resting("alphapoint", "15067", "BTCCAD", "84110.00", "1.0000", side=Side.SELL))
        self.qfex = self.paper.order(resting("qfex", "8888-4444", "AAPL-USD", "200.00", "2.000", client_id="mine-7"))
        self.sink, self.life = ErrorSink(), Lifecycle()
        self.window = MainWindow(theme, self.sink, self.life)
        qtbot.addWidget(self.window)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        self.ticket: DeskView = self.window.attach(self.paper.desk)
        self.look()

    def look(self) -> None:
        """Put what happened on the screen."""
        self.ticket.feed.flush()
        self.ticket.model.flush()
        self.ticket.panels.refresh()
        QApplication.processEvents()

    def open(self, lineage: str, column: int | None = None) -> None:
        assert self.ticket.panels.open(lineage, column) is not None
        QApplication.processEvents()

    def price(self, lineage: str, text: str) -> None:
        panel = self.ticket.panels.panel(lineage)
        assert panel is not None
        panel.fields.lines[FieldName.PRICE].set_number(D(text))
        self.look()

    def key_into(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        widget = QApplication.focusWidget()
        assert widget is not None
        self.qtbot.keyClick(widget, key, modifier)
        QApplication.processEvents()


def test_the_window_is_there_before_the_desk(qtbot: QtBot, theme: Theme) -> None:
    window = MainWindow(theme, ErrorSink(), Lifecycle())
    qtbot.addWidget(window)
    window.tell("Starting the practice venues…")
    window.show()
    qtbot.waitExposed(window)
    assert window.ticket is None


def test_orders_of_all_venues_stand_in_one_list(bench: Bench) -> None:
    assert bench.ticket.model.lineages() == (bench.sell, bench.buy, bench.qfex)
    assert bench.ticket.empty.isHidden()
    assert bench.ticket.view.lineage() == bench.sell, "there is always a current order"
    assert "3 open orders · 4 venues" in bench.ticket.foot.orders.text()
    assert bench.ticket.top.badge.text() == "PRACTICE"
    assert bench.window.windowTitle() == "Redline — PRACTICE"


def test_f2_opens_the_panel_below_the_row_and_escape_closes_it(bench: Bench) -> None:
    bench.ticket.view.choose(bench.buy)
    bench.ticket.view.setFocus()
    bench.key_into(Qt.Key.Key_F2)
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    assert panel.isVisible()
    assert panel.isAncestorOf(QApplication.focusWidget())
    assert bench.ticket.model.frozen
    bench.key_into(Qt.Key.Key_Escape)
    assert bench.ticket.panels.open_lineage == ""
    assert bench.ticket.view.hasFocus()
    assert bench.ticket.view.lineage() == bench.buy
    assert bench.ticket.panels.panel(bench.buy) is None


def test_a_double_click_opens_the_field_of_its_column_and_sends_nothing(bench: Bench) -> None:
    view = bench.ticket.view
    cell = view.visualRect(bench.ticket.model.index_of(bench.buy, Column.QUANTITY)).center()
    bench.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    bench.qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    assert panel.fields.lines[FieldName.QUANTITY].number.hasFocus()
    assert bench.paper.connectors["bitso"].sent == []


def test_a_draft_stands_on_its_row_and_survives_the_panel(bench: Bench) -> None:
    bench.open(bench.buy)
    bench.price(bench.buy, "119000")
    row = bench.ticket.model.row_at(bench.ticket.model.position_of(bench.buy) or 0)
    assert row.price_to == "119\u202f000.00"
    assert row.amendment is not None
    assert row.amendment.word == "Draft"
    bench.open(bench.qfex)
    assert bench.ticket.panels.open_lineage == bench.qfex
    assert bench.ticket.panels.drafts() == (bench.buy,)
    bench.open(bench.buy)
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    assert panel.fields.lines[FieldName.PRICE].number.text() == "119000"


async def test_old_and_asked_stand_on_the_row_until_it_is_settled(bench: Bench) -> None:
    bench.open(bench.buy)
    bench.price(bench.buy, "119000")
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    panel.send()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    bench.look()
    position = bench.ticket.model.position_of(bench.buy)
    assert position is not None
    row = bench.ticket.model.row_at(position)
    assert (row.price, row.price_to) == ("120\u202f000.00", "119\u202f000.00")
    assert row.amendment is not None
    assert row.amendment.word.startswith("Sent")
    assert bench.ticket.foot.unresolved.text() == "1 unresolved"
    assert bench.ticket.side.ladder.rungs()[-1].startswith("Waiting for")
    bench.ticket.foot.unresolved.click()
    assert bench.ticket.model.lineages() == (bench.buy,)
    bench.ticket.foot.unresolved.click()
    assert len(bench.ticket.model.lineages()) == 3
    await bench.paper.desk.close()


def test_the_search_finds_any_id_client_id_or_symbol(bench: Bench) -> None:
    bench.key_into(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert bench.ticket.top.search.hasFocus()
    bench.qtbot.keyClicks(bench.ticket.top.search, "mine-7")
    assert bench.ticket.model.lineages() == (bench.qfex,)
    bench.key_into(Qt.Key.Key_Return)
    assert bench.ticket.view.hasFocus()
    assert bench.ticket.view.lineage() == bench.qfex
    bench.ticket.top.search.setText("nothing like it")
    assert not bench.ticket.empty.isHidden()
    assert "No order fits" in bench.ticket.empty.text()
    bench.ticket.top.search.setFocus()
    bench.key_into(Qt.Key.Key_Escape)
    assert len(bench.ticket.model.lineages()) == 3


def test_a_card_of_the_strip_lists_one_venue(bench: Bench) -> None:
    card = bench.ticket.top.strip.cards["qfex"]
    bench.qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    assert bench.ticket.model.lineages() == (bench.qfex,)
    bench.qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    assert len(bench.ticket.model.lineages()) == 3


def test_what_a_venue_says_is_a_banner_until_dismissed(bench: Bench) -> None:
    now = bench.paper.clock.now()
    for _ in range(2):
        bench.paper.happen(Noticed("bitso", now, "Bitso sent an answer that cannot be read.", serious=True))
    bench.look()
    assert bench.ticket.banner.texts() == ("Bitso sent an answer that cannot be read.",), "it names its venue itself"
    bench.ticket.banner.dismiss(bench.ticket.banner.texts()[0])
    assert bench.ticket.banner.isHidden()


def test_a_refused_login_is_said_and_unsaid(bench: Bench) -> None:
    now = bench.paper.clock.now()
    bench.paper.happen(LinkChanged("qfex", now, LinkState.REFUSED, "QFEX refused the key; check the configuration."))
    bench.look()
    assert any("refused the key" in text for text in bench.ticket.banner.texts())
    assert bench.ticket.top.strip.cards["qfex"].news.left == "login refused"
    assert "not connected: qfex" in bench.ticket.foot.fresh.text()
    bench.paper.happen(LinkChanged("qfex", now + 1, LinkState.UP, "Connected."))
    bench.look()
    assert bench.ticket.banner.texts() == ()


def test_every_refused_login_is_said_and_none_pushes_another_out(bench: Bench) -> None:
    now = bench.paper.clock.now()
    for name in bench.paper.desk.accounts:
        bench.paper.happen(LinkChanged(name, now, LinkState.REFUSED, "The key was refused."))
    for number in range(5):
        bench.paper.happen(Noticed("bitso", now, f"Something else {number}.", serious=False))
    bench.look()
    texts = bench.ticket.banner.texts()
    assert sum("The key was refused." in text for text in texts) == 4
    assert sum("Something else" in text for text in texts) == 3


def test_the_foot_names_the_oldest_data_while_a_venue_is_not_connected(bench: Bench) -> None:
    foot = bench.ticket.foot
    bench.paper.happen(LinkChanged("bitso", bench.paper.clock.now(), LinkState.DOWN, "No route."))
    bench.paper.clock.pass_time(180)
    bench.paper.order(resting("qfex", "later", "AAPL-USD", "199.00", "1.000"))
    foot.refresh()
    assert "bitso as of" in foot.fresh.text()
    assert "3 min ago" in foot.fresh.text()
    assert "data as of" not in foot.fresh.text()
    assert "3 of 4 venues listed so far" in foot.orders.text()


def test_an_error_of_the_program_itself_is_a_banner(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "redline.errors"):
        bench.sink.report("task bitso", ValueError("broken"))
    assert bench.ticket.banner.texts() == ("Redline itself: task bitso: broken",)


def test_stop_and_read_only_work_from_the_keyboard(bench: Bench) -> None:
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    bench.key_into(Qt.Key.Key_K, keys)
    assert bench.paper.desk.stopped
    assert "stopped" in bench.ticket.top.stop.text()
    bench.key_into(Qt.Key.Key_K, keys)
    assert not bench.paper.desk.stopped
    bench.ticket.top.read_only.click()
    assert bench.paper.desk.read_only


def test_a_live_account_starts_read_only_and_is_marked(qtbot: QtBot, theme: Theme, qloop: QtLoop) -> None:
    paper = PaperDesk("bitso", environment=Environment.LIVE)
    window = MainWindow(theme, ErrorSink(), Lifecycle())
    qtbot.addWidget(window)
    ticket = window.attach(paper.desk)
    assert ticket.top.badge.text() == "LIVE"
    assert ticket.top.read_only.isChecked()
    assert window.windowTitle() == "Redline — LIVE"
    ticket.stop()


def test_the_theme_changes_from_the_keyboard(bench: Bench) -> None:
    bench.key_into(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert bench.theme.colours is LIGHT


def test_the_rule_card_shows_its_source_and_gives_the_focus_back(bench: Bench) -> None:
    bench.open(bench.buy)
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    stop = panel.fields.lines[FieldName.STOP].number
    stop.setFocus()
    bench.key_into(Qt.Key.Key_F1)
    card = bench.ticket.rule_card
    assert card.isVisible()
    assert card.hasFocus()
    assert bench.ticket.rect().contains(card.geometry())
    bench.key_into(Qt.Key.Key_Escape)
    assert card.isHidden()
    assert stop.hasFocus()
    assert bench.ticket.panels.open_lineage == bench.buy


def test_the_card_of_keys(bench: Bench) -> None:
    bench.key_into(Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier)
    assert bench.ticket.key_card.isVisible()
    bench.key_into(Qt.Key.Key_Escape)
    assert bench.ticket.key_card.isHidden()
    assert bench.ticket.view.hasFocus()


async def test_f5_looks_up_and_ctrl_r_lists(bench: Bench) -> None:
    bench.ticket.view.choose(bench.buy)
    bench.ticket.view.setFocus()
    bench.key_into(Qt.Key.Key_F5)
    bench.key_into(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    await asyncio.sleep(0)
    assert bench.paper.connectors["bitso"].looked_up == ["qlbga6b600n3xta7"]
    assert all(each.refreshed == 1 for each in bench.paper.connectors.values())


def test_f6_goes_between_list_and_panel(bench: Bench) -> None:
    bench.open(bench.buy)
    bench.key_into(Qt.Key.Key_F6)
    assert bench.ticket.view.hasFocus()
    bench.key_into(Qt.Key.Key_F6)
    assert bench.ticket.layer.isAncestorOf(QApplication.focusWidget())


async def test_cancelling_asks_first_and_offers_no(bench: Bench) -> None:
    box = bench.ticket.menu.ask_cancel(bench.buy)
    assert box is not None
    assert box.defaultButton() == box.button(QMessageBox.StandardButton.No)
    box.button(QMessageBox.StandardButton.No).click()
    await asyncio.sleep(0)
    assert bench.paper.connectors["bitso"].cancelled == []
    box = bench.ticket.menu.ask_cancel(bench.buy)
    assert box is not None
    box.button(QMessageBox.StandardButton.Yes).click()
    await asyncio.sleep(0)
    assert bench.paper.connectors["bitso"].cancelled == ["qlbga6b600n3xta7"]


# The offscreen platform has no keyboard to grab for a menu.
@pytest.mark.qt_log_ignore(r"^This plugin does not support grabbing the keyboard")
def test_the_menu_of_a_row(bench: Bench) -> None:
    place = bench.ticket.view.visualRect(bench.ticket.model.index_of(bench.buy)).center()
    menu = bench.ticket.menu.show_at(place)
    assert menu is not None
    actions = {action.text(): action for action in menu.actions() if action.text()}
    actions["Copy order id"].trigger()
    assert QGuiApplication.clipboard().text() == "qlbga6b600n3xta7"
    actions["Amend…   F2"].trigger()
    assert bench.ticket.panels.open_lineage == bench.buy
    menu.close()
    assert bench.ticket.menu.show_at(QPoint(5, 700)) is None


def test_an_order_that_ends_keeps_its_open_panel(bench: Bench) -> None:
    bench.open(bench.buy)
    bench.price(bench.buy, "119000")
    bench.paper.change(bench.buy, status=OrderStatus.FILLED, filled=D("0.83333333"))
    bench.paper.clock.pass_time(120)
    bench.ticket.feed.tick.emit()
    bench.look()
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    assert panel.isVisible()
    assert not panel.box.send.isEnabled()
    panel.revert()
    bench.ticket.panels.close(bench.buy)
    bench.look()
    assert bench.buy not in bench.ticket.model.lineages()


def test_an_update_moves_neither_focus_nor_choice_nor_scroll(bench: Bench) -> None:
    bench.open(bench.buy)
    focus = QApplication.focusWidget()
    for number in range(20):
        bench.paper.quote("bitso", "btc_usd", f"{119990 + number}.00", f"{120050 + number}.00")
        bench.paper.order(resting("qfex", f"new-{number}", "AAPL-USD", "199.00", "1.000"))
    bench.look()
    assert QApplication.focusWidget() is focus
    assert bench.ticket.view.lineage() == bench.buy
    assert bench.ticket.view.verticalScrollBar().value() == 0


def test_an_empty_desk_says_what_it_waits_for(qtbot: QtBot, theme: Theme, qloop: QtLoop) -> None:
    paper = PaperDesk("bitso")
    window = MainWindow(theme, ErrorSink(), Lifecycle())
    qtbot.addWidget(window)
    window.show()
    ticket = window.attach(paper.desk)
    assert "No open orders" in ticket.empty.text()
    paper.happen(LinkChanged("bitso", paper.clock.now(), LinkState.SYNCING, ""))
    ticket.feed.flush()
    assert "Waiting for Bitso" in ticket.empty.text()
    paper.happen(LinkChanged("bitso", paper.clock.now(), LinkState.REFUSED, "The key was refused."))
    ticket.feed.flush()
    assert "The login was refused by Bitso" in ticket.empty.text()
    assert "Waiting" not in ticket.empty.text()
    ticket.stop()


def test_closing_asks_the_program_to_end_and_only_then_closes(bench: Bench) -> None:
    bench.window.close()
    assert bench.window.isVisible()
    asyncio.run(asyncio.wait_for(bench.life.stopping(), 5))
    bench.life.allow_close()
    event = QCloseEvent()
    bench.window.closeEvent(event)
    assert event.isAccepted()


def test_mild_news_goes_by_itself_and_trouble_stays(bench: Bench) -> None:
    now = bench.paper.clock.now()
    bench.paper.happen(Noticed("bitso", now, "Quotes are polled.", serious=False))
    bench.paper.happen(Noticed("bitso", now, "An answer cannot be read.", serious=True))
    bench.look()
    for _ in range(40):
        bench.ticket.banner.tick()
    assert bench.ticket.banner.texts() == ("Bitso: An answer cannot be read.",)


def test_the_side_column_follows_when_the_current_row_goes(bench: Bench) -> None:
    bench.ticket.view.choose(bench.buy)
    bench.paper.change(bench.buy, status=OrderStatus.CANCELLED)
    bench.paper.clock.pass_time(120)
    bench.ticket.feed.tick.emit()
    bench.look()
    assert bench.buy not in bench.ticket.model.lineages()
    chosen = bench.ticket.view.lineage()
    assert chosen
    assert bench.ticket.side._key == chosen

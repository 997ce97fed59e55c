"""The menu of an account's card: by pointer and by key, it lets one account alone be read-only."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from app.desk.desk import DeskError
from app.domain.form import FieldName
from app.ui.status.account_menu import account_menu
from tests.ui.window.test_window import Bench

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)


def switch(menu: QMenu) -> None:
    """Press the switch of a menu."""
    next(each for each in menu.actions() if each.isCheckable()).trigger()
    menu.close()


def test_the_menu_names_the_account_and_says_how_it_stands(bench: Bench) -> None:
    card = bench.ticket.top.strip.cards["bitso"]
    menu = account_menu(bench.paper.desk, "bitso", bench.look, card, QPoint(5, 5))
    words = [each.text() for each in menu.actions() if each.text()]
    assert words[0].startswith("PRACTICE · Bitso")
    assert "Read-only: send and cancel nothing here" in words
    assert not any(each.isChecked() for each in menu.actions())
    switch(menu)
    assert bench.paper.desk.read_only_accounts == {"bitso"}


@pytest.mark.parametrize("reason", [QContextMenuEvent.Reason.Keyboard, QContextMenuEvent.Reason.Mouse])
def test_it_holds_back_one_account_and_says_so_everywhere(bench: Bench, reason: QContextMenuEvent.Reason) -> None:
    strip, desk = bench.ticket.top.strip, bench.paper.desk
    bench.open(bench.buy)
    bench.price(bench.buy, "119000")
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    assert panel.box.send.isEnabled()
    card = strip.cards["bitso"]
    card.setFocus()
    QApplication.sendEvent(card, QContextMenuEvent(reason, QPoint(5, 5), card.mapToGlobal(QPoint(5, 5))))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    switch(menu)
    sentence = desk.holds_back("bitso")
    assert sentence.startswith("The account bitso is read-only; ")
    assert not panel.box.send.isEnabled(), "without waiting for the market"
    assert sentence in " ".join(each.text() for each in panel.box.findChildren(type(panel.box._held)))
    assert card.news.left == "read-only"
    assert "It is read-only: nothing is sent or cancelled there." in card.accessibleDescription()
    with pytest.raises(DeskError, match="is read-only"):
        desk.cancel(bench.buy)
    assert desk.holds_back("qfex") == ""
    bench.qtbot.keyClick(panel, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert bench.paper.connectors["bitso"].sent == []
    assert FieldName.PRICE in [name for name, _ in panel.keeper.draft.values], "nothing typed is lost"
    again = strip.show_menu("bitso", QPoint(5, 5))
    switch(again)
    assert panel.box.send.isEnabled()
    assert desk.read_only_accounts == set()

"""What is said lies over the list: no row and no button moves when it comes, changes or goes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from app.domain import events as ev
from app.domain.market import LinkState
from app.ui.window.overlay import Overlay
from tests.helpers.paper_desk import resting
from tests.ui.window.test_window import Bench

NEWS = 5


def places(bench: Bench) -> dict[str, QRect]:
    """Where every row and every button outside the overlay is, in the window."""
    ticket = bench.ticket
    corner = ticket.view.viewport().mapTo(bench.window, QPoint(0, 0))
    rows = {key: ticket.view.visualRect(ticket.model.index_of(key)) for key in ticket.model.lineages()}
    shown = {key: row.translated(corner) for key, row in rows.items()}
    buttons = bench.window.findChildren(QPushButton)
    outside = [button for button in buttons if button.isVisible() and not overlay_of(bench).isAncestorOf(button)]
    for button in outside:
        twins = [each for each in outside if each.text() == button.text()]
        shown[f"{button.text()} {twins.index(button)}"] = in_window(bench, button)
    return shown


def in_window(bench: Bench, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(bench.window, QPoint(0, 0)), widget.size())


def overlay_of(bench: Bench) -> Overlay:
    return bench.ticket.overlay


def settle(bench: Bench) -> None:
    bench.look()
    for _ in range(4):
        QApplication.processEvents()


def say(bench: Bench, number: int) -> None:
    text = f"Something {number}, in so many words that they do not fit on one line of a window. " * 4
    bench.paper.happen(ev.Noticed("bitget", bench.paper.clock.now(), text, serious=True))
    settle(bench)


@pytest.mark.parametrize("panel", [False, True], ids=["list", "panel"])
async def test_rows_and_buttons_stay_while_banners_and_the_sheet_come_and_go(bench: Bench, panel: bool) -> None:
    ticket = bench.ticket
    if panel:
        bench.open(bench.buy)
    settle(bench)
    before = places(bench)
    for number in range(NEWS):
        say(bench, number)
        assert ticket.banner.isVisible()
        assert {key: place for key, place in places(bench).items() if key in before} == before
    sheet_comes(bench)
    assert ticket.sheet.isVisible()
    assert {key: place for key, place in places(bench).items() if key in before} == before
    ticket.sheet.fold(folded=False)
    settle(bench)
    assert {key: place for key, place in places(bench).items() if key in before} == before
    ticket.sheet.close_sheet()
    for text in ticket.banner.texts():
        ticket.banner.dismiss(text)
    settle(bench)
    assert ticket.overlay.isHidden()
    assert {key: place for key, place in places(bench).items() if key in before} == before
    await bench.paper.desk.close()


def sheet_comes(bench: Bench) -> None:
    """An order got another price while a link was lost."""
    paper = bench.paper
    now = paper.clock.now()
    listed = paper.desk.state.lineages[bench.sell].order
    paper.happen(ev.LinkChanged("alphapoint", now, LinkState.DOWN, "No route."))
    paper.clock.pass_time(30)
    now = paper.clock.now()
    paper.happen(ev.LinkChanged("alphapoint", now, LinkState.SYNCING, ""))
    paper.happen(ev.OpenOrdersListed("alphapoint", now, now, (replace(listed, price=Decimal("84000")),)))
    paper.happen(ev.LinkChanged("alphapoint", now, LinkState.UP, "Connected."))
    settle(bench)


def test_a_click_on_it_reaches_no_row_below(bench: Bench) -> None:
    for number in range(40):
        bench.paper.order(resting("qfex", f"more-{number}", "AAPL-USD", "199.00", "1.000"))
    settle(bench)
    bench.ticket.view.choose(bench.buy)
    say(bench, 1)
    place = bench.ticket.overlay.geometry().center()
    target = bench.ticket.list_area.childAt(place)
    assert target is not None
    assert bench.ticket.overlay.isAncestorOf(target)
    bench.qtbot.mouseClick(target, Qt.MouseButton.LeftButton)
    assert bench.ticket.view.lineage() == bench.buy


def test_the_last_row_can_be_seen_above_it_and_stays_there(bench: Bench) -> None:
    for number in range(60):
        bench.paper.order(resting("qfex", f"more-{number}", "AAPL-USD", "199.00", "1.000"))
    settle(bench)
    say(bench, 1)
    view, last = bench.ticket.view, bench.ticket.model.lineages()[-1]
    view.setFocus()
    bench.key_into(Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    view.choose(last)
    bottom = view.visualRect(bench.ticket.model.index_of(last)).bottom()
    assert bottom <= view.viewport().height() - bench.ticket.overlay.height()
    bench.paper.order(resting("bitso", "another", "eth_usd", "1.00", "1"))
    settle(bench)
    row = view.visualRect(bench.ticket.model.index_of(last))
    assert row.bottom() <= view.viewport().height() - bench.ticket.overlay.height() + row.height()


def test_it_is_over_an_open_panel_and_gives_way_to_its_end(bench: Bench) -> None:
    bench.window.resize(1300, 760)
    settle(bench)
    say(bench, 1)
    bench.open(bench.buy)
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    settle(bench)
    send = in_window(bench, panel.box.send)
    assert not send.intersects(in_window(bench, bench.ticket.overlay))


def test_no_button_of_it_moves_under_the_pointer(bench: Bench) -> None:
    banner = bench.ticket.banner
    for number in (1, 2):
        say(bench, number)
    shown = banner.shown()
    place = QPointF(5, 5)
    QApplication.sendEvent(banner, QEnterEvent(place, place, place))
    say(bench, 3)
    banner.dismiss(shown[1][1])
    settle(bench)
    buttons = [each for each in banner.findChildren(QPushButton) if each.text() == "Dismiss" and each.isVisible()]
    assert len(buttons) == 2, "what is over stays until the pointer has gone"
    assert len(banner.texts()) == 2
    QApplication.sendEvent(banner, QEvent(QEvent.Type.Leave))
    settle(bench)
    assert "Something 3" in banner.shown()[0][1]
    assert len(banner.shown()) == 2

"""Selection, side column, dock and panel tell of one order, or say that they do not; nothing is sent in between."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QPoint, Qt

from app.domain.form import FieldName
from app.ui.amend.panel import AmendPanel
from tests.helpers.paper_desk import resting
from tests.ui.window.test_window import Bench

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


def drafted(bench: Bench) -> AmendPanel:
    """The panel of the buy with a draft, after a click on another row."""
    bench.open(bench.buy)
    bench.price(bench.buy, "119000")
    click(bench, bench.qfex)
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    return panel


def click(bench: Bench, key: str) -> QPoint:
    place = bench.ticket.view.visualRect(bench.ticket.model.index_of(key)).center()
    bench.qtbot.mouseClick(bench.ticket.view.viewport(), LEFT, pos=place)
    return place


def test_the_open_panel_side_column_and_dock_name_their_order(bench: Bench) -> None:
    bench.open(bench.buy)
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    name = bench.ticket.rows.name(bench.buy)
    assert name is not None
    assert panel.name.text() == name.sentence
    assert bench.ticket.dock.name.text() == name.sentence
    assert bench.ticket.side.name.text() == f"{name.what}\n{name.where}"


def test_after_a_click_on_another_row_the_panel_says_so_and_nothing_moves(bench: Bench) -> None:
    bench.open(bench.buy)
    bench.price(bench.buy, "119000")
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    assert panel.box.send.isEnabled()
    before = bench.ticket.view.visualRect(bench.ticket.model.index_of(bench.qfex))
    place = click(bench, bench.qfex)
    assert bench.ticket.view.lineage() == bench.qfex
    assert bench.ticket.view.visualRect(bench.ticket.model.index_of(bench.qfex)) == before
    assert "Not the selected order" in panel.name.text()
    assert "8888-4444" in panel.name.text()
    assert "qlbga6b600n3xta7" in panel.name.text()
    assert "8888-4444" in bench.ticket.dock.name.text()
    assert not panel.box.send.isEnabled()
    bench.qtbot.mouseClick(bench.ticket.view.viewport(), LEFT, pos=place)
    bench.qtbot.mouseDClick(bench.ticket.view.viewport(), LEFT, pos=place)
    assert bench.ticket.panels.open_lineage == bench.qfex, "the second click meets the same row"
    assert bench.ticket.panels.drafts() == (bench.buy,)


async def test_send_by_key_or_click_comes_back_first_and_sends_only_then(bench: Bench) -> None:
    sent = bench.paper.connectors["bitso"].sent
    panel = drafted(bench)
    bench.qtbot.mouseClick(panel.box.send, LEFT)
    await asyncio.sleep(0)
    assert sent == []
    assert bench.ticket.view.lineage() == bench.buy
    assert panel.box.send.isEnabled()
    assert "Not the selected" not in panel.name.text()
    click(bench, bench.sell)
    panel.send()
    await asyncio.sleep(0)
    assert sent == []
    assert bench.ticket.view.lineage() == bench.buy, "it came back, to be read"
    bench.key_into(Key.Key_Return, CONTROL)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(sent) == 1
    await bench.paper.desk.close()


def test_going_into_the_panel_by_key_or_click_selects_its_row(bench: Bench) -> None:
    panel = drafted(bench)
    assert bench.ticket.view.hasFocus()
    bench.key_into(Key.Key_F6)
    assert bench.ticket.view.lineage() == bench.buy
    click(bench, bench.sell)
    bench.qtbot.mouseClick(panel.fields.lines[FieldName.QUANTITY].number, LEFT)
    assert bench.ticket.view.lineage() == bench.buy


def test_f2_on_another_row_opens_that_row(bench: Bench) -> None:
    drafted(bench)
    bench.key_into(Key.Key_F2)
    assert bench.ticket.panels.open_lineage == bench.qfex
    assert bench.ticket.view.lineage() == bench.qfex


def test_the_first_row_is_chosen_until_all_venues_have_listed_theirs(bench: Bench) -> None:
    view = bench.ticket.view
    bench.ticket.view.set_filling(True)
    first = bench.paper.order(resting("alphapoint", "1", "AAA", "1.00", "1.0000"))
    bench.look()
    bench.ticket.keep_first()
    assert bench.ticket.model.lineages()[0] == first
    assert view.lineage() == first, "nobody has chosen another one"
    bench.qtbot.keyClick(view, Key.Key_Down)
    chosen = view.lineage()
    bench.paper.order(resting("alphapoint", "0", "AAA", "1.00", "1.0000"))
    bench.look()
    assert view.lineage() == chosen

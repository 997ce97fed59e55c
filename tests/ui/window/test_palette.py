"""The command palette: actions, orders and ended orders by name, over the list, and never about another order."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from app.domain.form import FieldName
from app.domain.order import OrderStatus
from app.ui.orders.rows import LINGER
from app.ui.window.commands import ABOUT_ORDER, WITHOUT_KEY, Commands
from app.ui.window.order_search import OrderSearch
from app.ui.window.palette import CommandPalette, Entry, PaletteLine, fitting
from tests.helpers.paper_desk import resting
from tests.helpers.ticket_at_practice import words_of
from tests.ui.window.test_window import Bench

Key = Qt.Key
CONTROL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


def palette(bench: Bench) -> CommandPalette:
    commands: Commands = bench.ticket.commands
    return commands.palette


def opened(bench: Bench, text: str = "") -> CommandPalette:
    bench.key_into(Key.Key_K, CONTROL)
    card = palette(bench)
    assert card.isVisible()
    assert card.box.hasFocus()
    bench.qtbot.keyClicks(card.box, text)
    return card


def texts(card: CommandPalette) -> list[str]:
    return [entry.text for entry in card.entries()]


def ended(bench: Bench) -> str:
    """An order that has ended so long ago that it has left the list."""
    key = bench.paper.order(resting("bitso", "gone-4711", "btc_usd", "110000.00", "0.5", raw_status="open"))
    bench.look()
    bench.paper.change(key, status=OrderStatus.CANCELLED, raw_status="cancelled")
    bench.paper.clock.pass_time(LINGER / 1_000_000_000 + 1)
    bench.ticket.feed.tick.emit()
    bench.ticket.model.touch((key,))
    bench.look()
    assert bench.ticket.model.position_of(key) is None
    return key


def test_every_action_is_there_with_its_key_but_for_sending(bench: Bench) -> None:
    card = opened(bench)
    by_name = {entry.name: entry for entry in card.entries()}
    assert {entry.kind for entry in card.entries()} == {"action"}, "no order before something is typed"
    assert by_name["check"].keys == "F5"
    assert by_name["undo"].keys == "Ctrl+Shift+Z"
    assert by_name["amend"].keys == "F2"
    assert by_name.keys() >= ({*WITHOUT_KEY, *ABOUT_ORDER} - {"keys_file"}), "no file is read in this window"
    assert "send" not in by_name
    assert "join" not in by_name, "no panel is open"


def test_typing_finds_actions_and_enter_runs_the_marked_one(bench: Bench) -> None:
    rows = [bench.ticket.view.visualRect(bench.ticket.model.index(row, 0)) for row in range(3)]
    card = opened(bench, "read-only")
    assert texts(card) == ["Read-only on or off"]
    assert [bench.ticket.view.visualRect(bench.ticket.model.index(row, 0)) for row in range(3)] == rows
    before = bench.paper.desk.read_only
    bench.key_into(Key.Key_Return)
    assert bench.paper.desk.read_only != before
    assert not card.isVisible()
    assert bench.ticket.view.hasFocus(), "where the keyboard was"


def test_escape_and_its_own_key_leave_it_and_nothing_has_happened(bench: Bench) -> None:
    bench.open(bench.buy)
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    price = panel.fields.lines[FieldName.PRICE].number
    for key, modifier in ((Key.Key_Escape, NONE), (Key.Key_K, CONTROL)):
        card = opened(bench, "stop")
        bench.key_into(key, modifier)
        assert not card.isVisible()
        assert price.hasFocus()
        assert bench.ticket.panels.open_lineage == bench.buy
        assert not bench.paper.desk.stopped


def test_an_order_is_found_by_any_of_its_words_and_chosen(bench: Bench) -> None:
    card = opened(bench, "aapl buy")
    assert [(each.kind, each.name) for each in card.entries()] == [("order", bench.qfex)]
    assert card.entries()[0].text.endswith("order 8888-4444")
    bench.key_into(Key.Key_Return)
    assert bench.ticket.view.lineage() == bench.qfex
    assert bench.ticket.view.hasFocus()
    card = opened(bench, "mine-7")
    assert [each.name for each in card.entries()] == [bench.qfex]


def test_an_order_that_a_filter_hides_is_found_too(bench: Bench) -> None:
    bench.ticket.top.search.setText("AAPL")
    bench.look()
    opened(bench, "qlbga6b600")
    bench.key_into(Key.Key_Return)
    bench.look()
    assert bench.ticket.view.lineage() == bench.buy
    assert not bench.ticket.filter.active, "and what hid it is told and gone"


def test_a_pinned_row_is_no_match(bench: Bench) -> None:
    bench.open(bench.buy)
    card = opened(bench, "aapl")
    assert [each.name for each in card.entries()] == [bench.qfex]


def test_an_ended_order_comes_back_until_another_is_chosen(bench: Bench) -> None:
    key = ended(bench)
    card = opened(bench, "gone-4711")
    assert [(each.kind, each.name) for each in card.entries()] == [("ended", key)]
    bench.key_into(Key.Key_Return)
    bench.look()
    assert bench.ticket.view.lineage() == key
    assert "gone-4711" in words_of(bench.ticket.side), "and its story is told"
    bench.ticket.view.choose(bench.buy)
    bench.look()
    assert bench.ticket.model.position_of(key) is None


def test_actions_of_the_open_panel_go_into_the_field_the_keyboard_was_in(bench: Bench) -> None:
    bench.open(bench.buy)
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    card = opened(bench, "join")
    assert card.entries()[0].keys == "Alt+Up"
    bench.key_into(Key.Key_Return)
    assert panel.fields.lines[FieldName.PRICE].number.text() == "119990.00"
    assert bench.paper.connectors["bitso"].sent == []


def test_an_action_is_about_the_order_that_is_named_or_nothing_is_done(bench: Bench) -> None:
    bench.ticket.view.choose(bench.buy)
    card = opened(bench, "look this order up")
    assert "order qlbga6b600n3xta7" in card._about.text()
    bench.ticket.view.choose(bench.qfex)
    bench.key_into(Key.Key_Return)
    assert all(each.looked_up == [] for each in bench.paper.connectors.values())
    assert any("nothing was done" in text for text in bench.ticket.banner.texts())


async def test_cancelling_from_it_asks_and_names_the_order(bench: Bench) -> None:
    bench.ticket.view.choose(bench.buy)
    bench.ticket.view.setFocus()
    opened(bench, "cancel this")
    bench.key_into(Key.Key_Return)
    box = bench.ticket.view.findChildren(QMessageBox)[-1]
    assert "Order qlbga6b600n3xta7" in box.informativeText()
    box.button(QMessageBox.StandardButton.No).click()
    await asyncio.sleep(0)
    assert bench.paper.connectors["bitso"].cancelled == []


def test_control_enter_and_a_held_enter_take_nothing(bench: Bench) -> None:
    card = opened(bench, "read-only")
    bench.key_into(Key.Key_Return, CONTROL)
    assert card.isVisible()
    assert not bench.paper.desk.read_only


def test_the_find_box_has_a_key_of_its_own(bench: Bench) -> None:
    card = opened(bench)
    bench.key_into(Key.Key_F, CONTROL)
    assert bench.ticket.top.search.hasFocus()
    assert not card.isVisible(), "going on working elsewhere closes it"


async def test_the_arrows_walk_and_a_click_takes(bench: Bench) -> None:
    card = opened(bench)
    first = card.current()
    bench.key_into(Key.Key_Down)
    second = card.current()
    assert first != second
    bench.key_into(Key.Key_Up)
    assert card.current() == first
    for _ in range(len(card.entries())):
        bench.key_into(Key.Key_Down)
    assert card.current() == card.entries()[-1]
    taken: list[object] = []
    card.chosen.connect(taken.append)
    wanted = card.entries()[card._first]
    line: PaletteLine = card.lines[0]
    bench.qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
    assert taken == [wanted]
    await asyncio.sleep(0)
    await bench.paper.desk.close()  # what the entry may have begun ends here


def test_it_lies_inside_the_window_and_over_the_list(bench: Bench) -> None:
    for width, height in ((1600, 1000), (860, 520)):
        bench.window.resize(width, height)
        QApplication.processEvents()
        card = opened(bench)
        QApplication.processEvents()
        assert bench.ticket.rect().contains(card.geometry())
        shown = [line for line in card.lines if line.isVisible()]
        assert all(line.height() >= line.sizeHint().height() for line in shown), "none is squeezed"
        for _ in card.entries():
            bench.key_into(Key.Key_Down)
        assert shown[-1].property("role") == "entry now", "the last one is in sight"
        bench.key_into(Key.Key_Escape)


def test_what_fits_has_every_word_in_text_name_or_key() -> None:
    entries = [Entry("action", "stop", "Stop sending", "Ctrl+Shift+K"), Entry("action", "theme", "Light or dark")]
    assert fitting(entries, "SEND stop") == entries[:1]
    assert fitting(entries, "shift+k") == entries[:1]
    assert fitting(entries, "") == entries
    assert fitting(entries, "stop dark") == []


def test_a_long_list_is_looked_through_in_parts_and_enter_waits(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    state = bench.paper.desk.state
    base = state.lineages[bench.qfex]
    for number in range(30):
        name = f"filler-{number}"
        order = replace(base.order, order_id=name, client_id="")
        state.lineages[name] = replace(base, key=name, order=order, ids=[name], amendments=[])
    monkeypatch.setattr("app.ui.window.order_search._PART", 7)
    search = OrderSearch(bench.paper.desk, bench.ticket.rows.venue)
    search.look_for("filler-29")
    assert search.looking
    assert search.open == []
    with bench.qtbot.waitSignal(search.advanced):
        pass
    while search.looking:
        QApplication.processEvents()
    assert search.open == ["filler-29"]
    search.look_for("filler")
    search.stop()
    assert not search.looking

    state.lineages["last"] = replace(base, key="last", order=replace(base.order, order_id="zz9"), ids=["zz9"])
    card = opened(bench, "zz9")
    taken: list[Entry] = []
    card.chosen.connect(taken.append)
    assert card.entries() == ()
    bench.key_into(Key.Key_Return)
    for _ in range(200):
        QApplication.processEvents()
        if taken:
            break
    assert [entry.name for entry in taken] == ["last"]
    for name in [name for name in state.lineages if name.startswith(("filler", "last"))]:
        del state.lineages[name]

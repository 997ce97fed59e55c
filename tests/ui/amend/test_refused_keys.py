"""What was refused stays said until the next key, and after sending the keyboard is where it was."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.form import FieldName
from app.domain.order import OrderStatus
from app.ui.amend.panel import AmendPanel
from app.ui.look.plain import Label
from tests.ui.window.test_window import Bench

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier


def opened(bench: Bench) -> AmendPanel:
    bench.open(bench.buy)
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    return panel


def said(widget: QWidget) -> str:
    labels = [label for label in widget.findChildren(Label) if label.property("role") == "problem"]
    return " ".join(label.text() for label in labels if not label.isHidden())


def test_a_refused_paste_is_said_until_the_next_key(bench: Bench) -> None:
    line = opened(bench).fields.lines[FieldName.PRICE]
    QGuiApplication.clipboard().setText("1,234.5")
    bench.key_into(Key.Key_V, CONTROL)
    assert "Nothing was pasted" in said(line)
    for number in range(5):
        bench.paper.quote("bitso", "btc_usd", f"{119990 + number}.00", "120050.00")
        bench.look()
    assert "Nothing was pasted" in said(line), "the market has nothing to do with it"
    bench.key_into(Key.Key_Control)
    assert "Nothing was pasted" in said(line), "no key yet"
    bench.key_into(Key.Key_Up)
    assert "Nothing was pasted" not in said(line)


@pytest.mark.parametrize("key", [Key.Key_7, Key.Key_Up, Key.Key_PageDown])
def test_a_key_in_a_locked_field_is_answered(bench: Bench, key: Key) -> None:
    panel = opened(bench)
    name, line = next((name, line) for name, line in panel.fields.lines.items() if line.number.locked)
    panel.focus_field(name)
    bench.key_into(key)
    bench.look()
    assert "Nothing was changed" in said(line)
    bench.key_into(Key.Key_Home)
    assert "Nothing was changed" not in said(line)


def test_a_step_without_a_number_is_answered(bench: Bench) -> None:
    line = opened(bench).fields.lines[FieldName.PRICE]
    line.number.lineEdit().clear()
    line.number._typed("abc")
    bench.key_into(Key.Key_PageUp)
    assert "nothing to step from" in said(line)


def test_a_refused_send_is_said_until_the_next_key_whatever_the_market_does(bench: Bench) -> None:
    panel = opened(bench)
    bench.key_into(Key.Key_Return, CONTROL)
    words = panel.box.error_text()
    assert "nothing to send" in words
    bench.paper.change(bench.buy, filled=bench.paper.desk.state.lineages[bench.buy].order.quantity / 2)
    bench.paper.change(bench.buy, status=OrderStatus.CANCELLED)
    bench.look()
    assert panel.box.error_text() == words
    bench.key_into(Key.Key_Up)
    assert panel.box.error_text() == "" or panel.box.error_text() != words


async def sent(bench: Bench) -> None:
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    bench.look()


@pytest.mark.parametrize("name", [FieldName.PRICE, FieldName.QUANTITY])
@pytest.mark.parametrize("by", ["key", "pointer"])
async def test_after_sending_the_keyboard_is_in_the_field_it_was_in(bench: Bench, by: str, name: FieldName) -> None:
    panel = opened(bench)
    panel.focus_field(name)
    bench.price(bench.buy, "119000")
    if by == "key":
        bench.key_into(Key.Key_Return, CONTROL)
    else:
        bench.qtbot.mouseClick(panel.box.send, Qt.MouseButton.LeftButton)
    await sent(bench)
    assert len(bench.paper.connectors["bitso"].sent) == 1
    line = panel.fields.lines[name]
    assert line.isAncestorOf(QApplication.focusWidget())
    bench.paper.refuse("bitso", "0379", "Bitso refused: not enough funds.")
    await sent(bench)
    assert line.isAncestorOf(QApplication.focusWidget())
    await bench.paper.desk.close()


async def test_a_pill_that_is_locked_while_in_flight_keeps_the_keyboard_in_its_line(bench: Bench) -> None:
    panel = opened(bench)
    bench.price(bench.buy, "119000")
    line = next(line for line in panel.fields.lines.values() if not line.pills.isHidden())
    line.editor.setFocus()
    bench.key_into(Key.Key_Return, CONTROL)
    await sent(bench)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert line.isAncestorOf(focus), "not the first field there is, where the next key would change a size"
    await bench.paper.desk.close()

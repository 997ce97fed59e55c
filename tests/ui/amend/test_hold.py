"""Holding Send: a soft limit is consented to by a press that lasts, by pointer or keys, and by nothing shorter."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.domain.form import FieldName
from app.domain.limits import Limits
from app.runtime.qtloop import QtLoop
from app.ui.amend.hold import HOLD_MS, TOO_SHORT, WORDS
from app.ui.look.theme import Theme
from tests.ui.amend.test_panel import Bench

D = Decimal
PRICE, QUANTITY = FieldName.PRICE, FieldName.QUANTITY
LEFT, NONE, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def bench(qtbot: QtBot, theme: Theme, qloop: QtLoop) -> Iterator[Bench]:
    """A panel in whose draft the size is three times what it was, which passes the soft limit of growth."""
    bench = Bench(qtbot, theme)
    bench.paper.balance("bitso", "usd", "9000000.00", "8900000.00")
    bench.type(QUANTITY, "2.5")
    QApplication.processEvents()
    yield bench
    bench.paper.desk._effects.timers.clear()


def last(bench: Bench) -> None:
    """Let the press last."""
    clock = bench.panel.box.hold.clock
    assert bench.panel.box.hold.is_on
    clock.setCurrentTime(clock.duration())


def press_keys() -> QWidget:
    """Ctrl+Enter goes down and stays so; returns the widget that has the keyboard."""
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyPress(widget, Qt.Key.Key_Return, CONTROL)
    return widget


async def told(bench: Bench) -> int:
    """How many amendments left."""
    for _ in range(4):
        await asyncio.sleep(0)
    return bench.sent


def test_it_is_said_beside_the_button_and_asks_for_no_tick(bench: Bench) -> None:
    box = bench.panel.box
    assert box.send.isEnabled()
    assert box.send.text() == "Hold to send   Ctrl ↵"
    assert box.consent.isHidden()
    assert "Quantity: 2.5 is 3.0 times the order's size now." in bench.note("caution")
    assert WORDS in bench.note("hint")
    assert "PRACTICE" in bench.note("hint"), "and what it is about"
    assert box.send.accessibleName().startswith("Hold to send amendment of ")
    assert box.send.accessibleDescription() == WORDS
    assert box.hold.clock.duration() == HOLD_MS


async def test_a_press_that_lasts_sends_once(bench: Bench, qloop: QtLoop) -> None:
    QTest.mousePress(bench.panel.box.send, LEFT)
    assert await told(bench) == 0
    last(bench)
    assert await told(bench) == 1
    QTest.mouseRelease(bench.panel.box.send, LEFT)
    assert await told(bench) == 1
    assert bench.paper.connectors["bitso"].sent[0].target.quantity == D("2.5")


@pytest.mark.parametrize("way", ["release", "drag", "deactivate", "click", "programmatic"])
async def test_a_press_that_ends_before_sends_nothing(bench: Bench, qloop: QtLoop, way: str) -> None:
    send = bench.panel.box.send
    if way == "click":
        QTest.mouseClick(send, LEFT)
    elif way == "programmatic":
        send.click()
    else:
        QTest.mousePress(send, LEFT)
        assert bench.panel.box.hold.is_on
        if way == "release":
            QTest.mouseRelease(send, LEFT)
        elif way == "drag":
            QTest.mouseMove(send, QPoint(-50, -50))
        else:
            QApplication.sendEvent(bench.window, QEvent(QEvent.Type.WindowDeactivate))
    assert not bench.panel.box.hold.is_on
    assert bench.panel.box.send.share == 0
    assert await told(bench) == 0
    assert TOO_SHORT in bench.note("problem")


async def test_the_keys_do_it_too_and_their_repetition_is_no_letting_go(bench: Bench, qloop: QtLoop) -> None:
    widget = press_keys()
    for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress):
        QApplication.sendEvent(widget, QKeyEvent(kind, Qt.Key.Key_Return, CONTROL, "", True))
    last(bench)
    assert await told(bench) == 1
    QTest.keyRelease(widget, Qt.Key.Key_Return, CONTROL)
    assert await told(bench) == 1


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Control])
async def test_letting_either_key_go_sends_nothing(bench: Bench, qloop: QtLoop, key: Qt.Key) -> None:
    widget = press_keys()
    assert bench.panel.box.hold.is_on
    QTest.keyRelease(widget, key)
    assert not bench.panel.box.hold.is_on
    assert await told(bench) == 0
    assert TOO_SHORT in bench.note("problem")
    press_keys()
    assert TOO_SHORT not in bench.note("problem"), "it is held anew"
    QTest.keyRelease(widget, key)
    assert TOO_SHORT in bench.note("problem")


async def test_the_space_key_on_the_button_is_held_as_well(bench: Bench, qloop: QtLoop) -> None:
    send = bench.panel.box.send
    send.setFocus()
    QTest.keyPress(send, Qt.Key.Key_Space)
    assert bench.panel.box.hold.is_on
    QTest.keyRelease(send, Qt.Key.Key_Space)
    assert await told(bench) == 0
    QTest.keyPress(send, Qt.Key.Key_Space)
    last(bench)
    QTest.keyRelease(send, Qt.Key.Key_Space)
    assert await told(bench) == 1


async def test_another_request_ends_the_press_and_a_tick_of_the_market_does_not(bench: Bench, qloop: QtLoop) -> None:
    QTest.mousePress(bench.panel.box.send, LEFT)
    bench.paper.quote("bitso", "btc_usd", "119991.00", "120051.00")
    bench.panel.refresh()
    assert bench.panel.box.hold.is_on
    bench.panel.fields.lines[QUANTITY].set_number(D("2.6"))
    assert not bench.panel.box.hold.is_on
    assert await told(bench) == 0
    QTest.mouseRelease(bench.panel.box.send, LEFT)
    assert await told(bench) == 0


async def test_stopping_ends_the_press(bench: Bench, qloop: QtLoop) -> None:
    QTest.mousePress(bench.panel.box.send, LEFT)
    bench.paper.desk.stopped = True
    bench.panel.refresh()
    assert not bench.panel.box.hold.is_on
    assert await told(bench) == 0


async def test_asking_the_panel_itself_is_no_holding(bench: Bench, qloop: QtLoop) -> None:
    bench.panel.send()
    assert await told(bench) == 0
    assert WORDS in bench.note("problem")


async def test_a_rule_and_a_limit_take_a_tick_and_a_press_that_lasts(bench: Bench, qloop: QtLoop) -> None:
    bench.type(PRICE, "130000")  # it would trade at once
    box = bench.panel.box
    assert not box.consent.isHidden()
    press_keys()
    assert not box.hold.is_on
    box.consent.click()
    QTest.mousePress(box.send, LEFT)
    last(bench)
    QTest.mouseRelease(box.send, LEFT)
    assert await told(bench) == 1


async def test_a_hard_limit_is_not_passed_by_holding(bench: Bench, qloop: QtLoop) -> None:
    bench.paper.desk.limits["bitso"] = replace(Limits(), hard_growth=D("2.5"))
    bench.panel.refresh()
    assert not bench.panel.box.send.isEnabled()
    assert "this account refuses more than 2.5 times" in bench.note("problem")
    press_keys()
    assert not bench.panel.box.hold.is_on
    assert await told(bench) == 0


async def test_within_the_limits_a_press_is_a_press(bench: Bench, qloop: QtLoop) -> None:
    bench.type(QUANTITY, "0.9")
    assert bench.panel.box.send.text() == "Send amendment   Ctrl ↵"
    assert WORDS not in bench.note("hint")
    QTest.mouseClick(bench.panel.box.send, LEFT)
    assert await told(bench) == 1

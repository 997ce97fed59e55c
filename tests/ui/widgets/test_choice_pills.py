"""Pills: one of them is chosen, a person's choice is told, and one that cannot be chosen says why."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.widgets.choice_pills import ChoicePills, Pill

PILLS = (Pill("keep", "Keep"), Pill("reset", "Reset"), Pill("never", "Never", why_not="Not on this venue."))


@pytest.fixture
def pills(qtbot: QtBot) -> ChoicePills:
    pills = ChoicePills()
    qtbot.addWidget(pills)
    pills.set_name("On failure")
    pills.offer(PILLS, "keep")
    pills.show()
    return pills


def test_offering_says_nothing_and_choosing_does(pills: ChoicePills, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(pills.chosen):
        pills.offer(PILLS, "reset")
    assert pills.value() == "reset"
    with qtbot.waitSignal(pills.chosen) as chosen:
        qtbot.keyClick(pills.button("keep"), Qt.Key.Key_Return)
    assert chosen.args == ["keep"]
    with qtbot.waitSignal(pills.wants_rule):
        qtbot.keyClick(pills.button("keep"), Qt.Key.Key_F1)


def test_one_that_cannot_be_chosen_says_why(pills: ChoicePills) -> None:
    never = pills.button("never")
    assert not never.isEnabled()
    assert never.accessibleDescription() == "Not on this venue."
    assert never.accessibleName() == "On failure: Never"


def test_the_buttons_stay_while_the_words_do(pills: ChoicePills) -> None:
    before = pills.stops()
    pills.offer((*PILLS[:2], Pill("never", "Never")), "never")
    assert pills.stops() == before, "the focus may be on one"
    assert pills.value() == "never"
    pills.offer(PILLS[:2], "keep")
    assert len(pills.stops()) == 2


def test_tab_comes_to_the_chosen_one_from_either_side_and_arrows_go_on(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    column = QVBoxLayout(around)
    before, pills, after = QLineEdit(), ChoicePills(), QLineEdit()
    for widget in (before, pills, after):
        column.addWidget(widget)
    pills.offer([Pill(each, each.title()) for each in ("keep", "reset", "never")], "reset")
    for one, other in pairwise([before, *pills.stops(), after]):
        QWidget.setTabOrder(one, other)
    around.show()
    around.activateWindow()
    qtbot.waitUntil(around.isActiveWindow)
    for start, key in ((before, Qt.Key.Key_Tab), (after, Qt.Key.Key_Backtab)):
        start.setFocus()
        qtbot.keyClick(start, key)
        assert pills.button("reset").hasFocus()
    qtbot.keyClick(pills.button("reset"), Qt.Key.Key_Right)
    assert pills.button("never").hasFocus()
    assert pills.value() == "never"
    qtbot.keyClick(pills.button("never"), Qt.Key.Key_Backtab)
    assert before.hasFocus(), "one step leaves them"


def test_they_speak_as_one_of_several_and_take_a_click_anywhere(pills: ChoicePills, qtbot: QtBot) -> None:
    reset = pills.button("reset")
    assert QAccessible.queryAccessibleInterface(reset).role() == QAccessible.Role.RadioButton
    with qtbot.waitSignal(pills.chosen) as chosen:
        qtbot.mouseClick(reset, Qt.MouseButton.LeftButton, pos=reset.rect().bottomRight() - QPoint(2, 2))
    assert chosen.args == ["reset"]

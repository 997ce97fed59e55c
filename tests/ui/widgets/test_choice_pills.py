"""Pills: one of them is chosen, a person's choice is told, and one that cannot be chosen says why."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
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

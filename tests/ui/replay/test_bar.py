"""The bar of a replay: whole at any width, readable without colours, and quiet about what it is told by the program."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.ui.look.theme import PALETTES, Colours, Theme
from app.ui.replay.bar import ReplayBar
from tests.ui.look.test_theme import _contrast


@pytest.fixture
def bar(qtbot: QtBot, theme: Theme) -> ReplayBar:
    found = ReplayBar(100)
    qtbot.addWidget(found)
    found.resize(860, found.height())
    found.show()
    found.activateWindow()
    qtbot.waitExposed(found)
    return found


def test_a_step_is_shown_and_read_aloud(bar: ReplayBar) -> None:
    bar.show_step(40, "2026-11-30 22:07:18.213 UTC", "row 40 of 100 · order seen · Main")
    assert bar.slider.value() == 40
    assert bar.moment.accessibleName() == "Moment shown: 2026-11-30 22:07:18.213 UTC"
    assert bar.said.text() == bar.said.accessibleName() == "row 40 of 100 · order seen · Main"
    assert all(each.isEnabled() for each in bar.buttons.values())


def test_at_an_end_the_buttons_towards_it_are_off(bar: ReplayBar) -> None:
    bar.show_step(100, "", "")
    assert {name for name, each in bar.buttons.items() if not each.isEnabled()} == {"on", "last"}
    bar.show_step(1, "", "")
    assert {name for name, each in bar.buttons.items() if not each.isEnabled()} == {"first", "back"}


def test_the_program_moving_the_slider_asks_for_nothing(bar: ReplayBar, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(bar.sought):
        bar.show_step(70, "", "")
    with qtbot.waitSignal(bar.sought) as asked:
        bar.slider.setValue(71)
    assert asked.args == [71]


@pytest.mark.parametrize(
    "name,key",
    [("first", Qt.Key.Key_Home), ("back", Qt.Key.Key_Left), ("on", Qt.Key.Key_Right), ("last", Qt.Key.Key_End)],
)
def test_each_way_has_a_button_and_a_key(bar: ReplayBar, qtbot: QtBot, name: str, key: Qt.Key) -> None:
    with qtbot.waitSignal(getattr(bar, name)):
        bar.buttons[name].click()
    with qtbot.waitSignal(getattr(bar, name)):
        QTest.keyClick(bar.slider, key, Qt.KeyboardModifier.AltModifier)


def test_a_long_move_can_be_ended(bar: ReplayBar, qtbot: QtBot) -> None:
    assert bar.give_up.isHidden()
    bar.show_way("on the way to row 90: at row 20")
    assert not bar.give_up.isHidden()
    with qtbot.waitSignal(bar.given_up):
        bar.give_up.click()
    bar.show_step(20, "", "")
    assert bar.give_up.isHidden()


def test_its_height_never_changes(bar: ReplayBar) -> None:
    before = bar.height()
    bar.show_step(40, "2026-11-30 22:07:18.213 CET +01:00", "row 40 of 100 · " + "very long " * 40)
    bar.show_hash("49df51661a358ced45b7b422fcdbdebe7188dfc98be37589ba7d5e87d63c3235")
    bar.show_way("on the way")
    assert bar.height() == before
    assert bar.moment.width() >= bar.moment.sizeHint().width(), "the moment is whole"


def test_the_hash_is_told_whole_in_its_tip(bar: ReplayBar) -> None:
    digest = "49df51661a358ced45b7b422fcdbdebe7188dfc98be37589ba7d5e87d63c3235"
    bar.show_hash(digest)
    assert bar.hash.text() == "state 49df51661a35"
    assert digest in bar.hash.toolTip()
    bar.show_hash("")
    assert bar.hash.text() == "state …"


@pytest.mark.parametrize("colours", PALETTES.values(), ids=PALETTES)
def test_its_colour_is_its_own_and_readable(colours: Colours) -> None:
    for paper in (colours.replay_fill, colours.panel):
        assert _contrast(colours.replay, paper) >= 4.5
    for ink in (colours.text, colours.dim):
        assert _contrast(ink, colours.replay_fill) >= 4.5
    assert colours.replay not in (colours.sell, colours.warn, colours.accent, colours.unknown, colours.good)

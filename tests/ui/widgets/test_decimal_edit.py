"""The exact-number field: what may stand in it, how it steps, and what it never does."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.domain.money import plain
from app.ui.look.theme import Theme
from app.ui.widgets.decimal_edit import DecimalEdit
from app.ui.widgets.decimal_steps import percent_step, tick_step

D = Decimal


@pytest.fixture
def edit(qtbot: QtBot, theme: Theme) -> Iterator[DecimalEdit]:
    house = QWidget()
    qtbot.addWidget(house)
    layout = QVBoxLayout(house)
    edit = DecimalEdit(theme)
    edit.set_grid(D("0.5"), D("0.5"), D("1000"))
    edit.set_base(D("100.0"))
    edit.setAccessibleName("Price")
    other = DecimalEdit(theme)
    other.setObjectName("other")
    layout.addWidget(edit)
    layout.addWidget(other)
    house.show()
    qtbot.waitExposed(house)
    house.activateWindow()
    edit.setFocus()
    yield edit
    del house  # it owns the fields and had to live until here


def type_over(qtbot: QtBot, edit: DecimalEdit, text: str) -> None:
    edit.lineEdit().selectAll()
    qtbot.keyClicks(edit, text)


@pytest.mark.parametrize(
    "text, value",
    [("123.5", "123.5"), ("0100.50", "100.50"), (".5", "0.5"), ("7", "7"), ("7.", "7"), ("99.5000", "99.5000")],
)
def test_plain_numbers_are_read_digit_for_digit(qtbot: QtBot, edit: DecimalEdit, text: str, value: str) -> None:
    type_over(qtbot, edit, text)
    found = edit.value()
    assert found is not None
    assert str(found) == value
    assert edit.problem() == ""


@pytest.mark.parametrize("text", ["1e5", "1,5", "1.2.3", "-5", "+5", "abc", "1 000", "0x10", "NaN"])
def test_what_is_no_number_stands_there_as_a_problem(qtbot: QtBot, edit: DecimalEdit, text: str) -> None:
    """Dropping the bad characters would turn "1e5" into 15."""
    type_over(qtbot, edit, text)
    assert edit.text() == text
    assert edit.lineEdit().text() == text
    assert edit.value() is None
    assert edit.number() is None
    assert edit.problem()


def test_a_value_between_ticks_is_a_problem_with_both_neighbours(qtbot: QtBot, edit: DecimalEdit) -> None:
    type_over(qtbot, edit, "123.25")
    assert edit.value() is None
    assert edit.number() == D("123.25")
    assert edit.nearest() == (D("123.0"), D("123.5"))
    assert edit.problem() == "123.25 is not on the step 0.5; the nearest are 123.0 or 123.5."
    assert edit.text() == "123.25"


def test_bounds_are_told(qtbot: QtBot, edit: DecimalEdit) -> None:
    type_over(qtbot, edit, "0")
    assert "below the minimum 0.5" in edit.problem()
    type_over(qtbot, edit, "1000.5")
    assert "above the maximum" in edit.problem()
    edit.set_grid(D("0.5"), D("0.5"), D("1000"), clearable=True)
    type_over(qtbot, edit, "0")
    assert edit.problem() == ""
    assert edit.value() == 0


@pytest.mark.parametrize(
    "key, modifier, value",
    [
        (Qt.Key.Key_Up, Qt.KeyboardModifier.NoModifier, "100.5"),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier, "99.5"),
        (Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier, "105.0"),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier, "50.0"),
        (Qt.Key.Key_PageUp, Qt.KeyboardModifier.NoModifier, "101.0"),
        (Qt.Key.Key_PageDown, Qt.KeyboardModifier.NoModifier, "99.0"),
    ],
)
def test_keys_step_by_legal_ticks(
    qtbot: QtBot, edit: DecimalEdit, key: Qt.Key, modifier: Qt.KeyboardModifier, value: str
) -> None:
    heard: list[Any] = []
    edit.edited.connect(heard.append)
    qtbot.keyClick(edit, key, modifier)
    assert str(edit.value()) == value
    assert heard == [D(value)]
    assert isinstance(heard[0], Decimal)


@pytest.mark.parametrize(
    "number, ticks, tick, expected",
    [
        ("0.5000", 1, "0.001", "0.5010"),
        ("0.5", 1, "0.001", "0.501"),
        ("123.25", 1, "0.5", "123.5"),
        ("123.25", -1, "0.5", "123.0"),
        ("123.25", 3, "0.5", "124.5"),
        ("0.00000001", 1, "0.00000001", "0.00000002"),
        ("100", -1000, "1", "0"),
        ("84110.00", 1, None, "84110.01"),
        ("123456789012345678901234567.89", 1, "0.01", "123456789012345678901234567.90"),
    ],
)
def test_tick_steps_are_exact_and_keep_the_digits(number: str, ticks: int, tick: str | None, expected: str) -> None:
    found = tick_step(D(number), ticks, D(tick) if tick else None, None, None)
    assert found is not None
    assert plain(found) == expected


def test_a_step_from_nothing_starts_at_the_minimum() -> None:
    assert tick_step(None, 1, D("0.5"), D("2.5"), None) == D("2.5")
    assert tick_step(None, 1, D("0.5"), None, None) is None
    assert tick_step(D(5), 0, D(1), None, None) is None
    assert tick_step(D(5), 1, D(1), None, D(5)) is None


def test_a_percent_is_at_least_one_tick() -> None:
    assert percent_step(D("3.0"), 1, D("0.5"), None, None) == D("3.5")
    assert percent_step(D("3.0"), -1, D("0.5"), None, None) == D("2.5")
    assert percent_step(D("0.5"), -1, D("0.5"), D("0.5"), None) == D("0.5")
    assert str(percent_step(D("120000.00"), 1, D("0.01"), None, None)) == "121200.00"


def test_a_paste_that_is_no_number_changes_nothing_and_says_so(qtbot: QtBot, edit: DecimalEdit) -> None:
    said: list[str] = []
    edit.refused.connect(said.append)
    for text in ("1,234.5", "1.234,5", "12x", "1e5", "١٢"):
        QGuiApplication.clipboard().setText(text)
        edit.lineEdit().selectAll()
        qtbot.keyClick(edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        assert edit.text() == "100.0"
    assert len(said) == 5
    assert "Nothing was pasted" in said[0]
    assert "comma" in said[0]


def test_a_paste_from_the_list_loses_its_group_spaces(qtbot: QtBot, edit: DecimalEdit) -> None:
    for text in ("84\u202f110.00", "84 110.00", " 84110.00\n"):
        edit.revert()
        QGuiApplication.clipboard().setText(text)
        edit.lineEdit().selectAll()
        qtbot.keyClick(edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        assert edit.text() == "84110.00"


def _wheel(edit: DecimalEdit, notches: int) -> QWheelEvent:
    return QWheelEvent(
        QPointF(5, 5),
        edit.mapToGlobal(QPointF(5, 5)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )


def test_the_wheel_works_only_in_the_focused_field(edit: DecimalEdit) -> None:
    up = _wheel(edit, 1)
    QApplication.sendEvent(edit, up)
    assert up.isAccepted()
    assert edit.text() == "100.5"
    other = edit.window().findChild(DecimalEdit, "other")
    assert isinstance(other, DecimalEdit)
    other.setFocus()
    ignored = _wheel(edit, 1)
    QApplication.sendEvent(edit, ignored)
    assert not ignored.isAccepted()
    assert edit.text() == "100.5"


def test_enter_commits_the_field_and_control_enter_passes_it_by(qtbot: QtBot, edit: DecimalEdit) -> None:
    said: list[str] = []
    edit.committed.connect(lambda: said.append("committed"))
    type_over(qtbot, edit, "120")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert said == ["committed"]
    qtbot.keyClick(edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert said == ["committed"]


def test_escape_undoes_the_field_first(qtbot: QtBot, edit: DecimalEdit) -> None:
    type_over(qtbot, edit, "120")
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    assert edit.text() == "100.0"
    assert not edit.is_edited()


def test_the_order_moving_never_overwrites_what_is_typed(qtbot: QtBot, edit: DecimalEdit) -> None:
    edit.set_base(D("101.0"))
    assert edit.text() == "101.0"
    type_over(qtbot, edit, "120")
    edit.set_base(D("102.0"))
    assert edit.text() == "120"
    assert edit.is_edited()
    edit.revert()
    assert edit.text() == "102.0"


def test_the_same_number_in_other_digits_is_no_edit(qtbot: QtBot, edit: DecimalEdit) -> None:
    type_over(qtbot, edit, "100.00")
    assert not edit.is_edited()


def test_digits_are_grouped_only_while_nobody_types(edit: DecimalEdit) -> None:
    edit.set_grid(D("0.5"))
    edit.set_value(D("84110.00"))
    assert edit.lineEdit().text() == "84110.00"
    other = edit.window().findChild(DecimalEdit, "other")
    assert isinstance(other, DecimalEdit)
    other.setFocus()
    assert edit.lineEdit().text() == "84\u202f110.00"
    assert edit.text() == "84110.00"
    edit.setFocus()
    assert edit.lineEdit().text() == "84110.00"


def test_a_locked_field_keeps_the_focus_and_explains_itself(qtbot: QtBot, edit: DecimalEdit) -> None:
    edit.set_locked("Only an untriggered stop order has a stop to change.", "—")
    assert edit.locked
    qtbot.keyClicks(edit, "5")
    qtbot.keyClick(edit, Qt.Key.Key_Up)
    edit.paste()
    assert edit.lineEdit().text() == "—"
    assert edit.hasFocus()
    interface = QAccessible.queryAccessibleInterface(edit)
    assert interface.text(QAccessible.Text.Name) == "Price"
    assert "Only an untriggered stop order" in interface.text(QAccessible.Text.Description)
    edit.set_unlocked()
    edit.set_base(D("100.0"))
    assert not edit.isReadOnly()


def test_the_arrows_at_the_right_step(qtbot: QtBot, edit: DecimalEdit) -> None:
    right = edit.width() - 10
    qtbot.mouseClick(edit, Qt.MouseButton.LeftButton, pos=QPoint(right, 6))
    assert edit.text() == "100.5"
    qtbot.mouseClick(edit, Qt.MouseButton.LeftButton, pos=QPoint(right, edit.height() - 6))
    assert edit.text() == "100.0"


def test_f1_asks_for_the_rule(qtbot: QtBot, edit: DecimalEdit) -> None:
    with qtbot.waitSignal(edit.wants_rule):
        qtbot.keyClick(edit, Qt.Key.Key_F1)


def test_a_computed_value_is_shown_without_telling_anybody(qtbot: QtBot, edit: DecimalEdit) -> None:
    heard: list[Any] = []
    edit.edited.connect(heard.append)
    edit.show_derived(D("55.5"))
    assert edit.number() == D("55.5")
    assert edit.derived
    assert not edit.is_edited()
    edit.set_base(D("101.0"))
    assert edit.number() == D("55.5")
    edit.show_derived(None)
    assert edit.text() == "101.0"
    assert heard == []


def test_a_computed_value_never_replaces_a_typed_one(qtbot: QtBot, edit: DecimalEdit) -> None:
    edit.show_derived(D("55.5"))
    type_over(qtbot, edit, "60")
    assert not edit.derived
    edit.show_derived(D("70.5"))
    assert edit.text() == "60"
    edit.lineEdit().selectAll()
    qtbot.keyClick(edit, Qt.Key.Key_Backspace)
    edit.show_derived(D("70.5"))
    assert edit.text() == ""


def test_an_unlocked_field_shows_the_orders_value_again(edit: DecimalEdit) -> None:
    edit.set_locked("A reason.", "keep the order")
    edit.set_unlocked()
    assert edit.text() == "100.0"


def test_a_venues_own_problem_marks_the_field(edit: DecimalEdit) -> None:
    edit.mark_wrong("Too far from the market.")
    assert edit.problem() == ""
    edit.mark_wrong("")

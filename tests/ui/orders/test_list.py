"""The order list: identity, frames, order, filter, columns and keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPersistentModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QEnterEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.ui.look.theme import Theme, Tone
from app.ui.orders.delegate import OrderDelegate
from app.ui.orders.model import OrderModel
from app.ui.orders.row import COLUMNS, Chip, Column, column_widths
from app.ui.orders.view import OrderView
from tests.ui.conftest import KeyedRow, MadeRows, make_row

D = Decimal


class Rows:
    """A stand-in for the desk: rows by lineage."""

    def __init__(self, *rows: KeyedRow) -> None:
        self.rows = {row.lineage: row for row in rows}
        self.source = MadeRows(self.rows.get)
        self.model = OrderModel(self.source)
        self.model.touch(self.rows)
        self.model.flush()

    def put(self, *rows: KeyedRow) -> None:
        for row in rows:
            self.rows[row.lineage] = row
        self.model.touch(row.lineage for row in rows)

    def drop(self, *lineages: str) -> None:
        for lineage in lineages:
            del self.rows[lineage]
        self.model.touch(lineages)


@pytest.fixture
def rows(qapp: QApplication) -> Iterator[Rows]:
    rows = Rows(*(make_row(f"L{n}", number=D(100 - n)) for n in range(6)))
    yield rows
    rows.model.deleteLater()


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, rows: Rows) -> Iterator[OrderView]:
    house = QWidget()
    qtbot.addWidget(house)
    layout = QVBoxLayout(house)
    layout.setContentsMargins(0, 0, 0, 0)
    view = OrderView(rows.model, theme)
    layout.addWidget(view)
    house.resize(1246, 400)
    house.show()
    qtbot.waitExposed(house)
    house.activateWindow()
    view.setFocus()
    QApplication.processEvents()
    yield view
    del house  # it owns the view and had to live until here


def test_the_model_obeys_qts_rules(rows: Rows) -> None:
    tester = ModelTester(rows.model)
    tester.check(rows.model, force_py=True)
    rows.put(make_row("L9"), make_row("L8"))
    rows.drop("L1", "L2", "L5")
    rows.model.flush()
    rows.model.sort(Column.PRICE, Qt.SortOrder.DescendingOrder)
    tester._cleanup()


def test_changes_wait_for_the_frame_and_cost_one_announcement_a_row(qtbot: QtBot, rows: Rows) -> None:
    heard: list[int] = []
    rows.model.dataChanged.connect(lambda first, last, roles: heard.append(first.row()))
    for price in range(50):
        rows.put(make_row("L2", price=str(price), number=D(98)))
    assert heard == []
    with qtbot.waitSignal(rows.model.flushed):
        pass
    assert heard == [2]
    assert rows.model.row_at(2).price == "49"


def test_rows_out_of_sight_change_in_silence(rows: Rows) -> None:
    heard: list[int] = []
    rows.model.dataChanged.connect(lambda first, last, roles: heard.append(first.row()))
    rows.model.set_visible(lambda: range(2))
    rows.put(make_row("L0", price="1", number=D(100)), make_row("L5", price="2", number=D(95)))
    rows.model.flush()
    assert heard == [0]
    assert rows.model.row_at(5).price == "2"


def test_an_equal_row_is_not_announced(rows: Rows) -> None:
    heard: list[Any] = []
    assert rows.model.row_at(0).price, "it was looked at"
    rows.model.dataChanged.connect(lambda *args: heard.append(args))
    rows.put(make_row("L0", number=D(100)))
    rows.model.flush()
    assert heard == []


def test_sorting_keeps_identity_and_puts_rows_without_a_value_last(rows: Rows) -> None:
    rows.put(make_row("L3", number=None))
    rows.model.flush()
    kept = QPersistentModelIndex(rows.model.index_of("L4", Column.AGE))
    rows.model.sort(Column.PRICE, Qt.SortOrder.AscendingOrder)
    assert rows.model.lineages() == ("L5", "L4", "L2", "L1", "L0", "L3")
    assert (kept.row(), kept.column()) == (1, Column.AGE)
    rows.model.sort(Column.PRICE, Qt.SortOrder.DescendingOrder)
    assert rows.model.lineages() == ("L0", "L1", "L2", "L4", "L5", "L3")
    assert kept.row() == 3


def test_a_changed_key_moves_the_row_later_and_never_while_frozen(qtbot: QtBot, rows: Rows) -> None:
    rows.model.sort(Column.PRICE, Qt.SortOrder.AscendingOrder)
    said: list[int] = []
    rows.model.waiting.connect(said.append)
    rows.model.freeze(True)
    rows.put(make_row("L0", number=D(1)))
    rows.model.flush()
    with qtbot.waitSignal(rows.model.waiting):
        pass
    assert rows.model.lineages()[-1] == "L0"
    assert said == [6]
    rows.model.freeze(False)
    assert rows.model.lineages()[0] == "L0"
    assert said == [6, 0]


def test_new_rows_take_their_place_at_once_unless_frozen(rows: Rows) -> None:
    rows.model.sort(Column.PRICE, Qt.SortOrder.AscendingOrder)
    rows.put(make_row("M", number=D("97.5")))
    rows.model.flush()
    assert rows.model.lineages().index("M") == 3
    rows.model.freeze(True)
    rows.put(make_row("N", number=D("1")))
    rows.model.flush()
    assert rows.model.lineages()[-1] == "N"
    rows.model.freeze(False)
    assert rows.model.lineages()[0] == "N"


def test_a_filter_hides_and_shows(rows: Rows) -> None:
    rows.model.set_filter(lambda lineage: lineage in ("L1", "L4"))
    assert sorted(rows.model.lineages()) == ["L1", "L4"]
    rows.put(replace(rows.rows["L2"], price="5"))
    rows.model.flush()
    assert rows.model.position_of("L2") is None
    rows.model.set_filter(None)
    assert len(rows.model.lineages()) == 6


@pytest.mark.parametrize("room", [400, 700, 900, 1100, 1246, 1900])
def test_columns_fill_the_window_exactly(room: int) -> None:
    widths = column_widths(room)
    assert {Column.PRICE, Column.QUANTITY, Column.ORDER, Column.AMENDMENT, Column.SYMBOL} <= set(widths)
    assert all(width >= COLUMNS[column].width for column, width in widths.items())
    if room >= 900:
        assert sum(widths.values()) == room
    assert set(column_widths(1246)) == set(Column)


@pytest.mark.parametrize("room", [870, 1100, 1240, 1900])
def test_a_value_and_its_wish_are_given_their_room_before_any_other_column(room: int) -> None:
    wants = {Column.PRICE: 175, Column.QUANTITY: 180, Column.AMENDMENT: 190, Column.TYPE: 95, Column.SYMBOL: 120}
    widths = column_widths(room, wants)
    assert widths[Column.PRICE] >= 175
    assert widths[Column.QUANTITY] >= 180
    assert sum(widths.values()) == room
    if room == 1900:
        assert all(widths[column] >= wanted for column, wanted in wants.items())


def test_what_remains_and_the_type_stay_in_a_narrow_window() -> None:
    assert {Column.REMAINING, Column.TYPE} <= set(column_widths(876))


def delegate_of(view: OrderView) -> OrderDelegate:
    delegate = view.itemDelegate()
    assert isinstance(delegate, OrderDelegate)
    return delegate


@pytest.mark.parametrize("width", [860, 950, 1046, 1300])
def test_a_state_is_never_cut_and_a_duration_goes_before_its_word(view: OrderView, rows: Rows, width: int) -> None:
    view.resize(width, 400)
    longest = make_row(
        "L1",
        symbol="BTCUSD_CM",
        quantity="10.00000000",
        remaining="9.30000000",
        price="2\u202f350\u202f000",
        order=Chip("◇", "Untriggered", Tone.NEUTRAL),
        amendment=Chip("✓", "Confirmed 10.25 s", Tone.GOOD, short="Confirmed"),
    )
    rows.put(longest)
    rows.model.flush()
    delegate = delegate_of(view)
    for column in (Column.ORDER, Column.AMENDMENT):
        assert view.columnWidth(column) >= delegate.least(longest, column)
    assert not delegate.elided(longest, Column.ORDER, view.columnWidth(Column.ORDER))
    assert longest.tooltip(Column.AMENDMENT) == "✓ Confirmed 10.25 s"


def test_a_column_grows_with_what_it_has_to_show(view: OrderView, rows: Rows) -> None:
    before = view.columnWidth(Column.QUANTITY)
    rows.put(make_row("L1", quantity="0.83333333", quantity_to="1.25000001"))
    rows.model.flush()
    assert view.columnWidth(Column.QUANTITY) > before
    row = rows.rows["L1"]
    delegate = view.itemDelegate()
    assert isinstance(delegate, OrderDelegate)
    assert not delegate.elided(row, Column.QUANTITY, view.columnWidth(Column.QUANTITY))
    assert delegate.elided(row, Column.QUANTITY, 100)
    assert view.horizontalHeader().length() == view.viewport().width()


def test_a_column_gives_room_back_once_the_panel_has_closed(view: OrderView, rows: Rows) -> None:
    before = {column: view.columnWidth(column) for column in Column}
    view.set_editing(True)
    rows.put(make_row("L1", quantity="0.83333333", quantity_to="1.25000001"))
    rows.model.flush()
    wide = view.columnWidth(Column.QUANTITY)
    assert wide > before[Column.QUANTITY]
    rows.put(make_row("L1"))
    rows.model.flush()
    assert view.columnWidth(Column.QUANTITY) == wide, "none shrinks under the eyes"
    view.set_editing(False)
    assert {column: view.columnWidth(column) for column in Column} == before


def test_the_view_uses_its_width(view: OrderView) -> None:
    assert view.horizontalHeader().length() == view.viewport().width()


def test_f2_enter_and_double_click_ask_for_the_panel(qtbot: QtBot, view: OrderView) -> None:
    asked: list[tuple[str, int]] = []
    view.amend_wanted.connect(lambda lineage, column: asked.append((lineage, column)))
    view.choose("L1")
    for key in (Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter):
        qtbot.keyClick(view, key)
    qtbot.keyClick(view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked == [("L1", 0)] * 3
    cell = view.visualRect(view.order_model.index_of("L3", Column.QUANTITY)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    assert asked[-1] == ("L3", Column.QUANTITY)


def test_arrows_walk_the_orders_and_an_update_keeps_the_choice(qtbot: QtBot, view: OrderView, rows: Rows) -> None:
    chosen: list[str] = []
    view.chosen.connect(chosen.append)
    view.choose("L0")
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert view.lineage() == "L2"
    assert chosen == ["L0", "L1", "L2"]
    rows.put(make_row("A", venue="AlphaPoint", keys=("A", *([None] * 12))), make_row("L2", price="1"))
    rows.drop("L0")
    rows.model.flush()
    rows.model.sort(Column.PRICE, Qt.SortOrder.DescendingOrder)
    assert view.lineage() == "L2"
    assert not view.choose("gone")


def test_a_click_below_the_rows_keeps_the_choice(qtbot: QtBot, view: OrderView) -> None:
    view.choose("L1")
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(50, 360))
    assert view.lineage() == "L1"


def test_tab_leaves_the_table(qtbot: QtBot, view: OrderView) -> None:
    other = QWidget()
    other.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    layout = view.parentWidget().layout()
    assert layout is not None
    layout.addWidget(other)
    other.show()
    qtbot.keyClick(view, Qt.Key.Key_Tab)
    assert other.hasFocus()


def test_rows_hold_still_under_the_pointer_and_beside_an_open_panel(view: OrderView) -> None:
    spot = QPointF(50, 50)
    QApplication.sendEvent(view, QEnterEvent(spot, spot, spot))
    assert view.order_model.frozen
    view.set_editing(True)
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert view.order_model.frozen
    view.set_editing(False)
    assert not view.order_model.frozen


def test_the_first_fill_is_sorted_under_the_pointer(view: OrderView) -> None:
    view.set_filling(True)
    spot = QPointF(50, 50)
    QApplication.sendEvent(view, QEnterEvent(spot, spot, spot))
    assert not view.order_model.frozen
    view.set_filling(False)
    assert view.order_model.frozen


def test_the_row_is_copied_as_text(qtbot: QtBot, view: OrderView) -> None:
    view.choose("L0")
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    words = QGuiApplication.clipboard().text().split("\t")
    assert len(words) == len(COLUMNS) + 1, "and the world it is of"
    assert words[Column.PRICE] == "59840.00"


def test_the_first_cell_speaks_the_whole_order(view: OrderView, rows: Rows) -> None:
    interface = QAccessible.queryAccessibleInterface(view)
    assert interface.text(QAccessible.Text.Name) == "Open orders"
    columns = len(COLUMNS)
    cell = interface.child((0 + 1) * (columns + 1) + 0 + 1)
    assert cell is not None
    assert cell.text(QAccessible.Text.Name) == rows.rows["L0"].spoken


def test_hidden_columns_leave_the_important_ones(view: OrderView) -> None:
    view.window().resize(760, 400)
    QApplication.processEvents()
    assert view.isColumnHidden(Column.AGE)
    assert not view.isColumnHidden(Column.AMENDMENT)

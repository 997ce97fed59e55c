"""The layer of inline panels: it follows its rows, lets clicks through, and can be reached by everybody."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.amend.panel_layer import PanelLayer
from app.ui.look.theme import Theme
from app.ui.orders.delegate import ROW_HEIGHT
from app.ui.orders.row import Column
from app.ui.orders.view import OrderView
from tests.ui.conftest import make_row
from tests.ui.orders.test_list import Rows

HEIGHT = 120


class Panel(QWidget):
    """Two fields of a fixed height."""

    def __init__(self, height: int = HEIGHT) -> None:
        super().__init__()
        self.wanted = height
        layout = QHBoxLayout(self)
        self.first, self.second = QLineEdit(self), QLineEdit(self)
        self.first.setAccessibleName("Price")
        layout.addWidget(self.first)
        layout.addWidget(self.second)

    def sizeHint(self) -> QSize:
        return QSize(300, self.wanted)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, 20)


class Desk:
    """A window with a list and its layer."""

    def __init__(self, qtbot: QtBot, theme: Theme, count: int = 40) -> None:
        self.rows = Rows(*(make_row(f"L{n:02}", number=Decimal(n)) for n in range(count)))
        self.window = QWidget()
        qtbot.addWidget(self.window)
        layout = QVBoxLayout(self.window)
        layout.setContentsMargins(0, 20, 0, 0)
        self.view = OrderView(self.rows.model, theme, self.window)
        layout.addWidget(self.view)
        self.layer = PanelLayer(self.view)
        self.window.resize(1246, 500)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()

    def row_bottom(self, lineage: str) -> int:
        return self.view.visualRect(self.rows.model.index_of(lineage)).top() + ROW_HEIGHT


@pytest.fixture
def desk(qtbot: QtBot, theme: Theme) -> Iterator[Desk]:
    desk = Desk(qtbot, theme)
    yield desk
    desk.rows.model.deleteLater()


def test_the_layer_is_hidden_while_no_panel_is_open(desk: Desk) -> None:
    assert desk.layer.isHidden()
    panel = Panel()
    assert desk.layer.open("L03", panel)
    assert desk.layer.isVisible()
    assert desk.layer.close_panel("L03") is panel
    assert desk.layer.isHidden()
    assert desk.view.rowHeight(3) == ROW_HEIGHT
    assert desk.layer.close_panel("L03") is None
    panel.deleteLater()


def test_a_panel_hangs_below_its_row_and_the_row_makes_room(desk: Desk) -> None:
    panel = Panel()
    desk.layer.open("L03", panel)
    assert desk.view.rowHeight(3) == ROW_HEIGHT + HEIGHT
    assert panel.geometry() == QRect(0, desk.row_bottom("L03"), desk.view.viewport().width(), HEIGHT)
    corner = desk.view.viewport().mapTo(desk.window, QPoint(0, 0))
    assert desk.layer.geometry() == QRect(corner, desk.view.viewport().size())
    assert desk.layer.mask().boundingRect() == panel.geometry()


def test_it_follows_scrolling_sorting_new_rows_and_resizing(desk: Desk) -> None:
    panel = Panel()
    desk.layer.open("L03", panel)
    desk.view.verticalScrollBar().setValue(25)
    assert panel.y() == desk.row_bottom("L03")
    desk.view.verticalScrollBar().setValue(0)
    desk.rows.model.sort(Column.PRICE, Qt.SortOrder.DescendingOrder)
    assert desk.view.rowHeight(36) == ROW_HEIGHT + HEIGHT
    assert desk.view.rowHeight(3) == ROW_HEIGHT
    desk.view.verticalScrollBar().setValue(desk.view.verticalScrollBar().maximum())
    assert panel.y() == desk.row_bottom("L03")
    desk.rows.drop("L39", "L38")
    desk.rows.model.flush()
    QApplication.processEvents()
    assert panel.y() == desk.row_bottom("L03")
    assert desk.rows.model.position_of("L03") == 34
    desk.window.resize(1500, 600)
    QApplication.processEvents()
    assert panel.width() == desk.view.viewport().width()
    assert panel.y() == desk.row_bottom("L03")


def test_opening_scrolls_the_panel_into_view(desk: Desk) -> None:
    desk.view.choose("L13")
    panel = Panel(200)
    desk.layer.open("L13", panel)
    assert panel.geometry().bottom() <= desk.view.viewport().height()
    assert desk.row_bottom("L13") - ROW_HEIGHT >= 0


def test_clicks_beside_the_panel_reach_the_table(qtbot: QtBot, desk: Desk) -> None:
    desk.layer.open("L03", Panel())
    spot = desk.view.viewport().mapTo(desk.window, desk.view.visualRect(desk.rows.model.index_of("L01")).center())
    hit = desk.window.childAt(spot)
    assert hit is desk.view.viewport()
    below = desk.view.viewport().mapTo(desk.window, QPoint(5, desk.row_bottom("L03") + 5))
    assert desk.layer.isAncestorOf(desk.window.childAt(below))


def test_a_panel_that_grows_makes_its_row_grow(desk: Desk) -> None:
    panel = Panel()
    desk.layer.open("L03", panel)
    panel.wanted = 180
    panel.updateGeometry()
    QApplication.processEvents()
    desk.layer.place()
    assert desk.view.rowHeight(3) == ROW_HEIGHT + 180
    assert panel.height() == 180


def test_a_panel_that_grows_under_the_typing_hands_stays_in_view(desk: Desk) -> None:
    panel = Panel()
    desk.layer.open("L11", panel)
    panel.first.setFocus()
    panel.wanted = 300
    panel.updateGeometry()
    QApplication.processEvents()
    assert panel.height() == 300
    assert panel.geometry().bottom() < desk.view.viewport().height()


def test_of_a_panel_that_is_too_high_the_vital_part_is_kept_in_view(desk: Desk) -> None:
    panel = Panel(700)
    layout = panel.layout()
    assert isinstance(layout, QHBoxLayout)
    layout.setAlignment(panel.second, Qt.AlignmentFlag.AlignBottom)
    desk.layer.open("L05", panel, panel.second)
    bottom = panel.second.mapTo(desk.layer, QPoint(0, panel.second.height())).y()
    assert 0 < bottom <= desk.layer.height()
    assert desk.row_bottom("L05") < ROW_HEIGHT, "there is no room for the row too"
    desk.window.resize(desk.window.width(), 900)
    QApplication.processEvents()
    assert desk.row_bottom("L05") >= ROW_HEIGHT, "the row is back as soon as there is room for it"


def test_the_panel_of_a_row_that_left_is_hidden_and_told(desk: Desk) -> None:
    told: list[str] = []
    desk.layer.orphaned.connect(told.append)
    panel = Panel()
    desk.layer.open("L03", panel)
    desk.rows.drop("L03")
    desk.rows.model.flush()
    assert told == ["L03"]
    assert panel.isHidden()
    assert desk.layer.isHidden()
    assert not desk.layer.open("L03", panel)


def test_two_panels_can_hang_at_once(desk: Desk) -> None:
    first, second = Panel(80), Panel(60)
    desk.layer.open("L01", first)
    desk.layer.open("L04", second)
    assert desk.layer.open_lineages() == ("L01", "L04")
    assert second.y() == first.y() + 80 + 3 * ROW_HEIGHT
    assert desk.layer.panel("L04") is second
    assert desk.layer.panel("L05") is None


def test_tab_walks_from_the_table_into_the_panel(qtbot: QtBot, desk: Desk) -> None:
    panel = Panel()
    desk.layer.open("L03", panel)
    desk.view.setFocus()
    qtbot.keyClick(desk.view, Qt.Key.Key_Tab)
    assert panel.first.hasFocus()
    desk.layer.close_panel("L03")
    assert desk.view.hasFocus()


def test_the_focus_pulls_its_field_into_view(desk: Desk) -> None:
    panel = Panel()
    desk.layer.open("L03", panel)
    desk.view.verticalScrollBar().setValue(300)
    assert panel.geometry().bottom() < 0
    panel.first.setFocus()
    assert panel.geometry().bottom() > 0


def test_the_panel_is_in_the_accessibility_tree(desk: Desk) -> None:
    """A child of the table's viewport would not be."""
    panel = Panel()
    desk.layer.open("L03", panel)

    def names(interface: QAccessible | object) -> set[str]:
        found = {interface.text(QAccessible.Text.Name)}  # type: ignore[attr-defined]
        if interface.object() is desk.view:  # type: ignore[attr-defined]
            return found
        for number in range(interface.childCount()):  # type: ignore[attr-defined]
            found |= names(interface.child(number))  # type: ignore[attr-defined]
        return found

    assert "Price" in names(QAccessible.queryAccessibleInterface(desk.window))


def test_a_panel_in_view_stays_in_view_when_the_list_shrinks(desk: Desk) -> None:
    panel = Panel()
    desk.layer.open("L08", panel)
    assert panel.geometry().bottom() <= desk.view.viewport().height()
    desk.window.resize(1246, 330)
    QApplication.processEvents()
    assert desk.row_bottom("L08") >= ROW_HEIGHT
    assert panel.geometry().bottom() <= desk.view.viewport().height()


def test_a_panel_that_was_scrolled_away_is_left_alone(desk: Desk) -> None:
    panel = Panel()
    desk.layer.open("L08", panel)
    bar = desk.view.verticalScrollBar()
    bar.setValue(bar.maximum())
    away = bar.value()
    desk.window.resize(1246, 470)
    QApplication.processEvents()
    assert bar.value() >= away
    assert panel.geometry().bottom() < 0

"""The row that is pressed is the row that is chosen, whatever goes or scrolls for it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.helpers.paper_desk import resting
from tests.ui.window.test_window import Bench

NONE, CONTROL, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


@pytest.fixture
def marked(bench: Bench) -> Bench:
    """A list at its end, with marks, and the strip that tells of them over its last rows."""
    for number in range(30):
        bench.paper.order(resting("qfex", f"more-{number}", "AAPL-USD", "199.00", "1.000"))
    bench.window.resize(1300, 700)
    bench.look()
    view = bench.ticket.view
    view.choose(bench.ticket.model.lineages()[-1])
    bench.ticket.model.marks.mark_all(bench.ticket.model.lineages()[-3:])
    bench.look()
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum())
    bench.look()
    assert view.covered
    return bench


def middle(bench: Bench, row: int) -> tuple[str, QPoint]:
    """An order in sight, counted from the first one, and where it is."""
    view = bench.ticket.view
    index = bench.ticket.model.index(view.rowAt(0) + row, 0)
    return bench.ticket.model.row_at(index.row()).lineage, view.visualRect(index).center()


@pytest.mark.parametrize("held", [NONE, CONTROL, SHIFT], ids=["alone", "Ctrl", "Shift"])
def test_a_press_that_takes_the_strip_away_chooses_the_row_it_was_on(marked: Bench, held: Qt.KeyboardModifier) -> None:
    view = marked.ticket.view
    key, place = middle(marked, 3)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, held, place)
    marked.look()
    assert view.lineage() == key
    assert (len(marked.ticket.model.marks) == 0) is (held == NONE)


def test_no_row_moves_under_the_pointer_when_the_strip_goes(marked: Bench) -> None:
    view = marked.ticket.view
    key, place = middle(marked, 3)
    at = QPointF(place)
    QApplication.sendEvent(view, QEnterEvent(at, at, at))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, NONE, place)
    marked.look()
    assert view.covered == 0
    assert middle(marked, 3) == (key, place)


def test_a_row_that_is_partly_in_sight_stays_where_it_is_pressed(marked: Bench) -> None:
    view = marked.ticket.view
    view.verticalScrollBar().setValue(view.verticalScrollBar().value() - 9)
    marked.look()
    key = marked.ticket.model.row_at(view.rowAt(0)).lineage
    before = view.visualRect(marked.ticket.model.index_of(key))
    assert before.top() < 0
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, CONTROL, QPoint(before.center().x(), 2))
    assert view.visualRect(marked.ticket.model.index_of(key)) == before
    assert view.lineage() == key


def test_a_hand_that_slips_a_row_further_chooses_no_other(marked: Bench) -> None:
    view = marked.ticket.view
    (key, place), (_, further) = middle(marked, 2), middle(marked, 4)
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, NONE, place)
    QTest.mouseMove(view.viewport(), further)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, NONE, further)
    assert view.lineage() == key


def test_a_double_click_is_of_the_row_its_first_click_was_on(marked: Bench) -> None:
    view = marked.ticket.view
    key, place = middle(marked, 3)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, NONE, place)
    marked.look()
    assert middle(marked, 3)[0] != key, "the strip went, and the list scrolled"
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, NONE, place)
    assert marked.ticket.panels.open_lineage == key


def test_a_double_click_below_the_last_row_opens_nothing(bench: Bench) -> None:
    view = bench.ticket.view
    below = QPoint(60, view.viewport().height() - 4)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, NONE, view.visualRect(view.currentIndex()).center())
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, NONE, below)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, NONE, below)
    assert bench.ticket.panels.open_lineage == ""

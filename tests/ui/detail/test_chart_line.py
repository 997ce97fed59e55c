"""A line of the chart: it moves only under a hand that holds Alt, and a drop gives its price."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

from app.ui.detail.chart_line import DragLine, PriceAxis

pytestmark = pytest.mark.usefixtures("_fonts")


class Drag:
    """A drag as the chart's scene reports it."""

    def __init__(self, y: float, *, alt: bool = True, finish: bool = False) -> None:
        self._y, self._alt, self._finish = y, alt, finish
        self.taken = False

    def modifiers(self) -> Qt.KeyboardModifier:
        return Qt.KeyboardModifier.AltModifier if self._alt else Qt.KeyboardModifier.NoModifier

    def pos(self) -> QPointF:
        return QPointF(0, self._y)

    def isFinish(self) -> bool:
        return self._finish

    def accept(self) -> None:
        self.taken = True

    def ignore(self) -> None:
        self.taken = False


def test_prices_at_the_axis_are_grouped_and_have_the_digits_of_their_step(qapp: QApplication) -> None:
    axis: Any = PriceAxis("left")
    assert axis.tickStrings([119990.0, 120000.0], 1.0, 10.0) == ["119\u202f990", "120\u202f000"]
    assert axis.tickStrings([1.25], 1.0, 0.05) == ["1.25"]


def test_only_alt_drags_and_a_drop_gives_the_price(qapp: QApplication) -> None:
    dropped: list[float] = []
    line: Any = DragLine(dropped.append)
    line.show_at(100.0, "order")
    plain = Drag(3.0, alt=False)
    line.mouseDragEvent(plain)
    assert (plain.taken, line.value()) == (False, 100.0)
    line.mouseDragEvent(Drag(3.0))
    assert line.value() == 103.0
    line.show_at(90.0, "order")
    assert line.value() == 103.0, "it stays in the hand"
    line.mouseDragEvent(Drag(2.0, finish=True))
    assert dropped == [105.0]


def test_letting_go_of_alt_puts_it_back(qapp: QApplication) -> None:
    dropped: list[float] = []
    line: Any = DragLine(dropped.append)
    line.show_at(100.0, "order")
    line.mouseDragEvent(Drag(3.0))
    line.mouseDragEvent(Drag(3.0, alt=False))
    assert (line.value(), dropped) == (100.0, [])
    line.show_at(None, "")
    assert not line.isVisible()


def test_a_drag_that_began_on_another_order_gives_no_price(qapp: QApplication) -> None:
    dropped: list[float] = []
    line: Any = DragLine(dropped.append)
    line.show_at(100.0, "order")
    line.mouseDragEvent(Drag(3.0))
    line.let_go()
    line.show_at(7.0, "another order")
    line.mouseDragEvent(Drag(4.0))
    line.mouseDragEvent(Drag(5.0, finish=True))
    assert dropped == []
    assert line.value() == 7.0
    line.mouseDragEvent(Drag(1.0, finish=True))
    assert dropped == [8.0], "the next one does"

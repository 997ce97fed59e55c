"""No row goes while the pointer is on the list or on a panel of it: those below would move up under it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.order import OrderStatus
from tests.ui.window.test_window import Bench

PLACE = QPointF(5, 5)


def goes(bench: Bench) -> None:
    """The first order ends, and a minute later its row is to go."""
    bench.paper.change(bench.sell, status=OrderStatus.CANCELLED)
    bench.look()
    bench.paper.clock.pass_time(120)
    bench.ticket.feed.tick.emit()
    bench.look()


def test_a_row_goes_when_the_pointer_has_gone(bench: Bench) -> None:
    view, model = bench.ticket.view, bench.ticket.model
    QApplication.sendEvent(view, QEnterEvent(PLACE, PLACE, PLACE))
    before = view.visualRect(model.index_of(bench.buy))
    goes(bench)
    assert view.visualRect(model.index_of(bench.buy)) == before
    assert bench.sell in model.lineages()
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    bench.look()
    assert bench.sell not in model.lineages()


def test_the_same_holds_on_an_open_panel(bench: Bench) -> None:
    bench.open(bench.buy)
    layer: QWidget = bench.ticket.layer
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    QApplication.sendEvent(layer, QEnterEvent(PLACE, PLACE, PLACE))
    before = panel.geometry()
    goes(bench)
    assert panel.geometry() == before
    QApplication.sendEvent(layer, QEvent(QEvent.Type.Leave))
    bench.look()
    assert bench.sell not in bench.ticket.model.lineages()
    assert bench.ticket.view.lineage() == bench.buy


def test_without_the_pointer_it_goes_at_once(bench: Bench) -> None:
    goes(bench)
    assert bench.sell not in bench.ticket.model.lineages()

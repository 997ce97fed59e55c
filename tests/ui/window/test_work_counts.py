"""Work that the real window does for a burst of updates, counted: paintings, cells, questions to the model, memory.

No machine changes these numbers; each is compared with the most that is meant.
"""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.desk.state import KEPT_LINES
from app.domain import events as ev
from app.domain.amendment import Source
from app.runtime.errors import ErrorSink
from app.runtime.lifecycle import Lifecycle
from app.runtime.qtloop import QtLoop
from app.ui.look.theme import Theme
from app.ui.orders.delegate import OrderDelegate
from app.ui.orders.model import OrderModel
from app.ui.orders.row import Column
from app.ui.window.main_window import MainWindow
from tests.helpers.paper_desk import T0, PaperDesk, resting

ORDERS, BURST = 600, 500


class Paintings(QObject):
    """Counts how often each part of a window is painted."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self.of: Counter[str] = Counter()
        assert window.ticket is not None
        self._parts = {window.ticket.view.viewport(): "list", window.ticket.side: "side", window.ticket.foot: "foot"}
        for part in self._parts:
            part.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count, and let it through."""
        if event.type() == QEvent.Type.Paint:
            self.of[self._parts[watched]] += 1  # type: ignore[index]
        return False


class Busy:
    """A window with 600 orders in front of a person, and a venue that changes them."""

    def __init__(self, theme: Theme) -> None:
        self.paper, self._stamp = PaperDesk(), T0
        self.window = MainWindow(theme, ErrorSink(), Lifecycle())
        self.window.resize(1400, 900)
        self.window.show()
        self.ticket = self.window.attach(self.paper.desk)
        self.ticket.feed._ticks.stop()  # ages are shown anew twice a second, whatever happened
        base = resting("bitso", "one", "btc_usd", "120000.00", "0.5")
        self.orders = [replace(base, order_id=f"id{number:04}", updated_at=T0) for number in range(ORDERS)]
        at = self.paper.clock.now()
        self.paper.happen(ev.OpenOrdersListed("bitso", at, at, tuple(self.orders)))
        self.paint()
        self.burst()
        self.paint()

    def burst(self) -> None:
        """Let 500 of the orders have another price, one after the other."""
        self._stamp += 1
        for number, order in enumerate(self.orders[:BURST]):
            changed = replace(order, price=Decimal(90_000 + (self._stamp + number) % 999), updated_at=self._stamp)
            self.paper.happen(ev.OrderSeen("bitso", self.paper.clock.now(), changed, Source.PUSH))

    def paint(self) -> None:
        """Show all of it."""
        self.ticket.feed.flush()
        QApplication.processEvents()
        for _ in range(1_000):
            if not (self.ticket.feed.waiting or self.ticket.model.unfinished):
                return
            QTest.qWait(1)  # what does not fit one frame comes with the next
        pytest.fail("it is never all shown")

    @property
    def seen(self) -> int:
        """The number of rows in sight."""
        return len(self.ticket.view.visible_rows())


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Calls of what paints a cell and of what answers for it; Qt learns of them when the first window is made."""
    calls: Counter[str] = Counter()

    def count(owner: type, name: str) -> None:
        kept: Callable[..., object] = getattr(owner, name)

        def counted(*arguments: object, **named: object) -> object:
            calls[name] += 1
            return kept(*arguments, **named)

        monkeypatch.setattr(owner, name, counted)

    count(OrderDelegate, "paint")
    count(OrderModel, "data")
    return calls


@pytest.fixture
def busy(calls: Counter[str], qloop: QtLoop, theme: Theme) -> Iterator[Busy]:
    busy = Busy(theme)
    yield busy
    busy.ticket.stop()
    busy.window.close()
    busy.window.deleteLater()


def test_a_burst_is_painted_once(busy: Busy) -> None:
    paintings = Paintings(busy.window)
    busy.burst()
    assert not paintings.of, "an update paints nothing by itself"
    busy.paint()
    assert paintings.of["list"] == 1
    assert paintings.of["side"] <= 1
    assert paintings.of["foot"] <= 1
    paintings.of.clear()
    busy.paint()
    assert not paintings.of, "nothing new, nothing painted"


def test_a_burst_paints_the_cells_in_sight_and_asks_the_model_no_more(busy: Busy, calls: Counter[str]) -> None:
    calls.clear()
    busy.burst()
    assert not calls
    busy.paint()
    assert 0 < calls["paint"] <= busy.seen * len(Column)
    assert calls["data"] <= calls["paint"]


def test_updates_of_the_same_orders_take_no_memory(busy: Busy) -> None:
    for _ in range(KEPT_LINES):  # a row's history is full after that
        busy.burst()
    busy.paint()
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(10):
        busy.burst()
        busy.paint()
    gc.collect()
    assert (sys.getallocatedblocks() - before) / (10 * BURST) < 0.1

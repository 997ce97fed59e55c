"""Longest gaps of a 5 ms timer while a venue lists 100,000 orders, pushes 5,000 of them, and a person looks at them.

    python -m tests.benchmarks.long_list [ORDERS]

Two figures each: the longest gaps as a person would feel them on this machine now, and the longest work of this
program between two beats, which other programs on the machine do not lengthen. Nothing is asserted.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.domain import events as ev
from app.domain.amendment import Source
from app.runtime.errors import ErrorSink
from app.runtime.lifecycle import Lifecycle
from app.runtime.qtloop import QtLoop
from app.ui.look.theme import DARK, Theme
from app.ui.orders.row import Column
from app.ui.window.main_window import MainWindow
from tests.helpers.many_orders import many_orders
from tests.helpers.paper_desk import T0, D, PaperDesk

PUSHED = 5_000


class Gaps:
    """A timer and the longest times between two of its beats."""

    def __init__(self) -> None:
        self._last = (time.perf_counter(), time.thread_time())
        self._gaps: list[float] = []
        self._work: list[float] = []
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        wall, work = time.perf_counter(), time.thread_time()
        self._gaps.append((wall - self._last[0]) * 1000)
        self._work.append((work - self._last[1]) * 1000)
        self._last = (wall, work)

    def report(self, what: str) -> None:
        """Write down the longest gaps since the last report."""
        gaps, work = (_longest(each) for each in (self._gaps, self._work))
        sys.stdout.write(f"{what:<22} {sum(self._gaps) / 1000:6.1f} s, gaps {gaps} ms, work {work} ms\n")
        self._gaps.clear()
        self._work.clear()


def _longest(figures: list[float]) -> str:
    return ", ".join(f"{figure:.0f}" for figure in sorted(figures, reverse=True)[:4])


async def measure(count: int) -> None:
    """Let the orders arrive, and do what a person does."""
    paper = PaperDesk()
    window = MainWindow(Theme(DARK), ErrorSink(), Lifecycle())
    window.show()
    ticket = window.attach(paper.desk)
    orders, at, gaps = many_orders(count), paper.clock.now(), Gaps()

    async def until(done: Callable[[], bool], what: str) -> None:
        for _ in iter(done, True):
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.6)
        gaps.report(what)

    def is_calm() -> bool:
        return not ticket.feed.waiting and ticket.model.unfinished < 100

    await until(is_calm, "before")
    paper.happen(ev.OpenOrdersListed("bitso", at, at, tuple(orders)))
    await until(lambda: is_calm() and ticket.model.rowCount() >= count, f"{count} orders listed")
    for order in orders[:PUSHED]:
        paper.happen(ev.OrderSeen("bitso", at, replace(order, price=D(7), updated_at=T0 + 1), Source.PUSH))
        if order.order_id.endswith("00"):
            await asyncio.sleep(0)
    await until(is_calm, f"{PUSHED} pushed")
    ticket.top.search.setText("id00001")
    await until(is_calm, "find")
    ticket.top.search.clear()
    await until(is_calm, "find no more")
    ticket.model.sort(Column.PRICE)
    await until(is_calm, "sort by price")
    ticket.stop()


def main() -> None:
    """Measure in a window that nobody sees."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication([])
    loop = QtLoop(application)
    loop.run_until_complete(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()

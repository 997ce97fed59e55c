"""Speed of the order list in its window: what an update costs, how long nothing answers, how fast a list is filled.

    python -m tests.benchmarks.list_speed [--rows 1000 10000 100000] [--seconds 3] [--json]

The window is the one the app opens, on a paper desk, off the screen. Events are made before they are timed. Rates and
costs are of this process's CPU time, which other programs do not lengthen; gaps are between the beats of a timer of
one millisecond, once by the clock and once as work of this program. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from statistics import median

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.form import FieldName
from app.domain.order import Order
from app.runtime.errors import ErrorSink
from app.runtime.lifecycle import Lifecycle
from app.runtime.qtloop import QtLoop
from app.ui.look.theme import DARK
from app.ui.orders.row import Column
from app.ui.window.application import make_application
from app.ui.window.main_window import MainWindow
from tests.helpers.many_orders import many_orders
from tests.helpers.paper_desk import T0, D, PaperDesk

#: Events between two frames that are asked for, and of one rate.
BATCH, UPDATES = 500, 20_000

#: Updates a second that are offered while gaps are looked at.
OFFERED = 20_000

#: Letters of the text that is looked for, one after the other.
TEXT = "id00001"


class Beats:
    """A timer of one millisecond, and the times between its beats."""

    def __init__(self) -> None:
        self._last = (time.perf_counter(), time.thread_time())
        self.gaps: list[float] = []
        self.work: list[float] = []
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        wall, work = time.perf_counter(), time.thread_time()
        self.gaps.append((wall - self._last[0]) * 1000)
        self.work.append((work - self._last[1]) * 1000)
        self._last = (wall, work)

    def pause(self) -> None:
        """Beat no more: a thousand beats a second are work too."""
        self._timer.stop()

    def start(self) -> None:
        """Forget the beats so far, and go on beating."""
        self._timer.start()
        self.gaps.clear()
        self.work.clear()
        self._last = (time.perf_counter(), time.thread_time())

    def seen(self) -> dict[str, float]:
        """Return the gaps since the start: half, 99 of 100, the longest; and the longest work of this program."""
        gaps, work = sorted(self.gaps) or [0.0], sorted(self.work) or [0.0]
        high = len(gaps) * 99 // 100
        named = {"gap p50": median(gaps), "gap p99": gaps[high], "gap max": gaps[-1]}
        return {**named, "work p99": work[high], "work max": work[-1]}

    def told(self) -> str:
        """Return the same in one phrase."""
        return f"{', '.join(f'{name} {value:.1f}' for name, value in self.seen().items())} ms"


class Painted(QObject):
    """Tells when a widget was painted first since it is watched."""

    at = 0.0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at the clock; later paints, before the loop gets to ask, are not of what was done."""
        if event.type() == QEvent.Type.Paint and not self.at:
            self.at = time.perf_counter()
        return False


class Bench:
    """One window with so many orders.

    Attributes:
        found: every figure, by what it is of and its own name.
    """

    def __init__(self, count: int, *, quiet: bool = False) -> None:
        self.count, self.paper, self._quiet = count, PaperDesk(), quiet
        self.found: dict[str, dict[str, float]] = {}
        self.window = MainWindow(make_application(DARK.name)[1], ErrorSink(), Lifecycle())
        self.window.show()
        self.ticket = self.window.attach(self.paper.desk)
        self.orders = many_orders(count)
        self.beats, self._stamp, self._random = Beats(), T0, random.Random(1)

    def tell(self, what: str, text: str, **figures: float) -> None:
        """Write a line of the table, and keep its figures."""
        self.found[what] = figures
        if not self._quiet:
            sys.stdout.write(f"{self.count:>7} | {what:<40} | {text}\n")
            sys.stdout.flush()

    def is_calm(self) -> bool:
        """Return True if nothing is to be shown any more."""
        busy = self.paper.desk._parts._steps is not None  # a long list that is taken in part by part
        return not (busy or self.ticket.feed.waiting or self.ticket.model.unfinished)

    async def until(self, done: Callable[[], bool]) -> None:
        """Let the loop turn until something is so."""
        for _ in iter(done, True):
            await asyncio.sleep(0.001)

    def changed(self) -> Order:
        """Return one of the orders with another price, later than before."""
        self._stamp += 1
        order = self.orders[self._random.randrange(self.count)]
        return replace(order, price=D(90_000 + self._random.randrange(20_000)), updated_at=self._stamp)

    def pushes(self, count: int) -> list[ev.Event]:
        """Return so many updates of orders taken at random."""
        at = self.paper.clock.now()
        return [ev.OrderSeen("bitso", at, self.changed(), Source.PUSH) for _ in range(count)]

    async def timed(self, what: str, act: Callable[[], object], done: Callable[[], bool] | None = None) -> float:
        """Do one thing until it is on the screen, tell what it cost in CPU time, and return that in milliseconds."""
        await asyncio.sleep(0.05)
        self.beats.start()
        began = time.process_time()
        act()
        await self.until(lambda: self.is_calm() and (done is None or done()))
        QApplication.processEvents()
        cost = (time.process_time() - began) * 1000
        await asyncio.sleep(0.02)
        if what:
            self.tell(what, f"{cost:.1f} ms CPU, {self.beats.told()}", cpu=cost, **self.beats.seen())
        return cost

    async def fill(self) -> None:
        """Let the orders arrive."""
        await asyncio.sleep(0.3)
        before = _resident()
        at = self.paper.clock.now()
        listed = ev.OpenOrdersListed("bitso", at, at, tuple(self.orders))
        await self.timed("fill", lambda: self.paper.happen(listed), lambda: self.ticket.model.rowCount() >= self.count)
        each = (_resident() - before) / self.count
        self.tell("memory per order (its event's part left out)", f"{each:.2f} kB", kb=each)

    async def list_again(self) -> None:
        """Let the same list arrive once more."""
        at = self.paper.clock.now()
        await self.timed(
            "list again", lambda: self.paper.happen(ev.OpenOrdersListed("bitso", at, at, tuple(self.orders)))
        )

    async def rate(self, what: str) -> None:
        """Apply updates and paint them in frames of 500."""
        events = iter(self.pushes(UPDATES))
        await asyncio.sleep(0.2)
        began, applied = time.process_time(), 0.0
        while batch := list(islice(events, BATCH)):
            before = time.process_time()
            for event in batch:
                self.paper.happen(event)
            applied += time.process_time() - before
            self.ticket.feed.flush()
            QApplication.processEvents()
        await self.until(self.is_calm)
        QApplication.processEvents()
        took = time.process_time() - began
        each = f"{applied / UPDATES * 1e6:.1f} µs to apply, {(took - applied) / UPDATES * 1e6:.1f} µs to show one"
        self.tell(what, f"{UPDATES / took:,.0f} a CPU second: {each}", rate=UPDATES / took)

    async def gaps(self, what: str, seconds: float, *, keys: bool = False) -> None:
        """Offer updates, in slices of two milliseconds, and look at the beats; with keys typed beside them."""
        events = iter(self.pushes(int(OFFERED * seconds * 1.2)))
        await asyncio.sleep(0.2)
        offered = Offered(self.paper, events)
        self.beats.start()
        began, cpu = time.perf_counter(), time.process_time()
        typed = [await self.key() for _ in range(int(seconds * 10))] if keys else []
        await asyncio.sleep(max(0.0, seconds - (time.perf_counter() - began)))
        offered.stop()
        took, used, told = time.perf_counter() - began, time.process_time() - cpu, self.beats.told()
        behind = self.ticket.feed.waiting + self.ticket.model.unfinished
        text = f"{offered.count / took:,.0f}/s came, {used / took:.0%} of a core, behind {behind}; {told}"
        self.tell(what, text, came=offered.count / took, behind=behind, **self.beats.seen())
        if typed:
            typed.sort()
            half, late = median(typed), typed[len(typed) * 95 // 100]
            self.tell("key press to painted", f"p50 {half:.1f} p95 {late:.1f} ms", p95=late)
        await self.until(self.is_calm)

    async def key(self) -> float:
        """Type a digit into the open panel's price, and return the milliseconds until the field was painted."""
        panel = self.ticket.panels.open(self.ticket.view.lineage())
        assert panel is not None
        edit = panel.fields.lines[FieldName.PRICE].editor
        watch = Painted()
        began = time.perf_counter()
        QTest.keyClick(edit, Qt.Key.Key_1)
        edit.installEventFilter(watch)
        await self.until(lambda: watch.at > 0)
        edit.removeEventFilter(watch)
        QTest.keyClick(edit, Qt.Key.Key_Backspace)
        await asyncio.sleep(0.05)
        return (watch.at - began) * 1000

    async def idle(self, seconds: float) -> None:
        """Look at the beats while nothing arrives; the load is of a time without them, for they are load too."""
        self.beats.pause()
        await asyncio.sleep(0.6)
        began, cpu = time.perf_counter(), time.process_time()
        await asyncio.sleep(seconds)
        load = (time.process_time() - cpu) / (time.perf_counter() - began)
        self.beats.start()
        await asyncio.sleep(seconds)
        self.tell("idle", f"{load:.1%} of a core; {self.beats.told()}", load=load, **self.beats.seen())

    async def find(self) -> None:
        """Look for a text, letter by letter, and no more for it."""
        box, costs = self.ticket.top.search, list[float]()
        for length in range(1, len(TEXT) + 1):
            costs.append(await self.timed("", lambda text=TEXT[:length]: box.setText(text)))  # type: ignore[misc]
        said = ", ".join(f"{each:.1f}" for each in costs)
        self.tell("find, per letter", f"median {median(costs):.1f} ms CPU ({said})", cpu=median(costs), most=max(costs))
        await self.timed("find no more", box.clear)

    async def new_orders(self, how: str = "") -> None:
        """Let one new order arrive, eleven times."""
        costs = []
        for number in range(11):
            order = replace(self.orders[0], order_id=f"new{number}", price=D(99_000 + number))
            event = ev.OrderSeen("bitso", self.paper.clock.now(), order, Source.PUSH)

            def come(event: ev.Event = event) -> None:
                self.paper.happen(event)
                self.ticket.feed.flush()

            costs.append(await self.timed("", come))
        half = median(costs)
        self.tell(f"one new order painted{how}", f"median {half:.1f} ms CPU, most {max(costs):.1f}", cpu=half)


class Offered(QObject):
    """Events given to a desk by the clock."""

    def __init__(self, paper: PaperDesk, events: Iterator[ev.Event]) -> None:
        super().__init__()
        self.count, self._paper, self._events, self._began = 0, paper, events, time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(2)
        self._timer.timeout.connect(self._give)
        self._timer.start()

    def _give(self) -> None:
        due = int((time.perf_counter() - self._began) * OFFERED)
        for event in islice(self._events, min(100, due - self.count)):
            self._paper.happen(event)
            self.count += 1

    def stop(self) -> None:
        """Give no more."""
        self._timer.stop()


def _resident() -> float:
    """Resident memory in kB; the most there was where the system tells nothing else."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024
    except OSError:
        return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


async def measure(count: int, seconds: float, *, quiet: bool = False) -> dict[str, dict[str, float]]:
    """Measure everything at one size, and return what was found."""
    bench = Bench(count, quiet=quiet)
    await bench.fill()
    await bench.list_again()
    await bench.rate("updates")
    await bench.idle(seconds)
    await bench.gaps("20,000/s offered", seconds)
    await bench.gaps("20,000/s offered, typing", seconds, keys=True)
    bench.ticket.panels.close(bench.ticket.view.lineage())
    await bench.new_orders()
    await bench.find()
    await bench.timed("sort by price", lambda: bench.ticket.model.sort(Column.PRICE))
    await bench.new_orders(" in a sorted list")
    bench.ticket.top.search.setText("id0000")
    await bench.until(bench.is_calm)
    await bench.rate("updates, sorted and filtered")
    bench.ticket.stop()
    return bench.found


def main() -> None:
    """Measure each size in a process of its own, in a window that nobody sees."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--json", action="store_true", help="one line of JSON for each size in place of the table")
    asked = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application, _ = make_application(DARK.name)
    for count in asked.rows[:-1]:
        if not os.fork():
            asked.rows = [count]
            break
        os.wait()
    loop = QtLoop(application)
    found = loop.run_until_complete(measure(asked.rows[-1], asked.seconds, quiet=asked.json))
    if asked.json:
        sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()

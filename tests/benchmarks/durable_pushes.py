"""How many pushes a second reach the disk while the loop stays smooth: gaps of a timer of 1 ms at several rates.

    python -m tests.benchmarks.durable_pushes [RATE ...] [--window] [--json]

Pushes of 200 orders are offered in slices of 2 ms, each with another price than before, to a desk with a journal; with
`--window` the ticket shows all of it, off the screen. Told are those taken in a second, the gaps of the timer, and what
was not on the disk at the end. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import tempfile
import time
from collections.abc import Callable, Coroutine
from itertools import islice
from pathlib import Path
from typing import Any

from app.desk.desk import Desk
from app.desk.journal.writer import Journal
from tests.benchmarks.long_journal import pushes
from tests.benchmarks.soak import desk_at, say

SECONDS, SLICE = 8.0, 0.002

TOLD = (
    "{offered:>6} offered a second: {taken:7,.0f} taken, gaps p50 {p50:4.1f}, p99 {p99:5.1f}, longest {longest:5.1f} "
    "ms; all on the disk {late:.0f} ms after the last; {core:.0%} of a core"
)


Runner = Callable[[Coroutine[Any, Any, dict[str, float]]], dict[str, float]]


async def measure(folder: Path, rate: int, show: Callable[[Desk], Callable[[], None]] | None) -> dict[str, float]:
    """Offer so many a second, to what is shown in a window if so; times are in milliseconds."""
    journal = Journal(folder / f"{rate}.db")
    desk = desk_at(journal)
    stop = show(desk) if show is not None else None
    events = list(islice(pushes(), int(rate * SECONDS)))
    if stop is not None:
        await asyncio.sleep(1)
    gaps: list[float] = []
    done = False

    async def beat() -> None:
        last = time.perf_counter()
        while not done:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            gaps.append((now - last) * 1e3)
            last = now

    gc.collect()
    gc.freeze()
    heart = asyncio.get_running_loop().create_task(beat())
    began, spent, given = time.perf_counter(), time.process_time(), 0
    while given < len(events):
        wanted = min(len(events), int((time.perf_counter() - began) * rate) + 1)
        for event in events[given : min(wanted, given + rate // 100 + 1)]:
            desk.dispatch(event)
        given = min(wanted, given + rate // 100 + 1)
        await asyncio.sleep(SLICE)
    took, worked = time.perf_counter() - began, time.process_time() - spent
    before = time.perf_counter()
    await journal.durable()
    late = time.perf_counter() - before
    done = True
    await heart
    gaps.sort()
    if stop is not None:
        stop()
    await desk.close()
    return {
        "offered": rate,
        "taken": given / took,
        "p50": gaps[len(gaps) // 2],
        "p99": gaps[len(gaps) * 99 // 100],
        "longest": gaps[-1],
        "late": late * 1e3,
        "core": worked / took,
    }


def in_window() -> tuple[Runner, Callable[[Desk], Callable[[], None]]]:
    """Return what runs on a loop with windows, and what shows a desk in one; that returns what ends it."""
    from app.runtime.errors import ErrorSink
    from app.runtime.lifecycle import Lifecycle
    from app.runtime.qtloop import QtLoop
    from app.ui.look.theme import DARK
    from app.ui.window.application import make_application
    from app.ui.window.main_window import MainWindow

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application, look = make_application(DARK.name)
    loop = QtLoop(application)

    def show(desk: Desk) -> Callable[[], None]:
        window = MainWindow(look, ErrorSink(), Lifecycle())
        window.show()
        ticket = window.attach(desk)

        def stop() -> None:
            ticket.stop()
            window.hide()

        return stop

    return loop.run_until_complete, show


def main() -> None:
    """Offer each rate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rates", metavar="RATE", type=int, nargs="*", default=[500, 2_000, 5_000, 10_000])
    parser.add_argument("--window", action="store_true", help="show all of it")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    given = parser.parse_args()
    run, show = in_window() if given.window else (asyncio.run, None)
    found = []
    for rate in given.rates:
        with tempfile.TemporaryDirectory(prefix="redline-pushes-") as folder:
            found.append(run(measure(Path(folder), rate, show)))
        if not given.json:
            say(TOLD.format(**found[-1]))
    if given.json:
        say(json.dumps({"rates": found}))
    if given.window:
        os._exit(0)  # a process that measures does not take its window apart


if __name__ == "__main__":
    main()

"""Rows of the order list: how fast it is filled and takes updates, beside the order table of another trading desktop.

    python -m tests.benchmarks.bench_list [--quick]

Both are off the screen, get events made beforehand, and paint after each 500. Figures are of processor time. The
peer's updates change what its table updates (its price column is not among it), ours change the price.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from dataclasses import replace
from itertools import islice
from random import Random
from statistics import median

from tests.benchmarks.bench_rows import Row
from tests.benchmarks.peers import Missing, named, ours, run

BATCH = 500


def rows(*, quick: bool) -> list[Row]:
    """Rows for each length of list, Redline and the peer in turn."""
    found: list[Row] = []
    for count in (1_000,) if quick else (1_000, 10_000):
        updates = 2_000 if count > 1_000 or quick else 5_000
        mine, theirs = [], []
        for _ in range(1 if quick else 3):
            mine.append(ours("tests.benchmarks.bench_list", "child", count, 10_000))
            theirs.append(run("vnpy", "vnpy_orders.py", count, updates))
        for name, measure, more in (
            ("fill", f"{count:,} orders listed and painted, processor s", False),
            ("rate", f"updates a processor second, {count:,} orders", True),
        ):
            seen = [each[name] for each in theirs if not isinstance(each, Missing)]
            other = median(seen) if seen else theirs[0]
            assert isinstance(other, float | Missing)
            found.append(Row(measure, median(each[name] for each in mine), named("vnpy"), other, more_is_better=more))
    return found


async def measure(count: int, updates: int) -> dict[str, float]:
    """Fill the window's list and update it."""
    from PySide6.QtWidgets import QApplication

    from app.domain import events as ev
    from app.domain.amendment import Source
    from app.runtime.errors import ErrorSink
    from app.runtime.lifecycle import Lifecycle
    from app.ui.look.theme import DARK, Theme
    from app.ui.window.main_window import MainWindow
    from tests.helpers.many_orders import many_orders
    from tests.helpers.paper_desk import T0, D, PaperDesk

    paper = PaperDesk()
    window = MainWindow(Theme(DARK), ErrorSink(), Lifecycle())
    window.show()
    ticket = window.attach(paper.desk)
    orders = many_orders(count)
    await asyncio.sleep(1)
    at, began = paper.clock.now(), time.process_time()
    paper.happen(ev.OpenOrdersListed("bitso", at, at, tuple(orders)))
    for _ in iter(lambda: ticket.model.rowCount() < count, False):
        await asyncio.sleep(0.001)
    QApplication.processEvents()
    filled = time.process_time() - began
    await asyncio.sleep(1)
    chance = Random(1)
    pushes = iter(
        [
            ev.OrderSeen(
                "bitso",
                at,
                replace(
                    orders[chance.randrange(count)], price=D(90_000 + chance.randrange(20_000)), updated_at=T0 + number
                ),
                Source.PUSH,
            )
            for number in range(1, updates + 1)
        ]
    )
    began = time.process_time()
    while batch := list(islice(pushes, BATCH)):
        for event in batch:
            paper.happen(event)
        ticket.feed.flush()
        QApplication.processEvents()
    rate = updates / (time.process_time() - began)
    ticket.stop()
    return {"fill": filled, "rate": rate}


def child(count: int, updates: int) -> None:
    """Measure in this process, print one JSON object and end without tidying up."""
    from app.runtime.qtloop import QtLoop
    from app.ui.look.theme import DARK
    from app.ui.window.application import make_application

    application, _ = make_application(DARK.name)
    found = QtLoop(application).run_until_complete(measure(count, updates))
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        child(*map(int, sys.argv[2:]))
    from tests.benchmarks.bench import alone

    alone(rows)

"""How many pushes a second reach the disk while the loop stays smooth: gaps of a timer of 1 ms at several rates.

    python -m tests.benchmarks.durable_pushes [RATE ...]

Pushes of 200 orders are offered in slices of 2 ms, each with another price than before, to a desk with a journal and no
window. Told are those taken in a second, the gaps of the timer, and what was not on the disk at the end. Nothing is
asserted.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from app.desk.journal.writer import Journal
from tests.benchmarks.long_journal import pushes
from tests.benchmarks.soak import desk_at, say

SECONDS, SLICE = 8.0, 0.002


async def measure(folder: Path, rate: int) -> None:
    """Offer so many a second."""
    journal = Journal(folder / f"{rate}.db")
    desk = desk_at(journal)
    events = list(islice(pushes(), int(rate * SECONDS)))
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
    say(
        f"{rate:>6} offered a second: {given / took:7,.0f} taken, gaps p50 {gaps[len(gaps) // 2]:4.1f}, "
        f"p99 {gaps[len(gaps) * 99 // 100]:5.1f}, longest {gaps[-1]:5.1f} ms; all on the disk {late * 1e3:.0f} ms "
        f"after the last; {worked / took:.0%} of a core"
    )
    await desk.close()


def main() -> None:
    """Offer each rate."""
    for rate in map(int, sys.argv[1:] or (500, 2_000, 5_000, 10_000)):
        with tempfile.TemporaryDirectory(prefix="redline-pushes-") as folder:
            asyncio.run(measure(Path(folder), rate))


if __name__ == "__main__":
    main()

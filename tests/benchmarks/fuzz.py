"""Mutated messages of a venue through its real reading path, and what they did: nothing may leave, nothing may change.

    python -m tests.benchmarks.fuzz --venue bitget --messages 1000000 --seed 1 --window

Each process records real messages of a practice venue first. Exit 1 if an exception left what takes messages, if a
message that cannot be valid changed an order, if an order is shown that cannot be, or if the window fell.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from app.practice.world import find_venues
from tests.benchmarks.fuzz_desk import FuzzedDesk

#: Messages after which a process begins anew from the recording, so that what mutants left does not pile up.
CHUNK = 20_000

#: Faults of a kind that are shown.
SHOWN = 6


def say(text: str) -> None:
    """Write one line of the report."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def run_chunk(
    desk: FuzzedDesk, loop: asyncio.AbstractEventLoop, messages: int, seed: int, window: bool
) -> dict[str, Any]:
    """Feed one chunk and return what came of it."""
    loop.run_until_complete(desk.fuzz(messages, seed, window=window))
    return {
        "counts": desk.counts,
        "escapes": desk.faults.found,
        "first": desk.faults.first,
        "changed": desk.changed,
        "insane": desk.insane,
    }


def forked(
    desk: FuzzedDesk, loop: asyncio.AbstractEventLoop, messages: int, seed: int, window: bool
) -> tuple[int, int]:
    """Feed one chunk in a child; gives its id and where to read what came of it."""
    read, write = os.pipe()
    child = os.fork()
    if child:
        os.close(write)
        return child, read
    code = 1
    try:
        with os.fdopen(write, "w") as out:
            json.dump(run_chunk(desk, loop, messages, seed, window), out)
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)


def fuzz(venue: str, messages: int, seed: int, processes: int, window: bool) -> dict[str, Any]:
    """Feed so many mutants of one venue's messages."""
    loop = asyncio.new_event_loop()
    desk = FuzzedDesk(venue)
    loop.run_until_complete(desk.prepare())
    began = time.monotonic()
    sizes = [min(CHUNK, messages - at) for at in range(0, messages, CHUNK)]
    total: dict[str, Any] = {name: Counter() for name in ("counts", "escapes", "changed", "insane")} | {"first": {}}
    crashes, running = 0, []
    for number, size in enumerate(sizes):
        running.append(forked(desk, loop, size, seed * 1_000_003 + number, window))
        if len(running) == processes or number == len(sizes) - 1:
            while running and (len(running) == processes or number == len(sizes) - 1):
                child, read = running.pop(0)
                with os.fdopen(read) as out:
                    text = out.read()
                _, status = os.waitpid(child, 0)
                if status or not text:
                    crashes += 1
                    continue
                part = json.loads(text)
                for name in ("counts", "escapes", "changed", "insane"):
                    total[name].update(part[name])
                total["first"] = part["first"] | total["first"]
    return total | {"crashes": crashes, "seconds": time.monotonic() - began, "recorded": len(desk.recording.frames)}


def told(venue: str, total: dict[str, Any]) -> bool:
    """Write one venue's line and its faults; True if there is none."""
    counts = total["counts"]
    done = sum(counts.values())
    faults = [sum(total[name].values()) for name in ("escapes", "changed", "insane")] + [total["crashes"]]
    say(
        f"{venue:<11}{done:>10,}{total['seconds']:>8.0f}{done / max(total['seconds'], 0.001):>8,.0f}"
        f"{counts['no JSON']:>10,}{counts['poisoned']:>10,}{counts['other']:>10,}"
        + "".join(f"{each:>9,}" for each in faults)
    )
    for name in ("escapes", "changed", "insane"):
        for text, times in total[name].most_common(SHOWN):
            say(f"  {name} {times} times: {text}")
            if name == "escapes" and text in total["first"]:
                say(f"    by {total['first'][text]!r}")
    return not any(faults)


def main() -> int:
    """Read the arguments, fuzz, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venue", action="append", choices=find_venues(), help="again for more; all by default")
    parser.add_argument("--messages", type=int, default=20_000, help="for each venue")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--window", action="store_true", help="open the window, and look at the rows as a person does")
    arguments = parser.parse_args()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    say(
        f"{'venue':<11}{'messages':>10}{'s':>8}{'a s':>8}{'no JSON':>10}{'poisoned':>10}{'other':>10}"
        f"{'escapes':>9}{'changes':>9}{'insane':>9}{'crashes':>9}"
    )
    venues = arguments.venue or find_venues()
    given = (arguments.messages, arguments.seed, arguments.processes, arguments.window)
    if len(venues) == 1:
        return 0 if told(venues[0], fuzz(venues[0], *given)) else 1
    well = True
    for venue in venues:
        # Each in a process of its own, as the desk that was recorded from is left as it stands.
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
            well = told(venue, alone.submit(fuzz, venue, *given).result()) and well
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())

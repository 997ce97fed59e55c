"""A long journal: how large its files are, and how long a start on it takes until there is a list.

    python -m tests.benchmarks.long_journal [RECORDS] [--amended] [--folder FOLDER] [--json]

The records are pushes of 200 orders that rest all the time, written by the writer the program has; with `--amended`
they are what the soak makes: orders come, go, fill and are amended. Then a process of its own opens the journal as the
program does, and the chain is followed beside it. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from app.desk.journal.files import segments
from app.desk.journal.writer import Journal
from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from tests.benchmarks.soak import Market, desk_at, memory, say
from tests.helpers.toy_venue import T0, order

STEP = SECOND // 70


def pushes(count: int = 200) -> Iterator[ev.Event]:
    """Yield pushes of orders that rest all the time, each with another price than before."""
    orders = [order(f"o{each}", price=Decimal(1_000 + each)) for each in range(count)]
    yield ev.LinkChanged("toy", T0, LinkState.UP, "")
    yield ev.OpenOrdersListed("toy", T0, T0, tuple(orders), True)
    at = T0
    while True:
        for one in orders:
            at += STEP
            price = Decimal(1_000 + at // STEP % 997)
            yield ev.OrderSeen("toy", at, replace(one, price=price), Source.PUSH)


def make(path: Path, records: int, *, amended: bool) -> dict[str, float]:
    """Write that many records; return the sizes in MB, and what one took in µs of processor time."""
    journal = Journal(path)
    desk = desk_at(journal)
    began, longest = time.process_time(), 0.0
    for number, event in enumerate(islice(Market(200, STEP).events() if amended else pushes(), records)):
        before = time.thread_time()
        desk.dispatch(event)
        longest = max(longest, time.thread_time() - before)
        if number % 5_000 == 0:
            journal.flush()
    took = time.process_time() - began
    asyncio.run(desk.close())
    sizes = [each.stat().st_size / 1e6 for each in segments(path)]
    return {
        "records": records,
        "MB": sum(sizes),
        "files": len(sizes),
        "largest": max(sizes),
        "each": took / records * 1e6,
        "longest": longest * 1e3,
    }


def start(path: Path) -> dict[str, float | str]:
    """Open it as the program does; return seconds, memory in MB, and what the chain says."""
    before, began, spent = memory(), time.perf_counter(), time.process_time()
    journal = Journal(path)
    opened = time.perf_counter() - began
    tail, first = len(journal.tail), len(journal.tail[0].body) if journal.tail else 0
    desk = desk_at(journal)
    took, worked, rows = time.perf_counter() - began, time.process_time() - spent, len(desk.state.lineages)
    used = memory()
    began = time.perf_counter()
    broken = journal.check()
    checked = time.perf_counter() - began
    asyncio.run(desk.close())
    return {
        "took": took,
        "opened": opened,
        "worked": worked,
        "rows": rows,
        "tail": tail,
        "first": first / 1e6,
        "memory": used,
        "before": before,
        "chain": str(broken or "holds"),
        "checked": checked,
    }


def started(path: Path) -> dict[str, Any]:
    """Start on it in a process of its own."""
    script = (
        "import json; from pathlib import Path; from tests.benchmarks.long_journal import start; "
        f"print(json.dumps(start(Path({str(path)!r}))))"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Make one and start on it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--amended", action="store_true", help="records as of the soak")
    parser.add_argument("--folder", help="where the journal is kept; one that is there already is only opened")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="redline-long-") as temporary:
        path = Path(given.folder or temporary, "journal.db")
        made = make(path, given.records, amended=given.amended) if not path.exists() else None
        if made is not None and not given.json:
            say(
                "{records} records: {MB:.0f} MB in {files} files, the largest {largest:.1f} MB; {each:.0f} µs of "
                "processor time each, the longest in the loop {longest:.1f} ms".format(**made)
            )
        found = started(path)
    if given.json:
        say(json.dumps({"made": made, "start": found}))
        return
    say(
        "start: {took:.2f} s to the list ({opened:.2f} to open; {worked:.2f} of processor time), {rows} rows, {tail} "
        "records after a checkpoint of {first:.2f} MB of text; {memory:.0f} MB, {before:.0f} before".format(**found)
    )
    say("the chain {chain}; followed beside it in {checked:.1f} s".format(**found))


if __name__ == "__main__":
    main()

"""Find in a long journal: how long its index takes, how large it is, and how long an answer takes.

    python -m tests.benchmarks.find [RECORDS] [--pushes] [--folder FOLDER] [--json]

The records are what the soak makes: orders come, go, fill and are amended; with `--pushes` 200 orders rest all the
time. Then 400 questions of every kind are asked: whole ids, parts of ids, prices, times, columns, several at once, and
what nobody has. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from app.desk.finding.index import Index, index_of
from app.desk.finding.query import read
from app.desk.finding.searching import search
from app.desk.journal.files import segments
from app.desk.journal.reading import extent
from tests.benchmarks.long_journal import make
from tests.benchmarks.soak import say

#: Questions asked, and orders told of each.
QUESTIONS, MOST = 400, 20


def questions(index: Index, seed: int = 1) -> Iterator[str]:
    """Yield questions of every kind, about what the index has."""
    chance = random.Random(seed)
    (highest,) = index.ask("SELECT max(id) FROM word")[0]
    while True:
        text, kind, num, at = index.ask(
            "SELECT text, kind, num, at FROM word WHERE id >= ? LIMIT 1", chance.randint(1, highest)
        )[0]
        symbol, side = index.ask("SELECT symbol, side FROM known WHERE num = ?", num)[0]
        first = chance.randrange(max(1, len(text) - 3))
        moment = f"{datetime.fromtimestamp(at / 1e9, UTC):%H:%M}"
        yield text
        yield text[first:]
        yield f"{text} {symbol}"
        yield f"{symbol} {side} {moment}"
        yield moment
        yield f"{side} open"
        yield f'{{"{kind}":"{text}","x":[1,2,3]}}'
        yield "nobody-has-this"


def measure(path: Path) -> dict[str, Any]:
    """Bring the index of a journal up to date and ask it; seconds, MB, milliseconds."""
    files = segments(path)
    index = Index(index_of(path))
    began, spent = time.perf_counter(), time.process_time()
    index.update(files, [each.name for each in files], lambda row: None)
    took, spent = time.perf_counter() - began, time.process_time() - spent
    again = time.perf_counter()
    index.update(files, [each.name for each in files], lambda row: None)
    again = time.perf_counter() - again
    asked, found = [], 0
    for text, _ in zip(questions(index), range(QUESTIONS), strict=False):
        began = time.perf_counter()
        answer = search(index, read(text, UTC), MOST)
        asked.append((time.perf_counter() - began) * 1e3)
        found += bool(answer.found)
    asked.sort()
    (orders,) = index.ask("SELECT count(*) FROM known")[0]
    index.close()
    return {
        "records": sum(extent(each).records for each in files),
        "MB": sum(each.stat().st_size for each in files) / 1e6,
        "orders": orders,
        "index_s": took,
        "index_cpu_s": spent,
        "index_MB": index_of(path).stat().st_size / 1e6,
        "up_to_date_ms": again * 1e3,
        "found": found,
        "p50": median(asked),
        "p95": asked[len(asked) * 95 // 100],
        "max": asked[-1],
    }


def main() -> None:
    """Make a journal, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--pushes", action="store_true", help="200 orders that rest all the time")
    parser.add_argument("--folder", type=Path, help="keep the journal here, or use the one that is there")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = (asked.folder or Path(folder)) / "journal.db"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            make(path, asked.records, amended=not asked.pushes)
        found = measure(path)
    if asked.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    say(f"{found['records']:,} records of {found['orders']:,} orders, {found['MB']:.0f} MB")
    say(f"index: {found['index_s']:.1f} s ({found['index_cpu_s']:.1f} s of processor time), {found['index_MB']:.0f} MB")
    say(f"up to date already: {found['up_to_date_ms']:.1f} ms")
    say(
        f"{QUESTIONS} questions, {found['found']} with an answer: "
        f"p50 {found['p50']:.1f} p95 {found['p95']:.1f} max {found['max']:.1f} ms"
    )


if __name__ == "__main__":
    main()

"""Rows of the start: first paint and four venues listed, beside a bare window that starts in turn with it.

python -m tests.benchmarks.bench_start [--quick]
"""

from __future__ import annotations

from tests.benchmarks.bench_rows import Row
from tests.benchmarks.start import measured

BARE = "a bare QMainWindow"


def rows(*, quick: bool) -> list[Row]:
    """Medians in milliseconds by the clock, and of processor time."""
    found = measured(3 if quick else 15)
    bare, ours = found["bare"], found["redline"]
    return [
        Row("start to first paint, ms", ours["painted"], BARE, bare["painted"], limit=2 * bare["painted"]),
        Row("start to four venues listed, ms", ours["listed"], BARE, bare["painted"]),
        Row("the same, processor ms", ours["cpu"], BARE, bare["cpu"]),
    ]


if __name__ == "__main__":
    from tests.benchmarks.bench import alone

    alone(rows)

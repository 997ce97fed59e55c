"""Rows of the list at each size: what comes in, what is looked for and typed, and whether the window answers meanwhile.

    python -m tests.benchmarks.bench_sizes [--quick]

The figures are those of `list_speed`, whose table says more. Work that stands still is Redline's own between two beats
of a timer; a gap is by the clock, and longer where the machine has other things to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.benchmarks.bench_rows import Row
from tests.benchmarks.peers import ours

#: A picture of a screen that shows sixty a second.
FRAME_MS = 16.0

Limits = dict[int, float]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of `list_speed`.

    Attributes:
        what: the line it stands in. name: its own name there.
        text: as the table has it. limits: what is promised at which number of orders, itself not promised elsewhere.
        more_is_better: whether a larger figure is the better one. factor: into the unit of the text.
        framed: whether it is to be compared with a picture of the screen.
    """

    what: str
    name: str
    text: str
    limits: Limits
    more_is_better: bool = False
    factor: float = 1.0
    framed: bool = False


def _all(limit: float) -> Limits:
    return dict.fromkeys((1_000, 10_000, 100_000), limit)


_LONG: Limits = {10_000: FRAME_MS, 100_000: FRAME_MS}
_OFFERED, _TYPING = "20,000/s offered", "key press to painted"

MEASURES = (
    Measure("fill", "cpu", "listed and painted, processor ms", {10_000: 300, 100_000: 2_000}),
    Measure("fill", "work p99", "longest work at a time meanwhile, 99 of 100, ms", _all(FRAME_MS), framed=True),
    Measure("list again", "cpu", "the same list again, processor ms", {10_000: 20, 100_000: 200}),
    Measure("list again", "work max", "longest work at a time meanwhile, ms", _all(FRAME_MS), framed=True),
    Measure("updates", "rate", "updates a processor second", {10_000: 40_000}, more_is_better=True),
    Measure(
        "updates, sorted and filtered",
        "rate",
        "updates a processor second, sorted and filtered",
        {100_000: 30_000},
        more_is_better=True,
    ),
    Measure("idle", "load", "load while nothing comes, % of a core", {10_000: 3, 100_000: 3}, factor=100),
    Measure(
        "idle", "gap max", "longest gap while nothing comes, ms", {10_000: FRAME_MS, 100_000: FRAME_MS}, framed=True
    ),
    Measure(_OFFERED, "gap p99", "gap at 20,000 updates a second, 99 of 100, ms", _all(FRAME_MS), framed=True),
    Measure(_OFFERED, "behind", "updates not shown yet at the end of that", {}),
    Measure(_TYPING, "p95", "key press to painted meanwhile, 95 of 100, ms", _all(FRAME_MS), framed=True),
    Measure("find, per letter", "cpu", "find, a letter, processor ms", {10_000: 8, 100_000: 30}),
    Measure("one new order painted", "cpu", "one new order painted, processor ms", {100_000: 5}),
    Measure("one new order painted in a sorted list", "cpu", "the same in a sorted list", {100_000: 5}),
    Measure("memory per order (its event's part left out)", "kb", "memory an order, kB", {100_000: 1.5}),
)


def rows(*, quick: bool) -> list[Row]:
    """Rows for each size, each in a process of its own."""
    found: list[Row] = []
    for count in (1_000,) if quick else (1_000, 10_000, 100_000):
        found += of(count, ours("tests.benchmarks.list_speed", "--rows", count, "--seconds", 2, "--json"))
    return found


def of(count: int, told: dict[str, dict[str, float]]) -> Iterator[Row]:
    """Rows of what `list_speed` told of one size."""
    for each in MEASURES:
        yield Row(
            f"{count:,} orders: {each.text}",
            told[each.what][each.name] * each.factor,
            "a 60 Hz frame" if each.framed else "",
            FRAME_MS if each.framed else None,
            limit=each.limits.get(count),
            more_is_better=each.more_is_better,
        )


if __name__ == "__main__":
    from tests.benchmarks.bench import alone

    alone(rows)

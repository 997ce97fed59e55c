"""Rows of what must not grow: hours of events, amendments with an outcome, a long journal, pushes that go to the disk.

    python -m tests.benchmarks.bench_growth [--quick]

The other figure of a row is Redline's own, from the same run: the first hours, or with nothing behind it.
"""

from __future__ import annotations

from statistics import median

from tests.benchmarks.bench_rows import Row
from tests.benchmarks.peers import ours

#: Limits of the product: memory may grow by a fiftieth after the start, speed may fall by a twentieth.
FLAT, KEPT, SETTLED = 1.02, 0.95, 1.1
START_S, START_MB, SEGMENT_MB = 1.5, 150.0, 32.0
SMOOTH_MS, DURABLE = 16.0, 10_000

HALF = "its own in the first"


def rows(*, quick: bool) -> list[Row]:
    """Rows of each."""
    return [*_soaks(quick=quick), *_settled(), *_journal(quick=quick), *_pushes(quick=quick)]


def _soaks(*, quick: bool) -> list[Row]:
    """Compare the second half of each soak with the first, of which the first tenth fills what has a bound."""
    events, found = 100_000 if quick else 2_000_000, []
    for what, flags in (("", ()), (" shown", ("--window",)), (" recorded", ("--journal",))):
        tenths = ours("tests.benchmarks.soak", "--events", events, "--json", *flags)["tenths"]
        first, second = tenths[1:5], tenths[5:]
        before, now = (max(each["memory"] for each in half) for half in (first, second))
        early, late = (median(each["rate"] for each in half) for half in (first, second))
        found += [
            Row(f"{events:,} events{what}: most memory in the second half, MB", now, HALF, before, limit=before * FLAT),
            Row(
                f"{events:,} events{what}: a processor second in the second half",
                late,
                HALF,
                early,
                limit=early * KEPT,
                more_is_better=True,
            ),
        ]
    return found


def _settled() -> list[Row]:
    found = ours("tests.benchmarks.settled", "--json")
    names = {"a plan": "a plan after 10,000 settled amendments, processor µs", "a new order": "a new order, the same"}
    return [
        Row(names[what], many, "its own after none", none, limit=none * SETTLED) for what, (none, many) in found.items()
    ]


def _journal(*, quick: bool) -> list[Row]:
    records = 50_000 if quick else 1_000_000
    found = ours("tests.benchmarks.long_journal", records, "--json")
    made, start = found["made"], found["start"]
    return [
        Row(f"start on {records:,} records, to the list, s", start["took"], limit=START_S),
        Row("the same, memory, MB", start["memory"], "its own before", start["before"], limit=START_MB),
        Row("largest file of that journal, MB", made["largest"], limit=SEGMENT_MB),
    ]


def _pushes(*, quick: bool) -> list[Row]:
    rates = (2_000,) if quick else (5_000, 10_000)
    found = []
    for each in ours("tests.benchmarks.durable_pushes", *rates, "--json")["rates"]:
        rate = int(each["offered"])
        found += [
            Row(f"durable pushes taken of {rate:,} a second", each["taken"], limit=min(rate, DURABLE)),
            Row("gap of the loop meanwhile, 99 of 100, ms", each["p99"], "a 60 Hz frame", SMOOTH_MS, limit=SMOOTH_MS),
        ]
    return found


if __name__ == "__main__":
    from tests.benchmarks.bench import alone

    alone(rows)

"""Rows of reading one order of each venue, beside the floor: JSON with decimals of the same bytes.

python -m tests.benchmarks.bench_decode [--quick]
"""

from __future__ import annotations

from tests.benchmarks.bench_rows import Row
from tests.benchmarks.peers import ours

LIMIT = 1.3


def rows(*, quick: bool) -> list[Row]:
    """A row a venue, in processor microseconds."""
    found = ours("tests.benchmarks.decode", "--json", "--rounds", 3 if quick else 9)
    return [
        Row(f"one order read, {venue}, processor µs", order, "json with Decimal", bare, limit=bare * LIMIT)
        for venue, (_, order, bare) in found.items()
    ]


if __name__ == "__main__":
    from tests.benchmarks.bench import alone

    alone(rows)

"""All benchmarks with figures to compare, in one table: measure, peer, limit, Redline, ratio.

    sh tests/run.sh bench [--quick] [PART ...]      installs the peers, then does this:
    python -m tests.benchmarks.bench [--quick] [PART ...]

Peers are measured in the same run, in turn with Redline, so that what else the machine does meets both. A ratio over 1
says that Redline takes longer. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Protocol

from tests.benchmarks import bench_decode, bench_growth, bench_list, bench_send, bench_sizes, bench_start
from tests.benchmarks.bench_rows import Row, table


class Rows(Protocol):
    """Measures, and returns its rows."""

    def __call__(self, *, quick: bool) -> list[Row]: ...


PARTS: dict[str, Callable[..., list[Row]]] = {
    "start": bench_start.rows,
    "list": bench_list.rows,
    "sizes": bench_sizes.rows,
    "send": bench_send.rows,
    "decode": bench_decode.rows,
    "growth": bench_growth.rows,
}


def alone(rows: Rows, arguments: Sequence[str] | None = None) -> None:
    """Print the table of one part."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="fewer rounds, only the short list")
    sys.stdout.write(table(rows(quick=parser.parse_args(arguments).quick)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of all parts, or of those named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, only the short list; under four minutes")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    asked = parser.parse_args(arguments)
    unknown = [part for part in asked.parts if part not in PARTS]
    if unknown:
        parser.error(f"there is no part {unknown[0]}; use {', '.join(PARTS)}")
    found: list[Row] = []
    for part in asked.parts or PARTS:
        sys.stderr.write(f"redline: measuring the {part}\n")
        found += PARTS[part](quick=asked.quick)
    sys.stdout.write(table(found))


if __name__ == "__main__":
    main()

"""Decoding of one order of each venue, in CPU microseconds, beside the floor: JSON with decimals, of the same bytes.

    python -m tests.benchmarks.decode [--rounds 9] [--orders 3000] [--json]

Floor and reader take turns within one run, so that what else the machine does meets both; told are the medians of the
rounds. Bytes go in, a checked order comes out; the floor checks nothing.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from decimal import Decimal

from app.venues.alphapoint.wire.rows import read_order as of_alphapoint
from app.venues.bitget.wire.rows import read_order as of_bitget
from app.venues.bitso.wire.rows import read_order as of_bitso
from app.venues.qfex.wire.rows import read_order as of_qfex
from app.venues.transport import jsonx
from tests.venues.alphapoint.samples import SYMBOLS, raw_order
from tests.venues.bitget.samples import push_row
from tests.venues.qfex.samples import APPLE, row

BITSO_ROW = {
    "oid": "qlbga6b600n3xta7",
    "book": "btc_usd",
    "side": "buy",
    "type": "limit",
    "status": "open",
    "price": "100000.00",
    "original_amount": "1.00000000",
    "unfilled_amount": "1.00000000",
    "original_value": "100000.00",
    "created_at": "2026-11-21T12:00:00.123+00:00",
    "updated_at": "2026-11-21T12:00:01.456+00:00",
    "time_in_force": "goodtillcancelled",
    "origin_id": "mine-1",
    "stop": None,
    "triggered_at": None,
}

Work = Callable[[bytes], object]


def readers() -> dict[str, tuple[bytes, Work]]:
    """The bytes of one order by venue, and what reads them."""
    return {
        "Bitget": (jsonx.dumps(push_row()).encode(), lambda data: of_bitget(jsonx.loads(data), "desk")),
        "Bitso": (
            jsonx.dumps(BITSO_ROW).encode(),
            lambda data: of_bitso(jsonx.loads(data), "desk", stop_read=True),
        ),
        "AlphaPoint": (
            jsonx.dumps(raw_order()).encode(),
            lambda data: of_alphapoint(jsonx.loads(data), "desk", SYMBOLS),
        ),
        "QFEX": (jsonx.dumps(row()).encode(), lambda data: of_qfex(jsonx.loads(data), "desk", market=APPLE)),
    }


def floor(data: bytes) -> object:
    """Decode alone, numbers exact."""
    return json.loads(data, parse_float=Decimal)


def timed(work: Work, data: bytes, orders: int) -> float:
    """CPU microseconds of one call."""
    began = time.process_time()
    for _ in range(orders):
        work(data)
    return (time.process_time() - began) / orders * 1e6


def measured(rounds: int, orders: int) -> dict[str, tuple[int, float, float]]:
    """Bytes of an order by venue, and the microseconds of reading it and of the floor."""
    found = {}
    for venue, (data, reader) in readers().items():
        pairs = [(timed(reader, data, orders), timed(floor, data, orders)) for _ in range(rounds)]
        order, bare = (statistics.median(each) for each in zip(*pairs, strict=True))
        found[venue] = (len(data), order, bare)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--orders", type=int, default=3_000)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    told = parser.parse_args(arguments)
    found = measured(told.rounds, told.orders)
    if told.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    sys.stdout.write(f"{'venue':<12}{'bytes':>6}{'order, us':>11}{'floor, us':>11}{'ratio':>8}\n")
    for venue, (size, order, bare) in found.items():
        sys.stdout.write(f"{venue:<12}{size:>6}{order:>11.1f}{bare:>11.1f}{order / bare:>8.2f}\n")


if __name__ == "__main__":
    main()

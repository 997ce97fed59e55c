"""Processor time of the fold when a list of orders arrives again, and of the first, for several lengths.

    python -m tests.benchmarks.list_again [ORDERS ...]

The orders of each list are objects of their own, as a venue's reader makes them. Nothing is asserted.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from dataclasses import replace
from decimal import Decimal

from app.domain import events as ev
from app.domain.market import LinkState
from app.domain.order import Order
from tests.benchmarks.soak import desk_at, say
from tests.helpers.toy_venue import T0, order


def listing(orders: list[Order], at: int) -> ev.OpenOrdersListed:
    """The same orders in another list."""
    fresh = (replace(each, order_id=f"o{number}", price=Decimal(str(each.price))) for number, each in enumerate(orders))
    return ev.OpenOrdersListed("toy", at, at, tuple(fresh), True)


def measure(count: int) -> None:
    """List that many orders, and again."""
    desk = desk_at()
    desk.dispatch(ev.LinkChanged("toy", T0, LinkState.UP, ""))
    orders = [order(f"o{number}", price=Decimal(1_000 + number % 997)) for number in range(count)]
    took: list[float] = []
    for number in range(6):
        event = listing(orders, T0 + number + 1)
        gc.collect()
        began = time.process_time()
        desk.dispatch(event)
        took.append((time.process_time() - began) * 1e3)
    again = statistics.median(took[1:])
    say(f"{count:>7} orders: first {took[0]:8.1f} ms, again {again:8.1f} ms ({again / count * 1e3:.2f} µs each)")


def main() -> None:
    """Measure each length."""
    for count in map(int, sys.argv[1:] or (1_000, 10_000, 100_000)):
        measure(count)


if __name__ == "__main__":
    main()

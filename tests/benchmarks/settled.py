"""Cost of a plan and of a new order's first push, after none and after 10,000 amendments with an outcome.

    python -m tests.benchmarks.settled [AMENDMENTS] [--json]

Both desks are there at once and are asked in turns, so that the ratio is the figure to read. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from app.domain import events as ev
from app.domain.amendment import AmendmentStage, Source
from app.domain.form import FieldName
from app.domain.plan import Draft
from tests.helpers.paper_desk import BTC_USD, PaperDesk, resting
from tests.helpers.toy_venue import amendment

ROUNDS, EACH, ROWS = 15, 40, 200


class Asked:
    """A paper desk with 200 orders, and so many amendments of theirs that have an outcome."""

    def __init__(self, count: int) -> None:
        self.paper = PaperDesk("bitso")
        self.paper.market("bitso", BTC_USD, "119990.00", "120050.00")
        self.paper.balance("bitso", "usd", "90000000", "80000000")
        self.base = resting("bitso", "base", "btc_usd", "110000.00", "0.5")
        orders = [replace(self.base, order_id=f"o{number}") for number in range(ROWS)]
        at = self.paper.clock.now()
        self.paper.happen(ev.OpenOrdersListed("bitso", at, at, tuple(orders)))
        self.number = 0
        state = self.paper.desk.state
        stages = (AmendmentStage.CONFIRMED, AmendmentStage.CONFIRMED, AmendmentStage.REFUSED, AmendmentStage.CONFIRMED)
        for number in range(count):
            made = amendment(orders[number % ROWS], "110001", number + 1, at=at)
            made = replace(made, lineage=f"bitso/o{number % ROWS}", written_at=at, stage=stages[number % 4])
            state.amendments[made.amendment_id] = made
            state.lineages[made.lineage].amendments.append(made.amendment_id)

    def plan(self) -> None:
        """Plan a change of one of the orders."""
        shown = self.paper.desk.state.lineages["bitso/o7"].order
        self.paper.desk.prepare("bitso/o7", Draft(shown, ((FieldName.PRICE, Decimal("110002")),)))

    def comes(self) -> None:
        """A new order is pushed."""
        self.number += 1
        one = replace(self.base, order_id=f"n{self.number}")
        self.paper.happen(ev.OrderSeen("bitso", self.paper.clock.now(), one, Source.PUSH))


def micros(act: Callable[[], None]) -> float:
    """Processor time of one of several, in microseconds."""
    began = time.process_time()
    for _ in range(EACH):
        act()
    return (time.process_time() - began) / EACH * 1e6


def measured(count: int) -> dict[str, tuple[float, float]]:
    """Microseconds after none and after so many, by what was asked; both are asked in turns."""
    fresh, used = Asked(0), Asked(count)
    found = {}
    for what, acts in (("a plan", (fresh.plan, used.plan)), ("a new order", (fresh.comes, used.comes))):
        took = [[micros(act) for act in acts] for _ in range(ROUNDS)]
        none, many = (statistics.median(column) for column in zip(*took, strict=True))
        found[what] = (none, many)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", metavar="AMENDMENTS", type=int, nargs="?", default=10_000)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    given = parser.parse_args()
    found = measured(given.count)
    if given.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    for what, (none, many) in found.items():
        sys.stdout.write(
            f"{what:<12} after none {none:7.1f} µs, after {given.count} settled {many:8.1f} µs: "
            f"{many / none:5.2f} times\n"
        )


if __name__ == "__main__":
    main()

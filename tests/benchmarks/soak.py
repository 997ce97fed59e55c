"""Memory and speed of a desk that goes on for hours: 200 orders rest at a time, and they come, change, fill and go.

    python -m tests.benchmarks.soak [--events 2000000] [--orders 200] [--hours 8] [--journal]

Each tenth tells the memory of the process and the events taken in per second of processor time; what makes the events
is not counted. `--journal` records all of it in a temporary folder. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from pathlib import Path

from app.desk.desk import Desk
from app.desk.effects import Effect
from app.desk.ids import Ids
from app.desk.journal.writer import Journal
from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from app.domain.order import Fill, Order, OrderStatus
from tests.helpers.paper_desk import PaperClock, PaperVenue
from tests.helpers.recorded_desk import PROFILE, account
from tests.helpers.toy_venue import T0, ToyRulebook, amendment, order

#: Events that are made before their time is taken, and what a second of events has of each kind.
BATCH = 2_000
ENDS, FILLS, AMENDS, REFUSED = 0.0735, 0.046, 0.0046, 0.1


class DeafDesk(Desk):
    """A desk that runs no effect: nothing is asked and nothing leaves."""

    def _run(self, effect: Effect) -> None:
        """Let it be."""


def desk_at(journal: Journal | None = None) -> DeafDesk:
    """A desk on the toy venue, by default without a journal."""
    return DeafDesk((account(),), {"toy": PaperVenue(PROFILE, ToyRulebook(), {})}, PaperClock(), Ids(), journal=journal)


@dataclass
class Market:
    """Orders that come, change, fill and go as the dice fall.

    Attributes:
        step: time between two events, nanoseconds.
        at: of the last event.
    """

    count: int
    step: int
    at: int = T0
    seed: int = 1

    def events(self) -> Iterator[ev.Event]:
        """Yield events without end, first the link and the list."""
        dice = random.Random(self.seed)
        number = self.count
        orders = [order(f"o{each}", price=Decimal(1_000 + each)) for each in range(self.count)]
        yield ev.LinkChanged("toy", self._now(), LinkState.UP, "")
        yield ev.OpenOrdersListed("toy", self._now(), self.at, tuple(orders), True)
        made = 0
        while True:
            place, chance = dice.randrange(self.count), dice.random()
            one = orders[place]
            if chance < ENDS:
                status = dice.choice((OrderStatus.FILLED, OrderStatus.CANCELLED))
                filled = one.quantity if status is OrderStatus.FILLED else one.filled
                yield self._push(replace(one, status=status, filled=filled))
                number += 1
                orders[place] = order(f"o{number}", price=Decimal(1_000 + number % 997))
                yield self._push(orders[place])
            elif chance < ENDS + FILLS and one.filled < Decimal("1.9"):
                orders[place] = replace(one, filled=one.filled + Decimal("0.1"), status=OrderStatus.PARTIALLY_FILLED)
                made += 1
                fill = Fill("toy", f"f{made}", one.order_id, "AB", one.side, one.price or Decimal(1), Decimal("0.1"), 0)
                yield ev.FillSeen("toy", self._now(), fill, Source.PUSH)
            elif chance < ENDS + FILLS + AMENDS:
                made += 1
                price = Decimal(1_000 + made % 997) + Decimal("0.5")
                refused = dice.random() < REFUSED
                yield from self._amended(one, price, made, refused=refused)
                orders[place] = one if refused else replace(one, price=price)
                yield self._push(orders[place])
            elif chance < 0.65:
                price = (one.price or Decimal(1)) + dice.choice((Decimal(1), Decimal(-1)))
                orders[place] = replace(one, price=price)
                yield self._push(orders[place])
            else:
                yield self._push(one)

    def _amended(self, one: Order, price: Decimal, number: int, *, refused: bool) -> Iterator[ev.Event]:
        made = replace(amendment(one, str(price), number, at=self._now()), lineage=f"toy/{one.order_id}")
        yield ev.AmendmentRequested("toy", self._now(), made)
        yield ev.AmendmentWritten("toy", self._now(), made.amendment_id, 100)
        if refused:
            yield ev.AmendmentRefused("toy", self._now(), made.amendment_id, "no", "7")
        else:
            yield ev.AmendmentAcknowledged("toy", self._now(), made.amendment_id, one.order_id)

    def _push(self, one: Order) -> ev.OrderSeen:
        return ev.OrderSeen("toy", self._now(), one, Source.PUSH)

    def _now(self) -> int:
        self.at += self.step
        return self.at


def memory() -> float:
    """Memory of this process that is in use now, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


def say(text: str) -> None:
    """Write one line of the report."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def soak(desk: DeafDesk, market: Market, events: int) -> None:
    """Take events in, and tell each tenth."""
    coming = market.events()
    say(f"{'events':>10} {'MB':>7} {'a second':>9} {'rows':>7} {'ids':>7} {'amendments':>10} {'lines':>7}")
    done = 0
    for _ in range(10):
        spent = 0.0
        until = done + events // 10
        while done < until:
            batch = list(islice(coming, min(BATCH, until - done)))
            began = time.process_time()
            for event in batch:
                desk.dispatch(event)
            spent += time.process_time() - began
            done += len(batch)
        state = desk.state
        lines = sum(len(row.history) for row in state.lineages.values())
        say(
            f"{done:>10} {memory():>7.1f} {events / 10 / spent:>9,.0f} {len(state.lineages):>7} {len(state.by_id):>7} "
            f"{len(state.amendments):>10} {lines:>7}"
        )


def main() -> None:
    """Measure as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--orders", type=int, default=200)
    parser.add_argument("--hours", type=float, default=8.0, help="how long all of it lasts, by the events' own times")
    parser.add_argument("--journal", action="store_true", help="record all of it")
    given = parser.parse_args()
    market = Market(given.orders, int(given.hours * 3600 * SECOND / given.events))
    if not given.journal:
        soak(desk_at(), market, given.events)
        return
    with tempfile.TemporaryDirectory(prefix="redline-soak-") as folder:
        journal = Journal(Path(folder, "journal.db"))
        desk = desk_at(journal)
        soak(desk, market, given.events)
        asyncio.run(desk.close())


if __name__ == "__main__":
    main()

"""Memory and speed of a desk that goes on for hours: 200 orders rest at a time, and they come, change, fill and go.

    python -m tests.benchmarks.soak [--events 2000000] [--orders 200] [--hours 8] [--journal] [--window] [--json]

Each tenth tells the memory of the process and the events taken in per second of processor time; what makes the events
is not counted. `--journal` records all of it in a temporary folder; with `--window` the ticket shows all of it, and
what it paints after each 500 counts. `--json` prints the tenths as one object instead. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict, dataclass, replace
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

#: Events between two frames of the window.
FRAME = 500
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


@dataclass(frozen=True, slots=True)
class Tenth:
    """A tenth of the events: how many there were by then, the memory in MB, and events a second of processor time."""

    events: int
    memory: float
    rate: float
    rows: int
    ids: int
    amendments: int
    lines: int

    def told(self) -> str:
        """A line of the table."""
        return (
            f"{self.events:>10} {self.memory:>7.1f} {self.rate:>9,.0f} {self.rows:>7} {self.ids:>7} "
            f"{self.amendments:>10} {self.lines:>7}"
        )


HEAD = f"{'events':>10} {'MB':>7} {'a second':>9} {'rows':>7} {'ids':>7} {'amendments':>10} {'lines':>7}"


def soak(desk: DeafDesk, market: Market, events: int, frame: Callable[[], None] | None = None) -> Iterator[Tenth]:
    """Take events in, and yield each tenth; `frame` shows what came, after each 500."""
    coming = market.events()
    done = 0
    for _ in range(10):
        spent = 0.0
        until = done + events // 10
        while done < until:
            batch = list(islice(coming, min(BATCH, until - done)))
            began = time.process_time()
            for number, event in enumerate(batch):
                desk.dispatch(event)
                if frame is not None and not number % FRAME:
                    frame()
            spent += time.process_time() - began
            done += len(batch)
        state = desk.state
        lines = sum(len(row.history) for row in state.lineages.values())
        sizes = (len(state.lineages), len(state.by_id), len(state.amendments), lines)
        yield Tenth(done, memory(), events / 10 / spent, *sizes)


async def shown(desk: DeafDesk, market: Market, events: int) -> AsyncIterator[Tenth]:
    """The same with the ticket's window, which paints after each 500 events."""
    from PySide6.QtWidgets import QApplication

    from app.runtime.errors import ErrorSink
    from app.runtime.lifecycle import Lifecycle
    from app.ui.look.theme import DARK
    from app.ui.window.application import make_application
    from app.ui.window.main_window import MainWindow

    window = MainWindow(make_application(DARK.name)[1], ErrorSink(), Lifecycle())
    window.show()
    ticket = window.attach(desk)

    def frame() -> None:
        desk.clock.at = market.at  # type: ignore[attr-defined]
        ticket.feed.flush()
        QApplication.processEvents()

    for tenth in soak(desk, market, events, frame):
        yield tenth
        for item in ticket.waiting.items():
            ticket.waiting.look_at(item.key)  # as a person does: what nobody looked at stays
        await asyncio.sleep(0)
    ticket.stop()


def tenths(given: argparse.Namespace, folder: str) -> Iterator[Tenth]:
    """Measure as the arguments say."""
    market = Market(given.orders, int(given.hours * 3600 * SECOND / given.events))
    desk = desk_at(Journal(Path(folder, "journal.db")) if given.journal else None)
    if not given.window:
        yield from soak(desk, market, given.events)
        asyncio.run(desk.close())
        return
    from app.runtime.qtloop import QtLoop
    from app.ui.look.theme import DARK
    from app.ui.window.application import make_application

    loop = QtLoop(make_application(DARK.name)[0])
    asyncio.set_event_loop(loop)
    coming = shown(desk, market, given.events)
    while True:
        try:
            yield loop.run_until_complete(anext(coming))
        except StopAsyncIteration:
            return


def main() -> None:
    """Measure, and tell each tenth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--orders", type=int, default=200)
    parser.add_argument("--hours", type=float, default=8.0, help="how long all of it lasts, by the events' own times")
    parser.add_argument("--journal", action="store_true", help="record all of it")
    parser.add_argument("--window", action="store_true", help="show all of it")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    given = parser.parse_args()
    if not given.json:
        say(HEAD)
    found = []
    with tempfile.TemporaryDirectory(prefix="redline-soak-") as folder:
        for tenth in tenths(given, folder):
            found.append(asdict(tenth))
            if not given.json:
                say(tenth.told())
    if given.json:
        say(json.dumps({"tenths": found}))
    if given.window:
        os._exit(0)  # a process that measures does not take its window apart


if __name__ == "__main__":
    main()

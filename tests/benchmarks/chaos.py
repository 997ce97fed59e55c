"""Cuts, freezes and restarts of a practice venue at random moments, while a desk and somebody else amend its orders.

    python -m tests.benchmarks.chaos --rounds 500 --venue bitget

The real desk and the real connector, over real sockets, in time that runs faster. After each few rounds the venue is
left alone; once everything is at rest, every open row is held against the exchange: rows that are wrong, rows of orders
that are not open there, orders that no row shows, and outcomes that are not what happened. The exit code is 1 if there
is one. A seed decides what is done; when, the machine decides too, so a run is like another and not the same.
"""

from __future__ import annotations

import argparse
import asyncio
import contextvars
import decimal
import json
import logging
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.desk.desk import Desk, DeskError
from app.desk.ids import Ids
from app.domain.amendment import AmendmentStage
from app.domain.market import LinkState
from app.drills.scene import account_of
from app.practice.exchange.errors import PracticeError
from app.practice.exchange.numbers import context
from app.practice.exchange.orders import TRADER, NewOrder, SimOrder
from app.practice.server.server import VenueServer
from app.practice.world import PracticeWorld, find_venues
from app.venues import registry
from tests.benchmarks.fast_time import FastLoop, FastPracticeClock, FastTime
from tests.benchmarks.kill import ROOM, UNHURRIED
from tests.benchmarks.kill_ticket import PACE, Hand
from tests.benchmarks.kill_truth import Exchange

#: How much faster time runs.
SPEED = 8.0

#: Rounds between two times of rest.
REST_EVERY = 10

#: Seconds a round lasts, how long a venue is frozen or away, and how long rest may take to come; all of the quick time.
ROUND = (0.4, 1.6)
FROZEN, AWAY = (0.5, 8.0), (0.05, 4.0)
PATIENCE = 180.0
_LOOK_EVERY = 0.25

#: Fewest orders the trader has; strangers cancel them, and new ones are entered.
FEWEST = 5

#: What may happen to the connections in a round, and how often.
DEEDS = {"nothing": 15, "cut": 35, "freeze": 20, "down": 30}


@dataclass(slots=True)
class Tally:
    """What the rounds of one venue came to: counts by name, and what was wrong in sentences."""

    venue: str
    rounds: int = 0
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Chaos:
    """One venue, one desk, and what befalls them."""

    def __init__(
        self, server: VenueServer, inside: contextvars.Context, desk: Desk, dice: random.Random, asked: Path
    ) -> None:
        self._server = server
        self._inside = inside
        self._desk = desk
        self._dice = dice
        self._hand = Hand(desk, asked, dice)
        self.tally = Tally(server.name)
        self._known_wrong: set[str] = set()
        #: What was open at first: new orders are like these, or in the end none is left that may be amended.
        self._first = list(server.exchange.open_orders(TRADER))
        #: Numbers that somebody else asked for: an order that has one of them proves nothing of an amendment of ours.
        self._theirs: set[Decimal] = set()

    # -- rounds --------------------------------------------------------------------------------------------------------

    async def round(self) -> None:
        """One round: amendments of ours, deeds of somebody else, and a misfortune, at random moments."""
        length = self._dice.uniform(*ROUND)
        deeds: list[Callable[[], None]] = [self._amend] * self._dice.randint(1, 4)
        deeds += [self._stranger] * self._dice.randint(0, 2)
        async with asyncio.TaskGroup() as group:
            for deed in deeds:
                group.create_task(self._later(self._dice.uniform(0, length), deed))
            group.create_task(self._misfortune(self._dice.uniform(0, length)))
        self.tally.rounds += 1

    async def _later(self, wait: float, deed: Callable[[], None]) -> None:
        await asyncio.sleep(wait)
        deed()

    def _amend(self) -> None:
        before = len(self._desk.state.amendments)
        try:
            self._hand.send_one()
        except DeskError:
            self.tally.counts["declined"] += 1
        self.tally.counts["sent"] += len(self._desk.state.amendments) - before

    def _stranger(self) -> None:
        """Somebody else amends or cancels an order, and enters one where there are few."""
        self._inside.run(self._strangers_deed)

    def _strangers_deed(self) -> None:
        orders = sorted(self._server.exchange.open_orders(TRADER), key=lambda each: each.uid)
        if not orders:
            return
        order = self._dice.choice(orders)
        try:
            if len(orders) < FEWEST or self._dice.random() < 0.1:
                self._enter(self._dice.choice(self._first))
            elif self._dice.random() < 0.15:
                self._server.foreign_cancel(order)
            else:
                self._amended(order)
        except PracticeError:
            self.tally.counts["strangers declined"] += 1
        else:
            self.tally.counts["strangers"] += 1

    def _amended(self, order: SimOrder) -> None:
        step = self._server.exchange.instrument(order.symbol).step
        tick = self._server.exchange.instrument(order.symbol).tick
        if order.price is not None and self._dice.random() < 0.6:
            # Away from the market, by an odd number of ticks: nothing fills.
            away = -1 if str(order.side) == "buy" else 1
            price = order.price + away * tick * self._dice.randint(1, 40)
            self._theirs.add(price)
            self._server.foreign_amend(order, price, None)
        else:
            quantity = order.quantity - step * self._dice.randint(1, 40)
            self._theirs.add(quantity)
            self._server.foreign_amend(order, None, quantity)

    def _enter(self, like: SimOrder) -> None:
        new = NewOrder(
            TRADER, like.symbol, like.side, like.placed_as, like.quantity, like.price, stop=like.stop, force=like.force
        )
        self._server.exchange.place(new)

    async def _misfortune(self, wait: float) -> None:
        await asyncio.sleep(wait)
        kind = self._dice.choices(list(DEEDS), list(DEEDS.values()))[0]
        self.tally.counts[kind] += 1
        every = self._server.listeners
        listeners = list(every) if self._dice.random() < 0.4 else [self._dice.choice(every)]
        for each in listeners:
            if kind == "cut":
                each.cut()
            elif kind == "freeze":
                each.freeze()
            elif kind == "down":
                await each.go_down()
        if kind == "freeze":
            await asyncio.sleep(self._dice.uniform(*FROZEN))
            if self._dice.random() < 0.85:  # else it is for a missing heartbeat to show
                for each in listeners:
                    each.cut()
        elif kind == "down":
            await asyncio.sleep(self._dice.uniform(*AWAY))
            for each in listeners:
                await each.come_up()

    # -- rest ----------------------------------------------------------------------------------------------------------

    async def rest(self) -> None:
        """Leave the venue alone until nothing is open and every row is right, or for long enough; then count."""
        for _ in range(int(PATIENCE / _LOOK_EVERY)):
            if not self._unsettled() and not self._apart():
                break
            await asyncio.sleep(_LOOK_EVERY)
        self.tally.counts["rests"] += 1
        for kind, text in [*self._unsettled(), *self._apart(), *self._untrue()]:
            if text not in self._known_wrong:
                self._known_wrong.add(text)
                self.tally.counts[kind] += 1
                self.tally.wrong.append(f"after {self.tally.rounds} rounds, {kind}: {text}")

    def _unsettled(self) -> list[tuple[str, str]]:
        state = self._desk.state
        links = [each for each in state.accounts.values() if each.link is not LinkState.UP]
        found = [("unsettled", f"the link is {each.link.value}: {each.link_text}") for each in links]
        return found + [
            ("unsettled", f"{each.amendment_id} of {each.lineage} is left {each.stage.value}: {each.missing}")
            for each in state.unsettled()
        ]

    def _apart(self) -> list[tuple[str, str]]:
        """Rows that are not as the exchange has them."""
        there = {each.order_id: each for each in self._server.exchange.open_orders(TRADER)}
        found: list[tuple[str, str]] = []
        for row in self._desk.state.open_lineages():
            order = row.order
            true = there.pop(order.order_id, None)
            if true is None:
                found.append(("ghosts", f"{row.key} shows {order.order_id} {order.raw_status}"))
                continue
            ours = (order.price, order.quantity, order.filled)
            theirs = (true.price, true.quantity, true.filled)
            if ours != theirs or row.doubt is not None:
                found.append(("wrong rows", f"{row.key} shows {ours}, and the exchange holds {theirs}"))
            elif row.stale:
                found.append(("wrong rows", f"{row.key} is stale at rest"))
        found += [("missing", f"no row shows {order_id}") for order_id in there]
        return found

    def _untrue(self) -> list[tuple[str, str]]:
        exchange = Exchange(self._inside.run(self._truth))
        state = self._desk.state
        found: list[tuple[str, str]] = []
        for each in state.amendments.values():
            ids = state.lineages[each.lineage].ids
            asked = f"{each.amendment_id} of {each.lineage}"
            if each.stage is AmendmentStage.CONFIRMED and not exchange.holds(each, ids):
                found.append(("untrue", f"{asked} is confirmed, and the order never had these terms"))
            elif (
                each.stage in (AmendmentStage.REFUSED, AmendmentStage.NOT_APPLIED, AmendmentStage.OVERTAKEN)
                and not each.missing
                and self._theirs.isdisjoint(value for _, _, value in each.asked if isinstance(value, Decimal))
                and exchange.shows(each)
            ):
                found.append(("untrue", f"{asked} is {each.stage.value}, and the order had these terms"))
        return found

    def _truth(self) -> list[dict[str, Any]]:
        return [self._server.truth(order) for order in self._server.exchange.orders_of(TRADER)]


@asynccontextmanager
async def practice(venue: str, fast: FastTime) -> AsyncIterator[tuple[VenueServer, contextvars.Context]]:
    """A quiet practice venue in a task of its own, and the context its numbers are reckoned in."""
    ready: asyncio.Future[tuple[VenueServer, contextvars.Context]] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()

    async def run() -> None:
        decimal.setcontext(context())
        world = PracticeWorld(1, [venue], quiet=True, make_clock=lambda: FastPracticeClock(fast))
        server = world.venues[venue]
        for name in UNHURRIED.get(venue, ()):
            server.switches.set(name, ROOM)
        async with world:
            ready.set_result((server, contextvars.copy_context()))
            await over.wait()

    task = asyncio.create_task(run())
    try:
        first: list[asyncio.Future[Any]] = [task, ready]
        await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
        yield ready.result()
    finally:
        over.set()
        await task


async def venue_rounds(venue: str, rounds: int, seed: int, fast: FastTime, folder: Path) -> Tally:
    """Play so many rounds on one venue."""
    async with practice(venue, fast) as (server, inside):
        account = account_of(server.config(), PACE.get(venue, {}))
        desk = Desk([account], registry.load({venue}), fast, Ids())
        running = asyncio.create_task(desk.run())
        try:
            if not await desk.wait(lambda state: state.accounts[account.name].link is LinkState.UP, PATIENCE):
                raise RuntimeError(f"The desk did not come up on {venue}.")
            chaos = Chaos(server, inside, desk, random.Random(f"{seed} {venue}"), folder / f"{venue}.asked")
            began = time.monotonic()
            while chaos.tally.rounds < rounds:
                await chaos.round()
                if chaos.tally.rounds % REST_EVERY == 0 or chaos.tally.rounds == rounds:
                    await chaos.rest()
            chaos.tally.seconds = time.monotonic() - began
            stages = Counter(each.stage.value for each in desk.state.amendments.values())
            chaos.tally.counts.update({f"outcome {name}": count for name, count in stages.items()})
            return chaos.tally
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await desk.close()


def play(task: tuple[str, int, int, float]) -> Tally:
    """Play one venue's rounds in this process."""
    venue, rounds, seed, speed = task
    logging.disable(logging.CRITICAL)
    fast = FastTime(speed)
    with tempfile.TemporaryDirectory(prefix="redline-chaos-") as folder:
        loop = FastLoop(fast)
        try:
            return loop.run_until_complete(venue_rounds(venue, rounds, seed, fast, Path(folder)))
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()


COUNTED = ("wrong rows", "ghosts", "missing", "untrue", "unsettled")


def say(tally: Tally) -> None:
    """Tell what one venue's rounds came to."""
    counts = tally.counts
    words = [f"{counts[name]} {name}" for name in COUNTED]
    deeds = [f"{counts[name]} {name}" for name in ("sent", "strangers", "cut", "freeze", "down", "rests")]
    outcomes = [f"{name.removeprefix('outcome ')} {count}" for name, count in counts.items() if "outcome" in name]
    pace = tally.rounds / tally.seconds if tally.seconds else 0.0
    sys.stdout.write(
        f"{tally.venue}: {tally.rounds} rounds, {', '.join(words)}; {', '.join(deeds)}; {', '.join(outcomes)}; "
        f"{tally.seconds:.0f} s, {pace:.1f} rounds a second\n"
    )
    for text in tally.wrong[:40]:
        sys.stdout.write(f"  {text}\n")
    sys.stdout.flush()


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Cut, freeze and restart practice venues while orders are amended.")
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--venue", action="append", help="one venue, may be repeated; default: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=SPEED, help="how much faster time runs; less on a busy machine")
    parser.add_argument("--jobs", type=int, default=2, help="venues at a time")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    tasks = [(venue, options.rounds, options.seed, options.speed) for venue in options.venue or find_venues()]
    broken = 0
    with multiprocessing.get_context("spawn").Pool(min(options.jobs, len(tasks))) as pool:
        for tally in pool.imap_unordered(play, tasks, chunksize=1):
            broken += len(tally.wrong)
            if options.json:
                sys.stdout.write(json.dumps({"venue": tally.venue, **tally.counts, "wrong": tally.wrong}) + "\n")
            else:
                say(tally)
    sys.stdout.write(f"seed {options.seed}: {broken} found at rest\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

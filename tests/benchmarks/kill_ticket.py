"""A ticket that is there to be killed: it amends whatever it may, at random, and waits for no outcome.

    python -m tests.benchmarks.kill_ticket CONFIG JOURNAL ASKED [--seed N] [--settle SECONDS] [--plant FAULT]

It writes one line of JSON when every link is up, and with `--settle` another when it ends. `kill` starts it and kills
it; ASKED is appended to before each sending, so that it tells what was asked for even where the journal does not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.desk.desk import Desk, Prepared
from app.desk.journal.recorder import Recorder
from app.desk.journal.replay import state_hash
from app.desk.journal.store import JournalEntry, Store
from app.desk.state import AccountState, DeskState, Lineage
from app.domain.form import Field, FieldName
from app.domain.market import LinkState
from app.domain.order import Side
from app.domain.plan import Draft
from app.runtime.opening import open_desk
from app.runtime.settings import load
from app.venues import registry

#: The venues would not mind one ticket; the calls a minute of this one count anew in each of its many lives.
PACE = {"alphapoint": {"calls_per_minute": "600"}}

#: Seconds between two sendings.
PAUSE = (0.0, 0.02)

#: How far from the middle of the market a price may lie, as shares of it: far enough that nothing ever fills.
NEAREST, FURTHEST = Decimal("0.02"), Decimal("0.40")

#: How many steps of the grid a quantity is moved at most.
STEPS = 40

#: Nobody waits longer than this for a link; a guard against a hang.
PATIENCE = 60.0

#: A life that nobody ends ends itself.
LONGEST = 300.0

#: Faults that can be planted, to show that they are found.
EARLY, RESEND = "early", "resend"


class Hand:
    """Makes legal changes nobody asked for before, so that a request on the wire tells which one it carries out."""

    def __init__(self, desk: Desk, asked: Path, dice: random.Random) -> None:
        self._desk = desk
        self._dice = dice
        lines = asked.read_text(encoding="utf-8").splitlines() if asked.exists() else []
        self._used = {(each["account"], each["field"], Decimal(each["value"])) for each in map(json.loads, lines)}
        for row in desk.state.open_lineages():
            for name, value in (("price", row.order.price), ("quantity", row.order.quantity)):
                if value is not None:
                    self._used.add((row.account, name, value))
            self._used.add((row.account, "quantity", row.order.remaining))
        self._asked = os.open(asked, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def send_one(self) -> None:
        """Amend a random order that has no amendment under way, if there is one."""
        rows = [row for row in self._desk.state.open_lineages() if self._desk.state.open_amendment(row) is None]
        self._dice.shuffle(rows)
        for row in rows:
            for name, draft in self._drafts(row):
                prepared = self._desk.prepare(row.key, draft)
                if prepared.command is not None:
                    self._send(row, name, draft, prepared)
                    return

    def _send(self, row: Lineage, name: FieldName, draft: Draft, prepared: Prepared) -> None:
        assert prepared.command is not None
        value = draft.number(name)
        line = {
            "amendment": prepared.command.amendment_id,
            "account": row.account,
            "field": name.value,
            "value": str(value),
        }
        # One write call, whole or not at all, and the system keeps it when we are killed.
        os.write(self._asked, f"{json.dumps(line)}\n".encode())
        assert value is not None
        self._used.add((row.account, name.value, value))
        self._desk.send(prepared, confirmed=True)

    def _drafts(self, row: Lineage) -> Iterator[tuple[FieldName, Draft]]:
        form = self._desk.form(row.key)
        fields = [
            field
            for field in form.fields
            if field.editable and field.name in (FieldName.PRICE, FieldName.QUANTITY) and field.current is not None
        ]
        self._dice.shuffle(fields)
        for field in fields:
            value = self._new_value(row, field)
            if value is not None:
                route = self._dice.choice(field.routes) if field.name is FieldName.PRICE else None
                yield field.name, Draft(row.order, ((field.name, value),), route)

    def _new_value(self, row: Lineage, field: Field) -> Decimal | None:
        for _ in range(20):
            value = self._price(row, field) if field.name is FieldName.PRICE else self._quantity(field)
            if value is not None and (row.account, field.name.value, value) not in self._used:
                return value
        return None

    def _price(self, row: Lineage, field: Field) -> Decimal | None:
        """Anywhere on the grid on the order's own side of the market, but not near it."""
        account = self._desk.state.accounts[row.account]
        quote = account.quotes.get((row.order.symbol, row.order.market))
        if quote is None or quote.mid is None or field.step is None:
            return None
        share = NEAREST + (FURTHEST - NEAREST) * Decimal(self._dice.randrange(100_000)) / 100_000
        away = quote.mid * (1 - share if row.order.side is Side.BUY else 1 + share)
        return (away / field.step).to_integral_value() * field.step

    def _quantity(self, field: Field) -> Decimal | None:
        """A few steps of the grid more or less; less only, where the usual route can do no other."""
        assert isinstance(field.current, Decimal)
        if field.step is None:
            return None
        return field.current + field.step * self._dice.choice((-1, -1, 1)) * self._dice.randint(1, STEPS)


def is_ready(account: AccountState) -> bool:
    """Whether an account's link is up, and its orders, markets and prices are known."""
    return account.link is LinkState.UP and account.listed_at > 0 and bool(account.instruments and account.quotes)


def all_ready(state: DeskState) -> bool:
    """Whether every account is ready."""
    return all(map(is_ready, state.accounts.values()))


def say(**facts: Any) -> None:
    """One line to whoever started us."""
    sys.stdout.write(f"{json.dumps(facts)}\n")
    sys.stdout.flush()


async def _at_once(recorder: Recorder, number: int) -> None:
    """Do not wait for the disk."""


def plant(desk: Desk, fault: str) -> None:
    """Break a promise on purpose."""
    if fault == EARLY:
        Recorder.durable = _at_once  # type: ignore[method-assign, assignment]
        append = Store.append

        def slowly(store: Store, entries: Iterable[JournalEntry]) -> None:
            time.sleep(0.1)
            append(store, entries)

        Store.append = slowly  # type: ignore[method-assign, assignment]
    elif fault == RESEND and desk.recovered is not None:
        for amendment_id in desk.recovered.unknown:
            command = desk.state.amendments[amendment_id].command
            desk._effects.spawn(desk._connectors[command.order.account].amend(command), f"again {amendment_id}")


async def live(options: argparse.Namespace) -> None:
    """Open the desk and amend until killed; or, to settle, only until nothing is left open."""
    settings = load(options.config)
    accounts = tuple(
        replace(each, switches={**each.switches, **PACE.get(each.venue, {})}) for each in settings.accounts
    )
    desk = open_desk(replace(settings, accounts=accounts), registry.load, options.journal)
    desk.read_only = False
    running = asyncio.create_task(desk.run())
    try:
        ready = await desk.wait(all_ready, PATIENCE)
        found = desk.recovered
        assert found is not None
        links = {each.name: f"{each.link.value} {each.link_text}" for each in desk.state.accounts.values()}
        say(ready=ready, links=links, killed=found.killed, unknown=found.unknown, problems=found.problems)
        plant(desk, options.plant)
        if options.settle:
            await desk.wait(lambda state: not state.unsettled(), options.settle)
        else:
            dice = random.Random(options.seed)
            hand = Hand(desk, options.asked, dice)
            while True:
                hand.send_one()
                await asyncio.sleep(dice.uniform(*PAUSE))
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    say(hash=state_hash(desk.state))


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("config", type=Path)
    parser.add_argument("journal", type=Path)
    parser.add_argument("asked", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--settle", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--plant", choices=("", EARLY, RESEND), default="")
    return parser.parse_args()


async def main() -> None:
    """Live, but not for ever."""
    async with asyncio.timeout(LONGEST):
        await live(arguments())


if __name__ == "__main__":
    asyncio.run(main())

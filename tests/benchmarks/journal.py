"""What the journal costs: durable appends alone and in a crowd, and the key-press-to-wire time with and without it.

    python -m tests.benchmarks.journal

The practice venues run as a process of their own; the times are this machine's, the ratio is the figure to compare.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from app.desk.journal import files as files
from app.desk.journal.replay import Folded
from app.desk.journal.turns import Turns
from app.desk.journal.writer import Journal
from app.domain import events as ev
from app.runtime.practice_child import PracticeChild
from tests.helpers.live_ticket import LiveTicket
from tests.helpers.recorded_desk import account
from tests.helpers.toy_venue import T0, ToyRulebook, amendment, order

SINGLE, CROWD, PRESSES, ROUNDS = 2_000, 5_000, 8, 6


def percentile(values: list[float], share: float) -> float:
    """The value that this share of all values does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def say(text: str) -> None:
    """Write one line of the report."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def appends(folder: Path) -> None:
    """Durable intents one at a time, then many at once."""
    journal = Journal(folder / "journal.db")
    journal.checkpoint(Folded())
    intents = [
        ev.AmendmentRequested("toy", T0 + number, amendment(order(), number=number)) for number in range(1, CROWD + 1)
    ]
    taken: list[float] = []
    for intent in intents[:SINGLE]:
        began = time.perf_counter()
        await journal.durable(journal.append(intent))
        taken.append((time.perf_counter() - began) * 1e3)
    say(
        f"durable append, one at a time: p50 {percentile(taken, 0.5):.2f} ms, p99 {percentile(taken, 0.99):.2f} ms, "
        f"longest {max(taken):.2f} ms of {SINGLE}"
    )

    async def one(intent: ev.AmendmentRequested) -> float:
        began = time.perf_counter()
        await journal.durable(journal.append(intent))
        return (time.perf_counter() - began) * 1e3

    began = time.perf_counter()
    taken = list(await asyncio.gather(*map(one, intents)))
    whole = (time.perf_counter() - began) * 1e3
    say(
        f"durable append, {CROWD} at once: {whole:.0f} ms in all, "
        f"p50 {percentile(taken, 0.5):.1f} ms, p99 {percentile(taken, 0.99):.1f} ms"
    )
    journal.close()


async def turns(folder: Path) -> None:
    """The look at other tickets' journals before an intent leaves: with none, and with some that have ended."""
    journal = folder / "turns" / "journal.db"
    Journal(journal).close()
    accounts = {"toy": account()}
    for count in (0, 3):
        for number in range(count):
            ended = Journal(files.sibling(journal, number + 2), exactly=True)
            ended.checkpoint(Folded())
            ended.close()
        asked = Turns(journal, [journal], {"toy": ToyRulebook()}, accounts)
        taken: list[float] = []
        for _ in range(SINGLE):
            began = time.perf_counter()
            await asked.come("toy", ("o1",), amendment(order()), T0, frozenset())
            taken.append((time.perf_counter() - began) * 1e3)
        asked.close()
        say(f"turn, {count} other journals: p50 {percentile(taken, 0.5):.3f} ms, p99 {percentile(taken, 0.99):.3f} ms")


async def presses(config: Path, journal: Path | None) -> dict[str, list[float]]:
    """Milliseconds from the press (the draft is checked once more) to the bytes on the socket, by account."""
    found: dict[str, list[float]] = {}
    async with LiveTicket.on(config, journal) as ticket:
        written: list[float] = []
        queued: list[str] = []

        def note(event: ev.Event) -> None:
            if isinstance(event, ev.AmendmentWritten):
                written.append(time.perf_counter())
            elif isinstance(event, ev.AmendmentQueued):
                queued.append(event.amendment_id)

        ticket.seen = note
        for account in ticket.desk.accounts:
            taken = found.setdefault(account, [])
            for _ in range(PRESSES):
                # Clear of the venues' rate limits, whose waits are not ours to measure.
                await asyncio.sleep(0.3)
                written.clear()
                began = time.perf_counter()
                sent = ticket.send_one(account)
                arrived = sent is not None and await ticket.desk.wait(lambda _: bool(written), 5.0)
                if arrived and sent not in queued:
                    taken.append((written[0] - began) * 1e3)
    return found


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="redline-journal-") as name:
        folder = Path(name)
        asyncio.run(appends(folder))
        asyncio.run(turns(folder))
        without: dict[str, list[float]] = {}
        recorded: dict[str, list[float]] = {}
        for number in range(ROUNDS):
            # Turn by turn, so that whatever else the machine does falls on both.
            for into, journal in ((without, None), (recorded, folder / f"{number}" / "journal.db")):
                child = PracticeChild(quiet=True)
                child.start()
                try:
                    for account, taken in asyncio.run(presses(asyncio.run(child.ready()), journal)).items():
                        into.setdefault(account, []).extend(taken)
                finally:
                    child.stop()
    for account in without:
        bare, kept = statistics.median(without[account]), statistics.median(recorded[account])
        say(
            f"key press to wire, {account}: p50 {bare:.2f} ms without, {kept:.2f} ms with the journal, "
            f"+{kept - bare:.2f} ms, ratio {kept / bare:.2f} (p99 {percentile(without[account], 0.99):.2f} and "
            f"{percentile(recorded[account], 0.99):.2f} ms, n {len(without[account])} and {len(recorded[account])})"
        )


if __name__ == "__main__":
    main()

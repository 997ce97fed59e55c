"""Rows of sending: from the call to the last byte, to the venue's answer, and the processor time of both.

    python -m tests.benchmarks.bench_send [--quick]

All clients amend resting orders on one practice exchange that checks every signature; it is a process of its own. They
come in turn, several rounds, and each changes the price of one order. Redline's time begins with the check of the draft
and ends with the receipt in its state; with the journal its intent is on the disk before the first byte leaves, which
no peer does. Before it sends, Redline reads the order again, as its account says unless somebody lets it be some
seconds old; no peer does that either, so it is measured with and without.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.bench_rows import Row
from tests.benchmarks.peers import Missing, named, ours, run

VENUE = "bitget"
ORDER = ("BTCUSDT", "spot")
_AN_HOUR = 3600
PAUSE, PATIENCE, CALM = 0.15, 5.0, 2.0

#: How Redline's account is set up: by the word for it, whether the order is read first and whether there is a journal.
KINDS = {
    "at once": (False, False),
    "at once, with its journal": (False, True),
    "read again first": (True, False),
    "read again first, with its journal": (True, True),
}
RAW = ("httpx", "aiohttp", "socket")
MEASURES = (
    ("written", "to its last byte, ms"),
    ("answered", "to the venue's answer, ms"),
    ("cpu", "until then, processor ms"),
)


def rows(*, quick: bool) -> list[Row]:
    """Medians in milliseconds, beside each peer."""
    from app.runtime.practice_child import PracticeChild

    runs: dict[str, list[dict[str, Any] | Missing]] = {}
    child = PracticeChild(quiet=True)
    child.start()
    count = 12 if quick else 40
    try:
        config = asyncio.run(child.ready())
        for _ in range(2 if quick else 5):
            for kind in KINDS:
                runs.setdefault(kind, []).append(ours("tests.benchmarks.bench_send", "child", config, count, kind))
            runs.setdefault(named("ccxt"), []).append(run("ccxt", "ccxt_edit.py", config, count))
            for client in RAW:
                runs.setdefault(f"bare {client}", []).append(run("", "raw_edit.py", client, config, count))
    finally:
        child.stop()
    found: list[Row] = []
    # The bare clients are the floor of what is sent at once; what else Redline does is its own.
    peers = [each for each in runs if each not in KINDS]
    for kind in KINDS:
        for name, measure in MEASURES:
            own = _median(runs[kind], name)
            assert isinstance(own, float)
            beside = peers if kind == "at once" else peers[:1]
            found += [Row(f"amend {kind}, {measure}", own, peer, _median(runs[peer], name)) for peer in beside]
    return found


def only(venue: str, config: Path, *, reads: bool) -> Path:
    """Write a configuration beside another, with the accounts of one venue.

    Args:
        venue: its name.
        config: the configuration to take them from.
        reads: whether an order is read again just before it is sent.
    """
    head, *accounts = config.read_text("utf-8").split("[[account]]")
    kept = [each for each in accounts if f'venue = "{venue}"' in each]
    if not reads:
        line = f'venue = "{venue}"\n'
        kept = [each.replace(line, f'{line}switches = {{ reread_after_s = "{_AN_HOUR}" }}\n') for each in kept]
    found = config.with_name(f"one-{'read' if reads else 'at-once'}.toml")
    found.write_text("[[account]]".join([head, *kept]), "utf-8")
    found.chmod(0o600)
    return found


def _median(runs: list[dict[str, Any] | Missing], name: str) -> float | Missing:
    figures = [figure for each in runs if not isinstance(each, Missing) for figure in each[name]]
    missing = next((each for each in runs if isinstance(each, Missing)), Missing("nothing was sent"))
    return float(median(figures)) if figures else missing


async def measure(config: Path, count: int, journal: Path | None) -> dict[str, list[float]]:
    """Amend so many times."""
    from app.domain import events as ev
    from tests.helpers.live_ticket import LiveTicket

    written, answered, used = list[float](), list[float](), list[float]()
    async with LiveTicket.on(config, journal) as ticket:
        desk, at = ticket.desk, dict[tuple[type[Any], str], tuple[float, float]]()
        (name,) = [name for name, each in desk.accounts.items() if each.venue == VENUE]

        def note(event: ev.Event) -> None:
            if isinstance(event, ev.AmendmentWritten | ev.AmendmentAcknowledged | ev.AmendmentQueued):
                at[type(event), event.amendment_id] = (time.perf_counter(), time.process_time())

        ticket.seen = note
        await asyncio.sleep(CALM)
        row = next(each for each in ticket.rows(name) if (each.order.symbol, each.order.market) == ORDER)
        for _ in range(count + 1):
            await desk.wait(lambda state: state.open_amendment(row) is None, PATIENCE)
            await asyncio.sleep(PAUSE)
            draft = next(ticket.drafts(row))
            began, cpu = time.perf_counter(), time.process_time()
            sent = desk.send(desk.prepare(row.key, draft), confirmed=True)
            receipt = (ev.AmendmentAcknowledged, sent)
            await desk.wait(lambda _, receipt=receipt: receipt in at, PATIENCE)  # type: ignore[misc]
            if (ev.AmendmentQueued, sent) in at or receipt not in at:
                continue  # it waited for the venue's limit, or came to nothing
            written.append((at[ev.AmendmentWritten, sent][0] - began) * 1e3)
            answered.append((at[receipt][0] - began) * 1e3)
            used.append((at[receipt][1] - cpu) * 1e3)
    return {"written": written[1:], "answered": answered[1:], "cpu": used[1:]}


def child(config: Path, count: int, kind: str) -> None:
    """Measure in this process and print one JSON object."""
    reads, keeps = KINDS[kind]
    with tempfile.TemporaryDirectory(prefix="redline-send-") as name:
        journal = Path(name) / "journal.db" if keeps else None
        found = asyncio.run(measure(only(VENUE, config, reads=reads), count, journal))
    sys.stdout.write(json.dumps(found) + "\n")
    sys.exit()


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        child(Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    from tests.benchmarks.bench import alone

    alone(rows)

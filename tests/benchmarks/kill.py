"""Kill a live ticket at random instants, start it again on the same journal, and compare it with the exchanges.

    python -m tests.benchmarks.kill --kills 200

The practice venues run as one process throughout. Each life of the ticket keeps amending random orders of all four
venues, waits for no outcome, and ends by SIGKILL at a random instant; some are killed while they still start. The last
life sends nothing and ends when nothing is open. Then every request the exchanges received, and every order's history,
is held against the journal. The exit code is 1 on any breach.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import random
import select
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.desk.fold.amendments import asked_text
from app.domain.amendment import AmendmentStage
from app.runtime.practice_child import PracticeChild
from app.runtime.settings import load
from app.venues import registry
from tests.benchmarks import kill_truth as truth
from tests.benchmarks.kill_ticket import EARLY, RESEND

ROOT = Path(__file__).resolve().parents[2]

#: Windows of a minute that a venue would not see filled by one person: here a day's starts fall into a few minutes.
ROOM = 1_000_000
UNHURRIED = {
    "alphapoint": ("ws_per_minute", "ws_logins_per_minute", "http_per_minute", "http_logins_per_minute"),
    "bitso": ("private_per_minute", "public_per_minute"),
}

#: Seconds from the moment every link is up to the kill.
INSTANTS = (0.2, 1.0)

#: Share of the starts that are killed before the links are up, beside the kills that count.
KILLED_STARTS = 0.15

#: How long the last life may take until nothing is open, in seconds; a guard against a hang.
SETTLE = 120.0

#: How long a ticket may take to come up, in seconds; a guard too.
PATIENCE = 60.0


class Breach(Exception):
    """The run cannot go on; one sentence."""


class Control:
    """The practice world's own endpoint."""

    def __init__(self, url: str) -> None:
        self._host = url.removeprefix("http://")

    def ask(self, path: str, **body: object) -> Any:
        """Ask, or with a body tell."""
        link = http.client.HTTPConnection(self._host, timeout=30)
        try:
            link.request("POST" if body else "GET", path, json.dumps(body) if body else None)
            answer = json.loads(link.getresponse().read())
        finally:
            link.close()
        if isinstance(answer, dict) and "error" in answer:
            raise Breach(f"{path}: {answer['error']}")
        return answer


@dataclass(slots=True)
class Kills:
    """What a run of kills came to.

    Attributes:
        live: kills after the links were up. starting: kills before that.
        requests: all requests received, by account. said: what tickets wrote to their error output.
    """

    live: int = 0
    starting: int = 0
    requests: dict[str, list[Any]] = field(default_factory=dict)
    said: str = ""


class Killer:
    """Starts tickets on one journal and kills them."""

    def __init__(self, folder: Path, config: Path, seed: int, plant: str) -> None:
        self._settings = load(config)
        self._control = Control(self._settings.control)
        self.venues = {each.name: each.venue for each in self._settings.accounts}
        self._dice = random.Random(seed)
        self._plant = plant
        self.journal, self.asked, self._errors = folder / "journal" / "journal.db", folder / "asked", folder / "errors"
        self._command = [sys.executable, "-m", "tests.benchmarks.kill_ticket", config, self.journal, self.asked]
        self.start = 0.5
        self.kills = Kills(requests={name: [] for name in self.venues})

    def calm(self) -> None:
        """Take away the limits of a minute; those of a second stay."""
        for venue in set(self.venues.values()) & UNHURRIED.keys():
            self._control.ask(f"/{venue}/switches", **dict.fromkeys(UNHURRIED[venue], ROOM))

    def kill_live(self) -> None:
        """One life: up, a while of amending, SIGKILL."""
        while self._dice.random() < KILLED_STARTS:
            self._kill_starting()
        ticket = self._start()
        began = time.monotonic()
        up = self._line(ticket)
        self.start += (time.monotonic() - began - self.start) / 4
        if not up["ready"]:
            _end(ticket)
            raise Breach(f"A ticket did not come up: {up['links']}")
        time.sleep(self._dice.uniform(*INSTANTS))
        self._kill(ticket)
        self.kills.live += 1
        self._gather()

    def _kill_starting(self) -> None:
        ticket = self._start()
        time.sleep(self._dice.uniform(0.3, 1.0) * self.start)
        self._kill(ticket)
        self.kills.starting += 1

    def settle(self) -> str:
        """The last life: sends nothing, and ends by itself when nothing is open. Returns its state's hash."""
        ticket = self._start("--settle", str(SETTLE))
        self._line(ticket)
        ended = self._line(ticket, SETTLE + PATIENCE)
        code = ticket.wait()
        _end(ticket)
        self._hear()
        if code != 0:
            raise Breach(f"The last ticket ended with {code}: {self.kills.said[-2000:]}")
        self._gather()
        return str(ended["hash"])

    def exchanges(self) -> dict[str, truth.Exchange]:
        """The orders as the exchanges hold them."""
        return {name: truth.Exchange(self._control.ask(f"/{venue}/orders")) for name, venue in self.venues.items()}

    def _start(self, *more: str) -> subprocess.Popen[bytes]:
        seed = str(self._dice.randrange(2**32))
        command = [*map(str, self._command), "--seed", seed, "--plant", self._plant, *more]
        with self._errors.open("wb") as errors:
            return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, cwd=ROOT, bufsize=0)

    def _line(self, ticket: subprocess.Popen[bytes], patience: float = PATIENCE) -> Any:
        assert ticket.stdout is not None
        ready, _, _ = select.select([ticket.stdout], [], [], patience)
        line = ticket.stdout.readline() if ready else b""
        if not line:
            _end(ticket)
            raise Breach(f"A ticket ended or hung before it said anything: {self._errors.read_text()[-2000:]}")
        return json.loads(line)

    def _kill(self, ticket: subprocess.Popen[bytes]) -> None:
        code = _end(ticket)
        self._hear()
        if code != -9:
            raise Breach(f"A ticket ended by itself with {code}: {self.kills.said[-2000:]}")

    def _hear(self) -> None:
        self.kills.said += self._errors.read_text(errors="replace")

    def _gather(self) -> None:
        """Fetch the requests since the last time; a practice venue keeps only the newest."""
        for name, venue in self.venues.items():
            known = self.kills.requests[name]
            after = known[-1]["number"] if known else 0
            known += self._control.ask(f"/{venue}/requests?after={after}")
            if [each["number"] for each in known[-1:]] not in ([], [len(known)]):
                raise Breach(f"{name} no longer has all the requests it received.")


def _end(ticket: subprocess.Popen[bytes]) -> int:
    """SIGKILL. Returns how the process ended, which was by itself if it is not -9."""
    ticket.kill()
    code = ticket.wait()
    if ticket.stdout is not None:
        ticket.stdout.close()
    return code


def say(text: str = "") -> None:
    """One line of the report."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def report(killer: Killer, state: str) -> list[str]:
    """Compare, print the tables, and return the breaches."""
    rulebooks = {name: venue.rulebook for name, venue in registry.load(set(killer.venues.values())).items()}
    record = truth.read(killer.journal, rulebooks, state)
    received = truth.Received(record.intents)
    for account, requests in killer.kills.requests.items():
        received.take(account, requests)
    exchanges = killer.exchanges()
    untrue = truth.untrue(record, received, exchanges)
    doubled = [each for each, times in received.times.items() if times > 1]
    apart = truth.rows_apart(record, exchanges)
    asked = {json.loads(line)["amendment"] for line in killer.asked.read_text().splitlines()}
    _venues(record, received, untrue, doubled)
    _caught(record, received, untrue)
    say(
        f"{killer.kills.live} kills of a live ticket, {killer.kills.starting} while it started; "
        f"{len(record.intents)} intents in the journal, {len(asked - record.intents.keys())} killed before theirs was; "
        f"{sum(received.by_account.values())} requests received"
    )
    say(
        f"journal: {record.rows} rows in {record.segments} files, {record.sessions} sessions, {record.killed} of them "
        f"killed; chain and fold {'hold' if not record.broken else 'are broken'}"
    )
    breaches = [f"lost: {text}" for text in received.stray]
    breaches += [f"nothing was sent: {each}" for each in killer.venues if not received.by_account[each]]
    breaches += [f"sent twice: {each}, {received.times[each]} times" for each in doubled]
    breaches += [f"untrue: {each} {text} ({_tale(record, received, each)})" for each, text in untrue.items()]
    breaches += [f"rows: {text}" for text in apart]
    breaches += [f"journal: {text}" for text in record.broken]
    if killer.kills.said:
        breaches.append(f"a ticket complained: {killer.kills.said[:2000]}")
    say(
        f"{len(received.stray)} intents lost, {len(doubled)} sent twice, {len(untrue)} not settled truthfully, "
        f"{len(apart) + len(record.broken)} other breaches"
    )
    return breaches


def _tale(record: truth.Record, received: truth.Received, amendment_id: str) -> str:
    """What there is to know of an amendment, in one line."""
    amendment = record.folded.state.amendments[amendment_id]
    caught = record.caught.get(amendment_id, "nowhere")
    return (
        f"{amendment.lineage}, {asked_text(amendment)}; received {received.times[amendment_id]} times, caught at: "
        f"{caught}; told: {amendment.outcome}"
    )


def _table(heads: Sequence[str], lines: Sequence[Sequence[object]]) -> None:
    cells = [[str(each) for each in line] for line in (heads, *lines)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        first, *rest = (
            text.rjust(width) if number else text.ljust(width)
            for number, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        say("  ".join([first, *rest]))
    say()


_OUTCOMES = (
    AmendmentStage.CONFIRMED,
    AmendmentStage.REFUSED,
    AmendmentStage.NOT_APPLIED,
    AmendmentStage.DIFFERENT,
    AmendmentStage.OVERTAKEN,
    AmendmentStage.UNKNOWN,
)


def _outcomes(record: truth.Record, ids: Sequence[str]) -> list[int]:
    stages = Counter(record.folded.state.amendments[each].stage for each in ids)
    return [stages[stage] for stage in _OUTCOMES]


def _venues(record: truth.Record, received: truth.Received, untrue: dict[str, str], doubled: list[str]) -> None:
    lines = []
    for account in sorted(received.by_account):
        ids = [each for each, (owner, _) in record.intents.items() if owner == account]
        wrong = [sum(each in group for each in ids) for group in (doubled, untrue)]
        lines.append([account, len(ids), received.by_account[account], *_outcomes(record, ids), *wrong])
    heads = [stage.value.replace("_", " ") for stage in _OUTCOMES]
    _table(["account", "intents", "received", *heads, "twice", "untrue"], lines)


def _caught(record: truth.Record, received: truth.Received, untrue: dict[str, str]) -> None:
    lines = []
    for reached in truth.REACHED.values():
        ids = [each for each, how in record.caught.items() if how == reached]
        came = sum(bool(received.times[each]) for each in ids)
        lines.append([reached, len(ids), came, *_outcomes(record, ids), sum(each in untrue for each in ids)])
    heads = [stage.value.replace("_", " ") for stage in _OUTCOMES]
    _table(["caught by a kill at", "intents", "received", *heads, "untrue"], lines)


def run(kills: int, seed: int, plant: str, keep: Path | None = None) -> list[str]:
    """Kill so many times, and report. Returns the breaches; `keep` is where the journal is left, None for nowhere."""
    began = time.monotonic()
    with nullcontext(str(keep)) if keep else tempfile.TemporaryDirectory(prefix="redline-kill-") as name:
        child = PracticeChild(quiet=True)
        child.start()
        try:
            killer = Killer(Path(name), asyncio.run(child.ready()), seed, plant)
            killer.calm()
            try:
                for number in range(1, kills + 1):
                    killer.kill_live()
                    if number % 25 == 0:
                        say(
                            f"{number} kills after {time.monotonic() - began:.0f} s, a start takes {killer.start:.1f} s"
                        )
                state = killer.settle()
            except Breach as error:
                return [str(error)]
            say(f"settled after {time.monotonic() - began:.0f} s")
            say()
            return report(killer, state)
        finally:
            child.stop()


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--plant", choices=("", EARLY, RESEND), default="", help="break a promise, to see that it is found"
    )
    parser.add_argument("--keep", type=Path, help="an empty folder the journal is left in")
    options = parser.parse_args()
    breaches = run(options.kills, options.seed, options.plant, options.keep)
    for each in breaches[:40]:
        say(f"BREACH {each}")
    if len(breaches) > 40:
        say(f"… and {len(breaches) - 40} more")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())

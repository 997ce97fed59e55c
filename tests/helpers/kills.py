"""Kill a ticket at random instants while it amends on the practice venues, then compare journal, state and venues."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.desk.journal_chain import Row
from app.desk.journal_codec import loads
from app.desk.journal_files import segments
from app.desk.journal_reading import rows, verify_family
from app.desk.recovery import ENDED_FIRST
from app.desk.state import DeskState
from app.domain import events as ev
from app.domain.amendment import Amendment, AmendmentStage
from app.domain.money import tidy
from app.runtime.practice_child import PracticeChild
from tests.helpers.live_ticket import LiveTicket

#: Longest wait for evidence after the last kill, in seconds; a venue may have shut us out for a minute.
PATIENCE = 150.0

#: Requests that change an order.
WRITES = ("amend", "replace", "batch_amend")


@dataclass
class Report:
    """What some kills came to; `faults` says in sentences what must not be."""

    kills: int = 0
    intents: int = 0
    requests: int = 0
    in_flight: int = 0
    stages: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, other: Report) -> None:
        """Count another world in."""
        for name in ("kills", "intents", "requests", "in_flight"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for stage, count in other.stages.items():
            self.stages[stage] = self.stages.get(stage, 0) + count
        self.faults += other.faults


class World:
    """Practice venues, and tickets on them that are killed."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._journal = folder / "journal.db"
        self._dice = random.Random(seed)
        self._child = PracticeChild(quiet=True)
        self.report = Report()

    def run(self, kills: int, repo: Path) -> Report:
        """Kill that many tickets one after another, start once more, and compare."""
        self._child.start()
        try:
            self._config = asyncio.run(self._child.ready())
            settings = tomllib.loads(self._config.read_text())
            self._control = settings["practice"]["control"]
            self._venues = {account["name"]: account["venue"] for account in settings["account"]}
            self._disturb()
            for _ in range(kills):
                self._kill_one(repo)
            asyncio.run(self._settle())
        finally:
            self._child.stop()
        return self.report

    def _disturb(self) -> None:
        """Let some requests and replies take their time, so that kills find them under way."""
        for venue in self._venues.values():
            for point in ("request_received", "before_reply"):
                for skip in range(0, 60, 3):
                    fault = {"action": "delay", "operation": "amend", "point": point, "skip": skip, "count": 1}
                    self._ask(f"{venue}/faults", {**fault, "arguments": {"ms": self._dice.randrange(20, 400)}})

    def _kill_one(self, repo: Path) -> None:
        command = [sys.executable, "-m", "tests.helpers.live_ticket", str(self._config), str(self._journal)]
        child = subprocess.Popen(command, cwd=repo, stderr=subprocess.PIPE)
        # Some die while they start and recover, most while they amend.
        time.sleep(self._dice.uniform(0.4, 3.5))
        early = child.poll()
        child.kill()
        _, said = child.communicate()
        if early is not None:
            self.report.faults.append(f"the ticket ended by itself ({early}): {said.decode()[-300:]}")
        self.report.kills += 1

    async def _settle(self) -> None:
        """Start once more: everything under way must find its outcome, and everything must be as the venues have it."""
        before = self._intents()
        async with LiveTicket.on(self._config, self._journal) as ticket:
            assert ticket.desk.recovered is not None
            await ticket.desk.wait(lambda state: not state.unsettled(), PATIENCE)
            # One more list of each venue, so that both sides speak of the same moment.
            for account in ticket.desk.accounts:
                ticket.desk.refresh(account)
            await asyncio.sleep(4)
            state = ticket.desk.state
        if len(self._intents()) != len(before):
            self.report.faults.append("the start after the kills made intents of its own")
        self._compare(state, before)

    def _intents(self) -> list[Amendment]:
        return [
            loads(ev.AmendmentRequested, row.body).amendment for row in self._rows() if row.kind == "AmendmentRequested"
        ]

    def _rows(self) -> Iterator[Row]:
        for each in segments(self._journal):
            yield from rows(each)

    def _compare(self, state: DeskState, intents: list[Amendment]) -> None:
        report = self.report
        report.intents = len(intents)
        report.in_flight = sum(ENDED_FIRST in row.body for row in self._rows() if row.kind == "AmendmentUnanswered")
        report.faults += [f"{path.name}: {broken.text}" for path, broken in verify_family(segments(self._journal))]
        missing = {each.amendment_id for each in intents} - state.amendments.keys()
        report.faults += [f"{each} is on record and not in the state" for each in sorted(missing)]
        for each in state.amendments.values():
            report.stages[each.stage.value] = report.stages.get(each.stage.value, 0) + 1
            if each.is_open:
                report.faults.append(f"{each.amendment_id} is {each.stage.value}: {each.outcome}")
        for account, venue in self._venues.items():
            mine = [each for each in intents if each.command.order.account == account]
            self._match_requests(venue, mine)
        for row in state.lineages.values():
            self._compare_row(state, row.key)

    def _match_requests(self, venue: str, intents: list[Amendment]) -> None:
        """Each request the venue received must have an intent of its own: none is lost, none is sent twice."""
        left = list(intents)
        for request in [each for name in WRITES for each in self._ask(f"{venue}/requests?operation={name}")]:
            self.report.requests += 1
            found = next((each for each in left if _is_of(request, each)), None)
            if found is None:
                self.report.faults.append(f"{venue} received a request without an intent of its own: {request['text']}")
            else:
                left.remove(found)

    def _compare_row(self, state: DeskState, key: str) -> None:
        row = state.lineages[key]
        if not row.order.is_open:
            return
        truth = self._ask(f"{self._venues[row.account]}/orders/{row.ids[-1]}")
        price = Decimal(truth["price"]) if truth["price"] is not None else None
        shown = row.order
        if (shown.price, shown.remaining) != (price, Decimal(truth["remaining"])):
            self.report.faults.append(f"{key} shows {shown.price} × {shown.remaining}, the venue has {truth}")
        last = state.last_amendment(row)
        if (
            last is not None
            and last.stage is AmendmentStage.CONFIRMED
            and last.command.target.price not in (None, price)
        ):
            self.report.faults.append(
                f"{last.amendment_id} is confirmed at {last.command.target.price}, not at {price}"
            )

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(f"{self._control}/{path}", json.dumps(body).encode() if body else None)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())


def _is_of(request: dict[str, Any], intent: Amendment) -> bool:
    """Whether a received request is what this intent sends: the same order and every number the person set."""
    values = [tidy(new) for _, _, new in intent.asked if isinstance(new, Decimal)]
    return request["order_id"] == intent.command.order.order_id and all(each in request["text"] for each in values)

"""`redline journal` in this process, on journals of the toy venue."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.cli.journal import command
from app.cli.parser import parser
from app.domain import events as ev
from tests.helpers.recorded_desk import PROFILE, RecordedDesk
from tests.helpers.toy_venue import ToyRulebook

VENUES = {"toy": SimpleNamespace(profile=PROFILE, rulebook=ToyRulebook())}


@dataclass(frozen=True)
class Told:
    """How the verb ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.out))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.db"


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str], path: Path) -> Callable[..., Told]:
    def run(*arguments: str) -> Told:
        named = () if "--journal" in arguments else ("--journal", str(path))
        code = command.run(parser().parse_args(["journal", *arguments, *named]), lambda: VENUES)
        said = capsys.readouterr()
        return Told(code, said.out, said.err)

    return run


Tell = Callable[..., Told]


async def three(path: Path) -> RecordedDesk:
    """A desk that was killed with A3 in flight; A1 was confirmed, A2 refused."""
    ticket = RecordedDesk(path).start()
    ticket.up()
    await ticket.settle()
    one = ticket.intent(1, "101.0")
    await ticket.settle()
    ticket.push(one.command.order, price=one.command.target.price)
    ticket.intent(2, "150")
    await ticket.settle()
    ticket.happen(ev.AmendmentRefused("toy", ticket.clock.now(), "A2", "E7", "Too far."))
    ticket.intent(3, "103")
    await ticket.settle()
    ticket.happen(
        ev.WireSeen("toy", ticket.clock.now(), "in", "http", "504", '{"oops":"\x1b[2J"}', "A3"),
        ev.AmendmentUnanswered("toy", ticket.clock.now(), "A3", "no answer."),
    )
    ticket.crash()
    return ticket


def files_of(path: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in path.parent.iterdir()}

"""Every drill of every practice venue, played side by side once; then one test each, so that a failure has a name."""

from __future__ import annotations

import asyncio

import pytest

from app.cli.drill.command import choose, play_all
from app.cli.drill.play import Played
from app.practice.core.scenarios import SCENARIOS
from app.practice.core.world import find_venues
from app.venues import registry

CHOSEN = choose(tuple(SCENARIOS), find_venues())


@pytest.fixture(scope="module")
def played() -> list[Played]:
    """How each of them ended, in the sequence of `CHOSEN`."""
    return asyncio.run(play_all(CHOSEN.drills, registry.load))


@pytest.mark.parametrize(
    "place",
    range(len(CHOSEN.drills)),
    ids=[f"{number}-{venue}{f'-{drill.case}' if drill.case else ''}" for number, venue, drill in CHOSEN.drills],
)
def test_drill(played: list[Played], place: int) -> None:
    found = played[place]
    assert found.trouble == ""
    assert [(each.expected, each.seen) for each in found.found if not each.held] == []

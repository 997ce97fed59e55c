"""Every drill of every practice venue: those of a venue are played side by side once, then each has a test."""

from __future__ import annotations

import asyncio
from functools import cache

import pytest

from app.cli.drill.command import choose, play_all
from app.cli.drill.play import Played
from app.practice.core.scenarios import SCENARIOS
from app.practice.core.world import find_venues
from app.venues import registry

DRILLS = {venue: choose(tuple(SCENARIOS), (venue,)).drills for venue in find_venues()}
PLACES = [(venue, place) for venue, drills in DRILLS.items() for place in range(len(drills))]


@cache
def played(venue: str) -> list[Played]:
    """How each drill of a venue ended."""
    return asyncio.run(play_all(DRILLS[venue], registry.load))


def named(place: tuple[str, int]) -> str:
    number, venue, drill = DRILLS[place[0]][place[1]]
    return f"{venue}-{number}{f'-{drill.case}' if drill.case else ''}"


@pytest.mark.parametrize("venue, place", PLACES, ids=[named(each) for each in PLACES])
def test_drill(venue: str, place: int) -> None:
    found = played(venue)[place]
    assert found.trouble == ""
    assert [(each.expected, each.seen) for each in found.found if not each.held] == []

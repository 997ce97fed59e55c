"""Every drill of every practice venue: played side by side in two halves, and then each has a test."""

from __future__ import annotations

import asyncio
from functools import cache

import pytest

from app.cli.drill import choose, play_all
from app.drills.play import Played
from app.drills.scenarios import SCENARIOS
from app.practice.world import find_venues
from app.venues import registry

HALVES = [choose([number for number in SCENARIOS if number % 2 == half], find_venues()).drills for half in (0, 1)]
PLACES = [(half, place) for half, drills in enumerate(HALVES) for place in range(len(drills))]


@cache
def played(half: int) -> list[Played]:
    """How each drill of a half ended."""
    return asyncio.run(play_all(HALVES[half], registry.load))


def named(half: int, place: int) -> str:
    number, venue, drill = HALVES[half][place]
    return f"{number}-{venue}{f'-{drill.case}' if drill.case else ''}"


@pytest.mark.parametrize("half, place", PLACES, ids=[named(*each) for each in PLACES])
def test_drill(half: int, place: int) -> None:
    found = played(half)[place]
    assert found.trouble == ""
    assert [(each.expected, each.seen) for each in found.checks if not each.held] == []

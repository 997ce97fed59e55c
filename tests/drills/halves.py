"""Every drill of every practice venue in two halves, so that two processes play them; each drill has a test of its own.

Half as many at once as the verb plays: beside other load each still has its share of a processor, and those that must
be quick (two amendments within a second) are.
"""

from __future__ import annotations

import asyncio
from functools import cache

from app.cli.drill import choose, play_all
from app.drills.play import Played
from app.drills.scenarios import SCENARIOS
from app.practice.world import find_venues
from app.venues import registry

AT_ONCE = 8

#: Drills of even numbers, and of odd ones.
HALVES = [choose([number for number in SCENARIOS if number % 2 == half], find_venues()).drills for half in (0, 1)]


@cache
def played(half: int) -> list[Played]:
    """How each drill of a half ended."""
    return asyncio.run(play_all(HALVES[half], registry.load, at_once=AT_ONCE))


def names(half: int) -> list[str]:
    """The names of the tests of a half."""
    return [f"{number}-{venue}{f'-{drill.case}' if drill.case else ''}" for number, venue, drill in HALVES[half]]

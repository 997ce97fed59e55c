"""`redline drill N`, `--all`, `--list`: choose the drills, play them side by side, tell how each ended."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.cli import drill_report
from app.cli.output import answer, answer_json, tell
from app.cli.parser import EXIT_INPUT, EXIT_OK, EXIT_REFUSED, EXIT_UNKNOWN
from app.cli.running import fail
from app.cli.stopping import stoppable
from app.domain.ports import VenueLoader
from app.drills.language import Drill, NotHere, Pass, drills_of
from app.drills.play import Played, play
from app.drills.scenarios import SCENARIOS
from app.practice.world import find_venues
from app.runtime.clock import SystemClock

#: Drills played at the same time; most of a drill is waiting.
AT_ONCE = 16

#: Seconds between two words on how far it is.
_EVERY = 5.0


@dataclass(frozen=True, slots=True)
class Chosen:
    """Choice of drills: those to play, and those that cannot be played with the reason."""

    drills: tuple[tuple[int, str, Drill], ...]
    not_here: tuple[tuple[int, str, str], ...]


def run(arguments: argparse.Namespace, load: VenueLoader) -> int:
    """Run the verb: 0 only if every drill that was played held, 3 if one did not, 2 if there was none to play."""
    venues = find_venues()
    if arguments.venue is not None and arguments.venue not in venues:
        return fail(arguments, f"There is no practice venue “{arguments.venue}”; use one of {', '.join(venues)}.")
    wanted = venues if arguments.venue is None else (arguments.venue,)
    if arguments.list:
        if arguments.json:
            answer_json(drill_report.listing_json(wanted))
        else:
            answer(drill_report.listing(wanted))
        return EXIT_OK
    if arguments.number is None and not arguments.all:
        return fail(arguments, "Name a drill by its number, or give --all or --list.")
    if arguments.number is not None and arguments.all:
        return fail(arguments, "Give a number or --all, not both.")
    if arguments.number is not None and arguments.number not in SCENARIOS:
        return fail(arguments, f"There is no drill {arguments.number}; they are numbered 1 to {len(SCENARIOS)}.")
    numbers = tuple(SCENARIOS) if arguments.all else (arguments.number,)
    chosen = choose(numbers, wanted)
    try:
        played = asyncio.run(stoppable(_told(chosen.drills, load, quiet=arguments.json)))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return fail(arguments, "Interrupted; the drills were not played to the end.", EXIT_UNKNOWN)
    if arguments.json:
        answer_json(drill_report.played_json(played, chosen.not_here))
    else:
        answer(drill_report.played(played, chosen.not_here))
    if not played:
        return EXIT_INPUT
    return EXIT_OK if all(each.held for each in played) else EXIT_REFUSED


def choose(numbers: Sequence[int], venues: Sequence[str]) -> Chosen:
    """The drills of these numbers on these venues, and the reasons where there are none."""
    drills: list[tuple[int, str, Drill]] = []
    not_here: list[tuple[int, str, str]] = []
    for number in numbers:
        for venue in venues:
            match drills_of(venue)[number]:
                case NotHere(reason):
                    not_here.append((number, venue, reason))
                case found:
                    drills += [(number, venue, each) for each in found]
    return Chosen(tuple(drills), tuple(not_here))


async def _told(drills: Sequence[tuple[int, str, Drill]], load: VenueLoader, *, quiet: bool) -> list[Played]:
    """Play drills, and say now and then how far it is."""
    over: list[Played] = []

    async def speak() -> None:
        while True:
            await asyncio.sleep(_EVERY)
            tell(f"{len(over)} of {len(drills)} drills played, {sum(not each.held for each in over)} did not hold")

    speaking = None if quiet else asyncio.create_task(speak())
    try:
        return await play_all(drills, load, over.append)
    finally:
        if speaking is not None:
            speaking.cancel()


async def play_all(
    drills: Sequence[tuple[int, str, Drill]],
    load: VenueLoader,
    over: Callable[[Played], object] = lambda _: None,
    *,
    at_once: int = AT_ONCE,
) -> list[Played]:
    """Play drills side by side, so many at once, those that take long first; told in the sequence they were given.

    Args:
        drills: number, venue and drill of each.
        over: called with each drill that has ended.
        at_once: how many are played at the same time.
    """
    turn = asyncio.Semaphore(at_once)
    found: dict[int, Played] = {}

    async def one(place: int) -> None:
        async with turn:
            found[place] = await play(*drills[place], load, SystemClock())
            over(found[place])

    longest_first = sorted(range(len(drills)), key=lambda place: -_waits(drills[place][2]))
    await asyncio.gather(*(one(place) for place in longest_first))
    return [found[place] for place in range(len(drills))]


def _waits(drill: Drill) -> float:
    """About how long a drill waits, in seconds: what it says itself, and a settling time to be proven wrong in."""
    passing = sum(step.seconds for step in drill.steps if isinstance(step, Pass))
    return passing + (8 if "not_applied" in repr(drill.ends) else 0)

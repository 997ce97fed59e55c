"""The tables of drills: complete, readable by the runner, and clear about what cannot be brought about."""

from __future__ import annotations

import pytest

from app.drills.checks.registry import fits
from app.drills.language import Drill, Expect, NotHere, Now, Tell, Until, drills_of
from app.drills.scenarios import SCENARIOS
from app.practice.server.faults import Action, Operation, Point
from app.practice.world import PracticeWorld, find_venues

VENUES = find_venues()
EVERY = [
    (number, venue, drill)
    for venue in VENUES
    for number, found in drills_of(venue).items()
    if not isinstance(found, NotHere)
    for drill in found
]
NAMES = [f"{number}-{venue}{f'-{drill.case}' if drill.case else ''}" for number, venue, drill in EVERY]


def expectations(drill: Drill) -> list[Expect]:
    inner = [each for step in drill.steps if isinstance(step, Until | Now) for each in step.expected]
    return [*inner, *drill.ends]


def test_there_are_52_scenarios_with_a_title_and_a_required_behaviour() -> None:
    assert list(SCENARIOS) == list(range(1, 53))
    assert len({scenario.title for scenario in SCENARIOS.values()}) == 52
    assert all(scenario.required.endswith(".") for scenario in SCENARIOS.values())


@pytest.mark.parametrize("venue", VENUES)
def test_every_venue_speaks_of_every_scenario(venue: str) -> None:
    assert set(drills_of(venue)) == set(SCENARIOS)


@pytest.mark.parametrize("venue", VENUES)
def test_a_scenario_that_cannot_be_brought_about_has_a_reason(venue: str) -> None:
    reasons = [found.reason for found in drills_of(venue).values() if isinstance(found, NotHere)]
    assert all(len(reason) > 30 and reason.endswith(".") for reason in reasons)
    assert all(found for found in drills_of(venue).values() if not isinstance(found, NotHere))


@pytest.mark.parametrize("number", SCENARIOS)
def test_every_scenario_is_brought_about_somewhere(number: int) -> None:
    assert any(not isinstance(drills_of(venue)[number], NotHere) for venue in VENUES)


def test_several_drills_of_one_number_say_what_tells_them_apart() -> None:
    for venue in VENUES:
        for found in drills_of(venue).values():
            if not isinstance(found, NotHere) and len(found) > 1:
                cases = [drill.case for drill in found]
                assert all(cases)
                assert len(set(cases)) == len(cases)


@pytest.mark.parametrize("number, venue, drill", EVERY, ids=NAMES)
def test_a_drill_is_readable(number: int, venue: str, drill: Drill) -> None:
    wrong = [text for each in expectations(drill) if (text := fits(each))]
    assert wrong == []
    assert drill.ends or any(isinstance(step, Until | Now) for step in drill.steps), "a drill that expects nothing"
    server = PracticeWorld(venues=[venue], quiet=True).venues[venue]
    for name, value in drill.switches.items():
        server.switches.set(name, value)
    for step in drill.steps:
        if isinstance(step, Tell) and step.path == "faults":
            assert step.body["action"] in set(Action)
            assert step.body["operation"] in {*Operation, "*"}
            assert step.body.get("point") in {None, *Point}

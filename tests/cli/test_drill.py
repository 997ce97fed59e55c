"""The choice of drills: what can be played, and the reason for what cannot."""

from __future__ import annotations

from app.cli.drill import choose
from app.drills.language import NotHere, drills_of
from app.drills.scenarios import SCENARIOS
from app.practice.world import find_venues


def test_every_scenario_is_played_or_has_a_reason() -> None:
    venues = find_venues()
    chosen = choose(tuple(SCENARIOS), venues)
    reasons = {(number, venue): reason for number, venue, reason in chosen.not_here}
    for venue in venues:
        for number, here in drills_of(venue).items():
            played = [drill for n, v, drill in chosen.drills if (n, v) == (number, venue)]
            assert bool(played) is not isinstance(here, NotHere)
            assert ((number, venue) in reasons) is isinstance(here, NotHere)

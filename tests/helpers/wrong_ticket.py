"""Plays one case of a drill on a ticket that a test has made wrong, and tells which checks saw it."""

from __future__ import annotations

import asyncio

import pytest

from app.drills.checks import registry as checks
from app.drills.language import Drill, NotHere, drills_of
from app.drills.play import Played, play
from app.runtime.clock import SystemClock
from app.venues import registry


def wait_at_most(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let checks wait so long: what is never going to be true need not be waited for."""
    monkeypatch.setattr(checks.come_true, "__defaults__", (seconds,))


def cases_of(number: int, venue: str) -> tuple[Drill, ...]:
    """The cases of a drill that a venue has."""
    found = drills_of(venue)[number]
    assert not isinstance(found, NotHere)
    return found


def case_of(number: int, venue: str, words: str = "") -> Drill:
    """The first case of a drill of a venue that has these words in its name."""
    return next(drill for drill in cases_of(number, venue) if words in drill.case)


def played(number: int, venue: str, drill: Drill | None = None) -> Played:
    """How a case ended, the first one if none is given."""
    return asyncio.run(play(number, venue, drill or case_of(number, venue), registry.load, SystemClock()))


def failed(found: Played) -> set[str]:
    """The names of the checks that did not hold; there is one."""
    assert not found.held
    return {each.expected.check for each in found.checks if not each.held}

"""Steps of an episode, drawn from a seed, each with dice of its own.

A step decides everything about itself from its own seed, so that leaving others out changes nothing in it: that is what
makes a failing episode short.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from app.domain.evidence import SECOND
from app.simulation.modelled.behaviour import VenueModel
from app.simulation.modelled.faults import WILD_WEATHERS, FaultKind, possible, strange

_MILLISECOND = SECOND // 1000

#: One amendment in so many is read late by the venue.
_SLOW = 16

#: Share of the amendments that meet a stranger or a lie, and of the steps beside them that bring wild weather.
_STRANGE, _WILD = 0.15, 0.5


class StepKind(StrEnum):
    """Kind of a step."""

    AMEND = "amend"
    AMEND_LATE = "amend, looked at a while ago"
    MISUSE = "try what must be refused"
    FILL = "fill"
    ALTER = "change elsewhere"
    END = "cancel elsewhere"
    PLACE = "new order elsewhere"
    CANCEL = "cancel"
    QUOTE = "market moves"
    WEATHER = "bad weather"
    DOWN = "link breaks"
    DEAF = "half-open socket"
    SKEW = "venue clock is set"
    CRASH = "kill and start again"
    REST = "rest"


_WEIGHTS: Mapping[StepKind, int] = {
    StepKind.AMEND: 560,
    StepKind.AMEND_LATE: 40,
    StepKind.MISUSE: 60,
    StepKind.FILL: 100,
    StepKind.ALTER: 35,
    StepKind.END: 12,
    StepKind.PLACE: 40,
    StepKind.CANCEL: 25,
    StepKind.QUOTE: 30,
    StepKind.WEATHER: 40,
    StepKind.DOWN: 14,
    StepKind.DEAF: 14,
    StepKind.SKEW: 8,
    StepKind.CRASH: 7,
    StepKind.REST: 12,
}

#: Faults that may lie over a whole account for a while.
_WEATHERS = (
    FaultKind.DROP_PUSH,
    FaultKind.DUPLICATE_PUSH,
    FaultKind.REORDER,
    FaultKind.READS_FAIL,
    FaultKind.SHORT_LIST,
)


@dataclass(frozen=True, slots=True)
class EpisodeStep:
    """One step.

    Attributes:
        number: its place in the episode as drawn.
        kind: what it does.
        account: where.
        seed: of its dice.
        at: when, in nanoseconds since the beginning; resting puts everything after it off.
        faults: of an amendment, or the weather.
    """

    number: int
    kind: StepKind
    account: str
    seed: int
    at: int
    faults: frozenset[FaultKind] = frozenset()


def draw(seed: str, models: Mapping[str, VenueModel]) -> Iterator[EpisodeStep]:
    """Steps without end, the same for the same seed.

    Args:
        seed: of the episode.
        models: by account.
    """
    dice = Random(seed)
    accounts = sorted(models)
    faults = {account: possible(models[account].behaviour) for account in accounts}
    kinds, weights = list(_WEIGHTS), list(_WEIGHTS.values())
    number = at = 0
    while True:
        kind = dice.choices(kinds, weights)[0]
        account = dice.choice(accounts)
        chosen: frozenset[FaultKind] = frozenset()
        if kind in (StepKind.AMEND, StepKind.AMEND_LATE):
            count = dice.choices((0, 1, 2, 3), (3, 60, 25, 12))[0]
            chosen = frozenset(dice.sample(faults[account], count))
        elif kind is StepKind.WEATHER:
            chosen = frozenset({dice.choice(_WEATHERS)})
        at += min(int(dice.expovariate(1 / 600)), 6000) * _MILLISECOND
        own = dice.getrandbits(48)
        if kind in (StepKind.AMEND, StepKind.AMEND_LATE) and own % _SLOW == 0:
            chosen |= {FaultKind.SLOW_REQUEST}
        chosen |= _drawn_apart(kind, own, models[account])
        yield EpisodeStep(number, kind, account, own, at, chosen)
        number += 1


def _drawn_apart(kind: StepKind, own: int, model: VenueModel) -> frozenset[FaultKind]:
    """Faults that came later: with dice of their own, so that older seeds still give what they gave beside them."""
    dice = Random(f"apart {own}")
    if kind in (StepKind.AMEND, StepKind.AMEND_LATE) and dice.random() < _STRANGE:
        return frozenset({dice.choice(strange(model.behaviour))})
    if kind in (StepKind.WEATHER, StepKind.QUOTE) and dice.random() < _WILD:
        return frozenset({dice.choice(WILD_WEATHERS)})
    return frozenset()

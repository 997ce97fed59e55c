"""Making a failing episode short: leave out steps, then faults, as long as the same promise stays broken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.simulation.steps import EpisodeStep

#: Tells whether these steps alone break the same promise.
Fails = Callable[[Sequence[EpisodeStep]], bool]


def shrink(steps: Sequence[EpisodeStep], fails: Fails, tries: int = 400) -> list[EpisodeStep]:
    """The shortest list found that still fails.

    Args:
        steps: that fail.
        fails: runs an episode of steps.
        tries: how many episodes may be run.
    """
    left = list(steps)
    budget = [tries]

    def still(candidate: Sequence[EpisodeStep]) -> bool:
        if budget[0] <= 0:
            return False
        budget[0] -= 1
        return fails(candidate)

    size = max(1, len(left) // 2)
    while True:
        place, shorter = 0, False
        while place < len(left):
            candidate = left[:place] + left[place + size :]
            if candidate and still(candidate):
                left, shorter = candidate, True
            else:
                place += size
        if size > 1:
            size //= 2
        elif not shorter or budget[0] <= 0:
            break
    for place, step in enumerate(left):
        for fault in sorted(step.faults):
            without = replace(left[place], faults=left[place].faults - {fault})
            candidate = [*left[:place], without, *left[place + 1 :]]
            if still(candidate):
                left = candidate
    return left

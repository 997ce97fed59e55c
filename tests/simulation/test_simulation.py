"""The desk and the four rulebooks against modelled venues: every promise holds, and a broken one is made short."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.cli.simulate.runner import Stages, quotas, read_steps, spell
from app.cli.simulate.shrink import shrink
from app.cli.simulate.steps import Step
from app.practice.models.faults import Fault
from app.venues import registry


@pytest.fixture(scope="module")
def stages() -> Stages:
    return Stages(registry.load)


def test_twenty_thousand_faulted_amendments_break_no_promise(repo_root: Path) -> None:
    command = [sys.executable, "-B", "-m", "app", "simulate", "--seed", "7", "--amendments", "20000", "--json"]
    done = subprocess.run(command, cwd=repo_root, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    assert (told["broken"], done.returncode) == ([], 0)
    assert told["amendments"] >= 20_000
    assert told["mistakes_refused"] > 0
    assert told["restarts"] > 0


def test_every_fault_strikes(stages: Stages) -> None:
    struck: set[str] = set()
    for number in range(12):
        result = stages.play(5, number, 100)
        assert result.broken is None
        struck |= result.faults.keys()
    # The venue decides which half comes first where no fault says so; that order is no effect of its own.
    assert {fault.value for fault in Fault} - struck <= {Fault.CANCEL_FIRST.value}


def test_the_same_seed_gives_the_same_episode(stages: Stages) -> None:
    one, two = (stages.play(5, 3, 40) for _ in range(2))
    assert (one.steps, one.events, one.outcomes, one.faults) == (two.steps, two.events, two.outcomes, two.faults)


def test_steps_are_read_as_they_are_spelled(stages: Stages) -> None:
    steps = stages.play(5, 3, 20).steps
    assert read_steps(spell(steps), lambda count: stages.drawn(5, 3, count)) == steps
    with pytest.raises(ValueError):
        read_steps("3:no-such-fault", lambda count: stages.drawn(5, 3, count))


def test_a_failing_episode_is_made_short(stages: Stages) -> None:
    steps = stages.play(5, 3, 40).steps
    guilty = next(step for step in steps if len(step.faults) > 1)
    fault = min(guilty.faults)

    def fails(some: Sequence[Step]) -> bool:
        return any(step.number == guilty.number and fault in step.faults for step in some)

    few = shrink(steps, fails)
    assert [(step.number, step.faults) for step in few] == [(guilty.number, frozenset({fault}))]


def test_the_amendments_are_shared_out_among_episodes() -> None:
    assert (quotas(250), quotas(100), quotas(3)) == ([100, 100, 50], [100], [3])

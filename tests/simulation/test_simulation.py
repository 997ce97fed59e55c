"""The desk and the four rulebooks against modelled venues: every promise holds, and a broken one is made short."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.simulation.modelled.faults import FaultKind
from app.simulation.runner import Stages, held_back, quotas, read_steps, spell
from app.simulation.shrink import shrink
from app.simulation.steps import EpisodeStep
from app.venues import registry

#: Of the run in CI: a quarter of it each.
SEEDS = (7, 8, 9, 10)

#: Seed, episode and shortened steps of runs that broke a promise once, with what it took.
FOUND = (
    (2026, 115, "73,81:delay-reply+late-effect,100:reorder,103,107"),
    (2026, 230, "75,154,158,160,161,216:disconnect-after-send+rate-limited,222,223"),
    (2026, 1074, "82,114:both-left,115"),
    (2026, 1985, "152,159,166,212,225,228,242"),
    (
        2026,
        6377,
        "0:fill-in-flight,38,42:full-fill-in-flight,52,59,86,96:fill-in-flight,101,118,119:changed-elsewhere-in-flight,"
        "127,132,133,135,141,142,157:drop-reply+fill-in-flight,171",
    ),
    (
        2026,
        6662,
        "11,13,93:fill-in-flight,113:cancel-in-flight,126:late-effect,135:full-fill-in-flight,137:fill-in-flight",
    ),
    (2026, 8794, "0,5,9,26,27:changed-elsewhere-in-flight+rate-limited"),
    (1, 2378, "127:fill-in-flight,152,161,165,169:late-effect,182:cancel-in-flight,183:fill-in-flight"),
    (9, 36, "63:full-fill-in-flight,74,77,82:drop-push+late-effect+queued,138,139"),
    (2, 3403, "70,72,73,76,77:full-fill-in-flight,92:full-fill-in-flight,178"),
    (20, 7, "32:late-effect,78:listing-without-an-order,80"),
    (17, 161, "10:queued,15,39,94:cancel-in-flight,157,176:cancel-in-flight"),
    (2026, 2503, "32,69,88:both-left+delay-reply+duplicate-reply,89"),
    (4, 21, "182:both-left,192,204,220:drop-push"),
    (
        1,
        7850,
        "7:cancel-in-flight+delay-reply,22:drop-request,24,30:rate-limited,33,42:drop-request,45:id-change,52,"
        "56:late-effect,66:disconnect-after-send,74",
    ),
    (
        1,
        6934,
        "9,16,24,29,60:server-error,61,73:full-fill-in-flight,"
        "80:cancel-in-flight+stranger-changes-a-like-order+unknown-code",
    ),
    (
        1,
        5668,
        "22,40,50:fill-in-flight+stranger-replaces-a-like-order,61:reads-fail,72:drop-reply,"
        "80:listing-without-an-order,84:delay-reply,86:disconnect-before-send,92",
    ),
    (7, 2, "27,43,44,94:reads-fail,107:id-change,123"),
    (7, 2, "39:changed-elsewhere-in-flight+delay-reply+fill-in-flight+stranger-replaces-a-like-order,63"),
    (7, 6, "7,11,29:impossible-values,46,49"),
    (7, 13, "54:disconnect-before-send,57:false-fills+listing-without-an-order,74"),
    (7, 19, "99,144,145:server-error,151:impossible-values,152,153"),
    (11, 73, "6,11,12,66,68,69,73:duplicate-push+impossible-values,76:drop-reply,83"),
    (14, 119, "9:disconnect-after-send+full-fill-in-flight,11,39:unknown-code+unknown-state-with-our-terms,43"),
    (14, 291, "137:disconnect-after-send,138,147"),
    (
        15,
        25,
        "25:server-error,28,68:disconnect-before-send,70,75:dead-connector,97,115:both-left+disconnect-after-send,"
        "116:false-fills,121,131:impossible-values,136",
    ),
    (
        4,
        423,
        "12:server-error,25:starved-reads,28,114:cancel-in-flight+server-error,126,127:full-fill-in-flight+slow-request,"
        "130:id-change,144",
    ),
    (1, 4305, "21:cancel-in-flight,28:fill-in-flight,38,41,79:cancel-in-flight+strangers-refusal,124"),
    (
        1,
        4873,
        "0,15,16,18:cancel-in-flight,20,21,31,33,35:disconnect-after-send+other-terms,39,42,"
        "45:impossible-values,46,65:cancel-in-flight+slow-request+unknown-code,77",
    ),
    (
        6,
        599,
        "1,15:drop-request,16,19,26,31:starved-reads,32:stranger-cancels-a-like-order,"
        "35:disconnect-before-send,38:stranger-replaces-a-like-order,50,100:impossible-values,102,106,"
        "107:silent-failure,108:cancel-in-flight,112,113,114",
    ),
    (
        6,
        910,
        "117,134,137,169:disconnect-after-send,180:listing-without-an-order,"
        "189:cancel-in-flight+disconnect-after-send+unknown-status,198,200,208",
    ),
)


@pytest.fixture(scope="module")
def stages() -> Stages:
    return Stages(registry.load)


@pytest.mark.parametrize("seed", SEEDS)
def test_twelve_thousand_faulted_amendments_break_no_promise(repo_root: Path, seed: int) -> None:
    command = [sys.executable, "-B", "-m", "app", "simulate", "--seed", str(seed), "--json"]
    command += ["--amendments", str(12_000 // len(SEEDS))]
    done = subprocess.run(command, cwd=repo_root, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    assert (told["broken"], done.returncode) == ([], 0)
    assert told["amendments"] >= 12_000 // len(SEEDS)
    assert told["mistakes_refused"] > 0
    assert told["restarts"] > 0


def ticks_of_children(pid: int) -> list[int]:
    """Processor time that each child of a process has used, in hundredths of a second."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    stats = [Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split() for child in children]
    return [int(fields[11]) for fields in stats]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_that_is_stopped_says_so_in_a_sentence(repo_root: Path, number: signal.Signals) -> None:
    """A terminal's Ctrl-C goes to the whole group, workers included."""
    command = [sys.executable, "-B", "-m", "app", "simulate", "--amendments", "10000000", "--jobs", "2"]
    running = subprocess.Popen(
        command, cwd=repo_root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    with running:
        while sum(used > 100 for used in ticks_of_children(running.pid)) < 2:  # both workers are well under way
            time.sleep(0.02)
        os.killpg(running.pid, number)
        out, err = running.communicate()
    assert (running.returncode, out) == (4, "")
    assert err == "redline: Interrupted; the simulation was not played to the end.\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_waits_until_every_process_is_started(number: signal.Signals) -> None:
    """One that is half started when its parent ends tells of its own misfortune on the same screen."""
    reached: list[int] = []

    def start() -> None:
        with held_back():
            signal.raise_signal(number)
            reached.append(number)

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            start()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert reached == [number]


def test_a_process_that_is_killed_is_told(repo_root: Path) -> None:
    """A pool would wait for ever for what it played."""
    command = [sys.executable, "-B", "-m", "app", "simulate", "--amendments", "10000000", "--jobs", "2"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=repo_root, stdout=pipe, stderr=pipe, text=True) as running:
        while sum(used > 100 for used in ticks_of_children(running.pid)) < 2:
            time.sleep(0.02)
        children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
        os.kill(int(children[-1]), signal.SIGKILL)
        out, err = running.communicate()
    assert (running.returncode, out) == (4, "")
    assert err.splitlines()[-1] == (
        "redline: A process of the simulation was ended from outside, or memory ran out; play it again with fewer "
        "--jobs."
    )


def test_every_fault_strikes(stages: Stages) -> None:
    struck: set[str] = set()
    for number in range(12):
        result = stages.play(5, number, 100)
        assert result.broken is None
        struck |= result.faults.keys()
    # The venue decides which half comes first where no fault says so; that order is no effect of its own.
    assert {fault.value for fault in FaultKind} - struck <= {FaultKind.CANCEL_FIRST.value}


@pytest.mark.parametrize("seed, episode, steps", FOUND)
def test_what_broke_once_holds(stages: Stages, seed: int, episode: int, steps: str) -> None:
    played = read_steps(steps, lambda count: stages.drawn(seed, episode, count))
    assert stages.play_steps(seed, episode, played).broken is None


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

    def fails(some: Sequence[EpisodeStep]) -> bool:
        return any(step.number == guilty.number and fault in step.faults for step in some)

    few = shrink(steps, fails)
    assert [(step.number, step.faults) for step in few] == [(guilty.number, frozenset({fault}))]


def test_the_amendments_are_shared_out_among_episodes() -> None:
    assert (quotas(250), quotas(100), quotas(3)) == ([100, 100, 50], [100], [3])

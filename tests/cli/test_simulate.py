"""`redline simulate` on one short episode: its story, its exit code, and the command that plays it again."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator

import pytest

from app.cli.parser import parser
from app.cli.simulate import again, run
from app.simulation.runner import Failure
from app.venues import registry


@pytest.fixture(autouse=True)
def sigterm() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def test_an_episode_is_told_and_played_the_same_again(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = parser().parse_args(["simulate", "--episode", "2", "--amendments", "3", "--json"])
    stories = []
    for _ in range(2):
        assert run(arguments, registry.load) == 0
        stories.append(json.loads(capsys.readouterr().out))
    assert stories[0] == stories[1]
    assert stories[0]["broken"] is None
    assert stories[0]["sent"] > 0


def test_steps_that_are_none_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = parser().parse_args(["simulate", "--episode", "2", "--steps", "soon"])
    assert run(arguments, registry.load) == 2
    assert "“soon” names no steps" in capsys.readouterr().err


def test_a_failure_names_the_command_that_plays_it_again() -> None:
    failure = Failure(7, "sent once", "sent twice")
    assert again(3, failure) == "redline simulate --seed 3 --episode 7"


def test_steps_without_their_episode_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(parser().parse_args(["simulate", "--steps", "3,9"]), registry.load) == 2
    assert capsys.readouterr().err == "redline: --steps names steps of one episode; name it with --episode.\n"


def test_there_are_never_more_processes_than_episodes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(parser().parse_args(["simulate", "--jobs", "64", "--amendments", "1", "--json"]), registry.load) == 0
    assert json.loads(capsys.readouterr().out)["jobs"] == 1

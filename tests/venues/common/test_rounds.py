"""Background work goes on after an error of our own, later each time, and says so."""

from __future__ import annotations

import asyncio
import logging

import pytest

from app.venues.common.rounds import fault_words, keep_doing
from tests.helpers.logfail import AnnouncedLogs


async def test_a_round_that_fails_is_said_and_the_next_one_comes_later(
    announced_logs: AnnouncedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced_logs.expect("a round of counting failed", logging.ERROR)
    waits: list[float] = []
    told: list[str] = []
    outcomes = iter([ValueError("one"), ValueError("two"), None, ValueError("three")])
    done = asyncio.Event()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            done.set()
            await asyncio.Event().wait()

    async def work() -> None:
        error = next(outcomes)
        if error is not None:
            raise error

    monkeypatch.setattr("app.venues.common.rounds.asyncio.sleep", sleep)
    task = asyncio.create_task(keep_doing(work, "counting", told.append))
    await done.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    assert waits == [1.0, 2.0, 1.0], "a good round begins anew"
    assert told[0] == "An unforeseen fault broke off counting (ValueError: one); it goes on in 1 s."


def test_an_error_is_told_in_one_line() -> None:
    assert fault_words(ValueError("a\nb")) == "ValueError: a b"
    assert fault_words(KeyError()) == "KeyError"
    assert fault_words(ExceptionGroup("both", [ValueError("x")])) == "ValueError: x"
    assert len(fault_words(ValueError("x" * 999))) < 250

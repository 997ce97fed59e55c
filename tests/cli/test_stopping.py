"""SIGTERM ends a verb as Ctrl-C does: the work is cancelled and may clean up."""

from __future__ import annotations

import asyncio
import os
import signal
import threading

import pytest

from app.cli.stopping import aside, stoppable


def test_sigterm_cancels_the_work_and_nothing_else_ends() -> None:
    cleaned: list[str] = []

    async def work() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(30)
        finally:
            cleaned.append("done")

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(stoppable(work()))
    assert cleaned == ["done"]


def test_work_that_ends_gives_its_result() -> None:
    async def work() -> int:
        return 7

    assert asyncio.run(stoppable(work())) == 7


def test_what_waits_for_others_keeps_nobody_from_ending_a_verb() -> None:
    over, asked = threading.Event(), threading.Event()

    def wait_for_others() -> None:
        asked.set()
        os.kill(os.getpid(), signal.SIGTERM)
        over.wait()

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(stoppable(aside(wait_for_others)))
    assert asked.is_set()
    over.set()
    for each in threading.enumerate():
        if each.name == "aside":
            each.join()


def test_what_is_done_aside_gives_its_result_or_its_error() -> None:
    assert asyncio.run(aside(lambda: 7)) == 7
    with pytest.raises(ValueError, match="invalid literal"):
        asyncio.run(aside(lambda: int("no number")))

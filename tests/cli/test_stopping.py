"""SIGTERM ends a verb as Ctrl-C does: the work is cancelled and may clean up."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from app.cli.stopping import stoppable


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

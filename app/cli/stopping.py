"""Ending a verb early: SIGTERM is taken as Ctrl-C is, so that what a verb holds is let go and what it knows is told."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


async def stoppable(work: Coroutine[Any, Any, T]) -> T:
    """Do some work; SIGTERM cancels it.

    Raises:
        asyncio.CancelledError: if it was cancelled so.
    """
    task = asyncio.current_task()
    assert task is not None
    with suppress(NotImplementedError):  # Windows has no such signals
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work

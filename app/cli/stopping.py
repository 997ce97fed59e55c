"""Ending a verb early: SIGTERM is taken as Ctrl-C is, so that what a verb holds is let go and what it knows is told."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar, cast

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


async def aside(work: Callable[[], T]) -> T:
    """Do some work that may wait for others, a keyring say, in a thread of its own, which nobody waits for if this is
    cancelled."""
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()

    def hand_over(answer: T | None, error: BaseException | None) -> None:
        if result.done():
            return
        if error is not None:
            result.set_exception(error)
        else:
            result.set_result(cast("T", answer))

    def do() -> None:
        answer, fault = None, None
        try:
            answer = work()
        except Exception as error:  # noqa: BLE001 - it is raised where the work is waited for
            fault = error
        with suppress(RuntimeError):  # the loop is closed already
            loop.call_soon_threadsafe(hand_over, answer, fault)

    threading.Thread(target=do, name="aside", daemon=True).start()
    return await result

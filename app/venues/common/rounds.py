"""Background work of a connector that goes on, round after round: an error of our own costs one round and is told."""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from app.domain.instants import in_seconds

log = logging.getLogger("redline.venues")

_Result = TypeVar("_Result")

#: Seconds until the next round after one that failed; each further failure waits twice as long, up to the longest.
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0

#: Characters of an error's own words that are shown.
_SHOWN = 200


def fault_words(error: BaseException) -> str:
    """Return an unforeseen error as its kind and its own words, in one line; of a group, the innermost one."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    words = " ".join(str(error).split())[:_SHOWN]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


class Stray(Exception):
    """Work was ended by what only whoever runs it may raise, and nobody had asked for its end."""


def as_error(work: Awaitable[_Result]) -> Coroutine[Any, Any, _Result]:
    """Return work to be awaited, in which an end that nobody asked for becomes an ordinary error.

    A task that ends as cancelled ends in silence: a task group and whoever waits take it for their own doing.

    Raises:
        Stray: for such an end. A cancel of this task, and Ctrl-C, go through as they are.
    """
    guarded = _as_error(work)
    if isinstance(work, Coroutine):
        # A task that is cancelled before its first step never begins it, and nobody else would close it.
        weakref.finalize(guarded, work.close).atexit = False  # at the end of the program it may be at work still
    return guarded


async def _as_error(work: Awaitable[_Result]) -> _Result:
    try:
        return await work
    except (Exception, KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:
        task = asyncio.current_task()
        if isinstance(error, asyncio.CancelledError) and (task is None or task.cancelling()):
            raise
        raise Stray(f"it was stopped ({type(error).__name__}), and nobody had asked for that") from error


async def keep_doing(work: Callable[[], Awaitable[None]], what: str, tell: Callable[[str], None]) -> None:
    """Do one round after the other until cancelled.

    Args:
        work: one round, its own waiting included.
        what: names the work in a sentence, such as "reading the open orders again".
        tell: takes the sentence about a round that failed in a way nobody thought of.
    """
    wait = FIRST_WAIT
    while True:
        try:
            await as_error(work())
            wait = FIRST_WAIT
        except Exception as error:
            log.exception("a round of %s failed", what)
            tell(f"An unforeseen fault broke off {what} ({fault_words(error)}); it goes on in {in_seconds(wait)}.")
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)

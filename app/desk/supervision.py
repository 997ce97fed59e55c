"""Supervision of connectors: a fault in one ends that account's link, says so, and starts it again; others go on.

Connectors promise that no venue fault makes them raise. This is what stands behind the promise.
"""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any, TypeVar

from app.domain import events as ev
from app.domain.instants import in_seconds
from app.domain.market import LinkState
from app.domain.ports import Clock, Connector, Sink

log = logging.getLogger("redline.desk")

_Result = TypeVar("_Result")

#: What a call that waits for nothing may end with through a fault of its own: no cancel is delivered there.
FAULTS = (Exception, asyncio.CancelledError, BaseExceptionGroup)

#: Seconds before the first new start; each further one waits twice as long, up to the longest.
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0

#: A connector that ran so many seconds had come up: the next fault is a new one.
CAME_UP = 120.0

#: Characters of an error's own words that are shown.
_SHOWN = 200


def fault_text(error: BaseException) -> str:
    """Return an unforeseen error in one line: its kind and its own words, the innermost one of a group."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    words = " ".join(str(error).split())
    kind = type(error).__name__
    return f"{kind}: {words[:_SHOWN]}{'…' * (len(words) > _SHOWN)}" if words else kind


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


class Supervisor:
    """Keeps one account's connector running until cancelled."""

    def __init__(
        self,
        account: str,
        connectors: MutableMapping[str, Connector],
        connect: Callable[[], Connector],
        dispatch: Sink,
        clock: Clock,
        link: Callable[[], LinkState],
    ) -> None:
        """Start nothing yet.

        Args:
            account: name of the account.
            connectors: by account name; the account's entry is replaced with each new start.
            connect: makes a new connector.
            dispatch: takes the events.
            clock: the desk's.
            link: tells the state of the account's link.
        """
        self._account = account
        self._connectors = connectors
        self._connect = connect
        self._dispatch = dispatch
        self._clock = clock
        self._link = link
        self._hurry = asyncio.Event()
        #: Whether no connector runs just now.
        self.waits = False

    def hurry(self) -> None:
        """Start a connector that waits to be started again at once: a person asked for it."""
        self._hurry.set()

    async def run(self) -> None:
        """Run the connector; after a fault of its own, say so, wait, and run a new one."""
        wait, is_new = FIRST_WAIT, False
        while True:
            began = self._clock.monotonic()
            try:
                if is_new:
                    self._connectors[self._account] = self._connect()
                await as_error(self._connectors[self._account].run())
                if self._link() is LinkState.REFUSED:
                    # The same key would be refused again, so a person has to ask for more.
                    wait, is_new = FIRST_WAIT, True
                    await self._rest(None)
                    continue
                text = "it ended by itself"
            except Exception as error:
                log.exception("the connector of %s failed", self._account)
                text = fault_text(error)
            if self._clock.monotonic() - began > CAME_UP:
                wait = FIRST_WAIT
            self.tell_down(
                f"{self._account}: an unforeseen fault ended the link ({text}). Other accounts are not touched; it is "
                f"started again in {in_seconds(wait)}."
            )
            if not await self._rest(wait):
                wait = min(wait * 2, LONGEST_WAIT)
            is_new = True

    async def _rest(self, seconds: float | None) -> bool:
        """Wait so long, or until a person asks for a start; True if one did."""
        self._hurry.clear()
        self.waits = True
        try:
            async with asyncio.timeout(seconds):
                return await self._hurry.wait()
        except TimeoutError:
            return False
        finally:
            self.waits = False

    def tell_down(self, text: str) -> None:
        """Say that the link is down, and why."""
        now = self._clock.now()
        self._dispatch(ev.LinkChanged(self._account, now, LinkState.DOWN, text))
        self._dispatch(ev.Noticed(self._account, now, text, about=ev.Condition.LINK))

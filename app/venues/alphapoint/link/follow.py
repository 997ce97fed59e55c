"""Reading that goes on while the link is up: the open orders now and then, and what coming up could not read."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from app.domain.order import Order
from app.venues.alphapoint.link.door import fault_of
from app.venues.alphapoint.link.listener import Listener
from app.venues.alphapoint.link.sync import Sync
from app.venues.alphapoint.wire.codec import GatewaySession
from app.venues.alphapoint.wire.vocabulary import TITLE
from app.venues.common.failures import Malformed, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.common.rounds import as_error, keep_doing

log = logging.getLogger("redline.venues")

#: Seconds after which open orders are listed again, whatever was pushed, and what is missing is asked for again.
RELIST = 20.0

#: Longest wait before what the venue does not give is asked for once more, in seconds.
LONGEST_PATIENCE = 320.0


class Follower:
    """One account's reading beside the pushes; a round that fails is told, and the next one comes all the same."""

    def __init__(
        self, sync: Sync, listener: Listener, reporter: Reporter, look_up: Callable[[Order], Awaitable[None]]
    ) -> None:
        """Args: sync: reads. listener: knows what is not described. reporter: tells. look_up: reads one order."""
        self._sync = sync
        self._listener = listener
        self._reporter = reporter
        self._look_up = look_up
        self._woken = (asyncio.Event(), asyncio.Event())
        self._tasks: set[asyncio.Task[None]] = set()
        self._listed = float("-inf")
        self._tried = float("-inf")
        self._patience = RELIST

    def start(self, session: GatewaySession) -> None:
        """Begin after everything was read anew."""
        self.stop()
        self._listed = self._tried = self._reporter.clock.monotonic()
        self._patience = RELIST
        # Two, because a look-up may wait for the budget where a list has its share.
        for work, what in (
            (self._keep_true, "reading the open orders again"),
            (self._fill_in, "reading what is missing"),
        ):
            task = asyncio.create_task(keep_doing(partial(work, session), what, self._tell))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def stop(self) -> tuple[asyncio.Task[None], ...]:
        """End; returns what has been told to end and may not have yet."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        return tasks

    def wake(self) -> None:
        """Look whether something is due."""
        for woken in self._woken:
            woken.set()

    def _tell(self, text: str) -> None:
        self._reporter.notice(f"{TITLE}: {text}")

    async def _keep_true(self, session: GatewaySession) -> None:
        """List the open orders whenever that is due."""
        while True:
            await self._woken[0].wait()
            self._woken[0].clear()
            if self._reporter.clock.monotonic() - self._listed >= RELIST:
                self._listed = self._reporter.clock.monotonic()
                await self._survive(self._sync.orders(session))

    async def _fill_in(self, session: GatewaySession) -> None:
        """Read what is missing: executions once, then whatever is not described."""
        await self._survive(self._sync.missed_trades(session))
        await self._survive(self._sync.subscribe_quotes())
        await self._survive(self._sync.other_accounts(session))
        while True:
            await self._woken[1].wait()
            self._woken[1].clear()
            now = self._reporter.clock.monotonic()
            if now - self._tried >= self._patience and self._sync.lacks():
                self._tried, self._patience = now, min(LONGEST_PATIENCE, 2 * self._patience)
                await self._survive(self._sync.complete(session))
            for order in self._listener.undescribed():
                await self._survive(self._look_up(order))
            await self._survive(self._sync.subscribe_quotes())

    async def _survive(self, step: Awaitable[None]) -> None:
        try:
            await as_error(step)
        except (ReadFailed, Malformed) as error:
            self._reporter.notice_once(f"{TITLE}: not everything could be read again. {error}")
        except Exception as error:
            log.exception("a round of reading %s failed", self._reporter.account)
            self._reporter.notice_once(f"{TITLE}: not everything could be read again ({fault_of(error)}).")

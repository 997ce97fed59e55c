"""Pace of an account's requests: the budget of each call, and one pause for all of them once Bitget says "too many".

The venue counts each call on its own, and the address as a whole. So whatever reply says that there were too many
requests, nothing leaves until the wait it asks for is over. Where it names none, or one that was kept in vain, the wait
doubles from time to time. After a pause the first read leaves alone, and the others only once it was answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.domain import events as ev
from app.domain.instants import in_seconds
from app.venues.bitget.wire import codec
from app.venues.common.reporter import Reporter
from app.venues.transport.limiter import Limiter, Window
from app.venues.transport.limits import wait_asked
from app.venues.transport.messages import Response

#: The documented budgets per second, of which four fifths are used.
_READS = 16
_WRITES = 8
_ACCOUNT_INFO = 4

#: Places of each second in which only reads that keep the rows true may leave, whatever amendments need.
_SHARE = 4

#: Reads leave this many places free, so that a person's look-up never waits behind a list.
_KEEP = 4

#: A pause that grows by fewer seconds than these is told already.
_WORTH_TELLING = 2.0

#: Seconds to wait where a reply says that there were too many requests and names no time; doubled each further time.
_FIRST, _LONGEST = 1.0, 60.0


def is_too_many(response: Response) -> bool:
    """Return True if a reply says by its status and headers that there were too many requests."""
    return wait_asked(response, 1.0) > 0


class Pace:
    """Budgets and pauses of one account."""

    def __init__(self, reporter: Reporter) -> None:
        """Start with nothing used; `reporter` tells of pauses."""
        self._reporter = reporter
        self._limiters: dict[str, Limiter] = {}
        #: Without a window of its own: it holds the pause alone.
        self._gate = Limiter((), reporter.clock.monotonic)
        self._wait = _FIRST
        self._careful = False
        self._alone = asyncio.Lock()

    def limiter(self, path: str) -> Limiter:
        """The budget of one call; the venue counts each on its own."""
        if path not in self._limiters:
            writes = path in (codec.MODIFY, codec.BATCH_MODIFY, codec.CANCEL)
            limit = _ACCOUNT_INFO if path == codec.ACCOUNT_INFO else _WRITES if writes else _READS
            share = _SHARE if limit == _READS else 0
            limiter = Limiter((Window(limit, 1.0),), self._reporter.clock.monotonic, share)
            limiter.pause(self.left())
            self._limiters[path] = limiter
        return self._limiters[path]

    def left(self) -> float:
        """Seconds for which nothing may leave, 0.0 where there is no pause."""
        return self._gate.delay()

    async def turn(self, path: str, *, urgent: bool, person: bool) -> None:
        """Wait until one read may leave, and take its place.

        Args:
            path: the call.
            urgent: it may use the places that lists leave free.
            person: it serves an amendment, so it may not use the share of the reads that keep rows true.
        """
        await self.limiter(path).acquire(0 if urgent else _KEEP, shared=not person)

    @asynccontextmanager
    async def careful(self) -> AsyncIterator[None]:
        """Let one read leave; since a pause until the first good answer, one at a time and none in a pause."""
        if not self._careful:
            yield
            return
        async with self._alone:
            await self._gate.wait(0.0)
            yield

    def too_many(self, response: Response) -> None:
        """Take a reply that says by its status that there were too many requests."""
        self._pause(wait_asked(response, 0.0), f"HTTP {response.status}")

    def too_many_by_code(self, code: str) -> None:
        """Take a reply that says so by its code alone."""
        self._pause(0.0, code)

    def answered(self) -> None:
        """Note a reply that does not speak of too many requests."""
        if self.left() <= 0:
            self._wait, self._careful = _FIRST, False

    def _pause(self, named: float, why: str) -> None:
        """Let nothing leave for as long as the reply names, and no shorter than our own wait, which grows."""
        before = self.left()
        self._careful = True
        if before > 0 and named <= before:
            return  # replies to what was under way say the same thing again
        # A named wait that was kept in vain was too short.
        seconds = max(named, self._wait)
        self._wait = min(2 * self._wait, _LONGEST)
        for limiter in (self._gate, *self._limiters.values()):
            limiter.pause(seconds)
        if before > 0 and seconds - before < _WORTH_TELLING:
            return
        text = (
            f"Bitget says that there were too many requests ({why}); nothing is sent to it for {in_seconds(seconds)}."
        )
        self._reporter.notice(text, about=ev.Condition.READS, seconds=seconds)

"""Reads beside the orders, balances and books: a fault of theirs is told and waited out, and ends nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from app.domain.market import LinkState
from app.domain.order import Order
from app.venues.bitso.link.look_up import NO_ANSWER
from app.venues.bitso.link.rest import Rest, Use
from app.venues.bitso.rules.locks import LockCheck
from app.venues.bitso.wire.rows import books_of, read_balances, read_instrument, rows
from app.venues.common.reporter import Reporter

#: States in which nothing is expected to be readable.
NO_LINK = frozenset({LinkState.DOWN, LinkState.CONNECTING, LinkState.REFUSED})
#: Seconds between two readings of the books, and the least between two where an order is in a book we do not know.
BOOKS_EVERY = 3600.0
NEW_BOOK_EVERY = 60.0
#: Seconds before books that could not be read are asked for again: at first, and at most.
BOOKS_AGAIN, BOOKS_AGAIN_AT_MOST = 5.0, 60.0


class Balances:
    """The balances of one account, read when somebody asks for them."""

    def __init__(self, rest: Rest, reporter: Reporter, orders: Callable[[], Iterable[Order] | None]) -> None:
        """Read nothing yet.

        Args:
            rest: towards the venue.
            reporter: tells them.
            orders: gives the open orders, None where they are not all known.
        """
        self._rest = rest
        self._reporter = reporter
        self._orders = orders
        self._locks = LockCheck()
        self._wanted, self._tried = asyncio.Event(), asyncio.Event()
        self._failing = False
        self.read_at = float("-inf")

    def want(self) -> None:
        """Ask for them; returns at once."""
        self._wanted.set()

    async def try_now(self, seconds: float) -> None:
        """Ask for them and wait for the answer, for so long at most."""
        self._tried.clear()
        self._wanted.set()
        try:
            async with asyncio.timeout(seconds):
                await self._tried.wait()
        except TimeoutError:
            return

    async def run(self) -> None:
        """Read them whenever they are wanted, until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                await self._read()
            finally:
                self._tried.set()

    async def _read(self) -> None:
        faults: list[str] = []
        self.read_at = self._reporter.clock.monotonic()
        try:
            reply = await self._rest.read(self._rest.endpoints.balance(), Use.ROUTINE)
            balances = read_balances(reply.payload, reply.asked_at, faults)
        except NO_ANSWER as error:
            # While there is no link, why there is none says enough.
            if not self._failing and self._reporter.link not in NO_LINK:
                self._failing = True
                self._reporter.notice(f"The balances cannot be read, and those shown grow old: {error}")
            return
        if self._failing:
            self._failing = False
            self._reporter.notice("The balances are read again.", serious=False)
        for fault in faults[:1]:
            self._reporter.notice_once(fault)
        self._reporter.balances(balances, complete=not faults)
        orders = self._orders()
        for text in self._locks.compare(orders, balances) if orders is not None else ():
            self._reporter.notice(text, serious=False)


class Books:
    """The books of the venue and their limits.

    Attributes:
        known: names of all books, empty before they were read.
    """

    def __init__(self, rest: Rest, reporter: Reporter) -> None:
        self._rest = rest
        self._reporter = reporter
        self._read_at = float("-inf")
        self._failing = False
        self._tried, self._wanted = asyncio.Event(), asyncio.Event()
        self.known: frozenset[str] = frozenset()

    async def tried(self, seconds: float) -> None:
        """Wait for the first answer, for so long at most."""
        try:
            async with asyncio.timeout(seconds):
                await self._tried.wait()
        except TimeoutError:
            return

    def need(self, books: Iterable[str]) -> None:
        """Have them read again where one of these is not known, if they were not read a moment ago."""
        age = self._reporter.clock.monotonic() - self._read_at
        if age > NEW_BOOK_EVERY and self.known and not self.known.issuperset(books):
            self._wanted.set()

    async def run(self) -> None:
        """Read the books now, once an hour, and sooner where they could not be read or are wanted; until cancelled."""
        again = BOOKS_AGAIN
        while True:
            self._wanted.clear()
            try:
                is_read = await self._read()
            finally:
                self._tried.set()
            wait, again = (BOOKS_EVERY, BOOKS_AGAIN) if is_read else (again, min(2 * again, BOOKS_AGAIN_AT_MOST))
            try:
                async with asyncio.timeout(wait):
                    await self._wanted.wait()
            except TimeoutError:
                continue

    async def _read(self) -> bool:
        self._read_at = self._reporter.clock.monotonic()
        try:
            reply = await self._rest.look(self._rest.endpoints.books())
            instruments, faults = rows(reply.payload, "a book", read_instrument)
        except NO_ANSWER as error:
            if not self._failing and self._reporter.link not in NO_LINK:
                self._failing = True
                self._reporter.notice(f"The limits of Bitso's books cannot be read: {error}")
            return False
        self._failing = False
        for fault in faults[:1]:
            self._reporter.notice_once(fault)
        # A book whose limits cannot be read still holds orders.
        self.known = frozenset(books_of(reply.payload))
        self._reporter.instruments(instruments)
        return True

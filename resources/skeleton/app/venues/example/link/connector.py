"""The face to the desk: keeps an account in sync by polling, and sends amendments once."""

from __future__ import annotations

import asyncio
import random

import httpx

from app.domain.account import Account
from app.domain.amendment import Command
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from app.domain.order import Order
from app.domain.plan import WirePreview
from app.domain.ports import Clock, Sink
from app.venues.common.failures import Proof, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.example import profile
from app.venues.example.link.amend import Amender
from app.venues.example.link.listener import Listener
from app.venues.example.link.look_up import LookUp
from app.venues.example.link.rest import NO_ANSWER, Rest
from app.venues.example.wire import codec
from app.venues.example.wire.signing import Keys, masked
from app.venues.example.wire.vocabulary import TITLE
from app.venues.transport.http import HttpClient
from app.venues.transport.secrecy import Secrecy
from app.venues.transport.socket import Backoff, SocketSettings

#: Seconds between two rounds of reading, and between two tries with credentials that were refused.
ROUND_EVERY = 2.0
REFUSED_WAIT = 300.0
#: A clock further off than so many seconds is worth a word; requests carry the venue's time either way.
CLOCK_OFF_S = 5


class ExampleConnector:
    """One account at the venue."""

    def __init__(
        self, account: Account, sink: Sink, clock: Clock, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """Open nothing yet; `transport` stands in for the network in tests."""
        self._reporter = reporter = Reporter(account.name, sink, clock, Secrecy.of(account))
        self._keys = Keys(account.credentials[profile.API_KEY], account.credentials[profile.SECRET])
        address = account.addresses[profile.REST]
        self._http = HttpClient(
            address,
            account=account.name,
            sink=reporter.sink,
            secrecy=reporter.secrecy,
            clock=clock,
            transport=transport,
        )
        rest = Rest(self._http, self._keys, clock)
        self._listener = Listener(rest, self._reporter)
        self._look_up = LookUp(rest, self._listener, self._reporter)
        self._amender = Amender(rest, self._look_up, self._reporter)
        self._turn = asyncio.Lock()
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Stay in sync until cancelled; a venue's fault is told and waited out, never raised."""
        backoff = Backoff(SocketSettings(longest_delay=30.0), random.random)
        try:
            while True:
                if await self._round():
                    backoff.reset()
                    await self._pause(ROUND_EVERY)
                else:
                    refused = self._reporter.link is LinkState.REFUSED
                    await self._pause(REFUSED_WAIT if refused else backoff.next())
        finally:
            await self._http.aclose()

    async def refresh(self) -> None:
        """List open orders and balances now."""
        if self._reporter.is_live:
            await self._round()
        else:
            self._wake.set()

    async def _round(self) -> bool:
        """Read everything once, and let the link show whether that went well."""
        async with self._turn:
            if self._reporter.link is LinkState.DOWN:
                self._reporter.set_link(LinkState.CONNECTING)
            try:
                await self._listener.round()
            except NO_ANSWER as error:
                proof = error.proof if isinstance(error, ReadFailed) else Proof.UNKNOWN
                refused = proof in (Proof.AUTH, Proof.PERMISSION)
                self._reporter.set_link(LinkState.REFUSED if refused else LinkState.DOWN, str(error))
                return False
            self._reporter.set_link(LinkState.UP)
            if abs(seconds := self._http.offset.nanoseconds // SECOND) > CLOCK_OFF_S:
                text = f"This machine's clock and {TITLE}'s are {abs(seconds)} s apart; set it right."
                self._reporter.notice_once(text)
            return True

    async def _pause(self, seconds: float) -> None:
        """Wait, or less where somebody asks for a reading now."""
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return
        finally:
            self._wake.clear()

    async def look_up(self, order: Order) -> None:
        """Read one order."""
        await self._look_up.look_up(order)

    def venue_ahead(self) -> int | None:
        """Return how far the venue's clock is ahead of ours in nanoseconds; None before a reply."""
        offset = self._http.offset
        return offset.nanoseconds if offset.samples else None

    def preview(self, command: Command) -> WirePreview:
        """Return the exact request `amend` would send, secrets masked."""
        request = masked(codec.amend(command.order.order_id, command.fields), self._keys)
        return WirePreview("http", request.head, request.body.decode(), request.headers)

    async def amend(self, command: Command) -> None:
        """Send one amendment exactly once."""
        await self._amender.amend(command)

    async def cancel(self, order: Order) -> None:
        """Ask the venue to cancel an order, once."""
        await self._amender.cancel(order)
        self._wake.set()

"""The connector of QFEX: one trade socket, one market socket, and REST for instruments and history."""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
from collections.abc import Callable
from dataclasses import replace

import httpx

from app.domain.account import Account
from app.domain.amendment import Command
from app.domain.market import LinkState
from app.domain.order import Order
from app.domain.plan import WirePreview
from app.domain.ports import Clock, Sink
from app.venues.common import accounts
from app.venues.common.delivery import Delivery
from app.venues.common.reporter import Reporter
from app.venues.common.rounds import as_error
from app.venues.qfex import profile
from app.venues.qfex.link.amend import Amender
from app.venues.qfex.link.listener import Listener
from app.venues.qfex.link.look_up import LookUp
from app.venues.qfex.link.market_socket import MarketFeed
from app.venues.qfex.link.pace import Pace
from app.venues.qfex.link.reference import Instruments, ReferenceData
from app.venues.qfex.link.rest import Rest
from app.venues.qfex.link.trade_socket import NAME, TradeSession
from app.venues.qfex.wire import codec
from app.venues.qfex.wire import vocabulary as words
from app.venues.qfex.wire.signing import Keys
from app.venues.transport.http import HttpClient
from app.venues.transport.messages import Response
from app.venues.transport.secrecy import Secrecy
from app.venues.transport.socket import SocketFault, SocketSettings, keep_connected, shown_address

log = logging.getLogger("redline.venues")


class QfexConnector:
    """One account at QFEX."""

    def __init__(
        self,
        account: Account,
        sink: Sink,
        clock: Clock,
        *,
        pace: Pace | None = None,
        settings: SocketSettings | None = None,
        jitter: Callable[[], float] = random.random,
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Open nothing yet.

        Args:
            account: checked.
            sink: where events go.
            clock: the source of time.
            pace: patience.
            settings: how the sockets are kept; their beat is that of the pace.
            jitter: spreads reconnects; gives a number from 0 to 1.
            nonce: gives a fresh one each time.
            transport: stands in for the network of REST in tests.
        """
        self._reporter = reporter = Reporter(account.name, sink, clock, Secrecy.of(account))
        pace = pace or Pace()
        self._settings = replace(settings or SocketSettings(), beat_every=pace.watch_every)
        self._jitter = jitter
        credentials, addresses = account.credentials, account.addresses
        account_id = accounts.switch(account.switches, profile.PROFILE, words.ACCOUNT_ID)
        keys = Keys(credentials[profile.PUBLIC_KEY], credentials[profile.SECRET], account_id)
        self._trade_url = codec.trade_url(addresses[profile.TRADE_WS], keys)
        http = HttpClient(
            addresses[profile.REST],
            account=account.name,
            sink=reporter.sink,
            secrecy=reporter.secrecy,
            clock=clock,
            too_many=self._too_many,
            transport=transport,
        )
        self._rest = Rest(http, keys, clock, nonce)
        instruments = Instruments(reporter)
        self._reference = ReferenceData(self._rest, instruments, reporter, pace)
        self._market = MarketFeed(addresses[profile.MARKET_WS], reporter)
        delivery = Delivery(reporter, words.TITLE)
        self._list_every = pace.list_every
        self._wanted = asyncio.Event()
        self._try_again = asyncio.Event()
        listener = Listener(
            reporter,
            delivery,
            instruments,
            want_list=self._wanted.set,
            watch=self._market.watch,
            limited=self._too_fast,
        )
        self._session = TradeSession(keys, self._rest, self._reference, listener, reporter, pace)
        self._amender = Amender(self._session, listener, delivery, reporter, pace.answer_within)
        self._look_up = LookUp(self._session.questions, self._rest, listener, reporter)

    # -- too many requests: one limit for the whole venue, whichever way it is told ---------------------------------

    def _too_many(self, reply: Response) -> None:
        self._rest.too_many(reply)
        self._amender.pause(self._rest.pause)

    def _too_fast(self, asked: float = 0.0) -> None:
        self._rest.hold(self._amender.too_fast(asked))

    # -- staying in sync -------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Connect, log in, subscribe, list, stay in sync and reconnect, until cancelled."""
        name = self._reporter.account
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(as_error(self._market.run(self._jitter, self._settings)), name=f"{name} prices")
                group.create_task(as_error(self._reference.run()), name=f"{name} instruments")
                group.create_task(as_error(self._list_on_request()), name=f"{name} lists")
                group.create_task(as_error(self._list_routinely()), name=f"{name} routine lists")
                await self._keep_trading()
        finally:
            await self._session.questions.aclose()
            await self._rest.aclose()

    async def refresh(self) -> None:
        """List open orders and balances now; after a refused login, try to log in again."""
        if self._reporter.link is LinkState.REFUSED:
            self._try_again.set()
            return
        try:
            await self._session.synchronise()
        except SocketFault as error:
            self._reporter.notice(f"The orders could not be listed: {error}", serious=False)

    async def _keep_trading(self) -> None:
        while True:
            self._try_again.clear()
            self._reporter.set_link(LinkState.CONNECTING)
            await keep_connected(
                self._trade_url,
                self._session,
                name=NAME,
                jitter=self._jitter,
                settings=self._settings,
                secrecy=self._reporter.secrecy,
            )
            # Only a refused login ends it. The same key would be refused again, so a person has to ask for more.
            await self._try_again.wait()

    async def _list_on_request(self) -> None:
        """List where a message cannot be placed; what nobody foresaw costs one round."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            if not self._session.is_up:
                continue
            try:
                await as_error(self.refresh())
            except Exception as error:
                log.exception("a list of %s failed", self._reporter.account)
                self._reporter.notice_once(f"The orders could not be listed ({type(error).__name__}: {error}).")
                await asyncio.sleep(1.0)

    async def _list_routinely(self) -> None:
        """Ask for a list where none came for a while: pushes tell what happens, and a list that none was missed."""
        clock = self._reporter.clock
        while True:
            await asyncio.sleep(min(1.0, self._list_every / 4))
            if self._session.is_up and clock.monotonic() - self._session.questions.listed_at >= self._list_every:
                self._wanted.set()

    # -- amending, cancelling, looking up --------------------------------------------------------------------------

    def venue_ahead(self) -> int:
        """Return how far QFEX's clock is ahead of ours, in nanoseconds, as far as its replies prove it."""
        return self._rest.skew

    def preview(self, command: Command) -> WirePreview:
        """Return the exact frame `amend` would send; it holds no secret."""
        return WirePreview("websocket", f"{shown_address(self._trade_url)} {words.MODIFY}", codec.modify(command))

    async def amend(self, command: Command) -> None:
        """Send one amendment exactly once."""
        await self._amender.amend(command)

    async def cancel(self, order: Order) -> None:
        """Ask QFEX to cancel an order, once."""
        await self._amender.cancel(order)

    async def look_up(self, order: Order) -> None:
        """Find out what became of one order."""
        await self._look_up.look_up(order)

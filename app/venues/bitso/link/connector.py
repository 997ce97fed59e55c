"""Bitso's connector: keeps an account in sync by polling, and sends amendments once.

There is no private push, so the open orders are listed every two seconds, and at once when the public feed shows one of
our order ids, or its numbers show that messages were lost. REST is the truth, the feed only a hint.
"""

from __future__ import annotations

import asyncio
import logging
import random

import httpx

from app.domain import events as ev
from app.domain.account import Account
from app.domain.amendment import Command
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from app.domain.order import Order
from app.domain.plan import WirePreview
from app.domain.ports import Clock, Sink
from app.venues.bitso import profile
from app.venues.bitso.link.amend import Amender
from app.venues.bitso.link.aside import Balances, Books
from app.venues.bitso.link.background import error_text, keep_up
from app.venues.bitso.link.listener import Listener
from app.venues.bitso.link.look_up import NO_ANSWER, LookUp
from app.venues.bitso.link.market_socket import Market
from app.venues.bitso.link.pages import Pages
from app.venues.bitso.link.rest import Rest
from app.venues.bitso.link.trades import Trades
from app.venues.bitso.link.waiting import ReadsWait
from app.venues.bitso.wire.codec import Endpoints, prefix_of
from app.venues.bitso.wire.signing import Keys, masked
from app.venues.common.failures import Malformed, Proof, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.common.rounds import as_error
from app.venues.transport.failures import NotSent
from app.venues.transport.http import HttpClient
from app.venues.transport.secrecy import Secrecy
from app.venues.transport.socket import Backoff, SocketSettings

log = logging.getLogger("redline.venues")

#: Seconds between two lists where the account does not set them, the least after a hint, and between two balances.
LIST_EVERY = 2.0
LIST_AT_MOST = 0.5
BALANCE_EVERY = 5.0
#: Seconds for which the first list, and one that a person asked for, wait for balances and books.
ASIDE_WITHIN = 2.0
#: Readings in a row that may fail before the link counts as down; the first makes it stale.
DOWN_AFTER = 3
#: Seconds between two tries with credentials that were refused.
REFUSED_WAIT = 300.0
#: A clock further off than this is worth a word.
CLOCK_OFF = 5 * SECOND


class BitsoConnector:
    """One account at Bitso."""

    def __init__(
        self, account: Account, sink: Sink, clock: Clock, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """Open nothing yet.

        Args:
            account: checked.
            sink: where events go.
            clock: the source of time.
            transport: stands in for the network in tests.
        """
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
        self._wait = ReadsWait(reporter)
        endpoints = Endpoints(prefix_of(address))
        self._rest = rest = Rest(
            self._http, self._keys, endpoints, clock, waits=self._wait.waits, paused=self._wait.paused
        )
        trades = Trades(rest, reporter)
        self._books = Books(rest, reporter)
        self._listener = Listener(rest, trades, reporter, Pages(rest, clock, lambda: self._books.known))
        self._look_up = LookUp(rest, self._listener, trades, reporter)
        self._amender = Amender(
            rest,
            self._listener,
            self._look_up,
            reporter,
            rereads=profile.is_on(account, profile.REREAD),
            read_all=self._read_all,
        )
        self._balances = Balances(rest, reporter, self._all_orders)
        self._market = Market(rest, account.addresses.get(profile.WS, ""), reporter, self._hinted, self._lost)
        self._list_every = profile.poll_every(account)
        self._failures = 0
        self._turn = asyncio.Lock()
        self._wake = asyncio.Event()
        self._lost_at = 0

    # -- staying in sync -------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Stay in sync until cancelled; a venue's fault is told and waited out, never raised."""
        name, reporter = self._reporter.account, self._reporter
        works = (
            (self._stay, "following orders"),
            (self._books.run, "reading books"),
            (self._balances.run, "reading balances"),
            (self._market.run, "following prices"),
            (self._look_up.run, "asking how orders ended"),
        )
        try:
            async with asyncio.TaskGroup() as group:
                for work, what in works:
                    group.create_task(keep_up(work, what, reporter), name=f"{name} {what}")
        finally:
            await self._http.aclose()

    async def refresh(self) -> None:
        """List open orders and balances now."""
        if self._reporter.is_live:
            await self._round_and_balances()
        else:
            self._wake.set()

    async def _read_all(self) -> None:
        """List open orders and balances, as long as that leaves room for a person and for the regular lists."""
        if self._rest.has_room:
            await self._round_and_balances(self._reporter.now())
        else:
            self._wake.set()

    async def _stay(self) -> None:
        backoff = Backoff(SocketSettings(longest_delay=30.0), random.random)
        while True:
            if self._failures == 0:
                self._reporter.set_link(LinkState.CONNECTING)
            await self._books.tried(ASIDE_WITHIN)
            if await self._round():
                backoff.reset()
                await self._follow()
            if self._reporter.link is LinkState.REFUSED:
                await self._pause(REFUSED_WAIT)
            else:
                await self._pause(max(backoff.next(), self._rest.private.delay()))

    async def _follow(self) -> None:
        """Poll while the link lives; returns when it is down or refused."""
        while self._reporter.is_live:
            await asyncio.sleep(LIST_AT_MOST)
            await self._pause((self._list_every or LIST_EVERY) - LIST_AT_MOST)
            await self._round()

    async def _pause(self, seconds: float) -> None:
        """Wait, or less where somebody asks for a reading now."""
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return
        finally:
            self._wake.clear()

    async def _round_and_balances(self, since: int | None = None) -> bool:
        """List the open orders, and wait a moment for the balances too, where there is room; False if the list failed.

        Args:
            since: a list asked for after this will do, nanoseconds UTC; None for one asked for now.
        """
        if not await self._round(since):
            return False
        if self._rest.has_room:
            await self._balances.try_now(ASIDE_WITHIN)
        else:
            self._balances.want()
        return True

    async def _round(self, since: int | None = None) -> bool:
        """List the open orders, and ask for the balances where they are due or the list changed; False if that failed.

        Only the first list of a link waits for balances: however slow they are, each later one has its turn.
        """
        async with self._turn:
            if since is not None and self._listener.asked_at > since:
                return True
            try:
                asked_at, changed = await as_error(self._list())
                due = self._reporter.clock.monotonic() - self._balances.read_at >= BALANCE_EVERY
                if self._reporter.link is LinkState.SYNCING and self._rest.has_room:
                    await self._balances.try_now(ASIDE_WITHIN)
                elif changed or due:
                    self._balances.want()
            except NO_ANSWER as error:
                self._failed(error)
                return False
            except Exception as error:
                log.exception("a list of %s could not be taken in", self._reporter.account)
                self._failed(Malformed(f"The open orders of Bitso cannot be worked out ({error_text(error)})."))
                return False
            self._failures = 0
            self._wait.over()
            self._check_clock()
            if asked_at > self._lost_at:
                self._reporter.set_link(LinkState.UP)
            return True

    async def _list(self) -> tuple[int, bool]:
        """List the open orders and report them; return when that was asked for, and whether they changed."""
        listing = await self._listener.list_open()
        if not self._reporter.is_live:
            self._reporter.set_link(LinkState.SYNCING)
        await self._amender.wait_for_renames(listing.orders)
        self._amender.report_renamed(listing.orders, listing.asked_at)
        changed = self._listener.report(listing)
        self._look_up.listed([*listing.orders, *listing.present], listing.asked_at)
        books = {order.symbol for order in listing.orders.values()}
        self._market.watch(books)
        self._books.need(books)
        return listing.asked_at, changed

    def _all_orders(self) -> list[Order] | None:
        """Return the open orders as last listed, None where they are not all there."""
        return list(self._listener.orders.values()) if self._listener.is_whole else None

    def _hinted(self, states: tuple[tuple[str, str], ...]) -> None:
        now = self._reporter.now()
        for order_id, word in states:
            if order_id in self._listener.orders or order_id in self._listener.left or order_id in self._look_up:
                self._look_up.hint_end(order_id, word, now)
                self._wake.set()

    def _lost(self, text: str) -> None:
        """Read again now, because hints were lost and what is shown may be old; nothing is sent on it before."""
        if text:
            self._lost_at = self._reporter.now()
        if text and self._reporter.link is LinkState.UP:
            self._reporter.set_link(LinkState.STALE, text)
        self._wake.set()

    async def look_up(self, order: Order) -> None:
        """Read one order; one that is gone comes back with how it ended, and is asked about until that is told."""
        await self._look_up.look_up(order)

    # -- faults ----------------------------------------------------------------------------------------------------

    def _failed(self, error: Exception) -> None:
        """Let the link show what a failed reading means."""
        self._failures += 1
        text = str(error)
        proof = error.proof if isinstance(error, ReadFailed) else Proof.UNKNOWN
        if isinstance(error, Malformed):
            self._reporter.notice_once(text, about=ev.Condition.LINK)
        is_down = isinstance(error, NotSent) or self._failures >= DOWN_AFTER or not self._reporter.is_live
        state = LinkState.DOWN if is_down else LinkState.STALE
        if proof in (Proof.AUTH, Proof.PERMISSION):
            state = LinkState.REFUSED
        # The first sentence on a state stands while the state lasts.
        if state is not self._reporter.link:
            self._reporter.set_link(state, text)

    def _check_clock(self) -> None:
        offset = self._http.offset.nanoseconds
        if abs(offset) > CLOCK_OFF:
            way = "behind" if offset > 0 else "ahead of"
            text = f"This machine's clock is about {abs(offset) // SECOND} s {way} Bitso's; set it right."
            self._reporter.notice_once(text)

    # -- writing ---------------------------------------------------------------------------------------------------

    def venue_ahead(self) -> int | None:
        """Return how far Bitso's clock is ahead of ours in nanoseconds, as its replies prove; None before one."""
        offset = self._http.offset
        return offset.nanoseconds if offset.samples else None

    def preview(self, command: Command) -> WirePreview:
        """Return the exact request `amend` would send, secrets masked."""
        request = masked(self._rest.endpoints.modify(command.order.order_id, command.fields), self._keys)
        return WirePreview("http", request.head, request.body.decode(), request.headers)

    async def amend(self, command: Command) -> None:
        """Send one amendment exactly once."""
        await self._amender.amend(command)

    async def cancel(self, order: Order) -> None:
        """Ask Bitso to cancel an order, once."""
        await self._amender.cancel(order)
        self._wake.set()

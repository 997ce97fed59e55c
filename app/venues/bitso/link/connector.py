"""The only async room of Bitso: keeps in sync by polling, sends amendments once, and tells everything to the sink.

There is no private push, so the open orders are listed every two seconds, and at once when the public feed shows one of
our order ids, or its numbers show that messages were lost. REST is the truth, the feed only a hint.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import httpx

from app.domain import events as ev
from app.domain.account import Account
from app.domain.amendment import Command, Source
from app.domain.events import Event
from app.domain.form import InputError
from app.domain.market import LinkState
from app.domain.order import Order
from app.domain.plan import WirePreview
from app.domain.ports import Clock
from app.venues.bitso.link.amend import Attempt
from app.venues.bitso.link.listener import Listing, Reader
from app.venues.bitso.link.look_up import LookUps
from app.venues.bitso.link.market_socket import Market
from app.venues.bitso.link.rest import LOCKED_OUT, Session
from app.venues.bitso.profile import REREAD, WS, is_on, poll_every
from app.venues.bitso.rules.locks import LockCheck
from app.venues.bitso.wire import rows as parsing
from app.venues.bitso.wire.answers import Meaning
from app.venues.bitso.wire.codec import ErrorReply, Malformed, cancelled_ids, masked
from app.venues.bitso.wire.rows import rows
from app.venues.transport.clock import SECOND
from app.venues.transport.failures import NotSent, Unanswered
from app.venues.transport.socket import Backoff, SocketSettings

#: Seconds between two lists where the account does not set them, the least after a hint, between two balances, and
#: between two readings of the books (sooner for an order in a book we do not know).
LIST_EVERY = 2.0
LIST_AT_MOST = 0.5
BALANCE_EVERY = 5.0
BOOKS_EVERY = 3600.0
NEW_BOOK_EVERY = 60.0
#: How many readings in a row may fail before the link counts as down; the first makes it stale.
DOWN_AFTER = 3
#: Seconds between two tries with credentials that were refused.
REFUSED_WAIT = 300.0
#: An order last seen longer ago than this is read again before an amendment leaves.
FRESH = SECOND
#: A clock further off than this is worth a word.
CLOCK_OFF = 5 * SECOND

_LIVE = (LinkState.UP, LinkState.STALE)
_Trouble = (NotSent, Unanswered, ErrorReply, Malformed)


class BitsoConnector:
    """One account at Bitso."""

    def __init__(
        self,
        account: Account,
        sink: Callable[[Event], None],
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Open nothing yet.

        Args:
            account, sink, clock: whose orders, where events go, the only source of time.
            transport: stands in for the network in tests.

        Raises:
            InputError: if the account lacks an address or a credential, naming it.
        """
        self._account = account.name
        self._sink = sink
        self._clock = clock
        self._session = Session(account, sink, clock, transport)
        address = account.addresses.get(WS, "")
        if address and not address.startswith(("ws://", "wss://")):
            text = f"account “{account.name}”: address {WS} is “{address}”; write it as wss://ws.bitso.com."
            raise InputError(WS, text)
        self._reader = Reader(self._session, account.name)
        self._look_ups = LookUps(self._reader, account.name, sink, clock, lambda: self._link in _LIVE)
        self._market = Market(self._session, address, account.name, sink, clock, self._hinted, self._lost)
        self._list_every = poll_every(account)
        self._rereads = is_on(account.switches, REREAD)
        self._link = LinkState.DOWN
        self._known: dict[str, Order] = {}
        self._left: frozenset[str] = frozenset()
        self._seen_at: dict[str, int] = {}
        self._in_flight: dict[str, asyncio.Event] = {}
        self._renamed: dict[str, str] = {}
        self._books_at: float | None = None
        self._books: frozenset[str] = frozenset()
        self._balance_at = float("-inf")
        self._failures = 0
        self._told: set[str] = set()
        self._locks = LockCheck()
        self._turn = asyncio.Lock()
        self._wake = asyncio.Event()
        self._lost_at = 0

    # -- staying in sync -------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Stay in sync until cancelled; a venue's fault is told and waited out, never raised."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._stay(), name=f"{self._account} orders")
                group.create_task(self._market.run(), name=f"{self._account} market")
                group.create_task(self._look_ups.run(), name=f"{self._account} ends")
        finally:
            await self._session.http.aclose()

    async def refresh(self) -> None:
        """List open orders and balances now."""
        if self._link in _LIVE:
            await self._round(balances=True)
        else:
            self._wake.set()

    async def _stay(self) -> None:
        backoff = Backoff(SocketSettings(longest_delay=30.0), random.random)
        while True:
            if self._failures == 0:
                self._set_link(LinkState.CONNECTING)
            if await self._load_books() and await self._round(balances=True):
                backoff.reset()
                await self._follow()
            if self._link is LinkState.REFUSED:
                await self._rest(REFUSED_WAIT)
            else:
                await self._rest(max(backoff.next(), self._session.private.delay()))

    async def _follow(self) -> None:
        """Poll while the link lives; returns when it is down or refused."""
        while self._link in _LIVE:
            await asyncio.sleep(LIST_AT_MOST)
            await self._rest((self._list_every or LIST_EVERY) - LIST_AT_MOST)
            await self._round()
            await self._reload_books()

    async def _reload_books(self) -> None:
        """Read the books again once an hour, and sooner for an order in a book that was not there."""
        age = self._clock.monotonic() - (self._books_at or 0.0)
        is_new = any(order.symbol not in self._books for order in self._known.values())
        if age > BOOKS_EVERY or (is_new and age > NEW_BOOK_EVERY):
            await self._load_books(again=True)

    async def _rest(self, seconds: float) -> None:
        """Wait, or less where somebody asks for a reading now."""
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return
        finally:
            self._wake.clear()

    async def _load_books(self, *, again: bool = False) -> bool:
        """Read the books once, later hourly; a failure matters only while there are none."""
        if self._books_at is not None and not again:
            return True
        try:
            answer = await self._session.look(self._session.calls.books())
            found, faults = rows(answer.payload, "a book", parsing.instrument)
        except _Trouble as error:
            if not again:
                self._failed(error, at_once=True)
            return False
        finally:
            if again:
                self._books_at = self._clock.monotonic()
        for fault in faults[:1]:
            self._notice_once(fault)
        self._books_at = self._clock.monotonic()
        self._books = frozenset(instrument.symbol for instrument in found)
        self._sink(ev.InstrumentsLoaded(self._account, answer.at, tuple(found)))
        return True

    async def _round(self, *, balances: bool = False) -> bool:
        """List the open orders, and the balances where they are due or the list changed; False if that failed."""
        async with self._turn:
            try:
                listing = await self._reader.list_open()
                if self._link not in _LIVE:
                    self._set_link(LinkState.SYNCING)
                await self._wait_for_renames(listing)
                changed = self._tell(listing)
                due = self._clock.monotonic() - self._balance_at >= BALANCE_EVERY
                if balances or changed or due:
                    await self._read_balances()
            except _Trouble as error:
                self._failed(error)
                return False
            self._failures = 0
            self._check_clock()
            if listing.asked_at > self._lost_at:
                self._set_link(LinkState.UP)
            return True

    async def _read_balances(self) -> None:
        answer = await self._session.read(self._session.calls.balance(), routine=True)
        found = parsing.balances(answer.payload, answer.asked_at)
        self._balance_at = self._clock.monotonic()
        self._sink(ev.BalancesSeen(self._account, answer.at, found, complete=True))
        for text in self._locks.compare(self._known.values(), found):
            self._sink(ev.Noticed(self._account, self._clock.now(), text, serious=False))

    def _tell(self, listing: Listing) -> bool:
        """Report a list; says whether it differs from the last one."""
        for order in listing.orders:
            if order.order_id in self._renamed:
                self._tell_renamed(order, listing.asked_at)
        now = self._clock.now()
        self._sink(ev.OpenOrdersListed(self._account, now, listing.asked_at, listing.orders, complete=listing.complete))
        # After the list, because an execution of an order nobody knows yet would have no row to go to.
        for fill in listing.new_fills:
            self._sink(ev.FillSeen(self._account, self._clock.now(), fill, Source.HISTORY))
        for fault in listing.faults[:1]:
            self._notice_once(fault)
        if not listing.complete and not listing.faults:
            self._notice_once("Bitso lists 500 open orders at most; orders beyond those are not shown.")
        known = {order.order_id: order for order in listing.orders}
        changed = known != self._known
        self._left = frozenset(self._known.keys() - known.keys())
        self._known = known
        self._look_ups.listed(known, listing.asked_at)
        self._seen_at = dict.fromkeys(known, listing.asked_at)
        self._market.watch(order.symbol for order in listing.orders)
        return changed

    async def _wait_for_renames(self, listing: Listing) -> None:
        """A list that lacks an order being amended and has an unknown one waits for that amendment's reply.

        The reply may give the order a new id; told before it, the new id would look like another order.
        """
        ids = {order.order_id for order in listing.orders}
        while ids - self._known.keys() - self._renamed.keys():
            absent = [done for order_id, done in self._in_flight.items() if order_id not in ids]
            if not absent:
                return
            await absent[0].wait()

    def _hinted(self, states: tuple[tuple[str, str], ...]) -> None:
        now = self._clock.now()
        for order_id, word in states:
            if order_id in self._known or order_id in self._left or order_id in self._look_ups:
                self._reader.hint_end(order_id, word, now)
                self._look_ups.hinted(order_id)
                self._wake.set()

    def _lost(self, text: str) -> None:
        """Hints were lost: what is shown may be old, so it is read again now, and nothing is sent on it before."""
        self._lost_at = self._clock.now()
        if self._link is LinkState.UP:
            self._set_link(LinkState.STALE, text)
        self._wake.set()

    # -- faults ----------------------------------------------------------------------------------------------------

    def _failed(self, error: Exception, *, at_once: bool = False) -> None:
        """Let the link show what a failed reading means."""
        self._failures += 1
        text = str(error)
        if isinstance(error, ErrorReply) and error.meaning is Meaning.AUTH:
            self._set_link(LinkState.REFUSED, text)
            return
        if isinstance(error, ErrorReply) and error.meaning is Meaning.LIMITED:
            text = f"{text} Nothing is read for {LOCKED_OUT:.0f} s."
            now = self._clock.now()
            until = now + round(LOCKED_OUT * SECOND)
            self._sink(ev.Noticed(self._account, now, text, about=ev.Condition.LINK, until=until))
        elif isinstance(error, Malformed):
            self._notice_once(text, ev.Condition.LINK)
        if at_once or isinstance(error, NotSent) or self._failures >= DOWN_AFTER or self._link not in _LIVE:
            self._set_link(LinkState.DOWN, text)
        else:
            self._set_link(LinkState.STALE, text)

    def _set_link(self, state: LinkState, text: str = "") -> None:
        if state is self._link:
            return
        self._link = state
        if state is LinkState.UP:
            self._told.clear()
        self._sink(ev.LinkChanged(self._account, self._clock.now(), state, text))

    def _notice_once(self, text: str, about: ev.Condition = ev.Condition.NONE) -> None:
        if text not in self._told:
            self._told.add(text)
            self._sink(ev.Noticed(self._account, self._clock.now(), text, about=about))

    def _check_clock(self) -> None:
        offset = self._session.http.offset.nanoseconds
        if abs(offset) > CLOCK_OFF:
            way = "behind" if offset > 0 else "ahead of"
            self._notice_once(f"This machine's clock is about {abs(offset) // SECOND} s {way} Bitso's; set it right.")

    # -- amending --------------------------------------------------------------------------------------------------

    def venue_ahead(self) -> int | None:
        """How far Bitso's clock is ahead of ours, in nanoseconds, as far as its replies prove it; None before one."""
        offset = self._session.http.offset
        return offset.nanoseconds if offset.samples else None

    def preview(self, command: Command) -> WirePreview:
        """The exact request `amend` would send, secrets masked."""
        request = masked(self._session.calls.modify(command.order.order_id, command.fields), self._session.key)
        return WirePreview("http", request.head, request.body.decode(), request.headers)

    async def amend(self, command: Command) -> None:
        """Send one amendment once, whatever happens, and report what is known of it."""
        order_id = command.order.order_id
        attempt = Attempt(self._session, self._reader, self._account, self._sink, self._clock, command)
        if self._link is not LinkState.UP:
            attempt.unsent(f"The connection to Bitso is {self._link.value}; nothing was sent.")
            return
        if order_id in self._in_flight:
            # The first may lie unread at Bitso, and whichever is read last would win.
            attempt.unsent("An earlier change of this order is still without an answer; wait for it and send again.")
            return
        done = self._in_flight[order_id] = asyncio.Event()
        stale = self._clock.now() - self._seen_at.get(order_id, 0) > FRESH
        self._reader.sent(command)
        try:
            await attempt.run(reread=self._rereads and stale)
        except asyncio.CancelledError:
            attempt.interrupted()
            raise
        finally:
            if attempt.new_id:
                self._renamed[attempt.new_id] = order_id
            if attempt.is_void:
                self._reader.void(command)
            del self._in_flight[order_id]
            done.set()
        if attempt.is_gone:
            await self.look_up(command.order)
            return
        if attempt.new_id:
            await self._follow_renamed(attempt.new_id)
        if self._link in _LIVE:
            # The reply says nothing of the terms; this list, asked for after it, and the balances with it do.
            await self._round(balances=True)

    async def _follow_renamed(self, order_id: str) -> None:
        """Show the order under its new id at once; if that fails, the next list does it."""
        try:
            order, answer = await self._reader.one(order_id)
        except _Trouble:
            return
        if order is not None and answer is not None and order_id in self._renamed:
            self._tell_renamed(order, answer.asked_at)

    def _tell_renamed(self, order: Order, asked_at: int) -> None:
        replaced = self._renamed.pop(order.order_id)
        now = self._clock.now()
        self._sink(
            ev.OrderSeen(self._account, now, order, Source.LOOKUP, asked_at=asked_at, replaces=replaced, changed=True)
        )

    # -- looking up and cancelling ---------------------------------------------------------------------------------

    async def look_up(self, order: Order) -> None:
        """Read one order; one that is gone comes back with how it ended, and is asked about until that is told."""
        shown_at = await self._look_ups.look_up(order)
        if shown_at is not None:
            self._seen_at[order.order_id] = shown_at

    async def cancel(self, order: Order) -> None:
        """Ask Bitso to cancel; cancels do not count against its rate limit, so they never wait."""
        taken, text = False, ""
        try:
            reply = await self._session.http.send(self._session.sign(self._session.calls.cancel(order.order_id)))
            taken = order.order_id in cancelled_ids(self._session.answer(reply).payload)
            if not taken:
                text = "Bitso had no such open order to cancel; it is looked up now."
        except (Unanswered, Malformed) as error:
            text = f"{error} Whether it was cancelled is looked up now."
        except (NotSent, ErrorReply) as error:
            text = str(error)
        now = self._clock.now()
        self._sink(ev.CancelAnswered(self._account, now, order.order_id, taken, text))
        if taken:
            self._reader.hint_end(order.order_id, "cancelled", now)
            self._look_ups.hinted(order.order_id)
        await self.look_up(order)
        self._wake.set()

"""The only async room of QFEX: one trade socket, one market socket, and REST for instruments and history."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import httpx

from app.domain.account import Account
from app.domain.amendment import Command
from app.domain.market import Balance, Instrument, LinkState
from app.domain.money import ZERO, tidy
from app.domain.order import Order
from app.domain.plan import WirePreview
from app.domain.ports import Clock, Sink
from app.venues.common.delivery import Delivery
from app.venues.common.reporter import Reporter
from app.venues.qfex.link.amend import Amender
from app.venues.qfex.link.listener import Listener
from app.venues.qfex.link.look_up import Listing, LookUp
from app.venues.qfex.link.market_socket import MarketFeed
from app.venues.qfex.link.rest import ReadFailed, Rest
from app.venues.qfex.link.trade_socket import NAME, Pace, TradeSession
from app.venues.qfex.wire import codec
from app.venues.qfex.wire import vocabulary as words
from app.venues.qfex.wire.codec import Keys, Message
from app.venues.qfex.wire.rows import Position, balance_of, position_of
from app.venues.transport.clock import SECOND
from app.venues.transport.http import HttpClient
from app.venues.transport.limiter import Limiter, Window
from app.venues.transport.socket import SocketFault, SocketSettings, keep_connected, shown_address

#: A clock this far off is worth a word; signatures are stamped with QFEX's time all the same.
_SKEW_WORTH_TELLING = 5 * SECOND

#: Balances are pulsed every second; an unchanged one is passed on this seldom.
_BALANCE_EVERY = 10 * SECOND


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
            account: checked by the package's `connect`. sink: where events go. clock: the source of time.
            pace: patience. settings: how the sockets are kept; their beat is that of the pace.
            jitter: spreads reconnects; gives a number from 0 to 1. nonce: gives a fresh one each time.
            transport: stands in for the network of REST in tests.
        """
        self._account = account
        self._sink = sink
        self._clock = clock
        self._reporter = Reporter(account.name, sink, clock)
        self._pace = pace or Pace()
        self._settings = replace(settings or SocketSettings(), beat_every=self._pace.watch_every)
        self._jitter = jitter
        self._nonce = nonce
        credentials, addresses = account.credentials, account.addresses
        keys = Keys(
            credentials["public_key"].reveal(),
            credentials["secret"].reveal(),
            account.switches.get(words.ACCOUNT_ID, ""),
        )
        self._trade_url = codec.trade_url(addresses["trade_ws"], keys)
        http = HttpClient(addresses["rest"], account=account.name, sink=sink, clock=clock, transport=transport)
        self._rest = Rest(http, keys, clock, nonce)
        self._market = MarketFeed(account.name, addresses["market_ws"], sink, clock)
        self._session = TradeSession(account.name, keys, sink, clock, self._pace, self)
        delivery = Delivery(self._reporter, words.TITLE)
        self._listener = Listener(
            self._reporter,
            delivery,
            want_list=lambda: self._wanted.set(),
            watch=self._market.watch,
            limited=lambda: self._amender.too_fast(),
        )
        self._amender = Amender(self._session, self._listener, delivery, self._reporter, self._pace.answer_within)
        self._look_up = LookUp(self._list, self._rest, self._session, self._listener, self._reporter)
        self._lists = Limiter([Window(self._pace.lists, self._pace.lists_window)], clock.monotonic)
        self._list_lock = asyncio.Lock()
        self._next_list: asyncio.Task[Listing] | None = None
        self._tasks: set[asyncio.Task[Listing]] = set()
        self._wanted = asyncio.Event()
        self._reference_read = asyncio.Event()
        self._read_again = asyncio.Event()
        self._try_again = asyncio.Event()
        self._instruments: dict[str, Instrument] = {}
        self._positions: dict[str, Position] = {}
        self._balance: Balance | None = None
        self._skew_told = False

    # -- staying in sync -------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Connect, log in, subscribe, list, stay in sync and reconnect, until cancelled."""
        name = self._account.name
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._market.run(self._jitter, self._settings), name=f"{name} prices")
                group.create_task(self._keep_reference(), name=f"{name} instruments")
                group.create_task(self._list_on_request(), name=f"{name} lists")
                await self._keep_trading()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._rest.aclose()

    async def refresh(self) -> None:
        """List open orders and balances now; after a refused login, try to log in again."""
        if self._session.link is LinkState.REFUSED:
            self._try_again.set()
            return
        try:
            await self.synchronise()
        except SocketFault as error:
            self._reporter.notice(f"The orders could not be listed: {error}", serious=False)

    async def synchronise(self) -> None:
        """List the open orders and report them, with the last balance.

        Raises:
            SocketFault: if no whole list came.
        """
        rows, asked_at = await self._list()
        self._listener.listed(rows, asked_at)
        if self._balance is not None:
            self._reporter.balances((self._balance,))

    async def _keep_trading(self) -> None:
        while True:
            self._try_again.clear()
            self._session.set_link(LinkState.CONNECTING)
            await keep_connected(
                self._trade_url, self._session, name=NAME, jitter=self._jitter, settings=self._settings
            )
            # Only a refused login ends it. The same key would be refused again, so a person has to ask for more.
            await self._try_again.wait()

    async def _keep_reference(self) -> None:
        complained = False
        while True:
            try:
                self._take_instruments(await self._rest.instruments())
                complained, wait = False, self._pace.reference_every
            except ReadFailed as error:
                wait = self._pace.reference_retry
                if not complained:
                    complained = True
                    self._reporter.notice(
                        f"{str(error).rstrip('.')}. Without instruments nothing can be amended; trying again."
                    )
            self._reference_read.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._read_again.wait()
            self._read_again.clear()

    async def _list_on_request(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            if self._session.is_up:
                await self.refresh()

    async def _list(self) -> Listing:
        """A list asked for from now on; those who wait for the same one share it.

        Raises:
            SocketFault: if no whole list came.
        """
        if self._next_list is None:
            self._next_list = asyncio.create_task(self._run_list(), name=f"{self._account.name} list")
            self._tasks.add(self._next_list)
            self._next_list.add_done_callback(self._list_over)
        return await asyncio.shield(self._next_list)

    async def _run_list(self) -> Listing:
        async with self._list_lock:
            await self._lists.acquire()
            self._next_list = None
            return await self._session.list_orders()

    def _list_over(self, task: asyncio.Task[Listing]) -> None:
        self._tasks.discard(task)
        if self._next_list is task:
            self._next_list = None
        if not task.cancelled():
            task.exception()  # each waiter has it; a list nobody waits for any more may fail unheard

    # -- amending --------------------------------------------------------------------------------------------------

    def venue_ahead(self) -> int:
        """Return how far QFEX's clock is ahead of ours, in nanoseconds, as far as its replies prove it."""
        return self._rest.skew

    def preview(self, command: Command) -> WirePreview:
        """The exact frame `amend` would send; it holds no secret."""
        head = f"{shown_address(self._account.addresses['trade_ws'])} {codec.MODIFY}"
        return WirePreview("websocket", head, codec.modify_frame(command))

    async def amend(self, command: Command) -> None:
        """Send one amendment exactly once, and report what the socket says of it."""
        await self._amender.amend(command)

    # -- cancelling and looking up ---------------------------------------------------------------------------------

    async def cancel(self, order: Order) -> None:
        """Ask QFEX to cancel an order; cancels have a rate budget of their own and are not held back."""
        answered = asyncio.Event()

        def done(taken: bool, text: str) -> None:
            answered.set()
            self._reporter.cancel_answered(order.order_id, taken, text)

        stop = order.kind in words.STOP_KINDS
        frame = codec.cancel_stop(order.order_id) if stop else codec.cancel(order.symbol, order.order_id)
        self._listener.cancels[order.order_id] = done
        try:
            await self._session.send(frame, codec.CANCEL_STOP if stop else codec.CANCEL)
        except SocketFault as error:
            self._listener.cancel_done(order.order_id, False, str(error))
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pace.answer_within):
                await answered.wait()
        text = f"QFEX did not answer the cancel within {self._pace.answer_within:g} s; the order is being looked up."
        self._listener.cancel_done(order.order_id, False, text)

    async def look_up(self, order: Order) -> None:
        """Find out what became of one order: the open list, then the history of closed orders, then executions."""
        await self._look_up.look_up(order)

    # -- what the session hands on ---------------------------------------------------------------------------------

    async def before_login(self) -> None:
        """Give a reading of the instruments a head start: it tells QFEX's time, which stamps the login."""
        if self._reference_read.is_set():
            # Either clock may have been set since the last reading, or this machine may have slept.
            self._reference_read.clear()
            self._read_again.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pace.head_start):
                await self._reference_read.wait()
        skew = self._rest.skew
        if abs(skew) >= _SKEW_WORTH_TELLING and not self._skew_told:
            self._skew_told = True
            direction = "behind" if skew > 0 else "ahead of"
            self._reporter.notice(
                f"This machine's clock is {abs(skew) // SECOND} s {direction} QFEX's; requests are stamped with QFEX's "
                "time, but set the clock right."
            )

    def unix_ts(self) -> int:
        """QFEX's time in seconds."""
        return self._rest.unix_ts()

    def nonce(self) -> str:
        """A fresh nonce."""
        return self._nonce()

    def message(self, message: Message) -> None:
        """Take one message of the trade socket.

        Raises:
            Malformed: if it cannot be read.
        """
        match message:
            case codec.OrderResponse(row):
                self._listener.order_response(row)
            case codec.FillPush(row):
                self._listener.fill(row)
            case codec.BalancePulse(row):
                self._take_balance(balance_of(row, self._listener.currency, self._clock.now()))
            case codec.PositionPulse(row):
                self._take_position(position_of(row))
            case codec.ErrorFrame():
                self._listener.error(message)
            case codec.Receipt():
                self._listener.receipt(message)
            case _:
                return

    def lost(self, text: str) -> None:
        """The trade socket ended."""
        self._listener.lost(text)

    def _take_balance(self, balance: Balance) -> None:
        known = self._balance
        if (
            known is not None
            and balance.as_of - known.as_of < _BALANCE_EVERY
            and replace(balance, as_of=0) == replace(known, as_of=0)
        ):
            return
        self._balance = balance
        self._reporter.balances((balance,))

    def _take_position(self, position: Position) -> None:
        if self._positions.get(position.symbol) == position:
            return
        self._positions[position.symbol] = position
        instrument = self._instruments.get(position.symbol)
        if instrument is not None:
            self._reporter.instruments((self._with_position(instrument),))

    def _take_instruments(self, instruments: tuple[Instrument, ...]) -> None:
        changed = tuple(each for each in instruments if self._instruments.get(each.symbol) != each)
        self._instruments = {each.symbol: each for each in instruments}
        margins = {each.attribute(words.MARGIN_ASSET) for each in instruments} - {""}
        if len(margins) == 1:
            self._listener.currency = margins.pop()
        if changed:
            self._reporter.instruments(tuple(self._with_position(each) for each in changed))

    def _with_position(self, instrument: Instrument) -> Instrument:
        """The instrument with what the position pulse says of the account in it."""
        position = self._positions.get(instrument.symbol)
        if position is None:
            return instrument
        extra = [(words.POSITION, tidy(position.size))]
        if position.leverage is not None and position.leverage > ZERO:
            extra.append((words.LEVERAGE, tidy(position.leverage)))
        return replace(instrument, attributes=(*instrument.attributes, *extra))

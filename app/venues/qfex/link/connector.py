"""The only async room of QFEX: one trade socket, one market socket, and REST for instruments and history."""

from __future__ import annotations

import asyncio
import hashlib
import random
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import httpx

from app.domain import events as ev
from app.domain.account import Account
from app.domain.amendment import Command, Source
from app.domain.market import Balance, Instrument, LinkState
from app.domain.money import ZERO, exact, tidy
from app.domain.order import Order, OrderStatus
from app.domain.plan import WirePreview
from app.domain.ports import Clock
from app.venues.qfex.link.inflight import Sent
from app.venues.qfex.link.listener import Reports
from app.venues.qfex.link.market_socket import MarketFeed
from app.venues.qfex.link.rest import ReadFailed, Rest
from app.venues.qfex.link.trade_socket import NAME, Pace, TradeSession
from app.venues.qfex.profile import AMENDS_PER_SECOND
from app.venues.qfex.wire import codec
from app.venues.qfex.wire import vocabulary as words
from app.venues.qfex.wire.codec import Keys, Message
from app.venues.qfex.wire.rows import Malformed, Position, balance_of, position_of
from app.venues.transport.clock import SECOND
from app.venues.transport.failures import NotSent
from app.venues.transport.http import HttpClient
from app.venues.transport.limiter import Limiter, Window
from app.venues.transport.socket import SocketFault, SocketSettings, keep_connected, shown_address

Sink = Callable[[ev.Event], None]
Listing = tuple[tuple[Mapping[str, Any], ...], int]

#: A clock this far off is worth a word; signatures are stamped with QFEX's time all the same.
_SKEW_WORTH_TELLING = 5 * SECOND

#: Balances are pulsed every second; an unchanged one is passed on this seldom.
_BALANCE_EVERY = 10 * SECOND

#: First and longest pause after QFEX said that we were too fast, and when it is forgotten, in seconds.
_FIRST_PAUSE, _LONGEST_PAUSE, _QUIET = 1.0, 8.0, 60.0


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
        self._reports = Reports(
            account.name,
            sink,
            clock,
            want_list=lambda: self._wanted.set(),
            watch=self._market.watch,
            written=self._tell_written,
            limited=self._too_fast,
        )
        self._amends = Limiter([Window(AMENDS_PER_SECOND, 1.0)], clock.monotonic)
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
        self._pause, self._limited_at = _FIRST_PAUSE, 0.0
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
            self._notice(f"The orders could not be listed: {error}", serious=False)

    async def synchronise(self) -> None:
        """List the open orders and report them, with the last balance.

        Raises:
            SocketFault: if no whole list came.
        """
        rows, asked_at = await self._list()
        self._reports.listed(rows, asked_at)
        if self._balance is not None:
            self._sink(ev.BalancesSeen(self._account.name, self._clock.now(), (self._balance,), complete=True))

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
                    self._notice(f"{str(error).rstrip('.')}. Without instruments nothing can be amended; trying again.")
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
        """How far QFEX's clock is ahead of ours, in nanoseconds, as far as its replies prove it."""
        return self._rest.skew

    def preview(self, command: Command) -> WirePreview:
        """The exact frame `amend` would send; it holds no secret."""
        head = f"{shown_address(self._account.addresses['trade_ws'])} {codec.MODIFY}"
        return WirePreview("websocket", head, codec.modify_frame(command))

    async def amend(self, command: Command) -> None:
        """Send one amendment exactly once, and report what the socket says of it."""
        wait = self._amends.reserve()
        if wait > 0:
            until = self._clock.now() + int(wait * SECOND)
            self._sink(ev.AmendmentQueued(self._account.name, self._clock.now(), command.amendment_id, until))
            await self._amends.wait(wait)
        frame = codec.modify_frame(command)
        obstacle = self._obstacle(command)
        if obstacle:
            self._unsent(command, obstacle)
            return
        answered = asyncio.Event()
        sent = self._reports.inflight.add(command, answered.set)
        try:
            await self._session.send(frame, codec.MODIFY, command.amendment_id)
        except NotSent as error:
            self._reports.inflight.settle(sent)
            self._unsent(command, str(error))
            return
        except SocketFault as error:
            self._reports.timed_out(sent, str(error))
            return
        self._tell_written(sent)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pace.answer_within):
                await answered.wait()
        if sent.waiting:
            text = f"QFEX did not answer the amendment within {self._pace.answer_within:g} s."
            self._reports.timed_out(sent, text)

    def _obstacle(self, command: Command) -> str:
        """The last look before sending: what stands against it now, "" if nothing."""
        if not self._session.is_up:
            return f"QFEX is not ready (the connection is {self._session.link.value}); nothing was sent."
        order = command.order
        now = self._reports.rows.get(order.order_id)
        if now is None:
            return f"QFEX does not list order {order.order_id} any more; nothing was sent."
        if _terms(now) != _terms(order):
            return f"Order {order.order_id} changed at QFEX just before sending; nothing was sent."
        rival = self._reports.inflight.rival(order)
        if rival is not None:
            return (
                f"The amendment of order {rival.old_id} is still under way, and QFEX's replies could not be told "
                "apart; nothing was sent."
            )
        return ""

    def _tell_written(self, sent: Sent) -> None:
        """Report the hand-over, before anything that answers it."""
        if sent.told:
            return
        sent.told = True
        body = codec.modify_frame(sent.command).encode()
        digest = hashlib.sha256(body).hexdigest()
        now = self._clock.now()
        self._sink(ev.AmendmentWritten(self._account.name, now, sent.command.amendment_id, len(body), digest))

    def _unsent(self, command: Command, text: str) -> None:
        self._sink(ev.AmendmentUnsent(self._account.name, self._clock.now(), command.amendment_id, text))

    def _too_fast(self) -> None:
        """QFEX names no time to wait: 1, 2, 4, 8 s, and 1 s again after a minute without such an answer."""
        now = self._clock.monotonic()
        if now - self._limited_at > _QUIET:
            self._pause = _FIRST_PAUSE
        self._limited_at = now
        self._amends.pause(self._pause)
        text = f"QFEX says that there were too many requests; no amendment leaves for {self._pause:g} s."
        at = self._clock.now()
        self._sink(ev.Noticed(self._account.name, at, text, until=at + round(self._pause * SECOND)))
        self._pause = min(_LONGEST_PAUSE, 2 * self._pause)

    # -- cancelling and looking up ---------------------------------------------------------------------------------

    async def cancel(self, order: Order) -> None:
        """Ask QFEX to cancel an order; cancels have a rate budget of their own and are not held back."""
        answered = asyncio.Event()

        def done(taken: bool, text: str) -> None:
            answered.set()
            self._sink(ev.CancelAnswered(self._account.name, self._clock.now(), order.order_id, taken, text))

        stop = order.kind in words.STOP_KINDS
        frame = codec.cancel_stop(order.order_id) if stop else codec.cancel(order.symbol, order.order_id)
        self._reports.cancels[order.order_id] = done
        try:
            await self._session.send(frame, codec.CANCEL_STOP if stop else codec.CANCEL)
        except SocketFault as error:
            self._reports.cancel_done(order.order_id, False, str(error))
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pace.answer_within):
                await answered.wait()
        text = f"QFEX did not answer the cancel within {self._pace.answer_within:g} s; the order is being looked up."
        self._reports.cancel_done(order.order_id, False, text)

    async def look_up(self, order: Order) -> None:
        """Find out what became of one order: the open list, then the history of closed orders, then executions."""
        name = self._account.name
        asked_at = self._clock.now()
        try:
            rows, asked_at = await self._list()
            if self._reports.looked_up(order, rows, asked_at):
                return
            text = await self._search_history(order, asked_at)
        except (SocketFault, Malformed) as error:
            self._sink(ev.LookUpFailed(name, self._clock.now(), order.order_id, f"QFEX could not be asked: {error}"))
            return
        if text:
            self._sink(ev.OrderMissing(name, self._clock.now(), asked_at, order.order_id, text))

    async def _search_history(self, order: Order, asked_at: int) -> str:
        """Report how an order that is no longer open ended; returns what was found out if it cannot be established.

        Raises:
            SocketFault, Malformed: if executions cannot be asked for or read.
        """
        failure, ended = "", None
        try:
            ended = await self._rest.ended(order)
        except ReadFailed as error:
            failure = str(error)
        filled, value = ZERO, ZERO
        for row in await self._session.list_trades(order.order_id):
            fill = self._reports.fill(row, Source.HISTORY)
            if fill.order_id == order.order_id:
                with exact():
                    filled, value = filled + fill.quantity, value + (fill.value or ZERO)
        if ended is None and filled >= order.quantity:
            # Every unit is accounted for by executions.
            ended = replace(order, status=OrderStatus.FILLED, raw_status=words.FILLED, filled=order.quantity)
            ended = replace(ended, filled_value=value, updated_at=None)
        if ended is not None:
            ended = replace(ended, filled=max(ended.filled, min(filled, order.quantity)))
            now = self._clock.now()
            self._sink(ev.OrderSeen(self._account.name, now, ended, Source.HISTORY, asked_at))
            return ""
        if failure:
            raise Malformed(failure)
        done = f"; {tidy(filled)} of it was filled" if filled else ""
        return f"QFEX lists order {order.order_id} neither as open nor as closed{done}."

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
            self._notice(
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
                self._reports.order_response(row)
            case codec.FillPush(row):
                self._reports.fill(row)
            case codec.BalancePulse(row):
                self._take_balance(balance_of(row, self._reports.currency, self._clock.now()))
            case codec.PositionPulse(row):
                self._take_position(position_of(row))
            case codec.ErrorFrame():
                self._reports.error(message)
            case codec.Receipt():
                self._reports.receipt(message)
            case _:
                return

    def lost(self, text: str) -> None:
        """The trade socket ended."""
        self._reports.lost(text)

    def _take_balance(self, balance: Balance) -> None:
        known = self._balance
        if (
            known is not None
            and balance.as_of - known.as_of < _BALANCE_EVERY
            and replace(balance, as_of=0) == replace(known, as_of=0)
        ):
            return
        self._balance = balance
        self._sink(ev.BalancesSeen(self._account.name, self._clock.now(), (balance,), complete=True))

    def _take_position(self, position: Position) -> None:
        if self._positions.get(position.symbol) == position:
            return
        self._positions[position.symbol] = position
        instrument = self._instruments.get(position.symbol)
        if instrument is not None:
            self._report_instruments((self._with_position(instrument),))

    def _take_instruments(self, instruments: tuple[Instrument, ...]) -> None:
        changed = tuple(each for each in instruments if self._instruments.get(each.symbol) != each)
        self._instruments = {each.symbol: each for each in instruments}
        margins = {each.attribute(words.MARGIN_ASSET) for each in instruments} - {""}
        if len(margins) == 1:
            self._reports.currency = margins.pop()
        if changed:
            self._report_instruments(tuple(self._with_position(each) for each in changed))

    def _with_position(self, instrument: Instrument) -> Instrument:
        """The instrument with what the position pulse says of the account in it."""
        position = self._positions.get(instrument.symbol)
        if position is None:
            return instrument
        extra = [(words.POSITION, tidy(position.size))]
        if position.leverage is not None and position.leverage > ZERO:
            extra.append((words.LEVERAGE, tidy(position.leverage)))
        return replace(instrument, attributes=(*instrument.attributes, *extra))

    def _report_instruments(self, instruments: tuple[Instrument, ...]) -> None:
        self._sink(ev.InstrumentsLoaded(self._account.name, self._clock.now(), instruments))

    def _notice(self, text: str, *, serious: bool = True) -> None:
        self._sink(ev.Noticed(self._account.name, self._clock.now(), text, serious))


def _terms(order: Order) -> tuple[object, ...]:
    """What an amendment rests on: if any of it moved, the person has not seen the order they would change."""
    return (
        order.symbol,
        order.side,
        order.raw_kind,
        order.price,
        order.quantity,
        order.filled,
        order.take_profit,
        order.stop_loss,
    )

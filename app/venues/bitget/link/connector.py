"""Bitget's connector: keeps an account in sync, and sends amendments once.

Amendments leave over REST. The private socket tells what becomes of orders; because Bitget may not push an amendment,
the open orders are listed again every few seconds as well.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence

import httpx

from app.domain import events as ev
from app.domain.account import Account, Environment
from app.domain.amendment import Command
from app.domain.events import Event
from app.domain.market import LinkState
from app.domain.order import Order
from app.domain.plan import WirePreview
from app.domain.ports import Clock
from app.venues.bitget import profile
from app.venues.bitget.link.amend import Sender
from app.venues.bitget.link.listener import Reader
from app.venues.bitget.link.rest import Failed, Rest
from app.venues.bitget.link.sockets import SETTINGS, LoginRefused, PrivateHooks, PrivateStream, PublicStream
from app.venues.bitget.wire import answers, codec
from app.venues.bitget.wire.answers import Kind
from app.venues.bitget.wire.frames import Push
from app.venues.bitget.wire.signing import Keys
from app.venues.transport.clock import SECOND
from app.venues.transport.http import HttpClient
from app.venues.transport.socket import SocketFault, SocketSettings, keep_connected

#: A clock this far off is worth a word; requests are stamped by the venue's clock all the same.
_SKEW_WORTH_TELLING = 2 * SECOND

#: How long changes are gathered before balances are read again.
_GATHER_S = 0.3

#: How often the venue's clock is measured again.
_CLOCK_EVERY_S = 300.0


class BitgetConnector:
    """One account at Bitget."""

    def __init__(
        self,
        account: Account,
        sink: Callable[[Event], None],
        clock: Clock,
        *,
        jitter: Callable[[], float] = random.random,
        settings: SocketSettings = SETTINGS,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Open nothing yet.

        Args:
            account: what is configured. sink: where events go. clock: the source of time.
            jitter: spreads reconnects; gives a number from 0 to 1.
            settings: how the sockets are kept.
            transport: stands in for the network in tests.

        Raises:
            InputError: if the account lacks an address or a credential, naming it.
        """
        profile.check(account)
        self._account = account
        self._sink = sink
        self._clock = clock
        self._jitter = jitter
        self._settings = settings
        credentials = account.credentials
        self._keys = Keys(
            credentials[profile.KEY],
            credentials[profile.SECRET],
            credentials[profile.PASSPHRASE],
            demo=account.environment is Environment.DEMO,
        )
        http = HttpClient(
            account.addresses[profile.REST], account=account.name, sink=sink, clock=clock, transport=transport
        )
        self._rest = Rest(http, self._keys, clock)
        self._reader = Reader(account, self._rest, sink, clock, self._something_changed)
        self._sender = Sender(
            account.name,
            self._rest,
            self._reader,
            sink,
            clock,
            link=lambda: self._link,
            measure_clock=self._measure_clock,
            reread_after=profile.seconds_of(account, profile.REREAD_AFTER) * SECOND,
        )
        self._public = PublicStream(account.name, sink, clock)
        self._poll_every = profile.seconds_of(account, profile.POLL_EVERY)
        self._link = LinkState.DOWN
        self._link_text = ""
        self._incomplete: dict[str, Order] = {}
        self._chores = asyncio.Event()
        self._try_again = asyncio.Event()
        self._listing = asyncio.Lock()
        self._measured_at = clock.monotonic()
        self._key_checked = False
        self._skew_told = False
        self._have_instruments = False

    # -- staying in sync -------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Connect, log in, subscribe, list, stay in sync and reconnect, until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._run_public(), name=f"{self._account.name} prices")
                group.create_task(self._public.follow(), name=f"{self._account.name} subscriptions")
                group.create_task(self._run_chores(), name=f"{self._account.name} chores")
                group.create_task(self._run_polls(), name=f"{self._account.name} polls")
                await self._run_private()
        finally:
            await self._rest.aclose()

    async def refresh(self) -> None:
        """List open orders and balances now; after a refused login, try to log in again."""
        if self._link is LinkState.REFUSED:
            self._try_again.set()
            return
        try:
            await self._list()
        except Failed as error:
            self._reader.notice(str(error))

    async def look_up(self, order: Order) -> None:
        """Find out what became of one order."""
        await self._reader.look_up(order)

    async def _run_private(self) -> None:
        hooks = PrivateHooks(
            prepare=self._prepare,
            timestamp_ms=self._rest.timestamp_ms,
            synchronise=self._synchronise,
            push=self._pushed,
            ended=self._ended,
            notice=lambda text: self._reader.notice(text, serious=False),
        )
        stream = PrivateStream(self._account.name, self._keys, self._sink, self._clock, hooks)
        while True:
            self._try_again.clear()
            self._set_link(LinkState.CONNECTING)
            await keep_connected(
                self._account.addresses[profile.PRIVATE_WS],
                stream,
                name="Bitget's private socket",
                jitter=self._jitter,
                settings=self._settings,
            )
            # Only a refused login ends it. The same key would be refused again, so a person has to ask for more.
            await self._try_again.wait()

    async def _run_public(self) -> None:
        await keep_connected(
            self._account.addresses[profile.PUBLIC_WS],
            self._public,
            name="Bitget's public socket",
            jitter=self._jitter,
            settings=self._settings,
        )

    async def _run_polls(self) -> None:
        if self._poll_every == 0:
            return
        while True:
            await asyncio.sleep(self._poll_every)
            if self._link not in (LinkState.UP, LinkState.STALE):
                continue
            if self._clock.monotonic() - self._measured_at > _CLOCK_EVERY_S:
                await self._measure_clock()
            try:
                await self._list(routine=True)
            except Failed as error:
                if self._link is LinkState.UP:
                    self._set_link(LinkState.STALE, str(error))
            else:
                if self._link is LinkState.STALE:
                    self._set_link(LinkState.UP)

    async def _run_chores(self) -> None:
        """After changes: read balances again, complete orders first seen in a push, follow the markets' prices."""
        while True:
            await self._chores.wait()
            self._chores.clear()
            self._public.want(self._reader.newest.open_markets())
            await asyncio.sleep(_GATHER_S)
            if self._link is not LinkState.UP:
                continue
            fresh, self._incomplete = list(self._incomplete.values()), {}
            for order in fresh:
                await self._reader.look_up(order)
            try:
                await self._reader.balances(routine=True)
            except Failed as error:
                self._reader.notice(str(error), serious=False)

    def _something_changed(self) -> None:
        self._chores.set()

    def _pushed(self, push: Push) -> None:
        match push.topic:
            case "order":
                for order in self._reader.pushed_orders(push.rows, push.at):
                    # The order channel leaves out TP/SL and the delegate type, on which locks depend.
                    self._incomplete[order.order_id] = order
            case "fill":
                self._reader.pushed_fills(push.rows)
            case "account":
                self._reader.pushed_account(push.rows)

    async def _prepare(self) -> None:
        self._set_link(LinkState.SYNCING)
        await self._measure_clock()

    async def _measure_clock(self) -> None:
        """Learn the venue's time; without an answer the machine's own clock must do."""
        self._measured_at = self._clock.monotonic()
        try:
            skew = await self._rest.measure_clock()
        except Failed:
            return
        if abs(skew) > _SKEW_WORTH_TELLING and not self._skew_told:
            self._skew_told = True
            side = "behind" if skew > 0 else "ahead of"
            self._reader.notice(
                f"This machine's clock is {abs(skew) / SECOND:.1f} s {side} Bitget's; requests carry Bitget's time.",
                serious=False,
            )

    async def _synchronise(self) -> None:
        """List everything after a login; the link is up once that is done."""
        try:
            if not self._have_instruments:
                await self._reader.instruments()
                self._have_instruments = True
            await self._list()
        except Failed as error:
            if error.kind in (Kind.SIGN_IN, Kind.PERMISSION):
                cause = answers.meaning_of(error.code).text
                raise LoginRefused(f"Bitget refused to list the orders ({error.code}): {cause}.") from error
            raise SocketFault(str(error)) from error
        self._set_link(LinkState.UP)
        if not self._key_checked:
            self._key_checked = True
            await self._reader.key_check()

    async def _list(self, *, routine: bool = False) -> None:
        async with self._listing:
            await self._reader.open_orders(routine=routine)
            await self._reader.balances(routine=routine)
        self._public.want(self._reader.newest.open_markets())

    def _ended(self, fault: SocketFault) -> bool:
        refused = isinstance(fault, LoginRefused)
        self._set_link(LinkState.REFUSED if refused else LinkState.DOWN, str(fault))
        return not refused

    def _set_link(self, state: LinkState, text: str = "") -> None:
        if (state, text) != (self._link, self._link_text):
            self._link, self._link_text = state, text
            self._sink(ev.LinkChanged(self._account.name, self._clock.now(), state, text))

    # -- writing ---------------------------------------------------------------------------------------------------

    def venue_ahead(self) -> int | None:
        """How far Bitget's clock is ahead of ours, in nanoseconds; None before it was measured."""
        return self._rest.skew

    def preview(self, command: Command) -> WirePreview:
        """The exact request `amend` would send, secrets masked."""
        return codec.preview(codec.modify(command), self._keys.demo)

    async def amend(self, command: Command) -> None:
        """Send one amendment exactly once."""
        await self._sender.amend(command)

    async def amend_batch(self, commands: Sequence[Command]) -> None:
        """Send amendments of several orders of one category in one request; each row gets its own outcome.

        Raises:
            ValueError: for more than 20 rows, several categories or an order named twice; nothing is sent then.
        """
        await self._sender.amend_batch(commands)

    async def cancel(self, order: Order) -> None:
        """Ask Bitget to cancel an order, once."""
        await self._sender.cancel(order)

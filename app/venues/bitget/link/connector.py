"""Bitget's connector: keeps an account in sync, and sends amendments once.

Amendments leave over REST. The private socket tells what becomes of orders; because Bitget may not push an amendment,
the open orders are listed again every few seconds as well.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence

import httpx

from app.domain.account import Account, Environment
from app.domain.amendment import Command
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from app.domain.order import Order
from app.domain.plan import WirePreview
from app.domain.ports import Clock, Sink
from app.venues.bitget import profile
from app.venues.bitget.link.amend import Amender
from app.venues.bitget.link.extras import Extras
from app.venues.bitget.link.listener import Listener
from app.venues.bitget.link.look_up import LookUp
from app.venues.bitget.link.pace import Pace
from app.venues.bitget.link.rest import Rest
from app.venues.bitget.link.sockets import SETTINGS, PrivateStream, PublicStream
from app.venues.bitget.wire import answers, codec
from app.venues.bitget.wire import vocabulary as words
from app.venues.bitget.wire.frames import Push
from app.venues.bitget.wire.signing import Keys
from app.venues.common.failures import Proof, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.common.rounds import as_error, fault_words, keep_doing
from app.venues.transport.http import HttpClient
from app.venues.transport.secrecy import Secrecy
from app.venues.transport.socket import LoginRefused, SocketFault, SocketSettings, keep_connected

#: A clock this far off is worth a word; requests are stamped by the venue's clock all the same.
_SKEW_WORTH_TELLING = 2 * SECOND

#: How long changes are gathered before balances are read again.
_GATHER_S = 0.3

#: How long the link waits for market rules and balances before it is up without them.
_EXTRAS_S = 2.0

#: How often the venue's clock is measured again.
_CLOCK_EVERY_S = 300.0


class BitgetConnector:
    """One account at Bitget."""

    def __init__(
        self,
        account: Account,
        sink: Sink,
        clock: Clock,
        *,
        jitter: Callable[[], float] = random.random,
        settings: SocketSettings = SETTINGS,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Open nothing yet.

        Args:
            account: checked.
            sink: where events go.
            clock: the source of time.
            jitter: spreads reconnects; gives a number from 0 to 1.
            settings: how the sockets are kept.
            transport: stands in for the network in tests.
        """
        self._account = account
        self._reporter = reporter = Reporter(account.name, sink, clock, Secrecy.of(account))
        self._jitter = jitter
        self._settings = settings
        credentials = account.credentials
        self._keys = Keys(
            credentials[profile.KEY],
            credentials[profile.SECRET],
            credentials[profile.PASSPHRASE],
            demo=account.environment is Environment.DEMO,
        )
        pace = Pace(reporter)
        http = HttpClient(
            account.addresses[profile.REST],
            account=account.name,
            sink=reporter.sink,
            secrecy=reporter.secrecy,
            clock=clock,
            too_many=pace.too_many,
            transport=transport,
        )
        self._rest = Rest(http, self._keys, clock, pace)
        self._extras = Extras(account, self._rest, reporter)
        self._chores = asyncio.Event()
        self._listener = Listener(account, self._rest, reporter, self._chores.set)
        self._look_up = LookUp(self._rest, self._listener, reporter)
        self._amender = Amender(
            self._rest,
            self._listener,
            self._look_up,
            reporter,
            measure_clock=self._measure_clock,
            reread_after=profile.seconds_of(account, profile.REREAD_AFTER) * SECOND,
        )
        self._public = PublicStream(reporter)
        self._poll_every = profile.seconds_of(account, profile.POLL_EVERY)
        self._incomplete: dict[str, Order] = {}
        self._try_again = asyncio.Event()
        self._listing = asyncio.Lock()
        self._measured_at = clock.monotonic()
        self._skew_told = False

    # -- staying in sync -------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Connect, log in, subscribe, list, stay in sync and reconnect, until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(as_error(self._run_public()), name=f"{self._account.name} prices")
                for name, work, what in (
                    ("subscriptions", self._public.follow, "following market prices"),
                    ("extras", self._extras.round, "reading market rules and balances"),
                    ("chores", self._chore, "reading what changed"),
                    *([("polls", self._poll, "reading the open orders again")] if self._poll_every else []),
                ):
                    group.create_task(keep_doing(work, what, self._tell), name=f"{self._account.name} {name}")
                await as_error(self._run_private())
        finally:
            await self._rest.aclose()

    async def refresh(self) -> None:
        """List open orders and balances now; after a refused login, try to log in again."""
        if self._reporter.link is LinkState.REFUSED:
            self._try_again.set()
            return
        try:
            await self._list()
        except ReadFailed as error:
            self._reporter.notice(str(error))
        self._extras.ask()
        await self._extras.load(routine=False)

    async def look_up(self, order: Order) -> None:
        """Find out what became of one order."""
        await self._look_up.look_up(order)

    async def _run_private(self) -> None:
        stream = PrivateStream(
            self._keys,
            self._reporter,
            self._rest.timestamp_ms,
            prepare=self._prepare,
            synchronise=self._synchronise,
            push=self._pushed,
        )
        while True:
            self._try_again.clear()
            self._reporter.set_link(LinkState.CONNECTING)
            await keep_connected(
                self._account.addresses[profile.PRIVATE_WS],
                stream,
                name="Bitget's private socket",
                jitter=self._jitter,
                settings=self._settings,
                secrecy=self._reporter.secrecy,
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
            secrecy=self._reporter.secrecy,
        )

    async def _poll(self) -> None:
        """List the open orders after the pause between two lists; while that fails, what is shown is stale."""
        await asyncio.sleep(self._poll_every)
        if not self._reporter.is_live:
            return
        if self._reporter.clock.monotonic() - self._measured_at > _CLOCK_EVERY_S:
            await self._measure_clock()
        try:
            await as_error(self._list(routine=True))
        except ReadFailed as error:
            self._stale(str(error))
        except Exception as error:
            self._stale(f"An unforeseen fault broke off reading the open orders ({fault_words(error)}).")
            raise
        else:
            self._extras.ask()
            if self._reporter.link is LinkState.STALE:
                self._reporter.set_link(LinkState.UP)

    def _stale(self, text: str) -> None:
        if self._reporter.link is LinkState.UP:
            self._reporter.set_link(LinkState.STALE, text)

    def _tell(self, text: str) -> None:
        self._reporter.notice(f"Bitget: {text}")

    async def _chore(self) -> None:
        """After changes: read balances again, complete orders first seen in a push, follow the markets' prices."""
        await self._chores.wait()
        self._chores.clear()
        self._public.want(self._listener.newest.open_markets())
        await asyncio.sleep(_GATHER_S)
        if self._reporter.link is not LinkState.UP:
            return
        fresh, self._incomplete = list(self._incomplete.values()), {}
        self._extras.ask()
        for order in fresh:
            await self._look_up.look_up(order)

    def _pushed(self, push: Push) -> None:
        match push.topic:
            case "order":
                for order in self._listener.pushed_orders(push.rows, push.at):
                    # The order channel leaves out TP/SL and the delegate type, on which locks depend.
                    self._incomplete[order.order_id] = order
            case "fill":
                self._listener.pushed_fills(push.rows)
            case "account":
                self._listener.pushed_account(push.rows)

    async def _prepare(self) -> None:
        self._reporter.set_link(LinkState.SYNCING)
        await self._measure_clock()

    async def _measure_clock(self) -> None:
        """Learn the venue's time; without an answer the machine's own clock must do."""
        self._measured_at = self._reporter.clock.monotonic()
        try:
            skew = await self._rest.measure_clock()
        except ReadFailed:
            return
        if abs(skew) > _SKEW_WORTH_TELLING and not self._skew_told:
            self._skew_told = True
            side = "behind" if skew > 0 else "ahead of"
            self._reporter.notice(
                f"This machine's clock is {abs(skew) / SECOND:.1f} s {side} Bitget's; requests carry Bitget's time.",
                serious=False,
            )

    async def _synchronise(self) -> None:
        """List everything after a login; the link is up once that is done."""
        self._extras.ask()
        try:
            await self._list()
        except ReadFailed as error:
            if error.proof in (Proof.AUTH, Proof.PERMISSION):
                cause = answers.meaning_of(error.code).text
                raise LoginRefused(f"Bitget refused to list the orders ({error.code}): {cause}.") from error
            raise SocketFault(str(error)) from error
        await self._extras.tried(_EXTRAS_S)
        self._reporter.set_link(LinkState.UP)

    async def _list(self, *, routine: bool = False) -> None:
        async with self._listing:
            await self._listener.open_orders(routine=routine)
        self._public.want(self._listener.newest.open_markets())

    # -- writing ---------------------------------------------------------------------------------------------------

    def venue_ahead(self) -> int | None:
        """Return how far Bitget's clock is ahead of ours, in nanoseconds; None before it was measured."""
        return self._rest.skew

    def preview(self, command: Command) -> WirePreview:
        """The exact request `amend` would send, secrets masked."""
        call = codec.modify(command) if command.behind is None else codec.batch_modify([command])
        return codec.preview(call, self._keys.demo)

    #: Amendments that one request may carry, by the venue's documents.
    batch_rows = codec.BATCH

    def batch_of(self, order: Order) -> str:
        """Return the category: a batch holds orders of one, and takes no reduce-only orders, which leave alone."""
        category = order.attribute(words.CATEGORY)
        return f"{category} {order.order_id}" if order.reduce_only else category

    async def amend(self, command: Command) -> None:
        """Send one amendment exactly once."""
        await self._amender.amend(command)

    async def amend_batch(self, commands: Sequence[Command]) -> None:
        """Send amendments of several orders of one category in one request; each row gets its own outcome.

        Raises:
            ValueError: for more than 20 rows, several categories or an order named twice; nothing is sent then.
        """
        await self._amender.amend_batch(commands)

    async def cancel(self, order: Order) -> None:
        """Ask Bitget to cancel an order, once."""
        await self._amender.cancel(order)

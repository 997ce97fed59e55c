"""AlphaPoint's connector: one socket for everything, the HTTP gateway where the socket is down."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable

import httpx

from app.domain.account import Account
from app.domain.amendment import Command
from app.domain.market import LinkState
from app.domain.order import Order
from app.domain.plan import WirePreview
from app.domain.ports import Clock, Sink
from app.venues.alphapoint.link.amend import Amender
from app.venues.alphapoint.link.door import fault_of
from app.venues.alphapoint.link.follow import Follower
from app.venues.alphapoint.link.gateways import Gateways
from app.venues.alphapoint.link.history import History, was_changed_by_user
from app.venues.alphapoint.link.listener import Listener
from app.venues.alphapoint.link.look_up import Found, LookUp
from app.venues.alphapoint.link.rest import Rest
from app.venues.alphapoint.link.socket import GatewaySocket
from app.venues.alphapoint.link.sync import Sync
from app.venues.alphapoint.profile import PROFILE
from app.venues.alphapoint.wire.answers import PAUSE
from app.venues.alphapoint.wire.codec import GatewaySession, amend_frame, amend_payload, order_payload
from app.venues.alphapoint.wire.login import Keys
from app.venues.alphapoint.wire.vocabulary import ACCOUNT_SWITCH, CALLS_SWITCH, CHECK_BEFORE_SEND, TITLE
from app.venues.common.accounts import switch
from app.venues.common.failures import Malformed, Proof, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.common.rounds import as_error
from app.venues.transport.limits import wait_asked
from app.venues.transport.secrecy import Secrecy
from app.venues.transport.socket import LoginRefused, Socket, SocketFault, SocketSettings, keep_connected, shown_address

log = logging.getLogger("redline.venues")

#: Seconds until a reply counts as missing, between pings, and until a ping counts as unanswered.
PATIENCE, PING_EVERY, PING_WITHIN = 10.0, 10.0, 5.0


#: Last nonce of each login: several accounts of one use the same key.
_NONCES: dict[tuple[str, str], int] = {}

#: Replacements in a row that are followed in one look-up.
_GENERATIONS = 8


class SyncFailed(SocketFault):
    """The connection is up, but the venue did not tell what it takes to work with it."""


class AlphaPointConnector:
    """One account's link to its venue; see `app.domain.ports.Connector`."""

    def __init__(
        self,
        account: Account,
        sink: Sink,
        clock: Clock,
        *,
        jitter: Callable[[], float] = random.random,
        patience: float = PATIENCE,
        ping_within: float = PING_WITHIN,
        settings: SocketSettings | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Open nothing yet; the account has been checked.

        Args:
            account: with address `ws` (and `http`), credentials `api_key`, `secret`, `user_id`.
            jitter: gives a number from 0 to 1, for the waits between attempts.
            patience: seconds until a reply counts as missing.
            ping_within: seconds until a ping counts as unanswered.
            settings: how the socket is kept.
            transport: stands in for the network in tests.
        """
        self._reporter = reporter = Reporter(account.name, sink, clock, Secrecy.of(account))
        self._address = account.addresses["ws"]
        self._jitter = jitter
        self._ping_within = ping_within
        self._settings = settings or SocketSettings(beat_every=PING_EVERY, ping_every=None, ping_within=None)
        reveal = {name: secret.reveal() for name, secret in account.credentials.items()}
        number = switch(account.switches, PROFILE, ACCOUNT_SWITCH)
        keys = Keys(reveal["api_key"], reveal["secret"], reveal["user_id"], int(number) if number else None)
        self._whose = (reveal["api_key"], reveal["user_id"])
        self._socket = GatewaySocket(reporter, patience)
        self._listener = Listener(reporter)
        rest = None
        if http := account.addresses.get("http"):
            rest = Rest(
                http,
                keys,
                reporter=reporter,
                nonce=self._next_nonce,
                timeout=patience,
                too_many=lambda response: self._gateways.slow_down(wait_asked(response, PAUSE)),
                transport=transport,
            )
        calls = int(switch(account.switches, PROFILE, CALLS_SWITCH))
        self._gateways = Gateways(self._socket, rest, reporter, calls)
        self._sync = Sync(self._socket, self._gateways, self._listener, reporter, keys, self._next_nonce)
        self._follower = Follower(self._sync, self._listener, reporter, self.look_up)
        self._looking: dict[str, asyncio.Task[None]] = {}
        read = self._read if switch(account.switches, PROFILE, CHECK_BEFORE_SEND) == "on" else None
        self._amender = Amender(
            self._socket, self._listener, self._gateways.limiter, reporter, read, self._gateways.slow_down
        )

    def _next_nonce(self) -> str:
        """Return epoch milliseconds, always rising: right under any rule a deployment may have."""
        nonce = max(self._reporter.now() // 1_000_000, _NONCES.get(self._whose, 0) + 1)
        _NONCES[self._whose] = nonce
        return str(nonce)

    # -- the link ------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Connect, log in, subscribe, list, stay in sync and reconnect, until cancelled or the login is refused."""
        self._reporter.set_link(LinkState.CONNECTING)
        try:
            await keep_connected(
                self._address,
                self,
                name=f"{TITLE} gateway",
                jitter=self._jitter,
                settings=self._settings,
                secrecy=self._reporter.secrecy,
            )
        finally:
            tasks = [*self._looking.values(), *self._follower.stop()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._gateways.aclose()

    async def opened(self, socket: Socket) -> None:
        """Log in, then read everything anew: events may have been missed while the socket was down."""
        self._socket.attach(socket)
        try:
            await self._gateways.rest()
            session = await self._sync.login()
            self._listener.door.account_id = session.account_id
            self._reporter.set_link(LinkState.SYNCING)
            await self._sync.everything(session)
        except (ReadFailed, Malformed) as error:
            raise SyncFailed(f"{TITLE} at {shown_address(self._address)}: {str(error).rstrip('.')}.") from error
        self._socket.is_synchronised = True
        self._reporter.set_link(LinkState.UP)
        self._follower.start(session)

    def frame(self, socket: Socket, text: str) -> None:
        """Take one frame; replies go to their callers, events to the feed."""
        frame = self._socket.receive(text)
        session = self._socket.session
        if frame is not None and session is not None and not self._listener.take(frame, session):
            socket.drop(f"{TITLE} ended the session; logging in again.")
        for order in self._listener.ends():
            if order.order_id not in self._looking:
                self._looking[order.order_id] = asyncio.create_task(self._look_into(order))

    async def beat(self, socket: Socket) -> None:
        """Ping; a venue that does not answer is dropped, because its silence would hide events."""
        if self._gateways.pause() > 0:
            return  # the venue wants no requests now
        try:
            await self._socket.call("Ping", {}, self._ping_within)
        except ReadFailed:
            socket.drop(f"{TITLE} at {shown_address(self._address)} did not answer a ping; connecting again.")
            return
        self._follower.wake()

    def closed(self, fault: SocketFault) -> bool:
        """The connection ended; a refused login is not tried again."""
        self._socket.is_synchronised = False
        self._follower.stop()
        self._socket.detach(fault)
        refused = isinstance(fault, LoginRefused)
        self._reporter.set_link(LinkState.REFUSED if refused else LinkState.DOWN, str(fault))
        return not refused

    # -- what the desk asks --------------------------------------------------------------------------------------

    async def amend(self, command: Command) -> None:
        """Send one amendment exactly once."""
        await self._amender.amend(command)

    def venue_ahead(self) -> int | None:
        """Return None: nothing is known of the venue's clock."""
        return None

    def preview(self, command: Command) -> WirePreview:
        """The exact frame `amend` would send; it holds no secret."""
        session = self._socket.session or GatewaySession(0, 0, 0)
        name, _ = amend_payload(command, session)
        return WirePreview("websocket", f"{shown_address(self._address)} {name}", amend_frame(command, session))

    async def cancel(self, order: Order) -> None:
        """Ask the venue to cancel, over HTTP while the socket is down. The answer is a receipt."""
        taken, text = False, ""
        try:
            session = await self._gateways.session()
            payload = order_payload(order, session)
            self._listener.cancelling(order.order_id)
            answer = await self._gateways.cancel(payload)
            taken, text = answer.proof in (Proof.ACCEPTED, Proof.PENDING), answer.text
        except (ReadFailed, Malformed) as error:
            text = f"Cancel of order {order.order_id}: {error}"
        self._reporter.cancel_answered(order.order_id, taken, text)

    async def look_up(self, order: Order) -> None:
        """Read one order by the venue's whole procedure; a vanished one comes back terminal where that can be told."""
        asked_at = self._reporter.now()
        self._listener.markets.name_market(order)
        try:
            session = await self._gateways.session()
            found = await self._finder(session).find(order)
            if found is not None:
                found = await self._trace(found, session)
        except (ReadFailed, Malformed) as error:
            self._reporter.look_up_failed(order.order_id, str(error))
            return
        if found is not None:
            self._listener.show(found.order, found.source, found.asked_at)
            return
        if self._listener.release(order.order_id):
            return  # nothing is left of it at the venue but its pushed end
        text = f"{TITLE} finds order {order.order_id} neither open nor in its history."
        self._reporter.order_missing(order.order_id, asked_at, text)

    async def refresh(self) -> None:
        """List open orders and balances now."""
        try:
            session = await self._gateways.session()
            await self._sync.lists(session)
            await self._sync.subscribe_quotes()
        except (ReadFailed, Malformed) as error:
            self._reporter.notice(f"{TITLE}: the list could not be refreshed. {error}")

    # -- looking orders up ---------------------------------------------------------------------------------------

    def _finder(self, session: GatewaySession) -> LookUp:
        account, listener = self._reporter.account, self._listener
        return LookUp(self._gateways.ask, session, account, listener.markets.symbols, listener.door.strictly)

    async def _trace(self, ended: Found, session: GatewaySession) -> Found:
        """Show what took the place of an order, and what took the place of that: one order is one row."""
        account, listener = self._reporter.account, self._listener
        read = listener.door.strictly
        history = History(self._gateways.ask, session, account, listener.markets.symbols, listener.legs, read)
        first, heir = await history.trace(ended)
        self._listener.legs.note(first.order)
        for _ in range(_GENERATIONS):
            if heir is None:
                break
            self._listener.show(heir.order, heir.source, heir.asked_at)
            if heir.order.is_open or not was_changed_by_user(heir.order):
                break
            _, heir = await history.trace(heir)
        return first

    async def _read(self, order: Order) -> Found | None:
        return await self._finder(await self._gateways.session()).status(order)

    async def _look_into(self, order: Order) -> None:
        """Look up an order whose end was pushed and is held back; show it as pushed if that tells nothing."""
        try:
            await as_error(self.look_up(order))
        except Exception as error:
            log.exception("an order of %s could not be looked up", self._reporter.account)
            self._reporter.look_up_failed(order.order_id, f"Looking it up failed: {fault_of(error)}.")
        finally:
            self._listener.release(order.order_id)
            self._looking.pop(order.order_id, None)

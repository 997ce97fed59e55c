"""The only async room of AlphaPoint: one socket for everything, the HTTP gateway where the socket is down."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx

from app.domain.account import Account
from app.domain.amendment import Command, Source
from app.domain.market import LinkState
from app.domain.order import Order
from app.domain.plan import WirePreview, WireValue
from app.domain.ports import Clock, Sink
from app.venues.alphapoint.link.amend import Amender
from app.venues.alphapoint.link.history import History
from app.venues.alphapoint.link.listener import Listener
from app.venues.alphapoint.link.look_up import Found, LookUp
from app.venues.alphapoint.link.rest import Rest
from app.venues.alphapoint.link.socket import GatewaySocket
from app.venues.alphapoint.profile import KEPT_FOR_AMENDS, KEPT_FOR_CANCELS, PROFILE
from app.venues.alphapoint.wire.answers import failure_of, read_answer
from app.venues.alphapoint.wire.codec import (
    Frame,
    GatewaySession,
    Keys,
    account_payload,
    amend_frame,
    amend_payload,
    login_payload,
    order_payload,
)
from app.venues.alphapoint.wire.rows import account_facts, is_login, read_login
from app.venues.alphapoint.wire.vocabulary import CALLS_SWITCH, CHECK_BEFORE_SEND, TITLE
from app.venues.common.accounts import switch
from app.venues.common.failures import Malformed, Proof, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.transport.limiter import Limiter, Window
from app.venues.transport.socket import LoginRefused, Socket, SocketFault, SocketSettings, keep_connected, shown_address

#: Seconds until a reply counts as missing, between pings, and until a ping counts as unanswered.
PATIENCE, PING_EVERY, PING_WITHIN = 10.0, 10.0, 5.0

#: How many executions are read after a connection came up, for those that happened while it was down.
_TRADES = 100


class SyncFailed(SocketFault):
    """The connection is up, but the venue did not tell what it takes to work with it."""


class AlphaPointConnector:
    """One account's link to its venue; see `desk.protocols.Connector`."""

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
        self._reporter = reporter = Reporter(account.name, sink, clock)
        self._address = account.addresses["ws"]
        self._jitter = jitter
        self._ping_within = ping_within
        self._settings = settings or SocketSettings(beat_every=PING_EVERY, ping_every=None, ping_within=None)
        reveal = {name: secret.reveal() for name, secret in account.credentials.items()}
        self._keys = Keys(reveal["api_key"], reveal["secret"], reveal["user_id"])
        self._nonce = 0
        calls = int(switch(account.switches, PROFILE, CALLS_SWITCH))
        # Two budgets, because a cancel must not queue behind an amendment that waits.
        self._limiter = Limiter((Window(calls - KEPT_FOR_CANCELS, 60.0),), clock.monotonic)
        self._cancels = Limiter((Window(KEPT_FOR_CANCELS, 60.0),), clock.monotonic)
        self._socket = GatewaySocket(reporter, patience)
        self._listener = Listener(reporter)
        self._rest = None
        if account.addresses.get("http"):
            self._rest = Rest(
                account.addresses["http"],
                self._keys,
                reporter=reporter,
                nonce=self._next_nonce,
                timeout=patience,
                transport=transport,
            )
        self._quoted: set[str] = set()
        self._looking: dict[str, asyncio.Task[None]] = {}
        read = self._read if switch(account.switches, PROFILE, CHECK_BEFORE_SEND) == "on" else None
        self._amender = Amender(self._socket, self._listener, self._limiter, reporter, read)

    # -- the link ------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Connect, log in, subscribe, list, stay in sync and reconnect, until cancelled or the login is refused."""
        self._reporter.set_link(LinkState.CONNECTING)
        try:
            await keep_connected(
                self._address, self, name=f"{TITLE} gateway", jitter=self._jitter, settings=self._settings
            )
        finally:
            looking = list(self._looking.values())
            for task in looking:
                task.cancel()
            await asyncio.gather(*looking, return_exceptions=True)
            http, self._rest = self._rest, None
            if http is not None:
                await http.aclose()

    async def opened(self, socket: Socket) -> None:
        """Log in, then read everything anew: events may have been missed while the socket was down."""
        self._socket.attach(socket)
        self._quoted.clear()
        try:
            session = await self._login()
            self._reporter.set_link(LinkState.SYNCING)
            await self._markets(session)
            await self._subscribe(session)
            await self._list_orders(session)
            await self._list_balances(session)
        except (ReadFailed, Malformed) as error:
            raise SyncFailed(f"{TITLE} at {shown_address(self._address)}: {str(error).rstrip('.')}.") from error
        self._socket.is_synchronised = True
        self._reporter.set_link(LinkState.UP)
        await self._missed_trades(session)
        await self._subscribe_quotes()

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
        try:
            await self._socket.call("Ping", {}, self._ping_within)
        except ReadFailed:
            socket.drop(f"{TITLE} at {shown_address(self._address)} did not answer a ping; connecting again.")
            return
        if self._socket.is_synchronised:
            for order in self._listener.undescribed():
                await self.look_up(order)
            await self._subscribe_quotes()

    def closed(self, fault: SocketFault) -> bool:
        """The connection ended; a refused login is not tried again."""
        self._socket.is_synchronised = False
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
            session = await self._any_session()
            await self._cancels.acquire()
            payload = order_payload(order, session)
            self._listener.cancelling(order.order_id)
            if self._socket.ready:
                frame = await self._socket.call("CancelOrder", payload)
            elif self._rest is not None:
                frame = await self._rest.command("CancelOrder", payload)
            else:
                raise ReadFailed(f"{TITLE} is not connected; cancel on the venue's site.")
            answer = read_answer(frame)
            taken, text = answer.proof in (Proof.ACCEPTED, Proof.PENDING), answer.text
        except (ReadFailed, Malformed) as error:
            text = f"Cancel of order {order.order_id}: {error}"
        self._reporter.cancel_answered(order.order_id, taken, text)

    async def look_up(self, order: Order) -> None:
        """Read one order by the venue's whole procedure; a vanished one comes back terminal where that can be told."""
        asked_at = self._reporter.now()
        try:
            session = await self._any_session()
            finder = self._finder(session)
            found = await finder.find(order)
            if found is not None:
                history = History(
                    self._ask, session, self._reporter.account, self._listener.symbols, self._listener.legs
                )
                found, heir = await history.trace(found)
                self._listener.legs.note(found.order)
                if heir is not None:
                    self._listener.show(heir.order, heir.source, heir.asked_at)
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
            session = await self._any_session()
            await self._list_orders(session)
            await self._list_balances(session)
            await self._subscribe_quotes()
        except (ReadFailed, Malformed) as error:
            self._reporter.notice(f"{TITLE}: the list could not be refreshed. {error}")

    # -- asking --------------------------------------------------------------------------------------------------

    async def _ask(self, name: str, payload: Mapping[str, WireValue]) -> tuple[int, Frame]:
        """Ask one question over whichever gateway there is; returns when it left, and the reply."""
        await self._limiter.acquire(KEPT_FOR_AMENDS)
        asked_at = self._reporter.now()
        if self._socket.ready:
            frame = await self._socket.call(name, payload)
        elif self._rest is not None:
            frame = await self._rest.ask(name, payload)
        else:
            raise ReadFailed(f"{TITLE} is not connected; waiting for the connection.")
        failure = failure_of(frame)
        if failure is not None and failure.pause:
            self._limiter.pause(failure.pause)
        return asked_at, frame

    async def _rows(self, name: str, payload: Mapping[str, WireValue]) -> tuple[int, Sequence[Any]]:
        asked_at, frame = await self._ask(name, payload)
        failure = failure_of(frame)
        if failure is not None:
            raise ReadFailed(f"{name}: {failure.text}")
        return asked_at, frame.payload if isinstance(frame.payload, list) else (frame.payload,)

    async def _any_session(self) -> GatewaySession:
        if self._socket.session is not None:
            return self._socket.session
        if self._rest is None:
            raise ReadFailed(f"{TITLE} is not connected; waiting for the connection.")
        return await self._rest.session()

    def _finder(self, session: GatewaySession) -> LookUp:
        return LookUp(self._ask, session, self._reporter.account, self._listener.symbols)

    async def _read(self, order: Order) -> Found | None:
        return await self._finder(await self._any_session()).status(order)

    async def _look_into(self, order: Order) -> None:
        """Look up an order whose end was pushed and is held back; show it as pushed if that tells nothing."""
        try:
            await self.look_up(order)
        finally:
            self._listener.release(order.order_id)
            self._looking.pop(order.order_id, None)

    # -- coming up -----------------------------------------------------------------------------------------------

    def _next_nonce(self) -> str:
        """Epoch milliseconds, always rising: right under any rule a deployment may have."""
        self._nonce = max(self._reporter.now() // 1_000_000, self._nonce + 1)
        return str(self._nonce)

    async def _login(self) -> GatewaySession:
        frame = await self._socket.call("AuthenticateUser", login_payload(self._keys, self._next_nonce()))
        failure = failure_of(frame)
        if failure is not None and not failure.proof.is_refusal and not is_login(frame.payload):
            raise ReadFailed(failure.text)
        said = failure.text if failure is not None else ""
        if is_login(frame.payload):
            login = read_login(frame.payload)
            if login.authenticated and not login.wants_code:
                session = GatewaySession(login.oms_id, login.account_id, login.user_id, login.token)
                self._socket.welcome(session)
                return session
            said = login.error
            if login.wants_code:
                said = "it wants a two-factor code, which a key login cannot give"
            if login.locked:
                said = f"{said or 'no reason given'}; the user is locked, ask the venue to unlock it"
        raise LoginRefused(
            f"{TITLE} refused the login of account {self._reporter.account} ({said.rstrip('.') or 'no reason given'}); "
            "correct api_key, secret and user_id."
        )

    async def _markets(self, session: GatewaySession) -> None:
        facts: tuple[tuple[str, str], ...] = ()
        try:
            _, frame = await self._ask("GetAccountInfo", account_payload(session))
            if failure_of(frame) is None:
                facts = account_facts(frame.payload)
        except (ReadFailed, Malformed) as error:
            self._reporter.notice(f"{TITLE}: whether the account may trade could not be read. {error}", serious=False)
        _, rows = await self._rows("GetInstruments", {"OMSId": session.oms_id})
        self._listener.load(rows, facts)

    async def _subscribe(self, session: GatewaySession) -> None:
        """Account events, under the name of either generation."""
        said = ""
        for name in ("SubscribeAccountEvents", "SubscribeOrderStateEvents"):
            _, frame = await self._ask(name, account_payload(session))
            failure = failure_of(frame)
            if failure is None:
                return
            said = failure.text
        self._reporter.notice(
            f"{TITLE} pushes no order events here ({said.rstrip('.')}); look-ups alone confirm changes."
        )

    async def _list_orders(self, session: GatewaySession) -> None:
        asked_at, rows = await self._rows("GetOpenOrders", account_payload(session))
        self._listener.listing(rows, asked_at)

    async def _list_balances(self, session: GatewaySession) -> None:
        _, rows = await self._rows("GetAccountPositions", account_payload(session))
        self._listener.balances(rows, complete=True)

    async def _missed_trades(self, session: GatewaySession) -> None:
        """Executions that happened while the socket was down; without them only the orders' totals would show."""
        payload: dict[str, WireValue] = {**account_payload(session), "StartIndex": 0, "Count": _TRADES}
        try:
            _, rows = await self._rows("GetAccountTrades", payload)
            for row in reversed(rows):
                self._listener.fill(row, Source.HISTORY)
        except (ReadFailed, Malformed) as error:
            self._reporter.notice(f"{TITLE}: executions could not be read. {error}", serious=False)

    async def _subscribe_quotes(self) -> None:
        """Level 1 of every market with an order that is not subscribed yet."""
        session = self._socket.session
        if session is None or not self._socket.is_synchronised:
            return
        for symbol in sorted(self._listener.traded() - self._quoted):
            instrument = self._listener.instruments.get(symbol)
            if instrument is None:
                continue
            self._quoted.add(symbol)
            payload = {"OMSId": session.oms_id, "InstrumentId": int(instrument.attribute("instrument_id"))}
            try:
                _, rows = await self._rows("SubscribeLevel1", payload)
                if rows:
                    self._listener.quote(rows[0])
            except (ReadFailed, Malformed) as error:
                self._reporter.notice(f"{TITLE}: no quotes of {symbol}. {error}", serious=False)

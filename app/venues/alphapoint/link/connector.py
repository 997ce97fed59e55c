"""The only async room of AlphaPoint: one socket for everything, the HTTP gateway where the socket is down."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx

from app.domain import events as ev
from app.domain.account import Account
from app.domain.amendment import Command, Source
from app.domain.market import LinkState
from app.domain.order import Order
from app.domain.plan import WirePreview, WireValue
from app.domain.ports import Clock
from app.venues.alphapoint.link.amend import PAUSE, Amender
from app.venues.alphapoint.link.calls import NoAnswer
from app.venues.alphapoint.link.history import History
from app.venues.alphapoint.link.listener import Feed
from app.venues.alphapoint.link.look_up import Found, Seeker
from app.venues.alphapoint.link.rest import HttpGateway
from app.venues.alphapoint.link.socket import Wire
from app.venues.alphapoint.profile import (
    CALLS_PER_MINUTE,
    CALLS_SWITCH,
    CHECK_BEFORE_SEND,
    KEPT_FOR_AMENDS,
    KEPT_FOR_CANCELS,
)
from app.venues.alphapoint.wire.answers import TITLE, Meaning, failure_of, read_answer
from app.venues.alphapoint.wire.codec import (
    Frame,
    Keys,
    Malformed,
    Session,
    account_payload,
    amend_frame,
    amend_payload,
    login_payload,
    order_payload,
)
from app.venues.alphapoint.wire.rows import account_facts, is_login, read_login
from app.venues.transport.limiter import Limiter, Window
from app.venues.transport.socket import Socket, SocketFault, SocketSettings, keep_connected, shown_address

Sink = Callable[[ev.Event], None]

#: Seconds until a reply counts as missing, between pings, and until a ping counts as unanswered.
PATIENCE, PING_EVERY, PING_WITHIN = 10.0, 10.0, 5.0

#: How many executions are read after a connection came up, for those that happened while it was down.
_TRADES = 100


class LoginRefused(SocketFault):
    """The venue does not accept the keys; trying again could lock the user."""


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
        http_transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Open nothing yet; the account has been checked.

        Args:
            account: with address `ws` (and `http`), credentials `api_key`, `secret`, `user_id`.
            jitter: gives a number from 0 to 1, for the waits between attempts.
            patience: seconds until a reply counts as missing.
            ping_within: seconds until a ping counts as unanswered.
            settings: how the socket is kept. http_transport: stands in for the network in tests.
        """
        self._account = account.name
        self._address = account.addresses["ws"]
        self._sink = sink
        self._clock = clock
        self._jitter = jitter
        self._ping_within = ping_within
        self._settings = settings or SocketSettings(beat_every=PING_EVERY, ping_every=None, ping_within=None)
        reveal = {name: secret.reveal() for name, secret in account.credentials.items()}
        self._keys = Keys(reveal["api_key"], reveal["secret"], reveal["user_id"])
        self._nonce = 0
        calls = int(account.switches.get(CALLS_SWITCH, CALLS_PER_MINUTE))
        # Two budgets, because a cancel must not queue behind an amendment that waits.
        self._limiter = Limiter((Window(calls - KEPT_FOR_CANCELS, 60.0),), clock.monotonic)
        self._cancels = Limiter((Window(KEPT_FOR_CANCELS, 60.0),), clock.monotonic)
        self._wire = Wire(account.name, sink, clock, patience)
        self._feed = Feed(account.name, sink, clock)
        self._http = None
        if account.addresses.get("http"):
            self._http = HttpGateway(
                account.addresses["http"],
                self._keys,
                account=account.name,
                sink=sink,
                clock=clock,
                nonce=self._next_nonce,
                timeout=patience,
                transport=http_transport,
            )
        self._up = False
        self._quoted: set[str] = set()
        self._looking: dict[str, asyncio.Task[None]] = {}
        read = self._read if account.switches.get(CHECK_BEFORE_SEND, "on") == "on" else None
        self._amender = Amender(account.name, sink, clock, self._wire, self._feed, self._limiter, read)

    # -- the link ------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Connect, log in, subscribe, list, stay in sync and reconnect, until cancelled or the login is refused."""
        self._link(LinkState.CONNECTING)
        try:
            await keep_connected(
                self._address, self, name=f"{TITLE} gateway", jitter=self._jitter, settings=self._settings
            )
        finally:
            looking = list(self._looking.values())
            for task in looking:
                task.cancel()
            await asyncio.gather(*looking, return_exceptions=True)
            http, self._http = self._http, None
            if http is not None:
                await http.aclose()

    async def opened(self, socket: Socket) -> None:
        """Log in, then read everything anew: events may have been missed while the socket was down."""
        self._wire.attach(socket)
        self._quoted.clear()
        try:
            session = await self._login()
            self._link(LinkState.SYNCING)
            await self._markets(session)
            await self._subscribe(session)
            await self._list_orders(session)
            await self._list_balances(session)
        except (NoAnswer, Malformed) as error:
            raise SyncFailed(f"{TITLE} at {shown_address(self._address)}: {str(error).rstrip('.')}.") from error
        self._up = True
        self._link(LinkState.UP)
        await self._missed_trades(session)
        await self._subscribe_quotes()

    def frame(self, socket: Socket, text: str) -> None:
        """Take one frame; replies go to their callers, events to the feed."""
        frame = self._wire.receive(text)
        session = self._wire.session
        if frame is not None and session is not None and not self._feed.take(frame, session):
            socket.drop(f"{TITLE} ended the session; logging in again.")
        for order in self._feed.ends():
            if order.order_id not in self._looking:
                self._looking[order.order_id] = asyncio.create_task(self._look_into(order))

    async def beat(self, socket: Socket) -> None:
        """Ping; a venue that does not answer is dropped, because its silence would hide events."""
        try:
            await self._wire.call("Ping", {}, self._ping_within)
        except NoAnswer:
            socket.drop(f"{TITLE} at {shown_address(self._address)} did not answer a ping; connecting again.")
            return
        if self._up:
            for order in self._feed.undescribed():
                await self.look_up(order)
            await self._subscribe_quotes()

    def closed(self, fault: SocketFault) -> bool:
        """The connection ended; a refused login is not tried again."""
        self._up = False
        self._wire.detach(fault)
        refused = isinstance(fault, LoginRefused)
        self._link(LinkState.REFUSED if refused else LinkState.DOWN, str(fault))
        return not refused

    # -- what the desk asks --------------------------------------------------------------------------------------

    async def amend(self, command: Command) -> None:
        """Send one amendment exactly once; see `amender`."""
        if not self._up:
            text = f"The connection to {TITLE} is down; send again when it is up."
            self._sink(ev.AmendmentUnsent(self._account, self._clock.now(), command.amendment_id, text))
            return
        await self._amender.amend(command)

    def preview(self, command: Command) -> WirePreview:
        """The exact frame `amend` would send; it holds no secret."""
        session = self._wire.session or Session(0, 0, 0)
        name, _ = amend_payload(command, session)
        return WirePreview("websocket", f"{shown_address(self._address)} {name}", amend_frame(command, session))

    async def cancel(self, order: Order) -> None:
        """Ask the venue to cancel, over HTTP while the socket is down. The answer is a receipt."""
        taken, text = False, ""
        try:
            session = await self._any_session()
            await self._cancels.acquire()
            payload = order_payload(order, session)
            self._feed.cancelling(order.order_id)
            if self._wire.ready:
                frame = await self._wire.call("CancelOrder", payload)
            elif self._http is not None:
                frame = await self._http.command("CancelOrder", payload)
            else:
                raise NoAnswer(f"{TITLE} is not connected; cancel on the venue's site.")
            answer = read_answer(frame)
            taken, text = answer.meaning in (Meaning.TAKEN, Meaning.PENDING), answer.text
        except (NoAnswer, Malformed) as error:
            text = f"Cancel of order {order.order_id}: {error}"
        self._sink(ev.CancelAnswered(self._account, self._clock.now(), order.order_id, taken, text))

    async def look_up(self, order: Order) -> None:
        """Read one order by the venue's whole procedure; a vanished one comes back terminal where that can be told."""
        asked_at = self._clock.now()
        try:
            session = await self._any_session()
            seeker = self._seeker(session)
            found = await seeker.find(order)
            if found is not None:
                history = History(self._ask, session, self._account, self._feed.symbols, self._feed.legs)
                found, heir = await history.trace(found)
                self._feed.legs.note(found.order)
                if heir is not None:
                    self._feed.show(heir.order, heir.source, heir.asked_at)
        except (NoAnswer, Malformed) as error:
            self._sink(ev.LookUpFailed(self._account, self._clock.now(), order.order_id, str(error)))
            return
        if found is not None:
            self._feed.show(found.order, found.source, found.asked_at)
            return
        if self._feed.release(order.order_id):
            return  # nothing is left of it at the venue but its pushed end
        text = f"{TITLE} finds order {order.order_id} neither open nor in its history."
        self._sink(ev.OrderMissing(self._account, self._clock.now(), asked_at, order.order_id, text))

    async def refresh(self) -> None:
        """List open orders and balances now."""
        try:
            session = await self._any_session()
            await self._list_orders(session)
            await self._list_balances(session)
            await self._subscribe_quotes()
        except (NoAnswer, Malformed) as error:
            self._feed.notice(f"{TITLE}: the list could not be refreshed. {error}")

    # -- asking --------------------------------------------------------------------------------------------------

    async def _ask(self, name: str, payload: Mapping[str, WireValue]) -> tuple[int, Frame]:
        """Ask one question over whichever gateway there is; returns when it left, and the reply."""
        await self._limiter.acquire(KEPT_FOR_AMENDS)
        asked_at = self._clock.now()
        if self._wire.ready:
            frame = await self._wire.call(name, payload)
        elif self._http is not None:
            frame = await self._http.ask(name, payload)
        else:
            raise NoAnswer(f"{TITLE} is not connected; waiting for the connection.")
        failure = failure_of(frame)
        if failure is not None and failure.meaning is Meaning.TOO_MANY:
            self._limiter.pause(PAUSE)
        return asked_at, frame

    async def _rows(self, name: str, payload: Mapping[str, WireValue]) -> tuple[int, Sequence[Any]]:
        asked_at, frame = await self._ask(name, payload)
        failure = failure_of(frame)
        if failure is not None:
            raise NoAnswer(f"{name}: {failure.text}")
        return asked_at, frame.payload if isinstance(frame.payload, list) else (frame.payload,)

    async def _any_session(self) -> Session:
        if self._wire.session is not None:
            return self._wire.session
        if self._http is None:
            raise NoAnswer(f"{TITLE} is not connected; waiting for the connection.")
        return await self._http.session()

    def _seeker(self, session: Session) -> Seeker:
        return Seeker(self._ask, session, self._account, self._feed.symbols)

    async def _read(self, order: Order) -> Found | None:
        return await self._seeker(await self._any_session()).status(order)

    async def _look_into(self, order: Order) -> None:
        """Look up an order whose end was pushed and is held back; show it as pushed if that tells nothing."""
        try:
            await self.look_up(order)
        finally:
            self._feed.release(order.order_id)
            self._looking.pop(order.order_id, None)

    # -- coming up -----------------------------------------------------------------------------------------------

    def _next_nonce(self) -> str:
        """Epoch milliseconds, always rising: right under any rule a deployment may have."""
        self._nonce = max(self._clock.now() // 1_000_000, self._nonce + 1)
        return str(self._nonce)

    async def _login(self) -> Session:
        frame = await self._wire.call("AuthenticateUser", login_payload(self._keys, self._next_nonce()))
        failure = failure_of(frame)
        if failure is not None and not failure.meaning.is_refusal and not is_login(frame.payload):
            raise NoAnswer(failure.text)
        said = failure.text if failure is not None else ""
        if is_login(frame.payload):
            login = read_login(frame.payload)
            if login.authenticated and not login.wants_code:
                session = Session(login.oms_id, login.account_id, login.user_id, login.token)
                self._wire.welcome(session)
                return session
            said = login.error
            if login.wants_code:
                said = "it wants a two-factor code, which a key login cannot give"
            if login.locked:
                said = f"{said or 'no reason given'}; the user is locked, ask the venue to unlock it"
        raise LoginRefused(
            f"{TITLE} refused the login of account {self._account} ({said.rstrip('.') or 'no reason given'}); "
            "correct api_key, secret and user_id."
        )

    async def _markets(self, session: Session) -> None:
        facts: tuple[tuple[str, str], ...] = ()
        try:
            _, frame = await self._ask("GetAccountInfo", account_payload(session))
            if failure_of(frame) is None:
                facts = account_facts(frame.payload)
        except (NoAnswer, Malformed) as error:
            self._feed.notice(f"{TITLE}: whether the account may trade could not be read. {error}", serious=False)
        _, rows = await self._rows("GetInstruments", {"OMSId": session.oms_id})
        self._feed.load(rows, facts)

    async def _subscribe(self, session: Session) -> None:
        """Account events, under the name of either generation."""
        said = ""
        for name in ("SubscribeAccountEvents", "SubscribeOrderStateEvents"):
            _, frame = await self._ask(name, account_payload(session))
            failure = failure_of(frame)
            if failure is None:
                return
            said = failure.text
        self._feed.notice(f"{TITLE} pushes no order events here ({said.rstrip('.')}); look-ups alone confirm changes.")

    async def _list_orders(self, session: Session) -> None:
        asked_at, rows = await self._rows("GetOpenOrders", account_payload(session))
        self._feed.listing(rows, asked_at)

    async def _list_balances(self, session: Session) -> None:
        _, rows = await self._rows("GetAccountPositions", account_payload(session))
        self._feed.balances(rows, complete=True)

    async def _missed_trades(self, session: Session) -> None:
        """Executions that happened while the socket was down; without them only the orders' totals would show."""
        payload: dict[str, WireValue] = {**account_payload(session), "StartIndex": 0, "Count": _TRADES}
        try:
            _, rows = await self._rows("GetAccountTrades", payload)
            for row in reversed(rows):
                self._feed.fill(row, Source.HISTORY)
        except (NoAnswer, Malformed) as error:
            self._feed.notice(f"{TITLE}: executions could not be read. {error}", serious=False)

    async def _subscribe_quotes(self) -> None:
        """Level 1 of every market with an order that is not subscribed yet."""
        session = self._wire.session
        if session is None or not self._up:
            return
        for symbol in sorted(self._feed.traded() - self._quoted):
            instrument = self._feed.instruments.get(symbol)
            if instrument is None:
                continue
            self._quoted.add(symbol)
            payload = {"OMSId": session.oms_id, "InstrumentId": int(instrument.attribute("instrument_id"))}
            try:
                _, rows = await self._rows("SubscribeLevel1", payload)
                if rows:
                    self._feed.quote(rows[0])
            except (NoAnswer, Malformed) as error:
                self._feed.notice(f"{TITLE}: no quotes of {symbol}. {error}", serious=False)

    def _link(self, state: LinkState, text: str = "") -> None:
        self._sink(ev.LinkChanged(self._account, self._clock.now(), state, text))

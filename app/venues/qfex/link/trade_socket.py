"""The trade socket: log in, subscribe, list, watch the pulse, tell the link's state."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from app.domain.market import LinkState
from app.venues.common.failures import Malformed
from app.venues.common.reporter import Reporter
from app.venues.qfex.link.listener import Listener
from app.venues.qfex.link.pace import Pace
from app.venues.qfex.link.questions import Questions
from app.venues.qfex.link.reference import ReferenceData
from app.venues.qfex.link.rest import Rest
from app.venues.qfex.wire import answers, codec
from app.venues.qfex.wire.codec import (
    ErrorFrame,
    Ignored,
    Message,
    OrdersPage,
    Pushed,
    Receipt,
    Subscribed,
    TradesPage,
)
from app.venues.qfex.wire.login import AuthReply
from app.venues.qfex.wire.signing import Keys
from app.venues.qfex.wire.values import text_of
from app.venues.transport.socket import Broken, HandshakeRefused, LoginRefused, Socket, SocketFault, WriteNotSent

T = TypeVar("T")

NAME = "QFEX trade socket"

#: Websocket close codes that mean "not you" rather than "not now": policy violation, and the private range.
_POLICY = 1008
_PRIVATE_CODES = range(4000, 5000)


class TradeSession:
    """One account's trade socket, through all its connections. Never asks for cancel-on-disconnect.

    Attributes:
        questions: what is asked on it.
    """

    def __init__(
        self, keys: Keys, rest: Rest, reference: ReferenceData, listener: Listener, reporter: Reporter, pace: Pace
    ) -> None:
        """Open nothing yet.

        Args:
            keys: the login.
            rest: knows QFEX's time.
            reference: gets a head start before a login.
            listener: takes every message that is not the session's own.
            reporter: tells the state of the link and shows what is sent and received.
            pace: patience.
        """
        self.questions = Questions(reporter, pace, self.send, self._drop)
        self._keys = keys
        self._rest = rest
        self._reference = reference
        self._listener = listener
        self._reporter = reporter
        self._pace = pace
        self._socket: Socket | None = None
        self._logged_in = False
        self._login: asyncio.Future[AuthReply] | None = None
        self._channels: dict[str, asyncio.Event] = {}
        self._pulse = 0.0
        self._last_pulse: dict[str, str] = {}
        self._held: list[Message] | None = None

    @property
    def is_up(self) -> bool:
        """Return True if commands may leave: logged in, subscribed, listed, and the pulse is fresh."""
        return self._reporter.link is LinkState.UP and self._socket is not None and self._socket.is_open

    # -- the socket's life -----------------------------------------------------------------------------------------

    @property
    def _has_pulse(self) -> bool:
        """Return True if QFEX confirmed one of the channels that tell something every second."""
        return any(self._channels[each].is_set() for each in codec.PULSES if each in self._channels)

    async def opened(self, socket: Socket) -> None:
        """Log in, subscribe, list. Order messages that come meanwhile are held back until the list is there."""
        self._socket = socket
        self._last_pulse.clear()
        self._reporter.set_link(LinkState.CONNECTING)
        await self._reference.head_start()
        await self._log_in(socket)
        self._channels = {channel: asyncio.Event() for channel in codec.CHANNELS}
        await self.send(codec.subscribe(codec.CHANNELS), "subscribe")
        await _within(
            self._channels[codec.ORDER_RESPONSES].wait(),
            self._pace.login_within,
            "QFEX did not confirm the subscription of order responses, without which no answer would come.",
        )
        await self._resync()

    async def _log_in(self, socket: Socket) -> None:
        self._logged_in = False
        self._login = asyncio.get_running_loop().create_future()
        nonce, unix_ts = self._rest.stamp()
        await socket.send(codec.auth(self._keys, nonce, unix_ts))
        self._see("out", "auth", codec.masked_auth(self._keys, unix_ts))
        text = f"QFEX did not answer the login within {self._pace.login_within:g} s."
        reply = await _within(self._login, self._pace.login_within, text)
        if not reply.accepted:
            why = f" (“{reply.text}”)" if reply.text else ""
            raise LoginRefused(f"QFEX refused the login{why}; check the public key, the secret and their permissions.")
        self._logged_in = True

    async def _resync(self) -> None:
        self._held = []
        self._reporter.set_link(LinkState.SYNCING)
        try:
            await self.synchronise()
        finally:
            held, self._held = self._held or [], None
            for message in held:
                self._pass_on(message)
        self._pulse = self._reporter.clock.monotonic()
        self._reporter.set_link(LinkState.UP)

    def closed(self, fault: SocketFault) -> bool:
        """Tell the link's state; try again unless the key itself was refused."""
        self._socket = None
        during_login = self._login is not None and not self._logged_in
        refused = (
            isinstance(fault, LoginRefused)
            or (isinstance(fault, HandshakeRefused) and fault.status in (401, 403))
            or (during_login and isinstance(fault, Broken) and (fault.code == _POLICY or fault.code in _PRIVATE_CODES))
        )
        self._login = None
        self._logged_in = False
        self.questions.broken(str(fault))
        if isinstance(fault, HandshakeRefused) and fault.wait > 0:
            self._listener.outcomes.limited(fault.wait)
        text = str(fault)
        if refused and not isinstance(fault, LoginRefused):
            text += " QFEX refuses the key; check the public key and the secret."
        self._listener.outcomes.lost(text)
        self._reporter.set_link(LinkState.REFUSED if refused else LinkState.DOWN, text)
        return not refused

    async def beat(self, socket: Socket) -> None:
        """Watch the pulse: no pulse blocks amendments, a longer silence replaces the socket."""
        if not self._reporter.is_live or not self._has_pulse:
            return
        quiet = self._reporter.clock.monotonic() - self._pulse
        if quiet > self._pace.recycle_after:
            socket.drop(f"QFEX has sent no pulse for {self._pace.recycle_after:g} s; connecting again.")
        elif quiet > self._pace.stale_after:
            text = f"QFEX has sent no pulse for {self._pace.stale_after:g} s; amendments wait until it is back."
            self._reporter.set_link(LinkState.STALE, text)
        elif self._reporter.link is LinkState.STALE:
            await self._resync()

    # -- messages --------------------------------------------------------------------------------------------------

    def frame(self, socket: Socket, text: str) -> None:
        """Read one frame; one that cannot be read is told once a connection and changes nothing."""
        try:
            message = codec.decode(text)
        except Malformed as error:
            self._see("in", "unreadable", text[:2000])
            self._complain(error)
            return
        self._show(message, text)
        is_pulse = isinstance(message, Pushed) and message.is_pulse
        if is_pulse:
            self._pulse = self._reporter.clock.monotonic()
        match message:
            case AuthReply():
                self._answer_login(message)
            case Subscribed():
                if (confirmed := self._channels.get(message.channel)) is not None:
                    confirmed.set()
            case OrdersPage() | TradesPage():
                self.questions.answer(message)
            case ErrorFrame() | Receipt() if self._login is not None and not self._logged_in:
                self._answer_login(message)
            case ErrorFrame() if message.request in (codec.LIST, codec.TRADES):
                if message.code == answers.RATE_LIMITED:
                    self._listener.outcomes.limited(0.0)
                self.questions.fail(answers.error_text(message.code, message.message))
            case Ignored():
                pass
            case _ if self._held is not None and not is_pulse:
                self._held.append(message)
            case _:
                self._pass_on(message)

    def _pass_on(self, message: Message) -> None:
        try:
            self._listener.take(message)
        except Malformed as error:
            self._complain(error)

    def _complain(self, error: Malformed) -> None:
        self._reporter.notice_once(f"QFEX sent a message that cannot be read: {str(error).rstrip('.')}.")

    def _answer_login(self, message: AuthReply | ErrorFrame | Receipt) -> None:
        if self._login is None or self._login.done():
            return
        if isinstance(message, AuthReply):
            self._login.set_result(message)
        elif isinstance(message, Receipt):
            # Nothing else was asked on this connection, so a receipt can only be the login's.
            if message.request in ("", codec.AUTH):
                self._login.set_result(AuthReply(message.taken, message.text))
        elif message.code == answers.ALREADY_AUTHENTICATED:
            self._login.set_result(AuthReply(True))
        elif message.code in answers.PASSING:
            self._login.set_exception(SocketFault(answers.error_text(message.code, message.message)))
        else:
            self._login.set_result(AuthReply(False, f"{message.code} {message.message}".strip()))

    # -- sending ---------------------------------------------------------------------------------------------------

    async def send(self, text: str, head: str, amendment_id: str = "") -> None:
        """Hand one frame over.

        Raises:
            NotSent: nothing left. Broken: it may have left.
        """
        if self._socket is None or not self._logged_in:
            raise WriteNotSent("QFEX is not connected; nothing was sent.")
        await self._socket.send(text)
        self._see("out", head, text, amendment_id)

    async def synchronise(self) -> None:
        """List the open orders and report them.

        Raises:
            SocketFault: if no list came.
        """
        listed = await self.questions.open_orders()
        self._listener.listed(listed.rows, listed.asked_at, whole=listed.whole)

    def _drop(self, text: str) -> None:
        if self._socket is not None:
            self._socket.drop(text)

    # -- the wire, as shown ----------------------------------------------------------------------------------------

    def _show(self, message: Message, text: str) -> None:
        """Show a private message; a pulse only where it says something new."""
        head = message.topic if isinstance(message, Pushed) else _HEADS.get(type(message), "message")
        if isinstance(message, Pushed) and message.is_pulse:
            topic = head + text_of(message.row, "symbol")
            if self._last_pulse.get(topic) == text:
                return
            self._last_pulse[topic] = text
        self._see("in", head, text)

    def _see(self, direction: str, head: str, body: str, amendment_id: str = "") -> None:
        self._reporter.wire_seen(direction, "websocket", head, body, amendment_id)


async def _within(awaitable: Awaitable[T], seconds: float, text: str) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await awaitable
    except TimeoutError:
        raise SocketFault(text) from None


_HEADS: dict[type[Any], str] = {
    AuthReply: "auth reply",
    Subscribed: "subscribed",
    OrdersPage: "open orders",
    TradesPage: "trades",
    ErrorFrame: "err",
    Receipt: "ack",
}

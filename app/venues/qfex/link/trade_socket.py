"""The trade socket: log in, subscribe, list, watch the pulse, ask one question at a time, tell the link's state."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from app.domain import events as ev
from app.domain.market import LinkState
from app.domain.ports import Clock
from app.venues.common.failures import Malformed
from app.venues.qfex.wire import answers, codec
from app.venues.qfex.wire.codec import (
    PAGE,
    AuthReply,
    BalancePulse,
    ErrorFrame,
    Ignored,
    Keys,
    Message,
    OrdersPage,
    PositionPulse,
    Subscribed,
    TradesPage,
)
from app.venues.qfex.wire.rows import text_of
from app.venues.transport.socket import Broken, HandshakeRefused, LoginRefused, Socket, SocketFault, WriteNotSent

T = TypeVar("T")

NAME = "QFEX trade socket"

#: Websocket close codes that mean "not you" rather than "not now": policy violation, and the private range.
_POLICY = 1008
_PRIVATE_CODES = range(4000, 5000)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to wait for what; all times in seconds.

    Attributes:
        login_within: patience for the login and for each subscription.
        page_within: patience for one page of a list.
        answer_within: patience for the answer to an amendment or a cancel.
        stale_after: without a pulse for so long, amendments are blocked; QFEX sends one every second.
        recycle_after: without a pulse for so long, the socket is replaced.
        watch_every: period of the checks.
        reference_every: period of reading the instruments again, and `reference_retry` after a failure.
        head_start: how long a login waits for the first reading of the instruments, which also tells QFEX's time.
        lists, lists_window: at most so many lists in so many seconds.
    """

    login_within: float = 10.0
    page_within: float = 10.0
    answer_within: float = 3.0
    stale_after: float = 5.0
    recycle_after: float = 15.0
    watch_every: float = 0.5
    reference_every: float = 60.0
    reference_retry: float = 5.0
    head_start: float = 3.0
    lists: int = 2
    lists_window: float = 4.0


class NoAnswer(SocketFault):
    """A question on the socket got no usable answer."""


class Hooks(Protocol):
    """What the session asks of the connector."""

    async def before_login(self) -> None:
        """Get ready for a login; may take a moment."""
        ...

    def unix_ts(self) -> int:
        """QFEX's time in seconds."""
        ...

    def nonce(self) -> str:
        """A fresh nonce."""
        ...

    async def synchronise(self) -> None:
        """List the open orders and report them; raises SocketFault if that fails."""
        ...

    def message(self, message: Message) -> None:
        """Take one message that is not the session's own; raises Malformed if it cannot be read."""
        ...

    def lost(self, text: str) -> None:
        """The connection ended."""
        ...


class TradeSession:
    """One account's trade socket, through all its connections. Never asks for cancel-on-disconnect."""

    def __init__(
        self,
        account: str,
        keys: Keys,
        sink: Callable[[ev.Event], None],
        clock: Clock,
        pace: Pace,
        hooks: Hooks,
    ) -> None:
        """Args: account, sink, clock: whose events, where to, when. keys: the login. pace: patience. hooks: callers."""
        self.link = LinkState.DOWN
        self._account = account
        self._keys = keys
        self._sink = sink
        self._clock = clock
        self._pace = pace
        self._hooks = hooks
        self._socket: Socket | None = None
        self._logged_in = False
        self._login: asyncio.Future[AuthReply] | None = None
        self._channels: dict[str, asyncio.Event] = {}
        self._question: tuple[type[OrdersPage] | type[TradesPage], asyncio.Future[Any]] | None = None
        self._asking = asyncio.Lock()
        self._pulse = 0.0
        self._last_pulse: dict[str, str] = {}
        self._held: list[Message] | None = None
        self._complaints: set[str] = set()

    @property
    def is_up(self) -> bool:
        """Return True if commands may leave: logged in, subscribed, listed, and the pulse is fresh."""
        return self.link is LinkState.UP and self._socket is not None and self._socket.is_open

    # -- the socket's life -----------------------------------------------------------------------------------------

    async def opened(self, socket: Socket) -> None:
        """Log in, subscribe, list. Order messages that come meanwhile are held back until the list is there."""
        self._socket = socket
        self._complaints.clear()
        self._last_pulse.clear()
        self.set_link(LinkState.CONNECTING)
        await self._hooks.before_login()
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
        unix_ts = self._hooks.unix_ts()
        await socket.send(codec.auth(self._keys, self._hooks.nonce(), unix_ts))
        self._see("out", "auth", codec.masked_auth(self._keys, unix_ts))
        text = f"QFEX did not answer the login within {self._pace.login_within:g} s."
        reply = await _within(self._login, self._pace.login_within, text)
        if not reply.accepted:
            said = f" (“{reply.text}”)" if reply.text else ""
            raise LoginRefused(f"QFEX refused the login{said}; check the public key, the secret and their permissions.")
        self._logged_in = True

    async def _resync(self) -> None:
        self._held = []
        self.set_link(LinkState.SYNCING)
        try:
            await self._hooks.synchronise()
        finally:
            held, self._held = self._held or [], None
            for message in held:
                self._pass_on(message)
        self._pulse = self._clock.monotonic()
        self.set_link(LinkState.UP)

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
        if self._question is not None and not self._question[1].done():
            self._question[1].set_exception(NoAnswer(str(fault)))
        text = str(fault)
        if refused and not isinstance(fault, LoginRefused):
            text += " QFEX refuses the key; check the public key and the secret."
        self._hooks.lost(text)
        self.set_link(LinkState.REFUSED if refused else LinkState.DOWN, text)
        return not refused

    async def beat(self, socket: Socket) -> None:
        """Watch the pulse: no pulse blocks amendments, a longer silence replaces the socket."""
        if self.link not in (LinkState.UP, LinkState.STALE):
            return
        quiet = self._clock.monotonic() - self._pulse
        if quiet > self._pace.recycle_after:
            socket.drop(f"QFEX has sent no pulse for {self._pace.recycle_after:g} s; connecting again.")
        elif quiet > self._pace.stale_after:
            text = f"QFEX has sent no pulse for {self._pace.stale_after:g} s; amendments wait until it is back."
            self.set_link(LinkState.STALE, text)
        elif self.link is LinkState.STALE:
            await self._resync()

    def set_link(self, state: LinkState, text: str = "") -> None:
        """Report the link's state where it changed."""
        if state is not self.link or text:
            self.link = state
            self._sink(ev.LinkChanged(self._account, self._clock.now(), state, text))

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
        if isinstance(message, PositionPulse | BalancePulse):
            self._pulse = self._clock.monotonic()
        match message:
            case AuthReply():
                self._answer_login(message)
            case Subscribed():
                if (confirmed := self._channels.get(message.channel)) is not None:
                    confirmed.set()
            case OrdersPage() | TradesPage():
                self._answer_question(message)
            case ErrorFrame() if self._login is not None and not self._logged_in:
                self._answer_login(message)
            case ErrorFrame() if message.request in (codec.LIST, codec.TRADES):
                self._fail_question(answers.error_text(message.code, message.message))
            case Ignored():
                pass
            case _ if self._held is not None and not isinstance(message, PositionPulse | BalancePulse):
                self._held.append(message)
            case _:
                self._pass_on(message)

    def _pass_on(self, message: Message) -> None:
        try:
            self._hooks.message(message)
        except Malformed as error:
            self._complain(error)

    def _complain(self, error: Malformed) -> None:
        text = f"QFEX sent a message that cannot be read: {str(error).rstrip('.')}."
        if text not in self._complaints:
            self._complaints.add(text)
            self._sink(ev.Noticed(self._account, self._clock.now(), text))

    def _answer_login(self, message: AuthReply | ErrorFrame) -> None:
        if self._login is None or self._login.done():
            return
        if isinstance(message, AuthReply):
            self._login.set_result(message)
        elif message.code == answers.ALREADY_AUTHENTICATED:
            self._login.set_result(AuthReply(True))
        elif message.code in answers.PASSING:
            self._login.set_exception(NoAnswer(answers.error_text(message.code, message.message)))
        else:
            self._login.set_result(AuthReply(False, f"{message.code} {message.message}".strip()))

    # -- questions -------------------------------------------------------------------------------------------------

    async def send(self, text: str, head: str, amendment_id: str = "") -> None:
        """Hand one frame over.

        Raises:
            NotSent: nothing left. Broken: it may have left.
        """
        if self._socket is None or not self._logged_in:
            raise WriteNotSent("QFEX is not connected; nothing was sent.")
        await self._socket.send(text)
        self._see("out", head, text, amendment_id)

    async def list_orders(self) -> tuple[tuple[Mapping[str, Any], ...], int]:
        """All open orders of the account, and when they were asked for.

        Raises:
            SocketFault: if no whole list came.
        """
        async with self._asking:
            asked_at, socket = self._clock.now(), self._socket
            rows: dict[str, Mapping[str, Any]] = {}
            offset = 0
            while True:
                if self._socket is not socket:
                    raise NoAnswer("The connection to QFEX changed while the orders were being listed.")
                page: OrdersPage = await self._ask(codec.list_orders(offset), codec.LIST, OrdersPage)
                before = len(rows)
                rows.update((text_of(row, "order_id"), row) for row in page.rows)
                offset += page.length
                # A venue that ignores the offset gives the same page again, for ever.
                if page.length < PAGE or len(rows) == before:
                    return tuple(rows.values()), asked_at

    async def list_trades(self, order_id: str) -> tuple[Mapping[str, Any], ...]:
        """The executions of one order.

        Raises:
            SocketFault: if they did not come.
        """
        async with self._asking:
            page: TradesPage = await self._ask(codec.list_trades(order_id), codec.TRADES, TradesPage)
            return page.rows

    async def _ask(self, text: str, head: str, kind: type[OrdersPage] | type[TradesPage]) -> Any:
        """Ask one question; replies carry no request id, so there is never a second one under way."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._question = (kind, answer)
        try:
            await self.send(text, head)
            async with asyncio.timeout(self._pace.page_within):
                return await answer
        except TimeoutError:
            said = f"QFEX did not answer {head} within {self._pace.page_within:g} s"
            if self._socket is not None:
                # Its answer might still come, and would be taken for that of the next question.
                self._socket.drop(f"{said}; connecting again.")
            raise NoAnswer(f"{said}.") from None
        finally:
            self._question = None

    def _answer_question(self, message: OrdersPage | TradesPage) -> None:
        if self._question is not None and isinstance(message, self._question[0]) and not self._question[1].done():
            self._question[1].set_result(message)

    def _fail_question(self, text: str) -> None:
        if self._question is not None and not self._question[1].done():
            self._question[1].set_exception(NoAnswer(text))

    # -- the wire, as shown ----------------------------------------------------------------------------------------

    def _show(self, message: Message, text: str) -> None:
        """Private messages are shown; a pulse only where it says something new."""
        head = _HEADS.get(type(message), "message")
        if isinstance(message, PositionPulse | BalancePulse):
            topic = head + text_of(message.row, "symbol")
            if self._last_pulse.get(topic) == text:
                return
            self._last_pulse[topic] = text
        self._see("in", head, text)

    def _see(self, direction: str, head: str, body: str, amendment_id: str = "") -> None:
        self._sink(ev.WireSeen(self._account, self._clock.now(), direction, "websocket", head, body, amendment_id))


async def _within(awaitable: Awaitable[T], seconds: float, text: str) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await awaitable
    except TimeoutError:
        raise NoAnswer(text) from None


_HEADS: dict[type[Any], str] = {
    AuthReply: "auth reply",
    Subscribed: "subscribed",
    codec.OrderResponse: "order_response",
    OrdersPage: "open orders",
    TradesPage: "trades",
    codec.FillPush: "fill_response",
    PositionPulse: "position_response",
    BalancePulse: "balance_response",
    ErrorFrame: "err",
    codec.Receipt: "ack",
}

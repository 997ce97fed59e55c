"""The two sockets of an account: the private one that tells of its orders, the public one that tells of prices."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from app.domain import events as ev
from app.domain.market import LinkState
from app.venues.bitget.wire import answers, frames, rows
from app.venues.bitget.wire import vocabulary as words
from app.venues.bitget.wire.frames import Control, Pong, Push
from app.venues.bitget.wire.signing import Keys
from app.venues.bitget.wire.values import object_of
from app.venues.common.failures import Malformed, Proof
from app.venues.common.reporter import Reporter
from app.venues.transport.failures import NotSent
from app.venues.transport.socket import Broken, LoginRefused, Socket, SocketFault, SocketSettings

#: Text heartbeats, which the venue wants every 30 s; it cuts a connection without one after two minutes.
SETTINGS = SocketSettings(ping_every=None, ping_within=None, beat_every=20.0)

#: Every heartbeat is answered, so a connection this long without any frame is dead.
SILENCE_S = 50.0

#: Patience for the answers to a login and to a subscription.
ANSWER_S = 10.0

#: Characters of a message that are shown.
_SHOWN = 300

#: What is said when the service is renewed: nothing is wrong, and the next connection is made at once.
_RENEWS = "Bitget renews its service and asked for a new connection (30033); it is made now."

TOPICS = ("order", "fill", "account")

#: Without this topic the picture of the orders cannot be trusted; without the others it is only poorer.
_VITAL = "order"


class _BeatingStream:
    """Keeps a socket alive that beats by text; the venue answers every heartbeat."""

    async def beat(self, socket: Socket) -> None:
        """Send the heartbeat; drop the connection if nothing at all has come for long."""
        if socket.quiet_for() > SILENCE_S:
            socket.drop(f"{socket.name} at {socket.address} has been silent for {SILENCE_S:.0f} s.")
            return
        # Should the connection have ended, its reader ends with the same news and says it better.
        with suppress(NotSent, Broken):
            await socket.send(frames.PING)


class PrivateStream(_BeatingStream):
    """Logs in, subscribes to order, fill and account, and hands pushes on."""

    def __init__(
        self,
        keys: Keys,
        reporter: Reporter,
        timestamp_ms: Callable[[], int],
        *,
        prepare: Callable[[], Awaitable[None]],
        synchronise: Callable[[], Awaitable[None]],
        push: Callable[[Push], None],
    ) -> None:
        """Open nothing yet.

        Args:
            keys: to log in with.
            reporter: tells the link's state, and what went over the wire.
            timestamp_ms: the venue's time.
            prepare: called before the login, so that its time is right.
            synchronise: called once subscribed; lists everything, or raises a SocketFault.
            push: takes the rows of a topic.
        """
        self._keys = keys
        self._reporter = reporter
        self._timestamp_ms = timestamp_ms
        self._prepare, self._synchronise, self._push = prepare, synchronise, push
        self._login: asyncio.Future[Control] | None = None
        self._topics: dict[str, asyncio.Future[Control]] = {}

    async def opened(self, socket: Socket) -> None:
        """Log in, subscribe, then let the connector list everything: nothing is pushed on subscribing."""
        await self._prepare()
        loop = asyncio.get_running_loop()
        self._login = loop.create_future()
        timestamp_s = self._timestamp_ms() // 1000
        self._see("out", "login", frames.masked_login_text(timestamp_s))
        await socket.send(frames.login_text(self._keys, timestamp_s))
        answer = await self._answer(self._login, "the login", socket)
        if not answer.ok:
            text = f"Bitget refused the login ({answer.code}): {_cause(answer)}."
            raise LoginRefused(text) if answers.login_refused(answer.code) else SocketFault(text)
        self._topics = {topic: loop.create_future() for topic in TOPICS}
        subscription = frames.private_subscribe_text(TOPICS)
        self._see("out", "subscribe", subscription)
        await socket.send(subscription)
        for topic, future in self._topics.items():
            answer = await self._answer(future, f"the subscription to “{topic}”", socket)
            if answer.ok:
                continue
            text = f"Bitget refused the subscription to “{topic}” ({answer.code}): {_cause(answer)}"
            if topic == _VITAL:
                raise SocketFault(f"{text}.")
            self._reporter.notice(f"{text}; that news comes later, by polling.", serious=False)
        await self._synchronise()

    def frame(self, socket: Socket, text: str) -> None:
        """Take one frame: an answer, a push, or the pong."""
        try:
            message = frames.read_frame(text)
        except Malformed as error:
            self._see("in", "unreadable", text)
            cause = f"Bitget's private socket sent {error}; it is left out"
            self._reporter.notice_once(f"{cause}: {text[:_SHOWN]}", serious=False, key=cause)
            return
        match message:
            case Pong():
                return
            case Push():
                self._see("in", message.topic, text)
                self._push(message)
            case Control():
                self._see("in", message.event, text)
                self._control(socket, message)

    def closed(self, fault: SocketFault) -> bool:
        """Tell the link's state; try again unless the login was refused."""
        for future in (self._login, *self._topics.values()):
            if future is not None and not future.done():
                future.cancel()
        self._login, self._topics = None, {}
        refused = isinstance(fault, LoginRefused)
        self._reporter.set_link(LinkState.REFUSED if refused else LinkState.DOWN, str(fault))
        return not refused

    def _control(self, socket: Socket, message: Control) -> None:
        waiting = self._topics.get(message.topic)
        if message.asks_to_reconnect:
            socket.drop(_RENEWS)
        elif self._login is not None and not self._login.done():
            if message.event in ("login", "error"):
                self._login.set_result(message)
        elif waiting is not None and not waiting.done():
            waiting.set_result(message)
        elif message.event == "error":
            # After such a message the connection may stay open and say nothing more.
            socket.drop(f"Bitget ended the private stream ({message.code}): {_cause(message)}.")

    async def _answer(self, future: asyncio.Future[Control], what: str, socket: Socket) -> Control:
        try:
            async with asyncio.timeout(ANSWER_S):
                return await future
        except TimeoutError as error:
            raise SocketFault(
                f"{socket.name} at {socket.address} did not answer {what} in {ANSWER_S:.0f} s."
            ) from error

    def _see(self, direction: str, head: str, body: str) -> None:
        self._reporter.wire_seen(direction, "websocket", f"private {head}", body)


class PublicStream(_BeatingStream):
    """Subscribes to the tickers of the markets in which orders rest."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._wanted: set[tuple[str, str]] = set()
        self._asked: set[tuple[str, str]] = set()
        self._changed = asyncio.Event()
        self._socket: Socket | None = None
        self._is_out = False

    def want(self, markets: set[tuple[str, str]]) -> None:
        """Set the (market, symbol) pairs whose prices are of interest."""
        if markets != self._wanted:
            self._wanted = set(markets)
            self._changed.set()

    async def opened(self, socket: Socket) -> None:
        """Subscribe to what is wanted now."""
        self._socket, self._asked = socket, set()
        if self._is_out:
            self._is_out = False
            self._tell("Market prices from Bitget are live again.", ev.Condition.PRICES, over=True)
        await self._subscribe(socket)

    async def follow(self) -> None:
        """Wait until other markets are wanted, then subscribe and unsubscribe; done round after round."""
        await self._changed.wait()
        self._changed.clear()
        socket = self._socket
        if socket is None or not socket.is_open:
            return  # the next connection asks for everything
        with suppress(NotSent, Broken):
            await self._subscribe(socket)

    def frame(self, socket: Socket, text: str) -> None:
        """Take one frame: a ticker becomes the quote of every wanted market that trades on that book."""
        try:
            message = frames.read_frame(text)
            if isinstance(message, Push) and message.topic == "ticker":
                self._quotes(message)
            elif isinstance(message, Control) and message.asks_to_reconnect:
                socket.drop(_RENEWS)
            elif isinstance(message, Control) and not message.ok:
                text = f"Bitget refused the prices of {message.symbol or 'a market'} ({_cause(message)})."
                self._reporter.notice_once(text, serious=False)
        except Malformed as error:
            # Prices come several times a second: the same fault is not told as often.
            cause = f"Bitget's public socket sent {error}; it is left out"
            self._reporter.notice_once(f"{cause}: {text[:_SHOWN]}", serious=False, key=cause)

    def closed(self, fault: SocketFault) -> bool:
        """Say once per outage that prices are missing, and try again."""
        self._socket = None
        if not self._is_out:
            self._is_out = True
            text = f"No market prices from Bitget: {fault}"
            self._reporter.notice(text, serious=fault.is_for_a_person, about=ev.Condition.PRICES)
        return True

    async def _subscribe(self, socket: Socket) -> None:
        wanted = {(frames.ticker_category(words.category_of(market)), symbol) for market, symbol in self._wanted}
        asked, self._asked = self._asked, wanted
        for text in (
            *frames.ticker_texts("unsubscribe", asked - wanted),
            *frames.ticker_texts("subscribe", wanted - asked),
        ):
            await socket.send(text)

    def _quotes(self, push: Push) -> None:
        now = self._reporter.now()
        category = push.instrument_type.upper()
        for each in push.rows:
            row = object_of(each, "a ticker")
            quote = rows.quote_of(row, category, push.symbol, now)
            self._reporter.quote(quote)
            if category == words.SPOT and (words.MARKETS[words.MARGIN], quote.symbol) in self._wanted:
                self._reporter.quote(rows.quote_of(row, words.MARGIN, push.symbol, now))

    def _tell(self, text: str, about: ev.Condition = ev.Condition.NONE, *, over: bool = False) -> None:
        self._reporter.notice(text, serious=False, about=about, over=over)


def _cause(message: Control) -> str:
    ours = answers.meaning_of(message.code).text
    theirs = message.text.strip().rstrip(".")
    if answers.meaning_of(message.code).proof is Proof.UNKNOWN or not ours:
        return theirs or "no reason given"
    return ours

"""The public side: quotes of the books that matter, and hints that one of our orders moved.

The websocket carries both. Without it, or while it is silent about a book, the ticker is asked, within the budget of
public requests.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import replace

from app.domain.events import Condition
from app.domain.evidence import SECOND
from app.domain.market import Quote
from app.venues.bitso.link.background import keep_up
from app.venues.bitso.link.rest import Rest
from app.venues.bitso.wire import feed
from app.venues.bitso.wire.rows import read_ticker
from app.venues.common.failures import Malformed, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.common.rounds import as_error
from app.venues.transport.failures import NotSent, Unanswered
from app.venues.transport.socket import Socket, SocketFault, SocketSettings, keep_connected

#: A quote older than this is asked for: with the websocket up, and without it.
QUIET_WITH_SOCKET = 30 * SECOND
QUIET_WITHOUT = 3 * SECOND
_LOOK_AROUND = 0.2
#: After lost messages a book's quote is asked for at once, but not more often than this.
ASK_AGAIN = 3 * SECOND
#: So many gaps in so long are believed, and make what is shown stale until it is read again.
GAPS_BELIEVED, GAPS_WITHIN = 3, 60 * SECOND
#: The interval of the venue's keep-alive is not documented; a socket silent for this long is dropped.
_SILENT = 90.0

#: Told the ids of orders that moved, with the venue's word for their state ("" for a trade).
Hint = Callable[[tuple[tuple[str, str], ...]], None]
#: Told what was lost, as one sentence: hints did not come; "" where that tells nothing any more.
Lost = Callable[[str], None]


class Market:
    """Keeps quotes of the watched books fresh, and passes hints on."""

    def __init__(self, rest: Rest, address: str, reporter: Reporter, hint: Hint, lost: Lost) -> None:
        """Watch nothing yet.

        Args:
            rest: for the ticker.
            address: of the websocket, "" for none.
            reporter: tells quotes and faults.
            hint: told of orders that moved.
            lost: told of hints that did not come.
        """
        self._rest = rest
        self._address = address
        self._reporter = reporter
        self._hint = hint
        self._lost = lost
        self._sequences = feed.Sequences()
        self._lost_at: dict[str, int] = {}
        self._gaps: list[int] = []
        self._books: set[str] = set()
        self._quotes: dict[str, Quote] = {}
        self._heard: dict[str, int] = {}
        self._asked: set[str] = set()
        self._socket: Socket | None = None
        self._subscribed: set[str] = set()
        self._unreadable_noticed = False
        self._down_noticed = False
        self._changed = asyncio.Event()

    def watch(self, books: Iterable[str]) -> None:
        """Also follow these books from now on."""
        fresh = set(books) - self._books
        if fresh:
            self._books |= fresh
            self._changed.set()

    async def run(self) -> None:
        """Follow the watched books until cancelled."""
        async with asyncio.TaskGroup() as group:
            asking = keep_up(self._ask_around, "asking for prices", self._reporter)
            group.create_task(asking, name=f"{self._reporter.account} ticker")
            if self._address:
                listening = keep_up(self._listen, "listening to prices", self._reporter)
                group.create_task(listening, name=f"{self._reporter.account} market data")

    # -- websocket -------------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(as_error(self._subscribe_new()))
            settings = SocketSettings(beat_every=15.0)
            await keep_connected(
                self._address,
                self,
                name="Bitso market data",
                jitter=random.random,
                settings=settings,
                secrecy=self._reporter.secrecy,
            )

    async def opened(self, socket: Socket) -> None:
        """Subscribe to every watched book on a new connection."""
        self._socket = socket
        self._subscribed = set()
        self._sequences = feed.Sequences()
        self._unreadable_noticed = False
        if self._down_noticed:
            self._down_noticed = False
            text = "Bitso's market data is live again."
            self._reporter.notice(text, serious=False, about=Condition.PRICES, over=True)
        self._changed.set()

    def frame(self, socket: Socket, text: str) -> None:
        """Take one frame; an unreadable one is told once per connection."""
        try:
            message = feed.message(text)
        except Malformed as error:
            if not self._unreadable_noticed:
                self._unreadable_noticed = True
                self._reporter.notice(str(error))
            return
        match message:
            case feed.Touch(book, bid, ask):
                self._see(replace(self._quote(book), bid=bid, ask=ask))
            case feed.Traded(book, last, order_ids):
                self._see(replace(self._quote(book), last=last))
                self._hint(tuple((order_id, "") for order_id in order_ids))
            case feed.Moved():
                self._count(message)
                self._hint(message.states)
            case None:
                pass

    def _count(self, moved: feed.Moved) -> None:
        """Notice lost messages: what they hinted at is not known, so the orders and the book's quote are read again."""
        missed = self._sequences.missed(moved)
        if not missed:
            return
        now = self._reporter.now()
        if now - self._lost_at.get(moved.book, 0) > ASK_AGAIN:
            self._asked.discard(moved.book)
        self._lost_at[moved.book] = now
        if not self._tells_lost(now):
            self._lost("")
            return
        lost = "1 message is" if missed == 1 else f"{missed} messages are"
        self._lost(f"{lost} missing from Bitso's feed of {moved.book}; the orders are read again.")

    def _tells_lost(self, now: int) -> bool:
        """Return True while gaps in the numbers mean something: a feed that is all gaps must not stop amending."""
        self._gaps = [at for at in self._gaps if now - at < GAPS_WITHIN]
        if len(self._gaps) >= GAPS_BELIEVED:
            text = "The numbers of Bitso's feed have gaps all the time and mean nothing; orders are followed by lists."
            self._reporter.notice_once(text, serious=False)
            return False
        self._gaps.append(now)
        return True

    async def beat(self, socket: Socket) -> None:
        """Drop a connection that has gone silent."""
        if socket.quiet_for() > _SILENT:
            socket.drop("Bitso market data went silent; connecting again.")

    def closed(self, fault: SocketFault) -> bool:
        """Go on with the ticker, and try again."""
        self._socket = None
        if not self._down_noticed:
            self._down_noticed = True
            text = f"{fault} Quotes are polled until it is back."
            self._reporter.notice(text, serious=fault.is_for_a_person, about=Condition.PRICES)
        return True

    async def _subscribe_new(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            socket = self._socket
            if socket is None:
                continue
            for book in sorted(self._books - self._subscribed):
                try:
                    for channel in feed.CHANNELS:
                        await socket.send(feed.subscription(book, channel))
                except SocketFault:
                    break
                self._subscribed.add(book)

    # -- ticker ----------------------------------------------------------------------------------------------------

    async def _ask_around(self) -> None:
        """Ask for every book once, and then for those that have been quiet too long, the quietest first."""
        while True:
            quiet = QUIET_WITH_SOCKET if self._socket is not None else QUIET_WITHOUT
            now = self._reporter.now()
            due = [book for book in self._books if book not in self._asked or now - self._heard.get(book, 0) > quiet]
            for book in sorted(due, key=lambda book: self._heard.get(book, 0)):
                # Remembered before the answer, so that a book that gives none is not asked for without end.
                self._asked.add(book)
                self._heard[book] = now
                await self._ask(book)
            await asyncio.sleep(_LOOK_AROUND)

    async def _ask(self, book: str) -> None:
        try:
            reply = await self._rest.look(self._rest.endpoints.ticker(book))
            quote = read_ticker(reply.payload, reply.at)
            if quote.symbol != book:
                raise Malformed(f"Bitso sent the ticker of {quote.symbol} where that of {book} was asked for.")
            self._see(quote)
        except Malformed as error:
            self._reporter.notice_once(str(error))
        except (NotSent, Unanswered, ReadFailed):
            # The link itself is judged by the private requests; a quote that stays old shows its age.
            return

    def _quote(self, book: str) -> Quote:
        now = self._reporter.now()
        known = self._quotes.get(book)
        return replace(known, as_of=now) if known is not None else Quote(book, "", None, None, None, now)

    def _see(self, quote: Quote) -> None:
        """Pass a quote on when it changed, and once a second when it did not, so that its age stays true."""
        known = self._quotes.get(quote.symbol)
        self._heard[quote.symbol] = quote.as_of
        if known is not None and quote.as_of - known.as_of < SECOND and replace(known, as_of=quote.as_of) == quote:
            return
        self._quotes[quote.symbol] = quote
        self._reporter.quote(quote)

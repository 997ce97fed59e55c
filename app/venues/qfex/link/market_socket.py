"""The market socket: best bid and offer, mark price and price band of the symbols that have open orders."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from app.domain import events as ev
from app.domain.market import Quote
from app.venues.common.failures import Malformed
from app.venues.common.reporter import Reporter
from app.venues.qfex.wire import market
from app.venues.qfex.wire.market import Band, Mark, Touch
from app.venues.transport.socket import Socket, SocketFault, SocketSettings, keep_connected

NAME = "QFEX market data"


class MarketFeed:
    """Quotes of one account's symbols. Public, without a login; losing it blocks nothing but is told."""

    def __init__(self, url: str, reporter: Reporter) -> None:
        """Connect to nothing yet; `url` is the market socket's address."""
        self._url = url
        self._reporter = reporter
        self._wanted: list[str] = []
        self._unasked: list[str] = []
        self._quotes: dict[str, Quote] = {}
        self._complained = self._missing = False

    async def run(self, jitter: Callable[[], float], settings: SocketSettings) -> None:
        """Stay connected until cancelled."""
        await keep_connected(
            self._url, self, name=NAME, jitter=jitter, settings=settings, secrecy=self._reporter.secrecy
        )

    def watch(self, symbols: Iterable[str]) -> None:
        """Ask for these symbols too; asked for with the next beat, or after the next connect."""
        for symbol in sorted(set(symbols)):
            if symbol not in self._wanted:
                self._wanted.append(symbol)
                self._unasked.append(symbol)

    async def opened(self, socket: Socket) -> None:
        """Subscribe everything that is wanted."""
        self._complained = False
        if self._missing:
            self._missing = False
            self._reporter.notice("QFEX's prices are live again.", serious=False, about=ev.Condition.PRICES, over=True)
        self._unasked = list(self._wanted)
        await self._subscribe(socket)

    async def beat(self, socket: Socket) -> None:
        """Subscribe what was asked for since."""
        await self._subscribe(socket)

    async def _subscribe(self, socket: Socket) -> None:
        if self._unasked:
            symbols, self._unasked = self._unasked, []
            await socket.send(market.subscribe(market.CHANNELS, symbols))

    def frame(self, socket: Socket, text: str) -> None:
        """Merge one message into its symbol's quote."""
        try:
            message = market.decode(text)
        except Malformed as error:
            if not self._complained:
                self._complained = True
                self._reporter.notice(f"QFEX sent market data that cannot be read: {error}", serious=False)
            return
        if message is None:
            return
        known = self._quotes.get(message.symbol)
        quote = known or Quote(message.symbol, "", None, None, None, 0)
        match message:
            case Touch():
                quote = replace(quote, bid=message.bid, ask=message.ask)
            case Mark():
                quote = replace(quote, mark=message.price)
            case Band():
                quote = replace(quote, low_band=message.low, high_band=message.high)
        if quote != known:
            self._quotes[message.symbol] = quote
            self._tell(quote)

    def closed(self, fault: SocketFault) -> bool:
        """Forget the quotes: an old price is worse than none. Said once an outage: a dead address is tried for ever."""
        if not self._missing:
            self._missing = True
            text = f"{fault} Prices are not live until it is back."
            self._reporter.notice(text, serious=fault.is_for_a_person, about=ev.Condition.PRICES)
        quotes, self._quotes = self._quotes, {}
        for symbol in quotes:
            self._tell(Quote(symbol, "", None, None, None, 0))
        return True

    def _tell(self, quote: Quote) -> None:
        self._reporter.quote(replace(quote, as_of=self._reporter.now()))

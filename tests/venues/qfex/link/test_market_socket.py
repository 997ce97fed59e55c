"""Quotes merged from three channels, and what happens when the market socket is lost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

import pytest

from app.domain import events as ev
from app.domain.market import Quote
from app.runtime.clock import SystemClock
from app.venues.common.reporter import Reporter
from app.venues.qfex.link.market_socket import MarketFeed
from app.venues.transport.socket import Broken, Socket

D = Decimal


class Wire:
    """Stands where the socket is."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def send(self, text: str) -> None:
        self.sent.append(text)


@pytest.fixture
def events() -> list[Any]:
    return []


@pytest.fixture
def feed(events: list[Any]) -> MarketFeed:
    return MarketFeed("ws://127.0.0.1:1", Reporter("desk", events.append, SystemClock()))


def hear(feed: MarketFeed, *texts: str) -> None:
    for text in texts:
        feed.frame(cast(Socket, Wire()), text)


BBO = '{"type":"bbo","symbol":"A-USD","bid":[["1","5"]],"ask":[["2","5"]]}'
MARK = '{"type":"mark_price","symbol":"A-USD","price":"1.5"}'
BAND = '{"type":"minmax_price","symbol":"A-USD","min_price":"0.5","max_price":"2.5"}'


def test_channels_merge_into_one_quote_and_repeats_are_not_told(feed: MarketFeed, events: list[Any]) -> None:
    hear(feed, BBO, MARK, BAND, BBO, '{"type":"subscribed"}')
    assert len(events) == 3
    quote: Quote = events[-1].quote
    assert (quote.bid, quote.ask, quote.mark, quote.low_band, quote.high_band) == (1, 2, D("1.5"), D("0.5"), D("2.5"))
    assert 0 < quote.as_of <= events[-1].at


def test_a_lost_socket_clears_the_quotes_and_complains_once(feed: MarketFeed, events: list[Any]) -> None:
    hear(feed, BBO)
    assert feed.closed(Broken("It broke."))
    assert feed.closed(Broken("It broke again."))
    notices = [event for event in events if isinstance(event, ev.Noticed)]
    assert [(notice.text, notice.serious) for notice in notices] == [
        ("It broke. Prices are not live until it is back.", False)
    ]
    quote = [event for event in events if isinstance(event, ev.QuoteSeen)][-1].quote
    assert (quote.bid, quote.ask, quote.mark) == (None, None, None)


async def test_prices_that_are_back_are_told_once(feed: MarketFeed, events: list[Any]) -> None:
    socket = cast(Socket, Wire())
    await feed.opened(socket)
    feed.closed(Broken("It broke."))
    await feed.opened(socket)
    await feed.opened(socket)
    said = [(event.about, event.over) for event in events if isinstance(event, ev.Noticed)]
    assert said == [(ev.Condition.PRICES, False), (ev.Condition.PRICES, True)]


def test_unreadable_market_data_is_told_once_a_connection(feed: MarketFeed, events: list[Any]) -> None:
    hear(feed, "nonsense", "nonsense")
    assert len(events) == 1


async def test_symbols_are_asked_for_once_and_again_after_a_reconnect(feed: MarketFeed) -> None:
    wire = Wire()
    socket = cast(Socket, wire)
    feed.watch(["A-USD"])
    await feed.opened(socket)
    feed.watch(["A-USD", "B-USD"])
    await feed.beat(socket)
    await feed.beat(socket)
    head = '{"type":"subscribe","channels":["bbo","mark_price","minmax_price"],"symbols":'
    assert wire.sent == [head + '["A-USD"]}', head + '["B-USD"]}']
    await feed.opened(socket)
    assert wire.sent[-1] == head + '["A-USD","B-USD"]}'

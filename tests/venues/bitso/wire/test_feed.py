"""Messages of the public feed: subscriptions out, quotes and hints in."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.venues.bitso.wire import feed
from app.venues.common.failures import Malformed


def test_feed_messages() -> None:
    assert feed.subscription("btc_mxn", "orders") == '{"action":"subscribe","book":"btc_mxn","type":"orders"}'
    assert feed.message('{"type":"ka"}') is None
    assert feed.message('{"action":"subscribe","response":"ok","time":1455831538045,"type":"trades"}') is None
    top = (
        '{"type":"orders","book":"btc_mxn","payload":{"bids":[{"r":"99","a":"1"},{"r":99.5,"a":1}],"asks":[]},"sent":1}'
    )
    assert feed.message(top) == feed.Touch("btc_mxn", Decimal("99.5"), None)
    trades = '{"type":"trades","book":"btc_mxn","payload":[{"i":7,"a":"1","r":"7190","mo":"m1","to":"t1","t":0}]}'
    assert feed.message(trades) == feed.Traded("btc_mxn", Decimal(7190), frozenset({"m1", "t1"}))
    moved = '{"type":"diff-orders","book":"btc_mxn","sequence":2734,"payload":[{"o":"a1","s":"cancelled"},{"o":"b2"}]}'
    assert feed.message(moved) == feed.Moved("btc_mxn", (("a1", "cancelled"), ("b2", "")), 2734)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"type":"orders","book":"b","payload":[]}',
        '{"type":"trades","book":"b","payload":[{}]}',
        '{"type":"diff-orders","book":"b","payload":[{}]}',
        '{"type":"orders","book":"b","payload":{"bids":[{"r":NaN}]}}',
    ],
)
def test_an_unreadable_frame_is_malformed(text: str) -> None:
    with pytest.raises(Malformed, match="Bitso's market data cannot be read"):
        feed.message(text)


def test_lost_messages_are_counted_in_each_book() -> None:
    sequences = feed.Sequences()
    told = [
        ("btc_mxn", 7),
        ("btc_mxn", 8),
        ("eth_mxn", 3),
        ("btc_mxn", 11),
        ("btc_mxn", 11),
        ("btc_mxn", 9),
        ("btc_mxn", 12),
    ]
    missed = [sequences.missed(feed.Moved(book, (), number)) for book, number in told]
    assert missed == [0, 0, 0, 2, 0, 0, 0]
    assert sequences.missed(feed.Moved("btc_mxn", ())) == 0


@pytest.mark.parametrize("number", ['"²"', "1" * 5000, f'"{"1" * 5000}"', "-1", "1.5", "true", "null", "{}", '"x"'])
def test_a_number_of_a_message_that_is_none_counts_for_nothing(number: str) -> None:
    text = f'{{"type":"diff-orders","book":"b","sequence":{number},"payload":[{{"o":"a1","s":"open"}}]}}'
    assert feed.message(text) == feed.Moved("b", (("a1", "open"),), None)


def test_a_step_of_one_is_none_missed() -> None:
    sequences = feed.Sequences()
    assert [sequences.missed(feed.Moved("b", (), number)) for number in (0, 1, 3, 3, 4)] == [0, 0, 1, 0, 0]

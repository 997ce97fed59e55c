"""The crowd: the same seed gives the same day, and it is polite to the trader's orders."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.practice.exchange.errors import Refused
from app.practice.exchange.orders import (
    CROWD,
    TRADER,
    NewOrder,
    OrderChanged,
    OrdersTraded,
    Side,
    SimChange,
    SimKind,
    SimOrder,
    Status,
    TriggerSource,
)
from tests.practice.daily import SYMBOL, Daily, Day, Diary, limit

D = Decimal


def a_day(seed: int, ticks: int = 400) -> tuple[Daily, Diary]:
    """A venue that has lived for a while; the trader amends something in the middle of it."""
    venue = Daily(Day(seed))
    diary = Diary(venue.exchange)
    for number in range(ticks):
        venue.clock.advance(250)  # type: ignore[attr-defined]
        venue.market.tick()
        if number == ticks // 2:
            venue.exchange.amend(venue.seeded[0], SimChange(price=D(985)))
    return venue, diary


def test_the_same_seed_gives_the_same_day() -> None:
    first, second, other = (a_day(seed)[1] for seed in (5, 5, 6))
    assert first.digest == second.digest
    assert len(first.events) == len(second.events)
    assert first.digest != other.digest


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_long_day_leaves_the_starting_book_standing(seed: int) -> None:
    venue, diary = a_day(seed, ticks=1500)
    best, deep, still, stop = venue.seeded
    assert [order.status for order in venue.seeded] == [
        Status.PARTIALLY_FILLED,
        Status.PARTIALLY_FILLED,
        Status.WORKING,
        Status.UNTRIGGERED,
    ]
    assert deep.filled == D("0.25")
    assert (still.filled, stop.filled) == (D(0), D(0))
    ours = [event for event in diary.events if isinstance(event, OrdersTraded) and event.maker.owner == TRADER]
    theirs = [event for event in diary.events if isinstance(event, OrdersTraded) and event.maker.owner == CROWD]
    assert {event.maker.uid for event in ours} == {best.uid}
    assert 5 < len(ours) < 100
    assert len(theirs) > 100
    venue.exchange.ledger.check()


def test_the_crowd_stands_on_both_sides_and_the_price_moves() -> None:
    venue, diary = a_day(4)
    book = venue.exchange.book(SYMBOL)
    bid, ask = book.best(Side.BUY), book.best(Side.SELL)
    assert bid is not None
    assert ask is not None
    assert bid < venue.market.mid(SYMBOL) < ask
    assert len(book.depth(Side.BUY)) >= 5
    assert len(book.depth(Side.SELL)) >= 5
    crowd_orders = venue.exchange.open_orders(CROWD)
    assert len(crowd_orders) < 60
    prices = {event.execution.price for event in diary.events if isinstance(event, OrdersTraded)}
    assert len(prices) > 5


def test_a_quiet_market_does_nothing() -> None:
    venue = Daily(Day())
    diary = Diary(venue.exchange)
    venue.switches.set("market", "quiet")
    for _ in range(100):
        venue.tick()
    assert diary.events == []
    venue.switches.set("market", "live")
    for _ in range(100):
        venue.tick()
    assert diary.events != []


def test_starting_orders_are_what_they_say() -> None:
    venue = Daily(Day())
    queued, filled, _, stop = venue.seeded
    assert venue.exchange.book(SYMBOL).place(queued.uid).quantity_ahead == D(3)
    assert (filled.status, filled.filled) == (Status.PARTIALLY_FILLED, D("0.25"))
    assert len(venue.exchange.executions_of(TRADER, filled.uid)) == 1
    assert stop.status is Status.UNTRIGGERED
    assert queued.created_ns == venue.clock.now_ns() - 600_000 * 1_000_000
    balance = venue.exchange.ledger.balance(TRADER, "mxn")
    assert balance.locked == D(1980) + D(675)
    assert balance.total == D(100_000) - D(225)


def test_trade_through_respects_the_queue() -> None:
    venue = Daily(Day())
    order = venue.seeded[0]
    crowd = venue.exchange.book(SYMBOL).fillable(Side.SELL, D("990.5"), D(1000))[0]
    venue.market.trade_through(SYMBOL, Side.SELL, D(990), crowd + D(3))
    assert order.filled == D(0)
    done = venue.market.trade_through(SYMBOL, Side.SELL, D(990))
    assert order.status is Status.FILLED
    assert done[-1].maker_uid == order.uid


def test_a_fill_can_be_had_at_once_anywhere() -> None:
    venue = Daily(Day())
    order = venue.seeded[2]
    venue.market.fill(order, D("0.5"))
    assert (order.filled, order.status) == (D("0.5"), Status.PARTIALLY_FILLED)
    venue.fill_now(order, None)
    assert order.filled == D("1.25")
    venue.fill_now(order, D(100))
    assert order.status is Status.FILLED
    with pytest.raises(Refused):
        venue.fill_now(order, D(1))
    with pytest.raises(Refused):
        venue.market.fill(venue.seeded[3], D(1))


def statuses(orders: list[SimOrder]) -> list[Status]:
    return [order.status for order in orders]


def test_moving_the_price_fills_what_it_passes_and_wakes_stops() -> None:
    venue = Daily(Day())
    venue.move_price(SYMBOL, D(945))
    assert statuses(venue.seeded) == [Status.FILLED, Status.PARTIALLY_FILLED, Status.WORKING, Status.FILLED]
    assert venue.market.mid(SYMBOL) == D(945)
    assert venue.exchange.price(SYMBOL, TriggerSource.MARK) == D(945)
    venue.move_price(SYMBOL, D(2000))
    assert venue.seeded[2].status is Status.FILLED
    bid = venue.exchange.book(SYMBOL).best(Side.BUY)
    assert bid is not None
    assert bid > D(1990)
    venue.exchange.ledger.check()


def test_only_the_stop_that_is_meant_wakes() -> None:
    venue = Daily(Day())
    other = venue.exchange.place(NewOrder(TRADER, SYMBOL, Side.SELL, SimKind.STOP_LIMIT, D(1), D(940), stop=D(950)))
    venue.trigger_now(venue.seeded[3])
    assert venue.seeded[3].triggered_ns is not None
    assert other.status is Status.UNTRIGGERED


def test_a_closed_market_stands_still() -> None:
    venue = Daily(Day())
    venue.set_session(SYMBOL, is_open=False)
    diary = Diary(venue.exchange)
    for _ in range(50):
        venue.market.tick()
    assert [event for event in diary.events if isinstance(event, OrderChanged)] == []


def test_an_order_at_the_touch_is_not_run_over() -> None:
    venue = Daily(Day(9), fill_every=0)
    bid = venue.exchange.book(SYMBOL).best(Side.BUY)
    ask = venue.exchange.book(SYMBOL).best(Side.SELL)
    assert bid is not None
    assert ask is not None
    ours = [
        limit(venue.exchange, TRADER, Side.BUY, str(bid + D("0.5")), "1"),
        limit(venue.exchange, TRADER, Side.SELL, str(ask), "1"),
    ]
    for _ in range(1000):
        venue.market.tick()
    assert [order.filled for order in ours] == [D(0), D(0)]

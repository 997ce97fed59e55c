"""The exchange: all or nothing, exact money, and a history that tells everything."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.practice.exchange.errors import Reason, Refused
from app.practice.exchange.ledger import LedgerBalance
from app.practice.exchange.orders import (
    CROWD,
    FEES,
    TRADER,
    BalanceChanged,
    BookChanged,
    Force,
    NewOrder,
    OrderChanged,
    OrdersTraded,
    SelfTrade,
    Side,
    SimChange,
    SimKind,
    Status,
    TriggerSource,
)
from app.practice.exchange.policy import MarginPolicy, SpotPolicy
from tests.practice.daily import SYMBOL, Diary, bare, limit

D = Decimal


def test_a_resting_order_locks_what_it_may_cost() -> None:
    exchange = bare()
    order = limit(exchange, TRADER, Side.BUY, "990", "2")
    assert order.status is Status.WORKING
    assert exchange.ledger.balance(TRADER, "mxn") == LedgerBalance(D(100_000), D(1980))
    limit(exchange, TRADER, Side.SELL, "1010", "3")
    assert exchange.ledger.balance(TRADER, "btc") == LedgerBalance(D(100), D(3))
    exchange.cancel(order)
    assert order.status is Status.CANCELLED
    assert order.reason == "user"
    assert exchange.ledger.balance(TRADER, "mxn") == LedgerBalance(D(100_000), D(0))


def test_a_fill_settles_both_sides_and_the_fees() -> None:
    policy = SpotPolicy()
    policy.maker_rate, policy.taker_rate = D("0.001"), D("0.002")
    exchange = bare(policy)
    diary = Diary(exchange)
    maker = limit(exchange, TRADER, Side.BUY, "990", "2")
    limit(exchange, CROWD, Side.SELL, "980", "0.5")
    assert maker.status is Status.PARTIALLY_FILLED
    assert (maker.filled, maker.remaining, maker.average_price) == (D("0.5"), D("1.5"), D(990))
    assert exchange.ledger.balance(TRADER, "mxn") == LedgerBalance(D(99_505), D(1485))
    assert exchange.ledger.balance(TRADER, "btc").total == D("100.4995")
    assert exchange.ledger.balance(FEES, "mxn").total == D("0.99")
    exchange.ledger.check()
    (done,) = exchange.executions_of(TRADER)
    assert (done.price, done.quantity, done.value, done.taker_side) == (D(990), D("0.5"), D(495), Side.SELL)
    assert done.is_maker(maker.uid)
    assert done.taker_side is Side.SELL
    assert done.fee_of(maker.uid).amount == D("0.0005")
    assert exchange.price(SYMBOL) == D(990)
    kinds = [type(event) for event in diary.events]
    assert kinds.index(OrdersTraded) > kinds.index(OrderChanged)
    numbers = [event.sequence for event in diary.events]
    assert numbers == sorted(set(numbers))
    balances = [event for event in diary.events if isinstance(event, BalanceChanged)]
    assert (balances[-1].account, balances[-2].account) == (TRADER, TRADER)


def test_an_amendment_relocks_only_the_difference() -> None:
    exchange = bare()
    order = limit(exchange, TRADER, Side.BUY, "990", "100")
    exchange.amend(order, SimChange(price=D(1000)))
    assert exchange.ledger.balance(TRADER, "mxn").locked == D(100_000)
    with pytest.raises(Refused) as refusal:
        exchange.amend(order, SimChange(price=D("1000.5"), attributes={"note": 1}, order_id="new"))
    assert refusal.value.reason is Reason.INSUFFICIENT_BALANCE
    assert (order.price, order.quantity, order.value) == (D(1000), D(100), D(100_000))
    assert "note" not in order.attributes
    assert exchange.order(order.order_id) is order
    assert exchange.ledger.balance(TRADER, "mxn").locked == D(100_000)


def test_a_reduction_keeps_the_place_and_a_new_price_loses_it() -> None:
    exchange = bare()
    order = limit(exchange, TRADER, Side.BUY, "990", "2")
    limit(exchange, CROWD, Side.BUY, "990", "5")
    exchange.reduce(order, D(1))
    assert exchange.book(SYMBOL).place(order.uid).orders_ahead == 0
    exchange.amend(order, SimChange(quantity=D(3), keep_place=True))
    assert exchange.book(SYMBOL).place(order.uid).orders_ahead == 0
    exchange.amend(order, SimChange(quantity=D(4)))
    assert exchange.book(SYMBOL).place(order.uid).quantity_ahead == D(5)
    exchange.amend(order, SimChange(price=D(989)))
    exchange.amend(order, SimChange(price=D(990)))
    assert exchange.book(SYMBOL).place(order.uid).orders_ahead == 1
    assert [line.cause for line in order.history] == ["placed", "reduced", "amended", "amended", "amended", "amended"]


def test_an_amendment_across_the_book_trades_at_once() -> None:
    exchange = bare()
    limit(exchange, CROWD, Side.SELL, "1000", "1")
    order = limit(exchange, TRADER, Side.BUY, "990", "3")
    exchange.amend(order, SimChange(price=D(1005)))
    assert order.status is Status.PARTIALLY_FILLED
    assert order.filled == D(1)
    assert exchange.book(SYMBOL).best(Side.BUY) == D(1005)
    assert exchange.ledger.balance(TRADER, "mxn") == LedgerBalance(D(99_000), D(2010))
    exchange.ledger.check()


def test_a_new_total_must_be_above_what_is_filled() -> None:
    exchange = bare()
    order = limit(exchange, TRADER, Side.BUY, "990", "3")
    exchange.deal(order, D(1))
    for quantity in ("0.5", "1"):
        with pytest.raises(Refused) as refusal:
            exchange.amend(order, SimChange(quantity=D(quantity)))
        assert refusal.value.reason is Reason.BAD_QUANTITY
    exchange.amend(order, SimChange(quantity=D(1), complete=True))
    assert order.status is Status.FILLED
    assert exchange.ledger.balance(TRADER, "mxn").locked == D(0)
    assert exchange.book(SYMBOL).entry(order.uid) is None


def test_a_new_id_leaves_the_old_one_dead_but_known() -> None:
    exchange = bare()
    diary = Diary(exchange)
    order = limit(exchange, TRADER, Side.BUY, "990", "3", order_id="old")
    exchange.amend(order, SimChange(price=D(991), order_id="new"))
    assert exchange.order("new") is order
    assert exchange.find("old") is order
    with pytest.raises(Refused) as refusal:
        exchange.order("old")
    assert refusal.value.reason is Reason.NO_SUCH_ORDER
    changes = [event for event in diary.events if isinstance(event, OrderChanged)]
    assert [(event.former_id, event.revision.order_id) for event in changes] == [("old", "old"), ("old", "new")]
    limit(exchange, CROWD, Side.SELL, "991", "1")
    assert exchange.executions_of(TRADER, order.uid)[0].maker_order_id == "new"


def test_post_only_never_takes() -> None:
    exchange = bare()
    limit(exchange, CROWD, Side.SELL, "1000", "1")
    with pytest.raises(Refused) as refusal:
        limit(exchange, TRADER, Side.BUY, "1000", "1", post_only=True)
    assert refusal.value.reason is Reason.WOULD_CROSS
    order = limit(exchange, TRADER, Side.BUY, "999", "1", post_only=True)
    with pytest.raises(Refused) as refusal:
        exchange.amend(order, SimChange(price=D(1000)))
    assert refusal.value.reason is Reason.WOULD_CROSS
    assert order.price == D(999)


def test_immediate_orders_do_not_rest() -> None:
    exchange = bare()
    limit(exchange, CROWD, Side.SELL, "1000", "1")
    order = limit(exchange, TRADER, Side.BUY, "1000", "3", force=Force.FOK)
    assert (order.status, order.reason, order.filled) == (Status.CANCELLED, "fill_or_kill", D(0))
    order = limit(exchange, TRADER, Side.BUY, "1000", "3", force=Force.IOC)
    assert (order.status, order.reason, order.filled) == (Status.CANCELLED, "no_liquidity", D(1))
    limit(exchange, CROWD, Side.SELL, "1000", "5")
    order = limit(exchange, TRADER, Side.BUY, "1000", "3", force=Force.FOK)
    assert order.status is Status.FILLED
    order = exchange.place(NewOrder(TRADER, SYMBOL, Side.BUY, SimKind.MARKET, D(2)))
    assert (order.status, order.filled_value) == (Status.FILLED, D(2000))
    exchange.ledger.check()
    assert exchange.ledger.balance(TRADER, "mxn") == LedgerBalance(D(94_000), D(0))


def test_a_stop_wakes_when_the_last_price_reaches_it() -> None:
    exchange = bare()
    limit(exchange, CROWD, Side.BUY, "940", "1")
    stop = exchange.place(NewOrder(TRADER, SYMBOL, Side.SELL, SimKind.STOP_LIMIT, D(1), D(960), stop=D(950)))
    assert stop.status is Status.UNTRIGGERED
    exchange.amend(stop, SimChange(stop=D(945)))
    exchange.set_price(SYMBOL, TriggerSource.LAST, D(950))
    assert stop.status is Status.UNTRIGGERED
    limit(exchange, CROWD, Side.SELL, "940", "0.5")
    assert (stop.status, stop.kind, stop.placed_as) == (Status.WORKING, SimKind.LIMIT, SimKind.STOP_LIMIT)
    assert stop.triggered_ns is not None
    assert exchange.book(SYMBOL).best(Side.SELL) == D(960)
    with pytest.raises(Refused) as refusal:
        exchange.amend(stop, SimChange(stop=D(930)))
    assert refusal.value.reason is Reason.BAD_STOP


def test_a_market_stop_sweeps_when_the_mark_reaches_it() -> None:
    exchange = bare()
    limit(exchange, CROWD, Side.BUY, "940", "5")
    new = NewOrder(
        TRADER, SYMBOL, Side.SELL, SimKind.STOP_MARKET, D(1), stop=D(1100), trigger=TriggerSource.MARK, rising=True
    )
    profit = exchange.place(new)
    exchange.set_price(SYMBOL, TriggerSource.LAST, D(1200))
    assert profit.status is Status.UNTRIGGERED
    exchange.set_price(SYMBOL, TriggerSource.MARK, D(1100))
    assert (profit.status, profit.average_price) == (Status.FILLED, D(940))


def test_a_queued_order_waits_to_be_admitted() -> None:
    exchange = bare()
    limit(exchange, CROWD, Side.SELL, "1000", "1")
    order = limit(exchange, TRADER, Side.BUY, "1000", "1", queued=True)
    assert order.status is Status.PENDING
    assert exchange.ledger.balance(TRADER, "mxn").locked == D(1000)
    exchange.admit(order)
    assert order.status is Status.FILLED
    other = limit(exchange, TRADER, Side.BUY, "1000", "1", queued=True)
    exchange.cancel(other)
    with pytest.raises(Refused):
        exchange.admit(other)


def test_a_closed_session_refuses_but_lets_cancel() -> None:
    exchange = bare()
    order = limit(exchange, TRADER, Side.BUY, "990", "1")
    exchange.set_session(SYMBOL, is_open=False)
    with pytest.raises(Refused) as refusal:
        exchange.amend(order, SimChange(price=D(991)))
    assert refusal.value.reason is Reason.MARKET_CLOSED
    exchange.expire(order, "session")
    assert (order.status, order.reason) == (Status.EXPIRED, "session")


def test_an_account_does_not_trade_with_itself() -> None:
    exchange = bare()
    maker = limit(exchange, TRADER, Side.BUY, "990", "1")
    diary = Diary(exchange)
    taker = limit(exchange, TRADER, Side.SELL, "990", "1")
    assert (maker.status, maker.reason, taker.status) == (Status.CANCELLED, "self_trade", Status.WORKING)
    levels = {(event.side, event.orders) for event in diary.events if isinstance(event, BookChanged)}
    assert levels == {(Side.BUY, 0), (Side.SELL, 1)}
    exchange.policy.self_trade = SelfTrade.ALLOW
    late = limit(exchange, TRADER, Side.BUY, "990", "1")
    assert (late.status, taker.status) == (Status.FILLED, Status.FILLED)


def test_a_deal_ignores_the_queue_and_moves_no_price() -> None:
    exchange = bare()
    limit(exchange, CROWD, Side.BUY, "995", "5")
    first = limit(exchange, TRADER, Side.BUY, "990", "2")
    exchange.deal(first, D("0.5"))
    assert first.filled == D("0.5")
    assert exchange.price(SYMBOL) == D(1000)
    assert exchange.book(SYMBOL).level(Side.BUY, D(990)).quantity == D("1.5")
    with pytest.raises(Refused):
        exchange.deal(first, D(2))
    exchange.deal(first, D("1.5"))
    assert first.status is Status.FILLED
    exchange.ledger.check()


@pytest.mark.parametrize(
    "new, reason",
    [
        (NewOrder(TRADER, "nope", Side.BUY, SimKind.LIMIT, D(1), D(1)), Reason.NO_SUCH_INSTRUMENT),
        (NewOrder(TRADER, SYMBOL, Side.BUY, SimKind.LIMIT, D(0), D(1)), Reason.BAD_QUANTITY),
        (NewOrder(TRADER, SYMBOL, Side.BUY, SimKind.LIMIT, D(1)), Reason.BAD_PRICE),
        (NewOrder(TRADER, SYMBOL, Side.BUY, SimKind.LIMIT, D(1), D(1), stop=D(1)), Reason.BAD_STOP),
        (NewOrder(TRADER, SYMBOL, Side.BUY, SimKind.STOP_LIMIT, D(1), D(1)), Reason.BAD_STOP),
        (NewOrder(TRADER, SYMBOL, Side.BUY, SimKind.LIMIT, D(1), D(100_001)), Reason.INSUFFICIENT_BALANCE),
        (NewOrder(TRADER, SYMBOL, Side.BUY, SimKind.LIMIT, D(1), D(1), order_id="taken"), Reason.DUPLICATE_ID),
    ],
)
def test_what_cannot_be_placed_is_refused_and_leaves_no_trace(new: NewOrder, reason: Reason) -> None:
    exchange = bare()
    limit(exchange, CROWD, Side.BUY, "1", "1", order_id="taken")
    diary = Diary(exchange)
    with pytest.raises(Refused) as refusal:
        exchange.place(new)
    assert refusal.value.reason is reason
    assert exchange.orders_of(TRADER) == []
    assert [event for event in diary.events if isinstance(event, OrderChanged)] == []
    assert exchange.ledger.balance(TRADER, "mxn") == LedgerBalance(D(100_000), D(0))


def test_a_listener_may_act_and_is_heard_after() -> None:
    exchange = bare()
    seen: list[tuple[str, str]] = []

    def on(event: object) -> None:
        if isinstance(event, OrderChanged):
            seen.append((event.order.client_id, event.revision.cause))
            if event.revision.cause == "filled" and event.order.client_id == "entry":
                limit(exchange, TRADER, Side.SELL, "1100", "1", client_id="exit")

    exchange.subscribe(on)
    entry = limit(exchange, TRADER, Side.BUY, "990", "1", client_id="entry")
    exchange.deal(entry, D(1))
    assert seen[-2:] == [("", "filled"), ("exit", "placed")]
    assert exchange.by_client_id(TRADER, "exit")[0].status is Status.WORKING


def test_positions_and_margin() -> None:
    policy = MarginPolicy(D("0.1"))
    exchange = bare(policy)
    order = limit(exchange, TRADER, Side.BUY, "1000", "10")
    assert exchange.ledger.balance(TRADER, "mxn").locked == D(1000)
    exchange.deal(order, D(4))
    assert policy.position(TRADER, SYMBOL).quantity == D(4)
    assert exchange.ledger.locks(TRADER, "mxn") == {order.uid: D(600), ("position", SYMBOL): D(400)}
    closing = limit(exchange, TRADER, Side.SELL, "1100", "6", reduce_only=True)
    assert exchange.ledger.lock_of(TRADER, "mxn", closing.uid) == D(0)
    exchange.deal(closing, D(6))
    position = policy.position(TRADER, SYMBOL)
    assert (position.quantity, position.average, position.realised) == (D(-2), D(1100), D(400))
    assert exchange.ledger.balance(TRADER, "mxn").total == D(100_400)
    exchange.ledger.check()

"""Values exactly at a bound, and one step beyond it, on each side of every rule."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.evidence import SECOND, Finding
from app.domain.forecast import BALANCE_UNKNOWN
from app.domain.market import Balance
from app.domain.order import Fill, Order, OrderStatus, Side
from app.venues.bitso.rules.asked import LARGEST, SMALLEST, is_usable, restored
from app.venues.bitso.rules.checks import OLD_BALANCE
from app.venues.bitso.rules.gone import FIRST_WAIT, SETTLED_AFTER, GoneOrders
from app.venues.bitso.rules.judge import TOLERANCE, ended, is_full, is_too_much
from app.venues.bitso.rules.locks import LASTING_READINGS, LockCheck
from tests.venues.bitso.samples import BOOK, NOW, RULES, around, cautions, command, order, partly, plan, problems

D = Decimal
STEP = D("0.00000001")


@pytest.mark.parametrize(
    "price, is_right",
    [
        ("500", True),
        ("500.01", True),
        ("499.99", False),
        ("10000000", True),
        ("9999999.99", True),
        ("10000000.01", False),
    ],
)
def test_a_price_at_the_edge_of_its_band(price: str, is_right: bool) -> None:
    book = replace(BOOK, min_value=None, max_value=None)
    rich = around(instrument=book, balances={"btc": Balance("btc", D(3), D(1), D(2), NOW)}, quote=None)
    assert (problems(plan(order(Side.SELL), rich, price=price)) == []) is is_right


@pytest.mark.parametrize(
    "amount, is_right", [("0.00005", True), ("0.00004999", False), ("500", True), ("500.00000001", False)]
)
def test_an_amount_at_the_edge_of_its_limits(amount: str, is_right: bool) -> None:
    rich = {"btc": Balance("btc", D(3000), D(1000), D(2), NOW)}
    book = replace(BOOK, min_value=None, max_value=None)
    found = plan(order(Side.SELL), around(balances=rich, instrument=book), quantity=amount)
    assert (problems(found) == []) is is_right


@pytest.mark.parametrize(
    "amount, is_right", [("0.00005", True), ("0.000049", False), ("100", True), ("100.0000001", False)]
)
def test_a_resulting_value_at_the_edge_of_its_limits(amount: str, is_right: bool) -> None:
    # At 100,000 these come to 5, the least of the book, and to 10,000,000, the most.
    rich = {"btc": Balance("btc", D(3000), D(1000), D(2), NOW)}
    book = replace(BOOK, min_quantity=None, max_quantity=None)
    found = plan(order(Side.SELL), around(balances=rich, instrument=book), quantity=amount)
    assert (problems(found) == []) is is_right


@pytest.mark.parametrize("amount, is_right", [("0.4", False), ("0.40000001", True), ("0.39999999", False)])
def test_an_amount_at_what_has_filled(amount: str, is_right: bool) -> None:
    book = replace(BOOK, min_quantity=None, min_value=None)
    assert (problems(plan(partly(), around(instrument=book), quantity=amount)) == []) is is_right


@pytest.mark.parametrize("amount, is_right", [("1.424", True), ("1.42400001", False)])
def test_funds_that_just_suffice(amount: str, is_right: bool) -> None:
    # 0.424 more at 100,000 lock all of the 42,400 that are available.
    assert (problems(plan(order(), quantity=amount)) == []) is is_right


@pytest.mark.parametrize("age, is_old", [(OLD_BALANCE, False), (OLD_BALANCE + 1, True)])
def test_a_balance_at_its_age(age: int, is_old: bool) -> None:
    old = {"usd": Balance("usd", D(300000), D(200000), D(100000), NOW - age)}
    told = [text for text in cautions(plan(order(), around(balances=old), quantity="1.1")) if "was read" in text]
    assert bool(told) is is_old
    if is_old:
        assert f"{age // SECOND} s ago" in told[0]


@pytest.mark.parametrize(
    "number, is_one",
    [
        (D(0), True),
        (SMALLEST, True),
        (-SMALLEST, True),
        (LARGEST, True),
        (SMALLEST / 10, False),
        (LARGEST * 10, False),
        (-LARGEST * 10, False),
        (D("NaN"), False),
        (D("Infinity"), False),
    ],
)
def test_numbers_that_can_be_reckoned_with(number: Decimal, is_one: bool) -> None:
    assert is_usable(number) is is_one


@pytest.mark.parametrize("number", ["1e9999", "-1e9999", "1e-9999", "0", "-1"])
@pytest.mark.parametrize("name", ["price", "quantity", "value", "stop"])
def test_no_number_makes_a_plan_raise(name: str, number: str) -> None:
    assert problems(plan(order(), **{name: number}))


@pytest.mark.parametrize(
    "done, size, full, too_much",
    [
        ("0.99999999", "1", False, False),
        ("1", "1", True, False),
        ("1.00000001", "1", True, False),
        ("1.00000002", "1", True, True),
        ("99999", "0.5", True, True),
        ("0", "0", False, False),
        ("1", "0", False, False),
    ],
)
def test_what_is_full_and_what_is_too_much(done: str, size: str, full: bool, too_much: bool) -> None:
    assert is_full(D(done), D(size)) is full
    assert is_too_much(D(done), D(size)) is too_much


def trade(of: Order, quantity: str) -> Fill:
    return Fill("desk", "7", of.order_id, of.symbol, of.side, D(100000), D(quantity), 1, maker=True)


@pytest.mark.parametrize(
    "quantity, hint, status",
    [
        ("1", None, OrderStatus.FILLED),
        ("1.00000001", None, OrderStatus.FILLED),
        ("1.00000002", None, OrderStatus.ENDED),
        ("99999", None, OrderStatus.ENDED),
        # It was made larger elsewhere, and Bitso itself says that it filled.
        ("1.5", OrderStatus.FILLED, OrderStatus.FILLED),
    ],
)
def test_more_trades_than_the_order_had_prove_no_fill(
    quantity: str, hint: OrderStatus | None, status: OrderStatus
) -> None:
    assert ended(order(), [trade(order(), quantity)], hint, D(1)).status is status


@pytest.mark.parametrize(
    "quantity, finding",
    [
        (D(1), Finding.APPLIED),
        (D(1) + STEP, Finding.DIFFERENT),
        (D(1) - STEP, Finding.DIFFERENT),
    ],
)
def test_what_was_sent_comes_back_to_the_digit(quantity: Decimal, finding: Finding) -> None:
    sent = command(order(), plan(order(), price="101000"))
    seen = order(price=D(101000), quantity=quantity, value=D(101000))
    assert RULES.judge(sent, seen).finding is finding


@pytest.mark.parametrize(
    "off, finding",
    [
        (TOLERANCE, Finding.APPLIED),
        (-TOLERANCE, Finding.APPLIED),
        (TOLERANCE + TOLERANCE / 10, Finding.DIFFERENT),
    ],
)
def test_what_is_derived_may_differ_by_the_last_digit_alone(off: Decimal, finding: Finding) -> None:
    sent = command(order(), plan(order(), price="101000"))
    seen = order(price=D(101000), value=D(101000) + off)
    assert RULES.judge(sent, seen).finding is finding


@pytest.mark.parametrize("changes", [{"symbol": "btc_mxn"}, {"side": Side.SELL}])
def test_the_terms_asked_for_prove_nothing_of_another_order(changes: dict[str, object]) -> None:
    sent = command(order(), plan(order(), price="101000"))
    seen = order(price=D(101000), value=D(101000))
    assert RULES.judge(sent, seen).finding is Finding.APPLIED
    assert RULES.judge(sent, replace(seen, **changes)).finding is Finding.UNRELATED  # type: ignore[arg-type]


@pytest.mark.parametrize("state", ["rejected", "frozen", "", "OPEN"])
def test_the_terms_asked_for_prove_nothing_under_a_state_nobody_knows(state: str) -> None:
    sent = command(order(), plan(order(), price="101000"))
    seen = order(price=D(101000), value=D(101000), status=OrderStatus.UNRECOGNISED, raw_status=state)
    found = RULES.judge(sent, seen)
    assert found.finding is Finding.UNRELATED
    assert f"“{state}”" in found.text


@pytest.mark.parametrize(
    "values, amount",
    [
        ({"price": "101000"}, D(1)),
        ({"price": "101000", "when_repriced": "keep_spend"}, None),
        ({"price": "101000", "quantity": "1.1"}, None),
        ({"quantity": "1.1"}, None),
    ],
)
def test_what_goes_along_as_it_is(values: dict[str, str], amount: Decimal | None) -> None:
    found = plan(order(), **values)
    assert restored(found.fields, order()) == amount
    assert found.consequence is not None
    note = next(each.note for each in found.consequence.lines if each.label == "Amount")
    assert ("goes along as it is" in note) is (amount is not None)


def test_a_sell_sends_nothing_along() -> None:
    assert restored(plan(order(Side.SELL), price="150000").fields, order(Side.SELL)) is None


def test_a_difference_of_locks_at_the_last_digits() -> None:
    check = LockCheck()
    orders = [order(), order(order_id="b")]
    just = [Balance("usd", D(500000), D(300000), D(200000) + 2 * STEP, NOW)]
    more = [Balance("usd", D(500000), D(300000), D(200000) + 3 * STEP, NOW)]
    for _ in range(LASTING_READINGS + 1):
        assert check.compare(orders, just) == []
    told = [check.compare(orders, more) for _ in range(LASTING_READINGS + 1)]
    assert [len(each) for each in told] == [0] * (LASTING_READINGS - 1) + [1, 0]


def test_an_order_that_is_gone_is_settled_at_its_hour_and_asked_at_its_moment() -> None:
    gone = GoneOrders()
    one = gone.missed(order(), 1, 0.0)
    assert not one.is_settled(SETTLED_AFTER - 0.001)
    assert one.is_settled(SETTLED_AFTER)
    assert gone.next_due(FIRST_WAIT - 0.001) is None
    assert gone.next_due(FIRST_WAIT) is one
    gone.shown(one.order.order_id, 1)
    assert one.order.order_id in gone
    gone.shown(one.order.order_id, 2)
    assert one.order.order_id not in gone


@pytest.mark.parametrize("price", ["0", "-0.01"])
def test_a_price_of_zero_is_not_above_zero(price: str) -> None:
    book = replace(BOOK, min_price=None, tick=None)
    assert problems(plan(order(Side.SELL), around(instrument=book), price=price))[0].startswith(
        "Price: it must be above zero"
    )


def test_a_forecast_says_that_the_balance_is_not_known_only_where_it_is_not() -> None:
    for balances, is_unknown in (({}, True), (around().balances, False)):
        found = plan(order(), around(balances=balances), quantity="1.1").consequence
        assert found is not None
        assert found.balance is not None
        assert (BALANCE_UNKNOWN in found.balance.note) is is_unknown

"""The lock model is proven by the balances, or its lasting difference is told once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.domain.market import Balance
from app.domain.order import OrderKind, Side
from app.venues.bitso.rules.locks import LASTING_READINGS, LockCheck, explained
from tests.venues.bitso.samples import NOW, order, partly, stop_limit

D = Decimal
ORDERS = [
    order(),
    order(order_id="b", price=D(120000), quantity=D("0.83333333")),
    partly(order_id="c"),
    order(Side.SELL, order_id="d"),
    stop_limit(order_id="e"),
]


def usd(locked: str) -> list[Balance]:
    return [Balance("usd", D(500000), D(500000) - D(locked), D(locked), NOW), Balance("mxn", D(1), D(1), D(0), NOW)]


def test_locks_add_up_by_currency() -> None:
    assert explained(ORDERS) == {"usd": (D(260400), 3), "btc": (D(2), 2)}


def test_an_order_whose_lock_is_unknown_leaves_its_currency_unjudged() -> None:
    at_market = replace(stop_limit(Side.BUY, kind=OrderKind.STOP_MARKET), price=None)
    assert explained([*ORDERS, at_market])["usd"] == (None, 4)
    check = LockCheck()
    assert all(check.compare([*ORDERS, at_market], usd("1")) == [] for _ in range(LASTING_READINGS + 1))


def test_agreement_within_the_last_digits_is_silent() -> None:
    check = LockCheck()
    assert all(check.compare(ORDERS, usd("260400.00000003")) == [] for _ in range(LASTING_READINGS + 1))


def test_a_lasting_difference_is_told_once_and_again_after_it_was_gone() -> None:
    check = LockCheck()
    told = [check.compare(ORDERS, usd("260450")) for _ in range(LASTING_READINGS + 2)]
    assert [len(each) for each in told] == [0, 0, 1, 0, 0]
    assert told[2] == [
        "Bitso locks 260450 usd and the open orders explain 260400; previews of locked usd may be off by 50."
    ]
    assert check.compare(ORDERS, usd("260400")) == []
    assert [len(check.compare(ORDERS, usd("260450"))) for _ in range(LASTING_READINGS)] == [0, 0, 1]


def test_a_passing_difference_is_not_told() -> None:
    check = LockCheck()
    for _ in range(3):
        assert check.compare(ORDERS, usd("260450")) == []
        assert check.compare(ORDERS, usd("260400")) == []


def test_without_an_order_nothing_may_be_locked() -> None:
    check = LockCheck()
    last_digit = Decimal("0.00000001")
    held = [Balance("btc", Decimal(1), Decimal(1) - last_digit, last_digit, 1)]
    told = [check.compare([], held) for _ in range(4)]
    assert [len(each) for each in told] == [0, 0, 1, 0]

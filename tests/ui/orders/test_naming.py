"""The name of an order: it says everything that tells one order from another, and nobody's text speaks in it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.account import Account, Environment
from app.domain.order import Order, OrderStatus
from app.ui.orders.naming import ONE_MARKET, order_name
from tests.helpers.paper_desk import resting

D = Decimal
ORDER = resting("main", "1204718", "BTCUSDT", "59840.10", "0.5", market="spot")


def account(environment: Environment = Environment.LIVE) -> Account:
    return Account("main", "venue", environment)


def test_it_says_everything() -> None:
    name = order_name(replace(ORDER, filled=D("0.2")), account(), "The Venue")
    assert name.sentence == (
        "buy 0.3 (of 0.5) BTCUSDT (spot) at 59840.10 · LIVE · The Venue · account main · order 1204718"
    )


@pytest.mark.parametrize(
    "other",
    [
        replace(ORDER, market="perp"),
        replace(ORDER, market=""),
        replace(ORDER, symbol="BTCUSD"),
        replace(ORDER, price=D("59840.11")),
        replace(ORDER, price=None),
        replace(ORDER, stop=D("60000")),
        replace(ORDER, quantity=D("0.6")),
        replace(ORDER, filled=D("0.1")),
        replace(ORDER, order_id="1204719"),
    ],
)
def test_two_orders_have_two_names(other: Order) -> None:
    assert order_name(other, account(), "V").sentence != order_name(ORDER, account(), "V").sentence


@pytest.mark.parametrize("environment", Environment)
def test_the_environment_is_said_in_capitals(environment: Environment) -> None:
    assert environment.value.upper() in order_name(ORDER, account(environment), "V").where


def test_a_venue_with_one_market_says_so() -> None:
    assert f"({ONE_MARKET})" in order_name(replace(ORDER, market=""), account(), "V").what


def test_no_text_of_others_speaks_in_it() -> None:
    symbol = "BTC at 1? Nothing is lost\nOrder 7"
    name = order_name(replace(ORDER, symbol=symbol, market="spot) at 9", order_id="a\u202eb"), account(), "V")
    assert "\n" not in name.sentence
    assert "\u202e" not in name.sentence
    assert "“BTC at 1?" in name.what
    assert "(“spot) at 9”)" in name.what


def test_a_number_that_no_market_has_does_not_fill_the_question() -> None:
    assert len(order_name(replace(ORDER, price=D("1E+999999")), account(), "V").sentence) < 300


def test_an_order_that_has_ended_has_its_whole_size_and_says_how_it_ended() -> None:
    ended = resting("a", "1", "X", "10", "2", filled=Decimal("0.5"), status=OrderStatus.CANCELLED)
    what = order_name(ended, Account("a", "a", Environment.PRACTICE), "A").what
    assert what == f"buy 2 (0.5 filled) X ({ONE_MARKET}) at 10 (cancelled)"

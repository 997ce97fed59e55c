"""Small words that forms, markets and rules of every venue share."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.form import why_ended, with_unit
from app.domain.market import Instrument, Quote, units_of
from app.domain.money import in_unit
from app.domain.order import OrderStatus, Side
from app.domain.rules import Confidence, Rule, RuleWriter

D = Decimal


def test_a_unit_stands_behind_its_label_and_its_number() -> None:
    assert (with_unit("Price", "USD"), with_unit("Price", "")) == ("Price (USD)", "Price")
    assert (in_unit(D("1.50"), "BTC"), in_unit(D("1.50"), "")) == ("1.5 BTC", "1.5")


@pytest.mark.parametrize("status", OrderStatus)
def test_every_ended_order_says_why_and_no_other(status: OrderStatus) -> None:
    assert bool(why_ended(status)) == status.is_terminal


def test_an_end_nobody_saw_is_not_called_a_cancel() -> None:
    assert why_ended(OrderStatus.ENDED) == "The order has ended; nothing is left to amend."
    assert "filled" in why_ended(OrderStatus.FILLED)
    assert "cancelled" in why_ended(OrderStatus.CANCELLED)


def test_units_of_a_market_that_is_not_loaded_are_empty() -> None:
    assert units_of(Instrument("BTCUSD", "BTC", "USD")) == ("BTC", "USD")
    assert units_of(None) == ("", "")


def test_a_buy_trades_with_the_offer_and_a_sell_with_the_bid() -> None:
    quote = Quote("BTCUSD", "", bid=D(99), ask=None, last=None, as_of=0)
    assert (quote.opposite(Side.BUY), quote.opposite(Side.SELL)) == (None, D(99))


def test_a_venues_rules_carry_its_name_and_the_day_they_were_read() -> None:
    rule = RuleWriter("somewhere", "2026-11-21")
    source = ("A page", "https://example.com")
    assert rule("order.ended", "It is over.", source) == Rule(
        "somewhere.order.ended", "It is over.", *source, "2026-11-21", Confidence.DOCUMENTED
    )
    full = rule("x", "S.", source, Confidence.INFERRED, conflict="C.", way_round="W.")
    assert (full.confidence, full.conflict, full.way_round) == (Confidence.INFERRED, "C.", "W.")

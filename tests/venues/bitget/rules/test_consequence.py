"""What an amendment would do: locks exact for spot, estimated for futures, and the worst case in between."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.form import IdAfter, QueuePlace
from app.domain.money import exact
from app.domain.order import Order, OrderStatus, Side
from app.domain.plan import Consequence
from app.venues.bitget.rules.consequence import opens
from app.venues.bitget.rules.rulebook import BitgetRulebook
from tests.venues.bitget.samples import NOW, PERP_BTC, around, draft, order, perp

BOOK = BitgetRulebook()


def of(base: Order, surroundings: dict[str, Any] | None = None, **values: Decimal | str) -> Consequence:
    made = BOOK.plan(draft(base, **values), around(**(surroundings or {}))).consequence
    assert made is not None
    return made


def line(made: Consequence, label: str) -> tuple[Any, Any, Any]:
    (found,) = [each for each in made.lines if each.label == label]
    return (found.now, found.peak, found.after)


def test_the_lines_of_a_spot_buy() -> None:
    base = order(filled=Decimal("0.1"), status=OrderStatus.PARTIALLY_FILLED)
    made = of(base, price=Decimal(60500), quantity=Decimal("0.6"))
    assert [each.label for each in made.lines] == [
        "Price",
        "Quantity",
        "Remaining",
        "Value",
        "Locked USDT",
        "Available USDT",
        "Place in queue",
        "Order id",
    ]
    assert line(made, "Price") == (Decimal(60000), "either", Decimal(60500))
    assert line(made, "Quantity") == (Decimal("0.5"), "≤ 0.6", Decimal("0.6"))
    assert line(made, "Remaining") == (Decimal("0.4"), "≤ 0.5", Decimal("0.5"))
    assert line(made, "Value") == (Decimal(30000), Decimal(36300), Decimal(36300))
    assert line(made, "Locked USDT") == (Decimal(24000), Decimal(30250), Decimal(30250))
    assert line(made, "Available USDT") == (Decimal(70000), Decimal(63750), Decimal(63750))
    assert (made.queue, made.id_after) == (QueuePlace.UNKNOWN, IdAfter.SAME)
    assert "not documented" in made.queue_note


def test_a_reduction_unlocks_only_once_it_is_applied() -> None:
    made = of(order(), quantity=Decimal("0.3"))
    forecast = made.balance
    assert forecast is not None
    assert (forecast.currency, forecast.locked_now, forecast.locked_peak, forecast.locked_after) == (
        "USDT",
        Decimal(30000),
        Decimal(30000),
        Decimal(18000),
    )
    assert (forecast.delta, forecast.available_peak, forecast.available_after) == (
        Decimal(-12000),
        Decimal(70000),
        Decimal(82000),
    )
    assert forecast.as_of == NOW
    assert "If 0.3 BTC or more fills first, the change fails" in made.worst_case
    assert "leaves the order on its old terms" in made.worst_case
    assert "cancels the order" in of(order(), quantity=Decimal("0.3"), on_failure="cancel").worst_case


def test_a_spot_sell_locks_base_whatever_its_price() -> None:
    base = order(side=Side.SELL)
    made = of(base, price=Decimal(61000))
    assert line(made, "Locked BTC") == (Decimal("0.5"), Decimal("0.5"), Decimal("0.5"))
    made = of(base, quantity=Decimal("0.7"))
    assert line(made, "Available BTC") == (Decimal(1), Decimal("0.8"), Decimal("0.8"))


def test_the_worst_case_counts_the_larger_terms() -> None:
    made = of(order(), price=Decimal(59000), quantity=Decimal("0.6"))
    assert "at worst 0.6 BTC trades, worth 35400 USDT" in made.worst_case
    made = of(order(), price=Decimal(50000))
    assert "at worst 0.5 BTC trades, worth 30000 USDT" in made.worst_case


def test_unchanged_lines_are_not_marked() -> None:
    made = of(order(), price=Decimal(61000))
    marks = {each.label: each.changed for each in made.lines}
    assert (marks["Price"], marks["Quantity"], marks["Value"]) == (True, False, True)
    assert line(made, "Quantity") == (Decimal("0.5"), Decimal("0.5"), Decimal("0.5"))


def test_futures_are_estimated_only_with_a_leverage() -> None:
    surroundings = {"instrument": PERP_BTC}
    base = perp(side=Side.BUY, attributes={"leverage": "20", "margin_coin": "USDT", "trade_side": "open"})
    made = of(base, surroundings, quantity=Decimal("0.6"))
    assert line(made, "Locked USDT") == (Decimal(1500), Decimal(1800), Decimal(1800))
    assert made.balance is not None
    assert "20×" in made.balance.note
    assert "the venue decides" in made.balance.note
    for unknown in ({}, {"leverage": "20", "trade_side": "close"}, {"leverage": "0"}):
        made = of(perp(attributes=unknown), surroundings, quantity=Decimal("0.6"))
        assert made.balance is None
        (locked,) = [each for each in made.lines if each.label == "Locked USDT"]
        assert (locked.now, locked.after, locked.note) == (None, None, "the venue decides")


@pytest.mark.parametrize(
    "word, reduces, opening",
    [
        ("open", False, True),
        ("close", False, False),
        ("", None, True),
        ("", True, False),
        ("buy_single", False, True),
        ("buy_single", None, True),
        ("sell_single", True, False),
        ("reduce_buy_single", False, False),
        ("reduce_long", None, False),
        ("burst_sell_short", None, False),
        ("buy_close_long", False, False),
        ("sell_close_short", False, False),
        ("buy_open_long", False, True),
        ("offset_close_long", False, False),
        ("delivery_long", False, False),
    ],
)
def test_only_an_order_that_opens_has_its_margin_estimated(word: str, reduces: bool | None, opening: bool) -> None:
    base = perp(reduce_only=reduces, attributes={"leverage": "20", "trade_side": word})
    assert opens(base) is opening
    made = of(base, {"instrument": PERP_BTC}, quantity=Decimal("0.6"))
    assert (made.balance is not None) is opening


def test_margin_orders_say_that_they_may_borrow() -> None:
    made = of(order(market="margin", attributes={"category": "MARGIN"}), quantity=Decimal("0.6"))
    assert made.balance is not None
    assert "borrow" in made.balance.note


def test_an_unknown_balance_is_a_dash_not_a_zero() -> None:
    made = of(order(), {"balances": {}}, quantity=Decimal("0.6"))
    assert line(made, "Available USDT") == (None, None, None)
    assert line(made, "Locked USDT")[2] == Decimal(36000)


def test_without_a_price_there_is_nothing_to_reckon() -> None:
    assert BOOK.plan(draft(order(price=None), quantity=Decimal(1)), around()).consequence is None


amounts = st.decimals(min_value="0.000001", max_value="999999999", places=6)


@given(price=amounts, quantity=amounts, filled=st.decimals(min_value=0, max_value="0.5", places=6), buy=st.booleans())
def test_locks_are_exact_to_the_digit(price: Decimal, quantity: Decimal, filled: Decimal, buy: bool) -> None:
    base = order(filled=filled, side=Side.BUY if buy else Side.SELL)
    forecast = of(base, price=price, quantity=quantity).balance
    assert forecast is not None
    with exact():
        remaining = max(Decimal(0), quantity - filled)
        after = price * remaining if buy else remaining
        now = Decimal(60000) * (Decimal("0.5") - filled) if buy else Decimal("0.5") - filled
        assert (forecast.locked_now, forecast.locked_after) == (now, after)
        assert forecast.delta == after - now
        assert forecast.locked_peak == max(now, after)
        assert forecast.available_now is not None
        assert forecast.available_after == forecast.available_now - forecast.delta
        assert forecast.available_peak == forecast.available_now - max(Decimal(0), forecast.delta)

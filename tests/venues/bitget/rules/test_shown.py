"""Changes as they are shown, at their exact edges: consequences, hints, bounds of the form, and how long is waited."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.evidence import MILLISECOND, SECOND
from app.domain.order import Order, OrderKind, OrderStatus
from app.domain.plan import Consequence
from app.venues.bitget.rules.consequence import SENT_TOO
from app.venues.bitget.rules.form import form
from app.venues.bitget.rules.rulebook import LIST_WITHIN_S, BitgetRulebook
from tests.venues.bitget.samples import PERP_BTC, SPOT_BTC, around, draft, order, perp

BOOK = BitgetRulebook()
D = Decimal


def consequence(base: Order, surroundings: dict[str, Any] | None = None, **values: Decimal) -> Consequence | None:
    return BOOK.plan(draft(base, **values), around(**(surroundings or {}))).consequence


def test_a_price_for_an_order_that_has_none_has_no_consequence() -> None:
    assert consequence(order(kind=OrderKind.MARKET, price=None), price=D(60000)) is None


def test_the_term_that_is_not_changed_is_told_to_be_sent_too() -> None:
    def notes(**values: Decimal) -> dict[str, bool]:
        made = consequence(order(), **values)
        assert made is not None
        return {each.label: each.note == SENT_TOO for each in made.lines[:4]}

    assert notes(price=D(59950)) == {"Price": False, "Quantity": True, "Remaining": False, "Value": False}
    assert notes(quantity=D("0.4")) == {"Price": True, "Quantity": False, "Remaining": False, "Value": False}


@pytest.mark.parametrize("coin, currency", [("", "USDT"), ("USDC", "USDC")])
def test_the_margin_of_a_futures_order_is_in_its_own_coin_else_the_markets(coin: str, currency: str) -> None:
    attributes = {"leverage": "20", **({"margin_coin": coin} if coin else {})}
    made = consequence(perp(attributes=attributes), {"instrument": PERP_BTC}, quantity=D("0.6"))
    assert made is not None
    assert made.balance is not None
    assert made.balance.currency == currency
    unreckoned = consequence(perp(attributes={"margin_coin": coin}), {"instrument": PERP_BTC}, quantity=D("0.6"))
    assert unreckoned is not None
    assert f"Locked {currency}" in [each.label for each in unreckoned.lines]


@pytest.mark.parametrize("quantity, told", [("0.499999", True), ("0.5", False), ("0.6", False)])
def test_only_a_smaller_remainder_can_be_filled_before_the_change(quantity: str, told: bool) -> None:
    made = consequence(order(), price=D(59950), quantity=D(quantity))
    assert made is not None
    assert ("fills first" in made.worst_case) is told


def hints(base: Order) -> tuple[str, ...]:
    return tuple(each.hint for each in form(base, around()).fields[:2])


def test_hints_are_for_orders_that_can_be_changed() -> None:
    post_only, filled = {"post_only": True}, {"filled": D("0.2"), "status": OrderStatus.PARTIALLY_FILLED}
    crossing, above = (
        "Post-only: a price through the book may be refused or cancelled.",
        ("Must lie above what is filled already."),
    )
    assert hints(order()) == ("", "")
    assert hints(order(**post_only)) == (crossing, "")
    assert hints(order(**filled)) == ("", above)
    assert hints(order(**post_only, **filled)) == (crossing, above)
    assert hints(perp(**post_only, **filled, symbol="BTCUSD_CM")) == ("", "")


def test_bounds_of_the_form_are_those_of_the_market() -> None:
    price, quantity = form(order(), around(instrument=replace(SPOT_BTC, max_price=D(9), max_quantity=D(8)))).fields[:2]
    assert (price.minimum, price.maximum, quantity.maximum) == (D("0.01"), D(9), D(8))


@pytest.mark.parametrize("every, promised", [(0, 0), (1, 11), (30, 40)])
def test_open_orders_are_reread_within_the_pause_and_a_list(every: int, promised: int) -> None:
    assert LIST_WITHIN_S == 10
    following = BOOK.following(every)
    assert following.evidence.reread_within == promised * SECOND
    assert following.evidence.probe_after == BOOK.evidence.probe_after
    assert BOOK.evidence.reread_within == BitgetRulebook.evidence.reread_within, "the rules of others stay"


def test_a_margin_is_estimated_to_eight_places() -> None:
    made = consequence(perp(attributes={"leverage": "7"}), {"instrument": PERP_BTC}, quantity=D("0.6"))
    assert made is not None
    assert made.balance is not None
    assert (made.balance.locked_now, made.balance.locked_after) == (D("4285.71428571"), D("5142.85714286"))


def test_how_long_bitget_is_waited_for() -> None:
    policy = BOOK.evidence
    assert policy.settle_after == 5 * SECOND
    assert policy.probe_after == (300 * MILLISECOND, SECOND, 2 * SECOND, 5 * SECOND)
    assert (policy.probe_every, policy.answer_within) == (10 * SECOND, 10 * SECOND)

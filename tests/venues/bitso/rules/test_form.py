"""Which fields a Bitso order offers, and the sentence and rule behind every lock."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.form import IdAfter, QueuePlace, resolve_field
from app.domain.market import Instrument
from app.domain.order import Order, OrderKind, OrderStatus, Side
from app.domain.rules import Confidence
from app.venues.bitso.rules import citations
from app.venues.bitso.wire.codec import modify_body
from tests.venues.bitso.samples import (
    BOOK,
    RULES,
    around,
    cautions,
    order,
    partly,
    plan,
    problems,
    stop_limit,
)

D = Decimal


ALL = {"price", "when_repriced", "quantity", "value", "stop", "on_failure"}


def locks(base: Order, **changes: Any) -> dict[str, str]:
    """The locked fields and their reasons."""
    form = RULES.form(base, around(**changes))
    assert {field.name.value for field in form.fields} == ALL
    for field in form.fields:
        assert field.rule is not None
        assert bool(field.reason) != field.editable
    return {field.name.value: field.reason for field in form.fields if not field.editable}


def test_a_working_buy_offers_all_but_the_stop() -> None:
    assert locks(order()) == {"stop": "Only an untriggered stop order has a stop price to change."}


def test_a_sell_has_nothing_to_choose_when_repriced() -> None:
    assert set(locks(order(Side.SELL))) == {"stop", "when_repriced"}


def test_an_untriggered_stop_limit_offers_its_stop() -> None:
    assert set(locks(stop_limit())) == {"when_repriced"}
    assert set(locks(stop_limit(Side.BUY))) == set()


def test_a_triggered_stop_is_a_limit_order() -> None:
    base = stop_limit(triggered=True, status=OrderStatus.WORKING)
    assert locks(base)["stop"] == "The stop has been triggered, so it cannot change any more."
    assert "price" not in locks(base)


def test_a_stop_that_executes_at_market_has_no_price() -> None:
    base = stop_limit(kind=OrderKind.STOP_MARKET, raw_kind="market", price=None)
    assert set(locks(base)) == {"price", "when_repriced", "value"}
    assert locks(base)["price"] == "This stop order executes at market and has no limit price."
    assert "value" not in locks(base, switches={"native_minor": "yes"})


def test_unread_stop_data_lock_the_stop_only() -> None:
    base = order(attributes=(("stop_read", "no"),))
    assert set(locks(base)) == {"stop"}
    assert "has not been read yet" in locks(base)["stop"]


def test_the_value_waits_for_the_executions_of_a_partly_filled_order() -> None:
    assert "executions" in locks(partly(filled_value=None))["value"]
    assert "value" not in locks(partly())


@pytest.mark.parametrize(
    "changes, words, rule",
    [
        ({"status": OrderStatus.FILLED}, "completely filled", "bitso.order.ended"),
        ({"status": OrderStatus.CANCELLED}, "cancelled", "bitso.order.ended"),
        ({"status": OrderStatus.PENDING, "raw_status": "queued"}, "queued", "bitso.order.queued"),
        ({"status": OrderStatus.UNRECOGNISED, "raw_status": "odd"}, "“odd”", "bitso.order.status"),
        ({"kind": OrderKind.MARKET, "price": None}, "market orders", "bitso.order.market"),
        (
            {"kind": OrderKind.OTHER, "raw_kind": "limit", "price": None, "attributes": (("stop_read", "no"),)},
            "has not been read yet",
            "bitso.stop.unknown",
        ),
    ],
)
def test_an_order_that_cannot_be_amended_is_locked_whole(changes: dict[str, Any], words: str, rule: str) -> None:
    base = order(**changes)
    form = RULES.form(base, around())
    assert words in form.locked
    assert form.rule is not None
    assert form.rule.code == rule
    assert form.editable == ()
    assert not form.routes[0].offered
    assert set(locks(base).values()) == {form.locked}
    assert problems(plan(base, price="99000")) == [form.locked]


@pytest.mark.parametrize("changes, words", [({"amending": True}, "unresolved"), ({"cancelling": True}, "cancelled")])
def test_one_thing_at_a_time(changes: dict[str, bool], words: str) -> None:
    assert words in RULES.form(order(), around(**changes)).locked
    assert len(problems(plan(order(), around(**changes), price="99000"))) == 1


def test_fields_answer_to_the_venue_s_names_and_carry_the_book_s_limits() -> None:
    form = RULES.form(order(), around())
    assert [resolve_field(form, name).name.value for name in ("price", "major", "minor", "stop", "cancel")] == [
        "price",
        "quantity",
        "value",
        "stop",
        "on_failure",
    ]
    price = resolve_field(form, "price")
    assert (price.step, price.minimum, price.maximum, price.unit) == (D("0.01"), D(500), D(10000000), "USD")
    amount = resolve_field(form, "major")
    assert (amount.label, amount.current, amount.step, amount.unit) == ("Amount (BTC)", D(1), D("1E-8"), "BTC")
    value = resolve_field(form, "minor")
    assert (value.label, value.current, value.derived) == ("Value (USD)", D(100000), True)


def test_without_the_book_the_form_still_names_everything() -> None:
    form = RULES.form(order(), around(instrument=None))
    assert resolve_field(form, "major").label == "Amount (BTC)"


def test_an_order_of_an_unknown_book_is_amended_with_a_caution() -> None:
    found = plan(order(), around(instrument=None), price="99000.001")
    assert problems(found) == []
    assert modify_body(found.fields) == {"price": "99000.001", "major": "1"}
    (caution,) = found.verdict.cautions[:1]
    assert (caution.rule, caution.confirm) == (citations.UNKNOWN_BOOK, True)
    assert "are not known" in caution.text
    for typed in ("0", "99000.000000001"):
        assert problems(plan(order(), around(instrument=None), price=typed)), "what is documented still blocks"


@pytest.mark.parametrize("book", [replace(BOOK, tick=None), replace(BOOK, attributes=(("tick_unknown", "yes"),))])
def test_an_unknown_tick_is_said(book: Instrument) -> None:
    found = plan(order(), around(instrument=replace(book, tick=None)), price="99000.001")
    assert problems(found) == []
    assert [each.rule for each in found.verdict.cautions if "tick" in each.text] == [citations.UNKNOWN_BOOK]
    assert cautions(plan(order(), around(instrument=book), quantity="0.9")) == []


def test_an_order_of_a_type_nobody_knows_is_amended_with_a_caution() -> None:
    odd = order(kind=OrderKind.OTHER, raw_kind="twap", price=None)
    assert RULES.form(odd, around()).locked == ""
    assert "price" in locks(odd)
    found = plan(odd, quantity="0.9")
    assert problems(found) == []
    assert any("“twap”" in text for text in cautions(found))


@pytest.mark.parametrize("base", [order(), partly(), order(stop=D(99000)), order(kind=OrderKind.OTHER, price=None)])
@pytest.mark.parametrize("book", [BOOK, None, replace(BOOK, tick=None)])
@pytest.mark.parametrize("values", [{"price": "1"}, {"quantity": "500"}, {"value": "5"}, {"quantity": "0.3"}])
def test_nothing_inferred_blocks(base: Order, book: Instrument | None, values: dict[str, str]) -> None:
    for each in plan(base, around(instrument=book), **values).verdict.problems:
        assert each.rule is None or each.rule.confidence is Confidence.DOCUMENTED, each.text


def test_the_route_promises_nothing_that_is_not_documented() -> None:
    route = RULES.form(order(), around()).routes[0]
    assert (route.name, route.call) == ("modify", "PATCH /api/v4/orders/{oid}")
    assert (route.queue, route.id_after) == (QueuePlace.UNKNOWN, IdAfter.SAME_EXPECTED)

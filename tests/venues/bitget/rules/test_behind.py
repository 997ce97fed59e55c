"""Amendments behind others of their order: who decides, what the form stands on, and what is told before one leaves."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.form import FieldName
from app.domain.order import Order, OrderStatus
from app.domain.plan import Plan, Surroundings, Terms, Waiting
from app.venues.bitget.rules import behind, citations
from app.venues.bitget.rules.consequence import SENT_TOO
from app.venues.bitget.rules.form import form
from app.venues.bitget.rules.rulebook import BitgetRulebook
from tests.venues.bitget.samples import around, draft, order, perp

D = Decimal
BOOK = BitgetRulebook()


def waiting(base: Order, *prices: str) -> Waiting:
    ids = tuple(f"A{number}" for number, _ in enumerate(prices, start=1))
    return Waiting(base, ids, tuple(Terms(price=D(price), quantity=base.quantity) for price in prices))


def busy(*prices: str, most: str = "5", base: Order | None = None, **changes: Any) -> Surroundings:
    """The account lets so many be open at once, and these have been accepted."""
    line = waiting(base or order(), *prices) if prices else None
    return around(**{"amending": True, "waiting": line, "switches": {"queued_amendments": most}, **changes})


def plan(where: Surroundings, base: Order | None = None, **values: Any) -> Plan:
    shown = base or order()
    return BOOK.plan(draft(behind.standing(shown, where), **values), where)


@pytest.mark.parametrize(
    "text, most", [("1", 1), ("3", 3), ("5", 5), ("6", 1), ("0", 1), ("", 1), ("two", 1), ("²", 1), ("15", 1)]
)
def test_the_switch_is_one_to_five(text: str, most: int) -> None:
    assert behind.most_of({"queued_amendments": text}) == most
    assert behind.most_of({}) == 1


@pytest.mark.parametrize("switches", [{}, {"queued_amendments": "1"}])
def test_without_it_an_order_takes_one_at_a_time(switches: dict[str, str]) -> None:
    where = busy("60100", switches=switches)
    made = form(order(), where)
    assert "takes one at a time" in made.locked
    assert made.rule is citations.ONE_IN_FLIGHT
    assert made.order == order()
    assert behind.line_of(order(), where) is None
    assert behind.told(order(), where) is None
    assert BOOK.plan(draft(order(), price=D(60200)), where).target is None


@pytest.mark.parametrize(
    "where, base, words, price",
    [
        (busy(), order(), "not known to be accepted", None),
        (busy("60100", "60200", most="2"), order(), "2 amendments of this order are without an outcome", "60200"),
        (busy(*["60100", "60200"] * 2, "60300"), order(), "queued_amendments allows 5", "60300"),
        (busy("60100", cancelling=True), order(), "being cancelled", "60100"),
        (busy("60100", base=perp(reduce_only=True)), perp(reduce_only=True), "reduce-only", None),
    ],
)
def test_what_holds_another_one_back(where: Surroundings, base: Order, words: str, price: str | None) -> None:
    made = form(base, where)
    assert words in made.locked
    assert "It can be cancelled" not in made.locked, "the order can, an amendment cannot"
    assert made.rule is citations.IN_LINE
    assert behind.told(base, where) is None, "nothing is sent behind them now"
    asked, route = price is not None, made.route(None)
    assert made.order == (replace(base, price=D(price)) if price is not None else base)
    assert [bool(field.origin) for field in made.fields if field.name is FieldName.PRICE] == [asked], "and says so"
    assert route is not None
    assert route.call.endswith("/batch-modify-order" if asked else "/modify-order")


def test_an_order_that_ended_stands_on_what_is_shown() -> None:
    ended = order(status=OrderStatus.CANCELLED)
    made = form(ended, busy("60100", base=ended))
    assert made.order == ended
    assert not any(field.origin for field in made.fields)


def test_what_waits_counts_for_every_peak_also_where_full_or_gone_back() -> None:
    """Two ticks up, half the size behind both; and a way back, whose peak is no more what is shown."""
    for most in ("2", "3"):
        half = BOOK.plan(draft(order(), price=D(60003), quantity=D("0.25")), busy("60001", "60003", most=most))
        assert half.consequence is not None
        lines = {each.label: each for each in half.consequence.lines}
        assert (lines["Price"].now, lines["Price"].peak, lines["Price"].after) == (D(60000), "any of 3", D(60003))
        assert lines["Quantity"].peak == lines["Remaining"].peak == "≤ 0.5"
        assert lines["Value"].now == lines["Locked USDT"].now == D(30000)
        assert lines["Value"].peak == lines["Locked USDT"].peak == D("30001.5")
        assert lines["Value"].after == lines["Locked USDT"].after == D("15000.75")
        assert "worth 30001.5 USDT" in half.consequence.worst_case
        assert "If 0.25 BTC or more fills first" in half.consequence.worst_case
    back = plan(busy("61000"), price=D(60000))
    assert back.consequence is not None
    lines = {each.label: each for each in back.consequence.lines}
    assert (lines["Price"].now, lines["Price"].peak, lines["Price"].after) == (D(60000), "either", D(60000))
    assert lines["Value"].peak == lines["Locked USDT"].peak == D(30500)
    assert lines["Price"].note == "between: 61000, as asked, not yet shown by Bitget"
    assert lines["Quantity"].note == SENT_TOO


def test_a_size_below_one_that_waits_may_come_too_late() -> None:
    line = Waiting(order(), ("A1",), (Terms(price=D(60000), quantity=D(2)),))
    made = plan(busy("1", waiting=line), quantity=D(1))
    assert made.consequence is not None
    assert "If 1 BTC or more fills first, the change fails" in made.consequence.worst_case


def test_the_form_stands_on_what_the_order_is_to_have_and_says_so() -> None:
    made = form(order(), busy("60100", "60200"))
    assert made.locked == ""
    assert made.order == order(price=D(60200))
    price, quantity = made.field(FieldName.PRICE), made.field(FieldName.QUANTITY)
    assert price is not None
    assert quantity is not None
    assert (price.current, quantity.current) == (D(60200), D("0.5"))
    assert (price.origin, quantity.origin) == ("As asked, not yet shown by Bitget.", ""), "the quantity is shown so"
    route = made.route(None)
    assert route is not None
    assert route.call == "POST /api/v3/trade/batch-modify-order"
    assert citations.IN_LINE in route.further


def test_the_plan_tells_how_many_wait_and_that_the_documents_contradict_one_another() -> None:
    made = plan(busy("60100", "60200"), price=D(60300))
    assert made.verdict.ok
    assert made.target == Terms(price=D(60300), quantity=D("0.5"))
    assert dict(made.fields)["price"] == D(60300)
    (told,) = [each for each in made.verdict.cautions if each.rule is citations.IN_LINE]
    assert "2 amendments of this order wait at Bitget (0.5 at 60100; 0.5 at 60200)" in told.text
    assert "skipped if an earlier one fails (25573)" in told.text
    assert "up to five wait in line; the page of the single call takes one at a time" in told.text
    assert not told.confirm
    assert "single call" in (citations.IN_LINE.conflict or "")
    (told,) = [each for each in plan(busy("60100"), price=D(1)).verdict.cautions if each.rule is citations.IN_LINE]
    assert told.text.startswith("1 amendment of this order waits at Bitget")


def test_going_back_to_what_is_shown_is_a_change_behind_another_price() -> None:
    where = busy("60100")
    assert plan(where, price=D(60000)).verdict.ok
    same = plan(where, price=D(60100))
    assert [each.rule for each in same.verdict.problems] == [citations.NO_CHANGE]


def test_the_consequence_begins_with_what_is_shown_and_counts_all_that_may_be() -> None:
    shown = order()
    line = Waiting(shown, ("A1",), (Terms(price=D(61000), quantity=D(1)),))
    made = plan(busy("1", waiting=line), price=D(60500), quantity=D("0.4"))
    assert made.consequence is not None
    lines = {each.label: each for each in made.consequence.lines}
    assert (lines["Price"].now, lines["Price"].after) == (D(60000), D(60500))
    assert lines["Quantity"].now == D("0.5")
    assert lines["Price"].note == "between: 61000, as asked, not yet shown by Bitget"
    balance = made.consequence.balance
    assert balance is not None
    assert (balance.locked_now, balance.locked_peak, balance.locked_after) == (D(30000), D(61000), D(24200))
    assert "those that wait may fill: at worst 1 BTC trades, worth 61000 USDT" in made.consequence.worst_case


def test_an_order_without_a_price_has_no_consequence() -> None:
    shown = order(price=None)
    where = busy("1", waiting=Waiting(shown, ("A1",), (Terms(price=D(61000), quantity=D(1)),)))
    assert plan(where, shown, price=D(60500)).consequence is None


def test_a_draft_from_before_one_was_accepted_stands_on_the_new_terms() -> None:
    where = busy("60100")
    made = BOOK.plan(draft(replace(order(), filled=D("0.1")), quantity=D("0.3")), where)
    assert made.target == Terms(price=D(60100), quantity=D("0.3"))

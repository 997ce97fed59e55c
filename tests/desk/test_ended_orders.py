"""An order that has ended locks nothing and can come to nothing, on every venue and however it ended."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.desk.desk import DeskError
from app.desk.guard import plan_of
from app.domain.form import FieldName, why_ended
from app.domain.limits import Limits
from app.domain.market import Instrument
from app.domain.order import Order, OrderStatus
from app.domain.plan import Draft
from tests.helpers.paper_desk import BTC_USD, PaperDesk, resting

D = Decimal

ENDS = [each for each in OrderStatus if each.is_terminal]

#: By venue, a market and an order that a plan has a consequence for while it rests.
VENUES: dict[str, tuple[Instrument, Order]] = {
    "bitso": (BTC_USD, resting("bitso", "b1", "btc_usd", "3300.00", "0.50000000", raw_status="open")),
    "qfex": (
        replace(BTC_USD, symbol="AAPL-USD", base="AAPL", lot=D("0.1")),
        resting("qfex", "q1", "AAPL-USD", "200.00", "2.0", raw_status="ACK", raw_kind="LIMIT"),
    ),
    "alphapoint": (
        replace(BTC_USD, symbol="BTCCAD", quote="CAD"),
        resting("alphapoint", "7", "BTCCAD", "84110.00", "1.0000", raw_status="Working", raw_kind="Limit"),
    ),
    "bitget": (
        replace(BTC_USD, symbol="BTCUSDT", quote="USDT", market="spot"),
        resting("bitget", "1", "BTCUSDT", "3300.00", "0.5", market="spot", attributes=(("category", "SPOT"),)),
    ),
}


def at(venue: str) -> tuple[PaperDesk, str, Draft]:
    """A desk, the key of its order, and a draft of another price for it."""
    market, order = VENUES[venue]
    paper = PaperDesk(venue)
    paper.market(venue, market, "100.00", "100000.00")
    key = paper.order(replace(order, filled=order.quantity / 4))
    draft = Draft(paper.desk.lineage(key).order, ((FieldName.PRICE, order.price + 1 if order.price else D(1)),))
    return paper, key, draft


@pytest.mark.parametrize("venue", VENUES)
@pytest.mark.parametrize("status", ENDS)
def test_its_plan_locks_nothing_and_says_how_it_ended(venue: str, status: OrderStatus) -> None:
    paper, key, draft = at(venue)
    assert paper.desk.prepare(key, draft).plan.consequence is not None, "while it rests there is one"
    paper.change(key, status=status)
    row = paper.desk.lineage(key)
    form = paper.desk.form(key)
    assert form.editable == ()
    assert form.locked.startswith(("The order is ", "The order has ", "The order was "))
    assert row.order.remaining == 0
    for base in (draft.base, row.order):  # typed before it ended, or after
        plan = paper.desk.prepare(key, replace(draft, base=base)).plan
        assert plan.consequence is None
        assert plan.target is None
        assert plan.verdict.problems[0].text == (why_ended(status) if base.is_open else form.locked)


@pytest.mark.parametrize("venue", VENUES)
def test_a_draft_from_before_its_end_is_refused_by_its_end(venue: str) -> None:
    paper, key, draft = at(venue)
    ready = paper.desk.prepare(key, draft)
    paper.change(key, status=OrderStatus.EXPIRED)
    with pytest.raises(DeskError):
        paper.desk.send(ready, confirmed=True)
    row = paper.desk.lineage(key)
    rules = paper.desk.venues[row.account].rulebook
    plan = plan_of(rules, row, draft, paper.desk.surroundings(row), Limits(), paper.desk.state)
    assert [each.text for each in plan.verdict.problems] == ["The order has expired; nothing is left to amend."]
    assert paper.connectors[venue].sent == []


def test_what_was_left_is_told_as_what_was_left() -> None:
    paper, key, _ = at("bitso")
    assert paper.desk.lineage(key).order.remaining == paper.desk.lineage(key).order.unfilled == D("0.375")
    paper.change(key, status=OrderStatus.CANCELLED)
    row = paper.desk.lineage(key)
    assert (row.order.remaining, row.order.unfilled) == (0, D("0.375"))
    assert "cancelled, 0.375 left at 3300" in row.history[-1].text

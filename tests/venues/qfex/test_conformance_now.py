"""QFEX as newer public sources have it, by the real connector at the practice venue."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.desk.state import Lineage
from app.domain import events as ev
from app.domain.amendment import Amendment, AmendmentStage
from app.domain.form import FieldName
from app.domain.order import OrderStatus
from tests.venues.qfex.desk_at_practice import DeskAtPractice

D = Decimal
APPLE, GOOGLE, INDEX = "AAPL-USD", "GOOG-USD", "US100-USD"


async def declared(world: DeskAtPractice, row: Lineage, word: str, **values: str) -> Amendment:
    """Amend, and say whether the order is reduce-only."""
    typed = world.draft(row.order, **values)
    prepared = world.desk.prepare(row.key, replace(typed, values=(*typed.values, (FieldName.REDUCE_ONLY, word))))
    assert prepared.plan.verdict.ok, prepared.plan.verdict
    return await world.settled(world.desk.send(prepared, confirmed=True))


async def test_a_reduce_only_order_is_amended_by_whoever_says_that_it_is_one() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(GOOGLE, "sell")
        assert world.theirs(row.order.order_id).reduce_only
        silent = await world.amend(row, price="172.50")
        assert (silent.stage, silent.code) == (AmendmentStage.REFUSED, "CANNOT_MODIFY_NO_SUCH_ORDER")
        assert "reduce-only" in silent.outcome
        row = world.find(GOOGLE, "sell")
        assert row.order.is_open, "the refusal ended nothing"
        said = await declared(world, row, "yes", price="172.50")
        assert said.stage is AmendmentStage.CONFIRMED
        assert world.find(GOOGLE, "sell").order.price == D("172.50")
        wrong = await declared(world, world.find(APPLE, "buy"), "yes", price="200.10")
        assert wrong.stage is AmendmentStage.REFUSED


async def test_the_sample_of_qfex_own_page_is_sent_and_made() -> None:
    """A buy at 200 with its take-profit at 200 and its stop-loss at 150."""
    async with DeskAtPractice() as world:
        await world.up()
        done = await world.amend(world.find(APPLE, "buy"), quantity="3", take_profit="200", stop_loss="150")
        assert done.stage is AmendmentStage.CONFIRMED
        order = world.find(APPLE, "buy").order
        assert (order.price, order.take_profit, order.stop_loss) == (200, 200, 150)


async def test_exits_that_qfex_does_not_take_are_its_to_refuse() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        done = await world.amend(world.find(APPLE, "buy"), take_profit="190")
        assert (done.stage, done.code) == (AmendmentStage.REFUSED, "INVALID_TAKEPROFIT_PRICE")
        assert world.find(APPLE, "buy").order.take_profit is None


@pytest.mark.parametrize("answer", ["order_response", "stop_order_response", "ack", "bare_ack"])
async def test_a_stop_order_is_cancelled_however_that_is_answered(answer: str) -> None:
    async with DeskAtPractice() as world:
        world.server.switches.set("stop_answer", answer)
        await world.up()
        row = world.find(INDEX, "sell", "STOP_LOSS")
        world.desk.cancel(row.key)
        await world.until(lambda _: not row.order.is_open, "the end of the stop order")
        assert row.order.status in (OrderStatus.CANCELLED, OrderStatus.ENDED)
        assert [(each.taken, each.text) for each in world.events(ev.CancelAnswered)] == [(True, "")]


@pytest.mark.parametrize("shape", ["authenticated_response", "ack"])
async def test_a_login_is_taken_however_it_is_answered(shape: str) -> None:
    async with DeskAtPractice() as world:
        world.server.switches.set("auth_shape", shape)
        await world.up()
        assert (await world.amend(world.find(APPLE, "buy"), price="200.10")).stage is AmendmentStage.CONFIRMED


async def test_a_history_that_is_null_is_empty_and_ends_the_search() -> None:
    async with DeskAtPractice() as world:
        world.server.switches.set("null_lists", True)
        await world.up()
        unknown = replace(world.find(APPLE, "buy").order, order_id="00000000-0000-4000-8000-000000000000")
        await world.connector.look_up(unknown)
        assert world.events(ev.LookUpFailed) == []
        assert [each.order_id for each in world.events(ev.OrderMissing)] == [unknown.order_id]


async def test_markets_without_tick_and_lot_are_told_and_their_orders_amended() -> None:
    async with DeskAtPractice() as world:
        world.server.switches.set("bare_refdata", True)
        await world.up()
        row = world.find(APPLE, "buy")
        prepared = world.desk.prepare(row.key, world.draft(row.order, price="200.10", quantity="3"))
        texts = [each.text for each in prepared.plan.verdict.cautions if each.confirm]
        assert [("no tick" in text, "no lot" in text) for text in texts] == [(True, False), (False, True)]
        assert (await world.amend(row, price="200.10", quantity="3")).stage is AmendmentStage.CONFIRMED

"""The real connector among other sessions of the account: nothing of theirs is taken for ours, and nothing is lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.desk.state import Lineage
from app.domain import events as ev
from app.domain.amendment import AmendmentStage
from app.domain.market import LinkState
from app.domain.order import OrderStatus
from app.practice.exchange.orders import TRADER, NewOrder, SimKind, SimOrder
from app.practice.exchange.orders import Side as SimSide
from app.practice.venues.qfex.rows import order_row
from tests.venues.qfex.desk_at_practice import QUICK, DeskAtPractice

D = Decimal
APPLE = "AAPL-USD"
PATIENT = replace(QUICK, answer_within=1.5)


def tell(world: DeskAtPractice, row: dict[str, Any]) -> None:
    """Send an order reply to every session of the account."""
    for session in world.server.trade_socket.sessions:
        session.push_json({"order_response": row}, "push_order")


async def written(world: DeskAtPractice, amendment_id: str) -> None:
    await world.until(lambda desk: desk.amendments[amendment_id].stage is AmendmentStage.WRITTEN, "the hand-over")


async def place(world: DeskAtPractice, price: str, quantity: str = "2", client_id: str = "") -> SimOrder:
    """Another session places a buy that is like the ticket's own, and the ticket sees it."""
    order = world.server.exchange.place(
        NewOrder(TRADER, APPLE, SimSide.BUY, SimKind.LIMIT, D(quantity), D(price), client_id=client_id)
    )
    await world.until(lambda _: row_of(world, order.order_id) is not None, "the other order")
    return order


def row_of(world: DeskAtPractice, order_id: str) -> Lineage | None:
    return next((row for row in world.state.lineages.values() if row.order.order_id == order_id), None)


async def agrees(world: DeskAtPractice) -> None:
    """Wait until the open rows are the venue's open orders, with its terms."""

    def same(_: object) -> bool:
        ours = {
            row.order.order_id: (row.order.price, row.order.stop, row.order.quantity, row.order.filled)
            for row in world.state.lineages.values()
            if row.order.is_open
        }
        theirs = {
            order_id: (each.price, each.stop, each.quantity, each.filled)
            for order_id, each in world.their_open().items()
        }
        return ours == theirs

    await world.until(same, "the rows as the venue has them")


# -- states nobody knows ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["WAITING_FOR_MOON", "modified", "ack", "", None, 7, "MODIFY_FAILED", ["MODIFIED"]])
async def test_our_terms_in_a_state_nobody_knows_prove_nothing(status: object) -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(APPLE, "buy")
        world.server.faults.add("drop", "amend", point="request_received")
        amendment_id = world.send(row, price="200.10")
        await written(world, amendment_id)
        odd = order_row(world.theirs(row.order.order_id), "x") | {"status": status, "price": D("200.10")}
        tell(world, odd)
        await world.until(lambda _: row.order.status is OrderStatus.UNRECOGNISED, "the odd state")
        assert row.order.price == D("200.00")
        assert world.state.amendments[amendment_id].stage is not AmendmentStage.CONFIRMED
        assert "CONFIRMED" not in [rung.stage.name for rung in world.state.amendments[amendment_id].rungs]
        done = await world.settled(amendment_id)
        assert done.stage is AmendmentStage.NOT_APPLIED
        assert (row.order.status, row.order.price) == (OrderStatus.WORKING, D("200.00"))
        await agrees(world)


# -- like orders -----------------------------------------------------------------------------------------------------


async def test_anothers_amendment_of_a_like_order_does_not_confirm_ours() -> None:
    async with DeskAtPractice(pace=PATIENT) as world:
        await world.up()
        row, other = world.find(APPLE, "buy"), await place(world, "199.00")
        others_row = row_of(world, other.order_id)
        assert others_row is not None
        world.server.faults.add("drop", "amend", point="request_received")
        amendment_id = world.send(row, price="200.10")
        await written(world, amendment_id)
        world.server.foreign_amend(other, D("200.10"), None)
        await world.until(lambda _: others_row.order.price == D("200.10"), "the foreign change on its own row")
        assert AmendmentStage.ACKNOWLEDGED in [rung.stage for rung in world.state.amendments[amendment_id].rungs]
        done = await world.settled(amendment_id)
        assert done.stage is AmendmentStage.NOT_APPLIED, done.outcome
        assert row.order.price == D("200.00")
        await agrees(world)


async def test_ours_is_confirmed_beside_a_like_order_by_the_list() -> None:
    async with DeskAtPractice(pace=PATIENT) as world:
        await world.up()
        row = world.find(APPLE, "buy")
        await place(world, "199.00")
        before = row.order.order_id
        done = await world.amend(row, price="200.10")
        assert done.stage is AmendmentStage.CONFIRMED, done.outcome
        assert row.ids == [before, row.order.order_id]
        assert (await world.amend(row, price="200.15")).stage is AmendmentStage.CONFIRMED
        await agrees(world)


@pytest.mark.parametrize("price", ["200.10", "198.50"])
async def test_two_like_orders_amended_at_once_leave_no_dead_row_and_lose_no_living_order(price: str) -> None:
    async with DeskAtPractice(pace=PATIENT, bump_ms=200) as world:
        await world.up()
        row, other = world.find(APPLE, "buy"), await place(world, "199.00")
        amendment_id = world.send(row, price="200.10")
        await written(world, amendment_id)
        world.server.foreign_amend(other, D(price), None)
        done = await world.settled(amendment_id)
        await agrees(world)
        assert done.stage in (AmendmentStage.CONFIRMED, AmendmentStage.OVERTAKEN)
        if done.stage is AmendmentStage.CONFIRMED:
            assert row.order.price == D("200.10")


# -- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes, after",
    [
        ({}, 0.0),
        ({"price": D("200.10")}, 0.0),  # our very terms, but before anything can have been looked at
        ({"price": D("199.00")}, 0.0),
        ({"price": D("199.00")}, 0.2),
        ({"quantity": D("7")}, 0.2),
        ({"side": "SELL", "price": D("200.10")}, 0.2),
        ({"symbol": "GOOG-USD", "price": D("200.10")}, 0.2),
        ({"client_order_id": "somebody"}, 0.2),
        ({}, 0.2),
        ({"price": D(0), "quantity": D(0)}, 0.2),
    ],
)
async def test_a_refusal_that_is_not_ours_for_certain_does_not_end_ours(changes: dict[str, Any], after: float) -> None:
    async with DeskAtPractice(pace=PATIENT, bump_ms=450) as world:
        await world.up()
        row = world.find(APPLE, "buy")
        amendment_id = world.send(row, price="200.10")
        await written(world, amendment_id)
        await asyncio.sleep(after)
        tell(world, order_row(world.theirs(row.order.order_id), "FAILED_MARGIN_CHECK") | changes)
        done = await world.settled(amendment_id)
        assert done.stage is AmendmentStage.CONFIRMED
        assert row.order.price == D("200.10")
        await agrees(world)


async def test_a_refusal_with_our_terms_after_the_bump_is_ours() -> None:
    async with DeskAtPractice(pace=PATIENT) as world:
        await world.up()
        row = world.find(APPLE, "buy")
        world.server.faults.add("drop", "amend", point="request_received")
        amendment_id = world.send(row, price="200.10")
        await written(world, amendment_id)
        await asyncio.sleep(0.2)
        tell(world, order_row(world.theirs(row.order.order_id), "FAILED_MARGIN_CHECK") | {"price": D("200.10")})
        done = await world.settled(amendment_id)
        assert (done.stage, done.code) == (AmendmentStage.REFUSED, "FAILED_MARGIN_CHECK")
        assert not world.events(ev.AmendmentUnanswered)


@pytest.mark.parametrize("changes", [{}, {"price": D(0), "quantity": D(0)}, {"price": D("200.10")}])
async def test_a_refusal_that_tells_nothing_is_ours_once_a_list_shows_the_order_unchanged(
    changes: dict[str, Any],
) -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(APPLE, "buy")
        world.server.faults.add("drop", "amend", point="request_received")
        amendment_id = world.send(row, price="200.10")
        await written(world, amendment_id)
        tell(world, order_row(world.theirs(row.order.order_id), "FAILED_MARGIN_CHECK") | changes)
        done = await world.settled(amendment_id)
        assert (done.stage, done.code) == (AmendmentStage.REFUSED, "FAILED_MARGIN_CHECK")
        assert AmendmentStage.UNKNOWN in [rung.stage for rung in done.rungs]
        await agrees(world)


async def test_our_refusal_after_somebody_made_the_same_change_stands_on_the_ladder() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(APPLE, "buy")
        world.server.faults.add("foreign_amend", "amend", price="200.10")
        amendment_id = world.send(row, price="200.10")
        await world.until(lambda _: world.events(ev.AmendmentRefused), "our refusal")
        done = await world.settled(amendment_id)
        stages = [rung.stage for rung in done.rungs]
        assert AmendmentStage.REFUSED in stages, stages
        assert row.order.price == D("200.10")
        await agrees(world)


# -- breaks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alike", [False, True])
async def test_orders_amended_elsewhere_during_a_break_are_one_row_each_afterwards(alike: bool) -> None:
    async with DeskAtPractice() as world:
        await world.up()
        named = world.find("GOOG-USD", "buy")
        plain = world.find(APPLE, "buy")
        others = [await place(world, "199.00"), await place(world, "198.00", "1")] if alike else []
        listeners = {listener.name: listener for listener in world.server.listeners}
        world.server.faults.add("drop", "amend", point="request_received")
        amendment_id = world.send(plain, price="200.10")
        await written(world, amendment_id)
        await listeners["trade"].go_down()
        await world.link(LinkState.DOWN)
        for each, price in [(named.order, "159.00"), (plain.order, "198.80")]:
            world.server.foreign_amend(world.theirs(each.order_id), D(price), None)
        for each in others:
            world.server.foreign_amend(each, D("197.70"), None)
        await listeners["trade"].come_up()
        await world.link(LinkState.UP)
        await agrees(world)
        assert named.order.price == D("159.00"), "its client id tells"
        done = await world.settled(amendment_id)
        assert done.stage is AmendmentStage.OVERTAKEN
        assert done.missing
        assert plain.order.status is OrderStatus.ENDED
        assert "not told" in plain.order.reason

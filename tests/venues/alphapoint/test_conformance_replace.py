"""Replacements by the real connector at the practice venue: both legs, in every way they can go."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from app.domain import events as ev
from app.domain.amendment import AmendmentStage
from app.domain.order import OrderStatus
from app.practice.exchange.orders import TRADER, NewOrder, SimOrder
from tests.venues.alphapoint.desk_at_practice import DeskAtPractice, by_client

pytestmark = pytest.mark.usefixtures("_quick")

D = Decimal
BUY, PARTLY, ICEBERG, STOP, QUOTE, POST_ONLY, REPLACED = "6507", "6511", "6514", "6518", "6523", "6526", "6534"


async def test_a_new_price_is_never_sent_by_reduce() -> None:
    """The problem names the reason and the other route."""
    async with DeskAtPractice() as world:
        await world.up()
        for values in ({"price": "95100"}, {"quantity": "1.5"}):
            prepared = world.prepare(BUY, **values)
            assert prepared.command is None
            assert any("replace" in problem.text for problem in prepared.plan.verdict.problems)


async def test_a_replacement_is_followed_to_its_new_id() -> None:
    """Both legs seen; the row, its history and the next amendment go on under the new id."""
    async with DeskAtPractice() as world:
        await world.up()
        found = await world.amend(BUY, "replace", price="95100", quantity="1.2")
        assert found.stage is AmendmentStage.CONFIRMED
        row = world.row(BUY)
        assert len(row.ids) == 2
        assert found.new_order_id == row.ids[1] == row.order.order_id
        assert (row.order.price, row.order.remaining, row.order.is_open) == (D(95100), D("1.2"), True)
        assert not world.server.exchange.order(BUY).is_open
        assert row.order.client_id == str(found.command.request_id)
        again = await world.amend(row.order.order_id, quantity="0.7")
        assert again.stage is AmendmentStage.CONFIRMED
        assert world.row(BUY).order.remaining == D("0.7")


async def test_a_replacement_in_two_steps() -> None:
    """The old order ends a while before the new one shows."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.switches.set("replace_mode", "cancel_first")
        world.server.switches.set("replace_gap_ms", 400)
        found = await world.amend(BUY, "replace", price="95100")
        assert found.stage is AmendmentStage.CONFIRMED
        assert world.row(BUY).order.price == D(95100)


async def test_short_events_of_a_replacement() -> None:
    """Older events name neither the old order nor the time of the change."""
    world = DeskAtPractice()
    world.server.switches.set("event_shape", "short")
    async with world:
        await world.up()
        found = await world.amend(BUY, "replace", price="95100")
        assert found.stage is AmendmentStage.CONFIRMED
        await world.row_when(BUY, lambda row: not row.order.attribute("short"), "the whole order")


async def test_the_new_half_is_refused_and_the_old_one_is_gone() -> None:
    """The worst case is told: no working order is left."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.switches.set("replace_mode", "new_rejected")
        found = await world.amend(BUY, "replace", price="95100")
        assert found.stage is AmendmentStage.REFUSED
        assert "no working order" in found.outcome
        row = await world.row_when(BUY, lambda row: not row.order.is_open, "the end")
        assert row.order.status is OrderStatus.CANCELLED


async def test_the_old_order_is_kept() -> None:
    """Refused after the receipt; the old order works on."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.switches.set("replace_mode", "old_kept")
        found = await world.amend(BUY, "replace", price="95100")
        assert found.stage is AmendmentStage.REFUSED
        assert world.row(BUY).order.price == D(95000)
        assert world.row(BUY).order.is_open


async def test_both_orders_are_kept() -> None:
    """Two rows and a word; neither hides the other."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.switches.set("replace_mode", "both_kept")
        found = await world.amend(REPLACED, "replace", price="98950")
        assert found.stage is AmendmentStage.REFUSED
        await world.until(lambda desk: any("Two working orders" in each.text for each in desk.notices), "the word")
        assert world.row(REPLACED).order.is_open
        assert world.row(REPLACED).ids == [REPLACED]
        new = by_client(world, str(found.command.request_id))
        assert (new.price, new.is_open) == (D(98950), True)


@pytest.mark.parametrize("action", ["drop", "disconnect"])
async def test_a_lost_reply_of_a_replacement(action: str) -> None:
    """The new order is found by its client id or by the order it replaced; nothing is sent again."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add(action, "replace", point="before_reply")
        found = await world.amend(BUY, "replace", price="95100")
        assert found.stage is AmendmentStage.CONFIRMED
        assert len(world.events(ev.AmendmentWritten)) == 1
        assert world.row(BUY).order.price == D(95100)


async def test_lost_pushes_of_a_replacement() -> None:
    """Look-ups and lists alone settle it."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("drop", "push_order", point="before_push", count=0)
        found = await world.amend(BUY, "replace", price="95100")
        assert found.stage is AmendmentStage.CONFIRMED
        row = world.row(BUY)
        assert (row.order.price, row.order.is_open) == (D(95100), True)


async def test_a_replacement_without_funds() -> None:
    """The form tells of it, and the venue refuses it."""
    async with DeskAtPractice() as world:
        await world.up()
        prepared = world.prepare(BUY, "replace", quantity="9")
        assert prepared.plan.verdict.ok
        assert any("is free" in caution.text and caution.confirm for caution in prepared.plan.verdict.cautions)
        found = await world.amend(BUY, "replace", quantity="9")
        assert found.stage is AmendmentStage.REFUSED
        assert "Not_Enough_Funds" in found.outcome
        assert world.row(BUY).order.remaining == 1
        world.server.faults.add("refuse", "replace", code=101, message="Not_Enough_Funds")
        found = await world.amend(BUY, "replace", price="95100")
        assert (found.stage, found.code) == (AmendmentStage.REFUSED, "101")
        assert "Not_Enough_Funds" in found.outcome


async def test_a_post_only_order_that_would_match() -> None:
    """The flag is read back and resent, a crossing price takes a consent, and the venue refuses it."""
    async with DeskAtPractice() as world:
        await world.up()
        await world.until(lambda desk: ("ETHBTC", "") in desk.accounts["desk"].quotes, "a quote")
        ask = world.state.accounts["desk"].quotes[("ETHBTC", "")].ask
        assert ask is not None
        prepared = world.prepare(POST_ONLY, "replace", price=str(ask))
        assert any("post-only" in each.text and each.confirm for each in prepared.plan.verdict.cautions)
        assert (await world.amend(POST_ONLY, "replace", price=str(ask))).stage is AmendmentStage.REFUSED
        found = await world.amend(POST_ONLY, "replace", price="0.034700")
        assert found.stage is AmendmentStage.CONFIRMED
        assert world.row(POST_ONLY).order.post_only is True


async def replaced_unseen(world: DeskAtPractice, flood: int) -> tuple[str, SimOrder]:
    """A replacement whose reply and pushes are lost, which fills at once, and after which as many orders came.

    Returns:
        The amendment and the new order.
    """
    exchange = world.server.exchange
    world.server.faults.add("drop", "push_order", point="before_push", count=0)
    world.server.faults.add("drop", "push_fill", point="before_push", count=0)
    world.server.faults.add("disconnect", "replace", point="before_reply")
    before = {each.order_id for each in exchange.orders_of(TRADER)}
    amendment_id = world.send(BUY, "replace", price="95100")
    made: list[SimOrder] = []
    while not made:
        await asyncio.sleep(0.002)
        made = [each for each in exchange.orders_of(TRADER) if each.order_id not in before]
    new = made[0]
    exchange.deal(new, new.remaining)
    for _ in range(flood):
        other = NewOrder(
            owner=TRADER, symbol=new.symbol, side=new.side, kind=new.kind, quantity=D("0.01"), price=D(90000)
        )
        exchange.cancel(exchange.place(other))
    return amendment_id, new


@pytest.mark.parametrize("flood", [0, 130])
async def test_a_replacement_that_filled_unseen_is_found(flood: int) -> None:
    """Also behind more newer orders than one page of the history has: nobody may read “no change was made”."""
    async with DeskAtPractice() as world:
        await world.up()
        amendment_id, new = await replaced_unseen(world, flood)
        found = await world.settled(amendment_id)
        assert found.stage is AmendmentStage.CONFIRMED
        row = await world.row_when(BUY, lambda row: row.order.status is OrderStatus.FILLED, "the fill")
        assert row.ids == [BUY, new.order_id]
        assert row.order.filled == D(1)


async def test_a_replacement_that_no_history_tells_of_is_not_known() -> None:
    """What the venue cannot tell is said to be unknown, and never that nothing was changed."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("refuse", "history", point="before_reply", count=0, code=100, message="Invalid Request")
        amendment_id, _ = await replaced_unseen(world, 0)
        found = await world.settled(amendment_id)
        assert found.stage is AmendmentStage.OVERTAKEN
        assert "no change was made" not in found.outcome
        assert "its replacement is not seen" in found.outcome
        assert found.missing


@pytest.mark.parametrize("how,says", [("fill", "filled (1) before"), ("cancel", "no change was made")])
async def test_an_order_that_ended_before_its_replacement(how: str, says: str) -> None:
    """The venue's history shows that nothing took its place, so that can be said."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("late_effect", "replace", ms=60000)
        amendment_id = world.send(BUY, "replace", price="95100")
        await world.until(
            lambda desk: desk.amendments[amendment_id].stage is AmendmentStage.ACKNOWLEDGED, "the receipt"
        )
        if how == "fill":
            world.server.market.fill(world.server.exchange.order(BUY), D(1))
        else:
            world.desk.cancel(world.row(BUY).key)
        found = await world.settled(amendment_id)
        assert found.stage is AmendmentStage.OVERTAKEN
        assert says in found.outcome
        assert not found.missing


@pytest.mark.parametrize("client_id", [999, 0])
async def test_the_refusal_of_another_request_for_the_same_order(client_id: int) -> None:
    """Another session on the account asked as well and was refused; ours is carried out."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.switches.set("effect_delay_ms", 500)
        amendment_id = world.send(BUY, "replace", price="95100")
        await world.until(
            lambda desk: desk.amendments[amendment_id].stage is AmendmentStage.ACKNOWLEDGED, "the receipt"
        )
        reject = {
            "AccountId": world.server.writer.owner.account_id,
            "OrderId": 1,
            "ClientOrderId": client_id,
            "OrderIdToReplace": int(BUY),
            "Status": "Rejected",
            "RejectReason": "Not_Enough_Funds",
        }
        world.server._feed.tell("CancelReplaceOrderRejectEvent", reject, BUY)
        found = await world.settled(amendment_id)
        assert found.stage is AmendmentStage.CONFIRMED
        assert not world.events(ev.AmendmentRefused)
        assert len(world.events(ev.AmendmentUnanswered)) == (client_id == 0)

"""How orders end through a desk on the practice venue, over real sockets, where trades are recorded late."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from app.domain import events as ev
from app.domain.amendment import AmendmentStage
from app.domain.order import OrderStatus
from app.practice.exchange.exchange import Exchange
from app.practice.exchange.orders import Execution
from app.venues.bitso.link import look_up
from app.venues.bitso.rules import gone
from tests.venues.bitso.desk_at_practice import BUY, DeskAtPractice

pytestmark = pytest.mark.usefixtures("quick")

D = Decimal
NO_FEED = {"ws": ""}
_PENDING = '{"success":false,"error":{"code":"0377","message":"Trade records are still being processed."}}'


class Records:
    """Holds back the trades of single orders; the venue's own books are as they are."""

    def __init__(self, exchange: Exchange) -> None:
        self._all = exchange.executions_of
        self.held = True
        exchange.executions_of = self._of  # type: ignore[method-assign]

    def _of(self, owner: str, uid: int | None = None) -> list[Execution]:
        return [] if self.held and uid is not None else self._all(owner, uid)


def shown(world: DeskAtPractice) -> list[OrderStatus]:
    """Every end of the order that was told, in order."""
    seen = [event.order for event in world.events(ev.OrderSeen) if event.order.order_id == BUY]
    return [each.status for each in seen if not each.is_open]


def says(world: DeskAtPractice, words: str) -> bool:
    return any(words in entry.text for entry in world.row(BUY).history)


async def test_a_fill_recorded_late_is_never_shown_as_a_cancel() -> None:
    async with DeskAtPractice(addresses=NO_FEED) as world:
        await world.up()
        records = Records(world.server.exchange)
        order = world.server.exchange.order(BUY)
        world.server.market.fill(order, order.remaining)
        row = await world.row_when(BUY, lambda row: not row.order.is_open, "the end")
        assert (row.order.status, row.order.filled) == (OrderStatus.ENDED, 0)
        assert says(world, "no trades of it are recorded yet; whether it filled or was cancelled is not known yet")
        records.held = False
        row = await world.row_when(BUY, lambda row: row.order.status is OrderStatus.FILLED, "the fill")
        assert (row.order.filled, row.order.quantity, len(row.fills)) == (D(1), D(1), 1)
        assert set(shown(world)) == {OrderStatus.ENDED, OrderStatus.FILLED}


async def test_without_the_feed_a_cancel_is_proven_when_no_trade_can_come_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with DeskAtPractice(addresses=NO_FEED) as world:
        await world.up()
        world.server.exchange.cancel(world.server.exchange.order(BUY))
        row = await world.row_when(BUY, lambda row: not row.order.is_open, "the end")
        assert row.order.status is OrderStatus.ENDED
        monkeypatch.setattr(gone, "SETTLED_AFTER", 0.0)
        row = await world.row_when(BUY, lambda row: row.order.status is OrderStatus.CANCELLED, "the proof")
        assert row.order.filled == 0
        await world.connector.look_up(row.order)
        assert world.row(BUY).order.status is OrderStatus.CANCELLED


async def test_part_of_an_order_tells_not_how_it_ended_even_when_all_is_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with DeskAtPractice(addresses=NO_FEED) as world:
        await world.up()
        order = world.server.exchange.order(BUY)
        world.server.market.fill(order, D("0.5"))
        world.server.exchange.cancel(order)
        await world.row_when(BUY, lambda row: not row.order.is_open, "the end")
        monkeypatch.setattr(gone, "SETTLED_AFTER", 0.0)
        row = await world.row_when(BUY, lambda _: says(world, "0.5 of 1; whether"), "what stays unknown")
        assert (row.order.status, row.order.filled) == (OrderStatus.ENDED, D("0.5"))


async def test_an_order_called_completed_is_filled_when_its_trades_say_how_much() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        await world.until(lambda desk: ("btc_usd", "") in desk.accounts["desk"].quotes, "the feed")
        records = Records(world.server.exchange)
        order = world.server.exchange.order(BUY)
        world.server.market.fill(order, order.remaining)
        row = await world.row_when(BUY, lambda row: not row.order.is_open, "the end")
        assert (row.order.status, row.order.quantity) == (OrderStatus.ENDED, D(1))
        assert says(world, "called completed in public, but no trades of it are recorded yet")
        records.held = False
        row = await world.row_when(BUY, lambda row: row.order.status is OrderStatus.FILLED, "the fill")
        assert (row.order.filled, row.order.quantity, len(row.fills)) == (D(1), D(1), 1)


async def test_fills_of_a_cancelled_order_are_booked_when_they_are_recorded() -> None:
    async with DeskAtPractice(addresses=NO_FEED) as world:
        await world.up()
        records = Records(world.server.exchange)
        world.server.market.fill(world.server.exchange.order(BUY), D("0.5"))
        world.desk.cancel(world.row(BUY).key)
        await world.row_when(BUY, lambda row: row.order.status is OrderStatus.CANCELLED, "the cancel")
        await asyncio.sleep(0.6)  # whatever the cancel itself set off has been answered by then
        records.held = False
        row = await world.row_when(BUY, lambda row: len(row.fills) == 1, "its execution")
        row = await world.row_when(BUY, lambda row: row.order.filled == D("0.5"), "what filled")
        assert (row.order.status, row.order.quantity) == (OrderStatus.CANCELLED, D(1))


async def test_records_that_are_still_being_processed_keep_no_order_open() -> None:
    async with DeskAtPractice(addresses=NO_FEED) as world:
        await world.up()
        pending = world.server.faults.add("http_status", "fills", order_id=BUY, count=0, status=400, body=_PENDING)
        order = world.server.exchange.order(BUY)
        world.server.market.fill(order, order.remaining)
        row = await world.row_when(BUY, lambda row: not row.order.is_open, "the end")
        assert row.order.status is OrderStatus.ENDED
        assert world.server.faults.remove(pending.number)
        row = await world.row_when(BUY, lambda row: row.order.status is OrderStatus.FILLED, "the fill")
        assert len(row.fills) == 1


async def test_a_word_of_the_feed_that_comes_late_is_heard() -> None:
    async with DeskAtPractice(addresses=NO_FEED) as world:
        await world.up()
        world.server.exchange.cancel(world.server.exchange.order(BUY))
        await world.row_when(BUY, lambda row: row.order.status is OrderStatus.ENDED, "the end")
        world.connector._hinted(((BUY, "cancelled"),))
        await world.row_when(BUY, lambda row: row.order.status is OrderStatus.CANCELLED, "the cancel")


async def test_orders_that_are_gone_are_not_asked_about_while_nothing_can_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(look_up, "ASK_EVERY", 0.02)
    monkeypatch.setattr(gone, "FIRST_WAIT", 0.02)
    async with DeskAtPractice(addresses=NO_FEED) as world:
        await world.up()
        records = Records(world.server.exchange)
        order = world.server.exchange.order(BUY)
        world.server.market.fill(order, order.remaining)
        await world.row_when(BUY, lambda row: row.order.status is OrderStatus.ENDED, "the end")
        failed = len(world.events(ev.LookUpFailed))
        world.server.faults.add("http_status", "look_up", order_id=BUY, count=3, status=503)
        records.held = False
        await world.row_when(BUY, lambda row: row.order.status is OrderStatus.FILLED, "the fill")
        assert len(world.events(ev.LookUpFailed)) == failed, "questions nobody asked need no word when they fail"


async def test_a_refused_growth_leaves_no_doubt_about_the_size() -> None:
    async with DeskAtPractice(addresses=NO_FEED) as world:
        await world.up()
        world.server.faults.add("refuse", "amend", code="0379", message="Insufficient balance.")
        assert (await world.amend(BUY, quantity="1.2")).stage is AmendmentStage.REFUSED
        order = world.server.exchange.order(BUY)
        world.server.market.fill(order, order.remaining)
        row = await world.row_when(BUY, lambda row: not row.order.is_open, "the end")
        assert (row.order.status, row.order.filled) == (OrderStatus.FILLED, D(1))

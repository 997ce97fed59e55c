"""Coming up where the venue gives only a part of what it should: one missing answer costs what it was for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.desk.desk import Desk as RealDesk
from app.desk.ids import Ids
from app.domain import events as ev
from app.domain.market import LinkState
from app.runtime.clock import SystemClock
from app.venues.alphapoint import VENUE
from app.venues.transport.socket import SocketSettings
from tests.venues.alphapoint.desk_at_practice import HastyVenue
from tests.venues.alphapoint.samples import around, draft, order, raw_instrument, raw_order, reduction
from tests.venues.alphapoint.stand_in import (
    Desk,
    Gateway,
    Silent,
    account,
    connector,
    failure,
    running,
    serving,
    up,
)

pytestmark = pytest.mark.filterwarnings("error")

QUICK = SocketSettings(beat_every=0.05, ping_every=None, ping_within=None, first_delay=0.02)


def symbols(event: ev.InstrumentsLoaded) -> list[str]:
    return [each.symbol for each in event.instruments]


@pytest.mark.parametrize("name", ["GetAccountPositions", "GetInstruments", "GetAccountInfo", "GetAccountTrades"])
@pytest.mark.parametrize("answer", [failure(102, "Server Error"), Silent, "x", {"a": 1}, [None], [{}], None])
async def test_what_is_missing_does_not_take_the_link_down(name: str, answer: Any) -> None:
    """The orders are there, an amendment leaves, and what is missing is told."""
    async with serving() as gateway:
        gateway.answers[name] = answer
        desk = Desk()
        made = connector(account(gateway.url), desk, patience=0.1)
        async with running(made):
            await up(desk)
            await made.amend(reduction(order(), "0.6"))
        assert desk.of(ev.OpenOrdersListed)[0].complete
        assert len(gateway.sent("ModifyOrder")) == 1
        assert [event.state for event in desk.of(ev.LinkChanged)].count(LinkState.DOWN) == 0


@pytest.mark.parametrize(
    "answer", [failure(102, "Server Error"), [], [raw_instrument(InstrumentId=75, Symbol="ETHCAD")], [{"OMSId": 1}]]
)
async def test_an_order_in_a_market_without_rules_can_be_amended(answer: Any) -> None:
    """What cannot be checked is said, and has to be confirmed."""
    async with serving() as gateway:
        gateway.answers["GetInstruments"] = answer
        desk = Desk()
        async with running(connector(account(gateway.url), desk)):
            await up(desk)
            loaded = await desk.until(ev.InstrumentsLoaded, lambda event: "8" in symbols(event))
        (listed,) = desk.of(ev.OpenOrdersListed)
        (row,) = listed.orders
        assert row.symbol == "8"
        surroundings = around(instrument=next(each for each in loaded.instruments if each.symbol == "8"))
        for route, values in (("reduce", {"quantity": "0.6"}), ("replace", {"price": "84200", "quantity": "1"})):
            plan = VENUE.rulebook.plan(draft(row, route, **values), surroundings)
            assert plan.verdict.ok, plan.verdict.problems
            (caution,) = [each for each in plan.verdict.cautions if "gives no rules" in each.text]
            assert caution.confirm
            assert not [each for each in plan.verdict.cautions if "  " in each.text]


async def test_markets_that_come_later_keep_the_name_their_orders_have(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are asked for again; an order does not change its symbol."""
    monkeypatch.setattr("app.venues.alphapoint.link.follow.RELIST", 0.1)
    async with serving() as gateway:
        gateway.answers["GetInstruments"] = failure(102, "Server Error")
        gateway.answers["GetAccountPositions"] = failure(102, "Server Error")
        desk = Desk()
        async with running(connector(account(gateway.url), desk, settings=QUICK)):
            await up(desk)
            assert not desk.of(ev.BalancesSeen)
            gateway.answers["GetInstruments"] = [raw_instrument()]
            gateway.answers["GetAccountPositions"] = [{"ProductSymbol": "BTC", "Amount": 3, "Hold": 1}]
            loaded = await desk.until(ev.InstrumentsLoaded, lambda event: any(each.tick for each in event.instruments))
            await desk.until(ev.BalancesSeen)
            before = len(desk.events)
            listed = await desk.until(ev.OpenOrdersListed, after=before)
        assert [each.symbol for each in loaded.instruments] == ["8"]
        assert listed.orders[0].symbol == "8"
        assert any("market 8 is BTCCAD" in event.text for event in desk.of(ev.Noticed))


async def test_a_look_up_before_the_markets_teaches_their_names() -> None:
    """An order known from before keeps its symbol, though its market is not described this time."""
    async with serving() as gateway:
        gateway.answers["GetInstruments"] = failure(102, "Server Error")
        desk = Desk()
        made = connector(account(gateway.url), desk)
        await made.look_up(order())
        async with running(made):
            await up(desk)
        assert desk.of(ev.OpenOrdersListed)[0].orders[0].symbol == "BTCCAD"


async def test_unreadable_rows_of_every_list_cost_themselves_alone() -> None:
    """Markets, balances and executions."""
    async with serving() as gateway:
        odd: list[Any] = [None, 7, [], {}, {"OrderId": "²", "TradeId": "²", "InstrumentId": "²", "ProductSymbol": {}}]
        gateway.answers["GetInstruments"] = [*odd, raw_instrument()]
        gateway.answers["GetAccountPositions"] = [*odd, {"ProductSymbol": "BTC", "Amount": 3, "Hold": 1}]
        trade = {"TradeId": 77, "OrderId": 15067, "InstrumentId": 8, "Side": "Sell", "Quantity": "1", "Price": "1"}
        gateway.answers["GetAccountTrades"] = [*odd, trade]
        desk = Desk()
        async with running(connector(account(gateway.url), desk)):
            await desk.until(ev.FillSeen)
        assert [each.symbol for each in desk.of(ev.InstrumentsLoaded)[0].instruments] == ["BTCCAD"]
        (balances,) = desk.of(ev.BalancesSeen)
        assert (len(balances.balances), balances.complete) == (1, False)


@pytest.mark.parametrize(
    "answer", [{}, {"Orders": []}, {"OMSId": 1}, [None], ["x"], None, "nothing", failure(102, "x")]
)
async def test_no_list_is_no_empty_list(answer: Any) -> None:
    """An answer that is no list of orders says nothing of them: the link is not up on it."""
    async with serving() as gateway:
        gateway.answers["GetOpenOrders"] = answer
        desk = Desk()
        async with running(connector(account(gateway.url), desk)):
            await desk.until(ev.LinkChanged, lambda event: event.state is LinkState.DOWN)
        assert not [event for event in desk.of(ev.OpenOrdersListed) if event.complete]


async def test_a_list_that_lacks_an_open_order_is_found_to_be_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one of that size is incomplete, and says so; the order stays what it is."""
    monkeypatch.setattr("app.venues.alphapoint.link.follow.RELIST", 3600.0)
    async with serving() as gateway:
        rows = [raw_order(OrderId=number, OrigOrderId=number) for number in (15067, 15068, 15069)]
        gateway.orders = rows
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            gateway.answers["GetOpenOrders"] = rows[1:]
            await made.refresh()
            await made.look_up(order())
            await made.refresh()
        assert [event.complete for event in desk.of(ev.OpenOrdersListed)] == [True, True, False]
        assert desk.of(ev.OrderSeen)[-1].order.is_open
        assert any("may have more" in event.text for event in desk.of(ev.Noticed))


@pytest.mark.parametrize("count,complete", [(99, True), (100, False), (101, True)])
async def test_a_list_of_the_size_of_a_page_is_not_taken_for_whole(count: int, complete: bool) -> None:
    """GetOrderHistory is documented to give 100 rows, and nothing says that this one does not."""
    async with serving() as gateway:
        gateway.orders = [raw_order(OrderId=number, OrigOrderId=number) for number in range(1, count + 1)]
        desk = Desk()
        async with running(connector(account(gateway.url), desk)):
            await up(desk)
        assert desk.of(ev.OpenOrdersListed)[0].complete is complete


async def test_refreshes_at_once_are_one_list() -> None:
    """Each list answers everybody who asked before it left; it may not use up the share of reads."""
    async with serving() as gateway:
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            before = len(gateway.sent("GetOpenOrders"))
            await asyncio.gather(*(made.refresh() for _ in range(10)))
        assert len(gateway.sent("GetOpenOrders")) - before <= 2


# -- after a break ---------------------------------------------------------------------------------------------------


class DeskAtGateway:
    """A real desk on a scripted gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        where = account(gateway.url)
        self.desk = RealDesk([where], {"alphapoint": HastyVenue()}, SystemClock(), Ids())

    async def __aenter__(self) -> DeskAtGateway:
        self._running = asyncio.create_task(self.desk.run())
        await self.link(LinkState.UP)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    async def link(self, state: LinkState) -> None:
        assert await self.desk.wait(lambda desk: desk.accounts["ap"].link is state, 10.0)

    async def break_off(self) -> None:
        """Break the connection and wait until it is back."""
        await self.gateway.connections[0].close()
        await self.link(LinkState.DOWN)
        await self.link(LinkState.UP)

    async def rows(self, *, settled: int) -> list[tuple[list[str], bool]]:
        """The rows as (ids, open), once there are so many that are open."""

        def now() -> list[tuple[list[str], bool]]:
            return sorted((row.ids, row.order.is_open) for row in self.desk.state.lineages.values())

        assert await self.desk.wait(lambda _: sum(is_open for _, is_open in now()) == settled, 5.0), now()
        await asyncio.sleep(0.3)
        return now()


def heir(number: int, of: int, **changes: Any) -> dict[str, Any]:
    return raw_order(OrderId=number, OrigOrderId=of, ClientOrderId=3, Price="84200", **changes)


def gone(number: int, of: int = 0) -> dict[str, Any]:
    ending = {"OrderState": "Canceled", "Quantity": 0, "CancelReason": "UserModified", "ChangeReason": "UserModified"}
    return raw_order(OrderId=number, OrigOrderId=of or number, **ending)


async def test_an_order_replaced_during_a_break_is_one_row() -> None:
    """The list names the old order, and does not have it any more; the histories need not be asked."""
    async with serving() as gateway, DeskAtGateway(gateway) as world:
        gateway.orders = [heir(15068, 15067)]
        gateway.answers["GetOrderStatus"] = failure(102, "Server Error")
        await world.break_off()
        assert await world.rows(settled=1) == [(["15067", "15068"], True)]


async def test_an_order_replaced_three_times_during_a_break_is_one_row() -> None:
    """Each one names the one before, and the histories have them."""
    async with serving() as gateway, DeskAtGateway(gateway) as world:
        rows = [heir(15070, 15069), gone(15069, 15068), gone(15068, 15067), gone(15067)]
        gateway.orders = rows[:1]
        gateway.answers["GetOrderStatus"] = lambda asked: next(
            (row for row in rows if row["OrderId"] == asked["OrderId"]), failure(104, "Resource Not Found")
        )
        gateway.answers["GetOrderHistory"] = rows
        await world.break_off()
        assert await world.rows(settled=1) == [(["15067", "15068", "15069", "15070"], True)]


async def test_two_orders_of_one_old_one_are_two_rows() -> None:
    """Which of them took its place nobody can tell from the list."""
    async with serving() as gateway, DeskAtGateway(gateway) as world:
        rows = [heir(15069, 15067), heir(15068, 15067), gone(15067)]
        gateway.orders = rows[:2]
        gateway.answers["GetOrderStatus"] = lambda asked: rows[2]
        await world.break_off()
        ids = sorted(each for row, _ in await world.rows(settled=2) for each in row)
        assert ids == ["15067", "15068", "15069"]

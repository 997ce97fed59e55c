"""One fault costs what it strikes: one category, the balances, one message or one round, never the link."""

from __future__ import annotations

import asyncio
import json
import logging
from decimal import Decimal
from typing import Any

import httpx
import pytest

from app.domain import events as ev
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from app.venues.bitget import VENUE
from app.venues.bitget.link import connector as connector_room
from app.venues.bitget.link import extras
from app.venues.common import rounds
from tests.helpers.logfail import AnnouncedLogs
from tests.venues.bitget.samples import ORDER_ID, account, command, envelope, push_row, rest_row
from tests.venues.bitget.stand_in import FakeBitget, connected, desk_on

OPEN = "/api/v3/trade/unfilled-orders"
MODIFY = "/api/v3/trade/modify-order"
ASSETS = "/api/v3/account/assets"
INSTRUMENTS = "/api/v3/market/instruments"
TIME = "/api/v2/public/time"

NONSENSE: list[Any] = [
    (200, envelope("x")),
    (200, envelope(7)),
    (200, envelope({"list": "x", "assets": "x"})),
    (200, b"<html>"),
    (502, b""),
    (400, envelope(None, "40000", "not in your region")),
    httpx.ReadTimeout("slow"),
]


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "_FIRST_WAIT", 0.05)
    monkeypatch.setattr(rounds, "FIRST_WAIT", 0.02)


# -- markets and balances ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", NONSENSE)
async def test_a_category_whose_rules_never_come_keeps_no_order_from_being_amended(answer: Any) -> None:
    fake = FakeBitget()
    rules = fake.routes[INSTRUMENTS]
    fake.routes[INSTRUMENTS] = lambda request: answer if request.url.params["category"] == "SPOT" else rules(request)
    fake.routes[MODIFY] = lambda _: (200, envelope({"orderId": ORDER_ID}))
    async with connected(fake) as (connector, watch):
        (loaded,) = watch.of(ev.InstrumentsLoaded)
        assert {each.market for each in loaded.instruments} == {"perp"}
        (notice,) = [each for each in watch.of(ev.Noticed) if "SPOT markets" in each.text]
        assert not notice.serious
        await connector.amend(command(watch.of(ev.OpenOrdersListed)[0].orders[0], "64100", "0.002"))
        assert len(watch.of(ev.AmendmentAcknowledged)) == 1
        await asyncio.sleep(0.2)
        assert len([each for each in watch.of(ev.Noticed) if "SPOT markets" in each.text]) == 1, "said once"
        fake.routes[INSTRUMENTS] = rules
        await watch.some(ev.InstrumentsLoaded, 2)
        assert {each.market for each in watch.of(ev.InstrumentsLoaded)[1].instruments} == {"spot", "margin"}
        assert [each.state for each in watch.of(ev.LinkChanged)][-1] is LinkState.UP


@pytest.mark.parametrize("answer", NONSENSE)
async def test_balances_that_do_not_come_keep_no_order_from_being_amended(answer: Any) -> None:
    fake = FakeBitget()
    balances, fake.routes[ASSETS] = fake.routes[ASSETS], lambda _: answer
    fake.routes[MODIFY] = lambda _: (200, envelope({"orderId": ORDER_ID}))
    async with connected(fake, switches={"poll_every_s": "1"}) as (connector, watch):
        await connector.amend(command(watch.of(ev.OpenOrdersListed)[0].orders[0], "64100", "0.002"))
        assert len(watch.of(ev.AmendmentAcknowledged)) == 1
        await connector.refresh()
        await watch.some(ev.OpenOrdersListed, 3)
        assert [each.state for each in watch.of(ev.LinkChanged)] == [
            LinkState.CONNECTING,
            LinkState.SYNCING,
            LinkState.UP,
        ]
        assert len([each for each in watch.of(ev.Noticed) if "balances" in each.text]) == 1
        fake.routes[ASSETS] = balances
        await watch.some(ev.BalancesSeen)


async def test_a_slow_market_call_holds_the_link_back_for_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connector_room, "_EXTRAS_S", 0.05)
    fake = FakeBitget()
    held = asyncio.Event()
    answer = fake.answer

    async def slow(request: httpx.Request) -> httpx.Response:
        if request.url.path == INSTRUMENTS and request.url.params["category"] == "SPOT":
            await held.wait()
        return await answer(request)

    monkeypatch.setattr(fake, "answer", slow)
    async with asyncio.timeout(5), connected(fake) as (_, watch):
        assert watch.of(ev.OpenOrdersListed)[0].complete
        held.set()
        await watch.some(ev.InstrumentsLoaded)


@pytest.mark.parametrize(
    "wrong", ["x", {}, {"coin": "X"}, {"coin": "X", "available": "²"}, {"coin": "X", "available": "1e9999"}, None]
)
async def test_an_unreadable_balance_costs_itself(wrong: Any) -> None:
    fake = FakeBitget()
    good = {"coin": "USDT", "balance": "1000", "available": "900"}
    fake.routes[ASSETS] = lambda _: (200, envelope({"assets": [wrong, good]}))
    async with connected(fake) as (connector, watch):
        seen = watch.of(ev.BalancesSeen)[0]
        assert ([each.currency for each in seen.balances], seen.complete) == (["USDT"], False)
        for _ in range(3):
            await connector.refresh()
        notices = [each for each in watch.of(ev.Noticed) if "left out" in each.text]
        assert len(notices) == 2, "before the link came up, and once since"
        assert str(wrong) in notices[0].text


@pytest.mark.parametrize("wrong", [{"pricePrecision": "²"}, {"pricePrecision": "1.5"}, {"priceMultiplier": "1e-9999"}])
async def test_an_unreadable_market_costs_itself(wrong: dict[str, str]) -> None:
    fake = FakeBitget()
    rules = fake.routes[INSTRUMENTS]

    def with_one_more(request: httpx.Request) -> Any:
        if request.url.params["category"] != "SPOT":
            return rules(request)
        return 200, envelope([{"symbol": "ODDUSDT", **wrong}, {"symbol": "ETHUSDT"}, 5])

    fake.routes[INSTRUMENTS] = with_one_more
    async with connected(fake) as (_, watch):
        symbols = {each.key for each in watch.of(ev.InstrumentsLoaded)[0].instruments}
        assert symbols == {("ETHUSDT", "spot"), ("ETHUSDT", "margin"), ("BTCUSDT", "perp")}


# -- the list ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", NONSENSE)
async def test_a_category_that_is_not_listed_is_said_and_the_others_are_shown(answer: Any) -> None:
    fake = FakeBitget()
    listing = fake.routes[OPEN]
    fake.routes[OPEN] = lambda request: answer if request.url.params["category"] == "USDC-FUTURES" else listing(request)
    fake.routes[MODIFY] = lambda _: (200, envelope({"orderId": ORDER_ID}))
    async with connected(fake) as (connector, watch):
        listed = watch.of(ev.OpenOrdersListed)[0]
        assert ([each.order_id for each in listed.orders], listed.complete) == ([ORDER_ID], False)
        assert any("USDC-FUTURES are not listed" in each.text for each in watch.of(ev.Noticed))
        await connector.amend(command(listed.orders[0], "64100", "0.002"))
        assert len(watch.of(ev.AmendmentAcknowledged)) == 1


# -- messages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "at", ["9" * 5000, "²", "x", None, -1, 1.5, 1742367838124000, "1742367838124000000", {}, [], True]
)
async def test_a_push_with_an_unusable_time_is_taken_all_the_same(at: Any) -> None:
    fake = FakeBitget()
    async with connected(fake, switches={"poll_every_s": "0"}) as (_, watch):
        await fake.push("order", [push_row(price="64001", updatedTime="1700000000300")], at=at)
        assert (await watch.some(ev.OrderSeen)).order.price == Decimal(64001)
        await fake.push("order", [push_row(price="64002", updatedTime="1700000000400")])
        assert (await watch.some(ev.OrderSeen, 2)).order.price == Decimal(64002)
        assert watch.of(ev.LinkChanged)[-1].state is LinkState.UP


@pytest.mark.parametrize("name", ["createdTime", "updatedTime"])
@pytest.mark.parametrize("text", ["1700000000000000", "1700000000000000000", "9" * 30, "-5", "0"])
async def test_a_time_in_another_unit_is_no_time_and_costs_nothing(name: str, text: str) -> None:
    fake = FakeBitget()
    fake.orders = [rest_row(**{name: text})]
    async with connected(fake) as (connector, watch):
        order = watch.of(ev.OpenOrdersListed)[0].orders[0]
        assert (order.created_at if name == "createdTime" else order.updated_at) is None
        fake.orders = []
        await connector.look_up(order)
        assert len(watch.of(ev.OrderMissing)) == 1


@pytest.mark.parametrize("text", ["²", "9" * 5000, "1700000000000000", "soon", [5], -1])
async def test_a_clock_that_cannot_be_read_leaves_our_own(text: Any) -> None:
    fake = FakeBitget()
    fake.routes[TIME] = lambda _: (200, envelope({"serverTime": text}))
    async with connected(fake) as (connector, _):
        assert connector.venue_ahead() is None


@pytest.mark.parametrize("topic", ["order", "fill", "account"])
@pytest.mark.parametrize("rows", ["x", [None], [[]], {}, [{"orderId": {}}], [{"coin": "x"}], [{"coin": [5]}], 7])
async def test_no_message_ends_the_link(topic: str, rows: Any) -> None:
    fake = FakeBitget()
    async with connected(fake, switches={"poll_every_s": "0"}) as (_, watch):
        await fake.push(topic, rows)
        await fake.push("order", [push_row(price="64001", updatedTime="1700000000300")])
        await watch.some(ev.OrderSeen)
        assert watch.of(ev.LinkChanged)[-1].state is LinkState.UP


@pytest.mark.parametrize("data", ["x", [5], [{"bid1Price": "²"}], [{"bid1Price": {}}], None])
async def test_an_unreadable_price_is_said_once(data: Any) -> None:
    fake = FakeBitget()
    async with connected(fake) as (_, watch):
        await fake.until(lambda: len(fake.tickers) == 1)
        assert fake.public is not None
        argument = {"instType": "usdt-futures", "topic": "ticker", "symbol": "BTCUSDT"}
        for _each in range(5):
            await fake.public.send(json.dumps({"arg": argument, "data": data}))
        await fake.public.send(json.dumps({"arg": argument, "data": [{"bid1Price": "5"}]}))
        await watch.some(ev.QuoteSeen)
        assert len([each for each in watch.of(ev.Noticed) if "public socket" in each.text]) == 1


# -- rounds ------------------------------------------------------------------------------------------------------------


async def test_an_unforeseen_fault_of_a_poll_makes_rows_stale_and_the_next_poll_mends_it(
    announced_logs: AnnouncedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced_logs.expect("reading the open orders again failed", logging.ERROR)
    fake = FakeBitget()
    async with connected(fake, switches={"poll_every_s": "1"}) as (connector, watch):
        real = connector._listener.open_orders

        async def broken(**_: Any) -> None:
            raise ZeroDivisionError("by nothing")

        monkeypatch.setattr(connector._listener, "open_orders", broken)
        change = await watch.link(LinkState.STALE)
        assert "ZeroDivisionError: by nothing" in change.text
        await watch.until(lambda: any("it goes on in" in each.text for each in watch.of(ev.Noticed)))
        monkeypatch.setattr(connector._listener, "open_orders", real)
        await watch.link(LinkState.UP, 2)


@pytest.mark.parametrize("strike", ["chores", "subscriptions"])
async def test_an_unforeseen_fault_of_other_work_leaves_the_link_up(
    strike: str, announced_logs: AnnouncedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced_logs.expect("failed", logging.ERROR)
    fake = FakeBitget()
    async with connected(fake, switches={"poll_every_s": "0"}) as (connector, watch):
        owner, name = {
            "chores": (connector._listener.newest, "open_markets"),
            "subscriptions": (connector._public, "_subscribe"),
        }[strike]

        def broken(*_: Any) -> Any:
            raise RuntimeError("odd")

        with monkeypatch.context() as patch:
            patch.setattr(owner, name, broken)
            fake.orders.append(rest_row(orderId="7", symbol="ETHUSDT"))
            await fake.push("order", [push_row(orderId="7", symbol="ETHUSDT")])
            if strike == "subscriptions":
                connector._public.want({("perp", "ETHUSDT")})
            await watch.until(lambda: any("RuntimeError: odd" in each.text for each in watch.of(ev.Noticed)))
        assert watch.of(ev.LinkChanged)[-1].state is LinkState.UP
        await fake.push("order", [push_row(orderId="8", symbol="XRPUSDT")])
        await fake.until(lambda: any("XRPUSDT" in each for each in fake.tickers))


# -- the promise -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text,seconds", [("15", 25), ("", 25), ("3", 13), ("0", 0), ("soon", 0)])
def test_the_age_that_is_promised_follows_the_switch(text: str, seconds: int) -> None:
    made = account(switches={"poll_every_s": text})
    assert VENUE.of(made).rulebook.evidence.reread_within == seconds * SECOND
    assert VENUE.rulebook.evidence.reread_within == 0


async def test_the_desk_follows_the_promise_of_the_account() -> None:
    async with desk_on(FakeBitget(), switches={"poll_every_s": "30"}) as desk:
        assert desk.venues["main"].rulebook.evidence.reread_within == 40 * SECOND

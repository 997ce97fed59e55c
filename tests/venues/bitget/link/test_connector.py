"""The connector against a scripted venue: staying in sync, and what every fault is told as."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Any

import httpx
import pytest

from app.domain import events as ev
from app.domain.account import Environment
from app.domain.amendment import Source
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from app.domain.order import OrderStatus
from app.runtime.clock import SystemClock
from app.venues.bitget.wire import codec
from app.venues.bitget.wire import vocabulary as words
from tests.venues.bitget.samples import ORDER_ID, envelope, push_row, rest_row
from tests.venues.bitget.stand_in import FakeBitget, connected
from tests.venues.bitget.wire.test_rows import SPOT_MARKET

OPEN = "/api/v3/trade/unfilled-orders"
ASSETS = "/api/v3/account/assets"
INFO = "/api/v3/trade/order-info"


async def test_it_comes_up_with_markets_orders_and_balances() -> None:
    fake = FakeBitget()
    async with connected(fake) as (_, watch):
        states = [event.state for event in watch.of(ev.LinkChanged)]
        assert states == [LinkState.CONNECTING, LinkState.SYNCING, LinkState.UP]
        (markets,) = watch.of(ev.InstrumentsLoaded)
        assert {each.key for each in markets.instruments} == {
            ("BTCUSDT", "spot"),
            ("BTCUSDT", "margin"),
            ("BTCUSDT", "perp"),
        }
        listed = watch.of(ev.OpenOrdersListed)[0]
        assert listed.complete
        assert [order.order_id for order in listed.orders] == [ORDER_ID]
        (usdt,) = watch.of(ev.BalancesSeen)[0].balances
        assert (usdt.currency, usdt.available) == ("USDT", Decimal(900))
        categories = {request.url.params["category"] for request in fake.requests(OPEN)}
        assert len(categories) == 5


async def test_subscribing_comes_before_listing_for_nothing_is_pushed_on_subscribing() -> None:
    fake = FakeBitget()
    heard_at_list: list[list[str]] = []
    listing = fake.routes[OPEN]

    def watched(request: httpx.Request) -> Any:
        heard_at_list.append([text for text in fake.heard if text != "ping"])
        return listing(request)

    fake.routes[OPEN] = watched
    async with connected(fake):
        assert '"topic":"order"' in heard_at_list[0][-1]
        login = json.loads(heard_at_list[0][0])["args"][0]
        assert len(login["timestamp"]) == 10


async def test_secrets_never_reach_the_record() -> None:
    fake = FakeBitget()
    async with connected(fake) as (_, watch):
        record = repr(watch.of(ev.WireSeen))
        assert "private login" in record
        for secret in ("bg_TESTKEY", "s3cr3t", "Passphrase1"):
            assert secret not in record


async def test_private_requests_are_signed_and_demo_ones_marked() -> None:
    fake = FakeBitget()
    async with connected(fake, environment=Environment.DEMO):
        headers = fake.requests(OPEN)[0].headers
        assert headers["access-key"] == "bg_TESTKEY0123456789"
        assert headers["paptrading"] == "1"
        assert abs(int(headers["access-timestamp"]) * 1_000_000 - SystemClock().now()) < 60 * SECOND
    fake = FakeBitget()
    async with connected(fake):
        assert "paptrading" not in fake.requests(OPEN)[0].headers


async def test_requests_carry_the_venues_time_when_our_clock_is_off() -> None:
    fake = FakeBitget()
    ahead_ms = 3_600_000
    fake.routes["/api/v2/public/time"] = lambda _: (
        200,
        envelope({"serverTime": str(SystemClock().now() // 1_000_000 + ahead_ms)}),
    )
    async with connected(fake) as (_, watch):
        stamp = int(fake.requests(OPEN)[0].headers["access-timestamp"])
        assert abs(stamp - ahead_ms - SystemClock().now() // 1_000_000) < 60_000
        (notice,) = [each for each in watch.of(ev.Noticed) if "clock" in each.text]
        assert "behind Bitget's" in notice.text
        assert not notice.serious


async def test_pages_are_followed_by_cursor_and_repeats_dropped() -> None:
    fake = FakeBitget()
    rows = [rest_row(orderId=str(10_000 - each)) for each in range(150)]

    def page(request: httpx.Request) -> Any:
        if request.url.params["category"] != "USDT-FUTURES":
            return 200, envelope({"list": None, "cursor": None})
        cursor = request.url.params.get("cursor")
        start = 0 if cursor is None else next(i for i, row in enumerate(rows) if row["orderId"] == cursor)
        found = rows[start : start + 100]
        return 200, envelope({"list": found, "cursor": found[-1]["orderId"]})

    fake.routes[OPEN] = page
    async with connected(fake) as (_, watch):
        listed = watch.of(ev.OpenOrdersListed)[0]
        assert listed.complete
        assert len(listed.orders) == 150


async def test_an_unreadable_row_is_left_out_and_the_list_is_not_called_complete() -> None:
    fake = FakeBitget()
    fake.orders = [rest_row(), rest_row(orderId="2", qty="much"), "x"]  # type: ignore[list-item]
    fake.routes[OPEN] = lambda request: (
        200,
        envelope({"list": fake.orders if request.url.params["category"] == "USDT-FUTURES" else []}),
    )
    async with connected(fake) as (_, watch):
        listed = watch.of(ev.OpenOrdersListed)[0]
        assert not listed.complete
        assert [order.order_id for order in listed.orders] == [ORDER_ID]
        named, nameless = watch.of(ev.OrderUnreadable)
        assert (named.order_id, named.text, listed.unreadable) == ("2", "qty that is no number", ("2",))
        assert "much" in named.raw
        assert (nameless.order_id, nameless.raw) == ("", "x")


async def test_a_key_that_may_not_read_balances_degrades_with_one_notice() -> None:
    fake = FakeBitget()
    fake.routes[ASSETS] = lambda _: (400, envelope(None, "40014", "Incorrect permissions"))
    async with connected(fake) as (connector, watch):
        await connector.refresh()
        notices = [each for each in watch.of(ev.Noticed) if "balances" in each.text]
        assert len(notices) == 1
        assert "40014" in notices[0].text
        assert len(fake.requests(ASSETS)) == 1
        assert watch.of(ev.BalancesSeen) == []


async def test_a_key_that_may_withdraw_or_only_read_is_named() -> None:
    fake = FakeBitget()
    fake.routes["/api/v3/account/info"] = lambda _: (
        200,
        envelope({"permType": "read-only", "permissions": ["uta_trade", "withdraw"]}),
    )
    async with connected(fake) as (_, watch):
        await watch.some(ev.Noticed, 2)
        texts = " ".join(each.text for each in watch.of(ev.Noticed))
        assert "withdraw" in texts
        assert "only read" in texts


async def test_a_refused_login_is_said_once_and_not_repeated_until_asked() -> None:
    fake = FakeBitget()
    fake.login = {"event": "error", "code": 30012, "msg": "Invalid passphrase"}
    async with connected(fake, up=False) as (connector, watch):
        change = await watch.link(LinkState.REFUSED)
        assert "passphrase is wrong" in change.text
        await asyncio.sleep(0.1)
        assert fake.logins == 1
        assert fake.requests(OPEN) == []
        fake.login = {"event": "login", "code": "0"}
        await connector.refresh()
        await watch.link(LinkState.UP)
        assert fake.logins == 2


async def test_a_key_refused_by_rest_is_a_refused_login_too() -> None:
    fake = FakeBitget()
    fake.routes[OPEN] = lambda _: (400, envelope(None, "40006", "Invalid ACCESS_KEY"))
    async with connected(fake, up=False) as (_, watch):
        change = await watch.link(LinkState.REFUSED)
        assert "40006" in change.text
        assert "check the account's key" in change.text


async def test_a_login_refused_for_its_time_is_tried_again() -> None:
    fake = FakeBitget()
    fake.login = {"event": "error", "code": 30014, "msg": "Timestamp expired"}
    async with connected(fake, up=False) as (_, watch):
        change = await watch.link(LinkState.DOWN)
        assert "30014" in change.text
        fake.login = {"event": "login"}
        await watch.link(LinkState.UP)


async def test_a_topic_refused_makes_the_picture_poorer_not_dark() -> None:
    fake = FakeBitget()
    fake.refused_topics = {"account": 30001}
    async with connected(fake) as (_, watch):
        texts = [each.text for each in watch.of(ev.Noticed)]
        assert any("“account”" in text for text in texts)
    fake.refused_topics = {"order": 30001}
    async with connected(fake, up=False) as (_, watch):
        assert "“order”" in (await watch.link(LinkState.DOWN)).text


async def test_a_dead_private_address_is_down_with_the_address_named() -> None:
    addresses = {"private_ws": "ws://127.0.0.1:1/v3/ws/private"}
    async with connected(FakeBitget(), up=False, addresses=addresses) as (_, watch):
        change = await watch.link(LinkState.DOWN)
        assert "ws://127.0.0.1:1/v3/ws/private" in change.text


async def test_a_dead_rest_address_is_down_with_the_reason() -> None:
    fake = FakeBitget()
    fake.routes = dict.fromkeys(fake.routes, lambda _: httpx.ConnectError("refused"))
    async with connected(fake, up=False) as (_, watch):
        change = await watch.link(LinkState.DOWN)
        assert "http://127.0.0.1:1 cannot be reached" in change.text


async def test_missing_prices_are_noticed_once_and_the_rest_works() -> None:
    addresses = {"public_ws": "ws://127.0.0.1:1/v3/ws/public"}
    async with connected(FakeBitget(), addresses=addresses) as (_, watch):
        await watch.some(ev.Noticed)
        await asyncio.sleep(0.1)
        (notice,) = [each for each in watch.of(ev.Noticed) if "market prices" in each.text]
        assert not notice.serious


async def test_after_a_broken_socket_it_logs_in_subscribes_and_lists_again() -> None:
    fake = FakeBitget()
    async with connected(fake) as (_, watch):
        assert fake.private is not None
        fake.orders = [rest_row(price="65000", updatedTime="1700000000900")]
        fake.private.transport.abort()
        await watch.link(LinkState.DOWN)
        await watch.link(LinkState.UP, 2)
        assert fake.logins == 2
        assert watch.of(ev.OpenOrdersListed)[-1].orders[0].price == Decimal(65000)
        assert len(watch.of(ev.InstrumentsLoaded)) == 1


async def test_an_error_message_ends_the_connection_for_it_would_stay_silent() -> None:
    fake = FakeBitget()
    async with connected(fake) as (_, watch):
        assert fake.private is not None
        await fake.private.send('{"event":"error","code":30002,"msg":"Illegal request"}')
        assert "Illegal request" in (await watch.link(LinkState.DOWN)).text
        await watch.link(LinkState.UP, 2)


async def test_text_heartbeats_go_out() -> None:
    fake = FakeBitget()
    async with connected(fake):
        await fake.until(lambda: "ping" in fake.heard)


async def test_a_push_is_seen_and_an_older_one_is_not() -> None:
    fake = FakeBitget()
    async with connected(fake) as (_, watch):
        await fake.push("order", [push_row(price="64500", updatedTime="1700000000500")])
        seen = await watch.some(ev.OrderSeen)
        assert (seen.source, seen.order.price, seen.order.market) == (Source.PUSH, Decimal(64500), "perp")
        assert seen.order.attribute("delegate_type") == "normal"
        await fake.push("order", [push_row(price="64000", updatedTime="1700000000400")])
        await fake.push("order", [push_row(cumExecQty="0.001", updatedTime="1700000000600", price="64500")])
        seen = await watch.some(ev.OrderSeen, 2)
        assert (seen.order.filled, seen.order.status) == (Decimal("0.001"), OrderStatus.PARTIALLY_FILLED)


async def test_an_order_first_seen_in_a_push_is_completed_by_a_look_up() -> None:
    fake = FakeBitget()
    async with connected(fake) as (_, watch):
        fake.orders.append(rest_row(orderId="7", delegateType="grid"))
        await fake.push("order", [push_row(orderId="7")])
        await watch.until(
            lambda: any(
                each.source is Source.LOOKUP and each.order.attribute("delegate_type") == "grid"
                for each in watch.of(ev.OrderSeen)
            )
        )


async def test_fills_and_balances_are_pushed() -> None:
    fake = FakeBitget()
    async with connected(fake) as (_, watch):
        row = {
            "execId": "1",
            "orderId": ORDER_ID,
            "symbol": "BTCUSDT",
            "side": "buy",
            "execPrice": "64000",
            "execQty": "0.001",
            "execTime": "1700000000000",
        }
        await fake.push("fill", [row])
        assert (await watch.some(ev.FillSeen)).fill.quantity == Decimal("0.001")
        before = len(watch.of(ev.BalancesSeen))
        await fake.push("account", [{"coin": [{"coin": "BTC", "balance": "2", "available": "1"}]}])
        await watch.until(lambda: any(not each.complete for each in watch.of(ev.BalancesSeen)[before:]))


async def test_malformed_frames_are_noticed_and_change_nothing() -> None:
    fake = FakeBitget()
    async with connected(fake) as (_, watch):
        assert fake.private is not None
        for text in ("{", "[]", '{"data":1}'):
            await fake.private.send(text)
        await fake.push("order", [push_row(side="both"), 5])
        await fake.push("fill", [{}])
        await fake.push("account", [{"coin": [{}]}])
        await fake.push("order", [push_row(price="1", updatedTime="1700000000500")])
        await watch.some(ev.OrderSeen)
        assert len(watch.of(ev.Noticed)) == 5
        assert [each.raw for each in watch.of(ev.OrderUnreadable)][1] == "5"
        assert "side" in watch.of(ev.OrderUnreadable)[0].text
        assert all("Bitget" in notice.text for notice in watch.of(ev.Noticed))
        assert watch.of(ev.LinkChanged)[-1].state is LinkState.UP


async def test_prices_are_asked_for_the_markets_of_open_orders() -> None:
    fake = FakeBitget()
    fake.orders = [rest_row(), rest_row(orderId="2", category="MARGIN")]
    async with connected(fake) as (_, watch):
        await fake.until(lambda: len(fake.tickers) == 1)
        arguments = json.loads(fake.tickers[0])["args"]
        assert {(each["instType"], each["symbol"]) for each in arguments} == {
            ("spot", "BTCUSDT"),
            ("usdt-futures", "BTCUSDT"),
        }
        assert fake.public is not None
        ticker = {"arg": {"instType": "spot", "topic": "ticker", "symbol": "BTCUSDT"}, "action": "snapshot"}
        ticker["data"] = [{"bid1Price": "1", "ask1Price": "2", "lastPrice": "1.5"}]  # type: ignore[assignment]
        await fake.public.send(json.dumps(ticker))
        await watch.some(ev.QuoteSeen, 2)
        assert {each.quote.market for each in watch.of(ev.QuoteSeen)} == {"spot", "margin"}
        await fake.public.send("junk")
        await watch.some(ev.Noticed)
        # Once the last order of a market ends, its prices are no longer asked for.
        await fake.push("order", [push_row(orderStatus="cancelled", updatedTime="1700000009000")])
        await fake.until(lambda: len(fake.tickers) == 2)
        assert json.loads(fake.tickers[1])["op"] == "unsubscribe"


async def test_a_quiet_rest_side_makes_the_picture_stale_until_it_answers() -> None:
    fake = FakeBitget()
    async with connected(fake, switches={"poll_every_s": "1"}) as (_, watch):
        listing = fake.routes[OPEN]
        fake.routes[OPEN] = lambda _: httpx.ReadTimeout("slow")
        assert "gave no answer" in (await watch.link(LinkState.STALE)).text
        fake.routes[OPEN] = listing
        await watch.link(LinkState.UP, 2)


async def test_too_many_requests_is_waited_out() -> None:
    fake = FakeBitget()
    listing = fake.routes[OPEN]
    refused = {"count": 0}

    def once(request: httpx.Request) -> Any:
        if refused["count"] == 0:
            refused["count"] += 1
            return 429, envelope(None, "429", "Too many requests")
        return listing(request)

    fake.routes[OPEN] = once
    async with connected(fake) as (_, watch):
        assert watch.of(ev.OpenOrdersListed)[0].complete


async def test_a_refresh_that_fails_is_told() -> None:
    fake = FakeBitget()
    async with connected(fake) as (connector, watch):
        fake.routes[OPEN] = lambda _: (502, b"<html>bad gateway</html>")
        await connector.refresh()
        (notice,) = watch.of(ev.Noticed)
        assert "HTTP 502" in notice.text


async def test_a_clock_that_only_the_older_call_tells_is_asked_by_it() -> None:
    fake = FakeBitget()
    async with connected(fake):
        assert [len(fake.requests(path)) for path in (codec.SERVER_TIME, codec.OLDER_SERVER_TIME)] == [1, 1]


@pytest.mark.parametrize("older", [True, False])
async def test_the_newer_clock_is_asked_first(older: bool) -> None:
    fake = FakeBitget()
    fake.routes[codec.SERVER_TIME] = fake.routes[codec.OLDER_SERVER_TIME]
    if older:
        fake.routes[codec.SERVER_TIME] = lambda _: (404, envelope(None, "40404", "Request URL NOT FOUND"))
    async with connected(fake):
        assert len(fake.requests(codec.OLDER_SERVER_TIME)) == older


@pytest.mark.parametrize("code", ["40084", "25245", "40085"])
async def test_a_key_of_another_kind_of_account_ends_the_tries_with_our_words(code: str) -> None:
    fake = FakeBitget()
    fake.routes[OPEN] = lambda _: (400, envelope(None, code, "not this mode"))
    async with connected(fake, up=False) as (_, watch):
        refused = await watch.link(LinkState.REFUSED)
        assert "unified trading account" in refused.text
        assert fake.logins == 1


async def test_margin_markets_have_their_own_rules_and_the_spot_markets_where_they_list_none() -> None:
    fake = FakeBitget()
    spot, other = SPOT_MARKET, {**SPOT_MARKET, "symbol": "ETHUSDT", "baseCoin": "ETH"}
    rows = {"SPOT": [spot, other], "MARGIN": [{**spot, "category": "MARGIN", "quantityPrecision": "4"}]}
    fake.routes[codec.INSTRUMENTS] = lambda request: (200, envelope(rows.get(request.url.params["category"], [])))
    async with connected(fake) as (_, watch):
        found = {each.key: each for each in watch.of(ev.InstrumentsLoaded)[0].instruments}
        assert found[("BTCUSDT", "margin")].lot == Decimal("0.0001")
        assert found[("BTCUSDT", "spot")].lot == Decimal("0.000001")
        assert found[("BTCUSDT", "margin")].attribute(words.RULES_OF) == ""
        assert found[("ETHUSDT", "margin")].attribute(words.RULES_OF) == "SPOT"


async def test_a_service_that_is_renewed_is_left_calmly_and_joined_again() -> None:
    fake = FakeBitget()
    async with connected(fake) as (_, watch):
        assert fake.private is not None
        await fake.private.send(json.dumps({"event": "error", "code": 30033, "msg": "Service upgrade in progress"}))
        down = await watch.link(LinkState.DOWN)
        assert "renews its service" in down.text
        await fake.until(lambda: fake.logins == 2)


async def test_a_category_closed_in_a_region_takes_no_other_down() -> None:
    fake = FakeBitget()
    listing = fake.routes[OPEN]
    region = (400, envelope(None, "40000", "Your region is not supported"))
    fake.routes[OPEN] = lambda request: region if request.url.params["category"] == "SPOT" else listing(request)
    async with connected(fake) as (_, watch):
        listed = watch.of(ev.OpenOrdersListed)[0]
        assert [order.order_id for order in listed.orders] == [ORDER_ID]
        assert not listed.complete
        (notice,) = [each for each in watch.of(ev.Noticed) if "SPOT are not listed" in each.text]
        assert "40000" in notice.text

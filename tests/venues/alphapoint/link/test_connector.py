"""The connector over real sockets against a scripted gateway: coming up, pushes, and what breaks the link."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Any

import pytest

from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.form import InputError
from app.domain.market import LinkState
from app.runtime.clock import SystemClock
from app.venues.alphapoint import VENUE
from app.venues.transport.socket import SocketSettings
from tests.venues.alphapoint.samples import SHORT_KEYS, order, raw_order
from tests.venues.alphapoint.stand_in import (
    KEYS,
    Desk,
    Silent,
    account,
    connector,
    failure,
    frame,
    running,
    serving,
    up,
)

pytestmark = pytest.mark.filterwarnings("error")


# -- coming up -------------------------------------------------------------------------------------------------------


async def test_comes_up_in_order() -> None:
    """Connecting, syncing, everything read, up; then quotes of the markets with orders."""
    async with serving() as gateway:
        desk = Desk()
        async with running(connector(account(gateway.url), desk)):
            await desk.until(ev.QuoteSeen)
        states = [event.state for event in desk.of(ev.LinkChanged)]
        assert states == [LinkState.CONNECTING, LinkState.SYNCING, LinkState.UP]
        listed = desk.of(ev.OpenOrdersListed)[0]
        assert listed.complete
        assert listed.orders == (order(),)
        assert desk.of(ev.InstrumentsLoaded)[0].instruments[0].symbol == "BTCCAD"
        assert desk.of(ev.BalancesSeen)[0].balances[0].available == 2
        assert desk.events.index(listed) < desk.events.index(desk.of(ev.LinkChanged)[2])
        assert (desk.of(ev.QuoteSeen)[0].quote.bid, desk.of(ev.QuoteSeen)[0].quote.ask) == (84000, 84050)
        assert [json.loads(text)["i"] for text in gateway.frames] == [2 * n for n in range(1, len(gateway.frames) + 1)]


async def test_secrets_never_show() -> None:
    """Key, signature and session token are masked in what is shown of the wire."""
    async with serving() as gateway:
        desk = Desk()
        async with running(connector(account(gateway.url), desk)):
            await up(desk)
        shown = " ".join(event.head + event.body for event in desk.of(ev.WireSeen))
        assert "AuthenticateUser" in shown
        signature = gateway.sent("AuthenticateUser")[0]["Signature"]
        for secret in (KEYS["api_key"], KEYS["secret"], signature, "token-of-the-test"):
            assert secret not in shown
        assert "GetInstruments" not in shown


async def test_refused_login_is_not_repeated() -> None:
    """Too many failures would lock the user: one attempt, one sentence, no more."""
    async with serving() as gateway:
        gateway.answers["AuthenticateUser"] = {"Authenticated": False, "errormsg": "Invalid username or password"}
        desk = Desk()
        made = connector(account(gateway.url), desk)
        await made.run()
        last = desk.of(ev.LinkChanged)[-1]
        assert last.state is LinkState.REFUSED
        assert "Invalid username or password" in last.text
        assert "api_key" in last.text
        assert len(gateway.sent("AuthenticateUser")) == 1
        await made.look_up(order())
        assert desk.of(ev.LookUpFailed)


@pytest.mark.parametrize(
    "answer,word",
    [
        ({"Authenticated": True, "Requires2FA": True}, "two-factor"),
        ({"Authenticated": False, "Locked": True}, "locked"),
        (failure(20, "Not Authorized"), "Not Authorized"),
    ],
)
async def test_other_refusals_of_a_login(answer: Any, word: str) -> None:
    """Each says what to do."""
    async with serving() as gateway:
        gateway.answers["AuthenticateUser"] = answer
        desk = Desk()
        await connector(account(gateway.url), desk).run()
        assert desk.of(ev.LinkChanged)[-1].state is LinkState.REFUSED
        assert word in desk.of(ev.LinkChanged)[-1].text


async def test_dead_address_is_named_and_tried_again() -> None:
    """One sentence with the address; it goes on trying."""
    async with serving() as gateway:
        url = gateway.url
    desk = Desk()
    again = asyncio.Event()
    waits: list[float] = []

    def jitter() -> float:
        waits.append(0.0)
        if len(waits) > 1:
            again.set()
        return 0.0

    async with running(connector(account(url), desk, jitter=jitter)):
        first = await desk.until(ev.LinkChanged, lambda event: event.state is LinkState.DOWN)
        await again.wait()
    assert url in first.text


async def test_reconnects_and_reads_everything_anew() -> None:
    """Account events may have been lost: log in, subscribe and list again."""
    async with serving() as gateway:
        desk = Desk()
        async with running(connector(account(gateway.url), desk)):
            await up(desk)
            gateway.orders = [raw_order(Quantity=Decimal("0.5"), QuantityExecuted=Decimal("0.5"))]
            before = len(desk.events)
            await gateway.connections[0].close()
            await desk.until(ev.LinkChanged, lambda event: event.state is LinkState.DOWN, before)
            listed = await desk.until(ev.OpenOrdersListed, after=before)
            await desk.until(ev.LinkChanged, lambda event: event.state is LinkState.UP, before)
        assert listed.orders[0].filled == Decimal("0.5")
        nonces = [int(payload["Nonce"]) for payload in gateway.sent("AuthenticateUser")]
        assert len(nonces) == 2
        assert nonces[0] < nonces[1]


async def test_a_silent_venue_is_dropped() -> None:
    """A ping without an answer means that events may be missing."""
    async with serving() as gateway:
        gateway.answers["Ping"] = Silent
        desk = Desk()
        settings = SocketSettings(beat_every=0.05, ping_every=None, ping_within=None, first_delay=0.02)
        made = connector(account(gateway.url), desk, settings=settings, ping_within=0.1)
        async with running(made):
            await up(desk)
            down = await desk.until(ev.LinkChanged, lambda event: event.state is LinkState.DOWN)
        assert "ping" in down.text


async def test_an_ended_session_is_renewed() -> None:
    """LogoutEvent: connect and log in again."""
    async with serving() as gateway:
        desk = Desk()
        async with running(connector(account(gateway.url), desk)):
            await up(desk)
            before = len(desk.events)
            await gateway.push("LogoutEvent", {})
            await desk.until(ev.LinkChanged, lambda event: event.state is LinkState.UP, before)
        assert len(gateway.sent("AuthenticateUser")) == 2


async def test_missed_trades_are_read() -> None:
    """Executions while the socket was down."""
    async with serving() as gateway:
        gateway.answers["GetAccountTrades"] = [trade()]
        desk = Desk()
        async with running(connector(account(gateway.url), desk)):
            seen = await desk.until(ev.FillSeen)
        assert (seen.source, seen.fill.quantity) == (Source.HISTORY, Decimal("0.25"))


async def test_a_frozen_account_locks_its_orders() -> None:
    """What GetAccountInfo says reaches the rulebook with the instrument."""
    async with serving() as gateway:
        gateway.answers["GetAccountInfo"] = {"AccountId": 9, "RiskType": "NoTrading", "Frozen": True}
        desk = Desk()
        async with running(connector(account(gateway.url), desk)):
            await up(desk)
        market = desk.of(ev.InstrumentsLoaded)[0].instruments[0]
        assert (market.attribute("risk_type"), market.attribute("frozen")) == ("NoTrading", "true")


async def test_an_unreadable_order_is_named_and_counts_as_present() -> None:
    """Nothing is concluded from its absence, and what can be read is told all the same."""
    async with serving() as gateway:
        gateway.orders = [raw_order(), raw_order(OrderId=2, Side="Unknown")]
        desk = Desk()
        async with running(connector(account(gateway.url), desk)):
            await up(desk)
        listed = desk.of(ev.OpenOrdersListed)[0]
        assert (listed.complete, listed.unreadable) == (True, ("2",))
        assert len(listed.orders) == 1
        (unreadable,) = desk.of(ev.OrderUnreadable)
        assert (unreadable.order_id, unreadable.source) == ("2", Source.LISTING)
        assert "order 2" in unreadable.text
        assert "'OrderId': 2" in unreadable.raw


@pytest.mark.parametrize("order_id", [0, None, "", "²", "x", -5, True, Decimal("1E+30")])
async def test_a_row_without_an_id_leaves_the_list_incomplete(order_id: Any) -> None:
    """Nobody can say which order it is, so nothing is absent."""
    async with serving() as gateway:
        gateway.orders = [raw_order(), raw_order(OrderId=order_id)]
        desk = Desk()
        async with running(connector(account(gateway.url), desk)):
            await up(desk)
        listed = desk.of(ev.OpenOrdersListed)[0]
        assert (listed.complete, listed.unreadable, len(listed.orders)) == (False, (), 1)


def trade(**changes: Any) -> dict[str, Any]:
    """One execution of the sample order."""
    return {
        "TradeId": 77,
        "OrderId": 15067,
        "AccountId": 9,
        "InstrumentId": 8,
        "Side": "Sell",
        "Quantity": "0.25",
        "Price": "84110",
        "TradeTime": 637431761260028981,
        **changes,
    }


# -- pushes ----------------------------------------------------------------------------------------------------------


async def test_pushes_become_events() -> None:
    """Orders, fills, balances, quotes and market states; other accounts' news are left out."""
    async with serving() as gateway:
        desk = Desk()
        async with running(connector(account(gateway.url), desk)):
            await up(desk)
            before = len(desk.events)
            await gateway.push("OrderStateEvent", raw_order(Account=10, OrderId=3))
            await gateway.push("OrderStateEvent", raw_order(Quantity="0.6", ChangeReason="UserModified"))
            await gateway.push("OrderTradeEvent", trade())
            await gateway.push("AccountPositionEvent", {"AccountId": 9, "ProductSymbol": "BTC", "Amount": 3, "Hold": 2})
            await gateway.push("Level1UpdateEvent", {"InstrumentId": 8, "BestBid": 1, "BestOffer": 2})
            await gateway.push("SomethingNew", {"a": 1})
            await gateway.push("MarketStateUpdate", {"VenueInstrumentId": 8, "Action": "Pause", "NewStatus": "Paused"})
            market = await desk.until(ev.InstrumentsLoaded, after=before)
            seen = desk.of(ev.OrderSeen)
        assert [(event.order.order_id, event.source) for event in seen] == [("15067", Source.PUSH)]
        assert seen[0].order.remaining == Decimal("0.6")
        assert desk.of(ev.FillSeen)[0].source is Source.PUSH
        assert desk.of(ev.BalancesSeen)[-1].balances[0].locked == 2
        assert desk.of(ev.QuoteSeen)[-1].quote.ask == 2
        assert (market.instruments[0].trading, market.instruments[0].status) == (False, "Paused")


async def test_short_events_are_completed_or_looked_up() -> None:
    """An iceberg stays one; an order that only a short event told of is read soon."""
    async with serving() as gateway:
        gateway.orders = [raw_order(DisplayQuantity="0.1")]
        desk = Desk()
        settings = SocketSettings(beat_every=0.05, ping_every=None, ping_within=None, first_delay=0.02)
        async with running(connector(account(gateway.url), desk, settings=settings)):
            await up(desk)
            short = {key: value for key, value in raw_order(Quantity="0.9").items() if key in SHORT_KEYS}
            await gateway.push("OrderStateEvent", short)
            seen = await desk.until(ev.OrderSeen)
            assert seen.order.display_quantity == Decimal("0.1")
            gateway.orders.append(raw_order(OrderId=5, OrigOrderId=5))
            await gateway.push("OrderStateEvent", {**short, "OrderId": 5})
            full = await desk.until(ev.OrderSeen, lambda event: event.source is Source.LOOKUP)
        assert (full.order.order_id, full.order.attribute("short")) == ("5", "")


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        frame(3, 2, "OrderStateEvent", "{broken"),
        frame(3, 2, "OrderStateEvent", {"OrderId": 5}),
        frame(3, 2, "OrderStateEvent", "7"),
        frame(3, 2, "OrderTradeEvent", {"TradeId": None}),
        frame(3, 2, "AccountPositionEvent", [None]),
        frame(5, 999, "", "TOO MANY REQUESTS"),
        "[]",
    ],
)
async def test_malformed_messages_are_told_and_survived(text: str) -> None:
    """One sentence that names the venue; the link stays up."""
    async with serving() as gateway:
        desk = Desk()
        async with running(connector(account(gateway.url), desk)):
            await up(desk)
            await gateway.connections[0].send(text)
            notice = await desk.until(ev.Noticed)
            await gateway.push("OrderTradeEvent", trade())
            await desk.until(ev.FillSeen)
        assert "AlphaPoint" in notice.text
        assert desk.of(ev.LinkChanged)[-1].state is LinkState.UP


# -- the configuration -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes,field",
    [
        ({"addresses": {"ws": ""}}, "ws"),
        ({"credentials": {"api_key": ""}}, "api_key"),
        ({"credentials": {"secret": ""}}, "secret"),
        ({"credentials": {"user_id": "me"}}, "user_id"),
        ({"switches": {"revision_mode": "guess"}}, "revision_mode"),
        ({"switches": {"check_before_send": "maybe"}}, "check_before_send"),
        ({"switches": {"calls_per_minute": "5"}}, "calls_per_minute"),
        ({"switches": {"colour": "red"}}, "colour"),
    ],
)
def test_configuration_errors_name_the_key(changes: dict[str, Any], field: str) -> None:
    """One sentence that says which key of which account."""
    with pytest.raises(InputError) as caught:
        VENUE.connect(account("ws://127.0.0.1:1/", **changes), Desk(), SystemClock())
    assert caught.value.field == field
    assert "ap" in str(caught.value)

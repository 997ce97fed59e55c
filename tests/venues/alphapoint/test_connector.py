"""The connector over real sockets against a scripted gateway: coming up, amending, and everything that goes wrong."""

from __future__ import annotations

import asyncio
import hashlib
import json
from decimal import Decimal
from typing import Any

import httpx
import pytest

from app.domain import events as ev
from app.domain.amendment import Command, Source
from app.domain.form import InputError
from app.domain.market import LinkState
from app.domain.order import OrderStatus
from app.venues.alphapoint import VENUE
from app.venues.transport.clock import SystemClock
from app.venues.transport.socket import SocketSettings
from tests.venues.alphapoint.gateway import (
    KEYS,
    Desk,
    Gateway,
    Raw,
    Silent,
    account,
    connector,
    failure,
    frame,
    not_found,
    running,
    serving,
)
from tests.venues.alphapoint.samples import SHORT_KEYS, order, raw_order, reduction, replacement

pytestmark = pytest.mark.filterwarnings("error")


async def up(desk: Desk) -> None:
    """Wait for the link."""
    await desk.until(ev.LinkChanged, lambda event: event.state is LinkState.UP)


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
    async with running(connector(account(url), desk)):
        first = await desk.until(ev.LinkChanged, lambda event: event.state is LinkState.DOWN)
        await desk.until(ev.LinkChanged, lambda event: event.state is LinkState.DOWN, desk.events.index(first) + 1)
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


async def test_an_unreadable_order_leaves_the_list_incomplete() -> None:
    """Nothing is concluded from its absence."""
    async with serving() as gateway:
        gateway.orders = [raw_order(), raw_order(OrderId=2, Side="Unknown")]
        desk = Desk()
        async with running(connector(account(gateway.url), desk)):
            await up(desk)
        listed = desk.of(ev.OpenOrdersListed)[0]
        assert not listed.complete
        assert len(listed.orders) == 1
        assert any("order 2" in event.text for event in desk.of(ev.Noticed))


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
        assert [(event.order.order_id, event.source, event.changed) for event in seen] == [("15067", Source.PUSH, True)]
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


# -- reduce ----------------------------------------------------------------------------------------------------------


async def amended(gateway: Gateway, command: Command, **switches: str) -> tuple[Desk, list[ev.Event]]:
    """Bring a connector up, send one command, and return what it reported after that."""
    desk = Desk()
    made = connector(account(gateway.url, switches=switches), desk)
    async with running(made):
        await up(desk)
        await desk.until(ev.QuoteSeen)
        before = len(desk.events)
        preview = made.preview(command)
        await made.amend(command)
        written = [event for event in desk.events[before:] if isinstance(event, ev.AmendmentWritten)]
        for event in written:
            assert event.digest == hashlib.sha256(preview.body.encode()).hexdigest()
            assert preview.body in gateway.frames
        return desk, desk.events[before:]


def stages(events: list[ev.Event]) -> list[str]:
    """The names of the amendment's events."""
    return [type(event).__name__ for event in events if type(event).__name__.startswith("Amendment")]


async def test_a_reduction_is_written_and_acknowledged() -> None:
    """The receipt is no more than that, and the frame is the one that was shown."""
    async with serving() as gateway:
        _, events = await amended(gateway, reduction(order(), "0.6"))
        assert stages(events) == ["AmendmentWritten", "AmendmentAcknowledged"]
        assert gateway.sent("ModifyOrder") == [
            {
                "OMSId": 1,
                "OrderId": 15067,
                "InstrumentId": 8,
                "PreviousOrderRevision": 0,
                "Quantity": 0.6,
                "AccountId": 9,
            }
        ]
        assert not any(isinstance(event, ev.OrderSeen) and event.changed for event in events)


@pytest.mark.parametrize(
    "answer,kind,gone",
    [
        (failure(20, "Not Authorized"), "AmendmentRefused", False),
        (failure(100, "Invalid Quantity"), "AmendmentRefused", False),
        (failure(101, "Operation Failed"), "AmendmentRefused", False),
        (failure(104, "Resource Not Found"), "AmendmentRefused", True),
        (failure(102, "Server Error"), "AmendmentUnanswered", False),
        (failure(107, "Operation In Process"), "AmendmentUnanswered", False),
        (failure(555, "News"), "AmendmentUnanswered", False),
        ({"strange": 1}, "AmendmentUnanswered", False),
        (Silent, "AmendmentUnanswered", False),
    ],
)
async def test_answers_to_a_reduction(answer: Any, kind: str, gone: bool) -> None:
    """Only a certain no is a refusal; everything else leaves the outcome open, and nothing is sent twice."""
    async with serving() as gateway:
        gateway.answers["ModifyOrder"] = answer
        _, events = await amended(gateway, reduction(order(), "0.6"))
        assert stages(events) == ["AmendmentWritten", kind]
        last = next(event for event in events if type(event).__name__ == kind)
        assert "AlphaPoint" in last.text
        if isinstance(last, ev.AmendmentRefused):
            assert last.order_gone is gone
            assert last.code == str(answer["errorcode"])
        assert len(gateway.sent("ModifyOrder")) == 1


async def test_an_unreadable_answer_is_unanswered_at_once() -> None:
    """The frame names the request, so nobody waits for the time-out."""
    async with serving() as gateway:
        command = reduction(order(), "0.6")

        def broken(_: dict[str, Any]) -> Raw:
            sequence = json.loads(gateway.frames[-1])["i"]
            return Raw(frame(1, sequence, "ModifyOrder", '{"result":'))

        gateway.answers["ModifyOrder"] = broken
        _, events = await amended(gateway, command)
        assert stages(events) == ["AmendmentWritten", "AmendmentUnanswered"]
        assert any("cannot be read" in event.text for event in events if isinstance(event, ev.AmendmentUnanswered))


async def test_an_error_frame_with_text_is_read() -> None:
    """Kind 5 answers by number too."""
    async with serving() as gateway:

        def refused(_: dict[str, Any]) -> Raw:
            return Raw(frame(5, json.loads(gateway.frames[-1])["i"], "ModifyOrder", "Endpoint not found"))

        gateway.answers["ModifyOrder"] = refused
        _, events = await amended(gateway, reduction(order(), "0.6"))
        assert stages(events) == ["AmendmentWritten", "AmendmentRefused"]


async def test_an_event_with_the_same_number_is_no_answer() -> None:
    """Events may echo any number."""
    async with serving() as gateway:

        def event(_: dict[str, Any]) -> Raw:
            return Raw(frame(3, json.loads(gateway.frames[-1])["i"], "OrderStateEvent", raw_order(Quantity="0.6")))

        gateway.answers["ModifyOrder"] = event
        _, events = await amended(gateway, reduction(order(), "0.6"))
        assert stages(events) == ["AmendmentWritten", "AmendmentUnanswered"]
        assert any(isinstance(each, ev.OrderSeen) and each.order.remaining == Decimal("0.6") for each in events)


async def test_a_late_answer_is_still_reported() -> None:
    """After we gave up waiting the venue's word counts."""
    async with serving() as gateway:
        gateway.answers["ModifyOrder"] = Silent
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            await made.amend(reduction(order(), "0.6"))
            number = next(json.loads(text)["i"] for text in gateway.frames if "ModifyOrder" in text)
            late = frame(1, number, "ModifyOrder", {"result": True, "errorcode": 0})
            await gateway.connections[0].send(late)
            await desk.until(ev.AmendmentAcknowledged)
        assert stages(desk.events) == ["AmendmentWritten", "AmendmentUnanswered", "AmendmentAcknowledged"]


async def test_a_connection_that_breaks_leaves_the_outcome_open() -> None:
    """Nothing is resent after it came back."""
    async with serving() as gateway:

        async def hang_up(_: dict[str, Any]) -> Any:
            await gateway.connections[0].close()
            return Silent

        gateway.answers["ModifyOrder"] = hang_up
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            before = len(desk.events)
            await made.amend(reduction(order(), "0.6"))
            await desk.until(ev.LinkChanged, lambda event: event.state is LinkState.UP, before)
        assert stages(desk.events) == ["AmendmentWritten", "AmendmentUnanswered"]
        assert len(gateway.sent("ModifyOrder")) == 1


async def test_nothing_leaves_while_the_link_is_down() -> None:
    """Said at once; nothing is kept for later."""
    async with serving() as gateway:
        url = gateway.url
    desk = Desk()
    made = connector(account(url), desk)
    await made.amend(reduction(order(), "0.6"))
    assert stages(desk.events) == ["AmendmentUnsent"]


async def test_an_order_that_changed_is_not_amended() -> None:
    """It is read right before sending; what is new is shown, and the person decides again."""
    async with serving() as gateway:
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            await made.amend(reduction(order(Price=Decimal(84000)), "0.6"))
            assert stages(desk.events) == ["AmendmentUnsent"]
            assert "changed" in desk.of(ev.AmendmentUnsent)[0].text
        assert gateway.sent("ModifyOrder") == []


async def test_an_order_shown_a_while_ago_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A push younger than a second is as good as a read; anything older is not."""
    monkeypatch.setattr("app.venues.alphapoint.amender.FRESH", -1.0)
    async with serving() as gateway:
        _, events = await amended(gateway, reduction(order(), "0.6"))
        assert stages(events) == ["AmendmentWritten", "AmendmentAcknowledged"]
        assert len(gateway.sent("GetOrderStatus")) == 1
        gateway.orders = [raw_order(Quantity="0.9", QuantityExecuted="0.1")]
        _, events = await amended(gateway, reduction(order(), "0.6"))
        assert stages(events) == ["AmendmentUnsent"]
        gateway.answers["GetOrderStatus"] = not_found()
        _, events = await amended(gateway, reduction(order(), "0.6"))
        assert stages(events) == ["AmendmentUnsent"]
        gateway.answers["GetOrderStatus"] = Silent
        _, events = await amended(gateway, reduction(order(), "0.6"))
        assert stages(events) == ["AmendmentUnsent"]
        asked = len(gateway.sent("GetOrderStatus"))
        _, events = await amended(gateway, reduction(order(), "0.6"), check_before_send="off")
        assert stages(events) == ["AmendmentWritten", "AmendmentAcknowledged"]
        assert len(gateway.sent("GetOrderStatus")) == asked


async def test_the_rate_budget_makes_it_wait() -> None:
    """Then it is queued first, and some of the budget stays for cancels."""
    async with serving() as gateway:
        desk = Desk()
        made = connector(account(gateway.url, switches={"calls_per_minute": "25"}), desk)
        async with running(made):
            await up(desk)
            await desk.until(ev.QuoteSeen)
            sending = [asyncio.create_task(made.amend(reduction(order(), "0.6", 10 + n))) for n in range(10)]
            queued = await desk.until(ev.AmendmentQueued)
            await made.cancel(order())
            for task in sending:
                task.cancel()
            await asyncio.gather(*sending, return_exceptions=True)
        assert queued.until > queued.at
        assert len(gateway.sent("CancelOrder")) == 1


# -- replace ---------------------------------------------------------------------------------------------------------

SWAP = replacement(order(), "84200", "1.5")
ACCEPTED = {"ReplacementOrderId": 15068, "ReplacementClOrdId": SWAP.request_id, "OrigOrderId": 15067, "OrigClOrdId": 0}
ENDED = raw_order(OrderState="Canceled", Quantity=0, CancelReason="UserModified", ChangeReason="UserModified")
BORN = raw_order(
    OrderId=15068, OrigOrderId=15067, ClientOrderId=SWAP.request_id, Price="84200", Quantity="1.5", OrigQuantity="1.5"
)


@pytest.mark.parametrize("first,second", [(ENDED, BORN), (BORN, ENDED)])
async def test_a_replacement_is_followed(first: dict[str, Any], second: dict[str, Any]) -> None:
    """Whichever half is told first, the new order is shown as what replaced the old one, once that has ended."""
    async with serving() as gateway:
        gateway.answers["CancelReplaceOrder"] = ACCEPTED
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            await made.amend(SWAP)
            await gateway.push("OrderStateEvent", first)
            await gateway.push("OrderStateEvent", second)
            seen = await desk.until(ev.OrderSeen, lambda event: event.order.order_id == "15068")
        assert stages(desk.events) == ["AmendmentWritten", "AmendmentAcknowledged"]
        assert desk.of(ev.AmendmentAcknowledged)[0].order_id == "15068"
        assert seen.replaces == "15067"
        assert VENUE.rulebook.claims(SWAP, seen.order)
        assert VENUE.rulebook.judge(SWAP, seen.order).finding.value == "applied"
        (sent,) = gateway.sent("CancelReplaceOrder")
        assert (sent["OrderIdToReplace"], sent["ClientOrderId"], sent["Quantity"]) == (15067, SWAP.request_id, 1.5)


async def test_a_replacement_refused_after_the_receipt() -> None:
    """The reject event refuses it; if the old order is gone, that is said."""
    for gone in (False, True):
        async with serving() as gateway:
            gateway.answers["CancelReplaceOrder"] = ACCEPTED
            desk = Desk()
            made = connector(account(gateway.url), desk)
            async with running(made):
                await up(desk)
                await made.amend(SWAP)
                if gone:
                    await gateway.push("OrderStateEvent", ENDED)
                reject = {"AccountId": 9, "OrderIdToReplace": 15067, "Status": "Rejected", "RejectReason": "No Funds"}
                await gateway.push("CancelReplaceOrderRejectEvent", reject)
                refused = await desk.until(ev.AmendmentRefused)
        assert refused.order_cancelled is gone
        assert ("no working order" in refused.text) is gone
        assert "No Funds" in refused.text


async def test_both_orders_kept_are_both_shown() -> None:
    """A refusal, and the new order is there all the same: two rows and a word."""
    async with serving() as gateway:
        gateway.answers["CancelReplaceOrder"] = ACCEPTED
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            await made.amend(SWAP)
            await gateway.push("OrderStateEvent", BORN)
            reject = {"AccountId": 9, "OrderIdToReplace": 15067, "RejectReason": "Order Not Found"}
            await gateway.push("CancelReplaceOrderRejectEvent", reject)
            notice = await desk.until(ev.Noticed)
        assert "Two working orders" in notice.text
        seen = [(event.order.order_id, event.replaces) for event in desk.of(ev.OrderSeen)]
        assert seen == [("15068", "")]
        assert not desk.of(ev.AmendmentRefused)[0].order_cancelled


async def test_a_rejected_new_order_is_a_refusal() -> None:
    """It comes as an order state; no row follows it."""
    async with serving() as gateway:
        gateway.answers["CancelReplaceOrder"] = ACCEPTED
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            await made.amend(SWAP)
            await gateway.push("OrderStateEvent", ENDED)
            await gateway.push(
                "OrderStateEvent", {**BORN, "OrderState": "Rejected", "RejectReason": "Not_Enough_Funds"}
            )
            refused = await desk.until(ev.AmendmentRefused)
        assert "Not_Enough_Funds" in refused.text
        assert refused.order_cancelled
        assert not [event for event in desk.of(ev.OrderSeen) if event.order.order_id == "15068"]


async def test_a_lost_reply_is_found_again() -> None:
    """A look-up of the old order finds its replacement by the client id, before anything is said."""
    async with serving() as gateway:
        gateway.answers["CancelReplaceOrder"] = Silent
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            await made.amend(SWAP)
            gateway.orders = [BORN]
            gateway.answers["GetOrderStatus"] = lambda payload: ENDED if payload["OrderId"] == 15067 else BORN
            gateway.answers["GetOrderHistory"] = [BORN, ENDED]
            await made.look_up(order())
        seen = [(event.order.order_id, event.replaces) for event in desk.of(ev.OrderSeen)]
        assert seen == [("15068", "15067"), ("15067", "")]
        assert stages(desk.events) == ["AmendmentWritten", "AmendmentUnanswered"]


# -- looking up, cancelling, refreshing ------------------------------------------------------------------------------


async def looked_up(gateway: Gateway) -> Desk:
    """Look the sample order up."""
    desk = Desk()
    made = connector(account(gateway.url), desk)
    async with running(made):
        await up(desk)
        await desk.until(ev.QuoteSeen)
        del desk.events[:]
        await made.look_up(order())
    return desk


@pytest.mark.parametrize("answer", [raw_order(), [raw_order()]])
async def test_status_as_object_or_array(answer: Any) -> None:
    """Both shapes are documented."""
    async with serving() as gateway:
        gateway.answers["GetOrderStatus"] = answer
        desk = await looked_up(gateway)
        (seen,) = desk.of(ev.OrderSeen)
        assert (seen.source, seen.order) == (Source.LOOKUP, order())
        assert seen.asked_at is not None


async def test_a_vanished_order_comes_back_from_its_history() -> None:
    """104, then the history of the order, whose last row is the end."""
    async with serving() as gateway:
        gateway.answers["GetOrderStatus"] = not_found()
        rows = [raw_order(), raw_order(OrderState="FullyExecuted", Quantity=0, QuantityExecuted=1)]
        gateway.answers["GetOrderHistoryByOrderId"] = rows
        desk = await looked_up(gateway)
        (seen,) = desk.of(ev.OrderSeen)
        assert (seen.source, seen.order.status, seen.order.filled) == (Source.HISTORY, OrderStatus.FILLED, 1)
        assert gateway.sent("GetOrderHistory") == []


async def test_then_from_the_history_of_the_account() -> None:
    """Where the first one has nothing, or is not offered."""
    async with serving() as gateway:
        gateway.answers["GetOrderStatus"] = not_found()
        gateway.answers["GetOrderHistoryByOrderId"] = failure(100, "Endpoint not found")
        gateway.answers["GetOrderHistory"] = [raw_order(OrderId=3), raw_order(OrderState="Expired", Quantity=0)]
        desk = await looked_up(gateway)
        (seen,) = desk.of(ev.OrderSeen)
        assert (seen.source, seen.order.status) == (Source.HISTORY, OrderStatus.EXPIRED)


async def test_an_order_in_no_list_is_missing() -> None:
    """Only after all three."""
    async with serving() as gateway:
        gateway.answers["GetOrderStatus"] = not_found()
        desk = await looked_up(gateway)
        assert [event.order_id for event in desk.of(ev.OrderMissing)] == ["15067"]
        asked = [name for name, _ in gateway.asked]
        assert asked[-3:] == ["GetOrderStatus", "GetOrderHistoryByOrderId", "GetOrderHistory"]


@pytest.mark.parametrize(
    "answers",
    [
        {"GetOrderStatus": failure(102, "Server Error")},
        {"GetOrderStatus": failure(20, "Not Authorized")},
        {"GetOrderStatus": Silent},
        {"GetOrderStatus": {"OrderId": 15067}},
        {"GetOrderStatus": not_found(), "GetOrderHistory": failure(102, "Server Error")},
        {"GetOrderStatus": not_found(), "GetOrderHistoryByOrderId": [raw_order()]},
    ],
)
async def test_look_ups_that_prove_nothing(answers: dict[str, Any]) -> None:
    """They say so, and conclude nothing."""
    async with serving() as gateway:
        gateway.answers.update(answers)
        desk = await looked_up(gateway)
        assert [event.order_id for event in desk.of(ev.LookUpFailed)] == ["15067"]
        assert not desk.of(ev.OrderMissing)
        assert not desk.of(ev.OrderSeen)


@pytest.mark.parametrize(
    "answer,taken",
    [
        ({"result": True, "errorcode": 0}, True),
        (not_found(), False),
        (failure(102, "Server Error"), False),
        (Silent, False),
    ],
)
async def test_cancel(answer: Any, taken: bool) -> None:
    """A receipt as well."""
    async with serving() as gateway:
        gateway.answers["CancelOrder"] = answer
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            await made.cancel(order())
        (answered,) = desk.of(ev.CancelAnswered)
        assert (answered.order_id, answered.taken) == ("15067", taken)
        assert gateway.sent("CancelOrder") == [{"OMSId": 1, "AccountId": 9, "OrderId": 15067}]


async def test_refresh() -> None:
    """Lists orders and balances; a failure is told."""
    async with serving() as gateway:
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            await desk.until(ev.QuoteSeen)
            await made.refresh()
            assert len(desk.of(ev.OpenOrdersListed)) == 2
            assert len(desk.of(ev.BalancesSeen)) == 2
            gateway.answers["GetOpenOrders"] = failure(102, "Server Error")
            await made.refresh()
        assert any("refreshed" in event.text for event in desk.of(ev.Noticed))


async def test_http_stands_in_while_the_socket_is_down() -> None:
    """Look-ups and cancels go over the HTTP gateway, with a session of its own that is renewed once."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        name = request.url.path.removeprefix("/AP/")
        if name == "AuthenticateUser":
            assert request.headers["APIKey"] == KEYS["api_key"]
            user = {"UserId": 96, "AccountId": 9, "OMSId": 1}
            return httpx.Response(200, json={"Authenticated": True, "SessionToken": f"t{len(asked)}", "User": user})
        if request.headers["APToken"] == "t1" and name == "GetOrderStatus":
            return httpx.Response(404)
        if name == "GetOrderStatus":
            return httpx.Response(200, content=json.dumps(raw_order(), default=str))
        return httpx.Response(200, json={"result": True, "errormsg": None, "errorcode": 0})

    desk = Desk()
    where = account("ws://127.0.0.1:1/WSGateway/", addresses={"http": "http://127.0.0.1:1/AP/"})
    made = connector(where, desk, http_transport=httpx.MockTransport(answer))
    await made.look_up(order())
    await made.cancel(order())
    assert [event.order.order_id for event in desk.of(ev.OrderSeen)] == ["15067"]
    assert [event.taken for event in desk.of(ev.CancelAnswered)] == [True]
    assert [(request.method, request.url.path) for request in asked] == [
        ("GET", "/AP/AuthenticateUser"),
        ("GET", "/AP/GetOrderStatus"),
        ("GET", "/AP/AuthenticateUser"),
        ("GET", "/AP/GetOrderStatus"),
        ("POST", "/AP/CancelOrder"),
    ]
    shown = " ".join(event.head + event.body for event in desk.of(ev.WireSeen))
    assert '"t1"' not in shown
    assert made._http is not None
    await made._http.aclose()


@pytest.mark.parametrize(
    "reply", [httpx.Response(500), httpx.Response(429, text="TOO MANY REQUESTS"), httpx.Response(200, text="<html>")]
)
async def test_http_that_fails_proves_nothing(reply: httpx.Response) -> None:
    """Status and body are both looked at."""
    desk = Desk()
    where = account("ws://127.0.0.1:1/WSGateway/", addresses={"http": "http://127.0.0.1:1/AP/"})

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("AuthenticateUser"):
            return httpx.Response(
                200, json={"Authenticated": True, "Token": "t", "UserId": "96", "AccountId": "9", "OMSId": "1"}
            )
        return reply

    made = connector(where, desk, http_transport=httpx.MockTransport(answer))
    await made.look_up(order())
    assert len(desk.of(ev.LookUpFailed)) == 1
    await made.cancel(order())
    assert [event.taken for event in desk.of(ev.CancelAnswered)] == [False]
    assert made._http is not None
    await made._http.aclose()


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

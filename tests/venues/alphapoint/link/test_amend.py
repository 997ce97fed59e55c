"""Amending over real sockets against a scripted gateway: every answer and every silence."""

from __future__ import annotations

import asyncio
import hashlib
import json
from decimal import Decimal
from typing import Any

import pytest

from app.domain import events as ev
from app.domain.amendment import Command
from app.domain.market import LinkState
from app.venues.alphapoint import VENUE
from tests.venues.alphapoint.samples import order, raw_order, reduction, replacement
from tests.venues.alphapoint.stand_in import (
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
    up,
)

pytestmark = pytest.mark.filterwarnings("error")


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
            assert ("the order is gone" in last.text) is gone
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


async def test_two_amendments_of_one_order_are_never_under_way_at_once() -> None:
    """Two replacements of one order would leave two orders; after the first has ended, another may leave."""
    async with serving() as gateway:
        gateway.answers["ModifyOrder"] = Silent
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            first = asyncio.create_task(made.amend(reduction(order(), "0.6", 1_700_000_000_001)))
            await desk.until(ev.AmendmentWritten)
            await made.amend(replacement(order(), "84000", "0.6", 1_700_000_000_002))
            (unsent,) = [event for event in desk.events if isinstance(event, ev.AmendmentUnsent)]
            assert (unsent.amendment_id, "on its way" in unsent.text) == ("A1700000000002", True)
            await first
            await made.amend(reduction(order(), "0.5", 1_700_000_000_003))
        sent = [event.amendment_id for event in desk.events if isinstance(event, ev.AmendmentWritten)]
        assert sent == ["A1700000000001", "A1700000000003"]
        assert gateway.sent("CancelReplaceOrder") == []


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
    monkeypatch.setattr("app.venues.alphapoint.link.amend.FRESH", -1.0)
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
        switches = {"calls_per_minute": "25", "check_before_send": "off"}
        made = connector(account(gateway.url, switches=switches), desk)
        async with running(made):
            await up(desk)
            await desk.until(ev.QuoteSeen)
            reductions = [reduction(order(OrderId=15067 + number), "0.6", 10 + number) for number in range(10)]
            sending = [asyncio.create_task(made.amend(each)) for each in reductions]
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
REJECT = {"AccountId": 9, "OrderIdToReplace": 15067, "Status": "Rejected", "RejectReason": "No Funds"}


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
                await gateway.push("CancelReplaceOrderRejectEvent", {**REJECT, "ClientOrderId": SWAP.request_id})
                refused = await desk.until(ev.AmendmentRefused)
        assert ("no working order" in refused.text) is gone
        assert "No Funds" in refused.text


async def test_a_refusal_that_is_not_ours_refuses_nothing() -> None:
    """With another client id it is somebody else's; without one nobody can tell, and only a look-up can."""
    async with serving() as gateway:
        gateway.answers["CancelReplaceOrder"] = ACCEPTED
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            await made.amend(SWAP)
            await gateway.push("CancelReplaceOrderRejectEvent", {**REJECT, "ClientOrderId": 999})
            await gateway.push("CancelReplaceOrderRejectEvent", REJECT)
            unanswered = await desk.until(ev.AmendmentUnanswered)
        assert "does not say whose" in unanswered.text
        assert "No Funds" in unanswered.text
        assert len(desk.of(ev.AmendmentUnanswered)) == 1
        assert not desk.of(ev.AmendmentRefused)


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
            await gateway.push("CancelReplaceOrderRejectEvent", {**REJECT, "OrderId": 15068})
            notice = await desk.until(ev.Noticed)
        assert "Two working orders" in notice.text
        seen = [(event.order.order_id, event.replaces) for event in desk.of(ev.OrderSeen)]
        assert seen == [("15068", "")]
        assert "no working order" not in desk.of(ev.AmendmentRefused)[0].text


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
        assert "no working order" in refused.text
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

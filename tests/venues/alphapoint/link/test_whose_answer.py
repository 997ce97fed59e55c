"""Answers and refusals over real sockets: every one to our own request is told, and no other's is taken for ours."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from typing import Any

import pytest

from app.domain import events as ev
from app.domain.evidence import Finding
from app.domain.market import LinkState
from app.venues.alphapoint import VENUE
from tests.venues.alphapoint.link.test_amend import ACCEPTED, BORN, ENDED, REJECT, SWAP, amended, stages
from tests.venues.alphapoint.samples import order, raw_order, reduction
from tests.venues.alphapoint.stand_in import (
    Desk,
    Raw,
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


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(
    "answer,stage",
    [
        ({"result": True, "errorcode": 0}, "AmendmentAcknowledged"),
        (failure(100, "Invalid Quantity"), "AmendmentRefused"),
        (failure(102, "Server Error"), "AmendmentUnanswered"),
        (failure(107, "Operation In Process"), "AmendmentUnanswered"),
        ({"result": True, "errorcode": "²"}, "AmendmentUnanswered"),
        ({"result": False, "errorcode": "²"}, "AmendmentUnanswered"),
        ({"result": False, "errorcode": int("9" * 39)}, "AmendmentUnanswered"),
        ({"result": False, "errorcode": [100]}, "AmendmentUnanswered"),
        ({"status": "Accepted", "result": False, "errorcode": 100}, "AmendmentUnanswered"),
        ([], "AmendmentUnanswered"),
        ("{broken", "AmendmentUnanswered"),
    ],
)
async def test_every_answer_to_our_request_is_told(answer: Any, stage: str, late: bool) -> None:
    """At once or after the waiting, whatever it says, a number that is none included; and again if it comes twice."""
    async with serving() as gateway:
        gateway.answers["ModifyOrder"] = Silent if late else answer
        desk = Desk()
        made = connector(account(gateway.url), desk, patience=0.2)
        async with running(made):
            await up(desk)
            await made.amend(reduction(order(), "0.6"))
            sequence = next(asked["i"] for asked in map(json.loads, gateway.frames) if asked["n"] == "ModifyOrder")
            assert stages(desk.events)[-1] == ("AmendmentUnanswered" if late else stage)
            for _ in range(2):
                before = len(desk.events)
                if late or answer != "{broken":
                    await gateway.connections[0].send(frame(1, sequence, "ModifyOrder", answer))
                    async with asyncio.timeout(2.0):
                        await desk.until(getattr(ev, stage), after=before)
                if answer == "{broken":
                    break
        assert desk.of(ev.LinkChanged)[-1].state is LinkState.UP


@pytest.mark.parametrize(
    "name,payload",
    [
        ("CancelOrder", {"result": True, "errorcode": 0}),
        ("ModifyOrder", {"result": True, "errorcode": 0, "OrderId": 3}),
        ("ModifyOrder", {"result": False, "errorcode": 100, "OrderId": 3}),
    ],
)
async def test_an_answer_to_another_request_is_no_answer_to_ours(name: str, payload: dict[str, Any]) -> None:
    """Even with our number: it is told, and proves nothing."""
    async with serving() as gateway:

        def other(_: dict[str, Any]) -> Any:
            asked = next(each for each in map(json.loads, gateway.frames) if each["n"] == "ModifyOrder")
            return Raw(frame(1, asked["i"], name, payload))

        gateway.answers["ModifyOrder"] = other
        _, events = await amended(gateway, reduction(order(), "0.6"))
        assert stages(events) == ["AmendmentWritten", "AmendmentUnanswered"]


@pytest.mark.parametrize("changes", [{"OrigOrderId": 3}, {"ReplacementClOrdId": 3}])
async def test_an_answer_about_another_replacement_is_no_receipt(changes: dict[str, Any]) -> None:
    """It names the order or the request it speaks of."""
    async with serving() as gateway:
        gateway.answers["CancelReplaceOrder"] = {**ACCEPTED, **changes}
        _, events = await amended(gateway, SWAP)
        assert stages(events) == ["AmendmentWritten", "AmendmentUnanswered"]


@pytest.mark.parametrize(
    "changes",
    [
        {"LimitPrice": "84199.99"},
        {"Quantity": "1.4999"},
        {"OrderIdToReplace": 3},
        {"ClientOrderId": 999},
        {"ClientOrderId": 999, "LimitPrice": "84200", "Quantity": "1.5"},
        {"ClientOrderId": SWAP.request_id, "OrderIdToReplace": 3},
    ],
)
async def test_another_s_refusal_leaves_ours_alone(changes: dict[str, Any]) -> None:
    """It names terms that nobody asked for here, another order, or another request."""
    async with serving() as gateway:
        gateway.answers["CancelReplaceOrder"] = ACCEPTED
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            await made.amend(SWAP)
            await gateway.push("CancelReplaceOrderRejectEvent", {**REJECT, **changes})
            await gateway.push("OrderStateEvent", raw_order(OrderId=7, OrigOrderId=7))
            await desk.until(ev.OrderSeen)
        assert stages(desk.events) == ["AmendmentWritten", "AmendmentAcknowledged"]


@pytest.mark.parametrize("terms", [{}, {"LimitPrice": "84200"}, {"LimitPrice": "84200.00", "Quantity": "1.500"}])
async def test_a_refusal_that_may_be_ours_leaves_it_open(terms: dict[str, Any]) -> None:
    """With our terms and no request's number, only a list or a look-up can tell."""
    async with serving() as gateway:
        gateway.answers["CancelReplaceOrder"] = ACCEPTED
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            await made.amend(SWAP)
            await gateway.push("CancelReplaceOrderRejectEvent", {**REJECT, **terms})
            await desk.until(ev.AmendmentUnanswered)
        assert not desk.of(ev.AmendmentRefused)


@pytest.mark.parametrize("state", ["working", "Odd", None, 0])
async def test_a_replacement_in_an_unknown_state_proves_nothing(state: Any) -> None:
    """Not that it took the old one's place, and not that both work."""
    async with serving() as gateway:
        gateway.answers["CancelReplaceOrder"] = ACCEPTED
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            await made.amend(SWAP)
            await gateway.push("OrderStateEvent", {**BORN, "OrderState": state})
            await gateway.push("OrderStateEvent", ENDED)
            seen = await desk.until(ev.OrderSeen, lambda event: event.order.order_id == "15068")
        assert seen.replaces == ""
        assert not VENUE.rulebook.claims(SWAP, seen.order)
        assert VENUE.rulebook.judge(SWAP, seen.order).finding is Finding.UNRELATED
        assert not any("Two working" in event.text for event in desk.of(ev.Noticed))


@pytest.mark.parametrize("changes", [{"Side": "Buy"}, {"Instrument": 75}])
async def test_the_same_number_of_another_order_stops_an_amendment(changes: dict[str, Any]) -> None:
    """The read before sending shows another side or market under the id."""
    async with serving() as gateway:
        desk = Desk()
        made = connector(account(gateway.url), desk)
        made_of = raw_order(**changes)
        gateway.orders = [made_of]
        async with running(made):
            await up(desk)
            await made.amend(reduction(order(), "0.6"))
        assert stages(desk.events) == ["AmendmentUnsent"]
        assert not gateway.sent("ModifyOrder")


async def test_a_preview_of_a_strange_account_names_the_login_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """The character ² is a digit to some and no number to any."""
    async with serving() as gateway:
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            strange = order()
            attributes = tuple((name, "²" if name == "account_id" else text) for name, text in strange.attributes)
            command = reduction(dataclasses.replace(strange, attributes=attributes), "0.6")
            body = made.preview(command).body
        assert json.loads(json.loads(body)["o"])["AccountId"] == 9

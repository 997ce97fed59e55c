"""Looking up, cancelling and refreshing against a scripted gateway, and HTTP where the socket is down."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.order import OrderStatus
from app.venues.alphapoint.rules.judge import NO_HEIR, STATES
from tests.venues.alphapoint.samples import order, raw_order
from tests.venues.alphapoint.stand_in import (
    KEYS,
    Desk,
    Gateway,
    Silent,
    account,
    connector,
    failure,
    not_found,
    running,
    serving,
    up,
)

pytestmark = pytest.mark.filterwarnings("error")


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
        assert seen.order.attribute(NO_HEIR) == "", "an empty history of the account tells nothing"


async def test_then_from_the_history_of_the_account() -> None:
    """Where the first one has nothing, or is not offered."""
    async with serving() as gateway:
        gateway.answers["GetOrderStatus"] = not_found()
        gateway.answers["GetOrderHistoryByOrderId"] = failure(100, "Endpoint not found")
        newer = raw_order(OrderId=3, OrigOrderId=3)
        gateway.answers["GetOrderHistory"] = [newer, raw_order(OrderState="Expired", Quantity=0)]
        desk = await looked_up(gateway)
        (seen,) = desk.of(ev.OrderSeen)
        assert (seen.source, seen.order.status) == (Source.HISTORY, OrderStatus.EXPIRED)
        assert (seen.order.attribute(NO_HEIR), seen.order.attribute(STATES)) == ("true", "")


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
    made = connector(where, desk, transport=httpx.MockTransport(answer))
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
    await made._gateways.aclose()


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

    made = connector(where, desk, transport=httpx.MockTransport(answer))
    await made.look_up(order())
    assert len(desk.of(ev.LookUpFailed)) == 1
    await made.cancel(order())
    assert [event.taken for event in desk.of(ev.CancelAnswered)] == [False]
    await made._gateways.aclose()

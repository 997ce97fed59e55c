"""The trade session against a small server that behaves as told: logins, subscriptions, pages."""

from __future__ import annotations

import asyncio
import http
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from app.domain import events as ev
from app.domain.market import LinkState
from app.venues.qfex.link.trade_socket import NAME
from tests.venues.qfex.peer import PACE, Peer, trading
from tests.venues.qfex.samples import OLD, command, order, row


async def test_the_key_goes_into_the_address_and_the_list_waits_for_the_subscription() -> None:
    paths: list[str] = []

    async def script(peer: Peer) -> None:
        assert peer.connection.request is not None
        paths.append(peer.connection.request.path)
        await peer.greet()
        await peer.show(row())

    async with trading(script) as (_, seen):
        await seen.link(LinkState.UP)
    assert paths[0] == "/?api_key=qfex_pub_x"
    assert [each.order_id for each in seen.all(ev.OpenOrdersListed)[0].orders] == [OLD]


@pytest.mark.parametrize(
    "answer",
    [
        {"authenticated": False},
        {"authenticated": {"success": False, "error": "no"}},
        {"type": "auth", "result": "denied"},
        {"err": {"error_code": "PermissionDenied", "message": "bad key", "incoming_message": None}},
        {"authenticated_response": {"authenticated": False, "error": "bad key"}},
        {"ack": {"success": False, "error": "bad key"}},
    ],
)
async def test_every_no_to_a_login_is_refused_for_good(answer: dict[str, Any]) -> None:
    logins = 0

    async def script(peer: Peer) -> None:
        nonlocal logins
        logins += 1
        await peer.hear()
        await peer.say(answer)

    async with trading(script) as (_, seen):
        text = await seen.link(LinkState.REFUSED)
        assert "check the public key, the secret and their permissions" in text
        await asyncio.sleep(0.1)
        assert logins == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"type": "auth", "result": "success"},
        {"type": "authenticated"},
        {"authenticated_response": {"user_id": "u-1"}},
        {"type": "authenticated_response", "authenticated": True},
        {"ack": {}},
        {"ack": {"incoming_message": {"type": "auth"}}},
        {"type": "ack"},
        {"ack_response": {"status": "ok"}},
    ],
)
async def test_every_yes_to_a_login_is_one(answer: dict[str, Any]) -> None:
    async def script(peer: Peer) -> None:
        await peer.hear()
        await peer.say({"ack": {"incoming_message": {"type": "subscribe"}}})  # of something else, and no answer
        await peer.say(answer)
        for channel in (await peer.hear())["params"]["channels"]:
            await peer.say({"subscribed": channel})
        await peer.show()

    async with trading(script) as (_, seen):
        await seen.link(LinkState.UP)


async def test_a_login_that_was_there_already_is_one() -> None:
    async def script(peer: Peer) -> None:
        await peer.hear()
        await peer.say({"err": {"error_code": "AlreadyAuthenticated"}})
        for channel in (await peer.hear())["params"]["channels"]:
            await peer.say({"subscribed": channel})
        await peer.show()

    async with trading(script) as (_, seen):
        await seen.link(LinkState.UP)


@pytest.mark.parametrize("code", [1008, 4001])
async def test_a_close_that_speaks_of_policy_during_the_login_is_a_refusal(code: int) -> None:
    async def script(peer: Peer) -> None:
        await peer.hear()
        await peer.connection.close(code, "who are you")

    async with trading(script) as (_, seen):
        text = await seen.link(LinkState.REFUSED)
        assert "who are you" in text
        assert "check the public key" in text


@pytest.mark.parametrize("code", [1001, 1011, 1012])
async def test_any_other_close_during_the_login_is_tried_again(code: int) -> None:
    async def script(peer: Peer) -> None:
        await peer.hear()
        await peer.connection.close(code, "later")

    async with trading(script) as (_, seen):
        assert "later" in await seen.link(LinkState.DOWN, times=2)


async def test_a_server_error_during_the_login_says_nothing_about_the_key() -> None:
    async def script(peer: Peer) -> None:
        await peer.hear()
        await peer.say({"err": {"error_code": "ServerError", "message": "oops"}})

    async with trading(script) as (_, seen):
        assert "oops" in await seen.link(LinkState.DOWN, times=2)


async def test_a_handshake_refused_by_http_tells_the_key_from_the_network() -> None:
    status = http.HTTPStatus.FORBIDDEN

    again = asyncio.Semaphore(0)

    def refuse(connection: ServerConnection, _request: object) -> object:
        again.release()
        return connection.respond(status, "")

    async def script(peer: Peer) -> None:
        raise AssertionError("never opened")

    async with trading(script, process_request=refuse) as (connector, seen):
        text = await seen.link(LinkState.REFUSED)
        assert text.startswith(NAME)
        assert "HTTP 403" in text
        status = http.HTTPStatus.BAD_GATEWAY
        await connector.refresh()
        assert "HTTP 502" in await seen.link(LinkState.DOWN)
        async with asyncio.timeout(10):
            for _ in range(3):
                await again.acquire()


async def test_silence_after_the_login_and_a_missing_subscription_are_told() -> None:
    async def mute(peer: Peer) -> None:
        await peer.hear()

    async with trading(mute) as (_, seen):
        assert "did not answer the login" in await seen.link(LinkState.DOWN)

    async def half(peer: Peer) -> None:
        await peer.hear()
        await peer.say({"authenticated": True})
        await peer.hear()
        await peer.say({"subscribed": "fills"})

    async with trading(half) as (_, seen):
        assert "did not confirm the subscription of order responses" in await seen.link(LinkState.DOWN)


async def test_a_list_of_several_pages_is_one_list() -> None:
    rows = [row(order_id=f"id-{number}") for number in range(1500)]
    offsets: list[int] = []

    async def script(peer: Peer) -> None:
        await peer.greet()
        while True:
            offset = (await peer.hear())["params"]["offset"]
            offsets.append(offset)
            await peer.say({"all_orders_response": {"orders": rows[offset : offset + 1000], "twaps": []}})

    async with trading(script) as (_, seen):
        await seen.link(LinkState.UP)
    assert offsets == [0, 1000, 1500]
    assert len(seen.all(ev.OpenOrdersListed)[0].orders) == 1500


async def test_a_venue_that_ignores_the_offset_is_not_asked_for_ever() -> None:
    rows = [row(order_id=f"id-{number}") for number in range(1000)]
    asked = 0

    async def script(peer: Peer) -> None:
        nonlocal asked
        await peer.greet()
        while True:
            await peer.hear()
            asked += 1
            await peer.say({"user_orders": rows, "count": 1000})

    async with trading(script) as (_, seen):
        await seen.link(LinkState.UP)
    assert asked == 2
    assert not seen.all(ev.OpenOrdersListed)[0].complete, "what lies behind a page that came again is not known"


@pytest.mark.parametrize(
    "count, most, furthest, whole, shown",
    [
        (3, 1000, None, True, 3),
        (250, 50, None, True, 250),  # cut by the venue, not by us
        (7, 3, None, True, 7),
        (2500, 1000, 1000, False, 2000),  # the offset is followed no further
        (60, 50, 0, False, 50),  # the offset is ignored, and the page was cut
        (1000, 1000, 0, False, 1000),
        (3, 1000, 0, True, 3),  # ignored, and there was nothing to cut
        (0, 1000, None, True, 0),
    ],
)
async def test_a_list_is_whole_only_where_its_own_end_was_seen(
    count: int, most: int, furthest: int | None, whole: bool, shown: int
) -> None:
    rows = [row(order_id=f"id-{number}") for number in range(count)]

    async def script(peer: Peer) -> None:
        await peer.greet()
        while True:
            offset = (await peer.hear())["params"]["offset"]
            offset = offset if furthest is None else min(offset, furthest)
            await peer.say({"all_orders_response": {"orders": rows[offset : offset + most]}})

    async with trading(script) as (_, seen):
        await seen.link(LinkState.UP)
    listed = seen.all(ev.OpenOrdersListed)[0]
    assert (listed.complete, len(listed.orders)) == (whole, shown)


@pytest.mark.parametrize("orders", [None, "x", 7, {}])
async def test_a_list_that_is_none_is_told_as_incomplete_and_ends_nothing(orders: object) -> None:
    async def script(peer: Peer) -> None:
        await peer.greet()
        await peer.show(row())
        await peer.hear()
        await peer.say({"all_orders_response": {"orders": orders}})

    async with trading(script) as (connector, seen):
        await seen.link(LinkState.UP)
        await connector.refresh()
        assert [event.complete for event in seen.all(ev.OpenOrdersListed)] == [True, False]
        assert seen.all(ev.LinkChanged)[-1].state is LinkState.UP


async def test_one_row_that_cannot_be_read_costs_itself_alone() -> None:
    odd = [row(order_id="a", side="buy"), row(order_id="b", quantity="²"), row(order_id="c", price=-1)]

    async def script(peer: Peer) -> None:
        await peer.greet()
        await peer.show(row(), *odd)

    async with trading(script) as (_, seen):
        await seen.link(LinkState.UP)
    listed = seen.all(ev.OpenOrdersListed)[0]
    assert ([each.order_id for each in listed.orders], listed.unreadable) == ([OLD], ("a", "b", "c"))
    assert listed.complete
    assert [event.order_id for event in seen.all(ev.OrderUnreadable)] == ["a", "b", "c"]


async def test_what_breaks_the_reading_of_a_push_or_a_balance_does_not_take_the_link_down() -> None:
    poison = [
        '{"balance_response":null}',
        '{"balance_response":{"available_balance":"²"}}',
        '{"position_response":[]}',
        '{"position_response":{"symbol":"AAPL-USD","position":{"a":1}}}',
        '{"fill_response":{"trade_id":"t","order_id":"x","side":"BUY","price":1e9999,"quantity":1}}',
        '{"order_response":{"order_id":"x","status":["ACK"],"symbol":7}}',
        '{"order_response":{"order_id":"\\ud800","status":"ACK"}}',
        '{"err":{"error_code":7,"message":[],"incoming_message":"{"}}',
        '{"ack":[]}',
        '{"subscribed":{}}',
        '{"user_trades_response":"x"}',
        "[" * 5000,
    ]

    async def script(peer: Peer) -> None:
        await peer.greet()
        await peer.show(row())
        for text in poison:
            await peer.say(text)
        await peer.show(row())

    async with trading(script) as (connector, seen):
        await seen.link(LinkState.UP)
        await connector.refresh()
        states = [event.state for event in seen.all(ev.LinkChanged)]
        assert states == [LinkState.CONNECTING, LinkState.SYNCING, LinkState.UP]
        assert len(seen.all(ev.OpenOrdersListed)) >= 2


async def test_orders_are_listed_now_and_then_without_being_asked_for() -> None:
    async def script(peer: Peer) -> None:
        await peer.greet()
        while True:
            await peer.show(row())

    async with trading(script, replace(PACE, list_every=0.05)) as (_, seen):
        await seen.until(lambda: len(seen.all(ev.OpenOrdersListed)) >= 3)


async def test_messages_that_come_during_the_list_are_applied_after_it() -> None:
    async def script(peer: Peer) -> None:
        await peer.greet()
        await peer.hear()
        later = row(status="FILLED", quantity_remaining=Decimal("0.25"), update_time=Decimal("1758208772"))
        await peer.say({"order_response": later})
        await peer.say({"all_orders_response": {"orders": [row()]}})
        await peer.show()

    async with trading(script) as (_, seen):
        await seen.link(LinkState.UP)
    kinds = [type(event) for event in seen.events if isinstance(event, ev.OpenOrdersListed | ev.OrderSeen)]
    assert kinds == [ev.OpenOrdersListed, ev.OrderSeen]
    assert seen.all(ev.OrderSeen)[0].order.filled == Decimal("0.75")


async def test_a_refused_or_missing_list_brings_a_new_connection() -> None:
    connections = 0

    async def script(peer: Peer) -> None:
        nonlocal connections
        connections += 1
        await peer.greet()
        asked = await peer.hear()
        if connections == 1:
            await peer.say({"err": {"error_code": "RateLimited", "message": "slow", "incoming_message": asked}})
        elif connections == 2:
            await peer.connection.recv()  # says nothing
        else:
            await peer.say({"all_orders_response": {"orders": []}})

    async with trading(script) as (_, seen):
        await seen.link(LinkState.UP)
        texts = [event.text for event in seen.all(ev.LinkChanged) if event.state is LinkState.DOWN]
    assert "RateLimited" in texts[0]
    assert "did not answer get_user_orders" in texts[1]


async def test_an_answer_that_cannot_be_read_leaves_the_amendment_unknown() -> None:
    async def script(peer: Peer) -> None:
        await peer.greet()
        await peer.show(row())
        await peer.hear()
        await peer.say('{"order_response":{"order_id":')

    async with trading(script) as (connector, seen):
        await seen.link(LinkState.UP)
        await connector.amend(command(order()))
    assert len(seen.all(ev.AmendmentWritten)) == 1
    assert "did not answer the amendment" in seen.all(ev.AmendmentUnanswered)[0].text
    assert "cannot be read" in [event.text for event in seen.all(ev.Noticed) if event.serious][-1]


async def test_commands_do_not_leave_before_the_first_list() -> None:
    async def script(peer: Peer) -> None:
        await peer.greet()

    async with trading(script, replace(PACE, page_within=5.0)) as (connector, seen):
        await seen.link(LinkState.SYNCING)
        await connector.amend(command(order()))
        assert "not ready (the connection is syncing)" in seen.all(ev.AmendmentUnsent)[0].text


async def test_cancels_and_look_ups_without_a_connection_say_so() -> None:
    async def script(peer: Peer) -> None:
        await peer.connection.close()

    async with trading(script) as (connector, seen):
        await seen.link(LinkState.DOWN)
        await connector.cancel(order())
        assert "nothing was sent" in seen.all(ev.CancelAnswered)[0].text
        await connector.look_up(order())
        assert "nothing was sent" in seen.all(ev.LookUpFailed)[0].text
        await connector.refresh()
        assert "could not be listed" in seen.all(ev.Noticed)[-1].text

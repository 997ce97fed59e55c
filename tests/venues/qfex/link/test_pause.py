"""Too many requests: one pause for the whole venue, whichever way QFEX tells it, and in whatever dress."""

from __future__ import annotations

import asyncio
import http
from dataclasses import replace

import httpx
import pytest
from websockets.asyncio.server import ServerConnection

from app.domain import events as ev
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from tests.venues.qfex.peer import PACE, Peer, instruments, trading
from tests.venues.qfex.samples import command, row


@pytest.mark.parametrize("body", [b"<html><h1>429 Too Many Requests</h1></html>", b'{"detail":"slow down"}'])
async def test_too_many_requests_said_over_rest_hold_amendments_and_lists(body: bytes) -> None:
    asked: list[str] = []
    is_up = False

    def rest(request: httpx.Request) -> httpx.Response:
        if not is_up:
            return instruments(request)
        asked.append(request.url.path)
        return httpx.Response(429, headers={"Retry-After": "30"}, content=body)

    async def script(peer: Peer) -> None:
        await peer.greet()
        await peer.show(row())

    async with trading(script, replace(PACE, reference_every=0.01, reference_retry=0.01), rest) as (connector, seen):
        await seen.link(LinkState.UP)
        is_up = True
        await seen.until(lambda: any("no amendment leaves for 30 s" in each.text for each in seen.all(ev.Noticed)))
        sending = asyncio.create_task(connector.amend(command()))
        await seen.until(lambda: seen.all(ev.AmendmentQueued))
        queued = seen.all(ev.AmendmentQueued)[0]
        assert queued.until - queued.at > 25 * SECOND
        assert connector._session.questions.limiter.delay() > 25
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    assert len(asked) == 1, "and nothing more is asked over REST"


async def test_too_many_requests_said_by_the_socket_hold_rest() -> None:
    async def script(peer: Peer) -> None:
        await peer.greet()
        await peer.show(row())
        await peer.hear()
        await peer.say({"order_response": row(status="RATE_LIMITED", price=200, quantity=2)})

    async with trading(script) as (connector, seen):
        await seen.link(LinkState.UP)
        assert connector._rest.pause == 0
        await connector.amend(command())
        await seen.until(lambda: any("no amendment leaves for 1 s" in each.text for each in seen.all(ev.Noticed)))
        assert connector._rest.pause > 0


async def test_too_many_requests_said_at_the_door_of_the_socket_hold_rest_as_long() -> None:
    def refuse(connection: ServerConnection, _request: object) -> object:
        response = connection.respond(http.HTTPStatus.TOO_MANY_REQUESTS, "<html>slow down</html>")
        response.headers["Retry-After"] = "20"
        return response

    async def script(peer: Peer) -> None:
        raise AssertionError("never opened")

    async with trading(script, process_request=refuse) as (connector, seen):
        await seen.until(lambda: any("no amendment leaves for 20 s" in each.text for each in seen.all(ev.Noticed)))
        assert connector._rest.pause > 15

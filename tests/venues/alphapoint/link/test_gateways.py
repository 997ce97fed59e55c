"""The budget of calls, and too many requests in any dress: what waits says so, and what keeps rows true has a share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.domain import events as ev
from app.domain.market import LinkState
from app.domain.order import Order
from app.runtime.clock import SystemClock
from app.venues.alphapoint.link.connector import AlphaPointConnector
from app.venues.alphapoint.link.gateways import LONGEST_CANCEL_WAIT, Gateways
from app.venues.alphapoint.link.socket import GatewaySocket
from app.venues.alphapoint.profile import KEPT_FOR_CANCELS, KEPT_FOR_READS, PROFILE
from app.venues.common.failures import ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.transport.limits import TOO_MANY
from app.venues.transport.socket import SocketSettings
from tests.venues.alphapoint.samples import order, reduction
from tests.venues.alphapoint.stand_in import (
    Desk,
    Gateway,
    Raw,
    account,
    connector,
    failure,
    frame,
    running,
    serving,
    up,
)

pytestmark = pytest.mark.filterwarnings("error")

QUICK = SocketSettings(beat_every=0.05, ping_every=None, ping_within=None, first_delay=0.02)


def reads(desk: Desk, *, over: bool = False) -> list[ev.Noticed]:
    """What was said of reads that wait, or of the end of that."""
    return [each for each in desk.of(ev.Noticed) if each.about is ev.Condition.READS and each.over is over]


# -- the budget ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("calls,share", [(60, KEPT_FOR_READS), (20, 5), (34, 12), (33, 11), (400, KEPT_FOR_READS)])
def test_the_share_of_reads(calls: int, share: int) -> None:
    """Twelve a minute, and never more than half of what is not kept for cancels."""
    desk = Desk()
    reporter = Reporter("ap", desk, SystemClock())
    limiter = Gateways(GatewaySocket(reporter, 1.0), None, reporter, calls).limiter
    mine = 0
    while limiter.delay() == 0.0:
        limiter.reserve()
        mine += 1
    assert mine == calls - KEPT_FOR_CANCELS - share


async def test_amendments_cannot_use_up_the_reads() -> None:
    """42 amendments at once, and a break: the link is up again at once, with a list."""
    async with serving() as gateway:
        desk = Desk()
        made = connector(account(gateway.url, switches={"calls_per_minute": "60"}), desk)
        async with running(made):
            await up(desk)
            many = [reduction(order(OrderId=number), "0.6", number) for number in range(100, 142)]
            sending = [asyncio.create_task(made.amend(each)) for each in many]
            await desk.until(ev.AmendmentQueued)
            before = len(desk.events)
            await gateway.connections[0].close()
            async with asyncio.timeout(2.0):
                await desk.until(ev.OpenOrdersListed, after=before)
                await desk.until(ev.LinkChanged, lambda event: event.state is LinkState.UP, before)
            for task in sending:
                task.cancel()
            await asyncio.gather(*sending, return_exceptions=True)


async def test_a_wait_is_told_in_the_link_and_as_reads_that_wait() -> None:
    """Where even the share is used up: since when and until when, not a silent “syncing”."""
    async with serving() as gateway:
        desk = Desk()
        made = connector(account(gateway.url, switches={"calls_per_minute": "20"}), desk)
        async with running(made):
            await up(desk)
            for _ in range(12):
                made._gateways.limiter.reserve()
            await gateway.connections[0].close()
            waiting = await desk.until(
                ev.LinkChanged, lambda event: event.state is LinkState.SYNCING and "used up" in event.text
            )
        assert "20 calls a minute" in waiting.text
        (told,) = reads(desk)
        assert told.until is not None
        assert told.until > told.at


async def test_a_look_up_that_waits_says_so() -> None:
    """It is no read that keeps rows true, and so no condition of the account."""
    async with serving() as gateway:
        desk = Desk()
        made = connector(account(gateway.url, switches={"calls_per_minute": "34"}), desk)
        async with running(made):
            await up(desk)
            await desk.until(ev.QuoteSeen)
            for _ in range(30):
                made._gateways.limiter.reserve()
            looking = asyncio.create_task(made.look_up(order()))
            told = await desk.until(ev.Noticed)
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
        assert "used up" in told.text
        assert (told.about, told.until is not None) == (ev.Condition.NONE, True)


async def test_the_end_of_a_wait_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait shorter than a second is none."""
    async with serving() as gateway:
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            made._gateways.limiter.pause(0.2)
            await made.refresh()
            assert not reads(desk)
            monkeypatch.setattr("app.venues.alphapoint.link.gateways.TOLD_FROM", 0.05)
            made._gateways.limiter.pause(0.2)
            await made.refresh()
        assert len(reads(desk)) == 1
        assert len(reads(desk, over=True)) == 1


# -- too many requests -----------------------------------------------------------------------------------------------

Break = Callable[[AlphaPointConnector, Gateway, Order], Any]


@pytest.mark.parametrize(
    "answer",
    [
        failure(101, "TOO MANY REQUESTS"),
        failure(429, "Too many requests, slow down"),
        {"status": "Rejected", "errormsg": "Rate limit exceeded", "errorcode": 100},
        Raw(frame(5, 2, "", "TOO MANY REQUESTS")),
        "TOO MANY REQUESTS",
    ],
)
async def test_too_many_requests_pause_everything(answer: Any) -> None:
    """By the socket, in whatever shape: nothing leaves any more, not even the ping."""
    async with serving() as gateway:
        desk = Desk()
        made = connector(account(gateway.url), desk, settings=QUICK)
        async with running(made):
            await up(desk)
            await desk.until(ev.QuoteSeen)
            gateway.answers["GetOpenOrders"] = answer
            refreshing = asyncio.create_task(made.refresh())
            told = await desk.until(ev.Noticed, lambda event: event.about is ev.Condition.READS)
            before = len(gateway.asked)
            amending = asyncio.create_task(made.amend(reduction(order(), "0.6")))
            await asyncio.sleep(0.4)
            assert gateway.asked[before:] == []
            for task in (refreshing, amending):
                task.cancel()
            await asyncio.gather(refreshing, amending, return_exceptions=True)
        assert "too many requests" in told.text
        assert told.until is not None
        assert 9.0 < (told.until - told.at) / 1e9 <= 10.0


async def test_an_amendment_turned_away_as_one_too_many_pauses_the_reads_too() -> None:
    """Its outcome is open, the rung is there, and the reads say that they wait."""
    async with serving() as gateway:
        gateway.answers["ModifyOrder"] = failure(101, "TOO MANY REQUESTS")
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            await made.amend(reduction(order(), "0.6"))
            assert made._gateways.pause() > 9.0
        assert desk.of(ev.AmendmentUnanswered)
        assert len(reads(desk)) == 1


async def test_a_message_that_nobody_waits_for_pauses_as_well() -> None:
    """An error frame with a number of its own."""
    async with serving() as gateway:
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            await gateway.connections[0].send(frame(5, 0, "", "TOO MANY REQUESTS"))
            await desk.until(ev.Noticed, lambda event: event.about is ev.Condition.READS)
            assert made._gateways.pause() > 9.0


async def test_a_login_turned_away_as_one_too_many_is_not_repeated_at_once() -> None:
    """Each reconnect is a login; the next one waits for what was asked."""
    async with serving() as gateway:
        gateway.answers["AuthenticateUser"] = "TOO MANY REQUESTS"
        desk = Desk()
        async with running(connector(account(gateway.url), desk, settings=QUICK)):
            await desk.until(ev.LinkChanged, lambda event: "asked again in" in event.text)
            await asyncio.sleep(0.3)
        assert [name for name, _ in gateway.asked] == ["AuthenticateUser"]


@pytest.mark.parametrize("status", sorted(TOO_MANY))
@pytest.mark.parametrize("body", [b"<html>slow down</html>", b"[]", b'{"result":false}', b"", b"\xff"])
async def test_too_many_requests_by_http(status: int, body: bytes) -> None:
    """Whatever the body is, the venue is left alone for as long as it says; the login is not taken for refused."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(status, content=body, headers={"Retry-After": "120"})

    desk = Desk()
    where = account("ws://127.0.0.1:9/", addresses={"http": "https://gateway.example/AP/"})
    made = connector(where, desk, transport=httpx.MockTransport(answer))
    await made.look_up(order())
    assert (made._gateways.pause() > 119.0, len(asked)) == (True, 1)
    (told,) = reads(desk)
    assert "120 s" in told.text
    await made.cancel(order())
    (cancelled,) = desk.of(ev.CancelAnswered)
    assert not cancelled.taken
    await made._gateways.aclose()


async def test_a_cancel_says_at_once_that_the_venue_takes_none() -> None:
    """It waits for a short pause, and never in silence for a long one."""
    async with serving() as gateway:
        gateway.answers["CancelOrder"] = {"result": True, "errorcode": 0}
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            made._gateways.slow_down(LONGEST_CANCEL_WAIT + 5)
            await made.cancel(order())
            (answered,) = desk.of(ev.CancelAnswered)
            assert "takes none" in answered.text
            assert not gateway.sent("CancelOrder")


async def test_a_handshake_turned_away_as_one_too_many_waits_as_asked() -> None:
    """Not the half second of any other failure."""
    from websockets.asyncio.server import ServerConnection, serve
    from websockets.http11 import Request, Response

    opened: list[str] = []

    def refuse(connection: ServerConnection, request: Request) -> Response:
        opened.append(request.path)
        response = connection.respond(429, "slow down")
        response.headers["Retry-After"] = "77"
        return response

    async def nothing(connection: ServerConnection) -> None:
        raise AssertionError("nobody comes in")

    async with serve(nothing, "127.0.0.1", 0, process_request=refuse) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        desk = Desk()
        async with running(connector(account(f"ws://127.0.0.1:{port}/"), desk, settings=QUICK)):
            down = await desk.until(ev.LinkChanged, lambda event: event.state is LinkState.DOWN)
            await asyncio.sleep(0.3)
    assert "77 s" in down.text
    assert len(opened) == 1


async def test_without_a_connection_nothing_is_asked() -> None:
    """There is no HTTP gateway either."""
    reporter = Reporter("ap", Desk(), SystemClock())
    gateways = Gateways(GatewaySocket(reporter, 1.0), None, reporter, 60)
    with pytest.raises(ReadFailed, match="not connected"):
        await gateways.rows("GetOpenOrders", {})
    assert PROFILE.amends_per_window == 60

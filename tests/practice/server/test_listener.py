"""HTTP and websocket plumbing over real sockets: exact bytes, and every fault of the bytes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.practice.exchange.clock import PracticeClock, RealClock
from app.practice.server.faults import Operation
from app.practice.server.http import Listener
from app.practice.server.messages import HttpReply, HttpRequest, Identity, json_reply
from app.practice.server.socket import BaseSocketHandler, SocketMessage, SocketSession
from tests.practice.daily import Daily, Day


class RealDay(Day):
    """A world in real time."""

    def make_clock(self) -> PracticeClock:
        return RealClock()


class Echo(BaseSocketHandler):
    """Answers what it gets, with JSON and exact bytes."""

    heartbeat_ms = 20

    def __init__(self) -> None:
        self.requests: list[HttpRequest] = []
        self.sessions: list[SocketSession] = []
        self.gone = 0

    def identify_http(self, request: HttpRequest) -> Identity:
        return Identity(
            Operation.AMEND if request.method == "PATCH" else Operation.LOOK_UP, request.params.get("oid", "")
        )

    async def handle(self, request: HttpRequest) -> HttpReply:
        self.requests.append(request)
        return json_reply({"path": request.raw_path, "body": request.body.decode()}, status=201)

    def accept(self, request: HttpRequest) -> HttpReply | None:
        return HttpReply(401, b"no") if "refuse" in request.raw_path else None

    def opened(self, session: SocketSession) -> None:
        self.sessions.append(session)

    def closed(self, session: SocketSession) -> None:
        self.gone += 1

    def identify(self, session: SocketSession, text: str) -> Identity:
        return Identity(Operation.AMEND if text.startswith("amend") else Operation.OTHER)

    async def message(self, session: SocketSession, message: SocketMessage) -> None:
        if message.text == "close":
            session.close(4000, "as asked")
        elif message.text.startswith("push"):
            session.push(message.text, Operation.PUSH_ORDER)
        else:
            session.reply(message.text, message.identity.operation)


class _Http:
    """The HTTP face of an Echo."""

    def __init__(self, echo: Echo) -> None:
        self._echo = echo

    def identify(self, request: HttpRequest) -> Identity:
        return self._echo.identify_http(request)

    async def handle(self, request: HttpRequest) -> HttpReply:
        return await self._echo.handle(request)


@asynccontextmanager
async def served() -> AsyncIterator[tuple[Daily, Listener, Echo]]:
    """A venue with one port that speaks both."""
    venue, echo = Daily(RealDay()), Echo()
    listener = venue.listen("both", http=_Http(echo), sockets={"/ws": echo})
    await venue.start()
    try:
        yield venue, listener, echo
    finally:
        await venue.stop()


def client(timeout: float = 20) -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=timeout, trust_env=False)


def socket(listener: Listener, path: str = "/ws") -> connect:
    return connect(listener.ws_url + path, proxy=None)


async def test_the_bytes_of_a_request_arrive_as_they_are() -> None:
    async with served() as (venue, listener, echo), client() as http:
        reply = await http.patch(
            f"{listener.url}/api/a%2Fb?oids=x%2Cy,z&n=1", content=b'{"p":1.10}', headers={"X-Sign": "Q"}
        )
        assert reply.status_code == 201
        assert reply.json() == {"path": "/api/a%2Fb?oids=x%2Cy,z&n=1", "body": '{"p":1.10}'}
        (request,) = echo.requests
        assert (request.path, request.query) == ("/api/a%2Fb", "oids=x%2Cy,z&n=1")
        assert request.params == {"oids": "x,y,z", "n": "1"}
        assert str(request.read_json()["p"]) == "1.10"
        assert request.headers["x-sign"] == "Q"
        assert (venue.gate.requests[0].channel, venue.gate.requests[0].operation) == ("both", "amend")
        assert (await http.get(f"{listener.ws_url.replace('ws', 'http', 1)}/x")).status_code == 201


async def test_the_date_is_the_venues_own() -> None:
    async with served() as (venue, listener, _), client() as http:
        venue.clock.skew_ms = 86_400_000 * 400
        reply = await http.get(listener.url)
        venue.clock.skew_ms = 0
        assert reply.headers["date"][7:16] != (await http.get(listener.url)).headers["date"][7:16]


@pytest.mark.parametrize("point, applied", [("request_received", 0), ("before_reply", 1)])
@pytest.mark.parametrize("action", ["drop", "half_open"])
async def test_an_answer_can_be_withheld(action: str, point: str, applied: int) -> None:
    async with served() as (venue, listener, echo):
        venue.faults.add(action, "amend", point=point)
        async with client(timeout=0.3) as http:
            with pytest.raises(httpx.ReadTimeout):
                await http.patch(listener.url)
        assert len(echo.requests) == applied
        async with client() as http:
            assert (await http.patch(listener.url)).status_code == 201


@pytest.mark.parametrize("point, applied", [("request_received", 0), ("before_reply", 1)])
async def test_a_connection_can_be_cut(point: str, applied: int) -> None:
    async with served() as (venue, listener, echo), client() as http:
        venue.faults.add("disconnect", "amend", point=point)
        with pytest.raises(httpx.TransportError):
            await http.patch(listener.url)
        assert len(echo.requests) == applied


async def test_another_answer_can_be_given_late() -> None:
    async with served() as (venue, listener, echo), client() as http:
        venue.faults.add("delay", "amend", ms=1)
        venue.faults.add("http_status", "amend", status=502, body="<html>", content_type="text/html")
        reply = await http.patch(listener.url)
        assert (reply.status_code, reply.text, reply.headers["content-type"]) == (502, "<html>", "text/html")
        assert echo.requests == []
        venue.faults.add("http_status", "amend", point="before_reply", status=504)
        assert (await http.patch(listener.url)).status_code == 504
        assert len(echo.requests) == 1


async def test_a_fault_can_wait_for_one_order() -> None:
    async with served() as (venue, listener, _), client() as http:
        venue.faults.add("http_status", "amend", order_id="B")
        assert (await http.patch(f"{listener.url}/?oid=A")).status_code == 201
        assert (await http.patch(f"{listener.url}/?oid=B")).status_code == 503


async def test_a_socket_talks_and_closes() -> None:
    async with served() as (_, listener, echo):
        async with socket(listener) as link:
            await link.send("hello")
            assert await link.recv() == "hello"
            await link.send("close")
            with pytest.raises(ConnectionClosed) as closed:
                await link.recv()
            assert closed.value.rcvd is not None
            assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4000, "as asked")
        await gone(echo)
        echo.sessions[0].push("nobody hears", Operation.PUSH_ORDER)


async def test_a_handshake_can_be_refused() -> None:
    async with served() as (_, listener, _):
        with pytest.raises(InvalidStatus) as refused:
            await socket(listener, "/ws?refuse")
        assert refused.value.response.status_code == 401
        with pytest.raises(InvalidStatus) as refused:
            await socket(listener, "/other")
        assert refused.value.response.status_code == 404


async def until(happened: Callable[[], bool]) -> None:
    """Give the loop turns until something has happened; the test's own limit bounds it."""
    while not happened():  # noqa: ASYNC110
        await asyncio.sleep(0.005)


async def said(link: ClientConnection, *texts: str) -> None:
    for text in texts:
        await link.send(text)


async def test_pushes_can_be_dropped_doubled_swapped_and_late() -> None:
    async with served() as (venue, listener, _), socket(listener) as link:
        venue.faults.add("drop", "push_order", point="before_push")
        venue.faults.add("duplicate", "push_order", skip=1)
        venue.faults.add("reorder", "push_order", skip=2, ms=20_000)
        await said(link, "push1", "push2", "push3", "push4", "push5")
        heard = [await link.recv() for _ in range(5)]
        assert heard == ["push2", "push2", "push4", "push3", "push5"]
        venue.faults.add("delay", "push_order", point="before_push", ms=30)
        await said(link, "push6", "push7")
        assert [await link.recv(), await link.recv()] == ["push7", "push6"]
        venue.faults.add("reorder", "push_order", ms=1)
        await said(link, "push8")
        assert await link.recv() == "push8"


async def test_messages_and_answers_can_be_lost() -> None:
    async with served() as (venue, listener, _), socket(listener) as link:
        venue.faults.add("drop", "amend", point="request_received")
        venue.faults.add("drop", "amend", point="before_reply")
        venue.faults.add("delay", "amend", point="request_received", skip=2, ms=1)
        await said(link, "amend1", "amend2", "amend3")
        assert await link.recv() == "amend3"
        assert [seen.text for seen in venue.gate.requests] == ["amend1", "amend2", "amend3"]


@pytest.mark.parametrize("after", [True, False])
async def test_a_socket_can_be_cut_before_and_after_an_answer(after: bool) -> None:
    async with served() as (venue, listener, echo), socket(listener) as link:
        venue.faults.add("disconnect", "amend", after=after)
        await link.send("amend")
        if after:
            assert await link.recv() == "amend"
        with pytest.raises(ConnectionClosed):
            await link.recv()
        await gone(echo)


async def gone(echo: Echo) -> None:
    """Wait until the venue has noticed."""
    await until(lambda: echo.gone > 0)


async def test_a_half_open_socket_hears_and_says_nothing() -> None:
    async with served() as (venue, listener, echo), socket(listener) as link:
        venue.faults.add("half_open", "amend")
        await link.send("amend")
        await until(lambda: echo.sessions != [] and not echo.sessions[0].is_open)
        await link.send("hello")
        pong = await link.ping()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(pong), 0.2)
        assert link.state.name == "OPEN"
        assert listener.freeze() == 1
        assert listener.cut() == 1
        with pytest.raises(ConnectionClosed):
            await link.recv()


async def test_cutting_breaks_everything_at_once() -> None:
    async with served() as (_, listener, echo), socket(listener) as first, socket(listener) as second:
        await until(lambda: len(echo.sessions) == 2)
        assert listener.cut() == 2
        for link in (first, second):
            with pytest.raises(ConnectionClosed):
                await link.recv()

"""A venue that leads elsewhere: every connection of every connector stays where it was told to go, and says why."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest

from app.domain.events import Condition, Event, Noticed
from app.runtime.clock import SystemClock
from app.venues import registry
from app.venues.transport.faults import HandshakeRefused
from tests.helpers.logfail import AnnouncedLogs
from tests.venues.test_echo import VENUES, account_at

pytestmark = pytest.mark.sockets


@contextlib.asynccontextmanager
async def answering(make: Callable[[str], bytes]) -> AsyncIterator[tuple[int, list[str]]]:
    """Serve one answer to each connection; gives the port and the request lines that came."""
    asked: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            asked.append(head.split("\r\n")[0])
            writer.write(make(head))
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], asked
    finally:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize("venue", VENUES)
async def test_nothing_of_a_venue_follows_a_redirect(venue: str, status: int, announced_logs: AnnouncedLogs) -> None:
    announced_logs.allow(".*")
    told: list[Event] = []
    said = asyncio.Event()
    async with answering(lambda head: b"HTTP/1.1 200 OK\r\n\r\n") as (other, strayed):
        location = f"http://127.0.0.1:{other}/elsewhere?key=1"
        redirect = f"HTTP/1.1 {status} Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
        async with answering(lambda head: redirect) as (port, asked):

            def take(event: Event) -> None:
                told.append(event)
                if "redirect" in repr(event):
                    said.set()

            connector = registry.load({venue})[venue].connect(account_at(venue, port, port), take, SystemClock())
            running = asyncio.create_task(connector.run())
            await said.wait()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            assert f"a redirect to 127.0.0.1:{other}, which is never followed" in repr(told)
            assert "elsewhere" not in repr(told), "the host, and nothing else of the address"
            assert strayed == []
            assert len(asked) <= 8, "no storm"


@pytest.mark.parametrize("venue", ["bitso", "qfex"])
async def test_prices_that_are_elsewhere_are_told_to_a_person(venue: str, announced_logs: AnnouncedLogs) -> None:
    announced_logs.allow(".*")
    told: list[Noticed] = []
    said = asyncio.Event()
    redirect = b"HTTP/1.1 301 Moved\r\nLocation: wss://other.example/\r\nContent-Length: 0\r\n\r\n"
    async with answering(lambda head: redirect) as (port, _):

        def take(event: Event) -> None:
            if isinstance(event, Noticed) and event.about is Condition.PRICES:
                told.append(event)
                said.set()

        connector = registry.load({venue})[venue].connect(account_at(venue, port, port), take, SystemClock())
        running = asyncio.create_task(connector.run())
        await said.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert told[0].serious, "no waiting mends an address"
    assert "a redirect to other.example, which is never followed" in told[0].text


async def test_a_redirect_is_no_wait_that_qfex_asks_for() -> None:
    told: list[Event] = []
    connector = registry.load({"qfex"})["qfex"].connect(account_at("qfex", 1, 1), told.append, SystemClock())
    fault = HandshakeRefused("It leads elsewhere.", 301, "", pause=30.0)
    vars(connector)["_session"].closed(fault)
    assert "too many" not in repr(told)
    assert "amendment" not in repr(told)

"""HTTP after an outage: requests that waited, were cancelled or timed out take no connection away for good."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from app.runtime.clock import SystemClock
from app.venues.transport.failures import NotSent
from app.venues.transport.http import AT_A_TIME, HttpClient
from app.venues.transport.messages import Request
from tests.venues.transport.test_http import Peer

pytestmark = pytest.mark.sockets

#: Turns of the event loop within which a freed connection is handed on.
TURNS = 10


def client(peer: Peer, timeout: float) -> HttpClient:
    return HttpClient(peer.url, account="a", sink=lambda _: None, clock=SystemClock(), timeout=timeout)


def ask(http: HttpClient) -> asyncio.Task[object]:
    return asyncio.create_task(http.send(Request("GET", "/", (), b"")))


async def test_waits_that_end_as_a_connection_comes_free_lose_none() -> None:
    """In one turn of the loop a request ends, another is given its place, and is cancelled."""
    async with Peer(hang=True) as peer:
        http = client(peer, 5.0)
        for turns in [*range(2, TURNS)] * 4:
            running = [ask(http) for _ in range(AT_A_TIME)]
            await asyncio.sleep(0)
            waiting = ask(http)
            await asyncio.sleep(0)
            running[0].cancel()
            for _ in range(turns):
                await asyncio.sleep(0)
            for task in (waiting, *running[1:]):
                task.cancel()
            await asyncio.gather(waiting, *running, return_exceptions=True)
        peer.hang = False
        answers = await asyncio.gather(*(ask(http) for _ in range(2 * AT_A_TIME)))
        assert len(answers) == 2 * AT_A_TIME
        await http.aclose()
        await asyncio.wait_for(asyncio.gather(*peer.serving), 20)


async def test_one_that_waited_for_its_turn_in_vain_never_left() -> None:
    async with Peer() as peer, AsyncExitStack() as busy:
        http = client(peer, 0.05)
        for _ in range(AT_A_TIME):
            await busy.enter_async_context(http._turn())
        with pytest.raises(NotSent, match="no connection in time"):
            await ask(http)
        assert peer.received == b""
        await busy.aclose()
        await ask(http)
        await http.aclose()

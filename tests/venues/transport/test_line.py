"""One connection: bytes as another library would write them, *written* once the system has taken all of them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import h11
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.venues.transport.line import Line, encoded, open_line

HEADERS = [("Accept", "*/*"), ("X-Key", "a b=c"), ("X-Empty", "")]


def by_h11(request: httpx.Request) -> bytes:
    """The bytes that httpcore would write."""
    writer = h11.Connection(h11.CLIENT)
    head = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
    body = writer.send(h11.Data(request.content)) if (first := writer.send(head)) and request.content else b""
    return (first or b"") + (body or b"") + (writer.send(h11.EndOfMessage()) or b"")


@pytest.mark.parametrize("method, body", [("GET", b""), ("POST", b""), ("PATCH", b'{"price":"1"}'), ("DELETE", b"")])
def test_the_bytes_are_those_of_another_library(method: str, body: bytes) -> None:
    request = httpx.Request(method, "https://venue.example:444/a?b=%2C", headers=HEADERS, content=body)
    assert encoded(request) == by_h11(request)
    assert encoded(request).startswith(b"%b /a?b=%%2C HTTP/1.1\r\nHost: venue.example:444\r\n" % method.encode())


@given(st.binary(max_size=12), st.binary(max_size=12))
def test_a_head_that_would_be_read_as_another_is_refused(name: bytes, value: bytes) -> None:
    """Whatever h11 refuses is refused here, and what is let through are the same bytes."""
    request = httpx.Request("GET", "http://venue.example/x")
    request.headers = httpx.Headers([(b"Host", b"venue.example"), (name, value)])
    try:
        found = encoded(request)
    except httpx.LocalProtocolError:
        return
    assert found == by_h11(request)


@pytest.mark.parametrize("value", ["a\r\nX-Other: b", "a\nb", "a\x00b", " a", "a "])
def test_no_header_begins_another_line(value: str) -> None:
    request = httpx.Request("GET", "http://venue.example/x", headers=[("X-Key", value)])
    with pytest.raises(httpx.LocalProtocolError):
        encoded(request)


@contextlib.asynccontextmanager
async def connected() -> AsyncIterator[tuple[Line, socket.socket]]:
    """A line, and the socket at its other end, which reads nothing by itself."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line = await open_line("127.0.0.1", server.getsockname()[1], None, 5.0)
        other, _ = server.accept()
        with other:
            other.setblocking(False)
            yield line, other
        line.abort()
        await line.lost


BIG = b"x" * (8 << 20)


async def read_all(other: socket.socket, size: int) -> None:
    loop = asyncio.get_running_loop()
    while size > 0:
        size -= len(await loop.sock_recv(other, 1 << 20))


@pytest.mark.sockets
async def test_what_the_system_has_not_taken_is_not_written() -> None:
    async with connected() as (line, other):
        assert line.write(b"small")
        assert not line.write(BIG)
        with pytest.raises(httpx.WriteTimeout):
            await line.drain(0.01)
        reading = asyncio.create_task(read_all(other, len(BIG) + 5))
        assert await line.drain(10.0)
        await reading


@pytest.mark.sockets
async def test_what_a_broken_connection_keeps_is_never_written() -> None:
    async with connected() as (line, other):
        assert not line.write(BIG)
        other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        other.close()
        assert not await line.drain(10.0)
        with pytest.raises(httpx.ReadError):
            await line.response("GET", 5.0)


@pytest.mark.sockets
async def test_a_line_is_unfit_as_soon_as_its_end_has_come_to_this_machine() -> None:
    """The loop gets no turn in between: its end is seen on the socket itself."""
    async with connected() as (line, other):
        assert line.is_fit
        other.close()
        assert not line.is_fit


@pytest.mark.sockets
async def test_a_reply_that_nobody_asked_for_makes_a_line_unfit() -> None:
    async with connected() as (line, other):
        await asyncio.get_running_loop().sock_sendall(other, b"HTTP/1.1 200 OK\r\n")
        await asyncio.sleep(0.01)
        assert not line.is_fit


@pytest.mark.sockets
async def test_a_venue_that_sends_faster_than_is_read_is_stopped() -> None:
    async with connected() as (line, other):
        loop = asyncio.get_running_loop()
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BIG)
        sending = asyncio.create_task(loop.sock_sendall(other, head + BIG))
        await asyncio.sleep(0.05)
        assert line._size < 2 << 20, "what is kept is bounded"
        assert (await line.response("GET", 5.0)).status_code == 200
        assert sum([len(part) async for part in line.parts(5.0)]) == len(BIG)
        assert line.is_over()
        await sending


@pytest.mark.sockets
async def test_one_that_is_cancelled_as_it_connects_leaves_nothing_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        for turns in range(6):
            opening = asyncio.create_task(open_line("127.0.0.1", server.getsockname()[1], None, 5.0))
            for _ in range(turns):
                await asyncio.sleep(0)
            opening.cancel()
            for made in await asyncio.gather(opening, return_exceptions=True):
                if isinstance(made, Line):
                    made.abort()
                    await made.lost
    await asyncio.sleep(0.01)  # an open socket would be told by its collector

"""Bodies are bounded by what they grow to, and a reply by its size and its time; the bound is named."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Callable

import pytest

from app.runtime.clock import SystemClock
from app.venues.transport.bodies import Body, BodyRefused
from app.venues.transport.failures import Unanswered
from app.venues.transport.http import HttpClient
from app.venues.transport.limits import wait_asked
from app.venues.transport.messages import Request


def grown(encoding: str, *parts: bytes, most: int = 1 << 20) -> bytes:
    body = Body(encoding, most)
    for part in parts:
        body.take(part)
    return body.whole()


TEXT = b'{"orders":[]}' * 100


@pytest.mark.parametrize("encoding", ["", "identity", "IDENTITY"])
def test_a_plain_body_is_taken_as_it_comes(encoding: str) -> None:
    assert grown(encoding, TEXT, b"", TEXT) == TEXT + TEXT


@pytest.mark.parametrize("encoding", ["gzip", "GZip", "x-gzip", "identity, gzip"])
def test_a_packed_body_is_grown_however_it_is_cut(encoding: str) -> None:
    packed = gzip.compress(TEXT)
    assert grown(encoding, packed) == TEXT
    assert grown(encoding, *(packed[at : at + 1] for at in range(len(packed)))) == TEXT
    assert grown(encoding, packed + gzip.compress(b"more")) == TEXT + b"more"
    assert grown(encoding, packed + b"\0\0\0") == TEXT
    assert grown(encoding) == b""


@pytest.mark.parametrize("encoding", ["gzip, gzip", "gzip,gzip,gzip", "deflate, gzip"])
def test_packed_in_packed_is_not_opened(encoding: str) -> None:
    with pytest.raises(BodyRefused, match="packed more than once"):
        Body(encoding)


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "compress", "unheard-of"])
def test_what_was_not_asked_for_is_not_unpacked(encoding: str) -> None:
    with pytest.raises(BodyRefused, match="not asked for"):
        Body(encoding)


def test_a_bomb_is_left_when_it_has_grown_to_the_bound() -> None:
    bomb = gzip.compress(bytes(64 << 20))
    assert len(bomb) < 100_000
    body = Body("gzip", 1 << 20)
    with pytest.raises(BodyRefused, match="larger than 1 MiB"):
        body.take(bomb)
    assert sum(map(len, body._parts)) <= 1 << 20


def test_the_bound_itself_is_still_taken() -> None:
    assert len(grown("gzip", gzip.compress(bytes(1 << 20)))) == 1 << 20
    assert len(grown("", bytes(1 << 20))) == 1 << 20
    with pytest.raises(BodyRefused, match="larger than 1 MiB"):
        grown("", bytes(1 << 20), b"x")


def test_packed_data_that_is_none_or_ends_early_is_no_body() -> None:
    with pytest.raises(BodyRefused, match="cannot be unpacked"):
        grown("gzip", TEXT)
    with pytest.raises(BodyRefused, match="cannot be unpacked"):
        grown("gzip", zlib.compress(TEXT))
    with pytest.raises(BodyRefused, match="ends in the middle"):
        grown("gzip", gzip.compress(TEXT * 100)[:-12])


@pytest.mark.sockets
@pytest.mark.parametrize(
    "packing, body",
    [("Content-Encoding: br", b"\x1b" * 20), ("Content-Encoding: gzip", b"none"), ("X-Cut: 1", b"<html>")],
)
async def test_too_many_requests_is_that_whatever_became_of_the_body(packing: str, body: bytes) -> None:
    """The status and the headers ask for a pause; a body that is packed, broken or cut takes nothing back."""
    paused: list[float] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        length = len(body) + 9 * packing.startswith("X-Cut")
        head = f"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\n{packing}\r\nContent-Length: {length}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    client = HttpClient(
        f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}",
        account="desk",
        sink=lambda _: None,
        clock=SystemClock(),
        timeout=5.0,
        too_many=lambda response: paused.append(wait_asked(response, 1.0)),
    )
    try:
        response = await client.send(Request("GET", "/x"))
    finally:
        await client.aclose()
        server.close()
        await server.wait_closed()
    assert (response.status, response.body, paused) == (429, b"", [30.0])


async def told(serve: Callable[[asyncio.StreamWriter], object], timeout: float = 5.0) -> str:
    """Ask a server on loopback that answers like this, and return what is told of it."""
    writers: list[asyncio.StreamWriter] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        try:
            while serve(writer):
                await writer.drain()
                await asyncio.sleep(0)
        except ConnectionError:
            pass

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    client = HttpClient(
        f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}",
        account="desk",
        sink=lambda _: None,
        clock=SystemClock(),
        timeout=timeout,
    )
    try:
        with pytest.raises(Unanswered) as error:
            await client.send(Request("GET", "/x"))
    finally:
        await client.aclose()
        server.close()
        for writer in writers:
            writer.transport.abort()
        await server.wait_closed()
    return str(error.value)


@pytest.mark.sockets
async def test_gzip_in_gzip_is_not_opened_by_a_library_either() -> None:
    bomb = gzip.compress(gzip.compress(bytes(64 << 20)))

    def serve(writer: asyncio.StreamWriter) -> bool:
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\nContent-Length: {len(bomb)}\r\n\r\n"
        writer.write(head.encode() + bomb)
        return False

    sentence = await told(serve)
    assert "its reply is packed more than once" in sentence
    assert "answered GET /x with HTTP 200" in sentence, "it did answer"


@pytest.mark.sockets
async def test_two_headers_of_packing_are_two_packings() -> None:
    def serve(writer: asyncio.StreamWriter) -> bool:
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"
        )
        return False

    assert "its reply is packed more than once" in await told(serve)


@pytest.mark.sockets
async def test_an_endless_reply_is_left_at_the_bound() -> None:
    begun: list[int] = []

    def serve(writer: asyncio.StreamWriter) -> bool:
        if not begun:
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        begun.append(1)
        writer.write(b"100000\r\n" + b"x" * 0x100000 + b"\r\n")
        return True

    assert "its reply is larger than 32 MiB" in await told(serve, timeout=20.0)


@pytest.mark.sockets
async def test_a_reply_that_trickles_is_left_when_its_time_is_over() -> None:
    begun: list[int] = []

    def serve(writer: asyncio.StreamWriter) -> bool:
        writer.write(b"x" if begun else b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        begun.append(1)
        return len(begun) < 20_000

    assert "time ran out: no whole reply within 0.2 s" in await told(serve, timeout=0.1)


@pytest.mark.sockets
async def test_endless_headers_are_left_at_the_bound() -> None:
    def serve(writer: asyncio.StreamWriter) -> bool:
        writer.write(b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 300_000)
        return False

    assert "its headers are longer than 100 KiB" in await told(serve)

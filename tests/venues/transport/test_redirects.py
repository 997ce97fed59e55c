"""Redirects: told by the host they lead to, and never followed, by request or socket."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from app.runtime.clock import SystemClock
from app.venues.transport.failures import Unanswered
from app.venues.transport.handshake import REDIRECTED_PAUSE
from app.venues.transport.http import HttpClient
from app.venues.transport.messages import Request
from app.venues.transport.redirects import redirect_of
from app.venues.transport.socket import HandshakeRefused, SocketSettings, Unreachable, open_socket

STATUSES = [300, 301, 302, 303, 307, 308]


@pytest.mark.parametrize(
    "location, told",
    [
        ("https://other.example/path?key=1", "a redirect to other.example"),
        ("https://user:hunter2@other.example:444/", "a redirect to other.example:444"),
        ("//other.example/x", "a redirect to other.example"),
        ("wss://[::1]:9/", "a redirect to [::1]:9"),
        ("/login?key=hunter2", "a redirect to another of its own paths"),
        ("javascript:alert(1)", "a redirect to an unreadable address"),
        ("https://a\x1b[31mb/", "a redirect to an unreadable address"),
        ("https://ex\u202eample/", "a redirect to an unreadable address"),
        ("https://host:notaport/", "a redirect to an unreadable address"),
        ("https://[half", "a redirect to an unreadable address"),
        ("", "a redirect"),
    ],
)
def test_a_redirect_is_told_by_its_host_alone(location: str, told: str) -> None:
    for status in STATUSES:
        assert redirect_of(status, location) == told


@pytest.mark.parametrize("status", [200, 204, 304, 400, 429, 500])
def test_other_replies_are_no_redirects(status: int) -> None:
    assert redirect_of(status, "https://other.example") == ""


class Peer:
    """A server on loopback that answers every request alike and keeps what it read."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.received = b""
        self.connections = 0
        self.port = 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            self.received += await reader.readuntil(b"\r\n\r\n")
            writer.write(self.answer)
            await writer.drain()
        writer.close()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Peer]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            await server.wait_closed()


def redirecting(status: int, port: int) -> Peer:
    location = f"http://127.0.0.1:{port}/elsewhere"
    return Peer(f"HTTP/1.1 {status} Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())


@pytest.mark.sockets
@pytest.mark.parametrize("status", STATUSES)
async def test_nothing_reaches_the_host_a_redirect_leads_to(status: int) -> None:
    async with Peer(b"HTTP/1.1 200 OK\r\n\r\n").running() as other, redirecting(status, other.port).running() as venue:
        told = f"answered with a redirect to 127.0.0.1:{other.port}, which is never followed; check the address."
        with pytest.raises(HandshakeRefused) as refused:
            await open_socket(f"ws://127.0.0.1:{venue.port}/private?key=1", "Acme", SocketSettings())
        assert told in str(refused.value)
        assert refused.value.status == status
        assert (refused.value.pause, refused.value.wait) == (REDIRECTED_PAUSE, 0), (
            "no storm of attempts, no wait of theirs"
        )
        client = HttpClient(f"http://127.0.0.1:{venue.port}", account="desk", sink=lambda _: None, clock=SystemClock())
        with pytest.raises(Unanswered, match=rf"GET /x with a redirect to 127.0.0.1:{other.port}, which is never"):
            await client.send(Request("GET", "/x"))
        await client.aclose()
        assert venue.connections == 2
        assert other.connections == 0


@pytest.mark.sockets
@pytest.mark.parametrize(
    "location",
    ["javascript:alert(1)", "data:text/html,x", "http://[half", "https://host:notaport/", "mailto:a@b", ":", "//"],
)
async def test_an_odd_location_is_a_redirect_all_the_same(location: str) -> None:
    """A library that makes the next request of it, though none is sent, fails at it in words of its own."""
    for status in (301, 307):
        reply = f"HTTP/1.1 {status} Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
        async with Peer(reply).running() as venue:
            client = HttpClient(
                f"http://127.0.0.1:{venue.port}", account="desk", sink=lambda _: None, clock=SystemClock()
            )
            with pytest.raises(Unanswered, match=r"GET /x with a redirect.*, which is never followed; check"):
                await client.send(Request("GET", "/x"))
            await client.aclose()


@pytest.mark.sockets
@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE html><p>Sign in</p>", b"\xef\xbb\xbf\r\n <html>", b"<?xml version='1.0'?>"]
)
async def test_a_web_page_is_told_as_one(page: bytes) -> None:
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(page), page)
    async with Peer(reply).running() as venue:
        client = HttpClient(f"http://127.0.0.1:{venue.port}", account="desk", sink=lambda _: None, clock=SystemClock())
        with pytest.raises(Unanswered, match=r"answered GET /x with a web page, .* a sign-in first, .* check the"):
            await client.send(Request("GET", "/x"))
        await client.aclose()
        with pytest.raises(HandshakeRefused, match=r"answered with a web page, .* a sign-in first, .* check the"):
            await open_socket(f"ws://127.0.0.1:{venue.port}/private", "Acme", SocketSettings())


@pytest.mark.sockets
@pytest.mark.parametrize(
    "status, told",
    [
        (401, "refused the connection (HTTP 401); check the credentials."),
        (404, "refused the connection (HTTP 404); check the address."),
        (500, "refused the connection (HTTP 500); that is a fault there, and it is tried again."),
        (429, "refused the connection (HTTP 429); it wants no requests for 30 s."),
    ],
)
async def test_a_refused_handshake_says_what_to_do(status: int, told: str) -> None:
    async with Peer(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode()).running() as venue:
        with pytest.raises(HandshakeRefused) as refused:
            await open_socket(f"ws://127.0.0.1:{venue.port}/", "Acme", SocketSettings())
    assert str(refused.value).endswith(told)


@pytest.mark.sockets
@pytest.mark.parametrize("headers", ["", "Upgrade: s3cret\r\n", "Upgrade: websocket\r\nConnection: upgrade\r\n"])
async def test_a_handshake_that_is_none_is_told_in_words_of_ours(headers: str) -> None:
    async with Peer(f"HTTP/1.1 101 Switching\r\n{headers}\r\n".encode()).running() as venue:
        with pytest.raises(Unreachable) as told:
            await open_socket(f"ws://127.0.0.1:{venue.port}/", "Acme", SocketSettings())
    assert "(it did not answer as a websocket server); check the address and the network." in str(told.value)

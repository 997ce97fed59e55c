"""The transport without a proxy: head and body leave in one write, on a connection kept as long as it is fit."""

from __future__ import annotations

import asyncio
from asyncio.selector_events import _SelectorSocketTransport
from collections.abc import Callable

import pytest

from app.domain.events import Event, WireSeen
from app.venues.transport.direct import Direct
from app.venues.transport.failures import NotSent, Unanswered
from app.venues.transport.http import HttpClient
from app.venues.transport.messages import Request
from app.venues.transport.progress import Progress
from tests.helpers.paper_desk import PaperClock
from tests.venues.transport.test_http import OK, Peer, client

pytestmark = pytest.mark.sockets

AMEND = Request("PATCH", "/orders/1", (("X-Sign", "s3cret-s3cret"),), b'{"price":"1.10"}')


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What is handed to sockets, a write an item."""
    found: list[bytes] = []
    write = _SelectorSocketTransport.write

    def noted(self: _SelectorSocketTransport, data: bytes) -> None:
        found.append(bytes(data))
        write(self, data)

    monkeypatch.setattr(_SelectorSocketTransport, "write", noted)
    return found


async def test_head_and_body_leave_in_one_write_before_anything_is_told(writes: list[bytes]) -> None:
    told: list[str] = []
    async with Peer() as peer:

        def sink(event: Event) -> None:
            assert isinstance(event, WireSeen)
            told.append(f"{event.direction} after {sum(b'PATCH' in each for each in writes)}")

        http = HttpClient(peer.url, account="desk", sink=sink, clock=PaperClock())
        await http.send(AMEND, on_written=lambda: told.append(f"written after {len(writes)}"))
        (request,) = [each for each in writes if b"PATCH" in each]
        assert request.startswith(b"PATCH /orders/1 HTTP/1.1\r\nHost: ")
        assert request.endswith(b'\r\n\r\n{"price":"1.10"}')
        assert told == ["written after 1", "out after 1", "in after 1"]
        await http.aclose()


async def test_what_leaves_is_what_httpx_would_have_made_of_it() -> None:
    async with Peer() as peer:
        http = client(peer.url, [])
        await http.send(AMEND)
        usual = http._client.build_request(
            AMEND.method, peer.url + AMEND.target, headers=list(AMEND.headers), content=AMEND.body
        )
        head = b"".join(b"%b: %b\r\n" % pair for pair in usual.headers.raw)
        assert peer.received == b"PATCH /orders/1 HTTP/1.1\r\n" + head + b"\r\n" + AMEND.body
        await http.aclose()


async def test_a_connection_is_kept_and_replaced_when_the_venue_has_ended_it() -> None:
    async with Peer() as peer:
        http = client(peer.url, [])
        for _ in range(3):
            await http.send(AMEND)
        assert len(peer.serving) == 1
        for writer in peer._open.values():
            writer.close()
        await asyncio.sleep(0.02)
        await http.send(AMEND)
        assert len(peer.serving) == 2
        assert peer.received.count(b"PATCH") == 4
        await http.aclose()


async def test_a_reply_that_ends_the_connection_is_whole_and_the_next_request_has_another() -> None:
    async with Peer(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}") as peer:
        http = client(peer.url, [])
        for _ in range(2):
            assert (await http.send(AMEND)).body == b"{}"
        assert len(peer.serving) == 2
        await http.aclose()


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
    ],
)
async def test_every_way_of_an_answer_is_read(reply: bytes) -> None:
    async with Peer(reply) as peer:
        http = client(peer.url, [])
        for _ in range(2):
            assert (await http.send(AMEND)).body == b"{}"
        assert len(peer.serving) == 1
        await http.aclose()


async def test_cookies_of_a_venue_are_brought_back_to_it() -> None:
    async with Peer(b"HTTP/1.1 200 OK\r\nSet-Cookie: way=7\r\nContent-Length: 2\r\n\r\n{}") as peer:
        http = client(peer.url, [])
        await http.send(AMEND)
        assert b"Cookie" not in peer.received
        await http.send(AMEND)
        assert b"\r\nCookie: way=7\r\n" in peer.received
        await http.aclose()


async def test_a_header_of_its_own_takes_the_place_of_ours() -> None:
    async with Peer() as peer:
        http = client(peer.url, [])
        await http.send(Request("GET", "/x", (("User-Agent", "mine"),)))
        assert peer.received.count(b"User-Agent: ") == 1
        assert b"User-Agent: mine\r\n" in peer.received
        await http.aclose()


@pytest.mark.parametrize("value", ["a\r\nX: b", "\u00e4", "a\x00"])
async def test_a_request_that_cannot_be_written_is_not_sent(value: str) -> None:
    async with Peer() as peer:
        http = client(peer.url, [])
        with pytest.raises(NotSent, match="PATCH /x is not a request that can be sent"):
            await http.send(Request("PATCH", "/x", (("X-Key", value),)))
        assert peer.received == b""
        await http.aclose()


def cut(writing: Callable[[], None]) -> Callable[..., None]:
    """A write of a socket that breaks before it took anything."""

    def broken(self: _SelectorSocketTransport, data: bytes) -> None:
        writing()
        self.abort()

    return broken


async def test_a_write_that_breaks_may_have_left_and_is_never_told_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Peer() as peer:
        http, seen, told = client(peer.url, events := []), events, list[str]()
        await http.send(Request("GET", "/first"))
        seen.clear()
        monkeypatch.setattr(_SelectorSocketTransport, "write", cut(lambda: told.append("write")))
        with pytest.raises(Unanswered, match="gave no answer to PATCH"):
            await http.send(AMEND, on_written=lambda: told.append("written"))
        assert told == ["write"], "handed over once, and not again"
        assert [event.direction for event in seen if isinstance(event, WireSeen)] == ["out"]
        monkeypatch.undo()
        await http.aclose()


async def test_closing_ends_what_is_under_way_and_nothing_more_leaves() -> None:
    async with Peer(hang=True) as peer:
        http = client(peer.url, [])
        asking = asyncio.create_task(http.send(AMEND))
        await asyncio.sleep(0.05)
        assert peer.received
        await http.aclose()
        with pytest.raises(Unanswered, match="the connection broke"):
            await asking
        with pytest.raises(NotSent, match="closed by this ticket"):
            await http.send(AMEND)
        await asyncio.gather(*peer.serving)


async def test_one_without_trust_speaks_no_tls() -> None:
    http = HttpClient(
        "https://venue.example", account="desk", sink=lambda _: None, clock=PaperClock(), transport=Direct(None)
    )
    with pytest.raises(NotSent, match="cannot be reached"):
        await http.send(AMEND)
    await http.aclose()


def test_a_request_of_which_nothing_may_have_left_is_told_by_nobody() -> None:
    told: list[str] = []
    progress = Progress(lambda: told.append("left"), lambda: told.append("written"))
    progress.tell()
    assert (told, progress.may_have_left) == ([], False)
    progress.leaving()
    progress.tell()
    progress.written()
    progress.written()
    progress.tell()
    assert (told, progress.may_have_left) == (["left", "written"], True)

"""HTTP over real sockets: exact bytes, whole replies, and whether anything may have left."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable

import httpx
import pytest

from app.domain.events import Event, WireSeen
from app.runtime.clock import SystemClock
from app.venues.transport.failures import NotSent, Unanswered
from app.venues.transport.http import HttpClient
from app.venues.transport.messages import Request

pytestmark = pytest.mark.sockets

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 12:00:00 GMT\r\nContent-Length: 2\r\n\r\n{}"


class Peer:
    """A bare TCP peer on loopback that records what it reads and answers as told."""

    def __init__(self, reply: bytes = OK, *, hang: bool = False) -> None:
        self.reply = reply
        self.hang = hang
        self.received = b""
        self.url = ""
        self._open: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    @property
    def serving(self) -> list[asyncio.Task[None]]:
        """A task for each connection there was; it ends with the connection."""
        return [task for task in self._open if task is not None]

    async def __aenter__(self) -> Peer:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task, writer in list(self._open.items()):
            writer.transport.abort()
            if task is not None:
                await task
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open[asyncio.current_task()] = writer
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = 0
                for line in head.lower().split(b"\r\n"):
                    if line.startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                self.received += head + await reader.readexactly(length)
                if self.hang:
                    await reader.read()
                    break
                if not self.reply:
                    break
                writer.write(self.reply)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def run(work: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(20):
            await work()

    asyncio.run(bounded())


def client(url: str, seen: list[Event], timeout: float = 5.0) -> HttpClient:
    return HttpClient(
        url,
        account="desk",
        sink=seen.append,
        clock=SystemClock(),
        timeout=timeout,
        mask=lambda text: text.replace("hunter2", "•••"),
    )


def wires(seen: list[Event]) -> list[tuple[str, str, str]]:
    return [(event.direction, event.head, event.body) for event in seen if isinstance(event, WireSeen)]


def test_no_request_looks_for_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """httpcore would look for one that is not installed, over every folder of modules, five times a request."""
    looked_for: list[str] = []

    class Watching:
        @staticmethod
        def find_spec(name: str, path: object = None, target: object = None) -> None:
            looked_for.append(name)

    async def work() -> None:
        async with Peer() as peer:
            http = client(peer.url, [])
            await http.send(Request("GET", "/first", (), b""))
            monkeypatch.setattr(sys, "meta_path", [Watching, *sys.meta_path])
            await http.send(Request("GET", "/second", (), b""))
            await http.aclose()

    run(work)
    assert looked_for == []


def test_the_bytes_that_leave_are_the_bytes_given() -> None:
    async def work() -> None:
        seen: list[Event] = []
        written: list[str] = []
        async with Peer() as peer:
            http = client(peer.url + "/some/prefix", seen)
            request = Request("PATCH", "/api/v4/orders?oid=a%2Cb,c", (("X-Key", "hunter2"),), b'{"price":"1.10"}')
            reply = await http.send(request, amendment_id="A1", on_written=lambda: written.append("yes"))
            assert reply.status == 200
            assert reply.body == b"{}"
            assert reply.headers["content-length"] == "2"
            assert reply.sent_at <= reply.received_at
            assert peer.received.startswith(b"PATCH /api/v4/orders?oid=a%2Cb,c HTTP/1.1\r\n")
            assert peer.received.endswith(b'\r\n\r\n{"price":"1.10"}')
            assert b"X-Key: hunter2" in peer.received
            assert written == ["yes"]
            assert http.offset.samples == 1
            assert wires(seen) == [
                ("out", "PATCH /api/v4/orders?oid=a%2Cb,c", '{"price":"1.10"}'),
                ("in", "200 PATCH /api/v4/orders?oid=a%2Cb,c", "{}"),
            ]
            assert all(event.amendment_id == "A1" for event in seen if isinstance(event, WireSeen))
            await http.aclose()

    run(work)


def test_secrets_are_masked_and_market_data_is_not_reported() -> None:
    async def work() -> None:
        seen: list[Event] = []
        async with Peer() as peer:
            http = client(peer.url, seen)
            await http.send(Request("POST", "/login?p=hunter2", (), b"hunter2"))
            await http.send(Request("GET", "/ticker"), private=False)
            assert wires(seen)[0] == ("out", "POST /login?p=•••", "•••")
            assert len(seen) == 2
            await http.aclose()

    run(work)


def test_a_poll_is_reported_only_when_its_reply_changes() -> None:
    async def work() -> None:
        seen: list[Event] = []
        async with Peer() as peer:
            http = client(peer.url, seen)
            for _ in range(3):
                await http.send(Request("GET", "/balance"), routine=True)
            peer.reply = OK.replace(b"{}", b"[]")
            await http.send(Request("GET", "/balance"), routine=True)
            assert [body for direction, _, body in wires(seen) if direction == "in"] == ["{}", "[]"]
            assert [head for direction, head, _ in wires(seen) if direction == "out"] == ["GET /balance"] * 2
            await http.aclose()

    run(work)


def test_a_dead_address_means_that_nothing_left() -> None:
    async def work() -> None:
        async with Peer() as peer:
            url = peer.url
        seen: list[Event] = []
        written: list[str] = []
        http = client(url, seen)
        with pytest.raises(NotSent, match=r"cannot be reached \(the connection was refused\); check") as error:
            await http.send(Request("PATCH", "/x", (), b"{}"), on_written=lambda: written.append("yes"))
        assert url in str(error.value)
        assert not written
        assert not seen
        await http.aclose()

    run(work)


def test_a_peer_that_hangs_up_may_have_acted() -> None:
    async def work() -> None:
        seen: list[Event] = []
        written: list[str] = []
        async with Peer(b"") as peer:
            http = client(peer.url, seen)
            with pytest.raises(Unanswered, match="gave no answer to PATCH /x"):
                await http.send(Request("PATCH", "/x", (), b"{}"), on_written=lambda: written.append("yes"))
            assert written == ["yes"]
            assert [direction for direction, _, _ in wires(seen)] == ["out"]
            assert peer.received.count(b"PATCH") == 1
            await http.aclose()

    run(work)


def test_a_peer_that_says_nothing_may_have_acted() -> None:
    async def work() -> None:
        async with Peer(hang=True) as peer:
            http = client(peer.url, [], timeout=0.05)
            with pytest.raises(Unanswered, match="time ran out"):
                await http.send(Request("PATCH", "/x", (), b"{}"))
            await http.aclose()

    run(work)


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    ],
)
def test_half_a_reply_is_no_reply(reply: bytes) -> None:
    async def work() -> None:
        async with Peer(reply) as peer:
            http = client(peer.url, [], timeout=0.3)
            with pytest.raises(Unanswered):
                await http.send(Request("GET", "/x"))
            await http.aclose()

    run(work)


def test_a_target_that_would_leave_changed_is_not_sent() -> None:
    async def work() -> None:
        http = client("http://127.0.0.1:9", [])
        with pytest.raises(NotSent, match="not a request that can be sent"):
            await http.send(Request("GET", "/a b"))
        await http.aclose()

    run(work)


def test_a_closed_client_sends_nothing() -> None:
    async def work() -> None:
        http = client("http://127.0.0.1:9", [])
        await http.aclose()
        with pytest.raises(NotSent, match="was closed by this ticket"):
            await http.send(Request("GET", "/x"))

    run(work)


def test_a_stand_in_transport_is_used_whole() -> None:
    async def work() -> None:
        written: list[str] = []
        transport = httpx.MockTransport(lambda request: httpx.Response(404, content=request.content))
        http = HttpClient(
            "https://example.test", account="desk", sink=lambda _: None, clock=SystemClock(), transport=transport
        )
        reply = await http.send(Request("POST", "/x", (), b"echo"), on_written=lambda: written.append("yes"))
        assert (reply.status, reply.body, written) == (404, b"echo", ["yes"])
        await http.aclose()

    run(work)


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_connection_that_comes_up_while_the_others_are_closed_is_closed_too(interrupted: bool) -> None:
    """Wherever in its course the closing meets a request, and even if the closing itself is interrupted."""

    async def work() -> None:
        async with Peer() as peer:
            for steps in range(60):
                made = client(peer.url, [])
                asking = asyncio.create_task(made.send(Request("GET", "/v1/time")))
                for _ in range(steps):
                    await asyncio.sleep(0)
                closing = asyncio.create_task(made.aclose())
                await asyncio.sleep(0)
                if interrupted:
                    closing.cancel()
                    asking.cancel()
                await asyncio.gather(closing, asking, return_exceptions=True)
            await asyncio.gather(*peer.serving)

    run(work)

"""Proxies of the environment: used as they are meant, or refused in one sentence; never on the way to this machine."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import pytest
from websockets.asyncio.server import serve

from app.domain.events import Event
from app.domain.form import InputError
from app.venues.transport.failures import NotSent
from app.venues.transport.http import HttpClient
from app.venues.transport.messages import Request
from app.venues.transport.proxies import proxy_for
from app.venues.transport.socket import SocketSettings, Unreachable, open_socket
from tests.helpers.paper_desk import PaperClock

NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
QUICK = SocketSettings(open_within=5.0)
SINK: list[Event] = []


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return


@pytest.mark.parametrize(
    "variable, text, url, wanted",
    [
        ("HTTPS_PROXY", "http://p:8080", "https://bitso.com", "http://p:8080"),
        ("https_proxy", "p:8080", "https://bitso.com", "http://p:8080"),
        ("HTTPS_PROXY", "http://p:8080", "wss://bitso.com/x", "http://p:8080"),
        ("HTTPS_PROXY", "http://p:8080", "http://bitso.com", None),
        ("ALL_PROXY", "socks5://p:1080", "https://bitso.com", "socks5://p:1080"),
        ("ALL_PROXY", "socks5h://u:w@p:1080", "ws://bitso.com", "socks5h://u:w@p:1080"),
        ("HTTPS_PROXY", "", "https://bitso.com", None),
        ("ALL_PROXY", "host:port", "https://127.0.0.1:1", None),
        ("ALL_PROXY", "host:port", "ws://localhost:1", None),
        ("ALL_PROXY", "host:port", "ws://[::1]:1", None),
    ],
)
def test_the_environment_means_what_it_means_elsewhere(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str, url: str, wanted: str | None
) -> None:
    monkeypatch.setenv(variable, text)
    assert proxy_for(url) == wanted


def test_hosts_that_need_no_proxy_get_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://p:8080")
    monkeypatch.setenv("NO_PROXY", "bitso.com")
    assert proxy_for("https://api.bitso.com") is None
    assert proxy_for("https://api.qfex.com") == "http://p:8080"


@pytest.mark.parametrize(
    "text",
    [
        "host:port",
        "http://u:geheim@host:port",
        "socks4://u:geheim@host:1",
        "ftp://x:1",
        "http://",
        "http://a b:1",
        "ä:1",
    ],
)
def test_an_unusable_proxy_is_refused_in_one_sentence_without_its_password(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", text)
    with pytest.raises(InputError) as caught:
        HttpClient("https://bitso.com", account="toy", sink=SINK.append, clock=PaperClock())
    assert "HTTPS_PROXY" in str(caught.value)
    assert "geheim" not in str(caught.value)
    assert "host:port" not in str(caught.value)


async def test_a_socket_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://u:geheim@host:port")
    with pytest.raises(Unreachable, match="ALL_PROXY") as caught:
        await open_socket("wss://venue.example", "Acme", QUICK)
    assert "geheim" not in str(caught.value)


class Proxy:
    """A real proxy on loopback that leads every name to one port: CONNECT, absolute-form HTTP and SOCKS 5."""

    def __init__(self, target: int, *, refuses: bool = False) -> None:
        self.target, self.refuses = target, refuses
        self.asked: list[str] = []
        self.tasks: list[asyncio.Task[None] | None] = []

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tasks.append(asyncio.current_task())
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            first = await reader.readexactly(1)
            if first == b"\x05":
                await self._socks(reader, writer)
            else:
                await self._http(first, reader, writer)
        writer.close()

    async def _socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        methods = await reader.readexactly((await reader.readexactly(1))[0])
        if 2 in methods:
            writer.write(b"\x05\x02")
            await reader.readexactly(1)
            user = await reader.readexactly((await reader.readexactly(1))[0])
            await reader.readexactly((await reader.readexactly(1))[0])
            self.asked.append(f"user {user.decode()}")
            writer.write(b"\x01\x00")
        else:
            writer.write(b"\x05\x00")
        _, _, _, kind = await reader.readexactly(4)
        host = await reader.readexactly((await reader.readexactly(1))[0] if kind == 3 else 4)
        await reader.readexactly(2)
        self.asked.append(host.decode("latin-1") if kind == 3 else ".".join(map(str, host)))
        writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        await self._join(b"", reader, writer)

    async def _http(self, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = first + await reader.readuntil(b"\r\n\r\n")
        self.asked.append(head.split(b"\r\n")[0].decode())
        if self.refuses:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        elif head.startswith(b"CONNECT"):
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await self._join(b"", reader, writer)
        else:
            await self._join(head, reader, writer)

    async def _join(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        their_reader, their_writer = await asyncio.open_connection("127.0.0.1", self.target)
        their_writer.write(head)

        async def carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            with contextlib.suppress(ConnectionError):
                while data := await source.read(65536):
                    sink.write(data)
                sink.write_eof()

        await asyncio.gather(carry(reader, their_writer), carry(their_reader, writer))
        their_writer.close()


@contextlib.asynccontextmanager
async def proxied(target: int, *, refuses: bool = False) -> AsyncIterator[tuple[Proxy, int]]:
    proxy = Proxy(target, refuses=refuses)
    running = await asyncio.start_server(proxy.take, "127.0.0.1", 0)
    async with running:
        yield proxy, running.sockets[0].getsockname()[1]
    await asyncio.gather(*(task for task in proxy.tasks if task is not None))


@contextlib.asynccontextmanager
async def web() -> AsyncIterator[int]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()

    running = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with running:
        yield running.sockets[0].getsockname()[1]


@pytest.mark.parametrize("scheme", ["http://", "socks5://", "socks5h://u:w@"])
async def test_requests_go_through_the_proxy(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    async with web() as port, proxied(port) as (proxy, at):
        monkeypatch.setenv("ALL_PROXY", f"{scheme}127.0.0.1:{at}")
        client = HttpClient("http://venue.example", account="toy", sink=SINK.append, clock=PaperClock())
        reply = await client.send(Request("GET", "/x", (), b""))
        await client.aclose()
    assert (reply.status, reply.body) == (200, b"ok")
    assert any("venue.example" in each for each in proxy.asked)


@pytest.mark.parametrize("scheme", ["http://", "socks5h://", "socks5h://u:w@"])
async def test_sockets_go_through_the_proxy(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    async with serve(lambda connection: connection.send("hello"), "127.0.0.1", 0) as venue:
        port = next(iter(venue.sockets)).getsockname()[1]
        async with proxied(port) as (proxy, at):
            monkeypatch.setenv("ALL_PROXY", f"{scheme}127.0.0.1:{at}")
            socket = await open_socket("ws://venue.example/private", "Acme", QUICK)
            assert await socket.receive() == "hello"
            await socket.close()
    assert any("venue.example" in each for each in proxy.asked)


REFUSED = (
    "The proxy 127.0.0.1:{} that HTTPS_PROXY names did not connect to {}{}; ask who runs it, or unset HTTPS_PROXY."
)


async def both_fail(monkeypatch: pytest.MonkeyPatch, proxy: str) -> tuple[str, str]:
    """Sentences of a request and of a socket."""
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    client = HttpClient("https://venue.example", account="toy", sink=SINK.append, clock=PaperClock())
    with pytest.raises(NotSent) as request:
        await client.send(Request("GET", "/x", (), b""))
    await client.aclose()
    with pytest.raises(Unreachable) as socket:
        await open_socket("wss://venue.example/s", "Acme", QUICK)
    assert "geheim" not in f"{request.value} {socket.value}"
    return str(request.value), str(socket.value).removeprefix("Acme: ")


async def test_a_proxy_that_refuses_is_blamed_and_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxied(1, refuses=True) as (_, at):
        request, socket = await both_fail(monkeypatch, f"http://u:geheim@127.0.0.1:{at}")
    assert request == REFUSED.format(at, "https://venue.example", " (HTTP 407)")
    assert socket == REFUSED.format(at, "wss://venue.example/s", " (HTTP 407)")


async def test_a_socks_proxy_that_refuses_is_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(3)
        writer.write(b"\x05\x00")
        await reader.readexactly(4)
        writer.write(b"\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00")
        await writer.drain()
        writer.close()

    running = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with running:
        at = running.sockets[0].getsockname()[1]
        request, socket = await both_fail(monkeypatch, f"socks5h://127.0.0.1:{at}")
    assert request == REFUSED.format(at, "https://venue.example", "")
    assert socket == REFUSED.format(at, "wss://venue.example/s", "")


@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h"])
@pytest.mark.parametrize("host", ["127.0.0.1:1", "no-such-proxy.invalid:8080"])
async def test_a_proxy_that_cannot_be_reached_is_blamed(
    monkeypatch: pytest.MonkeyPatch, scheme: str, host: str
) -> None:
    for text in await both_fail(monkeypatch, f"{scheme}://u:geheim@{host}"):
        assert text.startswith(f"The proxy {host} that HTTPS_PROXY names cannot be reached (")
        assert text.endswith("correct or unset HTTPS_PROXY.")
        assert "address and the network" not in text

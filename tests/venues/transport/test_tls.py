"""TLS on loopback: one store of trust for requests and sockets, true words, and nothing said to a stranger."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.domain.form import InputError
from app.runtime.clock import SystemClock
from app.venues.transport import tls
from app.venues.transport.failures import NotSent, Unanswered
from app.venues.transport.http import HttpClient
from app.venues.transport.messages import Request
from app.venues.transport.socket import HandshakeRefused, SocketSettings, Unreachable, open_socket
from tests.helpers.certificates import Authority

pytestmark = pytest.mark.sockets

#: Canary of what must not be said to a stranger.
SECRET = "kanari-a1b2c3"

SETTINGS = SocketSettings(open_within=5.0)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    return authority


class Heard:
    """Bytes a server read, TLS taken off where it speaks it."""

    def __init__(self) -> None:
        self.received = b""


Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def listening(answer: bytes, context: ssl.SSLContext | None, heard: Heard) -> AsyncIterator[int]:
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            heard.received += await reader.read(65536)
            writer.write(answer)
            await writer.drain()
        writer.close()

    # Whoever turns away from a certificate leaves the server with an error that is none of the test's.
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    running = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield running.sockets[0].getsockname()[1]
    finally:
        running.close()
        for writer in writers:
            writer.transport.abort()
        await running.wait_closed()


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


async def told_by_socket(url: str) -> str:
    with pytest.raises(Unreachable) as told:
        await open_socket(f"{url}/?key={SECRET}", "Acme", SETTINGS, {"X-Key": SECRET})
    return str(told.value)


async def told_by_request(url: str, kind: type[Exception] = NotSent) -> str:
    client = HttpClient(url, account="desk", sink=lambda _: None, clock=SystemClock(), timeout=5.0)
    with pytest.raises(kind) as told:
        await client.send(Request("GET", "/v1/orders", (("X-Key", SECRET),)))
    await client.aclose()
    return str(told.value)


CERTIFICATES = {
    "expired": (lambda by: by.server(begins=-9, ends=-1), "its certificate has expired"),
    "not yet valid": (lambda by: by.server(begins=3, ends=9), "its certificate is not valid yet"),
    "another host": (lambda by: by.server(host="elsewhere.example"), "its certificate is for another host"),
    "another address": (lambda by: by.server(host="127.0.0.2"), "its certificate is for another host"),
    "self-signed": (
        lambda by: by.server(self_signed=True),
        "its certificate is signed by itself and not by an authority; if it is yours, SSL_CERT_FILE may name it",
    ),
}


@pytest.mark.parametrize("case", CERTIFICATES)
async def test_a_certificate_is_refused_with_its_own_fault_named(case: str, trusted: Authority) -> None:
    make, words = CERTIFICATES[case]
    heard = Heard()
    async with listening(OK, make(trusted), heard) as port:
        assert words in await told_by_socket(f"wss://127.0.0.1:{port}")
        assert words in await told_by_request(f"https://127.0.0.1:{port}")
    assert heard.received == b""


async def test_an_unknown_authority_is_named_as_such(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    heard = Heard()
    async with listening(OK, authority.server(), heard) as port:
        for told in (
            await told_by_socket(f"wss://127.0.0.1:{port}"),
            await told_by_request(f"https://127.0.0.1:{port}"),
        ):
            assert "signed by an authority this machine does not know; SSL_CERT_FILE may name it" in told
            assert "is not a ws:// or wss:// address" not in told
    assert heard.received == b""


async def test_an_authority_of_the_environment_is_trusted_by_requests_and_sockets(trusted: Authority) -> None:
    heard = Heard()
    async with listening(OK, trusted.server(), heard) as port:
        client = HttpClient(f"https://127.0.0.1:{port}", account="desk", sink=lambda _: None, clock=SystemClock())
        assert (await client.send(Request("GET", "/v1/orders"))).status == 200
        await client.aclose()
        with pytest.raises(HandshakeRefused, match="HTTP 200"):  # so TLS is no obstacle
            await open_socket(f"wss://127.0.0.1:{port}", "Acme", SETTINGS)
    assert b"GET /v1/orders" in heard.received
    assert b"Upgrade: websocket" in heard.received


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_who_wants_a_certificate_of_ours_is_told_as_such(trusted: Authority, version: ssl.TLSVersion) -> None:
    context = trusted.server()
    context.verify_mode = ssl.CERT_REQUIRED
    context.minimum_version = context.maximum_version = version
    with socket.create_server(("127.0.0.1", 0)) as server:

        def refuse() -> None:
            raw, _ = server.accept()
            with context.wrap_socket(raw, server_side=True, do_handshake_on_connect=False) as wrapped:
                with contextlib.suppress(OSError):
                    wrapped.do_handshake()
                # What it says as it turns somebody away is lost if it hangs up before it has read what came meanwhile.
                while socket.socket.recv(wrapped, 4096):
                    pass

        with ThreadPoolExecutor(1) as thread:
            thread.submit(refuse)
            told = await told_by_request(f"https://127.0.0.1:{server.getsockname()[1]}", Exception)
    assert "certificate" in told.partition("(")[2]
    assert "Redline has" in told


async def test_plain_http_on_a_tls_port_is_told_as_such() -> None:
    heard = Heard()
    async with listening(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", None, heard) as port:
        for told in (
            await told_by_socket(f"wss://127.0.0.1:{port}"),
            await told_by_request(f"https://127.0.0.1:{port}"),
        ):
            assert "does not speak TLS but, it seems, plain HTTP" in told
    assert SECRET.encode() not in heard.received


#: An alert of TLS: "unexpected message", as a server sends it that is spoken to in plain HTTP.
ALERT = b"\x15\x03\x03\x00\x02\x02\x0a"


async def test_tls_on_a_plain_port_is_told_as_such() -> None:
    async with listening(ALERT, None, Heard()) as port:
        assert "if it speaks TLS, write wss://" in await told_by_socket(f"ws://127.0.0.1:{port}")
        assert "gave no answer" in await told_by_request(f"http://127.0.0.1:{port}", Unanswered)


async def test_a_handshake_that_is_cut_is_told_as_such() -> None:
    heard = Heard()
    async with listening(b"", None, heard) as port:
        for told in (
            await told_by_socket(f"wss://127.0.0.1:{port}"),
            await told_by_request(f"https://127.0.0.1:{port}"),
        ):
            assert "the connection was cut during the TLS handshake" in told
    assert SECRET.encode() not in heard.received


async def test_an_old_tls_is_told_as_such(trusted: Authority) -> None:
    # The answer of a server that knows nothing newer than TLS 1.1: an alert "protocol version".
    async with listening(b"\x15\x03\x02\x00\x02\x02\x46", None, Heard()) as port:
        for told in (
            await told_by_socket(f"wss://127.0.0.1:{port}"),
            await told_by_request(f"https://127.0.0.1:{port}"),
        ):
            assert "it speaks no TLS of version 1.2 or newer" in told


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
async def test_authorities_that_cannot_be_read_are_told_by_their_variable(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "none"))
    with pytest.raises(InputError, match=rf"{variable} is not a (file|folder) of certificates"):
        HttpClient("https://venue.example", account="desk", sink=lambda _: None, clock=SystemClock())
    with pytest.raises(Unreachable, match=rf"{variable} is not a (file|folder) of certificates"):
        await open_socket("wss://127.0.0.1:1", "Acme", SETTINGS)


def test_a_file_that_holds_no_certificate_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "notes").write_text("no certificate")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "notes"))
    with pytest.raises(InputError, match="SSL_CERT_FILE is not a file of certificates"):
        tls.context()


def test_verification_is_always_on_and_old_versions_are_off(
    trusted: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tls.context()
    assert made.verify_mode is ssl.CERT_REQUIRED
    assert made.check_hostname
    assert made.minimum_version is ssl.TLSVersion.TLSv1_2
    assert tls.context() is made
    monkeypatch.delenv("SSL_CERT_FILE")
    assert tls.context() is not made

"""Bounds of a socket: size, parts and time of a message, and what waits unread; each breaks one connection, by name."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from app.venues.transport import socket as sockets
from app.venues.transport.faults import Broken, SocketFault, Unreachable
from app.venues.transport.socket import Socket, SocketSettings, keep_connected

pytestmark = pytest.mark.sockets

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def frame(
    payload: bytes, opcode: int = 1, *, fin: bool = True, packed: bool = False, claims: int | None = None
) -> bytes:
    """One frame as a server writes it; `claims` is a length other than the true one."""
    length = len(payload) if claims is None else claims
    first = opcode | (0x80 if fin else 0) | (0x40 if packed else 0)
    if length < 126:
        return bytes([first, length]) + payload
    return bytes([first, 127]) + struct.pack("!Q", length) + payload


@contextlib.asynccontextmanager
async def venue(serve: Serve, extra: bytes = b"") -> AsyncIterator[str]:
    """A server that makes the handshake and then does as it likes."""
    serving: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving[asyncio.current_task()] = writer
        head = await reader.readuntil(b"\r\n\r\n")
        headers = dict(line.split(b": ", 1) for line in head.split(b"\r\n") if b": " in line)
        accept = base64.b64encode(hashlib.sha1(headers[b"Sec-WebSocket-Key"] + _GUID).digest())
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n" + extra + b"\r\n"
        )
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await serve(reader, writer)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task, writer in serving.items():
            writer.transport.abort()
            if task is not None:
                await task
        await server.wait_closed()


class Handler:
    """Takes what comes and stops at the first end."""

    def __init__(self) -> None:
        self.frames: list[str] = []
        self.fault: SocketFault | None = None

    async def opened(self, socket: Socket) -> None: ...

    def frame(self, socket: Socket, text: str) -> None:
        self.frames.append(text)

    async def beat(self, socket: Socket) -> None: ...

    def closed(self, fault: SocketFault) -> bool:
        self.fault = fault
        return False


async def end_of(serve: Serve, extra: bytes = b"", **changes: float) -> tuple[SocketFault, list[str]]:
    settings = SocketSettings(largest_frame=1 << 20, **changes)  # type: ignore[arg-type]
    handler = Handler()
    async with venue(serve, extra) as url:
        await keep_connected(url, handler, name="Acme", jitter=lambda: 0.0, settings=settings)
    assert handler.fault is not None
    return handler.fault, handler.frames


def sending(*frames: bytes) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for each in frames:
            writer.write(each)
            await writer.drain()
        await reader.read()

    return serve


PART = bytes(300 << 10)

TOO_LARGE = "sent a message larger than 1 MiB or in too many parts; connecting again."
NO_FRAME = "sent what is no websocket frame; connecting again."


@pytest.mark.parametrize(
    "frames, told",
    [
        ([frame(b"", claims=(1 << 20) + 1)], TOO_LARGE),
        ([frame(b"", claims=1 << 62)], TOO_LARGE),
        ([frame(PART, fin=False), *[frame(PART, 0, fin=False)] * 4], TOO_LARGE),
        ([frame(b"", fin=False), *[frame(b"", 0, fin=False)] * 5000], TOO_LARGE),
        ([frame(zlib.compress(bytes(64 << 20)), packed=True)], NO_FRAME),
        ([frame(b"x", 3)], NO_FRAME),
        ([frame(b"x", 0)], NO_FRAME),
        ([frame(b"x" * 200, 9)], NO_FRAME),
        ([frame(b"\xff\xfe")], "sent text that is not UTF-8; connecting again."),
    ],
)
async def test_a_broken_bound_or_rule_is_named(frames: list[bytes], told: str) -> None:
    fault, taken = await end_of(sending(frame(b"before"), *frames))
    assert isinstance(fault, Broken)
    assert str(fault).startswith("Acme at ws://127.0.0.1:")
    assert str(fault).endswith(told)
    assert taken == ["before"]


async def test_a_message_in_parts_up_to_the_bound_is_taken() -> None:
    parts = [frame(b"a", fin=False), *[frame(b"b", 0, fin=False)] * 1000, frame(b"c", 0)]
    fault, taken = await end_of(sending(*parts, frame(b"\x0f\xa0", 8)))
    assert taken == ["a" + "b" * 1000 + "c"]
    assert "closed the connection (code 4000)" in str(fault)


async def test_packing_that_was_not_offered_is_not_taken_up() -> None:
    fault, _ = await end_of(sending(), b"Sec-WebSocket-Extensions: permessage-deflate\r\n")
    assert isinstance(fault, Unreachable)


@pytest.mark.parametrize(
    "start, more", [(frame(b"{", fin=False), frame(b" ", 0, fin=False)), (frame(b"", claims=999_999), b" ")]
)
async def test_a_message_that_never_ends_is_left_when_its_time_is_over(start: bytes, more: bytes) -> None:
    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(frame(b"whole") + start)
        while True:
            writer.write(more)
            await writer.drain()
            await asyncio.sleep(0.001)

    fault, taken = await end_of(trickle, whole_within=0.02)
    assert str(fault).endswith("did not finish a message within 0.02 s.")
    assert taken == ["whole"]


async def test_a_venue_that_reads_nothing_of_the_answers_to_its_pings_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "MOST_UNREAD", 1 << 20)

    async def ping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        flood = frame(b"x" * 125, 9) * 1000
        while True:
            writer.write(flood)
            await writer.drain()

    fault, _ = await end_of(ping, whole_within=1.0)
    assert str(fault).endswith("leaves more than 1 MiB unread of what is sent to it.")

"""The socket keeper against a real server on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import http
import logging
import socket as plain_socket
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from app.venues.transport.failures import NotSent
from app.venues.transport.socket import (
    Backoff,
    Broken,
    HandshakeRefused,
    Socket,
    SocketFault,
    SocketSettings,
    Unforeseen,
    Unreachable,
    keep_connected,
    open_socket,
    shown_address,
)
from tests.helpers.logfail import AnnouncedLogs

QUICK = SocketSettings(open_within=5.0, first_delay=0.001, longest_delay=0.002)


def no_jitter() -> float:
    return 0.0


@contextlib.asynccontextmanager
async def server(handler: Callable[[ServerConnection], Awaitable[None]], **options: object) -> AsyncIterator[str]:
    running: Server = await serve(handler, "127.0.0.1", 0, **options)  # type: ignore[arg-type]
    try:
        port = running.sockets[0].getsockname()[1]
        yield f"ws://127.0.0.1:{port}"
    finally:
        running.close()
        await running.wait_closed()


def free_port() -> int:
    with plain_socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def echo(connection: ServerConnection) -> None:
    with contextlib.suppress(ConnectionClosed):
        async for message in connection:
            await connection.send(message)


class Recorder:
    """A handler that notes what happens and stops after some ends."""

    def __init__(self, stop_after: int = 1) -> None:
        self.frames: list[str] = []
        self.faults: list[SocketFault] = []
        self.sockets: list[Socket] = []
        self.beats = 0
        self.got = asyncio.Event()
        self.stop_after = stop_after
        self.refuse: SocketFault | None = None
        self.greet: str | None = "hello"

    async def opened(self, socket: Socket) -> None:
        self.sockets.append(socket)
        if self.greet is not None:
            await socket.send(self.greet)
        if self.refuse is not None:
            raise self.refuse

    def frame(self, socket: Socket, text: str) -> None:
        self.frames.append(text)
        self.got.set()

    async def beat(self, socket: Socket) -> None:
        self.beats += 1
        if self.beats == 2:
            socket.drop("Acme went silent.")

    def closed(self, fault: SocketFault) -> bool:
        self.faults.append(fault)
        return len(self.faults) < self.stop_after


async def test_frames_come_back_and_sending_after_the_end_is_known_as_not_sent() -> None:
    async with server(echo) as url:
        handler = Recorder()
        task = asyncio.create_task(keep_connected(url, handler, name="Acme", jitter=no_jitter, settings=QUICK))
        await handler.got.wait()
        assert handler.frames == ["hello"]
        held = handler.sockets[0]
        assert held.is_open
        assert held.quiet_for() >= 0
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert not held.is_open
        with pytest.raises(NotSent, match="nothing was sent"):
            await held.send("late")


async def test_a_closed_connection_is_reported_with_the_venues_words_and_opened_again() -> None:
    async def hang_up(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.close(4001, "bye now")

    async with server(hang_up) as url:
        handler = Recorder(stop_after=3)
        await keep_connected(url, handler, name="Acme", jitter=no_jitter, settings=QUICK)
    assert len(handler.sockets) == 3
    fault = handler.faults[0]
    assert isinstance(fault, Broken)
    assert (fault.code, fault.reason) == (4001, "bye now")
    assert str(fault) == f"Acme at {shown_address(url)} closed the connection (bye now)."


async def test_a_connection_cut_without_goodbye_is_broken() -> None:
    async def cut(connection: ServerConnection) -> None:
        await connection.recv()
        connection.transport.abort()

    async with server(cut) as url:
        handler = Recorder()
        await keep_connected(url, handler, name="Acme", jitter=no_jitter, settings=QUICK)
    assert isinstance(handler.faults[0], Broken)
    assert handler.faults[0].code == 1006


async def test_a_dead_address_is_one_sentence_and_retried() -> None:
    url = f"ws://127.0.0.1:{free_port()}/private?token=secret"
    handler = Recorder(stop_after=2)
    await keep_connected(url, handler, name="Acme", jitter=no_jitter, settings=QUICK)
    assert [type(fault) for fault in handler.faults] == [Unreachable, Unreachable]
    text = str(handler.faults[0])
    assert "Acme at ws://127.0.0.1:" in text
    assert "cannot be reached" in text
    assert "secret" not in text


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "nonsense", "ws://", "ws://127.0.0.1:99999/"])
async def test_an_address_that_is_no_socket_address_says_so(url: str) -> None:
    with pytest.raises(Unreachable, match="is not a ws"):
        await open_socket(url, "Acme", QUICK)


async def test_a_server_that_never_answers_is_unreachable() -> None:
    gone = asyncio.Event()

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()
        gone.set()

    running = await asyncio.start_server(mute, "127.0.0.1", 0)
    url = f"ws://127.0.0.1:{running.sockets[0].getsockname()[1]}"
    with pytest.raises(Unreachable, match="did not answer within"):
        await open_socket(url, "Acme", SocketSettings(open_within=0.05))
    await gone.wait()
    running.close()
    await running.wait_closed()


async def test_a_server_that_speaks_something_else_is_unreachable() -> None:
    async def babble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n\r\n")
        writer.close()

    running = await asyncio.start_server(babble, "127.0.0.1", 0)
    url = f"ws://127.0.0.1:{running.sockets[0].getsockname()[1]}"
    with pytest.raises(Unreachable, match="cannot be reached"):
        await open_socket(url, "Acme", QUICK)
    running.close()
    await running.wait_closed()


async def test_a_refused_handshake_gives_status_and_body() -> None:
    def refuse(connection: ServerConnection, _request: object) -> object:
        return connection.respond(http.HTTPStatus.UNAUTHORIZED, "key unknown\n")

    async with server(echo, process_request=refuse) as url:
        handler = Recorder()
        await keep_connected(url, handler, name="Acme", jitter=no_jitter, settings=QUICK)
    fault = handler.faults[0]
    assert isinstance(fault, HandshakeRefused)
    assert fault.status == 401
    assert "key unknown" in fault.body
    assert "HTTP 401" in str(fault)


async def test_headers_are_made_anew_for_each_attempt() -> None:
    seen: list[str] = []

    async def note(connection: ServerConnection) -> None:
        assert connection.request is not None
        seen.append(connection.request.headers["X-Nonce"])
        await connection.close()

    count = iter(range(10))
    async with server(note) as url:
        handler = Recorder(stop_after=2)
        handler.greet = None
        await keep_connected(
            url,
            handler,
            name="Acme",
            jitter=no_jitter,
            settings=QUICK,
            headers=lambda: {"X-Nonce": str(next(count))},
        )
    assert seen == ["0", "1"]


async def test_a_fault_raised_while_logging_in_ends_the_connection_and_wins_over_the_close() -> None:
    class LoginRefused(SocketFault):
        pass

    async with server(echo) as url:
        handler = Recorder()
        handler.refuse = LoginRefused("Acme refused the key.")
        await keep_connected(url, handler, name="Acme", jitter=no_jitter, settings=QUICK)
    assert isinstance(handler.faults[0], LoginRefused)


async def test_a_keeper_that_is_cancelled_while_it_ends_leaves_no_open_connection() -> None:
    leaving, go = asyncio.Event(), asyncio.Event()

    class Lingering(Recorder):
        async def opened(self, socket: Socket) -> None:
            self.sockets.append(socket)
            try:
                self.got.set()
                await asyncio.Event().wait()
            finally:
                leaving.set()
                await go.wait()

    handler = Lingering()
    async with server(echo) as url:
        keeper = asyncio.create_task(keep_connected(url, handler, name="Acme", jitter=no_jitter, settings=QUICK))
        await handler.got.wait()
        keeper.cancel()
        await leaving.wait()
        keeper.cancel()
        go.set()
        with pytest.raises(asyncio.CancelledError):
            await keeper
        assert not handler.sockets[0].is_open


async def test_a_fault_of_the_handler_itself_ends_that_connection_and_the_next_one_comes_up(
    announced_logs: AnnouncedLogs,
) -> None:
    announced_logs.expect("what takes the messages of Acme failed", logging.ERROR)

    class Faulty(Recorder):
        def frame(self, socket: Socket, text: str) -> None:
            if not self.faults:
                raise OverflowError("oversight²")
            super().frame(socket, text)
            socket.drop("Enough.")

    async with server(echo) as url:
        handler = Faulty(stop_after=2)
        await keep_connected(url, handler, name="Acme", jitter=no_jitter, settings=QUICK)
    assert isinstance(handler.faults[0], Unforeseen)
    assert "OverflowError: oversight²" in str(handler.faults[0])
    assert handler.frames == ["hello"], "the next connection is followed as ever"


async def test_the_heartbeat_may_drop_a_silent_connection() -> None:
    async with server(echo) as url:
        handler = Recorder()
        settings = SocketSettings(beat_every=0.001, first_delay=0.001)
        await keep_connected(url, handler, name="Acme", jitter=no_jitter, settings=settings)
    assert handler.beats == 2
    assert str(handler.faults[0]) == "Acme went silent."


async def test_a_binary_frame_is_read_as_text_and_broken_text_does_not_raise() -> None:
    async def answer(connection: ServerConnection) -> None:
        await connection.send("größer".encode())
        await connection.send(b"\xff{}")
        await connection.wait_closed()

    async with server(answer) as url:
        held = await open_socket(url, "Acme", QUICK)
        assert await held.receive() == "größer"
        assert await held.receive() == "\ufffd{}"
        await held.close()
        with pytest.raises(Broken):
            await held.receive()


@pytest.mark.parametrize(
    "url, shown",
    [
        ("wss://user:pw@trade.example:444/a?key=1#x", "wss://trade.example:444/a"),
        ("ws://[::1]:9/", "ws://[::1]:9/"),
        ("ws://host:notaport/", "an unreadable address"),
    ],
)
def test_a_shown_address_has_no_secret_in_it(url: str, shown: str) -> None:
    assert shown_address(url) == shown


@given(jitters=st.lists(st.floats(0, 1), min_size=1, max_size=200))
def test_waits_grow_and_stay_within_their_bounds(jitters: list[float]) -> None:
    settings = SocketSettings(first_delay=0.5, longest_delay=30.0)
    source = iter(jitters)
    backoff = Backoff(settings, lambda: next(source))
    for attempt, jitter in enumerate(jitters):
        full = min(30.0, 0.5 * 2.0 ** min(attempt, 64))
        assert backoff.next() == pytest.approx(full * (0.5 + 0.5 * jitter))


def test_waits_begin_again_after_a_reset() -> None:
    backoff = Backoff(SocketSettings(first_delay=1.0), lambda: 1.0)
    assert [backoff.next(), backoff.next()] == [1.0, 2.0]
    backoff.reset()
    assert backoff.next() == 1.0

"""One websocket kept alive: connect, hand every frame on, beat, notice the end, wait, connect again.

The venue's connector is the handler; it knows what to log in with and what the frames mean. Nothing here retries a
message: what was handed to a connection that then breaks may or may not have arrived, and only the venue can tell.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.protocol import State

from app.venues.transport.faults import (
    Broken,
    HandshakeRefused,
    LoginRefused,
    SocketFault,
    Unforeseen,
    Unreachable,
    WriteNotSent,
)
from app.venues.transport.handshake import Connection, SocketSettings, open_connection, shown_address
from app.venues.transport.secrecy import Secrecy

#: What a connector needs of a socket comes from here.
__all__ = [
    "Backoff",
    "Broken",
    "HandshakeRefused",
    "LoginRefused",
    "Socket",
    "SocketFault",
    "SocketHandler",
    "SocketSettings",
    "Unforeseen",
    "Unreachable",
    "WriteNotSent",
    "keep_connected",
    "open_socket",
    "shown_address",
]

log = logging.getLogger("redline.venues")

#: Characters of the answer to a refused handshake that are kept.
SHOWN = 500

#: A connection that lasted so many seconds was one: an unforeseen fault after it is a new one.
CAME_UP = 120.0

#: Bytes that wait to be taken by a venue that reads nothing; its pings, say, each have an answer.
MOST_UNREAD = 4 * 1024 * 1024


class Backoff:
    """Waits that grow from attempt to attempt, spread by a jitter so that clients do not come back all at once."""

    def __init__(self, settings: SocketSettings, jitter: Callable[[], float]) -> None:
        """Args: settings: the delays. jitter: gives a number from 0 to 1 each time; half of a delay depends on it."""
        self._settings = settings
        self._jitter = jitter
        self._attempt = 0

    def next(self) -> float:
        """Seconds to wait before the next attempt."""
        settings = self._settings
        # The exponent is bounded because a float overflows long before a night of attempts is over.
        grown = settings.first_delay * settings.factor ** min(self._attempt, 64)
        self._attempt += 1
        return min(settings.longest_delay, grown) * (0.5 + 0.5 * self._jitter())

    def reset(self) -> None:
        """Begin again with the first delay: a connection came up."""
        self._attempt = 0


async def open_socket(
    url: str,
    name: str,
    settings: SocketSettings,
    headers: Mapping[str, str] | None = None,
    secrecy: Secrecy | None = None,
) -> Socket:
    """Connect once; arguments and faults as of `app.venues.transport.handshake.open_connection`."""
    secrecy = Secrecy(()) if secrecy is None else secrecy
    secrecy.leaves((headers or {}).items())
    try:
        return Socket(await open_connection(url, name, settings, headers), name, shown_address(url), secrecy)
    except HandshakeRefused as fault:
        fault.body = secrecy.text(secrecy.enters(fault.body))[:SHOWN]
        raise


class Socket:
    """One live connection, from the handshake to its end; a new one is made for each attempt."""

    def __init__(self, connection: Connection, name: str, address: str, secrecy: Secrecy) -> None:
        """Take over an open connection.

        Args:
            connection: open.
            name: what a person calls it.
            address: where it leads, without its query.
            secrecy: told of what leaves and what enters.
        """
        self._secrecy = secrecy
        self.name = name
        self.address = address
        self._connection = connection
        self._dropped: str | None = None
        self._received = 0
        #: What had begun when last looked, by how many messages and frames came before it, and when that was.
        self._begun = (-1, -1, 0.0)
        self._heard = asyncio.get_running_loop().time()

    @property
    def is_open(self) -> bool:
        """Return True if a message could be handed over now."""
        return self._dropped is None and self._connection.state is State.OPEN

    def quiet_for(self) -> float:
        """Seconds since the last frame came in (or since the handshake)."""
        return asyncio.get_running_loop().time() - self._heard

    async def send(self, text: str) -> None:
        """Hand one text frame over; returns when the operating system took it or will as soon as it can.

        Raises:
            NotSent: it was closed already; nothing left.
            Broken: it ended while writing; the frame may have left.
        """
        if not self.is_open:
            raise WriteNotSent(f"{self.name} is not connected; nothing was sent.")
        self._secrecy.leaves(text=text)
        try:
            await self._connection.send(text)
        except ConnectionClosed as error:
            raise self._end(error) from error

    async def receive(self) -> str:
        """Wait for the next frame; a binary one is read as UTF-8 text.

        Raises:
            Broken: the connection ended.
        """
        try:
            message = await self._connection.recv()
        except ConnectionClosed as error:
            raise self._end(error) from error
        self._heard = asyncio.get_running_loop().time()
        self._received += 1
        # A venue that sends broken UTF-8 is answered by the codec, which finds the JSON unreadable.
        text = message if isinstance(message, str) else message.decode("utf-8", errors="replace")
        return self._secrecy.enters(text)

    def look(self, whole_within: float) -> None:
        """Drop a connection on which a message never ends, or which takes nothing of what is sent."""
        now = asyncio.get_running_loop().time()
        protocol = self._connection.protocol
        if self._connection.transport.get_write_buffer_size() > MOST_UNREAD:
            most = MOST_UNREAD // (1024 * 1024)
            self.drop(f"{self.name} at {self.address} leaves more than {most} MiB unread of what is sent to it.")
            return
        # A message in parts has begun with its first, and goes on whatever comes between them.
        in_parts = protocol.current_size is not None
        begun = (self._received, -1 if in_parts else self._connection.frames)
        if (not in_parts and not protocol.reader.buffer) or begun != self._begun[:2]:
            self._begun = (*begun, now)
        elif now - self._begun[2] >= whole_within:
            self.drop(f"{self.name} at {self.address} did not finish a message within {whole_within:g} s.")

    def drop(self, text: str) -> None:
        """Break the connection at once, because it is silent or out of step; `text` is the sentence that says why."""
        if self._dropped is None:
            self._dropped = text
            self._connection.transport.abort()

    async def close(self) -> None:
        """Say goodbye, briefly; whoever is cancelled meanwhile leaves no open connection behind."""
        try:
            await self._connection.close()
        finally:
            self._connection.transport.abort()

    def _end(self, error: ConnectionClosed) -> Broken:
        frame = error.rcvd
        code = frame.code if frame is not None else 1006
        reason = frame.reason if frame is not None else ""
        reason = self._secrecy.text(self._secrecy.enters(reason))
        if self._dropped is not None:
            return Broken(self._dropped, code, reason)
        if error.sent is not None and not error.rcvd_then_sent and (words := self._broken_rule(error.sent.code)):
            return Broken(f"{self.name} at {self.address} {words}; connecting again.", code, reason)
        why = f" ({reason})" if reason else f" (code {code})" if frame is not None else ""
        return Broken(f"{self.name} at {self.address} closed the connection{why}.", code, reason)

    def _broken_rule(self, code: int) -> str:
        """Return which rule a venue broke where it is we who ended the connection, "" where it broke none."""
        most = self._connection.protocol.max_message_size or 0
        return {
            CloseCode.MESSAGE_TOO_BIG: f"sent a message larger than {most // (1024 * 1024)} MiB or in too many parts",
            CloseCode.PROTOCOL_ERROR: "sent what is no websocket frame",
            CloseCode.INVALID_DATA: "sent text that is not UTF-8",
        }.get(CloseCode(code) if code in set(CloseCode) else CloseCode.NORMAL_CLOSURE, "")


class SocketHandler(Protocol):
    """Face of a connector towards a socket."""

    async def opened(self, socket: Socket) -> None:
        """Log in, subscribe, list; runs beside `frame`. Raise a `SocketFault` to end the connection."""
        ...

    def frame(self, socket: Socket, text: str) -> None:
        """Take one frame; returns at once and lets no malformed frame raise."""
        ...

    async def beat(self, socket: Socket) -> None:
        """Called every `beat_every` seconds: send the venue's own heartbeat, or drop a silent connection."""
        ...

    def closed(self, fault: SocketFault) -> bool:
        """The connection ended or never came up; answers whether to try again."""
        ...


async def keep_connected(
    url: str,
    handler: SocketHandler,
    *,
    name: str,
    jitter: Callable[[], float],
    settings: SocketSettings | None = None,
    headers: Callable[[], Mapping[str, str]] | None = None,
    secrecy: Secrecy | None = None,
) -> None:
    """Connect, run the handler, and connect again after a growing wait, until the handler wants no more.

    Args:
        url: a ws:// or wss:// address.
        handler: the connector.
        name: what a person calls this connection.
        jitter: gives a number from 0 to 1 each time.
        settings: how the socket is kept.
        headers: makes the extra headers of each opening request.
        secrecy: told of what leaves and what enters.
    """
    settings = settings or SocketSettings()
    backoff, unforeseen = Backoff(settings, jitter), Backoff(settings, jitter)
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        try:
            socket = await open_socket(url, name, settings, headers() if headers is not None else None, secrecy)
            fault: SocketFault = await _session(socket, handler, settings, backoff)
        except (Unreachable, HandshakeRefused) as error:
            fault = error
        if not handler.closed(fault):
            return
        if loop.time() - began > CAME_UP:
            unforeseen.reset()
        # A message that breaks us comes again after each login: that wait grows whatever came up in between.
        asked = max(fault.wait, fault.pause) if isinstance(fault, HandshakeRefused) else 0.0
        await asyncio.sleep(max(asked, unforeseen.next() if isinstance(fault, Unforeseen) else backoff.next()))


async def _session(socket: Socket, handler: SocketHandler, settings: SocketSettings, backoff: Backoff) -> SocketFault:
    """Run one connection to its end and say how it ended."""
    reader = asyncio.create_task(_read(socket, handler), name=f"{socket.name} reader")
    opener = asyncio.create_task(handler.opened(socket), name=f"{socket.name} login")
    watcher = asyncio.create_task(_watch(socket, settings.whole_within), name=f"{socket.name} bounds")
    tasks: set[asyncio.Task[None]] = {reader, opener, watcher}
    if settings.beat_every is not None:
        tasks.add(asyncio.create_task(_beat(socket, handler, settings.beat_every), name=f"{socket.name} heartbeat"))
    waiting = set(tasks)
    try:
        while True:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            errors = [error for task in done if (error := task.exception()) is not None]
            if opener in done and not errors:
                backoff.reset()
            if errors:
                # A refused login says more than the close that follows it.
                telling = [error for error in errors if not isinstance(error, Broken)] or errors
                return _fault(socket, telling[0])
    finally:
        for task in tasks:
            task.cancel()
        try:
            await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            await socket.close()


def _fault(socket: Socket, error: BaseException) -> SocketFault:
    """The error as what ended the connection; one of our own costs this connection and nothing else."""
    if isinstance(error, SocketFault):
        return error
    if not isinstance(error, Exception):
        raise error
    log.error("what takes the messages of %s failed", socket.name, exc_info=error)
    words = " ".join(str(error).split())[:200]
    return Unforeseen(f"{socket.name}: an unforeseen fault ended the connection ({type(error).__name__}: {words}).")


async def _read(socket: Socket, handler: SocketHandler) -> None:
    while True:
        handler.frame(socket, await socket.receive())


async def _watch(socket: Socket, whole_within: float) -> None:
    while True:
        await asyncio.sleep(whole_within / 4)
        socket.look(whole_within)


async def _beat(socket: Socket, handler: SocketHandler, every: float) -> None:
    while True:
        await asyncio.sleep(every)
        await handler.beat(socket)

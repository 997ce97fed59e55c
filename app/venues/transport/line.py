"""One connection to a venue that carries one request at a time: written in one piece, its reply read in parts.

`asyncio` brings the socket and its TLS, h11 reads what comes back. A request is *written* once every byte of it has
been taken by the operating system; as long as one waits in a buffer of ours it is not.
"""

from __future__ import annotations

import asyncio
import re
import select
import socket
import ssl
from collections.abc import AsyncIterator
from functools import cache
from ipaddress import ip_address

import h11
import httpx

#: Longest head of a reply, and most bytes kept before the reader of a reply takes them.
_LONGEST_HEAD, _MOST_KEPT = 100 * 1024, 256 * 1024

#: Seconds between two looks at bytes that the operating system has not taken yet.
_LOOK_AGAIN = 0.002

#: Seconds after which a name's next address is tried beside one that does not answer (RFC 8305).
_NEXT_ADDRESS_AFTER = 0.25

#: A head that h11 would write as well.
_TOKEN, _VALUE = (
    rb"[-!#$%&'*+.^_`|~0-9A-Za-z]+",
    rb"(?:[\x21-\x7e\x80-\xff](?:[ \t\x21-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?",
)
_HEAD = re.compile(rb"%b [\x21-\x7e]+ HTTP/1\.1\r\n(?:%b: %b\r\n)+\r\n" % (_TOKEN, _TOKEN, _VALUE))


def encoded(request: httpx.Request) -> bytes:
    """The exact bytes of a request, head and body.

    Raises:
        httpx.LocalProtocolError: if its head would be read as something else.
    """
    first = b"%b %b HTTP/1.1\r\n" % (request.method.encode("ascii"), request.url.raw_path)
    lines = [b"%b: %b\r\n" % pair for pair in request.headers.raw]
    head = b"".join([first, *lines, b"\r\n"])
    if head.count(b"\n") != len(lines) + 2 or _HEAD.fullmatch(head) is None:
        raise httpx.LocalProtocolError("a letter in it may not stand in a request", request=request)
    return head + request.content


class Line(asyncio.Protocol):
    """One connection.

    Attributes:
        lost: done once nothing of it is left.
        idle_since: time of the loop at which its last request was over.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Connect nothing yet; see `open_line`."""
        self.lost: asyncio.Future[None] = loop.create_future()
        self.idle_since = 0.0
        self._loop = loop
        #: The socket's own transport, and what is written to: the same, or TLS upon it.
        self._socket: asyncio.Transport | None = None
        self._transport: asyncio.Transport | None = None
        self._kept: list[bytes] = []
        self._size = 0
        self._is_paused = self._has_ended = False
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._reading = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)

    # -- what the loop tells -------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the socket's transport; nothing may rest in its buffer unseen."""
        assert isinstance(transport, asyncio.Transport)
        self._socket = self._transport = transport
        transport.set_write_buffer_limits(high=0)

    def data_received(self, data: bytes) -> None:
        """Keep what came until it is asked for, and stop the venue when too much is kept."""
        self._kept.append(data)
        self._size += len(data)
        if self._size > _MOST_KEPT and not self._is_paused and self._transport is not None:
            self._is_paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """Note that nothing more comes; the transport closes itself."""
        self._has_ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note the end, and its reason after what came before it."""
        self._has_ended = True
        self._error = self._error or exc
        if not self.lost.done():
            self.lost.set_result(None)
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # -- its life ------------------------------------------------------------------------------------------------------

    async def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Speak TLS from now on, to that host and to no other."""
        assert self._socket is not None
        self._transport = await self._loop.start_tls(self._socket, self, context, server_hostname=host)
        if self._transport is None:
            raise ConnectionResetError("the connection was cut")

    @property
    def is_fit(self) -> bool:
        """Return True if a request may be written: open, and nothing came that nobody asked for, such as its end."""
        if self._has_ended or self._size or self._transport is None or self._transport.is_closing():
            return False
        return not _is_readable(self._transport.get_extra_info("socket"))

    def abort(self) -> None:
        """End it at once, whatever is on it."""
        self._has_ended = True
        if self._transport is not None:
            self._transport.abort()
        self._wake()

    # -- a request and its reply ---------------------------------------------------------------------------------------

    def write(self, data: bytes) -> bool:
        """Hand bytes over, all at once; True if the operating system has taken every one of them."""
        assert self._transport is not None
        self._transport.write(data)
        return not self._unsent() and not self._transport.is_closing()

    async def drain(self, within: float | None) -> bool:
        """Wait until the operating system has taken what was written; False where the connection broke before that.

        Raises:
            httpx.WriteTimeout: it takes nothing more.
        """
        assert self._transport is not None
        until = None if within is None else self._loop.time() + within
        while self._unsent() and not self._transport.is_closing() and not self.lost.done():
            if until is not None and self._loop.time() > until:
                raise httpx.WriteTimeout("the request was not taken in time")
            await asyncio.sleep(_LOOK_AGAIN)
        return not self._transport.is_closing() and not self._unsent()

    def _unsent(self) -> int:
        assert self._socket is not None
        assert self._transport is not None
        waiting = self._socket.get_write_buffer_size()
        return waiting if self._transport is self._socket else waiting + self._transport.get_write_buffer_size()

    async def response(self, method: str, within: float | None) -> h11.Response | h11.InformationalResponse:
        """Read the head of the reply to a request that was written.

        Raises:
            httpx.TransportError: there is none, not in time, or not one of HTTP.
        """
        # Only what a reply's length depends on is told to the reader: the request left as it was.
        self._reading.send(_asked(method))
        self._reading.send(h11.EndOfMessage())
        while True:
            event = await self._event(within)
            if isinstance(event, h11.Response):
                return event
            if isinstance(event, h11.InformationalResponse) and event.status_code == 101:
                return event

    async def parts(self, within: float | None) -> AsyncIterator[bytes]:
        """Read the body of the reply.

        Raises:
            httpx.TransportError: it is not whole, or not in time.
        """
        while True:
            event = await self._event(within)
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            elif isinstance(event, h11.EndOfMessage) or event is h11.PAUSED:
                return

    def is_over(self) -> bool:
        """Note the end of a request; True if the connection can carry another one."""
        if self._reading.our_state is not h11.DONE or self._reading.their_state is not h11.DONE:
            return False
        self._reading.start_next_cycle()
        self.idle_since = self._loop.time()
        return True

    async def _event(self, within: float | None) -> object:
        while True:
            try:
                event = self._reading.next_event()
                if event is not h11.NEED_DATA:
                    return event
                data = await self._data(within)
                if not data and self._reading.their_state is h11.SEND_RESPONSE:
                    raise httpx.RemoteProtocolError("the venue ended the connection without a reply")
                self._reading.receive_data(data)
            except h11.RemoteProtocolError as error:
                raise httpx.RemoteProtocolError(str(error)) from error

    async def _data(self, within: float | None) -> bytes:
        """Take what came since the last call, or wait for it; empty at the end.

        Raises:
            httpx.ReadTimeout: nothing came. httpx.ReadError: the connection broke.
        """
        if not self._kept and not self._has_ended:
            self._waiter = self._loop.create_future()
            timer = None if within is None else self._loop.call_later(within, self._wake)
            try:
                await self._waiter
            finally:
                self._waiter = None
                if timer is not None:
                    timer.cancel()
            if not self._kept and not self._has_ended:
                raise httpx.ReadTimeout("nothing came in time")
        if not self._kept and self._error is not None:
            raise httpx.ReadError("the connection broke") from self._error
        data = self._kept[0] if len(self._kept) == 1 else b"".join(self._kept)
        self._kept.clear()
        self._size = 0
        if self._is_paused and self._transport is not None:
            self._is_paused = False
            if not self._transport.is_closing():
                self._transport.resume_reading()
        return data


async def open_line(host: str, port: int, context: ssl.SSLContext | None, within: float | None) -> Line:
    """Connect, and leave nothing open behind where none comes about.

    Args:
        host: a name or an address.
        port: of the host.
        context: for TLS; None for none.
        within: seconds for the connection, and as many for the handshake.

    Raises:
        httpx.ConnectError: there is none. httpx.ConnectTimeout: not in time.
    """
    loop = asyncio.get_running_loop()
    line = Line(loop)
    try:
        async with asyncio.timeout(within):
            await loop.create_connection(lambda: line, host, port, happy_eyeballs_delay=_delay(host))
        if context is not None:
            async with asyncio.timeout(within):
                await line.secure(context, host)
    except TimeoutError as error:
        line.abort()
        raise httpx.ConnectTimeout("no connection in time") from error
    except OSError as error:
        line.abort()
        raise httpx.ConnectError("no connection came about") from error
    except BaseException:
        line.abort()
        raise
    return line


def _delay(host: str) -> float | None:
    """Return after how long the next address is tried; None for a host that has but one."""
    try:
        ip_address(host)
    except ValueError:
        return _NEXT_ADDRESS_AFTER
    return None


@cache
def _asked(method: str) -> h11.Request:
    return h11.Request(method=method, target="/", headers=[("Host", "-")])


def _is_readable(raw: socket.socket | None) -> bool:
    """Return True if something can be read of a socket, be it its end, that the loop has not seen yet."""
    if raw is None or (number := raw.fileno()) < 0:
        return True
    if not hasattr(select, "poll"):
        return bool(select.select([number], [], [], 0)[0])
    poll = select.poll()
    poll.register(number, select.POLLIN)
    return bool(poll.poll(0))

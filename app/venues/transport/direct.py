"""A transport of httpx for one venue without a proxy on the way: few steps between a request and its bytes.

httpx's own writes a request in two pieces, each through four layers with a lock. Here head and body leave in one write,
on a connection that is kept. TLS, what is trusted and what is refused are the same.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from typing import Any, Protocol

import httpx

from app.venues.transport.line import Line, encoded, open_line

log = logging.getLogger(__name__)

#: Connections that are kept while nothing is under way, and for how many seconds.
_KEPT, _KEPT_FOR = 8, 10.0


class Steps(Protocol):
    """Receiver of how far a request is, told at once: the request's extension `steps`."""

    def leaving(self) -> None:
        """The next step hands its first byte over: from now on it may have left."""
        ...

    def written(self) -> None:
        """The operating system has taken its last byte."""
        ...


class Direct(httpx.AsyncBaseTransport):
    """Connections to one host, as many as there are requests under way."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        """Open nothing yet.

        Args:
            context: what is trusted where TLS is spoken; None speaks plain HTTP alone.
        """
        self._context = context
        self._idle: list[Line] = []
        self._lines: set[Line] = set()
        self._is_closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request once and return its reply, its body not read yet.

        Raises:
            httpx.TransportError: there is none.
        """
        data = encoded(request)
        steps: Steps = request.extensions["steps"]
        within: dict[str, Any] = request.extensions["timeout"]
        line = self._kept() or await self._opened(request, within["connect"])
        try:
            steps.leaving()
            if line.write(data) or await line.drain(within["write"]):
                steps.written()
                log.debug("%d bytes were handed over", len(data))
            # One that broke meanwhile may have its answer in it already.
            head = await line.response(request.method, within["read"])
        except BaseException:
            self._drop(line)
            raise
        return httpx.Response(
            head.status_code,
            headers=head.headers.raw_items(),
            stream=_Parts(self, line, within["read"]),
            extensions={"http_version": b"HTTP/" + head.http_version, "reason_phrase": bytes(head.reason)},
        )

    async def aclose(self) -> None:
        """End every connection, to the end."""
        self._is_closed = True
        lines = list(self._lines)
        for line in lines:
            self._drop(line)
        await asyncio.gather(*(line.lost for line in lines))

    def _kept(self) -> Line | None:
        """A connection that can carry the next request, the latest used one; those that cannot any more are ended."""
        while self._idle:
            line = self._idle.pop()
            if asyncio.get_running_loop().time() - line.idle_since < _KEPT_FOR and line.is_fit:
                return line
            self._drop(line)
        return None

    async def _opened(self, request: httpx.Request, within: float | None) -> Line:
        url, context = request.url, None
        if url.scheme == "https":
            context = self._context
            if context is None:
                raise httpx.UnsupportedProtocol("nothing is trusted here", request=request)
        line = await open_line(url.raw_host.decode("ascii"), url.port or (443 if context else 80), context, within)
        if self._is_closed:
            line.abort()
            raise httpx.ConnectError("closed meanwhile", request=request)
        log.debug("connected to %s", url.host)
        self._lines.add(line)
        line.lost.add_done_callback(lambda _: self._lines.discard(line))
        return line

    def over(self, line: Line) -> None:
        """Keep a connection whose request is over, or end it."""
        if self._is_closed or len(self._idle) >= _KEPT or not line.is_over():
            self._drop(line)
        else:
            self._idle.append(line)

    def _drop(self, line: Line) -> None:
        if line in self._idle:
            self._idle.remove(line)
        line.abort()


class _Parts(httpx.AsyncByteStream):
    """Body of a reply as it comes."""

    def __init__(self, transport: Direct, line: Line, within: float | None) -> None:
        self._transport, self._line, self._within = transport, line, within
        self._is_over = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._line.parts(self._within):
            yield part

    async def aclose(self) -> None:
        """Give the connection back; it is ended where the body was not read to its end."""
        if not self._is_over:
            self._is_over = True
            self._transport.over(self._line)

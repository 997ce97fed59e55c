"""Opening one websocket: the handshake, and each way in which none comes about, as one sentence for the person."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    InvalidHandshake,
    InvalidMessage,
    InvalidProxyMessage,
    InvalidProxyStatus,
    InvalidStatus,
    InvalidURI,
    ProxyError,
)
from websockets.protocol import Event, State

from app.domain.form import InputError
from app.domain.instants import in_seconds
from app.venues.transport import tls
from app.venues.transport.bodies import PAGE, is_page
from app.venues.transport.faults import HandshakeRefused, Unreachable
from app.venues.transport.limits import wait_asked
from app.venues.transport.messages import Response
from app.venues.transport.proxies import Through, proxy_for, through_for
from app.venues.transport.redirects import redirect_of

#: Seconds until a connection that was taken leave of is cut.
GOODBYE_WITHIN = 1.0

#: Seconds until the next attempt where an opening request was one too many and the answer does not say how long.
TOO_MANY_WAIT = 30.0

#: Seconds until the next attempt where the address leads to another one.
REDIRECTED_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class SocketSettings:
    """Settings of how a socket is kept; all times in seconds.

    Attributes:
        open_within: patience for connecting and the handshake.
        ping_every, ping_within: websocket pings of ours and patience for the pong; None sends none.
        beat_every: period of `SocketHandler.beat`; None never calls it.
        first_delay, longest_delay, factor: waits between attempts, before jitter.
        largest_frame: bytes; a longer message, in one frame or many, breaks the connection.
        whole_within: patience for the end of a message that has begun.
    """

    open_within: float = 10.0
    ping_every: float | None = 20.0
    ping_within: float | None = 20.0
    beat_every: float | None = None
    first_delay: float = 0.5
    longest_delay: float = 30.0
    factor: float = 2.0
    largest_frame: int = 16 * 1024 * 1024
    whole_within: float = 30.0


class Connection(ClientConnection):
    """Ends at once where a venue breaks a rule: it is not asked to agree, nor waited for.

    Attributes:
        frames: how many came in, of any kind.
    """

    frames = 0

    def process_event(self, event: Event) -> None:
        self.frames += 1
        super().process_event(event)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.protocol.parser_exc is not None:
            self.transport.abort()
        elif self.protocol.state is not State.OPEN and self.protocol.state is not State.CONNECTING:
            # Both have said goodbye, and a venue that then keeps the line would keep us from the next attempt.
            self.loop.call_later(GOODBYE_WITHIN, self.transport.abort)

    def start_keepalive(self) -> None:
        # Lost already, it has nothing to keep alive, and the task would outlive it.
        if self.protocol.state is not State.CLOSED:
            super().start_keepalive()


class _Connect(connect):
    """Opens one connection where it was told to: a redirect is an answer like any other that is no socket."""

    def process_redirect(self, exc: Exception) -> Exception:
        return exc


def shown_address(url: str) -> str:
    """The address as a person may read it anywhere: without query, user name and password."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return "an unreadable address"
    bracketed = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{bracketed}{port}{parts.path}"


async def open_connection(
    url: str, name: str, settings: SocketSettings, headers: Mapping[str, str] | None = None
) -> Connection:
    """Connect once.

    Args:
        url: a ws:// or wss:// address. name: what a person calls it, such as "Acme trading".
        settings: patience and pings. headers: extra headers of the opening request.

    Raises:
        Unreachable: nothing answered there, or nothing we can talk to.
        HandshakeRefused: the venue answered with an HTTP status.
    """
    address = shown_address(url)
    try:
        proxy = proxy_for(url)
        connection = await _Connect(
            url,
            additional_headers=dict(headers or {}),
            compression=None,
            open_timeout=settings.open_within,
            ping_interval=settings.ping_every,
            ping_timeout=settings.ping_within,
            close_timeout=GOODBYE_WITHIN,
            max_size=settings.largest_frame,
            # Big enough that handing a command over never waits for a slow peer.
            write_limit=1024 * 1024,
            proxy=proxy,
            create_connection=Connection,
            **_encrypted(url, proxy),
        )
    except InvalidStatus as error:
        status = error.response.status_code
        body = bytes(error.response.body or b"").decode("utf-8", errors="replace")
        headers = {key.lower(): value for key, value in error.response.headers.raw_items()}
        if redirect := redirect_of(status, headers.get("location", "")):
            text = f"{name} at {address} answered with {redirect}, which is never followed; check the address."
            # Nobody corrects an address within a second or two.
            raise HandshakeRefused(text, status, body, pause=REDIRECTED_PAUSE) from error
        wait = wait_asked(Response(status, b"", headers, 0, time.time_ns()), TOO_MANY_WAIT)
        asks = f"; it wants no requests for {in_seconds(wait)}" if wait else ""
        text = f"{name} at {address} refused the connection (HTTP {status}){asks or _way_on(status)}."
        if 200 <= status < 300 and is_page(body.encode()):
            text = f"{name} at {address} answered with a web page, not with a socket; {PAGE}"
        raise HandshakeRefused(text, status, body, wait) from error
    except InputError as error:
        raise Unreachable(f"{name}: {error}") from error
    except (ProxyError, InvalidProxyStatus, InvalidProxyMessage) as error:
        raise Unreachable(f"{name}: {_through(url).refused(address, _refusal(error))}") from error
    except (InvalidURI, ValueError) as error:
        if words := tls.why(error):  # A refused certificate is a `ValueError` as well.
            raise _unreachable(name, address, words) from error
        raise Unreachable(f"{name}: “{address}” is not a ws:// or wss:// address; correct it.") from error
    except TimeoutError as error:
        way = f" {through.way}" if (through := through_for(url)) else ""
        raise Unreachable(
            f"{name} at {address} did not answer within {settings.open_within:g} s; check the address and the network."
            f"{way}"
        ) from error
    except (OSError, EOFError, InvalidHandshake) as error:
        if (through := through_for(url)) and _is_before_tls(error):
            words = _why(error, encrypted=False)
            raise Unreachable(f"{name}: {through.unreachable(address, words)}") from error
        raise _unreachable(name, address, _why(error, encrypted=url.lower().startswith("wss:"))) from error
    return cast("Connection", connection)


def _encrypted(url: str, proxy: str | None) -> dict[str, Any]:
    """The context of TLS for the connection and for that to the proxy, where they are encrypted."""
    options: dict[str, Any] = {}
    if url.lower().startswith("wss:"):
        options["ssl"] = tls.context()
    if proxy is not None and proxy.lower().startswith("https:"):
        options["proxy_ssl"] = tls.context()
    return options


def _unreachable(name: str, address: str, words: str) -> Unreachable:
    return Unreachable(f"{name} at {address} cannot be reached ({words}); check the address and the network.")


def _through(url: str) -> Through:
    """The proxy that a connection went through, for certain."""
    return through_for(url) or Through("of the environment", "")


def _refusal(error: Exception) -> str:
    """The HTTP status with which a proxy refused, where it gave one."""
    return f"HTTP {error.response.status_code}" if isinstance(error, InvalidProxyStatus) else ""


def _is_before_tls(error: Exception) -> bool:
    """Return True if a connection failed that can only be the one to the proxy itself."""
    return isinstance(error, OSError) and not (tls.why(error) or isinstance(error, ConnectionResetError))


def _why(error: Exception, *, encrypted: bool) -> str:
    if words := tls.why(error):
        return words
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, ConnectionResetError):
        # After the handshake it would be an answer that is none.
        return "the connection was cut during the TLS handshake" if encrypted else "the connection was cut"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    if isinstance(error, InvalidMessage):
        return "it did not answer as a websocket server" + ("" if encrypted else "; if it speaks TLS, write wss://")
    if isinstance(error, InvalidHandshake):
        return "it did not answer as a websocket server"
    return str(error).rstrip(".") or type(error).__name__


def _way_on(status: int) -> str:
    """A clause on what to do about a status with which a venue refused a connection."""
    if status >= 500:
        return "; that is a fault there, and it is tried again"
    return "; check the credentials" if status in (401, 403) else "; check the address"

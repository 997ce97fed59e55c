"""HTTP for the connectors: exact bytes out, whole replies in, and for every failure whether anything may have left.

That last question decides what a person is told about an amendment: `NotSent` means that nothing reached the socket,
`Unanswered` that the venue may have acted. Nothing here repeats a request, follows a redirect or reads a body as
anything but bytes; what a reply may grow to, and how long it may take, is bounded.
"""

from __future__ import annotations

import asyncio
import functools
import importlib.util
import socket
import ssl
import sys
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx

from app.domain.addresses import origin_of
from app.domain.events import Event, WireSeen
from app.domain.ports import Clock
from app.venues.transport import tls
from app.venues.transport.bodies import ACCEPTED, PAGE, Body, BodyRefused, is_page
from app.venues.transport.clock import ClockOffset
from app.venues.transport.direct import Direct
from app.venues.transport.failures import NotSent, Unanswered
from app.venues.transport.limits import wait_asked
from app.venues.transport.messages import Request, Response
from app.venues.transport.progress import Progress
from app.venues.transport.proxies import proxy_for, through_for
from app.venues.transport.redirects import redirect_of
from app.venues.transport.secrecy import Secrecy

# httpcore, which goes through proxies, imports it five times a request. Where it is not installed each try looks
# through every folder of modules, which takes a third of a millisecond; told once, Python does not look again.
if importlib.util.find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]

#: Most requests under way at a time, each on a connection of its own.
AT_A_TIME = 16

#: How many kinds of poll are remembered, so that an unchanged reply is reported once.
REMEMBERED_POLLS = 64

#: How many targets are remembered as leaving unchanged.
REMEMBERED_URLS = 256


class HttpClient:
    """One venue's HTTP side.

    Attributes:
        offset: the venue's clock against ours, learnt from every reply.
    """

    def __init__(
        self,
        url: str,
        *,
        account: str,
        sink: Callable[[Event], None],
        clock: Clock,
        secrecy: Secrecy | None = None,
        timeout: float = 10.0,
        mask: Callable[[str], str] | None = None,
        too_many: Callable[[Response], None] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Open nothing yet.

        Args:
            url: any url of the venue; requests go to its scheme, host and port.
            account, sink: whose private messages are reported, and where to.
            secrecy: told of what leaves and what enters, so that it knows what the sink has to take out.
            timeout: seconds from hand-over until a reply counts as missing; connecting has as long again.
            mask: hides secrets in a head or a body before it is reported.
            too_many: told of each reply that says by its status that there were too many requests.
            transport: stands in for the network in tests.

        Raises:
            InputError: if the environment names a proxy or authorities that cannot be used.
        """
        self.offset = ClockOffset()
        self._origin = origin_of(url)
        self._account = account
        self._sink = sink
        self._clock = clock
        self._timeout = timeout
        self._mask = mask or (lambda text: text)
        self._secrecy = Secrecy(()) if secrecy is None else secrecy
        self._too_many = too_many
        self._last_routine: OrderedDict[str, bytes] = OrderedDict()
        self._turns = asyncio.Semaphore(AT_A_TIME)
        self._proxy = _proxy(proxy_for(self._origin))
        self._verify = tls.context() if self._origin.startswith("https:") else None
        self._transport = transport
        if transport is None and self._proxy is None:
            self._transport = Direct(self._verify)
        self._urls: dict[str, httpx.URL] = {}
        self._client = self._fresh()
        self._defaults = self._client.headers.raw
        self._named = frozenset(self._client.headers) | {"host", "content-length"}
        self._limits = httpx.Timeout(timeout).as_dict()
        self._under_way = 0
        self._is_spoilt = False
        self._closing: set[asyncio.Task[None]] = set()

    def _fresh(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            timeout=httpx.Timeout(self._timeout),
            # No bound here: a wait for a connection that is cancelled as it ends takes one away from the pool for good
            # (httpcore 1.0.9), and after a long outage none would be left. `_turns` bounds them instead.
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=8, keepalive_expiry=10.0),
            follow_redirects=False,
            event_hooks={"response": [_aside]},
            headers={"Accept-Encoding": ACCEPTED},
            # The environment is read in `proxies` and `tls` alone: what a library finds there may end in a traceback.
            trust_env=False,
            proxy=self._proxy,
            verify=self._verify or _no_tls(),
            transport=self._transport,
        )

    async def aclose(self) -> None:
        """Close the connections, to the end: whoever is cancelled meanwhile leaves none open."""
        closing = asyncio.gather(self._client.aclose(), *self._closing)
        try:
            await asyncio.shield(closing)
        except asyncio.CancelledError:
            await closing
            raise

    def build(self, request: Request) -> httpx.Request:
        """The request as httpx will send it.

        Raises:
            ValueError: if its target would leave as other bytes than those that were signed.
        """
        url = self._urls.get(request.target)
        if url is None:
            url = httpx.URL(self._origin + request.target)
            if url.raw_path != request.target.encode("ascii"):
                raise ValueError(f"The path {request.target} would leave as {url.raw_path.decode('ascii')}.")
            if len(self._urls) >= REMEMBERED_URLS:
                self._urls.clear()
            self._urls[request.target] = url
        if any(True for _ in self._client.cookies.jar) or any(
            name.lower() in self._named for name, _ in request.headers
        ):
            return self._client.build_request(
                request.method, url, headers=list(request.headers), content=request.body, extensions={}
            )
        # The same without the client's merging, which takes longer than all the rest.
        own = [(name.encode("ascii"), value.encode("ascii")) for name, value in request.headers]
        return httpx.Request(request.method, url, headers=[*self._defaults, *own], content=request.body)

    async def send(
        self,
        request: Request,
        *,
        private: bool = True,
        routine: bool = False,
        amendment_id: str = "",
        on_written: Callable[[], None] | None = None,
    ) -> Response:
        """Send once and read the whole reply, whatever its status.

        Args:
            private: report it as `WireSeen`; market data is not.
            routine: a poll: reported only when its reply differs from that of the last one.
            amendment_id: goes into `WireSeen`.
            on_written: called once, when the last byte was handed to the socket.

        Raises:
            NotSent: nothing left. Unanswered: it may have left and there is no whole reply, or a redirect.
        """
        shown = private and not routine

        def left() -> None:
            self._secrecy.leaves(request.headers)
            if shown:
                self._see("out", request.head, request.body, amendment_id)

        progress = Progress(left, on_written)
        if self._client.is_closed:
            raise NotSent(f"The connection to {self._origin} was closed by this ticket; nothing was sent.")
        try:
            built = self.build(request)
        except (ValueError, httpx.InvalidURL) as error:
            raise NotSent(f"{request.head} is not a request that can be sent: {error}") from error
        built.extensions |= {"steps": progress, "trace": progress.trace, "timeout": self._limits}
        sent_at = self._clock.now()
        try:
            async with asyncio.timeout(2 * self._timeout), self._turn():
                status, headers, body = await self._exchange(built, progress)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, BodyRefused) as error:
            if isinstance(error, httpx.ProxyError) and progress.connected is not None:
                await progress.connected.aclose()  # a SOCKS proxy that refuses is left open (httpcore 1.0.9)
            if progress.reply is None or not self._is_too_fast(*progress.reply, sent_at):
                raise self._failure(error, progress, request) from error
            # What the status and the headers ask for holds whatever became of the body.
            (status, headers), body = progress.reply, b""
        finally:
            progress.tell()
            await self._leave_none_open(progress)
        received_at = self._clock.now()
        body = self._secrecy.body_enters(body)
        headers = {name: self._secrecy.enters(value) for name, value in headers.items()}
        progress.written()
        self.offset.learn(headers.get("date", ""), sent_at, received_at)
        if private and routine and self._last_routine.get(request.head) != body:
            self._last_routine[request.head] = body
            if len(self._last_routine) > REMEMBERED_POLLS:
                self._last_routine.popitem(last=False)
            self._see("out", request.head, request.body, amendment_id)
            self._see("in", f"{status} {request.head}", body, amendment_id)
        if shown:
            self._see("in", f"{status} {request.head}", body, amendment_id)
        if redirect := redirect_of(status, headers.get("location", "")):
            raise Unanswered(
                f"{self._origin} answered {request.head} with {redirect}, which is never followed; check the address."
            )
        if 200 <= status < 300 and is_page(body):
            raise Unanswered(f"{self._origin} answered {request.head} with a web page, which cannot be read; {PAGE}")
        response = Response(status, body, headers, sent_at, received_at)
        if self._too_many is not None and wait_asked(response, 1.0) > 0:
            self._too_many(response)
        return response

    async def _leave_none_open(self, progress: Progress) -> None:
        """A connection that came up while the others were closed belongs to no pool any more."""
        if self._client.is_closed and progress.connected is not None:
            await progress.connected.aclose()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait until fewer requests than may be are under way; one that waited in vain never left."""
        if self._turns.locked():
            try:
                async with asyncio.timeout(self._timeout):
                    await self._turns.acquire()
            except TimeoutError as error:
                raise httpx.PoolTimeout("too many requests are under way") from error
        else:
            await self._turns.acquire()
        self._under_way += 1
        try:
            if self._transport is None and self._is_spoilt and self._under_way == 1 and not self._client.is_closed:
                # What is cancelled as it connects leaves a connection that nobody uses or closes (httpcore 1.0.9).
                spoilt, self._client, self._is_spoilt = self._client, self._fresh(), False
                closing = asyncio.create_task(spoilt.aclose())
                self._closing.add(closing)
                closing.add_done_callback(self._closing.discard)
            yield
        except BaseException:
            self._is_spoilt = True
            raise
        finally:
            self._under_way -= 1
            self._turns.release()

    def _is_too_fast(self, status: int, headers: dict[str, str], sent_at: int) -> bool:
        return wait_asked(Response(status, b"", headers, sent_at, self._clock.now()), 1.0) > 0

    async def _exchange(self, built: httpx.Request, progress: Progress) -> tuple[int, dict[str, str], bytes]:
        reply = await self._client.send(built, stream=True)
        headers = {name.lower(): value for name, value in reply.headers.items()}
        if location := reply.extensions.get("location"):
            headers["location"] = location
        progress.reply = reply.status_code, headers
        try:
            # A stand-in for the network may have read it already.
            is_read = reply.is_stream_consumed
            body = Body("" if is_read else ",".join(reply.headers.get_list("content-encoding")))
            if is_read:
                body.take(reply.content)
            else:
                async for part in reply.aiter_raw():
                    body.take(part)
        except BodyRefused:
            await reply.aclose()
            await asyncio.sleep(0)  # a body that is left in its midst is let go of by the loop's next turn
            raise
        finally:
            await reply.aclose()
        return reply.status_code, headers, body.whole()

    def _failure(self, error: Exception, progress: Progress, request: Request) -> NotSent | Unanswered:
        if not progress.may_have_left and isinstance(error, httpx.LocalProtocolError):
            return NotSent(f"{request.head} is not a request that can be sent: {error}.")
        if not progress.may_have_left and self._client.is_closed:
            return NotSent(f"The connection to {self._origin} was closed by this ticket; nothing was sent.")
        if not progress.may_have_left and _before_writing(error):
            if words := self._of_the_proxy(error, progress):
                return NotSent(words)
            return NotSent(f"{self._origin} cannot be reached ({self._why(error)}); check the address and the network.")
        if progress.reply is not None:
            status, _ = progress.reply
            return Unanswered(
                f"{self._origin} answered {request.head} with HTTP {status}, and its reply cannot be read "
                f"({self._why(error)})."
            )
        return Unanswered(f"{self._origin} gave no answer to {request.head} ({self._why(error)}).")

    def _of_the_proxy(self, error: Exception, progress: Progress) -> str:
        """A sentence on a proxy that stands against the request, "" where none does."""
        if self._proxy is None or (through := through_for(self._origin)) is None:
            return ""
        if isinstance(error, httpx.ProxyError):
            return through.refused(self._origin, _refusal(error))
        if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout)) and progress.connected is None:
            return through.unreachable(self._origin, self._why(error))
        return ""

    def _why(self, error: Exception) -> str:
        if isinstance(error, BodyRefused):
            return str(error)
        if isinstance(error, TimeoutError):
            return f"time ran out: no whole reply within {2 * self._timeout:g} s"
        return _why(error)

    def _see(self, direction: str, head: str, body: bytes, amendment_id: str) -> None:
        text = body.decode("utf-8", errors="replace")
        now = self._clock.now()
        seen = WireSeen(self._account, now, direction, "http", self._mask(head), self._mask(text), amendment_id)
        self._sink(seen)


def _before_writing(error: Exception) -> bool:
    """Return True if this failure can only come before the first byte; a bare time-out is told apart by the trace."""
    kinds = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.ProxyError)
    return isinstance(error, (*kinds, httpx.InvalidURL, TimeoutError))


def _why(error: Exception) -> str:
    if isinstance(error, (httpx.ConnectTimeout, httpx.PoolTimeout)):
        return "no connection in time"
    if isinstance(error, httpx.TimeoutException):
        return "time ran out"
    if words := tls.why(error):
        return words
    if isinstance(error, httpx.ConnectError):
        return _why_no_connection(error)
    if isinstance(error, httpx.RemoteProtocolError) and "too long" in str(error):
        return "its headers are longer than 100 KiB"
    if isinstance(error, (httpx.ReadError, httpx.RemoteProtocolError, httpx.WriteError, httpx.CloseError)):
        return "the connection broke"
    return "the reply could not be read"


def _refusal(error: httpx.ProxyError) -> str:
    """The HTTP status with which a proxy refused, where it gave one; its words may be anything."""
    status = str(error)[:3]
    return f"HTTP {status}" if status.isascii() and status.isdigit() else ""


def _why_no_connection(error: BaseException) -> str:
    for each in tls.causes(error):
        if isinstance(each, socket.gaierror):
            return "its name is not known"
        if isinstance(each, ConnectionRefusedError):
            return "the connection was refused"
        if isinstance(each, (EOFError, ConnectionResetError, BrokenPipeError)) or type(each).__name__ == "EndOfStream":
            return "the connection was cut during the TLS handshake"
    text = str(error).lower()
    if "name" in text or "address" in text or "nodename" in text:
        return "its name is not known"
    return "the connection was refused"


def _proxy(address: str | None) -> httpx.Proxy | None:
    """The proxy, trusted by the same authorities as the venue where it is spoken to by TLS."""
    if address is None:
        return None
    return httpx.Proxy(address, ssl_context=tls.context() if address.lower().startswith("https:") else None)


@functools.cache
def _no_tls() -> ssl.SSLContext:
    """Stands where httpx wants a context and plain HTTP uses none; it trusts nobody."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


async def _aside(reply: httpx.Response) -> None:
    """Take away where a reply points before httpx makes a request of it, which is never sent and fails on odd ones."""
    if location := reply.headers.pop("location", ""):
        reply.extensions["location"] = location

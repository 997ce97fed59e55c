"""The HTTP gateway as a fall-back: looks orders up and cancels them while the socket is down."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import httpx

from app.domain.plan import WireValue
from app.venues.alphapoint.link.calls import mask
from app.venues.alphapoint.wire.codec import (
    Frame,
    FrameKind,
    GatewaySession,
    http_command,
    http_query,
)
from app.venues.alphapoint.wire.login import Keys, login_payload, read_login
from app.venues.alphapoint.wire.vocabulary import TITLE
from app.venues.common.failures import Malformed, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.transport.failures import NotSent, Unanswered
from app.venues.transport.http import HttpClient
from app.venues.transport.jsonx import JsonError, loads
from app.venues.transport.messages import Request, Response

#: One deployment answers a missing or ended session with 404 (ccxt, client code).
_NO_SESSION = frozenset({401, 403, 404})


class Rest:
    """Calls over HTTP with a session of their own."""

    def __init__(
        self,
        url: str,
        keys: Keys,
        *,
        reporter: Reporter,
        nonce: Callable[[], str],
        timeout: float,
        too_many: Callable[[Response], None],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Open nothing yet.

        Args:
            url: address of the HTTP gateway.
            keys: the API key.
            reporter: tells what went over the wire.
            nonce: gives a fresh nonce, always rising.
            timeout: seconds until a reply counts as missing.
            too_many: told of each reply that says by its status that there were too many requests.
            transport: stands in for the network in tests.
        """
        self._url = url
        self._keys = keys
        self._nonce = nonce
        self._session: GatewaySession | None = None
        self._refused = ""
        self._client = HttpClient(
            url,
            account=reporter.account,
            sink=reporter.sink,
            secrecy=reporter.secrecy,
            clock=reporter.clock,
            timeout=timeout,
            mask=mask,
            too_many=too_many,
            transport=transport,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def session(self) -> GatewaySession:
        """Return the session, logging in first where there is none.

        Raises:
            ReadFailed: if the login fails; a refused one is not tried again.
        """
        if self._refused:
            raise ReadFailed(self._refused)
        if self._session is None:
            headers = tuple(login_payload(self._keys, self._nonce()).items())
            response = await self._send(http_query(self._url, "AuthenticateUser", {}, headers))
            if response.status >= 400 and response.status not in _NO_SESSION:
                text = f"{TITLE}'s HTTP gateway did not answer the login (HTTP {response.status})."
                raise ReadFailed(text)
            try:
                login = read_login(self._frame(response, "AuthenticateUser").payload, self._keys.account_id)
            except Malformed as error:
                raise ReadFailed(f"{TITLE}'s HTTP gateway gave no login that can be read: {error}.") from error
            if login.session is None or not login.session.token:
                self._refused = f"{TITLE}'s HTTP gateway refused the login: {login.refusal or 'it gave no token'}."
                raise ReadFailed(self._refused)
            self._session = login.session
        return self._session

    async def ask(self, name: str, payload: Mapping[str, WireValue]) -> Frame:
        """Ask a question. A session that has ended is renewed once: a question may be repeated.

        Raises:
            ReadFailed: nothing usable came back.
        """
        for last in (False, True):
            session = await self.session()
            response = await self._send(http_query(self._url, name, payload, (("APToken", session.token),)))
            if response.status not in _NO_SESSION or last:
                return self._frame(response, name)
            self._session = None
        raise ReadFailed(f"{TITLE}'s HTTP gateway does not answer {name}.")

    async def command(self, name: str, payload: Mapping[str, WireValue]) -> Frame:
        """Ask for a change, once; never repeated.

        Raises:
            ReadFailed: nothing usable came back; the change may have been made.
        """
        session = await self.session()
        response = await self._send(http_command(self._url, name, payload, (("APToken", session.token),)))
        if response.status in _NO_SESSION:
            self._session = None
        return self._frame(response, name)

    async def _send(self, request: Request) -> Response:
        try:
            return await self._client.send(request)
        except (NotSent, Unanswered) as error:
            raise ReadFailed(str(error)) from error

    def _frame(self, response: Response, name: str) -> Frame:
        """A reply as a frame, so that both gateways are read alike; text instead of JSON is an error frame."""
        kind = FrameKind.REPLY if response.status < 400 else FrameKind.ERROR
        try:
            return Frame(kind, 0, name, loads(response.body))
        except JsonError:
            said = response.body[:200].decode("utf-8", errors="replace").strip() or f"HTTP {response.status}"
            return Frame(FrameKind.ERROR, 0, name, said)

"""The two gateways: frames on a websocket, functions under /AP/ over HTTP; both log in and then call.

A frame is `{"m", "i", "n", "o"}` with `o` JSON in a text: 0 request, 1 reply, 2 subscribe, 3 event, 4 unsubscribe, 5
error. The reply has the request's `i` and `n`. Source: AlphaPoint API documentation, "Message frame", "Ping",
"AuthenticateUser", "WebAuthenticateUser", "LogOut", and the HTTP documents of NDAX, read 2026-11-21; that business
refusals come with HTTP 200, and that an error frame may hold plain text, is seen in client code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.practice.exchange.clock import PracticeClock
from app.practice.server.faults import Operation, Switches
from app.practice.server.gate import FaultOrders, Gate
from app.practice.server.limits import FixedWindow
from app.practice.server.messages import HttpReply, HttpRequest, Identity, json_reply
from app.practice.server.socket import BaseSocketHandler, SocketMessage, SocketSession
from app.practice.server.wire import WireError, parse_json, write_json
from app.practice.venues.alphapoint.auth import Denied, Gatekeeper, OpenLogin, User, accepted, accepted_web, denied
from app.practice.venues.alphapoint.calls import Caller, Functions, TextError, too_many
from app.practice.venues.alphapoint.errors import NOT_AUTHORIZED, RECEIVED, ApiError, generic, scripted
from app.practice.venues.alphapoint.fields import Payload
from app.practice.venues.alphapoint.push import EventPush, Subscriber

_MINUTE = 60_000
_LOGINS = frozenset({"authenticateuser", "webauthenticateuser", "authenticate"})
_PREFIX = "/ap/"


class Gateway:
    """Limits, logins and calls shared by both gateways."""

    def __init__(
        self,
        calls: Functions,
        gatekeeper: Gatekeeper,
        switches: Switches,
        clock: PracticeClock,
        gate: Gate,
        oms_id: int,
    ) -> None:
        self.calls = calls
        self.gatekeeper = gatekeeper
        self.switches = switches
        self.gate = gate
        self.oms_id = oms_id
        self._clock = clock
        self._limits: dict[tuple[str, int], FixedWindow] = {}

    def limit(self, kind: str, name: str) -> None:
        """Count a call against the minute of its gateway; `kind` is ws or http.

        Raises:
            TextError: TOO MANY REQUESTS.
        """
        switch = f"{kind}_logins_per_minute" if name.lower() in _LOGINS else f"{kind}_per_minute"
        number = self.switches.integer(switch)
        window = self._limits.setdefault((switch, number), FixedWindow(self._clock, number, _MINUTE))
        if not window.take():
            raise too_many()

    def identify(self, name: str, payload: Payload) -> Identity:
        """Subject of a call, logins included."""
        if name.lower() in _LOGINS or name.lower() == "logout":
            return Identity(Operation.LOGIN)
        return self.calls.identify(name, payload)

    def check_login(self, planned: FaultOrders) -> None:
        """Let planned faults strike a login.

        Raises:
            TextError, ApiError: as planned.
        """
        if planned.rate_limited:
            raise too_many()
        if planned.refuse is not None:
            raise scripted(planned)
        after = self.gate.before_reply(Operation.LOGIN)
        if after.refuse is not None:
            raise scripted(after)


class WebSocketGateway(BaseSocketHandler):
    """/WSGateway/."""

    def __init__(self, gateway: Gateway, feed: EventPush) -> None:
        self._gateway = gateway
        self._feed = feed

    def opened(self, session: SocketSession) -> None:
        session.attributes["subscriber"] = self._feed.join(session)

    def closed(self, session: SocketSession) -> None:
        self._feed.leave(_subscriber(session))

    def identify(self, session: SocketSession, text: str) -> Identity:
        frame = _frame(text)
        return Identity() if frame is None else self._gateway.identify(frame[1], frame[2])

    async def message(self, session: SocketSession, message: SocketMessage) -> None:
        frame = _frame(message.text)
        if frame is None:
            session.reply_json({"m": 5, "i": 0, "n": "", "o": "Invalid Request"})
            return
        number, name, payload = frame
        _subscriber(session).asked(name, number)
        identity = message.identity
        kind = 1
        try:
            self._gateway.limit("ws", name)
            value = await self._answer(session, name, payload, message.planned)
            content = write_json(value)
        except ApiError as error:
            content = write_json(error.body)
        except TextError as error:
            kind, content = 5, str(error)
        reply = {"m": kind, "i": number, "n": name, "o": content}
        session.reply_json(reply, identity.operation, identity.order_id)

    async def _answer(self, session: SocketSession, name: str, payload: Payload, planned: FaultOrders) -> Any:
        lower = name.lower()
        if lower in _LOGINS:
            self._gateway.check_login(planned)
            return self._log_in(session, lower, payload)
        if lower == "logout":
            self._gateway.gatekeeper.end(str(session.attributes.pop("token", "")))
            _subscriber(session).leave_account()
            return RECEIVED
        user = self._user(session)
        return await self._gateway.calls.answer(Caller(user, _subscriber(session)), name, payload, planned)

    def _log_in(self, session: SocketSession, name: str, payload: Payload) -> Mapping[str, Any]:
        keeper = self._gateway.gatekeeper
        try:
            if name == "authenticateuser":
                fields = {each: payload.first(each) for each in ("apikey", "signature", "userid", "nonce")}
                login = keeper.open(keeper.by_key(fields))
                answer = accepted(login, self._gateway.oms_id)
            else:
                login = self._web_login(payload)
                answer = accepted_web(login)
        except Denied as denial:
            return denied(denial)
        session.attributes["token"] = login.token
        return answer

    def _web_login(self, payload: Payload) -> OpenLogin:
        """By password, or by the token of a session that still lives."""
        keeper = self._gateway.gatekeeper
        token = payload.text("SessionToken")
        if not token:
            return keeper.open(keeper.by_password(payload.text("UserName"), payload.text("Password")))
        login = keeper.find(token)
        if login is None:
            raise Denied
        return login

    def _user(self, session: SocketSession) -> User | None:
        """User logged in on this connection; an expired session is told so once."""
        token = session.attributes.get("token")
        if token is None:
            return None
        login = self._gateway.gatekeeper.find(str(token))
        if login is None:
            del session.attributes["token"]
            subscriber = _subscriber(session)
            subscriber.leave_account()
            subscriber.event("LogoutEvent", {}, Operation.PUSH_STATUS)
            return None
        return login.user


class HttpFunctions:
    """/AP/<function>: GET with a query or POST with JSON."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def identify(self, request: HttpRequest) -> Identity:
        try:
            payload = _http_payload(request)
        except WireError:
            payload = Payload(None)
        return self._gateway.identify(_function(request), payload)

    async def handle(self, request: HttpRequest) -> HttpReply:
        name = _function(request)
        try:
            self._gateway.limit("http", name)
            value = await self._answer(request, name)
        except ApiError as error:
            return json_reply(error.body, error.status)
        except TextError as error:
            return HttpReply(error.status, str(error).encode(), "text/plain")
        except WireError:
            return json_reply(generic(100).body)
        return json_reply(value)

    async def _answer(self, request: HttpRequest, name: str) -> Any:
        if not name or request.method not in ("GET", "POST"):
            raise TextError("Endpoint not found", 404)
        payload = _http_payload(request)
        lower = name.lower()
        if lower in _LOGINS:
            self._gateway.check_login(request.planned)
            return self._log_in(request, lower, payload)
        if lower == "logout":
            self._gateway.gatekeeper.end(request.headers.get("aptoken", ""))
            return RECEIVED
        try:
            user = self._user(request)
        except Denied:
            user = None
        try:
            return await self._gateway.calls.answer(Caller(user, None), name, payload, request.planned)
        except ApiError as error:
            denied_http = self._gateway.switches.choice("http_denied") == "404"
            if denied_http and user is None and error.body.get("errorcode") == NOT_AUTHORIZED:
                raise TextError("Not Authorized", 404) from None
            raise

    def _log_in(self, request: HttpRequest, name: str, payload: Payload) -> Mapping[str, Any]:
        keeper = self._gateway.gatekeeper
        token_name = self._gateway.switches.choice("token_name")
        headers = request.headers
        try:
            if headers.get("authorization"):
                return accepted_web(keeper.open(keeper.by_basic(headers["authorization"])), token_name)
            if payload.has("UserName"):
                user = keeper.by_password(payload.text("UserName"), payload.text("Password"))
                return accepted_web(keeper.open(user), token_name)
            fields = {each: headers.get(each) or payload.first(each) for each in _SIGNED}
            return accepted(keeper.open(keeper.by_key(fields)), self._gateway.oms_id, token_name)
        except Denied as denial:
            return denied(denial)

    def _user(self, request: HttpRequest) -> User | None:
        """By token, or by the four signed headers on every call.

        Raises:
            Denied: if the headers are no good.
        """
        token = request.headers.get("aptoken")
        if token is not None:
            login = self._gateway.gatekeeper.find(token)
            return login.user if login is not None else None
        if "apikey" in request.headers:
            return self._gateway.gatekeeper.by_key(request.headers)
        return None


_SIGNED = ("apikey", "signature", "userid", "nonce")


def _subscriber(session: SocketSession) -> Subscriber:
    found = session.attributes["subscriber"]
    if not isinstance(found, Subscriber):
        raise TypeError("A connection without its subscriber.")
    return found


def _frame(text: str) -> tuple[int, str, Payload] | None:
    """Number, function and payload of a request; None for what is no request."""
    try:
        frame = parse_json(text)
        if not isinstance(frame, Mapping):
            return None
        fields = {str(name).lower(): value for name, value in frame.items()}
        number, name, content = fields.get("i"), fields.get("n"), fields.get("o", "")
        if fields.get("m") not in (0, 2, 4) or not isinstance(number, int) or not isinstance(name, str):
            return None
        if not isinstance(content, str):
            return None
        return number, name, Payload(parse_json(content) if content.strip() else None)
    except WireError:
        return None


def _function(request: HttpRequest) -> str:
    path = request.path
    return path[len(_PREFIX) :].strip("/") if path.lower().startswith(_PREFIX) else ""


def _http_payload(request: HttpRequest) -> Payload:
    if request.body:
        return Payload(parse_json(request.body))
    return Payload(request.params)

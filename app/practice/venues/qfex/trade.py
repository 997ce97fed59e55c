"""The trade socket: login, subscriptions, and the dispatch of commands."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.practice.exchange.clock import Timer
from app.practice.exchange.orders import TRADER
from app.practice.exchange.policy import MarginPolicy
from app.practice.server.faults import Operation
from app.practice.server.limits import TokenBucket
from app.practice.server.messages import Identity
from app.practice.server.server import VenueServer
from app.practice.server.socket import BaseSocketHandler, SocketMessage, SocketSession
from app.practice.server.wire import WireError, parse_json
from app.practice.venues.qfex import rows
from app.practice.venues.qfex.auth import BadLogin, Gatekeeper
from app.practice.venues.qfex.commands import Commands
from app.practice.venues.qfex.day import USER_ID
from app.practice.venues.qfex.errors import InvalidCommand
from app.practice.venues.qfex.push import AccountPush

_OPERATIONS = {
    "auth": Operation.LOGIN,
    "subscribe": Operation.SUBSCRIBE,
    "unsubscribe": Operation.SUBSCRIBE,
    "add_order": Operation.PLACE,
    "modify_order": Operation.AMEND,
    "modify_stop_order": Operation.AMEND,
    "cancel_order": Operation.CANCEL,
    "cancel_stop_order": Operation.CANCEL,
    "cancel_all_orders": Operation.CANCEL_ALL,
    "get_user_orders": Operation.LIST_ORDERS,
    "get_user_trades": Operation.FILLS,
}
#: Weights of the two buckets of 12,000 a minute; cancels have a bucket of their own.
_WEIGHTS = {"get_user_orders": Decimal(5), "get_user_trades": Decimal("0.5")}
_LIGHT = Decimal("0.1")
_CHANNELS = ("order_responses", "fills", "positions", "balances", "stop_orders")


class TradeSocket(BaseSocketHandler):
    """One handler for every connection to the trade address."""

    heartbeat_ms = 20_000

    def __init__(self, server: VenueServer, policy: MarginPolicy, gatekeeper: Gatekeeper) -> None:
        self._server = server
        self._policy = policy
        self._gatekeeper = gatekeeper
        self._push = AccountPush(server)
        self._timers: dict[int, list[Timer]] = {}
        self._general = TokenBucket(server.clock, 12_000, 12_000, 60_000)
        self._cancels = TokenBucket(server.clock, 12_000, 12_000, 60_000)
        self._commands = Commands(server, self._push)

    # -- connections ---------------------------------------------------------------------------------------------------

    def opened(self, session: SocketSession) -> None:
        session.attributes.update(channels=set(), authenticated=False, cancel_on_disconnect=False)
        self._push.sessions.append(session)

        def too_late() -> None:
            if not session.attributes["authenticated"]:
                session.close(1008, "not authenticated in time")

        limit = self._server.switches.integer("login_s") * 1000
        self._timers[id(session)] = [self._server.clock.call_later(limit, too_late)]
        self._pulse(session)

    def closed(self, session: SocketSession) -> None:
        self._push.sessions.remove(session)
        for timer in self._timers.pop(id(session), []):
            timer.cancel()
        if session.attributes["cancel_on_disconnect"]:
            for order in self._server.exchange.open_orders(TRADER):
                self._server.exchange.cancel(order, "disconnect")

    def identify(self, session: SocketSession, text: str) -> Identity:
        try:
            asked = parse_json(text)
            params = asked.get("params", {})
            order_id = str(params.get("order_id", params.get("stop_order_id", "")))
            return Identity(_OPERATIONS.get(asked.get("type"), Operation.OTHER), order_id)
        except (WireError, AttributeError):
            return Identity()

    async def message(self, session: SocketSession, message: SocketMessage) -> None:
        try:
            asked = parse_json(message.text)
        except WireError:
            self._error(session, "InvalidJSONFormat", "The message is not valid JSON.", message.text)
            return
        if not isinstance(asked, Mapping) or not isinstance(asked.get("params", {}), Mapping):
            self._error(session, "InvalidJSONFormat", "Send an object with type and params.", asked)
            return
        kind, params = str(asked.get("type")), asked.get("params", {})
        if kind == "auth":
            self._login(session, params, asked)
            return
        if not session.attributes["authenticated"]:
            self._error(session, "PermissionDenied", "Authenticate first.", asked)
            return
        bucket = self._cancels if kind.startswith("cancel_") else self._general
        weight = _WEIGHTS.get(kind, Decimal(1) if kind in _OPERATIONS else _LIGHT)
        if message.planned.rate_limited or not bucket.take(weight):
            self._error(session, "RateLimited", "Rate limited; retry after 1 second.", asked)
            return
        try:
            if kind == "subscribe" or kind == "unsubscribe":
                self._subscribe(session, kind, params)
            elif kind == "cancel_on_disconnect":
                session.attributes["cancel_on_disconnect"] = params.get("cancel_on_disconnect") is True
                session.reply_json({"ack": {"incoming_message": asked}})
            else:
                await self._commands.run(session, kind, params, asked)
        except InvalidCommand as error:
            self._error(session, error.code, str(error), asked)

    def _error(self, session: SocketSession, code: str, text: str, asked: object) -> None:
        """An `err` frame; it echoes the request, the only exact correlation the protocol has."""
        echo = None if self._server.switches.flag("null_incoming_message") else asked
        frame = {"err": {"error_code": code, "message": text, "incoming_message": echo}}
        operation, order_id = Operation.OTHER, ""
        if isinstance(asked, Mapping):
            operation = _OPERATIONS.get(str(asked.get("type")), Operation.OTHER)
            params = asked.get("params", {})
            order_id = str(params.get("order_id", "")) if isinstance(params, Mapping) else ""
        session.reply_json(frame, operation, order_id)

    def _login(self, session: SocketSession, params: Mapping[str, Any], asked: object) -> None:
        if session.attributes["authenticated"]:
            self._error(session, "AlreadyAuthenticated", "This connection is authenticated already.", asked)
            return
        given = params.get("hmac")
        try:
            if not isinstance(given, Mapping):
                raise BadLogin("send hmac credentials")
            self._gatekeeper.check(given, self._server.clock.now_ms())
        except BadLogin as refused:
            frame = {"err": {"error_code": "PermissionDenied", "message": str(refused), "incoming_message": None}}
            session.reply_json(frame, Operation.LOGIN)
            session.close(1008, "authentication failed")
            return
        session.attributes["authenticated"] = True
        shapes: dict[str, dict[str, Any]] = {
            "auth": {"type": "auth", "result": "success"},
            "authenticated": {"authenticated": True},
            "type_authenticated": {"type": "authenticated"},
            "authenticated_response": {"authenticated_response": {"user_id": USER_ID}},
            "ack": {"ack": {}},
        }
        session.reply_json(shapes[self._server.switches.choice("auth_shape")], Operation.LOGIN)

    def _subscribe(self, session: SocketSession, kind: str, params: Mapping[str, Any]) -> None:
        channels = params.get("channels")
        if not isinstance(channels, list) or not channels:
            raise InvalidCommand("InvalidParameter", "channels takes a list.")
        for channel in channels:
            if channel not in _CHANNELS:
                raise InvalidCommand("InvalidParameter", f"There is no channel {channel}.")
        for channel in channels:
            if kind == "subscribe":
                session.attributes["channels"].add(channel)
            else:
                session.attributes["channels"].discard(channel)
            session.reply_json({f"{kind}d": channel}, Operation.SUBSCRIBE)

    def _pulse(self, session: SocketSession) -> None:
        """Positions and balances every second, from the moment they are subscribed."""
        channels = session.attributes["channels"]
        if "positions" in channels:
            for symbol in self._policy.positions(TRADER):
                row = rows.position_row(self._server.exchange, self._policy, symbol)
                session.push_json({"position_response": row}, Operation.PUSH_POSITION)
        if "balances" in channels:
            row = rows.balance_row(self._server.exchange, self._policy)
            session.push_json({"balance_response": row}, Operation.PUSH_BALANCE)
        pause = self._server.switches.integer("pulse_ms")
        timers = self._timers.get(id(session))
        if timers is not None:
            timers[1:] = [self._server.clock.call_later(pause, lambda: self._pulse(session))]

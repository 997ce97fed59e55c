"""The trade socket: login, subscriptions, and the dispatch of commands; pushes of what happened to the account."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.practice.exchange.clock import Timer
from app.practice.exchange.orders import TRADER, Event, OrderChanged, SimOrder, Status, Traded
from app.practice.server.faults import Operation
from app.practice.server.http import Identity
from app.practice.server.limits import TokenBucket
from app.practice.server.socket import BaseSocketHandler, Message, Session
from app.practice.server.wire import WireError, parse_json
from app.practice.venues.qfex import rows
from app.practice.venues.qfex.auth import LoginRefused
from app.practice.venues.qfex.commands import Commands, Invalid

if TYPE_CHECKING:
    from app.practice.venues.qfex.server import QfexServer

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
    "get_order": Operation.LOOK_UP,
    "get_user_trades": Operation.FILLS,
}
#: Weights of the two buckets of 12,000 a minute; cancels have a bucket of their own.
_WEIGHTS = {"get_user_orders": Decimal(5), "get_order": Decimal(2), "get_user_trades": Decimal("0.5")}
_LIGHT = Decimal("0.1")
_CHANNELS = ("order_responses", "fills", "positions", "balances", "stop_orders")


class TradeSocket(BaseSocketHandler):
    """One handler for every connection to the trade address."""

    heartbeat_ms = 20_000

    def __init__(self, server: QfexServer) -> None:
        self._server = server
        self.sessions: list[Session] = []
        self._timers: dict[int, list[Timer]] = {}
        self._general = TokenBucket(server.clock, 12_000, 12_000, 60_000)
        self._cancels = TokenBucket(server.clock, 12_000, 12_000, 60_000)
        self.commands = Commands(server, self)
        #: While a command is being applied: who asked, what for, and the id it was asked by.
        self.asking: tuple[Session, str, str] | None = None
        server.exchange.subscribe(self._happened)

    # --- connections -------------------------------------------------------------------------------------------

    def opened(self, session: Session) -> None:
        session.attributes.update(channels=set(), authenticated=False, cancel_on_disconnect=False)
        self.sessions.append(session)

        def too_late() -> None:
            if not session.attributes["authenticated"]:
                session.close(1008, "not authenticated in time")

        limit = self._server.switches.integer("login_s") * 1000
        self._timers[id(session)] = [self._server.clock.call_later(limit, too_late)]
        self._pulse(session)

    def closed(self, session: Session) -> None:
        self.sessions.remove(session)
        for timer in self._timers.pop(id(session), []):
            timer.cancel()
        if session.attributes["cancel_on_disconnect"]:
            for order in self._server.exchange.open_orders(TRADER):
                self._server.exchange.cancel(order, "disconnect")

    def identify(self, session: Session, text: str) -> Identity:
        try:
            asked = parse_json(text)
            params = asked.get("params", {})
            order_id = str(params.get("order_id", params.get("stop_order_id", "")))
            return Identity(_OPERATIONS.get(asked.get("type"), Operation.OTHER), order_id)
        except (WireError, AttributeError):
            return Identity()

    async def message(self, session: Session, message: Message) -> None:
        try:
            asked = parse_json(message.text)
        except WireError:
            self.error(session, "InvalidJSONFormat", "The message is not valid JSON.", message.text)
            return
        if not isinstance(asked, Mapping) or not isinstance(asked.get("params", {}), Mapping):
            self.error(session, "InvalidJSONFormat", "Send an object with type and params.", asked)
            return
        kind, params = str(asked.get("type")), asked.get("params", {})
        if kind == "auth":
            self._login(session, params, asked)
            return
        if not session.attributes["authenticated"]:
            self.error(session, "PermissionDenied", "Authenticate first.", asked)
            return
        bucket = self._cancels if kind.startswith("cancel_") else self._general
        weight = _WEIGHTS.get(kind, Decimal(1) if kind in _OPERATIONS else _LIGHT)
        if message.turn.rate_limited or not bucket.take(weight):
            self.error(session, "RateLimited", "Rate limited; retry after 1 second.", asked)
            return
        try:
            if kind == "subscribe" or kind == "unsubscribe":
                self._subscribe(session, kind, params)
            elif kind == "cancel_on_disconnect":
                session.attributes["cancel_on_disconnect"] = params.get("cancel_on_disconnect") is True
                session.reply_json({"ack": {"incoming_message": asked}})
            else:
                await self.commands.run(session, kind, params, asked)
        except Invalid as error:
            self.error(session, error.code, str(error), asked)

    def error(self, session: Session, code: str, text: str, asked: object) -> None:
        """An `err` frame; it echoes the request, the only exact correlation the protocol has."""
        echo = None if self._server.switches.flag("null_incoming_message") else asked
        frame = {"err": {"error_code": code, "message": text, "incoming_message": echo}}
        operation, order_id = Operation.OTHER, ""
        if isinstance(asked, Mapping):
            operation = _OPERATIONS.get(str(asked.get("type")), Operation.OTHER)
            params = asked.get("params", {})
            order_id = str(params.get("order_id", "")) if isinstance(params, Mapping) else ""
        session.reply_json(frame, operation, order_id)

    def _login(self, session: Session, params: Mapping[str, Any], asked: object) -> None:
        if session.attributes["authenticated"]:
            self.error(session, "AlreadyAuthenticated", "This connection is authenticated already.", asked)
            return
        given = params.get("hmac")
        try:
            if not isinstance(given, Mapping):
                raise LoginRefused("send hmac credentials")
            self._server.gatekeeper.check(given, self._server.clock.now_ms())
        except LoginRefused as refused:
            frame = {"err": {"error_code": "PermissionDenied", "message": str(refused), "incoming_message": None}}
            session.reply_json(frame, Operation.LOGIN)
            session.close(1008, "authentication failed")
            return
        session.attributes["authenticated"] = True
        shapes: dict[str, dict[str, Any]] = {
            "auth": {"type": "auth", "result": "success"},
            "authenticated": {"authenticated": True},
            "type_authenticated": {"type": "authenticated"},
        }
        session.reply_json(shapes[self._server.switches.choice("auth_shape")], Operation.LOGIN)

    def _subscribe(self, session: Session, kind: str, params: Mapping[str, Any]) -> None:
        channels = params.get("channels")
        if not isinstance(channels, list) or not channels:
            raise Invalid("InvalidParameter", "channels takes a list.")
        for channel in channels:
            if channel not in _CHANNELS:
                raise Invalid("InvalidParameter", f"There is no channel {channel}.")
        for channel in channels:
            if kind == "subscribe":
                session.attributes["channels"].add(channel)
            else:
                session.attributes["channels"].discard(channel)
            session.reply_json({f"{kind}d": channel}, Operation.SUBSCRIBE)

    # --- what happened -----------------------------------------------------------------------------------------

    def _pulse(self, session: Session) -> None:
        """Positions and balances every second, from the moment they are subscribed."""
        channels = session.attributes["channels"]
        if "positions" in channels:
            for symbol in self._server.policy.positions(TRADER):
                row = rows.position_row(self._server.exchange, self._server.policy, symbol)
                session.push_json({"position_response": row}, Operation.PUSH_POSITION)
        if "balances" in channels:
            row = rows.balance_row(self._server.exchange, self._server.policy)
            session.push_json({"balance_response": row}, Operation.PUSH_BALANCE)
        pause = self._server.switches.integer("pulse_ms")
        timers = self._timers.get(id(session))
        if timers is not None:
            timers[1:] = [self._server.clock.call_later(pause, lambda: self._pulse(session))]

    def _happened(self, event: Event) -> None:
        if isinstance(event, OrderChanged) and event.order.owner == TRADER:
            self._order_changed(event)
        elif isinstance(event, Traded):
            for order in (event.maker, event.taker):
                if order.owner == TRADER:
                    done = event.execution
                    self.tell(order, rows.order_row(order, "FILLED", trade_id=done.trade_id), order.order_id)
                    self._push("fills", {"fill_response": rows.fill_row(done, order)}, Operation.PUSH_FILL, order)

    def _order_changed(self, event: OrderChanged) -> None:
        order, cause = event.order, event.revision.cause
        if cause in ("placed", "triggered", "admitted"):
            self.tell(order, rows.order_row(order, "ACK"), order.order_id)
        elif cause == "modified":
            if self._server.switches.flag("emit_old_cancelled") and event.former_id != order.order_id:
                self.tell(order, rows.order_row(order, "CANCELLED", order_id=event.former_id), event.former_id)
            self.tell(order, rows.order_row(order, "MODIFIED"), event.former_id)
        elif order.status in (Status.CANCELLED, Status.EXPIRED, Status.REJECTED) and cause != "fill":
            status = "CANCELLED_STP" if order.reason.startswith("self") else "CANCELLED"
            self.tell(order, rows.order_row(order, status), order.order_id)

    def tell(self, order: SimOrder, row: rows.Row, known_id: str) -> None:
        """Send an `order_response`: as the answer to whoever asked, as a push to every other subscriber."""
        turn = self._server.gate.before_push(Operation.PUSH_ORDER, order)
        if turn.unknown_status is not None:
            row = {**row, "status": turn.unknown_status}
        for session in list(self.sessions):
            if "order_responses" not in session.attributes["channels"]:
                continue
            if self.asking is not None and self.asking[0] is session and row["status"] != "FILLED":
                session.reply_json({"order_response": row}, self.asking[1], self.asking[2])
            else:
                session.push_json({"order_response": row}, Operation.PUSH_ORDER, known_id)

    def refuse(self, session: Session, row: rows.Row, operation: str, order_id: str) -> None:
        """Send a refusal to whoever asked; every other subscriber of the account sees it too."""
        for each in list(self.sessions):
            if "order_responses" not in each.attributes["channels"]:
                continue
            if each is session:
                each.reply_json({"order_response": row}, operation, order_id)
            else:
                each.push_json({"order_response": row}, Operation.PUSH_ORDER, order_id)

    def _push(self, channel: str, frame: dict[str, Any], operation: str, order: SimOrder) -> None:
        for session in list(self.sessions):
            if channel in session.attributes["channels"]:
                session.push_json(frame, operation, order.order_id)

"""The public websocket: trades, orders (top twenty) and diff-orders. There is no private channel, as at the venue.

Source: Bitso API documentation, "General" and "WebSocket channels", read 2026-11-21. The keep-alive's interval and
whether a modify shows as one open row are not documented; a modify is one open row here.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from app.practice.exchange.clock import Timer
from app.practice.exchange.errors import Refused
from app.practice.exchange.orders import (
    CROWD,
    ExchangeEvent,
    OrderChanged,
    OrdersTraded,
    Side,
    SimKind,
    SimOrder,
    Status,
)
from app.practice.server.faults import Operation
from app.practice.server.messages import Identity
from app.practice.server.server import VenueServer
from app.practice.server.socket import BaseSocketHandler, SocketMessage, SocketSession
from app.practice.server.wire import WireError, parse_json

CHANNELS = ("trades", "orders", "diff-orders")
_TOP = 20


class Stream(BaseSocketHandler):
    """Subscriptions and what is pushed to them."""

    def __init__(self, server: VenueServer) -> None:
        self._server = server
        self._sessions: list[SocketSession] = []
        self.sequence: dict[str, int] = defaultdict(int)
        self._timers: dict[int, Timer] = {}
        server.exchange.subscribe(self._happened)

    def opened(self, session: SocketSession) -> None:
        session.attributes["channels"] = set()
        self._sessions.append(session)
        self._keep_alive(session)

    def closed(self, session: SocketSession) -> None:
        self._sessions.remove(session)
        timer = self._timers.pop(id(session), None)
        if timer is not None:
            timer.cancel()

    def identify(self, session: SocketSession, text: str) -> Identity:
        return Identity(Operation.SUBSCRIBE)

    async def message(self, session: SocketSession, message: SocketMessage) -> None:
        try:
            asked = parse_json(message.text)
        except WireError:
            session.reply_json({"action": "error", "message": "invalid message"})
            return
        if not isinstance(asked, dict) or asked.get("action") != "subscribe" or asked.get("type") not in CHANNELS:
            session.reply_json({"action": "error", "message": "unknown action or type"})
            return
        try:
            book = self._server.exchange.instrument(str(asked.get("book"))).symbol
        except Refused:
            session.reply_json({"action": "subscribe", "response": "error", "type": asked["type"]})
            return
        session.attributes["channels"].add((asked["type"], book))
        now = self._server.clock.now_ms()
        session.reply_json({"action": "subscribe", "response": "ok", "time": now, "type": asked["type"]})
        if asked["type"] == "orders":
            self._push(session, self._top(book), Operation.PUSH_BOOK)

    def _keep_alive(self, session: SocketSession) -> None:
        def beat() -> None:
            session.push_json({"type": "ka"}, Operation.PING)
            self._keep_alive(session)

        pause = self._server.switches.integer("keep_alive_ms")
        self._timers[id(session)] = self._server.clock.call_later(pause, beat)

    # -- what happened -------------------------------------------------------------------------------------------------

    def _happened(self, event: ExchangeEvent) -> None:
        if isinstance(event, OrderChanged):
            if event.order.kind is SimKind.LIMIT and event.order.force.value == "gtc" and shows(event):
                self._diff(event.order)
        elif isinstance(event, OrdersTraded):
            self._trade(event)

    def _diff(self, order: SimOrder) -> None:
        book = order.symbol
        self.sequence[book] += 1
        row: dict[str, Any] = {
            "o": order.order_id,
            "d": order.updated_ns // 1_000_000,
            "r": order.price,
            "t": 0 if order.side is Side.BUY else 1,
            "s": "open" if order.is_open else "completed" if order.status is Status.FILLED else "cancelled",
        }
        if row["s"] != "cancelled":
            row["a"] = order.remaining
            row["v"] = order.remaining * (order.price or 0)
        if order.client_id and order.owner != CROWD and row["s"] != "open":
            row["z"] = order.client_id
        self._broadcast(
            "diff-orders",
            book,
            {"sequence": self.sequence[book], "payload": [row]},
            Operation.PUSH_BOOK,
            order.order_id,
        )

    def _trade(self, event: OrdersTraded) -> None:
        done = event.execution
        row = {
            "i": int(done.trade_id),
            "a": done.quantity,
            "r": done.price,
            "v": done.value,
            "mo": done.maker_order_id,
            "to": done.taker_order_id,
            "t": 0 if done.taker_side is Side.BUY else 1,
            "x": done.time_ns // 1_000_000,
        }
        self._broadcast("trades", done.symbol, {"payload": [row]}, Operation.PUSH_TRADE, done.maker_order_id)
        if any(("orders", done.symbol) in session.attributes["channels"] for session in self._sessions):
            for session in list(self._sessions):
                if ("orders", done.symbol) in session.attributes["channels"]:
                    self._push(session, self._top(done.symbol), Operation.PUSH_BOOK)

    def _top(self, book: str) -> dict[str, Any]:
        sides = {}
        for name, side, flag in (("bids", Side.BUY, 0), ("asks", Side.SELL, 1)):
            rows: list[dict[str, Any]] = []
            for entry in self._server.exchange.book(book).entries(side):
                if len(rows) == _TOP:
                    break
                order = self._server.exchange.by_uid(entry.uid)
                rows.append(
                    {
                        "o": order.order_id,
                        "r": entry.price,
                        "a": entry.quantity,
                        "v": entry.price * entry.quantity,
                        "t": flag,
                        "d": order.updated_ns // 1_000_000,
                        "s": "undefined",
                    }
                )
            sides[name] = rows
        return {"type": "orders", "book": book, "payload": sides, "sent": self._server.clock.now_ms()}

    def _broadcast(self, kind: str, book: str, body: dict[str, Any], operation: str, order_id: str) -> None:
        message = {"type": kind, "book": book, **body, "sent": self._server.clock.now_ms()}
        for session in list(self._sessions):
            if (kind, book) in session.attributes["channels"]:
                self._push(session, message, operation, order_id)

    def _push(self, session: SocketSession, message: dict[str, Any], operation: str, order_id: str = "") -> None:
        session.push_json(message, operation, order_id, decimals="string")


def shows(event: OrderChanged) -> bool:
    """Return True if a change is to be seen in the book: a queued or untriggered order is not there."""
    return event.order.status not in (Status.PENDING, Status.UNTRIGGERED)

"""Common part of both websockets: text ping and pong, ten messages a second, the cut when nobody pings, replies.

Source: Bitget unified account quick start (as noted by a third party on 2026-09-09) and the public clients, read
2026-11-21: `ping` and `pong` are texts, not websocket frames; a connection without a ping for two minutes is dropped;
more than ten messages a second drop it too. Control replies carry `connId` in newer documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.practice.exchange.clock import PracticeClock, Timer
from app.practice.server.faults import Operation, Switches
from app.practice.server.limits import SlidingWindow
from app.practice.server.messages import Identity
from app.practice.server.socket import BaseSocketHandler, SocketMessage, SocketSession
from app.practice.server.wire import WireError, parse_json

NO_CHANNEL, BAD_REQUEST, BAD_OP, NOT_LOGGED_IN, LOGIN_FAILED, TOO_MANY = 30001, 30002, 30003, 30004, 30005, 30007
#: Pushed up to a minute before the connection ends (change log of 2026-02-04, read 2026-11-30); fault `venue` with the
#: name `service_upgrade`, at any message.
SERVICE_UPGRADE = 30033
_PER_SECOND = 10


class TextSocket(BaseSocketHandler):
    """A handler with Bitget's manners; subclasses add the operations.

    Attributes:
        sessions: the open connections. `session.attributes["args"]` are what each has subscribed to.
    """

    def __init__(self, clock: PracticeClock, switches: Switches) -> None:
        self.clock = clock
        self.switches = switches
        self.sessions: list[SocketSession] = []
        self._idle: dict[int, Timer] = {}
        self._opened = 0

    def opened(self, session: SocketSession) -> None:
        self._opened += 1
        session.attributes["conn_id"] = f"practice-{self._opened}"
        session.attributes["args"] = []
        session.attributes["window"] = SlidingWindow(self.clock, _PER_SECOND, 1000)
        self.sessions.append(session)
        self._expect_ping(session)

    def closed(self, session: SocketSession) -> None:
        self.sessions.remove(session)
        timer = self._idle.pop(id(session), None)
        if timer is not None:
            timer.cancel()

    def identify(self, session: SocketSession, text: str) -> Identity:
        if text == "ping":
            return Identity(Operation.PING)
        try:
            asked = parse_json(text)
        except WireError:
            return Identity()
        op = asked.get("op") if isinstance(asked, dict) else None
        if op == "login":
            return Identity(Operation.LOGIN)
        if op == "trade":
            return self.identify_trade(asked)
        return Identity(Operation.SUBSCRIBE if op in ("subscribe", "unsubscribe") else Operation.OTHER)

    def identify_trade(self, asked: Mapping[str, Any]) -> Identity:
        """Say what an order-entry message is about."""
        return Identity()

    async def message(self, session: SocketSession, message: SocketMessage) -> None:
        """Count, answer a ping, and hand the rest on."""
        if message.planned.rate_limited or not session.attributes["window"].take():
            self.error(session, TOO_MANY, "Request too many")
            session.close()
            return
        if "service_upgrade" in message.planned.venue:
            self.error(session, SERVICE_UPGRADE, "Service upgrade in progress, please reconnect")
            return
        if message.text == "ping":
            self._expect_ping(session)
            session.reply("pong", Operation.PING)
            return
        try:
            asked = parse_json(message.text)
        except WireError:
            self.error(session, BAD_REQUEST, "Illegal request")
            return
        if not isinstance(asked, dict):
            self.error(session, BAD_REQUEST, "Illegal request")
            return
        op = asked.get("op")
        if op in ("subscribe", "unsubscribe"):
            self._subscriptions(session, op, asked.get("args"))
            return
        await self.operation(session, message, asked)

    async def operation(self, session: SocketSession, message: SocketMessage, asked: dict[str, Any]) -> None:
        """Anything but ping and subscriptions."""
        self.error(session, BAD_OP, "Invalid op")

    def check_arg(self, session: SocketSession, arg: Mapping[str, Any]) -> int:
        """0 if the channel exists and may be subscribed, or the error code."""
        raise NotImplementedError

    def subscribed(self, session: SocketSession, arg: dict[str, Any]) -> None:
        """Send what the channel begins with."""

    def error(self, session: SocketSession, code: int, text: str, **more: object) -> None:
        """An error frame."""
        frame = {"event": "error", **more, "code": code, "msg": text, "connId": session.attributes["conn_id"]}
        session.reply_json(frame)

    def _subscriptions(self, session: SocketSession, op: str, args: object) -> None:
        if not isinstance(args, list) or not args or not all(isinstance(arg, dict) for arg in args):
            self.error(session, BAD_REQUEST, "Illegal request")
            return
        for arg in args:
            code = self.check_arg(session, arg)
            if code:
                text = "User needs to log in" if code == NOT_LOGGED_IN else "Channel does not exist"
                self.error(session, code, text, arg=arg)
                continue
            args_now = session.attributes["args"]
            if op == "unsubscribe":
                session.attributes["args"] = [each for each in args_now if each != arg]
            elif arg not in args_now:
                args_now.append(arg)
            reply = {"event": op, "arg": arg, "connId": session.attributes["conn_id"]}
            session.reply_json(reply, Operation.SUBSCRIBE)
            if op == "subscribe":
                self.subscribed(session, arg)

    def push(
        self,
        session: SocketSession,
        arg: Mapping[str, Any],
        data: object,
        operation: str,
        order_id: str = "",
        action: str = "snapshot",
    ) -> None:
        """One push in Bitget's envelope."""
        frame = {"action": action, "arg": arg, "data": data, "ts": self.clock.now_ms()}
        session.push_json(frame, operation, order_id, decimals="string")

    def _expect_ping(self, session: SocketSession) -> None:
        """Cut the connection unless it pings in time."""
        timer = self._idle.pop(id(session), None)
        if timer is not None:
            timer.cancel()
        self._idle[id(session)] = self.clock.call_later(self.switches.integer("idle_cut_ms"), session.close)

"""The private websocket: login, orders, fills, account, positions, and order entry.

Nothing is pushed on subscribing to `order` or `fill`; `account` and `position` begin with what is. The account is
pushed after fills and other changes of a balance, not when an order merely locks something. Source: Bitget unified
account documentation, websocket pages, read 2026-11-21. A push on a modification is our inference (switch
`push_on_amend`), and so is the shape of a refused order-entry request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.practice.exchange.orders import (
    TRADER,
    BalanceChanged,
    ExchangeEvent,
    Execution,
    OrderChanged,
    OrdersTraded,
    SimOrder,
)
from app.practice.server.faults import Operation
from app.practice.server.limits import SlidingWindow
from app.practice.server.messages import Identity
from app.practice.server.server import VenueServer
from app.practice.server.socket import SocketMessage, SocketSession
from app.practice.venues.bitget.account import AccountReport
from app.practice.venues.bitget.amend import Amending
from app.practice.venues.bitget.auth import Gatekeeper, LoginError
from app.practice.venues.bitget.errors import BitgetError
from app.practice.venues.bitget.markets import CATEGORIES
from app.practice.venues.bitget.orders import Orders
from app.practice.venues.bitget.place import Placing
from app.practice.venues.bitget.sockets import BAD_OP, BAD_REQUEST, NO_CHANNEL, NOT_LOGGED_IN, TextSocket

#: `strategy-order` exists and stays silent: there are no strategy orders here.
TOPICS = ("order", "fill", "fast-fill", "account", "position", "strategy-order")
_AMENDED = frozenset({"amended", "foreign_amend"})
_PER_SECOND = 10

_OPERATIONS = {
    "modify-order": Operation.AMEND,
    "batch-modify": Operation.BATCH_AMEND,
    "place-order": Operation.PLACE,
    "batch-place": Operation.PLACE,
    "cancel-order": Operation.CANCEL,
    "batch-cancel": Operation.CANCEL,
}


@dataclass(frozen=True, slots=True)
class TradeCalls:
    """Order calls that may come over either channel."""

    orders: Orders
    placing: Placing
    amending: Amending


class PrivateSocket(TextSocket):
    """`/v3/ws/private`."""

    def __init__(self, server: VenueServer, keeper: Gatekeeper, calls: TradeCalls, account: AccountReport) -> None:
        super().__init__(server.clock, server.switches)
        self._server = server
        self._keeper = keeper
        self._calls = calls
        self._rows = calls.orders.rows
        self._account = account
        ledger = server.exchange.ledger
        self._totals = {coin: balance.total for coin, balance in ledger.balances(TRADER).items()}
        self._limit = SlidingWindow(server.clock, _PER_SECOND, 1000)
        server.exchange.subscribe(self._happened)

    # -- login and subscriptions ---------------------------------------------------------------------------------------

    async def operation(self, session: SocketSession, message: SocketMessage, asked: dict[str, Any]) -> None:
        op = asked.get("op")
        if op == "login":
            self._login(session, asked.get("args"))
        elif op != "trade":
            self.error(session, BAD_OP, "Invalid op")
        elif not session.attributes.get("user"):
            self.error(session, NOT_LOGGED_IN, "User needs to log in")
        else:
            await self._trade(session, message, asked)

    def _login(self, session: SocketSession, args: object) -> None:
        try:
            self._keeper.check_login(args, self.clock.now_ms())
        except LoginError as error:
            self.error(session, error.code, error.message)
            return
        session.attributes["user"] = TRADER
        session.reply_json({"event": "login", "code": 0, "connId": session.attributes["conn_id"]}, Operation.LOGIN)

    def check_arg(self, session: SocketSession, arg: Mapping[str, Any]) -> int:
        if not session.attributes.get("user"):
            return NOT_LOGGED_IN
        return 0 if arg.get("instType") == "UTA" and arg.get("topic") in TOPICS else NO_CHANNEL

    def subscribed(self, session: SocketSession, arg: dict[str, Any]) -> None:
        if arg["topic"] == "account":
            self.push(session, arg, [self._account.push_row()], Operation.PUSH_BALANCE)
        elif arg["topic"] == "position":
            self.push(session, arg, self._account.positions(), Operation.PUSH_POSITION)

    # -- what happened -------------------------------------------------------------------------------------------------

    def _happened(self, event: ExchangeEvent) -> None:
        if isinstance(event, OrderChanged):
            if event.order.owner == TRADER:
                self._order_changed(event)
        elif isinstance(event, OrdersTraded):
            for order in (event.maker, event.taker):
                if order.owner == TRADER:
                    self._filled(order, event.execution)
        elif isinstance(event, BalanceChanged) and event.account == TRADER:
            self._balance_changed(event)

    def _balance_changed(self, event: BalanceChanged) -> None:
        """Push the account, but not for a lock alone."""
        if self._totals.get(event.currency) != event.total:
            self._totals[event.currency] = event.total
            self._to_all("account", [self._account.push_row()], Operation.PUSH_BALANCE)

    def _order_changed(self, event: OrderChanged) -> None:
        if event.revision.cause in _AMENDED and not self.switches.flag("push_on_amend"):
            return
        order = event.order
        planned = self._server.gate.before_push(Operation.PUSH_ORDER, order)
        row = self._rows.push_order(order, self._rows.after(order, event.revision))
        if planned.unknown_status is not None:
            row["orderStatus"] = planned.unknown_status
        self._to_all("order", [row], Operation.PUSH_ORDER, order.order_id)

    def _filled(self, order: SimOrder, done: Execution) -> None:
        row = self._rows.push_fill(order, done)
        self._to_all("fill", [row], Operation.PUSH_FILL, order.order_id)
        fast = {name: value for name, value in row.items() if name not in ("feeDetail", "execPnl")}
        self._to_all("fast-fill", fast, Operation.PUSH_FILL, order.order_id, action="update")
        if not self._rows.listing(order).is_spot:
            self._to_all("position", self._account.positions(), Operation.PUSH_POSITION)

    def _to_all(self, topic: str, data: object, operation: str, order_id: str = "", action: str = "snapshot") -> None:
        for session in list(self.sessions):
            for arg in session.attributes["args"]:
                if arg["topic"] == topic:
                    self.push(session, arg, data, operation, order_id, action)

    # -- order entry ---------------------------------------------------------------------------------------------------

    def identify_trade(self, asked: Mapping[str, Any]) -> Identity:
        args = asked.get("args")
        first = args[0] if isinstance(args, list) and args and isinstance(args[0], dict) else {}
        operation = _OPERATIONS.get(str(asked.get("topic")), Operation.OTHER)
        return Identity(operation, str(first.get("orderId", "")))

    async def _trade(self, session: SocketSession, message: SocketMessage, asked: dict[str, Any]) -> None:
        topic, args, category = asked.get("topic"), asked.get("args"), asked.get("category")
        if topic not in _OPERATIONS or not isinstance(args, list) or not args or not isinstance(asked.get("id"), str):
            self.error(session, BAD_REQUEST, "Illegal request")
            return
        if not isinstance(category, str) or category != category.lower() or category.upper() not in CATEGORIES:
            self._answer(session, message, asked, [], "25200", "category validation error")
            return
        rows = [{**row, "category": category.upper()} if isinstance(row, dict) else row for row in args]
        try:
            if not self._limit.take():
                raise BitgetError("429")
            done = await self._work(topic, rows)
        except BitgetError as error:
            self._answer(session, message, asked, [], error.code, error.message)
            return
        self._answer(session, message, asked, done, "0", "Success")

    async def _work(self, topic: str, rows: list[Any]) -> list[dict[str, Any]]:
        single: dict[str, Callable[[object], Awaitable[dict[str, Any]]]] = {
            "modify-order": self._calls.amending.modify,
            "place-order": self._calls.placing.place,
            "cancel-order": self._calls.orders.cancel,
        }
        batch: dict[str, Callable[[object], Awaitable[list[dict[str, Any]]]]] = {
            "batch-modify": self._calls.amending.batch,
            "batch-place": self._calls.placing.place_batch,
            "batch-cancel": self._calls.orders.cancel_batch,
        }
        if topic in single:
            return [await single[topic](rows[0])]
        done = await batch[topic](rows)
        return [{**row, "code": _short(row.get("code"))} for row in done]

    def _answer(
        self,
        session: SocketSession,
        message: SocketMessage,
        asked: Mapping[str, Any],
        args: object,
        code: str,
        text: str,
    ) -> None:
        frame = {
            "event": "trade",
            "id": asked["id"],
            "category": asked.get("category"),
            "topic": asked["topic"],
            "args": args,
            "code": code,
            "msg": text,
            "ts": str(self.clock.now_ms()),
        }
        session.reply_json(frame, message.identity.operation, message.identity.order_id, decimals="string")


def _short(code: object) -> str:
    """Over the websocket success is "0"."""
    return "0" if code in (None, "00000") else str(code)

"""Every function of the API by name, the same for both gateways: who may call it, and what it answers.

Names and keys are taken in any case. A subscription is a call like any other (clients send them with `m` 0), offered
over the websocket only.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from app.practice.exchange.orders import SimOrder
from app.practice.server.faults import Operation
from app.practice.server.gate import FaultOrders, Gate
from app.practice.server.messages import Identity
from app.practice.venues.alphapoint.amend import Modifier
from app.practice.venues.alphapoint.auth import User
from app.practice.venues.alphapoint.errors import NOT_AUTHORIZED, RECEIVED, ApiError, generic, scripted
from app.practice.venues.alphapoint.fields import Payload
from app.practice.venues.alphapoint.place import Placing
from app.practice.venues.alphapoint.push import EventPush, Subscriber
from app.practice.venues.alphapoint.queries import Queries
from app.practice.venues.alphapoint.reference import Reference
from app.practice.venues.alphapoint.replace import Replacer
from app.practice.venues.alphapoint.rows import camel


class Access(Enum):
    """Right needed to call a function."""

    ANYBODY = auto()
    READER = auto()
    TRADER = auto()


class TextError(Exception):
    """An answer that is plain text, no JSON: an `m` 5 frame, or an HTTP body.

    Attributes:
        status: the HTTP status.
    """

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True)
class Caller:
    """Caller of a function, with the connection if it is one that can be pushed to."""

    user: User | None
    subscriber: Subscriber | None


_Handler = Callable[[Caller, Payload], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class _Function:
    operation: Operation
    access: Access
    handle: _Handler


class Functions:
    """The table of functions and the way through it."""

    def __init__(
        self,
        gate: Gate,
        find: Callable[[str], SimOrder | None],
        parts: tuple[Modifier, Replacer, Placing, Queries, Reference, EventPush],
    ) -> None:
        self._gate = gate
        self._find = find
        modifier, replacer, placing, self._queries, reference, self._feed = parts
        self._functions: dict[str, _Function] = {}
        self._fill(modifier, replacer, placing, self._queries, reference)
        self._fill_market()

    def identify(self, name: str, payload: Payload) -> Identity:
        """Subject of a call."""
        function = self._functions.get(name.lower())
        return Identity(function.operation if function else Operation.OTHER, payload.order_id())

    async def answer(self, caller: Caller, name: str, payload: Payload, planned: FaultOrders) -> Any:
        """The value to answer a call with.

        Args:
            planned: orders of the planned faults at the call's arrival.

        Raises:
            ApiError: a refusal with a JSON body.
            TextError: a refusal that is plain text.
        """
        if planned.rate_limited:
            raise too_many()
        if planned.refuse is not None:
            raise scripted(planned)
        function = self._functions.get(name.lower())
        if function is None:
            raise TextError("Endpoint not found", 404)
        if function.access is not Access.ANYBODY and caller.user is None:
            raise generic(NOT_AUTHORIZED)
        if function.access is Access.TRADER and not (caller.user and caller.user.may_trade):
            raise generic(NOT_AUTHORIZED)
        identity = self.identify(name, payload)
        try:
            value = await function.handle(caller, payload)
        except ApiError as error:
            self._bend(error.body, self._gate.before_reply(identity.operation, self._find(identity.order_id)))
            raise
        return self._bend(value, self._gate.before_reply(identity.operation, self._find(identity.order_id)))

    @staticmethod
    def _bend(value: Any, planned: FaultOrders) -> Any:
        """Apply planned faults to an answer."""
        if planned.refuse is not None:
            raise scripted(planned)
        if "error_text" in planned.venue:
            asked = planned.venue["error_text"]
            raise TextError(str(asked.get("text", "Server Error")), int(asked.get("status", 500)))
        if planned.rate_limited:
            raise too_many()
        if planned.omit_rows and isinstance(value, list):
            value = [row for index, row in enumerate(value) if index not in planned.omit_rows]
        if planned.unknown_status is not None:
            for row in value if isinstance(value, list) else [value]:
                if isinstance(row, dict) and "OrderState" in row:
                    row["OrderState"] = planned.unknown_status
        return camel(value) if "camel_case" in planned.venue else value

    # -- the table -----------------------------------------------------------------------------------------------------

    def _add(self, operation: Operation, access: Access, handlers: Mapping[str, _Handler]) -> None:
        for name, handle in handlers.items():
            self._functions[name.lower()] = _Function(operation, access, handle)

    def _fill(
        self, modifier: Modifier, replacer: Replacer, placing: Placing, queries: Queries, reference: Reference
    ) -> None:
        for operation, name, call in (
            (Operation.AMEND, "ModifyOrder", modifier.modify),
            (Operation.REPLACE, "CancelReplaceOrder", replacer.replace),
            (Operation.PLACE, "SendOrder", placing.send),
            (Operation.CANCEL, "CancelOrder", placing.cancel),
            (Operation.CANCEL_ALL, "CancelAllOrders", placing.cancel_all),
        ):
            self._add(operation, Access.TRADER, {name: _private(call)})
        for operation, name, read in (
            (Operation.LIST_ORDERS, "GetOpenOrders", queries.open_orders),
            (Operation.LOOK_UP, "GetOrderStatus", queries.order_status),
            (Operation.HISTORY, "GetOrderHistory", queries.order_history),
            (Operation.HISTORY, "GetOrdersHistory", queries.orders_history),
            (Operation.HISTORY, "GetOrderHistoryByOrderId", queries.order_history_by_id),
            (Operation.FILLS, "GetAccountTrades", queries.account_trades),
            (Operation.FILLS, "GetTradesHistory", queries.account_trades),
            (Operation.BALANCES, "GetAccountPositions", queries.positions),
            (Operation.OTHER, "GetOrderFee", queries.order_fee),
            (Operation.OTHER, "GetUserAccounts", queries.user_accounts),
            (Operation.OTHER, "GetAccountInfo", queries.account_info),
            (Operation.OTHER, "GetUserInfo", queries.user_info),
            (Operation.OTHER, "GetUserPermissions", queries.user_permissions),
            (Operation.OTHER, "GetAccountTransactions", queries.account_transactions),
        ):
            self._add(operation, Access.READER, {name: _private(read)})
        for name, tell in (
            ("GetInstruments", reference.instruments),
            ("GetInstrument", reference.instrument),
            ("GetProducts", reference.products),
        ):
            self._add(Operation.INSTRUMENTS, Access.ANYBODY, {name: _public(tell)})
        self._add(Operation.PING, Access.ANYBODY, {"Ping": _public(lambda _: {"msg": "PONG"})})

    def _fill_market(self) -> None:
        feed = self._feed
        for asked, name, look in (
            ("GetLevel1", "Level1", feed.level1),
            ("GetL2Snapshot", "Level2", feed.level2),
            ("GetLastTrades", "Trades", feed.trades),
        ):
            self._add(Operation.MARKET_DATA, Access.ANYBODY, {asked: _look(look)})
            on, off = _market(look, name.lower())
            self._add(Operation.SUBSCRIBE, Access.ANYBODY, {f"Subscribe{name}": on, f"Unsubscribe{name}": off})
        tickers = feed.tickers
        for name, read in (("GetTickerHistory", tickers.history), ("Summary", tickers.summary)):
            self._add(Operation.MARKET_DATA, Access.ANYBODY, {name: _public(read)})
        told: dict[str, _Handler] = {"SubscribeTicker": self._ticker, "UnsubscribeTicker": self._no_ticker}
        self._add(Operation.SUBSCRIBE, Access.ANYBODY, told)
        private: dict[str, _Handler] = {
            "SubscribeAccountEvents": self._account_events,
            "UnsubscribeAccountEvents": self._no_account_events,
            "SubscribeOrderStateEvents": self._order_events,
            "UnsubscribeOrderStateEvents": self._no_order_events,
        }
        self._add(Operation.SUBSCRIBE, Access.READER, private)

    async def _ticker(self, caller: Caller, payload: Payload) -> Any:
        symbol, span = self._feed.tickers.asked(payload)
        listening(caller).tickers[symbol] = span
        last = payload.maybe_whole("IncludeLastCount")
        rows = self._feed.tickers.rows(symbol, span)
        return rows[-last:] if last else rows

    async def _no_ticker(self, caller: Caller, payload: Payload) -> Any:
        symbol, _ = self._feed.tickers.asked(payload)
        listening(caller).tickers.pop(symbol, None)
        return RECEIVED

    async def _account_events(self, caller: Caller, payload: Payload) -> Any:
        subscriber = self._listening(caller, payload)
        subscriber.account = True
        return {"Subscribe": True}

    async def _no_account_events(self, caller: Caller, payload: Payload) -> Any:
        self._listening(caller, payload).account = False
        return {"Subscribe": False}

    async def _order_events(self, caller: Caller, payload: Payload) -> Any:
        subscriber = self._listening(caller, payload)
        wanted = self._queries.symbol(payload)
        subscriber.orders = {wanted} if wanted else set()
        return {"Subscribed": True}

    async def _no_order_events(self, caller: Caller, payload: Payload) -> Any:
        self._listening(caller, payload).orders = None
        return {"Subscribed": False}

    def _listening(self, caller: Caller, payload: Payload) -> Subscriber:
        if caller.user is None:
            raise generic(NOT_AUTHORIZED)
        self._queries.own(caller.user, payload)
        return listening(caller)


def too_many() -> TextError:
    """Over the rate limit."""
    return TextError("TOO MANY REQUESTS", 429)


def listening(caller: Caller) -> Subscriber:
    """The connection that subscribes.

    Raises:
        TextError: over HTTP, where there are no subscriptions.
    """
    if caller.subscriber is None:
        raise TextError("Endpoint not found", 404)
    return caller.subscriber


def _private(call: Callable[[User, Payload], Awaitable[Any]]) -> _Handler:
    async def handle(caller: Caller, payload: Payload) -> Any:
        if caller.user is None:
            raise generic(NOT_AUTHORIZED)
        return await call(caller.user, payload)

    return handle


def _public(read: Callable[[Payload], Any]) -> _Handler:
    async def handle(caller: Caller, payload: Payload) -> Any:
        return read(payload)

    return handle


def _look(look: Callable[[Payload], tuple[str, Any]]) -> _Handler:
    return _public(lambda payload: look(payload)[1])


def _market(look: Callable[[Payload], tuple[str, Any]], kind: str) -> tuple[_Handler, _Handler]:
    """Subscribe to and unsubscribe from one kind of market data, a set of symbols of the subscriber by that name."""

    async def on(caller: Caller, payload: Payload) -> Any:
        symbol, snapshot = look(payload)
        listening(caller).market[kind].add(symbol)
        return snapshot

    async def off(caller: Caller, payload: Payload) -> Any:
        symbol, _ = look(payload)
        listening(caller).market[kind].discard(symbol)
        return RECEIVED

    return on, off

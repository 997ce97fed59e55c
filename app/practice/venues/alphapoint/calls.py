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
from app.practice.venues.alphapoint.errors import NOT_AUTHORIZED, ApiError, generic, scripted
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
        self._modifier, self._replacer, self._placing, self._queries, self._reference, self._feed = parts
        self._functions: dict[str, _Function] = {}
        self._fill_placing()
        self._fill_reading()
        self._fill_public()
        self._fill_subscriptions()

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

    def _add(self, name: str, operation: Operation, access: Access, handle: _Handler) -> None:
        self._functions[name.lower()] = _Function(operation, access, handle)

    def _private(
        self,
        name: str,
        operation: Operation,
        access: Access,
        handle: Callable[[User, Payload], Awaitable[Any]],
    ) -> None:
        async def call(caller: Caller, payload: Payload) -> Any:
            if caller.user is None:
                raise generic(NOT_AUTHORIZED)
            return await handle(caller.user, payload)

        self._add(name, operation, access, call)

    def _fill_placing(self) -> None:
        placing, replacer, modifier = self._placing, self._replacer, self._modifier
        for name, operation, handle in (
            ("ModifyOrder", Operation.AMEND, modifier.modify),
            ("CancelReplaceOrder", Operation.REPLACE, replacer.replace),
            ("SendOrder", Operation.PLACE, placing.send),
            ("CancelOrder", Operation.CANCEL, placing.cancel),
            ("CancelAllOrders", Operation.CANCEL_ALL, placing.cancel_all),
        ):
            self._private(name, operation, Access.TRADER, handle)
        for name, single in (
            ("SendOrderList", placing.send),
            ("SendCancelList", placing.cancel),
            ("SendCancelReplaceList", replacer.replace),
        ):
            self._private(name, Operation.BATCH_AMEND, Access.TRADER, self._list_of(single))

    def _list_of(
        self, single: Callable[[User, Payload], Awaitable[Mapping[str, Any]]]
    ) -> Callable[[User, Payload], Awaitable[Any]]:
        async def call(user: User, payload: Payload) -> Any:
            return await self._placing.each(user, payload, single)

        return call

    def _fill_reading(self) -> None:
        queries = self._queries
        for name, operation, handle in (
            ("GetOpenOrders", Operation.LIST_ORDERS, queries.open_orders),
            ("GetOrderStatus", Operation.LOOK_UP, queries.order_status),
            ("GetOrderHistory", Operation.HISTORY, queries.order_history),
            ("GetOrdersHistory", Operation.HISTORY, queries.orders_history),
            ("GetOrderHistoryByOrderId", Operation.HISTORY, queries.order_history_by_id),
            ("GetOpenTradeReports", Operation.HISTORY, queries.open_trade_reports),
            ("GetAccountTrades", Operation.FILLS, queries.account_trades),
            ("GetTradesHistory", Operation.FILLS, queries.account_trades),
            ("GetAccountPositions", Operation.BALANCES, queries.positions),
            ("GetOrderFee", Operation.OTHER, queries.order_fee),
            ("GetUserAccounts", Operation.OTHER, queries.user_accounts),
            ("GetAccountInfo", Operation.OTHER, queries.account_info),
            ("GetUserInfo", Operation.OTHER, queries.user_info),
        ):
            self._private(name, operation, Access.READER, handle)

    def _fill_public(self) -> None:
        reference, feed = self._reference, self._feed
        for name, operation, read in (
            ("GetInstruments", Operation.INSTRUMENTS, reference.instruments),
            ("GetInstrument", Operation.INSTRUMENTS, reference.instrument),
            ("GetProducts", Operation.INSTRUMENTS, reference.products),
            ("GetProduct", Operation.INSTRUMENTS, reference.product),
            ("GetEnums", Operation.OTHER, reference.enums),
        ):
            self._add(name, operation, Access.ANYBODY, _public(read))
        for name, look in (
            ("GetLevel1", feed.level1),
            ("GetL2Snapshot", feed.level2),
            ("GetLastTrades", feed.trades),
        ):
            self._add(name, Operation.MARKET_DATA, Access.ANYBODY, _look(look))

        async def pong(caller: Caller, payload: Payload) -> Any:
            return {"msg": "PONG"}

        self._add("Ping", Operation.PING, Access.ANYBODY, pong)

    def _fill_subscriptions(self) -> None:
        for name, look, chosen in (
            ("Level1", self._feed.level1, lambda subscriber: subscriber.level1),
            ("Level2", self._feed.level2, lambda subscriber: subscriber.level2),
            ("Trades", self._feed.trades, lambda subscriber: subscriber.trades),
        ):
            on, off = _market(look, chosen)
            self._add(f"Subscribe{name}", Operation.SUBSCRIBE, Access.ANYBODY, on)
            self._add(f"Unsubscribe{name}", Operation.SUBSCRIBE, Access.ANYBODY, off)
        for name, handle in (
            ("SubscribeAccountEvents", self._account_events),
            ("UnsubscribeAccountEvents", self._no_account_events),
            ("SubscribeOrderStateEvents", self._order_events),
            ("UnsubscribeOrderStateEvents", self._no_order_events),
        ):
            self._add(name, Operation.SUBSCRIBE, Access.READER, handle)

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


def _public(read: Callable[[Payload], Awaitable[Any]]) -> _Handler:
    async def call(caller: Caller, payload: Payload) -> Any:
        return await read(payload)

    return call


def _look(look: Callable[[Payload], tuple[str, Any]]) -> _Handler:
    async def call(caller: Caller, payload: Payload) -> Any:
        return look(payload)[1]

    return call


def _market(
    look: Callable[[Payload], tuple[str, Any]], chosen: Callable[[Subscriber], set[str]]
) -> tuple[_Handler, _Handler]:
    """Subscribe to and unsubscribe from one kind of market data."""

    async def on(caller: Caller, payload: Payload) -> Any:
        symbol, snapshot = look(payload)
        chosen(listening(caller)).add(symbol)
        return snapshot

    async def off(caller: Caller, payload: Payload) -> Any:
        symbol, _ = look(payload)
        chosen(listening(caller)).discard(symbol)
        return {"result": True, "errormsg": None, "errorcode": 0, "detail": None}

    return on, off

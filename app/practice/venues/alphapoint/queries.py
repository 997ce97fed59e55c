"""Readings of an account: open orders, one order, histories, executions, positions, fee, itself.

Source: AlphaPoint API documentation, "GetOpenOrders", "GetOrderStatus", "GetOrderHistory", "GetOrdersHistory",
"GetOrderHistoryByOrderId", "GetAccountTrades", "GetTradesHistory", "GetAccountPositions", "GetOrderFee", read
2026-11-21; "GetUserInfo", "GetUserPermissions", "GetAccountTransactions" with what the operator Notbank's own client
reads of them, 2026-11-30.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.practice.exchange.orders import TRADER, SimOrder
from app.practice.venues.alphapoint.auth import User, user_of
from app.practice.venues.alphapoint.directory import Directory
from app.practice.venues.alphapoint.errors import NOT_AUTHORIZED, NOT_FOUND, generic
from app.practice.venues.alphapoint.fields import Payload
from app.practice.venues.alphapoint.rows import Row, Writer
from app.practice.venues.alphapoint.transactions import transactions

_MOST_TRADES = 200
_MAY_READ = ("getopenorders", "getaccountpositions", "getaccounttrades", "subscribeaccountevents")
_MAY_TRADE = ("sendorder", "modifyorder", "cancelreplaceorder", "cancelorder", "cancelallorders")


class Queries:
    """The reading calls of one account."""

    def __init__(self, writer: Writer, directory: Directory) -> None:
        self._writer = writer
        self._directory = directory
        self._exchange = writer.exchange

    def own(self, user: User, payload: Payload, *, account: bool = True) -> None:
        """Let a request about an account of the user through; `account` says whether it must name it.

        Raises:
            ApiError: 20 or 100.
        """
        self._directory.check_oms(payload)
        self._directory.check_account(payload, user, needed=account)

    def symbol(self, payload: Payload) -> str | None:
        """The symbol of an instrument to keep to; None for all."""
        return self._directory.instrument(payload).symbol if payload.maybe_whole("InstrumentId") else None

    # -- orders --------------------------------------------------------------------------------------------------------

    async def open_orders(self, user: User, payload: Payload) -> list[Row]:
        self.own(user, payload)
        if self._directory.is_empty(payload):
            return []
        orders = self._exchange.open_orders(TRADER, self.symbol(payload))
        return [self._writer.order(order) for order in orders]

    async def order_status(self, user: User, payload: Payload) -> Any:
        self.own(user, payload)
        if self._directory.is_empty(payload):
            raise generic(NOT_FOUND)
        row = self._writer.order(self._directory.order(payload.whole("OrderId")))
        return [row] if self._writer.switches.choice("status_shape") == "array" else row

    async def order_history(self, user: User, payload: Payload) -> list[Row]:
        self.own(user, payload)
        most = self._writer.switches.integer("history_limit")
        return self._orders(payload, min(most, payload.maybe_whole("Depth", "Limit") or most))

    async def orders_history(self, user: User, payload: Payload) -> list[Row]:
        self.own(user, payload, account=False)
        return self._orders(payload, payload.maybe_whole("Depth", "Limit"))

    async def order_history_by_id(self, user: User, payload: Payload) -> list[Row]:
        self.own(user, payload, account=False)
        return self._writer.history(self._directory.order(payload.whole("OrderId")))

    def _orders(self, payload: Payload, most: int | None) -> list[Row]:
        """Orders open and finished, newest first, by the filters given."""
        symbol = self.symbol(payload)
        rows: list[Row] = []
        if self._directory.is_empty(payload):
            return rows
        for order in reversed(self._exchange.orders_of(TRADER)):
            if symbol in (None, order.symbol) and self._is_wanted(order, payload):
                rows.append(self._writer.order(order))
        start = payload.maybe_whole("StartIndex") or 0
        return rows[start:][:most]

    @staticmethod
    def _is_wanted(order: SimOrder, payload: Payload) -> bool:
        replaced_id, replaced_client = order.attributes.get("replaces", (order.order_id, order.client_id))
        user = user_of(order, _NOBODY)
        values = {
            "OrderId": order.order_id,
            "ClientOrderId": order.client_id or "0",
            "OriginalOrderId": replaced_id,
            "OriginalClientOrderId": replaced_client or "0",
            "UserId": str(user.user_id),
        }
        asked = {name: payload.maybe_whole(name) for name in values}
        return all(not number or str(number) == values[name] for name, number in asked.items())

    # -- executions and money ------------------------------------------------------------------------------------------

    async def account_trades(self, user: User, payload: Payload) -> list[Row]:
        self.own(user, payload, account=False)
        if self._directory.is_empty(payload):
            return []
        symbol, order_id = self.symbol(payload), payload.maybe_whole("OrderId")
        rows = [
            self._writer.execution(done, order)
            for done, order in reversed(self._exchange.fills_of(TRADER))
            if symbol in (None, done.symbol) and order_id in (None, 0, int(order.order_id))
        ]
        start = payload.maybe_whole("StartIndex") or 0
        count = payload.maybe_whole("Count", "Depth") or _MOST_TRADES
        return rows[start:][: min(count, _MOST_TRADES)]

    async def positions(self, user: User, payload: Payload) -> list[Row]:
        self.own(user, payload)
        if self._directory.is_empty(payload):
            return []
        ledger = self._exchange.ledger
        return [self._writer.position(currency, ledger.balance(TRADER, currency)) for currency in self._writer.products]

    async def order_fee(self, user: User, payload: Payload) -> Row:
        self.own(user, payload)
        instrument = self._directory.instrument(payload)
        policy = self._exchange.policy
        maker = str(payload.first("MakerTaker")).lower() in {"1", "maker"}
        rate = policy.maker_rate if maker else policy.taker_rate
        amount, price = payload.number("Amount", "Quantity"), payload.maybe_number("Price")
        buys = str(payload.first("Side")).lower() in {"0", "buy"}
        value = amount if buys else amount * (price or self._exchange.price(instrument.symbol))
        currency = instrument.base if buys else instrument.quote
        fee = (value * rate).quantize(Decimal("0.00000001"))
        return {"OrderFee": self._writer.number(fee), "ProductId": self._writer.products[currency]}

    # -- the account ---------------------------------------------------------------------------------------------------

    async def user_accounts(self, user: User, payload: Payload) -> list[int]:
        self._directory.check_oms(payload)
        if payload.maybe_whole("UserId") not in (None, user.user_id):
            raise generic(NOT_AUTHORIZED)
        return self._directory.accounts(user)

    async def account_info(self, user: User, payload: Payload) -> Row:
        self.own(user, payload)
        owner = self._writer.owner
        return {
            "OMSID": self._writer.oms_id,
            "AccountId": owner.account_id,
            "AccountName": owner.name,
            "AccountHandle": None,
            "FirmId": None,
            "FirmName": None,
            "AccountType": "Asset",
            "FeeGroupID": 0,
            "ParentID": 0,
            "RiskType": "Normal",
            "VerificationLevel": 1,
            "CreditTier": 0,
            "FeeProductType": "BaseProduct",
            "FeeProduct": 0,
            "RefererId": 0,
            "LoyaltyProductId": 0,
            "LoyaltyEnabled": False,
            "PriceTier": 0,
            "Frozen": False,
            "MarginEnabled": False,
        }

    async def user_info(self, user: User, payload: Payload) -> Row:
        return {
            "UserId": user.user_id,
            "UserName": user.name,
            "Email": user.name,
            "PasswordHash": "",
            "PendingEmailCode": "",
            "EmailVerified": True,
            "AccountId": user.account_id,
            "DateTimeCreated": "2026-01-05T09:00:00Z",
            "AffiliateId": 0,
            "RefererId": 0,
            "OMSId": self._writer.oms_id,
            "Use2FA": False,
            "Salt": "",
            "PendingCodeTime": "0001-01-01T00:00:00Z",
            "Locked": False,
            "LockedTime": "0001-01-01T00:00:00Z",
            "NumberOfFailedAttempt": 0,
            "MarginBorrowerEnabled": False,
            "MarginAcquisitionHalt": False,
            "OperatorId": 1,
        }

    async def user_permissions(self, user: User, payload: Payload) -> list[str]:
        if payload.maybe_whole("UserId") not in (None, user.user_id):
            raise generic(NOT_AUTHORIZED)
        return list(_MAY_READ) + (list(_MAY_TRADE) if user.may_trade else [])

    async def account_transactions(self, user: User, payload: Payload) -> list[Row]:
        """Each execution as what came in, what went out and the fee; newest first."""
        self.own(user, payload)
        rows = [
            row
            for done, order in reversed(self._exchange.fills_of(TRADER))
            for row in transactions(self._writer, done, order)
        ]
        return rows[: payload.maybe_whole("Depth") or _MOST_TRADES]


_NOBODY = User(0, "", "", "", "", 0)

"""Instruments by id, and what an account may ask about them: the checks every order call shares."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from app.practice.exchange.exchange import Exchange
from app.practice.exchange.orders import TRADER, NewOrder, SimInstrument, SimOrder
from app.practice.venues.alphapoint.auth import User
from app.practice.venues.alphapoint.errors import INVALID_REQUEST, NOT_AUTHORIZED, NOT_FOUND, OPERATION_FAILED, generic
from app.practice.venues.alphapoint.fields import Payload
from app.practice.venues.alphapoint.policy import hold_of


class Directory:
    """Finds instruments and orders by the venue's numbers."""

    def __init__(self, exchange: Exchange, oms_id: int, second: Callable[[], int] = lambda: 0) -> None:
        self._exchange = exchange
        self._oms_id = oms_id
        self._second = second

    def check_oms(self, payload: Payload) -> None:
        """Let a request for this OMS through.

        Raises:
            ApiError: 100.
        """
        if payload.whole("OMSId") != self._oms_id:
            raise generic(INVALID_REQUEST, detail="Invalid OMSId")

    def accounts(self, user: User) -> list[int]:
        """The accounts a user may act for."""
        return [number for number in (user.account_id, self._second()) if number]

    def is_empty(self, payload: Payload) -> bool:
        """Return True if a request is about the second account, in which nothing ever happened."""
        return bool(self._second()) and payload.maybe_whole("AccountId") == self._second()

    def check_account(self, payload: Payload, user: User, *, needed: bool = True) -> None:
        """Let a request for an account of the user through.

        Raises:
            ApiError: 100 if it is missing, 20 if it is somebody else's.
        """
        account = payload.whole("AccountId") if needed else payload.maybe_whole("AccountId")
        if account is not None and account not in self.accounts(user):
            raise generic(NOT_AUTHORIZED)

    def instrument(self, payload: Payload) -> SimInstrument:
        """The instrument of `InstrumentId` or `Symbol`.

        Raises:
            ApiError: 100.
        """
        symbol = payload.text("Symbol")
        if symbol and not payload.has("InstrumentId"):
            found = next((each for each in self._exchange.instruments if each.symbol == symbol), None)
        else:
            found = self.by_number(payload.whole("InstrumentId"))
        if found is None:
            wanted = payload.first("InstrumentId", "Symbol")
            raise generic(INVALID_REQUEST, f"Invalid InstrumentId: {wanted}")
        return found

    def by_number(self, number: int) -> SimInstrument | None:
        """The instrument of that number."""
        return next((each for each in self._exchange.instruments if each.attributes["id"] == number), None)

    def order(self, order_id: int) -> SimOrder:
        """The account's order of that id, open or closed.

        Raises:
            ApiError: 104; also for one that was accepted and is not processed yet.
        """
        order = self._exchange.order_of(TRADER, str(order_id))
        if order is None:
            raise generic(NOT_FOUND)
        return order

    def open_order(self, order_id: int) -> SimOrder:
        """The account's open order of that id.

        Raises:
            ApiError: 104.
        """
        order = self.order(order_id)
        if not order.is_open:
            raise generic(NOT_FOUND)
        return order

    def by_client_id(self, client_id: str) -> SimOrder | None:
        """The account's open order of that client id."""
        found = self._exchange.by_client_id(TRADER, client_id)
        return next((order for order in found if order.is_open), None)

    def need_running(self, symbol: str) -> None:
        """Let a request through while the instrument trades.

        Raises:
            ApiError: 101; the documents have no text for it.
        """
        if not self._exchange.is_trading(symbol):
            raise generic(OPERATION_FAILED, detail="Instrument is not running")

    def can_afford(self, new: NewOrder, freed: tuple[str, Decimal] | None = None) -> bool:
        """Return True if the account has what a new order holds, with what another one gives back."""
        currency, amount = hold_of(self._exchange, new)
        available = self._exchange.ledger.balance(TRADER, currency).available
        if freed is not None and freed[0] == currency:
            available += freed[1]
        return amount <= available

    def would_match(self, new: NewOrder) -> bool:
        """Return True if a post-only order would trade at once."""
        if not new.post_only or new.price is None:
            return False
        return self._exchange.book(new.symbol).would_cross(new.side, new.price)

    def client_id_taken(self, client_id: str) -> bool:
        """Return True if an open order has this client id already; 0, or none, is always free."""
        return bool(client_id) and self.by_client_id(client_id) is not None

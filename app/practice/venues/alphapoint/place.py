"""SendOrder, CancelOrder and CancelAllOrders: first a receipt, later the effect or a rejection.

Source: AlphaPoint API documentation, "SendOrder", "CancelOrder", "CancelAllOrders", read 2026-11-21.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.practice.exchange.errors import Refused
from app.practice.exchange.orders import TRADER, NewOrder, SimOrder
from app.practice.server.faults import Operation
from app.practice.server.server import VenueServer
from app.practice.venues.alphapoint.amend import revision_of
from app.practice.venues.alphapoint.auth import User
from app.practice.venues.alphapoint.directory import Directory
from app.practice.venues.alphapoint.effects import Effects
from app.practice.venues.alphapoint.errors import (
    INVALID_REQUEST,
    NOT_FOUND,
    OPERATION_FAILED,
    RECEIVED,
    generic,
    missing,
    reject_reason,
    rejected,
    scripted,
)
from app.practice.venues.alphapoint.fields import Payload
from app.practice.venues.alphapoint.rows import TYPES
from app.practice.venues.alphapoint.tickets import read_ticket

#: Tells an event to whoever listens to the account: name, fields, order id.
TellAccount = Callable[[str, Mapping[str, Any], str], None]


class Placing:
    """Enters and cancels orders of the account."""

    def __init__(
        self, server: VenueServer, directory: Directory, effects: Effects, tell: TellAccount, oms_id: int
    ) -> None:
        self._exchange = server.exchange
        self._switches = server.switches
        self._gate = server.gate
        self._directory = directory
        self._effects = effects
        self._tell = tell
        self._oms_id = oms_id

    # -- enter ---------------------------------------------------------------------------------------------------------

    async def send(self, user: User, payload: Payload) -> Mapping[str, Any]:
        """One SendOrder; the order is known to no query before it takes effect.

        Raises:
            ApiError: generic 20, 100, 101, 106; a rejected order entry for a size, a price, funds, a client id.
        """
        directory = self._directory
        directory.check_oms(payload)
        directory.check_account(payload, user)
        new = read_ticket(payload, directory, user, self._exchange.policy.order_id(self._exchange))
        directory.need_running(new.symbol)
        if not directory.can_afford(new):
            raise rejected("Not_Enough_Funds", OPERATION_FAILED)
        planned = await self._gate.before_apply(Operation.PLACE)
        if planned.refuse is not None:
            raise scripted(planned)
        self._effects.after(planned, lambda: self.enter(new, user))
        return {"status": "Accepted", "errormsg": "", "OrderId": int(new.order_id or 0)}

    def enter(self, new: NewOrder, user: User) -> None:
        """Place the order now, or tell that it was rejected."""
        try:
            self._exchange.place(new)
        except Refused as refused:
            self.tell_rejected(new, user, reject_reason(refused))

    def tell_rejected(self, new: NewOrder, user: User, why: str) -> None:
        """NewOrderRejectEvent."""
        fields = {
            "OMSId": self._oms_id,
            "AccountId": user.account_id,
            "ClientOrderId": int(new.client_id or 0),
            "Status": "Rejected",
            "RejectReason": why,
        }
        self._tell("NewOrderRejectEvent", fields, new.order_id or "")

    # -- cancel --------------------------------------------------------------------------------------------------------

    async def cancel(self, user: User, payload: Payload) -> Mapping[str, Any]:
        """One CancelOrder, by OrderId, or by ClOrderId with AccountId.

        Raises:
            ApiError: 20, 100, 102, 104.
        """
        self._directory.check_oms(payload)
        self._directory.check_account(payload, user, needed=not payload.has("OrderId"))
        order = self._to_cancel(payload)
        planned = await self._gate.before_apply(Operation.CANCEL, order)
        if planned.refuse is not None:
            raise scripted(planned)
        self._effects.after(planned, lambda: self._end(order, user))
        return RECEIVED

    def _to_cancel(self, payload: Payload) -> SimOrder:
        if payload.has("OrderId"):
            return self._directory.open_order(payload.whole("OrderId"))
        client_id = payload.maybe_whole("ClOrderId", "ClientOrderId")
        if not client_id:
            raise missing()
        order = self._directory.by_client_id(str(client_id))
        if order is None:
            raise generic(NOT_FOUND)
        return order

    def _end(self, order: SimOrder, user: User) -> None:
        """Cancel now, or tell that there was nothing to cancel any more."""
        if order.is_open:
            self._exchange.cancel(order)
            return
        fields = {
            "OMSId": self._oms_id,
            "AccountId": user.account_id,
            "OrderId": int(order.order_id),
            "OrderRevision": revision_of(order),
            "OrderType": TYPES[order.placed_as],
            "InstrumentId": self._exchange.instrument(order.symbol).attributes["id"],
            "Status": "Rejected",
            "RejectReason": "Order Not Found",
        }
        self._tell("CancelOrderRejectEvent", fields, order.order_id)

    async def cancel_all(self, user: User, payload: Payload) -> Mapping[str, Any]:
        """CancelAllOrders: those of the whole account, whoever entered them.

        Raises:
            ApiError: 20, 100.
        """
        self._directory.check_oms(payload)
        self._directory.check_account(payload, user, needed=False)
        number = payload.maybe_whole("InstrumentId", "IntrumentId")
        symbol = None
        if number and self._switches.choice("instrument_scope") == "honoured":
            instrument = self._directory.by_number(number)
            if instrument is None:
                raise generic(INVALID_REQUEST, f"Invalid InstrumentId: {number}")
            symbol = instrument.symbol
        planned = await self._gate.before_apply(Operation.CANCEL_ALL)
        if planned.refuse is not None:
            raise scripted(planned)
        self._effects.after(planned, lambda: self._end_all(symbol))
        return RECEIVED

    def _end_all(self, symbol: str | None) -> None:
        for order in self._exchange.open_orders(TRADER, symbol):
            self._exchange.cancel(order)

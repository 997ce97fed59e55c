"""Modification of orders; a change of a limit order waits for the speed bump."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.practice.exchange.errors import Refused
from app.practice.exchange.orders import TRADER, ZERO, SimChange, SimOrder, Status
from app.practice.server.faults import Operation
from app.practice.server.gate import FaultOrders
from app.practice.server.server import VenueServer
from app.practice.server.socket import SocketSession
from app.practice.venues.qfex import errors, rows
from app.practice.venues.qfex.errors import InvalidCommand
from app.practice.venues.qfex.fields import number, open_order, text
from app.practice.venues.qfex.push import AccountPush


@dataclass(frozen=True, slots=True)
class _Request:
    """Parameters of `modify_order`; None in `values` or for `reduce_only` is a field that was left out."""

    order_id: str
    symbol: str
    side: str
    kind: str
    values: Mapping[str, Decimal | None]
    reduce_only: bool | None


class Amending:
    """The modify commands of one account."""

    def __init__(self, server: VenueServer, push: AccountPush) -> None:
        self._server = server
        self._exchange = server.exchange
        self._push = push

    async def modify(self, session: SocketSession, params: Mapping[str, Any]) -> None:
        order_id, symbol = text(params, "order_id"), text(params, "symbol")
        side, kind = text(params, "side"), text(params, "order_type")
        values = {name: number(params, name) for name in ("price", "quantity", "take_profit", "stop_loss")}
        reduce_only = params.get("reduce_only")
        if reduce_only is not None and not isinstance(reduce_only, bool):
            raise InvalidCommand("InvalidParameter", "reduce_only takes true or false.")
        request = _Request(order_id, symbol, side, kind, values, reduce_only)
        planned = await self._server.gate.before_apply(Operation.AMEND, open_order(self._exchange, request.order_id))
        if planned.silent:
            return
        pause = self._server.switches.integer("bump_ms") + (planned.late_ms or 0)

        def apply() -> None:
            order = open_order(self._exchange, request.order_id)
            status = self._refusal(order, request, planned)
            if status is not None or order is None:
                status = status or errors.CANNOT_MODIFY_NO_SUCH_ORDER
                self._refuse(session, params, order, request.order_id, status)
                return
            self._apply(session, order, request, planned)

        self._server.clock.call_later(pause, apply)

    def _refusal(self, order: SimOrder | None, request: _Request, planned: FaultOrders) -> str | None:
        """Return the status the modification is refused with, or None."""
        if planned.refuse is not None:
            return str(planned.refuse.get("code", "REJECTED_FAILED_TO_PROCESS"))
        if order is None or rows.type_of(order) != request.kind:
            return errors.CANNOT_MODIFY_NO_SUCH_ORDER
        if (order.symbol, str(order.side).upper()) != (request.symbol, request.side):
            return errors.CANNOT_MODIFY_NO_SUCH_ORDER
        if self._server.switches.flag("require_reduce_only") and request.reduce_only is None:
            return errors.CANNOT_MODIFY_NO_SUCH_ORDER
        if self._server.switches.flag("match_reduce_only") and bool(request.reduce_only) is not order.reduce_only:
            return errors.CANNOT_MODIFY_NO_SUCH_ORDER
        values = request.values
        quantity = values["quantity"] if values["quantity"] is not None else order.quantity
        if order.filled and not (self._server.switches.flag("allow_partial_modify") and quantity > order.filled):
            return errors.CANNOT_MODIFY_PARTIAL_FILL
        instrument = self._exchange.instrument(order.symbol)
        price = values["price"] if values["price"] is not None else order.price
        if order.status is Status.UNTRIGGERED or price is None:
            return "INVALID_ORDER_TYPE"
        wrong = errors.quantity_status(instrument, quantity)
        wrong = wrong or errors.price_status(self._exchange, instrument, order.side, price)
        profit, loss = self._exits(order, values)
        wrong = wrong or errors.exits_status(instrument, order.side, price, profit, loss)
        if wrong is None and order.post_only and self._exchange.book(order.symbol).would_cross(order.side, price):
            return "CANNOT_MODIFY_ALO_WOULD_CROSS"
        return wrong

    def _exits(self, order: SimOrder, values: Mapping[str, Decimal | None]) -> tuple[Decimal, Decimal]:
        """Take profit and stop loss after the modification; what an omission does is a switch."""
        strip = self._server.switches.flag("strip_omitted_tpsl")
        found = []
        for name in ("take_profit", "stop_loss"):
            given = values[name]
            kept = ZERO if strip else Decimal(order.attributes.get(name, ZERO))
            found.append(given if given is not None else kept)
        return found[0], found[1]

    def _apply(self, session: SocketSession, order: SimOrder, request: _Request, planned: FaultOrders) -> None:
        exchange, switches = self._exchange, self._server.switches
        profit, loss = self._exits(order, request.values)
        values = {**request.values, **planned.alter}
        if switches.flag("drop_client_id"):
            order.client_id = ""
        change = SimChange(
            price=values["price"],
            quantity=values["quantity"],
            order_id=None if switches.flag("keep_id") else exchange.ids.uuid(),
            attributes={"take_profit": profit, "stop_loss": loss},
            cause="modified",
        )
        try:
            with self._push.answering(session, Operation.AMEND, request.order_id):
                exchange.amend(order, change)
        except Refused as refused:
            status = errors.OF_REASON[refused.reason]
            self._push.refuse(session, rows.order_row(order, status), Operation.AMEND, request.order_id)

    def _refuse(
        self, session: SocketSession, params: Mapping[str, Any], order: SimOrder | None, order_id: str, status: str
    ) -> None:
        if order is not None:
            asked = {name: number(params, name) for name in ("price", "quantity", "take_profit", "stop_loss")}
            row = rows.order_row(order, status) | {name: each for name, each in asked.items() if each is not None}
        else:
            known = self._exchange.order_of(TRADER, order_id)
            left = rows.left_of(known, order_id) if known is not None else None
            quantity, price = number(params, "quantity"), number(params, "price")
            row = rows.refused_row(order_id, status, params, quantity, price, left=left)
        self._push.refuse(session, row, Operation.AMEND, order_id)

    def modify_stop(self, session: SocketSession, params: Mapping[str, Any], asked: object) -> None:
        order = open_order(self._exchange, text(params, "stop_order_id"))
        price, quantity = number(params, "price"), number(params, "quantity")
        if order is None or order.status is not Status.UNTRIGGERED:
            raise InvalidCommand("InvalidOrder", "There is no such stop order.")
        instrument = self._exchange.instrument(order.symbol)
        if price is not None and price % instrument.tick or quantity is not None and quantity % instrument.step:
            raise InvalidCommand("InvalidParameter", "price or quantity is off its step.")
        try:
            self._exchange.amend(order, SimChange(stop=price, quantity=quantity, cause="stop_modified"))
        except Refused as refused:
            raise InvalidCommand("InvalidOrder", str(refused)) from None
        session.reply_json({"ack": {"incoming_message": asked}}, Operation.AMEND, order.order_id)

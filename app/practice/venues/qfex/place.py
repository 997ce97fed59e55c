"""Placing and cancelling of orders; a new limit order waits for the speed bump."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.practice.exchange.errors import Refused
from app.practice.exchange.orders import TRADER, ZERO, Force, NewOrder, Side, SimKind, TriggerSource
from app.practice.server.faults import Operation
from app.practice.server.server import VenueServer
from app.practice.server.socket import SocketSession
from app.practice.venues.qfex import errors, rows
from app.practice.venues.qfex.errors import InvalidCommand
from app.practice.venues.qfex.fields import number, open_order, text
from app.practice.venues.qfex.push import AccountPush


class Placing:
    """The add and cancel commands of one account."""

    def __init__(self, server: VenueServer, push: AccountPush) -> None:
        self._server = server
        self._exchange = server.exchange
        self._push = push

    async def place(self, session: SocketSession, params: Mapping[str, Any]) -> None:
        symbol, side_text, kind = text(params, "symbol"), text(params, "side"), text(params, "order_type")
        force_text, quantity = text(params, "order_time_in_force"), number(params, "quantity")
        price = number(params, "price")
        if quantity is None or (kind in ("LIMIT", "ALO") and price is None):
            raise InvalidCommand("InvalidParameter", "quantity and, for a limit order, price are required.")
        try:
            instrument = self._exchange.instrument(symbol)
            side, force = Side(side_text.lower()), Force(force_text.lower())
        except (Refused, ValueError):
            raise InvalidCommand("InvalidParameter", "symbol, side or order_time_in_force is not valid.") from None
        stops = {"TAKE_PROFIT", "STOP_LOSS"}
        if kind not in {"LIMIT", "MARKET", "ALO"} | stops:
            raise InvalidCommand("InvalidParameter", f"There is no order type {kind}.")
        exits = {name: number(params, name) or ZERO for name in ("take_profit", "stop_loss")}
        attributes: dict[str, object] = dict(exits)
        if kind in stops:
            attributes["stop_type"] = kind
        new = NewOrder(
            TRADER,
            symbol,
            side,
            SimKind.STOP_MARKET if kind in stops else SimKind.MARKET if kind == "MARKET" else SimKind.LIMIT,
            quantity,
            None if kind == "MARKET" or kind in stops else price,
            stop=price if kind in stops else None,
            trigger=TriggerSource.MARK,
            rising=(kind == "TAKE_PROFIT") is (side is Side.SELL) if kind in stops else None,
            force=force,
            post_only=kind == "ALO",
            reduce_only=params.get("reduce_only") is True or kind in stops,
            client_id=str(params.get("client_order_id") or ""),
            attributes=attributes,
        )
        wrong = errors.quantity_status(instrument, quantity)
        if price is not None and kind in ("LIMIT", "ALO"):
            wrong = wrong or errors.price_status(self._exchange, instrument, side, price)
        planned = await self._server.gate.before_apply(Operation.PLACE)
        if planned.refuse is not None:
            wrong = str(planned.refuse.get("code", "REJECTED_FAILED_TO_PROCESS"))

        def apply() -> None:
            status = wrong
            if status is None:
                try:
                    with self._push.answering(session, Operation.PLACE, ""):
                        self._exchange.place(new)
                except Refused as refused:
                    status = errors.OF_REASON[refused.reason]
            if status is not None:
                row = rows.refused_row(self._exchange.ids.uuid(), status, params, quantity, price, new.client_id)
                self._push.refuse(session, row, Operation.PLACE, "")

        bump = self._server.switches.integer("bump_ms") if kind in ("LIMIT", "ALO") else 0
        self._server.clock.call_later(bump, apply)

    async def cancel(self, session: SocketSession, params: Mapping[str, Any]) -> None:
        order_id = str(params.get("order_id") or params.get("client_order_id") or "")
        by_client = params.get("cancel_order_id_type") == "client_order_id"
        exchange = self._exchange
        if by_client:
            found = [order for order in exchange.by_client_id(TRADER, order_id) if order.is_open]
        else:
            one = open_order(self._exchange, order_id)
            found = [one] if one is not None else []
        planned = await self._server.gate.before_apply(Operation.CANCEL, found[0] if found else None)
        if planned.refuse is not None or not found:
            status = str(planned.refuse.get("code")) if planned.refuse is not None else errors.NO_SUCH_ORDER
            row: rows.Row = {
                "order_id": order_id,
                "symbol": params.get("symbol"),
                "status": status,
                "client_order_id": "",
            }
            known = exchange.order_of(TRADER, order_id)
            if known is not None:
                row |= {"quantity": known.quantity, "quantity_remaining": rows.left_of(known, order_id)}
            self._push.refuse(session, row, Operation.CANCEL, order_id)
            return
        for order in found:
            if order.is_open:
                with self._push.answering(session, Operation.CANCEL, order.order_id):
                    exchange.cancel(order)

    def cancel_all(self) -> None:
        """Cancel every order; each is told."""
        for order in self._exchange.open_orders(TRADER):
            self._exchange.cancel(order)

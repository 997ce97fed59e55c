"""Place, modify and cancel on a practice Bitso."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

from app.practice.exchange.errors import Refused
from app.practice.exchange.orders import TRADER, Change, Force, Kind, NewOrder, Side, SimOrder, Status
from app.practice.server.faults import Operation, Switches
from app.practice.server.gate import Gate, Turn
from app.practice.server.messages import Request
from app.practice.server.server import VenueServer
from app.practice.server.wire import parse_json
from app.practice.venues.bitso import amend
from app.practice.venues.bitso import errors as code
from app.practice.venues.bitso.errors import BitsoError, from_core

_FORCES = {
    "goodtillcancelled": (Force.GTC, False),
    "postonly": (Force.GTC, True),
    "immediateorcancel": (Force.IOC, False),
    "fillorkill": (Force.FOK, False),
}


class Trading:
    """The order calls of one account."""

    def __init__(self, server: VenueServer) -> None:
        self._server = server
        self._exchange = server.exchange

    @property
    def _switches(self) -> Switches:
        return self._server.switches

    @property
    def _gate(self) -> Gate:
        return self._server.gate

    # --- finding -----------------------------------------------------------------------------------------------

    def find(self, oid: str) -> SimOrder:
        """Our order of that id.

        Raises:
            BitsoError: 0312.
        """
        try:
            order = self._exchange.order(oid)
        except Refused as refused:
            raise from_core(refused) from None
        if order.owner != TRADER:
            raise BitsoError(code.UNKNOWN_OID, "Invalid Order OID.")
        return order

    def by_origin(self, origin_id: str) -> SimOrder:
        """Our active order of that client id; it is unique among active orders only.

        Raises:
            BitsoError: 0357.
        """
        for order in self._exchange.by_client_id(TRADER, origin_id):
            if order.is_open:
                return order
        raise BitsoError(code.UNKNOWN_ORIGIN_ID, "Invalid origin_id.")

    # --- modify ------------------------------------------------------------------------------------------------

    async def modify(self, request: Request, path_oid: str) -> dict[str, Any]:
        """`PATCH /api/v4/orders[/{oid}]`; the answer holds the oid and nothing else."""
        body = parse_json(request.body) if request.body else {}
        wish = amend.read(body)
        order = self._identified(request, path_oid)
        turn = await self._gate.before_apply(Operation.AMEND, order)
        if turn.refuse is not None:
            raise refusal(turn)
        change = self._change(order, wish, turn)
        if change is not None:
            oid = await self._apply(order, change, wish, turn)
        else:
            oid = order.order_id
        after = self._gate.before_reply(Operation.AMEND, order)
        if after.refuse is not None:
            raise refusal(after)
        return {"oid": oid}

    def _identified(self, request: Request, path_oid: str) -> SimOrder:
        query = parse_qs(request.query)
        given = [path_oid] if path_oid else []
        given += query.get("oid", []) + query.get("origin_id", [])
        if len(given) != 1:
            raise BitsoError(code.TOO_MANY_FIELDS if given else code.FIELD_MISSING, "Give exactly one identifier.")
        return self.by_origin(given[0]) if "origin_id" in query else self.find(given[0])

    def _change(self, order: SimOrder, wish: amend.Wish, turn: Turn) -> Change | None:
        """The change to make; None when the modify failed and `cancel` took the order out instead."""
        instrument = self._exchange.instrument(order.symbol)
        try:
            change = amend.change_for(
                order,
                wish,
                instrument,
                partial=self._switches.choice("partial_semantics"),
                rounding=self._switches.choice("rounding"),
            )
        except BitsoError:
            if wish.cancel and order.is_open:
                self._exchange.cancel(order, "modify_failed")
                return None
            raise
        if turn.alter:
            quantity = turn.alter.get("quantity", change.quantity)
            price = turn.alter.get("price", change.price)
            change = Change(price=price, quantity=quantity, stop=change.stop, cause="modified")
        if turn.new_id:
            change = Change(
                price=change.price,
                quantity=change.quantity,
                value=change.value,
                stop=change.stop,
                order_id=self._exchange.policy.order_id(self._exchange),
                cause="modified",
            )
        return change

    async def _apply(self, order: SimOrder, change: Change, wish: amend.Wish, turn: Turn) -> str:
        if turn.silent:
            return order.order_id
        if turn.late_ms is not None:
            self._server.clock.call_later(turn.late_ms, lambda: self._apply_late(order, change))
            return order.order_id
        if self._crosses_post_only(order, change):
            if self._switches.choice("post_only_cross") == "refuse" and not wish.cancel:
                raise BitsoError(code.INVALID_OPERATION, "A postonly order would take liquidity.")
            self._exchange.cancel(order, "post_only")
            return order.order_id
        try:
            self._exchange.amend(order, change)
        except Refused as refused:
            if wish.cancel and order.is_open:
                self._exchange.cancel(order, "modify_failed")
                return order.order_id
            raise from_core(refused) from None
        return order.order_id

    def _apply_late(self, order: SimOrder, change: Change) -> None:
        if order.is_open:
            try:
                self._exchange.amend(order, change)
            except Refused:
                return  # the venue that answered early has nobody left to tell

    def _crosses_post_only(self, order: SimOrder, change: Change) -> bool:
        resting = order.status in (Status.WORKING, Status.PARTIALLY_FILLED)
        if not (order.post_only and resting and change.price is not None):
            return False
        return self._exchange.book(order.symbol).would_cross(order.side, change.price)

    # --- place and cancel --------------------------------------------------------------------------------------

    async def place(self, body: object) -> dict[str, Any]:
        """`POST /api/v3/orders`."""
        new = self._new_order(body)
        if new.client_id and any(o.is_open for o in self._exchange.by_client_id(TRADER, new.client_id)):
            raise BitsoError(code.DUPLICATE_ORIGIN_ID, "origin_id is in use by an active order.")
        turn = await self._gate.before_apply(Operation.PLACE)
        if turn.refuse is not None:
            raise refusal(turn)
        try:
            return {"oid": self._exchange.place(new).order_id}
        except Refused as refused:
            raise from_core(refused) from None

    def _new_order(self, body: object) -> NewOrder:
        if not isinstance(body, Mapping):
            raise BitsoError(code.WRONG_TYPE, "The body must be a JSON object.")
        for name in ("book", "side", "type"):
            if name not in body:
                raise BitsoError(code.FIELD_MISSING, f"Missing field: {name}.")
        try:
            instrument = self._exchange.instrument(str(body["book"]))
            side = Side(str(body["side"]))
        except Refused as refused:
            raise from_core(refused) from None
        except ValueError:
            raise BitsoError(code.FIELD_INVALID, "side takes buy or sell.") from None
        numbers = amend.read({**{n: body[n] for n in ("price", "major", "minor", "stop") if n in body}})
        force, post_only = _FORCES.get(str(body.get("time_in_force", "goodtillcancelled")), (None, False))
        if force is None:
            raise BitsoError("0302", "Invalid time_in_force.")
        if body["type"] == "limit":
            if numbers.minor is not None:
                raise BitsoError(code.FIELD_INVALID, "minor is not supported for limit orders.")
            if numbers.price is None or numbers.major is None:
                raise BitsoError(code.FIELD_MISSING, "A limit order needs price and major.")
            kind = Kind.STOP_LIMIT if numbers.stop is not None else Kind.LIMIT
        elif body["type"] == "market":
            kind = Kind.STOP_MARKET if numbers.stop is not None else Kind.MARKET
        else:
            raise BitsoError(code.FIELD_INVALID, "type takes limit or market.")
        if numbers.price is not None and numbers.price % instrument.tick:
            raise BitsoError(code.PRECISION, f"Invalid precision: price must be a multiple of {instrument.tick}.")
        quantity = numbers.major
        if quantity is None and numbers.minor is not None:
            quantity, _ = self._exchange.book(instrument.symbol).fillable(side, None, Decimal("Infinity"))
            touch = self._exchange.price(instrument.symbol)
            quantity = min(quantity, (numbers.minor / touch).quantize(instrument.step))
        if quantity is None:
            raise BitsoError(code.NO_AMOUNT, "Give major or minor.")
        return NewOrder(
            TRADER,
            instrument.symbol,
            side,
            kind,
            quantity,
            numbers.price,
            stop=numbers.stop,
            force=force,
            post_only=post_only,
            client_id=str(body.get("origin_id", "")),
        )

    async def cancel(self, orders: list[SimOrder]) -> list[str]:
        """Cancel what is open; the answer names only what was really cancelled."""
        done = []
        for order in orders:
            turn = await self._gate.before_apply(Operation.CANCEL, order)
            if turn.refuse is not None:
                raise refusal(turn)
            if order.is_open:
                self._exchange.cancel(order)
                done.append(order.order_id)
        return done


def refusal(turn: Turn) -> BitsoError:
    """A scripted refusal."""
    asked = turn.refuse or {}
    status = asked.get("status")
    text = str(asked.get("message", "Unable to process the request."))
    return BitsoError(str(asked.get("code", code.CANNOT_PROCESS)), text, int(status) if status is not None else None)

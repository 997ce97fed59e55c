"""Place orders on a practice Bitso."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.practice.exchange.errors import Refused
from app.practice.exchange.orders import TRADER, Force, NewOrder, Side, SimKind
from app.practice.server.faults import Operation
from app.practice.server.server import VenueServer
from app.practice.venues.bitso import errors as code
from app.practice.venues.bitso.amend import read
from app.practice.venues.bitso.errors import BitsoError, from_core, scripted

_FORCES = {
    "goodtillcancelled": (Force.GTC, False),
    "postonly": (Force.GTC, True),
    "immediateorcancel": (Force.IOC, False),
    "fillorkill": (Force.FOK, False),
}


class Placing:
    """The placing of one account."""

    def __init__(self, server: VenueServer) -> None:
        self._exchange = server.exchange
        self._gate = server.gate

    async def place(self, body: object) -> dict[str, Any]:
        """`POST /api/v3/orders`."""
        new = self._new_order(body)
        if new.client_id and any(o.is_open for o in self._exchange.by_client_id(TRADER, new.client_id)):
            raise BitsoError(code.DUPLICATE_ORIGIN_ID, "origin_id is in use by an active order.")
        planned = await self._gate.before_apply(Operation.PLACE)
        if planned.refuse is not None:
            raise scripted(planned)
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
        numbers = read({**{n: body[n] for n in ("price", "major", "minor", "stop") if n in body}})
        force, post_only = _FORCES.get(str(body.get("time_in_force", "goodtillcancelled")), (None, False))
        if force is None:
            raise BitsoError("0302", "Invalid time_in_force.")
        if body["type"] == "limit":
            if numbers.minor is not None:
                raise BitsoError(code.FIELD_INVALID, "minor is not supported for limit orders.")
            if numbers.price is None or numbers.major is None:
                raise BitsoError(code.FIELD_MISSING, "A limit order needs price and major.")
            kind = SimKind.STOP_LIMIT if numbers.stop is not None else SimKind.LIMIT
        elif body["type"] == "market":
            kind = SimKind.STOP_MARKET if numbers.stop is not None else SimKind.MARKET
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

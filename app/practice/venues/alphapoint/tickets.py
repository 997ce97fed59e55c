"""Reads a new order from SendOrder or CancelReplaceOrder; both send all of it, nothing is inherited.

Source: AlphaPoint API documentation, "SendOrder" and "CancelReplaceOrder", read 2026-11-21. Trailing and pegged orders
and block trades are not modelled: they are answered with 106.
"""

from __future__ import annotations

from typing import Any

from app.practice.exchange.orders import TRADER, Force, NewOrder, Side, SimInstrument, SimKind, SimOrder
from app.practice.venues.alphapoint.auth import User
from app.practice.venues.alphapoint.directory import Directory
from app.practice.venues.alphapoint.errors import INVALID_REQUEST, NOT_SUPPORTED, generic, rejected
from app.practice.venues.alphapoint.fields import Payload

_SIDES = {0: Side.BUY, 1: Side.SELL}
_KINDS = {1: SimKind.MARKET, 2: SimKind.LIMIT, 3: SimKind.STOP_MARKET, 4: SimKind.STOP_LIMIT}
_FORCES = {0: Force.GTC, 1: Force.GTC, 3: Force.IOC, 4: Force.FOK, 5: Force.GTC}
_NAMES = {
    "side": {"buy": 0, "sell": 1, "short": 2},
    "ordertype": {"market": 1, "limit": 2, "stopmarket": 3, "stoplimit": 4},
    "timeinforce": {"gtc": 1, "opg": 2, "ioc": 3, "fok": 4, "gtx": 5, "gtd": 6},
}


def read_ticket(
    payload: Payload,
    directory: Directory,
    user: User,
    order_id: str,
    *,
    replaces: SimOrder | None = None,
) -> NewOrder:
    """The new order a payload describes, every rule about it checked but funds and crossing.

    Raises:
        ApiError: generic 100 for what is missing or makes no sense, 106 for what is not modelled; a rejected order
            entry for a size, a price or a client id that is no good.
    """
    instrument = directory.instrument(payload)
    side = _SIDES.get(_choice(payload, "Side"))
    kind = _KINDS.get(_choice(payload, "OrderType"))
    force = _FORCES.get(_choice(payload, "TimeInForce", 1))
    if side is None or payload.first("OrderType") in (0, "0"):
        raise generic(INVALID_REQUEST)
    if kind is None or force is None:
        raise generic(NOT_SUPPORTED)
    quantity = payload.number("Quantity")
    needs_price = kind in (SimKind.LIMIT, SimKind.STOP_LIMIT)
    price = payload.number("LimitPrice") if needs_price else None
    stop = payload.number("StopPrice") if kind in (SimKind.STOP_MARKET, SimKind.STOP_LIMIT) else None
    if quantity < instrument.attributes["minimum_quantity"] or quantity % instrument.step:
        raise rejected("Invalid Quantity", INVALID_REQUEST)
    for wanted in (price, stop):
        if wanted is not None and (wanted < instrument.attributes["minimum_price"] or wanted % instrument.tick):
            raise rejected("Invalid Price", INVALID_REQUEST)
    client_id = str(payload.maybe_whole("ClientOrderId") or "")
    if directory.client_id_taken(client_id):
        raise rejected("Invalid_ClientOrderId", 101)
    return NewOrder(
        TRADER,
        instrument.symbol,
        side,
        kind,
        quantity,
        price,
        stop=stop,
        force=force,
        post_only=payload.flag("PostOnly"),
        client_id=client_id,
        order_id=order_id,
        attributes=_attributes(payload, instrument, user, replaces),
    )


def _attributes(payload: Payload, instrument: SimInstrument, user: User, replaces: SimOrder | None) -> dict[str, Any]:
    found: dict[str, Any] = {"user": user}
    if payload.flag("UseDisplayQuantity"):
        display = payload.number("DisplayQuantity")
        if display <= 0 or display % instrument.step:
            raise rejected("Invalid Quantity", INVALID_REQUEST)
        found["display"] = display
    if replaces is not None:
        found["replaces"] = (replaces.order_id, replaces.client_id)
    return found


def _choice(payload: Payload, name: str, default: int | None = None) -> int:
    """An enumeration's number; its word is taken too."""
    value = payload.first(name)
    if value is None and default is not None:
        return default
    known = _NAMES[name.lower()]
    if isinstance(value, str) and value.lower() in known:
        return known[value.lower()]
    return payload.whole(name)

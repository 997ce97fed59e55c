"""Place orders on a practice Bitget.

A post-only order that would take is accepted and cancelled. Self-trade prevention (`stpMode`) is carried along and not
acted on. Source: Bitget unified account documentation, "Place Order" and "Batch Place Orders", read 2026-11-21.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

from app.practice.exchange.errors import Refused
from app.practice.exchange.numbers import exact, floor_to
from app.practice.exchange.orders import TRADER, ZERO, Force, NewOrder, Side, SimKind, SimOrder
from app.practice.exchange.policy import MarginPolicy
from app.practice.server.faults import Operation
from app.practice.server.server import VenueServer
from app.practice.venues.bitget import checks
from app.practice.venues.bitget import errors as code
from app.practice.venues.bitget.errors import BitgetError, from_core, invalid
from app.practice.venues.bitget.markets import CATEGORIES, MarketListing, key_for, listing_of
from app.practice.venues.bitget.orders import MAX_ROWS, refusal
from app.practice.venues.bitget.rows import PRESETS

_CLIENT_ID = re.compile(r"[.A-Z:/a-z0-9_#-]{1,32}", re.ASCII)
_FORCES = {
    "gtc": Force.GTC,
    "ioc": Force.IOC,
    "fok": Force.FOK,
    "post_only": Force.GTC,
    "rpi": Force.GTC,
}
_STP = ("none", "cancel_taker", "cancel_maker", "cancel_both")

_T = TypeVar("_T")


class Placing:
    """New orders of one account."""

    def __init__(self, server: VenueServer) -> None:
        self._server = server
        self._exchange = server.exchange

    async def place(self, body: object) -> dict[str, Any]:
        """`POST /api/v3/trade/place-order`."""
        if not isinstance(body, Mapping):
            raise invalid("body")
        new = self._new_order(body)
        planned = await self._server.gate.before_apply(Operation.PLACE)
        if planned.refuse is not None:
            raise refusal(planned)
        order = self._enter(new)
        after = self._server.gate.before_reply(Operation.PLACE, order)
        if after.refuse is not None:
            raise refusal(after)
        return {"orderId": order.order_id, "clientOid": order.client_id}

    async def place_batch(self, body: object) -> list[dict[str, Any]]:
        """`POST /api/v3/trade/place-batch`; never refused as a whole for the sake of one row."""
        if not isinstance(body, list) or not 1 <= len(body) <= MAX_ROWS:
            raise invalid("orderList")
        answers: list[dict[str, Any]] = []
        for row in body:
            try:
                answers.append({**await self.place(row), "code": code.SUCCESS, "msg": "success"})
            except BitgetError as error:
                client_id = row.get("clientOid") if isinstance(row, Mapping) else None
                answers.append({"orderId": None, "clientOid": client_id, "code": error.code, "msg": error.message})
        return answers

    def _enter(self, new: NewOrder) -> SimOrder:
        listing = listing_of(self._exchange.instrument(new.symbol))
        book = self._exchange.book(new.symbol)
        try:
            if new.post_only and new.price is not None and book.would_cross(new.side, new.price):
                # Accepted and cancelled, as a post-only order that would take is.
                order = self._exchange.place(dataclasses.replace(new, queued=True))
                self._exchange.cancel(order, "post_only")
                return order
            return self._exchange.place(new)
        except Refused as refused:
            raise from_core(refused, spot=listing.is_spot) from None

    def _new_order(self, body: Mapping[str, Any]) -> NewOrder:
        category, key = self._market(body)
        listing = listing_of(self._exchange.instrument(key))
        side = _one_of(body, "side", {side.value: side for side in Side})
        market = _one_of(body, "orderType", {"limit": False, "market": True})
        named = str(body.get("timeInForce") or "gtc")
        force = _one_of({"timeInForce": named}, "timeInForce", _FORCES)
        reduce_only = _one_of({"reduceOnly": body.get("reduceOnly") or "no"}, "reduceOnly", {"yes": True, "no": False})
        quantity = checks.number(body, "qty")
        if quantity is None:
            raise invalid("qty")
        price = None if market else checks.number(body, "price")
        attributes = self._attributes(body, category, named, reduce_only=reduce_only)
        if market:
            quantity = self._market_quantity(listing, key, side, quantity, attributes)
        elif price is None:
            raise invalid("price")
        else:
            checks.check_values(self._exchange, key, side, price, quantity, category)
        if reduce_only:
            self._need_position(listing, key, side)
        return NewOrder(
            TRADER,
            key,
            side,
            SimKind.MARKET if market else SimKind.LIMIT,
            listing.on_step(quantity) or quantity,
            listing.on_tick(price),
            force=force,
            post_only=named == "post_only",
            reduce_only=reduce_only and not listing.is_spot,
            client_id=self._client_id(body),
            attributes=attributes,
        )

    def _market(self, body: Mapping[str, Any]) -> tuple[str, str]:
        category = str(body.get("category") or "")
        if category not in CATEGORIES:
            raise invalid("category")
        key = key_for(category, str(body.get("symbol") or ""))
        try:
            self._exchange.instrument(key)
        except Refused as refused:
            raise from_core(refused, spot=True) from None
        return category, key

    def _client_id(self, body: Mapping[str, Any]) -> str:
        """The given one, or one the venue makes up."""
        value = body.get("clientOid")
        if value in (None, ""):
            return self._exchange.ids.digits(19)
        if not isinstance(value, str) or not _CLIENT_ID.fullmatch(value):
            raise invalid("clientOid")
        if any(order.is_open for order in self._exchange.by_client_id(TRADER, value)):
            raise invalid("clientOid")
        return value

    def _attributes(self, body: Mapping[str, Any], category: str, force: str, *, reduce_only: bool) -> dict[str, Any]:
        preset = {name: str(body[name]) for name in PRESETS if body.get(name)}
        if preset and reduce_only:
            raise BitgetError(code.PRESET_ON_CLOSE)
        stp = str(body.get("stpMode") or "none")
        margin_mode = str(body.get("marginMode") or "crossed")
        pos_side = str(body.get("posSide") or "")
        if stp not in _STP:
            raise invalid("stpMode")
        if margin_mode not in ("crossed", "isolated"):
            raise invalid("marginMode")
        hedged = self._server.switches.choice("hold_mode") == "hedge_mode" and category.endswith("FUTURES")
        if pos_side not in (("long", "short") if hedged else ("", "long", "short")):
            raise invalid("posSide")
        return {
            "category": category,
            "force": force,
            "preset": preset,
            "stp_mode": stp,
            "margin_mode": margin_mode,
            "pos_side": pos_side if hedged else "",
        }

    def _market_quantity(
        self, listing: MarketListing, key: str, side: Side, quantity: Decimal, attributes: dict[str, Any]
    ) -> Decimal:
        """Base quantity of a market order; a spot buy gives the amount to spend instead."""
        if not self._exchange.is_trading(key):
            raise BitgetError(code.SYMBOL_CLOSED)
        if not listing.is_spot or side is Side.SELL:
            checks.check_quantity(listing, quantity)
            return quantity
        best = self._exchange.book(key).best(Side.SELL)
        if quantity < listing.min_amount or best is None:
            raise BitgetError(code.AMOUNT_LOW, f"The order amount is below the minimum of {listing.min_amount}")
        attributes["amount"] = quantity
        with exact():
            found = floor_to(quantity / best, listing.step)
        if found <= 0:
            raise BitgetError(code.QTY_LOW, f"Quantity is below the minimum of {listing.min_qty}")
        return found

    def _need_position(self, listing: MarketListing, key: str, side: Side) -> None:
        policy = self._exchange.policy
        held = policy.position(TRADER, key).quantity if isinstance(policy, MarginPolicy) else ZERO
        if listing.is_spot or held == 0 or (held > 0) is not (side is Side.SELL):
            raise BitgetError(code.NO_POSITION)


def _one_of(row: Mapping[str, Any], name: str, choices: Mapping[str, _T]) -> _T:
    value = row.get(name)
    if not isinstance(value, str) or value not in choices:
        raise invalid(name)
    return choices[value]

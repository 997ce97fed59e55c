"""The counter: everything Bitget checks before it acknowledges. A refusal here never touches the order.

Documented codes: 25571 unchanged, 25572 pending, 25574 reduce-only, 25568 not modifiable, 25244 tick, 25610 step,
25207/25208 size, 25611 notional, 25205/25206 price band, 25202/25203 funds (error tables, read 2026-11-21). In which
order they are checked, what the band is measured from (the mark price here) and that `rpi` orders and orders of another
`delegateType` answer 25568 is our inference.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.practice.exchange.exchange import Exchange
from app.practice.exchange.numbers import exact
from app.practice.exchange.orders import Side, SimKind, SimOrder, Status, TriggerSource
from app.practice.venues.bitget import errors as code
from app.practice.venues.bitget.errors import BitgetError, invalid
from app.practice.venues.bitget.markets import MarketListing, Sizing, listed_as, listing_of
from app.practice.venues.bitget.rows import PRESETS, category_of, force_of

_NUMBER = re.compile(r"\d{1,24}(\.\d{1,24})?", re.ASCII)
_REQUEST_ID = re.compile(r"[0-9A-Za-z_-]{1,32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ModifyRequest:
    """A modification after its syntax was checked; None leaves a field as it is.

    Attributes:
        quantity: the new TOTAL, fills included.
        auto_cancel: cancel the order if the engine cannot apply this.
        preset: take profit and stop loss to set; "0" clears.
    """

    price: Decimal | None
    quantity: Decimal | None
    auto_cancel: bool
    preset: Mapping[str, str]
    request_id: str | int | None


def number(row: Mapping[str, Any], name: str) -> Decimal | None:
    """A positive decimal given as text; None when it is absent or empty.

    Raises:
        BitgetError: 25200 for anything else.
    """
    value = row.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not _NUMBER.fullmatch(value) or Decimal(value) <= 0:
        raise invalid(name)
    return Decimal(value)


def read_wish(row: Mapping[str, Any], *, single: bool) -> ModifyRequest:
    """Read one modification; presets belong to a single one only.

    Raises:
        BitgetError: 25200.
    """
    price, quantity = number(row, "price"), number(row, "qty")
    auto_cancel = row.get("autoCancel") or "no"
    if auto_cancel not in ("yes", "no"):
        raise invalid("autoCancel")
    if row.get("pxAmendType") not in (None, "", "yes", "no"):
        raise invalid("pxAmendType")
    preset: dict[str, str] = {}
    for name in PRESETS if single else ():
        value = row.get(name)
        if value is None or value == "":
            continue
        if not isinstance(value, str):
            raise invalid(name)
        preset[name] = value
    if price is None and quantity is None and not preset:
        raise invalid("qty or price")
    return ModifyRequest(price, quantity, auto_cancel == "yes", preset, _request_id(row.get("requestId")))


def _request_id(value: object) -> str | int | None:
    """Clients disagree whether it is a text of 32 or a number of 18 digits; both are taken and echoed as they came."""
    if value is None or value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**18:
        return value
    if isinstance(value, str) and _REQUEST_ID.fullmatch(value):
        return value
    raise invalid("requestId")


def check_names(row: Mapping[str, Any], order: SimOrder, listing: MarketListing) -> None:
    """`symbol` and `category`, where given, must be the order's own.

    Raises:
        BitgetError: 25200.
    """
    for name, expected in (("symbol", listing.symbol), ("category", category_of(order, listing))):
        value = row.get(name)
        if value not in (None, "") and value != expected:
            raise invalid(name)


def check_modifiable(order: SimOrder, listing: MarketListing, *, closed_code: str, reduce_only_allowed: bool) -> None:
    """Refuse an order that may not be modified at all.

    Raises:
        BitgetError: 25204 or 25568 when it is not open, 25574, 25568.
    """
    if not order.is_open or order.status is Status.PENDING:
        raise BitgetError(closed_code)
    if order.reduce_only and not reduce_only_allowed:
        raise BitgetError(code.REDUCE_ONLY)
    delegate = order.attributes.get("delegate_type", "normal")
    if (
        order.kind is not SimKind.LIMIT
        or listing.sizing is Sizing.COIN_IN_QUOTE
        or force_of(order) == "rpi"
        or delegate not in ("normal", "modify_limit_order")
    ):
        raise BitgetError(code.NOT_MODIFIABLE)


def check_values(
    exchange: Exchange, key: str, side: Side, price: Decimal, quantity: Decimal, category: str = ""
) -> None:
    """Tick, step, size, notional and band of a limit order of that category, by default its market's own.

    Raises:
        BitgetError: 25244, 25610, 25207, 25208, 25611, 25205, 25206; 25101 when the market is closed.
    """
    listing = listed_as(listing_of(exchange.instrument(key)), category)
    if not exchange.is_trading(key):
        raise BitgetError(code.SYMBOL_CLOSED)
    with exact():
        if price % listing.tick:
            raise BitgetError(code.PRICE_STEP, f"Price must be a multiple of {listing.tick}")
        check_quantity(listing, quantity)
        if listing.value(price, quantity) < listing.min_amount:
            raise BitgetError(code.AMOUNT_LOW, f"The order amount is below the minimum of {listing.min_amount}")
        market = exchange.price(key, TriggerSource.MARK)
        if side is Side.BUY and price > market * (1 + listing.band):
            raise BitgetError(code.PRICE_HIGH, "The order price is above the allowed percentage of the market price")
        if side is Side.SELL and price < market * (1 - listing.band):
            raise BitgetError(code.PRICE_LOW, "The order price is below the allowed percentage of the market price")


def check_quantity(listing: MarketListing, quantity: Decimal) -> None:
    """Step and size.

    Raises:
        BitgetError: 25610, 25207, 25208.
    """
    with exact():
        off_step = quantity % listing.step
    if off_step:
        raise BitgetError(code.QTY_STEP, f"Quantity must be a multiple of {listing.step}")
    if quantity < listing.min_qty:
        raise BitgetError(code.QTY_LOW, f"Quantity is below the minimum of {listing.min_qty}")
    if listing.max_qty and quantity > listing.max_qty:
        raise BitgetError(code.QTY_HIGH, f"Quantity is above the maximum of {listing.max_qty}")


def check_funds(exchange: Exchange, order: SimOrder, price: Decimal, quantity: Decimal) -> None:
    """Refuse a modification for which the account cannot lock what the order needs beyond its lock.

    Raises:
        BitgetError: 25202 (spot) or 25203 (futures).
    """
    if quantity <= order.filled:
        return  # the engine's business
    with exact():
        wanted = exchange.policy.lock_for(exchange, dataclasses.replace(order, price=price, quantity=quantity))
    if wanted is None:
        return
    held = exchange.ledger.lock_of(order.owner, wanted.currency, order.uid)
    if wanted.amount - held > exchange.ledger.balance(order.owner, wanted.currency).available:
        spot = listing_of(exchange.instrument(order.symbol)).is_spot
        raise BitgetError(code.NO_BALANCE if spot else code.NO_MARGIN)


def needs_anything(order: SimOrder, wish: ModifyRequest, price: Decimal | None, quantity: Decimal) -> bool:
    """Return True if the wish differs from what the order has (or will have, once what is pending is applied)."""
    preset = order.attributes.get("preset", {})
    same_preset = all((preset.get(name) or "0") == value for name, value in wish.preset.items())
    return wish.price not in (None, price) or wish.quantity not in (None, quantity) or not same_preset


def merged_preset(order: SimOrder, wish: ModifyRequest) -> dict[str, str]:
    """The order's presets after the wish."""
    merged = {**order.attributes.get("preset", {}), **wish.preset}
    return {name: value for name, value in merged.items() if value not in ("0", "")}

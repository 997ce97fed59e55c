"""Rows of a practice Bitget: orders, fills and prices; REST and websocket differ, as they do at the venue.

REST: category in upper case, `posSide`, preset take profit and stop loss, "0" as the price of a market order.
Websocket: category in lower case, `holdSide`, `yes`/`no`, no presets, "" as the price of a market order. Every amount
is a text. Source: Bitget unified account documentation, "Get Open Orders" and "Order Channel", read 2026-11-21.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.practice.exchange.exchange import Exchange
from app.practice.exchange.numbers import EIGHT_PLACES, exact
from app.practice.exchange.orders import TRADER, ZERO, Execution, Force, Revision, Side, SimKind, SimOrder, Status
from app.practice.server.faults import Switches
from app.practice.venues.bitget.markets import MARGIN, MarketListing, Sizing, listing_of

Row = dict[str, Any]

PRESETS = (
    "takeProfit",
    "stopLoss",
    "tpTriggerBy",
    "slTriggerBy",
    "tpOrderType",
    "slOrderType",
    "tpLimitPrice",
    "slLimitPrice",
)

#: Reasons of the exchange that Bitget calls an ordinary cancel. Its full list is not in the documents at hand.
_NORMAL_CANCEL = frozenset({"user", "foreign", "normal_cancel", "no_liquidity", "fill_or_kill", "post_only"})


@dataclass(frozen=True, slots=True)
class View:
    """Changing part of an order: now, or after one revision of its history."""

    status: Status
    price: Decimal | None
    quantity: Decimal
    filled: Decimal
    filled_value: Decimal
    time_ns: int

    @property
    def average(self) -> Decimal:
        """Average price to eight places at most; zero without fills."""
        if not self.filled:
            return ZERO
        with exact():
            value = (self.filled_value / self.filled).quantize(EIGHT_PLACES)
        return trimmed(value)


def trimmed(value: Decimal) -> Decimal:
    """Without zeros at the end of the fraction."""
    whole = value.to_integral_value()
    return whole.quantize(Decimal(1)) if value == whole else value.normalize()


def category_of(order: SimOrder, listing: MarketListing) -> str:
    """SPOT and MARGIN share a market; the order knows which it is."""
    return MARGIN if order.attributes.get("category") == MARGIN else listing.category


def millis(time_ns: int) -> str:
    """A time as Bitget writes it: milliseconds since 1970, as a text."""
    return str(time_ns // 1_000_000)


class Rows:
    """Writes the rows of one account."""

    def __init__(self, exchange: Exchange, switches: Switches) -> None:
        self._exchange = exchange
        self._switches = switches

    def listing(self, order: SimOrder) -> MarketListing:
        """The listing of the order's market."""
        return listing_of(self._exchange.instrument(order.symbol))

    def category(self, order: SimOrder) -> str:
        """The order's category, in upper case."""
        return category_of(order, self.listing(order))

    # -- orders --------------------------------------------------------------------------------------------------------

    def rest_order(self, order: SimOrder, *, detail: bool = False) -> Row:
        """One row of the open orders, of history (`detail`) or of order-info (`detail`)."""
        view = self.now(order)
        preset = order.attributes.get("preset", {})
        unset = None if self._switches.choice("unset_preset") == "null" else ""
        row = {
            **self._common(order, view, rest=True),
            "category": self.category(order),
            "price": view.price if view.price is not None else "0",
            "posSide": self.position_side(order),
            "holdMode": "" if self.listing(order).is_spot else self._switches.choice("hold_mode"),
            "reduceOnly": self._reduce_only(order),
            **{name: preset.get(name) or unset for name in PRESETS},
        }
        if detail:
            row["cancelReason"] = _cancel_reason(order)
            row["execType"] = "normal"
        return row

    def push_order(self, order: SimOrder, view: View) -> Row:
        """One row of the websocket's order topic."""
        listing = self.listing(order)
        settled = "" if listing.is_spot else listing.quote if listing.sizing is Sizing.LINEAR else listing.base
        row = {
            **self._common(order, view, rest=False),
            "category": self.category(order).lower(),
            "price": view.price if view.price is not None else "",
            "holdSide": self.position_side(order),
            "holdMode": "" if listing.is_spot else self._switches.choice("hold_mode"),
            "reduceOnly": "yes" if order.reduce_only else "no",
            "marginCoin": settled,
            "leverage": "" if listing.is_spot else listing.leverage,
            "totalProfit": "0",
            "cancelReason": _cancel_reason(order) if not view.status.is_open else "",
        }
        if self._switches.flag("push_presets"):
            preset = order.attributes.get("preset", {})
            row |= {name.lower(): preset.get(name, "") for name in PRESETS}
        if not view.status.is_open and self._switches.choice("end_qty") == "empty":
            row["qty"] = ""
        if self._switches.flag("echo_request_id") and order.attributes.get("request_id") is not None:
            row["requestId"] = order.attributes["request_id"]
        return row

    def _common(self, order: SimOrder, view: View, *, rest: bool) -> Row:
        spot = self.listing(order).is_spot
        return {
            "orderId": order.order_id,
            "clientOid": order.client_id,
            "symbol": self.listing(order).symbol,
            "orderType": "market" if order.kind is SimKind.MARKET else "limit",
            "side": str(order.side),
            "qty": view.quantity,
            "amount": order.attributes.get("amount", "0"),
            "cumExecQty": view.filled,
            "cumExecValue": trimmed(view.filled_value),
            "avgPrice": view.average,
            "timeInForce": force_of(order),
            "orderStatus": self._status(view.status, rest=rest),
            "tradeSide": "" if spot else self._trade_side(order),
            "marginMode": "" if spot else order.attributes.get("margin_mode", "crossed"),
            "delegateType": order.attributes.get("delegate_type", "normal"),
            "stpMode": order.attributes.get("stp_mode", "none"),
            "feeDetail": self._fees(order, view),
            "createdTime": millis(order.created_ns),
            "updatedTime": millis(view.time_ns),
        }

    def _trade_side(self, order: SimOrder) -> str:
        if self._switches.choice("trade_side") == "short":
            return "close" if order.reduce_only else "open"
        if self._switches.choice("hold_mode") == "one_way_mode":
            return f"{'reduce_' if order.reduce_only else ''}{order.side}_single"
        return f"{order.side}_{'close' if order.reduce_only else 'open'}_{self.position_side(order)}"

    def now(self, order: SimOrder) -> View:
        """The order as it stands."""
        return View(order.status, order.price, order.quantity, order.filled, order.filled_value, order.updated_ns)

    def after(self, order: SimOrder, revision: Revision) -> View:
        """The order as it stood after one revision of its history."""
        value, filled = ZERO, ZERO
        for done in self._exchange.executions_of(TRADER, order.uid):
            if filled >= revision.filled:
                break
            filled += done.quantity
            value += done.value
        return View(revision.status, revision.price, revision.quantity, revision.filled, value, revision.time_ns)

    def position_side(self, order: SimOrder) -> str:
        """`long` or `short`: the position the order opens or closes; empty for spot."""
        if self.listing(order).is_spot:
            return ""
        chosen = order.attributes.get("pos_side")
        if chosen:
            return str(chosen)
        return "long" if (order.side is Side.BUY) is not order.reduce_only else "short"

    def _status(self, status: Status, *, rest: bool) -> str:
        match status:
            case Status.FILLED:
                return "filled"
            case Status.PARTIALLY_FILLED:
                return "partially_filled"
            case Status.CANCELLED | Status.EXPIRED:
                return "cancelled"
            case _:
                return self._switches.choice("open_status") if rest else "new"

    def _reduce_only(self, order: SimOrder) -> str:
        text = "yes" if order.reduce_only else "no"
        return text.upper() if self._switches.choice("reduce_only_case") == "upper" else text

    def _fees(self, order: SimOrder, view: View) -> list[Row]:
        fees: dict[str, Decimal] = defaultdict(Decimal)
        filled = ZERO
        for done in self._exchange.executions_of(TRADER, order.uid):
            if filled >= view.filled:
                break
            filled += done.quantity
            due = done.fee_of(order.uid)
            fees[due.currency] += due.amount
        return [{"feeCoin": coin, "fee": trimmed(amount)} for coin, amount in fees.items()]

    # -- fills ---------------------------------------------------------------------------------------------------------

    def rest_fill(self, order: SimOrder, done: Execution) -> Row:
        """One row of `GET /api/v3/trade/fills`."""
        return {
            **self._fill(order, done),
            "category": self.category(order),
            "posSide": self.position_side(order),
            "createdTime": millis(done.time_ns),
            "updatedTime": millis(done.time_ns),
        }

    def push_fill(self, order: SimOrder, done: Execution) -> Row:
        """One row of the websocket's fill topic."""
        return {
            **self._fill(order, done),
            "category": self.category(order).lower(),
            "holdSide": self.position_side(order),
            "execTime": millis(done.time_ns),
            "updatedTime": millis(done.time_ns),
        }

    def _fill(self, order: SimOrder, done: Execution) -> Row:
        due = done.fee_of(order.uid)
        spot = self.listing(order).is_spot
        return {
            "execId": done.trade_id,
            "execLinkId": done.trade_id,
            "orderId": done.maker_order_id if done.is_maker(order.uid) else done.taker_order_id,
            "clientOid": order.client_id,
            "symbol": self.listing(order).symbol,
            "orderType": "market" if order.kind is SimKind.MARKET else "limit",
            "side": str(order.side),
            "execPrice": done.price,
            "execQty": done.quantity,
            "execValue": trimmed(done.value),
            "tradeScope": "maker" if done.is_maker(order.uid) else "taker",
            "tradeSide": "" if spot else "close" if order.reduce_only else "open",
            "feeDetail": [{"feeCoin": due.currency, "fee": trimmed(due.amount)}],
            "execPnl": "0",
        }


def force_of(order: SimOrder) -> str:
    """`timeInForce` in Bitget's words; `rpi` is kept as a field of the order."""
    if order.post_only:
        return "post_only"
    named = order.attributes.get("force")
    if named == "rpi":
        return "rpi"
    return {Force.GTC: "gtc", Force.IOC: "ioc", Force.FOK: "fok"}[order.force]


def _cancel_reason(order: SimOrder) -> str:
    if order.status in (Status.CANCELLED, Status.EXPIRED):
        return "normal_cancel" if order.reason in _NORMAL_CANCEL else order.reason
    return ""

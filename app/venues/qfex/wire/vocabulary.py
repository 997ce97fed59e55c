"""QFEX's own words, as they stand on the wire: order types, statuses, instrument attributes.

Source: QFEX docs, Enums (https://docs.qfex.com/api-reference/enums) and Order Entry - Modify Order
(https://docs.qfex.com/websocket/channels/trade/modify_order), read 2026-11-21; statuses marked below come from public
client code.
"""

from __future__ import annotations

from app.domain.order import OrderKind, Side, TimeInForce

TITLE = "QFEX"

#: The request that amends an order.
MODIFY = "modify_order"

SIDES: dict[str, Side] = {"BUY": Side.BUY, "SELL": Side.SELL}
WIRE_SIDES: dict[Side, str] = {side: word for word, side in SIDES.items()}

LIMIT = "LIMIT"
ALO = "ALO"
KINDS: dict[str, OrderKind] = {
    LIMIT: OrderKind.LIMIT,
    ALO: OrderKind.LIMIT,
    "MARKET": OrderKind.MARKET,
    "TAKE_PROFIT": OrderKind.TAKE_PROFIT,
    "STOP_LOSS": OrderKind.STOP_LOSS,
    "STOP_MARKET": OrderKind.STOP_MARKET,
}
#: Order types whose `price` is a trigger; once triggered they trade as market orders.
STOPS = frozenset({"TAKE_PROFIT", "STOP_LOSS", "STOP_MARKET"})
STOP_KINDS = frozenset(KINDS[word] for word in STOPS)

#: `GFD` appears in old samples and in no enum; it is read as unknown.
TIMES_IN_FORCE: dict[str, TimeInForce] = {
    "GTC": TimeInForce.GTC,
    "IOC": TimeInForce.IOC,
    "FOK": TimeInForce.FOK,
}

ACK = "ACK"
MODIFIED = "MODIFIED"
FILLED = "FILLED"
#: `FILLED` is live while `quantity_remaining` is above zero.
LIVE = frozenset({ACK, MODIFIED, FILLED})
#: Dead statuses with the words for the person. The IOC ones come from public client code.
DEAD: dict[str, str] = {
    "CANCELLED": "",
    "CANCELLED_STP": "it met an order of the same account (self-trade prevention)",
    "IOC_CANCELLED": "an IOC order that found nothing to trade with",
    "IOC_PARTIALLY_FILLED": "an IOC order that found only a part to trade with",
}
NO_SUCH_ORDER = "NO_SUCH_ORDER"

#: Names of instrument attributes.
LEVERAGE = "leverage"
DEFAULT_LEVERAGE = "default_max_leverage"
MARGIN_ASSET = "margin_asset"
POSITION = "position"

#: Order attribute: the venue reported the id as a new order, so it cannot be the result of an amendment.
ADDED = "added"
#: Order attribute: it may be the result of one of several amendments of like orders, and its terms do not tell which.
UNTIED = "untied"

#: Statuses of a market: it trades in the first; in the others it does not.
ACTIVE = "ACTIVE"
NOT_TRADING = frozenset({"INACTIVE", "DELISTED"})

#: Choices of the field in which a person says whether an order is reduce-only, with the flag each stands for.
YES, NO = "yes", "no"

#: Switches of the account's configuration.
REDUCE_ONLY = "reduce_only"
SEND = "send"
OMIT = "omit"
ACCOUNT_ID = "account_id"

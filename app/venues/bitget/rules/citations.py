"""Rules of Bitget's documents about amending, in our own words: the sources a locked field or a caution quotes."""

from __future__ import annotations

from app.domain.profile import Document
from app.domain.rules import Confidence, RuleWriter

READ_ON = "2026-11-21"
_SITE = "https://www.bitget.com/api-doc/uta"

_MODIFY = ("UTA: Modify Order", f"{_SITE}/trade/Modify-Order")
_BATCH = ("UTA: Batch Modify Orders", f"{_SITE}/trade/Batch-Modify-Orders")
_MODIFY_WS = ("UTA WebSocket: Modify Order channel", f"{_SITE}/websocket/private/Modify-Order-Channel")
_PLACE = ("UTA: Place Order", f"{_SITE}/trade/Place-Order")
_ORDER_INFO = ("UTA: Get Order Details", f"{_SITE}/trade/Get-Order-Details")
_ORDER_WS = ("UTA WebSocket: Order channel", f"{_SITE}/websocket/private/Order-Channel")
_INSTRUMENTS = ("UTA: Instruments", f"{_SITE}/public/Instruments")
_ERRORS = ("UTA: error codes", f"{_SITE}/error-code/restapi")
_ASSETS = ("UTA: Get Account Assets", f"{_SITE}/account/Get-Account")
_GUIDE = ("UTA: guide", f"{_SITE}/guide")

DOCUMENTS: tuple[Document, ...] = tuple(
    Document(title, url, READ_ON, Confidence.DOCUMENTED.value)
    for title, url in (
        _MODIFY,
        _BATCH,
        _MODIFY_WS,
        _PLACE,
        _ORDER_INFO,
        _ORDER_WS,
        _INSTRUMENTS,
        _ERRORS,
        _ASSETS,
        _GUIDE,
    )
)

_rule = RuleWriter("bitget", READ_ON)

#: Writer of rules of pages that were read again since.
_rule_since = RuleWriter("bitget", "2026-11-30")

_CANCEL_AND_NEW = "Cancel the order and place a new one on Bitget; its place in the queue is lost."

ENDED = _rule(
    "order.ended",
    "An order that has been filled completely or cancelled cannot be amended.",
    _MODIFY,
)
REDUCE_ONLY = _rule(
    "order.reduce-only",
    "Reduce-only orders cannot be amended several at once; whether they can one by one is not documented, so it takes "
    "your consent.",
    _BATCH,
    Confidence.INFERRED,
    conflict="The page of the single call, which this ticket uses for one order, does not mention reduce-only; error "
    "25574 (reduce-only order protection) exists.",
    way_round=_CANCEL_AND_NEW,
)
COIN_FUTURES = _rule(
    "order.coin-futures",
    "For coin-margined futures it is not certain what unit the quantity of an amendment has, and orders of the new "
    "coin-margined line (symbols ending in _CM) cannot be amended at all.",
    _PLACE,
    Confidence.INFERRED,
    conflict="The Modify Order page says base coin; the Place Order page says quote coin for COIN-FUTURES.",
    way_round=_CANCEL_AND_NEW,
)
CATEGORY = _rule(
    "order.category",
    "Bitget's categories are SPOT, MARGIN, USDT-FUTURES, USDC-FUTURES and COIN-FUTURES.",
    _INSTRUMENTS,
)
NO_PRICE = _rule(
    "order.no-price",
    "An amendment names the price, which a market order does not have.",
    _MODIFY_WS,
    conflict="The REST page asks for price or quantity.",
)
COIN_CM = _rule(
    "order.coin-cm",
    "Orders of the new coin-margined line (symbols ending in _CM) cannot be amended.",
    _PLACE,
    way_round=_CANCEL_AND_NEW,
)
NOT_RESTING = _rule(
    "order.not-resting",
    "A market, IOC or FOK order executes at once or ends; it has no resting price and quantity to amend.",
    _PLACE,
    Confidence.INFERRED,
)
RPI = _rule(
    "order.rpi",
    "Retail-price-improvement orders need a permission of their own; what an amendment does to them is not documented.",
    _PLACE,
    Confidence.INFERRED,
    way_round=_CANCEL_AND_NEW,
)
DELEGATE = _rule(
    "order.delegate",
    "Orders made by another function of Bitget (TP/SL, grid, copy trading, liquidation) carry a delegate type other "
    "than normal and belong to that function.",
    _ORDER_INFO,
    Confidence.INFERRED,
    way_round="Change it where it was made, or cancel it and place an order of your own.",
)
KIND = _rule(
    "order.kind",
    "Price and quantity are amended on resting limit orders.",
    _MODIFY,
    Confidence.INFERRED,
    way_round=_CANCEL_AND_NEW,
)
STATUS = _rule(
    "order.status",
    "Bitget's order states are live, new, partially_filled, filled and cancelled; the first three are open.",
    _ORDER_INFO,
)
ONE_IN_FLIGHT = _rule(
    "amend.one-in-flight",
    "While the result of one amendment is outstanding, the same order takes no second one.",
    _MODIFY,
    conflict="The batch page lets up to five amendments of one order wait in line; this ticket sends one at a time, "
    "unless the account's switch queued_amendments allows more.",
)
IN_LINE = _rule(
    "amend.in-line",
    "Up to five amendments of an order that is being amended may wait in line, by the batch call; Bitget carries them "
    "out in turn, and skips those behind one that fails (25573). Too many are refused (25572).",
    _BATCH,
    conflict="The page of the single call takes no second amendment of an order while the result of one is "
    "outstanding. What 25573 means is read from its name; how long those behind a failed one are skipped is not told.",
)
ABOVE_FILLED = _rule(
    "quantity.above-filled",
    "The quantity is the new total, fills included, and must lie above what is filled already.",
    _BATCH,
    Confidence.INFERRED,
    conflict="The batch page says both that only unfilled orders and that partially filled orders can be amended, and "
    "that the new quantity may not be less than the filled one; what an equal quantity does is not documented.",
)
NOT_BELOW_FILLED = _rule(
    "quantity.not-below-filled",
    "The quantity is the new total, fills included, and may not be less than what is filled already.",
    _BATCH,
    conflict="The page of the single call does not speak of fills.",
)
BOTH_SENT = _rule(
    "amend.both-sent",
    "Price and quantity are both sent with every amendment, as the totals seen here.",
    _MODIFY,
    Confidence.INFERRED,
    conflict="The REST page asks for price or quantity; the WebSocket page requires the price for limit orders.",
)
ID_KEPT = _rule(
    "amend.id-kept",
    "The reply names the same order id and no new one, so the order is expected to keep its id.",
    _MODIFY,
    Confidence.CLIENT_CODE,
)
QUEUE = _rule(
    "amend.queue",
    "What an amendment does to the order's place in the queue is not documented.",
    _MODIFY,
    Confidence.UNKNOWN,
)
ASYNCHRONOUS = _rule(
    "amend.asynchronous",
    "An accepted amendment may still fail in the matching engine, and no message tells so; the order's details show "
    "what became of it.",
    _MODIFY_WS,
    conflict="The REST page does not say so, yet it speaks of waiting for the result and its reply names only ids. The "
    "Order channel lists no push for an amendment; client code shows one.",
)
AUTO_CANCEL = _rule(
    "amend.auto-cancel",
    "With autoCancel=yes an amendment that the matching engine cannot apply cancels the order; with no, the order "
    "stays as it was.",
    _MODIFY,
)
NO_CHANGE = _rule(
    "amend.no-change",
    "An amendment with the same price and quantity as the order is refused (25571).",
    _ERRORS,
)
TICK = _rule(
    "price.tick",
    "The price must fit the market's price precision and be a multiple of its price multiplier.",
    _INSTRUMENTS,
)
LOT = _rule(
    "quantity.lot",
    "The quantity must fit the market's quantity precision and be a multiple of its quantity multiplier.",
    _INSTRUMENTS,
)
SIZE = _rule(
    "quantity.size",
    "The quantity must lie between the market's minOrderQty and maxOrderQty, where they are given.",
    _INSTRUMENTS,
)
MIN_VALUE = _rule(
    "value.minimum",
    "Price times quantity must reach the market's minOrderAmount, in quote currency.",
    _INSTRUMENTS,
    conflict="The Place Order page compares the quantity itself with minOrderAmount, which is an amount of quote.",
)
BAND = _rule(
    "price.band",
    "A buy price may exceed the market, and a sell price undercut it, by a share fixed per market.",
    _INSTRUMENTS,
    conflict="Which market price is meant (last, mark, best) is not documented, so the band is shown as a caution.",
)
POST_ONLY = _rule(
    "price.post-only",
    "What happens to a post-only order amended through the book is not documented; it may be refused or cancelled.",
    _MODIFY,
    Confidence.UNKNOWN,
)
MARKET_STATE = _rule(
    "market.state",
    "A market trades normally while its status is online; what an amendment meets in other states is not documented.",
    _INSTRUMENTS,
    Confidence.INFERRED,
)
PRESETS = _rule_since(
    "presets.fields",
    "Bitget takes the takeProfit and stopLoss attached to an order with its amendment, 0 to remove one.",
    _MODIFY,
    way_round="Change them on Bitget; price and quantity can be amended here meanwhile.",
)
UNKNOWN_MARKET = _rule(
    "market.unknown",
    "A market's grid and limits come with the instruments call, which may leave out a market or a field of it. What is "
    "not known is not checked here; Bitget checks it.",
    _INSTRUMENTS,
    Confidence.INFERRED,
)
FUNDS = _rule(
    "funds.available",
    "A spot buy locks price times remaining quantity in quote currency, a spot sell the remaining quantity in base "
    "currency; what futures need depends on the whole account.",
    _ASSETS,
    Confidence.INFERRED,
)

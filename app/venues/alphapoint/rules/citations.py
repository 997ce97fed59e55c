"""AlphaPoint's documents and public clients on changing orders, in our own words.

AlphaPoint's exchange software is run by many venues under their own names (NDAX, KIIEX, Notbank and others), each with
its own copy of the documents and its own version. Where the copies disagree, the rule states the conflict.
"""

from __future__ import annotations

from app.domain.profile import Document
from app.domain.rules import Confidence, RuleWriter

READ_ON = "2026-11-21"

#: Date of the newer public sources, which win where they differ.
READ_AGAIN_ON = "2026-11-30"

_MODIFY = ("KIIEX API: ModifyOrder", "https://docs.kiiglobal.io")
_DOCS = ("AlphaPoint API documentation 3.3–3.5", "https://alphapoint.github.io/slate")
_NDAX = ("NDAX API documentation", "https://apidoc.ndax.io")
_NDAX_HTTP = ("NDAX HTTP API documentation", "https://github.com/NDAXlO/slate")
_NOTBANK = ("Notbank's own API clients", "https://pypi.org/project/notbank/")
_CCXT = ("ccxt, ndax exchange class with recorded replies", "https://github.com/ccxt/ccxt")
_BOT_ACK = ("Hummingbot issue 3866", "https://github.com/hummingbot/hummingbot/issues/3866")
_BOT_LIMITS = ("Hummingbot issue 3865", "https://github.com/hummingbot/hummingbot/issues/3865")

_CONSTANTS = ("Notbank's own API clients: constants and accounts", "https://pypi.org/project/notbank/")

DOCUMENTS: tuple[Document, ...] = (
    *(
        Document(*document, READ_ON, confidence.value)
        for confidence, documents in (
            (Confidence.DOCUMENTED, (_MODIFY, _DOCS, _NDAX, _NDAX_HTTP)),
            (Confidence.CLIENT_CODE, (_NOTBANK, _CCXT, _BOT_ACK, _BOT_LIMITS)),
        )
        for document in documents
    ),
    Document(*_CONSTANTS, READ_AGAIN_ON, Confidence.CLIENT_CODE.value),
)

_rule = RuleWriter("alphapoint", READ_ON)
_newer = RuleWriter("alphapoint", READ_AGAIN_ON)

_ON_THE_VENUE = "Change it on the venue's own site, or cancel it and place a new order there."

REDUCE_ONLY_DOWN = _rule(
    "reduce.downward",
    "ModifyOrder only lowers the quantity of an order, keeps its id and does not give up its place in the book.",
    _MODIFY,
    Confidence.DOCUMENTED,
    way_round="Route “replace” can raise the quantity; it gives up the place in the queue.",
)
PRICE_BY_REPLACE = _rule(
    "reduce.no-price",
    "ModifyOrder has no price: a new price needs CancelReplaceOrder, which gives up the place in the book.",
    _MODIFY,
    Confidence.DOCUMENTED,
    way_round="Choose route “replace”.",
)
REMAINING = _rule(
    "reduce.remaining",
    "The Quantity of an order object is what remains, and the new Quantity must be lower than it; so the request is "
    "taken to mean the new remaining amount.",
    _NDAX_HTTP,
    Confidence.INFERRED,
    conflict="No document says whether the request's Quantity means the remaining or the total amount. If a venue "
    "read it as the total, a partly filled order would end up too small, never too big.",
)
RECEIPT = _rule(
    "ack.receipt",
    "A reply with result true says that the request was received, not that the order was changed; that shows only in "
    "GetOpenOrders, GetOrderStatus, the order history or an order event: what remains plus what was executed falls "
    "when a reduction takes effect and at no other time. No event tells of a refused reduction.",
    _MODIFY,
    Confidence.DOCUMENTED,
)
REPLACE = _rule(
    "replace.new-order",
    "CancelReplaceOrder cancels the order and places a new one with a new id at the back of the queue; nothing is "
    "documented as carried over, so every field is sent again.",
    _DOCS,
    Confidence.DOCUMENTED,
    conflict="Whether both halves happen together is not documented; the old one may be gone and the new one refused.",
)
REPLACE_FUNDS = _rule(
    "replace.funds",
    "When the hold of the old order is released is not documented; a free balance below the increase is pointed out.",
    _DOCS,
    Confidence.INFERRED,
)
REPLACE_FILLS = _rule(
    "replace.fills-in-flight",
    "The new order's quantity is its own: fills of the old order while the request travels are not taken off it.",
    _DOCS,
    Confidence.INFERRED,
)
NOT_READABLE = _rule(
    "replace.not-readable",
    "No order object shows time in force, expiry or a linked order, so these cannot be copied to a replacement.",
    _DOCS,
    Confidence.CLIENT_CODE,
)
REDUCE_BY_REPLACE = _rule(
    "replace.not-for-reductions",
    "A smaller quantity at the same price is what ModifyOrder is for, and there the order keeps its place.",
    _MODIFY,
    Confidence.DOCUMENTED,
    way_round="Choose route “reduce”.",
)
KIND = _rule(
    "order.kind",
    "ModifyOrder lowers the quantity of an order that rests in the book; a market order does not rest.",
    _MODIFY,
    Confidence.DOCUMENTED,
    way_round=_ON_THE_VENUE,
)
NOT_PLAIN = _rule(
    "order.not-plain",
    "Whether ModifyOrder acts on stop and trailing orders, or on kinds this ticket does not know, is not documented, "
    "so reducing one takes your consent and its result is checked. A replacement would be a plain limit order, so none "
    "is offered.",
    _MODIFY,
    Confidence.UNKNOWN,
    way_round=_ON_THE_VENUE,
)
STOP = _rule(
    "order.stop",
    "No call changes the stop price of an order in place.",
    _MODIFY,
    Confidence.DOCUMENTED,
    way_round=_ON_THE_VENUE,
)
QUOTE = _rule(
    "order.quote",
    "Quotes are market-maker orders with calls of their own; whether ModifyOrder acts on them is not documented, so "
    "reducing one takes your consent. A replacement would be a plain limit order, so none is offered.",
    _DOCS,
    Confidence.UNKNOWN,
    way_round=_ON_THE_VENUE,
)
BLOCK_TRADE = _rule(
    "order.block-trade",
    "Block trades wait for a counterparty; whether ModifyOrder acts on them is not documented, so reducing one takes "
    "your consent. A replacement would be a plain limit order, so none is offered.",
    _DOCS,
    Confidence.UNKNOWN,
    way_round=_ON_THE_VENUE,
)
ICEBERG = _rule(
    "order.iceberg",
    "What a reduction does to the displayed part of an iceberg order is not documented, so it takes your consent. A "
    "replacement would show the whole quantity, so it is not offered.",
    _MODIFY,
    Confidence.UNKNOWN,
    way_round=_ON_THE_VENUE,
)
STATE = _rule(
    "order.state",
    "Only a Working order rests in the book; a state outside the documented list is never taken for it.",
    _DOCS,
    Confidence.DOCUMENTED,
)
REASON = _rule(
    "order.reason",
    "The documents list the reasons for which an order changes its state; what one outside that list means for an "
    "amendment is not known, so it takes your consent.",
    _DOCS,
    Confidence.INFERRED,
)
SESSION = _rule(
    "market.session",
    "Whether an order can be changed while its market is not Running is not documented, so it takes your consent.",
    _DOCS,
    Confidence.UNKNOWN,
    way_round="Wait until the market runs; cancelling stays possible.",
)
POST_ONLY_SESSION = _newer(
    "market.post-only-session",
    "A market in the session RunningPostOnly trades with post-only orders alone.",
    _CONSTANTS,
    Confidence.CLIENT_CODE,
    conflict="The session is in a venue's own client and in no document.",
)
LARGEST = _rule(
    "numbers.largest",
    "The venue writes the largest 64-bit number over 10^9 for a price that is not there; a number beyond that may be "
    "more than it can hold.",
    _NDAX_HTTP,
    Confidence.INFERRED,
)
ACCOUNT_STATE = _rule(
    "account.state",
    "An account with risk type NoTrading, or a frozen one, may not trade.",
    _DOCS,
    Confidence.DOCUMENTED,
    way_round="Ask the venue to lift it.",
)
ONE_IN_FLIGHT = _rule(
    "amend.one-in-flight",
    "Requests are received first and carried out later, so a second change before the first is proven could undo it.",
    _BOT_ACK,
    Confidence.CLIENT_CODE,
)
STEP = _rule(
    "market.steps",
    "QuantityIncrement and PriceIncrement of the instrument are the grids of quantity and price.",
    _DOCS,
    Confidence.DOCUMENTED,
)
MINIMUM = _rule(
    "market.minimum",
    "The instrument's MinimumQuantity is on the wire, though not in the documents; an order below it may be refused, "
    "or cancelled by the system, so it takes your consent.",
    _CCXT,
    Confidence.CLIENT_CODE,
)
BANDS = _rule(
    "market.bands",
    "An instrument may carry a lowest price, a floor, a ceiling and a collar, which no document describes; outside "
    "them a new order may be refused or cancelled, so it takes your consent.",
    _CCXT,
    Confidence.CLIENT_CODE,
)
POST_ONLY = _rule(
    "replace.post-only",
    "A post-only order is sent again as one; what the venue does with one that meets the market is not documented.",
    _NOTBANK,
    Confidence.CLIENT_CODE,
)

"""Rules of QFEX's documents about amending, in our own words: the sources a locked field or a caution quotes."""

from __future__ import annotations

from app.domain.profile import Document
from app.domain.rules import Confidence, RuleWriter

READ_ON = "2026-11-21"

#: Date of the newer public sources, which win where they differ.
READ_AGAIN_ON = "2026-11-30"

_MODIFY = ("QFEX docs: Order Entry - Modify Order", "https://docs.qfex.com/websocket/channels/trade/modify_order")
_AUTH = ("QFEX docs: Authenticate", "https://docs.qfex.com/websocket/channels/trade/authenticate")
_ENUMS = ("QFEX docs: Enums", "https://docs.qfex.com/api-reference/enums")
_TYPES = ("QFEX docs: Order types", "https://docs.qfex.com")
_RISK = ("QFEX docs: Risk limits", "https://docs.qfex.com")
_BUMP = ("QFEX docs: Architecture", "https://docs.qfex.com")
_RATE = ("QFEX docs: Rate limits", "https://docs.qfex.com")
_ERRORS = ("QFEX docs: Errors", "https://docs.qfex.com")
_SOCKET = ("QFEX AsyncAPI description of the trade socket", "https://github.com/api-evangelist/qfex")
_REFDATA = ("QFEX OpenAPI description, /refdata", "https://github.com/api-evangelist/qfex")
_CLI = ("QFEX command line client", "https://github.com/QFEX-org/cli")
_PROTO = ("QFEX protocol changelog of 2025-07-02", "https://github.com/QFEX-org/proto")
_CLIENT = ("FueledByChai trading library, QFEX connector", "https://github.com/FueledByChai/FueledByChaiTrading")

DOCUMENTS: tuple[Document, ...] = (
    *(
        Document(title, url, READ_ON, Confidence.DOCUMENTED.value)
        for title, url in (_MODIFY, _AUTH, _ENUMS, _TYPES, _RISK, _BUMP, _RATE, _ERRORS, _SOCKET, _REFDATA, _PROTO)
    ),
    Document(*_CLI, READ_AGAIN_ON, Confidence.CLIENT_CODE.value),
    Document(*_CLIENT, READ_ON, Confidence.CLIENT_CODE.value),
)

_rule = RuleWriter("qfex", READ_ON)
_newer = RuleWriter("qfex", READ_AGAIN_ON)

_CANCEL_AND_NEW = "Cancel the order and place a new one on QFEX; its place in the queue is lost."

FIELDS = _rule(
    "amend.fields",
    "Only price, quantity, take-profit and stop-loss of an order can be changed.",
    _MODIFY,
)
ENDED = _rule("order.ended", "An order that is filled or cancelled can no longer be amended.", _MODIFY)
PARTIAL_FILL = _rule(
    "order.partly-filled",
    "A partly filled order is not amended here; QFEX answers CANNOT_MODIFY_PARTIAL_FILL.",
    _ENUMS,
    conflict="The Modify Order page gives the code for amendments that would make the order invalid, such as a "
    "quantity below what is filled; the Enums page and QFEX's own command line client say that a partly filled order "
    "cannot be amended at all. The stricter reading is followed.",
    way_round="Cancel the order and place a new one for what is left.",
)
STOP_ORDERS = _rule(
    "order.stop",
    "A take-profit or stop-loss order of its own is changed with another request, modify_stop_order. What answers it "
    "is not documented for certain, so this ticket does not send it.",
    _SOCKET,
    Confidence.UNKNOWN,
    conflict="Three sources give three different replies to modify_stop_order (a plain receipt, a stop order, an "
    "order), so no reply would prove the change; stop orders are shown and can be cancelled, not amended.",
    way_round=_CANCEL_AND_NEW,
)
NOT_RESTING = _rule(
    "order.not-resting",
    "A market order is always IOC, and IOC and FOK orders trade at once or end; none of them rests.",
    _TYPES,
)
STATUS = _rule(
    "order.status",
    "QFEX's live statuses are ACK, MODIFIED and, while something is left, FILLED; an unknown one is never guessed at.",
    _ENUMS,
)
ONE_IN_FLIGHT = _rule(
    "amend.one-in-flight",
    "The order id changes with every amendment because several amendments in flight are not supported.",
    _MODIFY,
)
RIVALS = _rule(
    "amend.rivals",
    "The reply to an amendment names the new order id and not the old one. This ticket waits with an amendment of a "
    "second order of the same symbol, side and type, whose reply it could not tell apart, unless both orders carry "
    "different client ids.",
    _MODIFY,
    way_round="Wait for the outcome of the other amendment.",
)
NEW_ID = _rule(
    "amend.new-id",
    "An amended order gets a new id and the old one is dead; the reply carries the status MODIFIED and the new id.",
    _MODIFY,
    conflict="An edition of the page from 2025 shows a reply with the same id; both are followed.",
)
QUEUE = _rule(
    "amend.queue",
    "What an amendment does to the place in the queue is not documented. The order gets a new id and waits 100 ms at "
    "the venue, so count on losing the place, even when only the quantity goes down.",
    _BUMP,
    Confidence.UNKNOWN,
)
SPEED_BUMP = _rule(
    "amend.speed-bump",
    "Every limit order and every amendment is held for 100 ms; cancels are not. Until then the old terms may fill.",
    _BUMP,
    conflict="An older edition of the documents says 50 ms and exempts orders that add liquidity.",
)
ALL_FOUR = _rule(
    "amend.all-four",
    "Price, quantity, take-profit and stop-loss are all sent with every amendment, unchanged ones as they are, and 0 "
    "only where an exit is to be removed.",
    _MODIFY,
    Confidence.INFERRED,
    conflict="The page calls them optional; whether one that is left out is kept or cleared is not documented.",
)
ORDER_TYPE = _rule(
    "amend.order-type",
    "The order type is sent with every amendment and must be that of the order; LIMIT, MARKET and ALO are the types "
    "there are.",
    _MODIFY,
    conflict="The first sample of the page leaves it out; its table, its list and its programs have it.",
)
REDUCE_ONLY = _newer(
    "amend.reduce-only",
    "An amendment names reduce_only with the resting order's own value, which it cannot change. QFEX does not report "
    "that value: “no” is sent unless you say that the order is reduce-only.",
    _CLI,
    Confidence.CLIENT_CODE,
    conflict="QFEX's own client has the field for amendments since summer 2026; a public library calls it required "
    "since 2026-09-09; the Modify Order page does not name it.",
    way_round="Set “reduce_only” to yes for an order that was placed as reduce-only; with another value QFEX answers "
    "that there is no such order. The account switch reduce_only = omit leaves the field out.",
)
NO_CHANGE = _rule(
    "amend.no-change",
    "What QFEX does with an amendment that changes nothing is not documented; it might still cost the place in the "
    "queue, so it is not sent.",
    _MODIFY,
    Confidence.UNKNOWN,
)
TICK = _rule("price.tick", "The price must be above zero and a multiple of the market's tick_size.", _REFDATA)
EXIT_TICK = _rule(
    "exits.tick",
    "A take-profit or stop-loss is a trigger price; that it lies on the market's tick is documented for stop orders of "
    "their own. One beside the tick takes your consent.",
    _REFDATA,
    Confidence.INFERRED,
)
LOT = _rule("quantity.lot", "The quantity must be a multiple of the market's lot_size.", _REFDATA)
SIZE = _rule(
    "quantity.size",
    "The quantity must lie between the market's min_quantity and max_quantity; outside them QFEX answers "
    "QUANTITY_LESS_THAN_MIN_QUANTITY or QUANTITY_GREATER_THAN_MAX_QUANTITY. The bounds themselves are allowed.",
    _ENUMS,
)
BAND = _rule(
    "price.band",
    "A buy above the upper and a sell below the lower price band is refused before it reaches the book.",
    _RISK,
    conflict="Statuses for prices below the minimum and above the maximum exist without a side. A price outside the "
    "band on the passive side is a caution, on the aggressive side a problem.",
)
EXITS = _rule(
    "exits.side",
    "Take-profit and stop-loss are expected on opposite sides of the price: above and below for a buy, below and above "
    "for a sell. QFEX has refusals for exits it does not take, and does not say where their limits are; so an exit on "
    "the other side, or at the price itself, is pointed out and not stopped.",
    _MODIFY,
    Confidence.INFERRED,
    conflict="A sample of the page shows a buy at 200 with its take-profit at 200.",
)
EXIT_MEANING = _rule(
    "exits.meaning",
    "An attached exit becomes a market order when the mark price reaches it and may only reduce the position; 0 means "
    "none.",
    _TYPES,
)
EXACT_NUMBERS = _rule(
    "numbers.exact",
    "Prices and quantities are JSON numbers, which many programs read as binary floats; a number that does not survive "
    "that may arrive as another one, so it takes your consent.",
    _SOCKET,
    Confidence.INFERRED,
)
POST_ONLY = _rule(
    "price.post-only",
    "An add-liquidity-only order that would cross the book is not taken.",
    _TYPES,
    conflict="One page says rejected, another cancelled; client code knows CANNOT_MODIFY_ALO_WOULD_CROSS. A price "
    "that crosses is not sent.",
)
MARKET_STATE = _rule(
    "market.state",
    "A market's status is ACTIVE, INACTIVE or DELISTED. That orders of one which is not ACTIVE cannot be amended is "
    "not documented, so it takes your consent.",
    _REFDATA,
    Confidence.INFERRED,
)
MARKET_RULES = _rule(
    "market.rules",
    "QFEX gives every market's tick, lot and limits in its reference data; what is missing there is not checked before "
    "sending, and QFEX decides.",
    _REFDATA,
)
FUNDS = _rule(
    "funds.margin",
    "One margin balance stands behind all orders; an order that it cannot carry is refused (FAILED_MARGIN_CHECK). The "
    "margin shown is an estimate: price × quantity ÷ leverage.",
    _ENUMS,
    Confidence.INFERRED,
)
REFUSALS = _rule(
    "evidence.refusal",
    "A refusal names the old order id and reaches every session of the account. Every amendment is held for 100 ms, so "
    "a refusal that comes earlier answers another request, or never came to the engine; one that comes later and names "
    "the terms asked for is the answer; one that names others is another session's; any other is taken for the answer "
    "only once a list that was asked for after the time an answer may take shows the order as it was.",
    _BUMP,
    Confidence.INFERRED,
    conflict="No document says which terms a refusing order_response names, nor whether a request that is refused "
    "before it reaches the engine is held as well.",
)
CORRELATION = _rule(
    "evidence.reply",
    "The reply to modify_order is one order_response: MODIFIED with the terms as they are now, or a refusal; no other "
    "message tells the outcome, and the list of open orders settles it where the reply is missing.",
    _CLI,
    Confidence.CLIENT_CODE,
)

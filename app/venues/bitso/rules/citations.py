"""Bitso's documents on modifying orders, in our own words: the sources a lock or a caution quotes."""

from __future__ import annotations

from app.domain.profile import Document
from app.domain.rules import Confidence, RuleWriter

READ_ON = "2026-11-21"
_SITE = "https://docs.bitso.com/bitso-api/docs"

_MODIFY = ("Modify an Order (PATCH v4/orders)", f"{_SITE}/modify-an-order")
_REPLACE = ("Replace an Order (PATCH v3/orders)", f"{_SITE}/replace-an-order")
_PLACE = ("Place an Order", f"{_SITE}/place-an-order")
_LOOK_UP = ("Look Up Orders", f"{_SITE}/look-up-orders")
_LIST = ("List Open Orders", f"{_SITE}/list-open-orders")
_BALANCE = ("Get Account Balance", f"{_SITE}/get-account-balance")
_BOOKS = ("List Available Books", f"{_SITE}/list-available-books")
_SIGNING = ("Create Signed Requests", f"{_SITE}/create-signed-requests")
_NONCE = ("Nonce V2 Rollout", f"{_SITE}/nonce-v2-rollout")
_GENERAL = ("General: rate limits, errors, WebSocket", f"{_SITE}/general")
_JAVA = ("Bitso's own Java client (github.com/bitsoex/bitso-java)", "https://github.com/bitsoex/bitso-java")

#: Read later than the others.
NEWER = "2026-11-30"
_ERRORS_17 = ("17: Validation Errors - Part 2 (of 2026-03-13)", f"{_SITE}/17-validation-errors-part-2")
_ERRORS_07 = ("07: Account Errors (of 2026-03-13)", f"{_SITE}/account-errors-07-http-400")

DOCUMENTS: tuple[Document, ...] = tuple(
    Document(title, url, read_on, Confidence.DOCUMENTED.value)
    for read_on, pages in (
        (READ_ON, (_MODIFY, _REPLACE, _PLACE, _LOOK_UP, _LIST, _BALANCE, _BOOKS, _SIGNING, _NONCE, _GENERAL)),
        (NEWER, (_ERRORS_17, _ERRORS_07)),
    )
    for title, url in pages
)

_rule = RuleWriter("bitso", READ_ON)
_newer = RuleWriter("bitso", NEWER)

_CANCEL_AND_NEW = "Cancel the order and place a new one on Bitso; its place in the queue is lost."

ENDED = _rule("order.ended", "Completed and cancelled orders cannot be modified.", _MODIFY)
MARKET = _rule("order.market", "Market orders cannot be modified.", _MODIFY)
QUEUED = _newer(
    "order.queued",
    "An order that is still being processed is not modified (1707: try again later); one that is queued has not "
    "entered the book yet.",
    _ERRORS_17,
    conflict="The page does not say which state its error means; queued is the one state before the book.",
    way_round="Wait until Bitso shows it as open.",
)
KIND = _rule("order.kind", "Bitso's order types are market and limit.", _LOOK_UP)
NO_PRICE = _rule(
    "price.limit-only",
    "A price belongs to limit orders; an order that executes at market has none.",
    _PLACE,
)
TOTAL = _rule(
    "size.total",
    "The amount and the value of an order are its totals, fills included (original_amount, original_value); they are "
    "typed as such here, and a total is more than what is filled.",
    _LIST,
)
SPENT = _rule(
    "value.spent",
    "Rows of orders do not tell what their fills were worth; it is read from the trades of each order.",
    _LOOK_UP,
)
UNKNOWN_BOOK = _rule(
    "book.unknown",
    "A book's tick and limits come with the list of books, whose older rows lack the tick. What is not known is not "
    "checked here; Bitso checks it.",
    _BOOKS,
    Confidence.INFERRED,
)
STATUS = _rule(
    "order.status",
    "Bitso's order states are queued, open, partially filled, cancelled and completed.",
    _LOOK_UP,
)
STOP_UNTRIGGERED = _rule(
    "stop.untriggered-only",
    "The stop price may be changed only while a stop order has not been triggered; once it has, a stop-limit order is "
    "an ordinary limit order.",
    _MODIFY,
)
STOP_UNKNOWN = _rule(
    "stop.unknown",
    "The list of open orders does not carry stop prices; they are read order by order.",
    _LIST,
    way_round="Wait a moment, or check the order now.",
)
STOP_MARKET = _rule(
    "stop.market",
    "A stop order that executes at market has no limit price; whether its stop price and size can be changed is not "
    "certain, and Bitso may refuse.",
    _MODIFY,
    Confidence.UNKNOWN,
    conflict="The v4 page says that market orders cannot be modified and that the stop price of stop orders can; the "
    "v3 page speaks of modifying stop-loss orders.",
    way_round=_CANCEL_AND_NEW,
)
NEVER_BOTH = _rule(
    "size.never-both",
    "An order is given in terms of major (the amount) or minor (the value), never both.",
    _MODIFY,
)
PRICE_ONLY = _rule(
    "price.buy-keeps-spend",
    "A buy order whose price alone is changed keeps its value: the amount becomes value / price, and the locked "
    "balance stays. With price and major together the amount is the one sent, and the value becomes amount × price.",
    _MODIFY,
)
SELL_REPRICED = _rule(
    "price.sell-keeps-amount",
    "A sell order whose price is changed keeps its amount and its locked balance; its value becomes amount × price.",
    _MODIFY,
)
VALUE_AS_AMOUNT = _rule(
    "value.sent-as-amount",
    "A value is converted to an amount of eight decimals and sent as major, so the resulting value may differ from the "
    "typed one by less than price × 0.00000001.",
    _PLACE,
    Confidence.INFERRED,
    conflict="The page on modifying shows minor on a limit order; the page on placing wants major for limit orders.",
    way_round="The account's switch native_minor = yes sends the value itself as minor.",
)
PARTIAL = _rule(
    "size.partly-filled",
    "Whether major and minor of a partly filled order mean the total or what remains is not documented. The figures "
    "shown take the total; the balance must cover the larger of both.",
    _MODIFY,
    Confidence.UNKNOWN,
    way_round="Change the price alone, which needs no such reading.",
)
CANCEL_FLAG = _rule(
    "cancel.flag",
    "With cancel = 1 Bitso cancels the order if it cannot process the modification; without it the order stays. The "
    "flag cannot be sent alone.",
    _MODIFY,
    conflict="Whether the reply is a success or an error when the flag takes effect is not documented; the order is "
    "looked up either way.",
)
CHANGE = _rule(
    "modify.something",
    "A modification needs at least one of major, minor, price and stop; the cancel flag cannot be sent alone.",
    _MODIFY,
)
TICK = _rule(
    "price.tick",
    "A price lies on the book's tick_size, within its minimum_price and maximum_price, with at most eight decimals.",
    _BOOKS,
    conflict="The page on placing says off-tick prices are rounded (up for sells, down for buys); error 0407 (invalid "
    "precision) is documented for them too. Only prices on the tick are sent.",
)
STOP_TICK = _rule(
    "stop.tick",
    "A stop price is taken to lie on the book's tick_size, and within its minimum_price and maximum_price. The "
    "documents say so of prices and not of stops, so one that does not takes your consent.",
    _BOOKS,
    Confidence.INFERRED,
    conflict="Errors 0412 and 0413 refuse a stop below a minimum or above a maximum, without saying which.",
)
AMOUNT = _rule(
    "amount.bounds",
    "The amount lies between the book's minimum_amount and maximum_amount, with at most eight decimals.",
    _BOOKS,
)
VALUE = _rule("value.bounds", "The value lies between the book's minimum_value and maximum_value.", _BOOKS)
FUNDS = _rule(
    "funds.difference",
    "The available balance must cover the difference that a modification locks in addition; a price alone needs none. "
    "A buy locks its value, a sell its amount, and fees are taken from what is received.",
    _MODIFY,
)
LOCK_STOP = _rule(
    "funds.stop",
    "What an untriggered stop order locks is not documented; a stop-limit is taken to lock what its limit order would.",
    _BALANCE,
    Confidence.INFERRED,
)
POST_ONLY = _rule(
    "price.post-only",
    "A post-only order that would match while it is processed is cancelled instead.",
    _JAVA,
    Confidence.CLIENT_CODE,
)
CROSSING = _rule(
    "price.crossing",
    "What a modification through the market does is not documented; it is taken to trade at once, as a taker.",
    _MODIFY,
    Confidence.INFERRED,
)
ONE_IN_FLIGHT = _rule(
    "modify.one-in-flight",
    "A modification names major, minor, price, stop and cancel, and no version, so a second one before the first is "
    "settled could act on terms nobody has seen; this ticket sends one at a time.",
    _MODIFY,
)
ID_KEPT = _rule(
    "modify.id",
    "The reply names the order's id and nothing else. The same id is expected, because v4 dropped the language of "
    "replacing orders; it is compared, and a new one is followed.",
    _MODIFY,
    Confidence.INFERRED,
)
RECEIPT = _rule(
    "modify.receipt",
    "The reply carries neither price nor amount nor status, so it is taken as a receipt; the order's look-up shows the "
    "result.",
    _MODIFY,
    Confidence.INFERRED,
)

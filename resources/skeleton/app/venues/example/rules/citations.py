"""Rules of the venue in our own words. FILL IN: one for every lock and check, with document, date and certainty."""

from __future__ import annotations

from app.domain.profile import Document
from app.domain.rules import Confidence, RuleWriter

READ_ON = "2026-11-21"
_SITE = "https://docs.example.invalid"

_AMEND = ("Amend an order", f"{_SITE}/amend")
_ORDERS = ("Orders", f"{_SITE}/orders")
_MARKETS = ("Markets", f"{_SITE}/markets")

DOCUMENTS: tuple[Document, ...] = tuple(
    Document(title, url, READ_ON, Confidence.DOCUMENTED.value) for title, url in (_AMEND, _ORDERS, _MARKETS)
)

_rule = RuleWriter("example", READ_ON)

ENDED = _rule("order.ended", "Filled and cancelled orders cannot be amended.", _AMEND)
STATE = _rule("order.state", "An order is open, partly filled, filled or cancelled.", _ORDERS)
KIND = _rule("order.kind", "Limit orders alone can be amended.", _AMEND)
CHANGE = _rule("amend.something", "An amendment names a price, a size or both, and keeps the order's id.", _AMEND)
ONE_IN_FLIGHT = _rule(
    "amend.one-in-flight",
    "An amendment carries no version, so a second one before the first is settled could act on terms nobody has seen.",
    _AMEND,
    Confidence.INFERRED,
)
TICK = _rule("price.tick", "A price is a multiple of the market's tick, within its bounds.", _MARKETS)
LOT = _rule("size.lot", "A size is the total, fills included: a multiple of the lot, within its bounds.", _MARKETS)
FUNDS = _rule("funds.difference", "What is available must cover what an amendment locks in addition.", _AMEND)
CROSSING = _rule("price.crossing", "An order whose new price meets the market trades at once.", _AMEND)
RECEIPT = _rule("amend.receipt", "The reply names the order and not its terms; the look-up shows them.", _AMEND)
QUEUE = _rule("amend.queue", "What an amendment does to the place in the queue.", _AMEND, Confidence.UNKNOWN)

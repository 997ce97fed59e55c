"""Events the venue pushes, sorted by name: the parts of each, still without any I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from app.domain.market import Instrument
from app.venues.alphapoint.wire.codec import fold
from app.venues.alphapoint.wire.markets import is_running
from app.venues.alphapoint.wire.values import above_zero, identity, maybe, price_of, record
from app.venues.transport.jsonx import whole_or_none

ORDER_STATE = "OrderStateEvent"
ORDER_TRADE = "OrderTradeEvent"
POSITION = "AccountPositionEvent"
QUOTE = "Level1UpdateEvent"
MARKET_STATE = "MarketStateUpdate"
LOGOUT = "LogoutEvent"
CANCEL_REJECT = "CancelOrderRejectEvent"

#: Either may tell that a replacement was refused; nothing tells that of a reduction.
REPLACE_REJECTS = frozenset({"CancelReplaceOrderRejectEvent", "NewOrderRejectEvent"})


@dataclass(frozen=True, slots=True)
class Reject:
    """A reject event.

    Attributes:
        order_id, old_id, client_id: ids as text, "" if none.
        reason: the venue's.
        price, quantity: terms of the request that was refused, None where they are not told.
    """

    order_id: str
    old_id: str
    client_id: str
    reason: str
    price: Decimal | None = None
    quantity: Decimal | None = None


def rows_of(payload: Any) -> list[Any]:
    """The rows of an event, which may carry one object or several."""
    return payload if isinstance(payload, list) else [payload]


def is_foreign(payload: Any, account_id: int) -> bool:
    """Return True if an event speaks of another account of the same user."""
    if not isinstance(payload, dict):
        return False
    fields = fold(payload)
    named = whole_or_none(fields.get("accountid", fields.get("account")))
    return named is not None and named != account_id


def read_reject(payload: Any) -> Reject:
    """Read any of the reject events.

    Raises:
        Malformed: if it is not an object.
    """
    fields = record(payload, "A reject event")
    return Reject(
        order_id=identity(fields.get("orderid")),
        old_id=identity(fields.get("orderidtoreplace")),
        client_id=identity(fields.get("clientorderid", fields.get("clorderid"))),
        reason=str(fields.get("rejectreason") or fields.get("status") or "no reason given")[:300],
        price=above_zero(price_of(fields.get("limitprice"))),
        quantity=above_zero(maybe(fields.get("quantity"))),
    )


def with_session_status(instruments: Mapping[str, Instrument], payload: Any) -> Instrument | None:
    """The instrument a market event speaks of, with its new status; None if it is not one of ours.

    Raises:
        Malformed: if the event is not an object.
    """
    fields = record(payload, "A market event")
    wanted, status = identity(fields.get("venueinstrumentid")), fields.get("newstatus")
    if not isinstance(status, str) or not status:
        return None
    for instrument in instruments.values():
        own = instrument.attribute("venue_instrument_id") or instrument.attribute("instrument_id")
        if own == wanted and instrument.status != "disabled":
            return replace(instrument, status=status, trading=is_running(status))
    return None

"""AlphaPoint as a modelled venue: two calls, a reply that is a receipt only, and a replacement made of two steps.

The behaviours follow the API documentation of ModifyOrder and CancelReplaceOrder (AlphaPoint API documentation 3.x
and 4.x, read 2026-11-21): a reduction keeps the id and takes the new remaining size; a replacement is a new order with
an id of its own, and nothing says that cancel and new are one step (documented; the split is inferred).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.domain.evidence import SECOND
from app.domain.market import Instrument
from app.domain.money import plain
from app.domain.order import Order, Side, TimeInForce
from app.simulation.modelled.behaviour import Behaviour, VenueModel, Way, Why, blank, reading, words

D = Decimal

_REASONS = {
    Why.PLACED: "NewInputAccepted",
    Why.FILLED: "Trade",
    Why.AMENDED: "UserModified",
    Why.REPLACED: "UserModified",
    Why.CANCELLED: "UserModified",
}


def _dress(order: Order, why: Why, replaced: str) -> tuple[tuple[str, str], ...]:
    entered = why is Why.PLACED or bool(replaced)
    found = {
        "instrument_id": "8",
        "account_id": "9",
        "side": "Buy" if order.side is Side.BUY else "Sell",
        "change_reason": "NewInputAccepted" if entered else _REASONS[why],
        "ticks": str((order.updated_at or 0) // 100),
        "orig_quantity": format(order.quantity, "f") if entered else order.attribute("orig_quantity"),
        "orig_order_id": replaced if entered else order.attribute("orig_order_id"),
        "peg": "Last",
    }
    return tuple((name, text) for name, text in found.items() if text)


def _past(states: Sequence[Order], replaced: bool) -> tuple[tuple[str, str], ...]:
    """Attributes from the order histories: every state of the order, and whether one took its place."""
    told = " ".join(dict.fromkeys(f"{plain(each.remaining)}/{plain(each.filled)}" for each in states))
    return (("states", told),) if replaced else (("no_heir", "true"), ("states", told))


MODEL = VenueModel(
    past=_past,
    behaviour=Behaviour(
        ways={"reduce": Way(), "replace": Way(new_id=True, two_legs=True)},
        only_reduces=True,
        refuses_late=True,
        limit_is_refusal=False,
        late_answers=True,
        socket_replies=True,
        reads_when_down=True,
        repeats_fills=True,
        patience=5 * SECOND,
        holds_pair=10 * SECOND,
        least_is_its_own=True,
    ),
    instrument=Instrument(
        symbol="BTCCAD",
        base="BTC",
        quote="CAD",
        tick=D("0.01"),
        lot=D("0.0001"),
        min_price=D(1000),
        min_quantity=D("0.001"),
        status="Running",
        attributes=(("instrument_id", "8"),),
    ),
    mid=D(84020),
    stride=D("52.13"),
    size=D("0.5"),
    blank=blank("BTCCAD", "Limit", time_in_force=TimeInForce.UNKNOWN, post_only=None, reduce_only=None),
    words=words("Working", "Working", "FullyExecuted", "Canceled"),
    read=reading(price="LimitPrice", remaining="Quantity"),
    dress=_dress,
    balances={"BTC": D(9), "CAD": D(900000)},
)

"""Patterns of drills about one order through several ids, and about ends that are none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

from app.drills.language import (
    NEVER_CANCELLED,
    NOW,
    ORDER,
    Changes,
    CheckNow,
    Drill,
    DrillStep,
    Expect,
    Given,
    OrderTraits,
    Pass,
    Send,
    Tell,
    Until,
    expect,
    fault,
    row,
    stage,
)

#: The row went from one id to another.
TWO_IDS = expect("ids", count=2)
NEW_ID = expect("new_id", given=True)


def goes_on(
    order: OrderTraits, steps: tuple[DrillStep, ...], terms: Changes, *more: Expect, **given: Unpack[Given]
) -> Drill:
    """11, 12, 15, 18: whatever is told of an end, the row is never shown as cancelled and has the new terms."""
    return Drill(order, steps, (stage("confirmed"), *more, NEVER_CANCELLED, row(**terms)), **given)


def said_cancelled(
    order: OrderTraits, send: Send, word: str, terms: Changes, *more: Expect, **given: Unpack[Given]
) -> Drill:
    """18: the venue pushes its word for “cancelled” and means the amendment."""
    return goes_on(order, (fault("unknown_status", "push_order", text=word), send), terms, *more, **given)


def nothing_found(order: OrderTraits, code: str, shown: Changes) -> Drill:
    """18: a look-up says that there is no such order, by this code, and the order lives."""
    return Drill(
        order,
        (
            Pass(0.5),
            fault("refuse", "look_up", point="request_received", code=code, message="Order not found"),
            CheckNow(),
            Until((expect("struck"), expect("history", says=("no such order",)))),
        ),
        (
            expect("history", says=("no such order",)),
            expect("never_shown", statuses=("cancelled", "filled", "expired", "rejected")),
            expect("status", be=("working",)),
            row(**shown),
        ),
        case="a look-up finds nothing, and the list has it",
    )


def unannounced(
    order: OrderTraits, lost: Tell, send: Send, held: Mapping[str, Any], fill: Tell, terms: Changes, **booked: str
) -> Drill:
    """13: the new order is never announced, and a fill of it arrives.

    Args:
        lost: the fault that keeps it untold.
        held: how the old id shows at the exchange that the change was made.
        fill: of the new order.
        booked: what is known of the fill besides its size and its order.
    """
    return Drill(
        order,
        (lost, send, Until((expect("exchange", order=ORDER, **held),)), fill),
        (
            stage("confirmed"),
            TWO_IDS,
            row(**terms),
            expect("fills", total=fill.body["quantity"], order=NOW, **booked),
        ),
    )


def late_fill(
    order: OrderTraits,
    before: tuple[DrillStep, ...],
    ms: int,
    after: tuple[DrillStep, ...],
    booked: Changes,
    terms: Changes,
    **given: Unpack[Given],
) -> Drill:
    """14: a fill of the old order is told after it was replaced.

    Args:
        before, after: what is done before its fills and rows come so many ms late, and then.
        booked: the fill of the old id.
        terms: the new order's own figures, which the fill has not touched.
    """
    return Drill(
        order,
        (
            *before,
            fault("delay", "push_fill", point="before_push", ms=ms),
            fault("delay", "push_order", point="before_push", ms=ms),
            *after,
            Until((stage("confirmed"),)),
        ),
        (TWO_IDS, expect("fills", order=ORDER, **booked), row(**terms)),
        **given,
    )


#: 16: how a row says that it came to another id by itself, while the amendment was unknown.
FOUND_BY_ITSELF = (NEW_ID, TWO_IDS, expect("history", says=("unknown", "order id", "confirmed")))

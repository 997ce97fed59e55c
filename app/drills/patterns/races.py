"""Patterns of drills about what else happens to the order while an amendment is in flight."""

from __future__ import annotations

from typing import Unpack

from app.drills.language import (
    Cancel,
    Changes,
    Drill,
    DrillStep,
    Expect,
    Given,
    Now,
    OrderTraits,
    Send,
    Type,
    Until,
    expect,
    fill,
    row,
    stage,
)


def part_fills(
    order: OrderTraits,
    send: tuple[DrillStep, ...],
    quantity: str,
    shown: Changes,
    meanwhile: tuple[Expect, ...],
    terms: Changes,
    *more: Expect,
    history: tuple[str, ...] = (),
    at: str = "",
    **given: Unpack[Given],
) -> Drill:
    """1: part of the order fills while an amendment is in flight.

    Args:
        send: the amendment, and how it is known to be in flight.
        quantity: what fills.
        shown: the row then, besides what filled.
        meanwhile: what is true of the amendment then.
        history: words of the history in this sequence; nothing where that is not certain.
        at: the price of the fill, by default the one shown.
    """
    return Drill(
        order,
        (*send, fill(quantity), Until((expect("shows", filled=quantity, **shown),)), Now(meanwhile)),
        (
            stage("confirmed"),
            expect("never", stages=("overtaken", "refused", "not_applied")),
            *((expect("history", says=history),) if history else ()),
            row(**terms),
            expect("fills", total=quantity, price=at or shown["price"]),
            *more,
        ),
        **given,
    )


def fill_in_flight(
    order: OrderTraits,
    send: Send,
    ends: tuple[Expect, ...],
    *,
    warned: str = "",
    before: tuple[DrillStep, ...] = (),
    after: tuple[DrillStep, ...] = (),
    **given: Unpack[Given],
) -> Drill:
    """3, 4: a fill reaches or passes the new quantity while the change to it is in flight.

    Args:
        warned: what is said of the worst case before sending, where that is looked at.
        before, after: how the fill is brought about: planned before sending, or made to happen afterwards.
    """
    looked = (Type(send.changes), Now((expect("worst_case", says=warned),))) if warned else ()
    return Drill(order, (*looked, *before, send, *after), ends, **given)


def overtaken(
    order: OrderTraits,
    steps: tuple[DrillStep, ...],
    says: tuple[str, ...],
    status: tuple[str, ...],
    *more: Expect,
    stages: tuple[str, ...] = ("overtaken",),
    **given: Unpack[Given],
) -> Drill:
    """2, 47, 48, 50: the order ends with an amendment in flight, which has come too late and says so.

    Args:
        says: words of the outcome.
        status: how the order may have ended.
        stages: where the amendment may stand; a venue that answers with the result may refuse it first.
    """
    outcome = tuple(expect("outcome", says=each) for each in says)
    return Drill(order, steps, (stage(*stages), *outcome, expect("status", be=status), *more), **given)


def cancelled_in_flight(
    order: OrderTraits,
    send: tuple[DrillStep, ...],
    says: str,
    *more: Expect,
    stages: tuple[str, ...] = ("overtaken",),
    **given: Unpack[Given],
) -> Drill:
    """21: a cancel is sent while an amendment is in flight; one cancel reaches the venue."""
    once = expect("requests", operation="cancel", at_least=1, at_most=1)
    return overtaken(order, (*send, Cancel()), (says,), ("cancelled",), once, *more, stages=stages, **given)

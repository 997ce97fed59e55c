"""Patterns of drills in which nobody tells anything for a while: the venue, the link, or this program is gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Unpack

from app.drills.language import (
    ORDER,
    Changes,
    Drill,
    DrillStep,
    Expect,
    Given,
    Now,
    OrderTraits,
    Pass,
    Restart,
    Send,
    Tell,
    Until,
    arrived,
    expect,
    fault,
    row,
    stage,
)
from app.drills.patterns.answers import comes_to_nothing


def no_readings(
    order: OrderTraits,
    slow: Tell,
    send: Send,
    silent: tuple[Tell, ...],
    seconds: float,
    reads: int,
    most: Mapping[str, int],
    **given: Unpack[Given],
) -> Drill:
    """37: the amendment is lost, and readings fail for a while: they go on at a bounded pace, and nothing is resent.

    Args:
        slow: holds the amendment until its readings were made to fail.
        silent: faults of the readings.
        seconds: for how long it is watched.
        reads: the most look-ups by then.
        most: of each kind of reading in the end.
    """
    return Drill(
        order,
        (
            slow,
            fault("disconnect", "amend", point="request_received"),
            send,
            arrived(),
            *silent,
            Until((stage("unknown"),)),
            Pass(seconds),
            Now((stage("unknown"), expect("requests", operation="look_up", at_most=reads))),
        ),
        (
            stage("not_applied"),
            *(expect("requests", operation=name, at_most=count) for name, count in most.items()),
            expect("link", be="up"),
        ),
        **given,
    )


def link_breaks(
    order: OrderTraits,
    send: tuple[DrillStep, ...],
    old: Changes,
    terms: Changes,
    *more: Expect,
    listener: str = "",
    receipt: bool = False,
    **given: Unpack[Given],
) -> Drill:
    """43: the link breaks with an amendment in flight, which is carried out while it is down.

    Args:
        send: the amendment.
        old, terms: what it changes, before and afterwards.
        listener: the venue's listener that goes down, "" for all.
        receipt: a receipt may have come before the link broke, so that the amendment need never be unknown.
    """
    which = {"listener": listener} if listener else {}
    stale = expect("stale", be=True)
    return Drill(
        order,
        (
            *send,
            arrived(),
            Tell("connections", {"action": "down", **which}),
            Until((stale,) if receipt else (stage("unknown"), stale)),
            Until((expect("exchange", order=ORDER, **terms),)),
            Now(
                (
                    stage("acknowledged", "unknown") if receipt else stage("unknown"),
                    expect("shows", **old),
                    expect("sendable", be=False),
                )
            ),
            Tell("connections", {"action": "up", **which}),
        ),
        (
            expect("passed", stages=("written", "confirmed") if receipt else ("written", "unknown", "confirmed")),
            *more,
            expect("stale", be=False),
            row(**terms),
        ),
        **given,
    )


def restarts(
    order: OrderTraits,
    send: Send,
    terms: Changes,
    *more: Expect,
    before: tuple[DrillStep, ...] = (),
    operation: str = "amend",
    **given: Unpack[Given],
) -> Drill:
    """45: the program ends with an amendment in flight, and the change was made when it is back."""
    return Drill(
        order,
        (
            *before,
            send,
            arrived(operation),
            Restart(),
            Now((stage("unknown"), expect("outcome", says="ended before the outcome was known"))),
        ),
        (expect("passed", stages=("unknown", "confirmed")), *more, row(**terms)),
        **given,
    )


def restarts_in_vain(
    order: OrderTraits, send: Send, terms: Changes, *more: Expect, before: tuple[DrillStep, ...] = ()
) -> Drill:
    """45: the program ends with an amendment in flight whose request is lost."""
    lost = fault("drop", "amend", point="request_received")
    return comes_to_nothing(
        order, (*before, lost, send, arrived(), Restart()), terms, *more, case="the request was lost"
    )


def never_learnt(
    order: OrderTraits,
    steps: tuple[DrillStep, ...],
    held: Changes,
    shown: Changes,
    *more: Expect,
    locked: str = "unresolved",
    **given: Unpack[Given],
) -> Drill:
    """49: the change was made, and nothing can be learnt of it for as long as it is watched.

    Args:
        held: terms the exchange holds.
        shown: what the row shows, without a word of it.
        locked: the reason with which the order is locked.
    """
    return Drill(
        order,
        steps,
        (
            stage("unknown"),
            expect("missing", says="terms"),
            expect("outcome", says="Nothing is resent"),
            *more,
            expect("exchange", order=ORDER, **held),
            expect("shows", **shown),
            expect("locked", says=locked),
        ),
        at_rest=False,
        **given,
    )

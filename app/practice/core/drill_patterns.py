"""Drills that read the same on every venue: only the order, the numbers and the venue's own words differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.practice.core.drills import (
    ORDER,
    Cancel,
    CheckNow,
    Drill,
    Expect,
    Now,
    Pass,
    Send,
    SendTyped,
    Step,
    Tell,
    Type,
    Until,
    expect,
    fault,
    row,
    stage,
)

Changes = Mapping[str, str]


def foreign_change(order: Mapping[str, Any], typed: Send, foreign: Changes, shown: Changes, ends: Changes) -> Drill:
    """25: somebody else changes the order under a draft.

    Args:
        typed: the draft, sent again in the end. foreign: what somebody else makes of the order.
        shown: the row then. ends: the row once the draft was sent on it.
    """
    return Drill(
        order,
        (
            Type(typed.changes, typed.route),
            Now((expect("sendable"),)),
            Tell("foreign/amend", {"order_id": ORDER, **foreign}),
            Until((row(**shown),)),
            SendTyped(blocked="changed at the venue"),
            Now((expect("requests", operation="amend", at_most=0), expect("requests", operation="replace", at_most=0))),
            typed,
        ),
        (stage("confirmed"), row(**ends)),
    )


def late_reading(order: Mapping[str, Any], reading: str, happens: Tell, shown: Changes, *before: Step) -> Drill:
    """41: the answer to a reading comes after what happened since it was asked for.

    Args:
        reading: the operation with which the venue is asked for one order; its answer tells what was true before.
        happens: at the venue, while the answer is on its way. shown: the row then, and from then on.
        before: faults for what else would tell.
    """
    return Drill(
        order,
        (
            Pass(0.3),
            fault("delay", reading, point="before_reply", ms=1500),
            CheckNow(),
            Until((expect("requests", operation=reading, at_least=1), expect("struck"))),
            *before,
            happens,
            Until((expect("shows", **shown),)),
            Pass(2),
            Now((expect("shows", **shown),)),
        ),
        (row(**shown),),
        case="a reading asked for before comes after",
    )


def nothing_found(order: Mapping[str, Any], code: str, shown: Changes) -> Drill:
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


def fills_under_draft(order: Mapping[str, Any], typed: Send, fill: str, then: tuple[Expect, ...]) -> Drill:
    """26: fills arrive while a draft is open; `then` is what the draft shows afterwards."""
    return Drill(
        order,
        (
            Type(typed.changes, typed.route),
            Now((expect("sendable"),)),
            Tell("fill", {"order_id": ORDER, "quantity": fill}),
            Until((expect("status", be=("partially_filled",)), expect("fills", total=fill))),
            Now(then),
        ),
        (expect("requests", operation="amend", at_most=0),),
    )


def nothing_to_change(order: Mapping[str, Any], typed: Send) -> Drill:
    """27: the draft equals the order."""
    return Drill(
        order,
        (Type(typed.changes, typed.route), SendTyped(blocked="Nothing changes")),
        (expect("requests", operation="amend", at_most=0), expect("requests", operation="replace", at_most=0)),
    )


def off_limits(order: Mapping[str, Any], case: str, typed: Send, field: str, says: str, *nearest: str) -> Drill:
    """28: a number is off its grid or below a minimum; the legal values offered first are `nearest`."""
    return Drill(
        order,
        (
            Type(typed.changes, typed.route),
            Now((expect("problem", says=says, field=field, nearest=nearest),)),
            SendTyped(blocked=says),
        ),
        (expect("requests", operation="amend", at_most=0), expect("requests", operation="replace", at_most=0)),
        case=case,
    )


def second_amendment(
    order: Mapping[str, Any],
    first: Send,
    second: Send,
    starts: Changes,
    ends: Changes,
    *before: Step,
    switches: Mapping[str, Any] | None = None,
    says: str = "unresolved",
) -> Drill:
    """23: a second amendment while the first, made slow by `before` or `switches`, is in flight.

    Args:
        starts: the row before, and for as long as nothing is proven. ends: the row after the first amendment.
    """
    return Drill(
        order,
        (
            *before,
            first,
            Until((expect("passed", stages=("written",)),)),
            Now((expect("shows", **starts),)),
            Type(second.changes, second.route),
            Now((expect("locked", says=says),)),
            SendTyped(blocked=says),
        ),
        (stage("confirmed"), row(**ends)),
        switches=switches or {},
    )


def while_cancelling(
    order: Mapping[str, Any], typed: Send, *before: Step, switches: Mapping[str, Any] | None = None
) -> Drill:
    """22: an amendment is tried while a cancel, made slow by `before` or `switches`, is in flight."""
    return Drill(
        order,
        (
            *before,
            Type(typed.changes, typed.route),
            Now((expect("sendable"),)),
            Cancel(),
            SendTyped(blocked="being cancelled"),
            Now((expect("locked", says="being cancelled"),)),
        ),
        (
            expect("status", be=("cancelled",)),
            expect("requests", operation="cancel", at_least=1, at_most=1),
            expect("requests", operation="amend", at_most=0),
        ),
        switches=switches or {},
    )

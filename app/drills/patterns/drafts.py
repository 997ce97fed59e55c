"""Patterns of drills in which the draft is what matters: what stands against it, and what it would do."""

from __future__ import annotations

from typing import Unpack

from app.drills.language import (
    ORDER,
    Cancel,
    Changes,
    Drill,
    DrillStep,
    Expect,
    Given,
    Now,
    OrderTraits,
    Send,
    SendTyped,
    Tell,
    Type,
    Until,
    expect,
    fill,
    reached,
    row,
    stage,
    unsent,
)


def foreign_change(order: OrderTraits, typed: Send, foreign: Changes, shown: Changes, ends: Changes) -> Drill:
    """25: somebody else changes the order under a draft.

    Args:
        typed: the draft, sent again in the end.
        foreign: what somebody else makes of the order.
        shown: the row then.
        ends: the row once the draft was sent on it.
    """
    return Drill(
        order,
        (
            Type(typed.changes, typed.route),
            Now((expect("sendable"),)),
            Tell("foreign/amend", {"order_id": ORDER, **foreign}),
            Until((row(**shown),)),
            SendTyped(blocked="changed at the venue"),
            Now(unsent("amend", "replace")),
            typed,
        ),
        (stage("confirmed"), row(**ends)),
        case="somebody else changes it before ours leaves",
    )


def fills_under_draft(order: OrderTraits, typed: Send, quantity: str, then: tuple[Expect, ...]) -> Drill:
    """26: fills arrive while a draft is open; `then` is what the draft shows afterwards."""
    return Drill(
        order,
        (
            Type(typed.changes, typed.route),
            Now((expect("sendable"),)),
            fill(quantity),
            Until((expect("status", be=("partially_filled",)), expect("fills", total=quantity))),
            Now(then),
        ),
        unsent("amend"),
    )


def nothing_to_change(order: OrderTraits, typed: Send) -> Drill:
    """27: the draft equals the order."""
    return Drill(
        order,
        (Type(typed.changes, typed.route), SendTyped(blocked="Nothing changes")),
        unsent("amend", "replace"),
    )


def off_limits(order: OrderTraits, case: str, typed: Send, field: str, says: str, *nearest: str) -> Drill:
    """28: a number is off its grid or below a minimum; the legal values offered first are `nearest`."""
    return Drill(
        order,
        (
            Type(typed.changes, typed.route),
            Now((expect("problem", says=says, field=field, nearest=nearest),)),
            SendTyped(blocked=says),
        ),
        unsent("amend", "replace"),
        case=case,
    )


def second_amendment(
    order: OrderTraits,
    first: Send,
    second: Send,
    starts: Changes,
    ends: Changes,
    *before: DrillStep,
    says: str = "unresolved",
    **given: Unpack[Given],
) -> Drill:
    """23: a second amendment while the first, made slow by `before` or `switches`, is in flight.

    Args:
        starts: the row before, and for as long as nothing is proven.
        ends: the row after the first amendment.
    """
    return Drill(
        order,
        (
            *before,
            first,
            reached("written"),
            Now((expect("shows", **starts),)),
            Type(second.changes, second.route),
            Now((expect("locked", says=says),)),
            SendTyped(blocked=says),
        ),
        (stage("confirmed"), row(**ends)),
        **given,
    )


def behind_an_accepted_one(
    order: OrderTraits, first: Send, second: Send, starts: Changes, ends: Changes, says: str, **given: Unpack[Given]
) -> Drill:
    """23: a second amendment behind the first, where the account lets one wait for another.

    Args:
        starts: the row before, and for as long as nothing is proven.
        ends: the row after both.
        says: words of the caution before the second one leaves.
    """
    return Drill(
        order,
        (
            first,
            reached("acknowledged"),
            Now((expect("shows", **starts),)),
            Type(second.changes, second.route),
            Now((expect("sendable"), expect("caution", says=says))),
            SendTyped(),
        ),
        (stage("confirmed"), row(**ends)),
        **given,
    )


def while_cancelling(order: OrderTraits, typed: Send, *before: DrillStep, **given: Unpack[Given]) -> Drill:
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
            *unsent("amend"),
        ),
        **given,
    )


def would_cross(order: OrderTraits, typed: Send, problem: str, blocked: str, operation: str) -> Drill:
    """31: a new price would cross on a post-only order, and is blocked: nothing of this operation leaves."""
    return Drill(
        order,
        (
            Type(typed.changes, typed.route),
            Now((expect("problem", says=problem, field="price"),)),
            SendTyped(blocked=blocked),
        ),
        unsent(operation),
    )


def difference_covered(
    order: OrderTraits, typed: Send, terms: Changes, *draft: Expect, again: bool = False, **given: Unpack[Given]
) -> Drill:
    """33, 34: the funds suffice because of what the order locks already, and the balances are right afterwards.

    Args:
        draft: what is expected of the open draft.
        again: the draft is typed once more before it is sent.
    """
    return Drill(
        order,
        (
            Type(typed.changes, typed.route),
            Now((expect("sendable"), *draft)),
            typed if again else SendTyped(),
        ),
        (stage("confirmed"), row(**terms), expect("balances")),
        **given,
    )


def old_balances(order: OrderTraits, lost: Tell, typed: Send, seconds: int) -> Drill:
    """35: balances stop coming under a draft, by this fault, and the preview says how old they are."""
    return Drill(order, (lost, Type(typed.changes), Until((expect("balance_age", at_least=seconds),))), ())

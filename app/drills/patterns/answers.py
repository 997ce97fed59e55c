"""Patterns of drills about what a venue says of an amendment, and what it does not say."""

from __future__ import annotations

from typing import Unpack

from app.drills.language import (
    Changes,
    Drill,
    DrillStep,
    Expect,
    Given,
    Now,
    OrderTraits,
    Send,
    Tell,
    Until,
    expect,
    fault,
    fill,
    row,
    stage,
)


def answer_lost(
    order: OrderTraits,
    send: Send,
    terms: Changes,
    *more: Expect,
    action: str = "disconnect",
    operation: str = "amend",
    **given: Unpack[Given],
) -> Drill:
    """6: the change was made and its answer is lost, by this action at this operation."""
    return Drill(
        order,
        (fault(action, operation), send),
        (expect("passed", stages=("written", "unknown", "confirmed")), *more, row(**terms)),
        **given,
    )


def comes_to_nothing(
    order: OrderTraits,
    steps: tuple[DrillStep, ...],
    terms: Changes,
    *more: Expect,
    stages: tuple[str, ...] = ("unknown", "not_applied"),
    **given: Unpack[Given],
) -> Drill:
    """Nobody knows at first, and then it shows that no change was made."""
    return Drill(order, steps, (expect("passed", stages=stages), *more, row(**terms)), **given)


def request_lost(order: OrderTraits, send: Send, terms: Changes, *more: Expect, action: str = "disconnect") -> Drill:
    """7: the request is lost, by this action."""
    lost = fault(action, "amend", point="request_received")
    return comes_to_nothing(order, (lost, send), terms, *more, stages=("written", "unknown", "not_applied"))


def told_twice(order: OrderTraits, send: Send, quantity: str, terms: Changes, *more: Expect) -> Drill:
    """8: the answer comes twice, and so does everything that is told of a fill afterwards."""
    return Drill(
        order,
        (
            fault("duplicate", "amend", point="before_reply"),
            send,
            Until((stage("confirmed"),)),
            fault("duplicate", "push_fill"),
            fault("duplicate", "push_order"),
            fill(quantity),
        ),
        (
            stage("confirmed"),
            expect("counted", stage="acknowledged", times=2),
            expect("said_once", says="confirmed"),
            *more,
            expect("said_once", says=f"filled {quantity} at"),
            expect("fills", total=quantity),
            row(**terms),
        ),
    )


def late_answer(
    order: OrderTraits, send: Send, terms: Changes, *more: Expect, ms: int = 1500, late: str = "late answer"
) -> Drill:
    """9: the new terms are seen before the answer comes, so many ms late; the history then says `late`."""
    return Drill(
        order,
        (fault("delay", "amend", point="before_reply", ms=ms), send),
        (
            expect("passed", stages=("written", "confirmed")),
            expect("never", stages=("acknowledged", "unknown")),
            *more,
            expect("history", says=("confirmed", late)),
            row(**terms),
        ),
    )


def receipt_only(
    order: OrderTraits,
    send: Send,
    terms: Changes,
    *before: DrillStep,
    sources: tuple[str, ...] = ("look-up",),
    **given: Unpack[Given],
) -> Drill:
    """10: the answer is a receipt, and what became of it is learnt from one of these sources only."""
    return Drill(
        order,
        (*before, send),
        (
            expect("passed", stages=("acknowledged", "confirmed")),
            expect("never", stages=("not_applied", "unknown")),
            expect("settled_by", source=sources),
            row(**terms),
        ),
        **given,
    )


def refusal(code: str, terms: Changes, *more: Expect) -> tuple[Expect, ...]:
    """State a refusal by this code leaves behind."""
    return (stage("refused"), expect("code", be=code), *more, row(**terms))


def refused(
    order: OrderTraits,
    send: Send,
    code: str | int,
    terms: Changes,
    *more: Expect,
    message: str = "",
    **given: Unpack[Given],
) -> Drill:
    """17: the amendment is refused and the order lives."""
    return Drill(
        order,
        (_refuse(code, message), send),
        refusal(str(code), terms, expect("status", be=("working",)), *more),
        **given,
    )


def undocumented(
    order: OrderTraits, send: Send, code: str | int, message: str, terms: Changes, *shown: Expect
) -> Drill:
    """20: a refusal by a code nobody documented; `shown` is where it shows as it came."""
    return comes_to_nothing(order, (_refuse(code, message), send), terms, *shown)


def _refuse(code: str | int, message: str) -> Tell:
    return fault("refuse", "amend", code=code, message=message) if message else fault("refuse", "amend", code=code)


def too_fast(
    order: OrderTraits,
    send: Send,
    refuse: Tell,
    code: str,
    notice: str,
    before: Changes,
    terms: Changes,
    **given: Unpack[Given],
) -> Drill:
    """36: the venue refuses for being too fast; what is typed again waits a second.

    Args:
        refuse: the fault.
        code, notice: by which it is refused, and what is said of it.
        before: the row as it stays.
    """
    return Drill(
        order,
        (
            refuse,
            send,
            Until((stage("refused"), expect("code", be=code), expect("notice", says=notice))),
            Now((row(**before),)),
            send,
            Now((expect("requests", operation="amend", at_most=1), stage("checked", "queued"))),
        ),
        (
            expect("stages", be=(("refused",), ("confirmed",))),
            expect("passed", stages=("queued", "written", "confirmed")),
            expect("apart", operation="amend", at_least_ms=1000),
            row(**terms),
        ),
        **given,
    )


def other_terms(
    order: OrderTraits, send: Send, field: str, actual: str, terms: Changes, *more: Expect, says: str = "other terms"
) -> Drill:
    """52: the venue gives a field another value than asked for; the outcome `says` so."""
    return Drill(
        order,
        (fault("alter", "amend", **{field: actual}), send),
        (
            stage("different"),
            expect("differs", field=field, asked=send.changes[field], actual=actual),
            expect("outcome", says=says),
            *more,
            row(**terms),
        ),
    )

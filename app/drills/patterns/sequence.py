"""Drill patterns for scenario 41: late, reordered or back-dated messages."""

from __future__ import annotations

from app.drills.language import (
    Changes,
    CheckNow,
    Drill,
    DrillStep,
    Expect,
    Now,
    OrderTraits,
    Pass,
    Tell,
    Until,
    arrived,
    expect,
    fault,
    row,
    stage,
)


def late_reading(order: OrderTraits, reading: str, happens: Tell, shown: Changes, *before: DrillStep) -> Drill:
    """The answer to a reading comes after what happened since it was asked for.

    Args:
        reading: the operation with which the venue is asked for one order; its answer tells what was true before.
        happens: at the venue, while the answer is on its way.
        shown: the row then, and from then on.
        before: faults for what else would tell.
    """
    return Drill(
        order,
        (
            Pass(0.3),
            fault("delay", reading, point="before_reply", ms=1500),
            CheckNow(),
            Until((*arrived(reading).expected, expect("struck"))),
            *before,
            happens,
            Until((expect("shows", **shown),)),
            Pass(2),
            Now((expect("shows", **shown),)),
        ),
        (row(**shown),),
        case="a reading asked for before comes after",
    )


def wrong_way_round(
    order: OrderTraits, case: str, first: Tell, second: Tell, shown: Changes, ends: tuple[Expect, ...], *never: Expect
) -> Drill:
    """Two changes are pushed in reverse; from then on the row is `shown`."""
    return Drill(
        order,
        (
            fault("delay", "push_order", point="before_push", ms=1200),
            first,
            second,
            Until((expect("shows", **shown),)),
            Pass(1.5),
            Now((expect("shows", **shown), *never)),
        ),
        ends,
        case=case,
    )


def clock_set_back(order: OrderTraits, ms: int, steps: tuple[DrillStep, ...], terms: Changes, *more: Expect) -> Drill:
    """The venue's clock is set back by so many ms, and what it then tells is believed all the same."""
    return Drill(
        order,
        (Tell("clock", {"skew_ms": -ms}), *steps),
        (stage("confirmed"), *more, row(**terms)),
        case="the venue's clock is set back",
    )

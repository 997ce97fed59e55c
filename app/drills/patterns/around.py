"""Patterns of drills about what stands around an amendment: another session, a gate before the venue, lists cut short.

Another session of the same account does what it likes to an order while a change of ours is under way. What stands
before a venue says “too many requests” in a dress of its own. A list of open orders comes in pages shorter than asked
for, or leaves orders out.
"""

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
    Pass,
    Send,
    Tell,
    Until,
    expect,
    fault,
    row,
    stage,
)

#: What stands before a venue answers so, whatever was asked for.
TOO_MANY_IN_HTML = (
    "<html><head><title>429 Too Many Requests</title></head>"
    "<body><center><h1>429 Too Many Requests</h1></center><hr><center>gate</center></body></html>"
)

#: The row never showed an end.
NEVER_ENDED = expect("never_shown", statuses=("cancelled", "filled", "expired", "rejected", "ended"))


def refused_at_the_gate(operation: str, count: int = 1) -> Tell:
    """Planned: these requests get a 429 in HTML from what stands before the venue, which never hears of them."""
    more = {"status": 429, "body": TOO_MANY_IN_HTML, "content_type": "text/html; charset=utf-8"}
    return fault("http_status", operation, count=count, **more)


def too_many_in_html(
    order: OrderTraits,
    send: Send,
    terms: Changes,
    *more: Expect,
    operation: str = "amend",
    stages: tuple[str, ...] = ("unknown", "not_applied"),
    before: tuple[DrillStep, ...] = (),
    **given: Unpack[Given],
) -> Drill:
    """36: a request gets a 429 in HTML; nothing is sent again, and what it means for the amendment is said.

    Args:
        operation: the request that gets it.
        stages: what the amendment passes.
        before: what else is planned, or done, before it is sent.
    """
    given.setdefault("case", "in HTML, by what stands before the venue")
    return Drill(
        order,
        (refused_at_the_gate(operation), *before, send),
        (expect("passed", stages=stages), NEVER_ENDED, expect("link", be="up"), *more, row(**terms)),
        **given,
    )


def strangers_session(
    order: OrderTraits,
    send: Send,
    foreign: Changes,
    terms: Changes,
    *more: Expect,
    point: str = "before_apply",
    stages: tuple[str, ...] = ("confirmed",),
    **given: Unpack[Given],
) -> Drill:
    """25: another session of the account changes the order between our request and its effect.

    Args:
        foreign: what the other session makes of the order.
        point: where in the venue it comes in between.
        stages: where the amendment may stand in the end.
    """
    given.setdefault("case", "another session changes it while ours is under way")
    return Drill(
        order,
        (fault("foreign_amend", "amend", point=point, **foreign), send),
        (stage(*stages), NEVER_ENDED, *more, row(**terms)),
        **given,
    )


def strangers_cancel(
    order: OrderTraits,
    send: Send,
    *more: Expect,
    point: str = "before_apply",
    stages: tuple[str, ...] = ("overtaken", "refused"),
    says: str = "cancelled",
    **given: Unpack[Given],
) -> Drill:
    """21: another session of the account cancels the order between our request and its effect.

    Args:
        point: where in the venue it comes in between.
        stages: where the amendment may stand in the end.
        says: words of the outcome.
    """
    given.setdefault("case", "another session cancels it")
    return Drill(
        order,
        (fault("foreign_cancel", "amend", point=point), send),
        (stage(*stages), expect("outcome", says=says), expect("status", be=("cancelled",)), *more),
        **given,
    )


def short_pages(
    order: OrderTraits,
    send: Send,
    terms: Changes,
    *more: Expect,
    cut: tuple[DrillStep, ...] = (),
    lists: int = 2,
    seconds: float = 0.0,
    **given: Unpack[Given],
) -> Drill:
    """18: a list of open orders is short; whatever it leaves out is looked for before it is believed to be gone.

    Every open order is a row in the end, as always, though the lists stay as short as they are.

    Args:
        cut: how the lists become short, where no switch says so from the start.
        lists: so many requests for lists come first.
        seconds: for how long it is then watched.
    """
    given.setdefault("case", "a list comes in short pages")
    watched = (Pass(seconds),) if seconds else ()
    return Drill(
        order,
        (
            *cut,
            Until((expect("requests", operation="list_orders", at_least=lists),)),
            *watched,
            Now((NEVER_ENDED,)),
            Until((expect("link", be="up"),)),
            send,
        ),
        (stage("confirmed"), NEVER_ENDED, expect("link", be="up"), *more, row(**terms)),
        **given,
    )

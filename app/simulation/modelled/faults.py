"""The misfortunes a simulated amendment meets."""

from __future__ import annotations

from enum import StrEnum

from app.simulation.modelled.behaviour import AnswerKind, Behaviour, EndRecord


class FaultKind(StrEnum):
    """One misfortune. The first group strikes one amendment, the second everything on an account for a while."""

    DROP_REQUEST = "drop-request"
    DROP_REPLY = "drop-reply"
    DELAY_REPLY = "delay-reply"
    DUPLICATE_REPLY = "duplicate-reply"
    QUEUED = "queued"
    DISCONNECT_BEFORE = "disconnect-before-send"
    DISCONNECT_AFTER = "disconnect-after-send"
    FILL_IN_FLIGHT = "fill-in-flight"
    FULL_FILL = "full-fill-in-flight"
    CANCEL_IN_FLIGHT = "cancel-in-flight"
    CHANGED_ELSEWHERE = "changed-elsewhere-in-flight"
    RATE_LIMITED = "rate-limited"
    SERVER_ERROR = "server-error"
    UNKNOWN_CODE = "unknown-code"
    UNKNOWN_STATUS = "unknown-status"
    LATE_EFFECT = "late-effect"
    SILENT_FAILURE = "silent-failure"
    OTHER_TERMS = "other-terms"
    NEW_ID = "id-change"
    NEW_FIRST = "split-new-first"
    CANCEL_FIRST = "split-cancel-first"
    HALF_REPLACED = "half-replaced"
    BOTH_LEFT = "both-left"
    DROP_PUSH = "drop-push"
    DUPLICATE_PUSH = "duplicate-push"
    REORDER = "reorder"

    HALF_OPEN = "half-open"
    LINK_DOWN = "link-down"
    READS_FAIL = "reads-fail"
    SHORT_LIST = "listing-without-an-order"
    CLOCK_SKEW = "clock-skew"
    CRASH = "crash"

    #: Strikes an amendment too, but is drawn apart from the others, so that older seeds still give what they gave.
    SLOW_REQUEST = "slow-request"

    #: Drawn apart as well: what other sessions do meanwhile, and what the venue tells that is not so.
    LIKE_CHANGED = "stranger-changes-a-like-order"
    LIKE_REPLACED = "stranger-replaces-a-like-order"
    LIKE_CANCELLED = "stranger-cancels-a-like-order"
    STRANGERS_REFUSAL = "strangers-refusal"
    UNKNOWN_TERMS = "unknown-state-with-our-terms"
    REJECTED_TERMS = "rejected-with-our-terms"

    #: Everything on an account for a while, drawn apart too.
    IMPOSSIBLE = "impossible-values"
    FALSE_FILLS = "false-fills"
    INCOMPLETE = "incomplete-list"
    REPEATED = "repeated-page"
    STARVED = "starved-reads"
    DEAD = "dead-connector"


#: Those that strike one amendment.
OF_AN_AMENDMENT: tuple[FaultKind, ...] = tuple(FaultKind)[: tuple(FaultKind).index(FaultKind.HALF_OPEN)]

#: Those that strike an amendment from outside it.
OF_STRANGERS: tuple[FaultKind, ...] = tuple(FaultKind)[
    tuple(FaultKind).index(FaultKind.LIKE_CHANGED) : tuple(FaultKind).index(FaultKind.IMPOSSIBLE)
]

#: Those of an account that are drawn apart.
WILD_WEATHERS: tuple[FaultKind, ...] = tuple(FaultKind)[tuple(FaultKind).index(FaultKind.IMPOSSIBLE) :]

#: Those of a push: a venue that is polled has none.
OF_A_PUSH = frozenset({FaultKind.DROP_PUSH, FaultKind.DUPLICATE_PUSH, FaultKind.REORDER, FaultKind.UNKNOWN_STATUS})

#: Those of a replacement made of two steps.
OF_TWO_LEGS = frozenset({FaultKind.NEW_FIRST, FaultKind.CANCEL_FIRST, FaultKind.HALF_REPLACED, FaultKind.BOTH_LEFT})


def possible(behaviour: Behaviour) -> tuple[FaultKind, ...]:
    """The misfortunes an amendment can meet at a venue that behaves so."""
    without: set[FaultKind] = set()
    if not behaviour.pushes:
        without |= OF_A_PUSH
    if not any(way.two_legs for way in behaviour.ways.values()):
        without |= OF_TWO_LEGS
    if not any(way.may_rename for way in behaviour.ways.values()):
        without.add(FaultKind.NEW_ID)
    if not behaviour.fails_silently:
        without.add(FaultKind.SILENT_FAILURE)
    if behaviour.answer is AnswerKind.RESULT:
        without.add(FaultKind.LATE_EFFECT)
    return tuple(fault for fault in OF_AN_AMENDMENT if fault not in without)


def strange(behaviour: Behaviour) -> tuple[FaultKind, ...]:
    """Deeds of other sessions, and lies, that an amendment can meet at a venue that behaves so."""
    without: set[FaultKind] = set()
    if not behaviour.doubts_refusals:
        without.add(FaultKind.STRANGERS_REFUSAL)
    if behaviour.ended is EndRecord.TRADES or any(way.new_id for way in behaviour.ways.values()):
        without.add(FaultKind.REJECTED_TERMS)
    return tuple(fault for fault in OF_STRANGERS if fault not in without)

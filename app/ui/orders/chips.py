"""The two axes in words: the venue's truth about the order, and how far the trader's wish has come."""

from __future__ import annotations

from app.desk.state import Lineage
from app.domain.amendment import Amendment, AmendmentStage
from app.domain.market import LinkState
from app.domain.order import OrderStatus
from app.ui.look.numbers import ago, took
from app.ui.look.texts import shortened
from app.ui.look.theme import Tone
from app.ui.orders.row import Chip

#: How long a confirmation is fresh, in nanoseconds.
_FRESH = 60_000_000_000

DRAFT_CHIP = Chip("✎", "Draft", Tone.DRAFT)
ELSEWHERE_CHIP = Chip("↷", "Changed elsewhere", Tone.PENDING)
TWO_ORDERS_CHIP = Chip("?", "Two orders?", Tone.UNKNOWN)

_ORDER: dict[OrderStatus, Chip] = {
    OrderStatus.PENDING: Chip("◌", "Pending", Tone.PENDING),
    OrderStatus.WORKING: Chip("●", "Working", Tone.NEUTRAL),
    OrderStatus.PARTIALLY_FILLED: Chip("◐", "Part filled", Tone.NEUTRAL),
    OrderStatus.UNTRIGGERED: Chip("◇", "Untriggered", Tone.NEUTRAL),
    OrderStatus.FILLED: Chip("✓", "Filled", Tone.GOOD),
    OrderStatus.CANCELLED: Chip("✕", "Cancelled", Tone.QUIET),
    OrderStatus.EXPIRED: Chip("✕", "Expired", Tone.QUIET),
    OrderStatus.REJECTED: Chip("✕", "Rejected", Tone.BAD),
    OrderStatus.ENDED: Chip("?", "Ended", Tone.UNKNOWN),
}

_STAGE_WORDS: dict[AmendmentStage, str] = {
    AmendmentStage.DRAFT: "Drafted",
    AmendmentStage.CHECKED: "Checked against the venue's rules",
    AmendmentStage.QUEUED: "Waits for the venue's rate limit",
    AmendmentStage.WRITTEN: "Written to the wire",
    AmendmentStage.ACKNOWLEDGED: "Received by the venue",
    AmendmentStage.CONFIRMED: "Confirmed",
    AmendmentStage.REFUSED: "Refused",
    AmendmentStage.NOT_APPLIED: "Not applied",
    AmendmentStage.DIFFERENT: "Came out different",
    AmendmentStage.OVERTAKEN: "Overtaken",
    AmendmentStage.UNKNOWN: "Unknown",
}

_LINK_WORDS: dict[LinkState, tuple[str, Tone]] = {
    LinkState.DOWN: ("down", Tone.BAD),
    LinkState.CONNECTING: ("connecting", Tone.PENDING),
    LinkState.SYNCING: ("listing orders", Tone.PENDING),
    LinkState.UP: ("connected", Tone.GOOD),
    LinkState.STALE: ("no news", Tone.PENDING),
    LinkState.REFUSED: ("login refused", Tone.BAD),
}


def order_chip(lineage: Lineage) -> Chip:
    """The order's state as the venue says it, or what is open about it."""
    if lineage.vanished_at is not None and lineage.order.is_open:
        return Chip("?", "Not listed", Tone.UNKNOWN)
    if lineage.cancelling and lineage.order.is_open:
        return Chip("◌", "Cancelling", Tone.PENDING)
    status = lineage.order.status
    if status is OrderStatus.UNRECOGNISED:
        return Chip("?", shortened(lineage.order.raw_status) or "no state given", Tone.UNKNOWN)
    return _ORDER[status]


def amendment_chip(amendment: Amendment, now: int) -> Chip:
    """Chip on how far an amendment has come, with the time that matters at its stage."""
    stage = amendment.stage
    match stage:
        case AmendmentStage.DRAFT | AmendmentStage.CHECKED:
            return Chip("◌", "Leaving", Tone.PENDING)
        case AmendmentStage.QUEUED:
            return Chip("◌", "Waits for limit", Tone.PENDING)
        case AmendmentStage.WRITTEN:
            return Chip("◌", f"Sent {ago(now - (amendment.written_at or now))}", Tone.PENDING)
        case AmendmentStage.ACKNOWLEDGED:
            return Chip("?", "Received, not confirmed", Tone.UNKNOWN)
        case AmendmentStage.UNKNOWN:
            since = amendment.written_at or amendment.latest.at
            sent = "sent " if amendment.written_at is not None else ""
            return Chip("?", f"Unknown, {sent}{ago(now - since)}", Tone.UNKNOWN)
        case AmendmentStage.CONFIRMED:
            return Chip("✓", _confirmed(amendment, now), Tone.GOOD)
        case AmendmentStage.REFUSED:
            return Chip("✕", shortened(f"Refused {amendment.code}".strip()), Tone.BAD)
        case AmendmentStage.OVERTAKEN:
            return Chip("⊘", "Overtaken", Tone.BAD) if not amendment.missing else Chip("?", "Order ended", Tone.UNKNOWN)
        case AmendmentStage.DIFFERENT:
            return Chip("≠", "Came out different", Tone.BAD)
        case AmendmentStage.NOT_APPLIED:
            left = amendment.written_at is not None or any(
                rung.stage is AmendmentStage.UNKNOWN for rung in amendment.rungs
            )
            return Chip("✕", "Not applied" if left else "Not sent", Tone.BAD)


def waiting_chip(stage: AmendmentStage) -> Chip:
    """Chip on where an amendment without an outcome stands, without the time; that is told beside it."""
    return _WAITING.get(stage, Chip("◌", "Leaving", Tone.PENDING))


_WAITING = {
    AmendmentStage.QUEUED: Chip("◌", "Waits for limit", Tone.PENDING),
    AmendmentStage.WRITTEN: Chip("◌", "Sent", Tone.PENDING),
    AmendmentStage.ACKNOWLEDGED: Chip("?", "Not confirmed", Tone.UNKNOWN),
    AmendmentStage.UNKNOWN: Chip("?", "Unknown", Tone.UNKNOWN),
}


def _confirmed(amendment: Amendment, now: int) -> str:
    """A fresh confirmation says how long it took from the write to the evidence, one that is not how old it is."""
    if not amendment.rungs:
        return "Confirmed"
    old = now - amendment.latest.at
    if old >= _FRESH:
        return f"Confirmed {ago(old)}"
    if amendment.written_at is None:
        return "Confirmed"
    return f"Confirmed, {took(amendment.latest.at - amendment.written_at)}"


def stage_words(stage: AmendmentStage) -> str:
    """A rung of the ladder in words."""
    return _STAGE_WORDS[stage]


def link_words(state: LinkState) -> tuple[str, Tone]:
    """A link's state in words, and its tone."""
    return _LINK_WORDS[state]

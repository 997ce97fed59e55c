"""A draft that was sent: the second axis, a ladder whose rungs each carry a time and a source."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.domain.form import FieldName, IdAfter
from app.domain.order import Order
from app.domain.plan import Terms, Waiting, WireValue


class AmendmentStage(StrEnum):
    """Stage that an amendment has reached. It never changes the order's own status."""

    DRAFT = "draft"
    CHECKED = "checked"
    QUEUED = "queued"
    WRITTEN = "written"
    ACKNOWLEDGED = "acknowledged"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    NOT_APPLIED = "not_applied"
    #: The order has terms that are neither those before nor those asked for: what became of the wish is not told.
    DIFFERENT = "different"
    OVERTAKEN = "overtaken"
    UNKNOWN = "unknown"

    @property
    def is_settled(self) -> bool:
        """Return True if evidence has closed the amendment."""
        return self in _SETTLED


_SETTLED = frozenset(
    {
        AmendmentStage.CONFIRMED,
        AmendmentStage.REFUSED,
        AmendmentStage.NOT_APPLIED,
        AmendmentStage.DIFFERENT,
        AmendmentStage.OVERTAKEN,
    }
)


class Source(StrEnum):
    """Source of a fact."""

    YOU = "you"
    APP = "app"
    WIRE = "wire"
    REPLY = "venue reply"
    PUSH = "venue push"
    LOOKUP = "look-up"
    LISTING = "open-order list"
    HISTORY = "venue history"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder: what was reached, when (nanoseconds since 1970 UTC), who says so, and a note.

    A `late` one is an answer that came after the amendment was settled by something else: told, and without effect.
    """

    stage: AmendmentStage
    at: int
    source: Source
    note: str = ""
    count: int = 1
    late: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """A term that came out other than asked."""

    field: FieldName
    asked: Decimal | None
    found: Decimal | None


@dataclass(frozen=True, slots=True)
class Command:
    """One amendment as a connector sends it, exactly once.

    Attributes:
        amendment_id: our own id; unique for ever.
        request_id: a fresh positive number below 2^53 for venues whose request wants one.
        order: the order that the request changes: as the person saw it when they sent, or as it was to be once all
            that it was sent behind had taken effect.
        route: name of the route.
        fields: the venue's own field names and values, from the plan.
        target: the terms the order should have afterwards.
        id_after: what the route does to the order id: a venue that gives a new one may report the old one cancelled.
        behind: amendments of the same order that had no outcome when this one was asked for; None where there were
            none, which is the rule.
    """

    amendment_id: str
    request_id: int
    order: Order
    route: str
    fields: tuple[tuple[str, WireValue], ...]
    target: Terms
    id_after: IdAfter = IdAfter.SAME
    behind: Waiting | None = None


@dataclass(frozen=True, slots=True)
class Amendment:
    """A draft that was sent, with its base, its route and its ladder.

    Attributes:
        command: what was (or will be) sent.
        lineage: id of the lineage it belongs to.
        asked: the fields the person set, as (field, old, new).
        stage: where it stands; `rungs` how it came there.
        written_at, acknowledged_at: nanoseconds, None until then.
        outcome: one sentence for the person about where it stands.
        missing: the evidence that would settle it, while unsettled.
        code: the venue's code of a refusal, "" if none.
        differences: terms that came out other than asked (accepted with differences).
        new_order_id: the id the venue gave the changed order, "" while it is the same or not known.
        probes: how many look-ups have been made for it.
        replied: what the venue's reply said where it shows other terms than asked for, "" where none did.
    """

    command: Command
    lineage: str
    asked: tuple[tuple[FieldName, Decimal | str | None, Decimal | str], ...]
    stage: AmendmentStage
    rungs: tuple[Rung, ...] = ()
    written_at: int | None = None
    acknowledged_at: int | None = None
    outcome: str = ""
    missing: str = ""
    code: str = ""
    differences: tuple[Difference, ...] = ()
    new_order_id: str = ""
    probes: int = 0
    replied: str = ""

    @property
    def amendment_id(self) -> str:
        """Our own id of it."""
        return self.command.amendment_id

    @property
    def is_open(self) -> bool:
        """Return True if it still waits for evidence."""
        return not self.stage.is_settled

    @property
    def latest(self) -> Rung:
        """The rung it stands on: the newest one that did not come too late to have an effect."""
        return next(rung for rung in reversed(self.rungs) if not rung.late)

"""The orders of a batch with a verdict each: whether and how each would leave, before anything does."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.desk.batch.exposure import Change
from app.desk.desk import Prepared
from app.domain.order import Order


class Remark(StrEnum):
    """Word for what is to be said of an order before it is sent."""

    SENDS = "sends"
    CANCELS = "cancels"
    ADJUSTED = "adjusted"
    WAITS = "waits"
    ASKS = "asks for a consent"
    LIMITED = "passes a limit"
    LOSES_PLACE = "loses its place"
    SAME = "no change"
    HELD = "cannot leave now"
    BLOCKED = "blocked"


#: Remarks with which an order is not sent.
STOPPED = frozenset({Remark.SAME, Remark.HELD, Remark.BLOCKED})

#: Remarks with which an order is sent only if the person consents.
CONSENTS = frozenset({Remark.LOSES_PLACE, Remark.ASKS, Remark.LIMITED})


class Ending(StrEnum):
    """Word for what became of an order of a batch."""

    WAITING = "waiting"
    UNDER_WAY = "under way"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    ENDED = "ended otherwise"
    DIFFERENT = "different"
    REFUSED = "refused"
    NOT_APPLIED = "not applied"
    OVERTAKEN = "overtaken"
    STILL_OPEN = "still open"
    UNKNOWN = "unknown"
    HELD_BACK = "held back"
    NOT_SENT = "not sent"


#: Endings after which a person may send the same again: it is certain that nothing changed.
REPEATABLE = frozenset({Ending.REFUSED, Ending.NOT_APPLIED, Ending.HELD_BACK, Ending.NOT_SENT, Ending.STILL_OPEN})


@dataclass(frozen=True, slots=True)
class Said:
    """One remark about an order, and the sentence to it ("" where the word says it all)."""

    remark: Remark
    text: str = ""


@dataclass(slots=True)
class Member:
    """One order of a batch.

    Attributes:
        key: of its row.
        account: its account.
        order: as it was when the verdict was made.
        said: what is to be said of it, the gravest last; see `verdict`.
        prepared: the draft with the exact command that would leave; None where it is cancelled or comes to no draft.
        change: what it counts for while it is on its way; None where it is not sent.
        ending, outcome: what became of it, and the sentence to it.
        amendment_id: of the amendment that was sent, "" before.
    """

    key: str
    account: str
    order: Order
    said: tuple[Said, ...]
    prepared: Prepared | None = None
    change: Change | None = None
    ending: Ending = Ending.WAITING
    outcome: str = ""
    amendment_id: str = ""

    @property
    def verdict(self) -> Remark:
        """The gravest remark."""
        order = list(Remark)
        return max((each.remark for each in self.said), key=order.index)

    @property
    def text(self) -> str:
        """All that is said of it, in sentences."""
        return " ".join(dict.fromkeys(each.text for each in self.said if each.text))

    @property
    def asked(self) -> str:
        """Return what a consent is asked for, in sentences."""
        return " ".join(dict.fromkeys(each.text for each in self.said if each.text and each.remark in CONSENTS))

    @property
    def sends(self) -> bool:
        """Return True if it may leave, with a consent where it asks for one."""
        return self.change is not None and self.verdict not in STOPPED

    @property
    def asks(self) -> bool:
        """Return True if it leaves only with a consent."""
        return any(each.remark in CONSENTS for each in self.said)

    @property
    def limited(self) -> bool:
        """Return True if it passes a soft limit of the desk's own."""
        return any(each.remark is Remark.LIMITED for each in self.said)

    @property
    def cancels(self) -> bool:
        """Return True if the order would be cancelled."""
        return self.change is not None and self.change.target is None

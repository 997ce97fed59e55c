"""One order of a batch as a line: its verdict or what became of it, its name, and what is to be said of it."""

from __future__ import annotations

from dataclasses import dataclass

from app.desk.batch.members import Ending, Member, Remark
from app.ui.look.numbers import as_digits
from app.ui.look.theme import Tone
from app.ui.orders.row import Chip

VERDICTS = {
    Remark.SENDS: Chip("▸", "Sends", Tone.NEUTRAL),
    Remark.CANCELS: Chip("✕", "Cancels", Tone.DRAFT),
    Remark.ADJUSTED: Chip("≈", "Adjusted", Tone.DRAFT),
    Remark.WAITS: Chip("◌", "Waits", Tone.PENDING),
    Remark.ASKS: Chip("!", "Asks first", Tone.PENDING),
    Remark.LIMITED: Chip("!", "Passes a limit", Tone.PENDING),
    Remark.LOSES_PLACE: Chip("↧", "Loses its place", Tone.PENDING),
    Remark.SAME: Chip("=", "No change", Tone.QUIET),
    Remark.HELD: Chip("‖", "Cannot leave now", Tone.PENDING),
    Remark.BLOCKED: Chip("⊘", "Blocked", Tone.BAD),
}

ENDINGS = {
    Ending.WAITING: Chip("◌", "Waiting", Tone.PENDING),
    Ending.UNDER_WAY: Chip("◌", "Under way", Tone.PENDING),
    Ending.CONFIRMED: Chip("✓", "Confirmed", Tone.GOOD),
    Ending.CANCELLED: Chip("✓", "Cancelled", Tone.GOOD),
    Ending.ENDED: Chip("⊘", "Ended otherwise", Tone.BAD),
    Ending.DIFFERENT: Chip("≠", "Different", Tone.BAD),
    Ending.REFUSED: Chip("✕", "Refused", Tone.BAD),
    Ending.NOT_APPLIED: Chip("✕", "Not applied", Tone.BAD),
    Ending.OVERTAKEN: Chip("⊘", "Overtaken", Tone.BAD),
    Ending.STILL_OPEN: Chip("✕", "Still open", Tone.BAD),
    Ending.UNKNOWN: Chip("?", "Unknown", Tone.UNKNOWN),
    Ending.HELD_BACK: Chip("‖", "Held back", Tone.PENDING),
    Ending.NOT_SENT: Chip("–", "Not sent", Tone.QUIET),
}


@dataclass(frozen=True, slots=True)
class MemberShown:
    """One order of a batch as it is shown.

    Attributes:
        member: the order with its verdict and its ending.
        name: what it is called, whole.
        seconds: how long it waits for its venue's limit, 0 for not at all.
        sent: whether the batch was sent, so that the ending counts and not the verdict.
        moved: whether the order changed at its venue since the verdict.
    """

    member: Member
    name: str
    seconds: float = 0.0
    sent: bool = False
    moved: bool = False

    @property
    def chip(self) -> Chip:
        """The verdict, or what became of it."""
        if self.sent:
            return ENDINGS[self.member.ending]
        if self.moved:
            return Chip("↷", "Changed since", Tone.PENDING)
        verdict = self.member.verdict
        if self.seconds and verdict in (Remark.SENDS, Remark.ADJUSTED):
            return VERDICTS[Remark.WAITS]
        return VERDICTS[verdict]

    @property
    def change(self) -> str:
        """Return what would be asked, in a clause; "" where nothing is."""
        if self.member.cancels:
            return "cancel"
        prepared = self.member.prepared
        values = prepared.plan.draft.values if prepared is not None else ()
        return ", ".join(
            f"{name.value.replace('_', ' ')} {value if isinstance(value, str) else as_digits(value)}"
            for name, value in values
        )

    @property
    def text(self) -> str:
        """All that is to be said of it now, in sentences."""
        if self.sent:
            return self.member.outcome
        if self.moved:
            return "The order changed at its venue since this was worked out; press “Work out again”."
        wait = f" Leaves after about {self.seconds:.1f} s, for the venue's limit." if self.seconds else ""
        return f"{self.member.text}{wait}".strip()

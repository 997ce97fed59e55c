"""Words for a row of the record, as they stand in the bar. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

from app.desk.replay.record import Record, Step
from app.ui.look.numbers import dated, grouped

#: Kinds of rows that change nothing a person looks at: they are passed over from event to event.
PASSED_OVER = frozenset({"WireSeen", "ClockRead", "Checkpoint", "QuoteSeen"})

_WORDS = {
    "Session": "a ticket started",
    "SessionEnded": "the ticket ended in order",
    "WireSeen": "raw message",
    "ClockRead": "clock reading",
    "Checkpoint": "checkpoint: the whole state repeated",
    "LeftBehind": "taken over what another ticket left open",
    "TakenOver": "given up what another ticket took over",
    "QuoteSeen": "quote kept with an amendment",
}


def event_words(step: Step) -> str:
    """Return what a row is about: `order seen · Bitso practice`."""
    words = _WORDS.get(step.kind) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", step.kind).lower()
    return f"{words} · {step.account}" if step.account else words


#: Said at the last row of a record that has no end of its last session.
CUT_OFF = "the record goes no further: its ticket was killed, or still runs"


def step_words(number: int, count: int, step: Step | None, *, cut_off: bool = False) -> str:
    """Return the line on a step.

    Args:
        number: of the step.
        count: how many there are.
        step: its row; None before the first one.
        cut_off: whether the record ends in the middle of a session.
    """
    if step is None:
        return f"before the first of {grouped(Decimal(count))} rows"
    end = f" · {CUT_OFF}" if cut_off and number == count else ""
    return f"row {grouped(Decimal(number))} of {grouped(Decimal(count))} · {event_words(step)}{end}"


def outside_words(record: Record, moment: int) -> str:
    """Return a sentence where a moment asked for lies outside the record, "" where it does not."""
    count = len(record.steps)
    first, last = record.moment(1), record.moment(count)
    if moment < first:
        return f"The record begins at {dated(first)}; shown is its first moment."
    if moment > last and record.step_at(moment) == count:
        return f"The record ends at {dated(last)}; shown is its last moment."
    return ""

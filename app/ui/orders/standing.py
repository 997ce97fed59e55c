"""Standing of a row in words: since when nothing shows it to be true, and what was shown of it and not believed."""

from __future__ import annotations

from dataclasses import replace

from app.desk.state import Doubt
from app.desk.views.freshness import Staleness
from app.ui.look.numbers import ago, when
from app.ui.look.texts import shortened
from app.ui.look.theme import Tone
from app.ui.orders.row import Chip

_OLD = "stale"


def stale_words(stale: Staleness, now: int) -> str:
    """Return since when a row is not proven, and when it is read next, as far as anybody knows."""
    ahead = "read again as soon as the venue answers"
    if stale.until is not None:
        ahead = f"next read about {when(stale.until, now)}"
    return f"last read {when(stale.since, now)}, {ago(now - stale.since)}; {ahead}"


def stale_spoken(stale: Staleness, now: int) -> str:
    """Return the same without what changes every second: a screen reader would begin anew with each."""
    return f"not proven since {when(stale.since, now)}"


def stale_chip(chip: Chip) -> Chip:
    """Return the chip of an order's state as that of a row that is not proven now."""
    tone, icon = (Tone.PENDING, "◌") if chip.tone is Tone.NEUTRAL else (chip.tone, chip.icon)
    return replace(chip, icon=icon, tone=tone, word=f"{chip.word} · {_OLD}", short=_OLD.capitalize())


def doubt_chip(doubt: Doubt) -> Chip:
    """Return the chip of a row of which a reading was not believed."""
    return Chip("✕", "Unreadable · locked", Tone.BAD, "Locked", shortened(doubt.text, 200))


def doubt_words(doubt: Doubt, now: int) -> str:
    """Return what was not believed of an order, who showed it and when, and what that means for it."""
    return shortened(
        f"Not believed: {doubt.text} ({doubt.source.value}, {when(doubt.at, now)}). What is shown is older. The order "
        "is locked until a later reading is readable; it can still be cancelled."
    )

"""What the bottom line says of the journal, of the venues' clocks and of what is in flight, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.desk.journal.recorder import JournalStanding
from app.domain.order import Side
from app.ui.look.numbers import tidy_grouped

_SECOND, _MS = 1_000_000_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Told:
    """A few words, the sentence behind them, and whether they tell of trouble."""

    words: str
    tip: str = ""
    trouble: bool = False


def journal_words(standing: JournalStanding | None) -> Told:
    """How the journal stands. It is called verified only after its chain was followed to the end."""
    if standing is None:
        tip = "No journal is kept: what is in flight when the ticket ends is not known to the next one."
        return Told("no journal", tip)
    where = f"The journal is {standing.path}."
    if standing.shared:
        where = f"Another ticket has the journal; this one keeps its own, {standing.path}."
    if standing.failed:
        return Told("journal not written", standing.failed, trouble=True)
    if standing.broken:
        return Told("journal broken", standing.broken, trouble=True)
    if standing.new:
        return Told("journal new", f"{where} It began with this session; there was nothing to verify.")
    if not standing.checked:
        return Told("journal being checked", f"{where} Its earlier records are being followed one by one.")
    return Told(
        "journal verified",
        f"{where} At the start every record in all its files followed from the one before it.",
    )


def offset_words(nanoseconds: int) -> str:
    """How far a clock is ahead, with its sign: +3 ms, −1.2 s, ±0 ms."""
    if not nanoseconds:
        return "±0 ms"
    sign, size = "−" if nanoseconds < 0 else "+", abs(nanoseconds)
    if size < _MS:
        return f"{sign}{size / _MS:.1f} ms" if size >= _MS // 10 else "±0 ms"
    return f"{sign}{size / _MS:.0f} ms" if size < _SECOND else f"{sign}{size / _SECOND:.1f} s"


def clock_words(ahead: Mapping[str, int | None], venue: Callable[[str], str]) -> Told:
    """The venue's clock that is furthest from ours; nothing while none is known.

    Args:
        ahead: nanoseconds by account, None where nothing is known.
        venue: what an account's venue is called.
    """
    known = {name: each for name, each in ahead.items() if each is not None}
    if not known:
        return Told("")
    furthest = max(known, key=lambda name: abs(known[name]))
    lines = [f"{venue(name)} {'not known' if each is None else offset_words(each)}" for name, each in ahead.items()]
    tip = "The venues' clocks against this machine's, as far as their replies prove it (+ is ahead):\n"
    return Told(f"{venue(furthest)} clock {offset_words(known[furthest])}", tip + "\n".join(lines))


def exposure_words(sums: Mapping[tuple[Side, str], Decimal]) -> Told:
    """What would be traded if every amendment in flight landed, side by side and currency by currency."""
    if not sums:
        return Told("")
    parts = [f"{side.value} {tidy_grouped(value)} {currency}" for (side, currency), value in sorted(sums.items())]
    tip = "What the orders with an amendment in flight would still trade under the terms asked: remaining × price."
    return Told(f"If all in flight land: {', '.join(parts)}", tip)

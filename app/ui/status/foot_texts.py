"""Texts of the bottom line on the journal, on the venues' clocks and on what is in flight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.desk.journal.recorder import JournalStanding
from app.domain.order import Side
from app.ui.look.numbers import tidy_grouped

_SECOND, _MS = 1_000_000_000, 1_000_000


@dataclass(frozen=True, slots=True)
class FootText:
    """A few words, the sentence behind them, and whether they tell of trouble."""

    words: str
    tip: str = ""
    trouble: bool = False


def journal_words(standing: JournalStanding | None, refusal: str = "") -> FootText:
    """State of the journal. It is called verified only after its chain was followed to the end.

    `refusal` is the sentence of a replay, which writes none.
    """
    if refusal:
        return FootText("replay, read only", refusal)
    if standing is None:
        tip = "No journal is kept: what is in flight is not known to other tickets, nor to the next one when this ends."
        return FootText("no journal", tip)
    where = f"The journal is {standing.path}."
    if standing.shared:
        where = f"Another ticket has the journal; this one keeps its own, {standing.path}."
    if standing.failed:
        return FootText("journal not written", standing.failed, trouble=True)
    if standing.broken:
        return FootText("journal broken", standing.broken, trouble=True)
    if standing.new:
        return FootText("journal new", f"{where} It began with this session; there was nothing to verify.")
    if not standing.checked:
        return FootText("journal being checked", f"{where} Its earlier records are being followed one by one.")
    return FootText(
        "journal verified",
        f"{where} At the start every record in all its files followed from the one before it.",
    )


def offset_words(nanoseconds: int) -> str:
    """Lead of a clock with its sign: +3 ms, −1.2 s, ±0 ms."""
    if not nanoseconds:
        return "±0 ms"
    sign, size = "−" if nanoseconds < 0 else "+", abs(nanoseconds)
    if size < _MS:
        return f"{sign}{size / _MS:.1f} ms" if size >= _MS // 10 else "±0 ms"
    return f"{sign}{size / _MS:.0f} ms" if size < _SECOND else f"{sign}{size / _SECOND:.1f} s"


def clock_words(ahead: Mapping[str, int | None], venue: Callable[[str], str]) -> FootText:
    """The venue's clock that is furthest from ours; nothing while none is known.

    Args:
        ahead: nanoseconds by account, None where nothing is known.
        venue: what an account's venue is called.
    """
    known = {name: each for name, each in ahead.items() if each is not None}
    if not known:
        return FootText("")
    furthest = max(known, key=lambda name: abs(known[name]))
    lines = [f"{venue(name)} {'not known' if each is None else offset_words(each)}" for name, each in ahead.items()]
    tip = "The venues' clocks against this machine's, as far as their replies prove it (+ is ahead):\n"
    return FootText(f"{venue(furthest)} clock {offset_words(known[furthest])}", tip + "\n".join(lines))


def exposure_words(
    sums: Mapping[tuple[Side, str], Decimal], worst: Mapping[tuple[Side, str], Decimal] | None = None
) -> FootText:
    """Sum that would be traded if every amendment in flight landed, by side and by currency; in the tip the worst."""
    if not sums:
        return FootText("")
    tip = "What the orders with an amendment in flight would still trade under the terms asked: remaining × price."
    if worst and worst != sums:
        tip += f" At worst, under the terms shown or any asked on the way: {_sum_words(worst)}."
    return FootText(f"If all in flight land: {_sum_words(sums)}", tip)


def _sum_words(sums: Mapping[tuple[Side, str], Decimal]) -> str:
    return ", ".join(
        f"{side.value} {tidy_grouped(value)} {currency}" for (side, currency), value in sorted(sums.items())
    )

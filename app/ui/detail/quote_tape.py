"""The touch of each market over the last minutes, for the chart only: floats, and nothing flows back from them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from app.desk.state import DeskState
from app.ui.look.numbers import is_odd

_KEPT = 3_000

#: Nanoseconds since 1970 beyond which no axis has a date.
_LAST = 250_000_000_000 * 1_000_000_000

#: (account, symbol, market).
Market = tuple[str, str, str]


@dataclass(slots=True)
class Track:
    """One market: seconds since 1970 UTC, best bid and best offer at those times."""

    times: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT))
    bids: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT))
    asks: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT))


class QuoteTape:
    """Records quotes as the desk learns them."""

    def __init__(self, state: DeskState) -> None:
        self._state = state
        self._tracks: dict[Market, Track] = {}

    def record(self, account: str) -> None:
        """Take in the quotes of an account that are newer than what is recorded."""
        for (symbol, market), quote in self._state.accounts[account].quotes.items():
            if quote.bid is None or quote.ask is None or is_odd(quote.bid) or is_odd(quote.ask):
                continue
            if not 0 <= quote.as_of < _LAST:
                continue
            track = self._tracks.setdefault((account, symbol, market), Track())
            at = quote.as_of / 1e9
            if track.times and at <= track.times[-1]:
                continue
            track.times.append(at)
            track.bids.append(float(quote.bid))
            track.asks.append(float(quote.ask))

    def start_over(self) -> None:
        """Forget all of it: another moment is shown, and what is recorded may be after that."""
        self._tracks.clear()

    def track(self, market: Market) -> Track:
        """Record of a market; empty if there is none."""
        return self._tracks.get(market, Track())

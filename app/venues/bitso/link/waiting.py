"""Reads of open orders that have to wait: told with the moment at which they go on, and told when they do."""

from __future__ import annotations

from app.domain.events import Condition
from app.domain.evidence import SECOND
from app.venues.common.reporter import Reporter

#: Seconds that a list may wait for its turn without a word: less than two polls lie apart.
UNTOLD = 1.0


class ReadsWait:
    """Tells of one wait once, however many reads share it."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._until = 0

    def waits(self, seconds: float) -> None:
        """Take in that a list has to wait for so long, because the requests of this minute are used up."""
        text = f"Bitso's request limit is used up; open orders are read in {seconds:.0f} s and may be old until then."
        if seconds >= UNTOLD:
            self._tell(text, seconds)

    def paused(self, seconds: float) -> None:
        """Take in that nothing private leaves for so long, because Bitso said that we were too fast."""
        text = f"Bitso says we are too fast; nothing is read and no amendment leaves for {seconds:.0f} s, cancels do."
        self._tell(text, seconds)

    def over(self) -> None:
        """Take in that open orders were read."""
        if self._until:
            self._until = 0
            text = "Bitso's open orders are read again."
            self._reporter.notice(text, serious=False, about=Condition.READS, over=True)

    def _tell(self, text: str, seconds: float) -> None:
        until = self._reporter.now() + round(seconds * SECOND)
        if until > self._until + SECOND:
            self._until = until
            self._reporter.notice(text, about=Condition.READS, seconds=seconds)

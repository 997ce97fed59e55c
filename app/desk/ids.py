"""Amendment ids: unique for ever, sortable by time, and a number some venues want beside them."""

from __future__ import annotations


class Ids:
    """Makes amendment ids and request numbers from the time it is given; never the same twice, even within one ms."""

    def __init__(self, last: int = 0) -> None:
        """Go on above `last`, the highest request number used before (from the record), so that none is used again."""
        self._last = last

    def next(self, now: int) -> tuple[str, int]:
        """A fresh (amendment id, request number) for a time in nanoseconds; the number is below 2^53."""
        number = max(now // 1_000_000, self._last + 1)
        self._last = number
        return f"A{number}", number

    def go_past(self, last: int) -> None:
        """Use no number up to this one: the record has it already."""
        self._last = max(self._last, last)

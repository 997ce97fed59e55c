"""Distance of a venue's clock from ours, for the connectors."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from app.domain.evidence import SECOND

#: A reply that took longer than this says too little about the venue's clock.
_SLOWEST = 5 * SECOND


class ClockOffset:
    """Distance by which a venue's clock is ahead of ours, learnt from the `Date` header of its HTTP replies.

    The header has whole seconds only, so one reply bounds the offset to an interval of a second plus the time the
    exchange took. The estimate moves only as far as a new interval forces it: a right clock keeps the offset 0.
    """

    __slots__ = ("_offset", "samples")

    def __init__(self) -> None:
        self._offset = 0
        self.samples = 0

    @property
    def nanoseconds(self) -> int:
        """Venue clock minus our clock; 0 until something else is proven."""
        return self._offset

    def learn(self, date: str, sent_at: int, received_at: int) -> None:
        """Take the `Date` header of one reply into account; a header that is no date is ignored.

        Args:
            date: the header's text, "" if there was none.
            sent_at: our clock when the request left, in nanoseconds; `received_at` when the reply came.
        """
        if not date or not 0 <= received_at - sent_at <= _SLOWEST:
            return
        try:
            stamp = parsedate_to_datetime(date)
        except ValueError:
            return
        if stamp.tzinfo is None:
            stamp = stamp.replace(tzinfo=UTC)
        since = stamp - datetime(1970, 1, 1, tzinfo=UTC)
        second = (since.days * 86_400 + since.seconds) * SECOND
        self.samples += 1
        lowest = second - received_at
        highest = second + SECOND - sent_at
        self._offset = min(max(self._offset, lowest), highest)

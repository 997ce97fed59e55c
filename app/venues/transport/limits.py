"""Too many requests, in any dress: what a reply says by its status and headers, whatever its body is. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.utils import parsedate_to_datetime

from app.venues.transport.messages import Response

#: Statuses that say so: 429 by RFC 6585, 420 as some venues write it, 418 for who went on all the same.
TOO_MANY = frozenset({418, 420, 429})

#: Longest wait that is kept in one go, in seconds; a later answer may ask for more.
LONGEST = 3600.0

#: A longer wait than this, in seconds, is not what anybody means: another unit, or a date that is a placeholder.
_MEANT = 86_400.0

#: How far a wait that was kept in vain is made longer by itself, and for how long after it the next complaint is taken
#: for the same trouble, in seconds.
_LONGEST_OF_OUR_OWN, _QUIET = 60.0, 60.0

_SECOND = 1_000_000_000
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


def wait_asked(response: Response, unless_told: float) -> float:
    """Return for how many seconds nothing should be sent, 0.0 where the reply does not say that we are too fast.

    Args:
        response: any reply. `Retry-After` is seconds or a date (RFC 9110, section 10.2.3); a 503 counts only with it.
        unless_told: the wait where the reply names none, in seconds; so does one that names no time to come, such as
            a date that our clock has passed: it says that we are too fast all the same.
    """
    told = response.headers.get("retry-after", "").strip()
    if response.status not in TOO_MANY and not (response.status == 503 and told):
        return 0.0
    seconds = _seconds(told, response)
    return min(LONGEST, max(1.0, seconds)) if 0 < seconds <= _MEANT else unless_told


def _seconds(header: str, response: Response) -> float:
    """Return the wait that is named, 0.0 for none; of several, as where two servers each name one, the longest."""
    parts = [part.strip() for part in header.split(",")]
    numbers = [float(part) for part in parts if _NUMBER.fullmatch(part)]
    if numbers:
        return max(numbers)
    date = _time(header)
    if date is None:
        return 0.0
    # The venue's own clock where it tells it: ours may be off.
    now = _time(response.headers.get("date", ""))
    return date - (response.received_at / _SECOND if now is None else now)


def _time(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return None


class Complaints:
    """The complaints of one venue about too many requests: a wait that was kept in vain makes the next one longer."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Start without one; `monotonic` is seconds that never go back."""
        self._monotonic = monotonic
        self._wait = 0.0
        self._until = float("-inf")

    def wait(self, seconds: float) -> float:
        """Take a complaint that asks for so many seconds, and return for how many nothing should be sent."""
        now = self._monotonic()
        if now < self._until:
            # The reply to what was under way before: nothing was kept in vain.
            self._until = max(self._until, now + seconds)
            return seconds
        if now - self._until < _QUIET:
            seconds = max(seconds, min(_LONGEST_OF_OUR_OWN, 2 * self._wait))
        self._wait, self._until = seconds, now + seconds
        return seconds

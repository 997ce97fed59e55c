"""Too many requests, in any dress: what a reply says by its status and headers, whatever its body is. Pure."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from app.venues.transport.jsonx import whole_or_none
from app.venues.transport.messages import Response

#: Statuses that say so: 429 by RFC 6585, 420 as some venues write it, 418 for who went on all the same.
TOO_MANY = frozenset({418, 420, 429})

#: Longest wait that is believed, in seconds; a later answer may ask for more.
LONGEST = 3600.0

_SECOND = 1_000_000_000


def wait_asked(response: Response, unless_told: float) -> float:
    """Return for how many seconds nothing should be sent, 0.0 where the reply does not say that we are too fast.

    Args:
        response: any reply. `Retry-After` is seconds or a date (RFC 9110, section 10.2.3); a 503 counts only with it.
        unless_told: the wait where the reply names none, in seconds.
    """
    told = response.headers.get("retry-after", "").strip()
    if response.status not in TOO_MANY and not (response.status == 503 and told):
        return 0.0
    seconds = whole_or_none(told)
    if seconds is None and told:
        try:
            seconds = int(parsedate_to_datetime(told).timestamp()) - response.received_at // _SECOND
        except (ValueError, OverflowError):
            seconds = None
    return unless_told if seconds is None else min(LONGEST, max(1.0, float(seconds)))

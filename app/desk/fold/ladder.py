"""The life of an amendment as one table: (stage, what happened) to the next stage.

The order's own status is not here: a fill moves that axis and leaves this one alone. A pair that is not in the table
changes nothing; the reducer notes it in the order's history as late or repeated news.
"""

from __future__ import annotations

from enum import StrEnum

from app.domain.amendment import AmendmentStage as Stage


class News(StrEnum):
    """News that can move an amendment."""

    QUEUED = "queued"
    WRITTEN = "written"
    UNSENT = "unsent"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    APPLIED = "applied"
    DIFFERENT = "different"
    OLD_TERMS = "old terms after the settling time"
    ORDER_ENDED = "order ended with the old terms"


#: Rows are grouped by what happened. Comments mark the odd ones that real venues produce.
TABLE: dict[tuple[Stage, News], Stage] = {
    # Leaving us.
    (Stage.CHECKED, News.QUEUED): Stage.QUEUED,
    (Stage.CHECKED, News.WRITTEN): Stage.WRITTEN,
    (Stage.QUEUED, News.WRITTEN): Stage.WRITTEN,
    (Stage.CHECKED, News.UNSENT): Stage.NOT_APPLIED,
    (Stage.QUEUED, News.UNSENT): Stage.NOT_APPLIED,
    # After a restart a recorded intent is UNKNOWN at once: whether it left is exactly what is not known.
    (Stage.CHECKED, News.UNANSWERED): Stage.UNKNOWN,
    (Stage.QUEUED, News.UNANSWERED): Stage.UNKNOWN,
    # A receipt stays on the ladder, but what it became while the ticket was not running is not known either.
    (Stage.ACKNOWLEDGED, News.UNANSWERED): Stage.UNKNOWN,
    # A receipt is not a result.
    (Stage.WRITTEN, News.ACKNOWLEDGED): Stage.ACKNOWLEDGED,
    # The answer came after we had given up waiting for one.
    (Stage.UNKNOWN, News.ACKNOWLEDGED): Stage.ACKNOWLEDGED,
    # No answer, broken link, unreadable answer: nothing is proven.
    (Stage.WRITTEN, News.UNANSWERED): Stage.UNKNOWN,
    # A certain no.
    (Stage.WRITTEN, News.REFUSED): Stage.REFUSED,
    (Stage.UNKNOWN, News.REFUSED): Stage.REFUSED,
    # An engine may refuse what its counter had taken.
    (Stage.ACKNOWLEDGED, News.REFUSED): Stage.REFUSED,
    # The venue shows the terms asked for.
    (Stage.ACKNOWLEDGED, News.APPLIED): Stage.CONFIRMED,
    (Stage.UNKNOWN, News.APPLIED): Stage.CONFIRMED,
    # The push overtook the reply.
    (Stage.WRITTEN, News.APPLIED): Stage.CONFIRMED,
    # The change took effect after a look-up past the settling time had shown the old terms.
    (Stage.NOT_APPLIED, News.APPLIED): Stage.CONFIRMED,
    # Somebody else had changed the order first, and our change came after that.
    (Stage.DIFFERENT, News.APPLIED): Stage.CONFIRMED,
    # The order ended, and its last report did not tell that it had been changed before.
    (Stage.OVERTAKEN, News.APPLIED): Stage.CONFIRMED,
    # The word of its end was wrong: the order works, with the old terms.
    (Stage.OVERTAKEN, News.OLD_TERMS): Stage.NOT_APPLIED,
    # The venue still shows the old terms, in a read asked for after its settling time. Not while an answer may still
    # come: the request may lie unread, and whoever takes it for dead sends a second one beside it.
    (Stage.ACKNOWLEDGED, News.OLD_TERMS): Stage.NOT_APPLIED,
    (Stage.UNKNOWN, News.OLD_TERMS): Stage.NOT_APPLIED,
    # Neither the old terms nor those asked for. The venue may have made the change otherwise, or have made it before
    # somebody changed the order again, or not at all: shown with the differences, claimed to be none of these.
    (Stage.ACKNOWLEDGED, News.DIFFERENT): Stage.DIFFERENT,
    (Stage.UNKNOWN, News.DIFFERENT): Stage.DIFFERENT,
    # Filled, cancelled or expired first.
    (Stage.WRITTEN, News.ORDER_ENDED): Stage.OVERTAKEN,
    (Stage.ACKNOWLEDGED, News.ORDER_ENDED): Stage.OVERTAKEN,
    (Stage.UNKNOWN, News.ORDER_ENDED): Stage.OVERTAKEN,
}


def advance(stage: Stage, news: News) -> Stage | None:
    """The next stage, or None where this news changes nothing at this stage."""
    return TABLE.get((stage, news))

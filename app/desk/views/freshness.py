"""Age of a row: since when nothing shows it to be true any more, and when it should be read again. Pure reads."""

from __future__ import annotations

from dataclasses import dataclass

from app.desk.state import AccountState, Lineage
from app.domain.evidence import EvidencePolicy
from app.domain.market import LinkState


@dataclass(frozen=True, slots=True)
class Staleness:
    """A row that may differ from the venue: last proven when, and when it should be read next (None: nobody knows)."""

    since: int
    until: int | None


def proven_at(lineage: Lineage) -> int:
    """Return when the venue last showed the order as the row has it, nanoseconds UTC."""
    return max(lineage.seen_at, lineage.pushed_at)


def staleness(lineage: Lineage, account: AccountState, policy: EvidencePolicy, now: int) -> Staleness | None:
    """Return how old an open row is, None where it is as fresh as its venue promises, or has ended.

    Args:
        lineage: the row.
        account: its account.
        policy: its venue's declaration; `reread_within` is the promise.
        now: nanoseconds UTC.
    """
    if not lineage.order.is_open:
        return None
    since = proven_at(lineage)
    is_late = policy.reread_within > 0 and now - since > policy.reread_within
    if not (lineage.stale or lineage.doubt is not None or is_late or account.link is not LinkState.UP):
        return None
    return Staleness(since, account.reads_until if account.reads_until > now else None)

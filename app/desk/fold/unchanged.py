"""Orders shown as their rows have them already: what is proven anew of them, and nothing else is touched. Pure.

A list that comes again shows thousands of them. Each is known to be one by its row alone, before anything is judged.
"""

from __future__ import annotations

from app.desk.fold.lineages import kind_of_order
from app.desk.state import DeskState, Lineage
from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.evidence import EvidencePolicy
from app.domain.order import Order, OrderStatus


def shows_nothing_new(lineage: Lineage, policy: EvidencePolicy, learnt: int) -> bool:
    """Return True if a reading with the very order of a row changes nothing of what the row shows, its age included.

    Args:
        lineage: the row, not stale and not in doubt if so.
        policy: `reread_within` is after how long a row is shown as old.
        learnt: when the reading was asked for, or came, nanoseconds since 1970 UTC.
    """
    if lineage.stale or lineage.doubt is not None or lineage.vanished_at is not None or lineage.ended is not None:
        return False
    if lineage.dispute is not None or (lineage.cancelling and not lineage.order.is_open):
        return False
    within = policy.reread_within
    return within <= 0 or learnt - max(lineage.seen_at, lineage.pushed_at) <= within


class Unchanged:
    """Orders of one list that are as their rows show them, so that no rule has anything to decide about them.

    That is so of a row without amendments that nothing is held against, under an id that no amendment may have given
    another order: what `resolve` and `_take` would do then is to note when it was seen, and no more.
    """

    def __init__(self, desk: DeskState, event: ev.OpenOrdersListed, policy: EvidencePolicy) -> None:
        """Look at what may be claimed by an amendment of the account."""
        self._desk, self._account, self._asked_at, self._policy = desk, event.account, event.asked_at, policy
        rows = (row for row in desk.amended() if row.account == event.account)
        self._claimable = frozenset(kind_of_order(row.order) for row in rows)
        self._others: set[str] = set()

    def take(self, order: Order) -> Lineage | None:
        """Note that an order was shown as its row has it, unless something newer is known of it.

        Returns:
            Its row; None where there is more to do about it. The same id is met in full from then on: of two orders
            under it the later one counts.
        """
        desk, order_id, asked_at = self._desk, order.order_id, self._asked_at
        lineage = desk.lineages.get(desk.by_id.get((self._account, order_id), ""))
        if (
            lineage is None
            or lineage.amendments
            or lineage.cleared
            or lineage.order != order
            or order.status in _TO_BE_WEIGHED
            or lineage.ids[-1] != order_id
            or not shows_nothing_new(lineage, self._policy, asked_at)
            or (self._claimable and kind_of_order(order) in self._claimable)
            or order_id in self._others
        ):
            self._others.add(order_id)
            return None
        if asked_at >= lineage.seen_at and asked_at >= lineage.pushed_at:
            lineage.order, lineage.seen_at, lineage.source = order, asked_at, Source.LISTING
        return lineage


#: States in which an order that is listed is no plain one.
_TO_BE_WEIGHED = frozenset(each for each in OrderStatus if each.is_terminal or each is OrderStatus.UNRECOGNISED)

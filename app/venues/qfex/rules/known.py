"""Bookkeeping of orders by their ids: what was pushed, listed and ended, and what replaced what. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from app.domain.order import Order, OrderStatus
from app.venues.qfex.rules.inflight import Sent, SentAmendments
from app.venues.qfex.rules.judge import could_be, namesakes, same_shape, successors
from app.venues.qfex.wire import vocabulary as words


@dataclass(frozen=True, slots=True)
class Succession:
    """Findings of a whole list about what replaced what.

    Attributes:
        heirs: the new orders by the id each replaced.
        made: the amendments whose result is among them, by the id they were sent for.
        untied: ids of orders that may be the result of several amendments.
    """

    heirs: dict[str, Order] = field(default_factory=dict)
    made: dict[str, Sent] = field(default_factory=dict)
    untied: set[str] = field(default_factory=set)


class KnownOrders:
    """The orders of one account, as far as QFEX has told of them. All times are nanoseconds of our clock.

    Attributes:
        rows: the open orders by id, as last seen.
        inflight: the amendments without an answer yet.
    """

    def __init__(self) -> None:
        self.rows: dict[str, Order] = {}
        self.inflight = SentAmendments()
        self._ids: set[str] = set()
        #: Ids that were reported as ended, by the time we learnt it; a list asked for later may show them alive.
        self._dead: dict[str, int] = {}
        #: Results of amendments that are not known to be ours, by id with the time we learnt of them, until a list that
        #: was asked for later shows what they replaced.
        self._strangers: dict[str, int] = {}
        self._pushed_at: dict[str, int] = {}

    def __contains__(self, order_id: str) -> bool:
        """Return True if an order was seen under this id."""
        return order_id in self._ids

    def is_news(self, order: Order) -> bool:
        """Return True unless the order was reported as ended, or something newer is known of it."""
        known = self.rows.get(order.order_id)
        return order.order_id not in self._dead and (known is None or not _older(order, known))

    def push(self, order: Order, at: int) -> None:
        """Keep an order that was pushed at this time."""
        self._ids.add(order.order_id)
        if order.is_open:
            self.rows[order.order_id] = order
            self._pushed_at[order.order_id] = at
        else:
            self._dead[order.order_id] = at
            self.remove(order.order_id)

    def keep(self, order: Order, asked_at: int) -> None:
        """Keep an order of a list that was asked for at this time.

        What was asked for after the last push is newer than it, whatever the venue's clock or its figures say; and the
        word of an earlier end was wrong.
        """
        known = self.rows.get(order.order_id)
        if known is None or self._pushed_at.get(order.order_id, 0) < asked_at or not _older(order, known):
            self.rows[order.order_id] = order
        self._ids.add(order.order_id)
        if self._dead.get(order.order_id, asked_at) < asked_at:
            del self._dead[order.order_id]

    def remove(self, order_id: str) -> None:
        """Take an order off the open ones."""
        self.rows.pop(order_id, None)
        self._pushed_at.pop(order_id, None)

    def remove_unlisted(self, listed: Collection[str], asked_at: int) -> None:
        """Take the open orders off that a whole list does not show; what was pushed since it was asked for is newer."""
        for order_id in [each for each in self.rows if each not in listed]:
            if self._pushed_at.get(order_id, 0) < asked_at:
                self.remove(order_id)

    def add_stranger(self, order_id: str, at: int) -> None:
        """Remember an id as the result of an amendment that is not known to be ours."""
        self._strangers[order_id] = at

    def lost(self) -> None:
        """Take in a break: whatever ended meanwhile was not reported, so shape alone proves nothing."""
        self._strangers.clear()
        self.inflight.lost()

    def alike_beside(self, seen: Order, old_id: str) -> bool:
        """Return True if another open order than this one could have become what was seen."""
        return any(
            order_id not in (old_id, seen.order_id) and same_shape(order, seen) for order_id, order in self.rows.items()
        )

    # -- what replaced what ----------------------------------------------------------------------------------------

    def replaced(
        self, listed: Mapping[str, Order], asked_at: int, present: Collection[str] | None = None
    ) -> Succession:
        """Find in a whole list what replaced what: amendments of other sessions, and ours that nothing else settled.

        Args:
            listed: its readable orders.
            asked_at: when it was asked for.
            present: every id in it, those of unreadable rows too; the readable ones if None.
        """
        beside = listed.keys() if present is None else present
        gone = {
            order_id: order
            for order_id, order in self.rows.items()
            if order_id not in beside and self._pushed_at.get(order_id, 0) < asked_at
        }
        new = {order_id: each for order_id, each in listed.items() if self._is_new(order_id, each)}
        result = Succession()
        for order_id, order in new.items():
            if order_id not in self._strangers:
                self._tie(order, beside, gone, result)
        self._ours(gone, listed, beside, result)
        bound = {order.order_id for order in result.heirs.values()}
        left = [order for old_id, order in gone.items() if old_id not in result.heirs and not self._is_tied(old_id)]
        announced = [order for order_id, order in new.items() if self._is_strange(order_id) and order_id not in bound]
        result.heirs.update(successors(left, announced))
        silent = [order for order_id, order in new.items() if order_id not in self._ids and order_id not in bound]
        result.heirs.update(namesakes([order for order in left if order.order_id not in result.heirs], silent))
        result.untied.difference_update(order.order_id for order in result.heirs.values())
        # One whose row says nothing usable may still be placed by the next list.
        unread = set(beside) - new.keys()
        self._strangers = {
            order_id: at for order_id, at in self._strangers.items() if at >= asked_at or order_id in unread
        }
        return result

    def _tie(self, order: Order, beside: Collection[str], gone: Mapping[str, Order], result: Succession) -> None:
        """Tie an order nobody announced to the one amendment that can have made it, if no other can have."""
        makers = [sent for sent in self.inflight.open_ones() if could_be(sent.command, order)]
        if any(sent.old_id in beside for sent in makers):
            result.untied.add(order.order_id)  # it rests beside the order that it would have replaced
            makers = [sent for sent in makers if sent.old_id not in beside]
        old_ids = {sent.old_id for sent in makers}
        if makers and any(old_id not in old_ids and same_shape(old, order) for old_id, old in gone.items()):
            result.untied.add(order.order_id)
            for sent in makers:
                sent.untied.add(order.order_id)
        elif order.order_id not in self._ids:
            self.inflight.shown(order, beside)

    def _ours(
        self, gone: Mapping[str, Order], listed: Mapping[str, Order], beside: Collection[str], result: Succession
    ) -> None:
        """Find the results of our own amendments among what was announced as the result of some amendment.

        Where a like order is gone as well, the result is known by elimination only: once ours had its time to be
        refused, and was not. After a break nobody knows whether it was.
        """
        for sent in self.inflight.open_ones():
            if sent.old_id in beside:
                sent.untied.clear()
                continue
            if sent.tentative or sent.old_id in self._dead:
                continue
            made = {
                order_id: order
                for order_id, order in listed.items()
                if (order_id in self._strangers or order_id in sent.untied) and could_be(sent.command, order)
            }
            alike = bool(sent.untied) or any(
                old_id != sent.old_id and same_shape(old, order)
                for order in made.values()
                for old_id, old in gone.items()
            )
            doubtful = sent.waiting or sent.held is not None or sent.broken
            others = any(self._made_elsewhere(sent, order, beside) for order in made.values())
            if len(made) == 1 and not others and not (alike and doubtful):
                result.heirs[sent.old_id] = next(iter(made.values()))
                result.made[sent.old_id] = sent
            else:
                result.untied.update(made)
                sent.untied.update(made)

    def _made_elsewhere(self, sent: Sent, order: Order, beside: Collection[str]) -> bool:
        """Return True if an amendment of another order that is gone may have made it as well."""
        return any(
            each.old_id not in (sent.old_id, *beside) and could_be(each.command, order)
            for each in self.inflight.open_ones()
        )

    def _is_new(self, order_id: str, order: Order) -> bool:
        """Return True if a listed order may be the result of an amendment nobody has placed yet."""
        return order.status is not OrderStatus.UNRECOGNISED and (
            order_id not in self._ids or self._is_strange(order_id)
        )

    def _is_strange(self, order_id: str) -> bool:
        """Return True if it is the result of an amendment not known to be ours, or of one taken for refused."""
        return order_id in self._strangers or any(sent.refused for sent in self.inflight.shown_as(order_id))

    def _is_tied(self, old_id: str) -> bool:
        """Return True if the new id of an amendment of this order was shown already."""
        return any(sent.tentative for sent in self.inflight.of(old_id))


def as_untied(order: Order) -> Order:
    """Mark an order as one whose terms do not tell which amendment made it."""
    if order.attribute(words.UNTIED):
        return order
    return replace(order, attributes=(*order.attributes, (words.UNTIED, "yes")))


def _older(order: Order, known: Order) -> bool:
    """Return True if this message is older than what is known: by QFEX's time, else by what was filled already."""
    if order.updated_at is not None and known.updated_at is not None and order.updated_at != known.updated_at:
        return order.updated_at < known.updated_at
    return order.is_open and order.filled < known.filled

"""The newest known row of every order: what keeps a late message from taking the picture back.

Bitget's rows carry no sequence number. They are ordered by `updatedTime`, pushes of the same `updatedTime` by the time
of the push; an order never goes back to fewer fills or from an end to open. A reply asked for long after the newest row
was learnt is newer whatever its time or its fills say: the venue's clock may have been set back, and a push, or a reply
before, may have been wrong. How many such replies it takes to show fewer fills than before is the desk's to judge.
What one source leaves out (a push may lack TP/SL, the delegate type and even the size, REST has no leverage) is kept
from the other.

One id under another side, symbol or market is kept apart: both readings reach the desk, which knows the contradiction,
and neither passes here for news of the other.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace

from app.domain.evidence import SECOND
from app.domain.order import Order, OrderKind, Side
from app.venues.bitget.wire import vocabulary as words

#: How far a reply may lag behind the pushes, in nanoseconds; one asked for later than that is not older than they are.
LAG = 4 * SECOND

#: Orders remembered; open ones are capped at 800 by the venue, the rest are ended ones.
_MOST = 5_000

_SAME_STATE = frozenset({"live", "new"})

Key = tuple[str, str, Side, str]


@dataclass(frozen=True, slots=True)
class Known:
    """The newest row of an order: when we learnt it (nanoseconds), and the push's own time where it was one."""

    order: Order
    seen_at: int
    pushed_ms: int | None = None


def key_of(order: Order) -> Key:
    """Return what never changes of an order: its market, symbol, side and id."""
    return (order.market, order.symbol, order.side, order.order_id)


class Newest:
    """Remembers the newest row of each order and refuses older ones."""

    def __init__(self) -> None:
        self._known: OrderedDict[Key, Known] = OrderedDict()

    def known(self, order: Order) -> Known | None:
        """The newest row of the same order, None if it was never seen."""
        return self._known.get(key_of(order))

    def admit(self, order: Order, seen_at: int, pushed_ms: int | None = None) -> Order | None:
        """Take a row in.

        Args:
            order: as just read.
            seen_at: when it was asked for, or when the push came.
            pushed_ms: the venue's time of the push, None for a reply.

        Returns:
            The row completed with what only the other source tells, or None if it is older than what is known.
        """
        key = key_of(order)
        before = self._known.get(key)
        if before is not None:
            if is_older(order, seen_at, pushed_ms, before):
                return None
            order = completed(order, before.order, pushed=pushed_ms is not None)
        # What a row tells is a word about that row, not one about the order.
        order = replace(order, attributes=tuple(each for each in order.attributes if each[0] != words.TOLD))
        pushed = pushed_ms if pushed_ms is not None or before is None else before.pushed_ms
        self._known[key] = Known(order, seen_at, pushed)
        self._known.move_to_end(key)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return order

    def open_markets(self) -> set[tuple[str, str]]:
        """(market, symbol) of every order that is open as far as known."""
        return {(known.order.market, known.order.symbol) for known in self._known.values() if known.order.is_open}


def is_older(order: Order, seen_at: int, pushed_ms: int | None, before: Known) -> bool:
    """Return True if a row is older than the one known; arguments as of `Newest.admit`."""
    known = before.order
    if pushed_ms is None and seen_at >= before.seen_at + LAG:
        return False
    if order.filled < known.filled:
        return True
    if known.status.is_terminal and not order.status.is_terminal:
        return True
    if order.updated_at is None or known.updated_at is None or order.updated_at != known.updated_at:
        return order.updated_at is not None and known.updated_at is not None and order.updated_at < known.updated_at
    return pushed_ms is not None and before.pushed_ms is not None and pushed_ms < before.pushed_ms


def completed(order: Order, known: Order, *, pushed: bool) -> Order:
    """The row with what its source leaves out taken from the known one."""
    mine = dict(order.attributes)
    extra = tuple((name, value) for name, value in known.attributes if name not in mine)
    order = replace(
        order,
        attributes=tuple(sorted((*order.attributes, *extra))),
        client_id=order.client_id or known.client_id,
        created_at=order.created_at if order.created_at is not None else known.created_at,
        reduce_only=order.reduce_only if order.reduce_only is not None else known.reduce_only,
    )
    if order.status is known.status and {order.raw_status, known.raw_status} <= _SAME_STATE:
        # Two words for one state, one from each source: a row that only changes its word has not changed.
        order = replace(order, raw_status=known.raw_status)
    told = order.attribute(words.TOLD).split()
    if told and words.SIZE not in told and order.kind is known.kind and known.kind is not OrderKind.MARKET:
        order = replace(order, quantity=max(order.quantity, known.quantity))
    if pushed:
        order = replace(
            order,
            take_profit=order.take_profit if words.TAKE_PROFIT in told else known.take_profit,
            stop_loss=order.stop_loss if words.STOP_LOSS in told else known.stop_loss,
        )
    return order

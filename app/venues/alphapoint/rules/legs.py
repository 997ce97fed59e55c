"""The two halves of a replacement: the row may follow the new order only once the old one is known to have ended.

`CancelReplaceOrder` is not documented to be atomic. The venue may keep both orders, or cancel the old one and refuse
the new one, and its events come in any order. So a replacement that shows up while its old order may still work is held
back for a while; then the two are shown as one order that moved, or as the two orders they are. Pure bookkeeping: no
clock, no I/O.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from app.domain.amendment import Command
from app.domain.order import Order, OrderStatus
from app.venues.alphapoint.rules.judge import (
    NAMED,
    OLD_LEG,
    OLD_LEG_ENDED,
    OLD_LEG_WORKING,
    RESTING,
)
from app.venues.alphapoint.rules.rulebook import SETTLE
from app.venues.alphapoint.rules.standing import Standing
from app.venues.alphapoint.rules.swaps import Refusal, Swap, Swaps, Wanted


@dataclass(frozen=True, slots=True)
class Showing:
    """An order to show now; `replaces` is the id it took over from, "" where it is an order of its own."""

    order: Order
    replaces: str = ""


@dataclass(slots=True)
class _Beside:
    """The newest state of a replacement that is shown as an order of its own, and since when it is."""

    order: Order
    since: int


class Legs:
    """The replacements that were asked for in this run, and which orders are known to have ended."""

    def __init__(self) -> None:
        self._swaps = Swaps()
        self._standing = Standing()
        self._beside: dict[str, _Beside] = {}
        self._two: set[str] = set()

    def began(self, command: Command, at: int, since: int | None = None) -> None:
        """A replacement is about to leave; `since` is the newest time of the venue's own that is known by now."""
        self._swaps.began(command, at, since)
        self._two.discard(command.order.order_id)
        self.note(command.order)

    def answered(self, command: Command, new_id: str) -> None:
        """The venue named the replacing order in its reply."""
        self._swaps.answered(command, new_id)

    def dropped(self, command: Command) -> None:
        """The replacement was refused, or never left."""
        self._swaps.dropped(command)

    def refused(
        self,
        old_id: str,
        client_id: str,
        new_id: str = "",
        price: Decimal | None = None,
        quantity: Decimal | None = None,
    ) -> Refusal | None:
        """Return what a reject event speaks of, as `Swaps.refused`; where it is certain, what it made is apart."""
        return self._parted(self._swaps.refused(old_id, client_id, new_id, price, quantity))

    def rejected(self, order: Order) -> Refusal | None:
        """The same by an order the venue shows as rejected."""
        return self._parted(self._swaps.rejected(order))

    def wanted(self, order_id: str) -> Wanted | None:
        """Return what is to replace this order, if that was asked for in this run."""
        return self._swaps.wanted(order_id)

    def note(self, order: Order) -> None:
        """Remember whether the order has ended, without showing it."""
        self._standing.note(order)

    def has_ended(self, order_id: str) -> bool:
        """Return True if the venue showed this order as ended, or its replacement without it."""
        return order_id in self._standing.ended

    def knows(self, order_id: str) -> bool:
        """Return True if the venue showed an order of this id."""
        return self._standing.knows(order_id)

    def is_apart(self, order_id: str) -> bool:
        """Return True if what was to replace this order is shown beside it, as an order of its own."""
        return order_id in self._two or order_id in self._beside

    def lacks_heir(self, order_id: str) -> bool:
        """Return True if a replacement of this order was asked for in this run and none is seen."""
        pending = self._swaps.pending.get(order_id)
        return pending is not None and pending.held is None and not self.knows(pending.new_id)

    def see(self, order: Order, at: int) -> tuple[Showing, ...]:
        """Return what to show now that the venue showed one order at time `at`; the new half of a pair comes first.

        An order in a state that nobody knows is shown and tells nothing: neither whose it is, nor that it works.
        """
        self.note(order)
        if order.status is OrderStatus.UNRECOGNISED:
            return (Showing(order),)
        original = self._original_of(order)
        if original in self._beside:
            self._beside[original].order = order
        old = self._swaps.pending.get(order.order_id)
        released = self._release(old, at) if old is not None else ()
        if old is not None or order.order_id in self._beside:
            return (*released, *self._heir(order, at), Showing(self._marked(order)))
        pending = self._swaps.of(order)
        if pending is None and original in self._two:
            return (Showing(self._marked(order)),)
        if pending is None:
            if not original or self._standing.has_gone(original):
                return (Showing(self._marked(order), original),)
            self._set_beside(original, order, at)
            return (Showing(self._marked(order)),)
        old_id = pending.command.order.order_id
        if old_id in self._standing.ended:
            pending.held = None
            return (Showing(self._marked(order), "" if pending.apart else old_id),)
        if pending.apart or at >= pending.written_at + SETTLE:
            pending.apart, pending.held = True, None
            self._set_beside(old_id, order, at)
            return (Showing(self._marked(order)),)
        pending.held = order
        return ()

    def followed(self, orders: Sequence[Order], present: Container[str]) -> tuple[Showing, ...]:
        """Orders of a complete list that took the place of one which was open and is not in it any more.

        Args:
            orders: the readable ones.
            present: ids of all.
        """
        heirs: dict[str, list[Order]] = {}
        for order in orders:
            original = self._original_of(order)
            if original in self._standing.working and original not in present and order.status in RESTING:
                heirs.setdefault(original, []).append(order)
        followed: list[Showing] = []
        for original, takers in heirs.items():
            if len(takers) == 1 and not self.is_apart(original):
                self._standing.end(original)
                followed.append(Showing(self._marked(takers[0]), original))
        return tuple(followed)

    def listed(
        self, orders: Sequence[Order], at: int, *, complete: bool, unreadable: Sequence[str] = ()
    ) -> tuple[Order, ...]:
        """The orders of a list to show now. In a complete list a replacement without its old order proves its end.

        Args:
            orders: the readable ones.
            at: when the list was asked for.
            complete: nothing is missing from it.
            unreadable: ids of orders that are in it as well.
        """
        present = {order.order_id for order in orders} | set(unreadable)
        for order in orders:
            original = self._original_of(order)
            if complete and original and original not in present and order.status in RESTING:
                self._standing.end(original)
        self._standing.listed(unreadable, complete=complete)
        for order in orders:
            self.note(order)
        shown: list[Order] = []
        for order in orders:
            if order.status is OrderStatus.UNRECOGNISED:
                shown.append(order)
                continue
            pending = self._swaps.of(order)
            if pending is None:
                original = self._original_of(order)
                if original in self._standing.working:
                    self._set_beside(original, order, at)
                shown.append(self._marked(order))
                continue
            shown.extend(showing.order for showing in self.see(order, at))
        return tuple(shown)

    def together(self) -> tuple[tuple[str, str], ...]:
        """Pairs (old id, new id) of orders that both work although one was to replace the other; told once each."""
        found = []
        for old_id, pending in self._swaps.pending.items():
            if pending.apart and pending.new_id in self._standing.working and old_id in self._standing.working:
                found.append((old_id, pending.new_id))
        for old_id, _ in found:
            del self._swaps.pending[old_id]
        return tuple(found)

    def _release(self, pending: Swap, at: int) -> tuple[Showing, ...]:
        """Show a held replacement once the old order has ended, or once waiting for that is over."""
        if pending.held is None:
            return ()
        old_id = pending.command.order.order_id
        if old_id in self._standing.ended:
            order, pending.held = pending.held, None
            return (Showing(self._marked(order), old_id),)
        if at >= pending.written_at + SETTLE:
            order, pending.held, pending.apart = pending.held, None, True
            self._set_beside(old_id, order, at)
            return (Showing(self._marked(order)),)
        return ()

    def _set_beside(self, original: str, order: Order, at: int) -> None:
        if original not in self._two:
            self._beside.setdefault(original, _Beside(order, at)).order = order

    def _parted(self, refusal: Refusal | None) -> Refusal | None:
        """The venue refused the replacement: what it made even so, and the old order, are two for good."""
        if refusal is not None and refusal.certain:
            self._beside.pop(refusal.command.order.order_id, None)
            self._two.add(refusal.command.order.order_id)
        return refusal

    def _heir(self, order: Order, at: int) -> tuple[Showing, ...]:
        """The replacement that was shown as an order of its own, if the end of its old order belongs to it.

        The two halves of one replacement come within the settling time, by the venue's own times or by ours. An end
        that comes later is one of its own.
        """
        if order.order_id not in self._beside or order.order_id not in self._standing.ended:
            return ()
        beside = self._beside.pop(order.order_id)
        if not _belong(order, beside.order) and at > beside.since + SETTLE:
            self._two.add(order.order_id)
            return ()
        return (Showing(self._marked(beside.order), order.order_id),)

    def _original_of(self, order: Order) -> str:
        pending = self._swaps.of(order)
        return pending.command.order.order_id if pending is not None else order.attribute("orig_order_id")

    def _marked(self, order: Order) -> Order:
        """The order with what is known of the one it replaced, for the verdict on both halves."""
        original = self._original_of(order)
        pending = self._swaps.of(order)
        if pending is not None and not order.client_id and not order.attribute(NAMED):
            order = replace(order, attributes=(*order.attributes, (NAMED, str(pending.command.request_id))))
        if not original or order.attribute(OLD_LEG):
            return order
        if original in self._standing.ended:
            word = OLD_LEG_ENDED
        elif original in self._standing.working:
            word = OLD_LEG_WORKING
        else:
            return order
        attributes = [*order.attributes, (OLD_LEG, word)]
        if not order.attribute("orig_order_id"):
            # Older versions' events lack it; we know it from the reply or from our own client id.
            attributes.append(("orig_order_id", original))
        return replace(order, attributes=tuple(attributes))


def _belong(old: Order, new: Order) -> bool:
    """Return True if the venue ended the old order about when it made the new one."""
    if old.updated_at is None or new.created_at is None:
        return False
    return abs(old.updated_at - new.created_at) <= SETTLE

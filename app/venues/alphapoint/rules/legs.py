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
from app.domain.money import ZERO
from app.domain.order import Order, OrderStatus
from app.venues.alphapoint.rules.judge import (
    NAMED,
    OLD_LEG,
    OLD_LEG_ENDED,
    OLD_LEG_WORKING,
    RESTING,
    is_replacement,
)
from app.venues.alphapoint.rules.rulebook import SETTLE


@dataclass(frozen=True, slots=True)
class Showing:
    """An order to show now; `replaces` is the id it took over from, "" where it is an order of its own."""

    order: Order
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A replacement the venue refused after it had taken the request; `held` is a new order that came about even so.

    `certain` is False where the venue does not say which request for that order it refused: somebody else on the
    account may have asked for one as well.
    """

    command: Command
    held: Order | None = None
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """Order to look for in place of another.

    Attributes:
        request_id: the client id of the replacement asked for.
        since: venue time before which it cannot have been made, None if not known.
        settled_at: our time from which on its absence counts.
    """

    request_id: int
    since: int | None
    settled_at: int


@dataclass(slots=True)
class _Pending:
    command: Command
    written_at: int
    since: int | None = None
    new_id: str = ""
    held: Order | None = None
    apart: bool = False


@dataclass(slots=True)
class _Beside:
    """The newest state of a replacement that is shown as an order of its own, and since when it is."""

    order: Order
    since: int


class Legs:
    """The replacements that were asked for in this run, and which orders are known to have ended."""

    def __init__(self) -> None:
        self._pending: dict[str, _Pending] = {}
        self._ended: set[str] = set()
        self._open: set[str] = set()
        self._beside: dict[str, _Beside] = {}
        self._two: set[str] = set()
        #: Orders that are there and of which nobody knows whether they work.
        self._unknown: set[str] = set()
        self._listed = False

    def began(self, command: Command, at: int, since: int | None = None) -> None:
        """A replacement is about to leave; `since` is the newest time of the venue's own that is known by now."""
        times = [each for each in (since, command.order.created_at) if each is not None]
        self._pending[command.order.order_id] = _Pending(command, at, max(times, default=None))
        self._two.discard(command.order.order_id)
        self.note(command.order)

    def answered(self, command: Command, new_id: str) -> None:
        """The venue named the replacing order in its reply."""
        pending = self._pending.get(command.order.order_id)
        if pending is not None and pending.command is command:
            pending.new_id = new_id

    def dropped(self, command: Command) -> None:
        """The replacement was refused, or never left."""
        pending = self._pending.get(command.order.order_id)
        if pending is not None and pending.command is command:
            del self._pending[command.order.order_id]

    def refused(
        self,
        old_id: str,
        client_id: str,
        new_id: str = "",
        price: Decimal | None = None,
        quantity: Decimal | None = None,
    ) -> Refusal | None:
        """Return what a reject event speaks of; the command is dropped where it is certain.

        A client id that is there decides alone: another one is another request's, even for the same order. Without it
        only the id the reply named makes it ours; the old order's says no more than that it may be. One that names
        another order, or terms nobody asked for here, is not ours, whatever else it says.

        Args:
            old_id: the order that was to be replaced, "" if not told.
            client_id: of the request, "" if not told.
            new_id: the order that was to take its place, "" if not told.
            price, quantity: terms of the request, None where not told.
        """
        for pending in self._pending.values():
            command = pending.command
            if old_id and old_id != command.order.order_id:
                continue
            if _differs(price, command.target.price) or _differs(quantity, command.target.remaining):
                continue
            if client_id == str(command.request_id) or (not client_id and new_id and new_id == pending.new_id):
                self._part(command.order.order_id)
                return Refusal(command, pending.held)
            if not client_id and old_id and old_id == command.order.order_id:
                return Refusal(command, certain=False)
        return None

    def rejected(self, order: Order) -> Refusal | None:
        """The same by an order the venue shows as rejected."""
        if order.status is not OrderStatus.REJECTED:
            return None
        price = order.price if order.price != ZERO else None
        return self.refused(order.attribute("orig_order_id"), order.client_id, order.order_id, price)

    def has_ended(self, order_id: str) -> bool:
        """Return True if the venue showed this order as ended, or its replacement without it."""
        return order_id in self._ended

    def knows(self, order_id: str) -> bool:
        """Return True if the venue showed an order of this id."""
        return order_id in self._open or order_id in self._ended

    def is_apart(self, order_id: str) -> bool:
        """Return True if what was to replace this order is shown beside it, as an order of its own."""
        return order_id in self._two or order_id in self._beside

    def wanted(self, order_id: str) -> Wanted | None:
        """Return what is to replace this order, if that was asked for in this run."""
        pending = self._pending.get(order_id)
        if pending is None:
            return None
        return Wanted(pending.command.request_id, pending.since, pending.written_at + SETTLE)

    def lacks_heir(self, order_id: str) -> bool:
        """Return True if a replacement of this order was asked for in this run and none is seen."""
        pending = self._pending.get(order_id)
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
        old = self._pending.get(order.order_id)
        released = self._release(old, at) if old is not None else ()
        if old is not None or order.order_id in self._beside:
            return (*released, *self._heir(order, at), Showing(self._marked(order)))
        pending = self._pending_of(order)
        if pending is None and original in self._two:
            return (Showing(self._marked(order)),)
        if pending is None:
            if not original or self._has_gone(original):
                return (Showing(self._marked(order), original),)
            self._set_beside(original, order, at)
            return (Showing(self._marked(order)),)
        old_id = pending.command.order.order_id
        if old_id in self._ended:
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
            if original in self._open and original not in present and order.status in RESTING:
                heirs.setdefault(original, []).append(order)
        followed: list[Showing] = []
        for original, takers in heirs.items():
            if len(takers) == 1 and not self.is_apart(original):
                self._ended.add(original)
                self._open.discard(original)
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
        self._listed = self._listed or complete
        for order in orders:
            original = self._original_of(order)
            if complete and original and original not in present and order.status in RESTING:
                self._ended.add(original)
                self._open.discard(original)
        self._unknown.update(unreadable)
        for order in orders:
            self.note(order)
        shown: list[Order] = []
        for order in orders:
            if order.status is OrderStatus.UNRECOGNISED:
                shown.append(order)
                continue
            pending = self._pending_of(order)
            if pending is None:
                original = self._original_of(order)
                if original in self._open:
                    self._set_beside(original, order, at)
                shown.append(self._marked(order))
                continue
            shown.extend(showing.order for showing in self.see(order, at))
        return tuple(shown)

    def together(self) -> tuple[tuple[str, str], ...]:
        """Pairs (old id, new id) of orders that both work although one was to replace the other; told once each."""
        found = []
        for old_id, pending in self._pending.items():
            if pending.apart and pending.new_id in self._open and old_id in self._open:
                found.append((old_id, pending.new_id))
        for old_id, _ in found:
            del self._pending[old_id]
        return tuple(found)

    def _release(self, pending: _Pending, at: int) -> tuple[Showing, ...]:
        """Show a held replacement once the old order has ended, or once waiting for that is over."""
        if pending.held is None:
            return ()
        old_id = pending.command.order.order_id
        if old_id in self._ended:
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

    def _part(self, old_id: str) -> None:
        """The venue refused the replacement: what it made even so, and the old order, are two for good."""
        self._pending.pop(old_id, None)
        self._beside.pop(old_id, None)
        self._two.add(old_id)

    def _heir(self, order: Order, at: int) -> tuple[Showing, ...]:
        """The replacement that was shown as an order of its own, if the end of its old order belongs to it.

        The two halves of one replacement come within the settling time, by the venue's own times or by ours. An end
        that comes later is one of its own.
        """
        if order.order_id not in self._beside or order.order_id not in self._ended:
            return ()
        beside = self._beside.pop(order.order_id)
        if not _belong(order, beside.order) and at > beside.since + SETTLE:
            self._two.add(order.order_id)
            return ()
        return (Showing(self._marked(beside.order), order.order_id),)

    def _has_gone(self, order_id: str) -> bool:
        """Return True if an order no longer works. Before the first whole list, one that nobody spoke of may well."""
        unheard = order_id not in self._open and order_id not in self._unknown
        return order_id in self._ended or (self._listed and unheard)

    def note(self, order: Order) -> None:
        """Remember whether the order has ended, without showing it; an end is never taken back."""
        self._unknown.discard(order.order_id)
        if order.status is OrderStatus.UNRECOGNISED:
            self._unknown.add(order.order_id)
        elif order.status.is_terminal:
            self._ended.add(order.order_id)
            self._open.discard(order.order_id)
        elif order.order_id not in self._ended:
            self._open.add(order.order_id)

    def _pending_of(self, order: Order) -> _Pending | None:
        for pending in self._pending.values():
            if order.order_id == pending.new_id or is_replacement(pending.command, order):
                pending.new_id = order.order_id
                return pending
        return None

    def _original_of(self, order: Order) -> str:
        pending = self._pending_of(order)
        return pending.command.order.order_id if pending is not None else order.attribute("orig_order_id")

    def _marked(self, order: Order) -> Order:
        """The order with what is known of the one it replaced, for the verdict on both halves."""
        original = self._original_of(order)
        pending = self._pending_of(order)
        if pending is not None and not order.client_id and not order.attribute(NAMED):
            order = replace(order, attributes=(*order.attributes, (NAMED, str(pending.command.request_id))))
        if not original or order.attribute(OLD_LEG):
            return order
        if original in self._ended:
            word = OLD_LEG_ENDED
        elif original in self._open:
            word = OLD_LEG_WORKING
        else:
            return order
        attributes = [*order.attributes, (OLD_LEG, word)]
        if not order.attribute("orig_order_id"):
            # Older versions' events lack it; we know it from the reply or from our own client id.
            attributes.append(("orig_order_id", original))
        return replace(order, attributes=tuple(attributes))


def _differs(stated: Decimal | None, asked: Decimal | None) -> bool:
    """Return True if a term is stated and is not the one asked for."""
    return stated is not None and asked is not None and stated != asked


def _belong(old: Order, new: Order) -> bool:
    """Return True if the venue ended the old order about when it made the new one."""
    if old.updated_at is None or new.created_at is None:
        return False
    return abs(old.updated_at - new.created_at) <= SETTLE

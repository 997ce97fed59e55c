"""The two halves of a replacement as a careful connector shows them: the new one not before the end of the old one.

A replacement that turns up while the order it was to replace may still work is held back for a while; then the two are
shown as one order that moved, or as the two orders they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.domain.amendment import Command
from app.domain.evidence import SECOND
from app.domain.order import Order

#: Attributes of a new leg: the order it replaced, and what is known of that one.
ORIGINAL = "orig_order_id"
OLD_LEG = "old_leg"
ENDED, WORKING = "ended", "working"

#: Time a new leg that turns up late waits for the end of the old one.
LINGER = 2 * SECOND


@dataclass(slots=True)
class _Pair:
    command: Command
    written_at: int
    held: Order | None = None
    held_at: int | None = None
    apart: bool = False


class Pairs:
    """Replacements of this run, as a connector remembers them."""

    def __init__(self, hold: int) -> None:
        """Remember nothing yet.

        Args:
            hold: time after the write a new leg waits for the end of the old one; 0 for no such care.
        """
        self._hold = hold
        self._pairs: dict[str, _Pair] = {}
        self._ended: set[str] = set()
        self._open: set[str] = set()
        self._beside: dict[str, tuple[Order, int]] = {}
        self._two: set[str] = set()
        self._listed = False

    def began(self, command: Command, at: int) -> None:
        """A replacement is about to leave."""
        if self._hold:
            self._pairs[command.order.order_id] = _Pair(command, at)
            self._two.discard(command.order.order_id)
            self.note(command.order)

    def dropped(self, command: Command) -> Order | None:
        """The replacement was refused or never left; gives a new order that was held back even so."""
        pair = self._pairs.pop(command.order.order_id, None)
        self._beside.pop(command.order.order_id, None)
        self._two.add(command.order.order_id)
        return pair.held if pair is not None else None

    def note(self, order: Order) -> None:
        """Remember whether an order has ended; an end is never taken back."""
        if not order.is_open:
            self._ended.add(order.order_id)
            self._open.discard(order.order_id)
        elif order.order_id not in self._ended:
            self._open.add(order.order_id)

    def see(self, order: Order, at: int) -> list[tuple[Order, str]]:
        """Rows to show now that one order was seen, each with the id it replaced."""
        if not self._hold:
            return [(order, "")]
        self.note(order)
        original = order.attribute(ORIGINAL)
        if original in self._beside:
            self._set_beside(original, order, at)
        old = self._pairs.get(order.order_id)
        if old is not None or order.order_id in self._beside:
            released = self._release(old, at) if old is not None else []
            return [*released, *self._heir(order, at), (order, "")]
        pair = self._pair_of(order)
        if pair is None:
            if not original or self._has_gone(original):
                return [(self._marked(order), original)]
            self._set_beside(original, order, at)
            return [(self._marked(order), "")]
        if original in self._ended:
            pair.held = None
            return [(self._marked(order), "" if pair.apart else original)]
        if pair.held_at is None:
            pair.held_at = at
        if self._is_over(pair, at):
            pair.apart, pair.held = True, None
            self._set_beside(original, order, at)
            return [(self._marked(order), "")]
        pair.held = order
        return []

    def overdue(self, at: int) -> list[tuple[Order, str]]:
        """New legs that have waited long enough."""
        return [row for pair in self._pairs.values() for row in self._release(pair, at)]

    def listed(self, orders: Iterable[Order], at: int, *, complete: bool) -> list[Order]:
        """The orders of a list to show now; in a whole list a new leg without its old order proves that one's end."""
        orders = list(orders)
        if not self._hold:
            return orders
        present = {order.order_id for order in orders}
        self._listed = self._listed or complete
        for order in orders:
            original = order.attribute(ORIGINAL)
            if complete and original and original not in present:
                self._ended.add(original)
                self._open.discard(original)
            pair = self._pair_of(order)
            if pair is not None and complete and original in present and at >= pair.written_at + self._hold:
                # Both are there, and the time in which that may be a step on the way is over.
                pair.apart = True
        for order in orders:
            self.note(order)
        shown: list[Order] = []
        for order in orders:
            if self._pair_of(order) is not None:
                shown.extend(row for row, _ in self.see(order, at))
            else:
                original = order.attribute(ORIGINAL)
                if original in self._open:
                    self._set_beside(original, order, at)
                shown.append(self._marked(order))
        return shown

    def _pair_of(self, order: Order) -> _Pair | None:
        """The replacement an order is the new half of: by the client id it was sent with."""
        pair = self._pairs.get(order.attribute(ORIGINAL))
        return pair if pair is not None and order.client_id == str(pair.command.request_id) else None

    def _release(self, pair: _Pair, at: int) -> list[tuple[Order, str]]:
        held = pair.held
        if held is None:
            return []
        old_id = pair.command.order.order_id
        if old_id in self._ended:
            pair.held = None
            return [(self._marked(held), old_id)]
        if self._is_over(pair, at):
            pair.held, pair.apart = None, True
            self._set_beside(old_id, held, at)
            return [(self._marked(held), "")]
        return []

    def _set_beside(self, original: str, order: Order, at: int) -> None:
        if original not in self._two:
            self._beside[original] = (order, self._beside.get(original, (order, at))[1])

    def _heir(self, order: Order, at: int) -> list[tuple[Order, str]]:
        """The new leg that was shown as an order of its own, if the end of its old order may still be due to it."""
        if order.order_id not in self._beside or order.order_id not in self._ended:
            return []
        beside, since = self._beside.pop(order.order_id)
        belongs = at <= since + self._hold or self._at_once(order, beside)
        return [(self._marked(beside), order.order_id)] if belongs else []

    def _at_once(self, old: Order, new: Order) -> bool:
        """Return True if the venue ended the old order about when it made the new one, by its own times."""
        if old.updated_at is None or new.created_at is None:
            return False
        return abs(old.updated_at - new.created_at) <= self._hold

    def _has_gone(self, order_id: str) -> bool:
        """Return True if an order no longer works. Before the first whole list, one that nobody spoke of may well."""
        return order_id in self._ended or (self._listed and order_id not in self._open)

    def _is_over(self, pair: _Pair, at: int) -> bool:
        """Return True if the wait for the old order's end is over; a new leg that turns up late waits a little too."""
        if pair.apart:
            return True
        return pair.held_at is not None and at >= max(pair.written_at + self._hold, pair.held_at + LINGER)

    def _marked(self, order: Order) -> Order:
        original = order.attribute(ORIGINAL)
        if not original or order.attribute(OLD_LEG):
            return order
        word = ENDED if original in self._ended else WORKING if original in self._open else ""
        return replace(order, attributes=(*order.attributes, (OLD_LEG, word))) if word else order

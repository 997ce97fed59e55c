"""Replacements that were asked for in this run: whose an order, a reply or a refusal is. Pure: no clock, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.domain.amendment import Command
from app.domain.money import ZERO
from app.domain.order import Order, OrderStatus
from app.venues.alphapoint.rules.judge import is_replacement
from app.venues.alphapoint.rules.rulebook import SETTLE


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
class Swap:
    """One replacement that was asked for.

    Attributes:
        command: asks for it.
        written_at: our time at which it left.
        since: venue time before which it cannot have been made, None if not known.
        new_id: the order that came of it, "" while that is not known.
        held: the new order, not shown yet.
        apart: it is shown beside the old one.
    """

    command: Command
    written_at: int
    since: int | None = None
    new_id: str = ""
    held: Order | None = None
    apart: bool = False


class Swaps:
    """Replacements under way.

    Attributes:
        pending: by the id of the old order.
    """

    def __init__(self) -> None:
        self.pending: dict[str, Swap] = {}

    def began(self, command: Command, at: int, since: int | None = None) -> None:
        """A replacement is about to leave; `since` is the newest time of the venue's own that is known by now."""
        times = [each for each in (since, command.order.created_at) if each is not None]
        self.pending[command.order.order_id] = Swap(command, at, max(times, default=None))

    def answered(self, command: Command, new_id: str) -> None:
        """The venue named the replacing order in its reply."""
        pending = self.pending.get(command.order.order_id)
        if pending is not None and pending.command is command:
            pending.new_id = new_id

    def dropped(self, command: Command) -> None:
        """The replacement was refused, or never left."""
        pending = self.pending.get(command.order.order_id)
        if pending is not None and pending.command is command:
            del self.pending[command.order.order_id]

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
        for pending in self.pending.values():
            command = pending.command
            if old_id and old_id != command.order.order_id:
                continue
            if _differs(price, command.target.price) or _differs(quantity, command.target.remaining):
                continue
            if client_id == str(command.request_id) or (not client_id and new_id and new_id == pending.new_id):
                del self.pending[command.order.order_id]
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

    def wanted(self, order_id: str) -> Wanted | None:
        """Return what is to replace this order, if that was asked for in this run."""
        pending = self.pending.get(order_id)
        if pending is None:
            return None
        return Wanted(pending.command.request_id, pending.since, pending.written_at + SETTLE)

    def of(self, order: Order) -> Swap | None:
        """Return the replacement that this order is the new half of, None if it is of none."""
        for pending in self.pending.values():
            if order.order_id == pending.new_id or is_replacement(pending.command, order):
                pending.new_id = order.order_id
                return pending
        return None


def _differs(stated: Decimal | None, asked: Decimal | None) -> bool:
    """Return True if a term is stated and is not the one asked for."""
    return stated is not None and asked is not None and stated != asked

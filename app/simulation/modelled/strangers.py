"""Other sessions of the same account: they change, replace and cancel orders like ours while ours is under way.

What they do has the very terms that ours asks for, which is the worst that can be taken for it.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random

from app.domain.amendment import Command, Source
from app.domain.evidence import SECOND
from app.domain.order import Order, OrderStatus
from app.simulation.modelled.behaviour import MILLISECOND, EndRecord
from app.simulation.modelled.engine import as_asked
from app.simulation.modelled.faults import FaultKind
from app.simulation.modelled.stage import Cause, Waiting
from app.simulation.modelled.wires import Wires


class Strangers:
    """Other sessions of one account, and what the venue tells of our amendment that proves nothing."""

    def __init__(self, wires: Wires) -> None:
        """Do nothing by itself."""
        self._wires = wires
        self._engine = wires.engine
        self._stage = wires.stage
        self._behaviour = wires.behaviour

    def plan(self, waiting: Waiting, within: int) -> None:
        """Plan what they do while a request of ours travels."""
        cause, command = waiting.cause, waiting.command
        deeds: dict[FaultKind, Callable[[Random], bool]] = {
            FaultKind.LIKE_CHANGED: lambda dice: self._change_like(command, cause, dice),
            FaultKind.LIKE_REPLACED: lambda dice: self._replace_like(command, cause, dice),
            FaultKind.LIKE_CANCELLED: lambda dice: self._cancel_like(command, cause, dice),
            FaultKind.STRANGERS_REFUSAL: lambda dice: self._refuse(waiting),
            FaultKind.UNKNOWN_TERMS: lambda dice: self._murmur(command, cause, dice),
            FaultKind.REJECTED_TERMS: lambda dice: self._reject(command, cause),
        }
        for fault, deed in deeds.items():
            if fault in cause.faults:
                dice = Random(f"{fault.value} {command.amendment_id} {self._stage.now}")
                self._stage.later(dice.randint(0, max(within, 1)), self._done(fault, deed, cause, dice))

    def _done(self, fault: FaultKind, deed: Callable[[Random], bool], cause: Cause, dice: Random) -> Callable[[], None]:
        def do() -> None:
            if deed(dice):
                self._stage.struck(fault, self._wires.account, cause.amendment_id)

        return do

    def altered(self, order_id: str, price: Decimal, quantity: Decimal, cause: Cause, dice: Random) -> bool:
        """Somebody else changes an order in the way the venue has for it; returns whether it could."""
        wires, now, engine = self._wires, self._stage.now, self._engine
        if not any(way.new_id and not way.two_legs for way in self._behaviour.ways.values()):
            changed = engine.alter(now, order_id, price, quantity, new_id=False, linked=True).changed
            for row, _ in changed:
                wires.push(row, cause)
            return bool(changed)
        # The new id is tied to the old one only by a list that is read at once; otherwise nobody can tell.
        linked = wires.live and order_id in wires.known and dice.random() < 0.5
        outcome = engine.alter(now, order_id, price, quantity, new_id=True, linked=linked)
        if linked and outcome.changed:
            row, replaced = outcome.changed[-1]
            wires.show(row, Source.LOOKUP, now, replaced)
        elif wires.live:
            wires.reads.list_orders()
        return bool(outcome.changed)

    # -- orders like ours ----------------------------------------------------------------------------------------------

    def _like(self, command: Command, dice: Random) -> tuple[Order, Decimal, Decimal] | None:
        """Another open order of the same side, and the terms that ours asks for as it could have them."""
        ours = self._engine.chain_of(command.order.order_id).last
        alike = sorted(
            order.order_id
            for order in self._engine.open_orders()
            if order.side is command.order.side and order.order_id != ours
        )
        if not alike:
            return None
        like = self._engine.orders[dice.choice(alike)]
        asked = as_asked(command.order, command.target)
        return like, asked.price or self._wires.model.mid, asked.quantity

    def _change_like(self, command: Command, cause: Cause, dice: Random) -> bool:
        found = self._like(command, dice)
        if found is None:
            return False
        like, price, quantity = found
        if self._behaviour.only_reduces:
            price = like.price or price
            if not like.filled < quantity < like.quantity:
                return False
        if (price, quantity) == (like.price, like.quantity):
            return False
        return self.altered(like.order_id, price, quantity, cause, dice)

    def _replace_like(self, command: Command, cause: Cause, dice: Random) -> bool:
        """Cancel it and enter another one with our terms; told as that, where the connector listens."""
        wires, found = self._wires, self._like(command, dice)
        if found is None or not wires.live:
            return False
        like, price, quantity = found
        changed = self._engine.take_place(self._stage.now, like.order_id, price, quantity).changed
        for row, _ in changed:
            if row.is_open:
                wires.added.add(row.order_id)
            if self._behaviour.pushes:
                wires.show(row, Source.PUSH, None)
        return bool(changed)

    def _cancel_like(self, command: Command, cause: Cause, dice: Random) -> bool:
        found = self._like(command, dice)
        ended = self._engine.cancel(self._stage.now, found[0].order_id, "cancelled elsewhere") if found else None
        if ended is not None:
            self._wires.push(ended, cause)
        return ended is not None

    # -- our order -----------------------------------------------------------------------------------------------------

    def _refuse(self, waiting: Waiting) -> bool:
        """Their request of our order is refused, which every session sees, and nothing tells that it is not ours."""
        if not self._wires.live or not waiting.open:
            return False
        self._wires.unanswered(waiting, "It was refused, or another request of this order was.")
        self._wires.reads.list_orders()
        return True

    def _murmur(self, command: Command, cause: Cause, dice: Random) -> bool:
        """The venue shows the order in a state nobody knows with the terms asked for, whether it has them or not."""
        order = self._engine.orders[self._engine.chain_of(command.order.order_id).last]
        if not order.is_open:
            return False
        lasts = dice.choice((50 * MILLISECOND, SECOND, 12 * SECOND))
        self._wires.lies.murmur(order.order_id, command.target, dice.randint(0, 99), lasts)
        self._wires.push(order, cause)
        return True

    def _reject(self, command: Command, cause: Cause) -> bool:
        """The order is rejected with the terms asked for: it has ended, and never worked with them."""
        assert self._behaviour.ended is EndRecord.ROW
        order_id = self._engine.chain_of(command.order.order_id).last
        ended = self._engine.reject(self._stage.now, order_id, command.target)
        if ended is None:
            return False
        assert ended.status is OrderStatus.REJECTED
        self._wires.push(ended, cause)
        return True

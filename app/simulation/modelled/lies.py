"""Telling what is not so: values no order can have, false fills, and states nobody knows with the terms asked for.

A connector turns away at its own door what it can; the same values are told raw as well, for the fold's own door. The
engine knows the truth throughout, and it is told again when the fault is over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.money import ZERO, exact
from app.domain.order import Order, OrderStatus, Side
from app.domain.plan import Terms
from app.simulation.modelled.engine import as_asked
from app.simulation.modelled.faults import FaultKind
from app.simulation.modelled.line import Line

#: States that no list of a venue has.
_WORDS = ("modify_failed", "frozen", "", "moonlighting", "live ")

#: One message in so many is a lie while a fault of that kind lasts.
_EVERY = 2


def _overfilled(order: Order) -> Order:
    return replace(order, filled=order.quantity * 2)


def _absurd_fill(order: Order) -> Order:
    return replace(order, filled=Decimal(99999))


def _negative(order: Order) -> Order:
    return replace(order, price=-(order.price or Decimal(1)))


def _no_price(order: Order) -> Order:
    return replace(order, price=None)


def _endless(order: Order) -> Order:
    return replace(order, quantity=Decimal("1e9999"))


def _other_side(order: Order) -> Order:
    return replace(order, side=Side.SELL if order.side is Side.BUY else Side.BUY)


def _other_symbol(order: Order) -> Order:
    return replace(order, symbol="DOGEXMR")


#: Changes of a row, and whether somebody who has never seen the order may believe it.
_LIES: tuple[tuple[Callable[[Order], Order], bool], ...] = (
    (_overfilled, False),
    (_absurd_fill, False),
    (_negative, False),
    (_no_price, False),
    (_endless, False),
    (_other_side, True),
    (_other_symbol, True),
)


class Lies:
    """Untruths of one account."""

    def __init__(self, wires: Line) -> None:
        """Tell the truth as long as no fault is on."""
        self._wires = wires
        self._murmured: dict[str, tuple[Terms, str, int]] = {}

    def over(self) -> None:
        """From now on the venue tells the truth."""
        self._murmured.clear()

    def murmur(self, order_id: str, target: Terms, word: int, duration: int) -> None:
        """For a while show an order in a state that nobody knows, with the terms somebody asked for."""
        self._wires.engine.ever_lied.add(order_id)
        self._murmured[order_id] = (target, _WORDS[word % len(_WORDS)], self._wires.stage.now + duration)

    def murmured(self, order: Order) -> Order:
        """The order as it is shown just now, if it is open and that is such a state; else as it is."""
        target, word, until = self._murmured.get(order.order_id, (Terms(), "", 0))
        if not order.is_open or until <= self._wires.stage.now:
            return order
        return replace(as_asked(order, target), status=OrderStatus.UNRECOGNISED, raw_status=word)

    def seen(self, order: Order, source: Source, asked_at: int | None) -> Order | None:
        """The order as it is told; None where the connector could not read it and has said so."""
        shown, text = self._lie(self.murmured(order))
        if not text or not self._at_the_door():
            return shown
        self._unreadable(shown, text, source, asked_at)
        return None

    def listed(self, orders: Sequence[Order], asked_at: int) -> tuple[tuple[Order, ...], tuple[str, ...], bool]:
        """The rows of a list as they are told, ids of those that cannot be read, and whether all ids can be."""
        rows: list[Order] = []
        unreadable: list[str] = []
        whole = True
        for order in orders:
            shown, text = self._lie(self.murmured(order))
            if not text or not self._at_the_door(order.order_id):
                rows.append(shown)
                continue
            if self._wires.chance(f"id {order.order_id}") % 4 == 0:
                shown, whole = replace(shown, order_id=""), False
            else:
                unreadable.append(order.order_id)
            self._unreadable(shown, text, Source.LISTING, asked_at)
        return tuple(rows), tuple(unreadable), whole

    def _unreadable(self, order: Order, text: str, source: Source, asked_at: int | None) -> None:
        wires = self._wires
        raw = f"{order.side.value} {order.filled} of {order.quantity} at {order.price}"
        now = wires.stage.now
        wires.stage.tell(ev.OrderUnreadable(wires.account, now, order.order_id, text, raw, source, asked_at))

    def _at_the_door(self, about: str = "") -> bool:
        return self._wires.chance(f"door {about}") % 2 == 0

    def _lie(self, order: Order) -> tuple[Order, str]:
        """The order as it is told, and why it cannot be so, "" where it can."""
        wires = self._wires
        if self._strikes(FaultKind.IMPOSSIBLE, order):
            change, believable = _LIES[wires.chance(f"kind {order.order_id}") % len(_LIES)]
            if change is _no_price and not order.is_open:
                change = _negative
            if believable:
                self._believable(order)
            wires.engine.hidden.add(order.order_id)
            with exact():
                return change(order), "it cannot be as it was read"
        lot = wires.model.instrument.lot or ZERO
        if order.is_open and order.remaining > 2 * lot > ZERO and self._strikes(FaultKind.FALSE_FILLS, order):
            self._believable(order)
            with exact():
                filled = order.filled + max(order.remaining / 2 // lot * lot, lot)
                known = order.status is not OrderStatus.UNRECOGNISED
                return replace(order, filled=filled, status=OrderStatus.PARTIALLY_FILLED if known else order.status), ""
        return order, ""

    def _believable(self, order: Order) -> None:
        """Remember that something false was told of an order that a desk may believe."""
        self._wires.engine.lied.add(order.order_id)
        self._wires.engine.ever_lied.add(order.order_id)

    def _strikes(self, fault: FaultKind, order: Order) -> bool:
        wires = self._wires
        if wires.account_faults.get(fault, 0) <= wires.stage.now:
            return False
        if wires.chance(f"{fault.value} {order.order_id}") % _EVERY:
            return False
        wires.stage.struck(fault, wires.account)
        return True

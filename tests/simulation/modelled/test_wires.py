"""The simulation's wires: what they show of an order is what a careful connector of the venue would show."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from heapq import heappop, heappush
from random import Random

import pytest

from app.domain import events as ev
from app.domain.amendment import Command
from app.domain.evidence import SECOND
from app.domain.order import Order, OrderStatus, Side
from app.domain.plan import Terms
from app.simulation.modelled.engine import SimulatedEngine
from app.simulation.modelled.faults import FaultKind
from app.simulation.modelled.sending import SimulatedSender
from app.simulation.modelled.stage import Cause
from app.simulation.modelled.wires import Wires
from app.simulation.venues.bitso import MODEL

D = Decimal


class VirtualStage:
    """Virtual time and what was told in it."""

    def __init__(self) -> None:
        self.now = 0
        self.told: list[ev.Event] = []
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0

    def later(self, delay: int, work: Callable[[], None], *, routine: bool = False) -> None:
        self._count += 1
        heappush(self._due, (self.now + delay, self._count, work))

    def tell(self, event: ev.Event) -> None:
        self.told.append(event)

    def struck(self, fault: FaultKind, account: str, amendment_id: str = "") -> None:
        """Nobody counts faults here."""

    def run(self, duration: int) -> None:
        """Let so much time go by."""
        end = self.now + duration
        while self._due and self._due[0][0] <= end:
            self.now, _, work = heappop(self._due)
            work()
        self.now = end


def ended_as(seed: str, asked: str) -> Order:
    """How an order of 0.4 is shown that was asked to be of another size, filled 0.4 and ended.

    The request never arrives, so the order filled to the last; only the connector thinks of the size asked for.
    """
    stage = VirtualStage()
    engine = SimulatedEngine("bitso", MODEL)
    wires = Wires(stage, engine, seed)
    order = engine.place(0, Side.BUY, D(130000), D("0.4"))
    wires.connect()
    stage.run(2 * SECOND)
    fields = (("major", D(asked)),)
    command = Command("a-1", 1, order, "modify", fields, Terms(price=order.price, quantity=D(asked)))
    SimulatedSender(wires, 10 * SECOND).amend(command, Cause(Random(1), frozenset({FaultKind.DROP_REQUEST})))
    engine.fill(stage.now, order.order_id, D("0.4"))
    wires.reads.look_up(order, lambda: None)
    stage.run(SECOND)
    shown = [each.order for each in stage.told if isinstance(each, ev.OrderSeen) and not each.order.is_open]
    return shown[-1]


@pytest.mark.parametrize(
    "asked, statuses",
    [("0.3", {OrderStatus.FILLED}), ("0.6", {OrderStatus.FILLED, OrderStatus.ENDED})],
    ids=["asked to shrink", "asked to grow"],
)
def test_the_old_size_proves_no_end_of_an_order_asked_to_grow(asked: str, statuses: set[OrderStatus]) -> None:
    """Whether the public feed hints at the end is decided by the seed; where it does not, the trades must tell."""
    shown = [ended_as(str(seed), asked) for seed in range(20)]
    assert {order.status for order in shown} == statuses
    assert {order.filled for order in shown} == {D("0.4")}

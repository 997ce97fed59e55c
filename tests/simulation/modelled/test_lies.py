"""The simulation's lies: each reaches the fold raw and as a connector turns it away, and ends when it is told to."""

from __future__ import annotations

from decimal import Decimal

from app.domain import events as ev
from app.domain.evidence import SECOND
from app.domain.order import OrderStatus, Side
from app.domain.plan import Terms
from app.domain.plausible import why_implausible
from app.simulation.modelled.engine import SimulatedEngine
from app.simulation.modelled.faults import FaultKind
from app.simulation.modelled.lies import Lies
from app.simulation.modelled.wires import Wires
from app.simulation.venues.bitget import MODEL
from tests.simulation.modelled.test_wires import VirtualStage

D = Decimal


def told(fault: FaultKind | None, seconds: int = 400) -> tuple[list[ev.Event], SimulatedEngine]:
    """What is told of three orders in lists and look-ups while a fault lasts."""
    stage = VirtualStage()
    engine = SimulatedEngine("bitget", MODEL)
    wires = Wires(stage, engine, "seed")
    orders = [engine.place(0, Side.BUY, D(50000), D("0.4")) for _ in range(3)]
    wires.connect()
    stage.run(SECOND)
    stage.told.clear()
    if fault is not None:
        wires.account_faults[fault] = stage.now + seconds * SECOND
    for _ in range(seconds // 10):
        wires.reads.list_orders()
        wires.reads.look_up(orders[0], lambda: None)
        stage.run(10 * SECOND)
    return stage.told, engine


def test_impossible_values_come_raw_and_turned_away_in_lists_and_look_ups() -> None:
    events, engine = told(FaultKind.IMPOSSIBLE)
    seen = [each for each in events if isinstance(each, ev.OrderSeen)]
    listed = [each for each in events if isinstance(each, ev.OpenOrdersListed)]
    true = engine.orders
    for orders in ([each.order for each in seen], [order for each in listed for order in each.orders]):
        assert any(why_implausible(order, true[order.order_id]) for order in orders)
    doors = [each for each in events if isinstance(each, ev.OrderUnreadable)]
    assert {each.source for each in doors} == {seen[0].source, doors[0].source.LISTING}
    assert any(each.unreadable for each in listed)
    # A row without a readable id leaves the list incomplete.
    assert any(not each.order_id for each in doors)
    assert {each.complete for each in listed} == {True, False}


def test_the_truth_is_told_without_a_fault() -> None:
    events, engine = told(None)
    for event in events:
        orders = event.orders if isinstance(event, ev.OpenOrdersListed) else ()
        assert not isinstance(event, ev.OrderUnreadable)
        assert all(order == engine.orders[order.order_id] for order in orders)
    assert engine.ever_lied == set()


def test_false_fills_are_possible_and_remembered() -> None:
    events, engine = told(FaultKind.FALSE_FILLS)
    orders = [each.order for each in events if isinstance(each, ev.OrderSeen)]
    assert any(order.filled > 0 for order in orders)
    assert not any(why_implausible(order) for order in orders)
    assert engine.ever_lied


def test_a_cut_list_and_a_repeated_page_are_told_as_incomplete() -> None:
    for fault, most in ((FaultKind.INCOMPLETE, 2), (FaultKind.REPEATED, 4)):
        listed = [each for each in told(fault)[0] if isinstance(each, ev.OpenOrdersListed)]
        assert {each.complete for each in listed} == {False}
        assert max(len(each.orders) for each in listed) <= most
        repeated = any(len({order.order_id for order in each.orders}) < len(each.orders) for each in listed)
        assert repeated is (fault is FaultKind.REPEATED)


def test_reads_that_wait_for_their_turn_say_until_when() -> None:
    events, _ = told(FaultKind.STARVED)
    waits = [each for each in events if isinstance(each, ev.Noticed) and each.about is ev.Condition.READS]
    assert waits
    assert all(10 * SECOND <= (each.until or 0) - each.at < 60 * SECOND for each in waits)


def test_a_murmur_has_the_terms_asked_for_and_ends() -> None:
    stage = VirtualStage()
    engine = SimulatedEngine("bitget", MODEL)
    lies = Lies(Wires(stage, engine, "seed"))
    order = engine.place(0, Side.BUY, D(50000), D("0.4"))
    lies.murmur(order.order_id, Terms(price=D(50001)), 1, SECOND)
    shown = lies.murmured(order)
    assert (shown.status, shown.raw_status, shown.price) == (OrderStatus.UNRECOGNISED, "frozen", D(50001))
    stage.run(2 * SECOND)
    assert lies.murmured(order) == order
    lies.murmur(order.order_id, Terms(price=D(50001)), 0, 9 * SECOND)
    lies.over()
    assert lies.murmured(order) == order

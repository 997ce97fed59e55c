"""The simulation's strangers: what they do has our terms, and touches an order like ours, or proves nothing of ours."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from app.domain import events as ev
from app.domain.amendment import Command
from app.domain.evidence import SECOND
from app.domain.order import OrderStatus, Side
from app.domain.plan import Terms
from app.simulation.modelled.behaviour import VenueModel
from app.simulation.modelled.engine import SimulatedEngine
from app.simulation.modelled.faults import FaultKind, strange
from app.simulation.modelled.line import Line
from app.simulation.modelled.sending import SimulatedSender
from app.simulation.modelled.stage import Cause
from app.simulation.modelled.wires import Wires
from app.simulation.venues import alphapoint, bitget, bitso, qfex
from tests.simulation.modelled.test_wires import VirtualStage

D = Decimal


def under_way(model: VenueModel, fault: FaultKind) -> tuple[VirtualStage, SimulatedEngine, Line]:
    """An amendment of the first of two like orders that never arrives, while something else happens."""
    stage = VirtualStage()
    engine = SimulatedEngine("venue", model)
    wires = Wires(stage, engine, "seed")
    ours, _ = (engine.place(0, Side.SELL, model.mid + 9 * model.stride, model.size) for _ in range(2))
    wires.connect()
    stage.run(SECOND)
    stage.told.clear()
    target = Terms(price=ours.price, quantity=model.size / 2)
    route, way = next((name, way) for name, way in model.behaviour.ways.items() if not way.two_legs)
    assert not way.two_legs
    command = Command("A1", 1, ours, route, (), target)
    cause = Cause(Random(1), frozenset({fault, FaultKind.DROP_REQUEST}), "A1")
    SimulatedSender(wires, 5 * SECOND).amend(command, cause)
    stage.run(5 * SECOND)
    return stage, engine, wires


MODELS = {each.__name__.rpartition(".")[2]: each.MODEL for each in (alphapoint, bitget, bitso, qfex)}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(
    "fault", [FaultKind.LIKE_CHANGED, FaultKind.LIKE_REPLACED, FaultKind.LIKE_CANCELLED], ids=lambda each: each.value
)
def test_they_touch_the_other_order_only(name: str, fault: FaultKind) -> None:
    _, engine, _ = under_way(MODELS[name], fault)
    ours, other, *more = engine.orders.values()
    assert (ours.is_open, ours.quantity) == (True, MODELS[name].size)
    if fault is FaultKind.LIKE_CANCELLED:
        assert (other.status, more) == (OrderStatus.CANCELLED, [])
        return
    changed = more[0] if more else other
    assert (changed.is_open, changed.price, changed.quantity) == (True, ours.price, MODELS[name].size / 2)


def test_a_refusal_of_theirs_leaves_ours_open() -> None:
    stage, engine, _ = under_way(qfex.MODEL, FaultKind.STRANGERS_REFUSAL)
    told = [type(each) for each in stage.told if isinstance(each, ev.AmendmentUnanswered | ev.AmendmentRefused)]
    assert told == [ev.AmendmentUnanswered]
    assert FaultKind.STRANGERS_REFUSAL not in strange(bitget.MODEL.behaviour)


@pytest.mark.parametrize("name", MODELS)
def test_an_unknown_state_with_our_terms_changes_nothing_at_the_venue(name: str) -> None:
    stage, engine, wires = under_way(MODELS[name], FaultKind.UNKNOWN_TERMS)
    wires_of_ours = next(iter(engine.orders.values()))
    assert wires_of_ours.quantity == MODELS[name].size
    assert isinstance(wires, Wires)
    shown = [each.order for each in stage.told if isinstance(each, ev.OrderSeen)]
    if MODELS[name].behaviour.pushes:
        assert any((each.status, each.quantity) == (OrderStatus.UNRECOGNISED, MODELS[name].size / 2) for each in shown)


def test_what_is_rejected_with_our_terms_has_ended() -> None:
    stage, engine, _ = under_way(bitget.MODEL, FaultKind.REJECTED_TERMS)
    ours = next(iter(engine.orders.values()))
    assert (ours.status, ours.quantity) == (OrderStatus.REJECTED, bitget.MODEL.size / 2)
    assert any(isinstance(each, ev.OrderSeen) and each.order == ours for each in stage.told)


def test_a_dead_connector_answers_nothing_and_comes_back_knowing_nothing() -> None:
    stage = VirtualStage()
    engine = SimulatedEngine("bitget", bitget.MODEL)
    wires = Wires(stage, engine, "seed")
    engine.place(0, Side.BUY, D(50000), D("0.4"))
    wires.connect()
    stage.run(SECOND)
    assert wires.known
    wires.die(5 * SECOND)
    assert (wires.dead, wires.live, wires.known) == (True, False, set())
    stage.run(4 * SECOND)
    assert wires.dead
    stage.run(2 * SECOND)
    assert (wires.dead, wires.live) == (False, True)
    assert wires.known

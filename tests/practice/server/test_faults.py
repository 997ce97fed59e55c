"""Switches take only what they should, and faults strike when, where and as often as planned."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.practice.exchange.errors import SwitchError
from app.practice.exchange.orders import Status, TriggerSource
from app.practice.server.faults import (
    ACTIONS,
    VENUE_ACTIONS,
    WIRE_ACTIONS,
    WORLD_ACTIONS,
    Action,
    FaultPlan,
    Operation,
    Point,
    Switch,
    Switches,
)
from tests.practice.daily import SYMBOL, Daily, Day

D = Decimal

SWITCHES = (
    Switch("push_on_amend", True, "whether an amendment is pushed"),
    Switch("delay_ms", 100, "how long the engine takes"),
    Switch("size_check", "pre_ack", "where the size is checked", ("pre_ack", "engine_silent")),
)


def test_a_switch_is_read_as_its_own_type() -> None:
    switches = Switches(SWITCHES)
    assert switches.flag("push_on_amend") is True
    assert switches.integer("delay_ms") == 100
    assert switches.choice("size_check") == "pre_ack"
    for name, value in (
        ("push_on_amend", "off"),
        ("delay_ms", "250"),
        ("size_check", "engine_silent"),
    ):
        switches.set(name, value)
    assert switches.as_dict() == {
        "push_on_amend": False,
        "delay_ms": 250,
        "size_check": "engine_silent",
    }
    switches.set("push_on_amend", True)
    assert switches.flag("push_on_amend") is True
    switches.reset()
    assert switches.integer("delay_ms") == 100
    assert switches.describe()[2]["choices"] == ["pre_ack", "engine_silent"]


@pytest.mark.parametrize(
    "name, value",
    [("nope", 1), ("push_on_amend", "maybe"), ("delay_ms", "1.5"), ("size_check", "other")],
)
def test_a_wrong_value_is_refused_with_a_sentence(name: str, value: object) -> None:
    switches = Switches(SWITCHES)
    with pytest.raises(SwitchError, match=name):
        switches.set(name, value)
    with pytest.raises(SwitchError):
        switches.integer("size_check")
    with pytest.raises(SwitchError, match="Two switches"):
        switches.register(SWITCHES[0])


def test_every_action_has_one_doer_and_a_sentence() -> None:
    assert set(ACTIONS) == set(Action)
    assert set(Action) == WIRE_ACTIONS | WORLD_ACTIONS | VENUE_ACTIONS
    assert not WIRE_ACTIONS & WORLD_ACTIONS


def test_a_fault_strikes_its_count_after_its_skip() -> None:
    plan = FaultPlan()
    fault = plan.add("drop", Operation.AMEND, count=2, skip=1)
    assert fault.strikes_at is Point.BEFORE_REPLY
    hits = [bool(plan.take(Point.BEFORE_REPLY, "amend")) for _ in range(5)]
    assert hits == [False, True, True, False, False]
    assert (fault.hits, fault.spent) == (2, True)


def test_a_fault_strikes_only_where_it_should() -> None:
    plan = FaultPlan()
    plan.add("refuse", "amend", point="before_reply", order_id="A", count=0, code=1003)
    assert plan.take(Point.BEFORE_APPLY, "amend", "A") == []
    assert plan.take(Point.BEFORE_REPLY, "cancel", "A") == []
    assert plan.take(Point.BEFORE_REPLY, "amend", "B") == []
    assert plan.take(Point.BEFORE_REPLY, "amend", "A", WIRE_ACTIONS) == []
    for _ in range(3):
        assert len(plan.take(Point.BEFORE_REPLY, "amend", "A")) == 1
    assert plan.remove(1)
    assert not plan.remove(1)
    plan.add("drop")
    plan.clear()
    assert plan.faults == ()


def test_nonsense_is_refused() -> None:
    plan = FaultPlan()
    with pytest.raises(SwitchError, match="actions: drop"):
        plan.add("explode")
    with pytest.raises(SwitchError, match="points: request_received"):
        plan.add("drop", point="somewhere")


async def test_the_gate_acts_for_the_market_and_for_others() -> None:
    venue = Daily(Day())
    order, other, still, stop = venue.seeded
    venue.faults.add("fill", "amend", order_id=order.order_id)
    venue.faults.add("foreign_amend", "amend", order_id=order.order_id, quantity="1.75")
    assert not await venue.gate.before_apply(Operation.AMEND, other)
    assert not await venue.gate.before_apply(Operation.AMEND, order)
    assert (order.filled, order.quantity) == (D(1), D("1.75"))
    assert order.history[-1].cause == "foreign_amend"
    venue.faults.add("fill", "cancel", quantity="all")
    await venue.gate.before_apply(Operation.CANCEL, order)
    assert order.status is Status.FILLED
    venue.faults.add("foreign_cancel", "look_up")
    venue.gate.before_reply(Operation.LOOK_UP, other)
    venue.faults.add("foreign_cancel", point="before_reply")
    venue.gate.before_reply(Operation.LOOK_UP, other)
    assert (other.status, other.reason) == (Status.CANCELLED, "foreign")
    venue.faults.add("trigger_stop", "amend")
    venue.faults.add("session", "amend")
    await venue.gate.before_apply(Operation.AMEND, stop)
    assert stop.triggered_ns is not None
    assert not venue.exchange.is_trading(SYMBOL)
    venue.faults.add("expire", "amend", reason="end of day")
    await venue.gate.before_apply(Operation.AMEND, still)
    assert (still.status, still.reason) == (Status.EXPIRED, "end of day")


async def test_the_gate_moves_prices_and_clocks_and_counts_requests() -> None:
    venue = Daily(Day())
    venue.faults.add("clock_skew", "login", ms=7000)
    before = venue.clock.now_ms()
    planned = venue.gate.received("rest", Operation.LOGIN, "", "hello")
    assert not planned
    assert venue.clock.now_ms() - before == 7000
    assert (venue.gate.requests[0].operation, venue.gate.requests[0].text) == ("login", "hello")
    venue.faults.add("move_price", "amend", price="995")
    await venue.gate.before_apply(Operation.AMEND, venue.seeded[0])
    assert venue.exchange.price(SYMBOL, TriggerSource.MARK) == D(995)
    venue.faults.add("move_price", "amend")
    await venue.gate.before_apply(Operation.AMEND, venue.seeded[0])
    venue.faults.add("fill", "place")
    await venue.gate.before_apply(Operation.PLACE)
    venue.exchange.cancel(venue.seeded[0])
    venue.faults.add("expire", "cancel")
    await venue.gate.before_apply(Operation.CANCEL, venue.seeded[0])
    troubles = [fault.trouble for fault in venue.faults.faults]
    assert troubles[:2] == ["", ""]
    assert "needs a price" in troubles[2]
    assert "needs an order" in troubles[3]
    assert "is cancelled" in troubles[4]


async def test_the_gate_finds_the_order_of_a_request_itself() -> None:
    venue = Daily(Day())
    order = venue.seeded[0]
    venue.faults.add("fill", "amend", point="request_received", quantity="0.5")
    venue.faults.add("fill", "amend", point="in_flight", quantity="0.25")
    venue.gate.received("rest", Operation.AMEND, order.order_id)
    assert order.filled == D("0.5")
    venue.gate.in_flight(Operation.AMEND, order)
    assert order.filled == D("0.75")


async def test_the_turn_tells_the_venue_its_part() -> None:
    venue = Daily(Day())
    order = venue.seeded[0]
    venue.faults.add("refuse", "amend", code="0379", status=400)
    venue.faults.add("late_effect", "amend", ms=250)
    venue.faults.add("new_id", "amend")
    venue.faults.add("alter", "amend", price="989.5")
    venue.faults.add("fail_rows", "amend", rows=[1, 3], code="25204")
    venue.faults.add("silent_failure", "amend")
    venue.faults.add("venue", "amend", name="lock_out", seconds=60)
    planned = await venue.gate.before_apply(Operation.AMEND, order)
    assert planned
    assert planned.refuse == {"code": "0379", "status": 400}
    assert (planned.late_ms, planned.new_id, planned.silent) == (250, True, True)
    assert planned.alter == {"price": D("989.5")}
    assert (planned.fail_rows, planned.row_refusal) == ({1, 3}, {"code": "25204"})
    assert planned.venue == {"lock_out": {"name": "lock_out", "seconds": 60}}
    venue.faults.add("omit_rows", "amend", rows=[0])
    venue.faults.add("unknown_status", "push_order", text="QUANTUM")
    venue.faults.add("rate_limit", "amend")
    assert venue.gate.before_reply(Operation.AMEND, order).omit_rows == {0}
    assert venue.gate.before_push(Operation.PUSH_ORDER, order).unknown_status == "QUANTUM"
    assert venue.gate.received("rest", Operation.AMEND).rate_limited
    assert not await venue.gate.before_apply(Operation.AMEND, order)

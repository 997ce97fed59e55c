"""What becomes of an amendment whose sending does not run to its end: it is told, and nothing is sent again."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

import pytest

from app.desk.desk import Desk
from app.desk.effects import LookUp, WakeAt
from app.desk.effects_runner import EffectsRunner
from app.desk.ids import Ids
from app.desk.state import DeskState
from app.domain import events as ev
from app.domain.account import Account
from app.domain.amendment import AmendmentStage, Command, Source
from app.domain.order import Order
from app.domain.ports import Clock, Sink
from tests.helpers.paper_desk import PaperClock, PaperConnector, PaperVenue
from tests.helpers.recorded_desk import PROFILE, account
from tests.helpers.toy_venue import ToyRulebook, amendment, order


@dataclass
class WaitingConnector(PaperConnector):
    """Lets an amendment wait for its turn until the test gives it, then fails or sends."""

    turn: asyncio.Event = field(default_factory=asyncio.Event)
    fails: bool = False

    async def amend(self, command: Command) -> None:
        self.sink(ev.AmendmentQueued(self.account.name, self.clock.now(), command.amendment_id, self.clock.now()))
        await self.turn.wait()
        if self.fails:
            raise LookupError("a fault of ours")
        await super().amend(command)


@dataclass(frozen=True)
class WaitingVenue(PaperVenue):
    """The toy venue with those connectors."""

    def connect(self, account: Account, sink: Sink, clock: Clock) -> PaperConnector:
        self.connectors[account.name] = WaitingConnector(account, sink, clock)
        return self.connectors[account.name]


class Waiting:
    """A desk with one amendment that waits for its turn."""

    def __init__(self) -> None:
        connectors: dict[str, PaperConnector] = {}
        clock = PaperClock()
        self.desk = Desk([account()], {"toy": WaitingVenue(PROFILE, ToyRulebook(), connectors)}, clock, Ids())
        connector = connectors["toy"]
        assert isinstance(connector, WaitingConnector)
        self.connector = connector
        self.desk.dispatch(ev.OrderSeen("toy", clock.now(), order(), Source.PUSH))
        self.sent = amendment(order(), at=clock.now())
        self.desk.dispatch(ev.AmendmentRequested("toy", clock.now(), self.sent))

    def stages(self) -> list[AmendmentStage]:
        return [rung.stage for rung in self.desk.state.amendments[self.sent.amendment_id].rungs]

    async def settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)


async def test_stopping_takes_back_what_waits_for_its_turn() -> None:
    waiting = Waiting()
    await waiting.settle()
    assert waiting.stages()[-1] is AmendmentStage.QUEUED
    waiting.desk.stopped = True
    waiting.connector.turn.set()
    await waiting.settle()
    assert waiting.connector.sent == []
    assert waiting.stages()[-1] is AmendmentStage.UNKNOWN, "whether bytes left is asked, not assumed"
    assert waiting.connector.looked_up == ["o1"]
    await waiting.desk.close()


async def test_stopping_leaves_what_was_written_alone() -> None:
    waiting = Waiting()
    waiting.connector.turn.set()
    await waiting.settle()
    waiting.desk.stopped = True
    await waiting.settle()
    assert waiting.stages()[-1] is AmendmentStage.WRITTEN
    await waiting.desk.close()


async def test_an_intent_is_not_sent_once_sending_is_stopped() -> None:
    waiting = Waiting()
    waiting.desk.stopped = True
    await waiting.settle()
    assert waiting.connector.sent == []
    assert waiting.stages()[-1] is AmendmentStage.NOT_APPLIED, "it was never handed over, so it surely did not leave"
    await waiting.desk.close()


async def test_an_error_while_sending_leaves_no_amendment_waiting_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    waiting = Waiting()
    waiting.connector.fails = True
    waiting.connector.turn.set()
    with caplog.at_level(logging.ERROR):
        await waiting.settle()
    assert waiting.stages()[-1] is AmendmentStage.UNKNOWN
    assert waiting.connector.looked_up == ["o1"]
    await waiting.desk.close()
    assert "amend A1 failed" in caplog.text


async def test_closing_says_nothing_more() -> None:
    waiting = Waiting()
    await waiting.settle()
    await waiting.desk.close()
    await waiting.settle()
    assert waiting.stages()[-1] is AmendmentStage.QUEUED
    assert waiting.connector.sent == []


async def test_one_question_at_a_time_and_a_timer_that_closing_takes_away() -> None:
    clock, events = PaperClock(), list[ev.Event]()
    connector = PaperConnector(account(), events.append, clock)
    runner = EffectsRunner(DeskState(), {"toy": connector}, None, clock, events.append)
    runner.run(LookUp("toy", order()))
    runner.run(LookUp("toy", order()))
    runner.run(WakeAt("toy", "A1", clock.now(), once=True))
    await asyncio.sleep(0.01)
    assert connector.looked_up == ["o1"]
    assert events == [ev.ProbeDue("toy", clock.now(), "A1", once=True)]
    runner.run(WakeAt("toy", "A1", clock.now() + 10**12))
    assert len(runner.timers) == 1
    await runner.close()
    assert (runner.timers, runner.tasks) == (set(), set())


async def test_a_question_that_its_own_answer_asks_again_is_asked_again() -> None:
    clock, events = PaperClock(), list[ev.Event]()

    class Asking(PaperConnector):
        async def look_up(self, order: Order) -> None:
            await super().look_up(order)
            runner.run(LookUp("toy", order, again=len(self.looked_up) < 3))

    connector = Asking(account(), events.append, clock)
    runner = EffectsRunner(DeskState(), {"toy": connector}, None, clock, events.append)
    runner.run(LookUp("toy", order()))
    runner.run(LookUp("toy", order(), again=True))
    await asyncio.sleep(0.01)
    assert connector.looked_up == ["o1"] * 3, "a question from elsewhere is served by the one that runs"
    await runner.close()

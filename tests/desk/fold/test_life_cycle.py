"""Whatever order news comes in, the ladder keeps its promises: a state machine finds the order that breaks them."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.desk.effects import SendAmendment
from app.desk.fold.ladder import TABLE
from app.desk.fold.reducer import Reducer
from app.desk.state import AccountState, DeskState
from app.domain import events as ev
from app.domain.amendment import AmendmentStage, Source
from app.domain.evidence import SECOND
from app.domain.order import Order, OrderStatus
from tests.helpers.toy_venue import T0, ToyRulebook, amendment, order

PRICES = [Decimal(value) for value in (100, 101, 102)]


class LifeCycle(RuleBasedStateMachine):
    """A venue that holds one order, answers or not, applies or not; and the desk's view of it."""

    @initialize()
    def start(self) -> None:
        self.state = DeskState(accounts={"toy": AccountState("toy", "toy")})
        self.reducer = Reducer(self.state, {"toy": ToyRulebook()})
        self.now = T0
        self.venue = order()
        self.held = {Decimal(100)}
        self.sent = 0
        self.intents = 0
        self.tell(ev.OpenOrdersListed("toy", self.now, self.now, (self.venue,)))

    def tell(self, event: ev.Event) -> None:
        out = self.reducer.apply(event)
        self.sent += sum(isinstance(effect, SendAmendment) for effect in out.effects)

    def tick(self, seconds: int = 1) -> None:
        self.now += seconds * SECOND

    @property
    def row_order(self) -> Order:
        return self.state.lineages["toy/o1"].order

    @rule(price=st.sampled_from(PRICES), applies=st.booleans(), answers=st.sampled_from(["ack", "none", "lost"]))
    def amend(self, price: Decimal, applies: bool, answers: str) -> None:
        lineage = self.state.lineages["toy/o1"]
        if self.state.open_amendment(lineage) is not None or not self.venue.is_open or not self.row_order.is_open:
            return
        if price == self.row_order.price or price == self.venue.price:
            return
        self.tick()
        self.intents += 1
        one = amendment(self.row_order, str(price), self.intents, at=self.now)
        self.tell(ev.AmendmentRequested("toy", self.now, one))
        self.tell(ev.AmendmentWritten("toy", self.now, one.amendment_id, 1))
        if applies:
            self.venue = order(price=price, filled=self.venue.filled, status=self.venue.status)
            self.held.add(price)
        if answers == "ack":
            self.tell(ev.AmendmentAcknowledged("toy", self.now + 1, one.amendment_id))
        elif answers == "lost":
            self.tell(ev.AmendmentUnanswered("toy", self.now + 1, one.amendment_id, "lost."))

    @rule()
    def push(self) -> None:
        self.tick()
        self.tell(ev.OrderSeen("toy", self.now, self.venue, Source.PUSH))

    @rule(wait=st.sampled_from([1, 7]))
    def look_up(self, wait: int) -> None:
        self.tick(wait)
        self.tell(ev.OrderSeen("toy", self.now + 1, self.venue, Source.LOOKUP, self.now))

    @rule()
    def probe(self) -> None:
        self.tick()
        for each in self.state.unsettled():
            self.tell(ev.ProbeDue("toy", self.now, each.amendment_id))

    @rule(part=st.sampled_from([1, 2]))
    def fill(self, part: int) -> None:
        if not self.venue.is_open:
            return
        filled = min(Decimal(2), self.venue.filled + part)
        status = OrderStatus.FILLED if filled == 2 else OrderStatus.PARTIALLY_FILLED
        self.venue = order(price=self.venue.price, filled=filled, status=status)

    @rule()
    def repeat_late_answers(self) -> None:
        for each in list(self.state.amendments.values()):
            self.tell(ev.AmendmentAcknowledged("toy", self.now, each.amendment_id))

    @invariant()
    def one_send_for_each_intent(self) -> None:
        assert getattr(self, "sent", 0) == getattr(self, "intents", 0)

    @invariant()
    def confirmed_only_if_the_venue_held_those_terms(self) -> None:
        for each in self.state.amendments.values() if hasattr(self, "state") else ():
            if each.stage is AmendmentStage.CONFIRMED:
                assert each.command.target.price in self.held

    @invariant()
    def ladders_only_take_rungs_of_the_table(self) -> None:
        legal = {(stage, after) for (stage, _), after in TABLE.items()}
        for each in self.state.amendments.values() if hasattr(self, "state") else ():
            stages = [rung.stage for rung in each.rungs if rung.stage is not AmendmentStage.DRAFT]
            assert set(zip(stages, stages[1:], strict=False)) <= legal

    @invariant()
    def the_row_never_shows_more_filled_than_the_venue(self) -> None:
        if hasattr(self, "venue"):
            assert self.row_order.filled <= self.venue.filled

    def teardown(self) -> None:
        """At rest, with the link healthy and one late look-up, nothing stays unknown."""
        self.tick(60)
        self.tell(ev.OrderSeen("toy", self.now + 1, self.venue, Source.LOOKUP, self.now))
        assert not self.state.unsettled()
        assert self.row_order.price == self.venue.price
        assert self.row_order.filled == self.venue.filled


LifeCycle.TestCase.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
TestLifeCycle = LifeCycle.TestCase

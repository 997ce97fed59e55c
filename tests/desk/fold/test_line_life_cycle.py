"""Whatever comes of amendments in line, each is told truly: a state machine against a venue that carries them out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.desk.effects import SendAmendment
from app.desk.fold.ladder import TABLE
from app.desk.fold.line import waiting_of
from app.desk.fold.line_evidence import EITHER_WAY, NOT_SHOWN
from app.desk.fold.reducer import Reducer
from app.desk.state import AccountState, DeskState, Lineage
from app.domain import events as ev
from app.domain.amendment import AmendmentStage, Source
from app.domain.evidence import SECOND
from app.domain.order import Order, OrderStatus
from tests.helpers.toy_venue import T0, ToyRulebook, amendment, order

PRICES = [Decimal(value) for value in (100, 101, 102)]

#: What somebody else asks for, and the line never does.
ELSEWHERE = Decimal(105)

#: Most amendments that may be open at once.
MOST = 5

#: How long the venue may leave the first one in line, below the settling time of the rules.
PATIENCE = 4 * SECOND


@dataclass
class Pending:
    """One that the venue has accepted: its target, whether its engine will fail, since when it is the first."""

    name: str
    price: Decimal
    fails: bool
    first_at: int


class Line(RuleBasedStateMachine):
    """A venue that holds one order and carries out in turn what was accepted; and the desk's view of it."""

    @initialize()
    def start(self) -> None:
        self.state = DeskState(accounts={"toy": AccountState("toy", "toy")})
        self.reducer = Reducer(self.state, {"toy": ToyRulebook()})
        self.now = T0
        self.venue = order()
        self.line: list[Pending] = []
        self.applied: set[str] = set()
        self.failed: set[str] = set()
        self.quiet: set[str] = set()
        #: Since when it held which price.
        self.held: list[tuple[int, Decimal]] = [(T0, Decimal(100))]
        self.stranger = False
        self.reads: list[tuple[int, Order]] = []
        self.sent = self.intents = 0
        self.tell(ev.OpenOrdersListed("toy", self.now, self.now, (self.venue,)))

    # -- both sides --------------------------------------------------------------------------------

    def tell(self, event: ev.Event) -> None:
        out = self.reducer.apply(event)
        self.sent += sum(isinstance(effect, SendAmendment) for effect in out.effects)

    def tick(self, seconds: int = 1) -> None:
        until = self.now + seconds * SECOND
        while self.line and self.line[0].first_at + PATIENCE <= until:
            self.now = max(self.now, self.line[0].first_at + PATIENCE)
            self.carry_out()
        self.now = until

    @property
    def row(self) -> Lineage:
        return self.state.lineages["toy/o1"]

    def hold(self, changed: Order) -> None:
        self.venue = changed
        assert changed.price is not None
        self.held.append((self.now, changed.price))

    # -- the venue ---------------------------------------------------------------------------------

    def carry_out(self) -> None:
        first = self.line.pop(0)
        if first.fails or not self.venue.is_open:
            self.failed.update([first.name, *(each.name for each in self.line)])
            self.line.clear()  # those behind it are skipped
            return
        self.applied.add(first.name)
        self.hold(replace(self.venue, price=first.price))
        if self.line:
            self.line[0].first_at = self.now

    @rule()
    def goes_on(self) -> None:
        self.tick()
        if self.line:
            self.carry_out()

    @rule(part=st.sampled_from([1, 2]))
    def fill(self, part: int) -> None:
        if self.venue.is_open:
            filled = min(Decimal(2), self.venue.filled + part)
            status = OrderStatus.FILLED if filled == 2 else OrderStatus.PARTIALLY_FILLED
            self.venue = replace(self.venue, filled=filled, status=status)

    @rule()
    def cancelled(self) -> None:
        if self.venue.is_open:
            self.venue = replace(self.venue, status=OrderStatus.CANCELLED)

    @rule()
    def changed_elsewhere(self) -> None:
        if self.venue.is_open and self.venue.price != ELSEWHERE:
            self.stranger = True
            self.hold(replace(self.venue, price=ELSEWHERE))

    # -- the desk ----------------------------------------------------------------------------------

    @rule(price=st.sampled_from(PRICES), fails=st.booleans(), answer=st.sampled_from(["ack", "ack", "ack", "lost"]))
    def ask(self, price: Decimal, fails: bool, answer: str) -> None:
        row = self.row
        waiting = waiting_of(self.state, row)
        opened = self.state.open_amendments(row)
        if (opened and waiting is None) or len(opened) >= MOST or not row.order.is_open:
            return
        base = waiting.expected if waiting is not None else row.order
        if base.price == price:
            return
        self.tick()
        self.intents += 1
        one = amendment(base, str(price), self.intents, at=self.now)
        one = replace(one, command=replace(one.command, behind=waiting))
        self.tell(ev.AmendmentRequested("toy", self.now, one))
        self.tell(ev.AmendmentWritten("toy", self.now, one.amendment_id, 1))
        if not self.venue.is_open:
            self.tell(ev.AmendmentRefused("toy", self.now + 1, one.amendment_id, "25204", "gone."))
            return
        self.line.append(Pending(one.amendment_id, price, fails, self.now))
        if answer == "ack":
            self.tell(ev.AmendmentAcknowledged("toy", self.now + 1, one.amendment_id))
        else:
            self.tell(ev.AmendmentUnanswered("toy", self.now + 1, one.amendment_id, "lost."))

    @rule(price=st.sampled_from(PRICES))
    def refused(self, price: Decimal) -> None:
        """One that the venue will not have, as one before it has failed."""
        row = self.row
        waiting = waiting_of(self.state, row)
        if waiting is None or waiting.expected.price == price or len(waiting.ids) >= MOST:
            return
        self.tick()
        self.intents += 1
        one = amendment(waiting.expected, str(price), self.intents, at=self.now)
        one = replace(one, command=replace(one.command, behind=waiting))
        self.tell(ev.AmendmentRequested("toy", self.now, one))
        self.tell(ev.AmendmentWritten("toy", self.now, one.amendment_id, 1))
        self.tell(ev.AmendmentRefused("toy", self.now + 1, one.amendment_id, "25573", "skipped."))

    @rule()
    def push(self) -> None:
        self.tick()
        self.tell(ev.OrderSeen("toy", self.now, self.venue, Source.PUSH))

    @rule(wait=st.sampled_from([1, 3, 7]))
    def look_up(self, wait: int) -> None:
        self.tick(wait)
        self.tell(ev.OrderSeen("toy", self.now + 1, self.venue, Source.LOOKUP, self.now))

    @rule()
    def ask_for_a_reading(self) -> None:
        self.tick()
        self.reads.append((self.now, self.venue))

    @rule()
    def a_reading_comes_late(self) -> None:
        if self.reads:
            self.tick()
            asked_at, was = self.reads.pop(0)
            self.tell(ev.OrderSeen("toy", self.now, was, Source.LOOKUP, asked_at))

    @rule()
    def listed(self) -> None:
        self.tick()
        found = (self.venue,) if self.venue.is_open else ()
        self.tell(ev.OpenOrdersListed("toy", self.now + 1, self.now, found))

    @rule()
    def probe(self) -> None:
        self.tick()
        for each in self.state.unsettled():
            self.tell(ev.ProbeDue("toy", self.now, each.amendment_id))

    @rule()
    def restart(self) -> None:
        for each in self.state.unsettled():
            self.tell(ev.AmendmentUnanswered("toy", self.now, each.amendment_id, "the ticket ended first."))

    @rule()
    def repeat_late_answers(self) -> None:
        for each in list(self.state.amendments.values()):
            if each.acknowledged_at is not None and each.stage is not AmendmentStage.UNKNOWN:
                self.tell(ev.AmendmentAcknowledged("toy", self.now, each.amendment_id))

    # -- promises ----------------------------------------------------------------------------------

    @invariant()
    def one_send_for_each_intent(self) -> None:
        assert getattr(self, "sent", 0) == getattr(self, "intents", 0)

    @invariant()
    def every_outcome_is_true(self) -> None:
        for each in self.state.amendments.values() if hasattr(self, "state") else ():
            name = each.amendment_id
            match each.stage:
                case AmendmentStage.CONFIRMED:
                    assert self.has_held(each.command.target.price, each.written_at or 0), (name, each.outcome)
                    assert name in self.applied or "it is not known" in each.outcome, (name, each.outcome)
                    if "under way any more" in each.outcome and name not in self.quiet:
                        assert each.command.behind is not None
                        assert not {name, *each.command.behind.ids} & {pending.name for pending in self.line}
                        self.quiet.add(name)
                case AmendmentStage.NOT_APPLIED | AmendmentStage.REFUSED:
                    assert name not in self.applied or self.stranger, (name, each.outcome)
                case AmendmentStage.DIFFERENT:
                    assert self.stranger, (name, each.outcome)
                case AmendmentStage.OVERTAKEN:
                    if not each.missing:
                        assert name not in self.applied or self.stranger, (name, each.outcome)
                    if each.missing == NOT_SHOWN:
                        # Inferred: unless it had failed before the later one came.
                        assert name in self.applied or name in self.failed, (name, each.outcome)
                    if each.missing == EITHER_WAY:
                        assert "or neither" in each.outcome

    def has_held(self, price: Decimal | None, since: int) -> bool:
        now = [each for at, each in self.held if at < since][-1:]
        return price in [*now, *(each for at, each in self.held if at >= since)]

    @invariant()
    def those_that_wait_stand_on_terms_that_may_be(self) -> None:
        """What one in line stands on is what it was asked behind, or what the order had when it was asked."""
        for each in self.state.unsettled() if hasattr(self, "state") else ():
            behind = each.command.behind
            if behind is not None:
                possible = {state.price for state in behind.states()}
                assert each.command.order.price in possible

    @invariant()
    def ladders_only_take_rungs_of_the_table(self) -> None:
        legal = {(stage, after) for (stage, _), after in TABLE.items()}
        for each in self.state.amendments.values() if hasattr(self, "state") else ():
            stages = [rung.stage for rung in each.rungs if rung.stage is not AmendmentStage.DRAFT and not rung.late]
            assert set(zip(stages, stages[1:], strict=False)) <= legal

    def teardown(self) -> None:
        """At rest, with a look-up now and then, nothing stays open."""
        if not hasattr(self, "state"):
            return
        self.tick(60)
        for _ in range(MOST + 1):
            self.tick(30)
            self.tell(ev.OrderSeen("toy", self.now + 1, self.venue, Source.LOOKUP, self.now))
        assert not self.state.unsettled()
        assert self.row.order.price == self.venue.price
        self.every_outcome_is_true()


Line.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestLine = Line.TestCase

"""Amendments of one order in line, one situation a test: what the venue shows, and what is said of each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from app.desk.effects import LookUp, SendAmendment, WakeAt
from app.desk.fold.amendments import REFUTING_PROBE_DELAY
from app.desk.fold.line import ahead_of, in_line, is_late, refutable_from, waiting_of
from app.desk.fold.line_evidence import EITHER_WAY, NOT_SHOWN
from app.domain import events as ev
from app.domain.amendment import Amendment, AmendmentStage, Source
from app.domain.evidence import SECOND
from app.domain.form import IdAfter
from app.domain.order import OrderStatus
from app.domain.plan import Waiting
from tests.desk.fold.test_reducer import Bench
from tests.helpers.toy_venue import T0, ToyRulebook, amendment, order

Stage = AmendmentStage
POLICY = ToyRulebook().evidence


class Line(Bench):
    """A desk that asks for one price after another, each behind those that are accepted."""

    def ask(self, *prices: str, at: int | None = None) -> None:
        for price in prices:
            self.now = at if at is not None else self.now + SECOND // 10
            row = self.row()
            waiting = waiting_of(self.state, row)
            base = waiting.expected if waiting is not None else row.order
            one = amendment(base, price, len(self.state.amendments) + 1, at=self.now)
            self.sent(replace(one, command=replace(one.command, behind=waiting)))
            self.answered(one.amendment_id)

    def shows(self, price: str | None, after: float = 0.1, **changes: object) -> None:
        """A look-up that leaves so many seconds later shows that."""
        self.now += int(after * SECOND)
        self.seen(order(price=Decimal(price) if price is not None else None, **changes), asked_at=self.now)

    def each(self, number: int) -> Amendment:
        return self.state.amendments[f"A{number}"]

    @property
    def stages(self) -> list[Stage]:
        return [each.stage for each in self.state.amendments.values()]

    def base(self, number: int) -> Decimal | None:
        return self.each(number).command.order.price


@pytest.fixture
def line() -> Iterator[Line]:
    found = Line()
    found.listed(order())
    yield found
    assert found.count(SendAmendment) == len(found.state.amendments)


def test_what_waits_is_what_is_accepted_and_not_shown(line: Line) -> None:
    assert waiting_of(line.state, line.row()) is None
    line.ask("101", "102")
    waiting = waiting_of(line.state, line.row())
    assert waiting is not None
    assert waiting.ids == ("A1", "A2")
    assert [each.price for each in waiting.states()] == [Decimal(100), Decimal(101), Decimal(102)]
    assert waiting.shown == line.row().order
    assert waiting.expected.price == 102
    assert line.base(2) == 101
    line.ask("103")
    assert line.each(3).outcome == line.each(1).outcome, "what waits before it is told where it is shown, as it is then"
    ahead = ahead_of(line.state, line.row(), line.each(2))
    assert ahead is not None
    assert (ahead.shown, ahead.ids) == (line.row().order, ("A1",))
    assert ahead_of(line.state, line.row(), line.each(1)) is None


@pytest.mark.parametrize("how", ["unanswered", "queued", "written", "new id"])
def test_nothing_waits_behind_one_that_is_not_known_to_be_accepted(line: Line, how: str) -> None:
    id_after = IdAfter.NEW if how == "new id" else IdAfter.SAME
    line.apply(ev.AmendmentRequested("toy", line.now, amendment(order(), id_after=id_after)))
    if how == "queued":
        line.apply(ev.AmendmentQueued("toy", line.now, "A1", line.now + SECOND))
    else:
        line.apply(ev.AmendmentWritten("toy", line.now, "A1", 1))
    if how in ("new id", "unanswered"):
        line.answered()
    if how == "unanswered":
        # Also one that was accepted: what became of it while no ticket ran is not known.
        line.apply(ev.AmendmentUnanswered("toy", line.now, "A1", "lost."))
    assert waiting_of(line.state, line.row()) is None
    assert in_line(line.state, line.row()) == []


def test_each_shown_in_turn_is_confirmed(line: Line) -> None:
    line.ask("101", "102", "103")
    for price, stages in (
        ("100", [Stage.ACKNOWLEDGED] * 3),
        ("101", [Stage.CONFIRMED, Stage.ACKNOWLEDGED, Stage.ACKNOWLEDGED]),
        ("102", [Stage.CONFIRMED, Stage.CONFIRMED, Stage.ACKNOWLEDGED]),
        ("103", [Stage.CONFIRMED] * 3),
    ):
        line.shows(price)
        assert line.stages == stages
    assert [line.base(number) for number in (1, 2, 3)] == [Decimal(100), Decimal(101), Decimal(102)]


def test_one_that_was_not_shown_before_a_later_one_is_overtaken_by_inference(line: Line) -> None:
    line.ask("101", "102", "103")
    line.shows("102")
    assert line.stages == [Stage.OVERTAKEN, Stage.CONFIRMED, Stage.ACKNOWLEDGED]
    assert line.each(1).missing == NOT_SHOWN
    assert "the terms of a later change, price → 102, sent behind this one" in line.each(1).outcome
    assert "unless it had failed before" in line.each(1).outcome
    assert line.base(3) == 102
    line.shows("103")
    assert line.stages == [Stage.OVERTAKEN, Stage.CONFIRMED, Stage.CONFIRMED]


def test_a_failed_one_is_told_before_those_behind_it_which_stand_on_the_true_terms_then(line: Line) -> None:
    line.ask("101", "102")
    line.shows("100", after=4)
    assert line.stages == [Stage.ACKNOWLEDGED] * 2, "the venue may still act"
    line.shows("100", after=2)
    assert line.stages == [Stage.NOT_APPLIED, Stage.ACKNOWLEDGED], "the second one is the first in line only now"
    assert line.base(2) == 100
    line.shows("100", after=6)
    assert line.stages == [Stage.NOT_APPLIED] * 2
    assert "still works at 100" in line.each(2).outcome


def test_the_next_in_line_is_looked_at_when_it_can_be_refuted(line: Line) -> None:
    line.ask("101", "102")
    line.shows("101", after=1)
    due = line.now + POLICY.settle_after + REFUTING_PROBE_DELAY
    assert WakeAt("toy", "A2", due, once=True) in line.effects


def test_old_terms_that_a_later_one_asks_for_prove_nothing_until_all_is_over(line: Line) -> None:
    line.ask("101", "100")
    line.shows("100", after=1)
    line.shows("100", after=6)
    assert line.stages == [Stage.ACKNOWLEDGED] * 2, "neither that the first failed nor that the second came"
    line.shows("100", after=6)
    assert line.stages == [Stage.OVERTAKEN, Stage.CONFIRMED]
    assert line.each(1).missing == EITHER_WAY
    assert "or neither" in line.each(1).outcome
    assert "not known whether this change" in line.each(2).outcome


def test_a_read_from_before_the_second_one_refutes_the_first(line: Line) -> None:
    line.ask("101")
    asked_at = line.now + 6 * SECOND
    line.ask("100", at=asked_at + SECOND)
    line.seen(order(), asked_at=asked_at)
    assert line.stages == [Stage.NOT_APPLIED, Stage.ACKNOWLEDGED]
    assert line.base(2) == 100, "it asks for what the order has"
    line.shows("100", after=12)
    assert line.stages == [Stage.NOT_APPLIED, Stage.CONFIRMED]
    assert "not known whether" in line.each(2).outcome


def test_the_same_price_asked_for_twice_goes_to_the_first_with_a_word(line: Line) -> None:
    line.ask("101", "102", "101")
    line.shows("101")
    assert line.stages == [Stage.CONFIRMED, Stage.ACKNOWLEDGED, Stage.ACKNOWLEDGED]
    assert "A later change, price → 101, sent behind it, asks for the same terms" in line.each(1).outcome
    line.shows("102")
    line.shows("101")
    assert line.stages == [Stage.CONFIRMED] * 3
    assert "not known" not in line.each(3).outcome


def test_a_refusal_behind_a_failed_one_is_certain_and_leaves_the_others_alone(line: Line) -> None:
    line.ask("101", "102")
    waiting = waiting_of(line.state, line.row())
    assert waiting is not None
    third = amendment(waiting.expected, "103", 3, at=line.now)
    line.sent(replace(third, command=replace(third.command, behind=waiting)))
    line.apply(ev.AmendmentRefused("toy", line.now, "A3", "25573", "Skipped."))
    assert line.stages == [Stage.ACKNOWLEDGED, Stage.ACKNOWLEDGED, Stage.REFUSED]
    spoken = line.state.spoken_amendment(line.row())
    assert spoken is not None
    assert spoken.amendment_id == "A2", "the row speaks of what is not settled"
    line.shows("101")
    line.shows("102")
    assert line.stages == [Stage.CONFIRMED, Stage.CONFIRMED, Stage.REFUSED]


def test_one_alone_again_beside_a_refused_one(line: Line) -> None:
    line.ask("101")
    waiting = waiting_of(line.state, line.row())
    second = amendment(order(price=Decimal(101)), "102", 2, at=line.now)
    line.sent(replace(second, command=replace(second.command, behind=waiting)))
    line.apply(ev.AmendmentRefused("toy", line.now, "A2", "25572", "Too many."))
    line.shows("101")
    assert line.stages == [Stage.CONFIRMED, Stage.REFUSED]


def test_one_that_a_late_reading_shows_after_all(line: Line) -> None:
    line.ask("101", "102")
    line.shows("100", after=6)
    line.shows("101", after=1)
    assert line.stages == [Stage.CONFIRMED, Stage.ACKNOWLEDGED]
    assert "took effect late" in line.each(1).outcome
    assert line.base(2) == 101
    line.shows("102")
    assert line.stages == [Stage.CONFIRMED, Stage.CONFIRMED]


def test_terms_that_nobody_here_asked_for(line: Line) -> None:
    line.ask("101", "102")
    line.shows("105", after=1)
    assert line.stages == [Stage.ACKNOWLEDGED] * 2
    line.shows("105", after=6)
    assert line.stages == [Stage.DIFFERENT, Stage.ACKNOWLEDGED]
    line.shows("105", after=6)
    assert line.stages == [Stage.DIFFERENT] * 2
    assert "asked 102, got 105" in line.each(2).outcome


def test_a_push_with_old_terms_refutes_nothing(line: Line) -> None:
    line.ask("101", "102")
    line.now += 60 * SECOND
    line.seen(order(filled=Decimal(1), status=OrderStatus.PARTIALLY_FILLED))
    assert line.stages == [Stage.ACKNOWLEDGED] * 2
    line.shows("102", filled=Decimal(1), status=OrderStatus.PARTIALLY_FILLED)
    assert line.stages == [Stage.OVERTAKEN, Stage.CONFIRMED]


@pytest.mark.parametrize(
    "price,stages",
    [
        ("100", [Stage.OVERTAKEN] * 3),
        ("101", [Stage.CONFIRMED, Stage.OVERTAKEN, Stage.OVERTAKEN]),
        ("103", [Stage.OVERTAKEN, Stage.OVERTAKEN, Stage.CONFIRMED]),
        ("105", [Stage.OVERTAKEN] * 3),
    ],
)
def test_an_order_that_ended_tells_of_all(line: Line, price: str, stages: list[Stage]) -> None:
    line.ask("101", "102", "103")
    line.shows(price, filled=Decimal(2), status=OrderStatus.FILLED)
    assert line.stages == stages
    if price == "100":
        assert all("before the change took effect" in each.outcome for each in line.state.amendments.values())
        assert not any(each.missing for each in line.state.amendments.values())
    if price == "101":
        assert not line.each(2).missing
        assert "before the change" in line.each(2).outcome
    if price == "105":
        assert all(each.missing for each in line.state.amendments.values())


def test_an_order_that_ended_with_terms_that_may_be_either(line: Line) -> None:
    line.ask("101", "100", "102")
    line.shows("100", status=OrderStatus.CANCELLED)
    assert line.stages == [Stage.OVERTAKEN] * 3
    assert line.each(1).missing
    assert line.each(2).missing
    assert not line.each(3).missing
    before = dict(line.state.amendments)
    line.shows("100", status=OrderStatus.CANCELLED)
    assert line.state.amendments == before, "read again it proves no more"


def test_a_late_word_of_its_end_proves_no_more(line: Line) -> None:
    line.ask("101", "100")
    line.shows("100", status=OrderStatus.CANCELLED)
    assert line.stages == [Stage.OVERTAKEN] * 2
    line.now += SECOND
    line.seen(order(status=OrderStatus.CANCELLED, updated_at=line.now))
    assert line.stages == [Stage.OVERTAKEN] * 2, "the order had these terms before"


def test_what_stood_before_a_confirmed_one_is_out_of_the_line(line: Line) -> None:
    line.ask("101", "102")
    line.shows("100", after=6)
    line.ask("103")
    line.shows("102")
    assert line.stages == [Stage.NOT_APPLIED, Stage.CONFIRMED, Stage.ACKNOWLEDGED]
    assert [each.amendment_id for each in in_line(line.state, line.row())] == ["A3"]
    line.shows("101", after=6)
    assert line.stages[1:] == [Stage.CONFIRMED, Stage.DIFFERENT]


def test_an_order_rejected_with_terms_asked_for_proves_none(line: Line) -> None:
    line.ask("101", "102")
    line.shows("102", status=OrderStatus.REJECTED)
    assert line.stages == [Stage.OVERTAKEN] * 2
    assert all(each.missing for each in line.state.amendments.values())


def test_an_order_that_cannot_be_found_any_more_tells_it_of_all(line: Line) -> None:
    line.ask("101", "102")
    for _ in range(6):
        line.now += 20 * SECOND
        line.apply(ev.OpenOrdersListed("toy", line.now + 1, line.now, ()))
        line.now += SECOND
        line.apply(ev.OrderMissing("toy", line.now + 1, line.now, "o1", "no such order"))
    assert line.stages == [Stage.OVERTAKEN] * 2
    assert all(each.missing for each in line.state.amendments.values())


def test_a_cancelled_push_is_looked_up_first(line: Line) -> None:
    line.ask("101", "102")
    looks = line.count(LookUp)
    line.now += SECOND
    line.seen(order(status=OrderStatus.CANCELLED))
    assert line.stages == [Stage.ACKNOWLEDGED] * 2
    assert line.count(LookUp) == looks + 1
    line.shows("101", status=OrderStatus.CANCELLED)
    assert line.stages == [Stage.CONFIRMED, Stage.OVERTAKEN]


def test_after_a_restart_all_are_unknown_and_settled_by_what_is_shown(line: Line) -> None:
    line.ask("101", "102", "103")
    for number in (1, 2, 3):
        line.apply(ev.AmendmentUnanswered("toy", line.now, f"A{number}", "the ticket ended first."))
    assert line.stages == [Stage.UNKNOWN] * 3
    assert waiting_of(line.state, line.row()) is None, "nothing is sent beside them"
    line.shows("102", after=1)
    assert line.stages == [Stage.OVERTAKEN, Stage.CONFIRMED, Stage.UNKNOWN]
    line.shows("102", after=12)
    assert line.stages == [Stage.OVERTAKEN, Stage.CONFIRMED, Stage.NOT_APPLIED]


def test_each_is_refutable_a_settling_time_after_the_one_before(line: Line) -> None:
    line.ask("101", "102", "103")
    first, second, third = (refutable_from(line.state, line.each(number), POLICY) for number in (1, 2, 3))
    assert first is not None
    assert second is not None
    assert third is not None
    assert second - first == third - second == POLICY.settle_after
    assert is_late(line.state, line.each(3), POLICY, third)
    assert not is_late(line.state, line.each(3), POLICY, third - 1)
    assert not is_late(line.state, line.each(1), POLICY, None)


def test_the_age_of_one_without_an_answer_is_not_known(line: Line) -> None:
    line.ask("101")
    lone = replace(line.each(1), acknowledged_at=None)
    assert refutable_from(line.state, lone, POLICY) is None
    line.state.amendments["A1"] = lone
    second = amendment(order(price=Decimal(101)), "102", 2, at=T0)
    behind = Waiting(order(), ("A1", "gone"), (lone.command.target, lone.command.target))
    second = replace(second, acknowledged_at=T0, command=replace(second.command, behind=behind))
    assert refutable_from(line.state, second, POLICY) is None


def test_a_state_that_nobody_knows_proves_nothing(line: Line) -> None:
    line.ask("101", "102")
    line.shows("102", status=OrderStatus.UNRECOGNISED, raw_status="odd")
    assert line.stages == [Stage.ACKNOWLEDGED] * 2


def test_the_same_events_give_the_same_state(line: Line) -> None:
    other = Line()
    other.listed(order())
    for each in (line, other):
        each.ask("101", "102")
        each.shows("101")
        each.shows("101", after=9)
    assert line.state == other.state
    assert line.each(2).latest.source is Source.LOOKUP

"""The fold, one real-world situation a test: what the venue showed, and what the row and the ladder then say."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.desk.effects import Effect, LookUp, Refresh, SendAmendment, SendCancel, WakeAt
from app.desk.fold.context import FoldOutcome
from app.desk.fold.reducer import Reducer
from app.desk.state import AccountState, DeskState, Lineage
from app.domain import events as ev
from app.domain.amendment import Amendment, AmendmentStage, Source
from app.domain.evidence import SECOND
from app.domain.form import IdAfter
from app.domain.market import LinkState
from app.domain.order import Fill, Order, OrderStatus, Side
from tests.helpers.toy_venue import T0, ToyRulebook, amendment, order


class Bench:
    """A desk state with one account, driven event by event."""

    def __init__(self, both_legs: frozenset[str] = frozenset()) -> None:
        self.state = DeskState(accounts={"toy": AccountState("toy", "toy")})
        self.reducer = Reducer(self.state, {"toy": ToyRulebook(both_legs)})
        self.effects: list[Effect] = []
        self.now = T0

    def apply(self, event: ev.Event) -> FoldOutcome:
        out = self.reducer.apply(event)
        self.effects += out.effects
        return out

    def listed(self, *orders: Order, complete: bool = True, asked_at: int | None = None) -> None:
        asked = self.now if asked_at is None else asked_at
        self.apply(ev.OpenOrdersListed("toy", self.now + 1, asked, orders, complete))

    def seen(self, each: Order, asked_at: int | None = None, replaces: str = "") -> None:
        source = Source.PUSH if asked_at is None else Source.LOOKUP
        self.apply(ev.OrderSeen("toy", self.now, each, source, asked_at, replaces))

    def sent(self, each: Amendment) -> None:
        self.apply(ev.AmendmentRequested("toy", self.now, each))
        self.apply(ev.AmendmentWritten("toy", self.now, each.amendment_id, 10))

    def answered(self, amendment_id: str = "A1") -> None:
        """The venue took the request; a receipt, and the end of waiting for one."""
        self.apply(ev.AmendmentAcknowledged("toy", self.now, amendment_id, "o1"))

    def row(self, order_id: str = "o1") -> Lineage:
        return self.state.lineages[self.state.by_id[("toy", order_id)]]

    def stage(self, amendment_id: str = "A1") -> AmendmentStage:
        return self.state.amendments[amendment_id].stage

    def count(self, kind: type[Effect]) -> int:
        return sum(isinstance(effect, kind) for effect in self.effects)


@pytest.fixture
def bench() -> Bench:
    found = Bench()
    found.listed(order())
    return found


def test_intent_is_sent_once_even_if_repeated(bench: Bench) -> None:
    one = amendment(order())
    bench.apply(ev.AmendmentRequested("toy", T0, one))
    bench.apply(ev.AmendmentRequested("toy", T0, one))
    assert bench.count(SendAmendment) == 1
    assert bench.row().amendments == ["A1"]


def test_waiting_for_the_rate_limit_says_how_long(bench: Bench) -> None:
    bench.apply(ev.AmendmentRequested("toy", T0, amendment(order())))
    bench.apply(ev.AmendmentQueued("toy", T0 + 1, "A1", T0 + 3 * SECOND // 2))
    waiting = bench.state.amendments["A1"]
    assert waiting.outcome == "Not sent yet: waits for the venue's rate limit, about 2 s."
    assert (waiting.rungs[-1].stage, waiting.rungs[-1].note) == (AmendmentStage.QUEUED, waiting.outcome[14:-1])


def test_a_new_id_says_whether_the_venue_named_the_old_one(bench: Bench) -> None:
    bench.sent(amendment(order(), id_after=IdAfter.NEW))
    bench.now += 2
    bench.seen(order("o2", price=Decimal(101)))
    assert "order id o1 → o2, matched by its terms: the venue named no old id" in [
        entry.text for entry in bench.row().history
    ]
    bench.seen(order("o3", price=Decimal(101)), replaces="o2")
    assert "order id o2 → o3" in [entry.text for entry in bench.row().history]


def test_acknowledgement_is_not_success(bench: Bench) -> None:
    bench.sent(amendment(order()))
    bench.apply(ev.AmendmentAcknowledged("toy", T0 + 5, "A1"))
    assert bench.stage() is AmendmentStage.ACKNOWLEDGED
    assert bench.row().order.price == Decimal(100), "the row keeps what the venue proved"
    assert bench.state.accounts["toy"].ack_ns == 5


def test_push_before_the_reply_confirms_and_late_reply_adds_no_stage(bench: Bench) -> None:
    bench.sent(amendment(order()))
    bench.now += 2
    bench.seen(order(price=Decimal(101)))
    assert bench.stage() is AmendmentStage.CONFIRMED
    bench.apply(ev.AmendmentAcknowledged("toy", T0 + 9, "A1"))
    assert bench.stage() is AmendmentStage.CONFIRMED


def test_polls_that_agree_again_add_nothing_to_a_confirmed_ladder(bench: Bench) -> None:
    bench.sent(amendment(order()))
    for _ in range(3):
        bench.now += SECOND
        bench.seen(order(price=Decimal(101)), asked_at=bench.now)
    assert [rung.count for rung in bench.state.amendments["A1"].rungs] == [1, 1, 1, 1]


def test_duplicate_acknowledgement_is_one_rung_marked_twice(bench: Bench) -> None:
    bench.sent(amendment(order()))
    for _ in range(2):
        bench.apply(ev.AmendmentAcknowledged("toy", T0 + 5, "A1"))
    rungs = [rung for rung in bench.state.amendments["A1"].rungs if rung.stage is AmendmentStage.ACKNOWLEDGED]
    assert [rung.count for rung in rungs] == [2]


def test_fill_in_flight_moves_the_order_and_leaves_the_amendment(bench: Bench) -> None:
    bench.sent(amendment(order()))
    bench.now += 2
    bench.seen(order(filled=Decimal(1), status=OrderStatus.PARTIALLY_FILLED))
    assert bench.row().order.status is OrderStatus.PARTIALLY_FILLED
    assert bench.stage() is AmendmentStage.WRITTEN


def test_full_fill_in_flight_overtakes(bench: Bench) -> None:
    bench.sent(amendment(order()))
    bench.now += 2
    bench.seen(order(filled=Decimal(2), status=OrderStatus.FILLED))
    assert bench.stage() is AmendmentStage.OVERTAKEN
    assert "filled (2)" in bench.state.amendments["A1"].outcome


def test_no_answer_is_unknown_and_old_terms_refute_only_after_settling(bench: Bench) -> None:
    bench.sent(amendment(order()))
    bench.apply(ev.AmendmentUnanswered("toy", T0 + 3, "A1", "the link broke."))
    assert bench.stage() is AmendmentStage.UNKNOWN
    bench.now = T0 + 2 * SECOND
    bench.seen(order(), asked_at=bench.now)
    assert bench.stage() is AmendmentStage.UNKNOWN, "the venue may still be working on it"
    bench.now = T0 + 8 * SECOND
    bench.seen(order(), asked_at=bench.now)
    assert bench.stage() is AmendmentStage.UNKNOWN, "a broken link takes nothing back; it may lie unread"
    bench.now = T0 + 10 * SECOND
    bench.seen(order(), asked_at=bench.now)
    assert bench.stage() is AmendmentStage.NOT_APPLIED
    assert bench.count(SendAmendment) == 1, "nothing is sent twice"


def test_nothing_is_refuted_while_an_answer_may_still_come(bench: Bench) -> None:
    """A request may lie unread at the venue; taken for dead, it would work beside the next one."""
    bench.sent(amendment(order()))
    for second in (2, 6, 60):
        bench.now = T0 + second * SECOND
        bench.seen(order(), asked_at=bench.now)
        assert bench.stage() is AmendmentStage.WRITTEN
        bench.seen(order(price=Decimal(102)), asked_at=bench.now)
        assert bench.stage() is AmendmentStage.WRITTEN
    bench.apply(ev.AmendmentUnanswered("toy", bench.now, "A1", "no answer."))
    bench.now += SECOND
    bench.seen(order(), asked_at=bench.now)
    assert bench.stage() is AmendmentStage.UNKNOWN, "the settling time counts from when waiting ended"
    bench.now += 5 * SECOND
    bench.seen(order(), asked_at=bench.now)
    assert bench.stage() is AmendmentStage.NOT_APPLIED


def test_terms_neither_old_nor_asked_for_claim_nothing(bench: Bench) -> None:
    bench.sent(amendment(order()))
    bench.answered()
    bench.now = T0 + 6 * SECOND
    bench.seen(order(price=Decimal(102)), asked_at=bench.now)
    made = bench.state.amendments["A1"]
    assert made.stage is AmendmentStage.DIFFERENT
    assert [(each.asked, each.found) for each in made.differences] == [(Decimal(101), Decimal(102))]
    assert "somebody else" in made.missing
    bench.now += SECOND
    bench.seen(order(price=Decimal(101)), asked_at=bench.now)
    assert bench.stage() is AmendmentStage.CONFIRMED, "ours came after somebody else's"


@pytest.mark.parametrize("status", [OrderStatus.FILLED, OrderStatus.CANCELLED])
def test_an_order_that_ended_with_terms_nobody_asked_for_is_not_called_unchanged(
    bench: Bench, status: OrderStatus
) -> None:
    bench.sent(amendment(order()))
    bench.now += SECOND
    filled = Decimal(2) if status is OrderStatus.FILLED else Decimal(0)
    bench.seen(order(price=Decimal(102), status=status, filled=filled), asked_at=bench.now)
    made = bench.state.amendments["A1"]
    assert made.stage is AmendmentStage.OVERTAKEN
    assert made.differences
    assert made.missing
    assert "no change was made" not in made.outcome
    assert "before the change" not in made.outcome


def test_what_an_end_left_open_is_closed_by_what_comes_later(bench: Bench) -> None:
    bench.sent(amendment(order()))
    bench.now += SECOND
    bench.seen(order(price=Decimal(102), status=OrderStatus.ENDED), asked_at=bench.now)
    assert (bench.stage(), bool(bench.state.amendments["A1"].missing)) == (AmendmentStage.OVERTAKEN, True)
    bench.effects.clear()
    bench.apply(ev.LinkChanged("toy", bench.now, LinkState.UP))
    assert bench.effects == [LookUp("toy", bench.row().target)], "it may be told by now"
    bench.now += SECOND
    bench.seen(order(status=OrderStatus.FILLED, filled=Decimal(2)), asked_at=bench.now)
    made = bench.state.amendments["A1"]
    assert (made.stage, made.missing) == (AmendmentStage.OVERTAKEN, "")
    assert made.outcome == "The order was filled (2) before the change took effect."


def test_the_terms_asked_for_after_a_refusal_are_told_beside_it(bench: Bench) -> None:
    bench.sent(amendment(order()))
    bench.apply(ev.AmendmentRefused("toy", T0 + 4, "A1", "42", "The venue said no (42)."))
    for _ in range(2):
        bench.now += SECOND
        bench.seen(order(price=Decimal(101)), asked_at=bench.now)
    made = bench.state.amendments["A1"]
    assert made.stage is AmendmentStage.REFUSED
    assert made.outcome.startswith("The venue said no (42).")
    assert made.outcome.count("Yet the order has the terms asked for") == 1
    assert len([entry for entry in bench.row().history if "although the change was refused" in entry.text]) == 1


def test_unknown_never_closes_on_a_timer(bench: Bench) -> None:
    bench.sent(amendment(order()))
    for second in (1, 2, 6, 40, 4000, 400_000):
        bench.apply(ev.ProbeDue("toy", T0 + second * SECOND, "A1"))
    assert bench.stage() is AmendmentStage.UNKNOWN
    assert bench.count(SendAmendment) == 1
    assert bench.count(LookUp) >= 6
    regular = [effect for effect in bench.effects if isinstance(effect, WakeAt) and not effect.once]
    assert len(regular) == 7


def test_it_is_looked_at_as_soon_as_old_terms_would_refute(bench: Bench) -> None:
    bench.sent(amendment(order()))
    bench.now += SECOND
    bench.answered()
    (late,) = [effect for effect in bench.effects if isinstance(effect, WakeAt) and effect.once]
    assert late.at > bench.now + 5 * SECOND
    bench.effects.clear()
    bench.apply(ev.ProbeDue("toy", late.at, "A1", once=True))
    assert bench.effects == [LookUp("toy", bench.row().target)], "the regular looks go on by themselves"
    bench.seen(order(), asked_at=late.at)
    assert bench.stage() is AmendmentStage.NOT_APPLIED


def test_late_effect_after_not_applied_confirms(bench: Bench) -> None:
    bench.sent(amendment(order()))
    bench.answered()
    bench.now = T0 + 6 * SECOND
    bench.seen(order(), asked_at=bench.now)
    assert bench.stage() is AmendmentStage.NOT_APPLIED
    bench.now += SECOND
    bench.seen(order(price=Decimal(101)))
    assert bench.stage() is AmendmentStage.CONFIRMED
    assert "late" in bench.state.amendments["A1"].outcome


def test_a_read_that_left_before_the_write_proves_nothing(bench: Bench) -> None:
    bench.now = T0 + SECOND
    bench.sent(amendment(order()))
    bench.seen(order(price=Decimal(101)), asked_at=T0)
    assert bench.stage() is AmendmentStage.WRITTEN


def test_terms_in_a_read_that_left_before_the_write_are_somebody_elses(bench: Bench) -> None:
    bench.now = T0 + 2 * SECOND
    bench.sent(amendment(order(), at=bench.now))
    bench.seen(order(price=Decimal(101)), asked_at=T0 + SECOND)
    assert bench.row().order.price == Decimal(101), "it is newer than what the row showed"
    assert bench.stage() is AmendmentStage.WRITTEN


def test_a_refusal_after_waiting_was_given_up_is_one(bench: Bench) -> None:
    bench.sent(amendment(order()))
    bench.apply(ev.AmendmentUnanswered("toy", T0 + 3, "A1", "no answer."))
    bench.apply(ev.AmendmentRefused("toy", T0 + 4, "A1", "42", "The venue said no (42)."))
    assert bench.stage() is AmendmentStage.REFUSED


def test_an_order_that_two_amendments_could_have_made_is_given_to_neither(bench: Bench) -> None:
    bench.listed(order(), order("o2"))
    bench.sent(amendment(order(), number=1, id_after=IdAfter.NEW))
    bench.sent(amendment(order("o2"), number=2, id_after=IdAfter.NEW))
    bench.now += SECOND
    bench.seen(order("o3", price=Decimal(101)))
    assert "could be the result of 2 amendments" in bench.state.notices[-1].text
    bench.now += SECOND
    bench.listed(order("o3", price=Decimal(101)))
    assert [bench.row(each).ids for each in ("o1", "o2", "o3")] == [["o1"], ["o2"], ["o3"]]


def test_a_filled_order_goes_on_under_no_other_id(bench: Bench) -> None:
    bench.sent(amendment(order(), id_after=IdAfter.NEW))
    bench.answered()
    bench.now += SECOND
    bench.seen(order(filled=Decimal(2), status=OrderStatus.FILLED))
    bench.now += SECOND
    bench.listed(order("o2", price=Decimal(101)))
    assert bench.row().ids == ["o1"]
    assert bench.row("o2").key == "toy/o2"


def test_refusal_ends_the_request_only_and_is_read_back(bench: Bench) -> None:
    bench.sent(amendment(order()))
    bench.apply(ev.AmendmentRefused("toy", T0 + 4, "A1", "42", "The venue said no (42)."))
    assert bench.stage() is AmendmentStage.REFUSED
    assert bench.row().order.is_open
    assert bench.count(LookUp) == 1


def test_new_id_moves_the_row_and_keeps_its_key_and_history(bench: Bench) -> None:
    bench.sent(amendment(order(), id_after=IdAfter.NEW))
    bench.now += 2
    bench.seen(order("o2", price=Decimal(101)))
    row = bench.row("o2")
    assert row is bench.row("o1")
    assert row.ids == ["o1", "o2"]
    assert row.order.order_id == "o2"
    assert bench.stage() is AmendmentStage.CONFIRMED
    assert bench.state.amendments["A1"].new_order_id == "o2"
    assert len(bench.state.lineages) == 1


@pytest.mark.parametrize("cancel_first", [True, False])
def test_split_into_cancelled_and_new_is_one_order_in_either_sequence(bench: Bench, cancel_first: bool) -> None:
    bench.sent(amendment(order(), id_after=IdAfter.NEW))
    bench.now += 2
    pair = [order(status=OrderStatus.CANCELLED), order("o2", price=Decimal(101))]
    for each in pair if cancel_first else reversed(pair):
        bench.seen(each)
    assert bench.row("o1").order.order_id == "o2"
    assert bench.row("o1").order.is_open
    assert bench.stage() is AmendmentStage.CONFIRMED


def test_phantom_cancel_does_not_close_the_row_until_a_late_look_up_agrees(bench: Bench) -> None:
    gone = order(status=OrderStatus.CANCELLED)
    bench.sent(amendment(order(), id_after=IdAfter.NEW))
    bench.answered()
    bench.now += 2
    bench.seen(gone)
    assert bench.row().order.is_open
    assert bench.count(Refresh) == 1
    bench.now = T0 + SECOND
    looked_up = bench.count(LookUp)
    bench.listed()
    assert bench.count(LookUp) == looked_up + 1
    bench.seen(gone, asked_at=bench.now)
    assert bench.row().order.is_open
    assert bench.count(Refresh) == 1, "asked once; the amendment's own look-ups ask on"
    assert [entry.text for entry in bench.row().history].count("order o1 ended; looking for its replacement") == 1
    bench.now = T0 + 6 * SECOND
    bench.listed()
    assert bench.row().order.is_open, "a list alone closes nothing"
    bench.seen(gone, asked_at=bench.now)
    assert bench.row().order.status is OrderStatus.CANCELLED
    assert bench.stage() is AmendmentStage.OVERTAKEN


def test_replacement_is_confirmed_only_with_both_legs() -> None:
    bench = Bench(both_legs=frozenset({"replace"}))
    bench.listed(order())
    bench.sent(amendment(order(), id_after=IdAfter.NEW, route="replace"))
    bench.now += 2
    bench.seen(order("o2", price=Decimal(101)), replaces="o1")
    assert bench.stage() is AmendmentStage.WRITTEN
    assert "old order o1" in bench.state.amendments["A1"].missing
    bench.now += 2
    bench.seen(order(status=OrderStatus.CANCELLED))
    assert bench.stage() is AmendmentStage.CONFIRMED


def test_missing_from_the_list_asks_and_does_not_close(bench: Bench) -> None:
    bench.now += SECOND
    bench.listed()
    assert bench.row().order.is_open
    assert bench.count(LookUp) == 1
    bench.apply(ev.OrderMissing("toy", bench.now + 2, bench.now + 1, "o1"))
    assert bench.row().order.status is OrderStatus.UNRECOGNISED
    assert not bench.row().order.status.is_terminal, "nothing proved how it ended"


def test_incomplete_list_closes_nothing(bench: Bench) -> None:
    bench.now += SECOND
    bench.listed(complete=False)
    assert bench.row().order.is_open
    assert bench.row().vanished_at is None
    assert bench.row().stale
    assert bench.count(LookUp) == 1, "what it should have had is asked about, one by one"
    assert not bench.state.accounts["toy"].list_complete


def test_older_news_never_takes_a_row_back(bench: Bench) -> None:
    bench.now += SECOND
    bench.seen(order(price=Decimal(105), updated_at=20))
    bench.seen(order(price=Decimal(103), updated_at=10))
    assert bench.row().order.price == Decimal(105)
    bench.seen(order(price=Decimal(105), updated_at=20, filled=Decimal(1)))
    bench.seen(order(price=Decimal(105), updated_at=20, filled=Decimal(0)))
    assert bench.row().order.filled == Decimal(1)


def test_a_later_read_counts_although_the_venue_clock_went_back(bench: Bench) -> None:
    bench.now += SECOND
    bench.seen(order(price=Decimal(105), updated_at=20))
    bench.now += SECOND
    bench.seen(order(price=Decimal(106), updated_at=10), asked_at=bench.now)
    assert bench.row().order.price == Decimal(106)


def test_list_asked_before_a_push_is_older_news(bench: Bench) -> None:
    asked = bench.now
    bench.now += SECOND
    bench.seen(order(price=Decimal(107)))
    bench.listed(order(), asked_at=asked)
    assert bench.row().order.price == Decimal(107)


def test_fill_is_booked_once(bench: Bench) -> None:
    fill = Fill("toy", "f1", "o1", "AB", Side.BUY, Decimal(100), Decimal(1), T0)
    for _ in range(2):
        bench.apply(ev.FillSeen("toy", T0, fill, Source.PUSH))
    assert bench.row().order.filled == Decimal(1)
    bench.apply(ev.FillSeen("toy", T0, replace(fill, fill_id="f2"), Source.PUSH))
    assert bench.row().order.filled == Decimal(2)
    assert bench.count(LookUp) == 1, "the end itself is asked for, not concluded"


def test_broken_link_makes_rows_stale_and_recovery_asks_first(bench: Bench) -> None:
    bench.sent(amendment(order()))
    bench.apply(ev.LinkChanged("toy", T0 + 1, LinkState.DOWN, "gone"))
    assert bench.row().stale
    before = bench.count(LookUp)
    bench.apply(ev.LinkChanged("toy", T0 + 2, LinkState.UP))
    assert bench.count(LookUp) == before + 1
    assert bench.count(SendAmendment) == 1


def test_cancel_is_allowed_while_an_amendment_is_under_way(bench: Bench) -> None:
    bench.sent(amendment(order()))
    bench.apply(ev.CancelRequested("toy", T0 + 2, "toy/o1"))
    assert bench.count(SendCancel) == 1
    bench.apply(ev.CancelAnswered("toy", T0 + 3, "o1", taken=False, text="No such order."))
    assert not bench.row().cancelling
    assert bench.state.notices[-1].text == "No such order."


def test_two_claimants_bind_nothing_and_say_so() -> None:
    bench = Bench()
    bench.listed(order("o1"), order("o9"))
    bench.sent(amendment(order("o1"), number=1, id_after=IdAfter.NEW))
    bench.sent(amendment(order("o9"), number=2, id_after=IdAfter.NEW))
    bench.now += 2
    bench.seen(order("o5", price=Decimal(101)))
    assert bench.row("o1").ids == ["o1"]
    assert bench.row("o9").ids == ["o9"]
    assert "2 amendments" in bench.state.notices[-1].text
    assert bench.row("o5").order.is_open, "an order that rests is never hidden"


def test_events_of_unknown_accounts_and_amendments_change_nothing(bench: Bench) -> None:
    before = repr(bench.state)
    bench.apply(ev.LinkChanged("other", T0, LinkState.UP))
    bench.apply(ev.AmendmentAcknowledged("toy", T0, "A404"))
    assert repr(bench.state) == before

"""Situations the simulation found the fold to misread, each as short as it can be told."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.desk.effects import LookUp, Refresh
from app.desk.fold.reducer import Reducer
from app.domain import events as ev
from app.domain.amendment import AmendmentStage, Command, Source
from app.domain.evidence import SECOND, Finding, Judgement, judge_terms
from app.domain.form import IdAfter
from app.domain.market import Balance
from app.domain.order import Fill, Order, OrderStatus, Side
from app.domain.plan import Terms
from tests.desk.fold.test_reducer import Bench
from tests.helpers.toy_venue import T0, ToyRulebook, amendment, order

LATE = 10 * SECOND
"""Beyond the time the toy venue's answer may take, and its settling time after that."""


@pytest.fixture
def bench() -> Bench:
    found = Bench()
    found.listed(order())
    return found


def refuted(bench: Bench, price: str = "101", number: int = 1, id_after: IdAfter = IdAfter.SAME) -> None:
    """Ask for a price, and let a late look-up show the old one."""
    bench.sent(amendment(bench.row().order, price, number, id_after, at=bench.now))
    bench.answered(f"A{number}")
    bench.now += LATE
    bench.seen(bench.row().order, asked_at=bench.now)
    assert bench.stage(f"A{number}") is AmendmentStage.NOT_APPLIED


def test_a_change_that_lands_after_the_next_one_was_settled_is_still_recognised(bench: Bench) -> None:
    refuted(bench, "101", 1)
    refuted(bench, "103", 2)
    bench.now += SECOND
    bench.seen(order(price=Decimal(101)))
    assert (bench.stage("A1"), bench.stage("A2")) == (AmendmentStage.CONFIRMED, AmendmentStage.NOT_APPLIED)
    assert bench.state.amendments["A1"].outcome.endswith("It took effect late.")


def test_terms_that_the_last_amendment_explains_credit_no_earlier_one(bench: Bench) -> None:
    refuted(bench, "101", 1)
    bench.sent(amendment(order(), "101", 2, at=bench.now))
    bench.now += SECOND
    bench.seen(order(price=Decimal(101)))
    assert (bench.stage("A1"), bench.stage("A2")) == (AmendmentStage.NOT_APPLIED, AmendmentStage.CONFIRMED)


def test_terms_that_a_refused_amendment_asked_for_too_are_the_earlier_one_s(bench: Bench) -> None:
    refuted(bench, "101", 1)
    bench.sent(amendment(order(), "101", 2, at=bench.now))
    bench.apply(ev.AmendmentRefused("toy", bench.now, "A2", "7", "Not now."))
    bench.now += SECOND
    bench.seen(order(price=Decimal(101)))
    assert (bench.stage("A1"), bench.stage("A2")) == (AmendmentStage.CONFIRMED, AmendmentStage.REFUSED)


def test_the_old_half_of_a_late_replacement_does_not_close_the_row(bench: Bench) -> None:
    refuted(bench, id_after=IdAfter.NEW)
    bench.now += SECOND
    refreshed = bench.count(Refresh)
    bench.seen(order(status=OrderStatus.CANCELLED))
    assert bench.row().order.is_open
    assert bench.count(Refresh) == refreshed + 1
    bench.now += SECOND
    bench.listed(order("o2", price=Decimal(101)))
    assert (bench.row().ids, bench.row().order.order_id) == (["o1", "o2"], "o2")
    assert bench.stage() is AmendmentStage.CONFIRMED


def test_a_cancel_after_a_refuted_replacement_closes_the_row_once_a_look_up_shows_no_heir(bench: Bench) -> None:
    """A list may leave the heir out for a moment; the look-up that follows it asks for this very order."""
    refuted(bench, id_after=IdAfter.NEW)
    bench.now += SECOND
    bench.seen(order(status=OrderStatus.CANCELLED))
    bench.now += SECOND
    looked_up = bench.count(LookUp)
    bench.listed()
    assert bench.row().order.is_open
    assert bench.count(LookUp) == looked_up + 1
    bench.seen(order(status=OrderStatus.CANCELLED), asked_at=bench.now)
    assert bench.row().order.status is OrderStatus.CANCELLED


def test_an_order_listed_beside_the_old_one_did_not_replace_it(bench: Bench) -> None:
    bench.sent(amendment(order(), id_after=IdAfter.NEW))
    bench.answered()
    bench.now += LATE
    bench.listed(order(), order("o2", price=Decimal(101)))
    assert len(bench.state.lineages) == 2
    assert bench.row().ids == ["o1"]
    assert bench.stage() is AmendmentStage.NOT_APPLIED


def test_an_unknown_order_like_a_refuted_change_waits_for_a_list(bench: Bench) -> None:
    refuted(bench, id_after=IdAfter.NEW)
    bench.now += SECOND
    refreshed = bench.count(Refresh)
    bench.seen(order("o2", price=Decimal(101)), asked_at=bench.now)
    assert ("toy", "o2") not in bench.state.by_id
    assert bench.count(Refresh) == refreshed + 1
    bench.listed(order(), order("o2", price=Decimal(101)))
    assert bench.row("o2") is not bench.row("o1")


def test_balances_that_were_read_earlier_and_come_later_change_nothing(bench: Bench) -> None:
    def balance(free: int, as_of: int) -> Balance:
        return Balance("USD", Decimal(10), Decimal(free), Decimal(10 - free), as_of)

    bench.apply(ev.BalancesSeen("toy", T0 + 9, (balance(4, T0 + 8),), complete=True))
    bench.apply(ev.BalancesSeen("toy", T0 + 10, (balance(7, T0 + 5),), complete=True))
    bench.apply(ev.BalancesSeen("toy", T0 + 10, (), complete=False))
    known = bench.state.accounts["toy"].balances
    assert known["USD"].available == Decimal(4)
    # Our clock was set back: what is known lies in the future, and is no measure.
    bench.apply(ev.BalancesSeen("toy", T0 + 3, (balance(7, T0 + 2),), complete=True))
    assert known["USD"].available == Decimal(7)


def test_a_whole_reading_of_balances_drops_what_it_does_not_name(bench: Bench) -> None:
    for currency in ("USD", "BTC"):
        each = Balance(currency, Decimal(1), Decimal(1), Decimal(0), T0)
        bench.apply(ev.BalancesSeen("toy", T0, (each,)))
    usd = Balance("USD", Decimal(2), Decimal(2), Decimal(0), T0 + 1)
    bench.apply(ev.BalancesSeen("toy", T0 + 1, (usd,), complete=True))
    assert bench.state.accounts["toy"].balances == {"USD": usd}


def test_an_execution_does_not_make_an_order_that_is_not_to_be_found_work_again(bench: Bench) -> None:
    bench.apply(ev.OrderMissing("toy", T0 + 2, T0 + 1, "o1"))
    fill = Fill("toy", "f1", "o1", "AB", Side.BUY, Decimal(100), Decimal(1), T0)
    bench.apply(ev.FillSeen("toy", T0 + 3, fill, Source.HISTORY))
    shown = bench.row().order
    assert (shown.status, shown.raw_status, shown.filled) == (OrderStatus.UNRECOGNISED, "not found", Decimal(1))


def test_two_rows_become_one_when_a_list_proves_it(bench: Bench) -> None:
    """The new half was pushed, and shown as an order of its own, before anything tied it to the old one."""
    refuted(bench, id_after=IdAfter.NEW)
    bench.now += SECOND
    bench.listed(order(), order("o2", price=Decimal(101)))
    assert len(bench.state.lineages) == 2
    fill = Fill("toy", "f1", "o2", "AB", Side.BUY, Decimal(101), Decimal(1), T0)
    bench.apply(ev.FillSeen("toy", bench.now, fill, Source.PUSH))
    bench.now += SECOND
    bench.listed(order("o2", price=Decimal(101), filled=Decimal(1), status=OrderStatus.PARTIALLY_FILLED))
    assert list(bench.state.lineages) == ["toy/o1"]
    row = bench.row("o2")
    assert (row.ids, row.order.order_id, list(row.fills)) == (["o1", "o2"], "o2", ["f1"])
    assert bench.stage() is AmendmentStage.CONFIRMED


def test_two_rows_become_one_when_the_venue_says_so_late(bench: Bench) -> None:
    bench.seen(order("o2", price=Decimal(105)))
    bench.seen(order("o2", price=Decimal(106)), replaces="o1")
    assert (list(bench.state.lineages), bench.row("o2").ids) == (["toy/o1"], ["o1", "o2"])
    assert bench.row("o1").order.price == Decimal(106)


def test_a_second_replacement_of_one_order_has_its_own_row(bench: Bench) -> None:
    """Following it would hide the first one, which may work as well."""
    bench.seen(order("o2", price=Decimal(105)), replaces="o1")
    bench.seen(order("o3", price=Decimal(106)), replaces="o1")
    assert (bench.row("o2").ids, bench.row("o3").ids) == (["o1", "o2"], ["o3"])
    assert "second replacement" in bench.state.notices[-1].text


def test_an_order_that_was_replaced_already_is_not_replaced_again(bench: Bench) -> None:
    """A change taken for not applied lands after another one has given the row a new id."""
    refuted(bench, "101", 1, IdAfter.NEW)
    bench.sent(amendment(order(), "103", 2, IdAfter.NEW, at=bench.now))
    bench.seen(order("o2", price=Decimal(103)), replaces="o1")
    bench.now += SECOND
    bench.listed(order("o2", price=Decimal(103)), order("o3", price=Decimal(101)))
    bench.now += SECOND
    bench.listed(order("o3", price=Decimal(101)))
    assert (bench.row("o2").ids, bench.row("o3").ids) == (["o1", "o2"], ["o3"])


def test_an_earlier_replacement_that_lands_late_is_followed_too(bench: Bench) -> None:
    refuted(bench, "101", 1, IdAfter.NEW)
    bench.sent(amendment(order(), "103", 2, at=bench.now))
    bench.now += SECOND
    bench.seen(order(price=Decimal(103)))
    assert bench.stage("A2") is AmendmentStage.CONFIRMED
    bench.now += SECOND
    bench.seen(order(price=Decimal(103), status=OrderStatus.CANCELLED))
    assert bench.row().order.is_open
    bench.now += SECOND
    bench.listed(order("o2", price=Decimal(101)))
    assert (bench.row("o1").ids, bench.stage("A1")) == (["o1", "o2"], AmendmentStage.CONFIRMED)
    assert bench.state.amendments["A1"].new_order_id == "o2"


class ById(ToyRulebook):
    """Knows an order by its id, and a replacement by whom it names."""

    def judge(self, command: Command, seen: Order) -> Judgement:
        if seen.order_id != command.order.order_id and seen.client_id != command.amendment_id:
            return Judgement(Finding.UNRELATED, "Another order.")
        return judge_terms(command, seen)

    def claims(self, command: Command, seen: Order) -> bool:
        return seen.client_id == command.amendment_id


def test_a_change_of_an_order_that_another_change_replaced_is_settled() -> None:
    bench = Bench()
    bench.reducer = Reducer(bench.state, {"toy": ById()})
    bench.listed(order())
    refuted(bench, "101", 1, IdAfter.NEW)
    bench.sent(amendment(order(), "103", 2, IdAfter.NEW, at=bench.now))
    bench.apply(ev.AmendmentUnanswered("toy", bench.now, "A2", "no answer."))
    bench.now += SECOND
    heir = order("o2", price=Decimal(101), client_id="A1")
    bench.seen(heir, replaces="o1")
    assert (bench.stage("A1"), bench.stage("A2")) == (AmendmentStage.CONFIRMED, AmendmentStage.UNKNOWN)
    bench.now += LATE
    bench.seen(heir, asked_at=bench.now)
    assert bench.stage("A2") is AmendmentStage.OVERTAKEN
    made = bench.state.amendments["A2"]
    assert made.outcome == "Order o1 went on as o2, which this change did not make."
    assert made.missing
    # What becomes of the other order tells nothing of this change.
    bench.reducer = Reducer(bench.state, {"toy": ToyRulebook()})
    for then in (order("o2"), order("o2", status=OrderStatus.CANCELLED)):
        bench.now += 2 * LATE
        bench.seen(then, asked_at=bench.now)
        assert bench.state.amendments["A2"] == made


def test_a_change_whose_leaving_was_not_recorded_may_still_land(bench: Bench) -> None:
    """The ticket was killed between the write and its record."""
    bench.apply(ev.AmendmentRequested("toy", bench.now, amendment(order(), id_after=IdAfter.NEW)))
    bench.apply(ev.AmendmentUnanswered("toy", bench.now, "A1", "The ticket ended before the outcome was known."))
    bench.now += LATE
    bench.seen(order(), asked_at=bench.now)
    assert bench.stage() is AmendmentStage.NOT_APPLIED
    bench.now += SECOND
    bench.listed(order("o2", price=Decimal(101)))
    assert (bench.row("o2").ids, bench.stage()) == (["o1", "o2"], AmendmentStage.CONFIRMED)


@pytest.mark.parametrize("asked_at", [T0 + SECOND, None])
def test_late_news_of_an_ended_order_does_not_open_it_again(bench: Bench, asked_at: int | None) -> None:
    """A list that was asked for before the end and comes after it, or a push that was overtaken."""
    bench.now += 3 * SECOND
    bench.seen(order(status=OrderStatus.CANCELLED), asked_at=bench.now)
    bench.now += 3 * SECOND
    bench.seen(order(), asked_at=asked_at)
    assert bench.row().order.status is OrderStatus.CANCELLED
    bench.now += SECOND
    bench.seen(order(), asked_at=bench.now)
    assert bench.row().order.is_open, "what is asked for now is newer"


def test_fills_never_go_back_whatever_the_venue_s_clock_says(bench: Bench) -> None:
    half = order(filled=Decimal(1), status=OrderStatus.PARTIALLY_FILLED, updated_at=T0)
    bench.seen(half)
    bench.seen(order(updated_at=T0 + SECOND))
    assert bench.row().order == half


def test_more_filled_is_newer_even_if_the_venue_s_clock_was_set_back(bench: Bench) -> None:
    bench.seen(order(filled=Decimal("0.5"), status=OrderStatus.PARTIALLY_FILLED, updated_at=T0))
    later = order(filled=Decimal(1), status=OrderStatus.PARTIALLY_FILLED, updated_at=T0 - SECOND)
    bench.seen(later)
    assert bench.row().order == later


def test_an_order_that_was_there_before_is_not_what_the_amendment_made(bench: Bench) -> None:
    """Somebody has another order at the very terms asked for; the amended one is cancelled meanwhile."""
    bench.listed(order(), order("o2", price=Decimal(101)))
    bench.now += SECOND
    bench.sent(amendment(order(), id_after=IdAfter.NEW, at=bench.now))
    bench.now += 2 * SECOND
    bench.listed(order("o2", price=Decimal(101)))
    assert (bench.row().ids, bench.row("o2").ids) == (["o1"], ["o2"])
    assert bench.stage() is AmendmentStage.WRITTEN


def test_a_change_that_lands_late_beside_the_next_one_is_recognised(bench: Bench) -> None:
    """The first asked for another size, the second for another price, and the order shows both."""

    def asks(number: int, **terms: Decimal) -> None:
        made = amendment(order(), number=number, at=bench.now)
        bench.sent(replace(made, command=replace(made.command, target=Terms(**terms))))

    asks(1, quantity=Decimal(3))
    bench.answered()
    bench.now += LATE
    bench.seen(order(), asked_at=bench.now)
    asks(2, price=Decimal(101))
    bench.now += SECOND
    bench.seen(order(price=Decimal(101)))
    assert (bench.stage("A1"), bench.stage("A2")) == (AmendmentStage.NOT_APPLIED, AmendmentStage.CONFIRMED)
    bench.now += SECOND
    bench.seen(order(price=Decimal(101), quantity=Decimal(3)))
    assert (bench.stage("A1"), bench.stage("A2")) == (AmendmentStage.CONFIRMED, AmendmentStage.CONFIRMED)


def test_a_write_that_was_not_recorded_is_counted_from_the_end_of_the_ticket(bench: Bench) -> None:
    """It may have waited for the rate limit and left right before the ticket was killed."""
    bench.apply(ev.AmendmentRequested("toy", bench.now, amendment(order())))
    bench.now += LATE
    bench.apply(ev.AmendmentUnanswered("toy", bench.now, "A1", "The ticket ended."))
    bench.now += SECOND
    bench.seen(order(), asked_at=bench.now)
    assert bench.stage() is AmendmentStage.UNKNOWN
    bench.now += LATE
    bench.seen(order(), asked_at=bench.now)
    assert bench.stage() is AmendmentStage.NOT_APPLIED

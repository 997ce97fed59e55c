"""Situations the simulation's strangers, lies and cut lists found the fold to misread, each as short as can be told."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.desk.effects import LookUp, Refresh
from app.desk.fold.given_up import NOT_FOUND
from app.domain import events as ev
from app.domain.amendment import AmendmentStage, Source
from app.domain.evidence import SECOND
from app.domain.form import IdAfter
from app.domain.order import Fill, Order, OrderStatus, Side
from app.domain.plausible import AGREEING_READS
from tests.desk.fold.test_reducer import Bench
from tests.helpers.toy_venue import amendment, order

D = Decimal

LATE = 10 * SECOND
"""Beyond the time the toy venue's answer may take, and its settling time after that."""


@pytest.fixture
def bench() -> Bench:
    found = Bench()
    found.listed(order())
    return found


def gone(bench: Bench, *others: Order, rounds: int = AGREEING_READS) -> None:
    """Lists without the order, and look-ups that find nothing, far apart."""
    for _ in range(rounds):
        bench.now += LATE
        bench.listed(*others)
        bench.apply(ev.OrderMissing("toy", bench.now + 2, bench.now + 1, "o1", "No such order."))


def texts(bench: Bench, order_id: str = "o1") -> str:
    return "\n".join(entry.text for entry in bench.row(order_id).history)


# -- orders that are found no more -------------------------------------------------------------------------------------


def test_an_order_that_enough_reads_do_not_find_leaves_the_open_list_and_its_change_is_not_called_known(
    bench: Bench,
) -> None:
    bench.sent(amendment(order(), id_after=IdAfter.NEW))
    bench.answered()
    gone(bench)
    assert (bench.row().order.status, bench.row().order.raw_status) == (OrderStatus.ENDED, NOT_FOUND)
    assert "Neither a fill nor a cancel is proven" in texts(bench)
    assert bench.stage() is AmendmentStage.OVERTAKEN
    assert "before" in bench.state.amendments["A1"].missing
    assert bench.state.open_lineages() == []


@pytest.mark.parametrize("rounds", range(1, AGREEING_READS))
def test_fewer_reads_leave_it_open(bench: Bench, rounds: int) -> None:
    gone(bench, rounds=rounds)
    assert (bench.row().order.is_open, bench.row().order.raw_status) == (True, NOT_FOUND)


def test_look_ups_alone_do_not_take_an_order_off_the_open_list(bench: Bench) -> None:
    for _ in range(2 * AGREEING_READS):
        bench.now += LATE
        bench.apply(ev.OrderMissing("toy", bench.now + 1, bench.now, "o1", "No such order."))
    assert bench.row().order.is_open


def test_reads_within_the_settling_time_do_not_either(bench: Bench) -> None:
    for _ in range(2 * AGREEING_READS):
        bench.now += 10
        bench.listed()
        bench.apply(ev.OrderMissing("toy", bench.now + 2, bench.now + 1, "o1", "No such order."))
    assert bench.row().order.is_open


def test_nothing_is_given_up_while_an_order_cannot_be_read(bench: Bench) -> None:
    for _ in range(AGREEING_READS + 1):
        bench.now += LATE
        bench.apply(ev.OrderUnreadable("toy", bench.now, "o9", "its price is below zero (-5)", "{}", Source.LISTING))
        bench.apply(ev.OpenOrdersListed("toy", bench.now + 1, bench.now, (), True, ("o9",)))
        bench.apply(ev.OrderMissing("toy", bench.now + 3, bench.now + 2, "o1", "No such order."))
    assert bench.row().order.is_open


def test_an_order_that_was_unreadable_beside_it_keeps_nothing_open(bench: Bench) -> None:
    """It cannot be what the other one went on as: both were there. One without an id may have come since."""
    for order_id, is_open in (("o9", False), ("", True)):
        bench = Bench()
        for round_ in range(AGREEING_READS + 2):
            bench.now += LATE
            text = "its price is below zero (-5)"
            bench.apply(ev.OrderUnreadable("toy", bench.now, order_id, text, "{}", Source.LISTING))
            shown = (order(),) if round_ == 0 else ()
            unreadable = (order_id,) if order_id else ()
            bench.apply(ev.OpenOrdersListed("toy", bench.now + 1, bench.now, shown, bool(order_id), unreadable))
            if round_:
                bench.apply(ev.OrderMissing("toy", bench.now + 3, bench.now + 2, "o1", "No such order."))
            if round_ == 0:
                bench.now += 1
                bench.seen(order(), bench.now)
        assert bench.row().order.is_open is is_open


def test_an_end_that_proves_wrong_ends_no_amendment(bench: Bench) -> None:
    """One look-up calls the order cancelled while a change is under way, and it works on with its old terms."""
    bench.sent(amendment(order()))
    bench.answered()
    bench.now += SECOND
    bench.seen(replace(order(), status=OrderStatus.CANCELLED), bench.now)
    assert bench.stage() is AmendmentStage.OVERTAKEN
    bench.now += LATE
    bench.listed(order())
    made = bench.state.amendments["A1"]
    assert bench.row().order.is_open
    assert (made.stage, made.missing) == (AmendmentStage.NOT_APPLIED, "")
    assert "still works at 100 for 2" in made.outcome


@pytest.mark.parametrize("asked", [True, False], ids=["by a read", "by a push"])
def test_one_that_turns_up_after_all_is_open_again(bench: Bench, asked: bool) -> None:
    gone(bench)
    bench.now += SECOND
    bench.seen(order(), bench.now if asked else None)
    assert bench.row().order == order()


def test_the_end_of_one_given_up_is_not_asked_for_with_each_connection(bench: Bench) -> None:
    gone(bench)
    before = bench.count(LookUp)
    bench.apply(ev.LinkChanged("toy", bench.now, bench.state.accounts["toy"].link.UP))
    assert bench.count(LookUp) == before


# -- orders like ours --------------------------------------------------------------------------------------------------


def beside(bench: Bench) -> None:
    """Another order like ours rests, and a change of ours under a new id is under way."""
    bench.listed(order(), order("b1", price=D(90)))
    bench.sent(amendment(order(), id_after=IdAfter.NEW))
    bench.now += 2


def test_an_unknown_order_with_our_terms_is_listed_before_it_is_taken_for_ours(bench: Bench) -> None:
    beside(bench)
    refreshed = bench.count(Refresh)
    bench.seen(order("o2", price=D(101)))
    assert ("toy", "o2") not in bench.state.by_id
    assert (bench.count(Refresh), bench.stage()) == (refreshed + 1, AmendmentStage.WRITTEN)
    bench.now += 2
    bench.listed(order("o2", price=D(101)), order("b1", price=D(90)))
    assert (bench.row().ids, bench.stage()) == (["o1", "o2"], AmendmentStage.CONFIRMED)


def test_it_is_not_ours_where_the_list_shows_that_the_other_one_moved(bench: Bench) -> None:
    beside(bench)
    bench.listed(order(), order("b2", price=D(101)))
    assert (bench.row().ids, bench.stage()) == (["o1"], AmendmentStage.WRITTEN)
    assert bench.row("b2") is not bench.row()


def test_it_is_nobody_s_where_both_are_missing(bench: Bench) -> None:
    beside(bench)
    bench.listed(order("x", price=D(101)))
    assert (bench.row().ids, bench.stage()) == (["o1"], AmendmentStage.WRITTEN)
    assert bench.row("x").order.is_open
    assert any("somebody else changed" in notice.text for notice in bench.state.notices)


def test_it_is_nobody_s_where_two_have_our_terms(bench: Bench) -> None:
    beside(bench)
    bench.listed(order("x", price=D(101)), order("y", price=D(101)), order("b1", price=D(90)))
    assert (bench.row().ids, bench.stage()) == (["o1"], AmendmentStage.WRITTEN)
    assert bench.row("x") is not bench.row("y")


@pytest.mark.parametrize("listed", [True, False])
def test_an_order_entered_with_our_terms_long_after_ours_was_cancelled_is_not_ours(bench: Bench, listed: bool) -> None:
    """Whoever cancelled it enters it anew as it was to become: nothing of that was the change that came too late."""
    bench.sent(amendment(order(), id_after=IdAfter.NEW))
    bench.answered()
    for _ in range(2):
        bench.now += 60 * SECOND
        bench.listed()
        bench.seen(order(status=OrderStatus.CANCELLED), bench.now)
    assert (bench.stage(), bench.state.amendments["A1"].missing) == (AmendmentStage.OVERTAKEN, "")
    bench.now += 60 * SECOND
    if listed:
        bench.listed(order("n1", price=D(101)))
    else:
        bench.seen(order("n1", price=D(101)))
    assert bench.row("n1").key == "toy/n1"
    assert (bench.row().ids, bench.stage()) == (["o1"], AmendmentStage.OVERTAKEN)


def test_another_order_that_was_changed_to_our_very_terms_is_not_ours(bench: Bench) -> None:
    """The venue named what it replaces, an order of other terms: our change would have made that one directly."""
    change = amendment(order(), id_after=IdAfter.NEW)
    wanted = change.command.target
    bench.sent(change)
    bench.now += SECOND
    bench.seen(replace(order("o7"), quantity=D(9)))
    bench.seen(replace(order("o8"), price=wanted.price, quantity=wanted.quantity), replaces="o7")
    bench.now += SECOND
    bench.listed(replace(order("o8"), price=wanted.price, quantity=wanted.quantity))
    assert bench.row("o1").ids == ["o1"]
    assert bench.row("o8").ids == ["o7", "o8"]
    assert bench.stage() is not AmendmentStage.CONFIRMED


def test_what_our_change_made_is_ours_after_somebody_changed_it_again(bench: Bench) -> None:
    change = amendment(order(), id_after=IdAfter.NEW)
    wanted = change.command.target
    bench.sent(change)
    bench.now += SECOND
    first = replace(order("o7"), price=wanted.price, quantity=wanted.quantity)
    bench.listed(order(), first)
    bench.seen(replace(first, order_id="o8", quantity=D(9)), replaces="o7")
    bench.now += SECOND
    bench.listed(replace(first, order_id="o8", quantity=D(9)))
    assert bench.row("o1").ids == ["o1", "o7", "o8"]
    assert bench.state.amendments["A1"].new_order_id == "o7"


def test_a_cut_list_binds_nothing(bench: Bench) -> None:
    beside(bench)
    bench.listed(order("o2", price=D(101)), order("b1", price=D(90)), complete=False)
    assert (bench.row().ids, bench.stage()) == (["o1"], AmendmentStage.WRITTEN)
    bench.now += 2
    bench.listed(order("o2", price=D(101)), order("b1", price=D(90)))
    assert (bench.row().ids, bench.stage()) == (["o1", "o2"], AmendmentStage.CONFIRMED)


def test_a_client_id_says_whose_it_is(bench: Bench) -> None:
    mine = order(client_id="mine")
    bench.listed(mine, order("b1", price=D(90)))
    bench.sent(amendment(mine, id_after=IdAfter.NEW))
    bench.now += 2
    bench.seen(order("o2", price=D(101), client_id="mine"))
    assert (bench.row().ids, bench.stage()) == (["o1", "o2"], AmendmentStage.CONFIRMED)


def test_a_row_keeps_in_mind_what_its_order_was_marked_with_at_first(bench: Bench) -> None:
    class Marks:
        """The toy venue's rules, which know an order that entered the book as a new one."""

        def __init__(self, rules: object) -> None:
            self._rules = rules

        def __getattr__(self, name: str) -> object:
            return getattr(self._rules, name)

        def claims(self, command: object, seen: Order) -> bool:
            return not seen.attribute("added") and bool(self._rules.claims(command, seen))  # type: ignore[attr-defined]

    bench.reducer._rulebooks = {"toy": Marks(bench.reducer._rulebooks["toy"])}  # type: ignore[dict-item]
    bench.sent(amendment(order(), id_after=IdAfter.NEW))
    bench.now += 2
    bench.seen(order("n", price=D(101), attributes=(("added", "yes"),)))
    bench.now += 2
    bench.listed(order("n", price=D(101)))
    assert (bench.row().ids, bench.stage()) == (["o1"], AmendmentStage.WRITTEN)
    assert bench.row("n") is not bench.row()


def test_what_is_said_to_replace_an_order_of_another_kind_is_not_followed(bench: Bench) -> None:
    bench.now += 2
    bench.seen(order("o2", side=Side.SELL), replaces="o1")
    assert (bench.row().ids, bench.row().order) == (["o1"], order())
    assert bench.row("o2").order.side is Side.SELL
    assert any("read wrong" in notice.text for notice in bench.state.notices)


# -- lies --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [{"side": Side.SELL}, {"symbol": "XY"}], ids=["side", "symbol"])
def test_a_first_reading_of_the_wrong_kind_is_overruled_by_agreeing_reads(wrong: dict[str, object]) -> None:
    bench = Bench()
    bench.listed(replace(order(), **wrong))  # type: ignore[arg-type]
    for count in range(1, AGREEING_READS + 1):
        assert (bench.row().order == order(), bench.row().doubt is None) == (False, count == 1)
        bench.now += SECOND
        bench.seen(order(), bench.now)
    assert (bench.row().order, bench.row().doubt) == (order(), None)
    assert "was wrong" in texts(bench)


def test_an_end_that_is_held_back_begins_the_count_of_strange_reads_anew(bench: Bench) -> None:
    """A cancel that may be half of a replacement is not shown at once; it was read all the same."""
    bench.sent(amendment(order(), id_after=IdAfter.NEW))
    bench.answered()
    ended = replace(order(), status=OrderStatus.CANCELLED)
    strange = replace(order(), symbol="XY")
    for each in (*[strange] * (AGREEING_READS - 1), ended, strange):
        bench.now += 2
        bench.seen(each, bench.now)
    assert bench.row().order.symbol == "AB"


def test_pushes_of_another_kind_overrule_nothing(bench: Bench) -> None:
    for _ in range(3 * AGREEING_READS):
        bench.now += SECOND
        bench.seen(order(side=Side.SELL))
    assert bench.row().order == order()
    assert bench.row().doubt is not None


def test_a_change_asked_of_an_order_read_as_another_kind_is_settled_all_the_same() -> None:
    bench = Bench()
    wrong = order(side=Side.SELL)
    bench.listed(wrong)
    bench.sent(amendment(wrong))
    bench.answered()
    for _ in range(AGREEING_READS):
        bench.now += SECOND
        bench.seen(order(price=D(101)), bench.now)
    assert (bench.row().order.side, bench.stage()) == (Side.BUY, AmendmentStage.CONFIRMED)


def test_reads_agree_even_if_only_some_of_them_tell_how_the_order_ended(bench: Bench) -> None:
    bench.now += SECOND
    bench.seen(order(filled=D(1), status=OrderStatus.PARTIALLY_FILLED))
    for status in (OrderStatus.CANCELLED, OrderStatus.ENDED, OrderStatus.CANCELLED):
        bench.now += SECOND
        bench.seen(order(status=status), bench.now)
    assert (bench.row().order.status, bench.row().order.filled) == (OrderStatus.CANCELLED, D(0))


def test_an_order_that_can_be_read_again_is_no_longer_among_the_unreadable(bench: Bench) -> None:
    unreadable = bench.state.accounts["toy"].unreadable
    for listed in (True, False):
        bench.now += SECOND
        order_id = f"n{listed}"
        bench.apply(ev.OrderUnreadable("toy", bench.now, order_id, "it has no symbol", "{}", Source.PUSH))
        assert order_id in unreadable
        bench.now += SECOND
        if listed:
            bench.listed(order(), order(order_id, price=D(90)))
        else:
            bench.seen(order(order_id, price=D(90)))
        assert order_id not in unreadable


def test_a_state_nobody_knows_does_not_tell_whose_order_it_is(bench: Bench) -> None:
    bench.sent(amendment(order(), id_after=IdAfter.NEW))
    bench.now += 2
    bench.listed(order("o2", price=D(101), status=OrderStatus.UNRECOGNISED, raw_status="moonlighting"))
    assert (bench.row().ids, bench.stage()) == (["o1"], AmendmentStage.WRITTEN)
    assert bench.row("o2").order.status is OrderStatus.UNRECOGNISED


def test_one_first_told_in_a_state_nobody_knows_is_tied_by_its_next_state(bench: Bench) -> None:
    """No list will show it: it is filled by then."""
    change = amendment(order(), id_after=IdAfter.NEW)
    wanted = change.command.target
    bench.sent(change)
    bench.answered()
    bench.now += SECOND
    made = replace(order("o2"), price=wanted.price, quantity=wanted.quantity)
    bench.seen(replace(made, status=OrderStatus.UNRECOGNISED, raw_status="odd"))
    assert bench.row("o2").key != bench.row("o1").key
    bench.seen(replace(made, status=OrderStatus.FILLED, filled=made.quantity))
    assert bench.row("o1").ids == ["o1", "o2"]
    assert bench.stage() is AmendmentStage.CONFIRMED


def test_reads_asked_for_before_an_execution_was_learnt_do_not_overrule_it(bench: Bench) -> None:
    """Four lists that waited for their turn came together, after the execution that none of them knew of."""
    asked = [bench.now + number * SECOND for number in range(1, AGREEING_READS + 2)]
    bench.now += 60 * SECOND
    fill = Fill("toy", "f1", "o1", order().symbol, order().side, D(100), D(1), bench.now)
    bench.apply(ev.FillSeen("toy", bench.now, fill, Source.PUSH))
    for at in asked:
        bench.seen(order(), at)
    assert bench.row().order.filled == D(1)
    for _ in range(AGREEING_READS):
        bench.now += SECOND
        bench.seen(order(), bench.now)
    assert bench.row().order.filled == D(0), "reads asked for later do"

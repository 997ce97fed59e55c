"""What is not believed: shown, locked, looked up; it changes nothing and proves nothing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D  # noqa: N817
from typing import Any

import pytest

from app.desk.effects import LookUp
from app.desk.fold.context import TOLD_AGAIN
from app.desk.fold.doubts import shown
from app.desk.fold.orders import ASKED_AT_ONCE
from app.domain import events as ev
from app.domain.amendment import AmendmentStage, Source
from app.domain.evidence import SECOND
from app.domain.form import IdAfter
from app.domain.order import Fill, OrderStatus, Side
from app.domain.plausible import AGREEING_READS
from tests.desk.fold.test_reducer import Bench
from tests.helpers.toy_venue import amendment, order


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.listed(order())
    bench.now += SECOND
    return bench


OTHER_SIDE = Side.BUY if order().side is Side.SELL else Side.SELL


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("raw", ["modify_failed", "", "modified", "null", "FROZEN"])
def test_terms_under_an_unknown_state_confirm_nothing(bench: Bench, raw: str, asked: bool) -> None:
    bench.sent(amendment(order()))
    bench.now += 2
    shown = order(price=D(101), status=OrderStatus.UNRECOGNISED, raw_status=raw)
    bench.seen(shown, bench.now if asked else None)
    assert bench.stage() is AmendmentStage.WRITTEN
    assert bench.row().order.raw_status == raw
    assert bench.count(LookUp) == (0 if asked else 1), "a push is looked up; a look-up is not asked again at once"
    bench.now += 60 * SECOND
    bench.apply(ev.ProbeDue("toy", bench.now, "A1"))
    assert bench.stage() is AmendmentStage.UNKNOWN
    bench.seen(order(price=D(101)), bench.now)
    assert bench.stage() is AmendmentStage.CONFIRMED


def test_an_order_refused_with_the_terms_asked_for_is_no_confirmation(bench: Bench) -> None:
    bench.sent(amendment(order()))
    bench.now += 2
    bench.seen(order(price=D(101), status=OrderStatus.REJECTED), bench.now)
    assert bench.stage() is AmendmentStage.OVERTAKEN
    assert bench.state.amendments["A1"].missing


def test_an_order_of_unknown_state_is_not_claimed_by_its_terms(bench: Bench) -> None:
    bench.sent(amendment(order(), id_after=IdAfter.NEW))
    bench.now += 2
    bench.seen(order("o2", price=D(101), status=OrderStatus.UNRECOGNISED, raw_status="?"))
    assert bench.row().ids == ["o1"]
    assert bench.row("o2") is not bench.row("o1")


@pytest.mark.parametrize(
    "changes",
    [
        {"filled": D(99999)},
        {"price": D(-1)},
        {"price": None},
        {"quantity": D(0)},
        {"side": OTHER_SIDE},
        {"symbol": "OTHER"},
        {"price": D("1e9999")},
    ],
)
@pytest.mark.parametrize("how", ["push", "read", "list"])
def test_the_impossible_changes_nothing_and_locks(bench: Bench, changes: dict[str, Any], how: str) -> None:
    bad = replace(order(price=D(101)), **changes)
    bench.sent(amendment(order()))
    bench.now += 2
    if how == "list":
        bench.listed(bad)
    else:
        bench.seen(bad, bench.now if how == "read" else None)
    row = bench.row()
    assert row.order == order()
    assert row.doubt is not None
    assert row.stale
    assert row.vanished_at is None, "it is listed, though nobody can say as what"
    assert bench.stage() is AmendmentStage.WRITTEN
    assert bench.state.accounts["toy"].surprises == 1
    assert "Nothing of it is believed" in bench.state.notices[-1].text
    bench.now += SECOND
    bench.seen(order(price=D(101)), bench.now)
    assert row.doubt is None
    assert not row.stale
    assert bench.stage() is AmendmentStage.CONFIRMED


def test_a_doubt_keeps_the_figures_as_they_were_read(bench: Bench) -> None:
    strange = order(filled=D(99999))
    bench.seen(strange)
    doubt = bench.row().doubt
    assert doubt is not None
    assert doubt.raw == shown(strange)
    assert "filled 99999" in doubt.raw


def test_the_same_impossible_reading_is_told_once(bench: Bench) -> None:
    for _ in range(5):
        bench.now += SECOND
        bench.listed(order(filled=D(99999)))
    assert bench.state.accounts["toy"].surprises == 5
    assert len(bench.state.notices) == 1
    assert bench.count(LookUp) == 1


def test_a_list_that_cannot_be_read_does_not_lock_what_look_ups_read(bench: Bench) -> None:
    """Told and locked once; after a look-up that reads the order, each such list asks for one more, and no more."""
    for turn in range(1, 6):
        bench.now += SECOND
        bench.listed(order(filled=D(99999)))
        assert (bench.row().doubt is not None) is (turn == 1)
        bench.now += SECOND
        bench.seen(order(price=D(100 + turn)), bench.now)
        assert bench.row().doubt is None
        assert not bench.row().stale
    assert bench.row().order.price == D(105)
    assert len(bench.state.notices) == 1
    assert bench.count(LookUp) == 5
    assert sum("not believed" in line.text for line in bench.row().history) == 1


def test_a_look_up_that_cannot_be_read_locks_what_was_cleared_before(bench: Bench) -> None:
    bench.now += SECOND
    bench.listed(order(filled=D(99999)))
    bench.now += SECOND
    bench.seen(order(), bench.now)
    bench.now += SECOND
    bench.seen(order(filled=D(99999)), bench.now)
    assert bench.row().doubt is not None


def test_a_list_that_was_readable_between_is_told_again(bench: Bench) -> None:
    for _ in range(2):
        bench.now += SECOND
        bench.listed(order(filled=D(99999)))
        assert bench.row().doubt is not None
        bench.now += SECOND
        bench.seen(order(), bench.now)
        bench.now += SECOND
        bench.listed(order())
    assert sum("not believed" in line.text for line in bench.row().history) == 2


def test_the_same_warning_is_given_again_only_after_a_while(bench: Bench) -> None:
    """Two rows without an id take turns in each list; each is told once, and once more later."""
    for _ in range(5):
        for text in ("its side cannot be read", "its price cannot be read"):
            bench.now += SECOND
            bench.apply(ev.OrderUnreadable("toy", bench.now, "", text, "{}", Source.LISTING))
    assert len(bench.state.notices) == 2
    bench.now += TOLD_AGAIN
    bench.apply(ev.OrderUnreadable("toy", bench.now, "", "its side cannot be read", "{}", Source.LISTING))
    assert len(bench.state.notices) == 3


def test_terms_under_a_state_nobody_knows_do_not_become_the_row(bench: Bench) -> None:
    """An order may be told in a state such as rejected with the terms that were refused."""
    strange = replace(order(price=D(7), quantity=D(9)), status=OrderStatus.UNRECOGNISED, raw_status="modify_failed")
    bench.now += SECOND
    bench.seen(strange)
    shown = bench.row().order
    assert (shown.price, shown.quantity, shown.raw_status) == (D(100), D(2), "modify_failed")
    bench.now += SECOND
    bench.seen(strange, bench.now)
    assert (bench.row().order.price, bench.row().order.quantity) == (D(100), D(2))
    bench.now += SECOND
    bench.seen(order(price=D(7)), bench.now)
    assert (bench.row().order.price, bench.row().order.status) == (D(7), OrderStatus.WORKING)


def test_a_first_reading_in_a_state_nobody_knows_is_all_there_is(bench: Bench) -> None:
    bench.now += SECOND
    bench.seen(replace(order("o5", price=D(7)), status=OrderStatus.UNRECOGNISED, raw_status="odd"))
    assert bench.row("o5").order.price == D(7)


def test_one_id_listed_twice_as_two_orders_stays_in_doubt(bench: Bench) -> None:
    for pair in ((order(), order(side=OTHER_SIDE)), (order(side=OTHER_SIDE), order())):
        bench.now += SECOND
        bench.listed(*pair)
        assert bench.row().doubt is not None
        assert bench.row().order.side is order().side


def test_an_unreadable_order_without_a_row_is_kept_until_a_list_lacks_it(bench: Bench) -> None:
    bench.apply(ev.OrderUnreadable("toy", bench.now, "o9", "its price cannot be read", '{"id":"o9"}', Source.LISTING))
    account = bench.state.accounts["toy"]
    assert account.unreadable["o9"].raw == '{"id":"o9"}'
    assert "o9" in bench.state.notices[-1].text
    bench.now += SECOND
    bench.apply(ev.OpenOrdersListed("toy", bench.now, bench.now, (order(),), True, ("o9",)))
    assert "o9" in account.unreadable
    bench.now += SECOND
    bench.listed(order())
    assert account.unreadable == {}


def test_an_unreadable_row_of_a_list_is_not_absent(bench: Bench) -> None:
    bench.apply(ev.OrderUnreadable("toy", bench.now, "o1", "its side cannot be read", "{}", Source.LISTING))
    bench.apply(ev.OpenOrdersListed("toy", bench.now, bench.now, (), True, ("o1",)))
    assert bench.row().vanished_at is None
    assert bench.row().doubt is not None


def test_one_wrong_figure_is_overruled_by_reads_that_agree(bench: Bench) -> None:
    bench.seen(order(filled=D(1), status=OrderStatus.PARTIALLY_FILLED))
    for number in range(1, AGREEING_READS + 1):
        assert bench.row().order.filled == D(1), number
        bench.now += SECOND
        bench.seen(order(), bench.now)
    assert bench.row().order.filled == 0
    assert any("was wrong" in line.text for line in bench.row().history)


def test_reads_that_differ_or_pushes_or_old_reads_overrule_nothing(bench: Bench) -> None:
    bench.seen(order(filled=D(1), status=OrderStatus.PARTIALLY_FILLED))
    early = bench.now
    for number in range(3 * AGREEING_READS):
        bench.now += SECOND
        bench.seen(order(), None)
        bench.seen(order(), early)
        bench.seen(order(price=D(100 + number % 2)), bench.now)
    assert bench.row().order.filled == D(1)


def test_impossible_executions_are_not_booked(bench: Bench) -> None:
    for number, (quantity, price) in enumerate([(D(0), D(1)), (D(-1), D(1)), (D(1), D(0)), (D("1e99"), D(1))]):
        fill = Fill("toy", f"f{number}", "o1", order().symbol, order().side, price, quantity, bench.now)
        bench.apply(ev.FillSeen("toy", bench.now, fill, Source.PUSH))
    assert bench.row().fills == {}
    assert bench.row().order == order()
    assert bench.row().doubt is not None


def test_executions_above_the_size_are_asked_about_not_capped(bench: Bench) -> None:
    fill = Fill("toy", "f1", "o1", order().symbol, order().side, D(100), D(99999), bench.now)
    bench.apply(ev.FillSeen("toy", bench.now, fill, Source.PUSH))
    assert bench.row().order.filled == 0
    assert bench.count(LookUp) == 1


def test_absent_from_an_incomplete_list_is_asked_about_the_longest_unseen_first() -> None:
    bench = Bench()
    rows = [order(f"o{number}") for number in range(ASKED_AT_ONCE * 2)]
    bench.listed(*rows)
    bench.now += SECOND
    bench.listed(*rows[ASKED_AT_ONCE:])
    assert bench.count(LookUp) == ASKED_AT_ONCE
    bench.effects.clear()
    bench.now += SECOND
    bench.listed(complete=False)
    asked = [each.order.order_id for each in bench.effects if isinstance(each, LookUp)]
    assert asked == [each.order_id for each in rows[:ASKED_AT_ONCE]]
    assert all(bench.row(each.order_id).stale for each in rows)


def test_an_execution_waits_for_the_row_of_its_order(bench: Bench) -> None:
    bench.sent(amendment(order(), id_after=IdAfter.NEW))
    bench.now += 2
    fill = Fill("toy", "f1", "o2", order().symbol, order().side, D(101), D(1), bench.now)
    for _ in range(2):
        bench.apply(ev.FillSeen("toy", bench.now, fill, Source.PUSH))
    assert bench.row().fills == {}
    bench.now += SECOND
    bench.listed(order("o2", price=D(101)))
    assert bench.row("o2") is bench.row("o1")
    assert list(bench.row().fills) == ["f1"]
    assert bench.row().order.filled == D(1)
    assert not bench.state.accounts["toy"].unplaced

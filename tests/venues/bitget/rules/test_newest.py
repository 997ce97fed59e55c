"""Late and repeated rows never take the picture back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.domain.order import Order, OrderStatus, Side
from app.venues.bitget.rules.newest import LAG, Newest
from tests.venues.bitget.samples import NOW, order

FIRST = order(updated_at=NOW)


def later(base: Order, milliseconds: int, **changes: object) -> Order:
    assert base.updated_at is not None
    return replace(base, updated_at=base.updated_at + milliseconds * 1_000_000, **changes)  # type: ignore[arg-type]


def test_a_newer_row_is_taken_and_an_older_one_turned_away() -> None:
    newest = Newest()
    moved = later(FIRST, 5, price=Decimal(61000))
    assert newest.admit(FIRST, 1) == FIRST
    assert newest.admit(moved, 2) == moved
    assert newest.admit(FIRST, 3) is None
    known = newest.known(FIRST)
    assert known is not None
    assert (known.order, known.seen_at) == (moved, 2)


def test_the_same_row_again_is_taken() -> None:
    newest = Newest()
    newest.admit(FIRST, 1)
    assert newest.admit(FIRST, 9) == FIRST
    known = newest.known(FIRST)
    assert known is not None
    assert known.seen_at == 9


def test_pushes_of_the_same_update_are_ordered_by_their_own_time() -> None:
    newest = Newest()
    assert newest.admit(replace(FIRST, price=Decimal(2)), 1, pushed_ms=20) is not None
    assert newest.admit(replace(FIRST, price=Decimal(1)), 2, pushed_ms=10) is None
    # A reply is not compared with pushes by that time: the clocks of two machines need not agree.
    assert newest.admit(replace(FIRST, price=Decimal(3)), 3) is not None
    assert newest.admit(replace(FIRST, price=Decimal(1)), 4, pushed_ms=10) is None


def test_fills_never_shrink_and_an_ended_order_never_opens() -> None:
    newest = Newest()
    newest.admit(replace(FIRST, filled=Decimal("0.2")), 1)
    assert newest.admit(later(FIRST, 10), 2) is None
    ended = later(FIRST, 20, filled=Decimal("0.2"), status=OrderStatus.CANCELLED)
    assert newest.admit(ended, 3) == ended
    assert newest.admit(later(ended, 10, status=OrderStatus.WORKING), 4) is None
    assert newest.open_markets() == set()


def test_markets_of_one_symbol_are_kept_apart() -> None:
    newest = Newest()
    spot, perp = FIRST, replace(FIRST, market="perp", price=Decimal(7))
    assert newest.admit(spot, 1) == spot
    assert newest.admit(perp, 2) == perp
    assert newest.open_markets() == {("spot", "BTCUSDT"), ("perp", "BTCUSDT")}


def test_what_one_source_leaves_out_is_kept_from_the_other() -> None:
    newest = Newest()
    whole = order(updated_at=NOW, take_profit=Decimal(70000), stop_loss=Decimal(50000), created_at=NOW)
    newest.admit(whole, 1)
    push = replace(
        whole, take_profit=None, stop_loss=None, created_at=None, client_id="", attributes=(("leverage", "20"),)
    )
    completed = newest.admit(push, 2, pushed_ms=1)
    assert completed is not None
    assert (completed.take_profit, completed.stop_loss) == (whole.take_profit, whole.stop_loss)
    assert (completed.client_id, completed.created_at) == (whole.client_id, NOW)
    assert completed.attribute("delegate_type") == "normal"
    assert completed.attribute("leverage") == "20"
    # A look-up does tell of exits: one that is gone there is gone.
    looked_up = newest.admit(replace(whole, take_profit=None, stop_loss=None), 3)
    assert looked_up is not None
    assert looked_up.take_profit is None
    assert looked_up.attribute("leverage") == "20"


def test_live_and_new_are_one_state_and_no_change() -> None:
    newest = Newest()
    newest.admit(FIRST, 1)
    assert newest.admit(replace(FIRST, raw_status="new"), 2, pushed_ms=1) == FIRST
    cancelled = later(FIRST, 5, status=OrderStatus.CANCELLED, raw_status="cancelled")
    assert newest.admit(cancelled, 3) == cancelled


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.booleans()), max_size=20))
def test_whatever_comes_the_picture_only_moves_forward(steps: list[tuple[int, int, bool]]) -> None:
    newest = Newest()
    for index, (milliseconds, filled, ended) in enumerate(steps):
        status = OrderStatus.CANCELLED if ended else OrderStatus.WORKING
        before = newest.known(FIRST)
        newest.admit(later(FIRST, milliseconds, filled=Decimal(filled), status=status), index)
        after = newest.known(FIRST)
        assert after is not None
        if before is not None:
            assert after.order.filled >= before.order.filled
            assert (after.order.updated_at or 0) >= (before.order.updated_at or 0)
            assert after.order.status.is_terminal or not before.order.status.is_terminal


def test_a_reply_asked_for_long_after_a_push_is_newer_whatever_its_time_says() -> None:
    newest = Newest()
    wrong = later(FIRST, 20, status=OrderStatus.CANCELLED)
    assert newest.admit(wrong, 10, pushed_ms=5) == wrong
    assert newest.admit(FIRST, 10 + LAG - 1) is None, "a reply may lag behind the pushes"
    assert newest.admit(FIRST, 10 + LAG) == FIRST
    assert newest.admit(later(FIRST, -5, price=Decimal(7)), 20 + 2 * LAG) is not None, "the venue's clock was set back"
    assert newest.admit(later(FIRST, -9), 30 + 2 * LAG, pushed_ms=9) is None, "a push has no such word"


def test_a_late_reply_may_show_fewer_fills_for_what_was_known_may_have_been_wrong() -> None:
    newest = Newest()
    newest.admit(replace(FIRST, filled=Decimal("0.4")), 10)
    assert newest.admit(FIRST, 10 + LAG - 1) is None
    assert newest.admit(FIRST, 10 + LAG) == FIRST
    assert newest.admit(later(FIRST, 5, filled=Decimal("0.1")), 20 + LAG, pushed_ms=3) is not None


def test_one_id_under_another_side_or_symbol_is_no_news_of_it() -> None:
    newest = Newest()
    newest.admit(FIRST, 1)
    for other in (replace(FIRST, side=Side.SELL), replace(FIRST, symbol="ETHUSDT")):
        wrong = later(other, 99, filled=Decimal("0.5"), status=OrderStatus.FILLED)
        assert newest.admit(wrong, 2, pushed_ms=9) == wrong, "the desk is told of it"
    known = newest.known(FIRST)
    assert known is not None
    assert known.order == FIRST
    assert newest.admit(later(FIRST, 1), 3) is not None


def test_a_push_that_tells_an_exit_changes_it_and_one_that_does_not_keeps_it() -> None:
    newest = Newest()
    newest.admit(replace(FIRST, take_profit=Decimal(70000), stop_loss=Decimal(50000)), 1)
    told = later(FIRST, 5, take_profit=Decimal(71000), attributes=(*FIRST.attributes, ("told", "takeProfit qty")))
    seen = newest.admit(told, 2, pushed_ms=10)
    assert seen is not None
    assert (seen.take_profit, seen.stop_loss) == (Decimal(71000), Decimal(50000))
    assert seen.attribute("told") == ""
    cleared = later(FIRST, 9, attributes=(*FIRST.attributes, ("told", "takeProfit stopLoss qty")))
    seen = newest.admit(cleared, 3, pushed_ms=20)
    assert seen is not None
    assert (seen.take_profit, seen.stop_loss) == (None, None)


def test_an_end_without_a_size_keeps_the_size_that_is_known() -> None:
    newest = Newest()
    newest.admit(FIRST, 1)
    end = later(FIRST, 5, quantity=Decimal(0), status=OrderStatus.CANCELLED, attributes=(("told", "-"),))
    seen = newest.admit(end, 2, pushed_ms=10)
    assert seen is not None
    assert (seen.quantity, seen.status) == (FIRST.quantity, OrderStatus.CANCELLED)

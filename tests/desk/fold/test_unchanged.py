"""A list that comes again: what is as before is proven anew, and nothing else is done about it."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal

import pytest

from app.desk.fold import orders as orders
from app.desk.fold.unchanged import Unchanged, shows_nothing_new
from app.desk.state import Dispute, Doubt, Lineage
from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from app.domain.order import Order, OrderStatus
from tests.desk.fold.test_reducer import Bench
from tests.helpers.toy_venue import T0, ToyRulebook, amendment, order

POLICY = ToyRulebook().evidence


def two() -> Bench:
    bench = Bench()
    bench.listed(order("o1"), order("o2", price=Decimal(7)))
    bench.now += SECOND
    return bench


def again(bench: Bench, *each: Order) -> frozenset[str]:
    """List them again; the rows it touches."""
    bench.now += SECOND
    return frozenset(bench.apply(ev.OpenOrdersListed("toy", bench.now + 1, bench.now, each, True)).rows)


def test_a_list_that_comes_again_touches_no_row_and_proves_all() -> None:
    bench = two()
    assert again(bench, order("o1"), order("o2", price=Decimal(7))) == frozenset()
    assert {row.seen_at for row in bench.state.lineages.values()} == {bench.now}
    assert bench.state.accounts["toy"].shown_at == bench.now


def test_what_changed_is_touched_and_the_rest_is_not() -> None:
    bench = two()
    assert again(bench, order("o1", price=Decimal(99)), order("o2", price=Decimal(7))) == {"toy/o1"}


def test_a_row_that_was_stale_is_touched_when_it_is_shown_again() -> None:
    bench = two()
    bench.apply(ev.LinkChanged("toy", bench.now, LinkState.DOWN, "gone"))
    assert again(bench, order("o1"), order("o2", price=Decimal(7))) == {"toy/o1", "toy/o2"}


def test_a_row_that_was_shown_as_old_is_touched() -> None:
    row = next(iter(two().state.lineages.values()))
    late = replace(POLICY, reread_within=SECOND)
    assert shows_nothing_new(row, late, row.seen_at + SECOND)
    assert not shows_nothing_new(row, late, row.seen_at + SECOND + 1)
    assert shows_nothing_new(row, POLICY, row.seen_at + 3600 * SECOND), "this venue promises no such thing"


def test_an_older_list_takes_nothing_back() -> None:
    bench = two()
    bench.seen(order("o1"))
    row, seen_at = bench.row("o1"), bench.now
    bench.apply(ev.OpenOrdersListed("toy", bench.now + 9, bench.now - SECOND // 2, (order("o1"),), True))
    assert (row.seen_at, row.source) == (seen_at, Source.PUSH)


@pytest.mark.parametrize(
    "change",
    [
        {"doubt": Doubt(T0, Source.PUSH, "odd")},
        {"dispute": Dispute(order("o1"), T0, 1)},
        {"vanished_at": T0},
        {"ended": order("o1")},
        {"stale": True},
        {"cleared": "odd"},
        {"amendments": ["A1"]},
        {"order": order("o1", status=OrderStatus.UNRECOGNISED)},
        {"ids": ["o1", "o3"]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_row_of_which_a_rule_may_decide_something_is_folded_in_full(change: dict[str, object]) -> None:
    bench = two()
    row = bench.row("o1")
    for name, value in change.items():
        setattr(row, name, value)
    event = ev.OpenOrdersListed("toy", bench.now, bench.now, (row.order,), True)
    assert Unchanged(bench.state, event, POLICY).take(replace(row.order, order_id="o1")) is None


def test_one_that_an_amendment_may_have_made_is_folded_in_full() -> None:
    bench = two()
    bench.sent(amendment(order("o2", price=Decimal(7))))
    event = ev.OpenOrdersListed("toy", bench.now, bench.now, (order("o1"),), True)
    assert Unchanged(bench.state, event, POLICY).take(order("o1")) is None


def test_without_the_short_way_the_state_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def shown() -> dict[str, Lineage]:
        bench = two()
        again(bench, order("o1"), order("o2", price=Decimal(7)))
        again(bench, order("o1", filled=Decimal(1)), order("o2", price=Decimal(7)))
        again(bench, order("o2", price=Decimal(7)))
        return bench.state.lineages

    quick = shown()
    monkeypatch.setattr(orders.Unchanged, "take", lambda self, order: None)
    slow = shown()
    assert {each.name for each in fields(Lineage)}
    assert quick == slow


def test_a_push_of_the_very_order_touches_no_row_and_is_told_to_who_waits() -> None:
    bench = two()
    out = bench.apply(ev.OrderSeen("toy", bench.now, order("o1"), Source.PUSH))
    assert (out.rows, out.accounts, out.proven) == (set(), set(), True)
    assert bench.row("o1").pushed_at == bench.now
    bench.sent(amendment(order("o1")))
    out = bench.apply(ev.OrderSeen("toy", bench.now, order("o1"), Source.PUSH))
    assert out.rows == {"toy/o1"}, "what is said of its amendment may have changed"

"""Freshness is judged by age, not by how the last question ended."""

from __future__ import annotations

from app.desk.state import AccountState
from app.desk.views.freshness import Staleness, staleness
from app.domain import events as ev
from app.domain.evidence import SECOND, EvidencePolicy
from app.domain.market import LinkState
from app.domain.order import OrderStatus
from tests.desk.fold.test_reducer import Bench
from tests.helpers.toy_venue import RULE, T0, order

POLICY = EvidencePolicy(SECOND, (), SECOND, SECOND, "", RULE, reread_within=10 * SECOND)
PUSHED = EvidencePolicy(SECOND, (), SECOND, SECOND, "", RULE)


def up() -> tuple[Bench, AccountState]:
    bench = Bench()
    bench.apply(ev.LinkChanged("toy", T0, LinkState.UP))
    bench.listed(order())
    return bench, bench.state.accounts["toy"]


def test_a_row_within_the_promise_is_fresh_and_an_older_one_says_since_when() -> None:
    bench, account = up()
    row = bench.row()
    assert staleness(row, account, POLICY, T0 + 10 * SECOND) is None
    assert staleness(row, account, POLICY, T0 + 11 * SECOND) == Staleness(T0, None)
    assert staleness(row, account, PUSHED, T0 + 3600 * SECOND) is None


def test_it_says_until_when_where_reads_have_to_wait() -> None:
    bench, account = up()
    text = "Reads wait for the rate limit."
    bench.apply(ev.Noticed("toy", T0, text, False, ev.Condition.READS, until=T0 + 40 * SECOND))
    assert staleness(bench.row(), account, POLICY, T0 + 20 * SECOND) == Staleness(T0, T0 + 40 * SECOND)
    bench.apply(ev.Noticed("toy", T0, text, False, ev.Condition.READS, over=True))
    assert staleness(bench.row(), account, POLICY, T0 + 20 * SECOND) == Staleness(T0, None)


def test_a_link_that_is_not_up_makes_every_row_stale_at_once() -> None:
    bench, account = up()
    for state in LinkState:
        bench.apply(ev.LinkChanged("toy", T0 + 1, state))
        assert (staleness(bench.row(), account, PUSHED, T0 + 1) is None) is (
            state is LinkState.UP and not bench.row().stale
        )


def test_an_order_that_ended_is_never_stale() -> None:
    bench, account = up()
    bench.seen(order(status=OrderStatus.CANCELLED), T0 + 1)
    assert staleness(bench.row(), account, POLICY, T0 + 3600 * SECOND) is None

"""What changed while the link was lost, or between two sessions: told once, per order, old beside new."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from app.desk.views.away import AwayKind, AwayStep, AwayWatch, RowView, Settling, diff
from app.domain import events as ev
from app.domain.amendment import AmendmentStage, Source
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from app.domain.order import Order, OrderStatus
from tests.helpers.paper_desk import PaperDesk, resting
from tests.helpers.recorded_desk import RecordedDesk
from tests.helpers.toy_venue import T0, order

D = Decimal
UNKNOWN, CONFIRMED = AmendmentStage.UNKNOWN, AmendmentStage.CONFIRMED


# -- the comparison -------------------------------------------------------------------


@pytest.mark.parametrize(
    "after, kind, steps",
    [
        (
            {"status": OrderStatus.FILLED, "filled": D(2)},
            AwayKind.FILLED,
            (AwayStep("state", "working", "filled"), AwayStep("filled", D(0), D(2))),
        ),
        ({"status": OrderStatus.CANCELLED}, AwayKind.CANCELLED, (AwayStep("state", "working", "cancelled"),)),
        ({"status": OrderStatus.EXPIRED}, AwayKind.EXPIRED, (AwayStep("state", "working", "expired"),)),
        ({"status": OrderStatus.REJECTED}, AwayKind.REJECTED, (AwayStep("state", "working", "rejected"),)),
        (
            {"status": OrderStatus.PARTIALLY_FILLED, "filled": D(1)},
            AwayKind.PART_FILLED,
            (AwayStep("state", "working", "partially filled"), AwayStep("filled", D(0), D(1))),
        ),
        ({"price": D(99)}, AwayKind.CHANGED, (AwayStep("price", D(100), D(99)),)),
        ({"stop_loss": D(90)}, AwayKind.CHANGED, (AwayStep("stop loss", None, D(90)),)),
        ({"order_id": "o2"}, AwayKind.CHANGED, (AwayStep("order id", "o1", "o2"),)),
        (
            {"status": OrderStatus.UNRECOGNISED, "raw_status": "limbo"},
            AwayKind.CHANGED,
            (AwayStep("state", "working", "limbo"),),
        ),
    ],
)
def test_each_kind_of_change_is_named_with_old_and_new(
    after: dict[str, object], kind: AwayKind, steps: tuple[AwayStep, ...]
) -> None:
    was = order()
    now = replace(was, **after)  # type: ignore[arg-type]
    (change,) = diff({"k": RowView(was)}, {"k": RowView(now)})
    assert (change.kind, change.steps, change.amendment) == (kind, steps, None)


def test_an_end_that_takes_the_size_with_it_is_no_change_of_size() -> None:
    ended = order(status=OrderStatus.CANCELLED, quantity=D("0.5"), filled=D("0.5"))
    (change,) = diff({"k": RowView(order())}, {"k": RowView(ended)})
    assert change.kind is AwayKind.CANCELLED
    assert change.steps == (AwayStep("state", "working", "cancelled"), AwayStep("filled", D(0), D("0.5")))
    assert change.order.quantity == 2


def test_what_is_the_same_is_no_news() -> None:
    rows = {"k": RowView(order()), "s": RowView(order("o2"), False, "A1", CONFIRMED, "price 1 → 2", "Confirmed.")}
    assert diff(rows, dict(rows)) == ()


def test_a_row_that_is_gone_is_said_and_never_called_filled() -> None:
    (change,) = diff({"k": RowView(order())}, {"k": RowView(order(), vanished=True)})
    assert change.kind is AwayKind.VANISHED
    assert change.steps == (AwayStep("state", "working", "not listed any more"),)


def test_new_orders_are_told_with_their_terms() -> None:
    (change,) = diff({}, {"k": RowView(order(filled=D(1)))})
    assert change.kind is AwayKind.NEW
    assert change.steps[1:] == (
        AwayStep("price", None, D(100)),
        AwayStep("quantity", None, D(2)),
        AwayStep("filled", None, D(1)),
    )


def test_an_amendment_is_news_when_it_settled_and_as_long_as_it_did_not() -> None:
    base, moved = order(), order(price=D(101))
    was = RowView(base, False, "A1", UNKNOWN, "price 100 → 101", "Unknown.")
    still = {"k": was}
    (change,) = diff(still, still)
    assert (change.kind, change.amendment) == (
        AwayKind.UNKNOWN,
        Settling(UNKNOWN, UNKNOWN, "price 100 → 101", "Unknown."),
    )
    done = RowView(moved, False, "A1", CONFIRMED, "price 100 → 101", "Confirmed.")
    (change,) = diff(still, {"k": done})
    assert change.kind is AwayKind.CHANGED
    assert change.amendment == Settling(UNKNOWN, CONFIRMED, "price 100 → 101", "Confirmed.")
    refused = replace(was, stage=AmendmentStage.REFUSED)
    (change,) = diff(still, {"k": refused})
    assert (change.kind, change.steps) == (AwayKind.SETTLED, ())


def test_what_needs_a_person_first_comes_first() -> None:
    before = {name: RowView(order(name)) for name in "abcd"}
    after = {
        "a": RowView(order("a", price=D(1))),
        "b": RowView(order("b", status=OrderStatus.FILLED, filled=D(2))),
        "c": RowView(order("c"), vanished=True),
        "d": RowView(order("d")),
        "e": RowView(order("e")),
    }
    assert [change.key for change in diff(before, after)] == ["c", "b", "a", "e"]


# -- the link -------------------------------------------------------------------------


class Bench:
    """One account with two orders, watched."""

    def __init__(self) -> None:
        self.paper = PaperDesk("bitso", "qfex")
        self.first = resting("bitso", "o1", "btc_usd", "100", "2")
        self.second = resting("bitso", "o2", "btc_usd", "101", "1")
        self.keys = [self.paper.order(each) for each in (self.first, self.second)]
        self.watch = AwayWatch(self.paper.desk)

    def link(self, state: LinkState, account: str = "bitso") -> None:
        self.paper.clock.pass_time(1)
        self.paper.happen(ev.LinkChanged(account, self.paper.clock.now(), state))

    def listing(self, *orders: Order, complete: bool = True, account: str = "bitso") -> None:
        self.paper.clock.pass_time(1)
        now = self.paper.clock.now()
        seen = tuple(replace(each, updated_at=now) for each in orders)
        self.paper.happen(ev.OpenOrdersListed(account, now, now, seen, complete))

    def back(self, *orders: Order) -> None:
        self.listing(*orders)
        self.link(LinkState.UP)

    def told(self) -> list[tuple[str, AwayKind]]:
        return [(change.order.order_id, change.kind) for report in self.watch.reports() for change in report.changes]


def test_what_changed_is_told_when_the_link_is_back_and_the_venue_has_listed() -> None:
    bench = Bench()
    bench.link(LinkState.DOWN)
    lost_at = bench.paper.clock.now()
    bench.listing(replace(bench.first, price=D(99)), bench.second)
    assert bench.told() == [], "the link is not back"
    bench.link(LinkState.UP)
    assert bench.told() == [("o1", AwayKind.CHANGED)]
    (report,) = bench.watch.reports()
    assert (report.account, report.lost_at, report.restart) == ("bitso", lost_at, False)


async def test_a_link_that_is_back_without_a_list_says_nothing_yet() -> None:
    bench = Bench()
    bench.link(LinkState.STALE)
    bench.link(LinkState.UP)
    bench.listing(bench.first, complete=False)
    assert bench.told() == []
    bench.listing(bench.first, replace(bench.second, filled=D("0.5"), status=OrderStatus.PARTIALLY_FILLED))
    assert bench.told() == [("o2", AwayKind.PART_FILLED)]


def test_nothing_is_told_if_nothing_changed_nor_at_the_first_start() -> None:
    bench = Bench()
    bench.listing(bench.first, bench.second)
    assert bench.watch.version == 0
    bench.link(LinkState.DOWN)
    bench.back(bench.first, bench.second)
    assert bench.watch.reports() == ()


async def test_a_vanished_row_is_followed_until_the_venue_says_what_became_of_it() -> None:
    bench = Bench()
    bench.link(LinkState.DOWN)
    bench.back(bench.second)
    assert bench.told() == [("o1", AwayKind.VANISHED)]
    version = bench.watch.version
    bench.paper.change(bench.keys[0], status=OrderStatus.FILLED, filled=D(2))
    assert bench.told() == [("o1", AwayKind.FILLED)]
    assert bench.watch.version > version
    bench.paper.change(bench.keys[1], status=OrderStatus.CANCELLED)
    assert bench.told() == [("o1", AwayKind.FILLED)], "what happens before one's eyes is no part of it"
    await bench.paper.desk.close()


def test_of_a_row_that_is_told_of_it_is_said_what_happened_since() -> None:
    bench = Bench()
    bench.link(LinkState.DOWN)
    bench.back(replace(bench.first, price=D(99)), bench.second)
    version = bench.watch.version
    bench.paper.change(bench.keys[0], price=D(98), filled=D(1), status=OrderStatus.PARTIALLY_FILLED)
    assert bench.watch.version > version
    ((change,),) = [report.changes for report in bench.watch.reports()]
    assert (change.kind, change.steps) == (AwayKind.CHANGED, (AwayStep("price", D(100), D(99)),))
    assert change.since[1:] == (AwayStep("price", D(99), D(98)), AwayStep("filled", D(0), D(1)))
    assert change.later is None


def test_seen_is_seen() -> None:
    bench = Bench()
    bench.link(LinkState.DOWN)
    bench.back(replace(bench.first, price=D(99)), bench.second)
    bench.watch.dismiss()
    assert bench.watch.reports() == ()
    bench.link(LinkState.DOWN)
    bench.back(replace(bench.first, price=D(99)), bench.second)
    assert bench.watch.reports() == ()


def test_two_losses_nobody_looked_at_become_one() -> None:
    bench = Bench()
    bench.link(LinkState.DOWN)
    lost_at = bench.paper.clock.now()
    bench.back(replace(bench.first, price=D(99)), bench.second)
    bench.link(LinkState.REFUSED)
    bench.back(replace(bench.first, price=D(98)), bench.second)
    (report,) = bench.watch.reports()
    assert report.lost_at == lost_at
    assert report.changes[0].steps == (AwayStep("price", D(100), D(98)),)


def test_a_loss_before_the_first_list_after_a_loss_forgets_nothing() -> None:
    bench = Bench()
    bench.link(LinkState.DOWN)
    bench.link(LinkState.UP)
    bench.link(LinkState.DOWN)
    bench.back(replace(bench.first, price=D(98)), bench.second)
    assert bench.told() == [("o1", AwayKind.CHANGED)]


async def test_accounts_are_told_apart_and_the_watch_can_end() -> None:
    bench = Bench()
    equity = resting("qfex", "q1", "AAPL-USD", "200", "1")
    bench.paper.order(equity)
    for account in ("qfex", "bitso"):
        bench.link(LinkState.DOWN, account)
    bench.back(replace(bench.first, price=D(99)), bench.second)
    bench.listing(replace(equity, price=D(201)), account="qfex")
    bench.link(LinkState.UP, "qfex")
    assert [report.account for report in bench.watch.reports()] == ["qfex", "bitso"]
    bench.watch.stop()
    bench.watch.stop()
    version = bench.watch.version
    bench.link(LinkState.DOWN)
    bench.back(bench.second)
    assert bench.watch.version == version
    await bench.paper.desk.close()


# -- the restart ----------------------------------------------------------------------


async def test_after_a_restart_the_journal_says_what_was_known(tmp_path: Path) -> None:
    first = RecordedDesk(tmp_path / "j.db").start()
    other = order("o2", price=D(105))
    first.up(order(updated_at=T0), other)
    first.intent()
    await first.settle()
    first.crash()
    ended_at = first.clock.now()
    again = RecordedDesk(tmp_path / "j.db", clock=first.clock).start()
    watch = AwayWatch(again.desk)
    again.clock.pass_time(2)
    again.up(order(updated_at=T0))
    (report,) = watch.reports()
    assert (report.account, report.restart, report.killed) == ("toy", True, True)
    assert report.lost_at <= ended_at
    assert {change.order.order_id: change.kind for change in report.changes} == {
        "o1": AwayKind.UNKNOWN,
        "o2": AwayKind.VANISHED,
    }
    unknown = next(change.amendment for change in report.changes if change.amendment is not None)
    assert (unknown.old, unknown.new) == (UNKNOWN, UNKNOWN)
    again.clock.pass_time(60)
    changed = order(price=D(101), updated_at=T0 + SECOND)
    again.happen(ev.OrderSeen("toy", again.clock.now(), changed, Source.LOOKUP, asked_at=again.clock.now()))
    (report,) = watch.reports()
    settled = next(change for change in report.changes if change.order.order_id == "o1")
    assert settled.kind is AwayKind.CHANGED
    assert settled.amendment is not None
    assert settled.amendment.new is CONFIRMED
    await again.end()


async def test_an_outcome_that_is_refuted_later_is_told_anew_as_long_as_nobody_has_seen_it(tmp_path: Path) -> None:
    first = RecordedDesk(tmp_path / "j.db").start()
    first.up(order(updated_at=T0))
    first.intent()
    await first.settle()
    first.crash()
    again = RecordedDesk(tmp_path / "j.db", clock=first.clock).start()
    watch = AwayWatch(again.desk)
    again.clock.pass_time(60)
    again.up(order(updated_at=T0))
    told = {change.key: change for report in watch.reports() for change in report.changes}["toy/o1"].amendment
    assert told is not None
    assert told.new is AmendmentStage.NOT_APPLIED
    again.clock.pass_time(60)
    late = order(price=D(101), updated_at=again.clock.now())
    again.happen(ev.OrderSeen("toy", again.clock.now(), late, Source.PUSH))
    assert again.desk.state.amendments["A1"].stage is CONFIRMED
    ((change,),) = [report.changes for report in watch.reports()]
    assert change.amendment is not None
    assert (change.kind, change.amendment.new) == (AwayKind.CHANGED, CONFIRMED)
    assert change.steps == (AwayStep("price", D(100), D(101)),)
    assert (change.since, change.later) == ((), None), "it is told once, as it is known now"
    await again.end()


async def test_a_first_session_has_nothing_to_compare_with(tmp_path: Path) -> None:
    desk = RecordedDesk(tmp_path / "j.db").start()
    watch = AwayWatch(desk.desk)
    desk.up(order())
    assert watch.reports() == ()
    await desk.end()

"""What every venue reports the same way."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.evidence import SECOND
from app.domain.order import Fill, Side
from app.venues.common.reporter import Reporter
from tests.helpers.paper_desk import T0, PaperClock
from tests.helpers.toy_venue import order


@pytest.mark.parametrize(
    "at, shown",
    [
        (T0 - 5, T0 - 5),
        (T0 + 60 * SECOND, T0 + 60 * SECOND),
        (0, T0),
        (1, T0),
        (-1, T0),
        (T0 // 1000, T0),
        (T0 * 1000, T0),
        (T0 + 2 * 86_400 * SECOND, T0),
    ],
)
def test_an_execution_without_a_time_that_can_be_meant_has_the_time_at_which_it_came(at: int, shown: int) -> None:
    told: list[ev.Event] = []
    fill = Fill("toy", "f1", "o1", "AB", Side.BUY, Decimal(1), Decimal(1), at)
    Reporter("toy", told.append, PaperClock()).fill(fill, Source.PUSH)
    (event,) = told
    assert isinstance(event, ev.FillSeen)
    assert (event.fill.at, event.at) == (shown, T0)


def test_no_word_of_a_venue_is_so_long_that_it_fills_a_screen() -> None:
    told: list[ev.Event] = []
    reporter = Reporter("toy", told.append, PaperClock())
    long, short = replace(order(), raw_status="A" * 1_000_000, raw_kind="b" * 81), order()
    reporter.order_seen(long, Source.PUSH)
    reporter.open_orders([long, short], T0)
    reporter.order_unreadable("o1", "c" * 1_000, "{}", Source.PUSH)
    seen, listed, unreadable = told
    assert isinstance(seen, ev.OrderSeen)
    assert isinstance(listed, ev.OpenOrdersListed)
    assert isinstance(unreadable, ev.OrderUnreadable)
    assert seen.order.raw_status == f"{'A' * 79}…", "cut, and it says so"
    assert seen.order.raw_kind == f"{'b' * 79}…"
    assert listed.orders == (seen.order, short)
    assert unreadable.text == f"{'c' * 399}…"

"""When orders that are gone are asked about again: soon, then ever less often, and never without bound."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.venues.bitso.link.look_up import ASK_EVERY
from app.venues.bitso.profile import PRIVATE_PER_MINUTE
from app.venues.bitso.rules import gone
from app.venues.bitso.rules.gone import LATE_WAIT, SETTLED_AFTER, GoneOrders
from tests.venues.bitso.samples import NOW, order


def asked_at(cases: GoneOrders, until: float) -> list[float]:
    """When each question falls that is asked as soon as it is due, in seconds."""
    found: list[float] = []
    case = cases.next_due(float("inf"))
    while case is not None and case.due is not None and case.due <= until:
        now = case.due
        found.append(now)
        cases.asked(case, now, final=False)
        case = cases.next_due(float("inf"))
    return found


def test_one_order_is_asked_about_soon_and_then_ever_less_often() -> None:
    cases = GoneOrders()
    case = cases.missed(order(), NOW, 0.0)
    times = asked_at(cases, SETTLED_AFTER)
    assert times[:3] == [1.0, 2.0, 3.0]
    gaps = [later - earlier for earlier, later in zip(times, times[1:], strict=False)]
    assert gaps[:-1] == sorted(gaps[:-1])
    assert max(later / earlier for earlier, later in zip(times[1:], times[2:], strict=False)) <= 1.5
    assert len(times) < 25
    assert times[-1] == SETTLED_AFTER
    assert [case.is_settled(each) for each in times[-2:]] == [False, True]


def test_what_still_contradicts_after_the_hour_is_asked_slowly() -> None:
    cases = GoneOrders()
    cases.missed(order(), NOW, 0.0)
    asked_at(cases, SETTLED_AFTER)
    late = asked_at(cases, SETTLED_AFTER + 3 * LATE_WAIT)
    assert late == [SETTLED_AFTER + step * LATE_WAIT for step in (1, 2, 3)]


def test_all_of_them_together_leave_most_requests_to_others() -> None:
    requests_per_minute = 2 * 60 / ASK_EVERY
    assert requests_per_minute <= PRIVATE_PER_MINUTE / 5


def test_the_one_that_waited_longest_comes_first() -> None:
    cases = GoneOrders()
    first = cases.missed(order(order_id="a"), NOW, 0.0)
    second = cases.missed(order(order_id="b"), NOW, 0.5)
    assert cases.next_due(0.9) is None
    assert cases.next_due(5.0) is first
    cases.asked(first, 5.0, final=False)
    assert cases.next_due(5.0) is second
    cases.asked(second, 5.0, final=True)
    assert cases.next_due(5.0) is None
    cases.hurry("b", 5.0)
    assert cases.next_due(5.0) is None, "all is told of it"
    cases.hurry("a", 5.0)
    assert cases.next_due(5.0) is first


def test_a_case_goes_on_from_what_was_seen_before_the_end() -> None:
    cases = GoneOrders()
    case = cases.missed(order(), NOW, 10.0)
    later = replace(order(), raw_status="gone")
    assert cases.missed(later, NOW + 1, 20.0) is case
    assert (case.order, case.since) == (order(), 10.0)


def test_only_newer_news_brings_an_order_back() -> None:
    cases = GoneOrders()
    cases.missed(order(), NOW, 0.0)
    cases.shown(order().order_id, NOW - 1)
    assert order().order_id in cases
    cases.shown(order().order_id, NOW + 1)
    assert order().order_id not in cases


def test_no_more_than_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gone, "KEPT", 2)
    cases = GoneOrders()
    for name in ("a", "b", "c"):
        cases.missed(order(order_id=name), NOW, 0.0)
    assert ["a" in cases, "b" in cases, "c" in cases] == [False, True, True]

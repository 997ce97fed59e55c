"""Signs that a list of open orders was cut."""

from __future__ import annotations

import pytest

from app.venues.alphapoint.link.cuts import PAGE, Cuts
from tests.venues.alphapoint.samples import order, partly


@pytest.mark.parametrize(
    "count,cut", [(0, False), (1, False), (PAGE - 1, False), (PAGE, True), (PAGE + 1, False), (3 * PAGE, True)]
)
def test_a_whole_page_may_be_cut(count: int, cut: bool) -> None:
    """Nothing says so, and nothing says that there is no more."""
    assert Cuts().may_be(count) is cut


def test_an_open_order_that_a_list_left_out_shows_that_it_was_cut() -> None:
    """From then on lists of that size, or a larger one, prove no absence; smaller ones do."""
    cuts = Cuts()
    cuts.listed(50, {"15067"})
    assert not cuts.may_be(50)
    cuts.seen(order())
    assert [cuts.may_be(count) for count in (49, 50, 51)] == [False, True, True]
    cuts.listed(30, {"15067"})
    cuts.seen(partly("0.5", "0.5"))
    assert cuts.may_be(30)
    cuts.listed(40, {"15067"})
    cuts.seen(order())
    assert cuts.may_be(30), "the smallest that was cut counts"


def test_what_ended_or_was_listed_shows_nothing() -> None:
    """Nor does an order of which nobody knows whether it works, or an empty list."""
    cuts = Cuts()
    cuts.listed(50, {"15067"})
    for changes in ({"OrderState": "Canceled"}, {"OrderState": "Odd"}, {"OrderId": 7, "OrigOrderId": 7}):
        cuts.seen(order(**changes))
    cuts.listed(0, {"15067"})
    cuts.seen(order())
    assert not cuts.may_be(50)

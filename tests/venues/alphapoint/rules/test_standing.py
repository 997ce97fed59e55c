"""Which orders work: what the venue showed of each, and never took back."""

from __future__ import annotations

from app.venues.alphapoint.rules.standing import Standing
from tests.venues.alphapoint.samples import order

GONE = order(OrderState="Canceled", Quantity=0)


def test_an_end_is_never_taken_back() -> None:
    """An old event after the end changes nothing."""
    standing = Standing()
    standing.note(order())
    assert (standing.working, standing.ended) == ({"15067"}, set())
    standing.note(GONE)
    standing.note(order())
    assert (standing.working, standing.ended) == (set(), {"15067"})
    assert standing.has_gone("15067")


def test_an_order_nobody_spoke_of_has_gone_only_once_a_whole_list_came() -> None:
    """Before that it may be in the part that is missing."""
    standing = Standing()
    assert not standing.has_gone("15067")
    standing.listed([], complete=False)
    assert not standing.has_gone("15067")
    standing.listed(["7"], complete=True)
    assert standing.has_gone("15067")
    assert not standing.has_gone("7"), "it is there, and nobody can read it"
    assert not standing.knows("7")


def test_an_unknown_state_is_neither() -> None:
    """Until it is shown in a state that is known."""
    standing = Standing()
    standing.listed([], complete=True)
    standing.note(order(OrderState="Odd"))
    assert not standing.knows("15067")
    assert not standing.has_gone("15067")
    standing.note(order())
    assert standing.knows("15067")
    standing.end("15067")
    assert standing.has_gone("15067")

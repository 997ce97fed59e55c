"""Markets as events: those that are described, those that are not, and sessions that change."""

from __future__ import annotations

from app.domain import events as ev
from app.runtime.clock import SystemClock
from app.venues.alphapoint.link.markets import Markets, readable
from app.venues.alphapoint.rules.form import UNDESCRIBED
from app.venues.common.reporter import Reporter
from tests.venues.alphapoint.samples import order, raw_instrument


def begun() -> tuple[Markets, list[ev.Event]]:
    seen: list[ev.Event] = []
    return Markets(Reporter("ap", seen.append, SystemClock())), seen


def test_a_market_that_cannot_be_read_costs_no_other() -> None:
    """It is told of, and its orders go on without its rules."""
    markets, seen = begun()
    markets.load([raw_instrument(), raw_instrument(InstrumentId=9, Symbol=""), None], ())
    assert list(markets.instruments) == ["BTCCAD"]
    assert len([event for event in seen if isinstance(event, ev.Noticed)]) == 2
    assert markets.undescribed({"BTCCAD", "9"}) == ("9",)
    seen.clear()
    markets.assume({"BTCCAD", "9"})
    (told,) = [event for event in seen if isinstance(event, ev.InstrumentsLoaded)]
    assert [(each.symbol, each.attribute(UNDESCRIBED)) for each in told.instruments] == [("9", "true")]


def test_a_market_keeps_the_name_its_orders_have() -> None:
    """The symbol is part of what an order is."""
    markets, seen = begun()
    markets.name_market(order())
    assert markets.symbols == {8: "BTCCAD"}
    markets.load([raw_instrument(Symbol="XBTCAD")], ())
    assert list(markets.instruments) == ["BTCCAD"]
    assert "market BTCCAD is XBTCAD" in str(seen)


def test_a_session_that_changes_is_shown() -> None:
    """Into one that takes post-only orders alone, and out of trading."""
    markets, seen = begun()
    markets.load([raw_instrument()], ())
    for status, trades in (("RunningPostOnly", True), ("Paused", False), ("Running", True)):
        markets.session_changed({"VenueInstrumentId": 8, "NewStatus": status})
        market = markets.instruments["BTCCAD"]
        assert (market.status, market.trading) == (status, trades)
    seen.clear()
    markets.session_changed({"VenueInstrumentId": 77, "NewStatus": "Paused"})
    assert seen == []


def test_rows_that_can_be_read_are_all_there() -> None:
    """And nothing is told."""
    _, seen = begun()
    reporter = Reporter("ap", seen.append, SystemClock())
    assert readable([1, 2], lambda row: row * 2, "listed a thing", reporter) == [2, 4]
    assert seen == []

"""The door for rows: one bad row costs itself, with its raw text, and never the message or the connector."""

from __future__ import annotations

import logging
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.order import Order, Side
from app.venues.common.failures import Contradiction, Malformed
from app.venues.common.reporter import Reporter
from app.venues.common.rows import SHOWN, OrderDoor
from app.venues.transport.jsonx import JsonError
from tests.helpers.logfail import AnnouncedLogs
from tests.helpers.paper_desk import PaperClock
from tests.helpers.toy_venue import order


def read(row: Any) -> Order:
    if not isinstance(row, dict):
        raise Malformed("an order that is no object")
    if row.get("bad") == "json":
        raise JsonError("A number was expected, not a text.")
    if row.get("bad") == "oversight":
        raise OverflowError("int too large²")
    return replace(order(str(row["OrderId"])), price=Decimal(row.get("price", 100)))


@pytest.fixture
def told() -> list[ev.Event]:
    return []


@pytest.fixture
def door(told: list[ev.Event]) -> OrderDoor:
    return OrderDoor(Reporter("toy", told.append, PaperClock()), read, "orderId")


# -- what was known was wrong ------------------------------------------------------------------------------------------


class Knowing(OrderDoor):
    """A door that holds each row against the side it knows."""

    def __init__(self, told: list[ev.Event]) -> None:
        super().__init__(Reporter("toy", told.append, PaperClock()), self.read, "orderId", anew=self.fresh)
        self.known = {"1": Side.SELL}

    def fresh(self, row: Any) -> Order:
        return replace(read(row), side=Side(row["side"]))

    def read(self, row: Any) -> Order:
        found = self.fresh(row)
        if self.known.setdefault(found.order_id, found.side) is not found.side:
            raise Contradiction("it is another order than before")
        return found

    def overrule(self, order: Order) -> None:
        self.known[order.order_id] = order.side


def side(door: Knowing, value: Side, asked_at: int | None) -> Side | None:
    found = door.one({"OrderId": "1", "side": value.value}, Source.LOOKUP, asked_at)
    return found.side if found is not None else None


def test_reads_that_agree_overrule_what_was_read_wrong_first(told: list[ev.Event]) -> None:
    door = Knowing(told)
    found = [side(door, Side.BUY, at) for at in (1, 2, 3)]
    assert found == [None, None, Side.BUY]
    assert side(door, Side.BUY, None) is Side.BUY
    assert side(door, Side.SELL, 4) is None


@pytest.mark.parametrize(
    "readings",
    [
        [(Side.BUY, None)] * 5,
        [(Side.BUY, 1)] * 5,
        [(Side.BUY, 1), (Side.BUY, 2), (Side.SELL, 3), (Side.BUY, 4), (Side.BUY, 5)],
    ],
    ids=["pushes", "one read told often", "the old one between"],
)
def test_other_readings_overrule_nothing(told: list[ev.Event], readings: list[tuple[Side, int | None]]) -> None:
    door = Knowing(told)
    assert Side.BUY not in [side(door, value, at) for value, at in readings]


def test_each_bad_row_is_told_with_its_raw_text_and_the_others_are_read(
    door: OrderDoor, told: list[ev.Event], announced_logs: AnnouncedLogs
) -> None:
    announced_logs.expect("a row of toy could not be read", logging.ERROR)
    rows: list[Any] = [
        {"OrderId": "1"},
        {"OrderId": 2, "bad": "json"},
        {"orderid": "3", "bad": "oversight"},
        {"OrderId": "4", "price": -5},
        "no object",
        {"OrderId": "5", "x": "y" * 5000},
    ]
    listing = door.listing(rows, 7)
    assert [each.order_id for each in listing.orders] == ["1", "5"]
    assert listing.unreadable == ["2", "3", "4"]
    assert listing.nameless
    assert [(each.order_id, each.text) for each in told if isinstance(each, ev.OrderUnreadable)] == [
        ("2", "A number was expected, not a text"),
        ("3", "OverflowError: int too large²"),
        ("4", "its price is below zero (-5)"),
        ("", "an order that is no object"),
    ]
    assert all(isinstance(each, ev.OrderUnreadable) and each.asked_at == 7 and each.raw for each in told)


def test_the_raw_text_is_cut_to_a_readable_length(door: OrderDoor, told: list[ev.Event]) -> None:
    assert door.one({"OrderId": "5", "bad": "json", "x": "y" * 5000}, Source.PUSH) is None
    assert isinstance(told[0], ev.OrderUnreadable)
    assert len(told[0].raw) == SHOWN


@pytest.mark.parametrize("value", [True, None, ["x"], {"a": 1}, 1.5])
def test_an_id_that_is_no_text_or_number_is_none(door: OrderDoor, value: object) -> None:
    assert door.id_of({"orderId": value}) == ""


@pytest.mark.parametrize("value", ["\u2028z", " 7", "7 ", "\x85a\u00a0", "7"])
@pytest.mark.parametrize("strips", [True, False])
def test_an_id_is_the_same_wherever_it_is_told(told: list[ev.Event], value: str, strips: bool) -> None:
    """It was stripped where the row was named, and not where its fault was: two ids of one order."""
    door = OrderDoor(Reporter("toy", told.append, PaperClock()), read, "orderId", strips=strips)
    assert door.id_of({"orderId": value}) == (value.strip() if strips else value)
    assert door.id_of({"orderId": " \t"}) == ""

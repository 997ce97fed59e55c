"""The door for orders, by itself and in every reader of the connector: what cannot be costs its row alone."""

from __future__ import annotations

import logging
from decimal import Decimal
from typing import Any

import pytest

from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.market import LinkState
from app.domain.order import OrderStatus, Side
from app.runtime.clock import SystemClock
from app.venues.alphapoint.link.door import Door, fault_of
from app.venues.common.failures import Malformed
from app.venues.common.reporter import Reporter
from tests.helpers.logfail import AnnouncedLogs
from tests.venues.alphapoint.samples import SYMBOLS, order, raw_order, reduction
from tests.venues.alphapoint.stand_in import Desk, account, connector, running, serving, up

pytestmark = pytest.mark.filterwarnings("error")

#: Changes of the sample order that no order can have.
IMPOSSIBLE: list[dict[str, Any]] = [
    {"Price": 0},
    {"Price": Decimal(-84110)},
    {"Price": None},
    {"Price": ""},
    {"Price": "²"},
    {"Price": Decimal("1e9999")},
    {"Price": Decimal("9223372036.854775807")},
    {"Quantity": Decimal("1e9999")},
    {"Quantity": "-1"},
    {"Quantity": 0},
    {"Quantity": "9" * 5000},
    {"QuantityExecuted": "99999"},
    {"QuantityExecuted": Decimal("1.0001")},
    {"QuantityExecuted": Decimal(-1)},
    {"DisplayQuantity": Decimal("1e9999")},
    {"DisplayQuantity": Decimal("-0.1")},
    {"StopPrice": Decimal(-1)},
    {"AvgPrice": Decimal(-1)},
    {"GrossValueExecuted": Decimal(-1)},
    {"Account": "²"},
    {"Account": "9" * 5000},
    {"Account": 10},
    {"Instrument": ""},
    {"Instrument": "²"},
    {"Side": "Unknown"},
    {"Side": 2.5},
    {"IsQuote": "perhaps"},
]


def test_a_side_that_was_read_wrong_first_is_overruled_by_reads_that_agree() -> None:
    desk = Desk()
    made = door(desk)
    made.read(raw_order(Side="Sell"))
    found = [made.one(raw_order(Side="Buy"), Source.LISTING, at) for at in (1, 2, 3)]
    assert [each.side if each else None for each in found] == [None, None, Side.BUY]
    assert made.read(raw_order(Side="Buy")).side is Side.BUY
    with pytest.raises(Malformed, match="is a sell"):
        made.strictly(raw_order(Side="Sell"), Source.LOOKUP, 4)


def door(desk: Desk) -> Door:
    made = Door(Reporter("ap", desk, SystemClock()), dict(SYMBOLS))
    made.account_id = 9
    return made


@pytest.mark.parametrize("changes", IMPOSSIBLE)
def test_impossible_values_are_turned_away(changes: dict[str, Any]) -> None:
    """Named, with the raw row, and as a clause that the strict reader raises, too."""
    desk = Desk()
    one = door(desk)
    assert one.one(raw_order(**changes), Source.PUSH) is None
    (unreadable,) = desk.of(ev.OrderUnreadable)
    assert (unreadable.order_id, bool(unreadable.text), bool(unreadable.raw)) == ("15067", True, True)
    with pytest.raises(Malformed):
        one.strictly(raw_order(**changes), Source.LOOKUP, 5)
    assert desk.of(ev.OrderUnreadable)[-1].asked_at == 5


def test_what_is_possible_passes() -> None:
    """At the edges: everything executed, the whole of what was submitted, another account nobody knows."""
    one = door(Desk())
    for changes in ({"QuantityExecuted": 1, "Quantity": 0, "OrderState": "FullyExecuted"}, {"OrigQuantity": None}):
        assert one.one(raw_order(**changes), Source.PUSH) is not None
    one.account_id = None
    assert one.one(raw_order(Account=10), Source.PUSH) is not None


@pytest.mark.parametrize("changes", [{"Side": "Buy"}, {"Instrument": 75}])
def test_an_id_under_another_side_or_market_is_another_order(changes: dict[str, Any]) -> None:
    """It is shown, and what was known stays known."""
    desk = Desk()
    one = door(desk)
    assert one.one(raw_order(), Source.LISTING, 1) is not None
    assert one.one(raw_order(**changes), Source.PUSH) is None
    assert "the order known by that id" in desk.of(ev.OrderUnreadable)[0].text
    assert one.one(raw_order(Price=84000), Source.PUSH) is not None


def test_a_market_keeps_the_name_it_was_first_shown_under() -> None:
    """Or an order would change its symbol when the markets come, which no order does."""
    symbols: dict[int, str] = {}
    one = Door(Reporter("ap", Desk(), SystemClock()), symbols)
    assert one.read(raw_order()).symbol == "8"
    assert symbols == {8: "8"}


@pytest.mark.parametrize("row", [None, 7, "x", [], {}, {"OrderId": []}, {"OrderId": {"a": 1}}, [raw_order()]])
def test_rows_of_any_shape_are_survived(row: Any) -> None:
    """They have no id, and that is all that can be said."""
    desk = Desk()
    assert door(desk).one(row, Source.PUSH) is None
    assert desk.of(ev.OrderUnreadable)[0].order_id == ""


def test_an_error_nobody_thought_of_is_told_with_its_kind(announced_logs: AnnouncedLogs) -> None:
    """Of the venue's own words nothing is added."""
    announced_logs.expect("a row of ap could not be read", logging.ERROR)
    desk = Desk()
    one = door(desk)
    one._symbols = None  # type: ignore[assignment]
    assert one.one(raw_order(), Source.PUSH) is None
    assert "AttributeError" in desk.of(ev.OrderUnreadable)[0].text
    with pytest.raises(Malformed):
        one.strictly(raw_order(), Source.LOOKUP, None)
    assert fault_of(Malformed("No.")) == "No"
    assert fault_of(KeyError("a")) == "KeyError: 'a'"


@pytest.mark.parametrize("kept,oldest", [(2, None), (3, "15067")])
def test_only_so_many_orders_are_remembered(monkeypatch: pytest.MonkeyPatch, kept: int, oldest: str | None) -> None:
    """The one that was first shown the longest ago is forgotten first."""
    monkeypatch.setattr("app.venues.alphapoint.link.door._KEPT", kept)
    one = door(Desk())
    for number in (15067, 15068, 15069):
        one.read(raw_order(OrderId=number))
    assert ("15067" if "15067" in one._known else None) == oldest


# -- in every reader of the connector --------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", IMPOSSIBLE)
async def test_a_list_loses_only_the_row(changes: dict[str, Any]) -> None:
    """The others are told, the row counts as present, and the link stays up."""
    async with serving() as gateway:
        gateway.orders = [raw_order(**changes), raw_order(OrderId=7, OrigOrderId=7)]
        desk = Desk()
        async with running(connector(account(gateway.url), desk)):
            await up(desk)
        (listed,) = desk.of(ev.OpenOrdersListed)
        assert ([each.order_id for each in listed.orders], listed.unreadable) == (["7"], ("15067",))
        assert listed.complete


@pytest.mark.parametrize("changes", [{"QuantityExecuted": "99999"}, {"Side": "Buy"}, {"Price": Decimal("1e9999")}])
async def test_pushes_and_look_ups_go_through_it(changes: dict[str, Any]) -> None:
    """By event, by status and by history; the look-up then proves nothing."""
    async with serving() as gateway:
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            await gateway.push("OrderStateEvent", raw_order(**changes))
            await desk.until(ev.OrderUnreadable, lambda event: event.source is Source.PUSH)
            gateway.orders = [raw_order(**changes)]
            await made.look_up(order())
            gateway.orders = []
            gateway.answers["GetOrderHistoryByOrderId"] = [raw_order(**{**changes, "OrderState": "Canceled"})]
            await made.look_up(order())
        assert not desk.of(ev.OrderSeen)
        assert not desk.of(ev.OrderMissing)
        assert len(desk.of(ev.LookUpFailed)) == 2
        assert desk.of(ev.LinkChanged)[-1].state is LinkState.UP


@pytest.mark.parametrize("state", ["working", "WORKING", "Pending", "", None, 0, 6, -1, "1", True, [], "Working "])
async def test_a_state_nobody_knows_is_shown_raw(state: Any) -> None:
    """In any reader; and an amendment of it does not leave."""
    async with serving() as gateway:
        gateway.orders = [raw_order(OrderState=state, Quantity="0.6", OrigQuantity="1")]
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            await gateway.push("OrderStateEvent", gateway.orders[0])
            seen = await desk.until(ev.OrderSeen)
            await made.amend(reduction(order(), "0.5"))
        assert seen.order.status is OrderStatus.UNRECOGNISED
        assert desk.of(ev.OpenOrdersListed)[0].orders[0].status is OrderStatus.UNRECOGNISED
        assert desk.of(ev.AmendmentUnsent)
        assert not gateway.sent("ModifyOrder")


@pytest.mark.parametrize("answer", [raw_order(OrderId=3), [raw_order(OrderId=3)], {}, {"Order": None}])
async def test_a_status_of_something_else_is_no_absence(answer: Any) -> None:
    """Asked for one order, the venue told of another: nothing is known of ours."""
    async with serving() as gateway:
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            gateway.answers["GetOrderStatus"] = answer
            await made.look_up(order())
        (failed,) = desk.of(ev.LookUpFailed)
        assert "something else" in failed.text
        assert not desk.of(ev.OrderMissing)

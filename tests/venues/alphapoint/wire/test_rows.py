"""The venue's orders and executions as domain values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.domain.order import OrderKind, OrderStatus, Side, TimeInForce
from app.venues.alphapoint.wire import rows
from app.venues.alphapoint.wire.markets import read_balance, read_quote
from app.venues.common.failures import Malformed
from tests.venues.alphapoint.samples import NOW, SHORT_KEYS, SYMBOLS, order, partly, raw_order


def test_an_untouched_order() -> None:
    """Numbers lose their 28 decimals, ids become text, times nanoseconds; time in force is not known."""
    seen = order()
    assert (seen.order_id, seen.symbol, seen.side, seen.kind) == ("15067", "BTCCAD", Side.SELL, OrderKind.LIMIT)
    assert (seen.price, seen.quantity, seen.filled, seen.remaining) == (Decimal(84110), 1, 0, 1)
    assert str(seen.price) == "84110"
    assert seen.status is OrderStatus.WORKING
    assert seen.time_in_force is TimeInForce.UNKNOWN
    assert seen.post_only is None
    assert seen.created_at == 1607579326002898100
    assert seen.updated_at == 1607579326005471400
    assert seen.client_id == ""
    assert seen.attribute("instrument_id") == "8"
    assert seen.attribute("account_id") == "9"
    assert seen.attribute("orig_order_id") == ""


def test_total_is_remaining_plus_executed() -> None:
    """Whatever OrigQuantity says: a reduction may or may not rewrite it."""
    seen = partly("0.5", "0.2", OrigQuantity=Decimal(1))
    assert (seen.quantity, seen.filled, seen.remaining) == (Decimal("0.7"), Decimal("0.2"), Decimal("0.5"))
    assert seen.status is OrderStatus.PARTIALLY_FILLED


def test_keys_in_any_case_and_numbers_as_text() -> None:
    """Documents print camelCase too, and some deployments send numbers as texts."""
    raw = {key[0].lower() + key[1:]: value for key, value in raw_order(Quantity="0.4", OrderId="15067").items()}
    seen = rows.read_order(raw, "ap", SYMBOLS)
    assert (seen.order_id, seen.remaining) == ("15067", Decimal("0.4"))


@pytest.mark.parametrize(
    "raw,status",
    [
        ("Working", OrderStatus.WORKING),
        ("Canceled", OrderStatus.CANCELLED),
        ("Rejected", OrderStatus.REJECTED),
        ("Expired", OrderStatus.EXPIRED),
        ("FullyExecuted", OrderStatus.FILLED),
        ("Fully Executed", OrderStatus.FILLED),
        ("Unknown", OrderStatus.UNRECOGNISED),
        ("Suspended", OrderStatus.UNRECOGNISED),
        (None, OrderStatus.UNRECOGNISED),
        (0, OrderStatus.UNRECOGNISED),
        (1, OrderStatus.WORKING),
        (5, OrderStatus.FILLED),
    ],
)
def test_states(raw: Any, status: OrderStatus) -> None:
    """An unknown state is never taken for Working."""
    assert order(OrderState=raw).status is status


@pytest.mark.parametrize(
    "raw,kind",
    [
        ("Limit", OrderKind.LIMIT),
        ("Market", OrderKind.MARKET),
        ("StopMarket", OrderKind.STOP_MARKET),
        ("StopLimit", OrderKind.STOP_LIMIT),
        ("TrailingStopLimit", OrderKind.TRAILING_STOP),
        ("BlockTrade", OrderKind.OTHER),
        ("Novelty", OrderKind.OTHER),
        (2, OrderKind.LIMIT),
    ],
)
def test_kinds(raw: Any, kind: OrderKind) -> None:
    """The venue's own word is kept beside ours."""
    assert order(OrderType=raw).kind is kind


def test_a_stop_rests_untriggered_until_it_is_in_the_book() -> None:
    """The flag of the book tells."""
    waiting = order(OrderType="StopLimit", StopPrice=Decimal(80000), OrderFlag="0")
    assert (waiting.status, waiting.stop, waiting.triggered) == (OrderStatus.UNTRIGGERED, Decimal(80000), False)
    fired = order(OrderType="StopLimit", StopPrice=Decimal(80000), OrderFlag="AddedToBook")
    assert (fired.status, fired.triggered) == (OrderStatus.WORKING, True)


def test_iceberg_only_where_less_is_shown() -> None:
    """The displayed size lags above the remaining one after fills; that is no iceberg."""
    assert order(DisplayQuantity=Decimal("0.1")).display_quantity == Decimal("0.1")
    assert partly("0.5", "0.5", DisplayQuantity=Decimal(1)).display_quantity is None


@pytest.mark.parametrize("flag", ["AddedToBook, PostOnly", 10, "10"])
def test_post_only_flag(flag: Any) -> None:
    """As words or as bits."""
    assert order(OrderFlag=flag).post_only is True


def short(**changes: Any) -> Any:
    """The same order as the events of older versions tell of it."""
    raw = raw_order(**changes)
    return rows.read_order({key: raw[key] for key in SHORT_KEYS}, "ap", SYMBOLS)


@pytest.mark.parametrize(
    "facts",
    [
        {"IsQuote": True},
        {"IsLockedIn": True},
        {"DisplayQuantity": Decimal("0.1")},
        {"OrderFlag": "PostOnly"},
        {"OrigOrderId": 3},
        {"OrderType": "StopLimit", "StopPrice": Decimal(80000), "OrderFlag": "0"},
    ],
)
def test_short_events_keep_lasting_facts(facts: dict[str, Any]) -> None:
    """What an event does not carry has not gone away."""
    full = order(**facts)
    event = short(Quantity=Decimal("0.9"), OrderType=facts.get("OrderType", "Limit"))
    assert event.attribute("short")
    merged = rows.completed(event, full)
    assert not merged.attribute("short")
    assert merged.remaining == Decimal("0.9")
    for name in ("is_quote", "is_locked_in", "orig_order_id", "account_id"):
        assert merged.attribute(name) == full.attribute(name)
    assert (merged.display_quantity, merged.post_only, merged.stop, merged.status) == (
        full.display_quantity,
        full.post_only,
        full.stop,
        full.status,
    )


def test_short_events_alone_are_marked() -> None:
    """Nothing is known to complete them with; a full row is never marked."""
    assert rows.completed(short(), None).attribute("short")
    assert rows.completed(short(), short()).attribute("short")
    assert not order().attribute("short")


def test_cancel_reason_is_kept() -> None:
    """It tells who cancelled."""
    seen = order(OrderState="Canceled", Quantity=0, CancelReason="UserModified", ChangeReason="UserModified")
    assert (seen.reason, seen.attribute("change_reason")) == ("UserModified", "UserModified")


def test_a_replacement_names_the_order_it_replaced() -> None:
    """OrigOrderId is another id only then."""
    assert order(OrderId=15068, OrigOrderId=15067).attribute("orig_order_id") == "15067"


@pytest.mark.parametrize(
    "changes",
    [
        {"OrderId": None},
        {"OrderId": "x"},
        {"Quantity": None},
        {"Quantity": True},
        {"Quantity": Decimal(-1)},
        {"QuantityExecuted": "NaN"},
        {"Side": "Unknown"},
        {"Side": None},
        {"Instrument": None},
    ],
)
def test_orders_that_cannot_be_read(changes: dict[str, Any]) -> None:
    """They are said, never guessed."""
    with pytest.raises(Malformed):
        order(**changes)


def test_fill() -> None:
    """TradeTime is ticks; both legs of one trade get an id of their own."""
    raw = {
        "TradeId": 77,
        "OrderId": 15067,
        "InstrumentId": 8,
        "Side": "Sell",
        "Quantity": Decimal("0.25"),
        "Price": Decimal(84110),
        "Value": Decimal("21027.5"),
        "TradeTime": 637431761260028981,
        "MakerTaker": "Maker",
    }
    seen = rows.read_fill(raw, "ap", SYMBOLS, NOW)
    assert (seen.fill_id, seen.at, seen.maker, seen.value) == (
        "77-15067",
        1607579326002898100,
        True,
        Decimal("21027.5"),
    )


@pytest.mark.parametrize(
    "ticks,milliseconds,at",
    [
        (637431761260028981, 1607579326003, 1607579326002898100),
        (None, 1607579326003, 1607579326003000000),
        (0, 1607579326003, 1607579326003000000),
        ("637431761260028981", None, 1607579326002898100),
        (1607579326003, None, 1607579326003000000),
        # Seconds, microseconds and nanoseconds for milliseconds; a date, a digit that is none, thousands of digits.
        (None, 1607579326, None),
        (None, 1607579326003000, None),
        (None, 1607579326003000000, None),
        (1607579326003000, 1607579326003, 1607579326003000000),
        ("2020-12-10T05:48:46Z", 1607579326003, 1607579326003000000),
        ("²", "²", None),
        ("9" * 5000, None, None),
        (-1, -1, None),
        (621_355_968_000_000_000, None, None),
        (True, True, None),
    ],
)
def test_times_of_another_unit_are_no_times(ticks: Any, milliseconds: Any, at: int | None) -> None:
    """Ticks where they can be, else milliseconds, else nothing."""
    assert order(LastUpdatedTimeTicks=ticks, LastUpdatedTime=milliseconds).updated_at == at


@pytest.mark.parametrize("flag", ["²", "9" * 5000, -1, [], {"a": 1}, None, True])
def test_odd_flags_say_nothing(flag: Any) -> None:
    """They are no bits, and no word that is known."""
    assert order(OrderFlag=flag).post_only is None


@pytest.mark.parametrize(
    "changes",
    [
        {"OrderId": 0},
        {"OrderId": "0"},
        {"OrderId": "²"},
        {"OrderId": "9" * 20},
        {"OrderId": True},
        {"Account": "²"},
        {"Price": "²"},
        {"DisplayQuantity": "x"},
        {"IsQuote": 7},
    ],
)
def test_strange_values_cost_their_row(changes: dict[str, Any]) -> None:
    """By the one error that a door knows."""
    with pytest.raises(Malformed):
        order(**changes)


@pytest.mark.parametrize("value,shown", [("true", "true"), ("False", ""), (None, ""), (True, "true"), ("", "")])
def test_flags_as_text(value: Any, shown: str) -> None:
    """A quote stays one in whatever letters that is written."""
    assert order(IsQuote=value).attribute("is_quote") == shown


@pytest.mark.parametrize("quantity,text", [(Decimal("1.5"), "1.5"), (0, ""), (-1, ""), ("x", ""), (None, "")])
def test_a_submitted_quantity_is_above_zero_or_not_told(quantity: Any, text: str) -> None:
    """The size of a cancelled replacement rests on it."""
    assert order(OrigQuantity=quantity).attribute("orig_quantity") == text


@pytest.mark.parametrize(
    "text",
    [
        "9223372036.854775807",
        "9223372036.8547758070000000000000000000",
        "9223372036.854776",  # as a binary float has it
        "9223372036.85477580",
        "92233720368.54775807",
        "92233720368.547758",
    ],
)
def test_the_number_for_no_price(text: str) -> None:
    """The largest 64-bit number over a power of ten, as exact as a venue may write it."""
    assert order(Price=Decimal(text)).price is None
    assert read_quote({"InstrumentId": 8, "BestOffer": Decimal(text)}, SYMBOLS, 0).ask is None


@pytest.mark.parametrize(
    "text",
    ["9219999999", "9220000000", "9223372036", "9223372036.85", "9223372037", "15000000000", "92233720368.55", "1e18"],
)
def test_every_other_large_number_is_a_price(text: str) -> None:
    """Prices in small currencies go beyond it; so do quantities and money."""
    big = Decimal(text)
    read = order(Price=big, Quantity=big, OrigQuantity=big, StopPrice=big)
    assert (read.price, read.stop, read.quantity) == (big, big, big)
    assert read_quote({"InstrumentId": 8, "BestBid": big, "BestOffer": big}, SYMBOLS, 0).ask == big
    assert read_balance({"ProductSymbol": "IDR", "Amount": big, "Hold": 0}, 0).available == big


def test_an_order_that_ended_keeps_the_size_it_was_for() -> None:
    """`Quantity` is what remains, which is 0 once it has ended."""
    ended = order(OrderState="Canceled", Quantity=0, QuantityExecuted=0, OrigQuantity=2)
    assert ended.quantity == 0
    assert rows.sized(ended, order(Quantity=1, OrigQuantity=2)).quantity == 1, "it was reduced since"
    assert rows.sized(ended, None).quantity == 2
    assert rows.sized(rows.sized(ended, order(Quantity=1)), order(Quantity=1)).filled == 0
    partly = order(OrderState="Canceled", Quantity=0, QuantityExecuted=Decimal("0.4"), OrigQuantity=1)
    assert (rows.sized(partly, None).quantity, partly.filled) == (1, Decimal("0.4"))
    unknown = order(OrderState="Canceled", Quantity=0, QuantityExecuted=0, OrigQuantity=None)
    assert rows.sized(unknown, None).quantity == 0
    resting = order(Quantity=1)
    assert rows.sized(resting, order(Quantity=2)) is resting

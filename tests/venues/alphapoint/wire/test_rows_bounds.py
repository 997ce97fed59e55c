"""Exact bounds of AlphaPoint's markets, orders and single values: steps, ids and numbers of zero, and absent ones."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.domain.order import OrderStatus
from app.venues.alphapoint.wire.markets import account_facts, number_of, read_balance, read_instrument, read_quote
from app.venues.alphapoint.wire.rows import SHORT, completed, read_fill, read_order
from app.venues.alphapoint.wire.values import flag, identity, order_number, time_of
from app.venues.common.failures import Malformed
from tests.venues.alphapoint.samples import (
    NOW,
    SHORT_KEYS,
    SYMBOLS,
    instrument,
    order,
    raw_instrument,
    raw_order,
)

D = Decimal


@pytest.mark.parametrize("symbol", [None, "", 7, []])
def test_a_market_has_a_symbol_and_a_balance_its_coin(symbol: Any) -> None:
    with pytest.raises(Malformed, match="has no symbol"):
        instrument(Symbol=symbol)
    with pytest.raises(Malformed, match="has no product"):
        read_balance({"ProductSymbol": symbol, "Amount": 1, "Hold": 0}, NOW)


@pytest.mark.parametrize(
    "step, read", [(0, None), ("0.00", None), (None, None), ("1E-20", "1E-20"), ("1E+20", "1E+20"), (1, "1")]
)
def test_a_step_of_zero_is_none(step: Any, read: str | None) -> None:
    assert instrument(PriceIncrement=step).tick == (D(read) if read else None)


@pytest.mark.parametrize("step", [-1, "-0.01", "1E-21", "1E+21", "x"])
def test_what_is_no_step_of_any_market_is_malformed(step: Any) -> None:
    for name in ("PriceIncrement", "QuantityIncrement"):
        with pytest.raises(Malformed):
            instrument(**{name: step})


def test_a_market_is_named_by_its_number() -> None:
    assert number_of(instrument()) == 8
    assert number_of(read_instrument(raw_instrument(InstrumentId=0))) == 0


@pytest.mark.parametrize(
    "raw, facts",
    [
        ({}, ()),
        ({"RiskType": "Normal", "Frozen": False}, (("risk_type", "Normal"), ("frozen", "false"))),
        ({"Frozen": True}, (("frozen", "true"),)),
        ({"RiskType": 7, "Frozen": "yes"}, ()),
    ],
)
def test_facts_of_the_account_are_those_it_gives(raw: Any, facts: Any) -> None:
    assert account_facts(raw) == facts


def test_a_quote_of_a_market_nobody_knows_has_its_number() -> None:
    quote = read_quote(
        {"InstrumentId": 4, "BestBid": 0, "BestOffer": D("9223372036.854775807"), "LastTradedPx": 1}, SYMBOLS, NOW
    )
    assert (quote.symbol, quote.bid, quote.ask, quote.last) == ("4", None, None, 1)
    # The largest number of 64 bits, over 10^9 or 10^8, but for its last thousand.
    for least in ("9223372036.854774807", "9223372036.854776807", "92233720368.54774807", "92233720368.54776807"):
        assert read_quote({"InstrumentId": 8, "BestOffer": D(least)}, SYMBOLS, NOW).ask is None
    for large in ("9223372036.854774806", "9223372036.854776808", "92233720368.54774806", "92233720368.54776808"):
        assert read_quote({"InstrumentId": 8, "BestOffer": D(large)}, SYMBOLS, NOW).ask == D(large)


# -- rows and values -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind, price, read",
    [("Limit", 0, D(0)), ("Limit", 5, D(5)), ("Market", 0, None), ("Market", 5, D(5)), ("StopMarket", 0, None)],
)
def test_a_price_of_zero_is_one_only_of_a_limit_order(kind: str, price: int, read: Decimal | None) -> None:
    assert order(OrderType=kind, Price=price).price == read


@pytest.mark.parametrize(
    "shown, read", [(0, None), ("0.0001", D("0.0001")), ("0.9999", D("0.9999")), (1, None), (2, None), (None, None)]
)
def test_an_iceberg_shows_less_than_remains(shown: Any, read: Decimal | None) -> None:
    assert order(DisplayQuantity=shown).display_quantity == read
    with pytest.raises(Malformed, match="below zero"):
        order(DisplayQuantity="-0.0001")


def short(**changes: Any) -> Any:
    return read_order({key: each for key, each in raw_order(**changes).items() if key in SHORT_KEYS}, "ap", SYMBOLS)


@pytest.mark.parametrize("remaining, shown", [("1", D("0.5")), ("0.5", None), ("0.5001", D("0.5")), ("0.4", None)])
def test_a_short_event_is_completed_by_what_lasts(remaining: str, shown: Decimal | None) -> None:
    known = order(DisplayQuantity="0.5", ClientOrderId=5, IsQuote=True, StopPrice=7)
    seen = completed(short(Quantity=D(remaining)), known)
    assert (seen.display_quantity, seen.client_id, seen.stop) == (shown, "5", 7)
    assert (seen.attribute("is_quote"), seen.attribute(SHORT), seen.attribute("peg")) == ("true", "", "Last")
    names = [name for name, _ in seen.attributes]
    assert len(names) == len(set(names))
    assert seen.attribute("ticks") == "", "the time is the event's own"
    assert completed(short(ClientOrderId=6), known).client_id == "6"
    assert completed(short(), None) == short()


@pytest.mark.parametrize("word, maker", [("Maker", True), ("Taker", False), ("Unknown", None), (None, None)])
def test_a_trade_says_who_made_the_price_only_where_it_does(word: Any, maker: bool | None) -> None:
    raw = {"OrderId": 1, "TradeId": 2, "Side": 0, "InstrumentId": 8, "Price": 3, "Quantity": 4, "MakerTaker": word}
    fill = read_fill(raw, "ap", SYMBOLS, 5)
    assert (fill.maker, fill.at, fill.fill_id) == (maker, 5, "2-1")


@pytest.mark.parametrize(
    "state, word, status",
    [
        (0, "Unknown", OrderStatus.UNRECOGNISED),
        (1, "Working", OrderStatus.WORKING),
        (5, "FullyExecuted", OrderStatus.FILLED),
        (6, "6", OrderStatus.UNRECOGNISED),
        (-1, "-1", OrderStatus.UNRECOGNISED),
        (None, "Unknown", OrderStatus.UNRECOGNISED),
        ("", "Unknown", OrderStatus.UNRECOGNISED),
        ("w" * 41, "w" * 40, OrderStatus.UNRECOGNISED),
        (True, "True", OrderStatus.UNRECOGNISED),
    ],
)
def test_a_state_is_a_word_or_its_number(state: Any, word: str, status: OrderStatus) -> None:
    seen = order(OrderState=state)
    assert (seen.raw_status, seen.status) == (word, status)


@pytest.mark.parametrize(
    "reasons, told",
    [((None, None), ""), ((" r ", "c"), "r"), (("", "c"), "c"), ((" ", None), ""), ((7, "c"), "c")],
)
def test_the_reason_is_the_first_there_is(reasons: tuple[Any, Any], told: str) -> None:
    assert order(RejectReason=reasons[0], CancelReason=reasons[1]).reason == told


EPOCH = 621_355_968_000_000_000


@pytest.mark.parametrize(
    "ticks, milliseconds, at",
    [
        (EPOCH + 17_000_000_000_000_000, None, 1_700_000_000_000_000_000),
        (None, 1_700_000_000_000, 1_700_000_000_000_000_000),
        (1_700_000_000_000, 5, 1_700_000_000_000_000_000),
        (EPOCH, 1_700_000_000_000, 1_700_000_000_000_000_000),
        (0, 0, None),
        ("x", None, None),
    ],
)
def test_times_are_ticks_else_milliseconds(ticks: Any, milliseconds: Any, at: int | None) -> None:
    assert time_of(ticks, milliseconds) == at


@pytest.mark.parametrize(
    "value, read", [(True, True), ("TRUE", True), (" false ", False), ("", False), (None, False), (False, False)]
)
def test_a_flag_has_several_spellings(value: Any, read: bool) -> None:
    assert flag(value, "F") is read
    for wrong in ("yes", 1, 0, []):
        with pytest.raises(Malformed):
            flag(wrong, "F")


@pytest.mark.parametrize("value, text", [(0, ""), ("0", ""), (7, "7"), (" 7 ", "7"), (True, ""), (None, ""), ([], "")])
def test_an_id_of_zero_is_none(value: Any, text: str) -> None:
    assert identity(value) == text
    assert order_number(1) == "1"
    with pytest.raises(Malformed):
        order_number(0)


@pytest.mark.parametrize(
    "number, post_only, in_book",
    [(1, None, False), (2, None, True), (4, None, False), (7, None, True), (8, True, False), (10, True, True)],
)
def test_flags_may_come_as_bits(number: int, post_only: bool | None, in_book: bool) -> None:
    for written in (number, str(number)):
        seen = order(OrderFlag=written, OrderType="StopLimit", StopPrice=7)
        assert (seen.post_only, seen.triggered) == (post_only, in_book)

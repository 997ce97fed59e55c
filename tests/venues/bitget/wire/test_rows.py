"""One normaliser for what REST and the sockets write differently."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.order import OrderKind, OrderStatus, Side, TimeInForce
from app.domain.plausible import why_implausible
from app.venues.bitget.wire import rows as parsing
from app.venues.common.failures import Malformed
from tests.venues.bitget.samples import NOW, push_row, rest_row

FUTURES_MARKET = {
    "symbol": "BTCUSDT",
    "category": "USDT-FUTURES",
    "baseCoin": "BTC",
    "quoteCoin": "USDT",
    "pricePrecision": "1",
    "priceMultiplier": "0.1",
    "quantityPrecision": "4",
    "quantityMultiplier": "0.0001",
    "quotePrecision": "",
    "minOrderQty": "0.0001",
    "maxOrderQty": "1200",
    "minOrderAmount": "5",
    "buyLimitPriceRatio": "0.05",
    "sellLimitPriceRatio": "0.05",
    "status": "online",
    "type": "perpetual",
}
SPOT_MARKET = {
    "symbol": "BTCUSDT",
    "baseCoin": "BTC",
    "quoteCoin": "USDT",
    "pricePrecision": "2",
    "quantityPrecision": "6",
    "quotePrecision": "8",
    "minOrderQty": "0.000001",
    "maxOrderQty": "0",
    "minOrderAmount": "1",
    "buyLimitPriceRatio": "0.02",
    "sellLimitPriceRatio": "0.02",
    "status": "online",
}


def test_the_same_order_reads_the_same_from_both_sides() -> None:
    rest, push = parsing.read_order(rest_row(), "main"), parsing.read_order(push_row(), "main")
    for name in (
        "order_id",
        "symbol",
        "market",
        "side",
        "kind",
        "price",
        "quantity",
        "filled",
        "status",
        "reduce_only",
    ):
        assert getattr(rest, name) == getattr(push, name), name
    assert rest.market == "perp"
    assert rest.attribute("category") == push.attribute("category") == "USDT-FUTURES"
    assert rest.attribute("position_side") == push.attribute("position_side") == "long"
    assert (rest.raw_status, push.raw_status) == ("live", "new")
    assert rest.created_at == NOW
    assert rest.updated_at == NOW + 100_000_000


@pytest.mark.parametrize(
    "text,filled,status",
    [
        ("init", "0", OrderStatus.PENDING),
        ("live", "0", OrderStatus.WORKING),
        ("new", "0", OrderStatus.WORKING),
        ("live", "0.1", OrderStatus.PARTIALLY_FILLED),
        ("partially_filled", "0.1", OrderStatus.PARTIALLY_FILLED),
        ("filled", "0.2", OrderStatus.FILLED),
        ("cancelled", "0", OrderStatus.CANCELLED),
        ("canceled", "0", OrderStatus.CANCELLED),
        ("melted", "0", OrderStatus.UNRECOGNISED),
        ("rejected", "0", OrderStatus.UNRECOGNISED),
        ("LIVE", "0", OrderStatus.UNRECOGNISED),
        ("Filled", "0.2", OrderStatus.UNRECOGNISED),
        ("", "0", OrderStatus.UNRECOGNISED),
    ],
)
def test_states(text: str, filled: str, status: OrderStatus) -> None:
    order = parsing.read_order(rest_row(orderStatus=text, cumExecQty=filled), "main")
    assert (order.status, order.raw_status) == (status, text)


@pytest.mark.parametrize(
    "text,flag", [("YES", True), ("yes", True), ("NO", False), ("no", False), ("", None), (None, None)]
)
def test_reduce_only_in_any_spelling(text: str | None, flag: bool | None) -> None:
    assert parsing.read_order(rest_row(reduceOnly=text), "main").reduce_only is flag


@pytest.mark.parametrize("none", ["", None, "0", "0.00"])
def test_no_price_and_no_exit_in_any_spelling(none: str | None) -> None:
    order = parsing.read_order(rest_row(orderType="market", price=none, takeProfit=none, stopLoss=none), "main")
    assert (order.kind, order.price, order.take_profit, order.stop_loss) == (OrderKind.MARKET, None, None, None)


def test_attached_exits_and_times_in_force() -> None:
    order = parsing.read_order(rest_row(takeProfit="70000", stopLoss="50000", timeInForce="post_only"), "main")
    assert (order.take_profit, order.stop_loss) == (Decimal(70000), Decimal(50000))
    assert (order.post_only, order.time_in_force) == (True, TimeInForce.GTC)
    assert parsing.read_order(rest_row(timeInForce="fok"), "main").time_in_force is TimeInForce.FOK
    assert parsing.read_order(rest_row(timeInForce="odd"), "main").time_in_force is TimeInForce.UNKNOWN


def test_an_id_that_came_as_a_number_keeps_its_digits() -> None:
    assert parsing.read_order(rest_row(orderId=1234567890123456789), "main").order_id == "1234567890123456789"


@pytest.mark.parametrize(
    "wrong",
    [
        {"orderId": ""},
        {"orderId": None},
        {"symbol": ""},
        {"category": ""},
        {"category": None},
        {"qty": "0." + "1" * 81},
        {"side": "both"},
        {"side": None},
        {"qty": None},
        {"qty": ""},
        {"qty": "many"},
        {"price": "NaN"},
        {"price": "1e999"},
        {"cumExecQty": []},
        {"updatedTime": "yesterday"},
    ],
)
def test_an_unreadable_row_is_malformed_not_a_crash(wrong: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        parsing.read_order(rest_row(**wrong), "main")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(rest_row())), json_values)
def test_whatever_stands_in_a_field_it_reads_or_is_malformed(name: str, value: Any) -> None:
    with contextlib.suppress(Malformed):
        parsing.read_order(rest_row(**{name: value}), "main")


def test_futures_rules() -> None:
    market = parsing.instrument_of(FUTURES_MARKET, "USDT-FUTURES")
    assert (market.key, market.base, market.quote) == (("BTCUSDT", "perp"), "BTC", "USDT")
    assert (market.tick, market.lot) == (Decimal("0.1"), Decimal("0.0001"))
    assert (market.min_quantity, market.max_quantity, market.min_value) == (
        Decimal("0.0001"),
        Decimal(1200),
        Decimal(5),
    )
    assert market.attribute("buy_limit_price_ratio") == "0.05"
    assert market.trading


def test_spot_rules_come_from_decimal_places_and_zero_is_no_limit() -> None:
    market = parsing.instrument_of(SPOT_MARKET, "SPOT")
    assert (market.tick, market.lot, market.max_quantity) == (Decimal("0.01"), Decimal("0.000001"), None)


def test_a_value_must_fit_places_and_multiple() -> None:
    row = {**FUTURES_MARKET, "pricePrecision": "1", "priceMultiplier": "0.25"}
    assert parsing.instrument_of(row, "USDT-FUTURES").tick == Decimal("0.5")
    row = {**FUTURES_MARKET, "pricePrecision": "0", "priceMultiplier": "25"}
    assert parsing.instrument_of(row, "USDT-FUTURES").tick == Decimal(25)


@given(st.integers(0, 8), st.integers(1, 500), st.integers(0, 8))
def test_the_common_step_is_a_multiple_of_both(places: int, digits: int, shift: int) -> None:
    multiple = Decimal(digits).scaleb(-shift)
    row = {**FUTURES_MARKET, "pricePrecision": str(places), "priceMultiplier": format(multiple, "f")}
    tick = parsing.instrument_of(row, "USDT-FUTURES").tick
    assert tick is not None
    assert tick % multiple == 0
    assert tick % Decimal(1).scaleb(-places) == 0
    assert tick <= multiple * Decimal(1).scaleb(-places) * Decimal(10) ** (places + shift)


def test_a_market_that_names_no_coins_is_split_by_its_symbol() -> None:
    bare = {"symbol": "ETHUSDC", "pricePrecision": "", "status": "limit_open"}
    market = parsing.instrument_of(bare, "SPOT")
    assert (market.base, market.quote, market.tick, market.trading) == ("ETH", "USDC", None, False)
    assert parsing.instrument_of({"symbol": "BTCPERP"}, "USDC-FUTURES").quote == "USDC"
    assert parsing.instrument_of({"symbol": "ODD"}, "SPOT").base == "ODD"
    with pytest.raises(Malformed):
        parsing.instrument_of({}, "SPOT")


def test_balances_count_margin_as_locked() -> None:
    rows = [
        {"coin": "USDT", "balance": "1000", "available": "600.5", "locked": "100"},
        {"coin": "BTC", "available": "1", "locked": "0.5"},
        {"coin": "ETH", "balance": "1", "available": "2"},
    ]
    usdt, btc, eth = parsing.balances_of(rows, 7)
    assert (usdt.total, usdt.available, usdt.locked, usdt.as_of) == (
        Decimal(1000),
        Decimal("600.5"),
        Decimal("399.5"),
        7,
    )
    assert (btc.total, btc.locked) == (Decimal("1.5"), Decimal("0.5"))
    assert eth.locked == 0
    for wrong in ([{}], ["x"], [{"coin": "X"}]):
        with pytest.raises(Malformed):
            parsing.balances_of(wrong, 7)


def test_fills_of_both_sides() -> None:
    row = {
        "execId": "9",
        "orderId": "1",
        "symbol": "BTCUSDT",
        "side": "sell",
        "execPrice": "100.5",
        "execQty": "0.25",
        "execValue": "25.125",
        "tradeScope": "maker",
        "feeDetail": [{"feeCoin": "USDT", "fee": "0.01"}],
        "execTime": "1700000000000",
    }
    fill = parsing.fill_of("main", row)
    assert (fill.fill_id, fill.side, fill.price, fill.quantity) == ("9", Side.SELL, Decimal("100.5"), Decimal("0.25"))
    assert (fill.fee, fill.fee_currency, fill.maker, fill.at) == (Decimal("0.01"), "USDT", True, NOW)
    sideless = {name: value for name, value in row.items() if name != "side"}
    assert parsing.fill_of("main", sideless, Side.BUY).side is Side.BUY
    with pytest.raises(Malformed):
        parsing.fill_of("main", sideless)
    with pytest.raises(Malformed):
        parsing.fill_of("main", {**row, "execPrice": None})


def test_quotes() -> None:
    row = {"bid1Price": "99.5", "ask1Price": "100", "lastPrice": "99.9", "markPrice": "99.8"}
    quote = parsing.quote_of(row, "USDT-FUTURES", "BTCUSDT", 5)
    assert (quote.symbol, quote.market, quote.bid, quote.ask) == ("BTCUSDT", "perp", Decimal("99.5"), Decimal(100))
    assert (quote.last, quote.mark, quote.mid) == (Decimal("99.9"), Decimal("99.8"), Decimal("99.75"))
    assert parsing.quote_of({"bid1Price": "0"}, "SPOT", "X", 5).bid is None


@pytest.mark.parametrize("none", ["", None, "0"])
def test_a_market_order_by_amount_has_a_size_only_as_far_as_it_is_filled(none: str | None) -> None:
    order = parsing.read_order(rest_row(orderType="market", price="0", qty=none, cumExecQty="0.5"), "main")
    assert (order.quantity, order.filled, why_implausible(order)) == (Decimal("0.5"), Decimal("0.5"), "")


@pytest.mark.parametrize("text", ["²", "abc", "0", "-3", "1e9999", "1e-9999", "1001", {}, None, ""])
def test_a_leverage_or_band_of_no_sense_is_none_and_costs_no_row(text: Any) -> None:
    assert parsing.read_order(rest_row(leverage=text), "main").attribute("leverage") == ""
    market = parsing.instrument_of({**FUTURES_MARKET, "buyLimitPriceRatio": text}, "USDT-FUTURES")
    assert market.attribute("buy_limit_price_ratio") == ""


@pytest.mark.parametrize("places", ["-1", "1.5", "41", "²"])
def test_a_market_with_decimal_places_of_no_sense_has_no_rules(places: str) -> None:
    with pytest.raises(Malformed):
        parsing.instrument_of({**FUTURES_MARKET, "pricePrecision": places}, "USDT-FUTURES")


@pytest.mark.parametrize("names", [("takeProfit", "stopLoss"), ("takeprofit", "stoploss")])
def test_exits_are_read_in_both_spellings(names: tuple[str, str]) -> None:
    row = {name: value for name, value in rest_row().items() if name not in ("takeProfit", "stopLoss")}
    found = parsing.read_order({**row, names[0]: "70000", names[1]: ""}, "main")
    assert (found.take_profit, found.stop_loss) == (Decimal(70000), None)
    assert found.attribute("told") == "takeProfit stopLoss qty"
    assert parsing.read_order(row, "main").attribute("told") == "qty"


@pytest.mark.parametrize("status", ["filled", "cancelled", "canceled"])
@pytest.mark.parametrize("none", ["", None])
def test_an_ended_order_may_come_without_a_size(status: str, none: str | None) -> None:
    found = parsing.read_order(rest_row(orderStatus=status, qty=none, cumExecQty="0.5"), "main")
    assert (found.quantity, found.filled, found.attribute("told")) == (
        Decimal("0.5"),
        Decimal("0.5"),
        "takeProfit stopLoss",
    )


def test_a_partly_filled_order_is_one_in_every_spelling() -> None:
    assert parsing.read_order(rest_row(orderStatus="partial_fill"), "main").status is OrderStatus.PARTIALLY_FILLED

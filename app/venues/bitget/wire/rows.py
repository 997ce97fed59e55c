"""Bitget's rows to domain values: one normaliser for what REST and the sockets write differently.

They differ in the case of the category, in `posSide` and `holdSide`, in YES/NO and yes/no, and in null, "" and "0" for
"none". Numbers arrive as texts (levels of a book as JSON numbers) and stay exact.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.domain.market import Balance, Instrument, Quote
from app.domain.money import ZERO, exact, step_of
from app.domain.order import Fill, Order, OrderKind, OrderStatus, Side, TimeInForce
from app.venues.bitget.wire import vocabulary as words
from app.venues.bitget.wire.values import (
    MOST_DIGITS,
    Row,
    factor_of,
    flag_of,
    nanoseconds_of,
    number_of,
    object_of,
    positive_of,
    text_of,
)
from app.venues.common.failures import Malformed

#: Quote currencies to split a symbol by, where the instrument does not name its own.
_QUOTES = ("USDT", "USDC", "USDE", "PERP", "USD", "EUR", "BTC", "ETH", "BRL")


def read_order(row: Row, account: str) -> Order:
    """One order row of REST or of the order channel.

    Raises:
        Malformed: if it lacks an id, a symbol, a category, a side or a quantity, or has an unreadable number.
    """
    order_id = text_of(row, "orderId")
    symbol = text_of(row, "symbol")
    if not order_id or not symbol:
        raise Malformed("an order without orderId or symbol")
    category = text_of(row, "category").upper()
    if not category:
        # One symbol names several markets: without the category nobody knows which order it is.
        raise Malformed(f"order {order_id} without a category")
    raw_status = text_of(row, "orderStatus")
    raw_time = text_of(row, "timeInForce").lower()
    raw_kind = text_of(row, "orderType").lower()
    filled = number_of(row, "cumExecQty") or ZERO
    quantity = number_of(row, "qty")
    told = _told(row, quantity)
    if not quantity and (raw_kind == "market" or words.STATUSES.get(raw_status, OrderStatus.WORKING).is_terminal):
        # Bought by amount, or told at its end without a size: it has one only as far as it is filled.
        quantity = filled
    if quantity is None:
        raise Malformed(f"order {order_id} without a quantity (qty)")
    return Order(
        account=account,
        order_id=order_id,
        symbol=symbol,
        market=words.market_of(category),
        side=_side(row, order_id),
        kind=words.KINDS.get(raw_kind, OrderKind.OTHER),
        quantity=quantity,
        filled=filled,
        status=_status(raw_status, filled),
        price=positive_of(row, "price"),
        time_in_force=words.TIMES_IN_FORCE.get(raw_time, TimeInForce.UNKNOWN),
        raw_kind=raw_kind,
        raw_status=raw_status,
        filled_value=number_of(row, "cumExecValue"),
        take_profit=_exit(row, words.TAKE_PROFIT),
        stop_loss=_exit(row, words.STOP_LOSS),
        post_only=raw_time == "post_only",
        reduce_only=flag_of(row, "reduceOnly"),
        average_price=positive_of(row, "avgPrice"),
        client_id=text_of(row, "clientOid"),
        created_at=nanoseconds_of(row, "createdTime"),
        updated_at=nanoseconds_of(row, "updatedTime"),
        reason=text_of(row, "cancelReason"),
        attributes=_attributes(
            (words.CATEGORY, category),
            (words.TOLD, told),
            (words.TIME_IN_FORCE, raw_time),
            (words.DELEGATE_TYPE, text_of(row, "delegateType")),
            (words.TRADE_SIDE, text_of(row, "tradeSide").lower()),
            (words.POSITION_SIDE, (text_of(row, "posSide") or text_of(row, "holdSide")).lower()),
            (words.MARGIN_MODE, text_of(row, "marginMode").lower()),
            (words.LEVERAGE, _share(row, "leverage")),
            (words.MARGIN_COIN, text_of(row, "marginCoin")),
        ),
    )


def fill_of(account: str, row: Row, side: Side | None = None) -> Fill:
    """One execution, of REST or of the fill channel.

    Args:
        account: whose it is. row: as sent.
        side: the order's side, for rows that do not name one.

    Raises:
        Malformed: if it lacks an id, a price, a quantity or a side.
    """
    fill_id, order_id = text_of(row, "execId"), text_of(row, "orderId")
    price, quantity = number_of(row, "execPrice"), number_of(row, "execQty")
    if not fill_id or not order_id or price is None or quantity is None:
        raise Malformed("an execution without execId, orderId, execPrice or execQty")
    fee, fee_currency = _fee(row)
    scope = text_of(row, "tradeScope").lower()
    return Fill(
        account=account,
        fill_id=fill_id,
        order_id=order_id,
        symbol=text_of(row, "symbol"),
        side=side if side is not None and not text_of(row, "side") else _side(row, order_id),
        price=price,
        quantity=quantity,
        at=nanoseconds_of(row, "execTime") or nanoseconds_of(row, "createdTime") or 0,
        value=number_of(row, "execValue"),
        fee=fee,
        fee_currency=fee_currency,
        maker={"maker": True, "taker": False}.get(scope),
    )


def instrument_of(row: Row, category: str) -> Instrument:
    """One market's rules.

    Spot markets state decimal places only; futures state multiples too, and a value must fit both.

    Raises:
        Malformed: if it lacks a symbol or has an unreadable number.
    """
    symbol = text_of(row, "symbol")
    if not symbol:
        raise Malformed("a market without a symbol")
    base, quote = text_of(row, "baseCoin"), text_of(row, "quoteCoin")
    if not base or not quote:
        base, quote = _split(symbol)
    status = text_of(row, "status")
    return Instrument(
        symbol=symbol,
        base=base,
        quote=quote,
        market=words.market_of(category),
        tick=_grid(row, "pricePrecision", "priceMultiplier"),
        lot=_grid(row, "quantityPrecision", "quantityMultiplier"),
        min_quantity=positive_of(row, "minOrderQty"),
        # 0 means that there is no limit.
        max_quantity=positive_of(row, "maxOrderQty"),
        min_value=positive_of(row, "minOrderAmount"),
        trading=status.lower() in ("online", ""),
        status=status,
        attributes=_attributes(
            (words.CATEGORY, category.upper()),
            (words.BUY_BAND, _share(row, "buyLimitPriceRatio")),
            (words.SELL_BAND, _share(row, "sellLimitPriceRatio")),
            (words.CONTRACT, text_of(row, "type")),
        ),
    )


def balances_of(rows: list[Any], as_of: int) -> tuple[Balance, ...]:
    """Balances by currency, of REST (`assets`) or of the account channel (`coin`).

    `locked` is everything that is not available: Bitget's own `locked` covers spot orders only, not margin.

    Raises:
        Malformed: if a row lacks its currency or its available amount.
    """
    balances: list[Balance] = []
    for each in rows:
        row = object_of(each, "a balance")
        currency, available = text_of(row, "coin"), number_of(row, "available")
        if not currency or available is None:
            raise Malformed("a balance without coin or available")
        total = number_of(row, "balance")
        with exact():
            if total is None:
                total = available + (number_of(row, "locked") or ZERO)
            balances.append(Balance(currency, total, available, max(ZERO, total - available), as_of))
    return tuple(balances)


def quote_of(row: Row, category: str, symbol: str, as_of: int) -> Quote:
    """The touch of one market, of REST or of the ticker channel.

    Raises:
        Malformed: if a number cannot be read.
    """
    return Quote(
        symbol=text_of(row, "symbol") or symbol,
        market=words.market_of(category),
        bid=positive_of(row, "bid1Price"),
        ask=positive_of(row, "ask1Price"),
        last=positive_of(row, "lastPrice"),
        as_of=as_of,
        mark=positive_of(row, "markPrice"),
    )


def _exit(row: Row, name: str) -> Decimal | None:
    """The price of an attached exit: pushes write its name in lower case, REST with a capital inside."""
    return positive_of(row, name if name in row else name.lower())


def _told(row: Row, quantity: Decimal | None) -> str:
    """Return which of the terms that a push may leave out this row tells."""
    exits = [name for name in (words.TAKE_PROFIT, words.STOP_LOSS) if name in row or name.lower() in row]
    return " ".join([*exits, *([words.SIZE] if quantity else [])]) or "-"


def _side(row: Row, order_id: str) -> Side:
    try:
        return Side(text_of(row, "side").lower())
    except ValueError as error:
        raise Malformed(f"order {order_id} without a side") from error


def _status(raw: str, filled: Decimal) -> OrderStatus:
    status = words.STATUSES.get(raw, OrderStatus.UNRECOGNISED)
    if status is OrderStatus.WORKING and filled > ZERO:
        return OrderStatus.PARTIALLY_FILLED
    return status


def _fee(row: Row) -> tuple[Decimal | None, str]:
    """The fee of an execution; where it was taken in two currencies, the first is shown."""
    details = row.get("feeDetail")
    for each in details if isinstance(details, list) else []:
        if isinstance(each, dict) and (fee := number_of(each, "fee")) is not None:
            return fee, text_of(each, "feeCoin")
    return None, ""


def _grid(row: Row, precision_name: str, multiple_name: str) -> Decimal | None:
    """The step a value must lie on: the decimal places allowed, and the multiple where there is one."""
    places = number_of(row, precision_name)
    if places is not None and not (ZERO <= places <= MOST_DIGITS and places == places.to_integral_value()):
        raise Malformed(f"a market whose {precision_name} is no count of decimal places")
    by_places = step_of(int(places)) if places is not None else None
    multiple = positive_of(row, multiple_name)
    if by_places is None or multiple is None:
        return multiple or by_places
    return _common_step(by_places, multiple)


def _common_step(one: Decimal, other: Decimal) -> Decimal:
    """The smallest step that is a multiple of both."""
    with exact():
        first, second = max(one, other), min(one, other)
        while second:
            first, second = second, first % second
        return one / first * other


def _share(row: Row, name: str) -> str:
    """A leverage or a share of the price as plain digits, "" for none: it serves estimates and cautions only."""
    value = factor_of(row.get(name))
    return format(value, "f") if value is not None else ""


def _split(symbol: str) -> tuple[str, str]:
    for quote in _QUOTES:
        if symbol.endswith(quote) and len(symbol) > len(quote):
            return symbol.removesuffix(quote), "USDC" if quote == "PERP" else quote
    return symbol, ""


def _attributes(*pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in pairs if value))

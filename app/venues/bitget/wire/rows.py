"""Bitget's rows to domain values: one normaliser for what REST and the sockets write differently.

They differ in the case of the category, in `posSide` and `holdSide`, in YES/NO and yes/no, and in null, "" and "0" for
"none". Numbers arrive as texts (levels of a book as JSON numbers) and stay exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.domain.market import Balance, Instrument, Quote
from app.domain.money import ZERO, exact, step_of
from app.domain.order import Fill, Order, OrderKind, OrderStatus, Side, TimeInForce
from app.venues.bitget.wire import vocabulary as words
from app.venues.common.failures import Malformed
from app.venues.transport import jsonx

MILLISECOND = 1_000_000

#: Beyond this power of ten a number is no price, size or balance.
_MOST_DIGITS = 40

#: Quote currencies to split a symbol by, where the instrument does not name its own.
_QUOTES = ("USDT", "USDC", "USDE", "PERP", "USD", "EUR", "BTC", "ETH", "BRL")

Row = Mapping[str, Any]


def read_order(row: Row, account: str) -> Order:
    """One order row of REST or of the order channel.

    Raises:
        Malformed: if it lacks an id, a symbol, a side or a quantity, or has an unreadable number.
    """
    order_id = _id(row, "orderId")
    symbol = _text(row, "symbol")
    if not order_id or not symbol:
        raise Malformed("an order without orderId or symbol")
    category = _text(row, "category").upper()
    filled = _number(row, "cumExecQty") or ZERO
    quantity = _number(row, "qty")
    if quantity is None:
        raise Malformed(f"order {order_id} without a quantity (qty)")
    raw_status = _text(row, "orderStatus")
    raw_time = _text(row, "timeInForce").lower()
    raw_kind = _text(row, "orderType").lower()
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
        price=_positive(row, "price"),
        time_in_force=words.TIMES_IN_FORCE.get(raw_time, TimeInForce.UNKNOWN),
        raw_kind=raw_kind,
        raw_status=raw_status,
        filled_value=_number(row, "cumExecValue"),
        take_profit=_positive(row, "takeProfit"),
        stop_loss=_positive(row, "stopLoss"),
        post_only=raw_time == "post_only",
        reduce_only=_flag(row, "reduceOnly"),
        average_price=_positive(row, "avgPrice"),
        client_id=_id(row, "clientOid"),
        created_at=_time(row, "createdTime"),
        updated_at=_time(row, "updatedTime"),
        reason=_text(row, "cancelReason"),
        attributes=_attributes(
            (words.CATEGORY, category),
            (words.TIME_IN_FORCE, raw_time),
            (words.DELEGATE_TYPE, _text(row, "delegateType")),
            (words.TRADE_SIDE, _text(row, "tradeSide").lower()),
            (words.POSITION_SIDE, (_text(row, "posSide") or _text(row, "holdSide")).lower()),
            (words.MARGIN_MODE, _text(row, "marginMode").lower()),
            (words.LEVERAGE, _text(row, "leverage")),
            (words.MARGIN_COIN, _text(row, "marginCoin")),
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
    fill_id, order_id = _id(row, "execId"), _id(row, "orderId")
    price, quantity = _number(row, "execPrice"), _number(row, "execQty")
    if not fill_id or not order_id or price is None or quantity is None:
        raise Malformed("an execution without execId, orderId, execPrice or execQty")
    fee, fee_currency = _fee(row)
    scope = _text(row, "tradeScope").lower()
    return Fill(
        account=account,
        fill_id=fill_id,
        order_id=order_id,
        symbol=_text(row, "symbol"),
        side=side if side is not None and not _text(row, "side") else _side(row, order_id),
        price=price,
        quantity=quantity,
        at=_time(row, "execTime") or _time(row, "createdTime") or 0,
        value=_number(row, "execValue"),
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
    symbol = _text(row, "symbol")
    if not symbol:
        raise Malformed("a market without a symbol")
    base, quote = _text(row, "baseCoin"), _text(row, "quoteCoin")
    if not base or not quote:
        base, quote = _split(symbol)
    status = _text(row, "status")
    return Instrument(
        symbol=symbol,
        base=base,
        quote=quote,
        market=words.market_of(category),
        tick=_grid(row, "pricePrecision", "priceMultiplier"),
        lot=_grid(row, "quantityPrecision", "quantityMultiplier"),
        min_quantity=_positive(row, "minOrderQty"),
        # 0 means that there is no limit.
        max_quantity=_positive(row, "maxOrderQty"),
        min_value=_positive(row, "minOrderAmount"),
        trading=status.lower() in ("online", ""),
        status=status,
        attributes=_attributes(
            (words.CATEGORY, category.upper()),
            (words.BUY_BAND, _share(row, "buyLimitPriceRatio")),
            (words.SELL_BAND, _share(row, "sellLimitPriceRatio")),
            (words.CONTRACT, _text(row, "type")),
        ),
    )


def balances_of(rows: list[Any], as_of: int) -> tuple[Balance, ...]:
    """Balances by currency, of REST (`assets`) or of the account channel (`coin`).

    `locked` is everything that is not available: Bitget's own `locked` covers spot orders only, not margin.

    Raises:
        Malformed: if a row lacks its currency or its available amount.
    """
    found: list[Balance] = []
    for each in rows:
        row = object_of(each, "a balance")
        currency, available = _text(row, "coin"), _number(row, "available")
        if not currency or available is None:
            raise Malformed("a balance without coin or available")
        total = _number(row, "balance")
        with exact():
            if total is None:
                total = available + (_number(row, "locked") or ZERO)
            found.append(Balance(currency, total, available, max(ZERO, total - available), as_of))
    return tuple(found)


def quote_of(row: Row, category: str, symbol: str, as_of: int) -> Quote:
    """The touch of one market, of REST or of the ticker channel.

    Raises:
        Malformed: if a number cannot be read.
    """
    return Quote(
        symbol=_text(row, "symbol") or symbol,
        market=words.market_of(category),
        bid=_positive(row, "bid1Price"),
        ask=_positive(row, "ask1Price"),
        last=_positive(row, "lastPrice"),
        as_of=as_of,
        mark=_positive(row, "markPrice"),
    )


def object_of(value: object, what: str) -> dict[str, Any]:
    """The value as an object.

    Raises:
        Malformed: if it is not one.
    """
    if isinstance(value, dict):
        return value
    raise Malformed(f"{what} that is no object")


def list_of(value: object, what: str) -> list[Any]:
    """The value as a list; null is an empty one.

    Raises:
        Malformed: if it is neither.
    """
    if value is None:
        return []
    if isinstance(value, list):
        return value
    raise Malformed(f"{what} that is no list")


def _text(row: Row, name: str) -> str:
    """A text; null and a missing field are empty, a number is its digits."""
    value = row.get(name)
    if value is None or isinstance(value, (dict, list)):
        return ""
    return value.strip() if isinstance(value, str) else str(value)


def _id(row: Row, name: str) -> str:
    """An id, always as text: order ids have 18 or 19 digits, and once came as a number."""
    return _text(row, name)


def _number(row: Row, name: str) -> Decimal | None:
    try:
        value = jsonx.number_or_none(row.get(name))
    except jsonx.JsonError as error:
        raise Malformed(f"{name} that is no number") from error
    if value is not None and (not value.is_finite() or (value != ZERO and abs(value.adjusted()) > _MOST_DIGITS)):
        raise Malformed(f"{name} beyond any sensible size")
    return value


def _positive(row: Row, name: str) -> Decimal | None:
    """A number above zero; null, "" and 0 all mean that there is none."""
    value = _number(row, name)
    return value if value is not None and value > ZERO else None


def _time(row: Row, name: str) -> int | None:
    """Milliseconds as sent to nanoseconds."""
    value = _number(row, name)
    return int(value) * MILLISECOND if value is not None and value > ZERO else None


def _flag(row: Row, name: str) -> bool | None:
    text = _text(row, name).lower()
    if text in ("yes", "true"):
        return True
    return False if text in ("no", "false") else None


def _side(row: Row, order_id: str) -> Side:
    try:
        return Side(_text(row, "side").lower())
    except ValueError as error:
        raise Malformed(f"order {order_id} without a side") from error


def _status(raw: str, filled: Decimal) -> OrderStatus:
    status = words.STATUSES.get(raw.lower(), OrderStatus.UNRECOGNISED)
    if status is OrderStatus.WORKING and filled > ZERO:
        return OrderStatus.PARTIALLY_FILLED
    return status


def _fee(row: Row) -> tuple[Decimal | None, str]:
    """The fee of an execution; where it was taken in two currencies, the first is shown."""
    details = row.get("feeDetail")
    for each in details if isinstance(details, list) else []:
        if isinstance(each, dict) and (fee := _number(each, "fee")) is not None:
            return fee, _text(each, "feeCoin")
    return None, ""


def _grid(row: Row, precision_name: str, multiple_name: str) -> Decimal | None:
    """The step a value must lie on: the decimal places allowed, and the multiple where there is one."""
    places = _number(row, precision_name)
    by_places = step_of(int(places)) if places is not None and ZERO <= places <= _MOST_DIGITS else None
    multiple = _positive(row, multiple_name)
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
    value = _positive(row, name)
    return format(value, "f") if value is not None else ""


def _split(symbol: str) -> tuple[str, str]:
    for quote in _QUOTES:
        if symbol.endswith(quote) and len(symbol) > len(quote):
            return symbol.removesuffix(quote), "USDC" if quote == "PERP" else quote
    return symbol, ""


def _attributes(*pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in pairs if value))

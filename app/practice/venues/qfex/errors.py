"""Refusals of a practice QFEX: the statuses of an `order_response`, and the error code of an `err` frame.

Source: docs.qfex.com "Enums", "Modify order", "Risk limits", read 2026-11-21. A partly filled order: one page says only
reducing below the filled quantity is refused, the enum page says any modification is; the stricter is the default.
"""

from __future__ import annotations

from decimal import Decimal

from app.practice.exchange.errors import Reason
from app.practice.exchange.exchange import Exchange
from app.practice.exchange.orders import Side, SimInstrument, TriggerSource

NO_SUCH_ORDER = "NO_SUCH_ORDER"
CANNOT_MODIFY_NO_SUCH_ORDER = "CANNOT_MODIFY_NO_SUCH_ORDER"
CANNOT_MODIFY_PARTIAL_FILL = "CANNOT_MODIFY_PARTIAL_FILL"
INVALID_TAKE_PROFIT = "INVALID_TAKEPROFIT_PRICE"
INVALID_STOP_LOSS = "INVALID_STOPLOSS_PRICE"

OF_REASON = {
    Reason.INSUFFICIENT_BALANCE: "FAILED_MARGIN_CHECK",
    Reason.WOULD_CROSS: "REJECTED",
    Reason.NO_SUCH_INSTRUMENT: "BAD_SYMBOL",
    Reason.NO_SUCH_ORDER: NO_SUCH_ORDER,
    Reason.NOT_OPEN: NO_SUCH_ORDER,
    Reason.BAD_QUANTITY: "QUANTITY_LESS_THAN_MIN_QUANTITY",
    Reason.BAD_PRICE: "PRICE_LESS_THAN_MIN_PRICE",
    Reason.BAD_STOP: "INVALID_ORDER_TYPE",
    Reason.MARKET_CLOSED: "REJECTED_MARKET_CLOSED",
    Reason.DUPLICATE_ID: "REJECTED_FAILED_TO_PROCESS",
}


class InvalidCommand(Exception):
    """A command that never reaches the engine; it is answered with an `err` frame."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def bands(exchange: Exchange, instrument: SimInstrument) -> tuple[Decimal, Decimal]:
    """Lower and upper price band around the mark, on the tick."""
    mark = exchange.price(instrument.symbol, TriggerSource.MARK)
    width = mark * instrument.attributes["band"]
    tick = instrument.tick
    return (mark - width) // tick * tick, (mark + width) // tick * tick


def price_status(exchange: Exchange, instrument: SimInstrument, side: Side, price: Decimal) -> str | None:
    """Status a limit price is refused with: off its tick, outside the bounds, or on the aggressive side of the band."""
    if price % instrument.tick:
        return "INVALID_TICK_SIZE_PRECISION_PRICE"
    if price < instrument.attributes["min_price"]:
        return "PRICE_LESS_THAN_MIN_PRICE"
    if price > instrument.attributes["max_price"]:
        return "PRICE_GREATER_THAN_MAX_PRICE"
    low, high = bands(exchange, instrument)
    if side is Side.BUY and price > high:
        return "REJECTED_GREATER_THAN_MAX_PRICE_BAND"
    if side is Side.SELL and price < low:
        return "REJECTED_LESS_THAN_MIN_PRICE_BAND"
    return None


def quantity_status(instrument: SimInstrument, quantity: Decimal) -> str | None:
    """Status a quantity is refused with, or None."""
    if quantity % instrument.step:
        return "INVALID_TICK_SIZE_PRECISION_QUANTITY"
    if quantity < instrument.attributes["min_quantity"]:
        return "QUANTITY_LESS_THAN_MIN_QUANTITY"
    if quantity > instrument.attributes["max_quantity"]:
        return "QUANTITY_GREATER_THAN_MAX_QUANTITY"
    return None


def exits_status(instrument: SimInstrument, side: Side, price: Decimal, profit: Decimal, loss: Decimal) -> str | None:
    """Status attached exits are refused with: off the tick, or on the wrong side of the price. Zero means none."""
    sign = 1 if side is Side.BUY else -1
    if profit and (profit % instrument.tick or (profit - price) * sign < 0):
        return INVALID_TAKE_PROFIT
    if loss and (loss % instrument.tick or (price - loss) * sign < 0):
        return INVALID_STOP_LOSS
    return None

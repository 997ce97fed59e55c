"""Bitget's error codes, and how the practice exchange's refusals become them.

Source: Bitget error tables for REST and websocket (crawled 2026-09-28, read 2026-11-21); the 25xxx rows are the unified
account's. Messages are shortened; a client must match on the code. Which code a refusal at the counter gets where the
documents are silent is our inference, marked in `checks`.
"""

from __future__ import annotations

from app.practice.exchange.errors import Reason, Refused

SUCCESS = "00000"

KEY_MISSING, SIGN_MISSING, TIME_MISSING = "40001", "40002", "40003"
TIME_INVALID, KEY_UNKNOWN, TIME_STALE, BAD_SIGN = "40005", "40006", "40008", "40009"
PASSPHRASE_MISSING, PASSPHRASE_WRONG = "40011", "40012"
NO_PERMISSION = "40014"
BAD_PARAMETER = "40017"
REGION = "40000"
CLASSIC_ACCOUNT = "40084"
NO_ENDPOINT = "40404"
TOO_MANY = "429"

NOTHING_TO_CANCEL = "22001"
NO_SYMBOL, SYMBOL_CLOSED = "25100", "25101"
INVALID = "25200"
NO_BALANCE, NO_MARGIN = "25202", "25203"
NO_ORDER = "25204"
PRICE_LOW, PRICE_HIGH = "25205", "25206"
QTY_LOW, QTY_HIGH = "25207", "25208"
NO_POSITION = "25227"
PRICE_STEP = "25244"
NOT_MODIFIABLE = "25568"
TOO_MANY_CHANGES = "25569"
UNCHANGED = "25571"
PENDING_CHANGES = "25572"
SKIPPED = "25573"
REDUCE_ONLY = "25574"
QTY_STEP, AMOUNT_LOW = "25610", "25611"
PRESET_ON_CLOSE = "25612"

_TEXT = {
    NOTHING_TO_CANCEL: "No order to cancel",
    NO_POSITION: "No position to close",
    NO_ORDER: "Order does not exist",
    NOT_MODIFIABLE: "The order does not meet the modification requirements",
    TOO_MANY_CHANGES: "Exceeded the maximum limit for modifications",
    UNCHANGED: "The modified price and quantity are the same as the original",
    PENDING_CHANGES: "Too many pending modification requests",
    SKIPPED: "Skipped due to prior modification failure",
    REDUCE_ONLY: "Reduce-only order protection",
    NO_BALANCE: "Insufficient balance",
    NO_MARGIN: "Insufficient margin",
    NO_SYMBOL: "The trading pair does not exist",
    SYMBOL_CLOSED: "The trading pair is not open for trading",
    PRESET_ON_CLOSE: "Only opening orders may have preset take profit and stop loss",
    TOO_MANY: "Too Many Requests",
    NO_ENDPOINT: "Request URL NOT FOUND",
    REGION: "Your region is not supported",
    CLASSIC_ACCOUNT: ("You are in Classic Account mode, and the Unified Account API is not supported at this time"),
    NO_PERMISSION: "Incorrect permissions, need the permission of this interface",
}


class BitgetError(Exception):
    """A refusal in Bitget's own words.

    Attributes:
        status: HTTP status; None leaves it to the switch `error_status`.
    """

    def __init__(self, code: str, message: str = "", status: int | None = None) -> None:
        self.code = code
        self.message = message or _TEXT.get(code, "Operation failed")
        self.status = status
        super().__init__(self.message)


def invalid(name: str) -> BitgetError:
    """25200, which names the field."""
    return BitgetError(INVALID, f"{name} validation error")


def from_core(refused: Refused, *, spot: bool) -> BitgetError:
    """The core's refusal as Bitget's."""
    match refused.reason:
        case Reason.INSUFFICIENT_BALANCE:
            return BitgetError(NO_BALANCE if spot else NO_MARGIN)
        case Reason.NO_SUCH_INSTRUMENT:
            return BitgetError(NO_SYMBOL)
        case Reason.NO_SUCH_ORDER | Reason.NOT_OPEN:
            return BitgetError(NO_ORDER)
        case Reason.MARKET_CLOSED:
            return BitgetError(SYMBOL_CLOSED)
        case Reason.BAD_QUANTITY:
            return invalid("qty")
        case Reason.BAD_PRICE:
            return invalid("price")
        case Reason.DUPLICATE_ID:
            return invalid("clientOid")
        case Reason.WOULD_CROSS | Reason.BAD_STOP:
            return BitgetError(NOT_MODIFIABLE)

"""Bitso's error codes, as its error page lists them, and how the practice exchange's refusals become them.

Source: Bitso API documentation, "Error codes" and "History of changes" (docs.bitso.com), read 2026-11-21. HTTP status
by the first two digits of the code. Which code the v4 modify gives for each refusal is not documented; the mapping is
ours.
"""

from __future__ import annotations

from app.practice.exchange.errors import Reason, Refused
from app.practice.server.gate import FaultOrders
from app.practice.server.messages import HttpReply, json_reply

_STATUS = {"01": 500, "02": 401, "08": 420, "11": 500, "14": 404}

INVALID_KEY = "0201"
NONCE_TYPE = "0206"
NONCE_VALUE = "0207"
BAD_SIGNATURE = "0215"
UNKNOWN_BOOK = "0301"
FIELD_MISSING = "0303"
FIELD_INVALID = "0304"
BOTH_AMOUNTS = "0308"
NO_AMOUNT = "0309"
UNKNOWN_OID = "0312"
DUPLICATE_ORIGIN_ID = "0356"
UNKNOWN_ORIGIN_ID = "0357"
NO_FIELD = "0360"
TOO_MANY_FIELDS = "0361"
WRONG_TYPE = "0372"
NOT_MATCHED_YET = "0378"
NO_BALANCE = "0379"
PRICE_LOW, PRICE_HIGH = "0401", "0402"
MAJOR_LOW, MAJOR_HIGH = "0403", "0404"
MINOR_LOW, MINOR_HIGH = "0405", "0406"
PRECISION = "0407"
NOT_POSITIVE = "0408"
NOT_TRADING = "0410"
STOP_LOW, STOP_HIGH = "0412", "0413"
RATE_LIMIT = "0801"
CANNOT_PROCESS = "1002"
WRONG_VERSION = "1004"
INVALID_OPERATION = "1005"
NO_ENDPOINT = "1400"
ORDER_NOT_FOUND, ALREADY_CANCELLED, ALREADY_COMPLETED = "1700", "1701", "1702"
INVALID_ORDER, INCORRECT_FIELDS, SAME_VALUES, WOULD_BE_ZERO, STILL_PROCESSED = "1703", "1704", "1705", "1706", "1707"

#: Family 17 ("Validation Errors - Part 2", docs.bitso.com, of 2026-03-13, read 2026-11-30): what each says.
OF_17 = {
    ORDER_NOT_FOUND: "Order not found",
    ALREADY_CANCELLED: "Order is already cancelled",
    ALREADY_COMPLETED: "Order is already completed",
    INVALID_ORDER: "Invalid Order",
    INCORRECT_FIELDS: "Incorrect field(s) for the order you are trying to replace",
    SAME_VALUES: "The order was not modified because the provided values match the existing ones",
    WOULD_BE_ZERO: "The order was not modified because it would result in either major or minor being zero",
    STILL_PROCESSED: "The order is still being processed. Please try again later",
}

_OF_REASON = {
    Reason.INSUFFICIENT_BALANCE: (NO_BALANCE, "Insufficient balance."),
    Reason.WOULD_CROSS: (INVALID_OPERATION, "A postonly order would take liquidity."),
    Reason.NO_SUCH_INSTRUMENT: (UNKNOWN_BOOK, "Unknown OrderBook."),
    Reason.NO_SUCH_ORDER: (UNKNOWN_OID, "Invalid Order OID."),
    Reason.NOT_OPEN: (INVALID_OPERATION, "The order cannot be modified."),
    Reason.BAD_QUANTITY: (NOT_POSITIVE, "The amount must leave something to trade."),
    Reason.BAD_PRICE: (NOT_POSITIVE, "The price must be above zero."),
    Reason.BAD_STOP: (INVALID_OPERATION, "Only an un-triggered stop order has a stop to modify."),
    Reason.MARKET_CLOSED: (NOT_TRADING, "Trading is not enabled."),
    Reason.DUPLICATE_ID: (DUPLICATE_ORIGIN_ID, "Duplicate origin_id."),
}


class BitsoError(Exception):
    """A refusal in Bitso's own words."""

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status if status is not None else _STATUS.get(code[:2], 400)

    def reply(self) -> HttpReply:
        """The error envelope."""
        return json_reply({"success": False, "error": {"code": self.code, "message": self.message}}, self.status)


def from_core(refused: Refused) -> BitsoError:
    """The core's refusal as Bitso's."""
    code, message = _OF_REASON[refused.reason]
    return BitsoError(code, message)


def scripted(planned: FaultOrders) -> BitsoError:
    """The refusal a planned fault asks for."""
    asked = planned.refuse or {}
    status = asked.get("status")
    text = str(asked.get("message", "Unable to process the request."))
    return BitsoError(str(asked.get("code", CANNOT_PROCESS)), text, int(status) if status is not None else None)

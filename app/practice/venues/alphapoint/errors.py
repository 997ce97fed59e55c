"""Refusals of AlphaPoint: a generic error object, or a rejected order entry.

Source: AlphaPoint API documentation 3.3 to 3.5 and v4 ("Standard response objects", "ModifyOrder", "SendOrder"), read
2026-11-21: codes 20, 100, 101, 102, 104 and 106 are documented; 107 is seen in the client code of one venue.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.practice.exchange.errors import PracticeError, Reason, Refused
from app.practice.server.gate import FaultOrders

NOT_AUTHORIZED = 20
INVALID_REQUEST = 100
OPERATION_FAILED = 101
SERVER_ERROR = 102
NOT_FOUND = 104
NOT_SUPPORTED = 106

MISSING_FIELDS = "Not all required fields are provided"

_TEXTS = {
    NOT_AUTHORIZED: "Not Authorized",
    INVALID_REQUEST: "Invalid Request",
    OPERATION_FAILED: "Operation Failed",
    SERVER_ERROR: "Server Error",
    NOT_FOUND: "Resource Not Found",
    NOT_SUPPORTED: "Operation Not Supported",
    107: "Operation In Process",
}

#: Receipt of a request; nothing more than that.
RECEIVED: Mapping[str, Any] = {"result": True, "errormsg": None, "errorcode": 0, "detail": None}


class ApiError(PracticeError):
    """A refusal in the shape of the wire.

    Attributes:
        body: the JSON object to answer with.
        status: the HTTP status; business refusals come with 200.
    """

    def __init__(self, body: Mapping[str, Any], status: int = 200) -> None:
        super().__init__(str(body.get("errormsg")))
        self.body = body
        self.status = status


def generic(code: int, message: str | None = None, detail: str | None = None, status: int = 200) -> ApiError:
    """The generic error object; the text of the code unless another one is given."""
    text = message if message is not None else _TEXTS.get(code, "Operation Failed")
    return ApiError({"result": False, "errormsg": text, "errorcode": code, "detail": detail}, status)


def missing() -> ApiError:
    """A required field is not there, or null."""
    return generic(INVALID_REQUEST, detail=MISSING_FIELDS)


def rejected(message: str, code: int) -> ApiError:
    """A rejected order entry: it has a status, no result, and no order id."""
    return ApiError({"status": "Rejected", "errormsg": message, "errorcode": code})


def scripted(planned: FaultOrders) -> ApiError:
    """The refusal a planned fault asks for; 102 unless it names a code."""
    asked = planned.refuse or {}
    code = int(asked.get("code", SERVER_ERROR))
    message = asked.get("message")
    detail = asked.get("detail")
    return generic(
        code,
        None if message is None else str(message),
        None if detail is None else str(detail),
        int(asked.get("status", 200)),
    )


def reject_reason(refused: Refused) -> str:
    """The RejectReason of an event; only the first three texts were ever seen on the wire."""
    texts = {
        Reason.INSUFFICIENT_BALANCE: "Not_Enough_Funds",
        Reason.NOT_OPEN: "Order Not Found",
        Reason.NO_SUCH_ORDER: "Order Not Found",
        Reason.NO_SUCH_INSTRUMENT: "Instrument not found.",
        Reason.WOULD_CROSS: "Post Only Order Would Match",
        Reason.MARKET_CLOSED: "Market Not Running",
    }
    return texts.get(refused.reason, "Invalid Request")

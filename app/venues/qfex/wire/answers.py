"""QFEX's refusals in a person's words, and what they prove: statuses of an order reply, and codes of an error frame.

A status means that the engine or the risk check looked at the request; an error frame, that it never came so far.
Source: QFEX docs, Enums and Errors, read 2026-11-21 (documented); statuses with both spellings occur in the wild.
"""

from __future__ import annotations

from app.domain.amendment import Command
from app.domain.evidence import compare, difference_words
from app.domain.order import Order
from app.venues.common.failures import Answer, Proof
from app.venues.qfex.wire.vocabulary import MODIFIED

#: Also the answer to a side that is not the order's: QFEX protocol changelog of 2025-07-02.
GONE = "CANNOT_MODIFY_NO_SUCH_ORDER"
PARTIAL = "CANNOT_MODIFY_PARTIAL_FILL"
RATE_LIMITED_STATUS = "RATE_LIMITED"

_TAKE_PROFIT = "the take-profit is on the wrong side of the price or off its tick"
_STOP_LOSS = "the stop-loss is on the wrong side of the price or off its tick"
_POSITION = "the position would grow beyond what the account may hold"

#: Statuses that refuse a request and leave the order as it was.
REFUSALS: dict[str, str] = {
    "REJECTED": "it gave no reason",
    "INVALID_ORDER_TYPE": "the order type does not fit",
    "BAD_SYMBOL": "it does not know the symbol",
    "PRICE_LESS_THAN_MIN_PRICE": "the price is below the market's minimum",
    "PRICE_GREATER_THAN_MAX_PRICE": "the price is above the market's maximum",
    PARTIAL: "a partly filled order cannot be amended; cancel it and place a new one for what is left",
    "FAILED_MARGIN_CHECK": "the margin does not carry it",
    "INVALID_TICK_SIZE_PRECISION_PRICE": "the price is off its tick",
    "INVALID_TICK_SIZE_PRECISION_QUANTITY": "the quantity is off its lot",
    "QUANTITY_LESS_THAN_MIN_QUANTITY": "the quantity is below the market's minimum",
    "QUANTITY_GREATER_THAN_MAX_QUANTITY": "the quantity is above the market's maximum",
    "REJECTED_GREATER_THAN_MAX_PRICE_BAND": "the price is above the price band",
    "REJECTED_LESS_THAN_MIN_PRICE_BAND": "the price is below the price band",
    "INVALID_TIME_IN_FORCE": "the time in force does not fit",
    "REJECTED_WOULD_BREACH_MAX_POSITION": _POSITION,
    "REJECTED_WOULD_BREACH_MAX_NOTIONAL": _POSITION,
    GONE: "there is no such order any more (filled, cancelled, or amended elsewhere), or its side, type or reduce-only "
    "flag is another",
    "REJECTED_MARKET_CLOSED": "the market is closed",
    "REJECTED_FAILED_TO_PROCESS": "it could not process the request",
    "INVALID_TAKEPROFIT_PRICE": _TAKE_PROFIT,
    "INVALID_TAKE_PROFIT_PRICE": _TAKE_PROFIT,
    "INVALID_STOPLOSS_PRICE": _STOP_LOSS,
    "INVALID_STOP_LOSS_PRICE": _STOP_LOSS,
    RATE_LIMITED_STATUS: "too many requests; wait a moment",
    "REJECTED_TOO_MANY_OPEN_ORDERS": "the account has too many open orders",
    "REJECTED_OPEN_INTEREST_LIMIT": "the market's open interest is at its limit",
    "REJECTED_TOTAL_OPEN_INTEREST_LIMIT": "the open interest is at its limit",
    "CANNOT_MODIFY_ALO_WOULD_CROSS": "the post-only order would trade at once at that price",
    "REJECTED_LESS_THAN_MIN_NOTIONAL": "price × quantity is below a minimum that QFEX does not publish",
    "USER_IN_LIQUIDATION": "the account is being liquidated",
    "PERMISSION_DENIED": "the key may not do this; it needs the permission to execute orders",
}

#: Proof that a refusing status gives; every other one is a plain refusal.
_STATUS_PROOFS = {GONE: Proof.GONE, RATE_LIMITED_STATUS: Proof.LIMITED, "PERMISSION_DENIED": Proof.PERMISSION}

RATE_LIMITED = "RateLimited"
ALREADY_AUTHENTICATED = "AlreadyAuthenticated"

#: Codes of error frames in a person's words, and their proof. `ServerError` is "safe to retry" in the documents; for an
#: amendment that does not tell whether it was applied.
ERROR_CODES: dict[str, tuple[str, Proof]] = {
    RATE_LIMITED: ("too many requests; wait a moment", Proof.LIMITED),
    "InvalidJSONFormat": ("it could not read the request", Proof.REFUSED),
    "InvalidParameter": ("a value of the request is not allowed", Proof.REFUSED),
    "PermissionDenied": ("the key may not do this; it needs the permission to execute orders", Proof.PERMISSION),
    "InvalidOrder": ("the order is not allowed", Proof.REFUSED),
    "KycRequired": ("the account's identity check is not finished", Proof.REFUSED),
    "TncRequired": ("the terms and conditions are not accepted yet", Proof.REFUSED),
    "ServerError": ("it had an error of its own", Proof.UNKNOWN),
}
_UNKNOWN_CODE = ("it gave a code this ticket does not know", Proof.UNKNOWN)

#: Before a login these say nothing against the key.
PASSING = frozenset({RATE_LIMITED, "ServerError"})


def refusal(status: str) -> Answer:
    """Read a refusing status; its text has the code verbatim."""
    text = f"QFEX refused the change: {REFUSALS[status]} ({status})."
    return Answer(_STATUS_PROOFS.get(status, Proof.REFUSED), status, text)


def cancel_refusal(status: str) -> str:
    """Return one sentence for a status that refuses a cancel."""
    return f"QFEX refused the cancel: {REFUSALS[status]} ({status})."


def error(code: str, message: str) -> Answer:
    """Read an error frame that answers an amendment; an unknown code proves nothing."""
    proof = ERROR_CODES.get(code, _UNKNOWN_CODE)[1]
    if proof is Proof.UNKNOWN:
        return Answer(proof, code, f"QFEX answered {code}, which does not tell whether the change was made.")
    return Answer(proof, code, error_text(code, message))


def doubt_text(code: str) -> str:
    """Return one sentence for a refusal of which it is not known whose request it refuses."""
    return f"QFEX refused a change of this order: {REFUSALS.get(code) or _words(code)} ({code})."


def otherwise_text(command: Command, seen: Order) -> str:
    """Return one sentence for a MODIFIED that may answer a request, and shows other terms than it asked for."""
    got = difference_words(compare(command.target, seen))
    return f"QFEX answered {MODIFIED} with {got}; whether that is this change, the order has to show."


def error_text(code: str, message: str) -> str:
    """Return one sentence for an error frame: our words, the code verbatim, and QFEX's own words."""
    own = f": “{' '.join(message.split())[:200]}”" if message.strip() else ""
    return f"QFEX refused the request: {_words(code)} ({code}{own})."


def _words(code: str) -> str:
    return ERROR_CODES.get(code, _UNKNOWN_CODE)[0]

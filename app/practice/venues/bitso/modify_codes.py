"""Family 17 for what the modify refuses: the newer codes, which say what stands against a change of this order.

Source: "17: Validation Errors - Part 2", docs.bitso.com, of 2026-03-13, read 2026-11-30. That v4 answers with them is
inferred: the list is four weeks younger than the call. Switch `modify_codes`.
"""

from __future__ import annotations

from app.practice.exchange.orders import SimOrder, Status
from app.practice.venues.bitso import errors as code
from app.practice.venues.bitso.errors import OF_17, BitsoError

_UNKNOWN = frozenset({code.UNKNOWN_OID, code.UNKNOWN_ORIGIN_ID})


class NothingLeft(BitsoError):
    """A modify after which nothing of the order would be left."""


def of_17(number: str) -> BitsoError:
    """One refusal of the family, in its own words."""
    return BitsoError(number, OF_17[number])


def in_family_17(error: BitsoError, order: SimOrder | None) -> BitsoError:
    """The refusal as family 17 says it, or as it is where that family has no word for it."""
    if error.code in _UNKNOWN or order is None:
        return of_17(code.ORDER_NOT_FOUND) if error.code in _UNKNOWN else error
    if isinstance(error, NothingLeft):
        return of_17(code.WOULD_BE_ZERO)
    if error.code != code.INVALID_OPERATION:
        return error
    match order.status:
        case Status.FILLED:
            return of_17(code.ALREADY_COMPLETED)
        case Status.CANCELLED | Status.EXPIRED:
            return of_17(code.ALREADY_CANCELLED)
        case Status.PENDING:
            return of_17(code.STILL_PROCESSED)
        case _:
            return of_17(code.INVALID_ORDER if order.price is None else code.INCORRECT_FIELDS)

"""Refusals of the practice exchange, in words of its own; every venue translates them into its own codes."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Reason for refusing an operation on the simulated exchange; nothing has changed when one is raised."""

    INSUFFICIENT_BALANCE = "insufficient_balance"
    WOULD_CROSS = "would_cross"
    NO_SUCH_INSTRUMENT = "no_such_instrument"
    NO_SUCH_ORDER = "no_such_order"
    NOT_OPEN = "not_open"
    BAD_QUANTITY = "bad_quantity"
    BAD_PRICE = "bad_price"
    BAD_STOP = "bad_stop"
    MARKET_CLOSED = "market_closed"
    DUPLICATE_ID = "duplicate_id"


class PracticeError(Exception):
    """Root of every error the practice exchange raises on purpose."""


class Refused(PracticeError):
    """The exchange will not do this; the state is exactly what it was before the call.

    Attributes:
        reason: machine-readable cause, for the venue to map to its own code.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class LedgerError(PracticeError):
    """A movement of money that would break the ledger's rules: a negative amount, or sums that do not agree."""


class InsufficientBalance(Refused):
    """The account has less available than the movement needs."""

    def __init__(self, message: str) -> None:
        super().__init__(Reason.INSUFFICIENT_BALANCE, message)


class SwitchError(PracticeError):
    """An unknown switch or fault, or a value it does not take; the message names both."""

"""Effects: what the reducer asks the shell to do. Values, like events; the reducer itself does nothing."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.amendment import Command
from app.domain.order import Order


@dataclass(frozen=True, slots=True)
class SendAmendment:
    """Send this command, once."""

    account: str
    command: Command


@dataclass(frozen=True, slots=True)
class SendCancel:
    """Ask the venue to cancel this order."""

    account: str
    order: Order


@dataclass(frozen=True, slots=True)
class LookUp:
    """Read this order from the venue; `again`: once more, should the answer of a read that runs have asked for it."""

    account: str
    order: Order
    again: bool = False


@dataclass(frozen=True, slots=True)
class Refresh:
    """List open orders and balances."""

    account: str


@dataclass(frozen=True, slots=True)
class WakeAt:
    """Report ProbeDue for this amendment at that time (nanoseconds UTC); `once` is passed on."""

    account: str
    amendment_id: str
    at: int
    once: bool = False


Effect = SendAmendment | SendCancel | LookUp | Refresh | WakeAt

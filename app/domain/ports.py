"""Protocols of what the desk asks of a venue: the desk never names one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, runtime_checkable

from app.domain.account import Account
from app.domain.amendment import Command
from app.domain.events import Event
from app.domain.evidence import EvidencePolicy, Judgement
from app.domain.form import Form
from app.domain.order import Order
from app.domain.plan import Draft, Plan, Surroundings, WirePreview
from app.domain.profile import Profile

#: Where a connector puts what happened; returns at once and never raises.
Sink = Callable[[Event], None]


class Clock(Protocol):
    """The only source of time below the window."""

    def now(self) -> int:
        """Wall clock in nanoseconds since 1970 UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds for waiting; never goes back."""
        ...


class Rulebook(Protocol):
    """A venue's rules as pure code: no clock, no randomness, no I/O."""

    evidence: EvidencePolicy

    def form(self, order: Order, around: Surroundings) -> Form:
        """The fields this venue offers for this order now; every field is there, a locked one says why."""
        ...

    def plan(self, draft: Draft, around: Surroundings) -> Plan:
        """Return verdict, target, exact fields to send and consequence of a draft; never raises on bad values."""
        ...

    def judge(self, command: Command, seen: Order) -> Judgement:
        """Return what a seen order (of the same lineage, or its replacement) says about a command."""
        ...

    def claims(self, command: Command, seen: Order) -> bool:
        """Return True if an order under an unknown id is the result of this command (venues that give a new id)."""
        ...


class Connector(Protocol):
    """The only async room of a venue. Everything it learns goes to the sink as events."""

    async def run(self) -> None:
        """Connect, log in, subscribe, list, stay in sync, reconnect, until cancelled; no venue fault makes it raise."""
        ...

    async def amend(self, command: Command) -> None:
        """Send one amendment exactly once and report Written, then Acknowledged, Refused, Unsent or Unanswered."""
        ...

    async def cancel(self, order: Order) -> None:
        """Ask the venue to cancel; reports CancelAnswered."""
        ...

    async def look_up(self, order: Order) -> None:
        """Read one order from the venue; reports OrderSeen (open or terminal), OrderMissing or LookUpFailed."""
        ...

    async def refresh(self) -> None:
        """List open orders and balances now; reports OpenOrdersListed and BalancesSeen."""
        ...

    def preview(self, command: Command) -> WirePreview:
        """The exact request `amend` would send, secrets masked; pure, sends nothing."""
        ...

    def venue_ahead(self) -> int | None:
        """Return venue clock minus our clock in nanoseconds; None where nothing is known of it."""
        ...


@runtime_checkable
class BatchConnector(Connector, Protocol):
    """A connector of a venue that takes several amendments in one request.

    Attributes:
        batch_rows: how many a request may carry.
    """

    batch_rows: int

    def batch_of(self, order: Order) -> str:
        """Return what orders whose amendments may share a request have in common."""
        ...

    async def amend_batch(self, commands: Sequence[Command]) -> None:
        """Send amendments of several orders in one request, exactly once; each gets its own outcome."""
        ...


class Venue(Protocol):
    """Face of a venue package towards the registry."""

    @property
    def profile(self) -> Profile:
        """Names, limits, configuration keys, documents."""
        ...

    @property
    def rulebook(self) -> Rulebook:
        """The venue's rules."""
        ...

    def connect(self, account: Account, sink: Sink, clock: Clock) -> Connector:
        """Make a connector for a configured account; opens nothing yet.

        Raises:
            app.domain.form.InputError: if the account lacks an address or a credential, naming it.
        """
        ...


def venue_of(venue: Venue, account: Account) -> Venue:
    """Return the venue with the rules of one account, where its `of` makes them; most have the same for all."""
    of: Callable[[Account], Venue] | None = getattr(venue, "of", None)
    return venue if of is None else of(account)


#: Loads venues by name; the door hands it over.
VenueLoader = Callable[[set[str]], Mapping[str, Venue]]

"""Everything that happens is an event, a value the reducer folds into the state. Times are nanoseconds UTC."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.amendment import Amendment, Source
from app.domain.market import Balance, Instrument, LinkState, Quote
from app.domain.order import Fill, Order


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The link to an account's venue changed; `text` is one sentence for the person."""

    account: str
    at: int
    state: LinkState
    text: str = ""


@dataclass(frozen=True, slots=True)
class InstrumentsLoaded:
    """The venue's instruments for this account."""

    account: str
    at: int
    instruments: tuple[Instrument, ...]


@dataclass(frozen=True, slots=True)
class OpenOrdersListed:
    """The venue's list of open orders.

    Attributes:
        asked_at: when the request left.
        complete: whether the venue's own end of the list was seen; False too where a row has not even a readable id.
        unreadable: ids of orders that are in the list and cannot be read; each is told as `OrderUnreadable` as well.
    """

    account: str
    at: int
    asked_at: int
    orders: tuple[Order, ...]
    complete: bool = True
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderSeen:
    """The venue showed one order.

    Attributes:
        source: PUSH, LOOKUP, REPLY or HISTORY.
        asked_at: when the look-up left; None for a push.
        replaces: the order id this one replaced, where the venue says so; "" otherwise.
    """

    account: str
    at: int
    order: Order
    source: Source
    asked_at: int | None = None
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class OrderUnreadable:
    """The venue showed an order that cannot be read, or cannot be as it was read: nothing of it is believed.

    Attributes:
        order_id: "" where not even that can be read.
        text: one clause on why, such as "its price is below zero (-5)".
        raw: the row as received, secrets masked, cut to a readable length.
        asked_at: when the question left that it answers; None for a push.
    """

    account: str
    at: int
    order_id: str
    text: str
    raw: str
    source: Source
    asked_at: int | None = None


@dataclass(frozen=True, slots=True)
class OrderMissing:
    """A look-up found no such order, neither open nor in the history the venue keeps."""

    account: str
    at: int
    asked_at: int
    order_id: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class LookUpFailed:
    """A look-up gave no answer; nothing is proven."""

    account: str
    at: int
    order_id: str
    text: str


@dataclass(frozen=True, slots=True)
class FillSeen:
    """The venue showed one execution."""

    account: str
    at: int
    fill: Fill
    source: Source


@dataclass(frozen=True, slots=True)
class BalancesSeen:
    """The venue showed balances; currencies not named are unchanged unless `complete`."""

    account: str
    at: int
    balances: tuple[Balance, ...]
    complete: bool = False


@dataclass(frozen=True, slots=True)
class QuoteSeen:
    """The touch of one market moved."""

    account: str
    at: int
    quote: Quote


class Condition(StrEnum):
    """Lasting conditions that a notice may tell of.

    PRICES are missing; the LINK is of no use while it is so; READS of open orders wait, so that rows grow old. A notice
    of LINK is over when the link is up again, without another word from the venue.
    """

    NONE = ""
    PRICES = "prices"
    LINK = "link"
    READS = "reads"


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something a person should read: a venue answer we could not use, a clock that is off, a limit reached.

    Attributes:
        about: the condition it tells of, where it tells of one that lasts and ends.
        over: whether it tells that this condition has ended.
        until: when what it tells of ends by itself, nanoseconds UTC; None where that is not known.
    """

    account: str
    at: int
    text: str
    serious: bool = True
    about: Condition = Condition.NONE
    over: bool = False
    until: int | None = None


@dataclass(frozen=True, slots=True)
class AmendmentRequested:
    """The person sent a draft. This is the intent; it is recorded before anything leaves."""

    account: str
    at: int
    amendment: Amendment


@dataclass(frozen=True, slots=True)
class AmendmentQueued:
    """It waits for the venue's rate limit; `until` is the expected time of leaving."""

    account: str
    at: int
    amendment_id: str
    until: int


@dataclass(frozen=True, slots=True)
class AmendmentWritten:
    """Its bytes were handed to the socket; `digest` is their SHA-256, equal to the preview's."""

    account: str
    at: int
    amendment_id: str
    size: int
    digest: str = ""


@dataclass(frozen=True, slots=True)
class AmendmentAcknowledged:
    """The venue answered that it took the request. That is a receipt, not a result."""

    account: str
    at: int
    amendment_id: str
    order_id: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class AmendmentRepliedOtherwise:
    """The venue sent what may be the answer to it, with other terms than asked for: said, and proof of nothing yet."""

    account: str
    at: int
    amendment_id: str
    text: str


@dataclass(frozen=True, slots=True)
class AmendmentRefused:
    """The venue said no, for certain: `code` is the venue's own, verbatim, `text` its words plus ours, one sentence."""

    account: str
    at: int
    amendment_id: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class AmendmentUnsent:
    """It never left: the link was down, or a check just before sending found the order changed."""

    account: str
    at: int
    amendment_id: str
    text: str


@dataclass(frozen=True, slots=True)
class AmendmentUnanswered:
    """It may have left and no usable answer came: time-out, broken link, 5xx, unreadable reply. Nothing is proven."""

    account: str
    at: int
    amendment_id: str
    text: str


@dataclass(frozen=True, slots=True)
class ProbeDue:
    """It is time to look at the venue for evidence about an amendment; `once` beside the regular looks."""

    account: str
    at: int
    amendment_id: str
    once: bool = False


@dataclass(frozen=True, slots=True)
class CancelRequested:
    """The person asked to cancel an order; always allowed."""

    account: str
    at: int
    lineage: str


@dataclass(frozen=True, slots=True)
class CancelAnswered:
    """The venue answered a cancel: taken or refused (`text` says why). The order's own status comes as OrderSeen."""

    account: str
    at: int
    order_id: str
    taken: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class ForgottenRow:
    """One order that leaves the state, or that some of its amendments leave.

    Attributes:
        key: of its row.
        ids: every order id it has had, oldest first.
        amendments: those that leave, as they were then: the record tells them from here on.
        whole: whether the order leaves, too.
    """

    key: str
    ids: tuple[str, ...]
    amendments: tuple[Amendment, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class OrdersForgotten:
    """Orders of an account that ended a while ago leave the state; nothing of them is unresolved."""

    account: str
    at: int
    rows: tuple[ForgottenRow, ...]


@dataclass(frozen=True, slots=True)
class WireSeen:
    """One message on the wire, secrets masked: for the inspector and the journal; it changes no state.

    `direction` is "out" or "in"; `head` the request line or topic.
    """

    account: str
    at: int
    direction: str
    transport: str
    head: str
    body: str
    amendment_id: str = ""


Event = (
    LinkChanged
    | InstrumentsLoaded
    | OpenOrdersListed
    | OrderSeen
    | OrderUnreadable
    | OrderMissing
    | LookUpFailed
    | FillSeen
    | BalancesSeen
    | QuoteSeen
    | Noticed
    | AmendmentRequested
    | AmendmentQueued
    | AmendmentWritten
    | AmendmentAcknowledged
    | AmendmentRepliedOtherwise
    | AmendmentRefused
    | AmendmentUnsent
    | AmendmentUnanswered
    | ProbeDue
    | CancelRequested
    | CancelAnswered
    | OrdersForgotten
    | WireSeen
)

"""DeskState: every order, lineage, amendment, balance and link, as last proven. Only the reducer writes it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.desk.amendment_book import AmendmentBook
from app.domain.amendment import Amendment, Source
from app.domain.events import Condition, FillSeen, WireSeen
from app.domain.market import Balance, Instrument, LinkState, Quote
from app.domain.order import Fill, Order

#: How many notices and wire messages are kept in memory; the full record is the journal's.
KEPT_NOTICES = 200
KEPT_WIRE = 500

#: How many executions wait for the row of their order.
KEPT_FILLS = 64

#: How many lines of a row's history, and how many orders that were forgotten, are kept at least, and all of the last
#: minutes; the journal has all.
KEPT_LINES = 64
KEPT_GONE = 1_000

#: Metadata of a field that the journal does not write: it comes back as its default.
UNKEPT: Mapping[str, bool] = {"kept": False}


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of an order's history: when (nanoseconds), who says so, what."""

    at: int
    source: Source
    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should read about an account; `about`, `over` and `until` as in `Noticed`."""

    account: str
    at: int
    text: str
    serious: bool
    about: Condition = Condition.NONE
    over: bool = False
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reading of an order that was not believed: when it came, who showed it, why, and its raw text."""

    at: int
    source: Source
    text: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Dispute:
    """Direct reads that agree with one another and not with the row: the last one, when it left, how many there are."""

    order: Order
    asked_at: int
    count: int


@dataclass(slots=True)
class Lineage:
    """One order through all the ids it has had: a row of the list.

    Attributes:
        key: stable id of the row: account name and the first order id we saw.
        account: configured account.
        order: the order as last proven by the venue.
        ids: every order id it has had, oldest first; the last one is the target of the next amendment.
        seen_at: when the reading that shows `order` was asked for, or came, if it is a push; `source` how it came.
        pushed_at: when a push last told us about it (a list asked for before that is older news).
        amendments: ids of its amendments, oldest first.
        fills: executions seen, by fill id.
        filled_at: when the last of them was learnt; a read asked for before that may not know of it.
        vanished_at: when a complete list no longer had it, None while it is listed or was looked up.
        ended: a terminal report under an id that an open amendment may just have replaced; not believed yet.
        legs: the last thing the venue said of each earlier id.
        cancelling: whether a cancel was asked for and is not answered.
        stale: whether the link was lost since `seen_at`, or the last list should have had it and cannot tell.
        doubt: the newest reading of it that was not believed, None once a later one is readable; it locks the order.
        cleared: text of a doubt that a look-up ended, "" once what showed it is readable too; met again, it is no news.
        dispute: reads that contradict what the row shows by a figure that never goes back, while there are too few.
        first_at: when the row was first seen, None if that was not recorded.
        elsewhere: the last change of its terms that this ticket did not ask for, in words, "" for none.
        elsewhere_at: when that was learnt.
        born: what its order was marked with when it was first seen; a later reading may leave out where it came from.
        history: what happened lately, oldest first; `told_before` counts the lines before, which the journal has.
        asked_at: when a person last asked for something of it, an amendment or a cancel; 0 for never.
    """

    key: str
    account: str
    order: Order
    ids: list[str]
    seen_at: int
    source: Source
    pushed_at: int = 0
    amendments: list[str] = field(default_factory=list)
    fills: dict[str, Fill] = field(default_factory=dict)
    filled_at: int = 0
    vanished_at: int | None = None
    ended: Order | None = None
    legs: dict[str, Order] = field(default_factory=dict)
    cancelling: bool = False
    stale: bool = False
    doubt: Doubt | None = None
    cleared: str = ""
    dispute: Dispute | None = None
    first_at: int | None = None
    born: tuple[tuple[str, str], ...] = ()
    elsewhere: str = ""
    elsewhere_at: int = 0
    history: list[HistoryLine] = field(default_factory=list)  # a deque takes 760 bytes before its first line
    told_before: int = 0
    asked_at: int = 0

    def note(self, at: int, source: Source, text: str) -> None:
        """Add a line to the history; the oldest one goes where there are enough.

        No rule may rest on a line, for it may be gone: what decides something has a field of its own.
        """
        self.history.append(HistoryLine(at, source, text))
        self.trim()
        if source is Source.YOU:
            self.asked_at = max(self.asked_at, at)

    def trim(self) -> None:
        """Let the oldest lines go where there are more than are kept."""
        over = len(self.history) - KEPT_LINES
        if over > 0:
            self.told_before += over
            del self.history[:over]

    @property
    def target(self) -> Order:
        """The order to ask about or to cancel: as last proven, under its newest id.

        The two differ while all that was told under the newest id is not believed yet.
        """
        newest = self.ids[-1]
        return self.order if self.order.order_id == newest else replace(self.order, order_id=newest)


@dataclass(slots=True)
class AccountState:
    """One account: its link, what its venue listed, and what surrounds its orders.

    Attributes:
        link_at: when the link last changed its state.
        down_since: since when it is not up, 0 while it is; tries to connect in between do not count.
        failed: whether it broke, or could not be made, since it was up last.
        listed_at: when the last complete list was asked for, 0 before the first.
        unreadable: by order id, what was shown of orders that have no row because nothing of them can be read.
        reads_until: until when reads of open orders have to wait, as last told; in the past when they do not.
        surprises: how many readings were not believed since the start.
        answered_at: when the last list was asked for, complete or not, 0 before the first: an account whose list is
            incomplete has answered.
        shown_at: when the newest reading that shows an order of it was asked for, or came, if it is a push.
        unplaced: executions of orders that no row has yet; the order may be what an amendment made.
        ack_ns: time from write to answer of the last amendment, None before the first.
        writes: times of the last amendments written, for the rate meter.
    """

    name: str
    venue: str
    link: LinkState = LinkState.DOWN
    link_text: str = ""
    link_at: int = 0
    down_since: int = 0
    failed: bool = False
    instruments: dict[tuple[str, str], Instrument] = field(default_factory=dict)
    balances: dict[str, Balance] = field(default_factory=dict)
    quotes: dict[tuple[str, str], Quote] = field(default_factory=dict, metadata=UNKEPT)
    listed_at: int = 0
    answered_at: int = 0
    unplaced: deque[FillSeen] = field(default_factory=lambda: deque(maxlen=KEPT_FILLS))
    list_complete: bool = True
    unreadable: dict[str, Doubt] = field(default_factory=dict)
    reads_until: int = 0
    surprises: int = 0
    shown_at: int = 0
    ack_ns: int | None = None
    writes: deque[int] = field(default_factory=lambda: deque(maxlen=600))


@dataclass(slots=True)
class DeskState:
    """Everything the window shows. Read it from anywhere; only the reducer writes.

    Attributes:
        accounts: by name.
        lineages: by key.
        amendments: by amendment id.
        by_id: (account, order id) to lineage key, for every id a lineage ever had.
        notices: of this session, newest last.
        wire: private messages, newest last, secrets masked.
        gone: when an order was forgotten that had ended, by account and each id it had, oldest first; only the last.
        highest_request: highest request number of the amendments that were forgotten.
    """

    accounts: dict[str, AccountState] = field(default_factory=dict)
    lineages: dict[str, Lineage] = field(default_factory=dict)
    amendments: dict[str, Amendment] = field(default_factory=AmendmentBook)
    by_id: dict[tuple[str, str], str] = field(default_factory=dict)
    notices: deque[Notice] = field(default_factory=lambda: deque(maxlen=KEPT_NOTICES))
    wire: deque[WireSeen] = field(default_factory=lambda: deque(maxlen=KEPT_WIRE), metadata=UNKEPT)
    gone: dict[tuple[str, str], int] = field(default_factory=dict)
    highest_request: int = 0

    def __post_init__(self) -> None:
        """See to it that the amendments come with their indexes, wherever they came from."""
        if not isinstance(self.amendments, AmendmentBook):
            self.amendments = AmendmentBook(self.amendments)

    @property
    def book(self) -> AmendmentBook:
        """The amendments with their indexes."""
        assert isinstance(self.amendments, AmendmentBook)
        return self.amendments

    def amended(self) -> list[Lineage]:
        """Rows with an amendment that may have taken effect under an id nobody tied to it, of all accounts."""
        return [self.lineages[key] for key in self.book.landing if key in self.lineages]

    def open_lineages(self) -> list[Lineage]:
        """Rows whose order the venue has not ended, plus ended ones whose amendment still waits for evidence."""
        return [
            lineage
            for lineage in self.lineages.values()
            if lineage.order.is_open or self.open_amendment(lineage) is not None
        ]

    def last_amendment(self, lineage: Lineage) -> Amendment | None:
        """The latest amendment of a row, or None."""
        return self.amendments[lineage.amendments[-1]] if lineage.amendments else None

    def open_amendment(self, lineage: Lineage) -> Amendment | None:
        """The newest unsettled amendment of a row, or None; most venues take one of an order at a time."""
        return next(iter(reversed(self.open_amendments(lineage))), None)

    def open_amendments(self, lineage: Lineage) -> list[Amendment]:
        """All unsettled amendments of a row, oldest first."""
        unsettled = self.book.unsettled
        return [unsettled[each] for each in lineage.amendments if each in unsettled] if unsettled else []

    def spoken_amendment(self, lineage: Lineage) -> Amendment | None:
        """The amendment a row speaks of: the newest unsettled one, else the latest; None where there is none."""
        return self.open_amendment(lineage) or self.last_amendment(lineage)

    def unsettled(self, account: str | None = None) -> list[Amendment]:
        """Amendments still waiting for evidence, oldest first, of one account or of all."""
        return [
            amendment
            for amendment in self.book.unsettled.values()
            if account is None or self.lineages[amendment.lineage].account == account
        ]

    def find(self, order_id: str, account: str | None = None) -> list[Lineage]:
        """Rows that have or had this order id (or client id, or row key)."""
        owners = self.accounts if account is None else (account,)
        keys = (self.by_id.get((owner, order_id)) for owner in owners)
        found = {key: self.lineages[key] for key in keys if key is not None}
        for key, lineage in self.lineages.items():
            if account in (None, lineage.account) and (key == order_id or (lineage.order.client_id == order_id != "")):
                found.setdefault(key, lineage)
        return list(found.values())

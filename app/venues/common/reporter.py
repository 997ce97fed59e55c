"""One account's voice: every event of a connector, said with the account's name and the time of the report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from app.domain import events as ev
from app.domain.amendment import Command, Source
from app.domain.evidence import SECOND
from app.domain.market import Balance, Instrument, LinkState, Quote
from app.domain.order import Fill, Order
from app.domain.ports import Clock, Sink
from app.venues.transport.secrecy import Secrecy

#: No execution of an open order is older than this (2009, before any of what is traded here), and none is further ahead
#: of our clock than any two clocks are apart; both in nanoseconds.
_EARLIEST, _AHEAD = 1_230_768_000 * SECOND, 86_400 * SECOND


#: Most characters of a venue's word for a state or a kind, and of a clause on what cannot be read; more ends in “…”.
MOST_WORD, MOST_CLAUSE = 80, 400


class Reporter:
    """Puts what a connector learns into the desk's sink, and holds the state of the account's link.

    Attributes:
        account: the account's name.
        sink: where events go, secrets taken out; returns at once and never raises.
        secrecy: what is taken out.
        clock: the only source of time.
        link: the link's state, as last reported.
    """

    __slots__ = ("_link_text", "_noticed", "account", "clock", "link", "secrecy", "sink")

    def __init__(self, account: str, sink: Sink, clock: Clock, secrecy: Secrecy | None = None) -> None:
        self.account = account
        self.secrecy = Secrecy(()) if secrecy is None else secrecy
        self.sink = self.secrecy.around(sink)
        self.clock = clock
        self.link = LinkState.DOWN
        self._link_text = ""
        self._noticed: set[str] = set()

    def now(self) -> int:
        """Nanoseconds since 1970 UTC, by our clock."""
        return self.clock.now()

    # -- the link and notices --------------------------------------------------------------------------------------

    @property
    def is_live(self) -> bool:
        """True while the venue answers, be it late: the link is up or stale."""
        return self.link in (LinkState.UP, LinkState.STALE)

    def set_link(self, state: LinkState, text: str = "") -> None:
        """Report the link's state, unless that is known already."""
        if (state, text) == (self.link, self._link_text):
            return
        if state is LinkState.UP:
            self._noticed.clear()
        self.link, self._link_text = state, text
        self.sink(ev.LinkChanged(self.account, self.now(), state, text))

    def notice(
        self,
        text: str,
        *,
        serious: bool = True,
        about: ev.Condition = ev.Condition.NONE,
        over: bool = False,
        seconds: float | None = None,
    ) -> None:
        """Tell the person something; `over` ends a condition, and with `seconds` it is over by itself after so long."""
        now = self.now()
        until = None if seconds is None else now + round(seconds * SECOND)
        self.sink(ev.Noticed(self.account, now, text, serious, about, over, until))

    def notice_once(
        self, text: str, *, serious: bool = True, about: ev.Condition = ev.Condition.NONE, key: str = ""
    ) -> None:
        """Tell the person something that was not said since the link last came up; `key` names it where words vary."""
        if (key or text) not in self._noticed:
            self._noticed.add(key or text)
            self.notice(text, serious=serious, about=about)

    # -- orders and the account ------------------------------------------------------------------------------------

    def order_seen(self, order: Order, source: Source, *, asked_at: int | None = None, replaces: str = "") -> None:
        """Report an order as the venue shows it; `replaces` is the id it had before, where the venue says so."""
        order = _in_words(order)
        self.sink(ev.OrderSeen(self.account, self.now(), order, source, asked_at=asked_at, replaces=replaces))

    def order_unreadable(
        self, order_id: str, text: str, raw: str, source: Source, *, asked_at: int | None = None
    ) -> None:
        """Report an order that cannot be read: `text` is one clause on why, `raw` the row as received."""
        text = _cut(text, MOST_CLAUSE)
        self.sink(ev.OrderUnreadable(self.account, self.now(), order_id, text, raw, source, asked_at))

    def open_orders(
        self, orders: Iterable[Order], asked_at: int, *, complete: bool = True, unreadable: Iterable[str] = ()
    ) -> None:
        """Report a list of open orders that was asked for at `asked_at`.

        Args:
            orders: the readable ones.
            asked_at: when the request left.
            complete: the venue's own end of the list was seen, and every row has at least a readable id.
            unreadable: ids of the others.
        """
        now = self.now()
        listed = tuple(map(_in_words, orders))
        self.sink(ev.OpenOrdersListed(self.account, now, asked_at, listed, complete, tuple(unreadable)))

    def order_missing(self, order_id: str, asked_at: int, text: str = "") -> None:
        """Report that a look-up asked for at `asked_at` found no such order."""
        self.sink(ev.OrderMissing(self.account, self.now(), asked_at, order_id, text))

    def look_up_failed(self, order_id: str, text: str) -> None:
        """Report that an order could not be asked about."""
        self.sink(ev.LookUpFailed(self.account, self.now(), order_id, text))

    def fill(self, fill: Fill, source: Source) -> None:
        """Report an execution; one without a time that can be meant has the time at which it came."""
        now = self.now()
        if not _EARLIEST <= fill.at <= now + _AHEAD:
            fill = replace(fill, at=now)
        self.sink(ev.FillSeen(self.account, now, fill, source))

    def balances(self, balances: Iterable[Balance], *, complete: bool = True) -> None:
        """Report balances; complete ones are all the account has."""
        self.sink(ev.BalancesSeen(self.account, self.now(), tuple(balances), complete=complete))

    def instruments(self, instruments: Iterable[Instrument]) -> None:
        """Report the rules of markets."""
        self.sink(ev.InstrumentsLoaded(self.account, self.now(), tuple(instruments)))

    def cancel_answered(self, order_id: str, taken: bool, text: str = "") -> None:
        """Report the answer to a cancel; `text` is one sentence where it was not taken."""
        self.sink(ev.CancelAnswered(self.account, self.now(), order_id, taken, text))

    def quote(self, quote: Quote) -> None:
        """Report the best prices of a market."""
        self.sink(ev.QuoteSeen(self.account, self.now(), quote))

    def wire_seen(self, direction: str, transport: str, head: str, body: str, amendment_id: str = "") -> None:
        """Report a private message, secrets masked; `direction` is "in" or "out"."""
        self.sink(ev.WireSeen(self.account, self.now(), direction, transport, head, body, amendment_id))

    # -- amendments ------------------------------------------------------------------------------------------------

    def queued(self, command: Command, seconds: float) -> None:
        """Report that an amendment waits for the rate limit for so long."""
        now = self.now()
        self.sink(ev.AmendmentQueued(self.account, now, command.amendment_id, now + round(seconds * SECOND)))

    def written(self, command: Command, body: bytes) -> None:
        """Report that an amendment was handed to the socket, with the size and SHA-256 of its bytes."""
        digest = hashlib.sha256(body).hexdigest()
        self.sink(ev.AmendmentWritten(self.account, self.now(), command.amendment_id, len(body), digest))

    def acknowledged(self, command: Command, order_id: str = "", note: str = "") -> None:
        """Report that the venue received an amendment; `order_id` is the id it named."""
        self.sink(ev.AmendmentAcknowledged(self.account, self.now(), command.amendment_id, order_id, note))

    def replied_otherwise(self, command: Command, text: str) -> None:
        """Report a message that may be the answer to an amendment, and shows other terms than asked for."""
        self.sink(ev.AmendmentRepliedOtherwise(self.account, self.now(), command.amendment_id, text))

    def refused(self, command: Command, code: str, text: str) -> None:
        """Report that an amendment was refused for certain."""
        self.sink(ev.AmendmentRefused(self.account, self.now(), command.amendment_id, code, text))

    def unsent(self, command: Command, text: str) -> None:
        """Report that nothing of an amendment left, for certain."""
        self.sink(ev.AmendmentUnsent(self.account, self.now(), command.amendment_id, text))

    def unanswered(self, command: Command, text: str) -> None:
        """Report that an amendment may have left and its outcome is not known."""
        self.sink(ev.AmendmentUnanswered(self.account, self.now(), command.amendment_id, text))


def _in_words(order: Order) -> Order:
    """The order, no word of the venue in it so long that it would fill a screen: nobody needs all of one to know it."""
    if len(order.raw_status) <= MOST_WORD and len(order.raw_kind) <= MOST_WORD and len(order.reason) <= MOST_CLAUSE:
        return order
    return replace(
        order,
        raw_status=_cut(order.raw_status, MOST_WORD),
        raw_kind=_cut(order.raw_kind, MOST_WORD),
        reason=_cut(order.reason, MOST_CLAUSE),
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"

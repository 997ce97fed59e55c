"""The venue's news as events: orders through the bookkeeping of replacements, fills, balances, quotes, markets."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from app.domain.amendment import Source
from app.domain.evidence import SECOND
from app.domain.order import Order, OrderStatus
from app.venues.alphapoint.link.cuts import Cuts
from app.venues.alphapoint.link.door import Door, fault_of
from app.venues.alphapoint.link.markets import Markets, readable
from app.venues.alphapoint.rules.legs import Legs
from app.venues.alphapoint.rules.swaps import Refusal
from app.venues.alphapoint.wire import events as pushed
from app.venues.alphapoint.wire.codec import Frame, GatewaySession
from app.venues.alphapoint.wire.markets import read_balance
from app.venues.alphapoint.wire.rows import SHORT, completed, read_fill, sized
from app.venues.alphapoint.wire.vocabulary import TITLE
from app.venues.common.failures import Malformed
from app.venues.common.reporter import Reporter
from app.venues.common.rows import SHOWN

log = logging.getLogger("redline.venues")


class Listener:
    """Turns the venue's objects into events and keeps what it takes to read the next one.

    Attributes:
        legs: the replacements under way.
        newest: the newest time of the venue's own that an order carried, None before the first.
        markets: their names and rules.
        door: reads every order of the account.
    """

    def __init__(self, reporter: Reporter) -> None:
        self.legs = Legs()
        self.markets = Markets(reporter)
        self.door = Door(reporter, self.markets.symbols)
        self._reporter = reporter
        self.now = reporter.now
        self._seen: dict[str, tuple[float, Order]] = {}
        self.newest: int | None = None
        self._amended: set[str] = set()
        self._cancelled: set[str] = set()
        self._ends: dict[str, Order] = {}
        self._cuts = Cuts()

    def amending(self, order_id: str) -> None:
        """An amendment of this order is about to leave: how the order ends must then be looked into."""
        self._amended.add(order_id)

    def cancelling(self, order_id: str) -> None:
        """A cancel of this order is about to leave; the desk will believe its end at once."""
        self._cancelled.add(order_id)

    def ends(self) -> tuple[Order, ...]:
        """Pushed ends that are held back until the order was looked up: `release` shows those still held."""
        return tuple(self._ends.values())

    def release(self, order_id: str) -> bool:
        """Show an end that is still held back, as it was pushed; answers whether there was one."""
        order = self._ends.get(order_id)
        if order is not None:
            self._tell(order, Source.PUSH, None)
        return order is not None

    def _holds(self, order: Order) -> bool:
        """Return True where a pushed end tells less than a look-up: not the last terms, or what replaced the order.

        How much of a reduced order was filled does tell. Of a cancelled one the desk asks by itself, unless it was
        cancelled from here. Where the replacement is there, the end is its other half.
        """
        order_id, replaced = order.order_id, self.legs.wanted(order.order_id) is not None
        if order_id not in self._amended or order.is_open:
            return False
        if replaced and not self.legs.lacks_heir(order_id):
            return False
        if order.status is OrderStatus.FILLED:
            return replaced
        return order.status is not OrderStatus.CANCELLED or order_id in self._cancelled

    def fresh(self, order_id: str, within: float) -> Order | None:
        """The order as last shown, if that was at most `within` seconds ago."""
        at, order = self._seen.get(order_id, (float("-inf"), None))
        return order if self._reporter.clock.monotonic() - at <= within else None

    def traded(self) -> set[str]:
        """Symbols of the open orders shown."""
        return {order.symbol for _, order in self._seen.values()}

    def undescribed(self) -> tuple[Order, ...]:
        """Open orders that only short events have told of: their locks cannot be judged yet."""
        return tuple(order for _, order in self._seen.values() if order.attribute(SHORT))

    def _known(self, order_id: str) -> Order | None:
        at_and_order = self._seen.get(order_id)
        return at_and_order[1] if at_and_order is not None else None

    def _forget(self, order_id: str) -> None:
        self._seen.pop(order_id, None)

    def _remember(self, order: Order) -> None:
        times = (self.newest, order.created_at, order.updated_at)
        self.newest = max((each for each in times if each is not None), default=None)
        if order.is_open:
            self._seen[order.order_id] = (self._reporter.clock.monotonic(), order)
        else:
            self._seen.pop(order.order_id, None)

    def undescribed_markets(self) -> tuple[str, ...]:
        """Symbols of open orders whose market the venue has not described."""
        return self.markets.undescribed(self.traded())

    def assume(self) -> None:
        """Go on without the rules of markets that have orders and are not described."""
        self.markets.assume(self.traded())

    def show(self, order: Order, source: Source, asked_at: int | None = None) -> None:
        """Show one order, as the bookkeeping of replacements allows."""
        known = self._known(order.order_id)
        order = sized(completed(order, known), known)
        if source is Source.LOOKUP:
            self._cuts.seen(order)
        self._remember(order)
        refusal = self.legs.rejected(order)
        if refusal is not None:
            self._refuse(refusal, order.reason or "no reason given")
            return
        if source is Source.PUSH and self._holds(order):
            self._ends[order.order_id] = order
            self.legs.note(order)
            return
        self._tell(order, source, asked_at)

    def _tell(self, order: Order, source: Source, asked_at: int | None) -> None:
        now = self.now()
        if not order.is_open:
            self._ends.pop(order.order_id, None)
            self._amended.discard(order.order_id)
            self._cancelled.discard(order.order_id)
        for showing in self.legs.see(order, now):
            self._reporter.order_seen(showing.order, source, asked_at=asked_at, replaces=showing.replaces)
        self._tell_pairs()

    def listing(self, rows: Sequence[Any], asked_at: int) -> None:
        """Show a list of open orders; it is complete only if every row could be read."""
        read = self.door.listing(rows, asked_at)
        present = {*read.unreadable, *(order.order_id for order in read.orders)}
        complete = not read.nameless and not self._cuts.may_be(len(rows))
        if not complete and not read.nameless:
            text = f"{TITLE} lists {len(rows)} open orders and may have more; those it leaves out are looked up singly."
            self._reporter.notice_once(text)
        age = (self.now() - asked_at) / SECOND
        before = self._reporter.clock.monotonic() - age
        self._cuts.listed(len(rows), {key for key, (at, _) in self._seen.items() if at < before and key not in present})
        if complete:
            for showing in self.legs.followed(read.orders, present):
                # Replaced while nobody listened: the row follows, before the list would make a second one.
                self._remember(showing.order)
                self._forget(showing.replaces)
                self._reporter.order_seen(showing.order, Source.LISTING, asked_at=asked_at, replaces=showing.replaces)
        for order in read.orders:
            self._remember(order)
        shown = self.legs.listed(read.orders, asked_at, complete=complete, unreadable=read.unreadable)
        self._reporter.open_orders(shown, asked_at, complete=complete, unreadable=read.unreadable)
        self._tell_pairs()

    def balances(self, rows: Sequence[Any], *, complete: bool) -> None:
        """Show positions of the account."""
        now = self.now()
        read = readable(rows, lambda row: read_balance(row, now), "described a balance", self._reporter)
        self._reporter.balances(read, complete=complete and len(read) == len(rows))

    def fills(self, rows: Sequence[Any], source: Source) -> None:
        """Show executions; one that cannot be read is told of and left out."""
        account, now = self._reporter.account, self.now()
        symbols = self.markets.symbols
        read = readable(rows, lambda row: read_fill(row, account, symbols, now), "listed an execution", self._reporter)
        for each in read:
            self._reporter.fill(each, source)

    def fill(self, row: Any, source: Source) -> None:
        """Show one execution.

        Raises:
            Malformed: naming what is missing.
        """
        self._reporter.fill(read_fill(row, self._reporter.account, self.markets.symbols, self.now()), source)

    def take(self, frame: Frame, session: GatewaySession) -> bool:
        """Take one pushed event in; answers False where it says that the session has ended."""
        if frame.name == pushed.LOGOUT:
            return False
        for row in pushed.rows_of(frame.payload):
            try:
                if not pushed.is_foreign(row, session.account_id):
                    self._take(frame.name, row)
            except Malformed as error:
                self._reporter.notice(f"{TITLE} sent a {frame.name} that cannot be read: {error}.")
            except Exception as error:
                # A value nobody thought of costs its row, not the connection.
                log.exception("an event of %s could not be read", self._reporter.account)
                text = f"{TITLE} sent a {frame.name} that cannot be read: {fault_of(error)}: {str(row)[:SHOWN]}"
                self._reporter.notice(text)
        return True

    def _take(self, name: str, row: Any) -> None:
        match name:
            case pushed.ORDER_STATE:
                order = self.door.one(row, Source.PUSH)
                if order is not None:
                    self.show(order, Source.PUSH)
                else:
                    which = self.door.id_of(row) or "without an id"
                    self._reporter.notice_once(f"{TITLE} sent an event of order {which} that cannot be read.")
            case pushed.ORDER_TRADE:
                self.fill(row, Source.PUSH)
            case pushed.POSITION:
                self.balances((row,), complete=False)
            case pushed.QUOTE:
                self.markets.quote(row)
            case pushed.MARKET_STATE:
                self.markets.session_changed(row)
            case pushed.CANCEL_REJECT:
                reject = pushed.read_reject(row)
                text = f"{TITLE} refused to cancel order {reject.order_id}: {reject.reason}."
                self._reporter.cancel_answered(reject.order_id, False, text)
            case _ if name in pushed.REPLACE_REJECTS:
                reject = pushed.read_reject(row)
                refusal = self.legs.refused(
                    reject.old_id, reject.client_id, reject.order_id, reject.price, reject.quantity
                )
                if refusal is not None:
                    self._refuse(refusal, reject.reason)
                    if refusal.held is not None:
                        self.show(refusal.held, Source.PUSH)
                        self._two(refusal.command.order.order_id, refusal.held.order_id)
            case _:
                return  # deposits, tickets, news of the account: nothing to do with orders

    def _refuse(self, refusal: Refusal, reason: str) -> None:
        """The venue refused the new half of a replacement, after it had taken the request."""
        command, old_id = refusal.command, refusal.command.order.order_id
        if not refusal.certain:
            text = f"{TITLE} refused a replacement of order {old_id} ({reason}) and does not say whose."
            self._reporter.unanswered(command, text)
            return
        ended = self.legs.has_ended(old_id)
        text = (
            f"The replacement was refused ({reason}) and the old order {old_id} is gone: you have no working order."
            if ended
            else f"Refused by {TITLE}: {reason}; whether order {old_id} still works is being looked up."
        )
        self._reporter.refused(command, reason, text)

    def _tell_pairs(self) -> None:
        for old_id, new_id in self.legs.together():
            self._two(old_id, new_id)

    def _two(self, old_id: str, new_id: str) -> None:
        self._reporter.notice(
            f"Two working orders: {new_id} was to replace {old_id}, and both work. Cancel one of them."
        )

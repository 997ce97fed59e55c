"""Words of the trade socket, turned into events: orders, lists, executions, balances.

It asks for a list where a message cannot be placed. `KnownOrders` has the orders and the amendments under way, and
`Outcomes` places refusals and error frames. It does no I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from app.domain.amendment import Source
from app.domain.evidence import SECOND
from app.domain.market import Balance
from app.domain.money import ZERO
from app.domain.order import Fill, Order, OrderStatus
from app.domain.plausible import why_implausible
from app.venues.common.delivery import Delivery
from app.venues.common.failures import Answer, Malformed, Proof
from app.venues.common.reporter import Reporter
from app.venues.common.rows import Listing, OrderDoor
from app.venues.qfex.link.outcomes import Outcomes
from app.venues.qfex.link.reference import Instruments
from app.venues.qfex.rules.inflight import Sent
from app.venues.qfex.rules.known import KnownOrders, as_untied
from app.venues.qfex.wire import answers, codec
from app.venues.qfex.wire import vocabulary as words
from app.venues.qfex.wire.codec import ErrorFrame, Message, Pushed, Receipt
from app.venues.qfex.wire.rows import balance_of, fill_of, position_of, read_order
from app.venues.qfex.wire.values import maybe_number, text_of
from app.venues.transport.jsonx import JsonError

#: Executions kept for order ids that are not known yet; a reply may come after the fill.
_KEPT_FILLS = 200

#: Balances are pulsed every second; an unchanged one is passed on this seldom.
_BALANCE_EVERY = 10 * SECOND


class Listener:
    """Reads the messages of one account.

    Attributes:
        orders: what is known of every order, and the amendments under way.
        outcomes: of amendments and cancels.
    """

    def __init__(
        self,
        reporter: Reporter,
        delivery: Delivery,
        instruments: Instruments,
        *,
        want_list: Callable[[], None],
        watch: Callable[[Iterable[str]], None],
        limited: Callable[[], None],
    ) -> None:
        """Know nothing yet.

        Args:
            reporter: tells what is read.
            delivery: tells the answers to amendments.
            instruments: takes positions, and knows the currency of fees and balances.
            want_list: asks for the list of open orders soon.
            watch: asks for market data of these symbols.
            limited: called when QFEX says that we were too fast.
        """
        self.orders = KnownOrders()
        self.outcomes = Outcomes(self.orders, reporter, delivery, want_list=want_list, limited=limited)
        self._door = OrderDoor(reporter, self._read_pushed, "order_id")
        self._list_door = OrderDoor(reporter, self._read_listed, "order_id")
        self._reporter = reporter
        self._delivery = delivery
        self._instruments = instruments
        self._want_list = want_list
        self._watch = watch
        self._orphans: list[Fill] = []
        self._balance: Balance | None = None

    def take(self, message: Message) -> None:
        """Take in one message of the trade socket; those of the login and of questions are not for it.

        Raises:
            Malformed: if it cannot be read.
        """
        match message:
            case Pushed(codec.ORDER, row):
                self.order_response(row)
            case Pushed(codec.FILL, row):
                self.fill(row)
            case Pushed(codec.BALANCE, row):
                self._take_balance(balance_of(row, self._instruments.currency, self._reporter.now()))
            case Pushed(codec.POSITION, row):
                self._instruments.take_position(position_of(row))
            case ErrorFrame():
                self.outcomes.error(message)
            case Receipt():
                self.outcomes.receipt(message)

    def _take_balance(self, balance: Balance) -> None:
        known = self._balance
        is_same = known is not None and replace(balance, as_of=known.as_of) == known
        if known is not None and is_same and balance.as_of - known.as_of < _BALANCE_EVERY:
            return
        self._balance = balance
        self._reporter.balances((balance,))

    # -- orders ----------------------------------------------------------------------------------------------------

    def order_response(self, row: Mapping[str, Any]) -> None:
        """Take in one order reply: of ours, of another session of the account, or of the engine by itself.

        One that cannot be read, or cannot be as it was read, is told as that and changes nothing.
        """
        order_id, status = text_of(row, "order_id"), text_of(row, "status")
        if status == words.NO_SUCH_ORDER:
            self.outcomes.cancel_refused(order_id)
            return
        if status in answers.REFUSALS:
            self.outcomes.refused(order_id, status, row)
            return
        order = self._door.one(row, Source.PUSH)
        if order is None:
            self._want_list()
            return
        known = order_id in self.orders
        if status == words.MODIFIED:
            self._modified(order, known)
        elif order.status is OrderStatus.UNRECOGNISED:
            self._unrecognised(order, known)
        elif known or status == words.ACK or self._is_shown_first(order):
            self._show(order)
        elif order.is_open:
            # A live order nobody announced, such as one that another session amended: the list tells whose it is.
            self._want_list()

    def _is_shown_first(self, order: Order) -> bool:
        """Return True if a fill shows the result of our amendment before its reply; not where it may be another's."""
        alike = any(self.orders.alike_beside(order, sent.old_id) for sent in self.orders.inflight.open_ones())
        return not alike and self.orders.inflight.shown(order)

    def _modified(self, order: Order, known: bool) -> None:
        sent = self.orders.inflight.modified(order, known=known)
        repeated = self.orders.inflight.repeated(order) if sent is None or not sent.waiting else None
        if repeated:
            answer = Answer(Proof.ACCEPTED, text="MODIFIED once more", order_id=order.order_id)
            self._delivery.answered(repeated, answer)
            return
        if sent is None:
            if known:
                self._show(order)
            else:
                self.orders.add_stranger(order.order_id, self._reporter.now())
            # Somebody else amended, or the terms are not those asked for: one old row has just died, so no row is
            # added on this alone.
            self._want_list()
            return
        same = order.order_id == sent.old_id
        if not same and order.order_id != sent.tentative and self.orders.alike_beside(order, sent.old_id):
            self._told_apart_by_the_list(sent, order)
            return
        note = "MODIFIED, same order id" if same else "MODIFIED, new order id"
        sent.written()
        if not same:
            self.orders.remove(sent.old_id)
        self._delivery.answered(sent.command, Answer(Proof.ACCEPTED, text=note, order_id=order.order_id))
        self._show(order, replaces="" if same else sent.old_id)
        self._answered(sent, order)
        # A list shows whether it was that order that was replaced.
        self._want_list()

    def _told_apart_by_the_list(self, sent: Sent, order: Order) -> None:
        """Tell an answer that may be ours or that of another session to a like order; the list binds it."""
        sent.written()
        if order.order_id not in self.orders:
            self.orders.add_stranger(order.order_id, self._reporter.now())
        note = (
            "MODIFIED with the terms asked for, new order id; a like order rests beside it, so a list tells whose it is"
        )
        self._delivery.answered(sent.command, Answer(Proof.ACCEPTED, text=note))
        self._want_list()

    def _answered(self, sent: Sent, order: Order) -> None:
        """Take an order for the result of an amendment; a refusal that was held is told as the other answer it got."""
        held = sent.held
        self.orders.inflight.answered(sent, order)
        if order.order_id != sent.old_id:
            self.orders.inflight.outlive(sent.old_id)
        if held is not None:
            self._delivery.answered(sent.command, held)

    def _unrecognised(self, order: Order, known: bool) -> None:
        text = f"QFEX reports order {order.order_id} as {_status(order)}, which this ticket does not know."
        for sent in self.orders.inflight.of(order.order_id):
            self.outcomes.unanswered(sent, text)
        if known:
            self._show(order)
        self._reporter.notice(text)
        self._want_list()

    def _show(self, order: Order, *, replaces: str = "") -> None:
        """Pass an order on, unless something newer is known of it."""
        if not self.orders.is_news(order):
            return
        self.orders.push(order, self._reporter.now())
        if order.is_open:
            self._watch((order.symbol,))
        self._reporter.order_seen(order, Source.PUSH, replaces=replaces)
        self._after(order)

    def _after(self, order: Order) -> None:
        """Report what waited for this order: executions that came before it, and a cancel."""
        mine = [fill for fill in self._orphans if fill.order_id == order.order_id]
        if mine:
            self._orphans = [fill for fill in self._orphans if fill.order_id != order.order_id]
            for fill in mine:
                self._reporter.fill(fill, Source.PUSH)
        if not order.is_open:
            text = "" if order.status is OrderStatus.CANCELLED else "The order was filled before QFEX could cancel it."
            self.outcomes.cancel_done(order.order_id, not text, text)

    # -- lists and executions --------------------------------------------------------------------------------------

    def listed(self, rows: Iterable[Any], asked_at: int, *, whole: bool = True) -> None:
        """Take in a list of open orders and report it, with the last balance.

        Args:
            rows: as received. One that cannot be read is told, and is not absent where its id can be read.
            asked_at: when the first page was asked for.
            whole: QFEX's own end of the list was seen.
        """
        listing = self._read(rows, asked_at)
        orders = {order.order_id: order for order in listing.orders}
        complete = whole and not listing.nameless
        if complete:
            present = {*orders, *listing.unreadable}
            _, untied = self._follow(orders, asked_at, present)
            orders = {order_id: as_untied(each) if order_id in untied else each for order_id, each in orders.items()}
            self.orders.remove_unlisted(present, asked_at)
        for order in orders.values():
            self.orders.keep(order, asked_at)
        self._watch({order.symbol for order in orders.values()})
        # One id listed as two different orders is a contradiction, which the desk has to see.
        twice = [each for each in listing.orders if why_implausible(each, orders[each.order_id])]
        told = [*orders.values(), *twice]
        self._reporter.open_orders(told, asked_at, complete=complete, unreadable=listing.unreadable)
        for order in orders.values():
            self._after(order)
        self.outcomes.listed(orders, asked_at)
        if self._balance is not None:
            self._reporter.balances((self._balance,))

    def looked_up(self, order: Order, rows: Iterable[Any], asked_at: int, *, whole: bool = True) -> bool:
        """Report what a list says of one order: the order itself, and orders nobody knew, which may be its new form.

        Returns:
            True if the list settles what became of it.

        Raises:
            Malformed: if the order is not in it and the list is not whole, for then nothing is proven.
        """
        listing = self._read(rows, asked_at, Source.LOOKUP)
        orders = {each.order_id: each for each in listing.orders}
        if not whole or listing.nameless:
            if order.order_id in orders:
                self._looked(orders[order.order_id], asked_at)
                return True
            if order.order_id in listing.unreadable:
                return True
            missing = "a row without a readable id" if listing.nameless else "no end that could be seen"
            raise Malformed(
                f"the list of open orders has {missing}, so nothing tells that order {order.order_id} ended"
            )
        heirs, untied = self._follow(orders, asked_at, {*orders, *listing.unreadable})
        for seen in orders.values():
            if seen.order_id == order.order_id or seen.order_id not in self.orders:
                self._looked(as_untied(seen) if seen.order_id in untied else seen, asked_at)
        self.outcomes.listed(orders, asked_at)
        return order.order_id in orders or order.order_id in heirs or order.order_id in listing.unreadable

    def _follow(
        self, orders: Mapping[str, Order], asked_at: int, present: Collection[str]
    ) -> tuple[Mapping[str, Order], Collection[str]]:
        """Report the orders of a whole list that replaced others.

        Returns:
            Them by the ids they replaced, and the ids of those of which nobody can say what they replaced.
        """
        found = self.orders.replaced(orders, asked_at, present)
        for old_id, order in found.heirs.items():
            self._looked(order, asked_at, replaces=old_id)
            self.orders.remove(old_id)
            if old_id in found.made:
                self._answered(found.made[old_id], order)
        return found.heirs, found.untied

    def _looked(self, seen: Order, asked_at: int, replaces: str = "") -> None:
        self.orders.keep(seen, asked_at)
        self._watch((seen.symbol,))
        self._reporter.order_seen(seen, Source.LOOKUP, asked_at=asked_at, replaces=replaces)
        self._after(seen)

    def _read(self, rows: Iterable[Any], asked_at: int, source: Source = Source.LISTING) -> Listing:
        """Read the rows of a list; one with nothing left is not open, whatever else it says."""
        return self._list_door.listing((row for row in rows if not _is_done(row)), asked_at, source)

    def _read_pushed(self, row: Any) -> Order:
        return self._read_row(row, listed=False)

    def _read_listed(self, row: Any) -> Order:
        return self._read_row(row, listed=True)

    def _read_row(self, row: Any, *, listed: bool) -> Order:
        known, market = None, None
        if isinstance(row, dict):
            known = self.orders.rows.get(text_of(row, "order_id"))
            market = self._instruments.market(text_of(row, "symbol") or (known.symbol if known else ""))
        return read_order(row, self._reporter.account, known, listed=listed, market=market)

    def fill(self, row: Mapping[str, Any], source: Source = Source.PUSH) -> Fill:
        """Take in one execution; one of an order that is not known yet waits for it.

        Raises:
            Malformed: if it cannot be read.
        """
        fill = fill_of(row, self._reporter.account, self._instruments.currency, self._reporter.now())
        if fill.order_id in self.orders:
            self._reporter.fill(fill, source)
        else:
            self._orphans = [*self._orphans[-_KEPT_FILLS + 1 :], fill]
        return fill


def _is_done(row: Any) -> bool:
    """Return True if a row of a list has nothing left."""
    try:
        return isinstance(row, dict) and maybe_number(row.get("quantity_remaining")) == ZERO
    except JsonError:
        return False


def _status(order: Order) -> str:
    """Return the state of an order as QFEX wrote it, for a person who does not know the word."""
    word = order.raw_status
    return "in no state at all" if word in ("", "null") else f"“{word}”"

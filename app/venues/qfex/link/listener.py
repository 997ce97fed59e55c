"""Words of the trade socket, turned into events: orders, lists, executions, balances.

It asks for a list where a message cannot be placed. `KnownOrders` has the orders and the amendments under way, and
`Outcomes` places refusals and error frames. It does no I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from app.domain.amendment import Source
from app.domain.evidence import SECOND
from app.domain.market import Balance
from app.domain.order import Fill, Order, OrderStatus
from app.venues.common.delivery import Delivery
from app.venues.common.failures import Answer, Proof
from app.venues.common.reporter import Reporter
from app.venues.common.rows import OrderDoor
from app.venues.qfex.link.lists import Lists
from app.venues.qfex.link.outcomes import Outcomes
from app.venues.qfex.link.reference import Instruments
from app.venues.qfex.rules.inflight import Sent
from app.venues.qfex.rules.known import KnownOrders
from app.venues.qfex.wire import answers, codec
from app.venues.qfex.wire import vocabulary as words
from app.venues.qfex.wire.codec import ErrorFrame, Message, Pushed, Receipt
from app.venues.qfex.wire.rows import balance_of, fill_of, position_of, read_order
from app.venues.qfex.wire.values import text_of

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
        limited: Callable[[float], None],
    ) -> None:
        """Know nothing yet.

        Args:
            reporter: tells what is read.
            delivery: tells the answers to amendments.
            instruments: takes positions, and knows the currency of fees and balances.
            want_list: asks for the list of open orders soon.
            watch: asks for market data of these symbols.
            limited: called when QFEX says that we were too fast, with the seconds it named, 0.0 for none.
        """
        self.orders = KnownOrders()
        self.outcomes = Outcomes(self.orders, reporter, delivery, want_list=want_list, limited=limited)
        self._door = OrderDoor(reporter, lambda row: self._read_row(row, listed=False), "order_id")
        door = OrderDoor(reporter, lambda row: self._read_row(row, listed=True), "order_id", anew=self._read_anew)
        self._lists = Lists(
            door, self.orders, self.outcomes, reporter, watch=watch, after=self._after, answered=self._answered
        )
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
            case Pushed(codec.STOP, row):
                self.outcomes.stop_told(row)
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
            self._told_otherwise(order, known)
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

    def _told_otherwise(self, order: Order, known: bool) -> None:
        """Say what a reply shows that may be the answer to ours, with other terms; evidence tells what became of it."""
        sent = self.orders.inflight.answered_otherwise(order, known=known)
        if sent is None or self.orders.alike_beside(order, sent.old_id):
            return
        sent.otherwise = answers.otherwise_text(sent.command, order)
        self._reporter.replied_otherwise(sent.command, sent.otherwise)

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
        """Take in a list of open orders and report it, with the last balance; arguments as of `Lists.listed`."""
        self._lists.listed(rows, asked_at, whole=whole)
        if self._balance is not None:
            self._reporter.balances((self._balance,))

    def looked_up(self, order: Order, rows: Iterable[Any], asked_at: int, *, whole: bool = True) -> bool:
        """Report what a list says of one order; return True if that settles what became of it.

        Raises:
            Malformed: if the order is not in it and the list is not whole, for then nothing is proven.
        """
        return self._lists.looked_up(order, rows, asked_at, whole=whole)

    def _read_anew(self, row: Any) -> Order:
        return self._read_row(row, listed=True, anew=True)

    def _read_row(self, row: Any, *, listed: bool, anew: bool = False) -> Order:
        known, market = None, None
        if isinstance(row, dict):
            known = self.orders.rows.get(text_of(row, "order_id")) if not anew else None
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


def _status(order: Order) -> str:
    """Return the state of an order as QFEX wrote it, for a person who does not know the word."""
    word = order.raw_status
    return "in no state at all" if word in ("", "null") else f"“{word}”"

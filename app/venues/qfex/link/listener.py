"""What the trade socket says of orders, turned into events: pushes, refusals, error frames, lists, executions.

It keeps what is known of every open order, and the amendments and cancels whose answer is outstanding. It does no I/O:
the session feeds it, and it asks for a list where a message cannot be placed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.domain.amendment import Source
from app.domain.money import ZERO
from app.domain.order import Fill, Order, OrderStatus
from app.venues.common.delivery import Delivery
from app.venues.common.failures import Answer, Malformed, Proof
from app.venues.common.reporter import Reporter
from app.venues.qfex.link.inflight import InFlight, Sent
from app.venues.qfex.rules.judge import bearing_of_echo, bearing_of_reply, successors
from app.venues.qfex.wire import answers, codec
from app.venues.qfex.wire import vocabulary as words
from app.venues.qfex.wire.codec import ErrorFrame, Receipt
from app.venues.qfex.wire.rows import fill_of, maybe_number, read_order, text_of
from app.venues.transport.jsonx import JsonError

#: Executions kept for order ids that are not known yet; a reply may come after the fill.
_KEPT_FILLS = 200

#: Called with the outcome of a cancel: whether it was taken, and one sentence if not.
CancelDone = Callable[[bool, str], None]


class Listener:
    """Reads order messages of one account."""

    def __init__(
        self,
        reporter: Reporter,
        delivery: Delivery,
        *,
        want_list: Callable[[], None],
        watch: Callable[[Iterable[str]], None],
        limited: Callable[[], None],
    ) -> None:
        """Know nothing yet.

        Args:
            reporter: tells what is read.
            delivery: tells the answers to amendments.
            want_list: asks for the list of open orders soon.
            watch: asks for market data of these symbols.
            limited: called when QFEX says that we were too fast.
        """
        self.inflight = InFlight()
        self.rows: dict[str, Order] = {}
        self.cancels: dict[str, CancelDone] = {}
        self.currency = "USD"
        self._reporter = reporter
        self._delivery = delivery
        self._want_list = want_list
        self._watch = watch
        self._limited = limited
        self._ids: set[str] = set()
        #: Ids that were reported as ended, by the time we learnt it; a list asked for later may show them alive.
        self._dead: dict[str, int] = {}
        #: Results of amendments that are not known to be ours, by id with the time we learnt of them, until a list that
        #: was asked for later shows what they replaced.
        self._strangers: dict[str, int] = {}
        self._pushed_at: dict[str, int] = {}
        self._orphans: list[Fill] = []

    # -- orders ----------------------------------------------------------------------------------------------------

    def order_response(self, row: Mapping[str, Any]) -> None:
        """Take in one order reply: of ours, of another session of the account, or of the engine by itself.

        Raises:
            Malformed: if it cannot be read.
        """
        order_id, status = text_of(row, "order_id"), text_of(row, "status")
        if status == words.NO_SUCH_ORDER:
            self._cancel_refused(order_id)
            return
        if status in answers.REFUSALS:
            self._refused(order_id, status, row)
            return
        order = read_order(row, self._reporter.account, self.rows.get(order_id))
        known = order_id in self._ids
        if status == words.MODIFIED:
            self._modified(order, known)
        elif order.status is OrderStatus.UNRECOGNISED:
            self._unrecognised(order, known)
        elif known or status == words.ACK or self.inflight.shown(order):
            self._show(order)
        elif order.is_open:
            # A live order nobody announced, such as one that another session amended: the list tells whose it is.
            self._want_list()

    def _modified(self, order: Order, known: bool) -> None:
        sent = self.inflight.modified(order, known=known)
        repeated = self.inflight.repeated(order) if sent is None or not sent.waiting else ""
        if repeated:
            note = "MODIFIED once more"
            self._reporter.acknowledged_again(repeated, order.order_id, note)
            return
        if sent is None:
            if known:
                self._show(order)
            else:
                self._strangers[order.order_id] = self._reporter.now()
            # Somebody else amended, or the terms are not those asked for: one old row has just died, so no row is
            # added on this alone.
            self._want_list()
            return
        same = order.order_id == sent.old_id
        note = "MODIFIED, same order id" if same else "MODIFIED, new order id"
        sent.written()
        if not same:
            self.rows.pop(sent.old_id, None)
        self._delivery.answered(sent.command, Answer(Proof.ACCEPTED, text=note, order_id=order.order_id))
        self._show(order, replaces="" if same else sent.old_id)
        self.inflight.settle(sent)
        self.inflight.answered(sent, order)
        if not same:
            self.inflight.outlive(sent.old_id)

    def _unrecognised(self, order: Order, known: bool) -> None:
        text = f"QFEX reports order {order.order_id} as “{order.raw_status}”, which this ticket does not know."
        for sent in self.inflight.of(order.order_id):
            self._unanswered(sent, text)
        if known:
            self._show(order)
        self._reporter.notice(text)
        self._want_list()

    def _show(self, order: Order, *, replaces: str = "") -> None:
        """Pass an order on, unless something newer is known of it."""
        known = self.rows.get(order.order_id)
        if order.order_id in self._dead or (known is not None and _older(order, known)):
            return
        now = self._reporter.now()
        self._keep(order, now)
        self._reporter.order_seen(order, Source.PUSH, replaces=replaces)
        self._after(order)

    def _keep(self, order: Order, at: int) -> None:
        self._ids.add(order.order_id)
        if order.is_open:
            self.rows[order.order_id] = order
            self._pushed_at[order.order_id] = at
            self._watch((order.symbol,))
        else:
            self._dead[order.order_id] = at
            self.rows.pop(order.order_id, None)
            self._pushed_at.pop(order.order_id, None)

    def _after(self, order: Order) -> None:
        """Return what waited for this order: executions that came before it, and a cancel."""
        mine = [fill for fill in self._orphans if fill.order_id == order.order_id]
        if mine:
            self._orphans = [fill for fill in self._orphans if fill.order_id != order.order_id]
            for fill in mine:
                self._reporter.fill(fill, Source.PUSH)
        if not order.is_open:
            text = "" if order.status is OrderStatus.CANCELLED else "The order was filled before QFEX could cancel it."
            self.cancel_done(order.order_id, not text, text)

    # -- answers ---------------------------------------------------------------------------------------------------

    def _refused(self, order_id: str, status: str, row: Mapping[str, Any]) -> None:
        """A refusing status leaves the order as it was; it is an answer to us only under the id we sent.

        Every session of the account gets it, whoever was refused. So it counts for the one request of ours that waits,
        where nothing in it speaks against that; and for one whose terms it repeats. Where several of ours may be meant,
        or one that was given up, evidence has to tell.
        """
        now = self.rows.get(order_id)
        maybe, named = self.inflight.may_refuse(order_id, lambda command: bearing_of_reply(command, row, now))
        if maybe and status == answers.RATE_LIMITED_STATUS:
            self._limited()
        if len(maybe) == 1 and (named or maybe[0].waiting):
            self._refuse(maybe[0], status, answers.refusal_text(status))
            return
        self._doubt(maybe, status)
        if now is not None:
            self._want_list()  # it should rest unchanged, as far as any refusal tells

    def _refuse(self, sent: Sent, code: str, text: str) -> None:
        sent.written()
        self._delivery.answered(sent.command, Answer(Proof.REFUSED, code, text))
        self.inflight.refuse(sent)

    def _doubt(self, maybe: list[Sent], code: str) -> None:
        """A refusal of which nothing tells whether it is meant for one of these."""
        text = answers.doubt_text(code)
        for sent in maybe:
            if sent.waiting:
                self._unanswered(sent, f"{text} An earlier change of it has no answer either: which one is not told.")
            elif len(maybe) == 1 and not sent.hinted:
                sent.hinted = True
                self._reporter.notice(
                    f"Order {sent.old_id}: {text} Whether it is the one that got no answer in time is not told."
                )

    def _unanswered(self, sent: Sent, text: str) -> None:
        sent.written()
        if self.inflight.give_up(sent):
            self._delivery.answered(sent.command, Answer(Proof.UNKNOWN, text=text))

    def timed_out(self, sent: Sent, text: str) -> None:
        """No answer came in time, or none can come; it may have been applied."""
        self._unanswered(sent, text)

    def lost(self, text: str) -> None:
        """The connection ended: nothing that is outstanding will be answered on it."""
        self._strangers.clear()  # whatever ended meanwhile was not reported, so shape alone would prove nothing
        for sent in self.inflight.waiting():
            self._unanswered(sent, text)
        for order_id in list(self.cancels):
            self.cancel_done(order_id, False, f"{text} Whether the cancel arrived is not known.")

    def error(self, frame: ErrorFrame) -> None:
        """Take in an error frame; only its echo of the request tells whose it is."""
        if frame.code == answers.RATE_LIMITED:
            self._limited()
        if frame.request in (codec.CANCEL, codec.CANCEL_STOP):
            self.cancel_done(frame.order_id, False, answers.error_text(frame.code, frame.message))
            return
        if frame.request == codec.MODIFY:
            self._modify_error(frame)
            return
        self._reporter.notice(answers.error_text(frame.code, frame.message))
        if not frame.request:
            text = f"QFEX reported {frame.code} without saying for which request."
            for sent in self.inflight.waiting():
                self._unanswered(sent, text)

    def _modify_error(self, frame: ErrorFrame) -> None:
        """An error frame answers who asked, and what it echoes tells which request."""
        echo = frame.params
        maybe, _ = self.inflight.may_refuse(frame.order_id, lambda command: bearing_of_echo(command, echo))
        if not answers.meaning_of(frame.code).proof.is_refusal:
            for sent in maybe:
                self._unanswered(sent, f"QFEX answered {frame.code}, which does not tell whether the change was made.")
        elif len(maybe) == 1:
            self._refuse(maybe[0], frame.code, answers.error_text(frame.code, frame.message))
        else:
            self._doubt(maybe, frame.code)

    def receipt(self, receipt: Receipt) -> None:
        """Take in a plain receipt: for a stop order it is all the answer a cancel may get."""
        order_id = text_of(receipt.params, "stop_order_id")
        if receipt.request == codec.CANCEL_STOP and order_id:
            self.cancel_done(order_id, True, "")

    def _cancel_refused(self, order_id: str) -> None:
        if order_id in self.cancels:
            text = (
                f"QFEX finds no order {order_id} to cancel; it has ended, or an amendment has given it a new id. "
                "The list is being read again."
            )
            self.cancel_done(order_id, False, text)
            self._want_list()

    def cancel_done(self, order_id: str, taken: bool, text: str) -> None:
        """Answer a cancel, if one is outstanding."""
        done = self.cancels.pop(order_id, None)
        if done is not None:
            done(taken, text)

    # -- lists and executions --------------------------------------------------------------------------------------

    def listed(self, rows: Iterable[Mapping[str, Any]], asked_at: int) -> dict[str, Order]:
        """Take in a whole list of open orders and report it.

        Returns:
            The orders by id. A row that cannot be read is told and makes the list incomplete.
        """
        orders, complete = self._read(rows)
        if complete:
            self._follow(orders, asked_at)
            # What was pushed after the list was asked for is newer than the list.
            gone = [each for each in self.rows if each not in orders and self._pushed_at.get(each, 0) < asked_at]
            for order_id in gone:
                del self.rows[order_id]
                self._pushed_at.pop(order_id, None)
        for order in orders.values():
            known = self.rows.get(order.order_id)
            if known is None or not _older(order, known):
                self.rows[order.order_id] = order
            self._ids.add(order.order_id)
            self._revive(order.order_id, asked_at)
        self._watch({order.symbol for order in orders.values()})
        self._reporter.open_orders(orders.values(), asked_at, complete=complete)
        for order in orders.values():
            self._after(order)
        return orders

    def looked_up(self, order: Order, rows: Iterable[Mapping[str, Any]], asked_at: int) -> bool:
        """Report what a list says of one order: the order itself, and orders nobody knew, which may be its new form.

        Returns:
            Whether the list settles what became of it.

        Raises:
            Malformed: if a row cannot be read, for then nothing is proven.
        """
        orders, complete = self._read(rows)
        if not complete:
            raise Malformed("the list of open orders has a row that cannot be read")
        replaced = self._follow(orders, asked_at)
        for seen in orders.values():
            if seen.order_id == order.order_id or seen.order_id not in self._ids:
                self._looked(seen, asked_at)
        return order.order_id in orders or order.order_id in replaced

    def _follow(self, orders: Mapping[str, Order], asked_at: int) -> Mapping[str, Order]:
        """Find in a whole list what replaced what: amendments of other sessions, and ours with other terms than asked.

        Returns:
            The new orders by the id each replaced.
        """
        for order in orders.values():
            if order.order_id not in self._ids:
                self.inflight.shown(order)
        strangers = [order for order_id, order in orders.items() if self._is_strange(order_id)]
        self._strangers = {order_id: at for order_id, at in self._strangers.items() if at >= asked_at}
        gone = [
            order
            for order_id, order in self.rows.items()
            if order_id not in orders
            and self._pushed_at.get(order_id, 0) < asked_at
            and not any(sent.tentative for sent in self.inflight.of(order_id))
        ]
        replaced = successors(gone, strangers)
        for old_id, order in replaced.items():
            self._looked(order, asked_at, replaces=old_id)
            self.rows.pop(old_id, None)
        return replaced

    def _is_strange(self, order_id: str) -> bool:
        """Whether an order is the result of an amendment that is not known to be ours, or was taken for refused."""
        return order_id in self._strangers or any(sent.refused for sent in self.inflight.shown_as(order_id))

    def _looked(self, seen: Order, asked_at: int, replaces: str = "") -> None:
        known = self.rows.get(seen.order_id)
        if known is None or not _older(seen, known):
            self.rows[seen.order_id] = seen
        self._ids.add(seen.order_id)
        self._revive(seen.order_id, asked_at)
        self._watch((seen.symbol,))
        self._reporter.order_seen(seen, Source.LOOKUP, asked_at=asked_at, replaces=replaces)
        self._after(seen)

    def _revive(self, order_id: str, asked_at: int) -> None:
        """Being listed is being alive: the word of an end was wrong if the list was asked for after it."""
        if self._dead.get(order_id, asked_at) < asked_at:
            del self._dead[order_id]

    def _read(self, rows: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Order], bool]:
        orders: dict[str, Order] = {}
        complete = True
        for row in rows:
            try:
                if maybe_number(row.get("quantity_remaining")) == ZERO:
                    continue  # being listed with nothing left is not being open
                order = read_order(row, self._reporter.account, self.rows.get(text_of(row, "order_id")), listed=True)
            except (Malformed, JsonError) as error:
                complete = False
                self._reporter.notice(f"QFEX listed an order that cannot be read: {error}.")
                continue
            orders[order.order_id] = order
        return orders, complete

    def fill(self, row: Mapping[str, Any], source: Source = Source.PUSH) -> Fill:
        """Take in one execution; one of an order that is not known yet waits for it.

        Raises:
            Malformed: if it cannot be read.
        """
        now = self._reporter.now()
        fill = fill_of(row, self._reporter.account, self.currency, now)
        if fill.order_id in self._ids:
            self._reporter.fill(fill, source)
        else:
            self._orphans = [*self._orphans[-_KEPT_FILLS + 1 :], fill]
        return fill


def _older(order: Order, known: Order) -> bool:
    """Return True if this message is older than what is known: by QFEX's time, else by what was filled already."""
    if order.updated_at is not None and known.updated_at is not None and order.updated_at != known.updated_at:
        return order.updated_at < known.updated_at
    return order.is_open and order.filled < known.filled

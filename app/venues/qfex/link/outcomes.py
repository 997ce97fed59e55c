"""Outcomes of requests told by the trade socket: whose a refusal or an error frame is, and what never gets an answer.

Replies carry no request id. An answer is placed by the order it names and by the terms it repeats; where several
requests of ours may be meant, evidence has to tell. Cancels wait here for theirs. It does no I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.domain.order import Order
from app.venues.common.delivery import Delivery
from app.venues.common.failures import Answer, Proof
from app.venues.common.reporter import Reporter
from app.venues.qfex.rules.inflight import Sent
from app.venues.qfex.rules.judge import match_echo, match_reply
from app.venues.qfex.rules.known import KnownOrders
from app.venues.qfex.wire import answers, codec
from app.venues.qfex.wire import vocabulary as words
from app.venues.qfex.wire.codec import ErrorFrame, Receipt
from app.venues.qfex.wire.values import text_of

#: Called with the outcome of a cancel: whether it was taken, and one sentence if not.
CancelDone = Callable[[bool, str], None]


class Outcomes:
    """Places the answers to what one account sent.

    Attributes:
        cancels: called with the answer to a cancel, by order id.
        stops: ids of the stop orders among them.
        limited: to be called when QFEX says that we were too fast.
    """

    def __init__(
        self,
        orders: KnownOrders,
        reporter: Reporter,
        delivery: Delivery,
        *,
        want_list: Callable[[], None],
        limited: Callable[[float], None],
    ) -> None:
        """Wait for nothing yet.

        Args:
            orders: what is known of every order, and the amendments under way.
            reporter: tells what nobody's answer is.
            delivery: tells the answers to amendments.
            want_list: asks for the list of open orders soon.
            limited: called when QFEX says that we were too fast, with the seconds it named, 0.0 for none.
        """
        self.cancels: dict[str, CancelDone] = {}
        self.stops: set[str] = set()
        self._orders = orders
        self._reporter = reporter
        self._delivery = delivery
        self._want_list = want_list
        self.limited = limited

    def refused(self, order_id: str, status: str, row: Mapping[str, Any]) -> None:
        """Place a refusing status: it leaves the order as it was, and answers us only under the id we sent.

        Every session of the account gets it, whoever was refused. So it is the answer to the one request of ours whose
        terms it repeats, if it came after QFEX had held that request for as long as it holds every amendment. One that
        repeats nothing, or came before, is held: it touches nothing while an answer may still come, and is taken for
        the answer once a list asked for after that shows the order as it was (`citations.REFUSALS`). Where several of
        ours may be meant, or one that was given up, evidence has to tell.
        """
        now = self._orders.rows.get(order_id)
        maybe, named = self._orders.inflight.may_refuse(order_id, lambda command: match_reply(command, row, now))
        answer = answers.refusal(status)
        if maybe and answer.proof is Proof.LIMITED:
            self.limited(0.0)
        if len(maybe) == 1 and named and self._reporter.now() >= maybe[0].not_before:
            self._refuse(maybe[0], answer)
            return
        if len(maybe) == 1 and (named or maybe[0].waiting):
            maybe[0].held = answer
        elif not maybe:
            self._answered_already(order_id, row, now, answer)
        else:
            self._doubt(maybe, status)
        if now is not None:
            self._want_list()  # it should rest unchanged, as far as any refusal tells

    def listed(self, orders: Mapping[str, Order], asked_at: int) -> None:
        """Take what a list shows unchanged for refused, where a refusal was held that may be the answer."""
        for sent, answer in self._orders.inflight.unchanged(orders, asked_at):
            self._refuse(sent, answer)

    def _answered_already(self, order_id: str, row: Mapping[str, Any], now: Order | None, answer: Answer) -> None:
        """Tell a refusal that came after another answer to the same request: every answer stands on its ladder."""
        sent = self._orders.inflight.refused_beside(order_id, lambda command: match_reply(command, row, now))
        if sent is not None:
            self._refuse(sent, answer)

    def _refuse(self, sent: Sent, answer: Answer) -> None:
        sent.written()
        self._delivery.answered(sent.command, answer)
        self._orders.inflight.refuse(sent)

    def _doubt(self, maybe: list[Sent], code: str) -> None:
        """Take a refusal of which nothing tells whether it is meant for one of these."""
        text = answers.doubt_text(code)
        for sent in maybe:
            if sent.waiting:
                self.unanswered(sent, f"{text} An earlier change of it has no answer either: which one is not told.")
            elif len(maybe) == 1 and not sent.hinted:
                sent.hinted = True
                self._reporter.notice(
                    f"Order {sent.old_id}: {text} Whether it is the one that got no answer in time is not told."
                )

    def unanswered(self, sent: Sent, text: str) -> None:
        """Tell, once, that no answer came in time, or none can come; it may have been applied."""
        sent.written()
        if self._orders.inflight.give_up(sent):
            if sent.held is not None:
                text = f"{text} {answers.doubt_text(sent.held.code)} Whether it is this one, a list has to tell."
            self._delivery.answered(sent.command, Answer(Proof.UNKNOWN, text=text))

    def lost(self, text: str) -> None:
        """Take in that the connection ended: nothing that is outstanding will be answered on it."""
        for sent in self._orders.inflight.waiting():
            self.unanswered(sent, text)
        self._orders.lost()
        for order_id in list(self.cancels):
            self.cancel_done(order_id, False, f"{text} Whether the cancel arrived is not known.")

    def error(self, frame: ErrorFrame) -> None:
        """Take in an error frame; only its echo of the request tells whose it is."""
        answer = answers.error(frame.code, frame.message)
        if answer.proof is Proof.LIMITED:
            self.limited(0.0)
        if frame.request in (codec.CANCEL, codec.CANCEL_STOP):
            self.cancel_done(frame.order_id, False, answers.error_text(frame.code, frame.message))
            return
        if frame.request == words.MODIFY:
            self._modify_error(frame, answer)
            return
        self._reporter.notice(answers.error_text(frame.code, frame.message))
        if not frame.request:
            text = f"QFEX reported {frame.code} without saying for which request."
            for sent in self._orders.inflight.waiting():
                self.unanswered(sent, text)

    def _modify_error(self, frame: ErrorFrame, answer: Answer) -> None:
        """Take an error frame for the answer to the request that it echoes."""
        maybe, _ = self._orders.inflight.may_refuse(frame.order_id, lambda command: match_echo(command, frame.params))
        if not answer.proof.is_refusal:
            for sent in maybe:
                self.unanswered(sent, answer.text)
        elif len(maybe) == 1:
            self._refuse(maybe[0], answer)
        elif maybe:
            self._doubt(maybe, frame.code)
        else:
            beside = self._orders.inflight.refused_beside(
                frame.order_id, lambda command: match_echo(command, frame.params)
            )
            if beside is not None:
                self._refuse(beside, answer)

    def receipt(self, receipt: Receipt) -> None:
        """Take in a plain receipt: for a stop order it is all the answer a cancel may get.

        One that does not say whose it is belongs to the only cancel of a stop order there is; of several, to none.
        """
        if receipt.request not in ("", codec.CANCEL_STOP):
            return
        order_id = text_of(receipt.params, "stop_order_id", "order_id")
        if not order_id and len(self.stops) == 1:
            (order_id,) = self.stops
        if order_id and (receipt.request == codec.CANCEL_STOP or order_id in self.stops):
            text = "" if receipt.taken else f"QFEX did not cancel stop order {order_id}: {receipt.text or 'no reason'}."
            self.cancel_done(order_id, receipt.taken, text)
            self._want_list()

    def stop_told(self, row: Mapping[str, Any]) -> None:
        """Take in a stop order that QFEX tells of: the answer to its cancel; the list shows what became of it."""
        order_id, status = text_of(row, "stop_order_id", "order_id"), text_of(row, "status")
        if status == words.NO_SUCH_ORDER:
            self.cancel_refused(order_id)
        elif status in answers.REFUSALS:
            self.cancel_done(order_id, False, answers.cancel_refusal(status))
        elif order_id in self.stops:
            self.cancel_done(order_id, True, "")
        self._want_list()

    def cancel_refused(self, order_id: str) -> None:
        """Take in that QFEX has no order of this id: it answers a cancel of ours, or one of another session."""
        if order_id in self.cancels:
            text = (
                f"QFEX finds no order {order_id} to cancel; it has ended, or an amendment has given it a new id. "
                "The list is being read again."
            )
            self.cancel_done(order_id, False, text)
            self._want_list()

    def cancel_done(self, order_id: str, taken: bool, text: str) -> None:
        """Answer a cancel, if one is outstanding."""
        self.stops.discard(order_id)
        done = self.cancels.pop(order_id, None)
        if done is not None:
            done(taken, text)

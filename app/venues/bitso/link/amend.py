"""One amendment on its way: checked against a fresh reading, sent once, and told for what it is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from app.domain import events as ev
from app.domain.amendment import Command, Source
from app.domain.order import Order
from app.domain.ports import Clock
from app.venues.bitso.link.listener import Reader
from app.venues.bitso.link.rest import Session
from app.venues.bitso.wire.answers import Meaning, cancels_by_flag
from app.venues.bitso.wire.codec import ErrorReply, Malformed, modified_id
from app.venues.transport.clock import SECOND
from app.venues.transport.failures import NotSent, Unanswered
from app.venues.transport.messages import Request, Response


class Attempt:
    """The sending of one amendment; use it once.

    Attributes:
        new_id: the id of the reply where it is another than the order's, else "".
        is_gone: whether the order turned out to have ended.
        is_void: whether it was not made, for certain: it never left, or Bitso refused it.
    """

    def __init__(
        self,
        session: Session,
        reader: Reader,
        account: str,
        sink: Callable[[ev.Event], None],
        clock: Clock,
        command: Command,
    ) -> None:
        """Args: as the connector has them; command: what to send."""
        self._session = session
        self._reader = reader
        self._account = account
        self._sink = sink
        self._clock = clock
        self._command = command
        self._written = False
        self._told = False
        self.new_id = ""
        self.is_gone = False
        self.is_void = False

    async def run(self, *, reread: bool) -> None:
        """Wait for the rate limit, read the order again where asked to, send, and tell the outcome.

        Args:
            reread: whether the order was last seen too long ago to trust.
        """
        wait = self._session.private.reserve()
        if wait > 0:
            until = self._clock.now() + round(wait * SECOND)
            self._sink(ev.AmendmentQueued(self._account, self._clock.now(), self._command.amendment_id, until))
            await self._session.private.wait(wait)
        if (reread or wait > 0) and not await self._is_as_seen():
            return
        try:
            request = self._session.calls.modify(self._command.order.order_id, self._command.fields)
        except ValueError as error:
            self.unsent(f"The request cannot be made: {error}")
            return
        await self._send(request)

    def interrupted(self) -> None:
        """The program is ending: say what is known of an amendment that was still under way."""
        if self._told:
            return
        if self._written:
            self._unanswered("The ticket was closed before Bitso answered.")
        else:
            self.unsent("The ticket was closed before it left.")

    def unsent(self, text: str) -> None:
        """Nothing left, for certain."""
        self._told = self.is_void = True
        self._sink(ev.AmendmentUnsent(self._account, self._clock.now(), self._command.amendment_id, text))

    async def _is_as_seen(self) -> bool:
        """Read the order again: Bitso's request carries no version, so an order that moved must stop us here."""
        order = self._command.order
        try:
            seen, answer = await self._reader.one(order.order_id)
        except (NotSent, Unanswered, ErrorReply, Malformed) as error:
            self.unsent(f"The order could not be read again before sending: {error}")
            return False
        if seen is None or answer is None:
            self.is_gone = True
            self.unsent("Bitso no longer shows the order as open; nothing was sent.")
            return False
        now = self._clock.now()
        self._sink(ev.OrderSeen(self._account, now, seen, Source.LOOKUP, asked_at=answer.asked_at))
        if terms(seen) != terms(order):
            self.unsent("The order changed at Bitso since you looked; nothing was sent, look at it again.")
            return False
        return True

    async def _send(self, unsigned: Request) -> None:
        def written() -> None:
            self._written = True
            digest = hashlib.sha256(unsigned.body).hexdigest()
            command_id = self._command.amendment_id
            event = ev.AmendmentWritten(self._account, self._clock.now(), command_id, len(unsigned.body), digest)
            self._sink(event)

        command_id = self._command.amendment_id
        try:
            signed = self._session.sign(unsigned)
            reply = await self._session.http.send(signed, amendment_id=command_id, on_written=written)
        except NotSent as error:
            self.unsent(str(error))
        except Unanswered as error:
            self._unanswered(str(error))
        else:
            self._answered(reply)

    def _answered(self, reply: Response) -> None:
        command_id, order_id = self._command.amendment_id, self._command.order.order_id
        try:
            taken_id = modified_id(self._session.answer(reply).payload)
        except Malformed as error:
            self._unanswered(str(error))
            return
        except ErrorReply as error:
            self._refused(error)
            return
        note = "accepted"
        if taken_id != order_id:
            self.new_id = taken_id
            note = f"accepted under the new order id {taken_id}"
        self._told = True
        self._sink(ev.AmendmentAcknowledged(self._account, self._clock.now(), command_id, taken_id, note))

    def _refused(self, error: ErrorReply) -> None:
        if error.meaning in (Meaning.UNKNOWN, Meaning.PENDING):
            self._unanswered(str(error))
            return
        self._told = self.is_void = True
        flagged = ("cancel", "1") in self._command.fields and error.meaning is Meaning.REFUSED
        self._sink(
            ev.AmendmentRefused(
                self._account,
                self._clock.now(),
                self._command.amendment_id,
                error.code,
                str(error),
                order_gone=error.meaning is Meaning.GONE,
                order_cancelled=flagged and cancels_by_flag(error.code),
            )
        )

    def _unanswered(self, text: str) -> None:
        self._told = True
        self._sink(ev.AmendmentUnanswered(self._account, self._clock.now(), self._command.amendment_id, text))


def terms(order: Order) -> tuple[object, ...]:
    """What must not have moved between looking and sending."""
    return (order.status, order.price, order.quantity, order.filled, order.value, order.stop, order.triggered)

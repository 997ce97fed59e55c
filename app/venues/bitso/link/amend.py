"""Amending and cancelling over REST: the one amend call that a delivery carries, and what is read after it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from app.domain.amendment import Command, Source
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from app.domain.order import Order
from app.domain.plausible import why_implausible
from app.domain.terms import changed_terms
from app.venues.bitso.link.listener import Listener
from app.venues.bitso.link.look_up import NO_ANSWER, LookUp
from app.venues.bitso.link.rest import Rest
from app.venues.bitso.rules.asked import restored, restored_text
from app.venues.bitso.wire import vocabulary as words
from app.venues.bitso.wire.answers import answer_to_error, answer_to_modification, cancelled_ids
from app.venues.common.delivery import Delivery
from app.venues.common.failures import Answer, Malformed, Proof, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.transport.failures import NotSent, Unanswered
from app.venues.transport.messages import Request

#: An order last seen longer ago than this is read again before an amendment leaves.
FRESH = SECOND

_GONE = "Bitso no longer shows the order as open; nothing was sent."


class Amender:
    """The writes of one account; the `Channel` of its delivery.

    Attributes:
        limiter: the account's budget.
    """

    def __init__(
        self,
        rest: Rest,
        listener: Listener,
        look_up: LookUp,
        reporter: Reporter,
        *,
        rereads: bool,
        read_all: Callable[[], Awaitable[object]],
    ) -> None:
        """Start with nothing in flight.

        Args:
            rest: towards the venue.
            listener: knows the listed orders, and when each was last seen.
            look_up: reads one order.
            reporter: tells what becomes of a write.
            rereads: an order last seen too long ago is read again before an amendment leaves. One whose amount would
                be sent along unchanged is read again in any case.
            read_all: lists open orders and balances, where that makes nobody wait.
        """
        self.limiter = rest.private
        self._rest = rest
        self._listener = listener
        self._look_up = look_up
        self._reporter = reporter
        self._rereads = rereads
        self._read_all = read_all
        self._delivery = Delivery(reporter, words.TITLE)
        self._answering: dict[str, asyncio.Event] = {}
        # By new id: the order as it was before.
        self._renamed: dict[str, Order] = {}
        # By amendment: why an order that was looked at may not be amended, "" where it may; the id it goes on under.
        self._looked_at: dict[str, str] = {}
        self._new_ids: dict[str, str] = {}

    # -- amending --------------------------------------------------------------------------------------------------

    async def amend(self, command: Command) -> None:
        """Send one amendment once, and read what became of the order."""
        await self._delivery.send([command], self)
        objection = self._looked_at.pop(command.amendment_id, None)
        if objection == _GONE:
            await self._look_up.look_up(command.order)
            return
        if new_id := self._new_ids.pop(command.amendment_id, ""):
            await self._follow(new_id)
        if objection is not None and self._reporter.is_live:
            # The reply says nothing of the terms; this list, asked for after it, and the balances with it do.
            await self._read_all()

    def obstacle(self, command: Command) -> str:
        """Return what stands against sending now, "" where nothing does."""
        link = self._reporter.link
        return "" if link is LinkState.UP else f"The connection to Bitso is {link.value}; nothing was sent."

    async def check(self, command: Command, *, waited: bool) -> str:
        """Return one sentence on why the order is not the one the person saw, "" where it is.

        Bitso's request carries no version, so an order that moved must stop us here. It is read again where it was last
        seen too long ago, or where the amendment waited.
        """
        self._looked_at[command.amendment_id] = ""
        order = command.order
        is_old = self._reporter.now() - self._listener.seen_at.get(order.order_id, 0) > FRESH
        # What goes along unchanged would undo a change of it made elsewhere since.
        must = waited or restored(command.fields, order) is not None or (self._rereads and is_old)
        text = await self._moved(order) if must else ""
        self._looked_at[command.amendment_id] = text
        return text

    async def _moved(self, order: Order) -> str:
        try:
            reading = await self._look_up.fetch(order.order_id)
        except NO_ANSWER as error:
            return f"The order could not be read again before sending: {error}"
        if reading is None:
            return _GONE
        seen, asked_at = reading
        self._reporter.order_seen(seen, Source.LOOKUP, asked_at=asked_at)
        if other := why_implausible(seen, order):
            return f"Bitso shows another order under this id ({other}); nothing was sent."
        if changed_terms(order, seen) or _state(order) != _state(seen):
            return "The order changed at Bitso since you looked; nothing was sent, look at it again."
        return ""

    def encode(self, commands: Sequence[Command]) -> Request:
        """Make the request.

        Raises:
            Malformed: if its fields make none, or its order id could be read as another one.
        """
        (command,) = commands
        try:
            return self._rest.endpoints.modify(command.order.order_id, command.fields)
        except Malformed:
            raise
        except ValueError as error:
            raise Malformed(f"The request cannot be made: {error}") from error

    async def transmit(
        self, request: Request, commands: Sequence[Command], written: Callable[[bytes], None]
    ) -> Sequence[Answer]:
        """Send a modification once and return the answer to it.

        Raises:
            NotSent: nothing left. Unanswered: it may have left and no whole answer came.
        """
        (command,) = commands
        order_id = command.order.order_id
        answering = self._answering[order_id] = asyncio.Event()
        self._look_up.sent(command)
        try:
            answer = await self._answer(request, command, written)
        except NotSent:
            self._look_up.void(command)
            raise
        finally:
            del self._answering[order_id]
            answering.set()
        if answer.proof.is_refusal:
            self._look_up.void(command)
        elif answer.order_id not in ("", order_id):
            self._renamed[answer.order_id] = command.order
            self._new_ids[command.amendment_id] = answer.order_id
        return (answer,)

    async def _answer(self, request: Request, command: Command, written: Callable[[bytes], None]) -> Answer:
        order_id = command.order.order_id
        try:
            reply = await self._rest.write(request, amendment_id=command.amendment_id, on_written=written)
            answer = answer_to_modification(reply.payload, order_id)
        except Malformed as error:
            return Answer(Proof.UNKNOWN, text=str(error))
        except ReadFailed as error:
            self._look_up.said_ended(order_id, error.code)
            return answer_to_error(error)
        if answer.order_id != order_id and answer.order_id in self._listener.orders:
            text = (
                f"Bitso answered with the id of another order, {answer.order_id}; which one was changed is looked up."
            )
            return Answer(Proof.UNKNOWN, text=text)
        amount = restored(command.fields, command.order)
        return answer if amount is None else replace(answer, text=f"{answer.text}; {restored_text(amount)}")

    # -- orders under a new id -------------------------------------------------------------------------------------

    async def wait_for_renames(self, orders: Mapping[str, Order]) -> None:
        """Let a list that lacks an order being amended and has an unknown one wait for that amendment's reply.

        The reply may give the order a new id; told before it, the new id would look like another order.
        """
        while orders.keys() - self._listener.orders.keys() - self._renamed.keys():
            absent = [done for order_id, done in self._answering.items() if order_id not in orders]
            if not absent:
                return
            await absent[0].wait()

    def report_renamed(self, orders: Mapping[str, Order], asked_at: int) -> None:
        """Report those of these orders that go on under a new id, once."""
        for order_id in [order_id for order_id in orders if order_id in self._renamed]:
            before, order = self._renamed.pop(order_id), orders[order_id]
            if (order.symbol, order.side) != (before.symbol, before.side):
                text = f"Bitso named {order_id} as what order {before.order_id} goes on as, and it is another order."
                self._reporter.notice(text)
                continue
            self._reporter.order_seen(order, Source.LOOKUP, asked_at=asked_at, replaces=before.order_id)

    async def _follow(self, order_id: str) -> None:
        """Show an order under its new id at once; if that fails, the next list does it."""
        try:
            reading = await self._look_up.fetch(order_id)
        except NO_ANSWER:
            return
        if reading is not None:
            order, asked_at = reading
            self.report_renamed({order_id: order}, asked_at)

    # -- cancelling ------------------------------------------------------------------------------------------------

    async def cancel(self, order: Order) -> None:
        """Ask Bitso to cancel, once; cancels do not count against its rate limit, so they never wait."""
        taken, text = False, ""
        try:
            request = self._rest.endpoints.cancel(order.order_id)
        except Malformed as error:
            self._reporter.cancel_answered(order.order_id, False, f"Nothing was sent: {error}")
            return
        self._look_up.awaited(order.order_id)
        try:
            reply = await self._rest.write(request)
            taken = order.order_id in cancelled_ids(reply.payload)
            if not taken:
                text = "Bitso had no such open order to cancel; it is looked up now."
        except (Unanswered, Malformed) as error:
            text = f"{error} Whether it was cancelled is looked up now."
        except (NotSent, ReadFailed) as error:
            text = str(error)
        self._reporter.cancel_answered(order.order_id, taken, text)
        if taken:
            self._look_up.hint_end(order.order_id, words.CANCELLED, self._reporter.now())
        await self._look_up.look_up(order)


def _state(order: Order) -> tuple[object, ...]:
    """Return what must not have moved between looking and sending, beside the terms."""
    return (order.status, order.filled, order.triggered)

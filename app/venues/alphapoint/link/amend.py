"""Amending over the socket: the frame that a delivery carries, and the answers that come late or twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from app.domain.amendment import Command
from app.domain.order import Order
from app.venues.alphapoint.link.listener import Listener
from app.venues.alphapoint.link.look_up import Found
from app.venues.alphapoint.link.socket import Garbled, GatewaySocket
from app.venues.alphapoint.rules.judge import changed_since
from app.venues.alphapoint.wire.answers import read_answer, why_not_ours
from app.venues.alphapoint.wire.codec import Frame, GatewaySession, amend_frame, amend_sequence
from app.venues.alphapoint.wire.vocabulary import CANCEL_REPLACE, MODIFY_ORDER, REPLACE, TITLE
from app.venues.common.delivery import Delivery
from app.venues.common.failures import Answer, Malformed, Proof, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.transport.failures import NotSent, Unanswered
from app.venues.transport.limiter import Limiter
from app.venues.transport.socket import Broken

#: An order shown this many seconds ago need not be read again before an amendment of it leaves.
FRESH = 1.0


class Amender:
    """The amendments of one account; a `Channel` of the delivery."""

    def __init__(
        self,
        socket: GatewaySocket,
        listener: Listener,
        limiter: Limiter,
        reporter: Reporter,
        read: Callable[[Order], Awaitable[Found | None]] | None,
        slow_down: Callable[[float], None],
    ) -> None:
        """Start with nothing in flight.

        Args:
            socket: towards the venue.
            listener: knows what was last shown of an order, and follows replacements.
            limiter: budget of everything but cancels.
            reporter: tells what becomes of an amendment.
            read: reads an order once more right before sending; None trusts what was pushed.
            slow_down: told for how many seconds the venue wants no more requests.
        """
        self.limiter = limiter
        self._socket = socket
        self._listener = listener
        self._read = read
        self._slow_down = slow_down
        self._delivery = Delivery(reporter, TITLE)

    async def amend(self, command: Command) -> None:
        """Send one amendment exactly once."""
        await self._delivery.send([command], self)

    def obstacle(self, command: Command) -> str:
        """Return what stands against sending now, "" where nothing does."""
        if self._socket.session is not None and self._socket.ready and self._socket.is_synchronised:
            return ""
        return f"The connection to {TITLE} is down; send again when it is up."

    async def check(self, command: Command, *, waited: bool) -> str:
        """Return why the order is not the one the person saw, "" where it is: the venue does not check that."""
        base = command.order
        now = self._listener.fresh(base.order_id, FRESH)
        if now is None:
            if self._read is None:
                return ""
            try:
                found = await self._read(base)
            except (ReadFailed, Malformed) as error:
                return str(error)
            if found is None:
                return f"{TITLE} does not find order {base.order_id} any more."
            self._listener.show(found.order, found.source, found.asked_at)
            now = found.order
        changed = changed_since(base, now)
        return (
            f"The order changed at the venue just before sending: {changed}. Read it and send again." if changed else ""
        )

    def encode(self, commands: Sequence[Command]) -> str:
        """Make the frame.

        Raises:
            Malformed: if the order cannot be named to the venue, or there is no session any more.
        """
        (command,) = commands
        session: GatewaySession | None = self._socket.session
        if session is None:
            raise Malformed(f"The connection to {TITLE} is down; send again when it is up.")
        return amend_frame(command, session)

    async def transmit(
        self, request: str, commands: Sequence[Command], written: Callable[[bytes], None]
    ) -> Sequence[Answer]:
        """Send the frame once and wait for its answer.

        Raises:
            NotSent: nothing left. Unanswered: it may have left; an answer that comes late is told all the same.
        """
        (command,) = commands
        sequence, calls, legs = amend_sequence(command.request_id), self._socket.calls, self._listener.legs
        replaces = command.route == REPLACE
        self._listener.amending(command.order.order_id)
        if replaces:
            legs.began(command, self._listener.now(), self._listener.newest)
        future = calls.expect(sequence)
        calls.on_repeat(sequence, lambda frame: self._repeated(command, frame))
        try:
            await self._socket.send(request, CANCEL_REPLACE if replaces else MODIFY_ORDER, command.amendment_id)
        except NotSent:
            calls.forget(sequence)
            legs.dropped(command)
            raise
        except Broken as error:
            calls.forget(sequence)
            raise Unanswered(f"the connection broke while it was being sent ({error})") from error
        written(request.encode("utf-8"))
        try:
            done, _ = await asyncio.wait({future}, timeout=self._socket.patience)
        except asyncio.CancelledError:
            calls.forget(sequence)
            raise
        if done:
            return (self._answer(command, future),)
        # An answer that comes late is still the venue's word.
        future.add_done_callback(lambda late: self._late(command, late))
        raise Unanswered(f"{TITLE} gave no answer within {self._socket.patience:g} s.")

    def _answer(self, command: Command, future: asyncio.Future[Frame]) -> Answer:
        if future.cancelled():
            raise Unanswered(f"the connection to {TITLE} was replaced before an answer came.")
        if (error := future.exception()) is not None:
            raise Unanswered(str(error))
        return self._read_answer(command, future.result())

    def _read_answer(self, command: Command, frame: Frame) -> Answer:
        """Read a reply with our number; one that speaks of another request proves nothing of ours."""
        if why := why_not_ours(command, frame):
            return Answer(Proof.UNKNOWN, "", f"{TITLE} answered with our number, but {why}.")
        answer = read_answer(frame)
        if answer.pause:
            self._slow_down(answer.pause)
        if answer.proof is Proof.ACCEPTED and answer.order_id:
            self._listener.legs.answered(command, answer.order_id)
        elif answer.proof.is_refusal:
            self._listener.legs.dropped(command)
        return replace(answer, pause=0.0)

    def _late(self, command: Command, future: asyncio.Future[Frame]) -> None:
        """Tell an answer that came after the waiting, whatever it says."""
        error = None if future.cancelled() else future.exception()
        if future.cancelled() or (error is not None and not isinstance(error, Garbled)):
            return  # the connection ended, and no answer came
        try:
            answer = self._answer(command, future)
        except Unanswered as unreadable:
            answer = Answer(Proof.UNKNOWN, "", str(unreadable))
        self._delivery.answered(command, answer)

    def _repeated(self, command: Command, frame: Frame) -> None:
        """Tell an answer that the venue gave once more: it changes nothing, and the ladder counts it."""
        self._delivery.answered(command, self._read_answer(command, frame))

"""Sending one amendment exactly once, and telling what is known of it: unsent, received, refused or unknown."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

from app.domain import events as ev
from app.domain.amendment import Command
from app.domain.order import Order
from app.domain.ports import Clock
from app.venues.alphapoint.link.calls import NoAnswer
from app.venues.alphapoint.link.listener import Feed
from app.venues.alphapoint.link.look_up import Found
from app.venues.alphapoint.link.socket import Wire
from app.venues.alphapoint.rules.judge import changed_since
from app.venues.alphapoint.wire.answers import TITLE, Meaning, read_answer
from app.venues.alphapoint.wire.codec import (
    CANCEL_REPLACE,
    MODIFY_ORDER,
    REPLACE,
    Frame,
    Malformed,
    Session,
    amend_frame,
    amend_sequence,
)
from app.venues.transport.failures import NotSent
from app.venues.transport.limiter import Limiter
from app.venues.transport.socket import Broken

SECOND = 1_000_000_000

#: An order shown this many seconds ago need not be read again before an amendment of it leaves.
FRESH = 1.0

#: Pause after the venue said that there were too many requests, in seconds.
PAUSE = 10.0


class Amender:
    """The way of an amendment from the command to the venue's answer. Nothing is ever sent twice."""

    def __init__(
        self,
        account: str,
        sink: Callable[[ev.Event], None],
        clock: Clock,
        wire: Wire,
        feed: Feed,
        limiter: Limiter,
        read: Callable[[Order], Awaitable[Found | None]] | None,
    ) -> None:
        """Args: read: reads an order once more right before sending; None trusts what was pushed."""
        self._account = account
        self._sink = sink
        self._clock = clock
        self._wire = wire
        self._feed = feed
        self._limiter = limiter
        self._read = read
        self._outstanding: set[str] = set()

    async def amend(self, command: Command) -> None:
        """Check, write once, and report the answer."""
        order_id = command.order.order_id
        if order_id in self._outstanding:
            # The desk sends one at a time; two replacements of one order would leave two orders.
            self._unsent(command, f"An amendment of order {order_id} is under way at {TITLE}; wait for its outcome.")
            return
        self._outstanding.add(order_id)
        try:
            await self._amend(command)
        finally:
            self._outstanding.discard(order_id)

    async def _amend(self, command: Command) -> None:
        try:
            await self._pace(command)
            await self._check(command.order)
            frame = amend_frame(command, self._session())
        except (NoAnswer, Malformed) as error:
            self._unsent(command, str(error))
            return
        await self._write(command, frame)

    def _unsent(self, command: Command, text: str) -> None:
        self._sink(ev.AmendmentUnsent(self._account, self._clock.now(), command.amendment_id, text))

    def _session(self) -> Session:
        if self._wire.session is None or not self._wire.ready:
            raise NoAnswer(f"The connection to {TITLE} is down; send again when it is up.")
        return self._wire.session

    async def _pace(self, command: Command) -> None:
        self._session()
        wait = self._limiter.reserve()
        if wait > 0:
            now = self._clock.now()
            until = now + int(wait * SECOND)
            self._sink(ev.AmendmentQueued(self._account, now, command.amendment_id, until))
            await self._limiter.wait(wait)

    async def _check(self, base: Order) -> None:
        """The venue does not check that the order is still the one the person saw, so it is done here.

        Raises:
            NoAnswer: it is not, or that cannot be told; nothing has left.
        """
        now = self._feed.fresh(base.order_id, FRESH)
        if now is None:
            if self._read is None:
                return
            found = await self._read(base)
            if found is None:
                raise NoAnswer(f"{TITLE} does not find order {base.order_id} any more.")
            self._feed.show(found.order, found.source, found.asked_at)
            now = found.order
        changed = changed_since(base, now)
        if changed:
            raise NoAnswer(f"The order changed at the venue just before sending: {changed}. Read it and send again.")

    async def _write(self, command: Command, frame: str) -> None:
        sequence, amendment_id = amend_sequence(command.request_id), command.amendment_id
        replaces = command.route == REPLACE
        self._feed.amending(command.order.order_id)
        if replaces:
            self._feed.legs.began(command, self._clock.now(), self._feed.newest)
        future = self._wire.calls.expect(sequence)
        self._wire.calls.on_repeat(sequence, lambda frame: self._repeated(command, frame))
        try:
            await self._wire.send(frame, CANCEL_REPLACE if replaces else MODIFY_ORDER, amendment_id)
        except NotSent as error:
            self._wire.calls.forget(sequence)
            self._feed.legs.dropped(command)
            self._unsent(command, str(error))
            return
        except Broken as error:
            self._wire.calls.forget(sequence)
            self._unanswered(command, f"the connection broke while it was being sent ({error})")
            return
        body = frame.encode("utf-8")
        digest = hashlib.sha256(body).hexdigest()
        self._sink(ev.AmendmentWritten(self._account, self._clock.now(), amendment_id, len(body), digest))
        try:
            done, _ = await asyncio.wait({future}, timeout=self._wire.patience)
        except asyncio.CancelledError:
            self._wire.calls.forget(sequence)
            raise
        if done:
            self._answered(command, future)
            return
        self._unanswered(command, f"{TITLE} gave no answer within {self._wire.patience:g} s.")
        # An answer that comes late is still the venue's word.
        future.add_done_callback(lambda late: self._late(command, late))

    def _answered(self, command: Command, future: asyncio.Future[Frame]) -> None:
        if future.cancelled():
            self._unanswered(command, f"the connection to {TITLE} was replaced before an answer came.")
            return
        error = future.exception()
        if error is not None:
            self._unanswered(command, str(error))
            return
        answer = read_answer(future.result())
        now, amendment_id = self._clock.now(), command.amendment_id
        if answer.meaning is Meaning.TAKEN:
            if answer.replacement_id:
                self._feed.legs.answered(command, answer.replacement_id)
            taken = ev.AmendmentAcknowledged(
                self._account, now, amendment_id, answer.replacement_id, f"{answer.text} Not confirmed yet."
            )
            self._sink(taken)
        elif answer.meaning.is_refusal:
            self._feed.legs.dropped(command)
            gone = answer.meaning is Meaning.GONE
            self._sink(ev.AmendmentRefused(self._account, now, amendment_id, answer.code, answer.text, order_gone=gone))
        else:
            if answer.meaning is Meaning.TOO_MANY:
                self._limiter.pause(PAUSE)
                text = f"{TITLE} says that there were too many requests; nothing but cancels leaves for {PAUSE:g} s."
                self._sink(ev.Noticed(self._account, now, text))
            self._unanswered(command, answer.text)

    def _late(self, command: Command, future: asyncio.Future[Frame]) -> None:
        if not future.cancelled() and future.exception() is None:
            self._answered(command, future)

    def _repeated(self, command: Command, frame: Frame) -> None:
        """The venue gave its answer once more. It changes nothing, and the ladder counts it."""
        answer, now = read_answer(frame), self._clock.now()
        if answer.meaning is Meaning.TAKEN:
            replaced = answer.replacement_id
            self._sink(ev.AmendmentAcknowledged(self._account, now, command.amendment_id, replaced, answer.text))
        elif answer.meaning.is_refusal:
            self._sink(ev.AmendmentRefused(self._account, now, command.amendment_id, answer.code, answer.text))

    def _unanswered(self, command: Command, text: str) -> None:
        self._sink(ev.AmendmentUnanswered(self._account, self._clock.now(), command.amendment_id, text))

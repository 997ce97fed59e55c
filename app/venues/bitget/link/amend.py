"""Sending: an amendment or a cancel leaves exactly once, and gets exactly one outcome."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence

from app.domain import events as ev
from app.domain.amendment import Command
from app.domain.market import LinkState
from app.domain.money import tidy
from app.domain.order import Order
from app.domain.ports import Clock
from app.venues.bitget.link.listener import Reader
from app.venues.bitget.link.rest import Failed, Rest
from app.venues.bitget.wire import codec
from app.venues.bitget.wire.answers import Kind
from app.venues.bitget.wire.replies import Answer, answer_to_one, answers_to_batch
from app.venues.transport.clock import SECOND
from app.venues.transport.failures import NotSent, Unanswered
from app.venues.transport.http import Response

#: How long nothing of that kind leaves after Bitget said that we were too fast.
_PAUSE_S = 1.0

ACKNOWLEDGED = "accepted, not yet applied"


class Sender:
    """Writes of one account. Nothing here is ever repeated."""

    def __init__(
        self,
        account: str,
        rest: Rest,
        reader: Reader,
        sink: Callable[[ev.Event], None],
        clock: Clock,
        *,
        link: Callable[[], LinkState],
        measure_clock: Callable[[], Awaitable[None]],
        reread_after: int,
    ) -> None:
        """Args:
        account: its name. link: the link's state now. measure_clock: asks for the venue's time.
        reread_after: age in nanoseconds beyond which an order is read again just before it is amended.
        """
        self._account = account
        self._rest = rest
        self._reader = reader
        self._sink = sink
        self._clock = clock
        self._link = link
        self._measure_clock = measure_clock
        self._reread_after = reread_after
        self._in_flight: set[str] = set()

    async def amend(self, command: Command) -> None:
        """Send one amendment exactly once."""
        await self._send([command], codec.MODIFY)

    async def amend_batch(self, commands: Sequence[Command]) -> None:
        """Send amendments of several orders of one category in one request; each row gets its own outcome.

        Raises:
            ValueError: for more than 20 rows, several categories or an order named twice; nothing is sent then.
        """
        codec.batch_modify(commands)
        await self._send(list(commands), codec.BATCH_MODIFY)

    async def _send(self, commands: list[Command], path: str) -> None:
        free: list[Command] = []
        for command in commands:
            if self._link() is not LinkState.UP:
                self._unsent(command, f"The connection to Bitget is {self._link().value}; wait until it is up.")
            elif command.order.order_id in self._in_flight:
                self._unsent(command, "An amendment of this order is on its way already; Bitget takes one at a time.")
            else:
                free.append(command)
        ids = {command.order.order_id for command in free}
        self._in_flight |= ids
        try:
            await self._send_free(free, path)
        finally:
            self._in_flight -= ids

    async def _send_free(self, commands: list[Command], path: str) -> None:
        if not commands:
            return
        wait = self._rest.limiter(path).reserve()
        if wait > 0:
            until = self._clock.now() + int(wait * SECOND)
            for command in commands:
                self._sink(ev.AmendmentQueued(self._account, self._clock.now(), command.amendment_id, until))
            await self._rest.limiter(path).wait(wait)
        ready: list[Command] = []
        for command in commands:
            text = await self._moved(command)
            if not text and self._link() is not LinkState.UP:
                text = f"The connection to Bitget is {self._link().value}; wait until it is up."
            if text:
                self._unsent(command, text)
            else:
                ready.append(command)
        if not ready:
            return
        batch = path == codec.BATCH_MODIFY
        call = codec.batch_modify(ready) if batch else codec.modify(ready[0])
        for command in ready:
            self._reader.sent(command)
        try:
            response = await self._rest.write(
                call, amendment_id=ready[0].amendment_id, on_written=lambda body: self._written(ready, body)
            )
        except NotSent as error:
            for command in ready:
                self._unsent(command, str(error))
            return
        except Unanswered as error:
            for command in ready:
                self._unanswered(command, str(error))
            return
        orders = [command.order for command in ready]
        if batch:
            answers = answers_to_batch(response.status, response.body, orders)
        else:
            answers = [answer_to_one(response.status, response.body, orders[0])]
        for command, answer in zip(ready, answers, strict=True):
            self._report(command, answer)
        await self._heed(answers, response, path)

    async def _heed(self, answers: list[Answer], response: Response, path: str) -> None:
        """Slow down if Bitget says so; set the clock right if it says so."""
        kinds = {answer.kind for answer in answers}
        if response.status == 429 or Kind.LIMITED in kinds:
            self._rest.limiter(path).pause(_PAUSE_S)
            what = "cancel" if path == codec.CANCEL else "amendment"
            text = f"Bitget says that there were too many requests; no {what} leaves for {_PAUSE_S:g} s."
            now = self._clock.now()
            self._sink(ev.Noticed(self._account, now, text, until=now + round(_PAUSE_S * SECOND)))
        if Kind.CLOCK in kinds:
            await self._measure_clock()

    async def _moved(self, command: Command) -> str:
        """Why the order is no longer the one the person saw, as one sentence; "" if it is.

        A row that was not proven within the last seconds is read again first.
        """
        known = self._reader.newest.known(command.order)
        if known is None or self._clock.now() - known.seen_at > self._reread_after:
            try:
                now = await self._reader.fetch(command.order)
            except Failed as error:
                if error.kind is Kind.GONE:
                    await self._reader.search(command.order, self._clock.now())
                    return "Bitget no longer knows this order as open."
                return f"The order could not be read just before sending: {error}"
        else:
            now = known.order
        if not now.is_open:
            return f"The order is {now.raw_status} at Bitget."
        asked = command.target.quantity
        if asked is not None and asked <= now.filled:
            return f"{tidy(now.filled)} has been filled meanwhile; the quantity must lie above that."
        if (now.price, now.quantity) != (command.order.price, command.order.quantity):
            price = tidy(now.price) if now.price is not None else "no price"
            return f"The order changed at Bitget to {tidy(now.quantity)} at {price}; look at it and send again."
        return ""

    def _written(self, commands: list[Command], body: bytes) -> None:
        digest = hashlib.sha256(body).hexdigest()
        now = self._clock.now()
        for command in commands:
            self._sink(ev.AmendmentWritten(self._account, now, command.amendment_id, len(body), digest))

    def _report(self, command: Command, answer: Answer) -> None:
        now, name, amendment_id = self._clock.now(), self._account, command.amendment_id
        if answer.kind is Kind.ACCEPTED:
            self._sink(ev.AmendmentAcknowledged(name, now, amendment_id, answer.order_id, ACKNOWLEDGED))
        elif answer.kind is Kind.UNKNOWN:
            self._unanswered(command, answer.text)
        else:
            gone = answer.kind is Kind.GONE
            self._sink(ev.AmendmentRefused(name, now, amendment_id, answer.code, answer.text, order_gone=gone))

    def _unsent(self, command: Command, text: str) -> None:
        self._sink(ev.AmendmentUnsent(self._account, self._clock.now(), command.amendment_id, text))

    def _unanswered(self, command: Command, text: str) -> None:
        self._sink(ev.AmendmentUnanswered(self._account, self._clock.now(), command.amendment_id, text))

    # -- cancelling ------------------------------------------------------------------------------------------------

    async def cancel(self, order: Order) -> None:
        """Ask Bitget to cancel an order, once."""
        await self._rest.limiter(codec.CANCEL).wait(self._rest.limiter(codec.CANCEL).reserve())
        try:
            response = await self._rest.write(codec.cancel(order))
        except (NotSent, Unanswered) as error:
            self._cancel_answered(order, f"The cancel may not have arrived: {error}")
            return
        answer = answer_to_one(response.status, response.body, order)
        self._cancel_answered(order, answer.text)
        await self._heed([answer], response, codec.CANCEL)

    def _cancel_answered(self, order: Order, text: str) -> None:
        self._sink(ev.CancelAnswered(self._account, self._clock.now(), order.order_id, not text, text))

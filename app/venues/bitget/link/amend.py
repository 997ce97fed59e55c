"""Amending and cancelling over REST: the two amend calls that a delivery carries, single and batch."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal

from app.domain.amendment import Command
from app.domain.form import FieldName
from app.domain.market import LinkState
from app.domain.money import tidy
from app.domain.order import Order, OrderStatus
from app.domain.terms import changed_terms
from app.venues.bitget.link.listener import Listener
from app.venues.bitget.link.look_up import LookUp
from app.venues.bitget.link.rest import Rest
from app.venues.bitget.wire import codec
from app.venues.bitget.wire.answers import answer_to_one, answers_to_batch
from app.venues.bitget.wire.codec import Call
from app.venues.bitget.wire.vocabulary import TITLE
from app.venues.common.delivery import Delivery
from app.venues.common.failures import Answer, Proof, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.transport.failures import NotSent, Unanswered

#: A pause longer than this is not waited for: what was asked for now should not leave minutes later.
_LONGEST_WAIT_S = 10.0

#: Fields whose terms are told of every order that changed; others only where they are what changed.
_OURS = (FieldName.PRICE, FieldName.QUANTITY)


class Amender:
    """The writes of one account."""

    def __init__(
        self,
        rest: Rest,
        listener: Listener,
        look_up: LookUp,
        reporter: Reporter,
        *,
        measure_clock: Callable[[], Awaitable[None]],
        reread_after: int,
    ) -> None:
        """Start with nothing in flight.

        Args:
            rest: towards the venue.
            listener: knows the newest row of each order.
            look_up: reads one order again.
            reporter: tells what becomes of a write.
            measure_clock: asks for the venue's time.
            reread_after: age in nanoseconds beyond which an order is read again just before it is amended.
        """
        self._rest = rest
        self._listener = listener
        self._look_up = look_up
        self._reporter = reporter
        self._measure_clock = measure_clock
        self._reread_after = reread_after
        self._delivery = Delivery(reporter, TITLE)

    async def amend(self, command: Command) -> None:
        """Send one amendment exactly once; behind others of its order by the batch call, which alone lets it wait."""
        await self._send([command], codec.MODIFY if command.behind is None else codec.BATCH_MODIFY)

    async def amend_batch(self, commands: Sequence[Command]) -> None:
        """Send amendments of several orders of one category in one request; each row gets its own outcome.

        Raises:
            ValueError: for more than 20 rows, several categories or an order named twice; nothing is sent then.
        """
        codec.batch_modify(commands)
        await self._send(commands, codec.BATCH_MODIFY)

    async def _send(self, commands: Sequence[Command], path: str) -> None:
        channel = _Channel(self._rest, self._listener, self._reporter, self._moved, path, commands)
        await self._delivery.send(commands, channel)
        if channel.clock_is_off:
            await self._measure_clock()

    async def _moved(self, command: Command) -> str:
        """Return why the order is no longer the one the person saw, as one sentence; "" if it is.

        It is read again first, unless the account allows it to be some seconds old: Bitget gets price and quantity
        together, and a change of the one that was made elsewhere is not to be undone by a change of the other. Where it
        is sent behind others, the order may have the terms from before all of them, or of any of them.
        """
        known = self._listener.newest.known(command.order)
        if known is None or self._reporter.now() - known.seen_at >= self._reread_after:
            try:
                now = await self._look_up.fetch(command.order, person=True)
            except ReadFailed as error:
                if error.proof is Proof.GONE:
                    await self._look_up.search(command.order, self._reporter.now())
                    return "Bitget no longer knows this order as open."
                return f"The order could not be read just before sending: {error}"
        else:
            now = known.order
        if now.status is OrderStatus.UNRECOGNISED:
            state = f"the state “{now.raw_status}”" if now.raw_status else "no state"
            return f"Bitget shows the order in {state}, which is none this ticket knows; look at it on Bitget."
        if not now.is_open:
            return f"The order is {now.raw_status} at Bitget."
        asked = command.target.quantity
        if asked is not None and (asked < now.filled or asked == now.filled != command.order.filled):
            part = "more than" if asked < now.filled else "all of"
            return f"{tidy(now.filled)} has been filled meanwhile, {part} the quantity asked for; look at it again."
        if any(not changed_terms(each, now) for each in states_of(command)):
            return ""
        changed = changed_terms(command.order, now)
        others = "".join(f", {term.label} {_shown(term.shown(now))}" for term in changed if term.field not in _OURS)
        terms = f"{tidy(now.quantity)} at {_shown(now.price)}{others}"
        return f"The order changed at Bitget to {terms}; look at it and send again."

    async def cancel(self, order: Order) -> None:
        """Ask Bitget to cancel an order, once."""
        limiter = self._rest.limiter(codec.CANCEL)
        if text := paused(self._rest):
            self._reporter.cancel_answered(order.order_id, False, text)
            return
        try:
            with limiter.turn() as turn:
                await turn.come()
                response = await self._rest.write(codec.cancel(order), on_written=lambda _: turn.left())
        except (NotSent, Unanswered) as error:
            self._reporter.cancel_answered(order.order_id, False, f"The cancel may not have arrived: {error}")
            return
        answer = answer_to_one(response.status, response.body, order)
        if answer.proof is Proof.LIMITED:
            self._rest.limited(response, answer.code)
        taken = answer.proof is Proof.ACCEPTED
        self._reporter.cancel_answered(order.order_id, taken, "" if taken else answer.text)
        if answer.pause:
            self._delivery.slow_down(limiter, answer.pause, "cancel")
        if answer.proof is Proof.CLOCK:
            await self._measure_clock()


def states_of(command: Command) -> tuple[Order, ...]:
    """Return every state in which the order may be when a command leaves: one, unless it is sent behind others."""
    return (command.order,) if command.behind is None else (*command.behind.states(), command.order)


def paused(rest: Rest) -> str:
    """Return why nothing may leave for so long that it is not worth waiting, "" where nothing says so."""
    left = rest.paused_for()
    if left <= _LONGEST_WAIT_S:
        return ""
    return f"Bitget said that there were too many requests; nothing is sent to it for another {left:.0f} s."


def _shown(value: Decimal | None) -> str:
    return "none" if value is None else tidy(value)


class _Channel:
    """One amend call of one send.

    Attributes:
        limiter: its budget.
        clock_is_off: Bitget refused the request because of its time.
    """

    def __init__(
        self,
        rest: Rest,
        listener: Listener,
        reporter: Reporter,
        moved: Callable[[Command], Awaitable[str]],
        path: str,
        commands: Sequence[Command],
    ) -> None:
        self.limiter = rest.limiter(path)
        self._rest = rest
        self._listener = listener
        self._reporter = reporter
        self._moved = moved
        self._path = path
        self._commands = tuple(commands)
        self._checked: dict[str, str] = {}
        self.clock_is_off = False

    def obstacle(self, command: Command) -> str:
        link = self._reporter.link
        if link is not LinkState.UP:
            return f"The connection to Bitget is {link.value}; wait until it is up."
        return paused(self._rest)

    async def check(self, command: Command, *, waited: bool) -> str:
        if not self._checked:
            if len(self._commands) == 1:
                return await self._moved(command)
            # All of a batch side by side, so that the first one read is not old when the last one is.
            texts = await asyncio.gather(*(self._moved(each) for each in self._commands))
            self._checked = {each.amendment_id: text for each, text in zip(self._commands, texts, strict=True)}
        return self._checked[command.amendment_id]

    def encode(self, commands: Sequence[Command]) -> Call:
        return codec.batch_modify(commands) if self._path == codec.BATCH_MODIFY else codec.modify(commands[0])

    async def transmit(
        self, request: Call, commands: Sequence[Command], written: Callable[[bytes], None]
    ) -> Sequence[Answer]:
        for command in commands:
            self._listener.sent(command)
        response = await self._rest.write(request, amendment_id=commands[0].amendment_id, on_written=written)
        orders = [command.order for command in commands]
        if self._path == codec.BATCH_MODIFY:
            answers = answers_to_batch(response.status, response.body, orders)
        else:
            answers = [answer_to_one(response.status, response.body, orders[0])]
        if limited := next((answer for answer in answers if answer.proof is Proof.LIMITED), None):
            self._rest.limited(response, limited.code)
        self.clock_is_off = any(answer.proof is Proof.CLOCK for answer in answers)
        return answers

"""The way of an amendment: the one call that `common.delivery` carries, and what is read before and after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain.amendment import Command
from app.domain.market import LinkState
from app.domain.order import Order
from app.domain.terms import own_terms
from app.venues.common.delivery import Delivery
from app.venues.common.failures import Answer, Malformed, Proof, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.example.link.look_up import LookUp
from app.venues.example.link.rest import NO_ANSWER, PAUSE, Rest
from app.venues.example.wire import codec
from app.venues.example.wire.answers import answer_to_amendment
from app.venues.example.wire.vocabulary import TITLE
from app.venues.transport.failures import NotSent, Unanswered
from app.venues.transport.messages import Request


class Amender:
    """The writes of one account; a `Channel` of the delivery.

    Attributes:
        limiter: the account's budget.
    """

    def __init__(self, rest: Rest, look_up: LookUp, reporter: Reporter) -> None:
        self.limiter = rest.limiter
        self._rest = rest
        self._look_up = look_up
        self._reporter = reporter
        self._delivery = Delivery(reporter, TITLE)

    async def amend(self, command: Command) -> None:
        """Send one amendment once, and read what became of the order: the reply says nothing of its terms."""
        await self._delivery.send([command], self)
        if self._reporter.is_live:
            await self._look_up.look_up(command.order)

    def obstacle(self, command: Command) -> str:
        """Return what stands against sending now, "" where nothing does."""
        link = self._reporter.link
        return "" if link is LinkState.UP else f"The connection to {TITLE} is {link.value}; nothing was sent."

    async def check(self, command: Command, *, waited: bool) -> str:
        """Read the order again, because the request carries no version; say why it is not the one the person saw."""
        order = command.order
        try:
            seen = await self._look_up.fetch(order.order_id)
        except NO_ANSWER as error:
            return f"The order could not be read again before sending: {error}"
        if seen is None or _terms(seen) != _terms(order):
            return f"The order changed at {TITLE} since you looked; nothing was sent, look at it again."
        return ""

    def encode(self, commands: Sequence[Command]) -> Request:
        """Make the request."""
        return codec.amend(commands[0].order.order_id, commands[0].fields)

    async def transmit(
        self, request: Request, commands: Sequence[Command], written: Callable[[bytes], None]
    ) -> Sequence[Answer]:
        """Hand the request over once and return its answer.

        Raises:
            NotSent: nothing left, for certain. Unanswered: it may have left, and no answer came.
        """
        try:
            reply = await self._rest.write(request, commands[0].amendment_id, written)
            return [answer_to_amendment(reply.payload)]
        except Malformed as error:
            return [Answer(Proof.UNKNOWN, text=str(error))]
        except ReadFailed as error:
            pause = PAUSE if error.proof is Proof.LIMITED else 0.0
            return [Answer(error.proof, error.code, str(error), pause=pause)]

    async def cancel(self, order: Order) -> None:
        """Ask the venue to cancel, once, and read what became of the order."""
        taken, text = False, ""
        try:
            await self.limiter.acquire()
            await self._rest.write(codec.cancel(order.order_id))
            taken = True
        except (Unanswered, Malformed) as error:
            text = f"{error} Whether it was cancelled is looked up now."
        except (NotSent, ReadFailed) as error:
            text = str(error)
        self._reporter.cancel_answered(order.order_id, taken, text)
        await self._look_up.look_up(order)


def _terms(order: Order) -> tuple[object, ...]:
    """Return what must not have moved between looking and sending."""
    return (order.status, order.filled, *(term.of_order(order) for term in own_terms()))

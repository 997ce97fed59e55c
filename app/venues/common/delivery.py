"""The way of an amendment to the wire: at most once, with exactly one outcome, on every venue.

The steps, in this order, and nothing after the first that fails:

1. one in flight: no other amendment of the same order is on its way;
2. the link is up and nothing else stands against sending (`Channel.obstacle`);
3. the rate limit: told as queued where it has to wait;
4. the order is still the one the person saw (`Channel.check`, which may read it again), and 2. once more;
5. the request is made (`Channel.encode`) and handed over once (`Channel.transmit`); *written* is told at the hand-over.

Whatever ends it before the hand-over is *unsent*; whatever ends it after, without an answer, is *unanswered*: it may
have left. An answer is told for what it proves. Nothing is ever sent again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from app.domain.amendment import Command
from app.domain.instants import in_seconds
from app.venues.common.failures import Answer, Malformed, Proof
from app.venues.common.reporter import Reporter
from app.venues.transport.failures import NotSent, Unanswered
from app.venues.transport.limiter import Limiter, Turn

#: A request as the venue's codec makes it.
Made = TypeVar("Made")

#: Told of an amendment that was stopped before its request was handed over.
STOPPED = "Sending was stopped before it left."


class Channel(Protocol[Made]):
    """One call of one venue that carries amendments.

    Attributes:
        limiter: the venue's rate limit of that call.
    """

    limiter: Limiter

    def obstacle(self, command: Command) -> str:
        """Return one sentence on what stands against sending now, "" where nothing does."""
        ...

    async def check(self, command: Command, *, waited: bool) -> str:
        """Return one sentence on why the order is not the one the person saw, "" where it is.

        Args:
            command: the amendment.
            waited: it waited for the rate limit, so what is known may be old.
        """
        ...

    def encode(self, commands: Sequence[Command]) -> Made:
        """Make the request.

        Raises:
            Malformed: where it cannot be made, with one sentence on why.
        """
        ...

    async def transmit(
        self, request: Made, commands: Sequence[Command], written: Callable[[bytes], None]
    ) -> Sequence[Answer] | None:
        """Hand the request over once and return the answer to each amendment, in their order.

        Args:
            request: as made by `encode`.
            commands: the amendments it carries.
            written: to be called with the exact bytes once they were handed over; more calls change nothing.

        Returns:
            One answer an amendment, or None where a listener tells the answers.

        Raises:
            NotSent: nothing left, for certain. Unanswered: it may have left, and no answer came.
        """
        ...


class Delivery:
    """Carries the amendments of one account, each at most once."""

    def __init__(self, reporter: Reporter, title: str) -> None:
        """Start with nothing in flight.

        Args:
            reporter: tells what becomes of each amendment.
            title: the venue's name in sentences.
        """
        self._reporter = reporter
        self._title = title
        self._in_flight: dict[str, _Passage] = {}

    async def send(self, commands: Sequence[Command], channel: Channel[Made]) -> None:
        """Send amendments of different orders in one request, and tell the outcome of each.

        A cancelled or failing send tells of every amendment what is known of it before it raises.
        """
        passage = _Passage(self._reporter)
        for command in commands:
            if self._may_start(command, channel):
                self._in_flight[command.order.order_id] = passage
                passage.open.append(command)
        ids = [command.order.order_id for command in passage.open]
        try:
            await self._carry(passage, channel)
        except asyncio.CancelledError:
            passage.end(STOPPED, f"Sending was stopped before {self._title} answered.")
            raise
        except Exception as error:
            passage.end(f"The request could not be sent: {error}", f"An error broke off the sending: {error}")
            raise
        finally:
            for order_id in ids:
                if self._in_flight.get(order_id) is passage:
                    del self._in_flight[order_id]

    def answered(self, command: Command, answer: Answer) -> None:
        """Tell an answer for what it proves; one that comes late or twice is told like any other."""
        self.settled(command)
        if answer.proof is Proof.ACCEPTED:
            self._reporter.acknowledged(command, answer.order_id, answer.text)
        elif answer.proof.is_refusal:
            self._reporter.refused(command, answer.code, answer.text)
        else:
            self._reporter.unanswered(command, answer.text)

    def settled(self, command: Command) -> None:
        """Note that nothing more is to be told of an amendment on its way: the order is free for the next one."""
        passage = self._in_flight.get(command.order.order_id)
        if passage is not None and command in passage.open:
            passage.open.remove(command)

    def _is_in_flight(self, order_id: str) -> bool:
        passage = self._in_flight.get(order_id)
        return passage is not None and any(command.order.order_id == order_id for command in passage.open)

    def slow_down(self, limiter: Limiter, seconds: float, what: str = "amendment") -> None:
        """Let no `what` leave for so long, because the venue said that there were too many requests."""
        if limiter.paused() >= seconds:
            return  # it was told already, with the longer time
        limiter.pause(seconds)
        text = f"{self._title} says that there were too many requests; no {what} leaves for {in_seconds(seconds)}."
        self._reporter.notice(text, seconds=seconds)

    def _may_start(self, command: Command, channel: Channel[Made]) -> bool:
        text = channel.obstacle(command)
        if self._is_in_flight(command.order.order_id):
            # Two under way could overtake each other, and the venue would keep whichever it reads last.
            text = f"An amendment of this order is on its way to {self._title} already; wait for its outcome."
        if text:
            self._reporter.unsent(command, text)
        return not text

    async def _carry(self, passage: _Passage, channel: Channel[Made]) -> None:
        if not passage.open:
            return
        with channel.limiter.turn() as turn:
            await self._carry_in_turn(passage, channel, turn)

    async def _carry_in_turn(self, passage: _Passage, channel: Channel[Made], turn: Turn) -> None:
        if turn.seconds > 0:
            for command in passage.open:
                self._reporter.queued(command, turn.seconds)
        await turn.come()
        for command in tuple(passage.open):
            text = await channel.check(command, waited=turn.seconds > 0) or channel.obstacle(command)
            if text:
                passage.unsent(command, text)
        commands = tuple(passage.open)
        if not commands:
            return
        try:
            request = channel.encode(commands)
        except Malformed as error:
            passage.end(str(error), "")
            return
        passage.handing_over = True
        passage.leaves = turn.left
        try:
            answers = await channel.transmit(request, commands, passage.written)
        except NotSent as error:
            # Nothing left, unless the hand-over was told already: then nobody knows.
            passage.handing_over = passage.is_written
            passage.end(str(error), str(error))
            return
        except Unanswered as error:
            passage.end("", str(error))
            return
        if answers is None:
            passage.open.clear()
            return
        for command, answer in zip(commands, answers, strict=True):
            self.answered(command, answer)
        pause = max(answer.pause for answer in answers)
        if pause > 0:
            self.slow_down(channel.limiter, pause)


class _Passage:
    """The amendments of one request on their way.

    Attributes:
        open: those without an outcome yet.
        handing_over: the request may have begun to leave.
        is_written: the hand-over was told.
        leaves: called at the hand-over.
    """

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self.is_written = False
        self.open: list[Command] = []
        self.handing_over = False
        self.leaves: Callable[[], None] = lambda: None

    def written(self, body: bytes) -> None:
        """Tell the hand-over of every amendment, once."""
        if self.is_written:
            return
        self.is_written = True
        self.leaves()
        for command in self.open:
            self._reporter.written(command, body)

    def unsent(self, command: Command, text: str) -> None:
        """Tell that one of them did not leave."""
        self.open.remove(command)
        self._reporter.unsent(command, text)

    def end(self, unsent: str, unanswered: str) -> None:
        """Tell of all that have no outcome what is known: unanswered once they may have left, else unsent."""
        commands, self.open = self.open, []
        for command in commands:
            if self.handing_over:
                self._reporter.unanswered(command, unanswered)
            else:
                self._reporter.unsent(command, unsent)

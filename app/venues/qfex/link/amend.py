"""Amendments and cancels over the trade socket: frames out, and the wait for an answer that the listener tells."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from app.domain.amendment import Command
from app.domain.evidence import SECOND
from app.domain.order import Order
from app.domain.terms import changed_terms
from app.venues.common.delivery import Delivery
from app.venues.common.failures import Answer
from app.venues.common.reporter import Reporter
from app.venues.qfex.link.listener import Listener
from app.venues.qfex.link.trade_socket import TradeSession
from app.venues.qfex.profile import AMENDS_PER_SECOND
from app.venues.qfex.wire import codec
from app.venues.qfex.wire import vocabulary as words
from app.venues.transport.failures import NotSent
from app.venues.transport.limiter import Limiter, Window
from app.venues.transport.socket import SocketFault

#: First and longest pause after QFEX said that we were too fast, and when it is forgotten, in seconds.
_FIRST_PAUSE, _LONGEST_PAUSE, _QUIET = 1.0, 8.0, 60.0


class Amender:
    """Sends the amendments and cancels of one account; a `Channel` of the delivery."""

    def __init__(
        self, session: TradeSession, listener: Listener, delivery: Delivery, reporter: Reporter, answer_within: float
    ) -> None:
        """Start with nothing in flight.

        Args:
            session: the trade socket.
            listener: tells the answers, and knows every open order.
            delivery: carries the amendments.
            reporter: has the clock and the link's state, and tells the answers to cancels.
            answer_within: patience for an answer, in seconds.
        """
        self.limiter = Limiter([Window(AMENDS_PER_SECOND, 1.0)], reporter.clock.monotonic)
        self._session = session
        self._orders = listener.orders.rows
        self._outcomes = listener.outcomes
        self._inflight = listener.orders.inflight
        self._delivery = delivery
        self._reporter = reporter
        self._answer_within = answer_within
        self._pause, self._limited_at = _FIRST_PAUSE, 0.0

    async def amend(self, command: Command) -> None:
        """Send one amendment exactly once, and wait for what the socket says of it."""
        await self._delivery.send([command], self)

    def obstacle(self, command: Command) -> str:
        """Return what stands against sending now, "" where nothing does."""
        if self._session.is_up:
            return ""
        return f"QFEX is not ready (the connection is {self._reporter.link.value}); nothing was sent."

    async def check(self, command: Command, *, waited: bool) -> str:
        """Return why the order is not the one the person saw, or cannot be amended now; "" where it can."""
        order = command.order
        now = self._orders.get(order.order_id)
        if now is None:
            return f"QFEX does not list order {order.order_id} any more; nothing was sent."
        if _moved(order, now):
            return f"Order {order.order_id} changed at QFEX just before sending; nothing was sent."
        rival = self._inflight.rival(order)
        if rival is None:
            return ""
        return (
            f"The amendment of order {rival.old_id} is still under way, and QFEX's replies could not be told "
            "apart; nothing was sent."
        )

    def encode(self, commands: Sequence[Command]) -> str:
        """Make the frame."""
        (command,) = commands
        return codec.modify(command)

    async def transmit(
        self, request: str, commands: Sequence[Command], written: Callable[[bytes], None]
    ) -> Sequence[Answer] | None:
        """Hand the frame over once and wait until the listener has told the answer, or that there is none.

        Raises:
            NotSent: nothing left.
        """
        (command,) = commands
        answered = asyncio.Event()

        def done() -> None:
            self._delivery.settled(command)
            answered.set()

        sent = self._inflight.add(command, done, lambda: written(request.encode()))
        sent.leaves(self._reporter.now(), round(self._answer_within * SECOND))
        try:
            await self._session.send(request, words.MODIFY, command.amendment_id)
        except NotSent:
            self._inflight.settle(sent)
            raise
        except SocketFault as error:
            self._outcomes.unanswered(sent, str(error))
            return None
        sent.written()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._answer_within):
                await answered.wait()
        if sent.waiting:
            text = f"QFEX did not answer the amendment within {self._answer_within:g} s."
            self._outcomes.unanswered(sent, sent.otherwise or text)
        return None

    async def cancel(self, order: Order) -> None:
        """Ask QFEX to cancel an order; cancels have a rate budget of their own and are not held back."""
        answered = asyncio.Event()

        def done(taken: bool, text: str) -> None:
            answered.set()
            self._reporter.cancel_answered(order.order_id, taken, text)

        stop = order.kind in words.STOP_KINDS
        frame = codec.cancel_stop(order.order_id) if stop else codec.cancel(order.symbol, order.order_id)
        self._outcomes.cancels[order.order_id] = done
        if stop:
            self._outcomes.stops.add(order.order_id)
        try:
            await self._session.send(frame, codec.CANCEL_STOP if stop else codec.CANCEL)
        except SocketFault as error:
            self._outcomes.cancel_done(order.order_id, False, str(error))
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(self._answer_within):
                await answered.wait()
        text = f"QFEX did not answer the cancel within {self._answer_within:g} s; the order is being looked up."
        self._outcomes.cancel_done(order.order_id, False, text)

    def too_fast(self, asked: float = 0.0) -> float:
        """Slow down, and return for how many seconds.

        QFEX's socket names no time to wait: 1, 2, 4, 8 s, and 1 s again after a minute without such an answer.

        Args:
            asked: seconds that QFEX named, 0.0 where it named none.
        """
        now = self._reporter.clock.monotonic()
        if now - self._limited_at > _QUIET:
            self._pause = _FIRST_PAUSE
        self._limited_at = now
        seconds = max(asked, self._pause)
        self._pause = min(_LONGEST_PAUSE, 2 * self._pause)
        self.pause(seconds)
        return seconds

    def pause(self, seconds: float) -> None:
        """Let no amendment and no list leave for so long; cancels have a budget of their own at QFEX."""
        self._delivery.slow_down(self.limiter, seconds)
        self._session.questions.limiter.pause(seconds)


def _moved(order: Order, now: Order) -> bool:
    """Return True if the order is not the one the person saw: something an amendment rests on moved."""
    return bool(changed_terms(order, now)) or any(
        getattr(order, name) != getattr(now, name) for name in ("symbol", "side", "raw_kind", "filled")
    )

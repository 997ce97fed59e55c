"""Amending over the trade socket: the frame that a delivery carries, and the wait for an answer the listener tells."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from app.domain.amendment import Command
from app.domain.order import Order
from app.venues.common.delivery import Delivery
from app.venues.common.failures import Answer
from app.venues.common.reporter import Reporter
from app.venues.qfex.link.listener import Listener
from app.venues.qfex.link.trade_socket import TradeSession
from app.venues.qfex.profile import AMENDS_PER_SECOND
from app.venues.qfex.wire import codec
from app.venues.transport.failures import NotSent
from app.venues.transport.limiter import Limiter, Window
from app.venues.transport.socket import SocketFault

#: First and longest pause after QFEX said that we were too fast, and when it is forgotten, in seconds.
_FIRST_PAUSE, _LONGEST_PAUSE, _QUIET = 1.0, 8.0, 60.0


class Amender:
    """The amendments of one account; a `Channel` of the delivery."""

    def __init__(
        self, session: TradeSession, listener: Listener, delivery: Delivery, reporter: Reporter, answer_within: float
    ) -> None:
        """Start with nothing in flight.

        Args:
            session: the trade socket.
            listener: tells the answers, and knows every open order.
            delivery: carries the amendments.
            reporter: has the clock.
            answer_within: patience for an answer, in seconds.
        """
        self.limiter = Limiter([Window(AMENDS_PER_SECOND, 1.0)], reporter.clock.monotonic)
        self._session = session
        self._listener = listener
        self._delivery = delivery
        self._monotonic = reporter.clock.monotonic
        self._answer_within = answer_within
        self._pause, self._limited_at = _FIRST_PAUSE, 0.0

    async def amend(self, command: Command) -> None:
        """Send one amendment exactly once, and wait for what the socket says of it."""
        await self._delivery.send([command], self)

    def obstacle(self, command: Command) -> str:
        """Return what stands against sending now, "" where nothing does."""
        if self._session.is_up:
            return ""
        return f"QFEX is not ready (the connection is {self._session.link.value}); nothing was sent."

    async def check(self, command: Command, *, waited: bool) -> str:
        """Return why the order is not the one the person saw, or cannot be amended now; "" where it can."""
        order = command.order
        now = self._listener.rows.get(order.order_id)
        if now is None:
            return f"QFEX does not list order {order.order_id} any more; nothing was sent."
        if _terms(now) != _terms(order):
            return f"Order {order.order_id} changed at QFEX just before sending; nothing was sent."
        rival = self._listener.inflight.rival(order)
        if rival is None:
            return ""
        return (
            f"The amendment of order {rival.old_id} is still under way, and QFEX's replies could not be told "
            "apart; nothing was sent."
        )

    def encode(self, commands: Sequence[Command]) -> str:
        """Make the frame."""
        (command,) = commands
        return codec.modify_frame(command)

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

        sent = self._listener.inflight.add(command, done, lambda: written(request.encode()))
        try:
            await self._session.send(request, codec.MODIFY, command.amendment_id)
        except NotSent:
            self._listener.inflight.settle(sent)
            raise
        except SocketFault as error:
            self._listener.timed_out(sent, str(error))
            return None
        sent.written()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._answer_within):
                await answered.wait()
        if sent.waiting:
            text = f"QFEX did not answer the amendment within {self._answer_within:g} s."
            self._listener.timed_out(sent, text)
        return None

    def too_fast(self) -> None:
        """Slow down. QFEX names no time to wait: 1, 2, 4, 8 s, and 1 s again after a minute without such an answer."""
        now = self._monotonic()
        if now - self._limited_at > _QUIET:
            self._pause = _FIRST_PAUSE
        self._limited_at = now
        self._delivery.slow_down(self.limiter, self._pause)
        self._pause = min(_LONGEST_PAUSE, 2 * self._pause)


def _terms(order: Order) -> tuple[object, ...]:
    """Return what an amendment rests on: if any of it moved, the person has not seen the order they would change."""
    return (
        order.symbol,
        order.side,
        order.raw_kind,
        order.price,
        order.quantity,
        order.filled,
        order.take_profit,
        order.stop_loss,
    )

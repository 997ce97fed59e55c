"""QFEX's REST side: instruments, and the history of orders that are no longer open."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.domain.evidence import SECOND
from app.domain.market import Instrument
from app.domain.money import ZERO
from app.domain.order import Order, OrderStatus
from app.domain.ports import Clock
from app.venues.common.failures import Malformed, Proof, ReadFailed
from app.venues.qfex.wire import rest_codec as codec
from app.venues.qfex.wire import vocabulary as words
from app.venues.qfex.wire.rows import instrument_of
from app.venues.qfex.wire.signing import Keys
from app.venues.qfex.wire.values import maybe_number, text_of
from app.venues.transport.failures import NotSent, Unanswered
from app.venues.transport.http import HttpClient
from app.venues.transport.jsonx import JsonError
from app.venues.transport.limits import wait_asked
from app.venues.transport.messages import Request, Response

#: Pages of the history of one symbol that are searched for one order; the last of them is empty, or shows nothing new.
_MOST_PAGES = 5

#: First and longest pause after an answer of too many requests that names none, and when it is forgotten, in seconds.
_FIRST_PAUSE, _LONGEST_PAUSE, _QUIET = 2.0, 64.0, 120.0


class Rest:
    """Reads over REST. It sends no order and changes nothing.

    Attributes:
        faults: one clause on each instrument that could not be read the last time.
    """

    def __init__(self, http: HttpClient, keys: Keys, clock: Clock, nonce: Callable[[], str]) -> None:
        """Open nothing yet.

        Args:
            http: the connection; it tells `too_many` here.
            keys: signs private reads.
            clock: our time.
            nonce: gives a fresh one each time.
        """
        self.faults: tuple[str, ...] = ()
        self._http = http
        self._pause, self._limited_at, self._until = _FIRST_PAUSE, float("-inf"), float("-inf")
        self._keys = keys
        self._clock = clock
        self._nonce = nonce

    @property
    def skew(self) -> int:
        """Return QFEX's clock minus ours in nanoseconds, as far as its replies prove it."""
        return self._http.offset.nanoseconds

    @property
    def pause(self) -> float:
        """Return for how many seconds nothing may be asked, because QFEX said that there were too many requests."""
        return max(0.0, self._until - self._clock.monotonic())

    def too_many(self, reply: Response) -> None:
        """Ask nothing for as long as such a reply says; and ever longer where that was in vain or names no time."""
        now = self._clock.monotonic()
        if now - self._limited_at > _QUIET:
            self._pause = _FIRST_PAUSE
        self._limited_at = now
        asked = wait_asked(reply, self._pause)
        if now < self._until:
            # The reply to what was under way before: nothing was kept in vain.
            self._until = max(self._until, now + asked)
            return
        self._until = now + max(asked, self._pause)
        self._pause = min(_LONGEST_PAUSE, 2 * self._pause)

    def hold(self, seconds: float) -> None:
        """Ask nothing for so long: QFEX said so elsewhere."""
        self._until = max(self._until, self._clock.monotonic() + seconds)

    def stamp(self) -> tuple[str, int]:
        """Return a fresh nonce and QFEX's time in whole seconds, for a signature."""
        return self._nonce(), (self._clock.now() + self.skew) // SECOND

    async def instruments(self) -> tuple[Instrument, ...]:
        """Read all instruments; a row that cannot be read is left out, and why is in `faults`.

        Raises:
            ReadFailed: if they cannot be had.
        """
        reply = await self._read(codec.refdata(), private=False)
        try:
            rows = codec.rows_of(reply.body, "the instruments")
        except Malformed as error:
            raise ReadFailed(f"QFEX's instruments cannot be read: {error}") from error
        instruments: list[Instrument] = []
        faults: list[str] = []
        for row in rows:
            try:
                instruments.append(instrument_of(row))
            except Malformed as error:
                faults.append(str(error))
        if faults and not instruments:
            raise ReadFailed(f"QFEX's instruments cannot be read: {faults[0]}")
        self.faults = tuple(faults)
        return tuple(instruments)

    async def ended(self, order: Order) -> Order | None:
        """Read the order as the history of closed orders has it; None if it is not there or not closed.

        Raises:
            ReadFailed: if the history cannot be had.
        """
        seen: set[str] = set()
        offset = 0
        for _ in range(_MOST_PAGES):
            reply = await self._read(codec.historic_orders(order.symbol, offset, self._keys, *self.stamp()))
            try:
                rows = codec.rows_of(reply.body, "the history")
                for row in rows:
                    if isinstance(row, dict) and text_of(row, "order_id") == order.order_id:
                        return ended_order(order, row)
            except (Malformed, JsonError) as error:
                raise ReadFailed(f"QFEX's history of orders cannot be read: {error}") from error
            if not rows or _ids(rows) <= seen:
                return None
            seen |= _ids(rows)
            offset += len(rows)
        # Older pages may have it: that it is in none of these is no proof of anything.
        raise ReadFailed(f"QFEX's history of {order.symbol} is too long to be searched for one order")

    async def _read(self, request: Request, *, private: bool = True) -> Response:
        if self.pause > 0:
            text = f"QFEX said that there were too many requests; nothing is asked for {math.ceil(self.pause)} s more"
            raise ReadFailed(text, Proof.LIMITED)
        try:
            reply = await self._http.send(request, private=private)
        except (NotSent, Unanswered) as error:
            raise ReadFailed(str(error)) from error
        if reply.status in (401, 403):
            text = f"QFEX refused the key over REST (HTTP {reply.status}: {codec.problem_text(reply.body)}); check it."
            raise ReadFailed(text, Proof.AUTH)
        if wait_asked(reply, 1.0) > 0:
            words_of = codec.problem_text(reply.body) or "no words"
            text = f"QFEX said that there were too many requests (HTTP {reply.status}: {words_of})"
            raise ReadFailed(text, Proof.LIMITED)
        if reply.status != 200:
            raise ReadFailed(
                f"QFEX answered {request.method} {request.target.partition('?')[0]} with HTTP {reply.status}: "
                f"{codec.problem_text(reply.body) or 'no words'}"
            )
        return reply

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _ids(rows: Sequence[Any]) -> set[str]:
    return {text_of(row, "order_id") for row in rows if isinstance(row, dict)}


def ended_order(order: Order, row: Mapping[str, Any]) -> Order | None:
    """Read a row of the history as the end of this order; None where its status is no end (an order amended away, say).

    Raises:
        JsonError: if a number cannot be read.
        Malformed: if the row is of another order than the one known by its id.
    """
    symbol, side = text_of(row, "symbol"), text_of(row, "side")
    if symbol not in ("", order.symbol) or side not in ("", words.WIRE_SIDES[order.side]):
        raise Malformed(f"it has order {order.order_id} as another one ({side} {symbol})")
    status = text_of(row, "terminal_status", "status", "execution_state")
    filled = maybe_number(row.get("filled_qty"))
    filled = order.filled if filled is None else min(filled, order.quantity)
    if status == words.FILLED and filled >= order.quantity:
        state = OrderStatus.FILLED
    elif status in words.DEAD:
        state = OrderStatus.CANCELLED
    else:
        return None
    average: Decimal | None = maybe_number(row.get("avg_price"))
    return replace(
        order,
        status=state,
        raw_status=status,
        filled=filled,
        average_price=average if average is not None and average > ZERO else order.average_price,
        reason=words.DEAD.get(status, ""),
        # The history's time has no documented unit, so it must not decide which news is newer.
        updated_at=None,
    )

"""Executions of the account's orders, read order by order, each handed out once.

Source: "List User Trades" (https://docs.bitso.com, read 2026-11-21, documented).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from functools import partial

from app.domain.money import ZERO, exact
from app.domain.order import Fill, Order
from app.venues.bitso.link.rest import Rest, Use
from app.venues.bitso.rules.amounts import q8
from app.venues.bitso.wire.rows import read_fill, rows
from app.venues.common.failures import Malformed, Proof, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.transport.failures import NotSent, Unanswered

#: Nothing matched, or the records are not there yet.
_NOT_MATCHED = "0378"


class TradesRead(StrEnum):
    """Result of reading an order's trades.

    READ: all of them. NONE: none yet. PENDING: some are still to be recorded, or cannot be read. UNKNOWN: Bitso has no
    such order.
    """

    READ = "read"
    NONE = "none"
    PENDING = "pending"
    UNKNOWN = "unknown"


class Trades:
    """The executions known of each order."""

    def __init__(self, rest: Rest, reporter: Reporter) -> None:
        self._rest = rest
        self._reporter = reporter
        self._known: dict[str, dict[str, Fill]] = {}
        self._new: list[Fill] = []

    async def read(self, order: Order, use: Use = Use.PERSON) -> TradesRead:
        """Read an order's executions; those seen for the first time wait to be told.

        One that cannot be read, or cannot have happened on this order, is named and left out; the others stand.

        Raises:
            NotSent, Unanswered, ReadFailed, Malformed: they could not be read.
        """
        try:
            reply = await self._rest.read(self._rest.endpoints.order_trades(order.order_id), use)
        except ReadFailed as error:
            if error.code == _NOT_MATCHED:
                return TradesRead.NONE
            if error.proof is Proof.GONE:
                return TradesRead.UNKNOWN
            if error.proof is Proof.PENDING:
                return TradesRead.PENDING
            raise
        parse = partial(read_fill, account=self._reporter.account, order=order)
        fills, faults = rows(reply.payload, f"a trade of order {order.order_id}", parse)
        known = self._known.setdefault(order.order_id, {})
        new = {fill.fill_id: fill for fill in fills if fill.fill_id not in known}
        known.update(new)
        self._new += new.values()
        for fault in faults[:1]:
            self._reporter.notice_once(fault)
        return TradesRead.PENDING if faults else TradesRead.READ

    async def read_if_possible(self, order: Order) -> None:
        """Read them, where the value of fills is worth having and not worth losing a list for."""
        try:
            await self.read(order, Use.ROUTINE)
        except (NotSent, Unanswered, Malformed):
            return
        except ReadFailed as error:
            if error.proof in (Proof.AUTH, Proof.PERMISSION, Proof.LIMITED):
                raise

    def take_new(self) -> tuple[Fill, ...]:
        """Return executions nobody was told of yet; a reading that failed half-way leaves its own to the next one."""
        new, self._new = tuple(self._new), []
        return new

    def of(self, order_id: str) -> Iterable[Fill]:
        """Return the executions known of an order."""
        return self._known.get(order_id, {}).values()

    def filled(self, order_id: str) -> Decimal:
        """Return the sum of the executions known of an order."""
        with exact():
            return sum((fill.quantity for fill in self.of(order_id)), ZERO)

    def value(self, order: Order) -> Decimal | None:
        """Return the quote value of an order's fills, where its known trades add up to what it has filled."""
        if self.filled(order.order_id) != order.filled and order.filled != ZERO:
            return None
        with exact():
            return sum((fill.value or ZERO for fill in self.of(order.order_id)), ZERO) if order.filled else ZERO

    def with_fills(self, order: Order) -> Order:
        """Return the order with the value and the average price of its fills, as far as they are known."""
        value = self.value(order)
        if value is None or order.filled == ZERO:
            return replace(order, filled_value=value)
        with exact():
            return replace(order, filled_value=value, average_price=q8(value / order.filled))

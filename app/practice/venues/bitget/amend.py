"""Modify and batch-modify: the counter acknowledges, the engine applies later or fails without a word.

Source: Bitget unified account documentation, "Modify Order", "Batch Modify Orders" and the websocket's "Modify Order
Channel", read 2026-11-21: modification is asynchronous; after a successful acknowledgement it may still fail, and then
nothing is sent. With `autoCancel` yes a failure in the engine cancels the order. One modification may be pending by the
single call, five more by the batch; after one has failed, those queued behind it are skipped: with code 25573 where the
answer is still owed, else without a word.

Faults planned at `in_flight` strike between acknowledgement and application (a fill, a cancel; `refuse` and
`silent_failure` make the engine fail).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.practice.exchange.clock import Timer
from app.practice.exchange.errors import Reason, Refused
from app.practice.exchange.orders import SimChange, SimOrder
from app.practice.server.faults import Operation
from app.practice.server.gate import FaultOrders
from app.practice.server.server import VenueServer
from app.practice.venues.bitget import checks
from app.practice.venues.bitget import errors as code
from app.practice.venues.bitget.checks import ModifyRequest
from app.practice.venues.bitget.errors import BitgetError, invalid
from app.practice.venues.bitget.orders import Orders, refusal

MAX_ROWS = 20
#: Modifications that may wait for an order already being modified, by the batch call.
MAX_QUEUED = 5


@dataclass(frozen=True, slots=True)
class _PendingAmendment:
    """An acknowledged modification the engine has not seen yet."""

    operation: str
    wish: ModifyRequest
    delay_ms: int
    fails: bool
    new_id: bool


class Amending:
    """Modifications of one account."""

    def __init__(self, server: VenueServer, orders: Orders) -> None:
        self._server = server
        self._exchange = server.exchange
        self._switches = server.switches
        self._orders = orders
        self._queues: dict[int, deque[_PendingAmendment]] = {}
        self._timers: dict[int, Timer] = {}
        self._applied: dict[int, int] = {}
        #: By order, how many of its modifications the engine has failed.
        self._failed: dict[int, int] = {}

    def stop(self) -> None:
        """Call off what is pending."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._queues.clear()

    @property
    def idle(self) -> bool:
        """Return True if nothing is pending."""
        return not self._queues

    # -- the counter ---------------------------------------------------------------------------------------------------

    async def modify(self, body: object) -> dict[str, Any]:
        """`POST /api/v3/trade/modify-order`; the answer names the order and nothing else.

        Raises:
            BitgetError: see `checks`.
        """
        if not isinstance(body, Mapping):
            raise invalid("body")
        order = self._orders.find(body)
        wish = self._checked(order, body, single=True)
        planned = await self._server.gate.before_apply(Operation.AMEND, order)
        if planned.refuse is not None:
            raise refusal(planned)
        self._accept(Operation.AMEND, order, wish, planned)
        after = self._server.gate.before_reply(Operation.AMEND, order)
        if after.refuse is not None:
            raise refusal(after)
        return {"orderId": order.order_id, "clientOid": order.client_id}

    async def batch(self, body: object) -> list[dict[str, Any]]:
        """`POST /api/v3/trade/batch-modify-order`; each row stands for itself.

        Raises:
            BitgetError: 25200 for a body that is no batch: not 1 to 20 rows, two categories, an order twice.
        """
        rows = self._rows(body)
        found = [self._found(row) for row in rows]
        orders = [order for order in found if isinstance(order, SimOrder)]
        if len({order.uid for order in orders}) < len(orders):
            raise invalid("orderId")
        if len({self._orders.rows.category(order) for order in orders}) > 1:
            raise invalid("category")
        behind = {order.uid: self._failed.get(order.uid, 0) for order in orders if order.uid in self._queues}
        plans = [
            await self._server.gate.before_apply(Operation.BATCH_AMEND, order)
            if isinstance(order, SimOrder)
            else FaultOrders()
            for order in found
        ]
        for planned in plans:
            if planned.refuse is not None:
                raise refusal(planned)
        answers = []
        for index, (row, order) in enumerate(zip(rows, found, strict=True)):
            try:
                if isinstance(order, BitgetError):
                    raise order
                for planned in plans:
                    if index in planned.fail_rows:
                        raise refusal(FaultOrders(refuse=planned.row_refusal))
                if self._failed.get(order.uid, 0) != behind.get(order.uid, self._failed.get(order.uid, 0)):
                    raise BitgetError(code.SKIPPED)
                self._accept(Operation.BATCH_AMEND, order, self._checked(order, row, single=False), plans[index])
                answers.append(self._answer(row, order, None))
            except BitgetError as error:
                answers.append(self._answer(row, order, error))
        after = self._server.gate.before_reply(Operation.BATCH_AMEND, orders[0] if orders else None)
        if after.refuse is not None:
            raise refusal(after)
        return [answer for index, answer in enumerate(answers) if index not in after.omit_rows]

    @staticmethod
    def _rows(body: object) -> Sequence[Mapping[str, Any]]:
        if not isinstance(body, list) or not 1 <= len(body) <= MAX_ROWS:
            raise invalid("orderList")
        if not all(isinstance(row, Mapping) for row in body):
            raise invalid("orderList")
        if len({row["category"] for row in body if row.get("category")}) > 1:
            raise invalid("category")
        return body

    def _found(self, row: Mapping[str, Any]) -> SimOrder | BitgetError:
        try:
            return self._orders.find(row)
        except BitgetError as error:
            return error

    def _answer(
        self, row: Mapping[str, Any], order: SimOrder | BitgetError, error: BitgetError | None
    ) -> dict[str, Any]:
        """One row of the reply; whether a good row carries a code is not documented (switch `row_codes`)."""
        if isinstance(order, SimOrder):
            answer: dict[str, Any] = {"orderId": order.order_id, "clientOid": order.client_id}
        else:
            answer = {"orderId": row.get("orderId"), "clientOid": row.get("clientOid")}
        style = self._switches.choice("row_codes")
        if style == "never" or (error is None and style == "failed"):
            return answer
        return {
            **answer,
            "code": error.code if error else code.SUCCESS,
            "msg": error.message if error else "success",
        }

    def _checked(self, order: SimOrder, row: Mapping[str, Any], *, single: bool) -> ModifyRequest:
        """Everything the counter looks at."""
        wish = checks.read_wish(row, single=single)
        listing = self._orders.rows.listing(order)
        checks.check_names(row, order, listing)
        checks.check_modifiable(
            order,
            listing,
            closed_code=self._switches.choice("closed_code"),
            reduce_only_allowed=single and self._switches.choice("reduce_only_single") == "allow",
        )
        waiting = self._queues.get(order.uid, ())
        if single and waiting:
            raise BitgetError(self._switches.choice("second_amend_code"))
        if len(waiting) > MAX_QUEUED:
            raise BitgetError(code.PENDING_CHANGES)
        most = self._switches.integer("max_modifications")
        if most and self._applied.get(order.uid, 0) + len(waiting) >= most:
            raise BitgetError(code.TOO_MANY_CHANGES)
        if wish.preset and order.reduce_only:
            raise BitgetError(code.PRESET_ON_CLOSE)
        price, quantity = self._expected(order)
        if not checks.needs_anything(order, wish, price, quantity):
            raise BitgetError(code.UNCHANGED)
        price, quantity = wish.price or price, wish.quantity or quantity
        if price is None:
            raise BitgetError(code.NOT_MODIFIABLE)
        checks.check_values(
            self._exchange, order.symbol, order.side, price, quantity, str(order.attributes.get("category", ""))
        )
        checks.check_funds(self._exchange, order, price, quantity)
        return wish

    def _expected(self, order: SimOrder) -> tuple[Decimal | None, Decimal]:
        """Price and total once everything pending is applied."""
        price, quantity = order.price, order.quantity
        for pending in self._queues.get(order.uid, ()):
            price = pending.wish.price or price
            quantity = pending.wish.quantity or quantity
        return price, quantity

    # -- the engine ----------------------------------------------------------------------------------------------------

    def _accept(self, operation: str, order: SimOrder, wish: ModifyRequest, planned: FaultOrders) -> None:
        if planned.alter:
            wish = ModifyRequest(
                planned.alter.get("price", wish.price),
                planned.alter.get("quantity", wish.quantity),
                wish.auto_cancel,
                wish.preset,
                wish.request_id,
            )
        delay = planned.late_ms if planned.late_ms is not None else self._switches.integer("engine_delay_ms")
        queue = self._queues.setdefault(order.uid, deque())
        queue.append(_PendingAmendment(operation, wish, delay, fails=planned.silent, new_id=planned.new_id))
        if len(queue) == 1:
            self._schedule(order)

    def _schedule(self, order: SimOrder) -> None:
        delay = self._queues[order.uid][0].delay_ms
        self._timers[order.uid] = self._server.clock.call_later(delay, lambda: self._run(order))

    def _run(self, order: SimOrder) -> None:
        """Take the oldest pending modification; after a failure those behind it are skipped."""
        self._timers.pop(order.uid, None)
        queue = self._queues[order.uid]
        pending = queue[0]
        if order.is_open:
            planned = self._server.gate.in_flight(pending.operation, order)
            fails = pending.fails or planned.silent or planned.refuse is not None
        else:
            fails = True
        applied = not fails and self._apply(order, pending)
        queue.popleft()
        if applied:
            self._applied[order.uid] = self._applied.get(order.uid, 0) + 1
        else:
            queue.clear()
            self._failed[order.uid] = self._failed.get(order.uid, 0) + 1
            if pending.wish.auto_cancel and order.is_open:
                self._exchange.cancel(order, "normal_cancel")
        if queue:
            self._schedule(order)
        else:
            del self._queues[order.uid]

    def _apply(self, order: SimOrder, pending: _PendingAmendment) -> bool:
        wish, listing = pending.wish, self._orders.rows.listing(order)
        change = SimChange(
            price=listing.on_tick(wish.price),
            quantity=listing.on_step(wish.quantity),
            complete=self._switches.choice("equal_to_filled") == "complete",
            order_id=self._exchange.policy.order_id(self._exchange) if pending.new_id else None,
            attributes={
                "preset": checks.merged_preset(order, wish),
                "request_id": wish.request_id,
                "delegate_type": self._switches.choice("amended_type"),
            },
        )
        try:
            self._exchange.amend(order, change)
        except Refused as refused:
            crossed = refused.reason is Reason.WOULD_CROSS and order.is_open
            if crossed and self._switches.choice("post_only_cross") == "cancel":
                self._exchange.cancel(order, "post_only")
            return False
        return True

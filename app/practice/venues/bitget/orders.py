"""Find and cancel orders on a practice Bitget.

A cancel is acknowledged first and done a little later. Source: Bitget unified account documentation, "Cancel Order" and
its batch and symbol forms, read 2026-11-21; that the acknowledgement comes before the effect is our inference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.practice.exchange.clock import Timer
from app.practice.exchange.orders import TRADER, SimOrder
from app.practice.server.faults import Operation
from app.practice.server.gate import FaultOrders
from app.practice.server.server import VenueServer
from app.practice.venues.bitget import errors as code
from app.practice.venues.bitget.errors import BitgetError, invalid
from app.practice.venues.bitget.markets import CATEGORIES
from app.practice.venues.bitget.rows import Rows

MAX_ROWS = 20


class Orders:
    """The orders of one account."""

    def __init__(self, server: VenueServer, rows: Rows) -> None:
        self._server = server
        self._exchange = server.exchange
        self.rows = rows
        self._timers: dict[int, Timer] = {}
        self._countdown: Timer | None = None

    def stop(self) -> None:
        """Call off what is pending."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        if self._countdown is not None:
            self._countdown.cancel()

    # -- finding -------------------------------------------------------------------------------------------------------

    def find(self, row: Mapping[str, Any]) -> SimOrder:
        """Our order by `orderId`, or by `clientOid` if there is no orderId.

        Raises:
            BitgetError: 25200 when neither is given, 25204 when there is none.
        """
        order_id, client_id = row.get("orderId"), row.get("clientOid")
        if order_id not in (None, ""):
            order = self._exchange.order_of(TRADER, str(order_id))
            if order is None:
                raise BitgetError(code.NO_ORDER)
            return order
        if client_id in (None, ""):
            raise invalid("orderId or clientOid")
        found = self._exchange.by_client_id(TRADER, str(client_id))
        if not found:
            raise BitgetError(code.NO_ORDER)
        return next((order for order in reversed(found) if order.is_open), found[-1])

    def open_in(self, category: str, symbol: str = "") -> list[SimOrder]:
        """The open orders of a category, oldest first."""
        return [
            order
            for order in self._exchange.open_orders(TRADER)
            if self.rows.category(order) == category and symbol in ("", self.rows.listing(order).symbol)
        ]

    # -- cancel --------------------------------------------------------------------------------------------------------

    async def cancel(self, body: object) -> dict[str, Any]:
        """`POST /api/v3/trade/cancel-order`; acknowledged first, gone a little later."""
        if not isinstance(body, Mapping):
            raise invalid("body")
        order = self.find(body)
        await self._cancel(order)
        return {"orderId": order.order_id, "clientOid": order.client_id}

    async def _cancel(self, order: SimOrder) -> None:
        if not order.is_open:
            raise BitgetError(code.NOTHING_TO_CANCEL)
        planned = await self._server.gate.before_apply(Operation.CANCEL, order)
        if planned.refuse is not None:
            raise refusal(planned)
        if not planned.silent:
            delay = planned.late_ms if planned.late_ms is not None else self._server.switches.integer("cancel_delay_ms")
            self._timers[order.uid] = self._server.clock.call_later(delay, lambda: self._gone(order))
        after = self._server.gate.before_reply(Operation.CANCEL, order)
        if after.refuse is not None:
            raise refusal(after)

    def _gone(self, order: SimOrder) -> None:
        self._timers.pop(order.uid, None)
        if order.is_open:
            self._exchange.cancel(order, "user")

    async def cancel_batch(self, body: object) -> list[dict[str, Any]]:
        """`POST /api/v3/trade/cancel-batch`; partial success, so each row has its own code."""
        if not isinstance(body, list) or not 1 <= len(body) <= MAX_ROWS:
            raise invalid("orderList")
        if not all(isinstance(row, Mapping) and row.get("category") and row.get("symbol") for row in body):
            raise invalid("category and symbol")
        if len({row["category"] for row in body}) > 1:
            raise invalid("category")
        answers = []
        for row in body:
            answer = {"orderId": row.get("orderId", ""), "clientOid": row.get("clientOid", "")}
            answers.append({**answer, **await self._outcome(self._cancel_row, row)})
        return answers

    async def _cancel_row(self, row: Mapping[str, Any]) -> None:
        await self._cancel(self.find(row))

    @staticmethod
    async def _outcome(work: Callable[[Any], Any], argument: object) -> dict[str, str]:
        try:
            await work(argument)
        except BitgetError as error:
            return {"code": error.code, "msg": error.message}
        return {"code": code.SUCCESS, "msg": "success"}

    async def cancel_all(self, body: object) -> dict[str, Any]:
        """`POST /api/v3/trade/cancel-symbol-order`: a whole category, or one symbol of it."""
        if not isinstance(body, Mapping) or body.get("category") not in CATEGORIES:
            raise invalid("category")
        orders = self.open_in(body["category"], str(body.get("symbol") or ""))
        if not orders and self._server.switches.choice("nothing_to_cancel") == "error":
            raise BitgetError(code.NOTHING_TO_CANCEL)
        done = []
        for order in orders:
            names = {"orderId": order.order_id, "clientOid": order.client_id}
            done.append({**names, **await self._outcome(self._cancel, order)})
        return {"list": done}

    async def countdown(self, body: object) -> str:
        """`POST /api/v3/trade/countdown-cancel-all`: everything goes unless the countdown is renewed; "0" ends it."""
        text = str(body.get("countdown", "")) if isinstance(body, Mapping) else ""
        if not text.isdigit() or not (text == "0" or 5 <= int(text) <= 60):
            raise invalid("countdown")
        if self._countdown is not None:
            self._countdown.cancel()
            self._countdown = None
        if text != "0":
            self._countdown = self._server.clock.call_later(int(text) * 1000, self._all_gone)
        return "success"

    def _all_gone(self) -> None:
        for order in self._exchange.open_orders(TRADER):
            self._exchange.cancel(order, "user")


def refusal(planned: FaultOrders) -> BitgetError:
    """A scripted refusal."""
    asked = planned.refuse or {}
    status = asked.get("status")
    return BitgetError(
        str(asked.get("code", "40725")),
        str(asked.get("message", "service return an error")),
        int(status) if status is not None else None,
    )

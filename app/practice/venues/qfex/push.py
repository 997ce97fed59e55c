"""Pushes to the subscribers of the account: order responses and fills, and the answers that are order responses too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from app.practice.exchange.orders import TRADER, ExchangeEvent, OrderChanged, OrdersTraded, SimOrder, Status
from app.practice.server.faults import Operation
from app.practice.server.server import VenueServer
from app.practice.server.socket import SocketSession
from app.practice.venues.qfex import rows


class AccountPush:
    """Tells every connection to the trade address what happened to the account.

    Attributes:
        sessions: the open connections.
    """

    def __init__(self, server: VenueServer) -> None:
        self._server = server
        self.sessions: list[SocketSession] = []
        #: While a command is being applied: its connection, its operation, and the id it named.
        self._asking: tuple[SocketSession, str, str] | None = None
        #: Left of each order after the fill that is being told; more may have happened since.
        self._left: dict[int, Decimal] = {}
        server.exchange.subscribe(self._happened)

    @contextmanager
    def answering(self, session: SocketSession, operation: str, order_id: str) -> Iterator[None]:
        """Make the order responses of this block the answer to this connection."""
        self._asking = (session, operation, order_id)
        try:
            yield
        finally:
            self._asking = None

    def _happened(self, event: ExchangeEvent) -> None:
        if isinstance(event, OrderChanged) and event.order.owner == TRADER:
            self._order_changed(event)
        elif isinstance(event, OrdersTraded):
            for order in (event.maker, event.taker):
                if order.owner == TRADER:
                    done = event.execution
                    left = self._left.pop(order.uid, order.remaining)
                    row = rows.order_row(order, "FILLED", trade_id=done.trade_id, left=left)
                    self._tell(order, row, order.order_id)
                    self._push("fills", {"fill_response": rows.fill_row(done, order)}, Operation.PUSH_FILL, order)

    def _order_changed(self, event: OrderChanged) -> None:
        order, cause = event.order, event.revision.cause
        left = event.revision.quantity - event.revision.filled
        if cause == "fill":
            self._left[order.uid] = left
        elif cause in ("placed", "triggered", "admitted"):
            self._tell(order, rows.order_row(order, "ACK", left=left), order.order_id)
        elif cause == "modified":
            if self._server.switches.flag("emit_old_cancelled") and event.former_id != order.order_id:
                former = rows.left_of(order, event.former_id)
                row = rows.order_row(order, "CANCELLED", order_id=event.former_id, left=former)
                self._tell(order, row, event.former_id)
            self._tell(order, rows.order_row(order, "MODIFIED", left=left), event.former_id)
        elif order.status in (Status.CANCELLED, Status.EXPIRED):
            status = "CANCELLED_STP" if order.reason.startswith("self") else "CANCELLED"
            self._tell(order, rows.order_row(order, status), order.order_id)

    def _tell(self, order: SimOrder, row: rows.Row, known_id: str) -> None:
        """Send an `order_response`: as the answer to whoever asked, as a push to every other subscriber."""
        planned = self._server.gate.before_push(Operation.PUSH_ORDER, order)
        if planned.unknown_status is not None:
            row = {**row, "status": planned.unknown_status}
        for session in list(self.sessions):
            if "order_responses" not in session.attributes["channels"]:
                continue
            if self._asking is not None and self._asking[0] is session and row["status"] != "FILLED":
                session.reply_json({"order_response": row}, self._asking[1], self._asking[2])
            else:
                session.push_json({"order_response": row}, Operation.PUSH_ORDER, known_id)

    def refuse(self, session: SocketSession, row: rows.Row, operation: str, order_id: str) -> None:
        """Send a refusal to whoever asked; every other subscriber of the account sees it too."""
        for each in list(self.sessions):
            if "order_responses" not in each.attributes["channels"]:
                continue
            if each is session:
                each.reply_json({"order_response": row}, operation, order_id)
            else:
                each.push_json({"order_response": row}, Operation.PUSH_ORDER, order_id)

    def _push(self, channel: str, frame: dict[str, Any], operation: str, order: SimOrder) -> None:
        for session in list(self.sessions):
            if channel in session.attributes["channels"]:
                session.push_json(frame, operation, order.order_id)

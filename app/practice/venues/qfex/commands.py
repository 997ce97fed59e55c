"""Commands of the trade socket by name; those that only read are answered here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.practice.exchange.orders import TRADER, SimOrder
from app.practice.server.faults import Operation
from app.practice.server.server import VenueServer
from app.practice.server.socket import SocketSession
from app.practice.venues.qfex import rows
from app.practice.venues.qfex.amend import Amending
from app.practice.venues.qfex.errors import InvalidCommand
from app.practice.venues.qfex.fields import open_order
from app.practice.venues.qfex.place import Placing
from app.practice.venues.qfex.push import AccountPush

_LIST_LIMIT = 1000


class Commands:
    """The commands of one account."""

    def __init__(self, server: VenueServer, push: AccountPush) -> None:
        self._exchange = server.exchange
        self._switches = server.switches
        self._amending = Amending(server, push)
        self._placing = Placing(server, push)

    async def run(self, session: SocketSession, kind: str, params: Mapping[str, Any], asked: object) -> None:
        """Run one command.

        Raises:
            InvalidCommand: for a command or a parameter there is not.
        """
        match kind:
            case "modify_order":
                await self._amending.modify(session, params)
            case "modify_stop_order":
                self._amending.modify_stop(session, params, asked)
            case "add_order":
                await self._placing.place(session, params)
            case "cancel_order":
                await self._placing.cancel(session, params)
            case "cancel_stop_order":
                await self._cancel_stop(session, params, asked)
            case "cancel_all_orders":
                self._placing.cancel_all()
            case "get_user_orders":
                self._list(session, params)
            case "get_user_trades":
                self._trades(session, params)
            case _:
                raise InvalidCommand("InvalidParameter", f"There is no command {kind}.")

    async def _cancel_stop(self, session: SocketSession, params: Mapping[str, Any], asked: object) -> None:
        """Cancel a stop order, and answer in the way that the switch says."""
        order = open_order(self._exchange, str(params.get("stop_order_id")))
        answer = self._switches.choice("stop_answer")
        if order is None or answer == "order_response":
            await self._placing.cancel(session, {**params, "order_id": params.get("stop_order_id")})
            return
        # The end of the order is then told to the others alone.
        channels: set[str] = session.attributes["channels"]
        listens = "order_responses" in channels
        channels.discard("order_responses")
        self._exchange.cancel(order)
        if listens:
            channels.add("order_responses")
        frames: dict[str, dict[str, Any]] = {
            "stop_order_response": {"stop_order_response": rows.stop_row(order)},
            "ack": {"ack": {"incoming_message": asked}},
            "bare_ack": {"ack": {}},
        }
        session.reply_json(frames[answer], Operation.CANCEL, order.order_id)

    # -- reading -------------------------------------------------------------------------------------------------------

    def _list(self, session: SocketSession, params: Mapping[str, Any]) -> None:
        limit, offset = int(params.get("limit", _LIST_LIMIT)), int(params.get("offset", 0))
        symbol = params.get("symbol")
        found = self._exchange.open_orders(TRADER, str(symbol) if symbol else None)
        page = found[offset : offset + min(limit, _LIST_LIMIT, self._switches.integer("page_rows"))]
        body = {"orders": [rows.order_row(order, status_of(order)) for order in page], "twaps": []}
        session.reply_json({"all_orders_response": body}, Operation.LIST_ORDERS)

    def _trades(self, session: SocketSession, params: Mapping[str, Any]) -> None:
        wanted = params.get("order_id")
        told = [rows.fill_row(done, order) for done, order in reversed(self._exchange.fills_of(TRADER))]
        found = [row for row in told if wanted in (None, row["order_id"])]
        offset, limit = int(params.get("offset", 0)), int(params.get("limit", 100))
        session.reply_json({"user_trades_response": found[offset : offset + limit]}, Operation.FILLS)


def status_of(order: SimOrder) -> str:
    """The status a listing shows: the last thing that happened, MODIFIED included."""
    if order.filled:
        return "FILLED"
    return "MODIFIED" if any(line.cause == "modified" for line in order.history) else "ACK"

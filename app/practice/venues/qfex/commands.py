"""The commands of the trade socket: add, modify, cancel, list. Limit orders and changes wait for the speed bump."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from app.practice.exchange.errors import Refused
from app.practice.exchange.orders import (
    TRADER,
    ZERO,
    Change,
    Force,
    Kind,
    NewOrder,
    Side,
    SimOrder,
    Status,
    TriggerSource,
)
from app.practice.server.faults import Operation
from app.practice.server.gate import Turn
from app.practice.server.socket import Session
from app.practice.venues.qfex import rows, rules

if TYPE_CHECKING:
    from app.practice.venues.qfex.server import QfexServer
    from app.practice.venues.qfex.trade import TradeSocket

_LIST_LIMIT = 1000


class Invalid(Exception):
    """A command that never reaches the engine; it is answered with an `err` frame."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Commands:
    """The commands of one account."""

    def __init__(self, server: QfexServer, socket: TradeSocket) -> None:
        self._server = server
        self._socket = socket

    async def run(self, session: Session, kind: str, params: Mapping[str, Any], asked: object) -> None:
        """Run one command.

        Raises:
            Invalid: for a command or a parameter there is not.
        """
        match kind:
            case "modify_order":
                await self._modify(session, params)
            case "modify_stop_order":
                self._modify_stop(session, params, asked)
            case "add_order":
                await self._add(session, params)
            case "cancel_order":
                await self._cancel(session, params)
            case "cancel_stop_order":
                await self._cancel(session, {**params, "order_id": params.get("stop_order_id")})
            case "cancel_all_orders":
                self._cancel_all(session, asked)
            case "get_user_orders":
                self._list(session, params)
            case "get_order":
                self._get(session, params)
            case "get_user_trades":
                self._trades(session, params)
            case "set_user_leverage":
                session.reply_json({"ack_response": True})
            case _:
                raise Invalid("InvalidParameter", f"There is no command {kind}.")

    # --- modify ------------------------------------------------------------------------------------------------

    async def _modify(self, session: Session, params: Mapping[str, Any]) -> None:
        order_id, symbol = text(params, "order_id"), text(params, "symbol")
        side, kind = text(params, "side"), text(params, "order_type")
        values = {name: number(params, name) for name in ("price", "quantity", "take_profit", "stop_loss")}
        reduce_only = params.get("reduce_only")
        if reduce_only is not None and not isinstance(reduce_only, bool):
            raise Invalid("InvalidParameter", "reduce_only takes true or false.")
        found = self._find(order_id)
        turn = await self._server.gate.before_apply(Operation.AMEND, found)
        if turn.silent:
            return
        pause = self._server.switches.integer("bump_ms") + (turn.late_ms or 0)

        def apply() -> None:
            order = self._find(order_id)
            status = self._modify_status(order, symbol, side, kind, values, reduce_only, turn)
            if status is not None or order is None:
                self._refuse(session, params, order, order_id, status or rules.CANNOT_MODIFY_NO_SUCH_ORDER)
                return
            self._apply(session, order, order_id, values, turn)

        self._server.clock.call_later(pause, apply)

    def _find(self, order_id: str) -> SimOrder | None:
        """Our open order that has this id now; an id it had before finds nothing."""
        try:
            order = self._server.exchange.order(order_id)
        except Refused:
            return None
        return order if order.owner == TRADER and order.is_open and order.order_id == order_id else None

    def _modify_status(
        self,
        order: SimOrder | None,
        symbol: str,
        side: str,
        kind: str,
        values: Mapping[str, Decimal | None],
        reduce_only: bool | None,
        turn: Turn,
    ) -> str | None:
        """Why the modification is refused, or None."""
        if turn.refuse is not None:
            return str(turn.refuse.get("code", "REJECTED_FAILED_TO_PROCESS"))
        if order is None or (order.symbol, str(order.side).upper()) != (symbol, side) or rows.type_of(order) != kind:
            return rules.CANNOT_MODIFY_NO_SUCH_ORDER
        if self._server.switches.flag("require_reduce_only") and reduce_only is not order.reduce_only:
            return rules.CANNOT_MODIFY_NO_SUCH_ORDER
        quantity = values["quantity"] if values["quantity"] is not None else order.quantity
        if order.filled and not (self._server.switches.flag("allow_partial_modify") and quantity > order.filled):
            return rules.CANNOT_MODIFY_PARTIAL_FILL
        instrument = self._server.exchange.instrument(symbol)
        price = values["price"] if values["price"] is not None else order.price
        if order.status is Status.UNTRIGGERED or price is None:
            return "INVALID_ORDER_TYPE"
        wrong = rules.quantity_status(instrument, quantity)
        wrong = wrong or rules.price_status(self._server.exchange, instrument, order.side, price)
        profit, loss = self._exits(order, values)
        wrong = wrong or rules.exits_status(instrument, order.side, price, profit, loss)
        if wrong is None and order.post_only and self._server.exchange.book(symbol).would_cross(order.side, price):
            return "CANNOT_MODIFY_ALO_WOULD_CROSS"
        return wrong

    def _exits(self, order: SimOrder, values: Mapping[str, Decimal | None]) -> tuple[Decimal, Decimal]:
        """Take profit and stop loss after the modification; what an omission does is a switch."""
        strip = self._server.switches.flag("strip_omitted_tpsl")
        found = []
        for name in ("take_profit", "stop_loss"):
            given = values[name]
            kept = ZERO if strip else Decimal(order.attributes.get(name, ZERO))
            found.append(given if given is not None else kept)
        return found[0], found[1]

    def _apply(
        self, session: Session, order: SimOrder, order_id: str, values: Mapping[str, Decimal | None], turn: Turn
    ) -> None:
        exchange, switches = self._server.exchange, self._server.switches
        profit, loss = self._exits(order, values)
        values = {**values, **turn.alter}
        if switches.flag("drop_client_id"):
            order.client_id = ""
        change = Change(
            price=values["price"],
            quantity=values["quantity"],
            order_id=None if switches.flag("keep_id") else exchange.ids.uuid(),
            attributes={"take_profit": profit, "stop_loss": loss},
            cause="modified",
        )
        self._socket.asking = (session, Operation.AMEND, order_id)
        try:
            exchange.amend(order, change)
        except Refused as refused:
            status = rules.OF_REASON[refused.reason]
            self._socket.refuse(session, rows.order_row(order, status), Operation.AMEND, order_id)
        finally:
            self._socket.asking = None

    def _refuse(
        self, session: Session, params: Mapping[str, Any], order: SimOrder | None, order_id: str, status: str
    ) -> None:
        if order is not None:
            row = rows.order_row(order, status)
        else:
            row = {
                "order_id": order_id,
                "symbol": params.get("symbol"),
                "status": status,
                "quantity": number(params, "quantity") or ZERO,
                "quantity_remaining": ZERO,
                "price": number(params, "price") or ZERO,
                "side": params.get("side"),
                "type": params.get("order_type"),
                "time_in_force": "GTC",
                "client_order_id": "",
                "trade_id": None,
            }
        self._socket.refuse(session, row, Operation.AMEND, order_id)

    def _modify_stop(self, session: Session, params: Mapping[str, Any], asked: object) -> None:
        order = self._find(text(params, "stop_order_id"))
        price, quantity = number(params, "price"), number(params, "quantity")
        if order is None or order.status is not Status.UNTRIGGERED:
            raise Invalid("InvalidOrder", "There is no such stop order.")
        instrument = self._server.exchange.instrument(order.symbol)
        if price is not None and price % instrument.tick or quantity is not None and quantity % instrument.step:
            raise Invalid("InvalidParameter", "price or quantity is off its step.")
        try:
            self._server.exchange.amend(order, Change(stop=price, quantity=quantity, cause="stop_modified"))
        except Refused as refused:
            raise Invalid("InvalidOrder", str(refused)) from None
        session.reply_json({"ack": {"incoming_message": asked}}, Operation.AMEND, order.order_id)

    # --- add and cancel ----------------------------------------------------------------------------------------

    async def _add(self, session: Session, params: Mapping[str, Any]) -> None:
        symbol, side_text, kind = text(params, "symbol"), text(params, "side"), text(params, "order_type")
        force_text, quantity = text(params, "order_time_in_force"), number(params, "quantity")
        price = number(params, "price")
        if quantity is None or (kind in ("LIMIT", "ALO") and price is None):
            raise Invalid("InvalidParameter", "quantity and, for a limit order, price are required.")
        try:
            instrument = self._server.exchange.instrument(symbol)
            side, force = Side(side_text.lower()), Force(force_text.lower())
        except (Refused, ValueError):
            raise Invalid("InvalidParameter", "symbol, side or order_time_in_force is not valid.") from None
        stops = {"TAKE_PROFIT", "STOP_LOSS"}
        if kind not in {"LIMIT", "MARKET", "ALO"} | stops:
            raise Invalid("InvalidParameter", f"There is no order type {kind}.")
        exits = {name: number(params, name) or ZERO for name in ("take_profit", "stop_loss")}
        attributes: dict[str, object] = dict(exits)
        if kind in stops:
            attributes["stop_type"] = kind
        new = NewOrder(
            TRADER,
            symbol,
            side,
            Kind.STOP_MARKET if kind in stops else Kind.MARKET if kind == "MARKET" else Kind.LIMIT,
            quantity,
            None if kind == "MARKET" or kind in stops else price,
            stop=price if kind in stops else None,
            trigger=TriggerSource.MARK,
            rising=(kind == "TAKE_PROFIT") is (side is Side.SELL) if kind in stops else None,
            force=force,
            post_only=kind == "ALO",
            reduce_only=params.get("reduce_only") is True or kind in stops,
            client_id=str(params.get("client_order_id") or ""),
            attributes=attributes,
        )
        wrong = rules.quantity_status(instrument, quantity)
        if price is not None and kind in ("LIMIT", "ALO"):
            wrong = wrong or rules.price_status(self._server.exchange, instrument, side, price)
        turn = await self._server.gate.before_apply(Operation.PLACE)
        if turn.refuse is not None:
            wrong = str(turn.refuse.get("code", "REJECTED_FAILED_TO_PROCESS"))

        def apply() -> None:
            status = wrong
            if status is None:
                self._socket.asking = (session, Operation.PLACE, "")
                try:
                    self._server.exchange.place(new)
                except Refused as refused:
                    status = rules.OF_REASON[refused.reason]
                finally:
                    self._socket.asking = None
            if status is not None:
                row = {
                    "order_id": self._server.exchange.ids.uuid(),
                    "symbol": symbol,
                    "status": status,
                    "quantity": quantity,
                    "quantity_remaining": ZERO,
                    "price": price or ZERO,
                    "side": side_text,
                    "type": kind,
                    "time_in_force": force_text,
                    "client_order_id": new.client_id,
                    "trade_id": None,
                }
                self._socket.refuse(session, row, Operation.PLACE, "")

        bump = self._server.switches.integer("bump_ms") if kind in ("LIMIT", "ALO") else 0
        self._server.clock.call_later(bump, apply)

    async def _cancel(self, session: Session, params: Mapping[str, Any]) -> None:
        order_id = str(params.get("order_id") or params.get("client_order_id") or "")
        by_client = params.get("cancel_order_id_type") == "client_order_id"
        exchange = self._server.exchange
        if by_client:
            found = [order for order in exchange.by_client_id(TRADER, order_id) if order.is_open]
        else:
            one = self._find(order_id)
            found = [one] if one is not None else []
        turn = await self._server.gate.before_apply(Operation.CANCEL, found[0] if found else None)
        if turn.refuse is not None or not found:
            status = str(turn.refuse.get("code")) if turn.refuse is not None else rules.NO_SUCH_ORDER
            row = {"order_id": order_id, "symbol": params.get("symbol"), "status": status, "client_order_id": ""}
            self._socket.refuse(session, row, Operation.CANCEL, order_id)
            return
        for order in found:
            if order.is_open:
                self._socket.asking = (session, Operation.CANCEL, order.order_id)
                try:
                    exchange.cancel(order)
                finally:
                    self._socket.asking = None

    def _cancel_all(self, session: Session, asked: object) -> None:
        for order in self._server.exchange.open_orders(TRADER):
            self._server.exchange.cancel(order)
        if self._server.switches.choice("cancel_all_reply") == "ack":
            session.reply_json({"ack": {"incoming_message": asked}}, Operation.CANCEL_ALL)

    # --- reading -----------------------------------------------------------------------------------------------

    def _list(self, session: Session, params: Mapping[str, Any]) -> None:
        limit, offset = int(params.get("limit", _LIST_LIMIT)), int(params.get("offset", 0))
        symbol = params.get("symbol")
        found = self._server.exchange.open_orders(TRADER, str(symbol) if symbol else None)
        page = found[offset : offset + min(limit, _LIST_LIMIT)]
        body = {"orders": [rows.order_row(order, status_of(order)) for order in page], "twaps": []}
        session.reply_json({"all_orders_response": body}, Operation.LIST_ORDERS)

    def _get(self, session: Session, params: Mapping[str, Any]) -> None:
        order_id = text(params, "order_id")
        order = self._find(order_id)
        if order is None:
            row: rows.Row = {"order_id": order_id, "symbol": params.get("symbol"), "status": rules.NO_SUCH_ORDER}
        else:
            row = rows.order_row(order, status_of(order))
        session.reply_json({"order_response": row}, Operation.LOOK_UP, order_id)

    def _trades(self, session: Session, params: Mapping[str, Any]) -> None:
        wanted = params.get("order_id")
        found = []
        for done in reversed(self._server.exchange.executions_of(TRADER)):
            for uid, owner in ((done.maker_uid, done.maker_owner), (done.taker_uid, done.taker_owner)):
                row = rows.fill_row(done, self._server.exchange.by_uid(uid)) if owner == TRADER else None
                if row is not None and wanted in (None, row["order_id"]):
                    found.append(row)
        offset, limit = int(params.get("offset", 0)), int(params.get("limit", 100))
        session.reply_json({"user_trades_response": found[offset : offset + limit]}, Operation.FILLS)


def status_of(order: SimOrder) -> str:
    """The status a listing shows: the last thing that happened, MODIFIED included."""
    if order.filled:
        return "FILLED"
    return "MODIFIED" if any(line.cause == "modified" for line in order.history) else "ACK"


def text(params: Mapping[str, Any], name: str) -> str:
    """A required text.

    Raises:
        Invalid: if it is missing.
    """
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise Invalid("InvalidParameter", f"{name} is required.")
    return value


def number(params: Mapping[str, Any], name: str) -> Decimal | None:
    """An optional number; the venue takes JSON numbers only.

    Raises:
        Invalid: for anything else.
    """
    value = params.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Invalid("InvalidParameter", f"{name} takes a number.")
    try:
        found = Decimal(value)
    except InvalidOperation:
        raise Invalid("InvalidParameter", f"{name} takes a number.") from None
    if found < 0:
        raise Invalid("InvalidParameter", f"{name} may not be negative.")
    return found

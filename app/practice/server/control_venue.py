"""One control request about one venue: what a drill may do to it, and the truth it may ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from app.practice.exchange.errors import PracticeError
from app.practice.exchange.orders import TRADER, Execution, Side, SimOrder, TriggerSource
from app.practice.server.server import VenueServer


class ControlError(PracticeError):
    """A control request that makes no sense; its message is the answer."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class VenueControl:
    """One request about one venue."""

    def __init__(self, venue: VenueServer, params: Mapping[str, str], body: Mapping[str, Any]) -> None:
        self._venue = venue
        self._params = params
        self._body = body

    def answer(self, method: str, parts: list[str]) -> object:
        rest = parts[1:]
        handlers: dict[tuple[str, str], Callable[[], object]] = {
            ("GET", "switches"): self._venue.switches.describe,
            ("POST", "switches"): self._set_switches,
            ("DELETE", "switches"): self._reset_switches,
            ("GET", "faults"): self._faults,
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._remove_faults,
            ("POST", "trade"): self._trade,
            ("POST", "move"): self._move,
            ("POST", "price"): self._price,
            ("POST", "session"): self._session,
            ("POST", "connections"): self._connections,
            ("POST", "clock"): self._clock,
            ("GET", "orders"): lambda: self._orders(rest),
            ("GET", "executions"): self._executions,
            ("GET", "balances"): self._balances,
            ("GET", "book"): lambda: self._book(rest),
            ("GET", "requests"): self._requests,
        }
        handlers |= {("POST", name): partial(self._to_order, act) for name, act in self._on_orders().items()}
        found = handlers.get((method, "/".join(parts))) or handlers.get((method, parts[0]))
        if found is None:
            raise ControlError(f"There is no {method} {'/'.join(parts)} of a venue; see GET /.", 404)
        return found()

    # -- switches and faults -------------------------------------------------------------------------------------------

    def _set_switches(self) -> object:
        for name, value in self._body.items():
            self._venue.switches.set(name, value)
        return self._venue.switches.as_dict()

    def _reset_switches(self) -> object:
        self._venue.switches.reset()
        return self._venue.switches.as_dict()

    def _faults(self) -> object:
        return [fault.describe() for fault in self._venue.faults.faults]

    def _add_fault(self) -> object:
        arguments = self._body.get("arguments", {})
        if not isinstance(arguments, Mapping):
            raise ControlError("`arguments` must be an object.")
        fault = self._venue.faults.add(
            self._text("action"),
            str(self._body.get("operation", "*")),
            point=self._body.get("point"),
            order_id=str(self._body.get("order_id", "")),
            count=int(self._body.get("count", 1)),
            skip=int(self._body.get("skip", 0)),
            **arguments,
        )
        return fault.describe()

    def _remove_faults(self) -> object:
        number = self._body.get("number")
        if number is None:
            self._venue.faults.clear()
        elif not self._venue.faults.remove(int(number)):
            raise ControlError(f"There is no fault number {number}.", 404)
        return self._faults()

    # -- the market and other people -----------------------------------------------------------------------------------

    def _trade(self) -> object:
        side = self._text("side").lower()
        if side not in {"buy", "sell"}:
            raise ControlError("`side` must be buy or sell.")
        done = self._venue.market.trade_through(
            self._text("symbol"), Side(side), self._needed("price"), self._decimal("quantity")
        )
        return [_execution(trade) for trade in done]

    def _on_orders(self) -> dict[str, Callable[[SimOrder], None]]:
        """Acts on one order, by path."""
        venue = self._venue
        return {
            "fill": lambda order: venue.fill_now(order, self._decimal("quantity")),
            "trigger": venue.trigger_now,
            "expire": lambda order: venue.expire_now(order, str(self._body.get("reason", "expired"))),
            "admit": venue.exchange.admit,
            "foreign/amend": lambda order: venue.foreign_amend(
                order, self._decimal("price"), self._decimal("quantity")
            ),
            "foreign/cancel": venue.foreign_cancel,
        }

    def _to_order(self, act: Callable[[SimOrder], None]) -> object:
        order = self._find(self._text("order_id"))
        act(order)
        return self._venue.truth(order)

    def _move(self) -> object:
        self._venue.move_price(self._text("symbol"), self._needed("price"))
        return self._book([self._text("symbol")])

    def _price(self) -> object:
        source = self._text("source")
        if source not in {"last", "mark"}:
            raise ControlError("`source` must be last or mark.")
        self._venue.exchange.set_price(self._text("symbol"), TriggerSource(source), self._needed("price"))
        return self._book([self._text("symbol")])

    def _session(self) -> object:
        self._venue.set_session(self._text("symbol"), bool(self._body.get("open", False)))
        return {"symbol": self._text("symbol"), "open": self._venue.exchange.is_trading(self._text("symbol"))}

    async def _connections(self) -> object:
        action = self._text("action")
        wanted = self._body.get("listener")
        affected = {}
        for listener in self._venue.listeners:
            if wanted not in (None, listener.name):
                continue
            match action:
                case "cut":
                    affected[listener.name] = listener.cut()
                case "freeze":
                    affected[listener.name] = listener.freeze()
                case "down":
                    affected[listener.name] = await listener.go_down()
                case "up":
                    affected[listener.name] = await listener.come_up()
                case _:
                    raise ControlError("`action` must be cut, freeze, down or up.")
        return affected

    def _clock(self) -> object:
        self._venue.clock.skew_ms = int(self._body.get("skew_ms", 0))
        return {"skew_ms": self._venue.clock.skew_ms}

    # -- the truth -----------------------------------------------------------------------------------------------------

    def _orders(self, rest: list[str]) -> object:
        if rest:
            return self._venue.truth(self._find("/".join(rest)))
        orders = self._venue.exchange.orders_of(TRADER)
        only_open = self._params.get("open") == "1"
        return [self._venue.truth(order) for order in orders if order.is_open or not only_open]

    def _executions(self) -> object:
        order_id = self._params.get("order_id")
        uid = self._find(order_id).uid if order_id else None
        return [_execution(done) for done in self._venue.exchange.executions_of(TRADER, uid)]

    def _balances(self) -> object:
        ledger = self._venue.exchange.ledger
        return {
            currency: {
                "total": balance.total,
                "locked": balance.locked,
                "available": balance.available,
                "locks": {str(key): amount for key, amount in ledger.locks(TRADER, currency).items()},
            }
            for currency, balance in ledger.balances(TRADER).items()
        }

    def _book(self, rest: list[str]) -> object:
        symbol = "/".join(rest)
        book = self._venue.exchange.book(symbol)
        sides = {
            name: [[level.price, level.quantity, level.orders] for level in book.depth(side, 20)]
            for name, side in (("bids", Side.BUY), ("asks", Side.SELL))
        }
        prices = {str(source): self._venue.exchange.price(symbol, source) for source in TriggerSource}
        return {"symbol": symbol, **sides, **prices}

    def _requests(self) -> object:
        operation = self._params.get("operation")
        after = int(self._params.get("after", "0"))
        return [
            {
                "number": seen.number,
                "time_ms": seen.time_ms,
                "channel": seen.channel,
                "operation": seen.operation,
                "order_id": seen.order_id,
                "text": seen.text,
            }
            for seen in self._venue.gate.requests
            if seen.number > after and operation in (None, seen.operation)
        ]

    # -- reading the request -------------------------------------------------------------------------------------------

    def _find(self, order_id: str) -> SimOrder:
        found = self._venue.find(order_id)
        if found is None:
            raise ControlError(f"There is no order {order_id!r}.", 404)
        return found

    def _text(self, name: str) -> str:
        if name not in self._body:
            raise ControlError(f"`{name}` is missing.")
        return str(self._body[name])

    def _decimal(self, name: str) -> Decimal | None:
        value = self._body.get(name)
        if value is None:
            return None
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise ControlError(f"`{name}` must be a number, not {value!r}.") from None
        if not number.is_finite():
            raise ControlError(f"`{name}` must be a finite number.")
        return number

    def _needed(self, name: str) -> Decimal:
        number = self._decimal(name)
        if number is None:
            raise ControlError(f"`{name}` is missing.")
        return number


def _execution(done: Execution) -> dict[str, Any]:
    return {
        "trade_id": done.trade_id,
        "sequence": done.sequence,
        "symbol": done.symbol,
        "price": done.price,
        "quantity": done.quantity,
        "taker_side": str(done.taker_side),
        "maker_order_id": done.maker_order_id,
        "taker_order_id": done.taker_order_id,
        "maker_owner": done.maker_owner,
        "taker_owner": done.taker_owner,
    }

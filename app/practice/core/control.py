"""The control endpoint: how drills and tests script a running practice world, and ask it for the truth.

JSON over HTTP on loopback; decimals are texts both ways. `GET /` lists the paths. Errors are
`{"error": "one sentence"}` with status 400 or 404. It is not part of any venue and no client of a venue knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol
from urllib.parse import unquote

from app.practice.core.clock import RealClock
from app.practice.core.errors import PracticeError
from app.practice.core.faults import ACTIONS, Operation, Point
from app.practice.core.http import Identity, Listener, Reply, Request, json_reply
from app.practice.core.orders import TRADER, Execution, Side, SimOrder, TriggerSource
from app.practice.core.server import VenueServer

_PATHS = {
    "GET /": "this list",
    "GET /state": "seed, quiet, venues",
    "POST /market": "{quiet: bool} for all venues; {ticks: n} beats that many times now",
    "GET /actions": "every fault action with its point and arguments; points; operations",
    "POST /stop": "end the practice world",
    "GET /{venue}/switches": "switches with value, default, choices, sentence",
    "POST /{venue}/switches": "{name: value, ...}",
    "DELETE /{venue}/switches": "all back to default",
    "GET /{venue}/faults": "planned faults and how often they struck",
    "POST /{venue}/faults": "{action, operation?, point?, order_id?, count?, skip?, arguments?: {...}}",
    "DELETE /{venue}/faults": "{number} or nothing for all",
    "POST /{venue}/trade": "{symbol, side, price, quantity?}: somebody trades through to that price",
    "POST /{venue}/fill": "{order_id, quantity?}: somebody trades with just this order",
    "POST /{venue}/move": "{symbol, price}: the market moves there",
    "POST /{venue}/price": "{symbol, source: last|mark, price}: only that price changes, waking stops",
    "POST /{venue}/trigger": "{order_id}: the stop wakes",
    "POST /{venue}/expire": "{order_id, reason?}",
    "POST /{venue}/session": "{symbol, open: bool}",
    "POST /{venue}/foreign/amend": "{order_id, price?, quantity?}: somebody else amends; quantity is the new total",
    "POST /{venue}/foreign/cancel": "{order_id}",
    "POST /{venue}/connections": "{action: cut|freeze, listener?}",
    "POST /{venue}/clock": "{skew_ms}",
    "GET /{venue}/orders": "every order of the trader as the exchange holds it; ?open=1 for open ones",
    "GET /{venue}/orders/{order_id}": "one order, by its present or a former id",
    "GET /{venue}/executions": "the trader's fills; ?order_id=",
    "GET /{venue}/balances": "total, locked, available by currency, and the locks by key",
    "GET /{venue}/book/{symbol}": "best levels of both sides, last and mark",
    "GET /{venue}/requests": "every request received; ?operation= &after=",
}


class Controlled(Protocol):
    """The world as the endpoint sees it."""

    seed: int
    quiet: bool

    @property
    def venues(self) -> Mapping[str, VenueServer]: ...

    def set_quiet(self, quiet: bool) -> None: ...
    def beat(self, ticks: int) -> None: ...
    def request_stop(self) -> None: ...


class ControlError(PracticeError):
    """A control request that makes no sense; its message is the answer."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Control:
    """The endpoint; an HTTP handler with a listener of its own, which no planned fault reaches."""

    def __init__(self, world: Controlled) -> None:
        self._world = world
        self.listener = Listener("control", None, RealClock(), self)

    def identify(self, request: Request) -> Identity:
        return Identity()

    async def handle(self, request: Request) -> Reply:
        try:
            return json_reply(self._answer(request), decimals="string")
        except ControlError as error:
            return json_reply({"error": str(error)}, error.status)
        except (PracticeError, ValueError) as error:
            return json_reply({"error": str(error)}, 400)

    def _answer(self, request: Request) -> object:
        parts = [unquote(part) for part in request.path.strip("/").split("/") if part]
        body = _body(request)
        common: dict[tuple[str, str], Callable[[], object]] = {
            ("GET", ""): lambda: _PATHS,
            ("GET", "state"): self._state,
            ("POST", "market"): lambda: self._market(body),
            ("GET", "actions"): _actions,
            ("POST", "stop"): self._stop,
        }
        found = common.get((request.method, "/".join(parts)))
        if found is not None:
            return found()
        venue = self._world.venues.get(parts[0]) if parts else None
        if venue is None or len(parts) < 2:
            raise ControlError(f"There is no {request.method} {request.path}; see GET /.", 404)
        return _Hand(venue, request.params, body).answer(request.method, parts[1:])

    def _state(self) -> object:
        venues = {
            name: {"title": venue.title, "addresses": venue.addresses()} for name, venue in self._world.venues.items()
        }
        return {"seed": self._world.seed, "quiet": self._world.quiet, "venues": venues}

    def _market(self, body: Mapping[str, Any]) -> object:
        if "quiet" in body:
            self._world.set_quiet(bool(body["quiet"]))
        if "ticks" in body:
            self._world.beat(int(body["ticks"]))
        return self._state()

    def _stop(self) -> object:
        self._world.request_stop()
        return {"stopping": True}


class _Hand:
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
            ("POST", "fill"): self._fill,
            ("POST", "move"): self._move,
            ("POST", "price"): self._price,
            ("POST", "trigger"): self._trigger,
            ("POST", "expire"): self._expire,
            ("POST", "session"): self._session,
            ("POST", "foreign/amend"): self._foreign_amend,
            ("POST", "foreign/cancel"): self._foreign_cancel,
            ("POST", "connections"): self._connections,
            ("POST", "clock"): self._clock,
            ("GET", "orders"): lambda: self._orders(rest),
            ("GET", "executions"): self._executions,
            ("GET", "balances"): self._balances,
            ("GET", "book"): lambda: self._book(rest),
            ("GET", "requests"): self._requests,
        }
        found = handlers.get((method, "/".join(parts))) or handlers.get((method, parts[0]))
        if found is None:
            raise ControlError(f"There is no {method} {'/'.join(parts)} of a venue; see GET /.", 404)
        return found()

    # --- switches and faults -----------------------------------------------------------------------------------

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

    # --- the market and other people ---------------------------------------------------------------------------

    def _trade(self) -> object:
        side = self._text("side").lower()
        if side not in {"buy", "sell"}:
            raise ControlError("`side` must be buy or sell.")
        done = self._venue.market.trade_through(
            self._text("symbol"), Side(side), self._needed("price"), self._decimal("quantity")
        )
        return [_execution(trade) for trade in done]

    def _fill(self) -> object:
        order = self._order()
        self._venue.fill_now(order, self._decimal("quantity"))
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

    def _trigger(self) -> object:
        order = self._order()
        self._venue.trigger_now(order)
        return self._venue.truth(order)

    def _expire(self) -> object:
        order = self._order()
        self._venue.expire_now(order, str(self._body.get("reason", "expired")))
        return self._venue.truth(order)

    def _session(self) -> object:
        self._venue.set_session(self._text("symbol"), bool(self._body.get("open", False)))
        return {"symbol": self._text("symbol"), "open": self._venue.exchange.is_trading(self._text("symbol"))}

    def _foreign_amend(self) -> object:
        order = self._order()
        self._venue.foreign_amend(order, self._decimal("price"), self._decimal("quantity"))
        return self._venue.truth(order)

    def _foreign_cancel(self) -> object:
        order = self._order()
        self._venue.foreign_cancel(order)
        return self._venue.truth(order)

    def _connections(self) -> object:
        action = self._text("action")
        if action not in {"cut", "freeze"}:
            raise ControlError("`action` must be cut or freeze.")
        wanted = self._body.get("listener")
        chosen = [listener for listener in self._venue.listeners if wanted in (None, listener.name)]
        return {listener.name: listener.cut() if action == "cut" else listener.freeze() for listener in chosen}

    def _clock(self) -> object:
        self._venue.clock.skew_ms = int(self._body.get("skew_ms", 0))
        return {"skew_ms": self._venue.clock.skew_ms}

    # --- the truth ---------------------------------------------------------------------------------------------

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

    # --- reading the request -----------------------------------------------------------------------------------

    def _order(self) -> SimOrder:
        return self._find(self._text("order_id"))

    def _find(self, order_id: str) -> SimOrder:
        former = self._venue.exchange.former(order_id)
        return former if former is not None else self._venue.exchange.order(order_id)

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


def _body(request: Request) -> Mapping[str, Any]:
    if not request.body:
        return {}
    body = request.read_json()
    if not isinstance(body, Mapping):
        raise ControlError("The body must be a JSON object.")
    return body


def _actions() -> object:
    actions = [{"action": str(name), "point": str(point), "about": about} for name, (point, about) in ACTIONS.items()]
    operations = [str(name) for name in Operation]
    return {"actions": actions, "points": [str(point) for point in Point], "operations": operations}


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

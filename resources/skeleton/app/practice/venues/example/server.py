"""The venue's REST face over the simulated exchange: signatures, routes, rows and refusals in its own words.

Shares nothing with `app/venues`: it is written from the documents, so that a misreading there shows here. Once it
grows, its parts go into the modules every practice venue has: auth, amend, errors, rows.
"""

from __future__ import annotations

import hashlib
import hmac
from decimal import Decimal
from typing import Any

from app.practice.exchange.errors import Reason, Refused
from app.practice.exchange.orders import TRADER, Side, SimChange, SimOrder, Status
from app.practice.exchange.policy import SpotPolicy
from app.practice.server.faults import Operation
from app.practice.server.gate import FaultOrders
from app.practice.server.messages import HttpReply, HttpRequest, Identity, json_reply
from app.practice.server.server import TourStep, VenueServer, VenueWorld
from app.practice.server.wire import WireError, parse_json
from app.practice.venues.example.day import CROWD, DAY, KEY, MARKET, SECRET, SWITCHES

_ROUTES = {
    ("GET", "markets"): Operation.INSTRUMENTS,
    ("GET", "balances"): Operation.BALANCES,
    ("GET", "orders"): Operation.LIST_ORDERS,
    ("GET", "order"): Operation.LOOK_UP,
    ("PATCH", "order"): Operation.AMEND,
    ("DELETE", "order"): Operation.CANCEL,
}
_STATES = {
    Status.WORKING: "open",
    Status.PARTIALLY_FILLED: "partly_filled",
    Status.FILLED: "filled",
}
_REASONS = {
    Reason.NO_SUCH_ORDER: ("no_such_order", 404),
    Reason.NOT_OPEN: ("not_open", 409),
    Reason.INSUFFICIENT_BALANCE: ("no_funds", 400),
    Reason.BAD_PRICE: ("bad_price", 400),
    Reason.BAD_QUANTITY: ("bad_size", 400),
}


class ExampleRefusal(Exception):
    """A refusal in the venue's own words."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.reply = json_reply({"error": {"code": code, "message": message}}, status)


class ExampleServer(VenueServer):
    """The practice venue."""

    def __init__(self, world: VenueWorld) -> None:
        super().__init__(world, name="example", title="Example practice", policy=SpotPolicy(), switches=SWITCHES)
        self.add_instrument(MARKET, CROWD)
        self.seed(DAY)
        self._http = self.listen("rest", http=self)

    def addresses(self) -> dict[str, str]:
        return {"rest": self._http.url}

    def credentials(self) -> dict[str, str]:
        return {"api_key": KEY, "secret": SECRET}

    def tour(self) -> list[TourStep]:
        first = self.exchange.by_client_id(TRADER, "first")[0]
        return [TourStep("reprice a buy", first.order_id, {"price": "905"}, "confirmed")]

    # -- one request ---------------------------------------------------------------------------------------------------

    def identify(self, request: HttpRequest) -> Identity:
        name, _, order_id = request.path.removeprefix("/v1/").partition("/")
        key = (request.method, "order" if name == "orders" and order_id else name)
        return Identity(_ROUTES.get(key, Operation.OTHER), order_id)

    async def handle(self, request: HttpRequest) -> HttpReply:
        try:
            return json_reply(await self._answer(request), decimals="string")
        except ExampleRefusal as refusal:
            return refusal.reply
        except Refused as refused:
            code, status = _REASONS.get(refused.reason, ("not_possible", 400))
            return ExampleRefusal(code, str(refused), status).reply
        except WireError as error:
            return ExampleRefusal("bad_json", str(error)).reply

    async def _answer(self, request: HttpRequest) -> Any:
        identity = request.identity
        if request.planned.rate_limited:
            raise ExampleRefusal("too_fast", "Too many requests.", 429)
        if identity.operation != Operation.INSTRUMENTS:
            self._check_signature(request)
        match identity.operation:
            case Operation.INSTRUMENTS:
                return [self._market()]
            case Operation.BALANCES:
                return [self._balance(currency) for currency in (MARKET.base, MARKET.quote)]
            case Operation.LIST_ORDERS:
                return [self._row(order) for order in self.exchange.open_orders(TRADER)]
            case Operation.LOOK_UP:
                return self._row(self._own(identity.order_id))
            case Operation.AMEND:
                return await self._amend(self._own(identity.order_id), parse_json(request.body))
            case Operation.CANCEL:
                return await self._cancel(self._own(identity.order_id))
            case _:
                raise ExampleRefusal("no_such_path", f"There is no {request.method} {request.path}.", 404)

    def _check_signature(self, request: HttpRequest) -> None:
        time = request.headers.get("x-time", "")
        if request.headers.get("x-key") != KEY:
            raise ExampleRefusal("bad_key", "Unknown key.", 401)
        signed = f"{time}{request.method}{request.raw_path}".encode() + request.body
        signature = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signature, request.headers.get("x-signature", "")):
            raise ExampleRefusal("bad_signature", "The signature is wrong.", 401)
        if abs(int(time) - self.clock.now_ms()) > self.switches.integer("clock_window_ms"):
            raise ExampleRefusal("bad_time", "The time of the request is too far off.", 401)

    def _own(self, order_id: str) -> SimOrder:
        order = self.exchange.order(order_id)
        if order.owner != TRADER:
            raise ExampleRefusal("no_such_order", "There is no such order.", 404)
        return order

    # -- changes -------------------------------------------------------------------------------------------------------

    async def _amend(self, order: SimOrder, body: Any) -> dict[str, str]:
        """Amend in place; the answer is a receipt."""
        planned = await self.gate.before_apply(Operation.AMEND, order)
        _refuse(planned)
        change = self._change(body, planned)
        if planned.late_ms is not None:
            self.clock.call_later(planned.late_ms, lambda: self._amend_late(order, change))
        elif not planned.silent:
            self.exchange.amend(order, change)
        _refuse(self.gate.before_reply(Operation.AMEND, order))
        return {"id": order.order_id}

    def _change(self, body: Any, planned: FaultOrders) -> SimChange:
        price, size = (Decimal(body[name]) if name in body else None for name in ("price", "size"))
        if price is not None and price % MARKET.tick:
            raise ExampleRefusal("bad_price", "The price is off the tick.")
        if size is not None and size % MARKET.step:
            raise ExampleRefusal("bad_size", "The size is off the lot.")
        return SimChange(price=planned.alter.get("price", price), quantity=planned.alter.get("quantity", size))

    def _amend_late(self, order: SimOrder, change: SimChange) -> None:
        if order.is_open:
            self.exchange.amend(order, change)

    async def _cancel(self, order: SimOrder) -> dict[str, str]:
        _refuse(await self.gate.before_apply(Operation.CANCEL, order))
        self.exchange.cancel(order)
        return {"id": order.order_id}

    # -- rows ----------------------------------------------------------------------------------------------------------

    def _row(self, order: SimOrder) -> dict[str, Any]:
        return {
            "id": order.order_id,
            "client_id": order.client_id,
            "symbol": order.symbol,
            "side": str(order.side),
            "type": "limit",
            "price": order.price,
            "size": order.quantity,
            "filled": order.filled,
            "state": _STATES.get(order.status, "cancelled"),
            "created_at": order.created_ns // 1_000_000,
            "updated_at": order.updated_ns // 1_000_000,
            "trades": [
                {"id": done.trade_id, "price": done.price, "size": done.quantity, "at": done.time_ns // 1_000_000}
                for done in self.exchange.executions_of(TRADER, order.uid)
            ],
        }

    def _market(self) -> dict[str, Any]:
        book = self.exchange.book(MARKET.symbol)
        return {
            "symbol": MARKET.symbol,
            "base": MARKET.base,
            "quote": MARKET.quote,
            "tick": MARKET.tick,
            "lot": MARKET.step,
            **MARKET.attributes,
            "bid": book.best(Side.BUY),
            "ask": book.best(Side.SELL),
        }

    def _balance(self, currency: str) -> dict[str, Any]:
        balance = self.exchange.ledger.balance(TRADER, currency)
        return {"currency": currency, "total": balance.total, "locked": balance.locked}


def _refuse(planned: FaultOrders) -> None:
    if planned.refuse is not None:
        code = str(planned.refuse.get("code", "not_possible"))
        raise ExampleRefusal(
            code, str(planned.refuse.get("message", "Refused.")), int(planned.refuse.get("status", 400))
        )


def build(world: VenueWorld) -> ExampleServer:
    """Make the practice venue."""
    return ExampleServer(world)

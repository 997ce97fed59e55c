"""The REST face: routes, envelopes, limits; public and private v3 calls and the v4 modify."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.practice.exchange.orders import TRADER, SimOrder
from app.practice.server.faults import Operation
from app.practice.server.limits import FixedWindow
from app.practice.server.messages import HttpReply, HttpRequest, Identity, json_reply
from app.practice.server.server import TourStep, VenueServer, VenueWorld
from app.practice.server.wire import WireError, parse_json
from app.practice.venues.bitso import errors as code
from app.practice.venues.bitso import rows
from app.practice.venues.bitso.amend import Amending
from app.practice.venues.bitso.auth import Gatekeeper
from app.practice.venues.bitso.day import ACCOUNT_STATUS, BOOKS, DAY, KEY, QUEUED, SECRET, SWITCHES
from app.practice.venues.bitso.errors import BitsoError
from app.practice.venues.bitso.ledger import entries
from app.practice.venues.bitso.market import Market, whole
from app.practice.venues.bitso.orders import Orders
from app.practice.venues.bitso.place import Placing
from app.practice.venues.bitso.policy import BitsoPolicy
from app.practice.venues.bitso.push import Stream

_MINUTE = 60_000
_PRIVATE = frozenset(
    {
        *(("GET", name) for name in ("account_status", "balance", "fees", "ledger", "open_orders", "orders")),
        *(("GET", name) for name in ("order_trades", "user_trades")),
        *((method, "orders") for method in ("POST", "DELETE", "PATCH")),
    }
)


class BitsoServer(VenueServer):
    """A practice Bitso."""

    def __init__(self, world: VenueWorld) -> None:
        super().__init__(world, name="bitso", title="Bitso practice", policy=BitsoPolicy(), switches=SWITCHES)
        for instrument, spec in BOOKS:
            self.add_instrument(instrument, spec)
        self.seed(DAY)
        self.exchange.place(QUEUED)
        self._gatekeeper = Gatekeeper(KEY, SECRET, self.switches)
        self._limits: dict[str, FixedWindow] = {}
        self._orders = Orders(self)
        self._amending = Amending(self, self._orders)
        self._placing = Placing(self)
        self._stream = Stream(self)
        self._market = Market(self, self._stream)
        self._http = self.listen("rest", http=self)
        self._ws = self.listen("ws", sockets={"*": self._stream})

    def addresses(self) -> dict[str, str]:
        return {"rest": f"{self._http.url}/api", "ws": self._ws.ws_url}

    def credentials(self) -> dict[str, str]:
        return {"api_key": KEY, "secret": SECRET}

    def tour(self) -> list[TourStep]:
        buy = next(order for order in self.exchange.open_orders(TRADER) if order.client_id == "desk-0017")
        changes = {"price": "130000", "quantity": "1"}
        return [TourStep("reprice a buy and enlarge it", buy.order_id, changes, "confirmed")]

    # -- one request ---------------------------------------------------------------------------------------------------

    def identify(self, request: HttpRequest) -> Identity:
        parts = request.path.removeprefix("/api").strip("/").split("/")
        oid = parts[2] if len(parts) == 3 and parts[1] in ("orders", "order_trades") else request.params.get("oid", "")
        name = parts[1] if len(parts) > 1 else ""
        by_method = {
            "PATCH": Operation.AMEND,
            "POST": Operation.PLACE,
            "DELETE": Operation.CANCEL_ALL if oid == "all" else Operation.CANCEL,
        }
        if name == "orders":
            return Identity(by_method.get(request.method, Operation.LOOK_UP), oid)
        operations = {
            "open_orders": Operation.LIST_ORDERS,
            "order_trades": Operation.FILLS,
            "user_trades": Operation.FILLS,
            "balance": Operation.BALANCES,
            "available_books": Operation.INSTRUMENTS,
        }
        return Identity(operations.get(name, Operation.MARKET_DATA), oid)

    async def handle(self, request: HttpRequest) -> HttpReply:
        """Answer one request in Bitso's envelope."""
        try:
            payload = await self._route(request)
        except BitsoError as error:
            reply = error.reply()
            if self.switches.flag("numeric_codes"):
                body = {"success": False, "error": {"code": int(error.code), "message": error.message}}
                reply = json_reply(body, error.status)
            return reply
        except WireError:
            return BitsoError(code.WRONG_TYPE, "The body is not valid JSON.").reply()
        return json_reply({"success": True, "payload": payload}, decimals="string")

    async def _route(self, request: HttpRequest) -> Any:
        if not request.path.startswith("/api/"):
            raise BitsoError(code.NO_ENDPOINT, "No such endpoint.")
        version, _, rest = request.path.removeprefix("/api/").partition("/")
        name, _, tail = rest.strip("/").partition("/")
        if version == "v4" and name == "orders" and request.method == "PATCH":
            self._private(request)
            return await self._amending.modify(request, tail)
        if version != "v3":
            raise BitsoError(code.NO_ENDPOINT, "No such endpoint.")
        public = self._market.call(request.method, name)
        if public is not None:
            self._limit(request, "public", "public_per_minute")
            return public(request)
        if (request.method, name) not in _PRIVATE:  # before the key: a stranger, too, is told that a path is none
            raise BitsoError(code.NO_ENDPOINT, "No such endpoint.")
        self._private(request)
        return await self._private_call(request, name, tail)

    def _private(self, request: HttpRequest) -> None:
        if request.identity.operation not in (Operation.CANCEL, Operation.CANCEL_ALL):  # cancels are exempt
            self._limit(request, "private", "private_per_minute")
        self._gatekeeper.check(request, self.clock.now_ms())

    def _limit(self, request: HttpRequest, name: str, switch: str) -> None:
        key = f"{name} {self.switches.integer(switch)}"
        limiter = self._limits.setdefault(
            key, FixedWindow(self.clock, self.switches.integer(switch), _MINUTE, lockout_ms=_MINUTE)
        )
        if request.planned.rate_limited or not limiter.take():
            raise BitsoError(code.RATE_LIMIT, "Rate limit exceeded.")

    # -- private calls -------------------------------------------------------------------------------------------------

    async def _private_call(self, request: HttpRequest, name: str, tail: str) -> Any:
        match request.method, name:
            case "GET", "balance":
                return self._balances()
            case "GET", "open_orders":
                return self._open_orders(request)
            case "GET", "orders":
                return self._look_up(request, tail)
            case "GET", "order_trades":
                return self._order_trades(request, tail)
            case "GET", "user_trades":
                return self._user_trades(request, tail)
            case "GET", "fees":
                return self._fees()
            case "GET", "ledger":
                return entries(self.exchange, self._style, tail, request.params)
            case "GET", "account_status":
                return dict(ACCOUNT_STATUS)
            case "POST", "orders":
                return await self._placing.place(parse_json(request.body))
            case "DELETE", "orders":
                return await self._orders.cancel(self._to_cancel(request, tail))
            case "PATCH", "orders":
                raise BitsoError(code.WRONG_VERSION, "Replace is not offered here; modify with PATCH /api/v4/orders.")
            case _:
                raise BitsoError(code.NO_ENDPOINT, "No such endpoint.")

    @property
    def _style(self) -> str:
        return self.switches.choice("time_style")

    def _balances(self) -> dict[str, Any]:
        found = []
        for currency in sorted({c for each in self.exchange.instruments for c in (each.base, each.quote)}):
            each = self.exchange.ledger.balance(TRADER, currency)
            found.append(
                {
                    "currency": currency,
                    "total": rows.eight(each.total),
                    "locked": rows.eight(each.locked),
                    "available": rows.eight(each.available),
                    "pending_deposit": "0.00000000",
                    "pending_withdrawal": "0.00000000",
                }
            )
        return {"balances": found}

    def _open_orders(self, request: HttpRequest) -> list[rows.Row]:
        params = request.params
        book = params.get("book")
        if book is not None:
            self._market.known(book)
        limit = whole(params.get("limit", "500"), "limit")
        found = self.exchange.open_orders(TRADER, book)
        return [self._open_row(order) for order in reversed(found)][: min(limit, self.switches.integer("list_rows"))]

    def _open_row(self, order: SimOrder) -> rows.Row:
        return rows.open_order(order, self._style, value_known=self.switches.flag("value_known"))

    def _look_up(self, request: HttpRequest, tail: str) -> list[rows.Row]:
        orders = self._named(request, tail)
        grace = self.switches.integer("terminal_lookup_ms") * 1_000_000
        now = self.clock.now_ns()
        shown = [order for order in orders if order.is_open or now - order.updated_ns < grace]
        if tail and not shown:
            raise BitsoError(code.UNKNOWN_OID, "Invalid Order OID.")
        known = self.switches.flag("value_known")
        return [rows.looked_up(order, self._style, value_known=known) for order in shown]

    def _named(self, request: HttpRequest, tail: str) -> list[SimOrder]:
        """The orders a path or query names; ids that do not exist are left out unless the path names just one."""
        if tail and tail != "all":
            return [self._orders.find(tail)]
        params = request.params
        found: list[SimOrder] = []
        for name, find in (("oids", self._orders.find), ("origin_ids", self._orders.by_origin)):
            for each in filter(None, params.get(name, "").split(",")):
                try:
                    found.append(find(each))
                except BitsoError:
                    continue
        if not found and "oids" not in params and "origin_ids" not in params:
            raise BitsoError(code.FIELD_MISSING, "Give an order id.")
        return found

    def _to_cancel(self, request: HttpRequest, tail: str) -> list[SimOrder]:
        return self.exchange.open_orders(TRADER) if tail == "all" else self._named(request, tail)

    def _order_trades(self, request: HttpRequest, tail: str) -> list[rows.Row]:
        order = self._orders.find(tail) if tail else self._orders.by_origin(request.params.get("origin_id", ""))
        instrument = self.exchange.instrument(order.symbol)
        done = self.exchange.executions_of(TRADER, order.uid)
        if not done:
            raise BitsoError(code.NOT_MATCHED_YET, "The order has not been matched yet.")
        return [rows.user_trade(each, order, instrument, self._style) for each in done]

    def _user_trades(self, request: HttpRequest, tail: str) -> list[rows.Row]:
        params = request.params
        found = rows.trades_of(self.exchange, self._style, params.get("book"))
        if tail:
            return [row for row in found if row["tid"] == tail]
        marker = params.get("marker")
        descending = params.get("sort", "desc") == "desc"
        if marker is not None:
            at = whole(marker, "marker")
            found = [row for row in found if (int(row["tid"]) < at if descending else int(row["tid"]) > at)]
        limit = min(whole(params.get("limit", "25"), "limit"), 100)
        return (found[::-1] if descending else found)[:limit]

    def _fees(self) -> dict[str, Any]:
        policy = self.exchange.policy
        fees = [
            {
                "book": each.symbol,
                "fee_decimal": policy.taker_rate,
                "fee_percent": policy.taker_rate * 100,
                "maker_fee_decimal": policy.maker_rate,
                "maker_fee_percent": policy.maker_rate * 100,
                "taker_fee_decimal": policy.taker_rate,
                "taker_fee_percent": policy.taker_rate * 100,
            }
            for each in self.exchange.instruments
        ]
        coins = sorted({name for each in self.exchange.instruments for name in (each.base, each.quote)})
        return {"fees": fees, "withdrawal_fees": dict.fromkeys(coins, Decimal("0.001"))}


def build(world: VenueWorld) -> BitsoServer:
    """A practice Bitso in this world."""
    return BitsoServer(world)

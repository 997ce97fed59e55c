"""The practice Bitget: ports, routes, envelopes, permissions and limits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from app.practice.exchange.orders import TRADER
from app.practice.server.faults import Operation
from app.practice.server.limits import SlidingWindow
from app.practice.server.messages import HttpReply, HttpRequest, Identity, json_reply
from app.practice.server.server import TourStep, VenueServer, VenueWorld
from app.practice.server.wire import Style, WireError, parse_json
from app.practice.venues.bitget import errors as code
from app.practice.venues.bitget.account import AccountReport
from app.practice.venues.bitget.amend import Amending
from app.practice.venues.bitget.auth import Gatekeeper
from app.practice.venues.bitget.charts import Charts
from app.practice.venues.bitget.day import DAY, KEY, PASSPHRASE, SECRET, SWITCHES
from app.practice.venues.bitget.errors import BitgetError, invalid
from app.practice.venues.bitget.history import OrderHistory
from app.practice.venues.bitget.market_data import MarketData
from app.practice.venues.bitget.market_push import PublicSocket
from app.practice.venues.bitget.markets import GRID, MARKETS, key_for
from app.practice.venues.bitget.orders import Orders
from app.practice.venues.bitget.place import Placing
from app.practice.venues.bitget.policy import UnifiedPolicy
from app.practice.venues.bitget.push import PrivateSocket, TradeCalls
from app.practice.venues.bitget.rows import Rows

TRADE, TRADE_READ, MANAGE, ANY = "trade", "trade_read", "manage", "any"


@dataclass(frozen=True, slots=True)
class RestRoute:
    """One REST call.

    Attributes:
        scope: the permission it needs; empty for a public call.
        per_second: its own limit, per account or (public) per address.
        decimals: whether bare numbers or texts; only the order book has numbers.
    """

    operation: str
    call: Callable[[HttpRequest], Awaitable[Any]]
    per_second: int
    scope: str = ""
    decimals: Style = "string"


class BitgetServer(VenueServer):
    """A practice Bitget."""

    def __init__(self, world: VenueWorld) -> None:
        policy = UnifiedPolicy()
        super().__init__(world, name="bitget", title="Bitget practice", policy=policy, switches=SWITCHES)
        for instrument, spec in MARKETS:
            self.add_instrument(instrument, spec)
        self.seed(DAY)
        keeper = Gatekeeper(KEY, SECRET, PASSPHRASE, self.switches)
        self._keeper = keeper
        self._limits: dict[str, SlidingWindow] = {}
        rows = Rows(self.exchange, self.switches)
        self.account = AccountReport(self.exchange, policy, self.switches)
        self.orders = Orders(self, rows)
        self.placing = Placing(self)
        self.amending = Amending(self, self.orders)
        self._history = OrderHistory(self.exchange, rows, self.switches)
        self._market = MarketData(self.exchange)
        self._charts = Charts(self.exchange, self._market)
        self._private = PrivateSocket(self, keeper, TradeCalls(self.orders, self.placing, self.amending), self.account)
        self._public = PublicSocket(self, self._market)
        self._routes = self._table()
        self._http = self.listen("rest", http=self)
        self._ws = self.listen("ws", sockets={"/v3/ws/private": self._private, "/v3/ws/public": self._public})

    def addresses(self) -> dict[str, str]:
        return {
            "rest": self._http.url,
            "private_ws": f"{self._ws.ws_url}/v3/ws/private",
            "public_ws": f"{self._ws.ws_url}/v3/ws/public",
        }

    def credentials(self) -> dict[str, str]:
        return {"key": KEY, "secret": SECRET, "passphrase": PASSPHRASE}

    def tour(self) -> list[TourStep]:
        order, *_ = self.exchange.open_orders(TRADER, key_for("SPOT", "BTCUSDT"))
        title = "reprice a spot buy; price and quantity both go"
        return [TourStep(title, order.order_id, {"price": "59810"}, "confirmed")]

    async def stop(self) -> None:
        self.amending.stop()
        self.orders.stop()
        self._public.stop()
        await super().stop()

    # -- one request ---------------------------------------------------------------------------------------------------

    def identify(self, request: HttpRequest) -> Identity:
        route = self._routes.get((request.method, request.path))
        if route is None:
            return Identity()
        named: object = request.params
        if request.method == "POST":
            try:
                named = parse_json(request.body)
            except WireError:
                named = None
        if not isinstance(named, dict):
            return Identity(route.operation)
        try:
            return Identity(route.operation, self.orders.find(named).order_id)
        except BitgetError:
            return Identity(route.operation, str(named.get("orderId") or ""))

    async def handle(self, request: HttpRequest) -> HttpReply:
        """Answer one request in Bitget's envelope; a time per answer, the verdict in `code`."""
        route = self._routes.get((request.method, request.path))
        try:
            if route is None:
                raise BitgetError(code.NO_ENDPOINT, status=404)
            self._admit(request, route)
            data = await route.call(request)
        except BitgetError as error:
            status = error.status if error.status is not None else self.switches.integer("error_status")
            return json_reply(self._envelope(error.code, error.message, None), status)
        except WireError:
            text = "Parameter verification failed"
            status = self.switches.integer("error_status")
            return json_reply(self._envelope(code.BAD_PARAMETER, text, None), status)
        return json_reply(self._envelope(code.SUCCESS, "success", data), decimals=route.decimals)

    def _envelope(self, verdict: str, message: str, data: object) -> dict[str, object]:
        return {"code": verdict, "msg": message, "requestTime": self.clock.now_ms(), "data": data}

    def _admit(self, request: HttpRequest, route: RestRoute) -> None:
        """Signature, permission, limit."""
        if request.planned.rate_limited:
            raise BitgetError(code.TOO_MANY, status=429)
        if request.planned.refuse is not None:
            asked = request.planned.refuse
            raise BitgetError(str(asked.get("code", "40725")), str(asked.get("message", "")), asked.get("status"))
        if route.scope:
            self._keeper.check(request, self.clock.now_ms())
            if self.switches.choice("account_mode") == "classic":
                raise BitgetError(code.CLASSIC_ACCOUNT)
            scope = self.switches.choice("key_scope")
            if (scope == "trade_only" and route.scope == MANAGE) or (scope == "read_only" and route.scope == TRADE):
                raise BitgetError(code.NO_PERMISSION)
        limiter = self._limits.setdefault(request.path, SlidingWindow(self.clock, route.per_second, 1000))
        if not limiter.take() and self.switches.flag("rate_limits"):
            raise BitgetError(code.TOO_MANY, status=429)

    # -- routes --------------------------------------------------------------------------------------------------------

    def _table(self) -> dict[tuple[str, str], RestRoute]:
        orders, placing, amending = self.orders, self.placing, self.amending
        post: dict[str, tuple[str, Callable[[object], Awaitable[Any]], int]] = {
            "modify-order": (Operation.AMEND, amending.modify, 10),
            "batch-modify-order": (Operation.BATCH_AMEND, amending.batch, 10),
            "place-order": (Operation.PLACE, placing.place, 10),
            "place-batch": (Operation.PLACE, placing.place_batch, 5),
            "cancel-order": (Operation.CANCEL, orders.cancel, 10),
            "cancel-batch": (Operation.CANCEL, orders.cancel_batch, 5),
            "cancel-symbol-order": (Operation.CANCEL_ALL, orders.cancel_all, 5),
            "countdown-cancel-all": (Operation.CANCEL_ALL, orders.countdown, 1),
        }
        get = {
            "trade/unfilled-orders": RestRoute(Operation.LIST_ORDERS, self._open_orders, 20, TRADE_READ),
            "trade/unfilled-strategy-orders": RestRoute(Operation.LIST_ORDERS, self._strategy_orders, 20, TRADE_READ),
            "trade/order-info": RestRoute(Operation.LOOK_UP, self._order_info, 20, TRADE_READ),
            "trade/history-orders": RestRoute(Operation.HISTORY, self._past_orders, 20, TRADE_READ),
            "trade/fills": RestRoute(Operation.FILLS, self._fills, 20, TRADE_READ),
            "position/current-position": RestRoute(Operation.POSITIONS, self._positions, 20, TRADE_READ),
            "account/assets": RestRoute(Operation.BALANCES, self._assets, 20, MANAGE),
            "account/settings": RestRoute(Operation.OTHER, self._settings, 20, MANAGE),
            "account/info": RestRoute(Operation.OTHER, self._info, 5, ANY),
            "market/instruments": RestRoute(Operation.INSTRUMENTS, self._instruments, 20),
            "market/tickers": RestRoute(Operation.MARKET_DATA, self._tickers, 20),
            "market/orderbook": RestRoute(Operation.MARKET_DATA, self._orderbook, 20, decimals="number"),
            "market/fills": RestRoute(Operation.MARKET_DATA, self._public_fills, 20),
        }
        table = {("GET", f"/api/v3/{name}"): route for name, route in get.items()}
        for name, route in self._less_asked().items():
            table["GET", f"/api/{name}"] = route
        for name, (operation, call, per_second) in post.items():
            table["POST", f"/api/v3/trade/{name}"] = RestRoute(operation, _with_body(call), per_second, TRADE)
        return table

    def _less_asked(self) -> dict[str, RestRoute]:
        """Calls beside the trade that public clients make."""
        charts, account = self._charts, self.account

        def market(read: Callable[[HttpRequest], Any], operation: str = Operation.MARKET_DATA) -> RestRoute:
            return RestRoute(operation, _read(read), 20)

        def private(read: Callable[[HttpRequest], Any], per_second: int) -> RestRoute:
            return RestRoute(Operation.OTHER, _read(read), per_second, MANAGE)

        return {
            "v2/public/time": RestRoute(Operation.TIME, self._time, 20),
            "v3/public/time": RestRoute(Operation.TIME, self._time, 20),
            "v2/spot/public/coins": market(lambda each: charts.coins(each.params), Operation.INSTRUMENTS),
            "v3/market/candles": market(lambda each: charts.candles(each.params, self.clock.now_ms())),
            "v3/market/history-candles": market(lambda each: charts.candles(each.params, self.clock.now_ms())),
            "v3/market/current-fund-rate": market(lambda each: charts.funding(each.params, self.clock.now_ms())),
            "v3/market/history-fund-rate": market(lambda each: charts.past_funding(each.params, self.clock.now_ms())),
            "v3/market/open-interest": market(lambda each: charts.open_interest(each.params, self.clock.now_ms())),
            "v3/account/fee-rate": private(lambda each: account.fee_rate(each.params), 5),
            "v3/account/all-fee-rate": private(lambda each: account.fee_rates(each.params), 5),
        }

    async def _open_orders(self, request: HttpRequest) -> Any:
        self._serves(request)
        return self._history.open_orders(request.params)

    async def _strategy_orders(self, request: HttpRequest) -> Any:
        return {"list": [], "cursor": None}

    async def _order_info(self, request: HttpRequest) -> Any:
        order = self.orders.find(request.params)
        planned = self.gate.before_reply(Operation.LOOK_UP, order)
        if planned.refuse is not None:
            raise BitgetError(str(planned.refuse.get("code", "40725")), str(planned.refuse.get("message", "")))
        row = self.orders.rows.rest_order(order, detail=True)
        return row if planned.unknown_status is None else {**row, "orderStatus": planned.unknown_status}

    async def _past_orders(self, request: HttpRequest) -> Any:
        return self._history.past_orders(request.params, self.clock.now_ms())

    async def _fills(self, request: HttpRequest) -> Any:
        return self._history.fills(request.params, self.clock.now_ms())

    async def _positions(self, request: HttpRequest) -> Any:
        category = request.params.get("category")
        if not category:
            raise invalid("category")
        return {"list": [row for row in self.account.positions() if row["category"] == category]}

    async def _assets(self, request: HttpRequest) -> Any:
        return self.account.assets()

    async def _settings(self, request: HttpRequest) -> Any:
        return self.account.settings()

    async def _info(self, request: HttpRequest) -> Any:
        return self.account.info()

    async def _instruments(self, request: HttpRequest) -> Any:
        self._serves(request)
        found = self._market.instruments(request.params)
        match self.switches.choice("market_rules"):
            case "none":
                return []
            case "no_grid":
                return [{name: "" if name in GRID else value for name, value in row.items()} for row in found]
            case _:
                return found

    def _serves(self, request: HttpRequest) -> None:
        """Refuse the category that the switch names."""
        refused = self.switches.choice("refused_category")
        if refused and request.params.get("category") == refused:
            raise BitgetError(code.REGION)

    async def _tickers(self, request: HttpRequest) -> Any:
        return self._market.tickers(request.params, self.clock.now_ms())

    async def _orderbook(self, request: HttpRequest) -> Any:
        return self._market.orderbook(request.params, self.clock.now_ms())

    async def _public_fills(self, request: HttpRequest) -> Any:
        return self._market.fills(request.params)

    async def _time(self, request: HttpRequest) -> Any:
        return {"serverTime": str(self.clock.now_ms())}


def _read(read: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Awaitable[Any]]:
    async def handle(request: HttpRequest) -> Any:
        return read(request)

    return handle


def _with_body(call: Callable[[object], Awaitable[Any]]) -> Callable[[HttpRequest], Awaitable[Any]]:
    async def handle(request: HttpRequest) -> Any:
        return await call(request.read_json())

    return handle


def build(world: VenueWorld) -> BitgetServer:
    """A practice Bitget in this world."""
    return BitgetServer(world)

"""The practice QFEX: two sockets and the REST calls beside them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.practice.exchange.orders import TRADER, SimChange, SimOrder, Status
from app.practice.server.faults import Operation
from app.practice.server.messages import HttpReply, HttpRequest, Identity, json_reply
from app.practice.server.server import TourStep, VenueServer, VenueWorld
from app.practice.venues.qfex import rows
from app.practice.venues.qfex.auth import BadLogin, Gatekeeper
from app.practice.venues.qfex.day import DAY, INSTRUMENTS, PUBLIC_KEY, SECRET, SWITCHES
from app.practice.venues.qfex.market_push import MarketDataSocket
from app.practice.venues.qfex.policy import QfexPolicy
from app.practice.venues.qfex.trade import TradeSocket

_HEADERS = {
    "public_key": "x-qfex-public-key",
    "signature": "x-qfex-hmac-signature",
    "nonce": "x-qfex-nonce",
    "unix_ts": "x-qfex-timestamp",
}


class QfexServer(VenueServer):
    """A practice QFEX."""

    def __init__(self, world: VenueWorld) -> None:
        self.policy = QfexPolicy()
        super().__init__(world, name="qfex", title="QFEX practice", policy=self.policy, switches=SWITCHES)
        for instrument, spec in INSTRUMENTS:
            self.add_instrument(instrument, spec)
        self.seed(DAY)
        self.gatekeeper = Gatekeeper(PUBLIC_KEY, SECRET, self.switches)
        self.trade_socket = self.listen("trade", sockets={"*": TradeSocket(self, self.policy, self.gatekeeper)})
        self._market = self.listen("market", sockets={"*": MarketDataSocket(self)})
        self._rest = self.listen("rest", http=self)

    def addresses(self) -> dict[str, str]:
        return {"trade_ws": self.trade_socket.ws_url, "market_ws": self._market.ws_url, "rest": self._rest.url}

    def credentials(self) -> dict[str, str]:
        return {"public_key": PUBLIC_KEY, "secret": SECRET}

    def foreign_amend(self, order: SimOrder, price: Decimal | None, quantity: Decimal | None) -> None:
        """Somebody else's session amends: here, too, the id changes."""
        new_id = None if self.switches.flag("keep_id") else self.exchange.ids.uuid()
        self.exchange.amend(order, SimChange(price=price, quantity=quantity, order_id=new_id, cause="modified"))

    def tour(self) -> list[TourStep]:
        first, second, *_ = self.exchange.open_orders(TRADER, "AAPL-USD")
        fill = {"action": "fill", "operation": "amend", "arguments": {"quantity": "0.5"}}
        return [
            TourStep("reprice a buy; its order id changes", first.order_id, {"price": "200.40"}, "confirmed"),
            TourStep(
                "a fill during the speed bump: refused", second.order_id, {"price": "199.80"}, "refused", fault=fill
            ),
        ]

    # -- REST ----------------------------------------------------------------------------------------------------------

    def identify(self, request: HttpRequest) -> Identity:
        operations = {
            "/refdata": Operation.INSTRUMENTS,
            "/user/historic-orders": Operation.HISTORY,
            "/user/positions": Operation.POSITIONS,
        }
        return Identity(operations.get(request.path, Operation.OTHER))

    async def handle(self, request: HttpRequest) -> HttpReply:
        """Answer one request; errors are problem documents."""
        if request.planned.rate_limited:
            return problem(429, "Too Many Requests", "rate limited")
        if request.method != "GET":
            return problem(405, "Method Not Allowed", "only GET is served here")
        if request.path == "/refdata":
            return json_reply({"type": "refdata", **self._listed(self._refdata(request))}, decimals="string")
        call = {"/user/positions": self._positions, "/user/historic-orders": self._historic}.get(request.path)
        if call is None:
            return problem(404, "Not Found", f"no route {request.path}")
        try:
            given = {name: request.headers.get(header, "") for name, header in _HEADERS.items()}
            self.gatekeeper.check(given, self.clock.now_ms())
        except BadLogin as refused:
            return problem(401, "Unauthorized", str(refused))
        return json_reply(call(request))

    def _refdata(self, request: HttpRequest) -> list[rows.Row]:
        ticker = request.params.get("ticker")
        found = [
            rows.refdata_row(each, self.exchange.price(each.symbol), active=self.exchange.is_trading(each.symbol))
            for each in self.exchange.instruments
            if ticker in (None, each.symbol)
        ]
        bare = ("tick_size", "lot_size") if self.switches.flag("bare_refdata") else ()
        return [{name: value for name, value in row.items() if name not in bare} for row in found]

    def _positions(self, request: HttpRequest) -> rows.Row:
        held = [rows.position_row(self.exchange, self.policy, symbol) for symbol in self.policy.positions(TRADER)]
        return {"balance": rows.balance_row(self.exchange, self.policy), "positions": held}

    def _historic(self, request: HttpRequest) -> rows.Row:
        """Filled or ended orders; an id that was amended away ends here as MODIFIED."""
        params = request.params
        found: list[rows.Row] = []
        for order in reversed(self.exchange.orders_of(TRADER)):
            if params.get("symbol") not in (None, order.symbol):
                continue
            if params.get("client_order_id") not in (None, order.client_id):
                continue
            if not order.is_open:
                status = "FILLED" if order.status is Status.FILLED else "CANCELLED"
                found.append(self._ended(order, order.order_id, status))
        offset, limit = int(params.get("offset", "0")), int(params.get("limit", "100"))
        return self._listed(found[offset : offset + min(limit, 1000)])

    def _listed(self, listing: list[rows.Row]) -> rows.Row:
        """A list as it stands in a reply; an empty one may be null."""
        return {"data": None, "count": 0} if not listing and self.switches.flag("null_lists") else {"data": listing}

    @staticmethod
    def _ended(order: SimOrder, order_id: str, status: str) -> rows.Row:
        return {
            "order_id": order_id,
            "client_order_id": order.client_id,
            "symbol": order.symbol,
            "side": str(order.side).upper(),
            "order_type": rows.type_of(order),
            "quantity": order.quantity,
            "price": order.price if order.price is not None else Decimal(0),
            "terminal_status": status,
            "execution_state": "FILLED" if order.filled == order.quantity else "PARTIAL" if order.filled else "NONE",
            "status_ts": rows.rfc3339(order.updated_ns),
            "filled_qty": order.filled,
            "avg_price": order.average_price.quantize(Decimal("0.00000001")),
        }


def problem(status: int, title: str, detail: str) -> HttpReply:
    """An RFC 9457 problem document."""
    body: dict[str, Any] = {"title": title, "status": status, "detail": detail, "type": "about:blank"}
    return replace(json_reply(body, status), content_type="application/problem+json")


def build(world: VenueWorld) -> QfexServer:
    """A practice QFEX in this world."""
    return QfexServer(world)

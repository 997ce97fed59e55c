"""The control endpoint: how drills and tests script a running practice world, and ask it for the truth.

JSON over HTTP on loopback; decimals are texts both ways. `GET /` lists the paths. Errors are
`{"error": "one sentence"}` with status 400 or 404. It is not part of any venue and no client of a venue knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import isawaitable
from typing import Any, Protocol
from urllib.parse import unquote

from app.practice.exchange.clock import RealClock
from app.practice.exchange.errors import PracticeError
from app.practice.server.control_venue import ControlError, VenueControl
from app.practice.server.faults import ACTIONS, Operation, Point
from app.practice.server.http import Listener
from app.practice.server.messages import HttpReply, HttpRequest, Identity, json_reply
from app.practice.server.server import VenueServer

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
    "POST /{venue}/admit": "{order_id}: an order that waits is taken into the book",
    "POST /{venue}/session": "{symbol, open: bool}",
    "POST /{venue}/foreign/amend": "{order_id, price?, quantity?}: somebody else amends; quantity is the new total",
    "POST /{venue}/foreign/cancel": "{order_id}",
    "POST /{venue}/connections": "{action: cut|freeze|down|up, listener?}; down refuses until up, on the same port",
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


class ControlEndpoint:
    """The endpoint; an HTTP handler with a listener of its own, which no planned fault reaches."""

    def __init__(self, world: Controlled) -> None:
        self._world = world
        self.listener = Listener("control", None, RealClock(), self)

    def identify(self, request: HttpRequest) -> Identity:
        return Identity()

    async def handle(self, request: HttpRequest) -> HttpReply:
        try:
            answer = self._answer(request)
            return json_reply(await answer if isawaitable(answer) else answer, decimals="string")
        except ControlError as error:
            return json_reply({"error": str(error)}, error.status)
        except (PracticeError, ValueError) as error:
            return json_reply({"error": str(error)}, 400)

    def _answer(self, request: HttpRequest) -> object:
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
        return VenueControl(venue, request.params, body).answer(request.method, parts[1:])

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


def _body(request: HttpRequest) -> Mapping[str, Any]:
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

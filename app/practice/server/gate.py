"""The gate every request and push passes: it records requests, lets planned faults strike, tells the venue its part.

A venue's handler calls it at these places, whatever the protocol:

    planned = await self.gate.before_apply(Operation.AMEND, order)  # after its own checks, before it changes anything
    if planned.refuse: ...                                          # answer as told
    planned = self.gate.in_flight(Operation.AMEND, order)           # where it acknowledges first: before the effect
    planned = self.gate.before_reply(Operation.AMEND, order)        # before it writes the answer

The faults of the bytes themselves (drop, delay, duplicate, reorder, cut, half-open, HTTP status) are carried out by
`http.py` and `socket.py`; those of the market and of other people by the gate; the rest is in the `FaultOrders`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from app.practice.exchange.clock import PracticeClock
from app.practice.exchange.errors import PracticeError, SwitchError
from app.practice.exchange.orders import SimOrder
from app.practice.server.faults import VENUE_ACTIONS, WORLD_ACTIONS, Action, FaultPlan, PlannedFault, Point


@dataclass(frozen=True, slots=True)
class FaultOrders:
    """Orders of the planned faults to the venue at this moment; empty ones are false: `if planned: ...`.

    Attributes:
        refuse: `code`, `message`, `status` to refuse with; None to go on.
        rate_limited: answer as over the rate limit.
        silent: acknowledge, never apply.
        late_ms: acknowledge now, apply after so long; None to apply in the usual time.
        new_id: the order must get a new id by this.
        alter: values to apply instead of those asked for (`price`, `quantity`, ...).
        fail_rows, omit_rows: indexes of a batch that fail, or are missing from the reply.
        row_refusal: `code` and `message` for the failed rows.
        unknown_status: text to write where the status belongs; None for the truth.
        venue: the venue's own faults by name, with their arguments.
    """

    refuse: Mapping[str, Any] | None = None
    rate_limited: bool = False
    silent: bool = False
    late_ms: int | None = None
    new_id: bool = False
    alter: Mapping[str, Decimal] = field(default_factory=dict)
    fail_rows: frozenset[int] = frozenset()
    omit_rows: frozenset[int] = frozenset()
    row_refusal: Mapping[str, Any] = field(default_factory=dict)
    unknown_status: str | None = None
    venue: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self != _NOTHING


_NOTHING = FaultOrders()

#: Requests kept for drills to count; a day of polling is about a hundred thousand.
REQUESTS_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it arrived, for drills that count what was really sent."""

    number: int
    time_ms: int
    channel: str
    operation: str
    order_id: str
    text: str


class Hands(Protocol):
    """Actions of the market or of somebody else that the gate asks of the venue (`VenueServer` provides them)."""

    def find(self, order_id: str) -> SimOrder | None: ...
    def fill_now(self, order: SimOrder, quantity: Decimal | None) -> None: ...
    def foreign_amend(self, order: SimOrder, price: Decimal | None, quantity: Decimal | None) -> None: ...
    def foreign_cancel(self, order: SimOrder) -> None: ...
    def trigger_now(self, order: SimOrder) -> None: ...
    def expire_now(self, order: SimOrder, reason: str) -> None: ...
    def move_price(self, symbol: str, price: Decimal) -> None: ...
    def set_session(self, symbol: str, is_open: bool) -> None: ...


class Gate:
    """The gate of one venue server."""

    def __init__(self, plan: FaultPlan, clock: PracticeClock, hands: Hands) -> None:
        self.plan = plan
        self._clock = clock
        self._hands = hands
        self.requests: deque[Received] = deque(maxlen=REQUESTS_KEPT)
        self._received = 0

    def received(self, channel: str, operation: str, order_id: str = "", text: str = "") -> FaultOrders:
        """Record a request and strike what is planned for its arrival. Call once a request, as early as known.

        The wire faults at this point are taken by the plumbing when the venue has named the operation there.
        """
        self._received += 1
        self.requests.append(Received(self._received, self._clock.now_ms(), channel, operation, order_id, text))
        return self._strike(Point.REQUEST_RECEIVED, operation, self._hands.find(order_id), order_id)

    async def before_apply(self, operation: str, order: SimOrder | None = None) -> FaultOrders:
        """Strike what is planned before the change takes effect: fills in flight, other people, delays, refusals."""
        order_id = order.order_id if order else ""
        for fault in self.plan.take(Point.BEFORE_APPLY, operation, order_id, frozenset({Action.DELAY})):
            await self._clock.sleep(fault.integer("ms", 500))
        return self._strike(Point.BEFORE_APPLY, operation, order, order_id)

    def in_flight(self, operation: str, order: SimOrder | None = None) -> FaultOrders:
        """Strike what is planned between acknowledgement and effect, at a venue that acknowledges first."""
        return self._strike(Point.IN_FLIGHT, operation, order, order.order_id if order else "")

    def before_reply(self, operation: str, order: SimOrder | None = None) -> FaultOrders:
        """Strike what is planned after the change and before the answer is written."""
        return self._strike(Point.BEFORE_REPLY, operation, order, order.order_id if order else "")

    def before_push(self, operation: str, order: SimOrder | None = None) -> FaultOrders:
        """Strike what is planned before a push is written (its content; the bytes are the plumbing's)."""
        return self._strike(Point.BEFORE_PUSH, operation, order, order.order_id if order else "")

    def _strike(self, point: Point, operation: str, order: SimOrder | None, order_id: str) -> FaultOrders:
        for fault in self.plan.take(point, operation, order_id, WORLD_ACTIONS):
            fault.trouble = ""
            try:
                self._act(fault, order)
            except PracticeError as error:
                # The order may be closed by now. That is the drill's business, not the client's.
                fault.trouble = str(error)
        return _gathered(self.plan.take(point, operation, order_id, VENUE_ACTIONS))

    def _act(self, fault: PlannedFault, order: SimOrder | None) -> None:
        if fault.action is Action.CLOCK_SKEW:
            self._clock.skew_ms = fault.integer("ms", 60_000)
            return
        if order is None:
            raise SwitchError(f"Fault {fault.action} needs an order at {fault.strikes_at}.")
        hands = self._hands
        match fault.action:
            case Action.FILL:
                everything = fault.text("quantity") == "all"
                half = None if everything else fault.decimal("quantity")
                hands.fill_now(order, order.remaining if everything else half)
            case Action.FOREIGN_AMEND:
                hands.foreign_amend(order, fault.decimal("price"), fault.decimal("quantity"))
            case Action.FOREIGN_CANCEL:
                hands.foreign_cancel(order)
            case Action.TRIGGER_STOP:
                hands.trigger_now(order)
            case Action.EXPIRE:
                hands.expire_now(order, fault.text("reason", "expired"))
            case Action.MOVE_PRICE:
                price = fault.decimal("price")
                if price is None:
                    raise SwitchError("Fault move_price needs a price.")
                hands.move_price(order.symbol, price)
            case Action.SESSION:
                hands.set_session(order.symbol, bool(fault.arguments.get("open", False)))
            case _:
                raise SwitchError(f"Fault {fault.action} cannot strike at {fault.strikes_at}.")


def _gathered(faults: list[PlannedFault]) -> FaultOrders:
    """Gather what several faults ask of the venue."""
    if not faults:
        return _NOTHING
    asked: dict[str, Any] = {}
    venue: dict[str, Mapping[str, Any]] = {}
    for fault in faults:
        match fault.action:
            case Action.REFUSE:
                asked["refuse"] = dict(fault.arguments)
            case Action.RATE_LIMIT:
                asked["rate_limited"] = True
            case Action.SILENT_FAILURE:
                asked["silent"] = True
            case Action.LATE_EFFECT:
                asked["late_ms"] = fault.integer("ms", 2000)
            case Action.NEW_ID:
                asked["new_id"] = True
            case Action.ALTER:
                asked["alter"] = {name: fault.decimal(name) for name in fault.arguments}
            case Action.FAIL_ROWS:
                asked["fail_rows"] = fault.rows()
                asked["row_refusal"] = {name: value for name, value in fault.arguments.items() if name != "rows"}
            case Action.OMIT_ROWS:
                asked["omit_rows"] = fault.rows()
            case Action.UNKNOWN_STATUS:
                asked["unknown_status"] = fault.text("text", "mystery")
            case _:
                venue[fault.text("name")] = dict(fault.arguments)
    return FaultOrders(**asked, venue=venue)

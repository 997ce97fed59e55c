"""Switches and scripted faults: how a drill tells a practice venue to misbehave.

A *switch* is a lasting choice about something the venue's documents leave open (typed, with a default and a sentence).
A *fault* is a scripted misfortune that waits for its moment: a point in the handling of a request or a push, an
operation, perhaps one order, and how many times it strikes. Servers consult the plan at the named points (mostly
through `app.practice.server.gate`), drills and tests add to it, also at run time through the control endpoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from app.practice.exchange.errors import SwitchError


class Operation(StrEnum):
    """Neutral names of what a request asks or a push tells, so that a drill reads the same for every venue."""

    PLACE = "place"
    AMEND = "amend"
    BATCH_AMEND = "batch_amend"
    REPLACE = "replace"
    CANCEL = "cancel"
    CANCEL_ALL = "cancel_all"
    LIST_ORDERS = "list_orders"
    LOOK_UP = "look_up"
    HISTORY = "history"
    FILLS = "fills"
    BALANCES = "balances"
    POSITIONS = "positions"
    INSTRUMENTS = "instruments"
    MARKET_DATA = "market_data"
    LOGIN = "login"
    SUBSCRIBE = "subscribe"
    PING = "ping"
    TIME = "time"
    OTHER = "other"
    PUSH_ORDER = "push_order"
    PUSH_FILL = "push_fill"
    PUSH_BALANCE = "push_balance"
    PUSH_POSITION = "push_position"
    PUSH_BOOK = "push_book"
    PUSH_TRADE = "push_trade"
    PUSH_TICKER = "push_ticker"
    PUSH_STATUS = "push_status"


class Point(StrEnum):
    """Point in the life of a request or push at which a fault strikes."""

    REQUEST_RECEIVED = "request_received"
    BEFORE_APPLY = "before_apply"
    IN_FLIGHT = "in_flight"
    BEFORE_REPLY = "before_reply"
    BEFORE_PUSH = "before_push"


class Action(StrEnum):
    """Effect of a fault; the comment of each group says who brings it about."""

    # The plumbing (http.py, socket.py): the bytes suffer.
    DROP = "drop"
    DELAY = "delay"
    DUPLICATE = "duplicate"
    REORDER = "reorder"
    DISCONNECT = "disconnect"
    HALF_OPEN = "half_open"
    HTTP_STATUS = "http_status"
    # The gate: the market or somebody else acts just now.
    FILL = "fill"
    FOREIGN_AMEND = "foreign_amend"
    FOREIGN_CANCEL = "foreign_cancel"
    TRIGGER_STOP = "trigger_stop"
    EXPIRE = "expire"
    MOVE_PRICE = "move_price"
    SESSION = "session"
    CLOCK_SKEW = "clock_skew"
    # The venue: it alone knows how this looks in its protocol.
    REFUSE = "refuse"
    RATE_LIMIT = "rate_limit"
    SILENT_FAILURE = "silent_failure"
    LATE_EFFECT = "late_effect"
    NEW_ID = "new_id"
    ALTER = "alter"
    FAIL_ROWS = "fail_rows"
    OMIT_ROWS = "omit_rows"
    UNKNOWN_STATUS = "unknown_status"
    VENUE = "venue"


WIRE_ACTIONS = frozenset(
    {
        Action.DROP,
        Action.DELAY,
        Action.DUPLICATE,
        Action.REORDER,
        Action.DISCONNECT,
        Action.HALF_OPEN,
        Action.HTTP_STATUS,
    }
)
WORLD_ACTIONS = frozenset(
    {
        Action.FILL,
        Action.FOREIGN_AMEND,
        Action.FOREIGN_CANCEL,
        Action.TRIGGER_STOP,
        Action.EXPIRE,
        Action.MOVE_PRICE,
        Action.SESSION,
        Action.CLOCK_SKEW,
    }
)
VENUE_ACTIONS = frozenset(Action) - WIRE_ACTIONS - WORLD_ACTIONS

#: Arguments each action takes (all optional unless the sentence says otherwise), and the point it strikes by default.
ACTIONS: Mapping[Action, tuple[Point, str]] = {
    Action.DROP: (Point.BEFORE_REPLY, "no answer; at request_received nothing is applied, at before_reply it is"),
    Action.DELAY: (Point.REQUEST_RECEIVED, "ms: how long to wait before going on"),
    Action.DUPLICATE: (Point.BEFORE_PUSH, "times: how often in all, default 2; sockets only"),
    Action.REORDER: (Point.BEFORE_PUSH, "held until the next message on that socket has gone, or ms (default 500)"),
    Action.DISCONNECT: (Point.BEFORE_REPLY, "the connection is cut; after: true sends the message first"),
    Action.HALF_OPEN: (Point.BEFORE_REPLY, "the connection stays open but nothing is read or written any more"),
    Action.HTTP_STATUS: (Point.REQUEST_RECEIVED, "status (default 503), body, content_type instead of an answer"),
    Action.FILL: (Point.BEFORE_APPLY, "quantity (default: half of what remains; `all` for everything)"),
    Action.FOREIGN_AMEND: (Point.BEFORE_APPLY, "price, quantity (new total): somebody else amends the order"),
    Action.FOREIGN_CANCEL: (Point.BEFORE_APPLY, "somebody else cancels the order"),
    Action.TRIGGER_STOP: (Point.BEFORE_APPLY, "the order's stop triggers"),
    Action.EXPIRE: (Point.BEFORE_APPLY, "reason (default `expired`): the order expires"),
    Action.MOVE_PRICE: (Point.BEFORE_APPLY, "price (required): the market of the order's symbol moves there"),
    Action.SESSION: (Point.BEFORE_APPLY, "open: false closes trading in the order's symbol"),
    Action.CLOCK_SKEW: (Point.REQUEST_RECEIVED, "ms: the venue's clock is that much ahead from now on"),
    Action.REFUSE: (Point.BEFORE_APPLY, "code, message, status: refuse so; at before_reply the change is made first"),
    Action.RATE_LIMIT: (Point.REQUEST_RECEIVED, "answer as if a rate limit was exceeded"),
    Action.SILENT_FAILURE: (Point.BEFORE_APPLY, "acknowledge, then never apply and never say so"),
    Action.LATE_EFFECT: (Point.BEFORE_APPLY, "ms: acknowledge now, apply that much later"),
    Action.NEW_ID: (Point.BEFORE_APPLY, "the order has another id afterwards"),
    Action.ALTER: (Point.BEFORE_APPLY, "price, quantity, ...: apply these values instead of those asked for"),
    Action.FAIL_ROWS: (Point.BEFORE_APPLY, "rows: indexes from 0 of the batch that fail; code, message"),
    Action.OMIT_ROWS: (Point.BEFORE_REPLY, "rows: indexes from 0 of the batch missing from the reply"),
    Action.UNKNOWN_STATUS: (Point.BEFORE_PUSH, "text: written where the status belongs"),
    Action.VENUE: (Point.BEFORE_APPLY, "name (required) and what the venue's own documentation lists"),
}


@dataclass(frozen=True, slots=True)
class Switch:
    """One lasting choice.

    Attributes:
        default: its type is the switch's type: bool, int or str.
        choices: for a str, the values it takes; empty means any text.
        about: one sentence: what it decides and why the default is what it is.
    """

    name: str
    default: bool | int | str
    about: str
    choices: tuple[str, ...] = ()


class Switches:
    """The switches of one venue and where they stand."""

    def __init__(self, switches: Iterable[Switch] = ()) -> None:
        self._switches: dict[str, Switch] = {}
        self._values: dict[str, bool | int | str] = {}
        for switch in switches:
            self.register(switch)

    def register(self, switch: Switch) -> None:
        """Add a switch at its default.

        Raises:
            SwitchError: if the name is taken.
        """
        if switch.name in self._switches:
            raise SwitchError(f"Two switches are called {switch.name!r}.")
        self._switches[switch.name] = switch
        self._values[switch.name] = switch.default

    def flag(self, name: str) -> bool:
        """Value of a yes-or-no switch."""
        value = self._value(name)
        if not isinstance(value, bool):
            raise SwitchError(f"Switch {name!r} is not a yes-or-no switch.")
        return value

    def integer(self, name: str) -> int:
        """Value of a whole-number switch."""
        value = self._value(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise SwitchError(f"Switch {name!r} is not a whole number.")
        return value

    def choice(self, name: str) -> str:
        """Value of a text switch."""
        value = self._value(name)
        if not isinstance(value, str):
            raise SwitchError(f"Switch {name!r} is not a text.")
        return value

    def set(self, name: str, value: object) -> None:
        """Set a switch from a JSON value or a text ("true", "250", a choice).

        Raises:
            SwitchError: for an unknown name or a value the switch does not take.
        """
        current = self._value(name)
        switch = self._switches[name]
        self._values[name] = _read(switch, current, value)

    def reset(self) -> None:
        """Put every switch back to its default."""
        self._values = {name: switch.default for name, switch in self._switches.items()}

    def as_dict(self) -> dict[str, bool | int | str]:
        """Every switch and where it stands."""
        return dict(self._values)

    def describe(self) -> list[dict[str, Any]]:
        """Every switch with its value, default, choices and sentence, for the control endpoint."""
        return [
            {
                "name": switch.name,
                "value": self._values[switch.name],
                "default": switch.default,
                "choices": list(switch.choices),
                "about": switch.about,
            }
            for switch in self._switches.values()
        ]

    def _value(self, name: str) -> bool | int | str:
        if name not in self._values:
            raise SwitchError(f"There is no switch {name!r}; there are {', '.join(sorted(self._values)) or 'none'}.")
        return self._values[name]


def _read(switch: Switch, current: bool | int | str, value: object) -> bool | int | str:
    """Read `value` as the type of the switch."""
    text = str(value).strip()
    if isinstance(current, bool):
        if text.lower() in {"true", "yes", "1", "on"}:
            return True
        if text.lower() in {"false", "no", "0", "off"}:
            return False
        raise SwitchError(f"Switch {switch.name!r} takes true or false, not {text!r}.")
    if isinstance(current, int):
        try:
            return int(text)
        except ValueError:
            raise SwitchError(f"Switch {switch.name!r} takes a whole number, not {text!r}.") from None
    if switch.choices and text not in switch.choices:
        raise SwitchError(f"Switch {switch.name!r} takes {', '.join(switch.choices)}, not {text!r}.")
    return text


@dataclass(slots=True)
class PlannedFault:
    """One scripted misfortune.

    Attributes:
        operation: an `Operation`, a venue's own name, or "*" for any.
        point: None takes the default of the action (`ACTIONS`).
        order_id: strike only for this order (by the id it has at that moment); empty for any.
        count: how many times it strikes; 0 for ever.
        skip: how many matching moments it lets pass first.
        arguments: see `ACTIONS`.
        hits: how many times it has struck.
        trouble: why it could not do its work the last time it struck (the order was closed already); empty if it could.
    """

    action: Action
    operation: str = "*"
    point: Point | None = None
    order_id: str = ""
    count: int = 1
    skip: int = 0
    arguments: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0
    hits: int = 0
    trouble: str = ""

    @property
    def strikes_at(self) -> Point:
        return self.point or ACTIONS[self.action][0]

    @property
    def spent(self) -> bool:
        return self.count > 0 and self.hits >= self.count

    def integer(self, name: str, default: int) -> int:
        """A whole-number argument."""
        try:
            return int(self.arguments.get(name, default))
        except (TypeError, ValueError):
            raise SwitchError(f"Fault {self.action} takes a whole number for {name!r}.") from None

    def decimal(self, name: str) -> Decimal | None:
        """A decimal argument, None when it was not given."""
        value = self.arguments.get(name)
        if value is None:
            return None
        try:
            return Decimal(str(value))
        except InvalidOperation:
            raise SwitchError(f"Fault {self.action} takes a number for {name!r}, not {value!r}.") from None

    def text(self, name: str, default: str = "") -> str:
        """A text argument."""
        return str(self.arguments.get(name, default))

    def rows(self) -> frozenset[int]:
        """The batch rows it names."""
        value = self.arguments.get("rows", ())
        if not isinstance(value, list | tuple):
            raise SwitchError(f"Fault {self.action} takes a list for 'rows'.")
        return frozenset(int(row) for row in value)

    def describe(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "action": str(self.action),
            "point": str(self.strikes_at),
            "operation": self.operation,
            "order_id": self.order_id,
            "count": self.count,
            "skip": self.skip,
            "arguments": dict(self.arguments),
            "hits": self.hits,
            "trouble": self.trouble,
        }


class FaultPlan:
    """The faults one venue has been told to commit, in the order they were added."""

    def __init__(self) -> None:
        self._faults: list[PlannedFault] = []
        self._added = 0

    def add(
        self,
        action: Action | str,
        operation: str = "*",
        *,
        point: Point | str | None = None,
        order_id: str = "",
        count: int = 1,
        skip: int = 0,
        **arguments: object,
    ) -> PlannedFault:
        """Plan a fault: `plan.add("drop", "amend")` is: the next amend is applied but its reply never comes.

        Raises:
            SwitchError: for an unknown action or point.
        """
        try:
            known = Action(action)
            where = None if point is None else Point(point)
        except ValueError as error:
            raise SwitchError(f"{error}; actions: {', '.join(Action)}; points: {', '.join(Point)}.") from None
        self._added += 1
        fault = PlannedFault(known, operation, where, order_id, count, skip, dict(arguments), self._added)
        self._faults.append(fault)
        return fault

    def take(
        self, point: Point, operation: str, order_id: str = "", actions: frozenset[Action] = frozenset(Action)
    ) -> list[PlannedFault]:
        """The faults that strike now, each counted as struck; spent ones stay listed but never strike again."""
        struck = []
        for fault in self._faults:
            if fault.action not in actions or fault.strikes_at is not point or fault.spent:
                continue
            if fault.operation not in {"*", operation} or (fault.order_id and fault.order_id != order_id):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.hits += 1
            struck.append(fault)
        return struck

    def remove(self, number: int) -> bool:
        """Forget one fault; False when there is none of that number."""
        before = len(self._faults)
        self._faults = [fault for fault in self._faults if fault.number != number]
        return len(self._faults) < before

    def clear(self) -> None:
        """Forget every fault."""
        self._faults.clear()

    @property
    def faults(self) -> tuple[PlannedFault, ...]:
        return tuple(self._faults)

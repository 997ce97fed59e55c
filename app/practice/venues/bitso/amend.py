"""`PATCH /api/v4/orders`: what the body may hold, and what an order becomes by it.

The anchor rule, read off the documentation's worked examples: the side that is locked stays. A buy keeps its value and
a sell its amount when only the price changes; whatever `major` or `minor` says is taken, the other one is derived with
value = amount x price. Eight decimals, half up (of the usual roundings only half-up and half-even reproduce both worked
examples; which it is, is not documented). Source: "Modify an order", docs.bitso.com, read 2026-11-21. What a modify of
a partly filled order means is not documented: switch `partial_semantics`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext
from typing import Any
from urllib.parse import parse_qs

from app.practice.exchange.errors import Refused
from app.practice.exchange.orders import Side, SimChange, SimInstrument, SimKind, SimOrder, Status
from app.practice.server.faults import Operation
from app.practice.server.gate import FaultOrders
from app.practice.server.messages import HttpRequest
from app.practice.server.server import VenueServer
from app.practice.server.wire import parse_json
from app.practice.venues.bitso import errors as code
from app.practice.venues.bitso.errors import BitsoError, from_core, scripted
from app.practice.venues.bitso.modify_codes import NothingLeft, in_family_17, of_17
from app.practice.venues.bitso.orders import Orders

_NUMBER = re.compile(r"\d+(\.\d+)?", re.ASCII)
_FIELDS = ("price", "major", "minor", "stop")
_EIGHT = Decimal("0.00000001")


@dataclass(frozen=True, slots=True)
class ModifyRequest:
    """A modify request after its syntax was checked."""

    price: Decimal | None
    major: Decimal | None
    minor: Decimal | None
    stop: Decimal | None
    cancel: bool


def read(body: object) -> ModifyRequest:
    """Read the JSON body.

    Raises:
        BitsoError: 0372 wrong type, 0308 both amounts, 0360 nothing to change, 0361 unknown field, 0408 not above zero.
    """
    if not isinstance(body, Mapping):
        raise BitsoError(code.WRONG_TYPE, "The body must be a JSON object.")
    for name in body:
        if name not in (*_FIELDS, "cancel"):
            raise BitsoError(code.TOO_MANY_FIELDS, f"Unexpected field: {name}.")
    if "major" in body and "minor" in body:
        raise BitsoError(code.BOTH_AMOUNTS, "Specify either major or minor, never both.")
    if not any(name in body for name in _FIELDS):
        raise BitsoError(code.NO_FIELD, "Specify at least one of major, minor, price, stop.")
    numbers = {name: _number(name, body[name]) for name in _FIELDS if name in body}
    cancel = body.get("cancel", "0")
    if cancel not in ("0", "1", True, False):
        raise BitsoError(code.WRONG_TYPE, 'The field cancel takes "1" or "0".')
    return ModifyRequest(
        numbers.get("price"), numbers.get("major"), numbers.get("minor"), numbers.get("stop"), cancel in ("1", True)
    )


def _number(name: str, value: Any) -> Decimal:
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if isinstance(value, bool) or not _NUMBER.fullmatch(text):
        raise BitsoError(code.WRONG_TYPE, f"The field {name} must be a positive number.")
    number = Decimal(text)
    if number <= 0:
        raise BitsoError(code.NOT_POSITIVE, f"The field {name} must be non-zero and positive.")
    return number


def rounded(value: Decimal, side: Side, mode: str) -> Decimal:
    """Eight decimals by the switch `rounding`: half_up, or down for a buy and up for a sell."""
    if mode == "half_up":
        return value.quantize(_EIGHT, rounding=ROUND_HALF_UP)
    return value.quantize(_EIGHT, rounding=ROUND_FLOOR if side is Side.BUY else ROUND_CEILING)


def change_for(
    order: SimOrder, wish: ModifyRequest, instrument: SimInstrument, *, partial: str, rounding: str
) -> SimChange:
    """Change that carries the request out.

    Args:
        partial: "total" (major and minor mean the whole order, fills included) or "remaining".

    Raises:
        BitsoError: 1005 not modifiable, 0407 precision, 0401-0406 and 0412/0413 outside the book's limits.
    """
    _check_state(order, wish)
    for name, value in (("price", wish.price), ("stop", wish.stop)):
        if value is not None and value % instrument.tick:
            raise BitsoError(code.PRECISION, f"Invalid precision: {name} must be a multiple of {instrument.tick}.")
    for name, value in (("major", wish.major), ("minor", wish.minor)):
        if value is not None and value % _EIGHT:
            raise BitsoError(code.PRECISION, f"Invalid precision: {name} takes at most eight decimals.")
    with localcontext() as context:
        context.prec = 60
        quantity, value = _derive(order, wish, partial, rounding)
    if quantity <= order.filled:
        raise NothingLeft(code.MAJOR_LOW, "The amount must be above what is filled already.")
    _check_limits(wish, quantity, value, instrument)
    return SimChange(price=wish.price, quantity=quantity, value=value, stop=wish.stop, cause="modified")


def _check_state(order: SimOrder, wish: ModifyRequest) -> None:
    if not order.is_open or order.status is Status.PENDING:
        raise BitsoError(code.INVALID_OPERATION, "The order cannot be modified in its current status.")
    if order.kind is SimKind.MARKET:
        raise BitsoError(code.INVALID_OPERATION, "Market orders cannot be modified.")
    if wish.price is not None and order.price is None:
        raise BitsoError(code.INVALID_OPERATION, "The order has no limit price to modify.")
    if wish.stop is not None and order.status is not Status.UNTRIGGERED:
        raise BitsoError(code.INVALID_OPERATION, "The stop can be modified on un-triggered stop orders only.")


def _derive(order: SimOrder, wish: ModifyRequest, partial: str, rounding: str) -> tuple[Decimal, Decimal]:
    """New total amount and new total value."""
    price = wish.price if wish.price is not None else order.price
    filled, spent = order.filled, order.filled_value
    left, left_value = order.remaining, order.value - spent
    if price is None:
        if wish.minor is not None:
            raise BitsoError(code.INVALID_OPERATION, "The order has no price to derive an amount from.")
        if wish.major is None:
            return order.quantity, order.value
        return wish.major if partial == "total" else filled + wish.major, order.value
    if wish.major is not None:
        left = wish.major - filled if partial == "total" else wish.major
        left_value = rounded(left * price, order.side, rounding)
    elif wish.minor is not None:
        left_value = wish.minor - spent if partial == "total" else wish.minor
        left = rounded(left_value / price, order.side, rounding)
    elif wish.price is not None and order.side is Side.BUY:
        left = rounded(left_value / price, order.side, rounding)
    elif wish.price is not None:
        left_value = rounded(left * price, order.side, rounding)
    return filled + left, spent + left_value


def _check_limits(wish: ModifyRequest, quantity: Decimal, value: Decimal, instrument: SimInstrument) -> None:
    limits = instrument.attributes
    checks = (
        (wish.price, "minimum_price", "maximum_price", code.PRICE_LOW, code.PRICE_HIGH),
        (wish.stop, "minimum_price", "maximum_price", code.STOP_LOW, code.STOP_HIGH),
        (quantity, "minimum_amount", "maximum_amount", code.MAJOR_LOW, code.MAJOR_HIGH),
        (value, "minimum_value", "maximum_value", code.MINOR_LOW, code.MINOR_HIGH),
    )
    for number, low, high, below, above in checks:
        if number is None:
            continue
        if number < limits[low]:
            raise BitsoError(below, f"{number:f} is below the book's {low} of {limits[low]:f}.")
        if number > limits[high]:
            raise BitsoError(above, f"{number:f} is above the book's {high} of {limits[high]:f}.")


def _check_change(order: SimOrder, wish: ModifyRequest) -> None:
    """Refuse a change of nothing, for which family 17 alone has a code."""
    asked = (wish.price, order.price), (wish.major, order.quantity), (wish.minor, order.value), (wish.stop, order.stop)
    if all(new in (None, old) for new, old in asked):
        raise of_17(code.SAME_VALUES)


class Amending:
    """The modify calls of one account."""

    def __init__(self, server: VenueServer, orders: Orders) -> None:
        self._orders = orders
        self._exchange = server.exchange
        self._switches = server.switches
        self._gate = server.gate
        self._clock = server.clock

    async def modify(self, request: HttpRequest, path_oid: str) -> dict[str, Any]:
        """`PATCH /api/v4/orders[/{oid}]`; the answer holds the oid and nothing else."""
        order: SimOrder | None = None
        try:
            wish = read(parse_json(request.body) if request.body else {})
            order = self._identified(request, path_oid)
            return await self._modify(order, wish)
        except BitsoError as error:
            raise in_family_17(error, order) if self._speaks_17 else error from None

    @property
    def _speaks_17(self) -> bool:
        return self._switches.choice("modify_codes") == "17"

    async def _modify(self, order: SimOrder, wish: ModifyRequest) -> dict[str, Any]:
        planned = await self._gate.before_apply(Operation.AMEND, order)
        if planned.refuse is not None:
            raise scripted(planned)
        change = self._change(order, wish, planned)
        if change is not None:
            oid = await self._apply(order, change, wish, planned)
        else:
            oid = order.order_id
        after = self._gate.before_reply(Operation.AMEND, order)
        if after.refuse is not None:
            raise scripted(after)
        return {"oid": oid}

    def _identified(self, request: HttpRequest, path_oid: str) -> SimOrder:
        query = parse_qs(request.query)
        given = [path_oid] if path_oid else []
        given += query.get("oid", []) + query.get("origin_id", [])
        if len(given) != 1:
            raise BitsoError(code.TOO_MANY_FIELDS if given else code.FIELD_MISSING, "Give exactly one identifier.")
        return self._orders.by_origin(given[0]) if "origin_id" in query else self._orders.find(given[0])

    def _change(self, order: SimOrder, wish: ModifyRequest, planned: FaultOrders) -> SimChange | None:
        """The change to make; None when the modify failed and `cancel` took the order out instead."""
        instrument = self._exchange.instrument(order.symbol)
        try:
            change = change_for(
                order,
                wish,
                instrument,
                partial=self._switches.choice("partial_semantics"),
                rounding=self._switches.choice("rounding"),
            )
            if self._speaks_17:
                _check_change(order, wish)
        except BitsoError:
            if wish.cancel and order.is_open:
                self._exchange.cancel(order, "modify_failed")
                return None
            raise
        if planned.alter:
            quantity = planned.alter.get("quantity", change.quantity)
            price = planned.alter.get("price", change.price)
            change = SimChange(price=price, quantity=quantity, stop=change.stop, cause="modified")
        if planned.new_id:
            change = SimChange(
                price=change.price,
                quantity=change.quantity,
                value=change.value,
                stop=change.stop,
                order_id=self._exchange.policy.order_id(self._exchange),
                cause="modified",
            )
        return change

    async def _apply(self, order: SimOrder, change: SimChange, wish: ModifyRequest, planned: FaultOrders) -> str:
        if planned.silent:
            return order.order_id
        if planned.late_ms is not None:
            self._clock.call_later(planned.late_ms, lambda: self._apply_late(order, change))
            return order.order_id
        if self._crosses_post_only(order, change):
            if self._switches.choice("post_only_cross") == "refuse" and not wish.cancel:
                raise BitsoError(code.INVALID_OPERATION, "A postonly order would take liquidity.")
            self._exchange.cancel(order, "post_only")
            return order.order_id
        try:
            self._exchange.amend(order, change)
        except Refused as refused:
            if wish.cancel and order.is_open:
                self._exchange.cancel(order, "modify_failed")
                return order.order_id
            raise from_core(refused) from None
        return order.order_id

    def _apply_late(self, order: SimOrder, change: SimChange) -> None:
        if order.is_open:
            try:
                self._exchange.amend(order, change)
            except Refused:
                return  # the venue that answered early has nobody left to tell

    def _crosses_post_only(self, order: SimOrder, change: SimChange) -> bool:
        resting = order.status in (Status.WORKING, Status.PARTIALLY_FILLED)
        if not (order.post_only and resting and change.price is not None):
            return False
        return self._exchange.book(order.symbol).would_cross(order.side, change.price)

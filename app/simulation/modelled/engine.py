"""The truth of a modelled venue: its orders, what each of them was at every moment, its money, its fills.

The engine answers at once and tells nobody; telling is the business of the wires. It keeps every state an order was
ever in, which is what the simulation's promises are checked against.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from app.domain.amendment import Command
from app.domain.evidence import compare
from app.domain.market import Balance
from app.domain.money import ZERO, exact, is_multiple, round_half_up
from app.domain.order import Fill, Order, OrderStatus, Side
from app.domain.plan import Terms
from app.domain.terms import own_terms
from app.simulation.modelled.behaviour import EngineRequest, LockRule, VenueModel, Way, Why

_FIRST_ID = 1000

#: Decimal places to which sizes and values are rounded.
_PLACES = 8

#: Tolerance for values a venue derives: the last digit may be rounded otherwise.
_LAST_DIGIT = Decimal("0.00000001")


def as_asked(order: Order, target: Terms) -> Order:
    """The order as it would be with the terms asked for, whether or not anybody made it so."""
    asked = {term.name: number or None for term in own_terms() if (number := term.of_terms(target)) is not None}
    with exact():
        if target.remaining is not None:
            asked["quantity"] = order.filled + target.remaining
    return replace(order, **asked)  # type: ignore[arg-type]


class Twist(StrEnum):
    """Deviation of the engine from the amendment that was asked for."""

    NONE = ""
    OTHER_TERMS = "other terms than asked for"
    NEW_ID = "a new id nobody expected"
    HALF_REPLACED = "the old order cancelled and the new one refused"
    BOTH_LEFT = "the new order made and the old one left"


@dataclass(slots=True)
class Chain:
    """One order through all its ids. `held` is every state it was in, with the time it began."""

    root: str
    ids: list[str]
    held: list[tuple[int, Order]] = field(default_factory=list)

    @property
    def last(self) -> str:
        """The id it has now."""
        return self.ids[-1]


@dataclass(frozen=True, slots=True)
class Applied:
    """Record of an amendment carried out: whether as its request said, and whether the terms are the target's.

    The two differ where somebody else changed what the request does not name. `order_id` is the changed order's, and
    `order` what it was right then.
    """

    done: bool
    matched: bool
    order_id: str
    order: Order


@dataclass(frozen=True, slots=True)
class EngineOutcome:
    """Outcome of an engine call: rows that changed, in sequence; or the refusal, and whether the order was gone.

    `new_id` is the id the changed order got, "" if it kept its own.
    """

    changed: tuple[tuple[Order, str], ...] = ()
    refused: str = ""
    gone: bool = False
    new_id: str = ""


class SimulatedEngine:
    """One account's orders at one venue.

    Attributes:
        orders: every order there ever was, by id.
        chains: which chain each id belongs to.
        fills: executions by order id.
        applied: amendments carried out, by amendment id.
        arrived: how many times each amendment arrived.
        under_way: amendments that left and will be carried out in the usual time, unless the engine then cannot.
        untold: ids that somebody else amended away and nothing tells what became of them.
        beside: orders that were to replace another one and were made beside it: the old id by the new one.
        heirs: by an id that somebody else amended away untold, the id it goes on under.
        altered: roots of chains that somebody else gave a new id which was told.
        moved: ids that were amended away: dead, and neither filled nor cancelled.
        lied: ids of which something false was told that nobody can know to be false; `ever_lied` is never forgotten.
        ever_denied: ids that a list called whole has left out.
        hidden: ids that were told as nothing that can be read.
        skew: the venue's clock ahead of the true one.
    """

    def __init__(self, account: str, model: VenueModel) -> None:
        self.account = account
        self.model = model
        self.orders: dict[str, Order] = {}
        self.chains: dict[str, Chain] = {}
        self.fills: dict[str, list[Fill]] = {}
        self.applied: dict[str, Applied] = {}
        self.arrived: dict[str, int] = {}
        self.beside: dict[str, str] = {}
        self.heirs: dict[str, str] = {}
        self.moved: set[str] = set()
        self.under_way: set[str] = set()
        self.untold: set[str] = set()
        self.altered: set[str] = set()
        self.lied: set[str] = set()
        self.ever_lied: set[str] = set()
        self.ever_denied: set[str] = set()
        self.hidden: set[str] = set()
        self.skew = 0
        self._totals = dict(model.balances)
        self._position = ZERO
        self._next_id = _FIRST_ID
        self._next_fill = _FIRST_ID

    # -- reading -------------------------------------------------------------------------------------------------------

    def open_orders(self) -> Iterator[Order]:
        """Every order that may still trade."""
        return (order for order in self.orders.values() if order.is_open)

    def chain_of(self, order_id: str) -> Chain:
        """The order an id belongs to."""
        return self.chains[order_id]

    def went_on(self, order_id: str) -> Iterator[Chain]:
        """The chain of an id, and those it went on in, untold, when somebody else amended it."""
        chain = self.chain_of(order_id)
        yield chain
        while chain.last in self.heirs:
            chain = self.chain_of(self.heirs[chain.last])
            yield chain

    def filled(self, order_id: str) -> Decimal:
        """Filled quantity of an id; 0 for one that never was."""
        order = self.orders.get(order_id)
        return order.filled if order is not None else ZERO

    def balances(self, now: int) -> tuple[Balance, ...]:
        """Balances of the account now."""
        locked = dict.fromkeys(self._totals, ZERO)
        with exact():
            for order in self.open_orders():
                currency, amount = self.lock_of(order)
                locked[currency] += amount
            if self.model.behaviour.lock is LockRule.MARGIN:
                locked[self.model.instrument.quote] += self._position
            return tuple(
                Balance(currency, total, total - locked[currency], locked[currency], now)
                for currency, total in self._totals.items()
            )

    def lock_of(self, order: Order) -> tuple[str, Decimal]:
        """Currency and amount an order locks."""
        instrument, behaviour = self.model.instrument, self.model.behaviour
        price = order.price or ZERO
        with exact():
            if behaviour.lock is LockRule.MARGIN:
                return instrument.quote, price * order.remaining / behaviour.leverage
            if order.side is Side.SELL:
                return instrument.base, order.remaining
            if behaviour.lock is LockRule.VALUE and order.value is not None:
                return instrument.quote, order.value - (order.filled_value or ZERO)
            return instrument.quote, price * order.remaining

    def standing_fault(self, command: Command) -> str:
        """Fault of a request by rules that do not change: it should never have left. "" if there is none."""
        request, instrument = self.model.read(command), self.model.instrument
        base = command.order
        price = request.price if request.price is not None else base.price
        size = request.quantity if request.quantity is not None else request.remaining
        prices = [(term, term.of_terms(request), instrument.tick) for term in own_terms() if term.is_price]
        for term, number, step in (*prices, (None, size, instrument.lot)):
            if number is None or (number == ZERO and term is not None and term.absent_is_zero):
                continue
            if number <= ZERO or (step is not None and not is_multiple(number, step)):
                return f"a {term.label if term else 'size'} of {number}"
        if size is not None and not self.model.behaviour.least_is_its_own and self._is_too_small(size):
            return f"a size of {size}, below the least"
        if size is not None and price is not None and instrument.min_value is not None:
            with exact():
                if price * size < instrument.min_value:
                    return f"a value of {price * size}, below the least"
        return "" if compare(request, base) else "nothing changed"

    def _is_too_small(self, size: Decimal) -> bool:
        least = self.model.instrument.min_quantity
        return least is not None and size < least

    # -- doing ---------------------------------------------------------------------------------------------------------

    def place(self, now: int, side: Side, price: Decimal, quantity: Decimal, **more: object) -> Order:
        """Put an order into the book."""
        order = replace(
            self.model.blank(side),
            account=self.account,
            price=price,
            quantity=quantity,
            filled=ZERO,
            **more,  # type: ignore[arg-type]
        )
        if self.model.behaviour.anchors_value:
            with exact():
                order = replace(order, value=self._rounded(price * quantity), filled_value=ZERO)
        order = self._enter(now, order, Why.PLACED, "")
        self.chains[order.order_id] = chain = Chain(order.order_id, [order.order_id])
        chain.held.append((now, order))
        return order

    def fill(self, now: int, order_id: str, quantity: Decimal) -> Fill | None:
        """Execute a part of an order at its own price; None if it is not open."""
        order = self.orders[order_id]
        quantity = min(quantity, order.remaining)
        if not order.is_open or quantity <= ZERO:
            return None
        price = order.price or ZERO
        with exact():
            worth = price * quantity
            filled = order.filled + quantity
            value = (order.filled_value or ZERO) + worth
            self._pay(order.side, quantity, worth)
        done = filled >= order.quantity
        status = OrderStatus.FILLED if done else OrderStatus.PARTIALLY_FILLED
        self._put(now, replace(order, filled=filled, filled_value=value, status=status), Why.FILLED)
        self._next_fill += 1
        fill = Fill(
            self.account, str(self._next_fill), order_id, order.symbol, order.side, price, quantity, now, value=worth
        )
        self.fills.setdefault(order_id, []).append(fill)
        return fill

    def cancel(self, now: int, order_id: str, reason: str = "") -> Order | None:
        """End an order; None if it is not open."""
        order = self.orders.get(order_id)
        if order is None or not order.is_open:
            return None
        return self._put(now, replace(order, status=OrderStatus.CANCELLED, reason=reason), Why.CANCELLED)

    def reject(self, now: int, order_id: str, target: Terms) -> Order | None:
        """End an order as rejected, shown with terms that somebody asked for; None if it is not open."""
        order = self.orders[order_id]
        if not order.is_open:
            return None
        shown = as_asked(order, target)
        if shown.quantity < order.filled:
            shown = replace(shown, quantity=order.quantity)
        return self._put(now, replace(shown, status=OrderStatus.REJECTED), Why.CANCELLED)

    def take_place(self, now: int, order_id: str, price: Decimal, quantity: Decimal) -> EngineOutcome:
        """Somebody else cancels an order and enters another one in its place, as two steps that are told."""
        order = self.orders[order_id]
        ended = self.cancel(now, order_id, "cancelled elsewhere")
        if ended is None:
            return EngineOutcome(refused="no such open order")
        target = replace(
            self._asked(order, EngineRequest(price=price, quantity=quantity), Way()),
            filled=ZERO,
            filled_value=ZERO if order.value is not None else None,
            client_id="",
        )
        if self.model.behaviour.anchors_value:
            with exact():
                target = replace(target, value=self._rounded(price * quantity))
        two_legs = any(way.two_legs for way in self.model.behaviour.ways.values())
        fresh = self._enter(now, target, Why.PLACED, order_id if two_legs else "")
        self.chains[fresh.order_id] = Chain(fresh.order_id, [fresh.order_id], [(now, fresh)])
        if two_legs:
            self.beside[fresh.order_id] = order_id
        return EngineOutcome(((ended, ""), (fresh, "")), new_id=fresh.order_id)

    def amend(self, now: int, command: Command, twist: Twist = Twist.NONE) -> EngineOutcome:
        """Carry an amendment out, or refuse it. Rows come back in the order of doing, each with the id it replaced."""
        request, order_id = self.model.read(command), command.order.order_id
        refused = self.obstacle(command)
        if refused:
            return EngineOutcome(refused=refused, gone=not self.orders[order_id].is_open)
        way = self.model.behaviour.ways[command.route]
        order = self.orders[order_id]
        target = self._asked(order, request, way)
        if twist is Twist.OTHER_TERMS:
            target = self._otherwise(order, target, request)
        outcome = self._carried_out(now, command, order, target, twist)
        done = twist in (Twist.NONE, Twist.NEW_ID)
        matched = done and not compare(command.target, target, _LAST_DIGIT)
        made = outcome.changed[-1][0]
        self.applied[command.amendment_id] = Applied(done, matched, outcome.new_id or order_id, made)
        return outcome

    def _carried_out(self, now: int, command: Command, order: Order, target: Order, twist: Twist) -> EngineOutcome:
        way = self.model.behaviour.ways[command.route]
        if way.two_legs:
            target = replace(target, client_id=str(command.request_id))
        if twist is Twist.HALF_REPLACED:
            ended = self._put(now, replace(order, status=OrderStatus.CANCELLED), Why.REPLACED)
            return EngineOutcome(((ended, ""),), refused="the new order was refused")
        if twist is Twist.BOTH_LEFT:
            fresh = self._enter(now, target, Why.PLACED, order.order_id)
            self.chains[fresh.order_id] = Chain(fresh.order_id, [fresh.order_id], [(now, fresh)])
            self.beside[fresh.order_id] = order.order_id
            return EngineOutcome(((fresh, order.order_id),), new_id=fresh.order_id)
        if way.new_id or twist is Twist.NEW_ID:
            return self._renew(now, order, target, Why.AMENDED)
        return EngineOutcome(((self._put(now, target, Why.AMENDED), ""),))

    def obstacle(self, command: Command) -> str:
        """Reason why an amendment cannot be carried out now; "" if it can."""
        request, behaviour = self.model.read(command), self.model.behaviour
        order = self.orders.get(command.order.order_id)
        if order is None or not order.is_open:
            return "no such open order"
        if behaviour.locks_partly_filled and order.filled > ZERO:
            return "partly filled"
        way = behaviour.ways[command.route]
        if request.quantity is not None and request.quantity <= order.filled:
            return "not above what is filled"
        if request.remaining is not None and not way.two_legs and request.remaining >= order.remaining:
            return "not a reduction"
        target = self._asked(order, request, way)
        if target.remaining <= ZERO:
            return "nothing would remain"
        if behaviour.least_is_its_own and self._is_too_small(target.remaining):
            return "below the least"
        currency, after = self.lock_of(target)
        _, before = self.lock_of(order)
        available = next(each.available for each in self.balances(0) if each.currency == currency)
        with exact():
            if after - before > max(available, ZERO):
                return "funds"
        return ""

    def alter(
        self, now: int, order_id: str, price: Decimal, quantity: Decimal, *, new_id: bool, linked: bool
    ) -> EngineOutcome:
        """Somebody else changes an order; without a link its new id cannot be told from a new order's."""
        order = self.orders[order_id]
        if not order.is_open or quantity <= order.filled:
            return EngineOutcome(refused="no such open order")
        target = self._asked(order, EngineRequest(price=price, quantity=quantity), Way())
        if not new_id:
            return EngineOutcome(((self._put(now, target, Why.AMENDED), ""),))
        if linked:
            self.altered.add(self.chain_of(order_id).root)
            return self._renew(now, order, target, Why.AMENDED)
        ended = self._put(now, replace(order, status=OrderStatus.CANCELLED), Why.REPLACED)
        self.moved.add(order_id)
        self.untold.add(order_id)
        fresh = self._enter(now, target, Why.AMENDED, "")
        self.chains[fresh.order_id] = Chain(fresh.order_id, [fresh.order_id], [(now, fresh)])
        self.heirs[order_id] = fresh.order_id
        return EngineOutcome(((ended, ""), (fresh, "")), new_id=fresh.order_id)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _renew(self, now: int, order: Order, target: Order, why: Why) -> EngineOutcome:
        """Give a changed order a new id in the same chain."""
        chain = self.chains[order.order_id]
        ended = self._row(now, replace(order, status=OrderStatus.CANCELLED), Why.REPLACED, "")
        self.orders[order.order_id] = ended
        self.moved.add(order.order_id)
        fresh = self._enter(now, target, why, order.order_id)
        chain.ids.append(fresh.order_id)
        chain.held.append((now, fresh))
        self.chains[fresh.order_id] = chain
        return EngineOutcome(((ended, ""), (fresh, order.order_id)), new_id=fresh.order_id)

    def _asked(self, order: Order, request: EngineRequest, way: Way) -> Order:
        """The order with the terms asked for."""
        price = request.price if request.price is not None else order.price or ZERO
        asked = {term: number for term in own_terms() if (number := term.of_terms(request)) is not None}
        others = {term.name: number or None for term, number in asked.items() if term.name not in ("quantity", "value")}
        terms = replace(order, **{**others, "price": price})  # type: ignore[arg-type]
        with exact():
            if way.two_legs:
                remaining = request.remaining if request.remaining is not None else order.remaining
                return replace(terms, quantity=remaining, filled=ZERO, filled_value=None, status=OrderStatus.WORKING)
            if request.quantity is not None:
                terms = replace(terms, quantity=request.quantity)
            elif request.remaining is not None:
                terms = replace(terms, quantity=order.filled + request.remaining)
            return self._anchored(order, request, terms) if self.model.behaviour.anchors_value else terms

    def _anchored(self, order: Order, request: EngineRequest, terms: Order) -> Order:
        """Sizes of a venue on which a buy keeps its value, and a value follows everything else."""
        spent, price = order.filled_value or ZERO, terms.price or ZERO
        resized = request.quantity is not None or request.value is not None
        if request.price is None and not resized:
            return terms
        if not resized and order.side is Side.BUY and order.value is not None:
            return replace(terms, quantity=order.filled + self._rounded((order.value - spent) / price))
        if request.value is not None:
            remaining = self._rounded((request.value - spent) / price)
            return replace(terms, quantity=order.filled + remaining, value=request.value)
        return replace(terms, value=spent + self._rounded(terms.remaining * price))

    def _otherwise(self, order: Order, target: Order, request: EngineRequest) -> Order:
        """The terms a little off what was asked for: the price where one was sent, else the size."""
        lot = self.model.instrument.lot or order.quantity
        with exact():
            if request.price is not None:
                target = replace(target, price=(target.price or ZERO) + (self.model.instrument.tick or ZERO))
            elif target.remaining > 2 * lot:
                target = replace(target, quantity=target.quantity - lot)
            if self.model.behaviour.anchors_value:
                value = (target.filled_value or ZERO) + self._rounded(target.remaining * (target.price or ZERO))
                target = replace(target, value=value)
        return target

    def _rounded(self, value: Decimal) -> Decimal:
        return round_half_up(value, _PLACES)

    def _enter(self, now: int, order: Order, why: Why, replaced: str) -> Order:
        self._next_id += 1
        order_id = str(self._next_id)
        status = OrderStatus.PARTIALLY_FILLED if order.filled > ZERO else OrderStatus.WORKING
        order = replace(order, order_id=order_id, status=status, created_at=self._stamp(now), reason="")
        self.orders[order_id] = order = self._row(now, order, why, replaced)
        return order

    def _put(self, now: int, order: Order, why: Why) -> Order:
        """Write a changed row over the old one, and remember that it was so."""
        order = self._row(now, order, why, "")
        self.orders[order.order_id] = order
        self.chains[order.order_id].held.append((now, order))
        return order

    def _row(self, now: int, order: Order, why: Why, replaced: str) -> Order:
        """The row as the venue words it."""
        return replace(
            order,
            raw_status=self.model.words.get(order.status, order.status.value),
            updated_at=self._stamp(now),
            attributes=self.model.dress(order, why, replaced),
        )

    def _stamp(self, now: int) -> int:
        return now + self.skew

    def _pay(self, side: Side, quantity: Decimal, worth: Decimal) -> None:
        instrument = self.model.instrument
        if self.model.behaviour.lock is LockRule.MARGIN:
            self._position += worth / self.model.behaviour.leverage
            return
        sign = 1 if side is Side.BUY else -1
        self._totals[instrument.base] += sign * quantity
        self._totals[instrument.quote] -= sign * worth

"""The bound on what can trade: under any fills, refusals and silences it is never passed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.desk.batch.exposure import Bound, Change, in_order, next_parcel
from app.domain.order import Order, OrderStatus, Side
from app.domain.plan import Terms
from tests.helpers.toy_venue import order

D = Decimal


def change(order_id: str, old: tuple[str, str], new: tuple[str, str] | None, **more: object) -> Change:
    """A change of (quantity, price) to others; None cancels."""
    base = order(order_id, quantity=D(old[0]), price=D(old[1]), **more)
    return Change(base, Terms(price=D(new[1]), quantity=D(new[0])) if new else None, "USD")


def test_what_makes_less_of_an_order_leaves_before_what_makes_more() -> None:
    changes = {
        "more": change("1", ("5", "100"), ("9", "100")),
        "less": change("2", ("5", "100"), ("2", "100")),
        "none": change("3", ("5", "100"), None),
        "dearer": change("4", ("5", "100"), ("5", "101")),
        "cheaper": change("5", ("5", "100"), ("5", "99")),
    }
    assert in_order(changes) == ["none", "less", "cheaper", "more", "dearer"]


def test_an_increase_waits_for_the_decrease_that_makes_room() -> None:
    changes = {"less": change("1", ("10", "100"), ("5", "100")), "more": change("2", ("5", "100"), ("10", "100"))}
    bound = Bound(changes)
    assert next_parcel(["less", "more"], bound, lambda _: 20, lambda _: "") == ["less"]
    assert not bound.fits("more")
    bound.is_over("less", changes["less"].actual(replace(changes["less"].order, quantity=D(5)), None))
    assert next_parcel(["more"], bound, lambda _: 20, lambda _: "") == ["more"]


def test_an_increase_does_not_leave_when_the_decrease_was_refused() -> None:
    changes = {"less": change("1", ("10", "100"), ("5", "100")), "more": change("2", ("5", "100"), ("10", "100"))}
    bound = Bound(changes)
    next_parcel(["less"], bound, lambda _: 1, str)
    bound.is_over("less", changes["less"].actual(changes["less"].order, None))
    assert next_parcel(["more"], bound, lambda _: 1, str) == []


def test_what_filled_meanwhile_counts_though_it_rests_no_more() -> None:
    less = change("1", ("10", "100"), ("5", "100"))
    filled = replace(less.order, filled=D(8), quantity=D(8), status=OrderStatus.FILLED)
    assert less.actual(filled, None)[("quantity", "AB", "", "buy")] == 8


def test_a_replacement_counts_with_what_the_old_id_traded() -> None:
    less = change("1", ("10", "100"), ("5", "101"), filled=D(1))
    old = replace(less.order, filled=D(4), status=OrderStatus.CANCELLED)
    new = replace(less.order, order_id="2", quantity=D(1), filled=D(0), price=D(101))
    actual = less.actual(new, old)
    assert actual[("quantity", "AB", "", "buy")] == 4
    assert actual[("value", "USD", "buy")] == 3 * 101 + 101


def test_a_cheaper_and_larger_order_may_fill_at_the_old_price_first() -> None:
    assert change("1", ("5", "10"), ("10", "6")).after[("value", "USD", "buy")] == 5 * 10 + 5 * 6


def test_one_request_carries_what_may_share_it_and_no_more() -> None:
    changes = {str(each): change(str(each), ("1", "100"), ("1", "99")) for each in range(5)}
    bound = Bound(changes)
    group = {"0": "a", "1": "b", "2": "a", "3": "a", "4": "a"}
    assert next_parcel(list(changes), bound, lambda _: 3, group.__getitem__) == ["0", "2", "3"]
    assert next_parcel(["1", "4"], bound, lambda _: 1, group.__getitem__) == ["1"]


numbers = st.integers(1, 12).map(D)
orders = st.lists(
    st.tuples(numbers, numbers, numbers, numbers, st.sampled_from(Side), st.booleans()), min_size=1, max_size=6
)


class Market:
    """Orders at a venue that fill, take a change or do not, at any moment; the truth that nobody sees."""

    def __init__(self, changes: dict[str, Change]) -> None:
        self.changes = changes
        self.orders = {key: each.order for key, each in changes.items()}
        #: By key, what traded since the beginning at which price.
        self.traded: dict[str, list[tuple[Decimal, Decimal]]] = {key: [] for key in changes}

    def fill(self, key: str, quantity: Decimal) -> None:
        now = self.orders[key]
        quantity = min(quantity, now.remaining)
        if now.is_open and quantity > 0:
            assert now.price is not None
            self.traded[key].append((quantity, now.price))
            filled = now.filled + quantity
            status = OrderStatus.FILLED if filled == now.quantity else OrderStatus.PARTIALLY_FILLED
            self.orders[key] = replace(now, filled=filled, status=status)

    def land(self, key: str) -> None:
        """Take the change, where the fills leave room for it."""
        now, target = self.orders[key], self.changes[key].target
        if not now.is_open:
            return
        if target is None:
            self.orders[key] = replace(now, status=OrderStatus.CANCELLED)
        elif target.quantity is not None and target.quantity > now.filled:
            self.orders[key] = replace(now, quantity=target.quantity, price=target.price)

    def at_stake(self, side: Side) -> tuple[Decimal, Decimal]:
        """Quantity and value of one side: what traded, and what rests."""
        quantity = value = D(0)
        for key, now in self.orders.items():
            if now.side is side:
                left = now.remaining if now.is_open else D(0)
                quantity += left + sum((each for each, _ in self.traded[key]), D(0))
                value += left * (now.price or 0) + sum((each * price for each, price in self.traded[key]), D(0))
        return quantity, value


@given(orders, st.integers(1, 4), st.data())
def test_never_more_at_stake_than_before_or_after(
    drawn: list[tuple[Decimal, Decimal, Decimal, Decimal, Side, bool]], rows: int, data: st.DataObject
) -> None:
    changes: dict[str, Change] = {}
    for number, (size, price, new_size, new_price, side, cancels) in enumerate(drawn):
        base = order(str(number), quantity=size, price=price, side=side)
        changes[str(number)] = Change(base, None if cancels else Terms(price=new_price, quantity=new_size), "USD")
    market, bound = Market(changes), Bound(changes)
    waiting, flying = in_order(changes), list[str]()

    def check() -> None:
        for side in Side:
            quantity, value = market.at_stake(side)
            assert quantity <= bound.limit.get(("quantity", "AB", "", side.value), D(0))
            assert value <= bound.limit.get(("value", "USD", side.value), D(0))

    for _ in range(data.draw(st.integers(0, 40))):
        step = data.draw(st.sampled_from(("fill", "send", "answer", "silence")))
        if step == "fill":
            market.fill(data.draw(st.sampled_from(sorted(changes))), data.draw(numbers))
        elif step == "send":
            parcel = next_parcel(waiting, bound, lambda _: rows, lambda _: "")
            waiting = [each for each in waiting if each not in parcel]
            flying += parcel
        elif flying:
            key = flying.pop(data.draw(st.integers(0, len(flying) - 1)))
            if data.draw(st.booleans()):
                market.land(key)
            if step == "answer":
                bound.is_over(key, changes[key].actual(market.orders[key], None))
            # In silence it goes on counting as on its way, whatever became of it.
        check()


@pytest.mark.parametrize("ends", [True, False])
def test_every_order_gets_its_turn_when_all_goes_well(ends: bool) -> None:
    changes = {
        "a": change("1", ("10", "100"), ("3", "100")),
        "b": change("2", ("1", "100"), ("8", "100")),
        "c": change("3", ("4", "100"), ("4", "101")),
    }
    market, bound, waiting = Market(changes), Bound(changes), in_order(changes)
    while waiting:
        parcel = next_parcel(waiting, bound, lambda _: 2, lambda _: "")
        assert parcel, waiting
        for key in parcel:
            if ends:
                market.fill(key, D(1))
            market.land(key)
            bound.is_over(key, changes[key].actual(market.orders[key], None))
        waiting = [each for each in waiting if each not in parcel]


def test_an_order_without_a_price_counts_by_its_size_alone() -> None:
    base: Order = order("1", price=None)
    assert Change(base, Terms(quantity=D(3)), "USD").after == {("quantity", "AB", "", "buy"): D(3)}

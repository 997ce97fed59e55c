"""One total shared out: the best places keep what they have."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.desk.batch.cutting import cut
from app.domain.form import InputError
from app.domain.order import Side
from tests.helpers.toy_venue import order

D = Decimal


def kept(side: Side, total: str, *orders: tuple[str, str, int | None]) -> list[str]:
    rows = [
        order(str(number), side=side, price=D(price), quantity=D(size), created_at=at)
        for number, (price, size, at) in enumerate(orders)
    ]
    found = cut(rows, D(total))
    return [str(found[("toy", str(number))]) for number in range(len(rows))]


def test_the_best_price_keeps_all_and_the_worst_goes_first() -> None:
    assert kept(Side.BUY, "5", ("98", "3", 1), ("100", "3", 1), ("99", "3", 1)) == ["0", "3", "2"]
    assert kept(Side.SELL, "5", ("98", "3", 1), ("100", "3", 1), ("99", "3", 1)) == ["3", "0", "2"]


def test_of_two_at_one_price_the_older_keeps_its_place() -> None:
    assert kept(Side.BUY, "2", ("100", "2", 20), ("100", "2", 10)) == ["0", "2"]
    assert kept(Side.BUY, "2", ("100", "2", None), ("100", "2", 10)) == ["0", "2"]


def test_what_has_filled_is_no_part_of_the_total() -> None:
    rows = [order("0", quantity=D(5), filled=D(4)), order("1", quantity=D(5), price=D(99))]
    assert cut(rows, D(3)) == {("toy", "0"): D(1), ("toy", "1"): D(2)}


def test_a_total_needs_one_market_and_side_and_less_than_there_is() -> None:
    with pytest.raises(InputError, match="one account, market and side"):
        cut([order("0"), order("1", side=Side.SELL)], D(1))
    with pytest.raises(InputError, match="4 left together"):
        cut([order("0"), order("1")], D(4))
    with pytest.raises(InputError, match="below that"):
        cut([order("0")], D(-1))

"""What the trades of an order that is gone prove, and what they do not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.evidence import Finding
from app.domain.order import Fill, Order, OrderStatus, Side
from app.venues.bitso.rules.judge import ended, is_told, missing
from app.venues.bitso.wire import vocabulary
from tests.venues.bitso.samples import RULES, around, command, order, partly, plan

D = Decimal


def trade(of: Order, quantity: str, price: str, *, maker: bool | None = True, number: int = 1) -> Fill:
    return Fill("Bitso", str(number), of.order_id, of.symbol, of.side, D(price), D(quantity), number, maker=maker)


FILLED, CANCELLED, ENDED = OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.ENDED


@pytest.mark.parametrize(
    "filled, hint, settled, status, raw, quantity",
    [
        # Trades that add up to the order prove that it filled, whoever says what and whenever.
        (("1",), None, False, FILLED, "completed", "1"),
        (("0.4", "0.6"), FILLED, False, FILLED, "completed", "1"),
        (("1",), CANCELLED, False, FILLED, "completed", "1"),
        # The venue's word that it was cancelled is believed at once.
        (("0.5",), CANCELLED, False, CANCELLED, "cancelled", "1"),
        ((), CANCELLED, False, CANCELLED, "cancelled", "1"),
        # No trades prove a cancel only when none can come any more.
        ((), None, False, ENDED, "gone", "1"),
        ((), None, True, CANCELLED, "cancelled", "1"),
        # It is called completed: how much that was, its trades tell once they are all there.
        (("0.5",), FILLED, False, ENDED, "gone", "1"),
        (("0.5",), FILLED, True, FILLED, "completed", "0.5"),
        ((), FILLED, False, ENDED, "gone", "1"),
        ((), FILLED, True, ENDED, "gone", "1"),
        # Cancelled, or made smaller and then filled: nobody tells.
        (("0.2", "0.3"), None, False, ENDED, "gone", "1"),
        (("0.2", "0.3"), None, True, ENDED, "gone", "1"),
    ],
)
def test_how_it_ended(
    filled: tuple[str, ...], hint: OrderStatus | None, settled: bool, status: OrderStatus, raw: str, quantity: str
) -> None:
    fills = [trade(order(), each, "100000", number=number) for number, each in enumerate(filled)]
    found = ended(order(), fills, hint, D(1), settled=settled)
    assert (found.status, found.raw_status, found.quantity) == (status, raw, D(quantity))
    assert found.filled == sum((D(each) for each in filled), D(0))
    assert not is_told(found)
    assert not found.is_open
    assert is_told(order())
    assert (missing(found, hint, settled=settled) != "") is (status is ENDED)


def test_an_order_whose_size_is_not_known_is_never_full() -> None:
    by_value = order(quantity=D(0))
    assert ended(by_value, [], None, D(0)).status is ENDED
    assert ended(by_value, [trade(by_value, "1", "100000")], None, D(0), settled=True).status is ENDED


@pytest.mark.parametrize(
    "filled, hint, settled, words",
    [
        ((), None, False, "no trades of it are recorded yet; whether it filled or was cancelled is not known yet"),
        (("0.5",), None, False, "its trades come to 0.5 of 1 so far; whether it filled or was cancelled is not known"),
        (("0.5",), None, True, "its trades come to 0.5 of 1; whether it filled or was cancelled is not known."),
        (("0.5",), FILLED, False, "called completed in public, but its trades come to 0.5 of 1 so far; how much of it"),
        ((), FILLED, True, "called completed in public, but no trades of it are recorded; how much of it filled is"),
    ],
)
def test_what_is_missing_is_said(filled: tuple[str, ...], hint: OrderStatus | None, settled: bool, words: str) -> None:
    fills = [trade(order(), each, "100000", number=number) for number, each in enumerate(filled)]
    text = missing(ended(order(), fills, hint, D(1), settled=settled), hint, settled=settled)
    assert text.startswith("Bitso no longer shows order qlbga6b600n3xta7: ")
    assert words in text
    assert text.endswith("is asked again.") is not settled


def test_as_much_as_the_old_size_fills_no_order_that_may_have_grown() -> None:
    fills = [trade(order(), "1", "100000")]
    assert ended(order(), fills, None, D("1.2"), settled=True).status is ENDED
    assert ended(order(), fills, FILLED, D("1.2")).status is ENDED
    assert ended(order(), fills, FILLED, D("1.2"), settled=True).status is FILLED


def test_a_price_its_trades_disprove_is_not_shown() -> None:
    assert ended(order(), [trade(order(), "1", "100000")], None, D(1)).price == D(100000)
    assert ended(order(), [trade(order(), "1", "101000")], None, D(1)).price == D(101000), (
        "a maker trades at its own price"
    )
    assert ended(order(), [trade(order(), "1", "101000", maker=False)], None, D(1)).price is None
    assert ended(order(), [trade(order(), "1", "99000", maker=False)], None, D(1)).price == D(100000), "a better one"
    sell = order(Side.SELL)
    assert ended(sell, [trade(sell, "1", "99000", maker=False)], None, D(1)).price is None
    # What had filled before was seen with the order's price.
    early = [trade(partly(), "0.4", "99500", number=1), trade(partly(), "0.6", "100000", number=2)]
    assert ended(partly(), early, None, D(1)).price == D(100000)


@pytest.mark.parametrize(
    "asked, trades, hint, finding",
    [
        # Another price and the same size: the price its trades were made at tells.
        ({"price": "130000", "quantity": "1"}, [("1", "105000", False)], None, Finding.APPLIED),
        ({"price": "130000", "quantity": "1"}, [("1", "130000", True)], None, Finding.APPLIED),
        ({"price": "130000", "quantity": "1"}, [("1", "100000", True)], None, Finding.UNCHANGED),
        ({"price": "130000", "quantity": "1"}, [("1", "100000", None)], None, Finding.UNTOLD),
        ({"price": "130000", "quantity": "1"}, [("1", "140000", False)], None, Finding.UNTOLD),
        ({"price": "130000", "quantity": "1"}, [("1", "120000", True)], None, Finding.UNTOLD),
        ({"price": "99000", "quantity": "1"}, [("1", "98000", False)], None, Finding.UNTOLD),
        # Another size: what a completed order came to tells.
        ({"quantity": "0.5"}, [("0.5", "100000", True)], OrderStatus.FILLED, Finding.APPLIED),
        ({"quantity": "0.5"}, [("1", "100000", True)], None, Finding.UNCHANGED),
        ({"quantity": "0.5"}, [("0.5", "100000", True)], None, Finding.UNTOLD),
        ({"quantity": "0.5"}, [("0.5", "100000", True)], OrderStatus.CANCELLED, Finding.UNTOLD),
        ({"quantity": "0.5"}, [("0.7", "100000", True)], OrderStatus.FILLED, Finding.UNTOLD),
        # At a price nobody of us asked for: somebody else changed the order, and may have changed the size back.
        ({"quantity": "0.5"}, [("1", "99500", True)], None, Finding.UNTOLD),
        ({"quantity": "0.5"}, [("0.5", "99500", True)], OrderStatus.FILLED, Finding.UNTOLD),
        # A larger one that traded as much as the old one: its last trade may not be recorded yet.
        ({"quantity": "1.2"}, [("1", "100000", True)], OrderStatus.FILLED, Finding.UNTOLD),
        ({"quantity": "1.2"}, [("1", "100000", True)], None, Finding.UNTOLD),
        ({"quantity": "1.2"}, [("1.2", "100000", True)], None, Finding.APPLIED),
        ({"price": "101000", "quantity": "1.2"}, [("1", "100000", True)], OrderStatus.FILLED, Finding.UNTOLD),
        # Both: both have to agree.
        ({"price": "130000", "quantity": "0.5"}, [("0.5", "130000", True)], OrderStatus.FILLED, Finding.APPLIED),
        ({"price": "130000", "quantity": "0.5"}, [("1", "130000", True)], None, Finding.UNTOLD),
        ({"price": "130000", "quantity": "0.5"}, [("1", "100000", True)], None, Finding.UNCHANGED),
        # A cancelled order tells its price at most.
        ({"price": "130000", "quantity": "1"}, [("0.5", "130000", True)], OrderStatus.CANCELLED, Finding.UNTOLD),
        ({"price": "130000", "quantity": "1"}, [], OrderStatus.CANCELLED, Finding.UNTOLD),
    ],
)
def test_what_it_says_about_a_change(
    asked: dict[str, str], trades: list[tuple[str, str, bool | None]], hint: OrderStatus | None, finding: Finding
) -> None:
    base = order()
    made = command(base, plan(base, **asked))
    fills = [trade(base, quantity, price, maker=maker) for quantity, price, maker in trades]
    size = max(base.quantity, made.target.quantity or base.quantity)
    assert RULES.judge(made, ended(base, fills, hint, size, settled=True)).finding is finding


def test_what_filled_before_the_change_says_nothing_about_it() -> None:
    base = partly()
    made = command(base, plan(base, price="101000", quantity="1"))
    before, after = trade(base, "0.4", "99500", number=1), trade(base, "0.6", "101000", number=2)
    assert RULES.judge(made, ended(base, [after, before], None, D(1))).finding is Finding.APPLIED
    assert RULES.judge(made, replace(ended(base, [before], None, D(1)), filled=D("0.4"))).finding is Finding.UNTOLD


def test_the_last_trade_tells_the_price_and_one_beyond_the_limit_disproves_it() -> None:
    def price_of(*trades: tuple[str, bool]) -> Decimal | None:
        fills = [trade(order(), "0.5", each, maker=maker, number=at) for at, (each, maker) in enumerate(trades)]
        return ended(order(), fills, None, D(1)).price

    assert price_of(("100000", False), ("101000", True)) == D(101000)
    assert price_of(("101000", True), ("99000", False)) is None
    assert price_of(("99000", False), ("101000", False)) is None
    assert price_of(("101000", False), ("99000", False)) is None
    assert price_of(("99000", True), ("98000", True)) == D(98000)


def test_trades_are_written_once_and_nothing_else_is_lost() -> None:
    first = ended(order(), [trade(order(), "0.5", "100000")], None, D(1))
    both = [trade(order(), "0.5", "100000"), trade(order(), "0.5", "99000", maker=None, number=2)]
    again = ended(replace(first, status=OrderStatus.WORKING), both, None, D(1))
    assert again.attribute(vocabulary.TRADES) == "0.5@100000m 0.5@99000?"
    assert sorted(name for name, _ in again.attributes) == [vocabulary.TRADES, "stop_read", "time_in_force"]
    assert again.attribute("time_in_force") == "goodtillcancelled"
    assert not is_told(again)
    assert is_told(replace(again, status=OrderStatus.WORKING)), "an open order is shown by the venue"
    assert is_told(replace(order(), status=OrderStatus.CANCELLED)), "it was looked up"


SAME = "Bitso shows other terms than asked for."
AS_REST = "Bitso took the amount as what remains, so the total is larger than asked for."


@pytest.mark.parametrize(
    "base, values, seen, text",
    [
        (partly(), {"quantity": "0.9"}, partly(quantity=D("1.3")), AS_REST),
        (partly(), {"quantity": "0.9"}, partly(quantity=D("1.2")), SAME),
        (order(), {"quantity": "0.9"}, order(quantity=D("1.3"), filled=D("0.4")), SAME),
        (partly(Side.SELL), {"price": "150000"}, partly(Side.SELL, price=D(160000)), SAME),
    ],
)
def test_a_size_taken_as_what_remains_is_told_as_that(
    base: Order, values: dict[str, str], seen: Order, text: str
) -> None:
    found = RULES.judge(command(base, plan(base, **values)), seen)
    assert (found.finding, found.text) == (Finding.DIFFERENT, text)


LAST = D("0.00000001")


@pytest.mark.parametrize(
    "asked, filled, finding",
    [
        ("0.8", "0.8", Finding.APPLIED),
        ("0.8", D("0.8") + LAST, Finding.APPLIED),
        ("0.8", D("0.8") - LAST, Finding.APPLIED),
        ("0.8", D("0.8") + 2 * LAST, Finding.UNTOLD),
        ("0.8", "1", Finding.UNCHANGED),
        ("1.2", "1", Finding.UNTOLD),
        # A size that is the old one to the last digit was to stay.
        (D(1) + LAST, "1", Finding.UNTOLD),
        (D(1) - LAST, "1", Finding.UNTOLD),
        (D(1) - 2 * LAST, "1", Finding.UNCHANGED),
    ],
)
def test_the_size_that_filled_tells_to_the_last_digit(asked: object, filled: object, finding: Finding) -> None:
    base = order(Side.SELL)
    sent = command(base, plan(base, quantity=str(asked)))
    done = trade(base, str(filled), "100000", maker=False)
    seen = replace(
        base,
        status=FILLED,
        quantity=done.quantity,
        filled=done.quantity,
        attributes=((vocabulary.TRADES, f"{done.quantity}@100000t"),),
    )
    assert RULES.judge(sent, seen).finding is finding


@pytest.mark.parametrize(
    "price, maker, finding",
    [
        # A taker's trade at the old limit, or at a better price, may have been made under either.
        ("100000", "t", Finding.UNTOLD),
        ("99999.99", "t", Finding.APPLIED),
        ("90000", "t", Finding.APPLIED),
        ("89999.99", "t", Finding.UNTOLD),
        ("100000", "m", Finding.UNCHANGED),
        ("90000", "m", Finding.APPLIED),
        ("95000", "m", Finding.UNTOLD),
        ("100000", "?", Finding.UNTOLD),
    ],
)
def test_a_trade_tells_its_limit_to_the_tick(price: str, maker: str, finding: Finding) -> None:
    base = order(Side.SELL)
    sent = command(base, plan(base, around(quote=None), price="90000"))
    seen = replace(base, status=FILLED, filled=D(1), attributes=((vocabulary.TRADES, f"1@{price}{maker}"),))
    assert RULES.judge(sent, seen).finding is finding

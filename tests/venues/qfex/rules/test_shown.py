"""Changes as they are shown, at their exact edges: margin, exits, the form's fields, and how long is waited."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.evidence import MILLISECOND, SECOND
from app.domain.order import Order
from app.domain.plan import Consequence, Line, Surroundings
from app.venues.qfex.rules.consequence import leverage_of
from app.venues.qfex.rules.rulebook import QfexRulebook
from tests.venues.qfex.samples import APPLE, QUOTE, around, draft, order

D = Decimal
BOOK = QfexRulebook()


def of(base: Order | None = None, surroundings: Surroundings | None = None, **values: str) -> Consequence:
    made = BOOK.plan(draft(base or order(), **values), surroundings or around()).consequence
    assert made is not None
    return made


def line(made: Consequence, label: str) -> Line:
    (found,) = [each for each in made.lines if each.label == label]
    return found


def with_facts(*facts: tuple[str, str]) -> Surroundings:
    """A market that tells this of the account beside its usual facts."""
    return around(instrument=replace(APPLE, attributes=(*APPLE.attributes, *facts)))


def test_a_price_for_an_order_that_has_none_has_no_consequence() -> None:
    assert BOOK.plan(draft(order(type="MARKET"), price="200"), around()).consequence is None
    assert BOOK.plan(draft(order(type="MARKET"), quantity="2"), around()).consequence is None


@pytest.mark.parametrize(
    "facts, used",
    [
        ((("leverage", "10"), ("default_max_leverage", "20")), (D(10), "the account's")),
        ((("default_max_leverage", "20"),), (D(20), "the market's default")),
        ((("default_max_leverage", "0.5"),), (D("0.5"), "the market's default")),
        ((("leverage", "0"), ("default_max_leverage", "20")), None),
        ((("leverage", "-1"),), None),
        ((), None),
    ],
)
def test_the_leverage_is_the_accounts_own_else_the_markets_and_above_zero(
    facts: tuple[tuple[str, str], ...], used: tuple[Decimal, str] | None
) -> None:
    assert leverage_of(replace(APPLE, attributes=facts)) == used
    assert leverage_of(None) is None


@pytest.mark.parametrize(
    "side, position, quantity, estimated",
    [
        # A short position that covers the larger of both sizes takes no margin that is published.
        ("BUY", "-1", "0.5", False),
        ("BUY", "-0.999", "0.5", True),
        ("BUY", "-2", "2", False),
        ("BUY", "-1.999", "2", True),
        ("BUY", "5", "2", True),
        ("SELL", "2", "2", False),
        ("SELL", "1.999", "2", True),
        ("SELL", "-5", "2", True),
        ("BUY", "0", "2", True),
    ],
)
def test_margin_is_estimated_unless_a_position_covers_the_whole_order(
    side: str, position: str, quantity: str, estimated: bool
) -> None:
    made = of(order(side=side), with_facts(("position", position)), quantity=quantity)
    assert (made.balance is not None) is estimated
    against = (D(position) < 0) == (side == "BUY") and D(position) != 0
    note = line(made, "Locked USD").note
    assert ("closes a position" in note) is (estimated and against)
    assert ("works against a position" in note) is not estimated


@pytest.mark.parametrize("side", ["BUY", "SELL"])
def test_where_no_position_is_told_there_is_none(side: str) -> None:
    assert "closes a position" not in line(of(order(side=side), price="200"), "Locked USD").note
    unknown = around(instrument=replace(APPLE, attributes=(("margin_asset", "USD"),)))
    assert line(of(order(side=side), unknown, price="200"), "Locked USD").note == "the venue decides"


def test_the_estimate_has_eight_places_and_the_coin_of_the_margin() -> None:
    made = of(None, with_facts(("leverage", "7")), price="200")
    assert made.balance is not None
    assert (made.balance.locked_now, made.balance.locked_after) == (D("28.71428571"), D("28.57142857"))
    assert made.balance.locked_peak == D("28.71428571")
    bare = around(instrument=replace(APPLE, attributes=(("default_max_leverage", "20"),), quote="EUR"))
    assert line(of(None, bare, price="200"), "Locked EUR").now == D("10.05")


def test_without_a_market_nothing_is_estimated() -> None:
    made = of(None, around(instrument=None), price="200")
    assert made.balance is None
    (locked,) = [each for each in made.lines if each.label.startswith("Locked")]
    assert (locked.now, locked.note) == (None, "the venue decides")
    reducing = of(order(reduce_only=True), around(instrument=None), price="200")
    assert [each.note for each in reducing.lines if each.label.startswith("Locked")] == ["the venue decides"]


@pytest.mark.parametrize(
    "now, asked, after, note, changed",
    [
        (None, None, None, "", False),
        (None, "0", None, "", False),
        (D(210), None, D(210), "sent again as it is", False),
        (D(210), "210", D(210), "sent again as it is", False),
        (D(210), "0", "removed", "", True),
        (D(210), "211", D(211), "", True),
        (None, "211", D(211), "", True),
    ],
)
def test_an_exit_is_kept_changed_set_or_removed(
    now: Decimal | None, asked: str | None, after: object, note: str, changed: bool
) -> None:
    values = {} if asked is None else {"take_profit": asked}
    found = line(of(order(take_profit=now), price="200", **values), "Take profit")
    assert (found.now, found.after, found.note, found.changed) == (now, after, note, changed)
    assert found.peak == ("either" if changed else now)


@pytest.mark.parametrize(
    "reported, now, after, note",
    [
        (True, "yes", "sent as yes", "as QFEX reports it"),
        (False, "no", "sent as no", "as QFEX reports it"),
        (
            None,
            "not reported",
            "sent as no",
            "if the order is reduce-only, say so in the form, or QFEX refuses the change",
        ),
    ],
)
def test_reduce_only_is_sent_as_reported(reported: bool | None, now: str, after: str, note: str) -> None:
    found = line(of(order(reduce_only=reported), price="200"), "Reduce-only")
    assert (found.now, found.after, found.note) == (now, after, note)
    left_out = line(
        of(order(reduce_only=reported), around(switches={"reduce_only": " omit "}), price="200"), found.label
    )
    assert (left_out.now, left_out.after) == (now, now)


def test_place_and_id_are_told_to_change() -> None:
    made = of(price="200")
    assert [line(made, label).changed for label in ("Place in queue", "Order id")] == [True, True]


# -- the form --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "side, quote, least, most",
    [
        ("BUY", QUOTE, "0.05", "222.20"),
        ("SELL", QUOTE, "181.80", None),
        ("SELL", replace(QUOTE, low_band=None), "120", None),
    ],
)
def test_the_price_is_bounded_on_the_aggressive_side(side: str, quote: Any, least: str, most: str | None) -> None:
    price = BOOK.form(order(side=side), around(quote=quote)).fields[0]
    assert (price.minimum, price.maximum) == (D(least), D(most) if most else None)
    unbounded = BOOK.form(order(side="SELL"), around(quote=None, instrument=replace(APPLE, min_price=None))).fields[0]
    assert unbounded.minimum == D("0.05")


def test_hints_are_for_orders_that_can_be_changed() -> None:
    price, quantity, profit, *_ = BOOK.form(order(type="ALO"), around()).fields
    assert price.hint == "Add-liquidity-only: a price that would trade at once is not sent."
    assert profit.hint == "0 removes it; left alone, it is sent again as it is."
    assert BOOK.form(order(), around()).fields[0].hint == ""
    locked = BOOK.form(order(), around(amending=True)).fields
    assert (locked[2].hint, locked[2].clearable) == ("", True)
    assert (quantity.minimum, quantity.maximum) == (APPLE.min_quantity, APPLE.max_quantity)


def test_the_trigger_of_a_stop_order_is_not_editable() -> None:
    trigger = BOOK.form(order(type="STOP_LOSS"), around()).fields[0]
    assert (trigger.editable, trigger.current) == (False, D(201))


def test_the_rival_is_named_with_its_side() -> None:
    for side, word in (("BUY", "buy"), ("SELL", "sell")):
        rival = order(side=side, order_id="x")
        assert f"AAPL-USD LIMIT {word} order (x)" in BOOK.form(order(side=side), around(rivals=(rival,))).locked


def test_how_long_qfex_is_waited_for() -> None:
    policy = BOOK.evidence
    assert policy.settle_after == 4 * SECOND
    assert policy.probe_after == (3 * SECOND, 4200 * MILLISECOND, 8 * SECOND)
    assert (policy.probe_every, policy.answer_within) == (10 * SECOND, 3 * SECOND)
    assert policy.reread_within == 60 * SECOND

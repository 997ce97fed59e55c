"""What proves an amendment, and what may ever be sent, for any numbers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.domain.evidence import Finding
from app.domain.money import is_multiple
from app.domain.order import Order, Side
from app.venues.bitso.wire.codec import modify_body
from tests.venues.bitso.samples import (
    BOOK,
    RULES,
    around,
    command,
    draft,
    order,
    partly,
    plan,
    stop_limit,
)

D = Decimal


def test_the_terms_asked_for_confirm_to_the_last_digit_but_one() -> None:
    found = command(order(), plan(order(), price="120000", when_repriced="keep_spend"))
    seen = order(price=D(120000), quantity=D("0.83333334"))
    assert RULES.judge(found, seen).finding is Finding.APPLIED
    assert RULES.judge(found, replace(seen, quantity=D("0.83333336"))).finding is Finding.DIFFERENT
    assert RULES.judge(found, replace(seen, price=D("120000.01"))).finding is Finding.DIFFERENT
    assert RULES.judge(found, order()).finding is Finding.UNCHANGED
    assert RULES.judge(found, replace(seen, value=None)).finding is Finding.APPLIED


def test_what_was_sent_must_come_back_exactly() -> None:
    found = command(order(), plan(order(), quantity="1.00000001"))
    assert RULES.judge(found, order()).finding is Finding.UNCHANGED
    applied = order(quantity=D("1.00000001"), value=D("100000.001"))
    assert RULES.judge(found, applied).finding is Finding.APPLIED
    stop = command(stop_limit(), plan(stop_limit(), stop="90000.01"))
    assert RULES.judge(stop, stop_limit()).finding is Finding.UNCHANGED
    assert RULES.judge(stop, stop_limit(stop=D("90000.01"))).finding is Finding.APPLIED


def test_fills_in_flight_leave_derived_figures_unjudged() -> None:
    found = command(order(), plan(order(), price="120000", when_repriced="keep_spend"))
    seen = partly(price=D(120000), quantity=D("0.9"))
    assert RULES.judge(found, seen).finding is Finding.APPLIED
    assert RULES.judge(found, partly()).finding is Finding.UNCHANGED
    surroundings = around(quote=None, switches={"native_minor": "yes"})
    value = command(order(Side.SELL), plan(order(Side.SELL), surroundings, value="90000"))
    assert RULES.judge(value, partly(Side.SELL, value=None)).finding is Finding.UNRELATED


def test_an_amount_taken_as_what_remains_is_a_difference() -> None:
    found = command(partly(), plan(partly(), quantity="0.8"))
    assert RULES.judge(found, partly(quantity=D("0.8"), value=D(79600))).finding is Finding.APPLIED
    other = RULES.judge(found, partly(quantity=D("1.2")))
    assert other.finding is Finding.DIFFERENT
    assert "as what remains" in other.text


def test_an_unknown_order_is_claimed_by_its_client_id_alone() -> None:
    base = order(client_id="mine")
    found = command(base, plan(base, price="99000"))
    successor = replace(base, order_id="other", price=D(99000))
    assert RULES.claims(found, successor)
    assert not RULES.claims(found, replace(successor, client_id=""))
    assert not RULES.claims(found, replace(successor, client_id="yours"))
    assert not RULES.claims(found, replace(successor, symbol="eth_usd"))
    assert not RULES.claims(found, base)
    nameless = command(order(), plan(order(), price="99000"))
    assert not RULES.claims(nameless, order(order_id="other", price=D(99000)))


texts = st.decimals(0, 10**9, allow_nan=False, allow_infinity=False, places=9).map(lambda value: format(value, "f"))
bases = st.sampled_from(
    [
        order(),
        order(Side.SELL),
        partly(),
        partly(Side.SELL),
        partly(filled_value=None),
        stop_limit(),
        stop_limit(Side.BUY),
    ]
)
choices = st.sampled_from([None, "keep_spend", "keep_quantity"])


@given(bases, st.dictionaries(st.sampled_from(["price", "quantity", "value", "stop"]), texts), choices, st.booleans())
def test_whatever_is_typed_only_lawful_requests_come_out(
    base: Order, values: dict[str, str], reprice: str | None, native: bool
) -> None:
    if reprice is not None:
        values = values | {"when_repriced": reprice}
    surroundings = around(switches={"native_minor": "yes" if native else "no"})
    found = RULES.plan(draft(base, **values), surroundings)
    sent = dict(found.fields)
    assert bool(sent) == found.verdict.ok == (found.target is not None)
    if not sent:
        return
    assert modify_body(found.fields)
    assert not {"major", "minor"} <= sent.keys()
    assert ("minor" in sent) <= native
    assert BOOK.tick is not None
    assert BOOK.lot is not None
    for name, step in (("price", BOOK.tick), ("stop", BOOK.tick), ("major", BOOK.lot), ("minor", BOOK.lot)):
        if name in sent:
            number = sent[name]
            assert isinstance(number, Decimal)
            assert number > 0
            assert is_multiple(number, step)
            typed = {"major": "quantity", "minor": "value"}.get(name, name)
            if typed in values and name != "major":
                assert number == Decimal(values[typed])
    assert found.consequence is not None
    balance = found.consequence.balance
    assert balance is not None
    if balance.available_peak is not None:
        assert balance.available_peak >= 0
    assert balance.locked_peak >= max(balance.locked_now, balance.locked_after)

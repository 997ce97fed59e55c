"""Total and remaining: each is computed from the other to the digit, whichever of them a venue's request means."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.form import Field, FieldName
from app.domain.order import OrderStatus
from app.domain.twins import as_twin, from_twin, means_total, twin_of, twin_problem
from tests.helpers.toy_venue import order

D = Decimal


def size(meaning: str, current: str, **more: object) -> Field:
    base = Field(FieldName.QUANTITY, "Quantity (AB)", "qty", True, D(current), unit="AB", meaning=meaning)
    return replace(base, **more)  # type: ignore[arg-type]


TOTAL, REST = "total, fills included", "new remaining"


@pytest.mark.parametrize(
    "meaning, own, twin",
    [(TOTAL, "1.20000000", "1.00000001"), ("total", "1.2", "1.00000001"), (REST, "1.00000001", "1.20000000")],
)
def test_they_differ_by_what_has_filled_to_the_digit(meaning: str, own: str, twin: str) -> None:
    filled = replace(order(), quantity=D("1.2"), filled=D("0.19999999"))
    field = size(meaning, own)
    other = twin_of(field, filled)
    assert other is not None
    assert other.current == D(twin)
    assert as_twin(D(own), field, filled) == D(twin)
    assert from_twin(D(twin), field, filled) == D(own)
    assert means_total(field) != means_total(other)
    assert other.label == ("Remaining (AB)" if means_total(field) else "Total (AB)")


def test_the_grid_goes_with_it_where_the_fills_lie_on_it() -> None:
    field = size(TOTAL, "2", step=D("0.1"), minimum=D("0.3"), maximum=D(9))
    on, beside = replace(order(), filled=D("0.2")), replace(order(), filled=D("0.25"))
    twin = twin_of(field, on)
    assert twin is not None
    assert (twin.step, twin.minimum, twin.maximum) == (D("0.1"), D("0.1"), D("8.8"))
    twin = twin_of(field, beside)
    assert twin is not None
    assert (twin.step, twin.minimum) == (None, D("0.05"))


def test_a_number_that_is_no_size_is_told() -> None:
    filled = replace(order(), filled=D("0.2"))
    assert "not above the 0.2 that has filled" in twin_problem(D("0.2"), size(REST, "1"), filled)
    assert twin_problem(D("0.3"), size(REST, "1"), filled) == ""
    assert "above zero" in twin_problem(D(0), size(TOTAL, "1"), filled)
    assert twin_problem(D("0.1"), size(TOTAL, "1"), filled) == ""


def test_only_a_size_that_says_what_it_counts_has_a_twin() -> None:
    assert twin_of(size("", "1"), order()) is None
    assert twin_of(replace(size(TOTAL, "1"), name=FieldName.PRICE), order()) is None


@pytest.mark.parametrize("odd", ["1e9999", "1e-9999", "0E-9999", "NaN", "Infinity", "1" * 200, "0." + "3" * 300])
@pytest.mark.parametrize("where", ["filled", "current", "minimum"])
def test_numbers_that_no_order_has_have_no_twin(where: str, odd: str) -> None:
    of = replace(order(), filled=D(odd)) if where == "filled" else order()
    field = size(TOTAL, "1") if where == "filled" else replace(size(TOTAL, "1"), **{where: D(odd)})  # type: ignore[arg-type]
    assert twin_of(field, of) is None
    assert "beyond any sensible size" in twin_problem(D(odd), size(REST, "1"), order())


def test_of_an_order_that_has_ended_nothing_remains() -> None:
    ended = order(quantity=D(5), filled=D(2), status=OrderStatus.CANCELLED)
    below, above = twin_of(size(TOTAL, "5"), ended), twin_of(size(REST, str(ended.remaining)), ended)
    assert below is not None
    assert above is not None
    assert (below.current, above.current) == (0, 5)

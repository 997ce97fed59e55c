"""Changes as they are written, read against a form."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.changes import read_changes
from app.domain.form import Field, FieldName, Form, InputError
from app.domain.market import Quote
from tests.helpers.toy_venue import order

D = Decimal


def form() -> Form:
    price = Field(FieldName.PRICE, "Price", "px", True, D(100), step=D("0.5"))
    quantity = Field(FieldName.QUANTITY, "Quantity", "qty", True, D(2), step=D("0.1"), meaning="total, fills included")
    return Form(order(), (price, quantity), ())


def test_numbers_and_wishes_are_read_and_only_wishes_are_explained() -> None:
    read = read_changes(form(), Quote("AB", "", D(99), D(101), None, 1), ["px=join", "quantity=1.5"])
    assert read.values == ((FieldName.PRICE, D(99)), (FieldName.QUANTITY, D("1.5")))
    assert read.notes == ("Price: “join” is 99 (bid 99).",)


def test_a_size_by_worth_takes_the_price_that_is_drafted() -> None:
    read = read_changes(form(), None, ["price=50", "quantity==n100"])
    assert read.values[1] == (FieldName.QUANTITY, D("2.0"))


@pytest.mark.parametrize(
    "changes, words",
    [
        (["price"], "write field=value"),
        (["price=1", "px=2"], "given twice"),
        (["stop=1"], "use one of price, quantity"),
    ],
)
def test_what_cannot_be_meant_names_the_field(changes: list[str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_changes(form(), None, changes)

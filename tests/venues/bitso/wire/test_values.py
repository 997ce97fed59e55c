"""Single values of Bitso's JSON: what is none is refused, and never raises anything else."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from app.domain.order import Side
from app.venues.bitso.wire.values import count_id, is_name, name_of, number, number_or_none, side_of, text_of, time_of
from app.venues.transport.jsonx import JsonError, loads

#: Texts that some reader of digits takes, and `int` or `Decimal` then does not.
ODD = ["²", "٣", "1" * 5000, "1_000", "0x10", "1e9999", "-", ".", "Infinity", "NaN", "１２", "1e1000000000", "--1"]


@pytest.mark.parametrize("text", ["0", "1", "-1", "0.00000001", "1e-18", "9e18", ".003", " 5 "])
def test_numbers_keep_their_digits(text: str) -> None:
    assert number(text) == Decimal(text.strip())


@pytest.mark.parametrize("value", [*ODD, "1e19", "1e-19", None, True, [], {}, ""])
def test_what_is_no_number_of_a_market_is_refused(value: Any) -> None:
    with pytest.raises(JsonError):
        number(value)


def test_a_number_may_be_absent() -> None:
    assert number_or_none(None) is None
    assert number_or_none("") is None
    assert number_or_none("0") == 0


@pytest.mark.parametrize(
    "text, is_one",
    [
        ("qlbga6b600n3xta7", True),
        ("a-1_B.c", True),
        ("x" * 128, True),
        ("!", True),
        ("~", True),
        ("x" * 129, False),
        ("", False),
        (" a", False),
        ("a b", False),
        ("a,b", False),
        (r"\ud800", False),
        ("\ud800", False),
        ("\x7f", False),
        ("\n", False),
        ("é", False),
        ("all", False),
        ("..", False),
        (".", False),
    ],
)
def test_an_id_is_one_only_if_it_can_be_sent_back_as_it_is(text: str, is_one: bool) -> None:
    assert is_name(text) is is_one


def test_half_a_character_in_an_id_is_refused_in_words_that_can_be_written() -> None:
    row = loads(r'{"oid":"\udfffabc"}')
    with pytest.raises(JsonError) as caught:
        name_of(row, "oid")
    assert json.dumps(str(caught.value)).isascii()
    str(caught.value).encode()


def test_texts() -> None:
    assert text_of({"a": "x"}, "a") == "x"
    assert text_of({"a": None}, "a", "y") == "y"
    for row in ({}, {"a": None}, {"a": 5}, {"a": []}):
        with pytest.raises(JsonError):
            text_of(row, "a")
    with pytest.raises(JsonError):
        text_of({"a": 5}, "a", "y")


def test_sides() -> None:
    assert side_of({"side": "buy"}) is Side.BUY
    assert side_of({"side": "sell"}) is Side.SELL
    for value in ("", "both", None, 1, ["buy"]):
        with pytest.raises(JsonError):
            side_of({"side": value})


@pytest.mark.parametrize("value, expected", [(51756, "51756"), ("51756", "51756"), ("t-1", "t-1"), (0, "0")])
def test_ids_that_are_counted(value: object, expected: str) -> None:
    assert count_id({"tid": value}, "tid") == expected


@pytest.mark.parametrize("value", [None, True, -1, "", {}, [], Decimal("1e50"), 10**19, "a b"])
def test_and_what_is_none(value: object) -> None:
    with pytest.raises(JsonError):
        count_id({"tid": value}, "tid")


@pytest.mark.parametrize(
    "value",
    [
        "99999-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+14:00",
        "2016-04-08T17:52:31+24:00",
        "2016-04-08T17:52:31+9900",
        "2016-04-08T17:52:31+٠٠٠٠",
        "1960-01-01T00:00:00Z",
        "2100-01-01T00:00:00Z",
        "2016-13-08T17:52:31Z",
        "²016-04-08T17:52:31Z",
        "2016-04-08T17:52:31ZZ",
        "1460137951000",
        "1" * 5000,
        1460137951,
        1460137951000000,
        Decimal("1e30"),
        None,
        "",
        [],
    ],
)
def test_a_time_that_cannot_be_is_none(value: object) -> None:
    assert time_of(value) is None


def test_the_bounds_of_times() -> None:
    assert time_of("2001-01-01T00:00:00Z") == 978_307_200_000_000_000
    assert time_of("2000-12-31T23:59:59.999999Z") is None
    assert time_of("2099-12-31T23:59:59.999999Z") == 4_102_444_799_999_999_000
    assert time_of("2016-04-08T17:52:31.250-0500") == time_of("2016-04-08T22:52:31.25Z")

"""JSON numbers keep their own digits both ways."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.venues.transport import jsonx
from app.venues.transport.jsonx import (
    JsonError,
    array,
    dumps,
    loads,
    mapping,
    number,
    number_or_none,
)


@pytest.mark.parametrize(
    "text", ["1.10", "123456789.123456789123456789", "12345678901234567890.1234567890", "0.00000001", "-3.50"]
)
def test_fractions_are_exact_decimals(text: str) -> None:
    found = loads(f'{{"a":{text}}}')["a"]
    assert isinstance(found, Decimal)
    assert str(found) in (text, str(Decimal(text)))


def test_whole_numbers_are_exact() -> None:
    assert loads(b"[18446744073709551617]") == [18446744073709551617]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"a":NaN}',
        '{"a":Infinity}',
        '{"a":1e99999}',
        "[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_anything_else_is_one_kind_of_error(text: str | bytes) -> None:
    with pytest.raises(JsonError):
        loads(text)


@pytest.mark.parametrize(
    "text, kind, says",
    [
        (b"", "empty", "it is empty."),
        ("  \n", "empty", "it is empty."),
        (b" <html>", "a web page", "it is a web page; the venue may be under maintenance"),
        ("{", "no JSON", "it is not JSON"),
    ],
)
def test_what_stands_in_the_place_of_json_is_named(text: str | bytes, kind: str, says: str) -> None:
    with pytest.raises(JsonError) as told:
        loads(text)
    assert told.value.kind == kind
    assert str(told.value).startswith(says)


@pytest.mark.parametrize("text", [b'\xef\xbb\xbf{"a":1}', '\ufeff{"a":1}'])
def test_a_mark_of_the_encoding_is_no_part_of_the_text(text: str | bytes) -> None:
    assert loads(text) == {"a": 1}


def test_decimals_leave_with_their_own_digits_and_no_exponent() -> None:
    value = {"a": Decimal("1E-8"), "b": [Decimal("1.10"), 3, True, None], "c": 'ñ"', "d": (Decimal("1E+3"),)}
    assert dumps(value) == '{"a":0.00000001,"b":[1.10,3,true,null],"c":"ñ\\"","d":[1000]}'


@pytest.mark.parametrize("value", [1.5, {1: "a"}, {"a": {1, 2}}, b"x"])
def test_what_has_no_exact_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        dumps(value)


def test_infinite_decimals_are_refused() -> None:
    with pytest.raises(ValueError):
        dumps([Decimal("NaN")])


@given(st.decimals(allow_nan=False, allow_infinity=False, places=12))
def test_there_and_back_is_the_same_number(value: Decimal) -> None:
    text = dumps({"n": value, "s": str(value)})
    back = loads(text)
    assert number(back["n"]) == value
    assert number(back["s"]) == value


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(json_values)
def test_it_agrees_with_the_standard_encoder(value: object) -> None:
    assert dumps(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert loads(dumps(value)) == value


def test_numbers_come_as_text_or_as_number() -> None:
    assert number(" 1.50 ") == Decimal("1.50")
    assert number(3) == Decimal(3)
    assert number_or_none("") is None
    assert number_or_none(None) is None
    assert number_or_none("0") == 0


@pytest.mark.parametrize("value", [None, True, "NaN", "12,5", {}, [], 1.5])
def test_other_things_are_no_numbers(value: object) -> None:
    with pytest.raises(JsonError):
        number(value)


def test_shapes_are_checked() -> None:
    assert mapping({}) == {}
    assert array([]) == []
    with pytest.raises(JsonError, match="An object was expected, not an array"):
        mapping([])
    with pytest.raises(JsonError, match="An array was expected, not null"):
        array(None)


@pytest.mark.parametrize("text", ["\\ud800", "\\uDFFF", "x\\ud83dy", "\\udc00\\ud800"])
def test_half_a_surrogate_pair_becomes_text_that_can_be_written(text: str) -> None:
    decoded = jsonx.loads(f'{{"oid":"{text}","{text}":["{text}"]}}')
    assert decoded == {"oid": text.lower(), text.lower(): [text.lower()]}
    repr(decoded).encode("utf-8")


def test_half_a_pair_that_stands_there_as_it_is_becomes_such_a_text_too() -> None:
    assert jsonx.loads('{"oid":"\ud800","é":"x"}') == {"oid": "\\ud800", "é": "x"}
    with pytest.raises(jsonx.JsonError, match="not UTF-8"):
        jsonx.loads('{"oid":"\ud800"}'.encode("utf-8", "surrogatepass"))


def test_a_whole_pair_stays_what_it_is() -> None:
    assert jsonx.loads('{"a":"😀"}') == {"a": "😀"}
    assert jsonx.loads('{"a":"\\ud83d\\ude00"}') == {"a": "😀"}


@pytest.mark.parametrize(
    "value", ["²", "٣", "１", "1" * 5000, "-1", "1.0", "", " ", None, True, 1.5, Decimal(1), "1e3"]
)
def test_what_is_not_a_whole_number_says_so(value: object) -> None:
    with pytest.raises(jsonx.JsonError):
        jsonx.whole(value)
    assert jsonx.whole_or_none(value) is None


@pytest.mark.parametrize("value", ["0", " 17 ", 17, "9" * 19])
def test_whole_numbers_are_read(value: object) -> None:
    assert jsonx.whole(value) == int(str(value))


def test_one_number_beyond_any_size_costs_its_row_and_not_the_message() -> None:
    rows = jsonx.loads(f'[{{"qty":1e9999}},{{"qty":{"9" * 6000}}},{{"qty":"1e-9999"}},{{"qty":2}}]')
    for row in rows[:3]:
        with pytest.raises(jsonx.JsonError, match="sensible size"):
            jsonx.number(row["qty"])
    assert jsonx.number(rows[3]["qty"]) == 2


@pytest.mark.parametrize(
    "value, unit, wanted",
    [
        (1_700_000_000_000, 1_000_000, 1_700_000_000_000_000_000),
        ("1700000000000", 1_000_000, 1_700_000_000_000_000_000),
        (Decimal("1700000000.123456789"), 1_000_000_000, 1_700_000_000_123_456_789),
        (1_700_000_000_000_000, 1_000_000, None),
        (1_700_000_000_000, 1_000_000_000, None),
        (0, 1, None),
        (-5, 1_000_000, None),
        ("9" * 5000, 1_000_000, None),
        ("²", 1_000_000, None),
        (None, 1, None),
        ("1e9999", 1, None),
    ],
)
def test_a_time_of_another_unit_is_no_time(value: object, unit: int, wanted: int | None) -> None:
    assert jsonx.instant(value, unit) == wanted

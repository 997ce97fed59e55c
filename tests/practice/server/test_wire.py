"""JSON without a float."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.practice.server.wire import WireError, parse_json, plain, write_json

D = Decimal


def test_numbers_are_read_as_they_are_written() -> None:
    text = b'{"p":0.3450000000000000000000000000,"n":123456789012345678901234567890,"e":1e-8,"s":"1.10"}'
    value = parse_json(text)
    assert str(value["p"]) == "0.3450000000000000000000000000"
    assert value["n"] == 123456789012345678901234567890
    assert value["e"] == D("0.00000001")
    assert value["s"] == "1.10"


@pytest.mark.parametrize("text", [b"", b"{", b"NaN", b'{"a":Infinity}', b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_refused(text: bytes) -> None:
    with pytest.raises(WireError, match="Not JSON"):
        parse_json(text)


def test_a_decimal_is_written_with_its_own_digits() -> None:
    value = {"a": D("1E-8"), "b": [D("1.10"), D("1E+2"), -3], "c": None, "d": True, "e": {}, "f": [], "g": 'ñ"\n'}
    assert write_json(value) == ('{"a":0.00000001,"b":[1.10,100,-3],"c":null,"d":true,"e":{},"f":[],"g":"ñ\\"\\n"}')
    assert write_json(value, "string").startswith('{"a":"0.00000001","b":["1.10","100",-3]')


@pytest.mark.parametrize("value", [1.5, D("NaN"), D("Infinity"), object(), {"a": b"x"}])
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(WireError):
        write_json(value)


def test_plain_never_has_an_exponent() -> None:
    assert plain(D("-1E-20")) == "-0.00000000000000000001"


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, places=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_what_is_written_can_be_read_back(value: object) -> None:
    text = write_json(value)
    assert parse_json(text) == value
    json.loads(text, parse_float=D)

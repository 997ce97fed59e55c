"""Single fields of Bitget's JSON."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.venues.bitget.wire.values import flag_of, list_of, nanoseconds_of, number_of, positive_of, read_object
from app.venues.common.failures import Malformed


def test_none_is_written_in_three_ways() -> None:
    assert [positive_of({"a": each}, "a") for each in (None, "", "0")] == [None] * 3
    assert number_of({"a": "0.10"}, "a") == Decimal("0.1")


@pytest.mark.parametrize("value", ["x", "1e41", [], True])
def test_a_number_that_is_none_or_senseless_is_malformed(value: object) -> None:
    with pytest.raises(Malformed, match="^a "):
        number_of({"a": value}, "a")


def test_times_are_milliseconds_and_flags_have_two_spellings() -> None:
    assert nanoseconds_of({"t": "1700000000123"}, "t") == 1_700_000_000_123_000_000
    assert [flag_of({"f": each}, "f") for each in ("YES", "no", "")] == [True, False, None]


def test_shapes_are_named_where_they_are_wrong() -> None:
    assert list_of(None, "rows") == []
    for data, words in (("[]", "a reply that is no object"), ("{", "a reply that is no JSON")):
        with pytest.raises(Malformed, match=words):
            read_object(data, "a reply")

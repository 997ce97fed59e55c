"""Limits of a table stand in place of others; all else is tested through the configuration, in test_settings."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.limits import TIERS, Limits
from app.runtime.limits_table import limits_of

NAMES = [each.name for each in fields(Limits)]
VALUES = st.one_of(st.text(max_size=6), st.integers(), st.booleans(), st.floats(), st.lists(st.integers(), max_size=1))


@given(st.dictionaries(st.sampled_from([*NAMES, "sotf_size"]), VALUES, max_size=4))
def test_anything_is_limits_that_make_sense_or_one_sentence_that_names_the_key(table: dict[str, object]) -> None:
    sentence = ""
    try:
        limits = limits_of(table, "[limits]", Limits(), ValueError)
    except ValueError as error:
        sentence = str(error)
    if sentence:
        assert any(key in sentence for key in table)
        assert sentence.startswith("[limits]")
        assert sentence.endswith(".")
        return
    for soft, hard in TIERS:
        asks, refuses = getattr(limits, soft), getattr(limits, hard)
        assert asks is None or refuses is None or asks <= refuses
    for name in NAMES:
        assert name in table or getattr(limits, name) == getattr(Limits(), name)


def test_the_others_stay_as_they_were() -> None:
    base = Limits(hard_size=Decimal(5))
    own = limits_of({"soft_growth": "3"}, "limits", base, ValueError)
    assert (own.hard_size, own.soft_growth) == (Decimal(5), Decimal(3))
    with pytest.raises(KeyError, match="must be a table"):
        limits_of([], "limits", base, KeyError)

"""The face of a venue: it makes a connector for an account that has all it takes, and for no other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.form import InputError
from app.venues.common.face import VenueFace
from tests.helpers.toy_venue import ToyRulebook
from tests.venues.common.test_accounts import GOOD, NEEDS, PROFILE


def test_a_connector_is_made_for_an_account_that_was_checked() -> None:
    def make(*given: Any) -> Any:
        return given

    face: VenueFace[Any, Any] = VenueFace(PROFILE, ToyRulebook(), NEEDS, make)
    sink, clock = object(), object()
    connect: Any = face.connect
    assert connect(GOOD, sink, clock) == (GOOD, sink, clock)
    with pytest.raises(InputError, match="“rest” is missing"):
        connect(replace(GOOD, addresses={}), sink, clock)

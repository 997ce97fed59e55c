"""The face of a venue: it makes a connector for an account that has all it takes, and for no other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.account import Account
from app.domain.form import InputError
from app.domain.ports import venue_of
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


def test_an_account_has_the_rules_that_its_switches_make() -> None:
    def tune(rules: ToyRulebook, account: Account) -> ToyRulebook:
        return own if account is GOOD else rules

    own, common = ToyRulebook(), ToyRulebook()
    plain: VenueFace[Any, Any] = VenueFace(PROFILE, common, NEEDS, lambda *given: given)
    assert venue_of(plain, GOOD).rulebook is common
    assert venue_of(replace(plain, tune=tune), GOOD).rulebook is own
    assert venue_of(replace(plain, tune=tune), replace(GOOD, name="other")).rulebook is common

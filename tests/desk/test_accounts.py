"""Accounts get the addresses that their venue knows, and keep what the configuration says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.desk.accounts import completed, parted
from app.domain.form import InputError
from app.venues.alphapoint import profile as alphapoint
from tests.helpers.recorded_desk import PROFILE, account


def test_what_is_configured_wins_over_what_the_venue_knows() -> None:
    mine = account()
    known = replace(
        PROFILE,
        needs_addresses=(("rest", "requests"), ("ws", "pushes")),
        environments=((mine.environment.value, (("rest", "https://known"), ("ws", "wss://known"))),),
    )
    whole = completed(replace(mine, addresses={"rest": "https://mine"}), known)
    assert whole.addresses == {"rest": "https://mine", "ws": "wss://known"}


def test_a_misspelt_address_is_named() -> None:
    with pytest.raises(InputError, match="rset"):
        completed(replace(account(), addresses={"rset": "https://mine"}), PROFILE)


@pytest.mark.parametrize(
    "text, names",
    [
        ("9, 12", ["mine-9", "mine-12"]),
        ("9,12,", ["mine-9", "mine-12"]),
        ("9, 9", ["mine"]),
        ("9", ["mine"]),
        ("", ["mine"]),
    ],
)
def test_several_accounts_of_one_login_are_as_many_accounts(text: str, names: list[str]) -> None:
    one = replace(account(), name="mine", switches={"part": text, "other": "kept"})
    several = replace(PROFILE, account_switch="part")
    found = parted(one, several)
    assert [each.name for each in found] == names
    if len(found) > 1:
        assert [each.switches for each in found] == [{"part": "9", "other": "kept"}, {"part": "12", "other": "kept"}]
    assert parted(one, PROFILE) == (one,)


def test_a_wrong_number_of_an_account_says_that_there_may_be_several() -> None:
    told = alphapoint.NEEDS.switches[alphapoint.ACCOUNT_SWITCH]("x")
    assert told.startswith("the number of an account, or several separated by commas")
    assert not alphapoint.NEEDS.switches[alphapoint.ACCOUNT_SWITCH]("12")

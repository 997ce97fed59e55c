"""Settings of an account: each missing, misspelt or wrong one is named in one sentence."""

from __future__ import annotations

import pytest

from app.domain.account import Account, Environment, Secret
from app.domain.form import InputError
from app.runtime.clock import SystemClock
from app.venues.bitso import VENUE
from app.venues.bitso.profile import REREAD, is_on


def account(**switches: str) -> Account:
    credentials = {"api_key": Secret("k"), "secret": Secret("s")}
    return Account("desk", "bitso", Environment.LIVE, {"rest": "https://bitso.com"}, credentials, switches)


def test_an_account_without_address_or_key_is_named() -> None:
    def connect(addresses: dict[str, str], credentials: dict[str, str]) -> None:
        account = Account(
            "desk", "bitso", Environment.LIVE, addresses, {name: Secret(text) for name, text in credentials.items()}
        )
        VENUE.connect(account, lambda _: None, SystemClock())

    both = {"api_key": "k", "secret": "s"}
    with pytest.raises(InputError, match="address “rest” is missing"):
        connect({}, both)
    with pytest.raises(InputError, match="credential “api_key” is missing"):
        connect({"rest": "https://bitso.com"}, {"secret": "s"})
    with pytest.raises(InputError, match="credential “secret” is missing"):
        connect({"rest": "https://bitso.com"}, {"api_key": "k", "secret": ""})
    with pytest.raises(InputError, match="address “ws” must begin with ws"):
        connect({"rest": "https://bitso.com", "ws": "https://x"}, both)


@pytest.mark.parametrize("text", ["yes", "true", "on", "1", "YES", ""])
def test_a_switch_is_on_in_several_spellings(text: str) -> None:
    VENUE.connect(account(reread_before_send=text, native_minor=text), lambda _: None, SystemClock())
    assert is_on(account(reread_before_send=text), REREAD)


@pytest.mark.parametrize("text", ["no", "false", "off", "0", "No"])
def test_and_off_in_as_many(text: str) -> None:
    VENUE.connect(account(reread_before_send=text, native_minor=text), lambda _: None, SystemClock())
    assert not is_on(account(reread_before_send=text), REREAD)


@pytest.mark.parametrize(
    "switches, words",
    [
        ({"native_minor": "maybe"}, "the switch “native_minor” is “maybe”; use yes or no"),
        ({"poll_every_s": "0"}, "the switch “poll_every_s” is “0”; use 1 to 3600 seconds"),
        ({"poll_every_s": "3601"}, "use 1 to 3600 seconds"),
        ({"poll_every": "5"}, "there is no switch “poll_every”"),
    ],
)
def test_a_wrong_or_misspelt_switch_is_named(switches: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        VENUE.connect(account(**switches), lambda _: None, SystemClock())

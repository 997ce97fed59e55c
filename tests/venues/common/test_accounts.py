"""The check of a configured account: whatever is missing, misspelt or wrong is named in one sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.account import Account, Environment, Secret
from app.domain.form import InputError
from app.domain.ports import Clock, Connector, Sink
from app.domain.profile import Profile
from app.runtime.clock import SystemClock
from app.venues.common.accounts import Needs, anything, check, one_of, some_of, switch, whole_number
from app.venues.common.face import VenueFace
from tests.helpers.toy_venue import ToyRulebook

PROFILE = Profile(
    name="toy",
    title="Toy",
    amends_per_window=1,
    window_s=1,
    limit_text="1/s",
    needs_addresses=(("rest", "REST address"), ("ws", "public socket")),
    needs_credentials=(("key", "the key"), ("user_id", "the user's number")),
    switches=(("poll", "15", "seconds between lists"), ("mode", "send", "send or omit"), ("kinds", "A,B", "kinds")),
)
NEEDS = Needs(
    switches={
        "poll": whole_number(1, 3600, "seconds"),
        "mode": one_of("send", "omit"),
        "kinds": some_of("A", "B"),
    },
    sockets=frozenset({"ws"}),
    optional=frozenset({"ws"}),
    credentials={"user_id": whole_number(1, 999_999)},
)
GOOD = Account(
    "main",
    "toy",
    Environment.PRACTICE,
    {"rest": "http://127.0.0.1:1", "ws": "ws://127.0.0.1:2"},
    {"key": Secret("k"), "user_id": Secret("7")},
)


def test_a_whole_account_is_taken() -> None:
    check(GOOD, PROFILE, NEEDS)
    check(replace(GOOD, addresses={"rest": "https://toy.example"}), PROFILE, NEEDS)


@pytest.mark.parametrize(
    "changes,field,text",
    [
        ({"addresses": {}}, "rest", "the address “rest” is missing; give the REST address."),
        ({"addresses": {"rets": "http://x"}}, "rets", "there is no address “rets”; use rest, ws."),
        ({"addresses": {"rest": "ws://x"}}, "rest", "the address “rest” must begin with http:// or https://."),
        (
            {"addresses": {"rest": "http://x", "ws": "http://x"}},
            "ws",
            "the address “ws” must begin with ws:// or wss://.",
        ),
        ({"credentials": {"user_id": Secret("7")}}, "key", "the credential “key” is missing; give the key."),
        (
            {"credentials": {"key": Secret(""), "user_id": Secret("7")}},
            "key",
            "the credential “key” is missing; give the key.",
        ),
        (
            {"credentials": {"key": Secret("k"), "user_id": Secret("canary")}},
            "user_id",
            "the credential “user_id” must be 1 to 999999.",
        ),
        (
            {"credentials": {"key": Secret("k"), "user_id": Secret("7"), "secrte": Secret("x")}},
            "secrte",
            "there is no credential “secrte”; use key, user_id.",
        ),
        ({"switches": {"pol": "3"}}, "pol", "there is no switch “pol”; use poll, mode, kinds."),
        ({"switches": {"poll": "0"}}, "poll", "the switch “poll” is “0”; use 1 to 3600 seconds."),
        ({"switches": {"poll": "²"}}, "poll", "the switch “poll” is “²”; use 1 to 3600 seconds."),
        (
            {"switches": {"poll": "9" * 5000}},
            "poll",
            "the switch “poll” is something else (not repeated, it may be a secret); use 1 to 3600 seconds.",
        ),
        ({"switches": {"poll": "-1"}}, "poll", "the switch “poll” is “-1”; use 1 to 3600 seconds."),
        ({"switches": {"mode": "sent"}}, "mode", "the switch “mode” is “sent”; use send or omit."),
        (
            {"switches": {"kinds": "A,C"}},
            "kinds",
            "the switch “kinds” is “A,C”; use some of A, B, separated by commas.",
        ),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, object], field: str, text: str) -> None:
    with pytest.raises(InputError) as caught:
        check(replace(GOOD, **changes), PROFILE, NEEDS)  # type: ignore[arg-type]
    assert caught.value.field == field
    assert str(caught.value) == f"account “main”: {text}"


def test_an_empty_switch_is_its_default() -> None:
    assert switch({"poll": " "}, PROFILE, "poll") == "15"
    assert switch({"poll": " 3 "}, PROFILE, "poll") == "3"
    check(replace(GOOD, switches={"poll": "", "kinds": "a, b"}), PROFILE, NEEDS)
    assert anything("") == ""


def test_a_venue_makes_no_connector_for_a_wrong_account() -> None:
    def make(account: Account, sink: Sink, clock: Clock) -> Connector:
        raise AssertionError("asked for a connector")

    venue = VenueFace(PROFILE, ToyRulebook(), NEEDS, make)
    with pytest.raises(InputError, match="key"):
        venue.connect(replace(GOOD, credentials={}), lambda event: None, SystemClock())

"""What an account needs, said in one sentence where it is missing."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.account import Secret
from app.domain.form import InputError
from app.runtime.clock import SystemClock
from app.venues.bitget import VENUE, profile
from tests.venues.bitget.samples import account


def test_the_profile_names_what_the_venue_is() -> None:
    made = VENUE.profile
    assert (made.name, made.title, made.amends_per_window, made.window_s) == ("bitget", "Bitget UTA", 10, 1)
    assert [name for name, _ in made.needs_addresses] == ["rest", "private_ws", "public_ws"]
    assert [name for name, _ in made.needs_credentials] == ["key", "secret", "passphrase"]
    demo, live = (dict(dict(made.environments)[name]) for name in ("demo", "live"))
    assert demo["private_ws"] == "wss://wspap.bitget.com/v3/ws/private"
    assert live["public_ws"] == "wss://ws.bitget.com/v3/ws/public"
    assert all(page.url.startswith("https://www.bitget.com/") for page in made.documents)


def without(**parts: Any) -> Any:
    base = account()
    addresses = {**base.addresses, **parts.get("addresses", {})}
    credentials = {**base.credentials, **parts.get("credentials", {})}
    return account(addresses=addresses, credentials=credentials, switches=parts.get("switches", {}))


@pytest.mark.parametrize(
    "parts,field",
    [
        ({"addresses": {"rest": ""}}, "rest"),
        ({"addresses": {"rest": "ws://x"}}, "rest"),
        ({"addresses": {"private_ws": "https://x"}}, "private_ws"),
        ({"addresses": {"public_ws": "x"}}, "public_ws"),
        ({"credentials": {"passphrase": Secret("")}}, "passphrase"),
        ({"switches": {"categories": "SPOT,OPTIONS"}}, "categories"),
        ({"switches": {"reread_after_s": "soon"}}, "reread_after_s"),
        ({"switches": {"poll_every_s": "1.5"}}, "poll_every_s"),
        ({"switches": {"queued_amendments": "0"}}, "queued_amendments"),
        ({"switches": {"queued_amendments": "6"}}, "queued_amendments"),
        ({"switches": {"queued_amendments": "many"}}, "queued_amendments"),
    ],
)
def test_a_wrong_account_is_refused_with_the_name_of_what_is_wrong(parts: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as caught:
        VENUE.connect(without(**parts), lambda event: None, SystemClock())
    assert caught.value.field == field
    assert "main" in str(caught.value)
    assert field in str(caught.value)


def test_switches_are_read() -> None:
    made = account(switches={"categories": "spot, usdt-futures", "reread_after_s": "0"})
    assert profile.categories_of(made) == ("SPOT", "USDT-FUTURES")
    assert profile.seconds_of(made, "reread_after_s") == 0
    assert profile.seconds_of(made, "poll_every_s") == 15
    assert len(profile.categories_of(account())) == 5


def test_the_switch_of_amendments_in_line_tells_the_contradiction_and_is_off() -> None:
    (_, default, meaning) = next(each for each in VENUE.profile.switches if each[0] == "queued_amendments")
    assert default == "1"
    assert "page of the single call takes one at a time, the batch page lets up to five wait in line" in meaning
    with pytest.raises(InputError, match="use 1 to 5 amendments of one order"):
        VENUE.connect(without(switches={"queued_amendments": "6"}), lambda event: None, SystemClock())

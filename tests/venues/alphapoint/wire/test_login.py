"""The answer to a login."""

from __future__ import annotations

import pytest

from app.venues.alphapoint.wire.codec import GatewaySession
from app.venues.alphapoint.wire.login import Login, read_login
from app.venues.common.failures import Malformed


@pytest.mark.parametrize("token", ["SessionToken", "Token"])
def test_login_of_either_generation(token: str) -> None:
    """Ids as numbers inside User, or as texts beside the token."""
    new = {"Authenticated": True, token: "abc", "User": {"UserId": 96, "AccountId": 9, "OMSId": 1}}
    old = {"Authenticated": True, token: "abc", "UserId": "96", "AccountId": "9", "OMSId": "1"}
    for raw in (new, old):
        assert read_login(raw) == Login(GatewaySession(1, 9, 96, "abc"), "")


def test_refused_login() -> None:
    """It has words and no code."""
    raw = {"Authenticated": False, "errormsg": "Invalid username or password"}
    assert read_login(raw) == Login(None, "Invalid username or password")
    assert read_login({**raw, "Locked": True}).refusal.endswith(
        "password; the user is locked, ask the venue to unlock it"
    )
    assert "two-factor code" in read_login({"Authenticated": True, "Requires2FA": True}).refusal


def test_login_without_an_account_is_malformed() -> None:
    """Success must say whose."""
    with pytest.raises(Malformed):
        read_login({"Authenticated": True, "SessionToken": "abc"})

"""AlphaPoint for a person: its name, its limits, and what its configuration needs."""

from __future__ import annotations

from app.domain.profile import Profile
from app.venues.alphapoint.rules.citations import DOCUMENTS
from app.venues.alphapoint.wire.vocabulary import (
    ACCOUNT_SWITCH,
    CALLS_SWITCH,
    CHECK_BEFORE_SEND,
    REVISION_MODE,
    TITLE,
)
from app.venues.common.accounts import Needs, one_of, whole_number

#: Calls a minute this ticket allows itself: one venue allows 500 over the socket and 600 over HTTP (Hummingbot issue
#: 3865, client code) and others say nothing. How many of them are for cancels only, how many of the others background
#: reading leaves for amendments, and how many at most are for the reads that keep rows true, whatever is amended.
CALLS_PER_MINUTE = 60
KEPT_FOR_CANCELS = 10
KEPT_FOR_AMENDS = 5
KEPT_FOR_READS = 12

PROFILE = Profile(
    name="alphapoint",
    title=TITLE,
    amends_per_window=CALLS_PER_MINUTE,
    window_s=60,
    limit_text=f"{CALLS_PER_MINUTE} calls/min",
    needs_addresses=(
        ("ws", "websocket gateway, such as wss://api.example.com/WSGateway/"),
        ("http", "HTTP gateway, such as https://api.example.com:8443/AP/; used to look up and cancel without a socket"),
    ),
    needs_credentials=(
        ("api_key", "the API key"),
        ("secret", "the API key's secret"),
        ("user_id", "the number of the user the key belongs to"),
    ),
    switches=(
        (REVISION_MODE, "zero", "PreviousOrderRevision of a reduction: “zero” sends 0, “omit” leaves the field out"),
        (
            CHECK_BEFORE_SEND,
            "on",
            "“on” reads the order once more right before an amendment leaves; “off” trusts events",
        ),
        (CALLS_SWITCH, str(CALLS_PER_MINUTE), "calls a minute this ticket may make; accounts of one login share it"),
        (
            ACCOUNT_SWITCH,
            "",
            "number of the account of the login to list, or several, separated by commas, each listed as an account of "
            "its own; empty for the one the login names first",
        ),
    ),
    environments=(
        ("live", (("ws", "wss://api.ndax.io/WSGateway/"), ("http", "https://api.ndax.io:8443/AP/"))),
        ("demo", (("ws", "wss://api.kiire.apstage.net/WSGateway/"),)),
    ),
    documents=DOCUMENTS,
    account_switch=ACCOUNT_SWITCH,
)


def _account_numbers(text: str) -> str:
    """Tell what is wanted of the numbers of the login's accounts; here each comes by itself."""
    wanted = whole_number(1, 10**18 - 1)(text)
    return f"the number of an account, or several separated by commas ({wanted})" if wanted else ""


NEEDS = Needs(
    switches={
        REVISION_MODE: one_of("zero", "omit"),
        CHECK_BEFORE_SEND: one_of("on", "off"),
        ACCOUNT_SWITCH: lambda text: _account_numbers(text) if text else "",
        CALLS_SWITCH: whole_number(KEPT_FOR_CANCELS + 2 * KEPT_FOR_AMENDS, 100_000),
    },
    sockets=frozenset({"ws"}),
    optional=frozenset({"http"}),
    credentials={"user_id": whole_number(1, 10**18 - 1)},
)

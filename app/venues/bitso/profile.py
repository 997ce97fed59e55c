"""Bitso for a person: its name, its limits, and what its configuration needs."""

from __future__ import annotations

from app.domain.account import Account
from app.domain.profile import Profile
from app.venues.bitso.rules.citations import DOCUMENTS
from app.venues.bitso.wire.vocabulary import NATIVE_MINOR, NO, TITLE, YES
from app.venues.common.accounts import Needs, switch, whole_number

REST = "rest"
WS = "ws"
API_KEY = "api_key"
SECRET = "secret"

REREAD = "reread_before_send"
POLL_EVERY = "poll_every_s"

#: Documented per account; going over it locks the account out for a minute. Cancels do not count.
PRIVATE_PER_MINUTE = 300
#: Documented per address.
PUBLIC_PER_MINUTE = 60

PROFILE = Profile(
    name="bitso",
    title=TITLE,
    amends_per_window=PRIVATE_PER_MINUTE,
    window_s=60,
    limit_text=f"{PRIVATE_PER_MINUTE} requests/min",
    needs_addresses=(
        (REST, "API address up to /api, such as https://bitso.com/api (v3 and v4 are added)"),
        (WS, "public websocket, such as wss://ws.bitso.com; optional, without it quotes are polled"),
    ),
    needs_credentials=((API_KEY, "the API key"), (SECRET, "the API key's secret")),
    switches=(
        (NATIVE_MINOR, "no", "“yes” sends a typed value as minor; “no” converts it to an amount and sends major"),
        (REREAD, "yes", "“yes” reads the order again right before an amendment if it was last seen over a second ago"),
        (
            POLL_EVERY,
            "2",
            "seconds between two lists of open orders; more leaves requests to others with the same key, and above "
            "ten rows are shown as old in between",
        ),
    ),
    environments=(
        ("live", ((REST, "https://bitso.com/api"), (WS, "wss://ws.bitso.com"))),
        ("demo", ((REST, "https://stage.bitso.com/api"),)),
    ),
    documents=DOCUMENTS,
)


def _yes_or_no(text: str) -> str:
    return "" if text.lower() in YES + NO else "yes or no"


NEEDS = Needs(
    switches={NATIVE_MINOR: _yes_or_no, REREAD: _yes_or_no, POLL_EVERY: whole_number(1, 3600, "seconds")},
    sockets=frozenset({WS}),
    optional=frozenset({WS}),
)


def is_on(account: Account, name: str) -> bool:
    """Return True where a yes/no switch is on, by its default where the account does not set it."""
    return switch(account.switches, PROFILE, name).lower() in YES


def poll_every(account: Account) -> float | None:
    """Return the seconds between two lists of open orders; None where the account leaves that to the connector."""
    text = account.switches.get(POLL_EVERY, "").strip()
    return float(text) if text else None

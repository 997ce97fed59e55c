"""What a person calls Bitso, its limits, and what its configuration needs."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.account import Account
from app.domain.form import InputError
from app.domain.profile import Profile
from app.venues.bitso.rules.citations import DOCUMENTS

TITLE = "Bitso"
MODIFY_CALL = "PATCH /api/v4/orders/{oid}"

REST = "rest"
WS = "ws"
API_KEY = "api_key"
SECRET = "secret"

NATIVE_MINOR = "native_minor"
REREAD = "reread_before_send"
POLL_EVERY = "poll_every_s"

#: Documented per account; going over it locks the account out for a minute. Cancels do not count.
PRIVATE_PER_MINUTE = 300
#: Documented per address.
PUBLIC_PER_MINUTE = 60

PROFILE = Profile(
    name="bitso",
    title=TITLE,
    amend_calls=(MODIFY_CALL,),
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
        (POLL_EVERY, "2", "seconds between two lists of open orders; more leaves requests to others with the same key"),
    ),
    environments=(
        ("live", ((REST, "https://bitso.com/api"), (WS, "wss://ws.bitso.com"))),
        ("demo", ((REST, "https://stage.bitso.com/api"),)),
    ),
    documents=DOCUMENTS,
)


def is_on(switches: Mapping[str, str], name: str) -> bool:
    """Whether a yes/no switch of this venue is on, by its default where the account does not set it."""
    default = next(value for key, value, _ in PROFILE.switches if key == name)
    return switches.get(name, default).strip().lower() in ("yes", "true", "on", "1")


def poll_every(account: Account) -> float | None:
    """Seconds between two lists of open orders, None where the account leaves that to the connector.

    Raises:
        InputError: if the switch is not a whole number of seconds from 1 to 3600.
    """
    text = account.switches.get(POLL_EVERY, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 3600):
        raise InputError(POLL_EVERY, f"account “{account.name}”: “{POLL_EVERY}” is “{text}”; use 1 to 3600 seconds.")
    return float(text)

"""What a person calls Bitget, its limits, and what its configuration needs."""

from __future__ import annotations

from app.domain.account import Account, Environment
from app.domain.form import InputError
from app.domain.profile import Profile
from app.venues.bitget.rules.citations import DOCUMENTS
from app.venues.bitget.wire import vocabulary as words

REST = "rest"
PRIVATE_WS = "private_ws"
PUBLIC_WS = "public_ws"

KEY = "key"
SECRET = "secret"
PASSPHRASE = "passphrase"

CATEGORIES = "categories"
REREAD_AFTER = "reread_after_s"
POLL_EVERY = "poll_every_s"

PROFILE = Profile(
    name="bitget",
    title="Bitget UTA",
    amend_calls=("POST /api/v3/trade/modify-order", "POST /api/v3/trade/batch-modify-order"),
    amends_per_window=10,
    window_s=1,
    limit_text="10 modify /s",
    needs_addresses=(
        (REST, "REST address, https://api.bitget.com for demo and live"),
        (PRIVATE_WS, "private socket, wss://ws.bitget.com/v3/ws/private (demo: wspap.bitget.com)"),
        (PUBLIC_WS, "public socket, wss://ws.bitget.com/v3/ws/public (demo: wspap.bitget.com)"),
    ),
    needs_credentials=(
        (KEY, "API key of a unified trading account, with UTA trade (read and write)"),
        (SECRET, "the key's secret"),
        (PASSPHRASE, "the passphrase given when the key was made"),
    ),
    switches=(
        (CATEGORIES, ",".join(words.CATEGORIES), "categories whose open orders are listed, separated by commas"),
        (REREAD_AFTER, "5", "seconds after which an order is read again just before it is amended"),
        (POLL_EVERY, "15", "seconds between two lists of open orders; Bitget may not push every amendment"),
    ),
    environments=(
        (
            Environment.DEMO.value,
            (
                (REST, "https://api.bitget.com"),
                (PRIVATE_WS, "wss://wspap.bitget.com/v3/ws/private"),
                (PUBLIC_WS, "wss://wspap.bitget.com/v3/ws/public"),
            ),
        ),
        (
            Environment.LIVE.value,
            (
                (REST, "https://api.bitget.com"),
                (PRIVATE_WS, "wss://ws.bitget.com/v3/ws/private"),
                (PUBLIC_WS, "wss://ws.bitget.com/v3/ws/public"),
            ),
        ),
    ),
    documents=DOCUMENTS,
)


def check(account: Account) -> None:
    """See that an account has what the connector needs.

    Raises:
        InputError: naming the first address, credential or switch that is missing or wrong.
    """
    for name, meaning in PROFILE.needs_addresses:
        address = account.addresses.get(name, "")
        if not address:
            raise InputError(name, f"Account {account.name}: the address “{name}” is missing ({meaning}).")
        scheme = ("http://", "https://") if name == REST else ("ws://", "wss://")
        if not address.startswith(scheme):
            wanted = " or ".join(scheme)
            raise InputError(name, f"Account {account.name}: the address “{name}” must begin with {wanted}.")
    for name, meaning in PROFILE.needs_credentials:
        secret = account.credentials.get(name)
        if secret is None or not secret.reveal():
            raise InputError(name, f"Account {account.name}: the credential “{name}” is missing ({meaning}).")
    unknown = sorted(set(categories_of(account)) - set(words.CATEGORIES))
    if unknown:
        known = ", ".join(words.CATEGORIES)
        raise InputError(CATEGORIES, f"Account {account.name}: “{CATEGORIES}” names “{unknown[0]}”; use {known}.")
    for name in (REREAD_AFTER, POLL_EVERY):
        seconds_of(account, name)


def categories_of(account: Account) -> tuple[str, ...]:
    """The categories to list, as configured."""
    text = account.switches.get(CATEGORIES) or ",".join(words.CATEGORIES)
    return tuple(each.strip().upper() for each in text.split(",") if each.strip())


def seconds_of(account: Account, name: str) -> int:
    """A switch that is a number of whole seconds.

    Raises:
        InputError: if it is not one.
    """
    default = next(value for switch, value, _ in PROFILE.switches if switch == name)
    text = account.switches.get(name, default).strip()
    if not text.isdecimal() or not text.isascii() or len(text) > 6:
        raise InputError(name, f"Account {account.name}: “{name}” must be a number of seconds, not “{text}”.")
    return int(text)

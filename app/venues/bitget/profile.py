"""Bitget for a person: its name, its limits, and what its configuration needs."""

from __future__ import annotations

from app.domain.account import Account, Environment
from app.domain.profile import Profile
from app.venues.bitget.rules.behind import FEWEST, MOST
from app.venues.bitget.rules.citations import DOCUMENTS
from app.venues.bitget.wire import vocabulary as words
from app.venues.common.accounts import Needs, some_of, switch, whole_number
from app.venues.transport.jsonx import whole_or_none

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
        (
            REREAD_AFTER,
            "0",
            "seconds after which an order is read again just before it is amended; above 0, a change made elsewhere "
            "within them is put back",
        ),
        (POLL_EVERY, "15", "seconds between two lists of open orders; Bitget may not push every amendment"),
        (
            words.QUEUED_AMENDMENTS,
            "1",
            "how many amendments of one order may be without an outcome at a time, 1 to 5; the page of the single call "
            "takes one at a time, the batch page lets up to five wait in line. Above 1, one is sent behind others by "
            "the batch call, once Bitget has accepted those",
        ),
    ),
    environments=tuple(
        (
            environment.value,
            (
                (REST, "https://api.bitget.com"),
                (PRIVATE_WS, f"wss://{host}.bitget.com/v3/ws/private"),
                (PUBLIC_WS, f"wss://{host}.bitget.com/v3/ws/public"),
            ),
        )
        for environment, host in ((Environment.DEMO, "wspap"), (Environment.LIVE, "ws"))
    ),
    documents=DOCUMENTS,
)


NEEDS = Needs(
    switches={
        CATEGORIES: some_of(*words.CATEGORIES),
        REREAD_AFTER: whole_number(0, 999_999, "seconds"),
        POLL_EVERY: whole_number(0, 999_999, "seconds"),
        words.QUEUED_AMENDMENTS: whole_number(FEWEST, MOST, "amendments of one order"),
    },
    sockets=frozenset({PRIVATE_WS, PUBLIC_WS}),
)


def categories_of(account: Account) -> tuple[str, ...]:
    """Return the categories to list, as configured."""
    text = switch(account.switches, PROFILE, CATEGORIES)
    return tuple(each.strip().upper() for each in text.split(",") if each.strip())


def seconds_of(account: Account, name: str) -> int:
    """Return a switch that is a number of whole seconds; 0 for one that is none, which the check of accounts names."""
    return whole_or_none(switch(account.switches, PROFILE, name)) or 0

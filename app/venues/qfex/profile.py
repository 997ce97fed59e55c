"""QFEX for a person: its name, its limits, and what its configuration needs."""

from __future__ import annotations

from app.domain.profile import Profile
from app.venues.common.accounts import Needs, anything, one_of
from app.venues.qfex.rules.citations import DOCUMENTS
from app.venues.qfex.wire import vocabulary as words

TRADE_WS = "trade_ws"
MARKET_WS = "market_ws"
REST = "rest"
PUBLIC_KEY = "public_key"
SECRET = "secret"

#: Amendments a second this ticket allows itself. The documents allow 12,000 weight units a minute (an amendment is
#: one) smoothed by an average over all sockets of the user; an earlier edition came to two or three orders a second.
AMENDS_PER_SECOND = 2

PROFILE = Profile(
    name="qfex",
    title=words.TITLE,
    amends_per_window=AMENDS_PER_SECOND,
    window_s=1,
    limit_text=f"{AMENDS_PER_SECOND} modify/s",
    needs_addresses=(
        (TRADE_WS, "trade socket, such as wss://trade.qfex.com"),
        (MARKET_WS, "market data socket, such as wss://mds.qfex.com"),
        (REST, "REST address, such as https://api.qfex.com; used for instruments and the history of orders"),
    ),
    needs_credentials=(
        (PUBLIC_KEY, "the public key, beginning with qfex_pub_"),
        (SECRET, "the secret key; it needs the permission to execute orders"),
    ),
    switches=(
        (
            words.REDUCE_ONLY,
            words.SEND,
            "“send” sends reduce_only with an amendment (the order's own value, false where it is not reported); "
            "“omit” leaves it out",
        ),
        (
            words.ACCOUNT_ID,
            "",
            "id of the subaccount to act for, or several, separated by commas, each listed as an account of its own; "
            "empty for the key's own account",
        ),
    ),
    environments=tuple(
        (name, ((TRADE_WS, f"wss://trade.{host}"), (MARKET_WS, f"wss://mds.{host}"), (REST, f"https://api.{host}")))
        for name, host in (("live", "qfex.com"), ("demo", "qfex.io"))
    ),
    documents=DOCUMENTS,
    account_switch=words.ACCOUNT_ID,
)

NEEDS = Needs(
    switches={words.REDUCE_ONLY: one_of(words.SEND, words.OMIT), words.ACCOUNT_ID: anything},
    sockets=frozenset({TRADE_WS, MARKET_WS}),
)

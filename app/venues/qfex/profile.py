"""QFEX for a person: its name, its limits, and what its configuration needs."""

from __future__ import annotations

from app.domain.profile import Profile
from app.venues.common.accounts import Needs, anything, one_of
from app.venues.qfex.rules.citations import DOCUMENTS
from app.venues.qfex.wire import vocabulary as words

#: Amendments a second this ticket allows itself. The documents allow 12,000 weight units a minute (an amendment is
#: one) smoothed by an average over all sockets of the user; an earlier edition came to two or three orders a second.
AMENDS_PER_SECOND = 2

PROFILE = Profile(
    name="qfex",
    title=words.TITLE,
    amend_calls=("modify_order",),
    amends_per_window=AMENDS_PER_SECOND,
    window_s=1,
    limit_text=f"{AMENDS_PER_SECOND} modify/s",
    needs_addresses=(
        ("trade_ws", "trade socket, such as wss://trade.qfex.com"),
        ("market_ws", "market data socket, such as wss://mds.qfex.com"),
        ("rest", "REST address, such as https://api.qfex.com; used for instruments and the history of orders"),
    ),
    needs_credentials=(
        ("public_key", "the public key, beginning with qfex_pub_"),
        ("secret", "the secret key; it needs the permission to execute orders"),
    ),
    switches=(
        (
            words.REDUCE_ONLY,
            words.SEND,
            "“send” sends reduce_only with an amendment (the order's own value, false where it is not reported); "
            "“omit” leaves it out",
        ),
        (words.ACCOUNT_ID, "", "id of the subaccount to act for; empty for the key's own account"),
    ),
    environments=(
        (
            "live",
            (
                ("trade_ws", "wss://trade.qfex.com"),
                ("market_ws", "wss://mds.qfex.com"),
                ("rest", "https://api.qfex.com"),
            ),
        ),
        (
            "demo",
            (
                ("trade_ws", "wss://trade.qfex.io"),
                ("market_ws", "wss://mds.qfex.io"),
                ("rest", "https://api.qfex.io"),
            ),
        ),
    ),
    documents=DOCUMENTS,
)

NEEDS = Needs(
    switches={words.REDUCE_ONLY: one_of(words.SEND, words.OMIT), words.ACCOUNT_ID: anything},
    sockets=frozenset({"trade_ws", "market_ws"}),
)

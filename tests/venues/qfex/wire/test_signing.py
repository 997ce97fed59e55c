"""Signatures against values computed independently (Python's hmac and OpenSSL)."""

from __future__ import annotations

import pytest

from app.domain.account import Secret
from app.venues.qfex.wire.signing import Keys, rest_headers, signature

VECTORS = [
    (
        "qfex_secret_yyyyyy",
        "00112233445566778899aabbccddeeff",
        1760545414,
        "4b2447002bae930f69b2da9bde697d9baa0bc6bdefc63820ec3a393ce646b66d",
    ),
    (
        "test_secret",
        "c0ffee00c0ffee00c0ffee00c0ffee00",
        1700000000,
        "1281fc0b6884610af2ab434fdc6d7c06af3ea440de2a95ef2b8e50dbc44c8a3c",
    ),
]


@pytest.mark.parametrize("secret, nonce, unix_ts, expected", VECTORS)
def test_vectors(secret: str, nonce: str, unix_ts: int, expected: str) -> None:
    assert signature(Secret(secret), nonce, unix_ts) == expected


def test_the_colon_counts_and_the_time_is_in_seconds() -> None:
    secret, nonce, unix_ts, expected = VECTORS[0]
    milliseconds = signature(Secret(secret), nonce, unix_ts * 1000)
    assert milliseconds == "241f895d0eb187c0777672c40181b719a8642ab02fffda9067e99b8d6cdc0ed9"
    assert milliseconds != expected
    without_colon = "586ffbce631711480a8b49a53a91f7f8c77710e3a1d50fda5fd98ede32fdd7bb"
    assert expected != without_colon


def test_rest_headers_are_all_four_and_the_subaccount_only_where_there_is_one() -> None:
    secret, nonce, unix_ts, expected = VECTORS[0]
    headers = rest_headers(Keys(Secret("qfex_pub_x"), Secret(secret)), nonce, unix_ts)
    assert headers == (
        ("x-qfex-public-key", "qfex_pub_x"),
        ("x-qfex-hmac-signature", expected),
        ("x-qfex-nonce", nonce),
        ("x-qfex-timestamp", "1760545414"),
    )
    subaccount = Keys(Secret("p"), Secret(secret), "sub")
    assert rest_headers(subaccount, nonce, unix_ts)[-1] == ("x-qfex-requested-account-id", "sub")

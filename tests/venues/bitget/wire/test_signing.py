"""Signatures against vectors computed independently with the standard library's HMAC."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.account import Secret
from app.venues.bitget.wire import signing
from tests.venues.bitget.samples import KEYS

REST_MS = 1_700_000_000_000
WS_S = 1_700_000_000

BODY_ONE = (
    '{"orderId":"1234567890123456789","price":"64000.5","qty":"0.002","autoCancel":"no",'
    '"symbol":"BTCUSDT","category":"USDT-FUTURES"}'
)
BODY_BATCH = (
    '[{"orderId":"1","price":"64000.5","qty":"0.002","autoCancel":"no"},'
    '{"orderId":"2","price":"64001","qty":"0.003","autoCancel":"no"}]'
)

VECTORS = [
    (
        "GET",
        "/api/v3/trade/unfilled-orders?category=USDT-FUTURES&limit=100&symbol=BTCUSDT",
        "",
        "AR+uJL9emI6JYucX4ek+4R91Q2KPrZh/U48WgtM5EaA=",
    ),
    ("GET", "/api/v3/account/assets", "", "cVHytp/U81/62fJehsYyx2RPvo8i5AofpGuw4oNGk+k="),
    ("GET", "/api/v3/trade/order-info?orderId=1", "", "ol4yuhnQCH1f4fs2jeC18TV+dS8mJqfJb8nIjiT129Q="),
    ("POST", "/api/v3/trade/modify-order", BODY_ONE, "wHkgD44135T8PkLOUi7PAw7nWnflT10vpzYiXvVuOmo="),
    ("POST", "/api/v3/trade/batch-modify-order", BODY_BATCH, "zsIhMWrPRF1xtJGa0p3yQbMjg2GTPpHMCf9fzR4md9Q="),
]


@pytest.mark.parametrize("method,target,body,expected", VECTORS)
def test_a_rest_request_is_signed_as_the_vectors_say(method: str, target: str, body: str, expected: str) -> None:
    made = dict(signing.headers(KEYS, REST_MS, method, target, body))
    assert made["ACCESS-SIGN"] == expected
    assert made["ACCESS-TIMESTAMP"] == "1700000000000"
    assert made["ACCESS-KEY"] == "bg_TESTKEY0123456789"
    assert made["ACCESS-PASSPHRASE"] == "Passphrase1"
    assert made["Content-Type"] == "application/json"
    assert made["locale"] == "en-US"


def test_the_socket_login_is_signed_in_seconds() -> None:
    assert signing.login_arguments(KEYS, WS_S) == {
        "apiKey": "bg_TESTKEY0123456789",
        "passphrase": "Passphrase1",
        "timestamp": "1700000000",
        "sign": "kzd01iZH/L9AUH8dfA7jEKf3it92Hmp9eZM0xljEzfM=",
    }


def test_the_demo_mark_is_a_header_outside_the_signature() -> None:
    demo = dict(signing.headers(replace(KEYS, demo=True), REST_MS, "GET", "/api/v3/account/assets"))
    assert demo["paptrading"] == "1"
    assert demo["ACCESS-SIGN"] == VECTORS[1][3]
    assert "paptrading" not in dict(signing.headers(KEYS, REST_MS, "GET", "/api/v3/account/assets"))


def test_masked_headers_have_the_same_names_and_no_secret() -> None:
    real = signing.headers(KEYS, REST_MS, "POST", "/x", "{}")
    masked = signing.masked_headers(demo=False)
    assert [name for name, _ in masked] == [name for name, _ in real]
    text = repr(masked)
    for secret in (KEYS.key, KEYS.secret, KEYS.passphrase):
        assert secret.reveal() not in text


def test_keys_do_not_show_themselves() -> None:
    assert "s3cr3t" not in repr(KEYS)
    assert repr(Secret("x")) == "Secret(•••)"

"""Signatures of the published kind, over requests as httpx will send them, and nonces that always rise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account import Secret
from app.runtime.clock import SystemClock
from app.venues.bitso.wire.signing import Keys, Nonces, sign, signed
from app.venues.transport.http import HttpClient
from app.venues.transport.messages import Request

KEY, SECRET, NONCE = "TESTKEY123", "testsecret456", "1731349200123123456"

#: Computed with ccxt 4.5.90's `sign()` and again with hmac alone.
VECTORS = [
    (
        "GET",
        "/api/v3/open_orders?book=btc_mxn&limit=500",
        "",
        "f67fd8019a4586c23d1077c3fa3d0b707c41e6cde723944dcaf6a0283f6de807",
    ),
    ("GET", "/api/v3/balance", "", "096e39d11d1609b613228479252b9ef99e5a9005623204a17fe3f19a7b2be92d"),
    ("GET", "/api/v3/orders/qlbga6b600n3xta7", "", "ea625daca537fc39183deed276e01c581f66b1a62c5d7153ac0c29b1a6182e73"),
    (
        "PATCH",
        "/api/v4/orders/qlbga6b600n3xta7",
        '{"price":"120000"}',
        "e7520e84616ce47c40183d4051ce3852e0ac3ae6c08d8d0338c7a4fa3940a9b2",
    ),
    (
        "PATCH",
        "/api/v4/orders/qlbga6b600n3xta7",
        '{"price":"130000","major":"1","cancel":"0"}',
        "49101e9168576a232efdebc5d2069c5da67aad01d2c581d19b2d4a1274fc78e8",
    ),
    (
        "PATCH",
        "/api/v4/orders?origin_id=my-ord_1",
        '{"price":"120000"}',
        "4a7fe759998fb903a9f76a5c490888811971d406f66ce894a05b3fc72e75989f",
    ),
    (
        "PATCH",
        "/api/v4/orders?oid=qlbga6b600n3xta7",
        '{"price":"120000"}',
        "a6c12229822ef9dc12a1ca634b15a222a34c9fb23409a0d0ef63af6440a75d03",
    ),
    (
        "PATCH",
        "/api/v3/orders/qlbga6b600n3xta7",
        '{"price":"120000"}',
        "88e97dfa0e5b037f89514b9d7f2e65e0593b3233d5fc2b32e015245ce64ff6c6",
    ),
    (
        "POST",
        "/api/v3/orders",
        '{"book":"btc_mxn","side":"buy","type":"limit","major":"0.01","price":"1000000"}',
        "0392617461dc9c80fa65f24304efc93f350577ed03bd58d7424efe53d7a1d787",
    ),
    (
        "DELETE",
        "/api/v3/orders/qlbga6b600n3xta7",
        "",
        "b3ad411677d1ae125291a364764b5e1efa3f10207d20c81ce1c3511463165584",
    ),
    ("DELETE", "/api/v3/orders?oids=aaa%2Cbbb", "", "6743d5fbb479c908a488bbcffefc17e02c979b06cdbb7cde24ac33b3b300da14"),
    ("DELETE", "/api/v3/orders?oids=aaa,bbb", "", "a2ebce305c86f9ab30eecefd84d3de67cdfc4ce38d848ae886a0744cf18e4840"),
]


@pytest.mark.parametrize("method, target, body, signature", VECTORS)
async def test_vectors_hold_for_the_request_as_it_leaves(method: str, target: str, body: str, signature: str) -> None:
    request = signed(Request(method, target, (), body.encode()), Keys(Secret(KEY), Secret(SECRET)), NONCE)
    http = HttpClient("https://bitso.com/api", account="desk", sink=lambda _: None, clock=SystemClock())
    built = http.build(request)
    assert built.headers["Authorization"] == f"Bitso {KEY}:{NONCE}:{signature}"
    assert sign(Secret(SECRET), NONCE, built.method, built.url.raw_path.decode(), built.content) == signature
    assert str(built.url) == "https://bitso.com" + target
    await http.aclose()


@given(st.integers(0, 999_999), st.lists(st.integers(1_600_000_000_000, 1_900_000_000_000), min_size=1, max_size=50))
def test_nonces_have_nineteen_digits_and_always_rise(salt: int, milliseconds: list[int]) -> None:
    nonces = Nonces(salt)
    found = [nonces.next(ms * 1_000_000 + 7) for ms in milliseconds]
    assert all(len(nonce) == 19 and nonce.isdigit() for nonce in found)
    assert [int(nonce) for nonce in found] == sorted({int(nonce) for nonce in found})


def test_a_nonce_starts_with_the_millisecond_and_its_salt_counts_up() -> None:
    nonces = Nonces(999_999)
    assert nonces.next(1_731_349_200_123_456_789) == "1731349200123999999"
    assert nonces.next(1_731_349_200_123_999_999) == "1731349200124000000"
    assert nonces.next(1_731_349_200_124_000_000) == "1731349200124999999"

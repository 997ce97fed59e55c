"""The signature check, against vectors computed independently of this code, and each refusal's own code."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from app.practice.server.faults import Switches
from app.practice.server.messages import HttpRequest
from app.practice.venues.bitso.auth import Gatekeeper
from app.practice.venues.bitso.day import SWITCHES
from app.practice.venues.bitso.errors import BitsoError

NONCE = "1731349200123123456"
NOW = 1731349200123
V4 = "/api/v4/orders/qlbga6b600n3xta7"

# (method, path with query, body, signature) for key TESTKEY123, secret testsecret456.
VECTORS = [
    (
        "GET",
        "/api/v3/open_orders?book=btc_mxn&limit=500",
        "",
        "f67fd8019a4586c23d1077c3fa3d0b707c41e6cde723944dcaf6a0283f6de807",
    ),
    ("GET", "/api/v3/balance", "", "096e39d11d1609b613228479252b9ef99e5a9005623204a17fe3f19a7b2be92d"),
    ("PATCH", V4, '{"price":"120000"}', "e7520e84616ce47c40183d4051ce3852e0ac3ae6c08d8d0338c7a4fa3940a9b2"),
    (
        "PATCH",
        "/api/v4/orders?origin_id=my-ord_1",
        '{"price":"120000"}',
        "4a7fe759998fb903a9f76a5c490888811971d406f66ce894a05b3fc72e75989f",
    ),
    (
        "DELETE",
        "/api/v3/orders?oids=aaa%2Cbbb",
        "",
        "6743d5fbb479c908a488bbcffefc17e02c979b06cdbb7cde24ac33b3b300da14",
    ),
]


def gatekeeper(**switches: str) -> Gatekeeper:
    found = Switches(SWITCHES)
    for name, value in switches.items():
        found.set(name, value)
    return Gatekeeper("TESTKEY123", "testsecret456", found)


def request(
    method: str, path: str, body: str, signature: str, key: str = "TESTKEY123", nonce: str = NONCE
) -> HttpRequest:
    return HttpRequest(method, path, {"authorization": f"Bitso {key}:{nonce}:{signature}"}, body.encode(), NOW)


@pytest.mark.parametrize("method, path, body, signature", VECTORS)
def test_vectors_are_let_through(method: str, path: str, body: str, signature: str) -> None:
    gatekeeper().check(request(method, path, body, signature), NOW)


def code_of(keeper: Gatekeeper, asked: HttpRequest, now: int = NOW) -> str:
    with pytest.raises(BitsoError) as caught:
        keeper.check(asked, now)
    assert caught.value.status == 401
    return caught.value.code


def test_each_refusal_has_its_own_code() -> None:
    keeper = gatekeeper()
    good = VECTORS[1]
    assert code_of(keeper, request(*good, key="OTHER")) == "0201"
    assert code_of(keeper, request("GET", "/api/v3/balance/", "", good[3])) == "0215"
    assert code_of(keeper, request(good[0], good[1], "{}", good[3])) == "0215"
    assert code_of(keeper, request(*good), NOW + 61_000) == "0207"
    keeper.check(request(*good), NOW)
    assert code_of(keeper, request(*good)) == "0207", "a nonce is good once"


def signed(nonce: str) -> HttpRequest:
    signature = hmac.new(b"testsecret456", f"{nonce}GET/api/v3/balance".encode(), hashlib.sha256).hexdigest()
    return request("GET", "/api/v3/balance", "", signature, nonce=nonce)


@pytest.mark.parametrize("nonce", ["7", "1731349200", str(NOW)])
def test_an_old_nonce_is_any_number_of_up_to_thirteen_digits(nonce: str) -> None:
    gatekeeper().check(signed(nonce), NOW)
    assert code_of(gatekeeper(accept_nonce_v1="false"), signed(nonce)) == "0206"


def test_an_old_nonce_rises_with_each_call() -> None:
    keeper = gatekeeper()
    keeper.check(signed(str(NOW)), NOW)
    assert code_of(keeper, signed(str(NOW))) == "0207"
    assert code_of(keeper, signed(str(NOW - 1))) == "0207"
    keeper.check(signed(NONCE), NOW)  # the new kind has a rule of its own
    keeper.check(signed(str(NOW + 1)), NOW)


@pytest.mark.parametrize("salt", ["1", "12", "123", "1234", "12345", "123456"])
def test_a_new_nonce_has_a_salt_of_one_to_six_digits_in_any_order(salt: str) -> None:
    keeper = gatekeeper(accept_nonce_v1="false")
    keeper.check(signed(f"{NOW}{salt}"), NOW)
    keeper.check(signed(f"{NOW - 1}{salt}"), NOW)
    assert code_of(keeper, signed(f"{NOW}{salt}")) == "0207"


def test_a_nonce_of_twenty_digits_is_of_no_kind() -> None:
    assert code_of(gatekeeper(), signed(f"{NOW}1234567")) == "0206"

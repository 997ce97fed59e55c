"""Signatures against vectors made independently of this code, and each refusal's own code, also on the wire."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
import websockets

from app.practice.server.faults import Switches
from app.practice.server.messages import HttpRequest
from app.practice.venues.bitget.auth import Gatekeeper, LoginError
from app.practice.venues.bitget.day import SWITCHES
from app.practice.venues.bitget.errors import BitgetError
from tests.practice.venues.bitget.desk import Wire, practice, private, sign

KEY = "bg_TESTKEY0123456789"
SECRET = "s3cr3tS3CR3Ts3cr3tS3CR3T"
PASSPHRASE = "Passphrase1"
NOW = 1_700_000_000_000
ONE = (
    '{"orderId":"1234567890123456789","price":"64000.5","qty":"0.002","autoCancel":"no",'
    '"symbol":"BTCUSDT","category":"USDT-FUTURES"}'
)
TWO = (
    '[{"orderId":"1","price":"64000.5","qty":"0.002","autoCancel":"no"},'
    '{"orderId":"2","price":"64001","qty":"0.003","autoCancel":"no"}]'
)
OPEN = "/api/v3/trade/unfilled-orders?category=USDT-FUTURES&limit=100&symbol=BTCUSDT"

# Computed with a public client library and with the standard library, which agree.
VECTORS = [
    ("GET", OPEN, "", "AR+uJL9emI6JYucX4ek+4R91Q2KPrZh/U48WgtM5EaA="),
    ("GET", "/api/v3/account/assets", "", "cVHytp/U81/62fJehsYyx2RPvo8i5AofpGuw4oNGk+k="),
    ("GET", "/api/v3/trade/order-info?orderId=1", "", "ol4yuhnQCH1f4fs2jeC18TV+dS8mJqfJb8nIjiT129Q="),
    ("POST", "/api/v3/trade/modify-order", ONE, "wHkgD44135T8PkLOUi7PAw7nWnflT10vpzYiXvVuOmo="),
    ("POST", "/api/v3/trade/batch-modify-order", TWO, "zsIhMWrPRF1xtJGa0p3yQbMjg2GTPpHMCf9fzR4md9Q="),
]
LOGIN = {
    "apiKey": KEY,
    "passphrase": PASSPHRASE,
    "timestamp": "1700000000",
    "sign": "kzd01iZH/L9AUH8dfA7jEKf3it92Hmp9eZM0xljEzfM=",
}


def keeper() -> Gatekeeper:
    return Gatekeeper(KEY, SECRET, PASSPHRASE, Switches(SWITCHES))


def request(method: str, path: str, body: str, signature: str, **headers: str) -> HttpRequest:
    right = {
        "access-key": KEY,
        "access-passphrase": PASSPHRASE,
        "access-timestamp": str(NOW),
        "access-sign": signature,
    }
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpRequest(method, path, {**right, **changed}, body.encode(), NOW)


@pytest.mark.parametrize("method, path, body, signature", VECTORS)
def test_vectors_are_let_through(method: str, path: str, body: str, signature: str) -> None:
    keeper().check(request(method, path, body, signature), NOW)


@pytest.mark.parametrize(
    "headers, code",
    [
        ({"access_key": ""}, "40001"),
        ({"access_sign": ""}, "40002"),
        ({"access_timestamp": ""}, "40003"),
        ({"access_timestamp": "1700000000"}, "40005"),
        ({"access_timestamp": "later"}, "40005"),
        ({"access_timestamp": str(NOW - 30_001)}, "40008"),
        ({"access_timestamp": str(NOW + 30_001)}, "40008"),
        ({"access_key": "bg_OTHER"}, "40006"),
        ({"access_passphrase": ""}, "40011"),
        ({"access_passphrase": "passphrase1"}, "40012"),
        ({"access_sign": "AAAA"}, "40009"),
    ],
)
def test_each_refusal_has_its_own_code(headers: dict[str, str], code: str) -> None:
    with pytest.raises(BitgetError) as caught:
        keeper().check(request(*VECTORS[0], **headers), NOW)
    assert caught.value.code == code


def test_every_part_is_signed() -> None:
    method, path, body, signature = VECTORS[3]
    for changed in ((method, path + "?a=1", body), ("PUT", path, body), (method, path, body + " ")):
        with pytest.raises(BitgetError):
            keeper().check(request(*changed, signature), NOW)


def test_a_query_is_signed_before_it_is_encoded() -> None:
    plain = "/api/v3/trade/order-info?clientOid=BITGET#1"
    prehash = f"{NOW}GET{plain}"
    signature = sign(SECRET, prehash)
    keeper().check(request("GET", "/api/v3/trade/order-info?clientOid=BITGET%231", "", signature), NOW)


def test_the_login_vector_is_let_through() -> None:
    keeper().check_login([LOGIN], NOW)


def test_the_time_of_a_login_may_be_a_number() -> None:
    keeper().check_login([{**LOGIN, "timestamp": 1_700_000_000}], NOW)


@pytest.mark.parametrize("time", [None, True, Decimal("1700000000.5"), [1_700_000_000]])
def test_the_time_of_a_login_is_nothing_else(time: object) -> None:
    with pytest.raises(LoginError) as caught:
        keeper().check_login([{**LOGIN, "timestamp": time}], NOW)
    assert caught.value.code == 30016


@pytest.mark.parametrize(
    "change, code",
    [
        ({"apiKey": "bg_OTHER"}, 30011),
        ({"passphrase": "nope"}, 30012),
        ({"timestamp": str(NOW)}, 30013),
        ({"timestamp": NOW}, 30013),
        ({"timestamp": "1700000031"}, 30014),
        ({"timestamp": 1_700_000_031}, 30014),
        ({"sign": "AAAA"}, 30015),
        ({"sign": 1}, 30016),
    ],
)
def test_a_login_is_refused_with_a_number(change: dict[str, object], code: int) -> None:
    with pytest.raises(LoginError) as caught:
        keeper().check_login([{**LOGIN, **change}], NOW)
    assert caught.value.code == code


@pytest.mark.parametrize("args", [None, [], [LOGIN, LOGIN], [7]])
def test_a_login_without_its_fields_is_refused(args: object) -> None:
    with pytest.raises(LoginError) as caught:
        keeper().check_login(args, NOW)
    assert caught.value.code == 30016


@pytest.mark.parametrize(
    "headers, code",
    [
        ({"ACCESS_KEY": "bg_OTHER"}, "40006"),
        ({"ACCESS_PASSPHRASE": "nope"}, "40012"),
        ({"ACCESS_SIGN": "AAAA"}, "40009"),
        ({"ACCESS_SIGN": ""}, "40002"),
    ],
)
@pytest.mark.parametrize("status", ["400", "200"])
async def test_refusals_on_the_wire(headers: dict[str, str], code: str, status: str) -> None:
    async with practice(error_status=status) as client:
        answer = await client.call("GET", "/api/v3/account/assets", **headers)
        assert (client.status, answer["code"], answer["data"]) == (int(status), code, None)


async def test_a_stale_request_and_a_venue_whose_clock_is_off() -> None:
    async with practice() as client:
        old = str(time.time_ns() // 1_000_000 - 31_000)
        assert await client.refused("GET", "/api/v3/account/assets", ACCESS_TIMESTAMP=old) == "40008"
        client.server.clock.skew_ms = 60_000
        assert await client.refused("GET", "/api/v3/account/assets") == "40008"
        served = int((await client.get("/api/v2/public/time"))["serverTime"])
        assert served > time.time_ns() // 1_000_000 + 50_000
        assert (await client.call("GET", "/api/v3/account/assets", ACCESS_TIMESTAMP=str(served)))["code"] == "00000"


async def test_a_login_on_the_wire() -> None:
    async with practice() as client, websockets.connect(client.server.addresses()["private_ws"]) as socket:
        wire = Wire(socket, client.server)
        for changes, code in (
            ({"sign": "AAAA"}, 30015),
            ({"apiKey": "x"}, 30011),
            ({"timestamp": str(time.time_ns() // 1_000_000)}, 30013),
        ):
            answer = await wire.login(**changes)
            assert (answer["event"], answer["code"]) == ("error", code)
        await wire.send(op="subscribe", args=[{"instType": "UTA", "topic": "order"}])
        assert (await wire.next())["code"] == 30004
        await wire.send(op="trade", id="1", category="spot", topic="modify-order", args=[{}])
        assert (await wire.next())["code"] == 30004
        assert (await wire.login())["code"] == 0


async def test_what_a_key_may_do() -> None:
    order = {"orderId": "1", "price": "1"}
    async with practice(key_scope="trade_only") as client:
        assert (await client.get("/api/v3/account/info"))["permissions"] == ["uta_trade"]
        assert await client.refused("GET", "/api/v3/account/assets") == "40014"
        assert await client.refused("POST", "/api/v3/trade/modify-order", order) == "25204"
        client.server.switches.set("key_scope", "read_only")
        assert (await client.get("/api/v3/account/info"))["permType"] == "read_only"
        assert await client.refused("POST", "/api/v3/trade/modify-order", order) == "40014"
        assert (await client.get("/api/v3/account/assets"))["assets"]


async def test_one_key_many_connections() -> None:
    async with practice() as client, private(client, "order"), private(client, "order"):
        assert len(client.server.listeners[1].sessions) == 2

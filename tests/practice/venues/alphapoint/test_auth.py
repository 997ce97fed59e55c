"""Logins over both gateways: the published vectors, every refusal, tokens, permissions, limits."""

from __future__ import annotations

import random

import pytest

from app.practice.server.faults import Switches
from app.practice.venues.alphapoint.auth import Denied, Gatekeeper, User
from app.practice.venues.alphapoint.day import COLLEAGUE, READER, SWITCHES
from tests.helpers.virtual_clock import VirtualClock
from tests.practice.venues.alphapoint.client import ACCOUNT, OMS, Venue, login_of, modify, practice, sign, ticket

KEY = "28c68ac3fcfafc3d4e8d653fe57e5baf"
#: (user, key, secret, nonce, signature); made with two public clients, which agree.
VECTORS = [
    (
        "96",
        KEY,
        "not-a-real-secret",
        "1700000000000",
        "e39a271eaae8d434a9df61e5bbfd5420f66cfdba2a3136207c2d9a5127dab5e9",
    ),
    (
        "001",
        "test_api_key",
        "test_secret_key",
        "1234567890",
        "6da3735d764bb64c26da9c2d202333a9c7c6ae55198bdbc4a9f696b4a58e5975",
    ),
]


def keeper(clock: VirtualClock | None = None, **values: object) -> Gatekeeper:
    switches = Switches(SWITCHES)
    for name, value in values.items():
        switches.set(name, value)
    users = [User(int(user), "a@b.c", "pass", key, secret, 9) for user, key, secret, _, _ in VECTORS]
    return Gatekeeper(users, switches, clock or VirtualClock(), random.Random(1))


def fields(user: str, key: str, nonce: str, signature: str) -> dict[str, object]:
    return {"apikey": key, "userid": user, "nonce": nonce, "signature": signature}


@pytest.mark.parametrize("user, key, secret, nonce, signature", VECTORS)
def test_the_published_vectors_are_let_in(user: str, key: str, secret: str, nonce: str, signature: str) -> None:
    assert keeper().by_key(fields(user, key, nonce, signature)).user_id == int(user)


@pytest.mark.parametrize(
    "change",
    [
        {"signature": "0" * 64},
        {"signature": VECTORS[0][4].upper()},
        {"nonce": "1700000000001"},
        {"nonce": 1700000000000},
        {"userid": 96},
        {"userid": "97"},
        {"apikey": "other"},
        {"apikey": None},
        {"signature": None},
        {"nonce": ""},
    ],
)
def test_anything_else_is_denied(change: dict[str, object]) -> None:
    user, key, _, nonce, signature = VECTORS[0]
    with pytest.raises(Denied) as caught:
        keeper().by_key({**fields(user, key, nonce, signature), **change})
    assert caught.value.locked is False


def test_nonces_by_the_rule() -> None:
    user, key, secret, nonce, _ = VECTORS[0]

    def attempt(gatekeeper: Gatekeeper, number: str) -> bool:
        try:
            gatekeeper.by_key(fields(user, key, number, sign(secret, number + user + key)))
        except Denied:
            return False
        return True

    unique = keeper()
    assert [attempt(unique, each) for each in (nonce, nonce, "5", "abc")] == [True, False, True, True]
    increasing = keeper(nonce_rule="increasing")
    assert [attempt(increasing, each) for each in (nonce, "5", "1700000000001", "abc")] == [True, False, True, False]
    free = keeper(nonce_rule="any")
    assert [attempt(free, nonce) for _ in range(2)] == [True, True]
    clock = VirtualClock()
    fresh = keeper(clock, nonce_window_ms=5000)
    assert [attempt(fresh, str(clock.now_ms() + late)) for late in (-4000, -6000)] == [True, False]


def test_too_many_failures_lock_the_user_until_unlocked() -> None:
    clock = VirtualClock()
    switches = Switches(SWITCHES)
    switches.set("lock_after", 3)
    users = [User(96, "a@b.c", "pass", KEY, "secret", 9)]
    gatekeeper = Gatekeeper(users, switches, clock, random.Random(1))
    seen = []
    for _ in range(3):
        with pytest.raises(Denied) as caught:
            gatekeeper.by_password("a@b.c", "wrong")
        seen.append(caught.value.locked)
    assert seen == [False, False, True]
    clock.advance(3_600_000)
    with pytest.raises(Denied):
        gatekeeper.by_password("a@b.c", "pass")
    switches.set("lock_after", 0)
    assert gatekeeper.by_password("a@b.c", "pass").user_id == 96


def test_a_session_lives_as_long_as_it_is_used() -> None:
    clock = VirtualClock()
    gatekeeper = keeper(clock)
    token = gatekeeper.open(gatekeeper.by_password("a@b.c", "pass")).token
    for _ in range(3):
        clock.advance(3_599_000)
        assert gatekeeper.find(token) is not None
    clock.advance(3_600_000)
    assert gatekeeper.find(token) is None
    assert gatekeeper.find("other") is None


# --- over the wire -------------------------------------------------------------------------------------------------


async def test_the_websocket_login_and_its_failures() -> None:
    async with practice() as venue, venue.anonymous() as socket:
        denied = await socket.call("AuthenticateUser", {**venue.login(), "Signature": "0" * 64})
        assert denied["Authenticated"] is False
        assert denied["errormsg"] == "Invalid username or password"
        assert "errorcode" not in denied
        assert (await socket.call("GetOpenOrders", ACCOUNT))["errorcode"] == 20
        login = venue.login()
        answer = await socket.call("AuthenticateUser", login)
        assert answer["Authenticated"] is True
        assert answer["User"] == {
            "UserId": 96,
            "UserName": "practice@redline.example",
            "Email": "practice@redline.example",
            "EmailVerified": True,
            "AccountId": 9,
            "OMSId": 1,
            "Use2FA": False,
        }
        assert len(await socket.call("GetOpenOrders", ACCOUNT)) == 8
        assert (await socket.call("AuthenticateUser", login))["Authenticated"] is False, "a nonce is good once"


async def test_password_token_and_logout_over_the_websocket() -> None:
    async with practice() as venue, venue.anonymous() as first, venue.anonymous() as second:
        name = {"UserName": "practice@redline.example", "Password": "practice-password"}
        token = (await first.call("WebAuthenticateUser", name))["SessionToken"]
        resumed = await second.call("WebAuthenticateUser", {"SessionToken": token})
        assert (resumed["Authenticated"], resumed["SessionToken"]) == (True, token)
        assert (await second.call("LogOut"))["result"] is True
        assert (await second.call("GetOpenOrders", ACCOUNT))["errorcode"] == 20
        assert (await first.call("GetOpenOrders", ACCOUNT))["errorcode"] == 20, "the session is one"
        assert (await first.call("WebAuthenticateUser", {"SessionToken": token}))["Authenticated"] is False
        wrong = await first.call("WebAuthenticateUser", {**name, "Password": "x"})
        assert wrong["Authenticated"] is False


async def test_an_expired_session_is_told_and_listens_no_more() -> None:
    async with practice() as venue, venue.socket() as socket:
        await socket.call("SubscribeAccountEvents", ACCOUNT)
        venue.switch(session_ms=0)
        assert (await socket.call("GetOpenOrders", ACCOUNT))["errorcode"] == 20
        assert await socket.event("LogoutEvent") == {}
        venue.server.foreign_cancel(venue.server.exchange.order("6507"))
        assert await socket.call("Ping") == {"msg": "PONG"}
        assert socket.events == []


async def http_login(venue: Venue) -> str:
    answer = (await venue.get("AuthenticateUser", None, **venue.login())).json()
    assert answer["Authenticated"] is True
    return str(answer["SessionToken"])


async def test_http_by_token_by_headers_by_password() -> None:
    async with practice() as venue:
        token = await http_login(venue)
        assert len((await venue.get("GetOpenOrders", ACCOUNT, APToken=token)).json()) == 8
        assert len((await venue.post("getopenorders", ACCOUNT, aptoken=token)).json()) == 8
        assert len((await venue.get("GetOpenOrders", {"omsId": 1, "AccountId": 9}, **venue.login())).json()) == 8
        credentials = ("practice@redline.example", "practice-password")
        venue.switch(token_name="Token")
        basic = await venue.http.post(venue.server.addresses()["http"] + "Authenticate", auth=credentials)
        assert len((await venue.get("GetOpenOrders", ACCOUNT, APToken=basic.json()["Token"])).json()) == 8


async def test_http_refusals() -> None:
    async with practice() as venue:
        for headers in ({}, {"APToken": "nonsense"}, {**venue.login(), "Signature": "0" * 64}):
            answer = await venue.get("GetOpenOrders", ACCOUNT, **headers)
            assert (answer.status_code, answer.json()["errorcode"]) == (200, 20)
        venue.switch(http_denied="404")
        assert (await venue.get("GetOpenOrders", ACCOUNT)).status_code == 404
        url = venue.server.addresses()["http"]
        for auth in (("practice@redline.example", "wrong"), ("nobody", "x")):
            answer = await venue.http.post(url + "Authenticate", auth=auth)
            assert answer.json()["Authenticated"] is False
        answer = await venue.http.get(url + "Authenticate", headers={"Authorization": "Basic ?"})
        assert answer.json()["Authenticated"] is False
        assert (await venue.get("SubscribeLevel1", {"OMSId": 1, "InstrumentId": 9})).status_code == 404
        assert (await venue.get("NoSuchThing")).text == "Endpoint not found"
        assert (await venue.http.get(url.removesuffix("AP/") + "other")).status_code == 404


async def test_others_see_the_account_and_a_reader_cannot_trade() -> None:
    async with practice() as venue:
        reader = login_of(READER.api_key, READER.secret, str(READER.user_id))
        async with venue.socket(reader) as socket:
            assert len(await socket.call("GetOpenOrders", ACCOUNT)) == 8
            for name, body in (
                ("ModifyOrder", modify(6507, "0.6")),
                ("CancelReplaceOrder", ticket(OrderIdToReplace=6507)),
                ("SendOrder", ticket()),
                ("CancelOrder", {**OMS, "OrderId": 6507}),
                ("CancelAllOrders", ACCOUNT),
            ):
                assert (await socket.call(name, body))["errorcode"] == 20
        async with venue.socket(login_of(COLLEAGUE.api_key, COLLEAGUE.secret, "97")) as socket:
            assert (await socket.call("ModifyOrder", modify(6507, "0.6")))["result"] is True


async def test_another_account_is_not_authorized() -> None:
    async with practice() as venue, venue.socket() as socket:
        for name in ("GetOpenOrders", "GetAccountPositions", "SubscribeAccountEvents"):
            assert (await socket.call(name, {"OMSId": 1, "AccountId": 10}))["errorcode"] == 20


async def test_rate_limits_of_calls_and_logins() -> None:
    async with practice(ws_per_minute=2, http_per_minute=1, http_logins_per_minute=1) as venue:
        async with venue.socket() as socket:
            assert await socket.call("Ping") == {"msg": "PONG"}
            assert await socket.call("Ping") == {"msg": "PONG"}
            assert await socket.error("Ping", {}) == "TOO MANY REQUESTS"
        assert (await venue.get("Ping")).json() == {"msg": "PONG"}
        answer = await venue.get("Ping")
        assert (answer.status_code, answer.text) == (429, "TOO MANY REQUESTS")
        await http_login(venue)
        assert (await venue.get("AuthenticateUser", None, **venue.login())).status_code == 429

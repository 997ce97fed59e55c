"""REST: instruments, and how an order that is no longer open ended."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest

from app.domain.account import Account, Environment, Secret
from app.domain.form import InputError
from app.domain.order import OrderStatus
from app.runtime.clock import SystemClock
from app.venues.common.accounts import check
from app.venues.common.failures import Proof, ReadFailed
from app.venues.qfex import VENUE
from app.venues.qfex.link.rest import Rest, ended_order
from app.venues.qfex.profile import NEEDS, PROFILE
from app.venues.qfex.wire.rest_codec import PAGE
from app.venues.qfex.wire.signing import Keys
from app.venues.transport.http import HttpClient
from app.venues.transport.jsonx import JsonError
from tests.venues.qfex.samples import OLD, OTHER, order
from tests.venues.qfex.wire.test_rows import REFDATA

D = Decimal


def rest(answer: Callable[[httpx.Request], httpx.Response]) -> Rest:
    clock = SystemClock()
    told: list[Rest] = []
    client = HttpClient(
        "http://127.0.0.1:1",
        account="desk",
        sink=lambda event: None,
        clock=clock,
        too_many=lambda reply: told[0].too_many(reply),
        transport=httpx.MockTransport(answer),
    )
    reader = Rest(client, Keys(Secret("pub"), Secret("secret")), clock, lambda: "nonce")
    told.append(reader)
    return reader


def answering(body: object, status: int = 200) -> Callable[[httpx.Request], httpx.Response]:
    if isinstance(body, bytes):
        return lambda request: httpx.Response(status, content=body)
    return lambda request: httpx.Response(status, json=body)


async def test_instruments_without_a_row_that_cannot_be_read() -> None:
    reader = rest(answering({"type": "refdata", "data": [REFDATA, {"symbol": "BAD", "tick_size": "x"}]}))
    assert [each.symbol for each in await reader.instruments()] == ["GOOG-USD"]
    await reader.aclose()


@pytest.mark.parametrize(
    "body, status, words",
    [
        ({"data": [{"symbol": "BAD", "tick_size": "x"}]}, 200, "cannot be read"),
        (b"<html>", 200, "cannot be read"),
        ({"detail": "closed for lunch"}, 503, "HTTP 503: closed for lunch"),
        (b"", 500, "no words"),
        ({"title": "Unauthorized"}, 401, "refused the key over REST"),
    ],
)
async def test_instruments_that_cannot_be_had(body: object, status: int, words: str) -> None:
    reader = rest(answering(body, status))
    with pytest.raises(ReadFailed, match=words):
        await reader.instruments()
    await reader.aclose()


@pytest.mark.parametrize(
    "status, headers, body, seconds",
    [
        (429, {}, b"<html>slow down</html>", 2),
        (420, {}, b"", 2),
        (418, {"Retry-After": "30"}, b'{"detail":"banned"}', 30),
        (429, {"Retry-After": "7"}, b"too many", 7),
        (429, {"Retry-After": "\u00b2"}, b"", 2),
        (503, {"Retry-After": "5"}, b"", 5),
    ],
)
async def test_too_many_requests_in_any_dress_are_followed_by_silence(
    status: int, headers: dict[str, str], body: bytes, seconds: float
) -> None:
    asked = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        encoded = {name: value.encode("utf-8") for name, value in headers.items()}
        return httpx.Response(status, headers=list(encoded.items()), content=body)

    reader = rest(answer)
    for _ in range(3):
        with pytest.raises(ReadFailed, match="too many requests") as failed:
            await reader.instruments()
        assert failed.value.proof is Proof.LIMITED
    assert asked == 1
    assert seconds - 1 < reader.pause <= seconds
    await reader.aclose()


@pytest.mark.parametrize("changes", [{"symbol": "GOOG-USD"}, {"side": "SELL"}])
async def test_a_history_that_has_another_order_under_the_id_proves_nothing(changes: dict[str, str]) -> None:
    ended = {"order_id": OLD, "terminal_status": "CANCELLED", "symbol": "AAPL-USD", "side": "BUY", **changes}
    reader = rest(answering({"data": [None, "x", ended]}))
    with pytest.raises(ReadFailed, match="another one"):
        await reader.ended(order())
    await reader.aclose()


async def test_an_empty_history_may_be_null_and_one_without_an_end_proves_nothing() -> None:
    for body in ({"data": None, "count": 0}, {"data": None}, {"data": []}):
        reader = rest(answering(body))
        assert await reader.ended(order()) is None
        assert await reader.instruments() == ()
        await reader.aclose()
    pages = iter(range(10**6))
    endless = rest(lambda request: httpx.Response(200, json={"data": [{"order_id": f"id-{next(pages)}"}]}))
    with pytest.raises(ReadFailed, match="too long"):
        await endless.ended(order())
    await endless.aclose()


async def test_the_history_is_searched_with_a_signature_and_page_by_page() -> None:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        offset = int(request.url.params["offset"])
        if offset == 0:
            return httpx.Response(200, json={"data": [{"order_id": str(number)} for number in range(PAGE)]})
        return httpx.Response(
            200, json={"data": [{"order_id": OLD, "terminal_status": "CANCELLED", "filled_qty": "0.25"}]}
        )

    reader = rest(answer)
    ended = await reader.ended(order())
    assert ended is not None
    assert (ended.status, ended.filled) == (OrderStatus.CANCELLED, D("0.25"))
    assert [request.url.params["offset"] for request in requests] == ["0", "1000"]
    assert requests[0].url.params["symbol"] == "AAPL-USD"
    assert requests[0].headers["x-qfex-nonce"] == "nonce"
    assert len(requests[0].headers["x-qfex-hmac-signature"]) == 64
    assert await reader.ended(order(order_id=OTHER)) is None
    await reader.aclose()


@pytest.mark.parametrize("body", [b"no", {"data": [{"order_id": OLD, "filled_qty": "x"}]}])
async def test_a_history_that_cannot_be_read(body: object) -> None:
    reader = rest(answering(body))
    with pytest.raises(ReadFailed, match="cannot be read"):
        await reader.ended(order())
    await reader.aclose()


async def test_a_network_that_is_down() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    reader = rest(fail)
    with pytest.raises(ReadFailed, match="cannot be reached"):
        await reader.ended(order())
    await reader.aclose()


@pytest.mark.parametrize(
    "row, status, filled",
    [
        ({"terminal_status": "FILLED", "filled_qty": "1"}, OrderStatus.FILLED, "1"),
        ({"terminal_status": "FILLED", "filled_qty": D("7")}, OrderStatus.FILLED, "1"),
        ({"terminal_status": "CANCELLED_STP", "filled_qty": 0}, OrderStatus.CANCELLED, "0"),
        ({"status": "CANCELLED"}, OrderStatus.CANCELLED, "0"),
    ],
)
def test_ends(row: dict[str, Any], status: OrderStatus, filled: str) -> None:
    ended = ended_order(order(), row)
    assert ended is not None
    assert (ended.status, ended.filled, ended.updated_at) == (status, D(filled), None)


@pytest.mark.parametrize(
    "row", [{"terminal_status": "MODIFIED"}, {"terminal_status": "FILLED", "filled_qty": "0.5"}, {}]
)
def test_what_is_no_end(row: dict[str, Any]) -> None:
    assert ended_order(order(), row) is None


def test_an_average_price_and_a_number_that_is_none() -> None:
    ended = ended_order(order(), {"terminal_status": "FILLED", "filled_qty": "1", "avg_price": "200.75"})
    assert ended is not None
    assert ended.average_price == D("200.75")
    with pytest.raises(JsonError):
        ended_order(order(), {"terminal_status": "FILLED", "filled_qty": "1", "avg_price": []})


# -- the account -----------------------------------------------------------------------------------------------------

ADDRESSES = {"trade_ws": "wss://trade.qfex.io", "market_ws": "wss://mds.qfex.io", "rest": "https://api.qfex.io"}
CREDENTIALS = {"public_key": Secret("qfex_pub_x"), "secret": Secret("s")}


def account(**changes: Any) -> Account:
    given: dict[str, Any] = {"addresses": ADDRESSES, "credentials": CREDENTIALS, "switches": {}, **changes}
    return Account("mine", "qfex", Environment.DEMO, **given)


@pytest.mark.parametrize("missing", [*ADDRESSES, *CREDENTIALS])
def test_what_is_missing_in_an_account_is_named(missing: str) -> None:
    addresses = {name: url for name, url in ADDRESSES.items() if name != missing}
    credentials = {name: secret for name, secret in CREDENTIALS.items() if name != missing}
    with pytest.raises(InputError, match=missing) as caught:
        VENUE.connect(account(addresses=addresses, credentials=credentials), lambda event: None, SystemClock())
    assert caught.value.field == missing


def test_switches_take_known_values_only() -> None:
    check(account(switches={"reduce_only": "omit"}), PROFILE, NEEDS)
    with pytest.raises(InputError, match="use send or omit"):
        check(account(switches={"reduce_only": "maybe"}), PROFILE, NEEDS)


def test_the_profile_names_what_a_configuration_needs_and_where_the_rules_come_from() -> None:
    profile = VENUE.profile
    assert profile.name == "qfex"
    assert {key for key, _ in profile.needs_addresses} == set(ADDRESSES)
    assert {key for key, _ in profile.needs_credentials} == set(CREDENTIALS)
    assert dict(profile.environments)["demo"] == tuple(ADDRESSES.items())
    assert {document.read_on for document in profile.documents} == {"2026-11-21", "2026-11-30"}

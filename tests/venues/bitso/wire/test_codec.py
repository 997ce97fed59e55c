"""Requests as exact bytes."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from app.domain.account import Secret
from app.venues.bitso.wire.codec import Endpoints, modify_body, prefix_of
from app.venues.bitso.wire.signing import Keys, masked, signed
from app.venues.common.failures import Malformed

CALLS = Endpoints("/api")


@pytest.mark.parametrize(
    "address, prefix",
    [
        ("https://bitso.com", "/api"),
        ("https://bitso.com/", "/api"),
        ("https://bitso.com/api", "/api"),
        ("https://stage.bitso.com/api/v3/", "/api"),
        ("http://127.0.0.1:8080/practice/api/v4", "/practice/api"),
    ],
)
def test_the_prefix_comes_from_the_configured_address(address: str, prefix: str) -> None:
    assert prefix_of(address) == prefix


def test_every_request_goes_where_it_is_documented() -> None:
    assert CALLS.open_orders().head == "GET /api/v3/open_orders?limit=500"
    assert CALLS.order("a1").head == "GET /api/v3/orders/a1"
    assert CALLS.orders(["a1", "b2"]).head == "GET /api/v3/orders?oids=a1,b2"
    assert CALLS.order_trades("a1").head == "GET /api/v3/order_trades/a1"
    assert CALLS.balance().head == "GET /api/v3/balance"
    assert CALLS.books().head == "GET /api/v3/available_books"
    assert CALLS.ticker("btc_mxn").head == "GET /api/v3/ticker?book=btc_mxn"
    assert CALLS.cancel("a1").head == "DELETE /api/v3/orders/a1"
    assert CALLS.order("a/../b?c").head == "GET /api/v3/orders/a%2F..%2Fb%3Fc"


def test_a_modification_is_v4_with_plain_texts_in_order() -> None:
    fields = (
        ("price", Decimal("1.3E+5")),
        ("major", Decimal("1.00000000")),
        ("stop", Decimal("1E-8")),
        ("cancel", "1"),
    )
    request = CALLS.modify("qlbga6b600n3xta7", fields)
    assert request.head == "PATCH /api/v4/orders/qlbga6b600n3xta7"
    assert request.body == b'{"price":"130000","major":"1","stop":"0.00000001","cancel":"1"}'
    assert ("Content-Type", "application/json") in request.headers


@pytest.mark.parametrize(
    "fields",
    [
        (),
        (("cancel", "1"),),
        (("major", Decimal(1)), ("minor", Decimal(1))),
        (("side", "buy"), ("price", Decimal(1))),
        (("price", Decimal(1)), ("price", Decimal(2))),
        (("price", 1),),
        (("price", Decimal("NaN")),),
    ],
)
def test_a_forbidden_body_is_never_made(fields: tuple[tuple[str, object], ...]) -> None:
    with pytest.raises(ValueError):
        modify_body(fields)  # type: ignore[arg-type]


def test_the_shown_request_hides_key_nonce_and_signature() -> None:
    request = CALLS.modify("a1", (("price", Decimal(1)),))
    keys = Keys(Secret("TESTKEY123"), Secret("secret"))
    real = signed(request, keys, "1731349200123123456")
    shown = masked(request, keys)
    assert shown.body == real.body
    assert shown.target == real.target
    assert [name for name, _ in shown.headers] == [name for name, _ in real.headers]
    assert shown.headers[0] == ("Authorization", "Bitso TEST•••:‹nonce›:•••")


def test_the_body_agrees_with_a_plain_json_reader() -> None:
    body = CALLS.modify("a1", (("price", Decimal("0.10")), ("minor", Decimal(5)))).body
    assert json.loads(body, parse_float=Decimal) == {"price": "0.1", "minor": "5"}


@pytest.mark.parametrize("name", ["", "all", "a,b", r"\ud800", "a b", ".."])
def test_an_id_that_could_be_read_as_another_one_goes_into_no_request(name: str) -> None:
    for make in (CALLS.order, CALLS.cancel, CALLS.order_trades, CALLS.ticker, lambda each: CALLS.orders(["a1", each])):
        with pytest.raises(Malformed, match="no id that can be sent"):
            make(name)
    with pytest.raises(Malformed):
        CALLS.modify(name, (("price", Decimal(1)),))


def test_open_orders_of_one_book() -> None:
    assert CALLS.open_orders("btc_mxn").head == "GET /api/v3/open_orders?book=btc_mxn&limit=500"

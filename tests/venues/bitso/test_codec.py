"""Requests as exact bytes, replies as values or as errors with a meaning."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from app.venues.bitso.wire.answers import Meaning, cancels_by_flag, meaning, sentence
from app.venues.bitso.wire.codec import (
    Calls,
    ErrorReply,
    Malformed,
    cancelled_ids,
    masked,
    modified_id,
    modify_body,
    payload,
    prefix_of,
    signed,
)

CALLS = Calls("/api")


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
    real = signed(request, "TESTKEY123", "secret", "1731349200123123456")
    shown = masked(request, "TESTKEY123")
    assert shown.body == real.body
    assert shown.target == real.target
    assert [name for name, _ in shown.headers] == [name for name, _ in real.headers]
    assert shown.headers[0] == ("Authorization", "Bitso TEST•••:‹nonce›:•••")


def test_a_success_gives_its_payload() -> None:
    assert payload(200, b'{"success":true,"payload":{"oid":"a1"}}') == {"oid": "a1"}
    assert modified_id({"oid": "a1"}) == "a1"
    assert cancelled_ids(["a1"]) == {"a1"}
    assert cancelled_ids([]) == frozenset()


@pytest.mark.parametrize(
    "status, body",
    [
        (200, b""),
        (200, b"<html>"),
        (502, b"Bad gateway"),
        (200, b"[]"),
        (200, b'{"success":true}'),
        (200, b'{"success":false}'),
        (200, b'{"success":"true","payload":1}'),
        (500, b'{"success":true,"payload":1}'),
        (200, b'{"success":true,"payload":{"n":NaN}}'),
    ],
)
def test_anything_else_is_malformed_and_says_so_in_one_sentence(status: int, body: bytes) -> None:
    with pytest.raises(Malformed, match=r"^Bitso [^\n]*\.$"):
        payload(status, body)


@pytest.mark.parametrize("value", [None, [], {}, {"oid": ""}, {"oid": 5}])
def test_a_modification_without_an_id_is_malformed(value: object) -> None:
    with pytest.raises(Malformed):
        modified_id(value)


@pytest.mark.parametrize("value", [None, {}, [1], "a1"])
def test_a_cancel_without_ids_is_malformed(value: object) -> None:
    with pytest.raises(Malformed):
        cancelled_ids(value)


@pytest.mark.parametrize(
    "status, code, found",
    [
        (401, "0201", Meaning.AUTH),
        (401, "0215", Meaning.AUTH),
        (400, "0326", Meaning.AUTH),
        (401, "0299", Meaning.AUTH),
        (401, "0206", Meaning.NONCE),
        (401, "0207", Meaning.NONCE),
        (400, "0312", Meaning.GONE),
        (400, "0357", Meaning.GONE),
        (400, "0308", Meaning.REFUSED),
        (200, "0360", Meaning.REFUSED),
        (400, "0379", Meaning.REFUSED),
        (400, "0401", Meaning.REFUSED),
        (400, "1005", Meaning.REFUSED),
        (404, "1404", Meaning.REFUSED),
        (400, "0377", Meaning.PENDING),
        (420, "0801", Meaning.LIMITED),
        (429, "", Meaning.LIMITED),
        (400, "1002", Meaning.UNKNOWN),
        (400, "1003", Meaning.UNKNOWN),
        (500, "0101", Meaning.UNKNOWN),
        (500, "0312", Meaning.GONE),
        (500, "0401", Meaning.UNKNOWN),
        (500, "1100", Meaning.UNKNOWN),
        (400, "1701", Meaning.UNKNOWN),
        (400, "", Meaning.UNKNOWN),
    ],
)
def test_error_codes_prove_what_their_family_proves(status: int, code: str, found: Meaning) -> None:
    assert meaning(status, code) is found


@pytest.mark.parametrize(
    "code, text", [('"0379"', "0379"), ("104", "0104"), ('"379"', "0379"), ("null", ""), ("true", "")]
)
def test_codes_come_as_text_or_number(code: str, text: str) -> None:
    body = f'{{"success":false,"error":{{"code":{code},"message":"No."}}}}'.encode()
    with pytest.raises(ErrorReply) as caught:
        payload(200, body)
    assert caught.value.code == text


def test_an_error_is_one_sentence_with_the_venue_s_words() -> None:
    assert sentence("0379", "Insufficient\n balance") == (
        "Bitso says the available balance does not cover the change; lower the amount or free some balance. "
        "(0379: Insufficient balance)"
    )
    assert sentence("1701", "") == "Bitso answered with error 1701: no explanation."
    assert len(sentence("1701", "x" * 5000)) < 300


def test_only_refusals_of_the_change_itself_answer_to_the_cancel_flag() -> None:
    assert cancels_by_flag("0379")
    assert cancels_by_flag("0401")
    assert not cancels_by_flag("0312")
    assert not cancels_by_flag("0207")
    assert not cancels_by_flag("1002")


def test_the_body_agrees_with_a_plain_json_reader() -> None:
    body = CALLS.modify("a1", (("price", Decimal("0.10")), ("minor", Decimal(5)))).body
    assert json.loads(body, parse_float=Decimal) == {"price": "0.1", "minor": "5"}

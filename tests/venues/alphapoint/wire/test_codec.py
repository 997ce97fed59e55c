"""Signatures, frames and requests: the exact text that leaves and what is read of what comes in."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from app.venues.alphapoint.wire.codec import (
    Frame,
    FrameKind,
    GatewaySession,
    amend_frame,
    amend_sequence,
    decode_frame,
    encode_frame,
    http_command,
    http_query,
    order_payload,
)
from app.venues.alphapoint.wire.login import Keys, login_payload
from app.venues.alphapoint.wire.signing import sign
from app.venues.common.failures import Malformed
from tests.venues.alphapoint.samples import order, partly, reduction, replacement

SESSION = GatewaySession(1, 9, 96, "token")


@pytest.mark.parametrize(
    "secret,nonce,user,key,expected",
    [
        (
            "not-a-real-secret",
            "1700000000000",
            "96",
            "28c68ac3fcfafc3d4e8d653fe57e5baf",
            "e39a271eaae8d434a9df61e5bbfd5420f66cfdba2a3136207c2d9a5127dab5e9",
        ),
        (
            "test_secret_key",
            "1234567890",
            "001",
            "test_api_key",
            "6da3735d764bb64c26da9c2d202333a9c7c6ae55198bdbc4a9f696b4a58e5975",
        ),
    ],
)
def test_signature_vectors(secret: str, nonce: str, user: str, key: str, expected: str) -> None:
    """Two vectors that independent clients agree on."""
    assert sign(secret, nonce, user, key) == expected


def test_login_sends_four_texts() -> None:
    """Since 3.3 all four are strings."""
    payload = login_payload(Keys("28c68ac3fcfafc3d4e8d653fe57e5baf", "not-a-real-secret", "96"), "1700000000000")
    assert payload == {
        "APIKey": "28c68ac3fcfafc3d4e8d653fe57e5baf",
        "Signature": "e39a271eaae8d434a9df61e5bbfd5420f66cfdba2a3136207c2d9a5127dab5e9",
        "UserId": "96",
        "Nonce": "1700000000000",
    }


def test_frame_is_encoded_twice() -> None:
    """The payload is JSON inside a string."""
    text = encode_frame(2, "GetOpenOrders", {"OMSId": 1, "AccountId": 9})
    assert text == '{"m":0,"i":2,"n":"GetOpenOrders","o":"{\\"OMSId\\":1,\\"AccountId\\":9}"}'


def test_reduction_is_the_documented_request() -> None:
    """ModifyOrder with its six fields in the order of the page; the quantity is the new remaining one, as typed."""
    frame = json.loads(amend_frame(reduction(partly("0.8", "0.2"), "0.60"), SESSION))
    assert frame["n"] == "ModifyOrder"
    assert frame["o"] == (
        '{"OMSId":1,"OrderId":15067,"InstrumentId":8,"PreviousOrderRevision":0,"Quantity":0.60,"AccountId":9}'
    )


def test_revision_may_be_left_out() -> None:
    """The field is optional by the newer documents."""
    command = reduction(order(), "0.6")
    bare = type(command)(
        command.amendment_id,
        command.request_id,
        command.order,
        command.route,
        (("Quantity", Decimal("0.6")),),
        command.target,
    )
    payload = json.loads(json.loads(amend_frame(bare, SESSION))["o"])
    assert "PreviousOrderRevision" not in payload
    assert payload["AccountId"] == 9


def test_small_quantities_have_no_exponent() -> None:
    """A venue refuses 1E-8."""
    assert "0.00000001" in amend_frame(reduction(order(), "1E-8"), SESSION)


def test_replacement_sends_every_field() -> None:
    """Nothing is documented as inherited; the client id is fresh and ours."""
    command = replacement(order(), "84200.5", "1.5")
    frame = json.loads(amend_frame(command, SESSION))
    assert frame["n"] == "CancelReplaceOrder"
    assert frame["o"] == (
        '{"OMSId":1,"OrderIdToReplace":15067,"ClientOrderId":1700000000000,"OrderType":2,"Side":1,"AccountId":9,'
        '"InstrumentId":8,"UseDisplayQuantity":false,"DisplayQuantity":0,"LimitPrice":84200.5,"StopPrice":0,'
        '"ReferencePrice":0,"PegPriceType":1,"TimeInForce":1,"OrderIdOCO":0,"Quantity":1.5}'
    )


def test_preview_and_amend_share_the_sequence() -> None:
    """The number of an amendment's frame comes from the amendment, never from a counter that other calls move."""
    numbers = {amend_sequence(1_700_000_000_000 + step) for step in range(1000)}
    assert len(numbers) == 1000
    assert all(number % 2 == 0 and 10**9 <= number < 2**31 for number in numbers)


def test_an_order_without_a_number_cannot_be_named() -> None:
    """It is said, not sent."""
    command = reduction(order(), "0.6")
    foreign = type(command.order)(**{**_fields(command.order), "order_id": "abc"})
    with pytest.raises(Malformed, match="order id"):
        amend_frame(
            type(command)("A", 1, foreign, "reduce", command.fields, command.target),
            SESSION,
        )


def _fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__slots__}  # type: ignore[attr-defined]


def test_reply_is_decoded_exactly() -> None:
    """28 decimals survive; keys are left to the readers."""
    text = '{"m":1,"i":14,"n":"GetOrderStatus","o":"{\\"Quantity\\":0.3450000000000000000000000001}"}'
    assert decode_frame(text) == Frame(
        FrameKind.REPLY, 14, "GetOrderStatus", {"Quantity": Decimal("0.3450000000000000000000000001")}
    )


def test_error_frame_may_be_text() -> None:
    """Kind 5 is not always JSON."""
    assert decode_frame('{"m":5,"i":4,"n":"ModifyOrder","o":"Endpoint not found"}').payload == "Endpoint not found"
    assert decode_frame('{"m":5,"i":4,"n":"X","o":"{\\"errorcode\\":20}"}').payload == {"errorcode": 20}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        '{"m":9,"i":1,"n":"X","o":"{}"}',
        '{"i":1,"n":"X","o":"{}"}',
        '{"m":1,"n":"X","o":"{}"}',
        '{"m":1,"i":"2","n":"X","o":"{}"}',
        '{"m":1,"i":2,"n":"X","o":"{broken"}',
        '{"m":3,"i":2,"n":"X","o":"{\\"a\\":NaN}"}',
    ],
)
def test_malformed_frames_are_said(text: str) -> None:
    """Never anything but Malformed."""
    with pytest.raises(Malformed):
        decode_frame(text)


def test_unreadable_reply_names_its_request() -> None:
    """So that whoever waits for it is told at once."""
    with pytest.raises(Malformed) as caught:
        decode_frame('{"m":1,"i":8,"n":"X","o":"{broken"}')
    assert caught.value.sequence == 8


def test_http_requests() -> None:
    """Questions are GET with a query, changes POST with JSON; the path of the address is kept."""
    base, token = "https://api.example.com:8443/AP/", (("APToken", "t"),)
    question = http_query(base, "GetOrderStatus", order_payload(order(), SESSION), token)
    assert (question.method, question.target, question.headers, question.body) == (
        "GET",
        "/AP/GetOrderStatus?OMSId=1&AccountId=9&OrderId=15067",
        token,
        b"",
    )
    change = http_command("https://api.example.com/ap", "CancelOrder", {"OMSId": 1, "OrderId": 5}, token)
    assert (change.method, change.target, change.body) == ("POST", "/ap/CancelOrder", b'{"OMSId":1,"OrderId":5}')
    assert change.headers == (("Content-Type", "application/json"), ("APToken", "t"))

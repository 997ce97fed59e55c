"""REST calls as exact bytes, and envelopes read back."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.venues.bitget.wire import codec
from app.venues.common.failures import Malformed
from tests.venues.bitget.samples import KEYS, ORDER_ID, command, envelope, order, perp
from tests.venues.bitget.wire.test_signing import BODY_ONE, REST_MS, VECTORS

numbers = st.decimals(min_value="0.00000001", max_value="99999999", places=8, allow_nan=False, allow_infinity=False)


def test_modify_leaves_as_the_vector_byte_for_byte() -> None:
    base = perp(price=Decimal("64000"), quantity=Decimal("0.001"))
    request = codec.encode(codec.modify(command(base, "64000.5", "0.002")), KEYS, REST_MS)
    assert (request.method, request.target) == ("POST", "/api/v3/trade/modify-order")
    assert request.body == BODY_ONE.encode()
    assert dict(request.headers)["ACCESS-SIGN"] == VECTORS[3][3]


def test_both_terms_and_auto_cancel_are_always_said() -> None:
    body = json.loads(codec.modify(command(order(), "60000", "0.4", "cancel")).body)
    assert body == {
        "orderId": ORDER_ID,
        "price": "60000",
        "qty": "0.4",
        "autoCancel": "yes",
        "symbol": "BTCUSDT",
        "category": "SPOT",
    }


@given(price=numbers, quantity=numbers)
def test_numbers_leave_as_plain_texts_of_equal_value(price: Decimal, quantity: Decimal) -> None:
    body = json.loads(codec.modify(command(order(), str(price), str(quantity))).body)
    for name, value in (("price", price), ("qty", quantity)):
        text = body[name]
        assert isinstance(text, str)
        assert "e" not in text.lower()
        assert Decimal(text) == value
        assert not (text.endswith("0") and "." in text)


def test_a_query_is_sorted_and_signed_as_the_vector_says() -> None:
    call = codec.get(codec.OPEN_ORDERS, symbol="BTCUSDT", limit="100", category="USDT-FUTURES", cursor="")
    request = codec.encode(call, KEYS, REST_MS)
    assert request.target == "/api/v3/trade/unfilled-orders?category=USDT-FUTURES&limit=100&symbol=BTCUSDT"
    assert dict(request.headers)["ACCESS-SIGN"] == VECTORS[0][3]
    assert request.body == b""


def test_odd_values_are_signed_raw_and_sent_encoded() -> None:
    call = codec.order_info("a b&c")
    assert call.signed_target == "/api/v3/trade/order-info?orderId=a b&c"
    assert call.wire_target == "/api/v3/trade/order-info?orderId=a%20b%26c"


def test_public_calls_carry_no_key() -> None:
    for call in (codec.instruments("SPOT"), codec.server_time()):
        names = [name for name, _ in codec.encode(call, KEYS, REST_MS).headers]
        assert not any(name.startswith("ACCESS") for name in names)


def test_history_and_fills_name_what_the_venue_requires() -> None:
    assert codec.history("SPOT", "BTCUSDT", 5, None).wire_target == (
        "/api/v3/trade/history-orders?category=SPOT&limit=100&startTime=5&symbol=BTCUSDT"
    )
    assert codec.fills("SPOT", "7", "c").wire_target == (
        "/api/v3/trade/fills?category=SPOT&cursor=c&limit=100&orderId=7"
    )
    assert json.loads(codec.cancel(order()).body) == {"orderId": ORDER_ID, "category": "SPOT"}


def test_a_batch_is_an_array_of_the_same_rows() -> None:
    first, second = command(order(order_id="1"), "1", "2"), command(order(order_id="2"), "3", "4")
    call = codec.batch_modify([first, second])
    assert call.path == "/api/v3/trade/batch-modify-order"
    assert call.body == f"[{codec.modify(first).body},{codec.modify(second).body}]"


@pytest.mark.parametrize(
    "commands,words",
    [
        ([], "1 to 20"),
        ([command(order(order_id=str(each)), "1", "2") for each in range(21)], "1 to 20"),
        ([command(order(order_id="1"), "1", "2"), command(perp(order_id="2"), "1", "2")], "one category"),
        ([command(order(), "1", "2"), command(order(), "1", "3")], "at most once"),
    ],
)
def test_a_batch_against_the_rules_is_not_made(commands: list[codec.Command], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        codec.batch_modify(commands)


def test_the_preview_has_the_body_that_leaves_and_masks_secrets() -> None:
    made = command(order(), "61000", "0.5")
    shown = codec.preview(codec.modify(made), demo=True)
    assert shown.head == "POST /api/v3/trade/modify-order"
    assert shown.body.encode() == codec.encode(codec.modify(made), replace(KEYS, demo=True), REST_MS).body
    assert "Passphrase1" not in repr(shown)
    assert ("paptrading", "1") in shown.headers


def test_envelopes_are_read_whatever_the_codes_type() -> None:
    assert codec.read_reply(envelope({"orderId": "1"})).ok
    assert codec.read_reply(envelope(None, code=0)).ok
    refused = codec.read_reply(envelope(None, "25204", "Order does not exist"))
    assert (refused.ok, refused.code, refused.text, refused.at) == (
        False,
        "25204",
        "Order does not exist",
        1700000000123,
    )


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"msg":"x"}', b'{"code":true}', b'{"code":""}', b"\xff"])
def test_a_body_without_a_readable_code_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        codec.read_reply(body)


def test_pages_have_rows_and_a_cursor() -> None:
    def page(data: object) -> tuple[list[object], str]:
        return codec.page_of(codec.Reply("00000", "", data))

    assert page({"list": [1, 2], "cursor": "9"}) == ([1, 2], "9")
    assert page({"list": None, "cursor": None}) == ([], "")
    assert page({"list": [1], "cursor": 1234567890123456789}) == ([1], "1234567890123456789")
    assert page([1]) == ([1], "")
    assert page(None) == ([], "")
    for wrong in ("x", {"list": "x"}, 5):
        with pytest.raises(Malformed):
            page(wrong)

"""Frames and requests to and from exact text."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account import Secret
from app.venues.common.failures import Malformed
from app.venues.qfex.wire import codec, market
from app.venues.qfex.wire.codec import ErrorFrame, Ignored, OrdersPage, Pushed, Receipt, TradesPage
from app.venues.qfex.wire.signing import Keys
from tests.venues.qfex.samples import NEW, OLD, command, order

KEYS = Keys(Secret("qfex_pub_x y"), Secret("qfex_secret_yyyyyy"))


def test_the_auth_frame_is_the_documented_one_and_its_masked_form_shows_no_secret() -> None:
    nonce = "00112233445566778899aabbccddeeff"
    assert codec.auth(KEYS, nonce, 1760545414) == (
        '{"type":"auth","params":{"hmac":{"public_key":"qfex_pub_x y","nonce":"00112233445566778899aabbccddeeff",'
        '"unix_ts":1760545414,"signature":"4b2447002bae930f69b2da9bde697d9baa0bc6bdefc63820ec3a393ce646b66d"}}}'
    )
    masked = codec.masked_auth(KEYS, 1760545414)
    for secret in ("qfex_pub_x", nonce, "4b2447", "yyyyyy"):
        assert secret not in masked


def test_a_subaccount_goes_into_the_auth_frame() -> None:
    frame = json.loads(codec.auth(Keys(Secret("p"), Secret("s"), "sub-1"), "n", 1), parse_float=Decimal)
    assert frame["params"]["account_id"] == "sub-1"


@pytest.mark.parametrize(
    "address, expected",
    [
        ("wss://trade.qfex.com", "wss://trade.qfex.com?api_key=qfex_pub_x%20y"),
        ("ws://127.0.0.1:9/a?b=1", "ws://127.0.0.1:9/a?b=1&api_key=qfex_pub_x%20y"),
    ],
)
def test_the_trade_address_carries_the_public_key_only(address: str, expected: str) -> None:
    assert codec.trade_url(address, KEYS) == expected


def test_the_amendment_has_every_field_the_venue_needs_in_its_order() -> None:
    assert codec.modify(command()) == (
        '{"type":"modify_order","params":{"order_id":"510333ac-3f7b-4d88-934a-4396d48824cc","symbol":"AAPL-USD",'
        '"side":"BUY","order_type":"LIMIT","quantity":2,"price":200,"take_profit":0,"stop_loss":0,"reduce_only":false}}'
    )


def test_unchanged_terms_are_repeated_and_only_a_removed_exit_is_zero() -> None:
    base = order(take_profit=Decimal("210.00"), stop_loss=Decimal("190"), reduce_only=True, client_order_id="mine")
    params = json.loads(codec.modify(command(base, take_profit="0")), parse_float=Decimal)["params"]
    assert params == {
        "order_id": OLD,
        "symbol": "AAPL-USD",
        "side": "BUY",
        "order_type": "LIMIT",
        "quantity": Decimal("1.0"),
        "price": Decimal("201.0"),
        "take_profit": 0,
        "stop_loss": 190,
        "reduce_only": True,
    }


@given(price=st.decimals(min_value="0.00000001", max_value="9999999999", places=8, allow_nan=False))
def test_numbers_leave_with_their_own_digits_and_never_an_exponent(price: Decimal) -> None:
    text = codec.modify(replace(command(), fields=(("price", price), ("quantity", Decimal("1E-8")))))
    assert json.loads(text, parse_float=Decimal)["params"]["price"] == price
    assert "e" not in text.split('"price":')[1].lower().replace("quantity", "")
    assert '"quantity":0.00000001' in text


def test_other_requests() -> None:
    assert codec.subscribe(("a", "b")) == '{"type":"subscribe","params":{"channels":["a","b"]}}'
    assert codec.list_orders(1000) == '{"type":"get_user_orders","params":{"limit":1000,"offset":1000}}'
    assert codec.list_trades("x") == '{"type":"get_user_trades","params":{"limit":1000,"offset":0,"order_id":"x"}}'
    assert codec.cancel("AAPL-USD", "x") == (
        '{"type":"cancel_order","params":{"symbol":"AAPL-USD","order_id":"x","cancel_order_id_type":"order_id"}}'
    )
    assert codec.cancel_stop("x") == '{"type":"cancel_stop_order","params":{"stop_order_id":"x"}}'


# -- in --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, ids, length",
    [
        ('{"all_orders_response":{"orders":[{"order_id":"a"},{"order_id":"b"}],"twaps":[]}}', ["a", "b"], 2),
        (
            '{"all_orders_response":{"orders":[{"order_id":"a"}],"stop_orders":[{"order_id":"a"},{"stop_order_id":"s"}]}}',
            ["a", "s"],
            1,
        ),
        ('{"user_orders":[{"order_id":"a"}],"count":1}', ["a"], 1),
        ('{"all_orders_response":{}}', [], 0),
    ],
)
def test_every_known_shape_of_the_list(text: str, ids: list[str], length: int) -> None:
    message = codec.decode(text)
    assert isinstance(message, OrdersPage)
    assert [row["order_id"] for row in message.rows] == ids
    assert message.length == length


@pytest.mark.parametrize(
    "text",
    [
        '{"user_trades_response":[{"trade_id":"t"}]}',
        '{"user_trades_response":{"trades":[{"trade_id":"t"}]}}',
        '{"user_trades":[{"trade_id":"t"}],"count":1}',
    ],
)
def test_every_known_shape_of_trades(text: str) -> None:
    assert codec.decode(text) == codec.TradesPage(({"trade_id": "t"},))


def test_error_frames_nested_and_flat_echo_as_object_or_text() -> None:
    nested = codec.decode(
        '{"err":{"error_code":"RateLimited","message":null,'
        '"incoming_message":{"type":"modify_order","params":{"order_id":"x"}}}}'
    )
    assert nested == ErrorFrame("RateLimited", "", "modify_order", {"order_id": "x"})
    assert nested.order_id == "x"
    as_text = codec.decode(
        '{"type":"error","error_code":"InvalidOrder","message":"no",'
        '"incoming_message":"{\\"type\\":\\"cancel_stop_order\\",\\"params\\":{\\"stop_order_id\\":\\"s\\"}}"}'
    )
    assert as_text == ErrorFrame("InvalidOrder", "no", "cancel_stop_order", {"stop_order_id": "s"})
    assert isinstance(as_text, ErrorFrame)
    assert as_text.order_id == "s"
    unechoed = codec.decode('{"err":{"error_code":"ServerError","incoming_message":null}}')
    assert unechoed == ErrorFrame("ServerError", "", "", {})
    assert codec.decode('{"err":{"incoming_message":"not json"}}') == ErrorFrame("unnamed error", "")


def test_receipts_with_and_without_an_echo() -> None:
    assert codec.decode('{"ack_response":true}') == Receipt()
    assert codec.decode('{"ack":{"incoming_message":{"type":"x","params":{"a":1}}}}') == Receipt("x", {"a": 1})


@pytest.mark.parametrize("text", ['{"type":"subscribed","channel":"v4_balances"}', "{}", '{"new_thing":{"a":1}}'])
def test_messages_for_others_are_ignored(text: str) -> None:
    assert codec.decode(text) == Ignored()


@pytest.mark.parametrize(
    "text",
    [
        '{"user_orders":{}}',
        '{"all_orders_response":{}}',
        '{"all_orders_response":{"orders":null}}',
        '{"all_orders_response":{"orders":"x"}}',
        '{"all_orders_response":null}',
        '{"all_orders_response":{"orders":[],"stop_orders":"x"}}',
    ],
)
def test_a_page_without_a_list_says_nothing_of_what_is_open(text: str) -> None:
    assert codec.decode(text) == OrdersPage((), 0, whole=False)


def test_a_row_that_is_no_object_costs_itself_alone() -> None:
    page = codec.decode('{"all_orders_response":{"orders":[1,null,{"order_id":"a"}],"stop_orders":["x"]}}')
    assert page == OrdersPage((1, None, {"order_id": "a"}, "x"), 3)
    assert codec.decode('{"user_trades":[1]}') == TradesPage((1,))


@pytest.mark.parametrize("topic", ["position_response", "balance_response"])
def test_a_pulse_that_cannot_be_read_is_one_all_the_same(topic: str) -> None:
    pulse = codec.decode(json.dumps({topic: None}))
    assert isinstance(pulse, Pushed)
    assert pulse.is_pulse


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        '"text"',
        '{"order_response":[]}',
        '{"err":"x"}',
        '{"order_response":{"price":NaN}}',
        '{"a":' * 100_000,
    ],
)
def test_malformed_messages_have_an_exception_of_their_own(text: str) -> None:
    with pytest.raises(Malformed):
        codec.decode(text)


@given(text=st.text() | st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_decoding_anything_gives_a_message_or_malformed(text: str) -> None:
    for read in (codec.decode, market.decode):
        with contextlib.suppress(Malformed):
            read(text)


def test_numbers_come_in_exactly() -> None:
    message = codec.decode('{"order_response":{"price":123456789.123456789123456789,"quantity":1.10}}')
    assert isinstance(message, codec.Pushed)
    assert str(message.row["price"]) == "123456789.123456789123456789"
    assert str(message.row["quantity"]) == "1.10"


def test_the_new_id_is_never_in_the_request() -> None:
    assert NEW not in codec.modify(command())

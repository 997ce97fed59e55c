"""Frames and requests to and from exact text."""

from __future__ import annotations

import contextlib
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.venues.common.failures import Malformed
from app.venues.qfex.wire import codec
from app.venues.qfex.wire.codec import AuthReply, Band, ErrorFrame, Ignored, Keys, Mark, OrdersPage, Receipt, Touch
from tests.venues.qfex.samples import NEW, OLD, command, order

KEYS = Keys("qfex_pub_x y", "qfex_secret_yyyyyy")


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
    frame = json.loads(codec.auth(Keys("p", "s", "sub-1"), "n", 1), parse_float=Decimal)
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
    assert codec.modify_frame(command()) == (
        '{"type":"modify_order","params":{"order_id":"510333ac-3f7b-4d88-934a-4396d48824cc","symbol":"AAPL-USD",'
        '"side":"BUY","order_type":"LIMIT","quantity":2,"price":200,"take_profit":0,"stop_loss":0,"reduce_only":false}}'
    )


def test_unchanged_terms_are_repeated_and_only_a_removed_exit_is_zero() -> None:
    base = order(take_profit=Decimal("210.00"), stop_loss=Decimal("190"), reduce_only=True, client_order_id="mine")
    params = json.loads(codec.modify_frame(command(base, take_profit="0")), parse_float=Decimal)["params"]
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
    text = codec.modify("id", (("price", price), ("quantity", Decimal("1E-8"))))
    assert json.loads(text, parse_float=Decimal)["params"]["price"] == price
    assert "e" not in text.split('"price":')[1].lower().replace("quantity", "")
    assert '"quantity":0.00000001' in text


def test_other_requests() -> None:
    assert codec.subscribe(("a", "b")) == '{"type":"subscribe","params":{"channels":["a","b"]}}'
    assert codec.subscribe_market(("bbo",), ("AAPL-USD",)) == (
        '{"type":"subscribe","channels":["bbo"],"symbols":["AAPL-USD"]}'
    )
    assert codec.list_orders(1000) == '{"type":"get_user_orders","params":{"limit":1000,"offset":1000}}'
    assert codec.list_trades("x") == '{"type":"get_user_trades","params":{"limit":1000,"offset":0,"order_id":"x"}}'
    assert codec.cancel("AAPL-USD", "x") == (
        '{"type":"cancel_order","params":{"symbol":"AAPL-USD","order_id":"x","cancel_order_id_type":"order_id"}}'
    )
    assert codec.cancel_stop("x") == '{"type":"cancel_stop_order","params":{"stop_order_id":"x"}}'
    assert codec.refdata().target == "/refdata"
    history = codec.historic_orders("AAPL-USD", 0, KEYS, "n", 5)
    assert history.target == "/user/historic-orders?symbol=AAPL-USD&limit=1000&offset=0"
    assert dict(history.headers)["x-qfex-timestamp"] == "5"


@pytest.mark.parametrize(
    "value, survives",
    [
        ("0.1", True),
        ("201.05", True),
        ("123456789012345", True),
        ("0.1000000000000000055511151231257827", False),
        ("9007199254740993", False),
        ("0.12345678901234568", True),
        ("0.123456789012345678", False),
        ("1E+400", False),
    ],
)
def test_what_survives_a_binary_float(value: str, survives: bool) -> None:
    assert codec.survives(Decimal(value)) is survives


@given(
    digits=st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1),
    places=st.integers(min_value=0, max_value=12),
)
def test_fifteen_digits_always_survive(digits: int, places: int) -> None:
    assert codec.survives(Decimal(digits).scaleb(-places))


# -- in --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, accepted",
    [
        ('{"type":"auth","result":"success"}', True),
        ('{"type":"auth","result":"failed"}', False),
        ('{"authenticated":true}', True),
        ('{"authenticated":false}', False),
        ('{"authenticated":{"success":true}}', True),
        ('{"authenticated":{"success":false,"error":"bad key"}}', False),
        ('{"type":"authenticated"}', True),
    ],
)
def test_every_known_answer_to_a_login(text: str, accepted: bool) -> None:
    message = codec.decode(text)
    assert isinstance(message, AuthReply)
    assert message.accepted is accepted


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
        "",
        "not json",
        "[]",
        '"text"',
        '{"order_response":[]}',
        '{"all_orders_response":{"orders":[1]}}',
        '{"err":"x"}',
        '{"user_orders":{}}',
        '{"order_response":{"price":NaN}}',
        '{"a":' * 100_000,
    ],
)
def test_malformed_messages_have_an_exception_of_their_own(text: str) -> None:
    with pytest.raises(Malformed):
        codec.decode(text)


@given(text=st.text() | st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_decoding_anything_gives_a_message_or_malformed(text: str) -> None:
    for read in (codec.decode, codec.decode_market):
        with contextlib.suppress(Malformed):
            read(text)


def test_numbers_come_in_exactly() -> None:
    message = codec.decode('{"order_response":{"price":123456789.123456789123456789,"quantity":1.10}}')
    assert isinstance(message, codec.OrderResponse)
    assert str(message.row["price"]) == "123456789.123456789123456789"
    assert str(message.row["quantity"]) == "1.10"


def test_market_messages() -> None:
    bbo = '{"type":"bbo","symbol":"A-USD","bid":[["201.95","3"]],"ask":[],"sequence":1,"time":"x"}'
    assert codec.decode_market(bbo) == Touch("A-USD", Decimal("201.95"), None)
    mark = '{"type":"mark_price","symbol":"A-USD","price":"202.00"}'
    assert codec.decode_market(mark) == Mark("A-USD", Decimal("202.00"))
    band = '{"type":"minmax_price","symbol":"A-USD","min_price":"1","max_price":"2"}'
    assert codec.decode_market(band) == Band("A-USD", Decimal(1), Decimal(2))
    assert codec.decode_market('{"type":"subscribed"}') == Ignored()
    for broken in ('{"type":"bbo","symbol":"A","bid":[[]]}', '{"type":"mark_price","symbol":"A","price":"x"}'):
        with pytest.raises(Malformed):
            codec.decode_market(broken)


def test_what_a_failed_rest_reply_says() -> None:
    assert codec.problem_text(b'{"title":"Unauthorized","detail":"unknown key"}') == "unknown key"
    assert codec.problem_text(b'{"title":"Unauthorized"}') == "Unauthorized"
    assert codec.problem_text(b"<html>  bad\n gateway</html>") == "<html> bad gateway</html>"
    with pytest.raises(Malformed):
        codec.refdata_rows(b'{"type":"refdata"}')
    assert codec.historic_rows(b'{"data":[{"order_id":"x"}]}') == ({"order_id": "x"},)


def test_the_new_id_is_never_in_the_request() -> None:
    assert NEW not in codec.modify_frame(command())

"""Exact bounds of what QFEX sends: sizes, shapes and texts at their edges, and what a reply leaves out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.domain.account import Secret
from app.venues.common.failures import Malformed, Proof
from app.venues.qfex.wire import answers, codec, market
from app.venues.qfex.wire import rest_codec as rest
from app.venues.qfex.wire.codec import Ignored, OrdersPage, Pushed, Receipt, Subscribed, TradesPage
from app.venues.qfex.wire.dust import filled_of, on_grid
from app.venues.qfex.wire.login import AuthReply
from app.venues.qfex.wire.market import Band, Mark, Touch
from app.venues.qfex.wire.signing import Keys
from app.venues.qfex.wire.values import exact_number, first_of, maybe_number, told
from app.venues.transport.jsonx import JsonError

D = Decimal


# -- values and dust -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, sensible",
    [("9" * 24, True), ("1" + "0" * 24, False), ("0." + "0" * 23 + "1", True), ("0." + "0" * 24 + "1", False)],
)
def test_numbers_at_the_bounds_of_sense(text: str, sensible: bool) -> None:
    if sensible:
        assert exact_number(text) == maybe_number(D(text)) == D(text)
    else:
        with pytest.raises(JsonError):
            exact_number(text)


def test_none_and_an_empty_text_are_no_number() -> None:
    assert (maybe_number(None), maybe_number("")) == (None, None)
    assert maybe_number(0) == 0


@pytest.mark.parametrize(
    "value, shown",
    [("x" * 101, "“" + "x" * 100 + "”"), ([1] * 60, "[1" + ",1" * 49), ({"a": object()}, "dict"), (None, "null")],
)
def test_a_hundred_letters_of_a_value_are_shown(value: object, shown: str) -> None:
    assert told(value) == shown[:102]


def test_the_first_field_that_is_there_counts_though_it_be_zero() -> None:
    assert first_of({"a": None, "b": 0, "c": 1}, "a", "b", "c") == 0
    assert first_of({"a": None}, "a", "b") is None


@pytest.mark.parametrize(
    "value, result",
    [
        ("99999999999999999.9990001", "99999999999999999.999"),
        ("100000000000000000.0000001", "100000000000000000.0000001"),
        ("-0.0010000001", "-0.001"),
        ("0.0000001", "0"),
    ],
)
def test_numbers_are_laid_on_the_grid_up_to_so_many_steps(value: str, result: str) -> None:
    assert on_grid(D(value), D("0.001")) == D(result)
    assert str(on_grid(D("-0.0000001"), D("0.001"))) == "0.000", "zero has no sign"


@pytest.mark.parametrize(
    "quantity, remaining, filled",
    [
        # Twelve digits of the quantity are exact; a twentieth of the last of them is dust.
        ("1", "0.99999999999950", "0"),
        ("1", "0.99999999999945", "5.5E-13"),
        ("1", "0.49999999999950", "0.5"),
        ("1", "0.49999999999949", "0.50000000000051"),
        ("9.5", "8.99999999999950", "0.5"),
        ("9.5", "8.99999999999949", "0.50000000000051"),
        ("10", "9.499999999995", "0.5"),
        ("10", "9.4999999999949", "0.5000000000051"),
    ],
)
def test_dust_ends_at_a_twentieth_of_the_twelfth_digit(quantity: str, remaining: str, filled: str) -> None:
    assert filled_of(D(quantity), D(remaining), None) == D(filled)


# -- the market socket and REST --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bid, best",
    [
        ("null", None),
        ("[]", None),
        ('[["1.5","2"]]', D("1.5")),
        ('[["1.5"],["9"]]', D("1.5")),
        ('[["1.5"],7,[]]', D("1.5")),
    ],
)
def test_the_best_level_is_the_first(bid: str, best: Decimal | None) -> None:
    text = f'{{"type":"bbo","symbol":"A","bid":{bid},"ask":[["2","1"],["3","1"]]}}'
    assert market.decode(text) == Touch("A", best, D(2))


@pytest.mark.parametrize(
    "levels", ['"x"', "7", "{}", "[[]]", "[7]", '[7,["1"]]', '[[],["1"]]', '[["0"]]', '[["-1"]]', '[["x"]]']
)
def test_a_side_that_is_no_list_of_prices_is_malformed(levels: str) -> None:
    with pytest.raises(Malformed, match="^bbo of A: "):
        market.decode(f'{{"type":"bbo","symbol":"A","bid":{levels},"ask":[]}}')


@pytest.mark.parametrize(
    "text, read",
    [
        ('{"type":"mark_price","symbol":"A","price":"0.01"}', Mark("A", D("0.01"))),
        ('{"type":"minmax_price","symbol":"A","min_price":"0.01","max_price":"2"}', Band("A", D("0.01"), D(2))),
        ('{"type":"mark_price","price":"1"}', None),
        ('{"type":"other","symbol":"A","price":"1"}', None),
        ('{"type":"bbo","symbol":""}', None),
    ],
)
def test_frames_without_a_symbol_or_of_another_kind_carry_nothing(text: str, read: object) -> None:
    assert market.decode(text) == read


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"mark_price","symbol":"A","price":"0"}',
        '{"type":"mark_price","symbol":"A"}',
        '{"type":"minmax_price","symbol":"A","min_price":"0","max_price":"2"}',
        '{"type":"minmax_price","symbol":"A","min_price":"1","max_price":"-2"}',
    ],
)
def test_a_price_that_is_not_above_zero_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        market.decode(text)


@pytest.mark.parametrize(
    "body, rows",
    [
        (b'{"data":null,"count":0}', ()),
        (b'{"count":0}', ()),
        (b'{"data":null}', ()),
        (b'{"data":[],"count":0}', ()),
        (b'{"data":[1,null],"count":0}', (1, None)),
    ],
)
def test_no_rows_are_told_by_null_or_an_empty_list(body: bytes, rows: tuple[Any, ...]) -> None:
    assert rest.rows_of(body, "the history") == rows


@pytest.mark.parametrize("body", [b'{"data":null,"count":1}', b'{"data":{},"count":0}', b"[]", b"{"])
def test_rows_that_are_missing_are_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        rest.rows_of(body, "the history")


def test_two_hundred_letters_of_a_failed_reply_are_told() -> None:
    assert rest.problem_text(b'{"detail":"' + b"x" * 201 + b'"}') == "x" * 200
    assert rest.problem_text(b"x" * 201) == "x" * 200
    assert rest.problem_text(b'["a"]') == '["a"]'
    assert rest.problem_text(b'{"detail":""}') == '{"detail":""}'


def test_the_history_is_asked_for_page_by_page() -> None:
    asked = rest.historic_orders("A-USD", 1000, Keys(Secret("p"), Secret("s")), "n", 5)
    assert (asked.method, asked.target) == ("GET", "/user/historic-orders?symbol=A-USD&limit=1000&offset=1000")
    assert rest.refdata().method == "GET"


# -- the trade socket ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, message",
    [
        ('{"authenticated":{"success":"true","message":"m"}}', AuthReply(False, "m")),
        ('{"authenticated":{"success":true}}', AuthReply(True)),
        ('{"authenticated":1,"error":"e"}', AuthReply(False, "e")),
        ('{"type":"auth","result":"success"}', AuthReply(True, "success")),
        ('{"type":"auth","result":"no","message":"m"}', AuthReply(False, "m")),
        ('{"type":"auth"}', Ignored()),
        ('{"result":"success"}', Ignored()),
        ('{"subscribed":"fills"}', Subscribed("fills")),
        ('{"subscribed":7}', Ignored()),
        ('{"ack":true}', Receipt()),
        ('{"ack":{"incoming_message":[]}}', Receipt()),
        ('{"ack":{"incoming_message":{"type":"t","params":7}}}', Receipt("t", {})),
        ('{"ack":{"incoming_message":"7"}}', Receipt()),
        ('{"user_trades_response":{}}', TradesPage(())),
        ('{"user_orders":[]}', OrdersPage((), 0)),
        ('{"all_orders_response":{"orders":[],"stop_orders":null}}', OrdersPage((), 0)),
        ('{"all_orders_response":{"orders":[],"stop_orders":[]}}', OrdersPage((), 0)),
        ('{"all_orders_response":{"stop_orders":[{"stop_order_id":"s"}]}}',
         OrdersPage(({"stop_order_id": "s", "order_id": "s"},), 0, whole=False)),
        ('{"all_orders_response":{"orders":[],"stop_orders":[{"a":1}]}}', OrdersPage(({"a": 1},), 0)),
        ('{"all_orders_response":{"orders":[],"stop_orders":[{"order_id":"s"},{"stop_order_id":"s"}]}}',
         OrdersPage(({"order_id": "s"},), 0)),
    ],
)  # fmt: skip
def test_every_shape_of_a_message(text: str, message: object) -> None:
    assert codec.decode(text) == message


@pytest.mark.parametrize(
    "topic, pulse",
    [("order_response", False), ("fill_response", False), ("position_response", True), ("balance_response", True)],
)
def test_positions_and_balances_are_pulses(topic: str, pulse: bool) -> None:
    message = codec.decode(f'{{"{topic}":{{"a":1}}}}')
    assert message == Pushed(topic, {"a": 1})
    assert isinstance(message, Pushed)
    assert message.is_pulse is pulse


# -- answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", sorted(answers.REFUSALS))
def test_every_refusing_status_has_its_proof_and_words(status: str) -> None:
    special = {
        "CANNOT_MODIFY_NO_SUCH_ORDER": Proof.GONE,
        "RATE_LIMITED": Proof.LIMITED,
        "PERMISSION_DENIED": Proof.PERMISSION,
    }
    answer = answers.refusal(status)
    assert (answer.proof, answer.code) == (special.get(status, Proof.REFUSED), status)
    assert answer.text == answers.doubt_text(status).replace("a change of this order", "the change")


@pytest.mark.parametrize(
    "code, proof", [("ServerError", Proof.UNKNOWN), ("Odd", Proof.UNKNOWN), ("RateLimited", Proof.LIMITED)]
)
def test_an_error_frame_proves_what_its_code_says(code: str, proof: Proof) -> None:
    answer = answers.error(code, "why")
    assert (answer.proof, answer.code) == (proof, code)
    assert ("“why”" in answer.text) is (proof is not Proof.UNKNOWN)


def test_two_hundred_letters_of_an_errors_words_are_quoted() -> None:
    assert answers.error_text("InvalidOrder", "x" * 201).count("x") == 200
    assert (
        answers.error_text("InvalidOrder", " ") == "QFEX refused the request: the order is not allowed (InvalidOrder)."
    )
    assert "a code this ticket does not know (Odd)" in answers.doubt_text("Odd")


@pytest.mark.parametrize("status", ["CANNOT_MODIFY_NO_SUCH_ORDER", "REJECTED"])
def test_a_refused_cancel_is_told_in_the_words_of_its_status(status: str) -> None:
    text = answers.refusal(status).text
    assert answers.cancel_refusal(status) == text.replace("refused the change", "refused the cancel")


@pytest.mark.parametrize(
    "text, request_, params",
    [
        ('{"ack_response":"auth"}', "auth", {}),
        ('{"ack":"cancel_stop_order"}', "cancel_stop_order", {}),
        ('{"ack":"subscribe"}', "", {}),
        ('{"type":"ack","order_id":"o"}', "", {"order_id": "o"}),
        ('{"type":"ack_response","incoming_message":{"type":"x","params":{"a":1}}}', "x", {"a": 1}),
    ],
)
def test_a_receipt_names_its_request_where_it_does(text: str, request_: str, params: dict[str, Any]) -> None:
    receipt = codec.decode(text)
    assert isinstance(receipt, Receipt)
    assert (receipt.request, dict(receipt.params), receipt.taken) == (request_, params, True)


@pytest.mark.parametrize(
    "text, reply",
    [
        ('{"authenticated_response":{"success":false,"message":"m"},"error":"outer"}', AuthReply(False, "m")),
        ('{"authenticated_response":{"success":false},"error":"outer"}', AuthReply(False, "outer")),
        ('{"authenticated_response":true}', AuthReply(True, "")),
    ],
)
def test_a_login_is_told_in_its_own_words_else_in_those_around(text: str, reply: AuthReply) -> None:
    assert codec.decode(text) == reply

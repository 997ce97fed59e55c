"""Exact edges of what Bitget sends: statuses, counts, sizes and times at their bounds, and texts that are not there."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from app.domain.evidence import MILLISECOND
from app.venues.bitget.wire import codec, frames, rows, values
from app.venues.bitget.wire import vocabulary as words
from app.venues.bitget.wire.answers import PAUSE, answer_to_one, answers_to_batch, login_refused, meaning_of
from app.venues.bitget.wire.frames import Control, Push
from app.venues.common.failures import Malformed, Proof
from app.venues.transport import jsonx
from tests.venues.bitget.samples import ORDER_ID, command, envelope, order, rest_row

TAKEN = envelope({"orderId": ORDER_ID})


@pytest.mark.parametrize(
    "status, refuses",
    [(199, False), (200, True), (299, True), (300, False), (399, False), (400, True), (499, True), (500, False)],
)
def test_a_code_counts_in_the_statuses_of_an_answer_and_of_a_refusal(status: int, refuses: bool) -> None:
    proof = Proof.REFUSED if refuses else Proof.UNKNOWN
    assert answer_to_one(status, envelope(None, "25571"), order()).proof is proof
    assert [each.proof for each in answers_to_batch(status, envelope(None, "25571"), [order()])] == [proof]


@pytest.mark.parametrize("status, taken", [(200, True), (299, True), (300, False), (400, False), (499, False)])
def test_success_counts_only_with_a_status_of_success(status: int, taken: bool) -> None:
    assert answer_to_one(status, TAKEN, order()).proof is (Proof.ACCEPTED if taken else Proof.UNKNOWN)


@pytest.mark.parametrize(
    "status, body, pause",
    [
        (428, b"slow", 0.0),
        (429, b"slow", 1.0),
        (430, b"slow", 0.0),
        (200, envelope(None, "429"), 1.0),
        (200, envelope(None, "25004"), 1.0),
        (200, envelope(None, "25571"), 0.0),
        (429, envelope(None, "25571"), 1.0),
        (428, envelope(None, "25571"), 0.0),
        (430, envelope(None, "25571"), 0.0),
        (429, envelope(None, "77777"), 1.0),
        (400, envelope(None, "77777"), 0.0),
    ],
)
def test_too_fast_is_told_by_the_status_or_the_code_and_pauses(status: int, body: bytes, pause: float) -> None:
    assert PAUSE == 1.0
    assert answer_to_one(status, body, order()).pause == pause
    assert [each.pause for each in answers_to_batch(status, body, [order()] * 2)] == [pause] * 2


def test_a_row_of_a_batch_is_told_in_its_own_words() -> None:
    (answer,) = answers_to_batch(200, envelope([{"orderId": ORDER_ID, "code": "25571", "msg": "its words"}]), [order()])
    assert answer.text.startswith("Bitget refused it (25571, “its words”): ")
    (silent,) = answers_to_batch(200, envelope([{"orderId": ORDER_ID, "code": "25571"}]), [order()])
    assert silent.text.startswith("Bitget refused it (25571): ")


def test_two_hundred_letters_of_the_venues_words_are_quoted() -> None:
    text = answer_to_one(400, envelope(None, "25571", "x" * 201), order()).text
    assert text.count("x") == 200


def test_success_is_a_meaning_and_no_refusal_of_a_login() -> None:
    for code in ("0", "00000"):
        assert meaning_of(code).proof is Proof.ACCEPTED
        assert not login_refused(code)
    assert login_refused("40014")
    assert not login_refused("25571")
    assert not login_refused("77777")


def test_each_question_is_a_call_of_its_own() -> None:
    assert codec.open_orders("SPOT", "c").wire_target == (
        "/api/v3/trade/unfilled-orders?category=SPOT&cursor=c&limit=100"
    )
    assert codec.assets().wire_target == "/api/v3/account/assets"
    assert codec.account_info().wire_target == "/api/v3/account/info"
    assert codec.history("SPOT", "BTCUSDT", None, 7).wire_target == (
        "/api/v3/trade/history-orders?category=SPOT&endTime=7&limit=100&symbol=BTCUSDT"
    )
    for call in (codec.assets(), codec.account_info(), codec.open_orders("SPOT"), codec.order_info("1")):
        assert (call.method, call.signed) == ("GET", True)
    for call in (codec.instruments("SPOT"), codec.server_time()):
        assert (call.method, call.signed) == ("GET", False)


@pytest.mark.parametrize("count", [1, 20])
def test_a_batch_of_the_least_and_of_the_most_orders_is_made(count: int) -> None:
    made = codec.batch_modify([command(order(order_id=str(each)), "1", "2") for each in range(count)])
    assert len(json.loads(made.body)) == count


@pytest.mark.parametrize("data", [None, "", {}, {"list": None}, {"list": []}])
def test_a_page_without_rows_is_an_empty_one(data: object) -> None:
    assert codec.page_of(codec.Reply("0", "", data)) == ([], "")


def test_an_envelope_without_words_has_none() -> None:
    reply = codec.read_reply(b'{"code": 1}')
    assert (reply.code, reply.text, reply.data, reply.at) == ("1", "", None, None)


# -- frames ----------------------------------------------------------------------------------------------------------


def test_a_frame_tells_its_words_topic_and_symbol() -> None:
    text = '{"event":"error","code":30001,"msg":"no such","arg":{"topic":"ticker","symbol":"BTCUSDT"}}'
    assert frames.read_frame(text) == Control("error", "30001", "no such", "ticker", "BTCUSDT")
    assert frames.read_frame('{"event":"login"}') == Control("login", "", "")
    pushed = frames.read_frame('{"arg":{"topic":"ticker","instType":"spot"},"data":[]}')
    assert pushed == Push("ticker", "spot", "", (), None)
    assert frames.read_frame('{"arg":{"topic":"order"},"data":[]}') == Push("order", "", "", (), None)


@pytest.mark.parametrize("text", [" pong", "pong\n"])
def test_a_heartbeat_may_have_blanks_around_it(text: str) -> None:
    assert frames.read_frame(text) == frames.Pong()


@pytest.mark.parametrize("count, messages", [(40, [40]), (41, [40, 1]), (80, [40, 40])])
def test_forty_tickers_are_asked_for_in_one_message(count: int, messages: list[int]) -> None:
    texts = frames.ticker_texts("subscribe", [("SPOT", f"S{each:02}") for each in range(count)])
    assert [len(json.loads(each)["args"]) for each in texts] == messages
    asked = [argument["symbol"] for each in texts for argument in json.loads(each)["args"]]
    assert asked == [f"S{each:02}" for each in range(count)]


# -- rows ------------------------------------------------------------------------------------------------------------

EXECUTION = {"execId": "9", "orderId": "1", "symbol": "X", "side": "sell", "execPrice": "1", "execQty": "2"}


@pytest.mark.parametrize("scope, maker", [("maker", True), ("Taker", False), ("", None), ("both", None)])
def test_a_fill_says_who_made_the_price_only_where_it_does(scope: str, maker: bool | None) -> None:
    assert rows.fill_of("main", {**EXECUTION, "tradeScope": scope}).maker is maker


@pytest.mark.parametrize(
    "times, at",
    [
        ({"execTime": "1700000000001", "createdTime": "1700000000002"}, 1_700_000_000_001 * MILLISECOND),
        ({"createdTime": "1700000000002"}, 1_700_000_000_002 * MILLISECOND),
        ({}, 0),
    ],
)
def test_a_fill_without_a_time_has_that_of_its_row_or_none(times: dict[str, str], at: int) -> None:
    assert rows.fill_of("main", {**EXECUTION, **times}).at == at


@pytest.mark.parametrize(
    "details, fee",
    [
        (None, (None, "")),
        ({}, (None, "")),
        ([], (None, "")),
        (["x", {"feeCoin": "BGB"}], (None, "")),
        ([{"feeCoin": "BGB", "fee": "0"}], (Decimal(0), "BGB")),
        ([{"feeCoin": "", "fee": ""}, {"feeCoin": "BTC", "fee": "-1"}, {"fee": "2"}], (Decimal(-1), "BTC")),
    ],
)
def test_the_first_fee_there_is_is_shown(details: object, fee: tuple[Decimal | None, str]) -> None:
    made = rows.fill_of("main", {**EXECUTION, "feeDetail": details})
    assert (made.fee, made.fee_currency) == fee


@pytest.mark.parametrize("lacking", ["execId", "orderId", "execPrice", "execQty"])
def test_a_fill_that_lacks_what_makes_it_one_is_malformed(lacking: str) -> None:
    with pytest.raises(Malformed, match="without execId"):
        rows.fill_of("main", {**EXECUTION, lacking: ""})


@pytest.mark.parametrize(
    "changes, coins",
    [
        ({"baseCoin": "AB", "quoteCoin": "CD"}, ("AB", "CD")),
        ({"baseCoin": "AB"}, ("ETH", "USDC")),
        ({"quoteCoin": "CD"}, ("ETH", "USDC")),
        ({"symbol": "USDT"}, ("USDT", "")),
        ({"symbol": "XUSDT"}, ("X", "USDT")),
        ({"symbol": "PERP"}, ("PERP", "")),
    ],
)
def test_coins_are_those_named_unless_one_is_missing(changes: dict[str, str], coins: tuple[str, str]) -> None:
    market = rows.instrument_of({"symbol": "ETHUSDC", **changes}, "SPOT")
    assert (market.base, market.quote) == coins


@pytest.mark.parametrize("places, tick", [("0", "1"), ("40", "1E-40")])
def test_the_fewest_and_the_most_decimal_places_make_a_step(places: str, tick: str) -> None:
    assert rows.instrument_of({"symbol": "X", "pricePrecision": places}, "SPOT").tick == Decimal(tick)


@pytest.mark.parametrize("status, trading", [("online", True), ("ONLINE", True), ("", True), ("offline", False)])
def test_a_market_trades_while_it_is_online_or_says_nothing(status: str, trading: bool) -> None:
    assert rows.instrument_of({"symbol": "X", "status": status}, "SPOT").trading is trading


@pytest.mark.parametrize("share, read", [("1000", "1000"), ("1000.1", ""), ("0", ""), ("0.0001", "0.0001")])
def test_a_factor_of_a_thousand_is_the_most_that_is_sensible(share: str, read: str) -> None:
    assert rows.read_order(rest_row(leverage=share), "main").attribute(words.LEVERAGE) == read


@pytest.mark.parametrize("name, market", [("spot", "SPOT"), ("usdc perp", "USDC-FUTURES"), ("moon", "")])
def test_a_market_has_one_category(name: str, market: str) -> None:
    assert words.category_of(name) == market


# -- values ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, sensible",
    [
        ("1e40", True),
        ("1e41", False),
        ("1e-40", True),
        ("1e-41", False),
        ("0e-60", True),
        ("0." + "1" * 41, True),
        ("1." + "1" * 79, True),
        ("1." + "1" * 80, False),
    ],
)
def test_numbers_at_the_bounds_of_sense(text: str, sensible: bool) -> None:
    if sensible:
        assert values.number_of({"a": text}, "a") == Decimal(text)
    else:
        with pytest.raises(Malformed):
            values.number_of({"a": text}, "a")


LAST = jsonx.LATEST // MILLISECOND


@pytest.mark.parametrize("value", [0, "0", 7, LAST - 1, str(LAST - 1)])
def test_milliseconds_before_the_end_of_time_are_counted(value: Any) -> None:
    assert values.milliseconds_of(value) == int(value)


@pytest.mark.parametrize("value", [LAST, LAST + 1, -1, "x", "", None, [], True, Decimal("1.5")])
def test_what_counts_no_milliseconds_is_none(value: object) -> None:
    assert values.milliseconds_of(value) is None


def test_a_list_is_what_it_is_and_null_an_empty_one() -> None:
    assert values.list_of([1], "rows") == [1]
    assert values.list_of(None, "rows") == []
    with pytest.raises(Malformed, match="rows that is no list"):
        values.list_of({}, "rows")

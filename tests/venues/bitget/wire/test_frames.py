"""Socket messages as exact texts, and frames read back."""

from __future__ import annotations

import json

import pytest

from app.venues.bitget.wire import frames
from app.venues.bitget.wire.frames import Control, Pong, Push
from app.venues.common.failures import Malformed
from tests.venues.bitget.samples import KEYS, push_row


def test_the_login_and_its_mask() -> None:
    text = frames.login_text(KEYS, 1_700_000_000)
    assert text == (
        '{"op":"login","args":[{"apiKey":"bg_TESTKEY0123456789","passphrase":"Passphrase1",'
        '"timestamp":"1700000000","sign":"kzd01iZH/L9AUH8dfA7jEKf3it92Hmp9eZM0xljEzfM="}]}'
    )
    masked = frames.masked_login_text(1_700_000_000)
    assert json.loads(masked)["args"][0]["timestamp"] == "1700000000"
    for secret in ("bg_TEST", "Passphrase1", "kzd01"):
        assert secret not in masked


def test_private_topics_come_for_the_whole_account() -> None:
    assert frames.private_subscribe_text(["order", "fill"]) == (
        '{"op":"subscribe","args":[{"instType":"UTA","topic":"order"},{"instType":"UTA","topic":"fill"}]}'
    )


def test_tickers_are_asked_in_lower_case_and_margin_on_the_spot_book() -> None:
    assert frames.ticker_category("MARGIN") == "SPOT"
    (text,) = frames.ticker_texts("subscribe", [("USDT-FUTURES", "BTCUSDT"), ("MARGIN", "ETHUSDT")])
    assert json.loads(text) == {
        "op": "subscribe",
        "args": [
            {"instType": "spot", "topic": "ticker", "symbol": "ETHUSDT"},
            {"instType": "usdt-futures", "topic": "ticker", "symbol": "BTCUSDT"},
        ],
    }
    assert frames.ticker_texts("subscribe", []) == []
    assert len(frames.ticker_texts("subscribe", [("SPOT", f"S{each}") for each in range(100)])) == 3


def test_a_renewal_of_the_service_is_told_apart_from_other_words() -> None:
    """Bitget tells of 30033 in its change log of 2026-02-04."""
    for code, asked in (("30033", True), (30033, True), ("30034", False), ("0", False)):
        frame = frames.read_frame(json.dumps({"event": "error", "code": code, "msg": "x"}))
        assert isinstance(frame, Control)
        assert frame.asks_to_reconnect is asked


@pytest.mark.parametrize(
    "text,ok",
    [
        ('{"event":"login","code":0}', True),
        ('{"event":"login","code":"0","msg":""}', True),
        ('{"event":"login","code":"00000"}', True),
        ('{"event":"login"}', True),
        ('{"event":"subscribe","arg":{"instType":"UTA","topic":"order"},"connId":"x"}', True),
        ('{"event":"error","code":30015,"msg":"Invalid sign"}', False),
        ('{"event":"error","msg":"x"}', False),
        ('{"event":"login","code":30005}', False),
    ],
)
def test_answers_say_whether_they_are_a_success(text: str, ok: bool) -> None:
    message = frames.read_frame(text)
    assert isinstance(message, Control)
    assert message.ok is ok


def test_pong_is_no_json() -> None:
    assert frames.read_frame("pong") == Pong()


def test_a_push_has_rows_a_topic_and_a_time() -> None:
    text = json.dumps(
        {"action": "snapshot", "arg": {"instType": "UTA", "topic": "order"}, "data": [push_row()], "ts": 1742367838124}
    )
    message = frames.read_frame(text)
    assert isinstance(message, Push)
    assert (message.topic, message.at, len(message.rows)) == ("order", 1742367838124, 1)
    single = frames.read_frame('{"arg":{"instType":"spot","topic":"ticker","symbol":"X"},"data":{"a":1},"ts":"12"}')
    assert isinstance(single, Push)
    assert (single.symbol, single.rows, single.at) == ("X", ({"a": 1},), 12)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", "{}", '{"data":[]}', '{"arg":{},"data":[]}', '{"arg":[],"data":1}']
)
def test_anything_else_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        frames.read_frame(text)

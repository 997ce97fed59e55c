"""Public calls, which need no key: currencies, candles, merged and single orders; and paths that there are none of."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.practice.venues.bitso.errors import BitsoError
from app.practice.venues.bitso.market import whole
from tests.practice.venues.bitso.test_server import BUY, Client, practice


async def asked(client: Client, path: str) -> tuple[int, dict[str, Any]]:
    """A stranger's answer: status and body."""
    answer = await client.http.get(client.server.addresses()["rest"] + path)
    return answer.status_code, answer.json()


async def told(client: Client, path: str) -> Any:
    status, answer = await asked(client, path)
    assert status == 200, answer
    return answer["payload"]


async def test_anybody_may_ask_for_the_currencies() -> None:
    async with practice() as client:
        rows = (await told(client, "/v3/catalogues"))["currencies"]["metadata"]
        kinds = {row["code"]: (row["type"], row["precision"]) for row in rows}
        assert kinds["btc"] == ("crypto", 8)
        assert kinds["mxn"] == ("fiat", 2)
        assert len(kinds) == 5


async def test_candles_hold_what_traded() -> None:
    async with practice() as client:
        order = client.server.find(BUY)
        assert order is not None
        client.server.fill_now(order, Decimal("0.25"))
        (candle,) = await told(client, "/v3/ohlc?book=btc_usd&time_bucket=604800")
        assert candle["bucket_start_time"] % 604_800_000 == 0
        assert (candle["trade_count"], candle["volume"]) == (1, "0.25")
        assert candle["first_rate"] == candle["last_rate"] == "100000"
        assert Decimal(candle["vwap"]) == 100000
        assert await told(client, "/v3/ohlc?book=btc_usd&time_bucket=60&end=1000") == []
        (flat,) = await told(client, "/v3/ohlc?book=eth_mxn&time_bucket=86400")
        assert (flat["trade_count"], flat["first_rate"]) == (0, flat["last_rate"])


@pytest.mark.parametrize("query", ["time_bucket=61", "time_bucket=60&start=x", ""])
async def test_a_candle_that_cannot_be_is_refused(query: str) -> None:
    async with practice() as client:
        status, answer = await asked(client, f"/v3/ohlc?book=btc_mxn&{query}")
        assert (status, answer["error"]["code"]) == (400, "0304")


@pytest.mark.parametrize("word, merged", [("true", True), ("True", True), ("false", False), ("False", False)])
async def test_the_book_is_merged_by_any_spelling(word: str, merged: bool) -> None:
    async with practice() as client:
        rows = (await told(client, f"/v3/order_book?book=btc_mxn&aggregate={word}"))["bids"]
        assert all(("oid" in row) is not merged for row in rows)


@pytest.mark.parametrize("path", ["/v3/no_such_thing", "/v3/ohlcs?book=btc_mxn", "/v4/balance", "/v3/"])
async def test_a_path_that_is_none_is_told_before_the_key(path: str) -> None:
    async with practice() as client:
        status, answer = await asked(client, path)
        assert (status, answer["error"]["code"]) == (404, "1400")
        assert (await asked(client, "/v3/balance"))[1]["error"]["code"] == "0201"


async def test_fees_have_the_fields_of_every_age() -> None:
    async with practice() as client:
        answer = await client.ok("GET", "/v3/fees")
        row = answer["fees"][0]
        for name in ("fee", "maker_fee", "taker_fee"):
            assert Decimal(row[f"{name}_percent"]) == Decimal(row[f"{name}_decimal"]) * 100
        assert set(answer["withdrawal_fees"]) == {"btc", "eth", "mxn", "usd", "usdt"}


async def test_the_account_says_what_it_may() -> None:
    async with practice() as client:
        status = await client.ok("GET", "/v3/account_status")
        assert status["status"] == "active"
        assert Decimal(status["daily_remaining"]) <= Decimal(status["daily_limit"])


@pytest.mark.parametrize("text", ["", "-1", "1.5", "²", "x"])
def test_a_whole_number_is_ascii_digits(text: str) -> None:
    with pytest.raises(BitsoError) as caught:
        whole(text, "limit")
    assert caught.value.code == "0304"

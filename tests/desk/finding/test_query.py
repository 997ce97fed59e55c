"""What is typed or pasted is read as ids, numbers, sides, states and times, in the zone of who asks."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.desk.finding.query import MOST_TYPED, QueryError, read

MADRID = ZoneInfo("Europe/Madrid")


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000_000


def spans(text: str, first: str, last: str) -> list[tuple[int, int]]:
    times = read(text, MADRID).times
    assert times is not None
    return list(times.within(at(first), at(last)))


def test_words_are_told_apart() -> None:
    query = read("  btc_usd  SELL 100500.0 partially cancelled 10:31 ", UTC)
    assert [each.text for each in query.terms] == ["btc_usd", "SELL", "100500.0", "partially", "cancelled"]
    assert [each.side for each in query.terms] == ["", "sell", "", "", ""]
    assert query.terms[2].number == "100500"
    assert query.terms[3].states == {"partially_filled"}
    assert query.times is not None
    assert query.times.text == "10:31"


def test_a_time_of_day_is_meant_on_each_day_the_newest_first() -> None:
    found = spans("10:31", "2026-11-29T09:00+00:00", "2026-11-30T12:00+00:00")
    assert found == [
        (at("2026-11-30T09:31+00:00"), at("2026-11-30T09:32+00:00")),
        (at("2026-11-29T09:31+00:00"), at("2026-11-29T09:32+00:00")),
    ]


@pytest.mark.parametrize(
    "text, first, end",
    [
        ("2026-11-29", "2026-11-28T23:00+00:00", "2026-11-29T23:00+00:00"),
        ("2026-11-29 10:31", "2026-11-29T09:31+00:00", "2026-11-29T09:32+00:00"),
        ("2026-11-29T10:31", "2026-11-29T09:31+00:00", "2026-11-29T09:32+00:00"),
        ("2026-11-29T10:31:05.120Z", "2026-11-29T10:31:05+00:00", "2026-11-29T10:31:06+00:00"),
        ("2026-11-29 10:31+02:00", "2026-11-29T08:31+00:00", "2026-11-29T08:32+00:00"),
        ("2026-07-29 10:31", "2026-07-29T08:31+00:00", "2026-07-29T08:32+00:00"),
    ],
)
def test_a_day_and_a_zone_narrow_a_time(text: str, first: str, end: str) -> None:
    assert spans(text, "2026-01-01T00:00+00:00", "2026-12-31T00:00+00:00") == [(at(first), at(end))]


@pytest.mark.parametrize(
    "text, says",
    [
        ("", "Nothing is looked for"),
        (" \n ", "Nothing is looked for"),
        ("2026-02-30", "There is no day 2026-02-30; write it as in 2026-11-21."),
        ("25:00", "There is no 25:00 in a day; write it as in 10:31 or 10:31:05."),
        ("10:75", "There is no 10:75 in a day"),
        ("{{ , }}", "No word of what was pasted can be an id"),
    ],
)
def test_what_cannot_be_looked_for_is_one_sentence(text: str, says: str) -> None:
    with pytest.raises(QueryError, match=f"^{says.replace('.', '[.]')}"):
        read(text, UTC)


def test_what_is_pasted_is_looked_through_for_ids() -> None:
    query = read('{"oid":"qlbga6b600n3xta7","price":"1.5"}', UTC)
    assert query.pasted == ("oid", "qlbga6b600n3xta7", "price", "1.5")
    assert (query.terms, query.times) == ((), None)
    assert "o-1" in read("10:31:05 redline.wire DEBUG: PATCH /orders/o-1 " + "x" * MOST_TYPED, UTC).pasted
    assert len(read("a1b " + " ".join(f"w{number}" for number in range(100_000)), UTC).pasted) == 5_000


def test_a_second_time_is_a_word_like_any_other() -> None:
    query = read("10:31 10:32", UTC)
    assert [each.text for each in query.terms] == ["10:32"]

"""Exact bounds of what Bitso sends: statuses, lengths, signs and times at their edges, and what is not there."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from app.venues.bitso.wire import answers, feed
from app.venues.bitso.wire.feed import Moved, Sequences, Touch, Traded
from app.venues.common.failures import Malformed, Proof, ReadFailed

D = Decimal


# -- answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "status, code, proof",
    [
        (400, "", Proof.UNKNOWN),
        (401, "", Proof.AUTH),
        (402, "", Proof.UNKNOWN),
        (403, "", Proof.AUTH),
        (404, "", Proof.UNKNOWN),
        (417, "", Proof.UNKNOWN),
        (418, "", Proof.LIMITED),
        (419, "", Proof.UNKNOWN),
        (420, "", Proof.LIMITED),
        (428, "", Proof.UNKNOWN),
        (429, "", Proof.LIMITED),
        (430, "", Proof.UNKNOWN),
        (499, "0304", Proof.REFUSED),
        (500, "0304", Proof.UNKNOWN),
        (499, "0201", Proof.AUTH),
        (500, "0201", Proof.UNKNOWN),
        (500, "0801", Proof.LIMITED),
        (500, "0312", Proof.GONE),
        (500, "0206", Proof.CLOCK),
        (400, "0202", Proof.PERMISSION),
        (400, "0326", Proof.AUTH),
        (400, "0377", Proof.PENDING),
        (400, "0357", Proof.GONE),
        (400, "0104", Proof.CLOCK),
        (400, "1002", Proof.UNKNOWN),
        (400, "1003", Proof.UNKNOWN),
        (400, "1005", Proof.REFUSED),
        (400, "0401", Proof.REFUSED),
        (400, "0501", Proof.REFUSED),
        (400, "0601", Proof.REFUSED),
        (400, "1401", Proof.REFUSED),
        (400, "0701", Proof.PERMISSION),
        (400, "0704", Proof.REFUSED),
        (400, "03", Proof.UNKNOWN),
    ],
)
def test_what_an_error_proves(status: int, code: str, proof: Proof) -> None:
    assert answers.proof_of(status, code) is proof


@pytest.mark.parametrize("status, taken", [(200, True), (399, True), (400, False), (401, False), (500, False)])
def test_a_success_counts_below_the_statuses_of_errors(status: int, taken: bool) -> None:
    body = b'{"success":true,"payload":[]}'
    if taken:
        assert answers.payload(status, body) == []
    else:
        with pytest.raises(Malformed, match="neither a success nor an error"):
            answers.payload(status, body)


@pytest.mark.parametrize("status", [418, 420, 429])
@pytest.mark.parametrize("body", [b"slow", b"{}", b'{"success":false}'])
def test_too_fast_may_be_told_by_the_status_alone(status: int, body: bytes) -> None:
    with pytest.raises(ReadFailed) as caught:
        answers.payload(status, body)
    assert caught.value.proof is Proof.LIMITED
    with pytest.raises(Malformed):
        answers.payload(status + 10, body)
    with pytest.raises(Malformed):
        answers.payload(status, b'{"success":true,"payload":[]}')


def test_two_hundred_letters_of_the_venues_words_are_quoted() -> None:
    assert answers.sentence("7777", "x " * 101).count("x") == 100
    assert answers.sentence("7777", "y" * 201).count("y") == 200
    assert answers.sentence("", "") == "Bitso answered with error of no code: no explanation."
    assert answers.sentence("0301", "") == "Bitso does not know the book. (0301)"
    assert answers.sentence("0301", "no") == "Bitso does not know the book. (0301: no)"


@pytest.mark.parametrize(
    "code, told",
    [(312, "0312"), ("0312", "0312"), (" 312 ", "0312"), (True, ""), (None, ""), ("z" * 41, "z" * 40), (-1, "-1")],
)
def test_a_code_has_four_digits_or_is_cut_at_forty_letters(code: Any, told: str) -> None:
    with pytest.raises(ReadFailed) as caught:
        answers.payload(400, json.dumps({"success": False, "error": {"code": code, "message": 7}}).encode())
    assert caught.value.code == told


# -- the feed --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame, read",
    [
        ({"type": "ka"}, None),
        ({"action": "subscribe", "type": "orders", "book": "b", "payload": {"bids": []}}, None),
        ({"type": "orders", "book": "b", "payload": None}, None),
        ({"type": "orders", "payload": {"bids": []}}, None),
        ({"type": "other", "book": "b", "payload": {}}, None),
        ({"type": "orders", "book": "b", "payload": {}}, Touch("b", None, None)),
        (
            {"type": "orders", "book": "b", "payload": {"bids": [{"r": "0"}, {"r": "-1"}], "asks": [{"r": "0"}]}},
            Touch("b", None, None),
        ),
        (
            {
                "type": "orders",
                "book": "b",
                "payload": {"bids": [{"r": "1"}, {"r": "0"}, {"r": "2"}], "asks": [{"r": "0"}, {"r": "4"}, {"r": "3"}]},
            },
            Touch("b", D(2), D(3)),
        ),
        ({"type": "trades", "book": "b", "payload": []}, None),
        (
            {"type": "trades", "book": "b", "payload": [{"r": "1", "mo": "x", "to": ""}, {"r": "2", "to": "y"}]},
            Traded("b", D(2), frozenset({"x", "y"})),
        ),
        (
            {"type": "diff-orders", "book": "b", "payload": [{"o": "x", "s": "open"}, {"o": "y"}], "sequence": 0},
            Moved("b", (("x", "open"), ("y", "")), 0),
        ),
        ({"type": "diff-orders", "book": "b", "payload": []}, Moved("b", (), None)),
    ],
)
def test_every_shape_of_the_feed(frame: dict[str, Any], read: object) -> None:
    assert feed.message(json.dumps(frame)) == read


@pytest.mark.parametrize(
    "numbers, missed",
    [
        ((5, 6, 7), [0, 0, 0]),
        ((5, 7), [0, 1]),
        ((5, 9), [0, 3]),
        ((5, 5), [0, 0]),
        ((5, 3, 6), [0, 0, 0]),
        ((5, None, 7), [0, 0, 1]),
        ((None, 5), [0, 0]),
    ],
)
def test_lost_messages_are_counted_by_their_numbers(numbers: tuple[int | None, ...], missed: list[int]) -> None:
    count = Sequences()
    assert [count.missed(Moved("b", (), each)) for each in numbers] == missed
    assert count.missed(Moved("another", (), 99)) == 0

"""What a person reads of a record: plain words, and of a long list only the order that is meant, as it came."""

from __future__ import annotations

import json

import pytest

from app.cli.journal.words import shortened, words


@pytest.mark.parametrize(
    "raw, short",
    [
        ('{"data":[{"id":"o1","p":1.50}]}', '{"data":[{"id":"o1","p":1.50}]}'),
        (
            '{"data": [ {"id": "o1", "p": 1.50} , {"id":"o2"},{"id":"o12"} ], "n": 3}',
            '{"data": [{"id": "o1", "p": 1.50},… 2 more left out], "n": 3}',
        ),
        ('[{"id":7},{"id":8}]', "[… 2 more left out]"),
        ('[{"id":"o1"},{"id":"o1","leg":2}]', '[{"id":"o1"},{"id":"o1","leg":2}]'),
        ('[["o1",1],["o2",2]]', '[["o1",1],["o2",2]]'),
        ('{"pages":[{"rows":[{"id":"o1"},{"id":"o2"}]}]}', '{"pages":[{"rows":[{"id":"o1"},… 1 more left out]}]}'),
        ('{"text":"[{not a list}]","rows":[]}', '{"text":"[{not a list}]","rows":[]}'),
        ("<html>[{ 502 </html>", "<html>[{ 502 </html>"),
        ('{"cut":[{"id":"o1"},{"id":', '{"cut":[{"id":"o1"},{"id":'),
        ("", ""),
    ],
)
def test_a_list_is_cut_down_to_the_order_and_what_stays_is_as_it_came(raw: str, short: str) -> None:
    assert shortened(raw, ["o1"]) == short


def test_a_list_within_a_text_is_cut_down_too() -> None:
    raw = json.dumps({"m": 1, "o": json.dumps([{"OrderId": 6507, "Price": "1.50"}, {"OrderId": 65}])})
    short = json.loads(shortened(raw, ["6507"]))
    assert short["m"] == 1
    assert short["o"] == '[{"OrderId": 6507, "Price": "1.50"},… 1 more left out]'


@pytest.mark.parametrize(
    "kind, body, says",
    [
        ("ProbeDue", {"account": "toy", "at": 1, "amendment_id": "A1"}, "time to look for evidence"),
        ("AmendmentRequested", {"amendment": {}}, "asked for: price 100 → 101"),
        ("AmendmentWritten", {"size": 9, "digest": "ab"}, "request handed to the connection: 9 bytes, SHA-256 ab"),
        ("QuoteSeen", {"quote": {"bid": "1.50"}}, "market it was checked against: bid 1.50"),
        ("AmendmentUnanswered", {"text": "no answer."}, "no usable answer: no answer."),
        ("Noticed", {"text": "Mind the gap.", "serious": True}, "notice: Mind the gap."),
        ("OpenOrdersListed", {"orders": [{"order_id": "o2"}]}, "list of open orders: not among its 1"),
        ("OfAnotherTime", {"found": "1.50"}, "of another time: found 1.50"),
    ],
)
def test_a_record_is_told_in_plain_words(kind: str, body: dict[str, object], says: str) -> None:
    assert words(kind, body, "price 100 → 101", ["o1"]) == (says, "")


def test_a_number_of_a_record_has_its_own_digits_and_an_id_stays() -> None:
    order = {"order_id": "12E5", "raw_status": "open", "filled": "0E-8", "price": "1.5E+3"}
    said, _ = words("OrderSeen", {"source": "push", "order": order}, "", ("12E5",))
    assert said == "order by push: 12E5 open, price 1500, filled 0.00000000"
    said, _ = words("FillSeen", {"fill": {"fill_id": "3E2", "quantity": "1E-8", "symbol": "2E2"}}, "", ("o1",))
    assert said == "fill: fill id 3E2, quantity 0.00000001, symbol 2E2"

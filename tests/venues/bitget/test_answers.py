"""What an answer proves: by the code in the body, never by the HTTP status alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.venues.bitget.wire import answers as errors
from app.venues.bitget.wire.answers import Kind
from app.venues.bitget.wire.replies import answer_to_one, answers_to_batch
from tests.venues.bitget.samples import ORDER_ID, envelope, order

ORDER = order()
ONE, TWO, THREE = (order(order_id=each, client_id=f"c{each}") for each in ("1", "2", "3"))


def test_taken_is_taken() -> None:
    answer = answer_to_one(200, envelope({"orderId": ORDER_ID, "clientOid": "x"}), ORDER)
    assert (answer.kind, answer.text, answer.order_id) == (Kind.ACCEPTED, "", ORDER_ID)


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    "code,kind",
    [
        ("25204", Kind.GONE),
        ("25568", Kind.REFUSED),
        ("25569", Kind.REFUSED),
        ("25571", Kind.REFUSED),
        ("25271", Kind.REFUSED),
        ("25572", Kind.REFUSED),
        ("25272", Kind.REFUSED),
        ("25573", Kind.REFUSED),
        ("25273", Kind.REFUSED),
        ("25574", Kind.REFUSED),
        ("25274", Kind.REFUSED),
        ("25653", Kind.REFUSED),
        ("25202", Kind.REFUSED),
        ("25203", Kind.REFUSED),
        ("25205", Kind.REFUSED),
        ("25206", Kind.REFUSED),
        ("25207", Kind.REFUSED),
        ("25208", Kind.REFUSED),
        ("25244", Kind.REFUSED),
        ("25610", Kind.REFUSED),
        ("25611", Kind.REFUSED),
        ("25105", Kind.REFUSED),
        ("40006", Kind.SIGN_IN),
        ("40009", Kind.SIGN_IN),
        ("40012", Kind.SIGN_IN),
        ("40008", Kind.CLOCK),
        ("40014", Kind.PERMISSION),
        ("429", Kind.LIMITED),
        ("25004", Kind.LIMITED),
        ("25000", Kind.UNKNOWN),
        ("25001", Kind.UNKNOWN),
        ("40010", Kind.UNKNOWN),
        ("40725", Kind.UNKNOWN),
        ("45001", Kind.UNKNOWN),
        ("25575", Kind.UNKNOWN),
        ("99999", Kind.UNKNOWN),
    ],
)
def test_the_code_decides_whatever_the_status(status: int, code: str, kind: Kind) -> None:
    answer = answer_to_one(status, envelope(None, code, "their words."), ORDER)
    assert (answer.kind, answer.code) == (kind, code)
    assert "Bitget" in answer.text
    assert code in answer.text
    assert "their words" in answer.text
    assert answer.text.endswith(".")
    assert answer.text.count(". ") == 0


@pytest.mark.parametrize("status", [301, 500, 502, 503, 504])
def test_a_broken_status_proves_nothing_even_with_a_known_code(status: int) -> None:
    assert answer_to_one(status, envelope(None, "25571"), ORDER).kind is Kind.UNKNOWN
    assert answer_to_one(status, envelope({"orderId": ORDER_ID}), ORDER).kind is Kind.UNKNOWN


@pytest.mark.parametrize(
    "status,body",
    [
        (200, b""),
        (200, b"<html>busy</html>"),
        (429, b"slow down"),
        (403, b"forbidden"),
        (200, envelope(None)),
        (200, envelope({})),
        (200, envelope({"orderId": "other"})),
        (200, envelope([{"orderId": ORDER_ID}])),
        (400, envelope({"orderId": ORDER_ID})),
    ],
)
def test_an_answer_that_cannot_be_used_proves_nothing(status: int, body: bytes) -> None:
    answer = answer_to_one(status, body, ORDER)
    assert answer.kind is Kind.UNKNOWN
    assert "Bitget" in answer.text


@given(st.integers(100, 599), st.binary(max_size=40))
def test_no_body_makes_it_fail(status: int, body: bytes) -> None:
    assert answer_to_one(status, body, ORDER).kind is Kind.UNKNOWN
    assert [each.kind for each in answers_to_batch(status, body, [ONE, TWO])] == [Kind.UNKNOWN] * 2


def test_each_row_of_a_batch_has_its_own_outcome() -> None:
    rows = [
        {"orderId": "3", "clientOid": "c3", "code": "0", "msg": ""},
        {"orderId": "1", "clientOid": "c1", "code": "25571", "msg": "same"},
    ]
    answers = answers_to_batch(200, envelope(rows), [ONE, TWO, THREE])
    assert [(each.order_id, each.kind) for each in answers] == [
        ("1", Kind.REFUSED),
        ("2", Kind.UNKNOWN),
        ("3", Kind.ACCEPTED),
    ]
    assert "leaves out order 2" in answers[1].text


@pytest.mark.parametrize("code", [None, "", "0", "00000", 0])
def test_a_row_was_taken_if_its_own_code_is_absent_or_zero(code: object) -> None:
    row = {"orderId": "1", "code": code}
    assert answers_to_batch(200, envelope([row]), [ONE])[0].kind is Kind.ACCEPTED
    assert answers_to_batch(200, envelope([{"orderId": "1"}]), [ONE])[0].kind is Kind.ACCEPTED


def test_rows_are_matched_by_client_id_only_where_they_name_no_order() -> None:
    assert answers_to_batch(200, envelope([{"clientOid": "c1"}]), [ONE])[0].kind is Kind.ACCEPTED
    assert answers_to_batch(200, envelope([{"orderId": "9", "clientOid": "c1"}]), [ONE])[0].kind is Kind.UNKNOWN
    nameless = order(order_id="1", client_id="")
    assert answers_to_batch(200, envelope([{"clientOid": ""}]), [nameless])[0].kind is Kind.UNKNOWN


def test_a_whole_batch_refused_or_unknown_says_so_of_every_row() -> None:
    assert [each.kind for each in answers_to_batch(400, envelope(None, "40009"), [ONE, TWO])] == [Kind.SIGN_IN] * 2
    assert [each.kind for each in answers_to_batch(200, envelope(None, "40010"), [ONE, TWO])] == [Kind.UNKNOWN] * 2
    assert [each.kind for each in answers_to_batch(200, envelope({"a": 1}), [ONE])] == [Kind.UNKNOWN]


def test_every_listed_code_has_words_that_say_what_to_do() -> None:
    for code in ("25202", "25203", "25205", "25244", "25611", "40006", "40012", "40018", "429"):
        assert errors.meaning_of(code).text
    assert errors.login_refused("30012")
    assert errors.login_refused("30015")
    assert not errors.login_refused("30014")
    assert not errors.login_refused("30007")

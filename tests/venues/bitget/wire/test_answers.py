"""What an answer proves: by the code in the body, never by the HTTP status alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.venues.bitget.wire import answers as errors
from app.venues.bitget.wire.answers import answer_to_one, answers_to_batch
from app.venues.common.failures import Proof
from tests.venues.bitget.samples import ORDER_ID, envelope, order

ORDER = order()
ONE, TWO, THREE = (order(order_id=each, client_id=f"c{each}") for each in ("1", "2", "3"))


def test_taken_is_taken() -> None:
    answer = answer_to_one(200, envelope({"orderId": ORDER_ID, "clientOid": "x"}), ORDER)
    assert (answer.proof, answer.text, answer.order_id) == (Proof.ACCEPTED, "accepted, not yet applied", ORDER_ID)


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    "code,kind",
    [
        ("25204", Proof.GONE),
        ("25568", Proof.REFUSED),
        ("25569", Proof.REFUSED),
        ("25571", Proof.REFUSED),
        ("25271", Proof.REFUSED),
        ("25572", Proof.REFUSED),
        ("25272", Proof.REFUSED),
        ("25573", Proof.REFUSED),
        ("25273", Proof.REFUSED),
        ("25574", Proof.REFUSED),
        ("25274", Proof.REFUSED),
        ("25653", Proof.REFUSED),
        ("25202", Proof.REFUSED),
        ("25203", Proof.REFUSED),
        ("25205", Proof.REFUSED),
        ("25206", Proof.REFUSED),
        ("25207", Proof.REFUSED),
        ("25208", Proof.REFUSED),
        ("25244", Proof.REFUSED),
        ("25610", Proof.REFUSED),
        ("25611", Proof.REFUSED),
        ("25105", Proof.REFUSED),
        ("40006", Proof.AUTH),
        ("40009", Proof.AUTH),
        ("40012", Proof.AUTH),
        ("40008", Proof.CLOCK),
        ("40014", Proof.PERMISSION),
        ("429", Proof.LIMITED),
        ("25004", Proof.LIMITED),
        ("25000", Proof.UNKNOWN),
        ("25001", Proof.UNKNOWN),
        ("40010", Proof.UNKNOWN),
        ("40725", Proof.UNKNOWN),
        ("45001", Proof.UNKNOWN),
        ("25575", Proof.UNKNOWN),
        ("40015", Proof.UNKNOWN),
        *(
            (code, Proof.GONE)
            for code in ["80011", "40819", "43020", "43025", "43033", "45057", "31007", "40768", "43001"]
        ),
        *(
            (code, Proof.PERMISSION)
            for code in ["40000", "40016", "40022", "40024", "40026", "40068", "40084", "40085", "25245"]
        ),
        ("40036", Proof.AUTH),
        ("40041", Proof.AUTH),
        ("1001", Proof.LIMITED),
        *(
            (code, Proof.REFUSED)
            for code in ["40707", "40709", "40774", "40761", "40798", "40800", "40811", "40813", "40815", "40816"]
        ),
        *(
            (code, Proof.REFUSED)
            for code in ["40820", "40821", "40836", "40844", "40845", "40925", "95011", "13008", "22003", "22004"]
        ),
        *(
            (code, Proof.REFUSED)
            for code in ["22034", "22038", "22046", "22047", "22056", "25212", "25227", "25228", "25231", "25599"]
        ),
        *((str(code), Proof.REFUSED) for code in (*range(25579, 25593), *range(25601, 25610), 25650, 25651, 25652)),
        ("99999", Proof.UNKNOWN),
    ],
)
def test_the_code_decides_whatever_the_status(status: int, code: str, kind: Proof) -> None:
    answer = answer_to_one(status, envelope(None, code, "their words."), ORDER)
    assert (answer.proof, answer.code) == (kind, code)
    assert "Bitget" in answer.text
    assert code in answer.text
    assert "their words" in answer.text
    assert answer.text.endswith(".")
    assert answer.text.count(". ") == 0


@pytest.mark.parametrize("status", [301, 500, 502, 503, 504])
def test_a_broken_status_proves_nothing_even_with_a_known_code(status: int) -> None:
    assert answer_to_one(status, envelope(None, "25571"), ORDER).proof is Proof.UNKNOWN
    assert answer_to_one(status, envelope({"orderId": ORDER_ID}), ORDER).proof is Proof.UNKNOWN


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
    assert answer.proof is Proof.UNKNOWN
    assert "Bitget" in answer.text


@given(st.integers(100, 599), st.binary(max_size=40))
def test_no_body_makes_it_fail(status: int, body: bytes) -> None:
    assert answer_to_one(status, body, ORDER).proof is Proof.UNKNOWN
    assert [each.proof for each in answers_to_batch(status, body, [ONE, TWO])] == [Proof.UNKNOWN] * 2


def test_each_row_of_a_batch_has_its_own_outcome() -> None:
    rows = [
        {"orderId": "3", "clientOid": "c3", "code": "0", "msg": ""},
        {"orderId": "1", "clientOid": "c1", "code": "25571", "msg": "same"},
    ]
    answers = answers_to_batch(200, envelope(rows), [ONE, TWO, THREE])
    assert [each.proof for each in answers] == [Proof.REFUSED, Proof.UNKNOWN, Proof.ACCEPTED]
    assert answers[2].order_id == "3"
    assert "leaves out order 2" in answers[1].text


@pytest.mark.parametrize("code", [None, "", "0", "00000", 0])
def test_a_row_was_taken_if_its_own_code_is_absent_or_zero(code: object) -> None:
    row = {"orderId": "1", "code": code}
    assert answers_to_batch(200, envelope([row]), [ONE])[0].proof is Proof.ACCEPTED
    assert answers_to_batch(200, envelope([{"orderId": "1"}]), [ONE])[0].proof is Proof.ACCEPTED


def test_rows_are_matched_by_client_id_only_where_they_name_no_order() -> None:
    assert answers_to_batch(200, envelope([{"clientOid": "c1"}]), [ONE])[0].proof is Proof.ACCEPTED
    assert answers_to_batch(200, envelope([{"orderId": "9", "clientOid": "c1"}]), [ONE])[0].proof is Proof.UNKNOWN
    nameless = order(order_id="1", client_id="")
    assert answers_to_batch(200, envelope([{"clientOid": ""}]), [nameless])[0].proof is Proof.UNKNOWN


def test_a_whole_batch_refused_or_unknown_says_so_of_every_row() -> None:
    assert [each.proof for each in answers_to_batch(400, envelope(None, "40009"), [ONE, TWO])] == [Proof.AUTH] * 2
    assert [each.proof for each in answers_to_batch(200, envelope(None, "40010"), [ONE, TWO])] == [Proof.UNKNOWN] * 2
    assert [each.proof for each in answers_to_batch(200, envelope({"a": 1}), [ONE])] == [Proof.UNKNOWN]


def test_every_listed_code_has_words_that_say_what_to_do() -> None:
    for code in ("25202", "25203", "25205", "25244", "25611", "40006", "40012", "40018", "429"):
        assert errors.meaning_of(code).text
    assert errors.login_refused("30012")
    assert errors.login_refused("30015")
    assert not errors.login_refused("30014")
    assert not errors.login_refused("30007")


def test_a_classic_and_a_unified_account_are_not_mixed_up() -> None:
    assert "is not a unified trading account" in errors.meaning_of("40084").text
    assert "is a unified trading account" in errors.meaning_of("40085").text
    assert "is not" not in errors.meaning_of("40085").text
    assert errors.login_refused("40084")
    assert errors.login_refused("25245")

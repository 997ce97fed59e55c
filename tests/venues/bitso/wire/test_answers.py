"""Replies as values, or as errors with a proof."""

from __future__ import annotations

import pytest

from app.domain.order import OrderStatus
from app.venues.bitso.wire.answers import (
    ENDS,
    answer_to_error,
    answer_to_modification,
    cancelled_ids,
    payload,
    proof_of,
    sentence,
)
from app.venues.common.failures import Answer, Malformed, Proof, ReadFailed


def test_a_success_gives_its_payload() -> None:
    assert payload(200, b'{"success":true,"payload":{"oid":"a1"}}') == {"oid": "a1"}
    assert answer_to_modification({"oid": "a1"}, "a1") == Answer(Proof.ACCEPTED, text="accepted", order_id="a1")
    assert cancelled_ids(["a1"]) == {"a1"}
    assert cancelled_ids([]) == frozenset()


@pytest.mark.parametrize(
    "status, body",
    [
        (200, b""),
        (200, b"<html>"),
        (502, b"Bad gateway"),
        (200, b"[]"),
        (200, b'{"success":true}'),
        (200, b'{"success":false}'),
        (200, b'{"success":"true","payload":1}'),
        (500, b'{"success":true,"payload":1}'),
        (200, b'{"success":true,"payload":{"n":NaN}}'),
    ],
)
def test_anything_else_is_malformed_and_says_so_in_one_sentence(status: int, body: bytes) -> None:
    with pytest.raises(Malformed, match=r"^Bitso [^\n]*\.$"):
        payload(status, body)


@pytest.mark.parametrize("value", [None, [], {}, {"oid": ""}, {"oid": 5}])
def test_a_modification_without_an_id_is_malformed(value: object) -> None:
    with pytest.raises(Malformed):
        answer_to_modification(value, "a1")


@pytest.mark.parametrize("value", [None, {}, [1], "a1"])
def test_a_cancel_without_ids_is_malformed(value: object) -> None:
    with pytest.raises(Malformed):
        cancelled_ids(value)


@pytest.mark.parametrize(
    "status, code, found",
    [
        (401, "0201", Proof.AUTH),
        (401, "0215", Proof.AUTH),
        (400, "0326", Proof.AUTH),
        (401, "0299", Proof.AUTH),
        (401, "0206", Proof.CLOCK),
        (401, "0207", Proof.CLOCK),
        (400, "0312", Proof.GONE),
        (400, "0357", Proof.GONE),
        (400, "0308", Proof.REFUSED),
        (200, "0360", Proof.REFUSED),
        (400, "0379", Proof.REFUSED),
        (400, "0401", Proof.REFUSED),
        (400, "1005", Proof.REFUSED),
        (404, "1404", Proof.REFUSED),
        (400, "0377", Proof.PENDING),
        (420, "0801", Proof.LIMITED),
        (429, "", Proof.LIMITED),
        (400, "1002", Proof.UNKNOWN),
        (400, "1003", Proof.UNKNOWN),
        (500, "0101", Proof.UNKNOWN),
        (500, "0312", Proof.GONE),
        (500, "0401", Proof.UNKNOWN),
        (500, "1100", Proof.UNKNOWN),
        (400, "1700", Proof.GONE),
        (400, "1701", Proof.GONE),
        (404, "1702", Proof.GONE),
        (400, "1703", Proof.REFUSED),
        (400, "1704", Proof.REFUSED),
        (200, "1705", Proof.REFUSED),
        (500, "1706", Proof.REFUSED),
        (400, "1707", Proof.PENDING),
        (400, "1799", Proof.REFUSED),
        (500, "1799", Proof.UNKNOWN),
        (400, "0701", Proof.PERMISSION),
        (400, "0705", Proof.PERMISSION),
        (400, "0723", Proof.PERMISSION),
        (400, "0719", Proof.REFUSED),
        (400, "0901", Proof.REFUSED),
        (400, "1201", Proof.REFUSED),
        (400, "1301", Proof.REFUSED),
        (500, "1301", Proof.UNKNOWN),
        (400, "1500", Proof.UNKNOWN),
        (400, "", Proof.UNKNOWN),
    ],
)
def test_error_codes_prove_what_their_family_proves(status: int, code: str, found: Proof) -> None:
    assert proof_of(status, code) is found


@pytest.mark.parametrize(
    "code, text", [('"0379"', "0379"), ("104", "0104"), ('"379"', "0379"), ("null", ""), ("true", "")]
)
def test_codes_come_as_text_or_number(code: str, text: str) -> None:
    body = f'{{"success":false,"error":{{"code":{code},"message":"No."}}}}'.encode()
    with pytest.raises(ReadFailed) as caught:
        payload(200, body)
    assert caught.value.code == text


def test_an_error_is_one_sentence_with_the_venue_s_words() -> None:
    assert sentence("0379", "Insufficient\n balance") == (
        "Bitso says the available balance does not cover the change; lower the amount or free some balance. "
        "(0379: Insufficient balance)"
    )
    assert sentence("1501", "") == "Bitso answered with error 1501: no explanation."
    assert len(sentence("1501", "x" * 5000)) < 300


@pytest.mark.parametrize("status", [418, 420, 429])
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"success":false}', b'{"error":"x"}', b"\xff"])
def test_too_many_requests_are_that_in_any_dress(status: int, body: bytes) -> None:
    with pytest.raises(ReadFailed, match="too fast") as caught:
        payload(status, body)
    assert caught.value.proof is Proof.LIMITED


@pytest.mark.parametrize("code", ["0312", "0207", "1002", "0379", "0801", ""])
def test_whatever_error_stands_under_that_status(code: str) -> None:
    assert proof_of(429, code) is Proof.LIMITED


def test_a_success_under_that_status_is_neither() -> None:
    with pytest.raises(Malformed):
        payload(429, b'{"success":true,"payload":{"oid":"a1"}}')


@pytest.mark.parametrize("code", ["²", "1" * 5000, "٣", "12²"])
def test_a_code_that_is_no_number_stays_a_text(code: str) -> None:
    body = f'{{"success":false,"error":{{"code":"{code}","message":5}}}}'.encode()
    with pytest.raises(ReadFailed) as caught:
        payload(400, body)
    assert (caught.value.code, caught.value.proof) == (code[:40], Proof.UNKNOWN)


@pytest.mark.parametrize("oid", ["a,b", r"\\ud800", "all", " "])
def test_a_receipt_with_an_id_nobody_can_send_back_is_malformed(oid: str) -> None:
    with pytest.raises(Malformed):
        answer_to_modification({"oid": oid}, "a1")


@pytest.mark.parametrize("number", range(1700, 1708))
def test_each_code_of_family_17_has_a_sentence_and_refuses_a_modification(number: int) -> None:
    code = str(number)
    assert sentence(code, "").endswith(f"({code})")
    assert "answered with error" not in sentence(code, "")
    answer = answer_to_error(ReadFailed("text", proof_of(400, code), code))
    assert answer.proof.is_refusal
    assert (answer.code, answer.text) == (code, "text")


@pytest.mark.parametrize(
    "code", ["0701", "0702", "0704", "0705", "0706", "0707", "0709", "0723", "0741", "0900", "1799"]
)
def test_what_bitso_objects_to_is_said_in_our_words(code: str) -> None:
    assert "answered with error" not in sentence(code, "Theirs.")
    assert sentence(code, "Theirs.").endswith(f"({code}: Theirs.)")


def test_trades_that_are_still_worked_on_leave_a_modification_open() -> None:
    assert answer_to_error(ReadFailed("text", Proof.PENDING, "0377")).proof is Proof.PENDING


def test_codes_that_tell_how_an_order_ended() -> None:
    assert ENDS == {"1701": OrderStatus.CANCELLED, "1702": OrderStatus.FILLED}

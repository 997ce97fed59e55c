"""What an answer proves: only a certain no is a refusal."""

from __future__ import annotations

from typing import Any

import pytest

from app.venues.alphapoint.wire.answers import failure_of, read_answer
from app.venues.alphapoint.wire.codec import Frame, FrameKind
from app.venues.common.failures import Proof


def frame(payload: Any, kind: FrameKind = FrameKind.REPLY) -> Frame:
    return Frame(kind, 2, "ModifyOrder", payload)


def generic(result: Any, code: Any, message: str | None = None, detail: str | None = None) -> dict[str, Any]:
    return {"result": result, "errormsg": message, "errorcode": code, "detail": detail}


@pytest.mark.parametrize(
    "payload,meaning",
    [
        (generic(True, 0), Proof.ACCEPTED),
        ({"RESULT": True, "ErrorCode": 0}, Proof.ACCEPTED),
        (generic(False, 20, "Not Authorized"), Proof.AUTH),
        (generic(False, 100, "Invalid Quantity"), Proof.REFUSED),
        (generic(False, 101, "Operation Failed"), Proof.REFUSED),
        (generic(False, 102, "Server Error"), Proof.UNKNOWN),
        (generic(False, 104, "Resource Not Found"), Proof.GONE),
        (generic(False, 106, "Operation Not Supported"), Proof.REFUSED),
        (generic(False, 107, "Operation In Process"), Proof.PENDING),
        (generic(True, 107, "Operation In Process"), Proof.PENDING),
        (generic(False, 999, "News"), Proof.UNKNOWN),
        (generic(False, 0, ""), Proof.UNKNOWN),
        (generic(False, None, None), Proof.UNKNOWN),
        (generic(True, 100, "Invalid Request"), Proof.UNKNOWN),
        (generic(False, "104", "Resource Not Found"), Proof.GONE),
        ({"status": "Rejected", "errormsg": "Not_Enough_Funds", "errorcode": 101}, Proof.REFUSED),
        ({"status": "Rejected", "errormsg": "Invalid_ClientOrderId"}, Proof.REFUSED),
        ({"status": "Rejected", "errormsg": "Server Error", "errorcode": 102}, Proof.UNKNOWN),
        ({}, Proof.UNKNOWN),
        (None, Proof.UNKNOWN),
        ([], Proof.UNKNOWN),
        (generic(False, 101, "TOO MANY REQUESTS"), Proof.UNKNOWN),
        (generic(False, 100, "This endpoint requires 2FACode along with the payload"), Proof.REFUSED),
    ],
)
def test_meaning_of_replies(payload: Any, meaning: Proof) -> None:
    """Code 102, 107 and every family we do not know leave the outcome open."""
    assert read_answer(frame(payload)).proof is meaning


def test_replacement_success_has_only_ids() -> None:
    """Neither result nor errorcode is in it."""
    answer = read_answer(
        frame({"ReplacementOrderId": 15068, "ReplacementClOrdId": 7, "OrigOrderId": 15067, "OrigClOrdId": 0})
    )
    assert (answer.proof, answer.order_id) == (Proof.ACCEPTED, "15068")


def test_replacement_without_an_id_says_nothing() -> None:
    """A zero is no id."""
    assert read_answer(frame({"ReplacementOrderId": 0, "OrigOrderId": 15067})).proof is Proof.UNKNOWN


@pytest.mark.parametrize(
    "text,meaning",
    [
        ("TOO MANY REQUESTS", Proof.UNKNOWN),
        ("Endpoint not found", Proof.REFUSED),
        ("Something broke", Proof.UNKNOWN),
        ("", Proof.UNKNOWN),
    ],
)
def test_meaning_of_text_frames(text: str, meaning: Proof) -> None:
    """Kind 5 with plain text."""
    assert read_answer(frame(text, FrameKind.ERROR)).proof is meaning


def test_error_frame_never_says_yes() -> None:
    """Whatever its object claims."""
    assert read_answer(frame(generic(True, 0), FrameKind.ERROR)).proof is not Proof.ACCEPTED


def test_words_of_the_venue_are_kept() -> None:
    """Message, code and detail are all in the sentence."""
    answer = read_answer(frame(generic(False, 100, "Invalid Request", "Not all required fields are provided")))
    assert answer.text == ("Refused by AlphaPoint: Invalid Request: Not all required fields are provided (100).")
    assert answer.code == "100"


def test_lists_and_objects_are_no_failures() -> None:
    """A question's answer is told from an error."""
    assert failure_of(frame([])) is None
    assert failure_of(frame({"OrderId": 1})) is None
    assert failure_of(frame({"Subscribed": True})) is None
    failure = failure_of(frame(generic(False, 104, "Resource Not Found")))
    assert failure is not None
    assert failure.proof is Proof.GONE


@pytest.mark.parametrize("code", ["²", "9" * 5000, int("9" * 39), [100], {"a": 1}, True, "x", "-100", 100.5])
@pytest.mark.parametrize("result", [True, False, None])
def test_a_code_nobody_knows_proves_nothing(code: Any, result: Any) -> None:
    """Neither a yes nor a no, and no error of ours."""
    answer = read_answer(frame(generic(result, code, "Odd")))
    assert answer.proof is Proof.UNKNOWN
    assert len(answer.code) <= 5000


@pytest.mark.parametrize("code", [0, "0", None, "", False, "0.0"])
def test_no_code_is_no_error(code: Any) -> None:
    """However that is written."""
    assert read_answer(frame(generic(True, code))).proof is Proof.ACCEPTED


@pytest.mark.parametrize(
    "payload",
    [
        {"status": "Accepted", "result": False, "errorcode": 100},
        {"result": False, "errorcode": 100, "ReplacementOrderId": 15068},
        {"status": "Rejected", "ReplacementOrderId": "15068"},
    ],
)
def test_no_and_yes_at_once_is_neither(payload: dict[str, Any]) -> None:
    """It may have been carried out."""
    assert read_answer(frame(payload)).proof is Proof.UNKNOWN


@pytest.mark.parametrize("words", ["TOO MANY REQUESTS", "Too many requests, wait", "Rate limit exceeded"])
def test_too_many_requests_in_words(words: str) -> None:
    """As text, as a message, as a detail: with a pause."""
    for payload in (words, generic(False, 100, words), generic(False, 100, "No", words), {"status": "Rejected"}):
        answer = read_answer(frame(payload))
        assert (answer.pause > 0) is (payload != {"status": "Rejected"})

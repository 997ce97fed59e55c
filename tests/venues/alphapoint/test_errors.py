"""What an answer proves: only a certain no is a refusal."""

from __future__ import annotations

from typing import Any

import pytest

from app.venues.alphapoint.wire.answers import Meaning, failure_of, read_answer
from app.venues.alphapoint.wire.codec import Frame, FrameKind


def frame(payload: Any, kind: FrameKind = FrameKind.REPLY) -> Frame:
    return Frame(kind, 2, "ModifyOrder", payload)


def generic(result: Any, code: Any, message: str | None = None, detail: str | None = None) -> dict[str, Any]:
    return {"result": result, "errormsg": message, "errorcode": code, "detail": detail}


@pytest.mark.parametrize(
    "payload,meaning",
    [
        (generic(True, 0), Meaning.TAKEN),
        ({"RESULT": True, "ErrorCode": 0}, Meaning.TAKEN),
        (generic(False, 20, "Not Authorized"), Meaning.NOT_AUTHORISED),
        (generic(False, 100, "Invalid Quantity"), Meaning.REFUSED),
        (generic(False, 101, "Operation Failed"), Meaning.REFUSED),
        (generic(False, 102, "Server Error"), Meaning.UNKNOWN),
        (generic(False, 104, "Resource Not Found"), Meaning.GONE),
        (generic(False, 106, "Operation Not Supported"), Meaning.REFUSED),
        (generic(False, 107, "Operation In Process"), Meaning.PENDING),
        (generic(True, 107, "Operation In Process"), Meaning.PENDING),
        (generic(False, 999, "News"), Meaning.UNKNOWN),
        (generic(False, 0, ""), Meaning.UNKNOWN),
        (generic(False, None, None), Meaning.UNKNOWN),
        (generic(True, 100, "Invalid Request"), Meaning.UNKNOWN),
        (generic(False, "104", "Resource Not Found"), Meaning.GONE),
        ({"status": "Rejected", "errormsg": "Not_Enough_Funds", "errorcode": 101}, Meaning.REFUSED),
        ({"status": "Rejected", "errormsg": "Invalid_ClientOrderId"}, Meaning.REFUSED),
        ({"status": "Rejected", "errormsg": "Server Error", "errorcode": 102}, Meaning.UNKNOWN),
        ({}, Meaning.UNKNOWN),
        (None, Meaning.UNKNOWN),
        ([], Meaning.UNKNOWN),
        (generic(False, 101, "TOO MANY REQUESTS"), Meaning.TOO_MANY),
        (generic(False, 100, "This endpoint requires 2FACode along with the payload"), Meaning.REFUSED),
    ],
)
def test_meaning_of_replies(payload: Any, meaning: Meaning) -> None:
    """Code 102, 107 and every family we do not know leave the outcome open."""
    assert read_answer(frame(payload)).meaning is meaning


def test_replacement_success_has_only_ids() -> None:
    """Neither result nor errorcode is in it."""
    answer = read_answer(
        frame({"ReplacementOrderId": 15068, "ReplacementClOrdId": 7, "OrigOrderId": 15067, "OrigClOrdId": 0})
    )
    assert (answer.meaning, answer.replacement_id) == (Meaning.TAKEN, "15068")


def test_replacement_without_an_id_says_nothing() -> None:
    """A zero is no id."""
    assert read_answer(frame({"ReplacementOrderId": 0, "OrigOrderId": 15067})).meaning is Meaning.UNKNOWN


@pytest.mark.parametrize(
    "text,meaning",
    [
        ("TOO MANY REQUESTS", Meaning.TOO_MANY),
        ("Endpoint not found", Meaning.REFUSED),
        ("Something broke", Meaning.UNKNOWN),
        ("", Meaning.UNKNOWN),
    ],
)
def test_meaning_of_text_frames(text: str, meaning: Meaning) -> None:
    """Kind 5 with plain text."""
    assert read_answer(frame(text, FrameKind.ERROR)).meaning is meaning


def test_error_frame_never_says_yes() -> None:
    """Whatever its object claims."""
    assert read_answer(frame(generic(True, 0), FrameKind.ERROR)).meaning is not Meaning.TAKEN


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
    assert failure.meaning is Meaning.GONE

"""What the venue's answer to a request means: taken, refused for certain, order gone, or not known.

Codes: KIIEX “ModifyOrder” (documented): 20, 100, 101, 102, 104; AlphaPoint documentation: 106; Notbank's own clients
treat 107 as still under way (client code). “Server Error” (102) says nothing about whether the change was made, so it
is never read as a refusal (inferred, on the safe side).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.venues.alphapoint.wire.codec import Frame, FrameKind, fold

TITLE = "AlphaPoint"


class Meaning(StrEnum):
    """What an answer proves about the request it answers."""

    TAKEN = "taken"
    REFUSED = "refused"
    GONE = "gone"
    NOT_AUTHORISED = "not authorised"
    UNKNOWN = "unknown"
    PENDING = "pending"
    TOO_MANY = "too many requests"

    @property
    def is_refusal(self) -> bool:
        """Whether the request was refused for certain."""
        return self in (Meaning.REFUSED, Meaning.GONE, Meaning.NOT_AUTHORISED)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as read.

    Attributes:
        meaning: what it proves. code: the venue's code as text, "" if none.
        text: one sentence for the person, the venue's own words included.
        replacement_id: the id of the replacing order, "" if none was named.
    """

    meaning: Meaning
    code: str
    text: str
    replacement_id: str = ""


_BY_CODE: dict[int, Meaning] = {
    20: Meaning.NOT_AUTHORISED,
    100: Meaning.REFUSED,
    101: Meaning.REFUSED,
    102: Meaning.UNKNOWN,
    104: Meaning.GONE,
    106: Meaning.REFUSED,
    107: Meaning.PENDING,
}

_ADVICE: dict[int, str] = {
    20: "check that the API key may trade on this account",
    104: "the order is gone, or the venue has not processed it yet",
}


def read_answer(frame: Frame) -> Answer:
    """Read the answer to a request that changes something.

    A success of `CancelReplaceOrder` carries neither `result` nor `errorcode`, only the ids; an order-entry refusal
    carries `status`; everything else `result`.
    """
    if not isinstance(frame.payload, dict):
        return read_text("" if frame.payload is None else str(frame.payload))
    fields = fold(frame.payload)
    code = code_of(fields)
    result, status = _flag(fields.get("result")), _word(fields.get("status"))
    new_id = _word(fields.get("replacementorderid"))
    if frame.kind is not FrameKind.ERROR and result is not False and status != "rejected" and code in (None, 0):
        if new_id.isdigit() and int(new_id) > 0:
            return Answer(Meaning.TAKEN, "", f"{TITLE} accepted replacement {new_id} for processing.", new_id)
        if result is True or status == "accepted":
            return Answer(Meaning.TAKEN, "", f"{TITLE} received the request.")
    said = words_of(fields)
    if result is True and code != 107:
        return Answer(Meaning.UNKNOWN, str(code), f"{TITLE} answered yes and an error at once ({said or code}).")
    if result is False or status == "rejected" or code not in (None, 0):
        return _refusal(said, code, explicit=status == "rejected")
    return Answer(Meaning.UNKNOWN, "", f"{TITLE} gave an answer that says neither yes nor no.")


def failure_of(frame: Frame) -> Answer | None:
    """The refusal of a question, or None where the frame answers it: a list, or an object that is no error."""
    if frame.kind is FrameKind.ERROR:
        return read_answer(frame)
    if not isinstance(frame.payload, dict):
        return None if isinstance(frame.payload, list) else read_answer(frame)
    fields = fold(frame.payload)
    failed = _flag(fields.get("result")) is False or _word(fields.get("status")) == "rejected"
    return read_answer(frame) if failed or (code_of(fields) or 0) != 0 else None


def read_text(text: str) -> Answer:
    """Read an answer that is plain text instead of JSON: an error frame, or an HTTP body."""
    said = " ".join(text.split())[:200]
    if "too many requests" in said.lower():
        return Answer(Meaning.TOO_MANY, "", f"{TITLE} says: too many requests.")
    if "endpoint not found" in said.lower():
        return Answer(Meaning.REFUSED, "", f"Refused by {TITLE}: this deployment does not offer the function.")
    return Answer(Meaning.UNKNOWN, "", f"{TITLE} answered with an error: {said.rstrip('.') or 'no text'}.")


def code_of(fields: dict[str, Any]) -> int | None:
    """The error code of a folded answer, None where it has none that can be read."""
    value = fields.get("errorcode")
    if isinstance(value, str) and value.strip().isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def words_of(fields: dict[str, Any]) -> str:
    """The venue's own words in a folded answer: its message and its detail."""
    parts: list[str] = []
    for key in ("errormsg", "rejectreason", "detail"):
        word = fields.get(key)
        if isinstance(word, str) and word.strip() and word.strip() not in parts:
            parts.append(word.strip().rstrip("."))
    return ": ".join(parts)[:300]


def _refusal(said: str, code: int | None, *, explicit: bool) -> Answer:
    shown = f"{said or 'no reason given'}{f' ({code})' if code else ''}"
    if "too many requests" in said.lower():
        return Answer(Meaning.TOO_MANY, str(code or ""), f"{TITLE} says: too many requests.")
    if "2facode" in said.lower():
        text = f"Refused by {TITLE}: it wants a two-factor code for this call, which an API key cannot give ({shown})."
        return Answer(Meaning.REFUSED, str(code or ""), text)
    meaning = Meaning.UNKNOWN if code is None else _BY_CODE.get(code, Meaning.UNKNOWN)
    if meaning is Meaning.UNKNOWN and explicit and code in (None, 0):
        meaning = Meaning.REFUSED  # an order-entry refusal may come without a code
    if meaning is Meaning.PENDING:
        return Answer(meaning, str(code), f"{TITLE} says the operation is still in process ({shown}).")
    if meaning is Meaning.UNKNOWN:
        return Answer(meaning, str(code or ""), f"{TITLE} answered “{shown}”, which does not tell whether it acted.")
    advice = _ADVICE.get(code or 0, "")
    return Answer(meaning, str(code or ""), f"Refused by {TITLE}: {shown}{'; ' + advice if advice else ''}.")


def _flag(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    return None


def _word(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    return str(value).strip().lower() if isinstance(value, str | int) else ""

"""Proofs in the venue's answers to requests: taken, refused for certain, order gone, or not known.

Codes: KIIEX “ModifyOrder” (documented): 20, 100, 101, 102, 104; AlphaPoint documentation: 106; Notbank's own clients
treat 107 as still under way (client code). “Server Error” (102) says nothing about whether the change was made, so it
is never read as a refusal (inferred, on the safe side).
"""

from __future__ import annotations

from typing import Any

from app.domain.amendment import Command
from app.domain.money import tidy
from app.venues.alphapoint.wire.codec import Frame, FrameKind, fold
from app.venues.alphapoint.wire.vocabulary import CANCEL_REPLACE, MODIFY_ORDER, REPLACE, TITLE
from app.venues.common.failures import Answer, Proof
from app.venues.transport.jsonx import JsonError, number, whole_or_none

#: Pause after the venue said that there were too many requests, in seconds.
PAUSE = 10.0

_BY_CODE: dict[str, Proof] = {
    "20": Proof.AUTH,
    "100": Proof.REFUSED,
    "101": Proof.REFUSED,
    "102": Proof.UNKNOWN,
    "104": Proof.GONE,
    "106": Proof.REFUSED,
    "107": Proof.PENDING,
}

_ADVICE: dict[str, str] = {
    "20": "check that the API key may trade on this account",
    "104": "the order is gone, or the venue has not processed it yet",
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
    if frame.kind is not FrameKind.ERROR and result is not False and status != "rejected" and not code:
        if whole_or_none(new_id):
            return Answer(
                Proof.ACCEPTED, "", f"{TITLE} accepted replacement {new_id} for processing. Not confirmed yet.", new_id
            )
        if result is True or status == "accepted":
            return Answer(Proof.ACCEPTED, "", f"{TITLE} received the request. Not confirmed yet.")
    said = words_of(fields)
    if result is True and code != "107":
        return Answer(Proof.UNKNOWN, code, f"{TITLE} answered yes and an error at once ({said or code}).")
    if status == "accepted" or whole_or_none(new_id):
        return Answer(
            Proof.UNKNOWN, code, f"{TITLE} answered no and yes at once ({said or code or 'no reason given'})."
        )
    if result is False or status == "rejected" or code:
        return _refusal(said, code, explicit=status == "rejected")
    return Answer(Proof.UNKNOWN, "", f"{TITLE} gave an answer that says neither yes nor no.")


def failure_of(frame: Frame) -> Answer | None:
    """The refusal of a question, or None where the frame answers it: a list, or an object that is no error."""
    if frame.kind is FrameKind.ERROR:
        return read_answer(frame)
    if not isinstance(frame.payload, dict):
        return None if isinstance(frame.payload, list) else read_answer(frame)
    fields = fold(frame.payload)
    failed = _flag(fields.get("result")) is False or _word(fields.get("status")) == "rejected"
    return read_answer(frame) if failed or code_of(fields) else None


def read_text(text: str) -> Answer:
    """Read an answer that is plain text instead of JSON: an error frame, or an HTTP body."""
    said = " ".join(text.split())[:200]
    if is_too_many(said):
        return Answer(Proof.UNKNOWN, "", f"{TITLE} says: too many requests.", pause=PAUSE)
    if "endpoint not found" in said.lower():
        return Answer(Proof.REFUSED, "", f"Refused by {TITLE}: this deployment does not offer the function.")
    return Answer(Proof.UNKNOWN, "", f"{TITLE} answered with an error: {said.rstrip('.') or 'no text'}.")


def why_not_ours(command: Command, frame: Frame) -> str:
    """Return in which way a reply speaks of another request than this command, as one clause; "" if it does not.

    The reply repeats the function's name (AlphaPoint documentation, “Message frame”, documented), and that of a
    replacement both ids of the request (CancelReplaceOrder, documented).
    """
    function = CANCEL_REPLACE if command.route == REPLACE else MODIFY_ORDER
    if frame.name and frame.kind is not FrameKind.ERROR and frame.name.lower() != function.lower():
        return f"to {frame.name[:40]}, which was not asked"
    fields = fold(frame.payload) if isinstance(frame.payload, dict) else {}
    named: tuple[tuple[tuple[str, ...], str, str], ...] = (
        (("origorderid", "orderidtoreplace", "orderid"), command.order.order_id, "order"),
    )
    if command.route == REPLACE:
        named = (
            (("origorderid",), command.order.order_id, "order"),
            (("replacementclordid", "replacementclientorderid"), str(command.request_id), "request"),
        )
    for keys, own, what in named:
        for key in keys:
            told = whole_or_none(fields.get(key))
            if told and str(told) != own:
                return f"of {what} {told}, and {own} was asked for"
    return ""


def is_too_many(words: str) -> bool:
    """Return True if the venue says that it got too many requests (Hummingbot's own constant for NDAX, client code)."""
    plainly = words.lower()
    return "too many requests" in plainly or "rate limit" in plainly


def code_of(fields: dict[str, Any]) -> str:
    """The error code of a folded answer as text, "" where it has none; one that is no number is a code nobody knows."""
    value = fields.get("errorcode")
    if value is None or value is False:
        return ""
    try:
        code = number(value)
    except JsonError:
        return " ".join(str(value).split())[:40]
    return tidy(code) if code else ""


def words_of(fields: dict[str, Any]) -> str:
    """The venue's own words in a folded answer: its message and its detail."""
    parts: list[str] = []
    for key in ("errormsg", "rejectreason", "detail"):
        word = fields.get(key)
        if isinstance(word, str) and word.strip() and word.strip() not in parts:
            parts.append(word.strip().rstrip("."))
    return ": ".join(parts)[:300]


def _refusal(words: str, code: str, *, explicit: bool) -> Answer:
    shown = f"{words or 'no reason given'}{f' ({code})' if code else ''}"
    if is_too_many(words):
        return Answer(Proof.UNKNOWN, code, f"{TITLE} says: too many requests.", pause=PAUSE)
    if "2facode" in words.lower():
        text = f"Refused by {TITLE}: it wants a two-factor code for this call, which an API key cannot give ({shown})."
        return Answer(Proof.REFUSED, code, text)
    proof = _BY_CODE.get(code, Proof.UNKNOWN)
    if proof is Proof.UNKNOWN and explicit and not code:
        proof = Proof.REFUSED  # an order-entry refusal may come without a code
    if proof is Proof.PENDING:
        return Answer(proof, code, f"{TITLE} says the operation is still in process ({shown}).")
    if proof is Proof.UNKNOWN:
        return Answer(proof, code, f"{TITLE} answered “{shown}”, which does not tell whether it acted.")
    advice = _ADVICE.get(code, "")
    return Answer(proof, code, f"Refused by {TITLE}: {shown}{'; ' + advice if advice else ''}.")


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

"""Bitso's replies: their payloads, and the proof and the sentence that belong to each error code.

Source: the error list of "General" (https://docs.bitso.com/bitso-api/docs/general, read 2026-11-21, documented). Which
of them a modification really returns is not documented, so they are judged by family.
"""

from __future__ import annotations

from typing import Any

from app.venues.bitso.wire.values import is_name
from app.venues.common.failures import Answer, Malformed, Proof, ReadFailed
from app.venues.transport.jsonx import JsonError, loads, mapping, whole_or_none
from app.venues.transport.limits import TOO_MANY

_GONE = {"0312", "0357"}
_NONCES = {"0206", "0207", "0104"}
_PERMISSIONS = {"0202"}
_PENDING = {"0377"}
_UNCERTAIN = {"1002", "1003"}
#: Families documented as answered before anything is done.
_CERTAIN = {"03", "04", "05", "06", "10", "14"}

_TEXTS: dict[str, str] = {
    "0201": "Bitso does not accept the API key; check it in the configuration.",
    "0202": "The API key may not modify orders; give it that permission on Bitso.",
    "0213": "Bitso does not accept this machine's address for the API key; add it on Bitso.",
    "0215": "Bitso does not accept the signature; check the secret in the configuration.",
    "0216": "The API key is restricted; look at it on Bitso.",
    "0326": "The API key is not active; activate it on Bitso.",
    "0206": "Bitso did not accept the nonce; nothing was done, so it may be sent again.",
    "0207": "Bitso did not accept the nonce; nothing was done, so check this machine's clock and send again.",
    "0301": "Bitso does not know the book.",
    "0303": "Bitso misses a field in the request; report this.",
    "0304": "Bitso does not accept a field of the request; report this.",
    "0308": "Bitso takes an amount or a value, not both.",
    "0309": "Bitso wants an amount or a value.",
    "0312": "Bitso has no such open order; it is looked up now.",
    "0343": "Bitso calls the amount incorrect; it may lie outside the limits or above the available balance.",
    "0357": "Bitso has no such open order; it is looked up now.",
    "0360": "Bitso found nothing to change in the request.",
    "0361": "Bitso takes an amount or a value, not both.",
    "0372": "Bitso does not accept the form of a value; report this.",
    "0379": "Bitso says the available balance does not cover the change; lower the amount or free some balance.",
    "0401": "The price is below Bitso's minimum; use a higher one.",
    "0402": "The price is above Bitso's maximum; use a lower one.",
    "0403": "The amount is below Bitso's minimum; use a larger one.",
    "0404": "The amount is above Bitso's maximum; use a smaller one.",
    "0405": "The value is below Bitso's minimum; use a larger one.",
    "0406": "The value is above Bitso's maximum; use a smaller one.",
    "0407": "A number has more decimals than Bitso takes here; use one on the step.",
    "0408": "Bitso takes numbers above zero only.",
    "0410": "Trading is not enabled for this book; try later.",
    "0412": "The stop price is below Bitso's minimum; use a higher one.",
    "0413": "The stop price is above Bitso's maximum; use a lower one.",
    "0601": "Bitso says the available balance does not cover the change; lower the amount or free some balance.",
    "0602": "Bitso says the available balance does not cover the change; lower the amount or free some balance.",
    "0801": "Bitso says we are too fast; nothing was done, wait a minute before sending again.",
    "1000": "Bitso's API is disabled at the moment; try later.",
    "1001": "Bitso says there are too many open orders.",
    "1002": "Bitso says it could not process the request; whether it did anything is being checked.",
    "1003": "Bitso's operation timed out; whether it did anything is being checked.",
    "1005": "Bitso says this change is not possible for this order in its present state.",
    "1008": "Trading is disabled on Bitso at the moment; try later.",
}


#: Sentence on a status that says so without an error of Bitso's own.
_TOO_FAST = "Bitso says we are too fast (HTTP {}); nothing was done."


def proof_of(status: int, code: str) -> Proof:
    """Return what an error reply proves.

    Args:
        status: HTTP status; a server error (5xx) never proves that nothing was done.
        code: the venue's code, four digits, "" if the reply had none.
    """
    if code.startswith("08") or status in TOO_MANY:
        return Proof.LIMITED
    if code in _GONE:
        return Proof.GONE
    if code in _NONCES:
        return Proof.CLOCK
    if status >= 500 or code in _UNCERTAIN:
        return Proof.UNKNOWN
    if code in _PERMISSIONS:
        return Proof.PERMISSION
    if code.startswith("02") or code == "0326":
        return Proof.AUTH
    if code in _PENDING:
        return Proof.PENDING
    if code[:2] in _CERTAIN:
        return Proof.REFUSED
    return Proof.AUTH if status in (401, 403) else Proof.UNKNOWN


def sentence(code: str, message: str) -> str:
    """Return our sentence for a code, with the venue's own words where it gave any."""
    words = " ".join(message.split())[:200]
    ours = _TEXTS.get(code)
    if ours is None:
        return f"Bitso answered with error {code or 'of no code'}: {words or 'no explanation'}."
    return f"{ours} ({code}: {words})" if words else f"{ours} ({code})"


def payload(status: int, body: bytes) -> Any:
    """Return the payload of a reply.

    Raises:
        ReadFailed: with its proof, if the venue answered with an error, whatever the HTTP status.
        Malformed: if the reply is not the envelope it should be.
    """
    try:
        envelope = mapping(loads(body))
    except JsonError as error:
        if status in TOO_MANY:
            # What stands before Bitso answers in its own dress; the status says enough.
            raise ReadFailed(_TOO_FAST.format(status), Proof.LIMITED) from error
        raise Malformed(f"Bitso sent a reply that cannot be read (HTTP {status}): {error}") from error
    if envelope.get("success") is True and status < 400:
        if "payload" not in envelope:
            raise Malformed("Bitso sent a reply without a payload.")
        return envelope["payload"]
    fault = envelope.get("error")
    if not isinstance(fault, dict):
        if status in TOO_MANY and envelope.get("success") is not True:
            raise ReadFailed(_TOO_FAST.format(status), Proof.LIMITED)
        raise Malformed(f"Bitso sent a reply that is neither a success nor an error (HTTP {status}).")
    code = _code(fault.get("code"))
    message = fault.get("message")
    raise ReadFailed(sentence(code, message if isinstance(message, str) else ""), proof_of(status, code), code)


def cancelled_ids(value: Any) -> frozenset[str]:
    """Return the ids in the payload of a cancel: those really cancelled.

    Raises:
        Malformed: if it is not a list of texts.
    """
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Malformed("Bitso answered a cancel with something other than order ids.")
    return frozenset(value)


def answer_to_modification(value: Any, order_id: str) -> Answer:
    """Return the answer that the payload of a modification gives: taken, perhaps under another order id.

    Raises:
        Malformed: if it names no order.
    """
    taken_id = value.get("oid") if isinstance(value, dict) else None
    if not isinstance(taken_id, str) or not is_name(taken_id):
        raise Malformed("Bitso took the modification in a reply without a usable order id.")
    note = "accepted" if taken_id == order_id else f"accepted under the new order id {taken_id}"
    return Answer(Proof.ACCEPTED, text=note, order_id=taken_id)


def _code(value: object) -> str:
    """Codes come as text or as a number; older numeric ones have three digits."""
    if isinstance(value, bool) or value is None:
        return ""
    text = str(value).strip()
    return text.zfill(4) if whole_or_none(text) is not None else text[:40]

"""Bitso's replies: their payloads, and the proof and the sentence that belong to each error code.

Sources: the error list of "General" (https://docs.bitso.com/bitso-api/docs/general, read 2026-11-21, documented), "17:
Validation Errors - Part 2" (…/docs/17-validation-errors-part-2, of 2026-03-13) and "07: Account Errors"
(…/docs/account-errors-07-http-400, of 2026-03-13), both read 2026-11-30. Which of them a modification really returns is
not documented, so they are judged by family; that v4 answers with family 17, which is four weeks younger than the call
and names no HTTP status, is inferred.
"""

from __future__ import annotations

import re
from typing import Any

from app.domain.order import OrderStatus
from app.venues.bitso.wire.values import is_name
from app.venues.common.failures import Answer, Malformed, Proof, ReadFailed
from app.venues.transport.jsonx import JsonError, loads, mapping, whole_or_none
from app.venues.transport.limits import TOO_MANY

_GONE = {"0312", "0357", "1700", "1701", "1702"}
_NONCES = {"0206", "0207", "0104"}
#: Of family 07 those that stand against everything an account does.
_PERMISSIONS = {"0202", *["0701", "0702", "0705", "0706", "0707", "0708", "0709", "0710", "0723", "0726"]}
_PENDING = {"0377", "1707"}
#: Codes that say themselves that no change was made; the page that lists them names no HTTP status.
_NOT_MODIFIED = {"1703", "1704", "1705", "1706"}
#: The end that an order had already, by the code that says so.
ENDS: dict[str, OrderStatus] = {"1701": OrderStatus.CANCELLED, "1702": OrderStatus.FILLED}
_UNCERTAIN = {"1002", "1003"}
#: Four digits; what is none belongs to no family.
_CODE = re.compile(r"\d{4}", re.ASCII)
#: Families documented as answered before anything is done.
_CERTAIN = {"03", "04", "05", "06", "07", "09", "10", "12", "13", "14", "17"}

#: What to do about a request that is wrong in itself.
_COMPARE = "compare the request, as the journal keeps it, with Bitso's documents"

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
    "0303": f"Bitso misses a field in the request; {_COMPARE}.",
    "0304": f"Bitso does not accept a field of the request; {_COMPARE}.",
    "0308": "Bitso takes an amount or a value, not both.",
    "0309": "Bitso wants an amount or a value.",
    "0312": "Bitso has no such open order; it is looked up now.",
    "0343": "Bitso calls the amount incorrect; it may lie outside the limits or above the available balance.",
    "0357": "Bitso has no such open order; it is looked up now.",
    "0360": "Bitso found nothing to change in the request.",
    "0361": "Bitso takes an amount or a value, not both.",
    "0372": f"Bitso does not accept the form of a value; {_COMPARE}.",
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
    "0701": "Bitso has not verified this account; complete that on Bitso.",
    "0702": "Bitso has not verified this business account; complete that on Bitso.",
    "0704": "That is switched off for this account; look at it on Bitso.",
    "0705": "Bitso has suspended this account; look at it on Bitso.",
    "0706": "Bitso's terms of service have to be accepted first; do that on Bitso.",
    "0707": "Two-factor authentication is locked for this account; look at it on Bitso.",
    "0708": "Bitso counts too many attempts of this account; look at it on Bitso.",
    "0709": "Bitso lacks identity data of this account; complete them on Bitso.",
    "0710": "The account's password has to be renewed; do that on Bitso.",
    "0723": "Bitso may not do this in the account's country.",
    "0726": "Bitso does not do this for business accounts.",
    "0801": "Bitso says we are too fast; nothing was done, wait a minute before sending again.",
    "1000": "Bitso's API is disabled at the moment; try later.",
    "1001": "Bitso says there are too many open orders.",
    "1002": "Bitso says it could not process the request; whether it did anything is being checked.",
    "1003": "Bitso's operation timed out; whether it did anything is being checked.",
    "1005": "Bitso says this change is not possible for this order in its present state.",
    "1008": "Trading is disabled on Bitso at the moment; try later.",
    "1700": "Bitso has no such order; it is looked up now.",
    "1701": "The order was cancelled already; it is looked up now.",
    "1702": "The order was completed already; it is looked up now.",
    "1703": "Bitso does not take this order for one it can change.",
    "1704": "Bitso does not change these fields of this order; change others, or cancel it and place a new one.",
    "1705": "Nothing was changed, because the order has these values already.",
    "1706": "Nothing was changed, because amount or value would come to zero; ask for more.",
    "1707": "Bitso is still working on the order; nothing was changed, try again in a moment.",
}

#: What a family of codes means where the code itself is not listed.
_FAMILIES: dict[str, str] = {
    "07": "Bitso objects to the account; look at it on Bitso.",
    "09": "Bitso does not offer this call; check the REST address.",
    "17": "Bitso did not make the change.",
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
    if code in _NOT_MODIFIED:
        return Proof.REFUSED
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
    if _CODE.fullmatch(code) and code[:2] in _CERTAIN:
        return Proof.REFUSED
    return Proof.AUTH if status in (401, 403) else Proof.UNKNOWN


def sentence(code: str, message: str) -> str:
    """Return our sentence for a code, with the venue's own words where it gave any."""
    words = " ".join(message.split())[:200]
    ours = _TEXTS.get(code) or _FAMILIES.get(code[:2])
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


def answer_to_error(error: ReadFailed) -> Answer:
    """Return the answer that an error gives to a modification.

    One that waits for the order is refused for certain: nothing was changed, and nothing will be.
    """
    waits = error.proof is Proof.PENDING and error.code.startswith("17")
    return Answer(Proof.REFUSED if waits else error.proof, error.code, str(error))


def _code(value: object) -> str:
    """Codes come as text or as a number; older numeric ones have three digits."""
    if isinstance(value, bool) or value is None:
        return ""
    text = str(value).strip()
    return text.zfill(4) if whole_or_none(text) is not None else text[:40]

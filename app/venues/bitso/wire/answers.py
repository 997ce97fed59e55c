"""Bitso's error codes: what each proves about a request, and one sentence for the person.

Source: the error list of "General" (https://docs.bitso.com/bitso-api/docs/general, read 2026-11-21, documented). Which
of them a modification really returns is not documented, so they are judged by family.
"""

from __future__ import annotations

from enum import StrEnum


class Meaning(StrEnum):
    """What an error reply proves.

    REFUSED: not executed, for certain. GONE: refused because there is no such open order. AUTH: refused because of the
    key, the signature or permissions. NONCE: refused because of the nonce. LIMITED: refused because we were too fast.
    PENDING: trade records are still being processed. UNKNOWN: it may have been executed.
    """

    REFUSED = "refused"
    GONE = "gone"
    AUTH = "auth"
    NONCE = "nonce"
    LIMITED = "limited"
    PENDING = "pending"
    UNKNOWN = "unknown"


_GONE = {"0312", "0357"}
_NONCES = {"0206", "0207", "0104"}
_PENDING = {"0377"}
_UNCERTAIN = {"1002", "1003"}
#: Families documented as answered before anything is done.
_CERTAIN = {"03", "04", "05", "06", "10", "14"}
#: Families that say the modification itself could not be made (and not who asked, or how fast).
_CANNOT = {"03", "04", "06", "10"}

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


def meaning(status: int, code: str) -> Meaning:
    """What an error reply proves.

    Args:
        status: HTTP status; a server error (5xx) never proves that nothing was done.
        code: the venue's code, four digits, "" if the reply had none.
    """
    if code in _GONE:
        return Meaning.GONE
    if code in _NONCES:
        return Meaning.NONCE
    if code.startswith("08") or status in (420, 429):
        return Meaning.LIMITED
    if status >= 500 or code in _UNCERTAIN:
        return Meaning.UNKNOWN
    if code.startswith("02") or code == "0326":
        return Meaning.AUTH
    if code in _PENDING:
        return Meaning.PENDING
    if code[:2] in _CERTAIN:
        return Meaning.REFUSED
    return Meaning.AUTH if status in (401, 403) else Meaning.UNKNOWN


def cancels_by_flag(code: str) -> bool:
    """Whether a refusal with this code is one that the cancel flag answers by cancelling the order."""
    return code[:2] in _CANNOT and code not in _GONE and code not in _UNCERTAIN


def sentence(code: str, message: str) -> str:
    """Our sentence for a code, with the venue's own words where it gave any."""
    words = " ".join(message.split())[:200]
    ours = _TEXTS.get(code)
    if ours is None:
        return f"Bitso answered with error {code or 'of no code'}: {words or 'no explanation'}."
    return f"{ours} ({code}: {words})" if words else f"{ours} ({code})"

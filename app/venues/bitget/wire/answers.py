"""Bitget's codes and what they prove about an amendment.

Only a code listed here is a refusal for certain. Any other code, whatever the HTTP status, leaves the outcome unknown
until the order itself shows it. Sources: "UTA: error codes" and the WebSocket error table, read 2026-11-21; the aliases
25270-25274 come from an older copy of that table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SUCCESS = frozenset({"00000", "0"})


class Kind(StrEnum):
    """What a code proves."""

    ACCEPTED = "accepted"
    REFUSED = "refused for certain"
    GONE = "the order is not there any more"
    LIMITED = "refused: too many requests"
    CLOCK = "refused: the request's time"
    SIGN_IN = "refused: key, signature or passphrase"
    PERMISSION = "refused: the key may not do this"
    UNKNOWN = "outcome unknown"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code proves, and the cause in plain words with what to do ("" where the venue's words must do)."""

    kind: Kind
    text: str


_ACCEPTED = Meaning(Kind.ACCEPTED, "")
_UNLISTED = Meaning(Kind.UNKNOWN, "a code this ticket does not know")


def _table(kind: Kind, *rows: tuple[str, str]) -> dict[str, Meaning]:
    return {code: Meaning(kind, text) for codes, text in rows for code in codes.split()}


_MEANINGS: dict[str, Meaning] = {
    **_table(
        Kind.GONE,
        ("25204 22001 24056 43001 40109 40768", "the order is not open any more"),
    ),
    **_table(
        Kind.REFUSED,
        ("25568 25240 25002 25270 25570", "this order cannot be amended; cancel it and place a new one"),
        ("25569", "this order has been amended too often; cancel it and place a new one"),
        ("25571 25271", "price and quantity are the order's own; change one of them"),
        ("25572 25272", "too many amendments of this order are waiting; wait for their result"),
        ("25573 25273", "an earlier amendment of this order failed first; look at the order and try again"),
        ("25574 25274", "reduce-only orders cannot be amended; cancel it and place a new one"),
        ("25653 25003", "the order was being changed; look at it and try again"),
        ("25200 25201 40017 400172 40019 40020 40034 40808 40812", "a value is not acceptable; correct it"),
        ("25202 25219 43012", "the balance does not cover it; ask for less"),
        ("25203", "the margin does not cover it; ask for less"),
        ("25205 25206", "the price is outside Bitget's band around the market; move it closer"),
        ("25207 43006 45110", "the quantity is below the market's minimum; raise it"),
        ("25208", "the quantity is above the market's maximum; lower it"),
        ("25244", "the price is not on the market's tick; use a multiple of it"),
        ("25610", "the quantity has too many decimals; use a multiple of the market's step"),
        ("25611", "price times quantity is below the market's minimum; raise one of them"),
        ("25230 25233 25241 40762", "the size exceeds what Bitget lets this account open; ask for less"),
        ("25654 25655", "the price is beyond the position's bankruptcy price; move it"),
        ("25612", "only opening orders may carry take-profit or stop-loss"),
        ("25005 25006 25007 25008 25012", "Bitget has restricted this account; look at it on Bitget"),
        ("40404", "Bitget does not know this call; check the REST address"),
        ("25100 25101 25102 25103 25104 25105 25106 25107 25108 25013", "this market takes no changes now; try later"),
        ("25245 40085", "the account is not a unified trading account; use a key of one"),
    ),
    **_table(Kind.LIMITED, ("429 25004 30006 30007", "too many requests; wait a moment and try again")),
    **_table(Kind.CLOCK, ("40005 40008 30013 30014", "the request's time is off; check this machine's clock")),
    **_table(
        Kind.SIGN_IN,
        ("40001 40002 40003 40004 40007 40037", "the key was not accepted; check it"),
        ("40006 30011", "the key is not known to Bitget; check the account's key"),
        ("40009 30015", "the signature is wrong; check the account's secret"),
        ("40011 40012 30012", "the passphrase is wrong; check the account's passphrase"),
        ("30004 30005", "the login was refused; check key, secret and passphrase"),
        ("40018 40038", "this machine's address is not on the key's list; add it on Bitget"),
    ),
    **_table(
        Kind.PERMISSION,
        ("40014 25620", "the key lacks the permission; give it “UTA trade (read and write)” on Bitget"),
    ),
    **_table(
        Kind.UNKNOWN,
        ("25000 25001 40010 40725 45001", "Bitget could not say whether it was done"),
    ),
}


def meaning_of(code: str) -> Meaning:
    """What a code proves; an unlisted one proves nothing."""
    if code in SUCCESS:
        return _ACCEPTED
    return _MEANINGS.get(code, _UNLISTED)


def refusal_text(code: str, venue_text: str) -> str:
    """One sentence for the person: the code, Bitget's own words, and ours."""
    ours = meaning_of(code).text
    theirs = venue_text.strip().rstrip(".")
    quoted = f", “{theirs[:200]}”" if theirs else ""
    return f"Bitget refused it ({code}{quoted}): {ours}."


def unknown_text(code: str, venue_text: str) -> str:
    """One sentence for an answer that proves nothing."""
    theirs = venue_text.strip().rstrip(".")
    quoted = f", “{theirs[:200]}”" if theirs else ""
    return f"Bitget answered {code}{quoted}, which does not tell whether it was done."


def login_refused(code: str) -> bool:
    """Whether asking again with the same key is useless."""
    return meaning_of(code).kind in (Kind.SIGN_IN, Kind.PERMISSION)

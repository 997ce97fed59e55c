"""Proofs that answers give, and how reading from a venue fails: one set of words for every venue."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Malformed(ValueError):
    """A message of the venue cannot be read, or a request cannot be made; one sentence, usable after "sent"."""


class Contradiction(Malformed):
    """A row can be read, and is another order than the one that is known by its id."""


class Proof(Enum):
    """Proof that an answer gives about the request it answers.

    ACCEPTED: received or taken; on no venue proof that anything changed. REFUSED: not carried out, for certain.
    GONE: refused because there is no such open order. LIMITED: refused because of too many requests. AUTH: refused
    because of the key or its signature. PERMISSION: refused because the key may not do this. CLOCK: refused because of
    the request's time or nonce. PENDING: still being worked on. UNKNOWN: it may or may not have been carried out.
    """

    ACCEPTED = "accepted"
    REFUSED = "refused for certain"
    GONE = "refused: no such open order"
    LIMITED = "refused: too many requests"
    AUTH = "refused: key or signature"
    PERMISSION = "refused: the key may not do this"
    CLOCK = "refused: the request's time or nonce"
    PENDING = "still being worked on"
    UNKNOWN = "outcome unknown"

    @property
    def is_refusal(self) -> bool:
        """True where the request was not carried out, for certain."""
        return self in _REFUSALS


_REFUSALS = frozenset({Proof.REFUSED, Proof.GONE, Proof.LIMITED, Proof.AUTH, Proof.PERMISSION, Proof.CLOCK})


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a request that changes something, as read.

    Attributes:
        proof: what it proves.
        code: the venue's own code, "" if it gave none.
        text: one sentence for the person, the venue's words included; for ACCEPTED a note on the receipt.
        order_id: the id under which the order goes on, "" where the answer names none.
        pause: seconds for which nothing of that kind may leave, because the venue said that we were too fast.
    """

    proof: Proof
    code: str = ""
    text: str = ""
    order_id: str = ""
    pause: float = 0.0


class ReadFailed(Exception):
    """A question to the venue got no usable answer; the message is one sentence for the person.

    Attributes:
        proof: what the failure proves: AUTH ends a login, GONE says that there is no such order, LIMITED asks to wait.
        code: the venue's own code, "" if it gave none.
    """

    def __init__(self, text: str, proof: Proof = Proof.UNKNOWN, code: str = "") -> None:
        super().__init__(text)
        self.proof = proof
        self.code = code
